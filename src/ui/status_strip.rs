//! The six figures of a DaemonSet's status, as `kubectl get ds` names them, and its revisions.

use daemonset_core::playground::view::{RevisionView, StatusView};
use leptos::prelude::*;

use super::session::Session;
use super::stage::pod::RevisionToken;
use super::text::count;

/// Reads the status of the selected DaemonSet.
#[component]
pub fn StatusStrip() -> impl IntoView {
    let session = expect_context::<Session>();
    let status = Memo::new(move |_| session.daemon_set.get().map(|set| set.status));
    let revisions =
        Memo::new(move |_| session.daemon_set.get().map(|set| set.revisions).unwrap_or_default());
    view! {
        <section class="status" aria-label="DaemonSet status">
            <dl class="status__figures">
                <Figure word="desired" title="DESIRED" status read=|it| it.desired />
                <Figure word="current" title="CURRENT" status read=|it| it.current />
                <Figure word="ready" title="READY" status read=|it| it.ready />
                <Figure word="up-to-date" title="UP-TO-DATE" status read=|it| it.up_to_date />
                <Figure word="available" title="AVAILABLE" status read=|it| it.available />
                <Figure word="misscheduled" title="MISSCHEDULED" status read=|it| it.misscheduled />
            </dl>
            <ul class="legend" aria-label="Revisions">
                <For
                    each=move || revisions.get()
                    key=|revision| revision.number
                    children=move |revision| view! { <LegendRow first=revision revisions /> }
                />
            </ul>
        </section>
    }
}

#[component]
fn Figure(
    word: &'static str,
    title: &'static str,
    #[prop(into)] status: Signal<Option<StatusView>>,
    read: fn(&StatusView) -> i32,
) -> impl IntoView {
    let number = Memo::new(move |_| status.get().map(|status| read(&status)));
    let text = move || number.get().map_or("–".to_owned(), |number| number.to_string());
    let is_zero = move || number.get().unwrap_or(0) == 0;
    // Pods where they should not be are the one figure that is wrong in itself.
    let is_wrong = move || word == "misscheduled" && !is_zero();
    view! {
        <div class="figure" data-wrong=is_wrong data-zero=is_zero>
            <dt class="figure__name">{title}</dt>
            <dd class="figure__number" data-status=word>{text}</dd>
        </div>
    }
}

#[component]
fn LegendRow(
    first: RevisionView,
    #[prop(into)] revisions: Signal<Vec<RevisionView>>,
) -> impl IntoView {
    let number = first.number;
    let revision = Memo::new(move |last: Option<&RevisionView>| {
        let found = revisions.read().iter().find(|it| it.number == number).cloned();
        found.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let note = move || {
        let revision = revision.get();
        format!("revision {number} · {}", count(revision.pods, "pod"))
    };
    view! {
        <li class="legend__row" data-current=move || revision.get().current>
            <RevisionToken number class="pod--legend" />
            <code class="legend__image">{move || revision.get().image.to_string()}</code>
            <small class="legend__note">{note}</small>
        </li>
    }
}

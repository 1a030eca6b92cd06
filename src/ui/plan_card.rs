//! How far the DaemonSet is, in one sentence and one bar, and the buttons that move it on.

use daemonset_core::playground::view::DaemonSetView;
use daemonset_core::sim::{Cascade, Input};
use leptos::prelude::*;

use super::browser::is_apple;
use super::command::Command;
use super::icon::Icon;
use super::session::Session;
use super::stage::pod::RevisionToken;
use super::text::revision_step;

/// The card under the editor.
#[component]
pub fn PlanCard(
    /// Why Apply would be refused now.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Applies the manifest.
    on_apply: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let set = session.daemon_set;
    let sentence = Memo::new(move |_| match set.get() {
        Some(set) => set.sentence,
        None => "No DaemonSet is there. Apply the manifest to put one pod on every node that \
                 it wants."
            .to_owned(),
    });
    view! {
        <section class="plan" aria-label="Plan">
            <Head />
            <p class="plan__sentence">{sentence}</p>
            {move || set.get().is_some().then(|| view! { <Bar /> })}
            <Stored />
            <div class="plan__foot">
                <ApplyButton problem on_apply />
                <DeleteButton />
                <Note problem />
            </div>
        </section>
    }
}

#[component]
fn Head() -> impl IntoView {
    let session = expect_context::<Session>();
    let pair = Memo::new(move |_| session.daemon_set.get().and_then(|set| rolling_pair(&set)));
    let title = Memo::new(move |_| match session.daemon_set.get() {
        Some(set) if set.rolling => "Rollout".to_owned(),
        Some(set) => set.name.to_string(),
        None => "Nothing applied".to_owned(),
    });
    let state = Memo::new(move |_| session.daemon_set.get().map(|set| state(&set)));
    view! {
        <div class="plan__head">
            <h2>{title}</h2>
            {move || pair.get().map(|(old, new)| view! {
                <span class="plan__pair">
                    <RevisionToken number=old class="pod--small" />
                    <Icon name="arrow" small=true />
                    <RevisionToken number=new class="pod--small" />
                </span>
            })}
            {move || state.get().map(|(word, level)| view! {
                <span class="tag" data-level=level>{word}</span>
            })}
        </div>
    }
}

/// During a rollout: how many run the new revision. Otherwise: how many are available.
#[component]
fn Bar() -> impl IntoView {
    let session = expect_context::<Session>();
    let share = Memo::new(move |_| {
        session.daemon_set.get().map_or((0, 0, 1), |set| {
            let status = set.status;
            let done = if set.rolling { status.up_to_date } else { status.available };
            (done, status.desired, set.revisions.last().map_or(1, |it| revision_step(it.number)))
        })
    });
    let part = move || {
        let (done, all, _) = share.get();
        if all > 0 { f64::from(done) / f64::from(all) } else { 0.0 }
    };
    let words = move || {
        let (done, all, _) = share.get();
        format!("{done} of {all}")
    };
    view! {
        <div
            class="plan__bar"
            role="progressbar"
            aria-label="Progress"
            aria-valuemin="0"
            aria-valuemax=move || share.get().1.max(1)
            aria-valuenow=move || share.get().0
            aria-valuetext=words
            data-rev=move || share.get().2
            style=("--p", move || format!("{:.3}", part().clamp(0.0, 1.0)))
        ></div>
    }
}

#[component]
fn ApplyButton(problem: Signal<Option<String>>, on_apply: Callback<()>) -> impl IntoView {
    view! {
        <button
            class="button button--go"
            aria-label="Apply"
            aria-disabled=move || problem.get().is_some().to_string()
            aria-describedby="plan-note"
            on:click=move |_| on_apply.run(())
        >
            "Apply"
            <kbd class="key">{if is_apple() { "⌘↵" } else { "Ctrl ↵" }}</kbd>
        </button>
    }
}

#[component]
fn DeleteButton() -> impl IntoView {
    let session = expect_context::<Session>();
    let there = Memo::new(move |_| session.daemon_set.get().is_some());
    let delete = move |_| {
        if let Some(set) = session.daemon_set.get_untracked() {
            session.perform(Command::Act(Input::Delete {
                resource: "daemonset".into(),
                namespace: set.namespace,
                name: set.name,
                cascade: Cascade::Background,
            }));
        }
    };
    move || {
        there.get().then(|| {
            view! {
                <button class="button button--line" on:click=delete>
                    <Icon name="trash" />
                    "Delete DaemonSet"
                </button>
            }
        })
    }
}

/// Why Apply is off, or whether there is anything to apply.
#[component]
fn Note(problem: Signal<Option<String>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let changed = Memo::new(move |_| *session.text.read() != *session.applied.read());
    let text = move || {
        problem.get().unwrap_or_else(|| if changed.get() { "Not applied" } else { "" }.to_owned())
    };
    view! { <span class="plan__note" id="plan-note">{text}</span> }
}

#[component]
fn Stored() -> impl IntoView {
    let session = expect_context::<Session>();
    let count = Memo::new(move |_| session.stored.read().len());
    let title = move || match count.get() {
        1 => "1 object stored, not simulated".to_owned(),
        count => format!("{count} objects stored, not simulated"),
    };
    move || {
        (count.get() > 0).then(|| {
            view! {
                <details class="stored">
                    <summary class="stored__title">{title}</summary>
                    <ul class="stored__list">
                        <For each=move || session.stored.get() key=String::clone let(object)>
                            <li><code>{object}</code></li>
                        </For>
                    </ul>
                </details>
            }
        })
    }
}

fn rolling_pair(set: &DaemonSetView) -> Option<(i64, i64)> {
    let (old, new) = (set.revisions.first()?.number, set.revisions.last()?.number);
    (set.rolling && old != new).then_some((old, new))
}

fn state(set: &DaemonSetView) -> (&'static str, &'static str) {
    let status = set.status;
    if set.rolling {
        ("rolling out", "plain")
    } else if status.available < status.desired {
        ("starting", "plain")
    } else if status.desired == 0 {
        ("no node wanted", "plain")
    } else {
        ("available", "ok")
    }
}

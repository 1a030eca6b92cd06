//! The manifest: a text area with line numbers, what is wrong with it, and the plan card.
//!
//! The text area owns the text while someone types; text flows in only when it differs.

pub mod text_area;

use daemonset_core::playground::{Message, Playground, Severity};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::Page;
use super::command::Command;
use super::icon::Icon;
use super::messages::Messages;
use super::plan_card::PlanCard;
use super::session::Session;
use text_area::{Place, TextArea};

/// How long the hands rest before the text is checked.
const CHECK_DELAY_MS: u32 = 200;

/// The left side of the page.
#[component]
pub fn SidePanel() -> impl IntoView {
    let session = expect_context::<Session>();
    let page = expect_context::<Page>();
    let text = session.text;
    let diagnostics = RwSignal::new(Vec::<Message>::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    let check = move || {
        let found = text.with_untracked(|text| Playground::check(text));
        let _ = diagnostics.try_set(found);
    };
    let on_change = Callback::new(move |typed: String| {
        text.set(typed);
        session.report.set(None);
        waiting.set_value(Some(Timeout::new(CHECK_DELAY_MS, check)));
    });
    on_cleanup(move || drop(waiting.try_update_value(Option::take)));
    // What Apply said stands until the text changes.
    let messages = Memo::new(move |_| match session.report.get() {
        Some(report) => report.messages.clone(),
        None => diagnostics.get(),
    });
    let on_apply = Callback::new(move |()| {
        waiting.set_value(None);
        session.perform(Command::Apply(text.get_untracked()));
    });
    let problem = Memo::new(move |_| problem(&messages.read()));
    let jump = RwSignal::new(None::<Place>);
    let on_jump = Callback::new(move |(line, column)| jump.set(Some(Place { line, column })));
    view! {
        <section class="side" aria-label="Manifest editor">
            <Head on_change />
            <TextArea text messages focus_requests=page.edit_requests jump on_change on_apply />
            <Messages messages on_jump />
            <PlanCard problem on_apply />
        </section>
    }
}

#[component]
fn Head(on_change: Callback<String>) -> impl IntoView {
    let session = expect_context::<Session>();
    let changed = Memo::new(move |_| *session.text.read() != *session.applied.read());
    let foreign = Memo::new(move |_| *session.text.read() != Playground::opening_manifest());
    let restore = move |_| {
        // Through the text area, so that the browser's undo brings the old text back.
        let text = Playground::opening_manifest();
        if !text_area::replace_all(text) {
            on_change.run(text.to_owned());
            session.text.set(text.to_owned());
        }
    };
    view! {
        <div class="side__head">
            <h2 class="side__title">"manifest.yaml"</h2>
            {move || changed.get().then(|| view! {
                <span class="side__dot" role="img" aria-label="not applied yet"></span>
            })}
            {move || foreign.get().then(|| view! {
                <button
                    class="icon-button icon-button--small side__restore"
                    aria-label="Bring back the opening manifest"
                    title="Bring back the opening manifest"
                    on:click=restore
                >
                    <Icon name="history" />
                </button>
            })}
        </div>
    }
}

/// Why Apply would be refused, in the space of a note.
fn problem(messages: &[Message]) -> Option<String> {
    let error = messages.iter().find(|message| message.severity == Severity::Error)?;
    Some(match error.line {
        Some(line) => format!("Fix line {line}"),
        None => "See above".to_owned(),
    })
}

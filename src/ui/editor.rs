//! The manifest: a text area with line numbers, what is wrong with it, and the plan card.
//!
//! The text area owns the text while someone types; text flows in only when it differs.

pub mod text_area;

use daemonset_core::playground::{Message, Playground, Severity};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::Page;
use super::command::Command;
use super::dom::{Element, el};
use super::icon::icon;
use super::messages::messages;
use super::plan_card::plan_card;
use super::session::Session;
use text_area::text_area;

/// How long the hands rest before the text is checked.
const CHECK_DELAY_MS: u32 = 200;

/// The left side of the page.
pub fn side_panel(session: Session, page: Page) -> Element {
    let text = session.text;
    let diagnostics = RwSignal::new(Vec::<Message>::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    let check = move || {
        let found = text.with_untracked(|text| Playground::check(text));
        let _ = diagnostics.try_set(found);
    };
    let on_change = move |typed: String| {
        text.set(typed);
        session.report.set(None);
        waiting.set_value(Some(Timeout::new(CHECK_DELAY_MS, check)));
    };
    on_cleanup(move || drop(waiting.try_update_value(Option::take)));
    // What Apply said stands until the text changes.
    let said = move || match &*session.report.read() {
        Some(report) => report.messages.clone(),
        None => diagnostics.get(),
    };
    let on_apply = move || {
        waiting.set_value(None);
        session.perform(Command::Apply(text.get_untracked()));
    };
    el("section", "side")
        .attr("aria-label", "Manifest editor")
        .child(head(session, on_change))
        .child(text_area(text, said, page.edit_requests, on_change, on_apply))
        .child(messages(said))
        .child(plan_card(session, move || problem(&said()), on_apply))
}

fn head(session: Session, on_change: impl Fn(String) + Copy + 'static) -> Element {
    let restore = move || {
        // Through the text area, so that the browser's undo brings the old text back.
        let text = Playground::opening_manifest();
        if !text_area::replace_all(text) {
            on_change(text.to_owned());
        }
    };
    let dot =
        || el("span", "side__dot").attrs(&[("role", "img"), ("aria-label", "not applied yet")]);
    let name = "Bring back the opening manifest";
    let button = move || {
        el("button", "icon-button icon-button--small side__restore")
            .attrs(&[("aria-label", name), ("title", name)])
            .on_click(restore)
            .child(icon("history"))
    };
    el("div", "side__head")
        .child(el("h2", "side__title").text("manifest.yaml"))
        .when(move || session.edited(), dot)
        .when(move || *session.text.read() != Playground::opening_manifest(), button)
}

/// Why Apply would be refused, in the space of a note.
fn problem(messages: &[Message]) -> Option<String> {
    let error = messages.iter().find(|message| message.severity == Severity::Error)?;
    Some(match error.line {
        Some(line) => format!("Fix line {line}"),
        None => "See above".to_owned(),
    })
}

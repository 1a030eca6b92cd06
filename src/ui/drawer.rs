//! The drawer under the stage: what happened, and what was done.

use leptos::prelude::*;

use super::Page;
use super::browser::matches;
use super::command_log::command_log;
use super::dom::{Element, el};
use super::events::{event_filter, events};
use super::icon::icon;
use super::session::{EVENT_COUNT_MAX, Session};
use super::view_tabs::sheet_head;

/// Below this height the drawer starts as a rail and opens over the stage.
const ROOMY: &str = "(min-height: 840px), (max-width: 699px)";

/// Whether there is room for it from the start.
pub fn starts_open() -> bool {
    matches(ROOMY)
}

/// One tab so far.
pub fn drawer(session: Session, page: Page) -> Element {
    let open = page.drawer_open;
    let toggle = el("button", "icon-button icon-button--small drawer__toggle")
        .paint(move |it| {
            let name = if open.get() { "Collapse the drawer" } else { "Open the drawer" };
            it.set("aria-label", name);
            it.set("title", name);
            it.set("aria-expanded", open.get());
        })
        .on_click(move || open.update(|open| *open = !*open))
        .child(icon("chevron"));
    let bar = el("div", "drawer__bar")
        .child(tabs(session, open))
        .child(el("div", "drawer__end").child(event_filter(session)).child(toggle));
    let body = el("div", "drawer__body").child(events(session)).child(command_log(session));
    el("section", "drawer")
        .attr("aria-label", "Details")
        .live("data-open", move || open.get())
        .child(sheet_head(page, "Events"))
        .child(bar)
        .child(body)
}

fn tabs(session: Session, open: RwSignal<bool>) -> Element {
    let tab = el("button", "tab")
        .attrs(&[
            ("role", "tab"),
            ("id", "tab-events"),
            ("aria-label", "Events"),
            ("aria-controls", "drawer-panel"),
            ("aria-selected", "true"),
        ])
        .on_click(move || open.set(true))
        .text("Events")
        .child(el("span", "tab__count").live_text(move || count(session.events.read().len())));
    el("div", "drawer__tabs").attrs(&[("role", "tablist"), ("aria-label", "Details")]).child(tab)
}

/// The list is cut: then there are more.
fn count(rows: usize) -> String {
    if rows < EVENT_COUNT_MAX { rows.to_string() } else { format!("{rows}+") }
}

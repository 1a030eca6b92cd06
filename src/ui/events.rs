//! The cluster's events, newest first.

use daemonset_core::playground::view::EventView;
use leptos::prelude::*;

use super::dom::{Element, Row, el};
use super::icon::small_icon;
use super::session::Session;
use super::text::clock;

/// The panel of the tab. A row is written again when its event is seen again.
pub fn events(session: Session) -> Element {
    let rows = move || session.events.read().iter().map(row).collect::<Vec<_>>();
    let none =
        || el("p", "events__none").text("Nothing has happened yet. Press Play, or step forward.");
    el("div", "drawer__panel")
        .attrs(&[
            ("role", "tabpanel"),
            ("id", "drawer-panel"),
            ("aria-labelledby", "tab-events"),
            ("tabindex", "0"),
        ])
        .child(el("ol", "events").list(rows))
        .when(move || session.events.read().is_empty(), none)
}

fn row(event: &EventView) -> Row {
    let key = (event.id, event.count);
    let event = event.clone();
    Row::new(key, move || {
        let icon = if event.kind == "Warning" { "warning" } else { "dot" };
        let count = if event.count > 1 { format!("×{}", event.count) } else { String::new() };
        let kind = el("span", "event__type")
            .attr("title", event.kind)
            .child(small_icon(icon))
            .child(el("span", "sr").text(event.kind));
        el("li", "event")
            .attr("data-type", event.kind)
            .child(el("time", "event__time").text(&clock(event.last)))
            .child(kind)
            .child(el("span", "event__reason").text(event.reason))
            .child(titled("code", "event__object", &event.object))
            .child(titled("span", "event__message", &event.message))
            .child(el("span", "event__count").text(&count))
            .child(el("span", "event__source").text(event.source))
    })
}

/// A text that may be cut, whole in its tooltip.
fn titled(tag: &str, class: &str, text: &str) -> Element {
    el(tag, class).attr("title", text).text(text)
}

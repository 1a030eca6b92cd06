//! The cluster's events, newest first.

use daemonset_core::playground::view::{EventFilter, EventView};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::dom::{Element, Row, el, watch};
use super::icon::small_icon;
use super::session::Session;
use super::text::clock;

/// The list of the tab. A row is written again when its event is seen again.
pub fn events(session: Session) -> Element {
    session.list_events();
    let rows = move || session.events.read().iter().map(row).collect::<Vec<_>>();
    // A picture of an instant has no events: these are still those of the one before.
    let is_older = move || session.journey.is_picture.get().then_some("true");
    let none = move || el("p", "events__none").live_text(move || empty(session));
    el("div", "drawer__panel")
        .attrs(&[("role", "group"), ("aria-label", "List of events"), ("tabindex", "0")])
        .child(el("ol", "events").live("aria-busy", is_older).list(rows))
        .when(move || session.events.read().is_empty(), none)
}

fn empty(session: Session) -> &'static str {
    if session.history.filter.get() == EventFilter::default() {
        "Nothing has happened yet. Press Play, or step forward."
    } else {
        "No event passes the filter. Clear it to see all of them."
    }
}

/// The field and the switch that decide which events are listed.
pub fn event_filter(session: Session) -> Element {
    let filter = session.history.filter;
    let set = move |change: &dyn Fn(&mut EventFilter)| {
        let mut wanted = filter.get_untracked();
        change(&mut wanted);
        session.filter_events(wanted);
    };
    let field = el("input", "event-filter__field")
        .attrs(&[("type", "search"), ("aria-label", "Filter events"), ("placeholder", "Filter")])
        .on("input", move |event: Event| {
            set(&|it| event_target_value(&event).clone_into(&mut it.text));
        });
    let input: HtmlInputElement = field.cast();
    // What else empties the filter empties the field.
    watch(move || {
        let text = filter.read().text.clone();
        if input.value() != text {
            input.set_value(&text);
        }
    });
    let warnings = el("button", "button button--bare button--small")
        .live("aria-pressed", move || filter.read().warnings)
        .on_click(move || set(&|it| it.warnings = !it.warnings))
        .child(small_icon("warning"))
        .text("Warnings");
    el("div", "event-filter")
        .attrs(&[("role", "group"), ("aria-label", "Which events")])
        .child(el("label", "event-filter__search").child(small_icon("search")).child(field))
        .child(warnings)
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
fn titled(tag: &'static str, class: &str, text: &str) -> Element {
    el(tag, class).attr("title", text).text(text)
}

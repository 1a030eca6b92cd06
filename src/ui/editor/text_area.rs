//! A text area that is comfortable for YAML: line numbers, marks, indentation.

use daemonset_core::playground::{Message, Severity};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDocument, HtmlTextAreaElement, KeyboardEvent};

use super::desk::{Desk, Place, Surface};
use crate::ui::dom::{Element, el, svg, watch};

/// The text with its line numbers. `said` marks lines, `on_apply` gets Ctrl+Enter.
pub fn text_area(
    desk: Desk,
    said: impl Fn() -> Vec<Message> + 'static,
    on_apply: impl Fn() + 'static,
) -> Element {
    let (scroll_px, line_count) = (RwSignal::new(0), RwSignal::new(1));
    // The code editor does not take over in the middle of a composed character.
    let composing = RwSignal::new(false);
    // After Escape the next Tab leaves the field.
    let tab_leaves = StoredValue::new(false);
    let element = el("textarea", "editor__text").attrs(&[
        ("id", "manifest"),
        ("aria-label", "Manifest"),
        ("aria-describedby", "manifest-keys"),
        ("spellcheck", "false"),
        ("autocomplete", "off"),
        ("autocapitalize", "off"),
        ("wrap", "off"),
    ]);
    let area: HtmlTextAreaElement = element.cast();
    desk.lay(TextArea(area.clone()));
    let (shown, keyed, scrolled) = (area.clone(), area.clone(), area);
    watch(move || {
        let (_, text) = desk.turn();
        if shown.value() != text {
            // The code editor that comes after it knows by this what was typed here.
            let _ = shown.set_default_value(&text);
            shown.set_value(&text);
        }
        line_count.set(lines(&text));
    });
    let element = element
        .on("input", move |event: Event| {
            line_count.set(lines(&event_target_value(&event)));
            desk.on_typed();
        })
        .on("keydown", move |event: KeyboardEvent| {
            let leaves = tab_leaves.get_value();
            tab_leaves.set_value(event.key() == "Escape");
            if !event.is_composing() {
                on_key(&event, &keyed, leaves, &on_apply);
            }
        })
        .live("data-composing", move || composing.get())
        .on("compositionstart", move |_: Event| composing.set(true))
        .on("compositionend", move |_: Event| composing.set(false))
        .on("scroll", move |_: Event| scroll_px.set(scrolled.scroll_top()))
        .on("blur", move |_: Event| tab_leaves.set_value(false));
    let keys = "Tab inserts two spaces. Press Escape, then Tab, to leave.";
    el("div", "editor__plain")
        .child(gutter(line_count, said, scroll_px))
        .child(element)
        .child(el("p", "sr").attr("id", "manifest-keys").text(keys))
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|it| *it == b'\n').count() + 1
}

/// The text area as the desk knows it.
struct TextArea(HtmlTextAreaElement);

impl Surface for TextArea {
    fn text(&self) -> String {
        self.0.value()
    }

    fn replace(&self, text: &str) {
        let _ = self.0.focus();
        self.0.select();
        insert(text);
        let _ = self.0.set_selection_range(0, 0);
        self.0.set_scroll_top(0);
    }

    fn focus(&self) {
        let _ = self.0.focus();
    }

    fn go_to(&self, place: Place) {
        go_to(&self.0, place);
    }
}

fn on_key(event: &KeyboardEvent, area: &HtmlTextAreaElement, leaves: bool, on_apply: &dyn Fn()) {
    let with_command = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "Enter" if with_command => on_apply(),
        "Enter" if !event.shift_key() => insert(&format!("\n{}", next_indent(area))),
        "Tab" if !leaves && !event.shift_key() && !with_command => insert("  "),
        _ => return,
    }
    event.prevent_default();
}

fn gutter(
    line_count: RwSignal<usize>,
    said: impl Fn() -> Vec<Message> + 'static,
    scroll_px: RwSignal<i32>,
) -> Element {
    let numbers = move || {
        (1..=line_count.get()).map(|number| number.to_string()).collect::<Vec<_>>().join("\n")
    };
    let rows = el("div", "editor__rows")
        .paint(move |it| it.style("--scroll", format!("{}px", scroll_px.get())))
        .child(el("pre", "editor__numbers").live_text(numbers))
        .part(move || marks(&said()).into_iter().map(mark).collect());
    el("div", "editor__gutter").attr("aria-hidden", "true").child(rows)
}

/// The lines that are marked, each with the worst that is said about it.
fn marks(messages: &[Message]) -> Vec<(u32, bool)> {
    let placed = messages.iter().filter(|it| it.severity != Severity::Info);
    let mut marks = std::collections::BTreeMap::new();
    for (line, severity) in placed.filter_map(|it| Some((it.line?, it.severity))) {
        *marks.entry(line).or_default() |= severity == Severity::Error;
    }
    marks.into_iter().collect()
}

fn mark((line, is_error): (u32, bool)) -> Element {
    let drawing = svg("svg", "").attrs(&[("viewBox", "0 0 12 12"), ("aria-hidden", "true")]).child(
        svg("path", "").attrs(&[("d", "M6 .8 11.2 6 6 11.2.8 6z"), ("fill", "currentColor")]),
    );
    el("i", "editor__mark")
        .attr("data-level", if is_error { "error" } else { "warning" })
        .style("--row", &line.saturating_sub(1).to_string())
        .child(drawing)
}

fn insert(text: &str) {
    if insert_undoable(text) {
        return;
    }
    let active = document().active_element();
    let Some(area) = active.and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return;
    };
    let _ = area.set_range_text(text);
    if let Ok(event) = Event::new("input") {
        let _ = area.dispatch_event(&event);
    }
}

/// `insertText` is the one edit by script that the browser's own undo knows.
fn insert_undoable(text: &str) -> bool {
    let Ok(document) = document().dyn_into::<HtmlDocument>() else { return false };
    document.exec_command_with_show_ui_and_value("insertText", false, text).unwrap_or(false)
}

/// The indentation of the caret's line, one step deeper after a colon.
fn next_indent(area: &HtmlTextAreaElement) -> String {
    let caret = area.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before: Vec<u16> = area.value().encode_utf16().take(caret).collect();
    let before = String::from_utf16_lossy(&before);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let indent = line.len() - line.trim_start_matches(' ').len();
    let deeper = if line.trim_end().ends_with(':') { 2 } else { 0 };
    " ".repeat(indent + deeper)
}

/// Puts the caret at a place and brings it into view.
fn go_to(area: &HtmlTextAreaElement, place: Place) {
    let text = area.value();
    let row = place.line.saturating_sub(1) as usize;
    let lines: Vec<&str> = text.split('\n').collect();
    let before: usize = lines.iter().take(row).map(|line| utf16_count(line) + 1).sum();
    let line = lines.get(row).copied().unwrap_or_default();
    let column: String = line.chars().take(place.column.saturating_sub(1) as usize).collect();
    let caret = (before + utf16_count(&column)) as u32;
    let _ = area.focus();
    let _ = area.set_selection_range(caret, caret);
    let row_px = f64::from(area.scroll_height()) / lines.len().max(1) as f64;
    let middle_px = f64::from(area.client_height()) / 2.0;
    area.set_scroll_top((row as f64 * row_px - middle_px).max(0.0) as i32);
}

fn utf16_count(text: &str) -> usize {
    text.encode_utf16().count()
}

//! A text area that is comfortable for YAML: line numbers, marks, indentation.

use daemonset_core::playground::{Message, Severity};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// A place in the text, line and column from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The text with its line numbers.
#[component]
pub fn TextArea(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What is marked beside the lines.
    #[prop(into)]
    messages: Signal<Vec<Message>>,
    /// Counts requests for the focus.
    #[prop(into)]
    focus_requests: Signal<u32>,
    /// Where the caret should go.
    #[prop(into)]
    jump: Signal<Option<Place>>,
    /// Called with the whole text after each edit.
    on_change: Callback<String>,
    /// Called for Ctrl+Enter and ⌘+Enter.
    on_apply: Callback<()>,
) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let scroll_px = RwSignal::new(0);
    // After Escape the next Tab leaves the field.
    let tab_leaves = StoredValue::new(false);
    Effect::new(move |_| {
        let requested = focus_requests.get() > 0;
        if let Some(area) = area.get_untracked().filter(|_| requested) {
            let _ = area.focus();
        }
    });
    Effect::new(move |_| {
        if let (Some(place), Some(area)) = (jump.get(), area.get_untracked()) {
            go_to(&area, place);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let leaves = tab_leaves.get_value();
        tab_leaves.set_value(event.key() == "Escape");
        if event.is_composing() {
            return;
        }
        let with_command = event.ctrl_key() || event.meta_key();
        let Some(area) = area.get_untracked() else { return };
        match event.key().as_str() {
            "Enter" if with_command => on_apply.run(()),
            "Enter" if !event.shift_key() => insert(&format!("\n{}", next_indent(&area))),
            "Tab" if !leaves && !event.shift_key() && !with_command => insert("  "),
            _ => return,
        }
        event.prevent_default();
    };
    let on_scroll = move |_| {
        if let Some(area) = area.get_untracked() {
            scroll_px.set(area.scroll_top());
        }
    };
    view! {
        <div class="editor">
            <Gutter text messages scroll_px />
            <textarea
                class="editor__text"
                id="manifest"
                aria-label="Manifest"
                aria-describedby="manifest-keys"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                wrap="off"
                node_ref=area
                prop:value=text
                on:input=move |event| on_change.run(event_target_value(&event))
                on:keydown=on_key
                on:scroll=on_scroll
                on:blur=move |_| tab_leaves.set_value(false)
            ></textarea>
            <p class="sr" id="manifest-keys">
                "Tab inserts two spaces. Press Escape, then Tab, to leave."
            </p>
        </div>
    }
}

#[component]
fn Gutter(
    text: Signal<String>,
    messages: Signal<Vec<Message>>,
    scroll_px: RwSignal<i32>,
) -> impl IntoView {
    let line_count = Memo::new(move |_| text.read().split('\n').count());
    let numbers = move || {
        (1..=line_count.get()).map(|number| number.to_string()).collect::<Vec<_>>().join("\n")
    };
    let marks = Memo::new(move |_| {
        let messages = messages.read();
        let placed = messages.iter().filter_map(|it| Some((it.line?, it.severity)));
        let mut marks: Vec<_> = placed.filter(|(_, it)| *it != Severity::Info).collect();
        marks.sort_by_key(|(line, severity)| (*line, *severity != Severity::Error));
        marks.dedup_by_key(|(line, _)| *line);
        marks
    });
    let mark = |(line, severity): (u32, Severity)| {
        let level = if severity == Severity::Error { "error" } else { "warning" };
        let row = line.saturating_sub(1).to_string();
        view! {
            <i class="editor__mark" data-level=level style=("--row", row)>
                <svg viewBox="0 0 12 12" aria-hidden="true">
                    <path d="M6 .8 11.2 6 6 11.2.8 6z" fill="currentColor"></path>
                </svg>
            </i>
        }
    };
    view! {
        <div class="editor__gutter" aria-hidden="true">
            <div class="editor__rows" style=("--scroll", move || format!("{}px", scroll_px.get()))>
                <pre class="editor__numbers">{numbers}</pre>
                {move || marks.get().into_iter().map(mark).collect_view()}
            </div>
        </div>
    }
}

/// Replaces the whole text as an edit of the user would; false if the browser does not do that.
pub(super) fn replace_all(text: &str) -> bool {
    let area = document().get_element_by_id("manifest");
    let Some(area) = area.and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return false;
    };
    let _ = area.focus();
    area.select();
    let done = insert_undoable(text);
    let _ = area.set_selection_range(0, 0);
    area.set_scroll_top(0);
    done
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
    if let Ok(event) = web_sys::Event::new("input") {
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

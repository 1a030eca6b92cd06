//! What there is to say about the manifest, each with the place it is about.

use std::rc::Rc;

use daemonset_core::manifest::Edit;
use daemonset_core::playground::{Message, Severity};
use leptos::prelude::*;

use super::dom::{Element, Leave, Row, el, memo};
use super::editor::desk::Place;
use super::icon::live_icon;
use super::keyboard::focus;

/// Rows of the list; more are counted.
const ROWS_MAX: usize = 100;

type Messages = Memo<Vec<Message>>;

/// The list. A message with a place is a button that goes there; beside it stands another where a
/// word in the place of another would do. A row keeps its element while what
/// it says changes: somebody who stands on it stays there.
pub fn messages(
    messages: impl Fn() -> Vec<Message> + Send + Sync + 'static,
    on_go: impl Fn(Place) + Copy + 'static,
    on_edit: impl Fn(Edit) + Copy + 'static,
) -> Element {
    let messages = memo(messages);
    let leave: Leave = Rc::new(leave);
    let rows = move || {
        let row = |(at, it): (usize, &Message)| {
            let has_place = it.line.is_some();
            Row::new((at, has_place), move || row(messages, at, has_place, on_go, on_edit))
                .leaving(leave.clone())
        };
        messages.read().iter().take(ROWS_MAX).enumerate().map(row).collect()
    };
    let rest = move || {
        let rest = messages.read().len().saturating_sub(ROWS_MAX);
        (rest > 0).then(|| format!("and {rest} more"))
    };
    el("div", "messages")
        .attrs(&[("role", "status"), ("aria-label", "Messages"), ("tabindex", "-1")])
        .child(el("ul", "messages__list").list(rows))
        .child(el("span", "messages__rest").live_text(rest))
}

/// Whoever stands on a row that goes stays in the list, not nowhere.
fn leave(row: Element) {
    let focused = document().active_element();
    let is_here = row.cast::<web_sys::Element>().contains(focused.as_deref());
    row.remove();
    if is_here {
        focus(".messages");
    }
}

fn row(
    messages: Messages,
    at: usize,
    has_place: bool,
    on_go: impl Fn(Place) + Copy + 'static,
    on_edit: impl Fn(Edit) + Copy + 'static,
) -> Element {
    let said = move |read: fn(&Message) -> Option<String>| messages.read().get(at).and_then(read);
    let severity = move || messages.read().get(at).map(|it| it.severity);
    let level = move || match severity() {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        _ => "info",
    };
    let sign = move || match severity() {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        _ => "check",
    };
    let place = move || {
        let messages = messages.read();
        let message = messages.get(at)?;
        Some(Place { line: message.line?, column: message.column.unwrap_or(1) })
    };
    let place_word = move || place().map(|it| format!("line {}, column {}", it.line, it.column));
    let body = match has_place {
        true => el("button", "message__go")
            .on_click(move || untrack(place).into_iter().for_each(on_go))
            .child(el("span", "message__where").live_text(place_word))
            .text(": "),
        false => el("span", "message__text"),
    };
    let edit = move || messages.read().get(at).and_then(|it| it.edit.clone());
    // The button says it shorter.
    let hint = move || said(|it| it.suggestion.clone().filter(|_| it.edit.is_none()));
    let mend = move || {
        el("button", "button button--line button--small message__mend")
            .on_click(move || untrack(edit).into_iter().for_each(on_edit))
            .live_text(move || edit().map(|it| format!("Replace with {}", it.text)))
    };
    let body = body
        .live_text(move || said(|it| Some(it.text.clone())))
        .when(move || hint().is_some(), move || el("span", "message__hint").live_text(hint));
    el("li", "message")
        .live("data-level", level)
        .child(live_icon(false, sign))
        .child(body)
        .when(move || edit().is_some(), mend)
}

//! What there is to say about the manifest, each with the place it is about.

use daemonset_core::playground::{Message, Severity};

use super::dom::{Element, el};
use super::editor::desk::Place;
use super::icon::icon;

/// The list. A message with a place is a button that goes there.
pub fn messages(
    messages: impl Fn() -> Vec<Message> + 'static,
    on_go: impl Fn(Place) + Copy + 'static,
) -> Element {
    let list = el("ul", "messages__list")
        .part(move || messages().into_iter().map(|it| row(it, on_go)).collect());
    el("div", "messages").attrs(&[("role", "status"), ("aria-label", "Messages")]).child(list)
}

fn row(message: Message, on_go: impl Fn(Place) + 'static) -> Element {
    let (level, sign) = match message.severity {
        Severity::Error => ("error", "error"),
        Severity::Warning => ("warning", "warning"),
        Severity::Info => ("info", "check"),
    };
    let body = match message.line {
        Some(line) => {
            let column = message.column.unwrap_or(1);
            let place = el("span", "message__where").text(&format!("line {line}, column {column}"));
            el("button", "message__go")
                .on_click(move || on_go(Place { line, column }))
                .child(place)
                .text(": ")
        }
        None => el("span", "message__text"),
    };
    let body = body.text(&message.text);
    let body = match message.suggestion {
        Some(hint) => body.child(el("span", "message__hint").text(&hint)),
        None => body,
    };
    el("li", "message").attr("data-level", level).child(icon(sign)).child(body)
}

//! A command line that can be copied.

use std::rc::Rc;

use leptos::prelude::*;

use super::browser::copy;
use super::dom::{Element, el};
use super::icon::live_icon;

/// The line without a prompt, cut where there is no room, and a button that copies all of it.
/// A preview is only what a control would do.
pub fn command_line(line: Rc<dyn Fn() -> String>, preview: impl Fn() -> bool + 'static) -> Element {
    let copied = RwSignal::new(None::<String>);
    let is_copied = {
        let line = line.clone();
        move || copied.read().as_ref() == Some(&line())
    };
    let icon = is_copied.clone();
    let (title, text, copied_line) = (line.clone(), line.clone(), line);
    let code = el("code", "command__line")
        .live("title", move || title())
        .child(el("span", "command__prompt").attr("aria-hidden", "true").text("$ "))
        .live_text(move || text());
    let button = el("button", "icon-button icon-button--small")
        .paint(move |it| {
            let name = if is_copied() { "Copied" } else { "Copy command" };
            it.set("aria-label", name);
            it.set("title", name);
        })
        .on_click(move || {
            let text = untrack(|| copied_line());
            copy(&text);
            copied.set(Some(text));
        })
        .child(live_icon(true, move || if icon() { "check" } else { "copy" }));
    el("span", "command").live("data-preview", preview).child(code).child(button)
}

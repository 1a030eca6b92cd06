//! A command line that can be copied.

use std::rc::Rc;

use daemonset_core::playground::Playground;
use leptos::prelude::*;

use super::browser::copy;
use super::dom::{Element, el};
use super::icon::live_icon;

/// What stands before a line: the prompt of a shell, or the mark of the playground's own commands,
/// which no cluster knows.
pub fn sign(line: &str) -> &'static str {
    if Playground::is_own(line) { "» " } else { "$ " }
}

/// The sign of a line that may change.
pub fn live_sign(line: Rc<dyn Fn() -> String>) -> Element {
    el("span", "command__prompt")
        .attr("aria-hidden", "true")
        .live_text(move || sign(&line()).to_owned())
}

/// The line without a prompt, cut where there is no room, and a button that copies all of it.
/// A preview is only what a control would do.
pub fn command_line(line: Rc<dyn Fn() -> String>, preview: impl Fn() -> bool + 'static) -> Element {
    let copied = RwSignal::new(None::<String>);
    let is_copied = {
        let line = line.clone();
        move || copied.read().as_ref() == Some(&line())
    };
    let icon = is_copied.clone();
    let (title, text, sign_of, copied_line) = (line.clone(), line.clone(), line.clone(), line);
    let title = move || match title() {
        line if Playground::is_own(&line) => format!("{line} (the playground's own command)"),
        line => line,
    };
    let code = el("code", "command__line")
        .live("title", title)
        .child(live_sign(sign_of))
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

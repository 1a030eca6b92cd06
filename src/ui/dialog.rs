//! A real dialog: the browser keeps the focus inside and gives it back.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::{Event, HtmlDialogElement};

use super::dom::{Element, el, watch};
use super::icon::icon;

/// What a dialog is called, and when it is there.
pub struct Dialog {
    /// Its class besides `dialog`.
    pub class: &'static str,
    /// What stands above it.
    pub title: Rc<dyn Fn() -> String>,
    /// Whether it is open.
    pub open: Rc<dyn Fn() -> bool>,
    /// Told when somebody closes it.
    pub on_close: Rc<dyn Fn()>,
}

/// Shows what `make` makes for as long as it is open, anew each time.
pub fn dialog(dialog: Dialog, make: impl Fn() -> Vec<Element> + 'static) -> Element {
    let Dialog { class, title, open, on_close } = dialog;
    let element = el("dialog", &format!("dialog {class}"));
    let this: HtmlDialogElement = element.cast();
    let name = title.clone();
    let close = el("button", "icon-button").attr("aria-label", "Close").child(icon("close"));
    let closed = this.clone();
    let head = el("div", "dialog__head")
        .child(el("h2", "dialog__title").live_text(move || title()))
        .child(close.on_click(move || closed.close()));
    let is_open = open.clone();
    let element = element
        .live("aria-label", move || name())
        .on("close", move |_: Event| on_close())
        .child(head)
        .part(move || if is_open() { untrack(&make) } else { Vec::new() });
    watch(move || match (open(), this.open()) {
        (true, false) => drop(this.show_modal()),
        (false, true) => this.close(),
        _ => {}
    });
    element
}

/// A field with its name above it.
pub fn labelled(name: &str, field: Element) -> Element {
    el("label", "field").child(el("span", "field__name").text(name)).child(field)
}

/// A text field for words of a command.
pub fn field(name: &str, hint: &str) -> Element {
    el("input", "form__field").attrs(&[
        ("type", "text"),
        ("aria-label", name),
        ("placeholder", hint),
        ("autocomplete", "off"),
        ("autocapitalize", "off"),
        ("spellcheck", "false"),
    ])
}

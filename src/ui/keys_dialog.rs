//! The list of keys, and the switch that turns single letters off.

use leptos::prelude::*;
use web_sys::{Event, HtmlDialogElement, HtmlInputElement};

use super::Page;
use super::dom::{Element, el, watch};
use super::icon::icon;
use super::keyboard::{letters_enabled, set_letters_enabled};

const KEYS: [(&[&str], &str); 18] = [
    (&["Space"], "Play or pause"),
    (&["←", "→"], "Step to the change before, or the next"),
    (&["Shift", "←", "→"], "Go to the wave before, or the next"),
    (&["1", "…", "5"], "Speed: ½× to 60×"),
    (&["E"], "Edit the manifest"),
    (&["T"], "Open or fold the drawer"),
    (&["P"], "Present to a room"),
    (&["G"], "Open the gallery of manifests"),
    (&["Ctrl ↵"], "Apply (⌘ ↵ on a Mac)"),
    (&["Esc", "Tab"], "Leave the manifest by keyboard"),
    (&["Ctrl F"], "Find and replace in the manifest"),
    (&["F8"], "Go to the next problem in the manifest"),
    (&["F2", "Del"], "Rename or close a file, on its tab"),
    (&["N"], "Add a worker node"),
    (&["←", "↑", "→", "↓"], "Move between nodes"),
    (&["↵"], "Select the node"),
    (&["Esc"], "Close a form or a sheet, let go of the node"),
    (&["?"], "This list"),
];

/// A real dialog: the browser keeps the focus inside and gives it back.
pub fn keys_dialog(page: Page) -> Element {
    let close = el("button", "icon-button").attr("aria-label", "Close").child(icon("close"));
    let head =
        el("div", "keys__head").child(el("h2", "").attr("id", "keys-title").text("Keyboard"));
    let letters = el("input", "").attr("type", "checkbox").on("change", |event: Event| {
        set_letters_enabled(event_target_checked(&event));
    });
    letters.cast::<HtmlInputElement>().set_checked(letters_enabled());
    let switch =
        el("label", "keys__switch").child(letters).text("Single keys act outside text fields");
    let list = KEYS.iter().fold(el("dl", "keys__list"), |list, key| list.child(key_row(key)));
    let element = el("dialog", "keys").attr("aria-labelledby", "keys-title");
    let dialog: HtmlDialogElement = element.cast();
    let this = dialog.clone();
    watch(move || {
        if page.keys_open.get() && !this.open() {
            let _ = this.show_modal();
        }
    });
    element
        .on("close", move |_: Event| page.keys_open.set(false))
        .child(head.child(close.on_click(move || dialog.close())))
        .child(list)
        .child(switch)
}

fn key_row((keys, meaning): &(&[&str], &str)) -> Element {
    let keys = keys.iter().fold(el("dt", ""), |all, key| all.child(el("kbd", "key").text(key)));
    el("div", "keys__row").child(keys).child(el("dd", "").text(meaning))
}

//! The list of keys, and the switch that turns single letters off.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::Page;
use super::dialog::{Dialog, dialog};
use super::dom::{Element, el};
use super::keyboard::{letters_enabled, set_letters_enabled};

const KEYS: [(&[&str], &str); 34] = [
    (&["Space"], "Play or pause"),
    (&["←", "→"], "Step to the change before, or the next"),
    (&["Shift", "←", "→"], "Go to the wave before, or the next"),
    (&[".", "PgDn"], "Step forward, as slide remotes do"),
    (&["Home", "End"], "Go to the start, or as far as time has come"),
    (&["1", "…", "5"], "Speed: ½× to 60×"),
    (&["[", "]"], "Slower, or faster"),
    (&["E"], "Edit the manifest"),
    (&["T"], "Type a command in the terminal"),
    (&["C"], "See the controller at work"),
    (&["P"], "Present to a room"),
    (&["G"], "Open the gallery of manifests"),
    (&["Ctrl ↵"], "Apply (⌘ ↵ on a Mac)"),
    (&["Esc", "Tab"], "Leave the manifest by keyboard"),
    (&["Ctrl F"], "Find and replace in the manifest"),
    (&["F8"], "Go to the next problem in the manifest"),
    (&["Ctrl", "Space"], "Offer what may stand at the caret"),
    (&["V"], "View what Apply would change"),
    (&["F2", "Del"], "Rename or close a file, on its tab"),
    (&["N"], "Add a worker node"),
    (&["⇧ N"], "Add many nodes"),
    (&["←", "↑", "→", "↓"], "Move between nodes"),
    (&["/"], "Find nodes by name, label, taint or state"),
    (&["↵"], "Select the node"),
    (&["L"], "Label the node"),
    (&["X"], "Taint it"),
    (&["O"], "Cordon or uncordon it"),
    (&["D"], "Drain it"),
    (&["H"], "Stop or start its kubelet"),
    (&["M"], "More: a full node, pressure, images"),
    (&["W"], "Why it has a pod, or none"),
    (&["Del"], "Delete it"),
    (&["Esc"], "Close a form or a sheet, let go of the node"),
    (&["?"], "This list"),
];

/// Opens on `?` and on the button in the top bar.
pub fn keys_dialog(page: Page) -> Element {
    let it = Dialog {
        class: "keys",
        title: Rc::new(|| "Keyboard".to_owned()),
        open: Rc::new(move || page.keys_open.get()),
        on_close: Rc::new(move || page.keys_open.set(false)),
    };
    dialog(it, || {
        let letters = el("input", "").attr("type", "checkbox").on("change", |event: Event| {
            set_letters_enabled(event_target_checked(&event));
        });
        letters.cast::<HtmlInputElement>().set_checked(letters_enabled());
        let switch =
            el("label", "keys__switch").child(letters).text("Single keys act outside text fields");
        vec![KEYS.iter().fold(el("dl", "keys__list"), |list, key| list.child(key_row(key))), switch]
    })
}

fn key_row((keys, meaning): &(&[&str], &str)) -> Element {
    let keys = keys.iter().fold(el("dt", ""), |all, key| all.child(el("kbd", "key").text(key)));
    el("div", "keys__row").child(keys).child(el("dd", "").text(meaning))
}

//! The list of keys by what they are about, and the switch that turns single letters off.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::Page;
use super::browser::is_apple;
use super::dialog::{Dialog, dialog};
use super::dom::{Element, el};
use super::keyboard::{letters_enabled, set_letters_enabled};

/// A subject, and its keys with what they do. Words between keys say how they belong together: `+`
/// for keys that are held at once, `or`, `then` and `to`.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

const GROUPS: [Group; 5] = [
    (
        "Time",
        &[
            ("Space", "Play or pause"),
            ("← or →", "Step to the change before, or the next"),
            ("Shift + ← or Shift + →", "Go to the wave before, or the next"),
            (". or PgDn", "Step forward, as slide remotes do"),
            ("Home or End", "Go to the start, or as far as time has come"),
            ("1 to 5", "Speed: ½× to 60×"),
            ("[ or ]", "Slower, or faster"),
        ],
    ),
    (
        "Manifest",
        &[
            ("E", "Edit it"),
            ("Ctrl + Enter", "Apply it"),
            ("V", "View what Apply would change"),
            ("F8", "Go to the next problem"),
            ("Ctrl + Space", "Offer what may stand at the caret"),
            ("Ctrl + F", "Find and replace"),
            ("F2 or Del", "Rename or close a file, on its tab"),
            ("Esc then Tab", "Leave it by keyboard"),
        ],
    ),
    (
        "Nodes",
        &[
            ("← ↑ → ↓", "Move between them"),
            ("Enter", "Select one"),
            ("/", "Find by name, label, taint or state"),
            ("N", "Add a worker"),
            ("Shift + N", "Add many"),
        ],
    ),
    (
        "The selected node",
        &[
            ("W", "Why it has a pod, or none"),
            ("L", "Label it"),
            ("X", "Taint it"),
            ("O", "Cordon or uncordon it"),
            ("D", "Drain it"),
            ("H", "Stop or start its kubelet"),
            ("M", "More: a full node, pressure, images"),
            ("Del", "Delete it"),
        ],
    ),
    (
        "Panels",
        &[
            ("T", "Type a command in the terminal"),
            ("C", "See the controller at work"),
            ("G", "Open the gallery of manifests"),
            ("P", "Present to a room"),
            ("Esc", "Close a form or a sheet, let go of the node"),
            ("?", "This list"),
        ],
    ),
];

/// Opens on `?` and on the button in the top bar.
pub fn keys_dialog(page: Page) -> Element {
    let it = Dialog {
        class: "keys",
        title: Rc::new(|| "Keyboard".to_owned()),
        open: Rc::new(move || page.keys_open.get()),
        on_close: Rc::new(move || page.keys_open.set(false)),
    };
    dialog(it, content)
}

#[inline(never)]
fn content() -> Vec<Element> {
    let letters = el("input", "").attr("type", "checkbox").on("change", |event: Event| {
        set_letters_enabled(event_target_checked(&event));
    });
    letters.cast::<HtmlInputElement>().set_checked(letters_enabled());
    let switch =
        el("label", "keys__switch").child(letters).text("Single keys act outside text fields");
    let groups = GROUPS.iter().fold(el("div", "keys__groups"), |all, it| all.child(group(it)));
    vec![groups, switch]
}

fn group((title, keys): &Group) -> Element {
    let list = keys.iter().fold(el("dl", ""), |list, key| list.child(row(key)));
    el("section", "keys__group").child(el("h3", "keys__title").text(title)).child(list)
}

fn row((keys, meaning): &(&str, &str)) -> Element {
    let control = if is_apple() { "⌘" } else { "Ctrl" };
    let part = |all: Element, word: &str| match word {
        "+" | "or" | "then" | "to" => all.child(el("span", "keys__word").text(word)),
        "Ctrl" => all.child(el("kbd", "key").text(control)),
        word => all.child(el("kbd", "key").text(word)),
    };
    let keys = keys.split(' ').fold(el("dt", ""), |all, word| {
        // Spaces for those who hear or copy it.
        part(all, word).text(" ")
    });
    el("div", "keys__row").child(keys).child(el("dd", "").text(meaning))
}

//! A few choices side by side, of which one holds.

use web_sys::{Event, HtmlInputElement};

use super::dom::{Element, el, watch};

/// The group; its choices follow as children.
pub fn segments(name: &str) -> Element {
    el("div", "segments").attrs(&[("role", "radiogroup"), ("aria-label", name)])
}

/// One choice of the group with this name.
pub fn choice(
    group: &str,
    name: &'static str,
    is_on: impl Fn() -> bool + 'static,
    choose: impl Fn() + 'static,
) -> Element {
    let input = el("input", "segments__input")
        .attrs(&[("type", "radio"), ("name", group), ("aria-label", name)])
        .on("change", move |_: Event| choose());
    let radio: HtmlInputElement = input.cast();
    watch(move || radio.set_checked(is_on()));
    let word = el("span", "").attr("aria-hidden", "true").text(name);
    el("label", "segments__item").child(input).child(word)
}

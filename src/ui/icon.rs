//! Icons come from the sprite in `index.html`; they are drawn by `currentColor`.

use super::dom::{Element, svg};

/// One icon of the sprite by its name without `i-`. Decoration only: the control around it carries
/// the name.
pub fn icon(name: &str) -> Element {
    frame("icon").child(svg("use", "").attr("href", &link(name)))
}

/// The size for dense places.
pub fn small_icon(name: &str) -> Element {
    frame("icon icon--small").child(svg("use", "").attr("href", &link(name)))
}

/// An icon that changes.
pub fn live_icon(small: bool, name: impl Fn() -> &'static str + 'static) -> Element {
    let class = if small { "icon icon--small" } else { "icon" };
    frame(class).child(svg("use", "").live("href", move || link(name())))
}

fn frame(class: &str) -> Element {
    svg("svg", class).attrs(&[("viewBox", "0 0 16 16"), ("aria-hidden", "true")])
}

fn link(name: &str) -> String {
    ["#i-", name].concat()
}

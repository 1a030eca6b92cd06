//! A menu at the timeline. What is in it is made when somebody opens it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, Event};

use crate::ui::dom::{Element, el};

/// The menu with that identity; the browser closes it and gives the focus back.
pub(super) fn time_menu(
    id: &str,
    name: &str,
    content: impl Fn() -> Element + Copy + 'static,
) -> Element {
    let open = RwSignal::new(false);
    let toggle = move |event: Event| {
        let menu = event.current_target().and_then(|it| it.dyn_into::<DomElement>().ok());
        open.set(menu.is_some_and(|it| it.matches(":popover-open").unwrap_or(false)));
    };
    el("div", "time-menu")
        .attrs(&[("id", id), ("popover", ""), ("role", "group"), ("aria-label", name)])
        .on("toggle", toggle)
        .when(move || open.get(), content)
}

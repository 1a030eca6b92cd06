//! The field that looks for nodes: those that do not match are greyed.

use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use super::Page;
use super::dom::{Element, el, memo, watch};
use super::icon::small_icon;
use super::keyboard::focus;
use super::session::Session;

/// Where the keyboard finds it.
pub const FIELD: &str = ".filter__field";

/// In the bar under the cards, as long as no node is selected.
pub fn filter(session: Session, page: Page) -> Element {
    let typed = page.filter;
    let field = el("input", "filter__field")
        .attrs(&[("type", "search"), ("aria-label", "Filter nodes"), ("placeholder", "Find nodes")])
        .attrs(&[("title", "Name, label, taint or state (/)"), ("spellcheck", "false")])
        .on("input", move |event: Event| typed.set(event_target_value(&event)))
        .on("keydown", move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" | "ArrowDown" => {
                event.prevent_default();
                focus(".node:not([data-dim]), .map__cells");
            }
            "Escape" => {
                event.prevent_default();
                typed.set(String::new());
                focus(".node[tabindex=\"0\"], .map__cells");
            }
            _ => {}
        });
    let input: HtmlInputElement = field.cast();
    watch(move || {
        let text = typed.read();
        if input.value() != *text {
            input.set_value(&text);
        }
    });
    let found = memo(move || {
        let typed = typed.read();
        if typed.trim().is_empty() {
            return None;
        }
        if let Some(found) = session.fleet.found.get() {
            return Some(format!("{found} of {}", session.fleet.count.get()));
        }
        let pools = session.pools.read();
        let nodes = || pools.iter().flat_map(|pool| &pool.nodes);
        let matching = nodes().filter(|row| row.node.read().matches(&typed)).count();
        Some(format!("{matching} of {}", nodes().count()))
    });
    el("label", "filter")
        .child(small_icon("search"))
        .child(field)
        .child(el("kbd", "key").attr("aria-hidden", "true").text("/"))
        .child(el("span", "filter__found").attr("role", "status").live_text(move || found.get()))
}

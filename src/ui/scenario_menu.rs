//! What the page opened with, and where to go from there.

use leptos::prelude::*;

use super::Page;
use super::command::Command;
use super::dom::{Element, el};
use super::icon::{icon, small_icon};
use super::session::Session;
use super::toast::Toast;

const MENU: &str = "scenario-menu";

/// The scenario's name; pressing it opens the menu. The browser closes it and gives the focus back.
pub fn scenario_button(session: Session) -> Element {
    el("button", "picker scenario")
        .attrs(&[("popovertarget", MENU), ("title", "About this scenario")])
        .child(el("span", "picker__kind").text("Scenario"))
        .child(el("span", "scenario__title").live_text(move || session.scenario_title()))
        .child(icon("chevron"))
}

/// The menu, which lies above everything.
pub fn scenario_menu(session: Session, page: Page) -> Element {
    let again = move || {
        session.perform(Command::Reset(None));
        session.toast.set(Some(Toast::with_undo_of_reset()));
    };
    let nodes = move || {
        let pools = session.pools.read();
        let part = |pool: &super::session::Pool| format!("{} {}", pool.count, pool.title);
        pools.iter().map(part).collect::<Vec<_>>().join(" · ")
    };
    let facts = el("a", "menu__item")
        .attrs(&[("href", "conformance.html"), ("target", "_blank")])
        .child(small_icon("list"))
        .text("What is simulated, and how exactly");
    el("div", "menu")
        .attrs(&[("id", MENU), ("popover", ""), ("role", "group"), ("aria-label", "Scenario")])
        .child(el("b", "menu__title").live_text(move || session.scenario_title()))
        .child(el("p", "menu__note").live_text(nodes))
        .child(item("reset", "Start it over").on_click(again))
        .child(
            item("gallery", "Gallery of manifests").on_click(move || page.gallery_open.set(true)),
        )
        .child(item("keys", "Keyboard").on_click(move || page.keys_open.set(true)))
        .child(facts)
}

/// Choosing closes the menu.
fn item(sign: &str, name: &str) -> Element {
    el("button", "menu__item")
        .attrs(&[("popovertarget", MENU), ("popovertargetaction", "hide")])
        .child(small_icon(sign))
        .text(name)
}

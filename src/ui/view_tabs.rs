//! On a phone: which part of the page is shown over the stage, as sheets.

use leptos::prelude::*;

use super::dom::{Element, el};
use super::drawer::{TABS, Tab};
use super::icon::icon;
use super::session::Session;
use super::{Page, View};

/// Shown by the style sheet on narrow screens only.
pub fn view_tabs(session: Session, page: Page) -> Element {
    let differs = session.foresight.drift;
    let edited = move || session.files.current.get().is_edited() || differs.read().is_some();
    let dot = || el("i", "view-tabs__dot").attrs(&[("role", "img"), ("aria-label", "not applied")]);
    let views = el("nav", "view-tabs")
        .attr("aria-label", "Views")
        .child(view_tab(page, View::Cluster, "grid", "Cluster"))
        .child(view_tab(page, View::Manifest, "yaml", "YAML").when(edited, dot));
    TABS.iter().fold(views, |views, tab| views.child(sheet_tab(page, *tab)))
}

fn view_tab(page: Page, view: View, sign: &str, name: &str) -> Element {
    tab(sign, name, move || page.view.get() == view).on_click(move || page.view.set(view))
}

fn sheet_tab(page: Page, shown: Tab) -> Element {
    let is_shown = move || page.view.get() == View::Drawer && page.tab.get() == shown;
    tab(shown.icon(), shown.name(), is_shown).on_click(move || page.show_tab(shown))
}

fn tab(sign: &str, name: &str, is_shown: impl Fn() -> bool + 'static) -> Element {
    el("button", "view-tabs__tab")
        .live("aria-current", move || is_shown().then_some("page"))
        .child(icon(sign))
        .text(name)
}

/// The head of a sheet: its grip, its title, and the way back to the stage.
pub fn sheet_head(page: Page, title: impl Fn() -> &'static str + 'static) -> Element {
    let close = el("button", "icon-button")
        .attr("aria-label", "Close the sheet")
        .on_click(move || page.view.set(View::Cluster))
        .child(icon("close"));
    el("div", "sheet-head").child(el("h2", "sheet-head__title").live_text(title)).child(close)
}

/// Darkens what lies behind a sheet; a touch there closes it.
pub fn veil(page: Page) -> Element {
    el("div", "veil").attr("aria-hidden", "true").on_click(move || page.view.set(View::Cluster))
}

//! On a phone: which part of the page is shown over the stage, as sheets.

use leptos::prelude::*;

use super::dom::{Element, el};
use super::icon::icon;
use super::session::Session;
use super::{Page, View};

/// Shown by the style sheet on narrow screens only.
pub fn view_tabs(session: Session, page: Page) -> Element {
    let edited = move || session.files.current.get().is_edited();
    let dot = || el("i", "view-tabs__dot").attrs(&[("role", "img"), ("aria-label", "not applied")]);
    el("nav", "view-tabs")
        .attr("aria-label", "Views")
        .child(tab(page, View::Cluster, "grid", "Cluster"))
        .child(tab(page, View::Manifest, "yaml", "YAML").when(edited, dot))
        .child(tab(page, View::Events, "dots", "Events"))
}

fn tab(page: Page, view: View, sign: &str, name: &str) -> Element {
    el("button", "view-tabs__tab")
        .live("aria-current", move || (page.view.get() == view).then_some("page"))
        .on_click(move || page.view.set(view))
        .child(icon(sign))
        .text(name)
}

/// The head of a sheet: its grip, its title, and the way back to the stage.
pub fn sheet_head(page: Page, title: &str) -> Element {
    let close = el("button", "icon-button")
        .attr("aria-label", "Close the sheet")
        .on_click(move || page.view.set(View::Cluster))
        .child(icon("close"));
    el("div", "sheet-head").child(el("b", "sheet-head__title").text(title)).child(close)
}

/// Darkens what lies behind a sheet; a touch there closes it.
pub fn veil(page: Page) -> Element {
    el("div", "veil").attr("aria-hidden", "true").on_click(move || page.view.set(View::Cluster))
}

//! On a narrow screen: which part of the page is shown.

use leptos::prelude::*;

use super::dom::{Element, el};
use super::icon::icon;
use super::{Page, View};

/// Shown by the style sheet on narrow screens only.
pub fn view_tabs(page: Page) -> Element {
    el("nav", "view-tabs")
        .attr("aria-label", "Views")
        .child(tab(page, View::Cluster, "grid", "Cluster"))
        .child(tab(page, View::Manifest, "yaml", "YAML"))
        .child(tab(page, View::Events, "list", "Events"))
}

fn tab(page: Page, view: View, sign: &str, name: &str) -> Element {
    el("button", "view-tabs__tab")
        .live("aria-current", move || (page.view.get() == view).then_some("page"))
        .on_click(move || page.view.set(view))
        .child(icon(sign))
        .text(name)
}

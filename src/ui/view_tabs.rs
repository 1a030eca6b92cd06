//! On a narrow screen: which part of the page is shown.

use leptos::prelude::*;

use super::icon::Icon;
use super::{Page, View};

/// Shown by the style sheet on narrow screens only.
#[component]
pub fn ViewTabs() -> impl IntoView {
    let page = expect_context::<Page>();
    let tab = move |view: View, icon: &'static str, name: &'static str| {
        let current = move || (page.view.get() == view).then_some("page");
        view! {
            <button
                class="view-tabs__tab"
                aria-current=current
                on:click=move |_| page.view.set(view)
            >
                <Icon name=icon />
                {name}
            </button>
        }
    };
    view! {
        <nav class="view-tabs" aria-label="Views">
            {tab(View::Cluster, "grid", "Cluster")}
            {tab(View::Manifest, "yaml", "YAML")}
            {tab(View::Events, "list", "Events")}
        </nav>
    }
}

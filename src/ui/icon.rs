//! Icons come from the sprite in `index.html`; they are drawn by `currentColor`.

use leptos::prelude::*;

/// One icon of the sprite, decoration only: the control around it carries the name.
#[component]
pub fn Icon(
    /// The name in the sprite, without `i-`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// The size for dense places.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = if small { "icon icon--small" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}

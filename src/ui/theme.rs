//! Light, dark, or what the system says; remembered. `www/boot.js` sets it before the first paint
//! and follows the system while nothing is chosen.

use leptos::prelude::*;

use super::browser::{matches, preference, set_preference};
use super::icon::Icon;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn remembered() -> Self {
        match preference("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::System => "contrast",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn show(self) {
        let dark = match self {
            Self::System => matches("(prefers-color-scheme: dark)"),
            other => other == Self::Dark,
        };
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
        }
    }
}

/// Goes round the three choices.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(Theme::remembered());
    let name = move || format!("Theme: {}", theme.get().word());
    let turn = move |_| {
        let next = theme.get_untracked().next();
        set_preference("theme", next.word());
        next.show();
        theme.set(next);
    };
    view! {
        <button class="icon-button" aria-label=name title=name on:click=turn>
            <Icon name=Signal::derive(move || theme.get().icon()) />
        </button>
    }
}

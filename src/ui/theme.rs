//! Light, dark, or what the system says; remembered. `www/boot.js` sets it before the first paint
//! and follows the system while nothing is chosen.

use leptos::prelude::*;

use super::browser::{matches, preference, set_preference};
use super::dom::{Element, el};
use super::icon::live_icon;

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
pub fn theme_switch() -> Element {
    let theme = RwSignal::new(Theme::remembered());
    el("button", "icon-button")
        .paint(move |it| {
            let name = format!("Theme: {}", theme.get().word());
            it.set("aria-label", name.clone());
            it.set("title", name);
        })
        .on_click(move || {
            let next = theme.get_untracked().next();
            set_preference("theme", next.word());
            next.show();
            theme.set(next);
        })
        .child(live_icon(false, move || theme.get().icon()))
}

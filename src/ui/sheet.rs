//! On a phone a part of the page is a sheet over the rest: what lies behind cannot be reached, the
//! focus goes into the sheet, and back to where it came from when the sheet is closed.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::browser::matches;
use super::dom::{Element, watch};
use super::keyboard::focus;
use super::{Page, View};

/// Where the style sheets make sheets of the panes.
const NARROW: &str = "(max-width: 699px)";

/// What knows of sheets.
#[derive(Clone, Copy)]
pub struct Sheets {
    page: Page,
    is_narrow: RwSignal<bool>,
}

impl Sheets {
    /// Watches the width of the page and what is shown, until the owner goes away.
    pub fn new(page: Page) -> Self {
        let sheets = Self { page, is_narrow: RwSignal::new(matches(NARROW)) };
        let resized = window_event_listener(ev::resize, move |_| {
            let is_narrow = matches(NARROW);
            if sheets.is_narrow.get_untracked() != is_narrow {
                sheets.is_narrow.set(is_narrow);
            }
        });
        on_cleanup(move || resized.remove());
        let opener = StoredValue::new_local(None::<HtmlElement>);
        let mut before = None;
        watch(move || {
            let shown = sheets.shown();
            if shown == before {
                return;
            }
            let was_open = before.is_some();
            before = shown;
            match shown {
                Some(view) => {
                    if !was_open {
                        opener.set_value(focused());
                    }
                    request_animation_frame(move || enter(view));
                }
                None => {
                    if let Some(opener) = opener.try_update_value(Option::take).flatten() {
                        request_animation_frame(move || drop(opener.focus()));
                    }
                }
            }
        });
        sheets
    }

    /// The part that is a sheet now.
    fn shown(self) -> Option<View> {
        let view = self.page.view.get();
        (self.is_narrow.get() && view != View::Cluster).then_some(view)
    }

    /// What lies behind a sheet.
    pub fn behind(self, element: Element) -> Element {
        element.live("inert", move || self.shown().is_some().then_some(""))
    }

    /// What is a sheet itself, on a phone.
    pub fn sheet(self, view: View, element: Element) -> Element {
        let is_shown = move || self.shown() == Some(view);
        element
            .live("role", move || is_shown().then_some("dialog"))
            .live("aria-modal", move || is_shown().then_some("true"))
    }
}

fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Who asked for the text itself is there already.
fn enter(view: View) {
    let sheet = if view == View::Manifest { ".side" } else { ".drawer" };
    let is_inside = focused().is_some_and(|it| it.closest(sheet).ok().flatten().is_some());
    if !is_inside {
        focus(&format!("{sheet} .sheet-head button"));
    }
}

//! The drawer under the stage: what happened, and what was done. On a phone each of its tabs is a
//! sheet of its own.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::browser::matches;
use super::controller_panel::controller_panel;
use super::dom::{Element, el, watch};
use super::events::{event_filter, events};
use super::icon::icon;
use super::keyboard::{focus, neighbour};
use super::panes::{drawer_splitter, was_folded};
use super::session::{EVENT_COUNT_MAX, Session};
use super::terminal::{FIELD, terminal, terminal_tools};
use super::view_tabs::sheet_head;
use super::why_panel::{why_panel, why_tools};
use super::{Page, View};

/// Below this height the drawer starts as a rail and opens over the stage.
const ROOMY: &str = "(min-height: 840px), (max-width: 699px)";

/// Whether there is room for it from the start.
pub fn starts_open() -> bool {
    has_room() && !was_folded("drawer")
}

/// Whether it stands beside the stage, not over it.
pub fn has_room() -> bool {
    matches(ROOMY)
}

/// Where the drawer lies over the stage it makes room for what gets the focus there.
pub fn uncover(page: Page, event: &Event) {
    let focused = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let drawer = document().query_selector(".drawer").ok().flatten();
    let (Some(focused), Some(drawer)) = (focused, drawer) else { return };
    let is_over =
        !has_room() && page.drawer_open.get_untracked() && !drawer.contains(Some(&focused));
    let place = focused.get_bounding_client_rect();
    if is_over && (place.top() + place.bottom()) / 2.0 > drawer.get_bounding_client_rect().top() {
        page.drawer_open.set(false);
    }
}

/// A tab of the drawer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What was done and said, and a line to type in.
    #[default]
    Terminal,
    /// What happened.
    Events,
    /// Why a node has a pod or has none.
    Why,
    /// The controller, sync by sync.
    Controller,
}

/// The tabs in their order. What a tab is made of stands in the functions below.
pub const TABS: &[Tab] = &[Tab::Terminal, Tab::Events, Tab::Why, Tab::Controller];

impl Tab {
    /// What is written on it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "Terminal",
            Self::Events => "Events",
            Self::Why => "Why",
            Self::Controller => "Controller",
        }
    }

    /// Its icon among the views of a phone.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Terminal => "prompt",
            Self::Events => "dots",
            Self::Why => "question",
            Self::Controller => "loop",
        }
    }

    fn id(self) -> String {
        format!("tab-{}", self.name().to_ascii_lowercase())
    }
}

/// What stands under a tab; made anew each time it is shown.
fn content(tab: Tab, session: Session) -> Vec<Element> {
    match tab {
        Tab::Terminal => terminal(session),
        Tab::Events => vec![events(session)],
        Tab::Why => vec![why_panel(session)],
        Tab::Controller => vec![controller_panel(session)],
    }
}

/// What stands at the end of the bar while a tab is shown.
fn tools(tab: Tab, session: Session) -> Vec<Element> {
    match tab {
        Tab::Terminal => vec![terminal_tools(session)],
        Tab::Events => vec![event_filter(session)],
        Tab::Why => vec![why_tools(session)],
        Tab::Controller => Vec::new(),
    }
}

/// A number beside the name of a tab.
fn count(tab: Tab, session: Session) -> Option<String> {
    match tab {
        Tab::Terminal => None,
        // The list is cut: then there are more.
        Tab::Events => Some(match session.history.event_count.get() {
            rows if rows < EVENT_COUNT_MAX => rows.to_string(),
            rows => format!("{rows}+"),
        }),
        Tab::Why | Tab::Controller => None,
    }
}

/// Tabs, and what the one that is shown holds.
pub fn drawer(session: Session, page: Page) -> Element {
    let open = page.drawer_open;
    watch(move || {
        if session.hints.asked.get() > 0 {
            page.show_tab(Tab::Why);
        }
    });
    let toggle = el("button", "icon-button icon-button--small drawer__toggle")
        .paint(move |it| {
            let name = if open.get() { "Collapse the drawer" } else { "Open the drawer" };
            it.set("aria-label", name);
            it.set("title", name);
            it.set("aria-expanded", open.get());
        })
        .on_click(move || open.update(|open| *open = !*open))
        .child(icon("chevron"));
    let end = el("div", "drawer__end").part(move || tools(page.tab.get(), session)).child(toggle);
    let bar = el("div", "drawer__bar").child(tabs(session, page)).child(end);
    let panel = el("div", "drawer__body")
        .attrs(&[("role", "tabpanel"), ("id", "drawer-panel")])
        .live("aria-labelledby", move || page.tab.get().id())
        .part(move || content(page.tab.get(), session));
    el("section", "drawer")
        .attr("aria-label", "Details")
        .live("data-open", move || open.get())
        .child(drawer_splitter(page))
        .child(sheet_head(page, move || page.tab.get().name()))
        .child(bar)
        .child(panel)
}

impl Page {
    /// Shows a tab of the drawer, on a phone as a sheet.
    pub fn show_tab(self, tab: Tab) {
        self.tab.set(tab);
        self.drawer_open.set(true);
        self.view.set(View::Drawer);
    }

    /// Shows the terminal and puts the caret into it.
    pub fn type_command(self) {
        self.show_tab(Tab::Terminal);
        // It is there one frame later.
        request_animation_frame(|| focus(FIELD));
    }
}

fn tabs(session: Session, page: Page) -> Element {
    let list = el("div", "drawer__tabs")
        .attrs(&[("role", "tablist"), ("aria-label", "Details")])
        .on("keydown", move |event: KeyboardEvent| {
            let at = TABS.iter().position(|it| *it == page.tab.get_untracked());
            if let Some(next) = neighbour(&event.key(), at.unwrap_or(0), TABS.len()) {
                event.prevent_default();
                page.show_tab(TABS[next]);
                focus(&format!("#{}", TABS[next].id()));
            }
        });
    TABS.iter().fold(list, |list, tab| list.child(tab_button(*tab, session, page)))
}

fn tab_button(tab: Tab, session: Session, page: Page) -> Element {
    el("button", "tab")
        .attrs(&[("role", "tab"), ("aria-label", tab.name()), ("aria-controls", "drawer-panel")])
        .attr("id", &tab.id())
        .paint(move |it| {
            let is_shown = page.tab.get() == tab;
            it.set("aria-selected", is_shown);
            it.set("tabindex", if is_shown { "0" } else { "-1" });
        })
        .on_click(move || page.show_tab(tab))
        .text(tab.name())
        .child(el("span", "tab__count").live_text(move || count(tab, session)))
}

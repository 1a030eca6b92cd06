//! The keys of the page. Text fields keep every key for themselves.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::NewNodes;

use super::Page;
use super::browser::{preference, set_preference};
use super::command::Command;
use super::drawer::Tab;
use super::filter::FIELD;
use super::pace::SPEEDS;
use super::session::{Asked, Session};

const LETTERS: &str = "single-keys";

/// Whether single keys act; they can be switched off for those who speak or tremble.
pub fn letters_enabled() -> bool {
    preference(LETTERS).as_deref() != Some("off")
}

/// Remembers whether single keys act.
pub fn set_letters_enabled(enabled: bool) {
    set_preference(LETTERS, if enabled { "on" } else { "off" });
}

/// Listens until the owner goes away.
pub fn use_keyboard(session: Session, page: Page) {
    let handle = window_event_listener(ev::keydown, move |event| on_key(&event, session, page));
    on_cleanup(move || handle.remove());
}

fn on_key(event: &KeyboardEvent, session: Session, page: Page) {
    let is_open = page.keys_open.get_untracked() || page.gallery_open.get_untracked();
    let is_covered = is_open || session.asked.get_untracked().is_some();
    let busy = event.default_prevented() || is_covered;
    if busy || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is =
        |selector: &str| target.as_ref().is_some_and(|it| it.matches(selector).unwrap_or(false));
    if is("manifest-editor, textarea, select, input:not([type=radio]):not([type=checkbox])") {
        return;
    }
    let key = event.key();
    if key == "Escape" {
        // The browser closes an open menu itself.
        if document().query_selector(":popover-open").ok().flatten().is_some() {
            return;
        }
        return let_go(session, page);
    }
    if !letters_enabled() {
        return;
    }
    let is_shifted = event.shift_key();
    if !is_shifted && press_tool(&key, session) {
        return event.prevent_default();
    }
    let command = match key.as_str() {
        // On a control these keys belong to the control.
        " " if !is("button, a, summary, input") => Command::TogglePlay,
        "ArrowLeft" | "ArrowRight" if is("input, [role=tab]") => return,
        "ArrowLeft" if is_shifted => Command::SeekWave(false),
        "ArrowRight" if is_shifted => Command::SeekWave(true),
        "ArrowLeft" => Command::StepBack,
        "ArrowRight" => Command::StepForward,
        // Slide remotes send a full stop or the page keys. What scrolls keeps its own.
        "PageUp" | "PageDown" | "Home" | "End" if !is("body, button, [data-node]") => return,
        "," | "PageUp" => Command::StepBack,
        "." | "PageDown" => Command::StepForward,
        "Home" => Command::Seek(Time::ZERO),
        "End" => Command::Seek(session.history.end.get_untracked()),
        "[" => Command::SetSpeed(speed_beside(session, false)),
        "]" => Command::SetSpeed(speed_beside(session, true)),
        "n" | "N" if is_shifted => {
            event.prevent_default();
            return session.asked.set(Some(Asked::Nodes("workers".into())));
        }
        "n" | "N" => Command::AddNodes(NewNodes::one("workers")),
        "1" | "2" | "3" | "4" | "5" => {
            let index = key.parse::<usize>().unwrap_or(1) - 1;
            Command::SetSpeed(SPEEDS[index].0)
        }
        "e" | "E" => {
            event.prevent_default();
            return page.edit();
        }
        "t" | "T" => {
            event.prevent_default();
            return page.type_command();
        }
        "c" | "C" => return page.show_tab(Tab::Controller),
        "w" | "W" => return session.hints.ask_node(session, focused_node()),
        "v" | "V" => return session.asked.set(Some(Asked::Changes)),
        "p" | "P" => return page.presenting.update(|it| *it = !*it),
        "g" | "G" => {
            event.prevent_default();
            return page.gallery_open.set(true);
        }
        "/" => {
            event.prevent_default();
            // The field is there while no node is selected.
            session.perform(Command::SelectNode(None));
            return request_animation_frame(|| focus(FIELD));
        }
        "?" => return page.keys_open.set(true),
        _ => return,
    };
    event.prevent_default();
    session.perform(command);
}

/// The next faster speed that can be chosen, or the next slower one; at the end the last stays.
fn speed_beside(session: Session, faster: bool) -> f64 {
    let now = session.speed.get_untracked();
    let mut speeds = SPEEDS.iter().map(|it| it.0);
    let next = match faster {
        true => speeds.find(|it| *it > now),
        false => speeds.rfind(|it| *it < now),
    };
    next.unwrap_or(now)
}

/// Gives the focus back to the card whose actions were open.
fn let_go(session: Session, page: Page) {
    page.view.set(super::View::Cluster);
    page.more_open.set(false);
    if page.presenting.get_untracked() && session.selected_node.get_untracked().is_none() {
        return page.presenting.set(false);
    }
    let Some(name) = session.selected_node.get_untracked() else { return };
    session.perform(Command::SelectNode(None));
    focus(&format!("[data-node=\"{name}\"]:not([role=row]), .map__cells"));
}

/// The keys of the bar under the cards, as its buttons declare them.
const TOOLS: [&str; 7] = ["L", "X", "O", "D", "H", "M", "Delete"];

/// The node whose card has the focus.
fn focused_node() -> Option<Name> {
    let card = document().active_element()?;
    card.get_attribute("data-node").map(Name::from)
}

/// A key of the bar acts on the card that has the focus, else on the selected node.
fn press_tool(key: &str, session: Session) -> bool {
    let letter = if key.len() == 1 { key.to_ascii_uppercase() } else { key.to_owned() };
    let Some(tool) = TOOLS.into_iter().find(|it| **it == *letter) else { return false };
    let name = focused_node().or_else(|| session.selected_node.get_untracked());
    let Some(name) = name else { return false };
    use_tool(session, name, tool);
    true
}

/// Offers the actions of a node and presses the button that declares a key.
pub fn use_tool(session: Session, name: Name, tool: &'static str) {
    if session.selected_node.get_untracked().as_ref() != Some(&name) {
        session.perform(Command::SelectNode(Some(name)));
    }
    // The bar is there one frame later.
    request_animation_frame(move || {
        let button = format!("[aria-keyshortcuts=\"{tool}\"]");
        let found = document().query_selector(&button).ok().flatten();
        if let Some(button) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            button.click();
        }
        if tool == "Delete" {
            request_animation_frame(|| focus(".node[tabindex=\"0\"]"));
        }
    });
}

/// Puts the focus on the first element that matches.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Where an arrow key leads from one of several tabs; round at the ends.
pub fn neighbour(key: &str, at: usize, count: usize) -> Option<usize> {
    match key {
        "ArrowLeft" => Some((at + count - 1) % count),
        "ArrowRight" => Some((at + 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

/// Left and right move between the buttons of a toolbar.
pub fn move_in_toolbar(event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowLeft" => -1,
        "ArrowRight" => 1,
        _ => return,
    };
    let Some(bar) = event.current_target().and_then(|it| it.dyn_into::<Element>().ok()) else {
        return;
    };
    let Ok(buttons) = bar.query_selector_all("button") else { return };
    let active = document().active_element();
    let count = i64::from(buttons.length());
    let at = (0..buttons.length())
        .find(|at| buttons.get(*at).is_some_and(|it| Some(it) == active.clone().map(Into::into)));
    let Some(at) = at else { return };
    event.prevent_default();
    let next = (i64::from(at) + step).rem_euclid(count.max(1)) as u32;
    if let Some(button) = buttons.get(next).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

//! The entries of the log: lines with a button that copies them, texts with links to nodes.

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::playground::Playground;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element as Dom;

use super::word;
use crate::ui::command::Command;
use crate::ui::command_line::command_line;
use crate::ui::dom::{Element, Row, el};
use crate::ui::log::{Entry, Kind};
use crate::ui::session::Session;

/// With more links than this in one text, they are for the mouse only: nobody wants to press Tab a
/// hundred times.
const TAB_STOPS_MAX: usize = 12;

/// What makes the name of a node a link.
const LINK: [(&str, &str); 2] = [("href", "#stage"), ("title", "Select this node")];

/// An entry as a row of the log.
pub(super) fn row(session: Session, entry: &Entry) -> Row {
    let entry = entry.clone();
    Row::new(entry.id, move || {
        let text = entry.text.clone();
        match entry.kind {
            Kind::Line => el("div", "terminal__line")
                .child(command_line(Rc::new(move || text.clone()), || false)),
            Kind::More => el("pre", "terminal__text")
                .attr("data-kind", word(entry.kind))
                .child(el("span", "command__prompt").attr("aria-hidden", "true").text("> "))
                .text(&text),
            Kind::Note => el("p", "terminal__note").text(&text),
            Kind::Output | Kind::Error => linked(session, &entry),
        }
    })
}

/// A text in which the names of nodes are links.
fn linked(session: Session, entry: &Entry) -> Element {
    let pre = el("pre", "terminal__text").attr("data-kind", word(entry.kind));
    let links = session.node_names_in(&entry.text);
    let is_reached = links.len() <= TAB_STOPS_MAX;
    let (mut pre, mut end) = (pre, 0);
    for (at, name) in links {
        let link = el("a", "terminal__link").attrs(&LINK).text(&name);
        let link = if is_reached { link } else { link.attr("tabindex", "-1") };
        pre = pre.text(&entry.text[end..at]).child(link);
        end = at + name.len();
    }
    pre.text(&entry.text[end..])
}

impl Session {
    /// Where names of nodes stand in a text.
    fn node_names_in(self, text: &str) -> Vec<(usize, String)> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let mut found = Vec::new();
        let mut at = 0;
        for piece in text.split_inclusive(|c| !is_part(c)) {
            let word = piece.trim_end_matches(|c| !is_part(c)).trim_end_matches('.');
            if word.contains('-') && self.has_node(word) {
                found.push((at, word.to_owned()));
            }
            at += piece.len();
        }
        found
    }
}

/// Selects the node whose link was clicked, on the page as it is then.
pub(super) fn follow_link(session: Session) -> impl FnMut(web_sys::Event) {
    move |event| {
        let target = event.target().and_then(|it| it.dyn_into::<Dom>().ok());
        let link = target.filter(|it| it.matches(".terminal__link[href]").unwrap_or(false));
        if let Some(name) = link.and_then(|it| it.text_content()) {
            event.prevent_default();
            session.perform(Command::SelectNode(Some(Name::from(name))));
        }
    }
}

/// Where there is no such node any more, its name is text like any other, until it is back.
pub(super) fn keep_links(session: Session, log: &Dom) {
    let Ok(links) = log.query_selector_all(".terminal__link") else { return };
    for at in 0..links.length() {
        let Some(link) = links.item(at).and_then(|it| it.dyn_into::<Dom>().ok()) else { continue };
        let name = link.text_content().unwrap_or_default();
        let exists = |it: &Playground| it.cluster().store().node(&*name).is_some();
        let is_there = session.playground.try_with_value(exists).unwrap_or(false);
        for (name, value) in LINK {
            let _ = match is_there {
                true => link.set_attribute(name, value),
                false => link.remove_attribute(name),
            };
        }
    }
}

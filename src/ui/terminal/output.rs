//! The entries of the log: lines with a button that copies them, texts with links to nodes.

use std::rc::Rc;

use daemonset_core::api::Name;
use wasm_bindgen::JsCast;

use super::word;
use crate::ui::command::Command;
use crate::ui::command_line::command_line;
use crate::ui::dom::{Element, Row, el};
use crate::ui::log::{Entry, Kind};
use crate::ui::session::Session;

/// With more links than this in one text, they are for the mouse only: nobody wants to press Tab a
/// hundred times.
const TAB_STOPS_MAX: usize = 12;

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
        let link = el("a", "terminal__link")
            .attrs(&[("href", "#stage"), ("data-link", &name), ("title", "Select this node")])
            .attr("tabindex", if is_reached { "0" } else { "-1" })
            .text(&name);
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
        let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let name = target.and_then(|it| it.get_attribute("data-link"));
        if let Some(name) = name {
            event.prevent_default();
            session.perform(Command::SelectNode(Some(Name::from(name))));
        }
    }
}

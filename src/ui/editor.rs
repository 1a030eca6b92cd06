//! The manifest: the files, a surface to edit one on, what is wrong with it, and the plan card.

pub mod code;
pub mod desk;
pub mod file_tabs;
pub mod review;
pub mod text_area;

use daemonset_core::playground::{Message, Severity};
use leptos::prelude::*;

use super::command::Command;
use super::dom::{Element, el, memo, watch};
use super::messages::messages;
use super::plan_card::plan_card;
use super::session::Session;
use super::tips::tips;
use super::view_tabs::sheet_head;
use super::{Page, View};
use code::code;
use desk::{Desk, Place};
use file_tabs::{PANEL, closed_file, file_tabs};
use text_area::text_area;

/// The left side of the page.
pub fn side_panel(session: Session, page: Page) -> Element {
    let desk = Desk::new(session);
    let said = move || desk.said();
    let on_apply = move || {
        desk.put_away();
        let text = desk.files.current.get_untracked().text;
        session.perform(Command::Apply(text.get_untracked()));
    };
    let on_discard = move || {
        let applied = desk.files.current.get_untracked().applied.get_untracked();
        if let Some(surface) = desk.surface() {
            surface.replace(&applied);
        }
    };
    let on_go = move |place| {
        if let Some(surface) = desk.surface() {
            surface.go_to(place);
        }
    };
    watch(move || {
        let is_asked = page.edit_requests.get() > 0;
        if let Some(surface) = desk.surface().filter(|_| is_asked) {
            surface.focus();
        }
    });
    watch(move || {
        if desk.files.opened.get() > 0 {
            page.edit();
        }
    });
    // On a phone the plan plays behind the sheet in which its button is.
    watch(move || {
        if session.foresight.played.get() == Some(0) {
            page.view.set(View::Cluster);
        }
    });
    let hints = session.hints;
    // What the panel Why proposes or wants to be seen.
    watch(move || {
        let Some((text, line)) = hints.proposal.get() else { return };
        if let Some(surface) = desk.surface() {
            surface.replace(&text);
            desk.put_away();
            surface.go_to(Place { line, column: 1 });
        }
        hints.proposal.set(None);
    });
    watch(move || {
        let Some(place) = hints.go.get() else { return };
        page.view.set(View::Manifest);
        on_go(place);
        hints.go.set(None);
    });
    watch(move || {
        let line = hints.line.get();
        if let Some(surface) = desk.surface() {
            surface.mark(line);
        }
    });
    let on_point = move |line: u32| {
        // The line is one of the text as it stands there.
        desk.put_away();
        let lets = if line > 0 { session.lets(line) } else { None };
        if hints.lets.with_untracked(|it| *it != lets) {
            hints.lets.set(lets);
        }
    };
    let remedy = memo(move || hints.remedy.get().filter(|_| page.drawer_open.get()));
    // The usual fix that the panel Why offers, as lines that are not typed yet.
    let proposed = move || remedy.get().map(|it| it.insertion.text);
    let has_errors = move || problem(&said()).is_some();
    let plain = move || text_area(desk, said, on_apply);
    let panel = el("div", "editor")
        .attrs(&[("id", PANEL), ("role", "tabpanel")])
        .live("aria-label", move || desk.files.current.get().name.get())
        .child(code(desk, move || page.view.track(), proposed, plain, on_apply, on_point));
    el("section", "side")
        .attr("aria-label", "Manifest editor")
        .child(sheet_head(page, || "Manifest"))
        .child(file_tabs(desk, page, has_errors))
        .child(closed_file(desk.files))
        .child(panel)
        .child(messages(said, on_go, move |edit| desk.change(&edit)))
        .child(tips(desk, on_go))
        .child(plan_card(
            session,
            move || problem(&said()),
            remedy,
            on_apply,
            on_discard,
            move || desk.take_cluster(),
            on_go,
        ))
}

/// Why Apply would be refused, in the space of a note.
fn problem(messages: &[Message]) -> Option<String> {
    let error = messages.iter().find(|message| message.severity == Severity::Error)?;
    Some(match error.line {
        Some(line) => format!("Fix line {line}"),
        None => "See above".to_owned(),
    })
}

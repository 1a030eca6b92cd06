//! The terminal: a log of what was done and said, and a line to type in.
//!
//! A plain log and a text field, no terminal emulator: ARCHITECTURE.md says why.

mod kept;
mod output;
mod prompt;
mod running;
mod suggestions;

use std::collections::VecDeque;

use daemonset_core::playground::{Reader, Run, Shell};
use leptos::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

use super::browser::copy;
use super::dom::{Element, el, watch};
use super::icon::small_icon;
use super::log::Kind;
use super::session::Session;

pub(super) use kept::entries;

/// What the terminal knows besides its log.
#[derive(Clone, Copy)]
pub struct Terminal {
    /// What stands in the text field.
    pub draft: RwSignal<String>,
    /// What is waited for, in words.
    pub waits_for: RwSignal<Option<&'static str>>,
    /// Whether a command is only half typed.
    pub is_open: RwSignal<bool>,
    /// What was typed, oldest first.
    history: StoredValue<Vec<String>>,
    reader: StoredValue<Reader>,
    shell: StoredValue<Shell, LocalStorage>,
    run: StoredValue<Option<Run>, LocalStorage>,
    /// Lines that come after the one that waits.
    queue: StoredValue<VecDeque<String>>,
    /// Whether the log has not been kept since it changed, and whether somebody has typed since.
    unsaved: StoredValue<Option<bool>>,
    /// The files of the editor that the shell knows.
    loaded: StoredValue<Vec<String>>,
}

impl Terminal {
    /// Nothing has been typed.
    pub fn new() -> Self {
        Self {
            draft: RwSignal::new(String::new()),
            waits_for: RwSignal::new(None),
            is_open: RwSignal::new(false),
            history: StoredValue::new(Vec::new()),
            reader: StoredValue::new(Reader::default()),
            shell: StoredValue::new_local(Shell::default()),
            run: StoredValue::new_local(None),
            queue: StoredValue::new(VecDeque::new()),
            unsaved: StoredValue::new(None),
            loaded: StoredValue::new(Vec::new()),
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

/// The caret goes there.
pub const FIELD: &str = "#kubectl-command";

/// The log over the line to type in, beside it what could be tried next.
pub fn terminal(session: Session) -> Vec<Element> {
    let log = session.log;
    let older = move || {
        let count = log.dropped.get();
        el("p", "terminal__note").text(&format!("{count} older lines are no longer kept."))
    };
    let hint = || {
        el("p", "terminal__note").text(
            "Type a command, such as kubectl get nodes. What you do by mouse appears here as the \
             kubectl line that equals it.",
        )
    };
    let rows = move || {
        let entries = log.entries.read();
        entries.iter().map(|entry| output::row(session, entry)).collect::<Vec<_>>()
    };
    let lines = el("div", "terminal__log")
        .attrs(&[("role", "log"), ("aria-label", "Terminal output"), ("tabindex", "0")])
        .when(move || log.dropped.get() > 0, older)
        .when(move || log.entries.read().is_empty(), hint)
        .list(rows)
        .on("click", output::follow_link(session));
    follow_end(&lines, session);
    let log = lines.cast();
    watch(move || {
        session.pools.track();
        session.fleet.count.track();
        // What walks through them comes with the second part of the module.
        if !session.log.entries.read_untracked().is_empty() {
            output::keep_links(session, &log);
        }
    });
    let panel = el("div", "terminal")
        .on("keydown", move |event: KeyboardEvent| {
            if event.ctrl_key() && event.key() == "c" && !prompt::is_text_selected() {
                event.prevent_default();
                session.interrupt();
            }
        })
        .child(lines)
        .child(prompt::prompt(session));
    vec![panel, suggestions::suggestions(session)]
}

/// The end of the log stays in sight, unless somebody has scrolled away from it.
fn follow_end(lines: &Element, session: Session) {
    const NEAR: i32 = 48;
    let lines: HtmlElement = lines.cast();
    let length = StoredValue::new(0);
    watch(move || {
        session.log.entries.track();
        session.terminal.waits_for.track();
        let lines = lines.clone();
        let was_at_end = lines.scroll_top() + lines.client_height() + NEAR >= length.get_value();
        request_animation_frame(move || {
            if was_at_end {
                lines.set_scroll_top(lines.scroll_height());
            }
            let _ = length.try_set_value(lines.scroll_height());
        });
    });
}

/// What stands at the end of the bar while the terminal is shown.
pub fn terminal_tools(session: Session) -> Element {
    let copy_all = el("button", "button button--bare button--small")
        .on_click(move || copy(&session.log.text()))
        .child(small_icon("copy"))
        .text("Copy all");
    let clear = el("button", "button button--bare button--small")
        .on_click(move || session.log.clear())
        .text("Clear");
    el("div", "terminal__tools")
        .attrs(&[("role", "group"), ("aria-label", "Terminal tools")])
        .when(move || !session.log.entries.read().is_empty(), move || copy_all.clone())
        .child(clear)
}

/// How an entry looks, for the style sheet.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Line => "line",
        Kind::More => "more",
        Kind::Output => "output",
        Kind::Error => "error",
        Kind::Note => "note",
    }
}

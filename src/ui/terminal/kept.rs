//! The terminal is there again after a reload: its log, what was typed, and what the shell knows.

use daemonset_core::playground::{Playground, SavedPiece, SavedTerminal};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::ui::log::{Entry, Kind};
use crate::ui::session::Session;
use crate::ui::work::put;

/// Lines that come together are kept together.
const PATIENCE_MS: u32 = 250;

const KINDS: [(Kind, &str); 5] = [
    (Kind::Line, "line"),
    (Kind::More, "more"),
    (Kind::Output, "output"),
    (Kind::Error, "error"),
    (Kind::Note, "note"),
];

fn piece(entry: &Entry) -> SavedPiece {
    let kind = KINDS.iter().find(|it| it.0 == entry.kind).map_or("", |it| it.1);
    SavedPiece { at: entry.at, kind: kind.to_owned(), text: entry.text.clone() }
}

/// The log as it was; `lines` led to the cluster, where no log was kept.
pub(in crate::ui) fn entries(terminal: Option<&SavedTerminal>, lines: Vec<Entry>) -> Vec<Entry> {
    let Some(terminal) = terminal else { return lines };
    let mut entries: Vec<Entry> = Vec::new();
    for it in &terminal.log {
        if let Some((kind, _)) = KINDS.iter().find(|kind| kind.1 == it.kind) {
            let id = entries.len() as u32;
            entries.push(Entry { id, at: it.at, kind: *kind, text: it.text.clone() });
        }
    }
    if let (Some(what), Some(last)) = (&terminal.waits_for, entries.last()) {
        let text = format!("{what} ends: the page was opened again");
        entries.push(Entry { id: last.id + 1, at: last.at, kind: Kind::Note, text });
    }
    entries
}

impl Session {
    /// Keeps the terminal soon. What was typed is kept in any case, lines of buttons as soon as
    /// there is work to keep them with.
    pub(in crate::ui) fn keep_terminal(self, is_typed: bool) {
        let terminal = self.terminal;
        let before = terminal.unsaved.get_value();
        terminal.unsaved.set_value(Some(before.unwrap_or(false) || is_typed));
        if before.is_none() {
            Timeout::new(PATIENCE_MS, move || self.save_terminal()).forget();
        }
    }

    /// Keeps the terminal now, if something has come since it was kept last.
    pub(in crate::ui) fn save_terminal(self) {
        let terminal = self.terminal;
        let Some(Some(is_typed)) = terminal.unsaved.try_update_value(Option::take) else { return };
        let log: Vec<SavedPiece> = self.log.entries.read_untracked().iter().map(piece).collect();
        let waits_for = terminal.waits_for.get_untracked();
        let text = terminal.history.with_value(|history| {
            terminal
                .shell
                .with_value(|shell| Playground::saved_terminal(shell, history, waits_for, &log))
        });
        put("terminal", Some(&text), !is_typed);
    }

    /// Goes on with a terminal that was kept.
    pub(in crate::ui) fn restore_terminal(self, kept: Option<SavedTerminal>) {
        let Some(SavedTerminal { mut shell, history, .. }) = kept else { return };
        shell.history.clone_from(&history);
        self.terminal.history.set_value(history);
        self.terminal.shell.set_value(shell);
    }
}

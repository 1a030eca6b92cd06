//! What was done and what came of it, as the terminal shows it: lines that were typed, the lines
//! that equal what buttons did, and everything that was printed.

use daemonset_core::api::Time;
use leptos::prelude::*;

use super::command_line::sign;

/// More entries are not kept.
const ENTRY_COUNT_MAX: usize = 400;
/// More lines are not kept.
const LINE_COUNT_MAX: usize = 5_000;
/// A longer text becomes several entries, so that the browser can leave out those out of sight.
const CHUNK_LINES: usize = 50;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command line, typed or equal to what a button did.
    Line,
    /// A line that goes on with the one before.
    More,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
    /// A word of the page itself.
    Note,
}

/// One piece of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts up; identity in the list.
    pub id: u32,
    /// When (virtual time).
    pub at: Time,
    /// What it is.
    pub kind: Kind,
    /// Its text, without the last line feed.
    pub text: String,
}

impl Entry {
    fn line_count(&self) -> usize {
        self.text.matches('\n').count() + 1
    }
}

/// The log, oldest first.
#[derive(Clone, Copy)]
pub struct Log {
    /// What is kept.
    pub entries: RwSignal<Vec<Entry>>,
    /// How many lines were there before.
    pub dropped: RwSignal<usize>,
    /// The last command line.
    pub last_line: RwSignal<Option<String>>,
    /// The line that the control under the pointer or the focus equals.
    pub preview: RwSignal<Option<String>>,
}

impl Log {
    /// Nothing has been done.
    pub fn new() -> Self {
        Self {
            entries: RwSignal::new(Vec::new()),
            dropped: RwSignal::new(0),
            last_line: RwSignal::new(None),
            preview: RwSignal::new(None),
        }
    }

    /// Adds a text at the end; the oldest entries go when there are too many.
    pub fn push(self, at: Time, kind: Kind, text: &str) {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if kind == Kind::Line && !text.is_empty() {
            self.last_line.set(Some(text.to_owned()));
        }
        let mut gone = 0;
        self.entries.update(|entries| {
            let mut id = entries.last().map_or(0, |last| last.id + 1);
            let mut rest = text;
            loop {
                let end = rest.match_indices('\n').nth(CHUNK_LINES - 1).map(|it| it.0);
                let text = rest[..end.unwrap_or(rest.len())].to_owned();
                entries.push(Entry { id, at, kind, text });
                let Some(end) = end else { break };
                rest = &rest[end + 1..];
                id += 1;
            }
            let mut lines: usize = entries.iter().map(Entry::line_count).sum();
            let mut count = 0;
            while lines > LINE_COUNT_MAX || entries.len() - count > ENTRY_COUNT_MAX {
                lines -= entries[count].line_count();
                gone += entries[count].line_count();
                count += 1;
            }
            entries.drain(..count);
        });
        if gone > 0 {
            self.dropped.update(|dropped| *dropped += gone);
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.entries.set(Vec::new());
        self.dropped.set(0);
    }

    /// Goes on with what was kept elsewhere.
    pub fn set(self, entries: Vec<Entry>) {
        let lines = entries.iter().rev().find(|it| it.kind == Kind::Line);
        self.last_line.set(lines.map(|it| it.text.clone()));
        self.dropped.set(0);
        self.entries.set(entries);
    }

    /// All of it as text, as it would stand on a screen.
    pub fn text(self) -> String {
        let mut text = String::new();
        for entry in &*self.entries.read_untracked() {
            text.push_str(match entry.kind {
                Kind::Line => sign(&entry.text),
                Kind::More => "> ",
                _ => "",
            });
            text.push_str(&entry.text);
            text.push('\n');
        }
        text
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

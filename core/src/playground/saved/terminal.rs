//! The terminal as it is saved: what its log shows, what was typed, and what lines left behind for
//! those that follow. Reading is as bounded as writing: what comes back is text from outside.

use serde_json::{Value, json};

use crate::api::{Time, json};
use crate::playground::{Playground, Shell};

/// More pieces of the log are not kept.
const PIECE_COUNT_MAX: usize = 400;
/// More bytes of the log are not kept.
const LOG_BYTES_MAX: usize = 200_000;
/// More lines that were typed are not kept, nor more bytes of them.
const HISTORY_COUNT_MAX: usize = 500;
const HISTORY_BYTES_MAX: usize = 100_000;

/// A piece of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedPiece {
    /// When (virtual time).
    pub at: Time,
    /// What it is, in the page's words.
    pub kind: String,
    /// Its text.
    pub text: String,
}

/// A terminal that was saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedTerminal {
    /// Variables, aliases and the namespace of the context; no files, which the editor has.
    pub shell: Shell,
    /// What was typed, oldest first.
    pub history: Vec<String>,
    /// What was waited for, in words.
    pub waits_for: Option<String>,
    /// What stood there, oldest first.
    pub log: Vec<SavedPiece>,
}

/// The last ones, up to so many and so many bytes.
fn last<T>(list: &[T], count_max: usize, bytes_max: usize, bytes: fn(&T) -> usize) -> &[T] {
    let (mut start, mut sum) = (list.len(), 0);
    while start > 0 && list.len() - start < count_max {
        sum += bytes(&list[start - 1]);
        if sum > bytes_max {
            break;
        }
        start -= 1;
    }
    &list[start..]
}

fn last_lines(history: &[String]) -> &[String] {
    last(history, HISTORY_COUNT_MAX, HISTORY_BYTES_MAX, String::len)
}

fn last_pieces(log: &[SavedPiece]) -> &[SavedPiece] {
    last(log, PIECE_COUNT_MAX, LOG_BYTES_MAX, |it| it.text.len())
}

impl Playground {
    /// A terminal as it is saved.
    pub fn saved_terminal(
        shell: &Shell,
        history: &[String],
        waits_for: Option<&str>,
        log: &[SavedPiece],
    ) -> String {
        let piece = |it: &SavedPiece| json!([it.at.0, it.kind, it.text]);
        let log: Vec<Value> = last_pieces(log).iter().map(piece).collect();
        json!({
            "shell": shell.saved(),
            "history": last_lines(history),
            "waitsFor": waits_for,
            "log": log,
        })
        .to_string()
    }
}

impl SavedTerminal {
    /// Reads what can be read of it; nothing if there is none.
    pub(super) fn read(terminal: &Value) -> Option<SavedTerminal> {
        terminal.is_object().then_some(())?;
        let text = |it: &Value| it.as_str().map(str::to_owned);
        let history: Vec<String> =
            json::list(terminal, "history").iter().filter_map(text).collect();
        let piece = |it: &Value| {
            let [at, kind, said] = it.as_array()?.as_slice() else { return None };
            Some(SavedPiece { at: Time(at.as_i64()?.max(0)), kind: text(kind)?, text: text(said)? })
        };
        let log: Vec<SavedPiece> = json::list(terminal, "log").iter().filter_map(piece).collect();
        Some(SavedTerminal {
            shell: Shell::restored(json::field(terminal, "shell")),
            history: last_lines(&history).to_vec(),
            waits_for: text(json::field(terminal, "waitsFor")),
            log: last_pieces(&log).to_vec(),
        })
    }
}

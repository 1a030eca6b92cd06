//! The shell around kubectl: pipes, variables, aliases, files, and the playground's own commands.
//! As far as tutorials go: one line after another, no loops and no conditions.

mod absent;
mod awk;
mod branches;
mod breaks;
mod builtin;
mod complete;
mod cut;
mod execute;
mod fetch;
mod filter;
mod own;
mod parse;
mod redirect;
mod regex;
mod run;
mod sed;
mod stage;
mod watch;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::api::json;
use crate::kubectl::Output;

pub use complete::Completion;
pub use run::Run;

/// Longer texts are not kept in files and variables.
const TEXT_MAX: usize = 4_000_000;
/// So many lines of the history are kept.
const HISTORY_COUNT_MAX: usize = 500;
/// More bytes of variables are not saved, nor more of aliases.
const SAVED_MAX: usize = 50_000;

/// What lines leave behind for those that follow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// Files by their names, for `-f` and `cat`.
    pub files: BTreeMap<String, String>,
    /// Whether somebody can edit what `kubectl edit` opens.
    pub has_editor: bool,
    /// What was carried out, oldest first.
    pub history: Vec<String>,
    variables: BTreeMap<String, String>,
    aliases: BTreeMap<String, String>,
    /// The namespace of the current context.
    namespace: Option<String>,
    depth: u8,
    last_code: u8,
}

/// A refusal with its exit status.
fn fail(code: u8, fault: &str) -> Output {
    Output { stderr: format!("{fault}\n"), code, ..Output::default() }
}

/// `NAME=VALUE`.
fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_valid = !name.is_empty()
        && name.chars().all(is_name)
        && !name.starts_with(|c: char| c.is_ascii_digit());
    is_valid.then(|| (name.to_owned(), value.to_owned()))
}

/// A word as it can be typed again.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// As many of them as there is room for.
fn saved(words: &BTreeMap<String, String>) -> Value {
    let (mut map, mut bytes) = (Map::new(), 0);
    for (name, value) in words {
        bytes += name.len() + value.len();
        if bytes <= SAVED_MAX {
            map.insert(name.clone(), Value::from(value.as_str()));
        }
    }
    Value::Object(map)
}

fn restored(value: &Value) -> BTreeMap<String, String> {
    let (mut words, mut bytes) = (BTreeMap::new(), 0);
    for (name, value) in value.as_object().into_iter().flatten() {
        let Some(value) = value.as_str() else { continue };
        bytes += name.len() + value.len();
        if bytes <= SAVED_MAX {
            words.insert(name.clone(), value.to_owned());
        }
    }
    words
}

impl Shell {
    /// A shell with files.
    pub fn of(files: BTreeMap<String, String>) -> Shell {
        Shell { files, ..Shell::default() }
    }

    /// What is saved of it: everything but its files.
    pub(super) fn saved(&self) -> Value {
        json!({
            "variables": saved(&self.variables),
            "aliases": saved(&self.aliases),
            "namespace": self.namespace,
        })
    }

    /// A shell as it was saved.
    pub(super) fn restored(value: &Value) -> Shell {
        Shell {
            variables: restored(json::field(value, "variables")),
            aliases: restored(json::field(value, "aliases")),
            namespace: json::field(value, "namespace").as_str().map(str::to_owned),
            ..Shell::default()
        }
    }

    /// Adds a line to the history.
    fn remember(&mut self, line: &str) {
        self.history.push(line.to_owned());
        let over = self.history.len().saturating_sub(HISTORY_COUNT_MAX);
        self.history.drain(..over);
    }

    fn variable(&self, name: &str) -> String {
        match name {
            "?" => self.last_code.to_string(),
            name => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    fn write(&mut self, name: &str, text: String, appends: bool) {
        if name == "/dev/null" {
            return;
        }
        let file = self.files.entry(name.to_owned()).or_default();
        if !appends {
            file.clear();
        }
        if file.len() + text.len() <= TEXT_MAX {
            file.push_str(&text);
        }
    }
}

//! Changes to a text that keep its comments and its layout: what a quick fix does.
//!
//! A value is put in the style of what is around it: in its own lines, or between braces. Where
//! that cannot be told (an alias, a tag in front of a brace) there is no edit.

use serde_json::{Map, Value};

use super::emit::{emit, emit_usual, usual};
use super::position::Span;
use super::tree::{Entry, Node, Tree};
use super::{Diagnostic, Document, Position};
use crate::api::order::sort_by;

/// A stretch of a text and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes before it.
    pub start: u32,
    /// Bytes up to its end.
    pub end: u32,
    /// The new text.
    pub text: String,
}

impl Edit {
    /// The text with the change made; none if the text is another one.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let before = text.get(..self.start as usize)?;
        let after = text.get(self.end as usize..)?;
        Some([before, &self.text, after].concat())
    }

    fn insert(at: usize, text: String) -> Option<Edit> {
        let at = u32::try_from(at).ok()?;
        Some(Edit { start: at, end: at, text })
    }

    fn replace(span: Span, text: String) -> Edit {
        Edit { start: span.start.offset, end: span.end.offset, text }
    }

    /// The offsets are those of a text whose places can be counted.
    fn replace_bytes(start: usize, end: usize, text: String) -> Edit {
        let [start, end] = [start, end].map(|it| u32::try_from(it).unwrap_or(u32::MAX));
        Edit { start, end, text }
    }
}

impl Diagnostic {
    /// The change that heeds the suggestion, where that is another word in the same place.
    pub fn edit(&self) -> Option<Edit> {
        let suggestion = self.suggestion.as_deref()?;
        let meant = suggestion.strip_prefix("did you mean `").and_then(|it| it.strip_suffix("`?"));
        let word = match meant {
            // `kind: Pod` stands where the value stands, a path belongs elsewhere.
            Some(meant) => meant.split_once(": ").map_or(meant, |it| it.1),
            None => suggestion
                .strip_prefix("quote it: ")
                .or_else(|| suggestion.strip_prefix("write it without quotes: "))?,
        };
        let is_path = meant.is_some() && !word.contains('/') && word.contains(['.', '[']);
        let is_same = self.path.rsplit('.').next() == Some(word);
        (!is_path && !is_same).then(|| Edit::replace(self.span, word.to_owned()))
    }
}

/// A step into an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list.
    Item(usize),
}

impl Step {
    /// The steps of a field path as Kubernetes writes it: `spec.containers[0].image`,
    /// `metadata.labels[a.b/c]`.
    #[must_use]
    pub fn of_path(path: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
                Some((inner, after)) => {
                    (inner.parse().map_or_else(|_| Step::from(inner), Step::Item), after)
                }
                None => {
                    let end = rest.find(['.', '[']).unwrap_or(rest.len()).max(1);
                    (Step::from(rest.get(..end).unwrap_or(rest)), rest.get(end..).unwrap_or(""))
                }
            };
            steps.push(step);
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        steps
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Step {
        Step::Key(key.to_owned())
    }
}

/// Sets the value at a path; what is missing on the way is made. Only a scalar, or a value between
/// braces, is replaced.
#[must_use]
pub fn set(document: &Document, text: &str, path: &[Step], value: &Value) -> Option<Edit> {
    let (mut here, mut left) = (&document.root, path);
    while let [step, rest @ ..] = left {
        let next = match (step, &here.node) {
            (Step::Item(index), Node::Sequence(items)) => items.get(*index)?,
            (Step::Key(key), Node::Mapping(entries)) => match here.entry(key) {
                None => return add_entry(here, entries, text, key, &nested(rest, value)?),
                Some(entry) if entry.is_merged => return None,
                Some(entry) if entry.value.is_null() => {
                    return fill(entry, text, &nested(rest, value)?);
                }
                Some(entry) => &entry.value,
            },
            _ => return None,
        };
        (here, left) = (next, rest);
    }
    let is_inline = matches!(here.node, Node::Scalar(_)) || is_flow(here, text);
    let old = here.span.slice(text);
    let is_one_line = !old.contains('\n') && !old.starts_with(['*', '&', '!']);
    (is_inline && is_one_line).then(|| Edit::replace(here.span, flow(value)))
}

/// Puts an item at the end of the list at a path, which is made if it is missing.
#[must_use]
pub fn push(document: &Document, text: &str, path: &[Step], item: &Value) -> Option<Edit> {
    let mut here = &document.root;
    for step in path {
        let next = match (step, &here.node) {
            (Step::Item(index), Node::Sequence(items)) => items.get(*index),
            (Step::Key(key), Node::Mapping(_)) => here.get(key).filter(|it| !it.is_null()),
            _ => return None,
        };
        let Some(next) = next else {
            return set(document, text, path, &Value::Array(vec![item.clone()]));
        };
        here = next;
    }
    let Node::Sequence(items) = &here.node else { return None };
    if is_flow(here, text) {
        return into_braces(here, text, items.is_empty(), flow(item));
    }
    let dash = dash_column(items.first()?, text)?;
    let lines = emit_usual(&Value::Array(vec![item.clone()]));
    after_line(text, end_of(here), &indented(&lines, dash))
}

/// Puts a value at a path whatever stands there, or takes away what does. Where [`set`] cannot, the
/// lines themselves are replaced; comments between them are lost.
#[must_use]
pub fn put(document: &Document, text: &str, path: &[Step], value: Option<&Value>) -> Option<Edit> {
    if let Some(edit) = value.and_then(|it| set(document, text, path, it)) {
        return Some(edit);
    }
    let (last, above) = path.split_last()?;
    let mut here = &document.root;
    for step in above {
        here = match (step, &here.node) {
            (Step::Item(index), Node::Sequence(items)) => items.get(*index)?,
            (Step::Key(key), Node::Mapping(_)) => here.get(key)?,
            _ => return None,
        };
    }
    let (start, end, lines) = match (last, &here.node) {
        (Step::Item(index), Node::Sequence(items)) => {
            let item = items.get(*index)?;
            let dash = dash_column(item, text)? as usize;
            let item_line = line_start(text, item.span.start.offset as usize)?;
            let lines = value.map(|it| emit_usual(&Value::Array(vec![it.clone()])));
            (item_line + dash, end_of(item), lines)
        }
        (Step::Key(key), Node::Mapping(_)) => {
            let entry = here.entry(key).filter(|it| !it.is_merged)?;
            let end = entry.key_span.end.max(end_of(&entry.value));
            (entry.key_span.start.offset as usize, end, value.map(|it| entry_lines(key, it)))
        }
        _ => return None,
    };
    let end = end.offset as usize;
    if is_flow(here, text) || has_anchor(text.get(start..end)?) {
        return None;
    }
    let line = line_start(text, start)?;
    let before = text.get(line..start)?;
    let new = match lines {
        Some(lines) => {
            let lines = indented(&lines, u32::try_from(before.chars().count()).ok()?);
            lines.trim().to_owned()
        }
        None if before.trim().is_empty() => {
            let rest = text.get(end..)?.find('\n').map_or(text.len(), |it| end + it + 1);
            return Some(Edit::replace_bytes(line, rest, String::new()));
        }
        // The first field of an item stands behind its dash.
        None => return None,
    };
    Some(Edit::replace_bytes(start, end, new))
}

/// Puts another object in the place of a document.
#[must_use]
pub fn put_whole(document: &Document, text: &str, object: &Value) -> Option<Edit> {
    let start = document.root.span.start;
    let end = match is_flow(&document.root, text) {
        true => document.root.span.end,
        false => end_of(&document.root),
    };
    let lines = indented(&emit_usual(object), start.column.checked_sub(1)?);
    let lines = lines.trim().to_owned();
    Some(Edit::replace_bytes(start.offset as usize, end.offset as usize, lines))
}

/// What has an anchor may be meant elsewhere, too.
fn has_anchor(written: &str) -> bool {
    let is_sign = |it: &str| it.trim_start().starts_with(['&', '*', '!']);
    [": ", "- "].iter().any(|it| written.split(it).skip(1).any(is_sign))
}

/// Where the line begins in which something stands.
fn line_start(text: &str, at: usize) -> Option<usize> {
    Some(text.get(..at)?.rfind('\n').map_or(0, |it| it + 1))
}

/// Blanks before the dash of an item, if nothing else stands before it on its line.
fn dash_column(item: &Tree, text: &str) -> Option<u32> {
    let before = text.get(..item.span.start.offset as usize)?;
    let line = before.rsplit('\n').next()?;
    let dash = line.find('-')?;
    (line.trim() == "-").then(|| u32::try_from(dash).ok())?
}

/// The value behind the keys that are missing; an item can only be the first.
fn nested(path: &[Step], value: &Value) -> Option<Value> {
    let mut value = value.clone();
    for step in path.iter().rev() {
        value = match step {
            Step::Key(key) => {
                let mut object = Map::new();
                object.insert(key.clone(), value);
                Value::Object(object)
            }
            Step::Item(0) => Value::Array(vec![value]),
            Step::Item(_) => return None,
        };
    }
    Some(value)
}

fn add_entry(
    mapping: &Tree,
    entries: &[Entry],
    text: &str,
    key: &str,
    value: &Value,
) -> Option<Edit> {
    if is_flow(mapping, text) {
        let entry = format!("{}: {}", flow_text(key), flow(value));
        return into_braces(mapping, text, entries.is_empty(), entry);
    }
    let own = entries.iter().find(|it| !it.is_merged)?;
    let indent = own.key_span.start.column.checked_sub(1)?;
    after_line(text, end_of(mapping), &indented(&entry_lines(key, value), indent))
}

/// Below a key with nothing behind it.
fn fill(entry: &Entry, text: &str, value: &Value) -> Option<Edit> {
    let indent = entry.key_span.start.column.checked_sub(1)?;
    let behind = text.get(entry.key_span.end.offset as usize..)?.lines().next()?;
    let is_bare = behind.trim_start().strip_prefix(':').is_some_and(|it| {
        let it = it.trim_start();
        it.is_empty() || it.starts_with('#')
    });
    let lines = entry_lines(&entry.key, value);
    let (_, below) = lines.split_once('\n')?;
    match is_bare && !below.is_empty() {
        true => after_line(text, entry.key_span.end, &indented(below, indent)),
        false => None,
    }
}

fn entry_lines(key: &str, value: &Value) -> String {
    let mut object = Map::new();
    object.insert(key.to_owned(), value.clone());
    emit_usual(&Value::Object(object))
}

/// Whether a list or a mapping is written between braces.
fn is_flow(tree: &Tree, text: &str) -> bool {
    tree.span.slice(text).starts_with(['{', '['])
}

/// Before the closing brace, and before the blanks in front of it.
fn into_braces(tree: &Tree, text: &str, is_empty: bool, part: String) -> Option<Edit> {
    let inner = tree.span.slice(text).strip_suffix(['}', ']'])?;
    let trimmed = inner.trim_end();
    // Behind a comment of the last line nothing can be put.
    let last_line = trimmed.rsplit('\n').next().unwrap_or(trimmed);
    if last_line.contains('#') {
        return None;
    }
    let at = tree.span.start.offset as usize + trimmed.len();
    let comma = if is_empty || trimmed.ends_with(',') { "" } else { "," };
    let blank = if is_empty { "" } else { " " };
    Edit::insert(at, format!("{comma}{blank}{part}"))
}

/// Behind the last thing that is written of a value.
fn end_of(tree: &Tree) -> Position {
    let inner = match &tree.node {
        Node::Scalar(_) => None,
        Node::Sequence(items) => items.iter().map(end_of).max(),
        Node::Mapping(entries) => {
            let own = entries.iter().filter(|it| !it.is_merged);
            own.map(|it| it.key_span.end.max(end_of(&it.value))).max()
        }
    };
    inner.unwrap_or(tree.span.end).max(tree.span.start)
}

/// As lines of their own, below the line in which something ends.
fn after_line(text: &str, end: Position, lines: &str) -> Option<Edit> {
    let end = end.offset as usize;
    let is_line_start = text.get(..end)?.ends_with('\n');
    let rest = text.get(end..)?;
    match rest.find('\n') {
        _ if is_line_start => Edit::insert(end, lines.to_owned()),
        Some(index) => Edit::insert(end + index + 1, lines.to_owned()),
        None => Edit::insert(text.len(), format!("\n{}", lines.trim_end_matches('\n'))),
    }
}

fn indented(lines: &str, columns: u32) -> String {
    let mut out = String::new();
    for line in lines.lines() {
        (0..columns).for_each(|_| out.push(' '));
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            sort_by(&mut fields, |a, b| usual(a.0, b.0));
            let parts: Vec<String> = fields
                .into_iter()
                .map(|(key, value)| format!("{}: {}", flow_text(key), flow(value)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::String(text) => flow_text(text),
        other => other.to_string(),
    }
}

/// A text on one line, in quotes where it would mean something else.
fn flow_text(text: &str) -> String {
    let plain = emit(&Value::String(text.to_owned()));
    let plain = plain.trim_end_matches('\n');
    let is_safe = !plain.contains('\n') && !text.contains([',', '[', ']', '{', '}', '#']);
    if is_safe { plain.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

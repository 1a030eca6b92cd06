//! A document as it is written: values with their places, keys in their order, twice if twice.

use serde_json::{Map, Value};

use super::position::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Where the value stands; what an alias stands for is where its anchor is.
    pub span: Span,
    /// The value itself.
    pub node: Node,
}

/// A value of YAML, aliases and merge keys already replaced by what they stand for.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Null, true, a number or a string.
    Scalar(Value),
    /// A list.
    Sequence(Vec<Tree>),
    /// Keys and values as they are written; of equal keys the last one counts.
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key; numbers and booleans as JSON writes them as keys.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Came by a merge key (`<<`), so it may be said again without being a duplicate.
    pub is_merged: bool,
    /// What it is set to.
    pub value: Tree,
}

impl Tree {
    /// The value that counts under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entry(key).map(|it| &it.value)
    }

    /// The key and value that count under a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let Node::Mapping(entries) = &self.node else { return None };
        entries.iter().rev().find(|it| it.key == key)
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        let Node::Scalar(Value::String(text)) = &self.node else { return None };
        Some(text)
    }

    /// Whether nothing is written there, or null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.node == Node::Scalar(Value::Null)
    }

    /// The value as plain JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.node {
            Node::Scalar(value) => value.clone(),
            Node::Sequence(items) => items.iter().map(Tree::to_json).collect(),
            Node::Mapping(entries) => {
                let mut object = Map::new();
                object.extend(entries.iter().map(|it| (it.key.clone(), it.value.to_json())));
                Value::Object(object)
            }
        }
    }

    /// Finds a Kubernetes field path: `spec.containers[0].image`, `metadata.labels[a.b/c]`.
    ///
    /// Kubernetes writes keys with dots as `[key]` or as `.key`; both are found. Where the path
    /// leads to nothing, the nearest thing on the way is the answer: the key of the last field that
    /// is there, or the start of the item.
    #[must_use]
    pub fn locate(&self, path: &str) -> Span {
        let (mut here, mut rest) = (self, path);
        let mut nearest = Span::at(self.span.start);
        while !rest.is_empty() {
            let step = match &here.node {
                Node::Scalar(_) => None,
                Node::Sequence(items) => step_to_item(items, rest),
                Node::Mapping(entries) => step_to_entry(entries, rest),
            };
            let Some((next, span, after)) = step else { return nearest };
            (here, nearest, rest) = (next, span, after);
        }
        here.span
    }
}

/// What a step of a path leads to, the span to show if the next step fails, the rest of the path.
type Step<'a, 'p> = (&'a Tree, Span, &'p str);

fn step_to_item<'a, 'p>(items: &'a [Tree], path: &'p str) -> Option<Step<'a, 'p>> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    let item = items.get(index.parse::<usize>().ok()?)?;
    Some((item, Span::at(item.span.start), rest))
}

/// Of several keys that fit (`a` and `a.b` for `.a.b`), the longest.
fn step_to_entry<'a, 'p>(entries: &'a [Entry], path: &'p str) -> Option<Step<'a, 'p>> {
    let fitting = entries.iter().filter_map(|it| Some((it, after_key(path, &it.key)?)));
    let (entry, rest) = fitting.max_by_key(|(it, _)| it.key.len())?;
    Some((&entry.value, entry.key_span, rest))
}

/// The path behind `key`, if it begins with it.
fn after_key<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    if let Some(bracketed) = path.strip_prefix('[') {
        let rest = bracketed.strip_prefix(key).and_then(|it| it.strip_prefix(']'));
        let quoted = || bracketed.strip_prefix('"')?.strip_prefix(key)?.strip_prefix("\"]");
        return rest.or_else(quoted);
    }
    let rest = path.strip_prefix('.').unwrap_or(path).strip_prefix(key)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

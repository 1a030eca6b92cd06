//! What the author may have meant.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use super::schema::{Kind, Schema, Struct};
use super::tree::{Node, Tree};

/// Fields of other kinds that people expect here.
const HINTS: &[(&str, &str, &str)] = &[
    ("DaemonSetSpec", "replicas", "remove it: a DaemonSet runs one pod on every node that fits"),
    ("DaemonSetSpec", "strategy", "did you mean `updateStrategy`?"),
    ("DeploymentSpec", "updateStrategy", "did you mean `strategy`?"),
];

/// A field of `of` with a similar name, or the place where a field of this name belongs.
pub(crate) fn for_unknown_field(name: &str, of: &Struct, root: &str) -> Option<String> {
    let hint = HINTS.iter().find(|(it, field, _)| *it == of.name && *field == name);
    if let Some((_, _, hint)) = hint {
        return Some((*hint).to_owned());
    }
    let fields = || of.fields.keys().copied();
    let longer = || fields().find(|it| name.len() >= 4 && it.starts_with(name));
    if let Some(meant) = similar(name, fields()).or_else(longer) {
        return Some(format!("did you mean `{meant}`?"));
    }
    place_of(name, root).map(|path| format!("did you mean `{path}`?"))
}

/// The one nearest by typing errors, if it is near at all.
pub(crate) fn similar<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let distance = |it: &str| strsim::osa_distance(&lower, &it.to_ascii_lowercase());
    let nearest = candidates.map(|it| (distance(it), it)).min()?;
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    (nearest.0 <= allowed).then_some(nearest.1)
}

/// The first path from the root to a field of this name, not through lists.
fn place_of(name: &str, root: &str) -> Option<String> {
    let schema = Schema::get();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from([(schema.named(root)?, String::new())]);
    while let Some((here, path)) = waiting.pop_front() {
        for (field_name, field) in &here.fields {
            // What the server writes is no place for what the author writes.
            if matches!(*field_name, "status" | "metadata") && path.is_empty() {
                continue;
            }
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{field_name}");
            if *field_name == name {
                return Some(path);
            }
            let Kind::Struct(next) = field.kind else { continue };
            if seen.insert(next) {
                waiting.extend(schema.named(next).map(|it| (it, path)));
            }
        }
    }
    None
}

/// How to write the value so that it has the right type.
pub(crate) fn for_wrong_type(kind: &Kind, tree: &Tree, written: &str) -> Option<String> {
    let Node::Scalar(value) = &tree.node else {
        return match (kind, &tree.node) {
            (Kind::List(_), Node::Mapping(_)) => {
                Some("write a list: begin each item with `- `".to_owned())
            }
            (Kind::Struct(_), Node::Sequence(_)) => Some("write it without `- `".to_owned()),
            _ => None,
        };
    };
    match (kind, value) {
        (Kind::String(_), Value::Bool(_) | Value::Number(_)) if !written.contains('\n') => {
            Some(format!("quote it: \"{written}\""))
        }
        (Kind::Int32 | Kind::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => {
            Some(format!("write it without quotes: {text}"))
        }
        (Kind::Bool, Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(format!("write it without quotes: {text}"))
        }
        (Kind::List(_), _) => Some("write a list: begin each item with `- `".to_owned()),
        _ => None,
    }
}

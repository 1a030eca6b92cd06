//! Namespaces, and whatever kubectl has no own description for (`printUnstructuredContent`).

use serde_json::{Map, Value};

use super::{annotations, labels, metadata_texts};
use crate::api::json;
use crate::kubectl::jsonpath::sprint;
use crate::kubectl::resource::{name_of, namespace_of};

/// What is told at the top already.
const TOLD: [&str; 5] = [
    ".metadata.managedFields",
    ".metadata.name",
    ".metadata.namespace",
    ".metadata.labels",
    ".metadata.annotations",
];

pub(super) fn namespace(object: &Value) -> String {
    let mut text = format!("Name:\t{}\n", name_of(object));
    labels(&mut text, "", "Labels", &metadata_texts(object, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(object, "annotations"));
    let phase = json::at(object, &["status", "phase"]).as_str().unwrap_or_default();
    text.push_str(&format!("Status:\t{phase}\n"));
    text.push_str("\nNo resource quota.\n\nNo LimitRange resource.\n");
    text
}

pub(super) fn describe(object: &Value) -> String {
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n", name_of(object), namespace_of(object));
    labels(&mut text, "", "Labels", &metadata_texts(object, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(object, "annotations"));
    if let Some(fields) = object.as_object() {
        content(&mut text, 0, fields, "");
    }
    text
}

fn content(text: &mut String, level: usize, fields: &Map<String, Value>, path: &str) {
    let indent = "  ".repeat(level);
    for (field, value) in fields {
        let path = format!("{path}.{field}");
        if TOLD.contains(&path.as_str()) {
            continue;
        }
        let label = label_of(field);
        match value {
            Value::Object(inner) => {
                text.push_str(&format!("{indent}{label}:\n"));
                content(text, level + 1, inner, &path);
            }
            Value::Array(items) => {
                text.push_str(&format!("{indent}{label}:\n"));
                for item in items {
                    match item {
                        Value::Object(inner) => content(text, level + 1, inner, &path),
                        other => text.push_str(&format!("{indent}  {}\n", sprint(other))),
                    }
                }
            }
            other => text.push_str(&format!("{indent}{label}:\t{}\n", sprint(other))),
        }
    }
}

/// `creationTimestamp` is `Creation Timestamp`, `uid` is `UID`.
fn label_of(field: &str) -> String {
    if field.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return field.to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in field.chars() {
        let starts = parts.is_empty() || was_lower && c.is_uppercase() || c == '-';
        was_lower = c.is_lowercase();
        match parts.last_mut().filter(|_| !starts) {
            Some(part) => part.push(c),
            None => parts.push(c.to_string()),
        }
    }
    let title = |part: &String| {
        let upper = part.to_ascii_uppercase();
        if ["API", "URL", "UID", "OSB", "GUID"].contains(&upper.as_str()) {
            return upper;
        }
        let rest = part.get(1..).unwrap_or_default();
        format!("{}{rest}", upper.get(..1).unwrap_or_default())
    };
    parts.iter().map(title).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_made_of_the_words_of_a_field() {
        for (field, label) in [
            ("creationTimestamp", "Creation Timestamp"),
            ("apiVersion", "API Version"),
            ("uid", "UID"),
            ("kind", "Kind"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(label_of(field), label);
        }
    }
}

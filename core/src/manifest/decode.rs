//! What the API server's strict decoder says about an object: unknown fields, fields said twice,
//! values of the wrong type, in the words of Go's JSON decoder (`sigs.k8s.io/json`).
//!
//! The server stops at its first wrong type and, if there is one, does not mention unknown fields;
//! here everything is reported. The value that comes back is the object as JSON, null fields left
//! out and null in lists and maps replaced by the zero value, as the server stores it.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use super::position::{Source, Span};
use super::scalar::number_text;
use super::schema::{Kind, Schema, Struct};
use super::suggest;
use super::tree::{Entry, Node, Tree};
use super::{Diagnostic, Manifest, Problem, Severity};

static METADATA: Kind = Kind::Struct("ObjectMeta");

/// Collects the diagnostics of one object.
pub(crate) struct Decoder<'a> {
    source: &'a Source<'a>,
    manifest: &'a mut Manifest,
    root: &'static str,
    /// As in strict decoding errors: `spec.containers[0].image`.
    path: String,
    /// As in type errors: fields alone, without indices and keys.
    go_path: Vec<&'a str>,
    /// The innermost struct.
    go_struct: &'static str,
}

/// The object as JSON, checked as the Go type `root`; an unknown `root` allows everything.
pub(crate) fn decode<'a>(
    tree: &'a Tree,
    root: &str,
    source: &'a Source<'a>,
    manifest: &'a mut Manifest,
) -> Value {
    let schema = Schema::get();
    let known = schema.named(root).filter(|_| schema.api_version_of(root).is_some());
    let mut decoder = Decoder {
        source,
        manifest,
        root: known.map_or("", |it| it.name),
        path: String::new(),
        go_path: Vec::new(),
        go_struct: "",
    };
    match (known, &tree.node) {
        (Some(known), Node::Mapping(entries)) => decoder.fields(entries, known),
        (None, Node::Mapping(entries)) => decoder.unknown_object(entries),
        _ => tree.to_json(),
    }
}

impl<'a> Decoder<'a> {
    /// Of a kind that is not in the table only the metadata are checked.
    fn unknown_object(&mut self, entries: &'a [Entry]) -> Value {
        let object = self.entries(entries, |decoder, entry| {
            if entry.key != "metadata" {
                return Some(decoder.any(&entry.value));
            }
            decoder.go_path.push("metadata");
            let value = decoder.value(&entry.value, &METADATA);
            decoder.go_path.pop();
            value
        });
        Value::Object(object)
    }

    fn fields(&mut self, entries: &'a [Entry], of: &'static Struct) -> Value {
        let outer = std::mem::replace(&mut self.go_struct, of.name);
        let fields = self.entries(entries, |decoder, entry| {
            let Some(field) = of.fields.get(entry.key.as_str()) else {
                decoder.unknown_field(entry, of);
                return Some(decoder.any(&entry.value));
            };
            decoder.go_path.push(&entry.key);
            let value = decoder.value(&entry.value, &field.kind);
            decoder.go_path.pop();
            value
        });
        self.go_struct = outer;
        Value::Object(fields)
    }

    /// Every entry by `value`; the path leads to the entry meanwhile. Of equal keys the last wins.
    fn entries(
        &mut self,
        entries: &'a [Entry],
        mut value: impl FnMut(&mut Self, &'a Entry) -> Option<Value>,
    ) -> Map<String, Value> {
        let mut object = Map::new();
        let mut seen = BTreeSet::new();
        for entry in entries {
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&entry.key);
            match value(self, entry) {
                Some(value) => object.insert(entry.key.clone(), value),
                None => object.remove(&entry.key),
            };
            if !entry.is_merged && !seen.insert(entry.key.as_str()) {
                self.report(Problem::DuplicateField, entry.key_span, |decoder| {
                    (format!("duplicate field {:?}", decoder.path), None)
                });
            }
            self.path.truncate(length);
        }
        object
    }

    /// `None` for null, which means absent.
    fn value(&mut self, tree: &'a Tree, kind: &'static Kind) -> Option<Value> {
        if tree.is_null() {
            return None;
        }
        Some(match (kind, &tree.node) {
            (Kind::Any, _) => self.any(tree),
            (Kind::Struct(name), Node::Mapping(entries)) => match Schema::get().named(name) {
                Some(known) => self.fields(entries, known),
                None => self.any(tree),
            },
            (Kind::List(item), Node::Sequence(items)) => self.items(items, item),
            (Kind::Map(value), Node::Mapping(entries)) => {
                Value::Object(self.entries(entries, |decoder, it| {
                    let decoded = decoder.value(&it.value, value);
                    Some(decoded.unwrap_or_else(|| zero(value)))
                }))
            }
            (_, Node::Scalar(value)) => {
                self.scalar(tree, value, kind);
                value.clone()
            }
            _ => {
                self.wrong_type(tree, kind);
                self.any(tree)
            }
        })
    }

    fn items(&mut self, items: &'a [Tree], kind: &'static Kind) -> Value {
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let length = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            let value = self.value(item, kind);
            values.push(value.unwrap_or_else(|| zero(kind)));
            self.path.truncate(length);
        }
        Value::Array(values)
    }

    /// JSON without a type: only what is said twice can be wrong.
    fn any(&mut self, tree: &'a Tree) -> Value {
        match &tree.node {
            Node::Scalar(value) => value.clone(),
            Node::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let length = self.path.len();
                    self.path.push_str(&format!("[{index}]"));
                    values.push(self.any(item));
                    self.path.truncate(length);
                }
                Value::Array(values)
            }
            Node::Mapping(entries) => {
                Value::Object(self.entries(entries, |decoder, it| Some(decoder.any(&it.value))))
            }
        }
    }

    fn scalar(&mut self, tree: &Tree, value: &Value, kind: &Kind) {
        match (kind, value) {
            (Kind::String(_), Value::String(_)) | (Kind::Bool, Value::Bool(_)) => {}
            (Kind::Int32 | Kind::Int64, Value::Number(number)) if fits(number, kind) => {}
            (Kind::Int32 | Kind::Int64, Value::Number(_)) => self.wrong_type(tree, kind),
            (Kind::IntOrString, Value::String(_)) => {}
            (Kind::IntOrString, Value::Number(number)) if fits(number, &Kind::Int32) => {}
            (Kind::IntOrString, _) => self.wrong_value(tree, "int32"),
            (Kind::Quantity, Value::String(text)) => self.quantity(tree, text),
            (Kind::Quantity, Value::Number(_)) => {}
            (Kind::Quantity, other) => self.quantity(tree, &other.to_string()),
            (Kind::Time, Value::String(text)) if is_rfc3339(text) => {}
            (Kind::Time, Value::String(text)) => {
                let layout = "2006-01-02T15:04:05Z07:00";
                self.report(Problem::WrongType, tree.span, |_| {
                    let message = format!("parsing time {text:?} as {layout:?}");
                    (format!("{message}: cannot parse {text:?} as \"2006\""), None)
                });
            }
            (Kind::Time, _) => self.wrong_value(tree, "string"),
            _ => self.wrong_type(tree, kind),
        }
    }

    fn quantity(&mut self, tree: &Tree, text: &str) {
        if let Err(message) = check_quantity(text) {
            self.report(Problem::WrongType, tree.span, |_| (message.to_owned(), None));
        }
    }

    fn wrong_type(&mut self, tree: &Tree, kind: &Kind) {
        self.report(Problem::WrongType, tree.span, |decoder| {
            let (got, wanted) = (json_type(tree, kind), kind.go_type());
            let field = format!("{}.{}", decoder.go_struct, decoder.go_path.join("."));
            let message = format!("json: cannot unmarshal {got} into Go struct field {field}");
            let written = decoder.source.slice(tree.span);
            (format!("{message} of type {wanted}"), suggest::for_wrong_type(kind, tree, written))
        });
    }

    /// A type with a decoder of its own, which does not know the field it stands in.
    fn wrong_value(&mut self, tree: &Tree, wanted: &str) {
        self.report(Problem::WrongType, tree.span, |_| {
            let got = json_type(tree, &Kind::Int32);
            (format!("json: cannot unmarshal {got} into Go value of type {wanted}"), None)
        });
    }

    fn unknown_field(&mut self, entry: &Entry, of: &'static Struct) {
        self.report(Problem::UnknownField, entry.key_span, |decoder| {
            let message = format!("unknown field {:?}", decoder.path);
            (message, suggest::for_unknown_field(&entry.key, of, decoder.root))
        });
    }

    /// The texts are made only if there is room for them.
    fn report(
        &mut self,
        problem: Problem,
        span: Span,
        texts: impl FnOnce(&Self) -> (String, Option<String>),
    ) {
        if !self.manifest.has_room() {
            return;
        }
        let severity = match problem {
            Problem::DuplicateField => Severity::Warning,
            _ => Severity::Error,
        };
        let (message, suggestion) = texts(self);
        let (document, path) = (self.manifest.next_index, self.path.clone());
        self.manifest.push(Diagnostic {
            severity,
            problem,
            document,
            path,
            span,
            message,
            suggestion,
        });
    }
}

/// What Go's decoder makes of null where something must be.
fn zero(kind: &Kind) -> Value {
    match kind {
        Kind::String(_) => Value::from(""),
        Kind::Bool => Value::from(false),
        Kind::Int32 | Kind::Int64 | Kind::IntOrString => Value::from(0),
        Kind::Quantity => Value::from("0"),
        Kind::Struct(_) => Value::Object(Map::new()),
        Kind::Any | Kind::Time | Kind::List(_) | Kind::Map(_) => Value::Null,
    }
}

fn fits(number: &Number, kind: &Kind) -> bool {
    match kind {
        Kind::Int32 => number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        _ => number.as_i64().is_some(),
    }
}

/// The value's type in Go's messages; a number that does not fit into an integer is named.
fn json_type(tree: &Tree, wanted: &Kind) -> String {
    match &tree.node {
        Node::Scalar(Value::Bool(_)) => "bool".to_owned(),
        Node::Scalar(Value::String(_)) => "string".to_owned(),
        Node::Scalar(Value::Number(number)) => match wanted {
            Kind::Int32 | Kind::Int64 => format!("number {}", number_text(number)),
            _ => "number".to_owned(),
        },
        Node::Scalar(_) => "null".to_owned(),
        Node::Sequence(_) => "array".to_owned(),
        Node::Mapping(_) => "object".to_owned(),
    }
}

/// Follows `apimachinery/pkg/api/resource/quantity.go`, without the value.
fn check_quantity(text: &str) -> Result<(), &'static str> {
    const FORMAT: &str = "quantities must match the regular expression \
                          '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned.trim_start_matches(|it: char| it.is_ascii_digit());
    let number = number.strip_prefix('.').unwrap_or(number);
    let suffix = number.trim_start_matches(|it: char| it.is_ascii_digit());
    let digits = &unsigned[..unsigned.len() - suffix.len()];
    let letters = suffix.trim_start_matches(|it| "eEinumkKMGTP".contains(it));
    let exponent = letters.strip_prefix(['+', '-']).unwrap_or(letters);
    if !digits.bytes().any(|it| it.is_ascii_digit())
        || !exponent.bytes().all(|it| it.is_ascii_digit())
    {
        return Err(FORMAT);
    }
    match suffix {
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" => Ok(()),
        "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei" => Ok(()),
        _ => match suffix.strip_prefix(['e', 'E']) {
            Some(exponent) if exponent.parse::<i32>().is_ok() => Ok(()),
            _ => Err("unable to parse quantity's suffix"),
        },
    }
}

/// `2020-01-02T03:04:05Z`, with a fraction of seconds or a zone such as `+01:00`.
fn is_rfc3339(text: &str) -> bool {
    let Some((date_time, zone)) = text.split_at_checked(19) else { return false };
    let fits = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            })
    };
    let fraction = zone.strip_prefix('.').map(|it| it.trim_start_matches(|c: char| c.is_numeric()));
    let zone = fraction.unwrap_or(zone);
    let zone_fits = zone == "Z" || fits(&zone.replacen('-', "+", 1), "+00:00");
    fits(date_time, "0000-00-00T00:00:00") && zone_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for text in "0 0.5Gi 10M 7910m 1e3 1E3 +1 -2Ki .5 5. 128974848 1E 12e-2 100Ei".split(' ') {
            assert_eq!(check_quantity(text), Ok(()), "{text}");
        }
        for text in ["", "x", "1 Gi", "1g", "Gi", "--1", "true", "1,5", "."] {
            let error = check_quantity(text).unwrap_err();
            assert!(error.starts_with("quantities must match"), "{text}: {error}");
        }
        for text in ["1K", "1mi", "1kk", "1e", "1MM"] {
            assert_eq!(check_quantity(text), Err("unable to parse quantity's suffix"), "{text}");
        }
    }

    #[test]
    fn times() {
        for text in ["2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123-01:00"] {
            assert!(is_rfc3339(text), "{text}");
        }
        for text in ["", "2020-01-02", "2020-01-02 03:04:05Z", "2020-01-02T03:04:05", "é"] {
            assert!(!is_rfc3339(text), "{text}");
        }
    }
}

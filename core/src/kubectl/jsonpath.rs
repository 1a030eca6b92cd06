//! JSONPath templates (`client-go/util/jsonpath`): `{.items[*].metadata.name}`.

mod eval;
mod go;
mod parse;

use serde_json::Value;

pub(super) use go::{go_syntax, sprint};

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// Text as it stands, or in quotes.
    Text(String),
    Number(i64),
    Bool(bool),
    /// `range`, `end`.
    Identifier(String),
    Field(String),
    /// `[from:to:step]`.
    Slice(Slice),
    /// `*`.
    Wildcard,
    /// `..`.
    Recursive,
    Union(Vec<Vec<Node>>),
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    /// One pair of braces.
    List(Vec<Node>),
}

/// The bounds of a slice as far as they are given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Slice {
    from: Option<i64>,
    to: Option<i64>,
    /// `[3]`: the end follows from the start.
    is_index: bool,
    step: Option<i64>,
}

/// A template that can be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JsonPath(Vec<Node>);

impl JsonPath {
    /// Reads a template.
    pub(super) fn parse(template: &str) -> Result<JsonPath, String> {
        parse::parse(template).map(JsonPath)
    }

    /// What each part of the template finds.
    pub(super) fn find(&self, object: &Value) -> Result<Vec<Vec<Value>>, String> {
        eval::find(&self.0, object)
    }

    /// The template filled in.
    pub(super) fn print(&self, object: &Value) -> Result<String, String> {
        let mut text = String::new();
        for results in self.find(object)? {
            let texts: Vec<String> = results.iter().map(text_of).collect();
            text.push_str(&texts.join(" "));
        }
        Ok(text)
    }
}

/// The template that stands for `a.b`, `.a.b`, `{a.b}` or `{.a.b}`.
pub(super) fn relaxed(path: &str) -> Result<String, String> {
    let inner = match path.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}'),
        None => Some(path),
    };
    let inner = inner.map(|it| it.strip_prefix('.').unwrap_or(it));
    match inner.filter(|it| !it.is_empty() && !it.contains(['{', '}'])) {
        Some(inner) => Ok(format!("{{.{inner}}}")),
        None => Err("unexpected path string, expected a 'name1.name2' or '.name1.name2' or \
                     '{name1.name2}' or '{.name1.name2}'"
            .to_owned()),
    }
}

/// Objects and lists as JSON, everything else plainly.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => compact(value),
        other => other.to_string(),
    }
}

/// Compact JSON with Go's escapes.
fn compact(value: &Value) -> String {
    super::output::escape_html(value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn print(template: &str) -> Result<String, String> {
        let object = json!({
            "kind": "List",
            "items": [
                {"name": "a", "size": 3, "tags": ["x", "y"], "labels": {"a.b/c": "d"}},
                {"name": "b", "size": 1, "tags": [], "on": true},
            ],
        });
        JsonPath::parse(template).and_then(|it| it.print(&object))
    }

    #[test]
    fn templates_are_filled_in() {
        let cases = [
            ("{.items[*].name}", "a b"),
            ("{.items[-1:].name}", "b"),
            ("{.items[-1].name}", "b"),
            ("{..name}", "a b"),
            ("{.items[?(@.size>1)].name}", "a"),
            ("{.items[?(@.name!=\"a\")].size}", "1"),
            ("{.items[?(@.on)].name}", "b"),
            ("{.items[?(@.on==true)].name}", "b"),
            ("{range .items[*]}{.name}{range .tags[*]} {@}{end}{\"\\n\"}{end}", "a x y\nb\n"),
            ("{.items[0].labels.a\\.b/c}", "d"),
            ("{.items[0]['name','size']}", "a 3"),
            ("{.items[0].tags}", "[\"x\",\"y\"]"),
            ("text {$.kind} {@.kind}", "text List List"),
            ("{.items[0].nope}{range}", ""),
        ];
        for (template, text) in cases {
            assert_eq!(print(template).as_deref(), Ok(text), "{template}");
        }
    }

    /// The refusals that kubectl-cases has recorded (`errors`, `jsonpath`).
    #[test]
    fn faults_are_told_in_the_words_of_the_client() {
        let cases = [
            ("{.a", "unclosed action"),
            ("{.items[}", "unterminated array"),
            ("{.items[*][metadata.name,kind]}", "invalid array index metadata.name"),
            ("{.items[9].name}", "array index out of bounds: index 9, length 2"),
        ];
        for (template, fault) in cases {
            assert_eq!(print(template), Err(fault.to_owned()), "{template}");
        }
    }

    #[test]
    fn paths_may_go_without_braces() {
        for path in ["a.b", ".a.b", "{a.b}", "{.a.b}"] {
            assert_eq!(relaxed(path).as_deref(), Ok("{.a.b}"));
        }
        assert!(relaxed("{.a").is_err());
    }
}

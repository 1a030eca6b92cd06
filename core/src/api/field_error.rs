//! Errors of the API server about one field of an object, worded as kubectl prints them.
//!
//! Follows `apimachinery/pkg/util/validation/field/errors.go` (v1.31.13) and, for the message that
//! kubectl makes of a list of them, `kubectl/pkg/cmd/util/helpers.go` (v1.32.3).

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

/// Where in an object a fault is, in the notation of `field/path.go`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(String);

/// The kinds of fault of `field/errors.go`, as far as workloads and nodes can have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    /// A field that must be there is not.
    Required,
    /// A value that breaks a rule of its field.
    Invalid,
    /// A value outside the list of the permitted ones.
    Unsupported,
    /// A field that must not be set here.
    Forbidden,
    /// A value that occurs twice where it must be unique.
    Duplicate,
    /// A reference to something that the object does not hold.
    NotFound,
    /// A value above the permitted length.
    TooLong,
}

/// One fault of one field, as in `field/errors.go`; it displays as `FIELD: BODY`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FieldError {
    /// The field, such as `spec.template.spec.containers[0].image`.
    pub path: String,
    /// What is wrong with it.
    pub kind: FieldErrorKind,
    /// The offending value in Go syntax; some kinds do not show it.
    pub value: String,
    /// The rule that was broken; may be empty.
    pub detail: String,
}

/// What Go's `%#v`, or `%q` for a string, would print for a value (`Error.ErrorBody`).
pub trait GoSyntax {
    /// The value as Go source text.
    fn go_syntax(&self) -> String;
}

/// A text that is Go syntax already, for structures that are put together by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoText(pub String);

impl From<FieldPath> for String {
    fn from(path: FieldPath) -> String {
        path.0
    }
}

impl FieldPath {
    /// The path of a field of the object itself (`field.NewPath`).
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The path of a field of the structure at this path (`Path.Child`).
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    /// The path of an item of the list at this path (`Path.Index`).
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The path of an entry of the map at this path (`Path.Key`).
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }
}

impl FieldError {
    /// A missing value (`field.Required`).
    pub fn required(path: &FieldPath, detail: &str) -> Self {
        Self::new(path, FieldErrorKind::Required, String::new(), detail)
    }

    /// A value that breaks a rule (`field.Invalid`).
    pub fn invalid(path: &FieldPath, value: &(impl GoSyntax + ?Sized), detail: &str) -> Self {
        Self::new(path, FieldErrorKind::Invalid, value.go_syntax(), detail)
    }

    /// A value outside its enumeration (`field.NotSupported`).
    pub fn unsupported(
        path: &FieldPath,
        value: &(impl GoSyntax + ?Sized),
        supported: &[&str],
    ) -> Self {
        let supported: Vec<String> = supported.iter().map(|it| it.go_syntax()).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        Self::new(path, FieldErrorKind::Unsupported, value.go_syntax(), &detail)
    }

    /// A field that may not be set (`field.Forbidden`).
    pub fn forbidden(path: &FieldPath, detail: &str) -> Self {
        Self::new(path, FieldErrorKind::Forbidden, String::new(), detail)
    }

    /// A value that must be unique and is not (`field.Duplicate`).
    pub fn duplicate(path: &FieldPath, value: &(impl GoSyntax + ?Sized)) -> Self {
        Self::new(path, FieldErrorKind::Duplicate, value.go_syntax(), "")
    }

    /// A reference to something that is not there (`field.NotFound`).
    pub fn not_found(path: &FieldPath, value: &(impl GoSyntax + ?Sized)) -> Self {
        Self::new(path, FieldErrorKind::NotFound, value.go_syntax(), "")
    }

    /// A value of too many bytes (`field.TooLong`).
    pub fn too_long(path: &FieldPath, bytes_max: usize) -> Self {
        let detail = format!("must have at most {bytes_max} bytes");
        Self::new(path, FieldErrorKind::TooLong, String::new(), &detail)
    }

    fn new(path: &FieldPath, kind: FieldErrorKind, value: String, detail: &str) -> Self {
        Self { path: path.0.clone(), kind, value, detail: detail.to_owned() }
    }

    /// The text without the field (`Error.ErrorBody`): what stands in a cause of a Status.
    pub fn body(&self) -> String {
        let mut body = match self.kind {
            FieldErrorKind::Required => "Required value".to_owned(),
            FieldErrorKind::Invalid => format!("Invalid value: {}", self.value),
            FieldErrorKind::Unsupported => format!("Unsupported value: {}", self.value),
            FieldErrorKind::Forbidden => "Forbidden".to_owned(),
            FieldErrorKind::Duplicate => format!("Duplicate value: {}", self.value),
            FieldErrorKind::NotFound => format!("Not found: {}", self.value),
            FieldErrorKind::TooLong => "Too long".to_owned(),
        };
        if !self.detail.is_empty() {
            body.push_str(": ");
            body.push_str(&self.detail);
        }
        body
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.body())
    }
}

/// The same faults with repetitions removed and the order kept (`ErrorList.ToAggregate`).
pub fn without_repetitions(errors: Vec<FieldError>) -> Vec<FieldError> {
    let mut seen = BTreeSet::new();
    errors.into_iter().filter(|error| seen.insert(error.to_string())).collect()
}

/// What kubectl prints for a refused object (`helpers.go`), without the final newline.
///
/// `kind` is the bare kind, such as `DaemonSet`.
pub fn invalid_message(kind: &str, name: &str, errors: &[FieldError]) -> String {
    let prefix = format!("The {kind} {} is invalid: ", name.go_syntax());
    match &without_repetitions(errors.to_vec())[..] {
        [error] => format!("{prefix}{error}"),
        errors => errors.iter().fold(prefix, |text, error| format!("{text}\n* {error}")),
    }
}

/// The message of the server's Status (`errors.NewInvalid`); `kind` is like `DaemonSet.apps`.
pub fn status_message(kind: &str, name: &str, errors: &[FieldError]) -> String {
    let prefix = format!("{kind} {} is invalid: ", name.go_syntax());
    match &without_repetitions(errors.to_vec())[..] {
        [error] => format!("{prefix}{error}"),
        errors => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            format!("{prefix}[{}]", errors.join(", "))
        }
    }
}

impl GoSyntax for str {
    fn go_syntax(&self) -> String {
        let mut text = String::with_capacity(self.len() + 2);
        text.push('"');
        for character in self.chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\u{7}' => text.push_str("\\a"),
                '\u{8}' => text.push_str("\\b"),
                '\u{b}' => text.push_str("\\v"),
                '\u{c}' => text.push_str("\\f"),
                '\0'..='\u{1f}' | '\u{7f}' => {
                    text.push_str(&format!("\\x{:02x}", u32::from(character)));
                }
                '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{2028}'..='\u{202e}' | '\u{feff}' => {
                    text.push_str(&format!("\\u{:04x}", u32::from(character)));
                }
                _ => text.push(character),
            }
        }
        text.push('"');
        text
    }
}

impl GoSyntax for i64 {
    fn go_syntax(&self) -> String {
        self.to_string()
    }
}

impl GoSyntax for GoText {
    fn go_syntax(&self) -> String {
        self.0.clone()
    }
}

/// A `map[string]string`; an absent one is nil, and Go sorts the keys.
pub fn go_string_map(map: Option<&Value>) -> GoText {
    let Some(map) = map.and_then(Value::as_object) else {
        return GoText("map[string]string(nil)".to_owned());
    };
    // The keys of a JSON object are in order already.
    let entries: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}:{}", key.go_syntax(), value_text(value).go_syntax()))
        .collect();
    GoText(format!("map[string]string{{{}}}", entries.join(", ")))
}

/// A `[]string`; an absent one is nil.
pub fn go_string_list(list: Option<&Value>) -> GoText {
    let Some(list) = list.and_then(Value::as_array) else {
        return GoText("[]string(nil)".to_owned());
    };
    let items: Vec<String> = list.iter().map(|it| value_text(it).go_syntax()).collect();
    GoText(format!("[]string{{{}}}", items.join(", ")))
}

fn value_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies() {
        let path = FieldPath::new("spec").child("containers").index(1).child("name");
        let cases = [
            (FieldError::required(&path, ""), "Required value"),
            (FieldError::required(&path, "a reason"), "Required value: a reason"),
            (FieldError::invalid(&path, "A_b", "rule"), r#"Invalid value: "A_b": rule"#),
            (FieldError::invalid(&path, &70000, "rule"), "Invalid value: 70000: rule"),
            (
                FieldError::unsupported(&path, "X", &["a", "b"]),
                r#"Unsupported value: "X": supported values: "a", "b""#,
            ),
            (FieldError::forbidden(&path, "detail"), "Forbidden: detail"),
            (FieldError::duplicate(&path, "c"), r#"Duplicate value: "c""#),
            (FieldError::not_found(&path, "data"), r#"Not found: "data""#),
            (FieldError::too_long(&path, 262_144), "Too long: must have at most 262144 bytes"),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), format!("spec.containers[1].name: {expected}"));
        }
    }

    #[test]
    fn go_syntax_of_maps_and_strings() {
        let map = json!({"b": "2", "app": "x"});
        assert_eq!(go_string_map(Some(&map)).0, r#"map[string]string{"app":"x", "b":"2"}"#);
        assert_eq!(go_string_map(None).0, "map[string]string(nil)");
        assert_eq!(go_string_list(Some(&json!(["a", "b"]))).0, r#"[]string{"a", "b"}"#);
        assert_eq!("a\"\\\n\u{1}é".go_syntax(), r#""a\"\\\n\x01é""#);
    }

    #[test]
    fn kubectl_prints_one_cause_on_one_line_and_several_as_a_list() {
        let image = FieldError::required(&FieldPath::new("a").index(0).child("image"), "");
        let name = FieldError::required(&FieldPath::new("a").index(0).child("name"), "");
        assert_eq!(
            invalid_message("DaemonSet", "x", &[image.clone(), image.clone()]),
            r#"The DaemonSet "x" is invalid: a[0].image: Required value"#
        );
        let several = [name.clone(), image.clone(), name];
        assert_eq!(
            invalid_message("DaemonSet", "x", &several),
            "The DaemonSet \"x\" is invalid: \n* a[0].name: Required value\n\
             * a[0].image: Required value"
        );
        assert_eq!(
            status_message("DaemonSet.apps", "x", &several),
            "DaemonSet.apps \"x\" is invalid: \
             [a[0].name: Required value, a[0].image: Required value]"
        );
        assert_eq!(
            status_message("DaemonSet.apps", "x", &[image]),
            "DaemonSet.apps \"x\" is invalid: a[0].image: Required value"
        );
    }
}

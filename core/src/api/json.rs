//! Reading JSON objects whose shape the schema walk has already checked: what is not there, or is
//! of another type, reads as absent.

use serde_json::Value;

use crate::api::{Labels, Name};

const NULL: &Value = &Value::Null;

/// The field, or null.
pub fn field<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(NULL)
}

/// The field at the end of a path of keys, or null.
pub fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| field(value, key))
}

/// A text field.
pub fn text(value: &Value, key: &str) -> Option<Name> {
    field(value, key).as_str().map(Name::from)
}

/// A text field that counts as absent when it is empty, as Go's zero value does.
pub fn non_empty(value: &Value, key: &str) -> Option<Name> {
    field(value, key).as_str().filter(|it| !it.is_empty()).map(Name::from)
}

/// An integer field.
pub fn integer(value: &Value, key: &str) -> Option<i64> {
    field(value, key).as_i64()
}

/// A boolean field; absent is false.
pub fn flag(value: &Value, key: &str) -> bool {
    field(value, key).as_bool().unwrap_or(false)
}

/// The elements of a list field; absent is empty.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    field(value, key).as_array().map_or(&[], Vec::as_slice)
}

/// A map of texts.
pub fn texts(value: &Value, key: &str) -> Labels {
    let Some(map) = field(value, key).as_object() else { return Labels::new() };
    let text = |(key, value): (&String, &Value)| {
        value.as_str().map(|value| (Name::from(key.as_str()), Name::from(value)))
    };
    let mut texts = Labels::new();
    // Not `collect`: that sorts first, which is another copy of the standard sort.
    texts.extend(map.iter().filter_map(text));
    texts
}

/// A list of texts.
pub fn names(value: &Value, key: &str) -> Vec<Name> {
    list(value, key).iter().filter_map(|it| it.as_str().map(Name::from)).collect()
}

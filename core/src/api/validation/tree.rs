//! Reading a tree of JSON values the way Go reads a structure: absent is the zero value.

use serde_json::{Map, Value};

/// A string; absent and of another type is the empty one.
pub(super) fn text<'value>(value: &'value Value, name: &str) -> &'value str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An integer, if it is there.
pub(super) fn number(value: &Value, name: &str) -> Option<i64> {
    value.get(name).and_then(Value::as_i64)
}

/// Whether a field is there and true.
pub(super) fn is_true(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// A list; absent and of another type is the empty one.
pub(super) fn list<'value>(value: &'value Value, name: &str) -> &'value [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A structure behind a pointer, if it is there.
pub(super) fn object<'value>(value: &'value Value, name: &str) -> Option<&'value Value> {
    value.get(name).filter(|it| it.is_object())
}

/// The entries of a map; absent and of another type is the empty one.
pub(super) fn entries<'value>(
    value: &'value Value,
    name: &str,
) -> impl Iterator<Item = (&'value String, &'value Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

//! Help with a text while it is typed, as the editor wants it.

use serde_json::Value;

use crate::insight;
use crate::playground::Playground;

impl Playground {
    /// What may be written at a place of a text, line and column from 1, columns in characters;
    /// null where nothing is known of it.
    pub fn complete_field(&self, text: &str, line: u32, column: u32) -> Value {
        let found = insight::complete(self.cluster(), text, line, column);
        found.map_or(Value::Null, |it| it.to_json())
    }

    /// What the field is whose name stands at a place; null where none does.
    pub fn describe(text: &str, line: u32, column: u32) -> Value {
        insight::describe(text, line, column).map_or(Value::Null, |it| it.to_json())
    }
}

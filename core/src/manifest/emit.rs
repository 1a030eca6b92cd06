//! JSON values as YAML text: the layout and the quoting of `kubectl get -o yaml`.
//!
//! Follows the emitter of `goyaml.v2` in `sigs.k8s.io/yaml` (v1.4.0): keys in natural order, lists
//! at the indentation of their key, text of several lines as a block where YAML allows it.

mod order;
mod text;

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::scalar::number_text;
use crate::api::order::sort_by;
use text::Style;

/// Longer keys are written behind `? `, or they would be no keys.
const SIMPLE_KEY_MAX: usize = 128;
/// The column behind which go-yaml breaks a line at the next blank.
const WIDTH: usize = 80;

/// The value as YAML; a line is as long as its text.
#[must_use]
pub fn emit(value: &Value) -> String {
    Emitter { out: String::new(), width: usize::MAX, order: order::natural }.whole(value)
}

/// The value as people write it: the fields that say what it is come first.
#[must_use]
pub(super) fn emit_usual(value: &Value) -> String {
    Emitter { out: String::new(), width: usize::MAX, order: usual }.whole(value)
}

/// What people write first, in this order.
const FIRST: [&str; 8] =
    ["apiVersion", "kind", "metadata", "name", "key", "operator", "value", "effect"];

/// The order in which people write fields.
pub(super) fn usual(a: &str, b: &str) -> Ordering {
    let rank = |key: &str| FIRST.iter().position(|it| *it == key).unwrap_or(FIRST.len());
    rank(a).cmp(&rank(b)).then_with(|| order::natural(a, b))
}

/// The value as kubectl prints it: long text goes on in the next line.
#[must_use]
pub fn emit_folded(value: &Value) -> String {
    Emitter { out: String::new(), width: WIDTH, order: order::natural }.whole(value)
}

/// What stands in front of a value on its line.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing.
    Top,
    /// `- `
    Item,
    /// `key:`
    Value,
}

struct Emitter {
    out: String,
    width: usize,
    order: fn(&str, &str) -> Ordering,
}

impl Emitter {
    fn whole(mut self, value: &Value) -> String {
        self.value(value, 0, Place::Top);
        self.out
    }

    /// Writes a value and the end of its last line; `indent` is that of the lines around it.
    fn value(&mut self, value: &Value, indent: usize, place: Place) {
        match value {
            Value::Object(fields) if !fields.is_empty() => self.mapping(fields, indent, place),
            Value::Array(items) if !items.is_empty() => self.sequence(items, indent, place),
            Value::String(text) => {
                self.blank(place);
                self.text(text, indent + 2, false);
                self.out.push('\n');
            }
            other => {
                self.blank(place);
                self.out.push_str(&plain(other));
                self.out.push('\n');
            }
        }
    }

    fn blank(&mut self, place: Place) {
        if place == Place::Value {
            self.out.push(' ');
        }
    }

    fn mapping(&mut self, fields: &Map<String, Value>, indent: usize, place: Place) {
        let indent = if place == Place::Top { indent } else { indent + 2 };
        let mut fields: Vec<_> = fields.iter().collect();
        sort_by(&mut fields, |(a, _), (b, _)| (self.order)(a, b));
        for (index, (key, value)) in fields.into_iter().enumerate() {
            match (index, place) {
                (0, Place::Value) => self.line(indent),
                (0, _) => {}
                _ => self.indent(indent),
            }
            if key.len() > SIMPLE_KEY_MAX {
                self.out.push_str("? ");
                self.text(key, indent + 2, false);
                self.line(indent);
            } else {
                self.text(key, indent + 2, true);
            }
            self.out.push(':');
            self.value(value, indent, Place::Value);
        }
    }

    /// The items of a list in a mapping stand under their key, not to the right of it.
    fn sequence(&mut self, items: &[Value], indent: usize, place: Place) {
        let indent = if place == Place::Item { indent + 2 } else { indent };
        for (index, item) in items.iter().enumerate() {
            match (index, place) {
                (0, Place::Value) => self.line(indent),
                (0, _) => {}
                _ => self.indent(indent),
            }
            self.out.push_str("- ");
            self.value(item, indent, Place::Item);
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.indent(indent);
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn text(&mut self, text: &str, indent: usize, is_key: bool) {
        match text::style(text, is_key) {
            Style::Literal => self.literal(text, indent),
            style => {
                let line_start = self.out.rfind('\n').map_or(0, |it| it + 1);
                let column = self.out[line_start..].chars().count();
                let width = if is_key { usize::MAX } else { self.width };
                text::write(&mut self.out, text, style, text::Frame { column, indent, width });
            }
        }
    }

    /// The end of the last line is left to the caller.
    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        let body = match text.strip_suffix('\n') {
            None => {
                self.out.push('-');
                text
            }
            Some(body) => {
                if body.is_empty() || body.ends_with('\n') {
                    self.out.push('+');
                }
                body
            }
        };
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => go_number(number),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// Go's `%g`: an exponent of two digits from a million on; whole numbers come as integers.
fn go_number(number: &Number) -> String {
    let Some(value) = number.as_f64().filter(|_| number.is_f64()) else {
        return number.to_string();
    };
    if value.fract() == 0.0 && value.abs() < 1e21 {
        return number_text(number);
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if (-4..6).contains(&exponent) => value.to_string(),
        Ok(exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        Err(_) => scientific,
    }
}

//! `--sort-by`: by the value at a path of fields.

use std::cmp::Ordering;

use serde_json::Value;

use crate::api::json;
use crate::api::quantity::Quantity;
use crate::kubectl::output::Failure;
use crate::kubectl::select::Found;

/// Sorts by a path such as `.metadata.creationTimestamp`; what has no such field comes first.
pub(super) fn sort(found: &mut [Found], path: &str) -> Result<(), Failure> {
    let inner = match (path.strip_prefix('{'), path.strip_suffix('}')) {
        (Some(rest), Some(_)) => &rest[..rest.len() - 1],
        (None, None) => path,
        _ => return Err(malformed()),
    };
    let fields: Vec<&str> = inner.strip_prefix('.').unwrap_or(inner).split('.').collect();
    if fields.iter().any(|it| it.is_empty()) {
        return Err(malformed());
    }
    if !found.is_empty() && found.iter().all(|it| json::at(&it.object, &fields).is_null()) {
        let path = format!("{{.{}}}", fields.join("."));
        let fault = format!("couldn't find any field with path \"{path}\" in the list of objects");
        return Err(Failure::new(fault));
    }
    found.sort_by(|a, b| compare(json::at(&a.object, &fields), json::at(&b.object, &fields)));
    Ok(())
}

fn malformed() -> Failure {
    Failure::new(
        "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    )
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Number(a), Value::Number(b)) => {
            a.as_i64().unwrap_or(0).cmp(&b.as_i64().unwrap_or(0))
        }
        (Value::String(a), Value::String(b)) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Ok(a), Ok(b)) => a.milli_value().cmp(&b.milli_value()),
            _ => natural(a, b),
        },
        _ => a.to_string().cmp(&b.to_string()),
    }
}

/// Numbers in a text count as numbers: `a-2` comes before `a-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if !digits_a.is_empty() && !digits_b.is_empty() {
            let value = |digits: &str| digits.trim_start_matches('0').to_owned();
            let (value_a, value_b) = (value(digits_a), value(digits_b));
            let order = value_a.len().cmp(&value_b.len()).then(value_a.cmp(&value_b));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[digits_a.len()..], &b[digits_b.len()..]);
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x != y => return x.cmp(&y),
            (Some(x), Some(_)) => (a, b) = (&a[x.len_utf8()..], &b[x.len_utf8()..]),
        }
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["a-10", "b", "a-2", "a", "a-02x"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["a", "a-2", "a-02x", "a-10", "b"]);
    }
}

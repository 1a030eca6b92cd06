//! `--sort-by`: by the value at a path of fields.

use std::cmp::Ordering;

use serde_json::Value;

use crate::api::order::sort_by;
use crate::api::quantity::Quantity;
use crate::kubectl::jsonpath::{JsonPath, relaxed};
use crate::kubectl::output::Failure;
use crate::kubectl::select::Found;

/// Sorts by a path such as `.metadata.creationTimestamp`; what has no such field comes first.
pub(super) fn sort(found: &mut Vec<Found>, path: &str) -> Result<(), Failure> {
    let template = relaxed(path).map_err(Failure::new)?;
    let fault = |it| Failure::new(format!("error parsing jsonpath {template}, {it}"));
    let path = JsonPath::parse(&template).map_err(fault)?;
    let mut keyed = Vec::new();
    for it in std::mem::take(found) {
        let values = path.find(&it.object).map_err(Failure::new)?;
        let value = values.into_iter().flatten().next().unwrap_or_default();
        keyed.push((value, it));
    }
    if !keyed.is_empty() && keyed.iter().all(|it| it.0.is_null()) {
        let fault =
            format!("couldn't find any field with path \"{template}\" in the list of objects");
        return Err(Failure::new(fault));
    }
    if keyed.len() <= FEW {
        insert(&mut keyed, |a, b| compare(&a.0, &b.0));
    } else {
        sort_by(&mut keyed, |a, b| compare(&a.0, &b.0));
    }
    found.extend(keyed.into_iter().map(|it| it.1));
    Ok(())
}

/// Go sorts so few by insertion, which shows where the comparison contradicts itself: texts that
/// are quantities are compared as such, others by their letters.
const FEW: usize = 12;

fn insert<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && compare(&items[at], &items[at - 1]) == Ordering::Less {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
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
                // Where a number goes on in one text and something else follows in the other, the
                // client lets the digit come first: `1500m` before `1e3m`.
                let is_cut = |short: &str, long: &str, text: &str| {
                    short.len() < long.len() && long.starts_with(short) && text.len() > short.len()
                };
                if is_cut(digits_a, digits_b, a) {
                    return Ordering::Greater;
                }
                return if is_cut(digits_b, digits_a, b) { Ordering::Less } else { order };
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

//! The evaluation of templates (`jsonpath/jsonpath.go`). Keys that are missing find nothing.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Node, Slice};

/// More values than this are never found by one template.
const FOUND_MAX: usize = 200_000;

pub(super) fn find(nodes: &[Node], object: &Value) -> Result<Vec<Vec<Value>>, String> {
    let mut found = Vec::new();
    block(nodes, Some(object), false, &mut found)?;
    Ok(found)
}

/// Evaluates nodes until the `end` of the range they are in; how many they were.
fn block(
    nodes: &[Node],
    object: Option<&Value>,
    is_in_range: bool,
    found: &mut Vec<Vec<Value>>,
) -> Result<usize, String> {
    let mut index = 0;
    while let Some(node) = nodes.get(index) {
        if found.len() > FOUND_MAX {
            return Err("the template finds too much".to_owned());
        }
        index += 1;
        let input: Vec<Value> = object.cloned().into_iter().collect();
        let Node::List(list) = node else {
            found.push(walk(input, node)?);
            continue;
        };
        match list.first() {
            Some(Node::Identifier(word)) if word == "end" => {
                if !is_in_range {
                    return Err("not in range, nothing to end".to_owned());
                }
                return Ok(index);
            }
            Some(Node::Identifier(word)) if word == "range" => {
                let values = walk_all(input, &list[1..])?;
                let rest = &nodes[index..];
                // Without values the block is gone through for its end alone.
                let mut length = if values.is_empty() { length_of(rest) } else { 0 };
                for value in &values {
                    length = block(rest, Some(value), true, found)?;
                }
                index += length;
            }
            _ => found.push(walk_all(input, list)?),
        }
    }
    Ok(index)
}

/// How many nodes belong to a range, its `end` included.
fn length_of(nodes: &[Node]) -> usize {
    let mut depth = 1;
    for (index, node) in nodes.iter().enumerate() {
        let Node::List(list) = node else { continue };
        match list.first() {
            Some(Node::Identifier(word)) if word == "range" => depth += 1,
            Some(Node::Identifier(word)) if word == "end" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    nodes.len()
}

fn walk_all(mut values: Vec<Value>, nodes: &[Node]) -> Result<Vec<Value>, String> {
    for node in nodes {
        values = walk(values, node)?;
    }
    Ok(values)
}

fn walk(input: Vec<Value>, node: &Node) -> Result<Vec<Value>, String> {
    Ok(match node {
        Node::Text(text) => vec![Value::from(text.as_str())],
        Node::Number(number) => vec![Value::from(*number)],
        Node::Bool(on) => vec![Value::from(*on)],
        Node::Identifier(word) => return Err(format!("unrecognized identifier {word}")),
        Node::List(nodes) => walk_all(input, nodes)?,
        Node::Field(name) => input.iter().filter_map(|it| it.get(name).cloned()).collect(),
        Node::Wildcard => input.iter().flat_map(children).cloned().collect(),
        Node::Recursive => {
            let mut found = Vec::new();
            descend(input.iter().collect(), &mut found);
            found.into_iter().cloned().collect()
        }
        Node::Slice(slice) => {
            let mut found = Vec::new();
            for value in input.iter().filter(|it| !it.is_null()) {
                elements(value, *slice, &mut found)?;
            }
            found
        }
        Node::Union(parts) => {
            let mut found = Vec::new();
            for part in parts {
                found.extend(walk_all(input.clone(), part)?);
            }
            found
        }
        Node::Filter { left, operator, right } => {
            let mut found = Vec::new();
            for value in &input {
                let Some(items) = value.as_array() else {
                    let value = super::sprint(value);
                    return Err(format!("{value} is not array or slice and cannot be filtered"));
                };
                for item in items {
                    if passes(item, left, operator, right)? {
                        found.push(item.clone());
                    }
                }
            }
            found
        }
    })
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(object) => object.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    }
}

/// Everything that holds something, from the outside in.
fn descend<'a>(values: Vec<&'a Value>, found: &mut Vec<&'a Value>) {
    for value in values {
        let children = children(value);
        if !children.is_empty() && found.len() < FOUND_MAX {
            found.push(value);
            descend(children, found);
        }
    }
}

fn elements(value: &Value, slice: Slice, found: &mut Vec<Value>) -> Result<(), String> {
    let Some(items) = value.as_array() else {
        let kind = super::go::type_of(value);
        return Err(format!("{kind} is not array or slice"));
    };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let from = slice.from.unwrap_or(0);
    let from = if from < 0 { from + length } else { from };
    let to = slice.to.unwrap_or(length);
    let to = if to < 0 || to == 0 && slice.is_index { to + length } else { to };
    if from == to {
        return Ok(());
    }
    let outside = |index: i64| format!("array index out of bounds: index {index}, length {length}");
    if from >= length || from < 0 {
        return Err(outside(from));
    }
    if to > length || to < 0 {
        return Err(outside(to - 1));
    }
    if from > to {
        return Err(format!("starting index {from} is greater than ending index {to}"));
    }
    let step = slice.step.unwrap_or(1);
    if step <= 0 {
        return Err("step must be > 0".to_owned());
    }
    // All of them lie between nought and the length.
    let (from, to, step) = (from as usize, to as usize, step as usize);
    found.extend(items[from..to].iter().step_by(step).cloned());
    Ok(())
}

fn passes(item: &Value, left: &[Node], operator: &str, right: &[Node]) -> Result<bool, String> {
    let lefts = walk_all(vec![item.clone()], left);
    if operator == "exists" {
        return Ok(lefts.is_ok_and(|it| !it.is_empty()));
    }
    let (lefts, rights) = (lefts?, walk_all(vec![item.clone()], right)?);
    if lefts.len() > 1 || rights.len() > 1 {
        return Err("can only compare one element at a time".to_owned());
    }
    let (Some(left), Some(right)) = (lefts.first(), rights.first()) else { return Ok(false) };
    if !["==", "!=", "<", "<=", ">", ">="].contains(&operator) {
        return Err(format!("unrecognized filter operator {operator}"));
    }
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let order = order.ok_or("incompatible types for comparison")?;
    Ok(match operator {
        "==" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

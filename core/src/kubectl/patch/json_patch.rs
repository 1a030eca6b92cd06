//! JSON patches (RFC 6902).

use serde_json::Value;

/// An object after the operations of a patch.
pub(super) fn apply(object: &Value, patch: &Value) -> Result<Value, String> {
    let operations = patch.as_array().ok_or("a JSON patch is a list of operations")?;
    let mut object = object.clone();
    for operation in operations {
        let text = |key: &str| operation.get(key).and_then(Value::as_str);
        let path = text("path").ok_or("an operation without a path")?;
        let value = || operation.get("value").cloned().ok_or("an operation without a value");
        let from = || text("from").ok_or("an operation without a source");
        match text("op").unwrap_or_default() {
            "add" => add(&mut object, path, value()?)?,
            "remove" => drop(remove(&mut object, path)?),
            "replace" => {
                let slot = object.pointer_mut(path);
                *slot.ok_or_else(|| missing("replace", path))? = value()?;
            }
            "move" => {
                let value = remove(&mut object, from()?)?;
                add(&mut object, path, value)?;
            }
            "copy" => {
                let value = object.pointer(from()?).cloned();
                add(&mut object, path, value.ok_or_else(|| missing("copy", path))?)?;
            }
            "test" => {
                if object.pointer(path) != Some(&value()?) {
                    return Err(format!("testing value {path} failed: test failed"));
                }
            }
            other => return Err(format!("unexpected kind: {other}")),
        }
    }
    Ok(object)
}

fn missing(operation: &str, path: &str) -> String {
    format!("{operation} operation does not apply: doc is missing key: {path}: missing value")
}

/// The container of a path and its last part, unescaped.
fn split(path: &str) -> Result<(&str, String), String> {
    let (parent, key) = path.rsplit_once('/').ok_or_else(|| missing("add", path))?;
    Ok((parent, key.replace("~1", "/").replace("~0", "~")))
}

fn add(object: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *object = value;
        return Ok(());
    }
    let (parent, key) = split(path)?;
    match object.pointer_mut(parent) {
        Some(Value::Object(fields)) => drop(fields.insert(key, value)),
        Some(Value::Array(items)) => {
            let index = if key == "-" { Some(items.len()) } else { key.parse().ok() };
            let index = index.filter(|it| *it <= items.len());
            items.insert(index.ok_or_else(|| missing("add", path))?, value);
        }
        _ => return Err(missing("add", path)),
    }
    Ok(())
}

fn remove(object: &mut Value, path: &str) -> Result<Value, String> {
    let (parent, key) = split(path)?;
    let removed = match object.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&key),
        Some(Value::Array(items)) => {
            let index = key.parse::<usize>().ok().filter(|it| *it < items.len());
            index.map(|it| items.remove(it))
        }
        _ => None,
    };
    removed.ok_or_else(|| missing("remove", path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_are_carried_out_in_order() {
        let object = json!({"a": [1, 2], "b": {"c/d": 3}});
        let patch = json!([
            {"op": "test", "path": "/a/0", "value": 1},
            {"op": "add", "path": "/a/-", "value": 4},
            {"op": "remove", "path": "/a/0"},
            {"op": "replace", "path": "/b/c~1d", "value": 5},
            {"op": "copy", "from": "/b", "path": "/e"},
            {"op": "move", "from": "/b/c~1d", "path": "/f"},
        ]);
        let expected = json!({"a": [2, 4], "b": {}, "e": {"c/d": 5}, "f": 5});
        assert_eq!(apply(&object, &patch), Ok(expected));
        assert!(apply(&object, &json!([{"op": "remove", "path": "/x/y"}])).is_err());
    }
}

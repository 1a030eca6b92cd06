//! Patches: what `kubectl apply`, `patch`, `label` or `set image` ask the API server to change.
//!
//! Follows `apimachinery/pkg/util/strategicpatch`: null removes, objects are merged field by field,
//! some lists item by item. Simpler than upstream: an item that only the server knows goes behind
//! those of the patch, and `$retainKeys` is not known.

use serde_json::{Map, Value};

use crate::api::{Name, ObjectMeta, json};

/// The annotation in which `kubectl apply` keeps the manifest as it was applied last.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

const DIRECTIVE: &str = "$patch";

/// Lists that are merged item by item, and the fields that tell the items apart; the first that
/// an item has counts. All other lists are replaced as a whole.
const MERGE_KEYS: [(&str, &[&str]); 13] = [
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("ports", &["containerPort", "port"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("imagePullSecrets", &["name"]),
    ("hostAliases", &["ip"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("conditions", &["type"]),
    ("ownerReferences", &["uid"]),
];

/// The field that tells the items of such a list apart.
pub fn merge_key(field: &str, items: &[Value]) -> Option<&'static str> {
    let (_, keys) = MERGE_KEYS.iter().find(|(name, _)| *name == field)?;
    keys.iter().copied().find(|key| items.iter().all(|it| it.get(key).is_some()))
}

/// A strategic merge patch laid over an object.
pub fn strategic(target: &Value, patch: &Value) -> Value {
    merge("", target, patch)
}

fn merge(field: &str, target: &Value, patch: &Value) -> Value {
    match (target, patch) {
        (_, Value::Object(patch)) => merge_objects(target, patch),
        (Value::Array(target), Value::Array(patch)) => merge_lists(field, target, patch),
        _ => patch.clone(),
    }
}

fn merge_objects(target: &Value, patch: &Map<String, Value>) -> Value {
    let is_replaced = patch.get(DIRECTIVE).and_then(Value::as_str) == Some("replace");
    let mut merged = match target {
        Value::Object(target) if !is_replaced => target.clone(),
        _ => Map::new(),
    };
    for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
        if value.is_null() {
            merged.remove(key);
        } else {
            let known = merged.get(key).unwrap_or(&Value::Null);
            let value = merge(key, known, value);
            merged.insert(key.clone(), value);
        }
    }
    Value::Object(merged)
}

fn merge_lists(field: &str, target: &[Value], patch: &[Value]) -> Value {
    let is_replaced =
        patch.iter().any(|it| it.get(DIRECTIVE).and_then(Value::as_str) == Some("replace"));
    let all: Vec<Value> = target.iter().chain(patch).cloned().collect();
    let Some(key) = merge_key(field, &all).filter(|_| !is_replaced) else {
        return patch.iter().filter(|it| it.get(DIRECTIVE).is_none()).cloned().collect();
    };
    let mut merged = target.to_vec();
    for item in patch {
        let known = merged.iter().position(|it| it.get(key) == item.get(key));
        let is_deleted = item.get(DIRECTIVE).and_then(Value::as_str) == Some("delete");
        match known {
            Some(index) if is_deleted => drop(merged.remove(index)),
            Some(index) => merged[index] = merge(field, &merged[index], item),
            None if is_deleted => {}
            None => merged.push(merge(field, &Value::Null, item)),
        }
    }
    Value::Array(merged)
}

/// The three-way merge of `kubectl apply`: what the manifest says counts, what it said the last
/// time and says no more is removed, and what others have set stays.
pub fn three_way(last: &Value, manifest: &Value, current: &Value) -> Value {
    merge_three("", last, manifest, current)
}

fn merge_three(field: &str, last: &Value, manifest: &Value, current: &Value) -> Value {
    match (manifest, current) {
        (Value::Object(wanted), Value::Object(known)) => {
            let mut merged = known.clone();
            let dropped = last.as_object().into_iter().flatten().map(|(key, _)| key);
            for key in dropped.filter(|it| !wanted.contains_key(*it)) {
                merged.remove(key);
            }
            for (key, value) in wanted {
                let known = known.get(key).unwrap_or(&Value::Null);
                let value = merge_three(key, json::field(last, key), value, known);
                merged.insert(key.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(wanted), Value::Array(known)) => {
            let all: Vec<Value> = wanted.iter().chain(known).cloned().collect();
            let Some(key) = merge_key(field, &all) else { return manifest.clone() };
            let of = |list: &[Value], item: &Value| {
                list.iter().find(|it| it.get(key) == item.get(key)).cloned().unwrap_or_default()
            };
            let last = last.as_array().map_or(&[][..], Vec::as_slice);
            let merged =
                wanted.iter().map(|it| merge_three(field, &of(last, it), it, &of(known, it)));
            let is_foreign = |it: &&Value| of(wanted, it).is_null() && of(last, it).is_null();
            merged.chain(known.iter().filter(is_foreign).cloned()).collect()
        }
        _ => manifest.clone(),
    }
}

/// What `kubectl apply` makes of an object: the manifest over what is there, with a note of it for
/// the next time.
pub fn applied(manifest: &Value, namespace: &str, current: Option<&Value>) -> Value {
    if !manifest.is_object() || !json::field(manifest, "metadata").is_object() {
        return manifest.clone();
    }
    let mut manifest = manifest.clone();
    if !json::at(&manifest, &["metadata", "annotations"]).is_object() {
        manifest["metadata"]["annotations"] = Value::Object(Map::new());
    }
    if !namespace.is_empty() {
        manifest["metadata"]["namespace"] = Value::from(namespace);
    }
    let note = note_of(&manifest);
    let mut merged = match current {
        None => manifest.clone(),
        Some(current) => {
            let last = json::at(current, &["metadata", "annotations"]).get(LAST_APPLIED);
            let last = last.and_then(Value::as_str).and_then(|it| serde_json::from_str(it).ok());
            three_way(&last.unwrap_or_default(), &manifest, current)
        }
    };
    if !json::at(&merged, &["metadata", "annotations"]).is_object() {
        return manifest;
    }
    merged["metadata"]["annotations"][LAST_APPLIED] = Value::from(note);
    merged
}

/// The manifest as compact JSON, with annotations but without the note itself, and a line feed.
fn note_of(manifest: &Value) -> String {
    let mut noted = manifest.clone();
    let annotations = &mut noted["metadata"]["annotations"];
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.remove(LAST_APPLIED);
    }
    let text = noted.to_string();
    let text = text.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    format!("{text}\n")
}

/// The patch that makes one object the other; none if they are equal. Lists are replaced.
pub fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let mut patch = Map::new();
    for (key, value) in new {
        if let Some(value) = difference(json::field(before, key), value) {
            patch.insert(key.clone(), value);
        }
    }
    for key in old.keys().filter(|it| !new.contains_key(*it)) {
        patch.insert(key.clone(), Value::Null);
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Name, namespace, labels, annotations, and everything but the status: what a client may change.
pub fn editable(object: &Value) -> Value {
    let mut metadata = Map::new();
    for key in ["name", "namespace", "labels", "annotations"] {
        if let Some(value) = object["metadata"].get(key) {
            metadata.insert(key.to_owned(), value.clone());
        }
    }
    let mut kept = Map::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        if key != "status" {
            kept.insert(key.clone(), value.clone());
        }
    }
    kept.insert("metadata".to_owned(), Value::Object(metadata));
    Value::Object(kept)
}

/// Labels and annotations of an object after a patch.
pub fn patched_texts(meta: &ObjectMeta, patch: &Value) -> (crate::api::Labels, crate::api::Labels) {
    let patched = |known: &crate::api::Labels, key: &str| {
        let mut texts = known.clone();
        let changes = json::at(patch, &["metadata", key]).as_object();
        for (key, value) in changes.into_iter().flatten() {
            match value.as_str() {
                Some(value) => drop(texts.insert(Name::from(key.as_str()), value.into())),
                None => drop(texts.remove(key.as_str())),
            }
        }
        texts
    };
    (patched(&meta.labels, "labels"), patched(&meta.annotations, "annotations"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_merges_objects_and_named_items() {
        let pod = json!({"spec": {
            "containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}],
            "tolerations": [{"key": "x"}],
            "nodeSelector": {"disk": "ssd", "zone": "a"},
        }});
        let patch = json!({"spec": {
            "containers": [{"name": "b", "image": "b:2"}, {"name": "c"}],
            "tolerations": [{"key": "y"}],
            "nodeSelector": {"zone": null},
        }});
        let expected = json!({"spec": {
            "containers": [
                {"name": "a", "image": "a:1"}, {"name": "b", "image": "b:2"}, {"name": "c"}
            ],
            "tolerations": [{"key": "y"}],
            "nodeSelector": {"disk": "ssd"},
        }});
        assert_eq!(strategic(&pod, &patch), expected);
        let replace = json!({"spec": {"$patch": "replace", "x": 1}});
        assert_eq!(strategic(&pod, &replace), json!({"spec": {"x": 1}}));
        let delete = json!({"spec": {"containers": [{"$patch": "delete", "name": "a"}]}});
        assert_eq!(
            strategic(&pod, &delete)["spec"]["containers"],
            json!([{"name": "b", "image": "b:1"}])
        );
    }

    #[test]
    fn a_difference_is_the_patch_that_makes_it() {
        let before = json!({"metadata": {"labels": {"a": "1", "b": "2"}}, "spec": {"x": [1, 2]}});
        let after = json!({"metadata": {"labels": {"b": "3"}}, "spec": {"x": [2], "y": {}}});
        let patch = difference(&before, &after).unwrap();
        let labels = json!({"a": null, "b": "3"});
        let expected = json!({"metadata": {"labels": labels}, "spec": {"x": [2], "y": {}}});
        assert_eq!(patch, expected);
        assert_eq!(strategic(&before, &patch), after);
        assert_eq!(difference(&after, &after), None);
    }

    /// kubectl.md §6: what the last manifest had goes, what others have set stays.
    #[test]
    fn apply_removes_what_it_had_set_and_keeps_what_it_had_not() {
        let first = json!({"metadata": {"labels": {"a": "1", "b": "2"}}, "spec": {"x": 1, "y": 2,
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}});
        let mut live = applied(&first, "ns", None);
        live["metadata"]["annotations"]["restartedAt"] = json!("now");
        live["spec"]["defaulted"] = json!(true);
        live["spec"]["env"].as_array_mut().unwrap().push(json!({"name": "C"}));
        let second = json!({"metadata": {"labels": {"a": "1"}}, "spec": {"x": 3,
            "env": [{"name": "A", "value": "9"}]}});
        let merged = applied(&second, "ns", Some(&live));
        assert_eq!(merged["metadata"]["labels"], json!({"a": "1"}));
        assert_eq!(merged["metadata"]["annotations"]["restartedAt"], "now");
        let expected = json!({"x": 3, "defaulted": true,
            "env": [{"name": "A", "value": "9"}, {"name": "C"}]});
        assert_eq!(merged["spec"], expected);
        assert_eq!(applied(&second, "ns", Some(&merged)), merged, "twice changes nothing");
    }

    /// The request that kubectl-cases has recorded (`apply`).
    #[test]
    fn the_note_is_the_manifest_as_compact_json() {
        let manifest = json!({"apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": "agent", "labels": {"app": "agent"}}, "spec": {"a": "<b>"}});
        let applied = applied(&manifest, "default", None);
        assert_eq!(
            applied["metadata"]["annotations"][LAST_APPLIED],
            concat!(
                r#"{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"annotations":{},"#,
                r#""labels":{"app":"agent"},"name":"agent","namespace":"default"},"#,
                r#""spec":{"a":"\u003cb\u003e"}}"#,
                "\n"
            )
        );
    }
}

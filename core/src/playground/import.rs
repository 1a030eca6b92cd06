//! An exported cluster (`kubectl get … -o yaml`) as the start of a playground, held exactly as it
//! is given: what the simulation does not know of an object is kept beside it and laid under what
//! becomes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::api::{Calendar, json};
use crate::kubectl::{Resource, Server};
use crate::manifest;
use crate::playground::{Playground, Scenario, Touched};
use crate::sim::{Cluster, Seed, Timeline};

/// Lists of objects that are told apart by a field.
const KEYS: [&str; 3] = ["name", "type", "uid"];

/// The start of an imported cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Imported {
    /// By type, namespace and name: the object as it was given, and what the simulation alone
    /// would have said of it then.
    objects: BTreeMap<(String, String, String), (Value, Value)>,
    /// Events as they were given.
    pub(super) events: Vec<Value>,
    /// Identities that the simulation gives, and those in the export.
    identities: BTreeMap<String, String>,
}

/// Why nothing is imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// There is something wrong with the text.
    #[error("{0}")]
    Text(String),
    /// It holds no objects.
    #[error("there are no objects to import")]
    Empty,
}

fn key(plural: &str, object: &Value) -> (String, String, String) {
    let meta = |key: &str| json::at(object, &["metadata", key]).as_str().unwrap_or_default();
    (plural.to_owned(), meta("namespace").to_owned(), meta("name").to_owned())
}

impl Playground {
    /// A cluster that holds the objects of a `List`, or of several documents, at an instant.
    pub fn import(text: &str, calendar: Calendar, seed: u64) -> Result<Playground, ImportError> {
        let manifest = manifest::load(text);
        let broken = manifest.diagnostics.iter().find(|it| {
            matches!(it.problem, manifest::Problem::Syntax | manifest::Problem::TooLarge)
        });
        if let Some(broken) = broken {
            return Err(ImportError::Text(broken.message.clone()));
        }
        let objects: Vec<Value> = manifest.documents.iter().map(|it| it.root.to_json()).collect();
        if objects.is_empty() {
            return Err(ImportError::Empty);
        }
        Ok(Playground::hold(&objects, calendar, seed))
    }

    fn hold(objects: &[Value], calendar: Calendar, seed: u64) -> Playground {
        let mut cluster = Cluster::new(Seed(seed), calendar);
        let identities = cluster.import(objects);
        let scenario = Scenario::empty(calendar);
        let (timeline, touched) = (Timeline::new(cluster), Touched::default());
        let mut playground = Playground {
            scenario,
            seed: Seed(seed),
            timeline,
            touched,
            witness: None,
            breaks: Vec::new(),
            imported: Arc::default(),
        };
        let mut imported = Imported::default();
        let encoder = playground.encoder();
        for (given, uid) in identities.iter() {
            imported.identities.insert(encoder.uuid(uid), given.to_string());
        }
        let mut bases: BTreeMap<(String, String, String), Value> = BTreeMap::new();
        for resource in Resource::all() {
            for base in playground.list(resource) {
                bases.insert(key(resource.plural, &base), base);
            }
        }
        for object in objects {
            let text = |key: &str| object[key].as_str().unwrap_or_default();
            if text("kind") == "Event" {
                imported.events.push(object.clone());
                continue;
            }
            let Some(resource) = Resource::of_kind(text("apiVersion"), text("kind")) else {
                continue;
            };
            let key = key(resource.plural, object);
            if let Some(base) = bases.remove(&key) {
                imported.objects.insert(key, (object.clone(), base));
            }
        }
        playground.imported = Arc::new(imported);
        playground
    }
}

impl Imported {
    /// Whether the cluster is an imported one.
    pub(super) fn is_any(&self) -> bool {
        !self.objects.is_empty()
    }

    /// What the simulation says of an object, over what was given at the start.
    pub(super) fn laid_over(&self, resource: &Resource, object: Value) -> Value {
        if self.objects.is_empty() {
            return object;
        }
        let known = self.objects.get(&key(resource.plural, &object));
        let uid = |it: &Value| json::at(it, &["metadata", "uid"]).clone();
        let mut object = match known.filter(|(_, base)| uid(base) == uid(&object)) {
            Some((given, base)) => overlaid(given, base, &object),
            None => object,
        };
        self.name_owners(&mut object);
        object
    }

    /// Owners and objects of events go by the identity that they have in the export.
    pub(super) fn name_owners(&self, object: &mut Value) {
        let rename = |reference: &mut Value| {
            let known = reference["uid"].as_str().and_then(|it| self.identities.get(it));
            if let Some(given) = known {
                reference["uid"] = Value::from(given.as_str());
            }
        };
        if let Some(owners) = object.pointer_mut("/metadata/ownerReferences") {
            owners.as_array_mut().into_iter().flatten().for_each(rename);
        }
        if let Some(involved) = object.get_mut("involvedObject") {
            rename(involved);
        }
    }
}

/// What has changed between `base` and `now`, done to `given`.
fn overlaid(given: &Value, base: &Value, now: &Value) -> Value {
    if base == now {
        return given.clone();
    }
    match (given, base, now) {
        (Value::Object(given), Value::Object(base), Value::Object(now)) => {
            let mut all = given.clone();
            for key in base.keys().filter(|it| !now.contains_key(*it)) {
                all.remove(key);
            }
            for (key, value) in now {
                let value = match (given.get(key), base.get(key)) {
                    (_, Some(base)) if base == value => continue,
                    (Some(given), Some(base)) => overlaid(given, base, value),
                    _ => value.clone(),
                };
                all.insert(key.clone(), value);
            }
            Value::Object(all)
        }
        (Value::Array(given), Value::Array(base), Value::Array(now)) => {
            let item = |value: &Value| {
                let of = |list: &[Value]| {
                    let is_it = |key: &str, it: &Value| {
                        value.get(key).is_some() && value.get(key) == it.get(key)
                    };
                    let key = KEYS.iter().find(|key| value.get(**key).is_some())?;
                    list.iter().find(|it| is_it(key, it)).cloned()
                };
                match (of(given), of(base)) {
                    (Some(given), Some(base)) => overlaid(&given, &base, value),
                    _ => value.clone(),
                }
            };
            now.iter().map(item).collect()
        }
        _ => now.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_becomes_of_an_object_is_laid_over_what_was_given() {
        let given = json!({"a": 1, "kept": 2, "list": [{"name": "x", "more": 1}], "gone": 3});
        let base = json!({"a": 1, "list": [{"name": "x"}], "gone": 3});
        let now = json!({"a": 2, "list": [{"name": "x", "new": 1}, {"name": "y"}], "b": 4});
        let expected = json!({
            "a": 2, "kept": 2, "b": 4,
            "list": [{"name": "x", "more": 1, "new": 1}, {"name": "y"}],
        });
        assert_eq!(overlaid(&given, &base, &now), expected);
        assert_eq!(overlaid(&given, &base, &base), given);
    }
}

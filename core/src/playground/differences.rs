//! What lies between a text and the cluster: the live objects, and what apply would make of them.

use serde_json::Value;

use crate::api::merge;
use crate::kubectl::{Resource, Server, as_compared};
use crate::manifest;
use crate::playground::Playground;

/// More objects of one text are not compared.
const OBJECT_COUNT_MAX: usize = 100;

/// Two texts of YAML, document by document; both are empty if nothing differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The objects as they are.
    pub live: String,
    /// As they would be.
    pub applied: String,
}

impl Playground {
    /// What applying a text would change, as `kubectl diff` compares it. Objects that stay as they
    /// are do not appear.
    pub fn differences(&self, text: &str) -> Differences {
        let mut differences = Differences::default();
        for document in manifest::load(text).documents.iter().take(OBJECT_COUNT_MAX) {
            let resource = Resource::of_kind(&document.api_version, &document.kind);
            let Some(resource) = resource else { continue };
            let mut object = document.object.clone();
            let mut namespace = "";
            if resource.is_namespaced {
                namespace = document.namespace.as_deref().unwrap_or("default");
                object["metadata"]["namespace"] = Value::from(namespace);
            }
            let live = self.find(resource, namespace, &document.name);
            let applied = merge::applied(&object, namespace, live.as_ref());
            let (live, applied) = (as_compared(live.as_ref()), as_compared(Some(&applied)));
            if live != applied {
                join(&mut differences.live, &live);
                join(&mut differences.applied, &applied);
            }
        }
        differences
    }
}

fn join(all: &mut String, document: &str) {
    if !all.is_empty() {
        all.push_str("---\n");
    }
    all.push_str(document);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_against_what_is_live() {
        let mut playground = Playground::open(1);
        let text = Playground::opening_manifest();
        assert_eq!(playground.differences(text), Differences::default());
        let edited = text.replace("filebeat:8.10.0", "filebeat:8.11.0");
        let found = playground.differences(&edited);
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let only = |one: &str, other: &str| {
            let other = lines(other);
            lines(one).into_iter().filter(|it| !other.contains(it)).collect::<Vec<_>>()
        };
        let image = "image: docker.elastic.co/beats/filebeat:";
        let gone = only(&found.live, &found.applied);
        assert!(gone.iter().any(|it| it.ends_with(&format!("{image}8.10.0"))), "{gone:?}");
        let new = only(&found.applied, &found.live);
        assert!(new.iter().any(|it| it.ends_with(&format!("{image}8.11.0"))), "{new:?}");

        // Somebody else has changed the live object meanwhile.
        let line = "kubectl -n kube-system set image ds/node-logger filebeat=other:1";
        playground.kubectl(line, &Default::default());
        let found = playground.differences(text);
        assert!(found.live.contains("image: other:1"), "{}", found.live);
        assert!(found.applied.contains(&format!("{image}8.10.0")));

        // An object that is not there yet, and a text that is none.
        let found = playground.differences(&text.replace("name: node-logger", "name: new"));
        assert_eq!(found.live, "");
        assert!(found.applied.contains("name: new"));
        assert_eq!(playground.differences("a: ["), Differences::default());
    }
}

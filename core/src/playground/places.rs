//! Between the fields of a live DaemonSet and the lines of the text that describes it.

use serde_json::{Map, Value};

use crate::api::Toleration;
use crate::insight::Change;
use crate::manifest::{self, Document, Manifest};

/// A text in which the fields of one DaemonSet are looked up.
#[derive(Debug)]
pub struct Places {
    text: String,
    manifest: Manifest,
    /// The DaemonSet's document among those of the text.
    index: usize,
}

impl Places {
    /// The text, if it describes the DaemonSet (`NAMESPACE/NAME`).
    pub fn of(text: &str, daemon_set: &str) -> Option<Places> {
        let (namespace, name) = daemon_set.split_once('/')?;
        let manifest = manifest::load(text);
        let is_it = |it: &Document| {
            it.kind == "DaemonSet"
                && it.name == name
                && it.namespace.as_deref().unwrap_or("default") == namespace
        };
        let index = manifest.documents.iter().rposition(is_it)?;
        Some(Places { text: text.to_owned(), manifest, index })
    }

    fn document(&self) -> &Document {
        &self.manifest.documents[self.index]
    }

    /// The line of a field, or of what is nearest above it.
    pub fn line(&self, path: &str) -> u32 {
        self.document().locate(path).start.line
    }

    /// The text with one more toleration, and the first line that is new; none where the layout
    /// cannot be kept.
    pub fn tolerating(&self, toleration: &Toleration) -> Option<(String, u32)> {
        let mut item = Map::new();
        let fields = [
            ("key", &toleration.key),
            ("operator", &toleration.operator),
            ("value", &toleration.value),
            ("effect", &toleration.effect),
        ];
        for (key, value) in fields {
            // `Equal` is what a toleration does without being told.
            if !value.is_empty() && &**value != "Equal" {
                item.insert(key.to_owned(), Value::from(&**value));
            }
        }
        let path = "spec.template.spec.tolerations".to_owned();
        let edit = Change::Push(path, Value::Object(item)).edit(self.document(), &self.text)?;
        let before = self.text.get(..edit.start as usize)?;
        let line = before.matches('\n').count() + 1;
        Some((edit.apply(&self.text)?, u32::try_from(line).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::Playground;

    #[test]
    fn fields_have_lines_and_a_toleration_is_put_where_it_belongs() {
        let text = Playground::opening_manifest();
        assert!(Places::of(text, "default/node-logger").is_none());
        let places = Places::of(text, "kube-system/node-logger").unwrap();
        assert_eq!(places.line("spec.template.spec.containers[0].image"), 19);
        let toleration = Toleration {
            key: "dedicated".into(),
            operator: "Equal".into(),
            value: "gpu".into(),
            effect: "NoSchedule".into(),
            toleration_seconds: None,
        };
        let (new, line) = places.tolerating(&toleration).unwrap();
        let added: Vec<&str> = new.lines().skip(line as usize - 1).take(4).collect();
        assert_eq!(
            added,
            [
                "      tolerations:",
                "      - effect: NoSchedule",
                "        key: dedicated",
                "        value: gpu"
            ]
        );
    }
}

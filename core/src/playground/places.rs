//! Between the fields of a live DaemonSet and the lines of the text that describes it.

use serde_json::{Map, Value};

use crate::api::field_error::FieldPath;
use crate::api::{DaemonSet, Name, Node, Taint, TaintEffect, Toleration, defaults, json};
use crate::insight::Change;
use crate::manifest::{self, Document, Manifest};
use crate::sim::Cluster;

/// Lines that are proposed for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// The text with them.
    pub text: String,
    /// Where the first of them stands.
    pub line: u32,
    /// The lines.
    pub lines: Vec<String>,
}

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

    /// Which nodes a line lets in and which it keeps out: a key of the `nodeSelector`, a term of
    /// the required affinity, or a toleration, which keeps nobody out. None of any other line.
    pub fn lets(&self, cluster: &Cluster, line: u32) -> Option<(Vec<Name>, Vec<Name>)> {
        let document = self.document();
        let mut object = document.object.clone();
        defaults::daemon_set(&mut object);
        let spec = DaemonSet::from_json(&object).template.spec.clone();
        let path = FieldPath::new("spec").child("template").child("spec");
        let is_there = |path: FieldPath| {
            let span = document.locate(&String::from(path));
            (span.start.line..=span.end.line.max(span.start.line)).contains(&line)
        };
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        let mut sort = |lets: &dyn Fn(&Node) -> bool| {
            for node in cluster.store().nodes() {
                let list = if lets(node) { &mut inside } else { &mut outside };
                list.push(node.meta.name.clone());
            }
        };
        let selector = path.child("nodeSelector");
        let key = spec.node_selector.iter().find(|it| is_there(selector.key(it.0)));
        let terms = path
            .child("affinity")
            .child("nodeAffinity")
            .child("requiredDuringSchedulingIgnoredDuringExecution")
            .child("nodeSelectorTerms");
        let mut all_terms = spec.required_terms.iter().flatten().enumerate();
        let term = all_terms.find(|it| is_there(terms.index(it.0)));
        let tolerations = path.child("tolerations");
        let mut all_tolerations = spec.tolerations.iter().enumerate();
        let toleration = all_tolerations.find(|it| is_there(tolerations.index(it.0)));
        if let Some((key, value)) = key {
            sort(&|it| it.meta.labels.get(key) == Some(value));
        } else if let Some((_, term)) = term {
            sort(&|it| term.matches(&it.meta.name, &it.meta.labels));
        } else if let Some((_, toleration)) = toleration {
            sort(&|it| it.taints.iter().any(|taint| toleration.tolerates(taint)));
            outside.clear();
        } else {
            return None;
        }
        Some((inside, outside))
    }

    /// The text with more tolerations; none where the layout cannot be kept, or the text tolerates
    /// as much already.
    pub fn tolerating(&self, tolerations: &[Toleration]) -> Option<Insertion> {
        let mut text = self.text.clone();
        let mut first = None::<u32>;
        for toleration in tolerations {
            let manifest = manifest::load(&text);
            let places = Places { text, manifest, index: self.index };
            let (new, line) = match places.with(toleration) {
                Some((new, line)) => (new, Some(line)),
                None => (places.text, None),
            };
            text = new;
            first = first.or(line);
        }
        let line = first?;
        let count = text.lines().count().saturating_sub(self.text.lines().count());
        let mut lines = Vec::new();
        lines.extend(text.lines().skip(line as usize - 1).take(count).map(str::to_owned));
        Some(Insertion { text, line, lines })
    }

    /// The text with one more toleration, and the first line that is new.
    fn with(&self, toleration: &Toleration) -> Option<(String, u32)> {
        let effect = TaintEffect::parse(&toleration.effect)?;
        let value = toleration.value.clone();
        let taint = Taint { value, ..Taint::new(&toleration.key, effect) };
        let spec = json::at(&self.document().object, &["spec", "template", "spec"]);
        let mut written = json::list(spec, "tolerations").iter().map(Toleration::from_json);
        if written.any(|it| it.tolerates(&taint)) {
            return None;
        }
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
    fn a_line_lets_nodes_in_or_keeps_them_out() {
        let playground = Playground::open(1);
        let text = "apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      nodeSelector:
        gpu: 'true'
      tolerations:
      - key: dedicated
        operator: Exists
      containers: [{name: agent, image: agent}]
";
        let places = Places::of(text, "default/agent").unwrap();
        let lets = |line| places.lets(playground.cluster(), line);
        let (inside, outside) = lets(10).unwrap();
        assert_eq!(inside, ["gpu-1".into(), "gpu-2".into()] as [Name; 2]);
        assert_eq!(outside.len(), 7);
        let (inside, outside) = lets(13).unwrap();
        assert_eq!((inside.len(), outside.len()), (2, 0));
        assert_eq!(lets(14), None);
        assert_eq!(lets(99), None);
    }

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
        let other = Toleration { key: "other".into(), ..toleration.clone() };
        let new = places.tolerating(std::slice::from_ref(&toleration)).unwrap();
        assert_eq!(new.text.lines().nth(new.line as usize - 1), Some("      tolerations:"));
        assert_eq!(
            new.lines,
            [
                "      tolerations:",
                "      - key: dedicated",
                "        value: gpu",
                "        effect: NoSchedule"
            ]
        );
        // Once is enough.
        let places = Places::of(&new.text, "kube-system/node-logger").unwrap();
        assert!(places.tolerating(std::slice::from_ref(&toleration)).is_none());
        // Of two, what is missing.
        let both = places.tolerating(&[toleration.clone(), other.clone()]).unwrap();
        assert_eq!(both.lines.len(), 3, "{:?}", both.lines);
        assert!(both.lines.iter().any(|it| it.contains("key: other")), "{:?}", both.lines);
        let places = Places::of(text, "kube-system/node-logger").unwrap();
        let both = places.tolerating(&[toleration, other]).unwrap();
        assert_eq!((both.line, both.lines.len()), (new.line, 7));
    }
}

//! The playground as the API server that kubectl talks to.

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::api::json::at;
use crate::api::{Labels, Name, Time};
use crate::kubectl::{Output, Resource, Server, Texts};
use crate::playground::{Playground, Shell};
use crate::sim::{ApiError, DisruptionBudget, Input, Outcome, Stored};

/// A kubelet renews its lease this often, in milliseconds.
const RENEWAL: i64 = 10_000;

impl Server for Playground {
    fn now(&self) -> i64 {
        self.cluster().calendar().unix_seconds_at_zero * 1000 + self.cluster().now().0
    }

    fn list(&self, resource: &Resource) -> Vec<Value> {
        let store = self.cluster().store();
        let encoder = self.encoder();
        let mut objects: Vec<Value> = match resource.plural {
            "pods" => store.pods().map(|it| encoder.pod(it)).collect(),
            "nodes" => store.nodes().map(|it| encoder.node(it)).collect(),
            "daemonsets" => store
                .daemon_sets()
                .map(|it| with_template(encoder.daemon_set(it), "/spec"))
                .collect(),
            "controllerrevisions" => store
                .revisions()
                .map(|it| with_template(encoder.revision(it), "/data/spec"))
                .collect(),
            "deployments" => store.deployments().map(|it| encoder.deployment(it)).collect(),
            "replicasets" => store.replica_sets().map(|it| encoder.replica_set(it)).collect(),
            "namespaces" => store.namespaces().map(|it| self.namespace(it)).collect(),
            "leases" => self.leases(),
            "events" => self.cluster().events().iter().map(|it| self.event(it, &encoder)).collect(),
            _ => {
                let of_kind = store
                    .stored()
                    .filter(|it| *it.kind == *resource.kind && group_of(it) == resource.group);
                let objects = of_kind.filter_map(|it| stored(it, &encoder));
                objects.map(|it| self.with_budget(resource, it)).collect()
            }
        };
        for object in &mut objects {
            *object = self.imported.laid_over(resource, std::mem::take(object));
        }
        if resource.plural == "events" {
            objects.extend(self.imported.events.iter().cloned());
        }
        let key = |it: &Value, key: &str| at(it, &["metadata", key]).as_str().map(str::to_owned);
        objects.sort_by_cached_key(|it| (key(it, "namespace"), key(it, "name")));
        objects
    }

    fn find(&self, resource: &Resource, namespace: &str, name: &str) -> Option<Value> {
        let store = self.cluster().store();
        let encoder = self.encoder();
        let found = match resource.plural {
            "nodes" => store.node(name).map(|it| encoder.node(it)),
            "daemonsets" => {
                let found = store.daemon_set(&namespace.into(), &name.into());
                found.map(|it| with_template(encoder.daemon_set(it), "/spec"))
            }
            "pods" => {
                let found = store.pod_named(&namespace.into(), &name.into());
                found.map(|it| encoder.pod(it))
            }
            "deployments" => {
                let found = store.deployment(&namespace.into(), &name.into());
                found.map(|it| encoder.deployment(it))
            }
            "replicasets" | "controllerrevisions" | "namespaces" | "leases" | "events" => {
                let key = |it: &Value, key: &str| {
                    at(it, &["metadata", key]).as_str().unwrap_or_default().to_owned()
                };
                let mut objects = self.list(resource).into_iter();
                return objects
                    .find(|it| key(it, "name") == name && key(it, "namespace") == namespace);
            }
            _ => {
                let found = store.stored_named(resource.kind, &namespace.into(), &name.into());
                let found = found.filter(|it| group_of(it) == resource.group);
                let found = found.and_then(|it| stored(it, &encoder));
                found.map(|it| self.with_budget(resource, it))
            }
        };
        found.map(|it| self.imported.laid_over(resource, it))
    }

    fn tried(
        &self,
        input: Input,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Value>, ApiError> {
        let mut probe = self.clone();
        probe.act(input)?;
        Ok(probe.find(resource, namespace, name))
    }

    fn has_namespace(&self, name: &str) -> bool {
        self.cluster().store().has_namespace(name)
    }

    fn send(&mut self, input: Input, is_dry_run: bool) -> Result<Outcome, ApiError> {
        if is_dry_run {
            return self.timeline.real().input(&input);
        }
        self.act(input)
    }
}

impl Playground {
    /// Carries out a line of kubectl. If it has to wait, virtual time runs until it is done, at
    /// most an hour.
    pub fn kubectl(&mut self, line: &str, texts: &Texts) -> Output {
        let mut shell = Shell::of(texts.files.clone());
        self.run_line(line, &texts.stdin, &mut shell)
    }

    /// The status of a PodDisruptionBudget is counted when somebody asks; a given one is kept.
    fn with_budget(&self, resource: &Resource, mut object: Value) -> Value {
        if resource.plural != "poddisruptionbudgets" || object.get("status").is_some() {
            return object;
        }
        if let Some(budget) = DisruptionBudget::from_json(&object, self.cluster().store()) {
            object["status"] = json!({
                "currentHealthy": budget.current_healthy,
                "desiredHealthy": budget.desired_healthy,
                "disruptionsAllowed": budget.disruptions_allowed,
                "expectedPods": budget.expected_pods,
            });
        }
        object
    }

    /// Leases as they were stored, and one for each other node, which its kubelet renews every ten
    /// seconds.
    fn leases(&self) -> Vec<Value> {
        let store = self.cluster().store();
        let of_kind = store.stored().filter(|it| &*it.kind == "Lease");
        let mut leases: Vec<Value> =
            of_kind.filter_map(|it| serde_json::from_str(&it.body).ok()).collect();
        let calendar = self.encoder().calendar;
        for node in store.nodes() {
            let name = &node.meta.name;
            if leases.iter().any(|it| *at(it, &["metadata", "name"]) == **name)
                || self.imported.is_any()
            {
                continue;
            }
            let stopped = store.world().machine(name).kubelet_stopped;
            let heard = stopped.unwrap_or(self.cluster().now());
            let renewed = Time(heard.0.div_euclid(RENEWAL) * RENEWAL).max(node.meta.created);
            leases.push(json!({
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {
                    "name": &**name,
                    "namespace": "kube-node-lease",
                    "creationTimestamp": calendar.rfc3339(node.meta.created),
                },
                "spec": {
                    "holderIdentity": &**name,
                    "leaseDurationSeconds": 40,
                    "renewTime": calendar.rfc3339(renewed),
                },
            }));
        }
        leases
    }

    fn namespace(&self, name: &Name) -> Value {
        let is_terminating = self.cluster().store().is_namespace_terminating(name);
        let phase = if is_terminating { "Terminating" } else { "Active" };
        let store = self.cluster().store();
        let known = store.namespace(name).cloned().unwrap_or_default();
        let mut metadata = json!({
            "name": &**name,
            "creationTimestamp": self.encoder().calendar.rfc3339(known.created),
            "labels": texts(&store.namespace_labels(name)),
        });
        if !known.annotations.is_empty() {
            metadata["annotations"] = texts(&known.annotations);
        }
        json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": metadata,
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": phase},
        })
    }
}

fn texts(labels: &Labels) -> Value {
    let mut texts = serde_json::Map::new();
    for (key, value) in labels {
        texts.insert(key.to_string(), Value::from(&**value));
    }
    Value::Object(texts)
}

fn group_of(stored: &Stored) -> &str {
    stored.api_version.split_once('/').map_or("", |it| it.0)
}

/// An object that is only stored; the server adds when it came.
fn stored(stored: &Stored, encoder: &Encoder) -> Option<Value> {
    let mut object: Value = serde_json::from_str(&stored.body).ok()?;
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut)?;
    if !metadata.contains_key("creationTimestamp") {
        let created = Value::from(encoder.calendar.rfc3339(stored.created));
        metadata.insert("creationTimestamp".to_owned(), created);
    }
    Some(object)
}

/// The API prints the empty creation time of a template.
fn with_template(mut object: Value, path: &str) -> Value {
    let metadata = object.pointer_mut(&format!("{path}/template/metadata"));
    if let Some(metadata) = metadata.and_then(Value::as_object_mut) {
        metadata.insert("creationTimestamp".to_owned(), Value::Null);
    }
    object
}

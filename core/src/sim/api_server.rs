//! The API server for those outside: admission, defaulting, validation, and the writes that
//! kubectl asks for.
//!
//! Follows `pkg/registry/apps/daemonset/strategy.go` for generations. Objects of other kinds than
//! DaemonSet, Node and Namespace are stored and listed, not simulated.

use std::sync::Arc;

use serde_json::Value;

use crate::api::daemon_set::TEMPLATE_GENERATION;
use crate::api::node::ConditionStatus;
use crate::api::{DaemonSet, Labels, Name, Node, ObjectMeta, Taint, TaintEffect, Uid, json};
use crate::api::{defaults, validation};
use crate::sim::command::{Command, PodPatch};
use crate::sim::{ApiError, Cascade, Cluster, Input, Stored, node_lifecycle};

/// What the API server did with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It was there and is another one now.
    Configured,
    /// It was there and stays as it was.
    Unchanged,
    /// It is gone, or on its way.
    Deleted,
}

impl Outcome {
    /// The word that kubectl prints after `daemonset.apps/NAME`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
        }
    }
}

impl Cluster {
    /// Carries out what somebody outside asks for, now.
    pub fn input(&mut self, input: &Input) -> Result<Outcome, ApiError> {
        match input {
            Input::CreateNamespace { name } => self.create_namespace(name),
            Input::Apply { object } => self.apply(object),
            Input::Delete { resource, namespace, name, cascade } => {
                self.delete(resource, namespace, name, *cascade)
            }
            Input::AddNode { object } => self.add_node(object),
            Input::DeleteNode { node } => self.delete_node(node),
            Input::LabelNode { node, key, value } => self.label_node(node, key, value.as_ref()),
            Input::TaintNode { node, key, value, effect } => {
                let taint = Taint { key: key.clone(), value: value.clone(), effect: *effect };
                self.taint_node(node, taint)
            }
            Input::UntaintNode { node, key, effect } => self.untaint_node(node, key, *effect),
            Input::Cordon { node } => self.set_unschedulable(node, true),
            Input::Uncordon { node } => self.set_unschedulable(node, false),
        }
    }

    /// Takes a node as it is given, ready or not: the nodes that a scenario starts with.
    pub fn place_node(&mut self, object: &Value) {
        let mut node = Node::from_json(object);
        node.meta.uid = self.store.next_uid();
        node.meta.created = self.now();
        let change = self.store.put_node(node);
        self.commit(change);
    }

    /// Takes a DaemonSet without validation or defaulting: for the lock-step seam, whose recorded
    /// objects stand for themselves. The generation goes up when the spec changes.
    pub fn place_daemon_set(&mut self, object: &Value, counts_generation: bool) -> Outcome {
        let mut ds = DaemonSet::from_json(object);
        if counts_generation {
            let known = self.store.daemon_set(&ds.meta.namespace, &ds.meta.name);
            ds.template_generation = Some(template_generation(&ds, known.map(Arc::as_ref)));
        }
        self.write_daemon_set(ds)
    }

    /// Takes a pod as it is given.
    pub fn place_pod(&mut self, mut pod: crate::api::Pod) -> Uid {
        let uid = self.store.next_uid();
        pod.meta.uid = uid;
        pod.meta.created = self.now();
        let change = self.store.put_pod(pod);
        self.commit(change);
        uid
    }

    /// Limits the pods of a namespace, or lifts the limit.
    pub fn set_pod_quota(&mut self, namespace: &Name, limit: Option<u64>) {
        self.store.limit_pods(namespace, limit);
    }

    fn create_namespace(&mut self, name: &Name) -> Result<Outcome, ApiError> {
        if self.store.has_namespace(name) {
            return Err(ApiError::AlreadyExists { resource: "namespaces", name: name.clone() });
        }
        self.store.add_namespace(name.clone());
        self.commit(crate::sim::Change::Stored);
        Ok(Outcome::Created)
    }

    fn apply(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let text = |key| json::text(object, key).unwrap_or_default();
        match (&*text("apiVersion"), &*text("kind")) {
            ("apps/v1", "DaemonSet") => self.apply_daemon_set(object),
            ("v1", "Node") => self.apply_node(object),
            ("v1", "Namespace") => {
                let name = ObjectMeta::from_json(object).name;
                match self.create_namespace(&name) {
                    Err(ApiError::AlreadyExists { .. }) => Ok(Outcome::Unchanged),
                    outcome => outcome,
                }
            }
            _ => self.apply_stored(object),
        }
    }

    fn apply_stored(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let meta = ObjectMeta::from_json(object);
        let text = |key| json::text(object, key).unwrap_or_default();
        let stored = Stored {
            api_version: text("apiVersion"),
            kind: text("kind"),
            namespace: meta.namespace,
            name: meta.name,
            body: Name::default(),
        };
        let is_new = self.store.put_stored(object, stored);
        self.commit(crate::sim::Change::Stored);
        Ok(if is_new { Outcome::Created } else { Outcome::Configured })
    }

    fn apply_daemon_set(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let mut object = object.clone();
        let namespace = json::non_empty(json::field(&object, "metadata"), "namespace")
            .unwrap_or_else(|| "default".into());
        if !self.store.has_namespace(&namespace) {
            return Err(ApiError::NotFound { resource: "namespaces", name: namespace });
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("namespace".into(), Value::from(&*namespace));
        }
        defaults::daemon_set(&mut object);
        let name = ObjectMeta::from_json(&object).name;
        let known = self.store.daemon_set(&namespace, &name).cloned();
        let mut errors = validation::daemon_set(&object);
        if let Some(known) = &known {
            let old = serde_json::json!({"metadata": object["metadata"], "spec": *known.spec_body});
            errors = validation::daemon_set_update(&object, &old);
        }
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "DaemonSet", name, errors });
        }
        let mut ds = DaemonSet::from_json(&object);
        let generation = template_generation(&ds, known.as_deref());
        let annotations = Arc::make_mut(&mut ds.meta.annotations);
        annotations.insert(TEMPLATE_GENERATION.into(), generation.to_string().into());
        ds.template_generation = Some(generation);
        Ok(self.write_daemon_set(ds))
    }

    /// Creates or updates; identity, age and status stay with an object that is there.
    fn write_daemon_set(&mut self, mut ds: DaemonSet) -> Outcome {
        let known = self.store.daemon_set(&ds.meta.namespace, &ds.meta.name).cloned();
        let outcome = match &known {
            None => {
                ds.meta.uid = self.store.next_uid();
                ds.meta.generation = 1;
                ds.meta.created = self.now();
                Outcome::Created
            }
            Some(known) => {
                let has_changed = known.spec_body != ds.spec_body;
                ds.status = known.status;
                if known.template == ds.template {
                    ds.template = known.template.clone();
                }
                ds.meta = ObjectMeta {
                    labels: ds.meta.labels,
                    annotations: ds.meta.annotations,
                    generation: known.meta.generation + i64::from(has_changed),
                    ..known.meta.clone()
                };
                match has_changed || ds.meta != known.meta {
                    true => Outcome::Configured,
                    false => return Outcome::Unchanged,
                }
            }
        };
        let change = self.store.put_daemon_set(ds);
        self.commit(change);
        outcome
    }

    fn delete(
        &mut self,
        resource: &Name,
        namespace: &Name,
        name: &Name,
        cascade: Cascade,
    ) -> Result<Outcome, ApiError> {
        match &**resource {
            "daemonset" => {
                let not_found =
                    ApiError::NotFound { resource: "daemonsets.apps", name: name.clone() };
                let uid = self.store.daemon_set(namespace, name).ok_or(not_found)?.meta.uid;
                if cascade == Cascade::Orphan {
                    self.orphan_dependents(uid);
                }
                if let Some(change) = self.store.remove_daemon_set(uid) {
                    self.commit(change);
                }
                Ok(Outcome::Deleted)
            }
            "pod" => {
                let is_it = |meta: &ObjectMeta| meta.name == *name && meta.namespace == *namespace;
                let pod = self.store.pods().find(|it| is_it(&it.meta));
                let not_found = ApiError::NotFound { resource: "pods", name: name.clone() };
                let uid = pod.ok_or(not_found)?.meta.uid;
                self.execute_all(vec![Command::DeletePod { uid, grace_seconds: None }]);
                Ok(Outcome::Deleted)
            }
            "node" => self.delete_node(name),
            other => Err(ApiError::Client(format!(
                "the server doesn't have a resource type \"{other}\""
            ))),
        }
    }

    fn orphan_dependents(&mut self, owner: Uid) {
        let pods = self.store.pods_of(owner);
        let pods = pods.map(|it| Command::PatchPod(it.meta.uid, PodPatch::Controller(None)));
        let revisions = self.store.revisions_of(owner);
        let revisions = revisions.map(|it| Command::OrphanRevision(it.meta.uid));
        let commands: Vec<Command> = pods.chain(revisions).collect();
        self.execute_all(commands);
    }
}

/// Nodes.
impl Cluster {
    /// A kubelet registers its node: not ready, and tainted so, until it reports.
    fn add_node(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let errors = validation::node(object);
        let mut node = Node::from_json(object);
        let name = node.meta.name.clone();
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Node", name, errors });
        }
        if self.store.node(&name).is_some() {
            return Err(ApiError::AlreadyExists { resource: "nodes", name });
        }
        node.meta.uid = self.store.next_uid();
        node.meta.created = self.now();
        node.ready = ConditionStatus::False;
        node.ready_since = self.now().truncated();
        let not_ready = Taint::new(node_lifecycle::NOT_READY, TaintEffect::NoSchedule);
        if !node.taints.iter().any(|it| it.is_same(&not_ready)) {
            node.taints.push(not_ready);
        }
        let change = self.store.put_node(node);
        self.commit(change);
        Ok(Outcome::Created)
    }

    /// Labels, taints and cordon of a known node; an unknown one joins.
    fn apply_node(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let wanted = Node::from_json(object);
        if self.store.node(&wanted.meta.name).is_none() {
            return self.add_node(object);
        }
        let errors = validation::node(object);
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Node", name: wanted.meta.name, errors });
        }
        let name = wanted.meta.name.clone();
        self.change_node(&name, |node| {
            let labels = Arc::make_mut(&mut node.meta.labels);
            labels
                .extend(wanted.meta.labels.iter().map(|(key, value)| (key.clone(), value.clone())));
            if !wanted.taints.is_empty() {
                node.taints = wanted.taints;
            }
            node.unschedulable = wanted.unschedulable;
        })
    }

    fn delete_node(&mut self, name: &Name) -> Result<Outcome, ApiError> {
        let not_found = ApiError::NotFound { resource: "nodes", name: name.clone() };
        let change = self.store.remove_node(name).ok_or(not_found)?;
        self.commit(change);
        Ok(Outcome::Deleted)
    }

    fn label_node(
        &mut self,
        name: &Name,
        key: &Name,
        value: Option<&Name>,
    ) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| {
            let labels: &mut Labels = Arc::make_mut(&mut node.meta.labels);
            match value {
                Some(value) => drop(labels.insert(key.clone(), value.clone())),
                None => drop(labels.remove(key)),
            }
        })
    }

    fn taint_node(&mut self, name: &Name, taint: Taint) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| match node.taints.iter_mut().find(|it| it.is_same(&taint)) {
            Some(same) => *same = taint,
            None => node.taints.push(taint),
        })
    }

    fn untaint_node(
        &mut self,
        name: &Name,
        key: &Name,
        effect: Option<TaintEffect>,
    ) -> Result<Outcome, ApiError> {
        let is_it = |it: &Taint| it.key == *key && effect.is_none_or(|effect| effect == it.effect);
        if self.store.node(name).is_some_and(|node| !node.taints.iter().any(is_it)) {
            let effect = effect.map(|it| format!(":{}", it.as_str())).unwrap_or_default();
            return Err(ApiError::Client(format!("taint \"{key}{effect}\" not found")));
        }
        self.change_node(name, |node| node.taints.retain(|it| !is_it(it)))
    }

    fn set_unschedulable(&mut self, name: &Name, value: bool) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| node.unschedulable = value)
    }

    /// Writes a node if the change makes a difference and the result is valid.
    fn change_node(
        &mut self,
        name: &Name,
        change: impl FnOnce(&mut Node),
    ) -> Result<Outcome, ApiError> {
        let not_found = ApiError::NotFound { resource: "nodes", name: name.clone() };
        let known = self.store.node(name).ok_or(not_found)?.clone();
        let mut node = (*known).clone();
        change(&mut node);
        if node == *known {
            return Ok(Outcome::Unchanged);
        }
        let errors = validation::node(&node.to_json());
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Node", name: name.clone(), errors });
        }
        let change = self.store.put_node(node);
        self.commit(change);
        Ok(Outcome::Configured)
    }
}

/// 1 at creation unless the client asks for more, then one more with each change of the template.
fn template_generation(ds: &DaemonSet, known: Option<&DaemonSet>) -> i64 {
    match known {
        None => ds.template_generation.filter(|it| *it >= 1).unwrap_or(1),
        Some(known) => {
            known.template_generation.unwrap_or(0) + i64::from(known.template != ds.template)
        }
    }
}

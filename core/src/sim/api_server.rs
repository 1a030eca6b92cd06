//! The API server for those outside: admission, defaulting, validation, and the writes that
//! kubectl asks for.
//!
//! Objects of other kinds than DaemonSet, Node and Namespace are stored and listed, not simulated.

mod daemon_sets;
mod nodes;

use serde_json::Value;

use crate::api::{Name, ObjectMeta, Pod, Taint, Uid, json};
use crate::sim::command::{Command, PodPatch};
use crate::sim::{ApiError, Cascade, Change, Cluster, Input, Stored};

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

    /// Takes a pod as it is given.
    pub fn place_pod(&mut self, mut pod: Pod) -> Uid {
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
        self.commit(Change::Stored);
        Ok(Outcome::Created)
    }

    fn apply(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let text = |key| json::text(object, key).unwrap_or_default();
        match (&*text("apiVersion"), &*text("kind")) {
            ("apps/v1", "DaemonSet") => self.apply_daemon_set(object),
            ("v1", "Node") => self.apply_node(object),
            ("v1", "Namespace") => {
                let ObjectMeta { name, labels, .. } = ObjectMeta::from_json(object);
                self.store.label_namespace(name.clone(), labels);
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
        self.commit(Change::Stored);
        Ok(if is_new { Outcome::Created } else { Outcome::Configured })
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

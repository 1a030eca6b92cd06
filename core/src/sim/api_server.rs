//! The API server for those outside: admission, defaulting, validation, and the writes that
//! kubectl asks for.
//!
//! Objects of other kinds than DaemonSet, Deployment, ReplicaSet, Pod, Node and Namespace are
//! stored and listed, not simulated.

mod daemon_sets;
mod faults;
mod nodes;
mod patch;
mod pods;
mod workloads;

use serde_json::Value;

use crate::api::{Name, ObjectMeta, Taint, json};
use crate::sim::{ApiError, Cascade, Change, Cluster, Command, Input, Stored};

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
            Input::Create { object } => self.create(object),
            Input::Replace { object } => self.write_object(object),
            Input::Patch { resource, namespace, name, patch } => {
                self.patch(resource, namespace, name, patch)
            }
            Input::DeletePod { namespace, name, grace_seconds } => {
                self.delete_pod_by_name(namespace, name, *grace_seconds)
            }
            Input::Evict { namespace, name, grace_seconds } => {
                let not_found = ApiError::NotFound { resource: "pods", name: name.clone() };
                let pod = self.store.pod_named(namespace, name).ok_or(not_found)?;
                self.evict(pod.meta.uid, *grace_seconds)
            }
            Input::AddNode { object } => self.add_node(object),
            Input::AddNodes { templates, pattern, first, count } => {
                self.add_nodes(templates, pattern, *first, *count)
            }
            Input::DeleteNode { node } => self.delete_node(node),
            Input::LabelNode { node, key, value } => self.label_node(node, key, value.as_ref()),
            Input::TaintNode { node, key, value, effect } => {
                let taint = Taint { value: value.clone(), ..Taint::new(key, *effect) };
                self.taint_node(node, taint)
            }
            Input::UntaintNode { node, key, effect } => self.untaint_node(node, key, *effect),
            Input::Cordon { node } => self.set_unschedulable(node, true),
            Input::Uncordon { node } => self.set_unschedulable(node, false),
            Input::Drain { node, options } => self.drain(node, *options),
            Input::StopKubelet { node } => self.set_kubelet(node, false),
            Input::StartKubelet { node } => self.set_kubelet(node, true),
            Input::SetImageBehaviour { image, behaviour } => {
                self.set_image_behaviour(image, *behaviour)
            }
            Input::SetPressure { node, shortage, on } => self.set_pressure(node, *shortage, *on),
            Input::SetNetwork { node, on } => self.set_network(node, *on),
            Input::FillNode { node, cpu, memory } => self.fill_node(node, cpu, memory),
        }
    }

    /// Limits the pods of a namespace, or lifts the limit.
    pub fn set_pod_quota(&mut self, namespace: &Name, limit: Option<u64>) {
        self.store.limit_pods(namespace, limit);
    }

    fn create_namespace(&mut self, name: &Name) -> Result<Outcome, ApiError> {
        if self.store.has_namespace(name) {
            return Err(ApiError::AlreadyExists { resource: "namespaces", name: name.clone() });
        }
        let created = self.now();
        self.store.put_namespace(ObjectMeta { name: name.clone(), created, ..Default::default() });
        self.commit(Change::Stored);
        Ok(Outcome::Created)
    }

    /// Labels and annotations are all that can be changed of a namespace.
    pub(super) fn write_namespace(&mut self, meta: ObjectMeta) -> Outcome {
        let outcome = match self.store.namespace(&meta.name) {
            None => Outcome::Created,
            Some(known) => {
                let is_same = known.labels == meta.labels && known.annotations == meta.annotations;
                if is_same { Outcome::Unchanged } else { Outcome::Configured }
            }
        };
        if outcome != Outcome::Unchanged {
            self.store.put_namespace(ObjectMeta { created: self.now(), ..meta });
            self.commit(Change::Stored);
        }
        outcome
    }

    fn apply(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        self.write_object(&self.merged(object))
    }

    /// Creates an object, or makes one that is there the same.
    pub(super) fn write_object(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let text = |key| json::text(object, key).unwrap_or_default();
        match (&*text("apiVersion"), &*text("kind")) {
            ("apps/v1", "DaemonSet") => self.apply_daemon_set(object),
            ("apps/v1", "Deployment") => self.apply_deployment(object),
            ("apps/v1", "ReplicaSet") => self.apply_replica_set(object),
            ("v1", "Pod") => self.apply_pod(object),
            ("v1", "Node") => self.apply_node(object),
            ("v1", "Namespace") => Ok(self.write_namespace(ObjectMeta::from_json(object))),
            _ => self.apply_stored(object),
        }
    }

    #[inline(never)]
    fn apply_stored(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let meta = ObjectMeta::from_json(object);
        let text = |key| json::text(object, key).unwrap_or_default();
        let stored = Stored {
            api_version: text("apiVersion"),
            kind: text("kind"),
            namespace: meta.namespace,
            name: meta.name,
            created: self.now(),
            body: Name::default(),
        };
        let is_new = self.store.put_stored(object, stored);
        self.commit(Change::Stored);
        Ok(if is_new { Outcome::Created } else { Outcome::Configured })
    }

    #[inline(never)]
    fn delete(
        &mut self,
        resource: &Name,
        namespace: &Name,
        name: &Name,
        cascade: Cascade,
    ) -> Result<Outcome, ApiError> {
        match &**resource {
            "daemonset" => {
                let known = self.store.daemon_set(namespace, name).map(|it| it.meta.uid);
                self.delete_workload("daemonsets.apps", known, name, cascade)
            }
            "deployment" => {
                let known = self.store.deployment(namespace, name).map(|it| it.meta.uid);
                self.delete_workload("deployments.apps", known, name, cascade)
            }
            "replicaset" => {
                let known = self.store.replica_set(namespace, name).map(|it| it.meta.uid);
                self.delete_workload("replicasets.apps", known, name, cascade)
            }
            "pod" => self.delete_pod_by_name(namespace, name, None),
            "namespace" => self.delete_namespace(name),
            "node" => self.delete_node(name),
            "controllerrevision" => {
                let known = self.store.revision_named(namespace, name).map(|it| it.meta.uid);
                let resource = "controllerrevisions.apps";
                let uid = known.ok_or(ApiError::NotFound { resource, name: name.clone() })?;
                self.execute_all(vec![Command::DeleteRevision(uid)]);
                Ok(Outcome::Deleted)
            }
            other => {
                if !self.store.remove_stored(other, namespace, name) {
                    let fault = format!("the server doesn't have a resource type \"{other}\"");
                    return Err(ApiError::Client(fault));
                }
                self.commit(Change::Stored);
                Ok(Outcome::Deleted)
            }
        }
    }
}

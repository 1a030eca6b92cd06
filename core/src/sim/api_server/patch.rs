//! Changes of objects that are there: the merge of `kubectl apply`, and patches.

use std::sync::Arc;

use serde_json::Value;

use crate::api::encode::Encoder;
use crate::api::{Name, Node, ObjectMeta, json, merge};
use crate::sim::api_server::Outcome;
use crate::sim::{ApiError, Cluster};

/// What kind of workload an object is, with its namespace and name.
fn workload(object: &Value) -> Option<(&'static str, Name, Name)> {
    let resource = match &*json::text(object, "kind")? {
        "DaemonSet" => "daemonset",
        "Deployment" => "deployment",
        "ReplicaSet" => "replicaset",
        _ => return None,
    };
    let ObjectMeta { namespace, name, .. } = ObjectMeta::from_json(object);
    let namespace = if namespace.is_empty() { "default".into() } else { namespace };
    Some((resource, namespace, name))
}

/// The resource as messages name it.
fn plural(resource: &str) -> &'static str {
    match resource {
        "deployment" => "deployments.apps",
        "replicaset" => "replicasets.apps",
        _ => "daemonsets.apps",
    }
}

impl Cluster {
    /// A manifest laid over the object that it names, if workloads are meant; other objects are
    /// replaced.
    pub(super) fn merged(&self, manifest: &Value) -> Value {
        let Some((resource, namespace, name)) = workload(manifest) else {
            return manifest.clone();
        };
        let current = self.current(resource, &namespace, &name);
        merge::applied(manifest, &namespace, current.as_ref())
    }

    #[inline(never)]
    pub(super) fn create(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        if let Some((resource, namespace, name)) = workload(object)
            && self.current(resource, &namespace, &name).is_some()
        {
            return Err(ApiError::AlreadyExists { resource: plural(resource), name });
        }
        self.write_object(object)
    }

    /// An object as a client may change it.
    fn current(&self, resource: &str, namespace: &Name, name: &Name) -> Option<Value> {
        let encoder = Encoder { calendar: self.calendar(), seed: self.seed.0, now: self.now() };
        let object = match resource {
            "daemonset" => encoder.daemon_set(self.store.daemon_set(namespace, name)?),
            "deployment" => encoder.deployment(self.store.deployment(namespace, name)?),
            "replicaset" => encoder.replica_set(self.store.replica_set(namespace, name)?),
            _ => return None,
        };
        Some(merge::editable(&object))
    }

    #[inline(never)]
    pub(super) fn patch(
        &mut self,
        resource: &Name,
        namespace: &Name,
        name: &Name,
        patch: &Value,
    ) -> Result<Outcome, ApiError> {
        match &**resource {
            "daemonset" | "deployment" | "replicaset" => {
                let current = self.current(resource, namespace, name);
                let resource = plural(resource);
                let current = current.ok_or(ApiError::NotFound { resource, name: name.clone() })?;
                self.write_object(&merge::strategic(&current, patch))
            }
            "pod" => self.patch_pod_metadata(namespace, name, patch),
            "node" => self.patch_node(name, patch),
            "namespace" => self.patch_namespace(name, patch),
            kind => {
                let stored = self.store.stored_of_resource(kind, namespace, name);
                let body = stored.and_then(|it| serde_json::from_str::<Value>(&it.body).ok());
                let fault = || ApiError::Client(format!("changing a {kind} is not simulated"));
                let body = body.ok_or_else(fault)?;
                let patched = merge::strategic(&body, patch);
                if patched == body {
                    return Ok(Outcome::Unchanged);
                }
                self.write_object(&patched)
            }
        }
    }

    fn patch_namespace(&mut self, name: &Name, patch: &Value) -> Result<Outcome, ApiError> {
        let known = self.store.namespace(name).cloned();
        let known =
            known.ok_or(ApiError::NotFound { resource: "namespaces", name: name.clone() })?;
        let (labels, annotations) = merge::patched_texts(&known, patch);
        let (labels, annotations) = (Arc::new(labels), Arc::new(annotations));
        Ok(self.write_namespace(ObjectMeta { labels, annotations, ..(*known).clone() }))
    }

    /// Labels and annotations; of the rest of a pod hardly anything can be changed.
    fn patch_pod_metadata(
        &mut self,
        namespace: &Name,
        name: &Name,
        patch: &Value,
    ) -> Result<Outcome, ApiError> {
        let known = self.store.pod_named(namespace, name).cloned();
        let known = known.ok_or(ApiError::NotFound { resource: "pods", name: name.clone() })?;
        let (labels, annotations) = merge::patched_texts(&known.meta, patch);
        if labels == *known.meta.labels && annotations == *known.meta.annotations {
            return Ok(Outcome::Unchanged);
        }
        let mut pod = (*known).clone();
        (pod.meta.labels, pod.meta.annotations) = (Arc::new(labels), Arc::new(annotations));
        let change = self.store.put_pod(pod);
        self.commit(change);
        Ok(Outcome::Configured)
    }

    fn patch_node(&mut self, name: &Name, patch: &Value) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| {
            let (labels, annotations) = merge::patched_texts(&node.meta, patch);
            let spec = serde_json::json!({"spec": merge::strategic(
                json::field(&node.to_json(), "spec"),
                json::field(patch, "spec"),
            )});
            (node.meta.labels, node.meta.annotations) = (Arc::new(labels), Arc::new(annotations));
            if json::field(patch, "spec").is_object() {
                let patched = Node::from_json(&spec);
                (node.taints, node.unschedulable) = (patched.taints, patched.unschedulable);
            }
        })
    }
}

//! Writes to pods (`pkg/registry/core/pod/strategy.go`) and to namespaces.

use std::sync::Arc;

use serde_json::Value;

use crate::api::field_error::{FieldError, FieldPath};
use crate::api::pod::PodSpec;
use crate::api::{Labels, Name, ObjectMeta, Pod, Uid, defaults, json, validation};
use crate::sim::api_server::Outcome;
use crate::sim::command::Command;
use crate::sim::{ApiError, Change, Cluster, admission, disruption};

const IMMUTABLE: &str = "pod updates may not change fields other than \
    `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
    `spec.tolerations` (only additions to existing tolerations),\
    `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

impl Cluster {
    /// Takes a pod as it is given.
    pub fn place_pod(&mut self, mut pod: Pod) -> Uid {
        let uid = self.store.next_uid();
        pod.meta.uid = uid;
        pod.meta.created = self.now();
        let change = self.store.put_pod(pod);
        self.commit(change);
        uid
    }

    /// Creates a pod that no controller looks after. Of one that is there, labels and annotations
    /// can change; upstream allows a few fields of the spec as well.
    #[inline(never)]
    pub(super) fn apply_pod(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let (mut object, namespace) = self.in_namespace(object)?;
        // Admission computes the priority from what was written.
        let written = PodSpec::from_json(Arc::new(json::field(&object, "spec").clone()));
        let priority = admission::priority(&self.store, &written.scheduling);
        defaults::pod(&mut object);
        let name = ObjectMeta::from_json(&object).name;
        let errors = validation::pod(&object);
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Pod", name, errors });
        }
        let mut pod = Pod::from_json(&object, self.now());
        let Some(known) = self.store.pod_named(&namespace, &name).cloned() else {
            self.admit_new("pods", &namespace, &name)?;
            let forbidden = |reason: String| {
                ApiError::Forbidden(format!("pods \"{name}\" is forbidden: {reason}"))
            };
            pod.priority = priority.map_err(forbidden)?;
            admission::quota(&self.store, &namespace, 0).map_err(forbidden)?;
            pod.status = Default::default();
            if pod.node_name.is_some() {
                pod.status.set_scheduled(true, self.now());
            }
            self.place_pod(pod);
            return Ok(Outcome::Created);
        };
        if known.spec.body != pod.spec.body {
            let errors = vec![FieldError::forbidden(&FieldPath::new("spec"), IMMUTABLE)];
            return Err(ApiError::Invalid { kind: "Pod", name, errors });
        }
        let mut changed = (*known).clone();
        merge(&mut changed.meta.labels, &pod.meta.labels);
        merge(&mut changed.meta.annotations, &pod.meta.annotations);
        if changed.meta == known.meta {
            return Ok(Outcome::Unchanged);
        }
        let change = self.store.put_pod(changed);
        self.commit(change);
        Ok(Outcome::Configured)
    }

    #[inline(never)]
    pub(super) fn delete_pod_by_name(
        &mut self,
        namespace: &Name,
        name: &Name,
        grace_seconds: Option<i64>,
    ) -> Result<Outcome, ApiError> {
        let not_found = ApiError::NotFound { resource: "pods", name: name.clone() };
        let uid = self.store.pod_named(namespace, name).ok_or(not_found)?.meta.uid;
        self.execute_all(vec![Command::DeletePod { uid, grace_seconds }]);
        Ok(Outcome::Deleted)
    }

    /// `POST pods/POD/eviction`.
    #[inline(never)]
    pub(in crate::sim) fn evict(
        &mut self,
        uid: Uid,
        grace_seconds: Option<i64>,
    ) -> Result<Outcome, ApiError> {
        let Some(pod) = self.store.pod(uid) else { return Ok(Outcome::Unchanged) };
        disruption::may_evict(pod, &self.store)?;
        let mut status = pod.status.clone();
        status.set_disruption("EvictionByEvictionAPI", "Eviction API: evicting", self.now());
        self.execute_all(vec![
            Command::SetPodStatus(uid, Box::new(status)),
            Command::DeletePod { uid, grace_seconds },
        ]);
        Ok(Outcome::Deleted)
    }

    /// The namespace stays until its controller has emptied it.
    #[inline(never)]
    pub(super) fn delete_namespace(&mut self, name: &Name) -> Result<Outcome, ApiError> {
        if ["default", "kube-system", "kube-public"].contains(&&**name) {
            return Err(ApiError::Forbidden(format!(
                "namespaces \"{name}\" is forbidden: this namespace may not be deleted"
            )));
        }
        if !self.store.has_namespace(name) {
            return Err(ApiError::NotFound { resource: "namespaces", name: name.clone() });
        }
        if !self.store.is_namespace_terminating(name) {
            self.store.terminate_namespace(name.clone());
            self.commit(Change::NamespaceTerminating(name.clone()));
        }
        Ok(Outcome::Deleted)
    }
}

/// What is not mentioned stays.
fn merge(own: &mut Arc<Labels>, applied: &Labels) {
    if applied.iter().any(|(key, value)| own.get(key) != Some(value)) {
        let pairs = applied.iter().map(|(key, value)| (key.clone(), value.clone()));
        Arc::make_mut(own).extend(pairs);
    }
}

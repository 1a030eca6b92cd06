//! Writes to Deployments and ReplicaSets (`pkg/registry/apps/{deployment,replicaset}/strategy.go`),
//! and what all objects in namespaces share.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::deployment::REVISION;
use crate::api::{Deployment, Name, ObjectMeta, ReplicaSet, Uid, defaults, json, validation};
use crate::sim::api_server::Outcome;
use crate::sim::command::Command;
use crate::sim::{ApiError, Cascade, Cluster};

impl Cluster {
    /// The object with its namespace, which must exist.
    pub(super) fn in_namespace(&self, object: &Value) -> Result<(Value, Name), ApiError> {
        let mut object = object.clone();
        let namespace = json::non_empty(json::field(&object, "metadata"), "namespace")
            .unwrap_or_else(|| "default".into());
        if !self.store.has_namespace(&namespace) {
            return Err(ApiError::NotFound { resource: "namespaces", name: namespace });
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("namespace".into(), Value::from(&*namespace));
        }
        Ok((object, namespace))
    }

    /// Nothing is created in a namespace that is being deleted.
    pub(super) fn admit_new(
        &self,
        resource: &str,
        namespace: &Name,
        name: &Name,
    ) -> Result<(), ApiError> {
        if !self.store.is_namespace_terminating(namespace) {
            return Ok(());
        }
        Err(ApiError::Forbidden(format!(
            "{resource} \"{name}\" is forbidden: unable to create new content in namespace \
             {namespace} because it is being terminated"
        )))
    }

    #[inline(never)]
    pub(super) fn apply_deployment(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let (mut object, namespace) = self.in_namespace(object)?;
        defaults::deployment(&mut object);
        let name = ObjectMeta::from_json(&object).name;
        let known = self.store.deployment(&namespace, &name).cloned();
        let errors = match &known {
            None => {
                self.admit_new("deployments.apps", &namespace, &name)?;
                validation::deployment(&object)
            }
            Some(known) => {
                let old = json!({"metadata": object["metadata"], "spec": *known.spec_body});
                validation::deployment_update(&object, &old)
            }
        };
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Deployment", name, errors });
        }
        let mut deployment = Deployment::from_json(&object);
        let Some(known) = known else {
            deployment.meta.uid = self.store.next_uid();
            deployment.meta.generation = 1;
            deployment.meta.created = self.now();
            let change = self.store.put_deployment(deployment);
            self.commit(change);
            return Ok(Outcome::Created);
        };
        if let Some(revision) = known.meta.annotations.get(REVISION) {
            let annotations = Arc::make_mut(&mut deployment.meta.annotations);
            annotations.insert(REVISION.into(), revision.clone());
        }
        let has_changed = known.spec_body != deployment.spec_body;
        deployment.status = known.status.clone();
        deployment.meta = updated_meta(deployment.meta, &known.meta, has_changed);
        if !has_changed && deployment.meta == known.meta {
            return Ok(Outcome::Unchanged);
        }
        let change = self.store.put_deployment(deployment);
        self.commit(change);
        Ok(Outcome::Configured)
    }

    #[inline(never)]
    pub(super) fn apply_replica_set(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let (mut object, namespace) = self.in_namespace(object)?;
        defaults::replica_set(&mut object);
        let name = ObjectMeta::from_json(&object).name;
        let known = self.store.replica_set(&namespace, &name).cloned();
        let errors = match &known {
            None => {
                self.admit_new("replicasets.apps", &namespace, &name)?;
                validation::replica_set(&object)
            }
            Some(known) => {
                validation::replica_set_update(&object, &json!({"spec": *known.spec_body}))
            }
        };
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "ReplicaSet", name, errors });
        }
        let mut set = ReplicaSet::from_json(&object);
        let Some(known) = known else {
            self.execute_all(vec![Command::PutReplicaSet(Box::new(set))]);
            return Ok(Outcome::Created);
        };
        let has_changed = known.template != set.template
            || known.replicas != set.replicas
            || known.min_ready_seconds != set.min_ready_seconds;
        set.status = known.status;
        set.meta = updated_meta(set.meta, &known.meta, has_changed);
        if !has_changed && set.meta == known.meta {
            return Ok(Outcome::Unchanged);
        }
        let change = self.store.put_replica_set(set);
        self.commit(change);
        Ok(Outcome::Configured)
    }

    /// Deletes an object that owns others, with its policy.
    #[inline(never)]
    pub(super) fn delete_workload(
        &mut self,
        resource: &'static str,
        uid: Option<Uid>,
        name: &Name,
        cascade: Cascade,
    ) -> Result<Outcome, ApiError> {
        let uid = uid.ok_or(ApiError::NotFound { resource, name: name.clone() })?;
        self.execute_all(vec![Command::DeleteOwner(uid, cascade)]);
        Ok(Outcome::Deleted)
    }
}

/// Identity and age stay; the generation goes up with a change of the spec.
fn updated_meta(applied: ObjectMeta, known: &ObjectMeta, has_changed: bool) -> ObjectMeta {
    ObjectMeta {
        labels: applied.labels,
        annotations: applied.annotations,
        generation: known.generation + i64::from(has_changed),
        ..known.clone()
    }
}

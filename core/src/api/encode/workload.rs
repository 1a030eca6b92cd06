//! Deployments and ReplicaSets as the API returns them.

use serde_json::{Value, json};

use crate::api::deployment::{DeploymentCondition, DeploymentStatus};
use crate::api::encode::Encoder;
use crate::api::replica_set::ReplicaSetStatus;
use crate::api::{Deployment, ReplicaSet};

impl Encoder {
    /// A Deployment.
    pub fn deployment(&self, deployment: &Deployment) -> Value {
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self.metadata(&deployment.meta),
            "spec": *deployment.spec_body,
            "status": self.deployment_status(&deployment.status),
        })
    }

    fn deployment_status(&self, status: &DeploymentStatus) -> Value {
        let figures = [
            ("replicas", status.replicas),
            ("updatedReplicas", status.updated_replicas),
            ("readyReplicas", status.ready_replicas),
            ("availableReplicas", status.available_replicas),
            ("unavailableReplicas", status.unavailable_replicas),
            ("observedGeneration", status.observed_generation),
        ];
        let mut object = json!({});
        put_figures(&mut object, &figures);
        if let Some(count) = status.collision_count {
            object["collisionCount"] = Value::from(count);
        }
        if !status.conditions.is_empty() {
            let conditions = status.conditions.iter();
            object["conditions"] = conditions.map(|it| self.deployment_condition(it)).collect();
        }
        object
    }

    fn deployment_condition(&self, condition: &DeploymentCondition) -> Value {
        json!({
            "type": condition.kind,
            "status": condition.status,
            "reason": condition.reason,
            "message": &*condition.message,
            "lastUpdateTime": self.time(condition.updated),
            "lastTransitionTime": self.time(condition.since),
        })
    }

    /// A ReplicaSet.
    pub fn replica_set(&self, set: &ReplicaSet) -> Value {
        let mut spec = (*set.spec_body).clone();
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("replicas".into(), Value::from(set.replicas));
            spec.remove("minReadySeconds");
            if set.min_ready_seconds > 0 {
                spec.insert("minReadySeconds".into(), Value::from(set.min_ready_seconds));
            }
        }
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": self.metadata(&set.meta),
            "spec": spec,
            "status": replica_set_status(&set.status),
        })
    }
}

fn replica_set_status(status: &ReplicaSetStatus) -> Value {
    let figures = [
        ("fullyLabeledReplicas", status.fully_labeled_replicas),
        ("readyReplicas", status.ready_replicas),
        ("availableReplicas", status.available_replicas),
        ("observedGeneration", status.observed_generation),
    ];
    let mut object = json!({"replicas": status.replicas});
    put_figures(&mut object, &figures);
    object
}

/// Figures that upstream marks `omitempty` are left out when they are zero.
fn put_figures(object: &mut Value, figures: &[(&str, i64)]) {
    for (key, figure) in figures.iter().filter(|(_, figure)| *figure != 0) {
        object[*key] = Value::from(*figure);
    }
}

//! Deployments: rollouts from one ReplicaSet to the next.

use std::sync::Arc;

use serde_json::Value;

use crate::api::int_or_string::{Budget, resolve_deployment};
use crate::api::selector::LabelSelector;
use crate::api::template::PodTemplate;
use crate::api::{Name, ObjectMeta, Time, json};

/// The annotation that numbers the revisions, on Deployments and their ReplicaSets.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// `spec.strategy.type`; the budget of a rolling update is resolved from `spec_body`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentStrategy {
    /// New pods come while old ones go.
    RollingUpdate,
    /// All old pods go first.
    Recreate,
}

/// A condition of a Deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentCondition {
    /// `Available` or `Progressing`.
    pub kind: &'static str,
    /// `True`, `False` or `Unknown`.
    pub status: &'static str,
    /// `MinimumReplicasAvailable`, …
    pub reason: &'static str,
    /// In words.
    pub message: Name,
    /// `lastUpdateTime`.
    pub updated: Time,
    /// `lastTransitionTime`.
    pub since: Time,
}

/// `status`, as the controller wrote it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentStatus {
    /// `replicas`: active pods of all its ReplicaSets.
    pub replicas: i64,
    /// `updatedReplicas`: those of the present template.
    pub updated_replicas: i64,
    /// `readyReplicas`.
    pub ready_replicas: i64,
    /// `availableReplicas`.
    pub available_replicas: i64,
    /// `unavailableReplicas`.
    pub unavailable_replicas: i64,
    /// `observedGeneration`.
    pub observed_generation: i64,
    /// `collisionCount`.
    pub collision_count: Option<i32>,
    /// Conditions, in the order in which they were set.
    pub conditions: Vec<DeploymentCondition>,
}

impl DeploymentStatus {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&DeploymentCondition> {
        self.conditions.iter().find(|it| it.kind == kind)
    }
}

/// A Deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Metadata; `generation` counts changes of the spec.
    pub meta: ObjectMeta,
    /// Which ReplicaSets and pods are its own.
    pub selector: LabelSelector,
    /// What its pods are made from.
    pub template: Arc<PodTemplate>,
    /// `spec.replicas`.
    pub replicas: i64,
    /// How pods are replaced.
    pub strategy: DeploymentStrategy,
    /// `minReadySeconds`.
    pub min_ready_seconds: i64,
    /// `revisionHistoryLimit`.
    pub revision_history_limit: i64,
    /// `progressDeadlineSeconds`, unless it is the greatest number, which means never.
    pub progress_deadline_seconds: Option<i64>,
    /// `paused`.
    pub is_paused: bool,
    /// Status.
    pub status: DeploymentStatus,
    /// The defaulted `spec` as JSON.
    pub spec_body: Arc<Value>,
}

impl Deployment {
    /// Reads a defaulted Deployment; the API server sets the rest of the metadata.
    pub fn from_json(object: &Value) -> Deployment {
        let spec = json::field(object, "spec");
        let never = i64::from(i32::MAX);
        Deployment {
            meta: ObjectMeta::from_json(object),
            selector: LabelSelector::from_json(json::field(spec, "selector")),
            template: Arc::new(PodTemplate::from_json(json::field(spec, "template"))),
            replicas: json::integer(spec, "replicas").unwrap_or(1),
            strategy: match json::at(spec, &["strategy", "type"]).as_str() {
                Some("Recreate") => DeploymentStrategy::Recreate,
                _ => DeploymentStrategy::RollingUpdate,
            },
            min_ready_seconds: json::integer(spec, "minReadySeconds").unwrap_or(0),
            revision_history_limit: json::integer(spec, "revisionHistoryLimit").unwrap_or(10),
            progress_deadline_seconds: json::integer(spec, "progressDeadlineSeconds")
                .filter(|it| *it != never),
            is_paused: json::flag(spec, "paused"),
            status: DeploymentStatus::default(),
            spec_body: Arc::new(spec.clone()),
        }
    }

    /// How many pods a rollout may have too many, and how many too few. Validated objects always
    /// have one; a strategy that cannot be read allows nothing.
    pub fn budget(&self) -> Budget {
        let none = Budget { surge: 0, unavailable: 0 };
        if self.strategy == DeploymentStrategy::Recreate {
            return none;
        }
        let budget = resolve_deployment(json::field(&self.spec_body, "strategy"), self.replicas)
            .unwrap_or(none);
        Budget { unavailable: budget.unavailable.min(self.replicas), ..budget }
    }

    /// The number in its revision annotation.
    pub fn revision(&self) -> Option<i64> {
        self.meta.annotations.get(REVISION)?.parse().ok()
    }
}

//! DaemonSets and their ControllerRevisions.

use std::sync::Arc;

use serde_json::Value;

use crate::api::int_or_string::{Budget, IntOrStringError, resolve};
use crate::api::selector::LabelSelector;
use crate::api::template::PodTemplate;
use crate::api::{Name, ObjectMeta, json};

/// The annotation through which the API shows the internal template generation.
pub const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// `spec.updateStrategy.type`; the budgets of a rolling update are resolved from `spec_body`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStrategy {
    /// Replace pods node by node.
    RollingUpdate,
    /// Replace a pod only when somebody deletes it.
    OnDelete,
}

/// `status`, as the controller wrote it last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaemonSetStatus {
    /// `currentNumberScheduled`.
    pub current_number_scheduled: i32,
    /// `desiredNumberScheduled`.
    pub desired_number_scheduled: i32,
    /// `numberMisscheduled`.
    pub number_misscheduled: i32,
    /// `numberReady`.
    pub number_ready: i32,
    /// `numberAvailable`.
    pub number_available: i32,
    /// `numberUnavailable`.
    pub number_unavailable: i32,
    /// `updatedNumberScheduled`.
    pub updated_number_scheduled: i32,
    /// `observedGeneration`.
    pub observed_generation: i64,
    /// `collisionCount`.
    pub collision_count: Option<i32>,
}

/// A DaemonSet.
#[derive(Clone, Debug, PartialEq)]
pub struct DaemonSet {
    /// Metadata; `generation` counts changes of the spec.
    pub meta: ObjectMeta,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// What its pods are made from.
    pub template: Arc<PodTemplate>,
    /// How pods are replaced.
    pub update_strategy: UpdateStrategy,
    /// `minReadySeconds`.
    pub min_ready_seconds: i64,
    /// `revisionHistoryLimit`.
    pub revision_history_limit: i64,
    /// The internal template generation; none if the object does not carry the annotation.
    pub template_generation: Option<i64>,
    /// Status.
    pub status: DaemonSetStatus,
    /// The defaulted `spec` as JSON.
    pub spec_body: Arc<Value>,
}

impl DaemonSet {
    /// Reads a defaulted DaemonSet; the API server sets the rest of the metadata.
    pub fn from_json(object: &Value) -> DaemonSet {
        let meta = ObjectMeta::from_json(object);
        let spec = json::field(object, "spec");
        let strategy = json::field(spec, "updateStrategy");
        let annotation = meta.annotations.get(TEMPLATE_GENERATION);
        DaemonSet {
            selector: LabelSelector::from_json(json::field(spec, "selector")),
            template: Arc::new(PodTemplate::from_json(json::field(spec, "template"))),
            update_strategy: match json::field(strategy, "type").as_str() {
                Some("OnDelete") => UpdateStrategy::OnDelete,
                _ => UpdateStrategy::RollingUpdate,
            },
            min_ready_seconds: json::integer(spec, "minReadySeconds").unwrap_or(0),
            revision_history_limit: json::integer(spec, "revisionHistoryLimit").unwrap_or(10),
            template_generation: annotation.and_then(|it| it.parse().ok()),
            status: DaemonSetStatus::default(),
            spec_body: Arc::new(spec.clone()),
            meta,
        }
    }

    /// How many nodes an update may keep without an available pod or with a second one, when
    /// `desired` nodes should run the pod.
    pub fn budget(&self, desired: i64) -> Result<Budget, IntOrStringError> {
        resolve(json::field(&self.spec_body, "updateStrategy"), desired)
    }

    /// Whether updates surge at all, which is decided as if one node were desired.
    pub fn allows_surge(&self) -> bool {
        self.update_strategy == UpdateStrategy::RollingUpdate
            && self.budget(1).is_ok_and(|it| it.surge > 0)
    }
}

/// A snapshot of a DaemonSet's template with a number.
#[derive(Clone, Debug, PartialEq)]
pub struct ControllerRevision {
    /// Metadata; the label `controller-revision-hash` names the revision.
    pub meta: ObjectMeta,
    /// The template, byte for byte comparable.
    pub data: Arc<PodTemplate>,
    /// Its number; a rollback raises it.
    pub revision: i64,
}

/// The label that carries a revision's hash on revisions and pods.
pub const REVISION_HASH_LABEL: &str = "controller-revision-hash";

/// The label that carries the template generation on pods.
pub const TEMPLATE_GENERATION_LABEL: &str = "pod-template-generation";

impl ControllerRevision {
    /// The hash in its label.
    pub fn hash(&self) -> Option<&Name> {
        self.meta.labels.get(REVISION_HASH_LABEL)
    }
}

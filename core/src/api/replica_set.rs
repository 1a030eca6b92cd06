//! ReplicaSets: so many pods of one template.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::pod::PodSpec;
use crate::api::selector::LabelSelector;
use crate::api::template::PodTemplate;
use crate::api::{Name, ObjectMeta, defaults, json};

/// The label by which a Deployment tells the pods of its ReplicaSets apart.
pub const TEMPLATE_HASH_LABEL: &str = "pod-template-hash";

/// `status`, as the controller wrote it last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaSetStatus {
    /// `replicas`: active pods.
    pub replicas: i64,
    /// `fullyLabeledReplicas`: those that carry all labels of the template.
    pub fully_labeled_replicas: i64,
    /// `readyReplicas`.
    pub ready_replicas: i64,
    /// `availableReplicas`.
    pub available_replicas: i64,
    /// `observedGeneration`.
    pub observed_generation: i64,
}

/// A ReplicaSet.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaSet {
    /// Metadata; `generation` counts changes of the spec.
    pub meta: ObjectMeta,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// What its pods are made from.
    pub template: Arc<PodTemplate>,
    /// The spec of its pods, completed as admission does.
    pub pod_spec: Arc<PodSpec>,
    /// The template without `pod-template-hash`, as canonical JSON: what a Deployment compares with
    /// its own.
    pub plain_template: Name,
    /// `spec.replicas`.
    pub replicas: i64,
    /// `minReadySeconds`.
    pub min_ready_seconds: i64,
    /// Status.
    pub status: ReplicaSetStatus,
    /// The defaulted `spec` as JSON; `replicas` and `minReadySeconds` stand above.
    pub spec_body: Arc<Value>,
}

impl ReplicaSet {
    /// Reads a defaulted ReplicaSet; the API server sets the rest of the metadata.
    pub fn from_json(object: &Value) -> ReplicaSet {
        let spec = json::field(object, "spec");
        let template = json::field(spec, "template");
        ReplicaSet {
            meta: ObjectMeta::from_json(object),
            selector: LabelSelector::from_json(json::field(spec, "selector")),
            template: Arc::new(PodTemplate::from_json(template)),
            pod_spec: Arc::new(admitted_spec(template)),
            plain_template: without_hash(template),
            replicas: json::integer(spec, "replicas").unwrap_or(1),
            min_ready_seconds: json::integer(spec, "minReadySeconds").unwrap_or(0),
            status: ReplicaSetStatus::default(),
            spec_body: Arc::new(spec.clone()),
        }
    }
}

/// The pod spec of a template after admission: tolerations for five minutes, priority, service
/// account.
fn admitted_spec(template: &Value) -> PodSpec {
    let mut pod = json!({"spec": json::field(template, "spec")});
    defaults::pod(&mut pod);
    PodSpec::from_json(Arc::new(json::field(&pod, "spec").clone()))
}

/// `EqualIgnoreHash` compares this text.
fn without_hash(template: &Value) -> Name {
    let mut template = template.clone();
    let labels = template.get_mut("metadata").and_then(|it| it.get_mut("labels"));
    if let Some(labels) = labels.and_then(Value::as_object_mut) {
        labels.remove(TEMPLATE_HASH_LABEL);
    }
    template.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_pods_tolerate_a_broken_node_for_five_minutes() {
        let toleration = json!({
            "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute",
            "tolerationSeconds": 20,
        });
        let labels = json!({"app": "web", "pod-template-hash": "4b5"});
        let template = json!({
            "metadata": {"labels": labels},
            "spec": {"containers": [], "tolerations": [toleration]},
        });
        let set = ReplicaSet::from_json(&json!({"spec": {"template": template}}));
        let seconds: Vec<_> =
            set.pod_spec.tolerations.iter().map(|it| it.toleration_seconds).collect();
        assert_eq!(seconds, [Some(20), Some(300)]);
        assert_eq!(set.replicas, 1);
        assert!(set.plain_template.contains("web"));
        assert!(!set.plain_template.contains("pod-template-hash"));
    }
}

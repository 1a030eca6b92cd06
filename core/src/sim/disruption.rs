//! PodDisruptionBudgets: how many of the pods they select may be evicted now.
//!
//! Follows `pkg/controller/disruption/disruption.go` and `eviction.go` of
//! `pkg/registry/core/pod/storage`. The budget is computed when somebody asks, where upstream keeps
//! it in the status.

use std::sync::Arc;

use serde_json::Value;

use crate::api::int_or_string::IntOrString;
use crate::api::pod::Phase;
use crate::api::selector::LabelSelector;
use crate::api::{Name, Pod, json};
use crate::sim::{ApiError, Store, Stored};

/// A budget and what it allows at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Its name.
    pub name: Name,
    namespace: Name,
    selector: LabelSelector,
    always_allows_unhealthy: bool,
    /// Pods that it is about, those that should be there included.
    pub expected_pods: i64,
    /// How many of them are ready and are to stay.
    pub current_healthy: i64,
    /// How many of them have to be.
    pub desired_healthy: i64,
    /// How many may be evicted.
    pub disruptions_allowed: i64,
}

impl DisruptionBudget {
    /// Reads a budget and counts its pods; none if it selects nothing.
    pub fn from_json(object: &Value, store: &Store) -> Option<DisruptionBudget> {
        let (meta, spec) = (json::field(object, "metadata"), json::field(object, "spec"));
        let given = json::field(spec, "selector");
        given.is_object().then_some(())?;
        let selector = LabelSelector::from_json(given);
        let namespace = json::text(meta, "namespace").unwrap_or_default();
        let selected =
            |it: &&Arc<Pod>| it.meta.namespace == namespace && selector.matches(&it.meta.labels);
        let pods: Vec<&Arc<Pod>> = store.pods().filter(selected).collect();
        let is_healthy = |it: &&&Arc<Pod>| it.is_ready() && !it.meta.is_terminating();
        let current_healthy = pods.iter().filter(is_healthy).count() as i64;
        let amount = |key| IntOrString::from_value(json::field(spec, key));
        let counted = needs(amount("minAvailable"), amount("maxUnavailable"), &pods, store);
        // What has no scale, as a DaemonSet has none, allows nothing.
        let (expected_pods, desired_healthy) = counted.unwrap_or((0, 0));
        let spare = if expected_pods > 0 { current_healthy - desired_healthy } else { 0 };
        Some(DisruptionBudget {
            name: json::text(meta, "name").unwrap_or_default(),
            always_allows_unhealthy: json::field(spec, "unhealthyPodEvictionPolicy")
                == "AlwaysAllow",
            expected_pods,
            current_healthy,
            desired_healthy,
            disruptions_allowed: spare.max(0),
            namespace,
            selector,
        })
    }

    /// The budgets of a cluster.
    pub(super) fn all(store: &Store) -> Vec<DisruptionBudget> {
        let read = |it: &Arc<Stored>| {
            let mut object = serde_json::from_str::<Value>(&it.body).ok()?;
            // A manifest need not name its namespace.
            let namespace = if it.namespace.is_empty() { "default" } else { &*it.namespace };
            object["metadata"]["namespace"] = Value::from(namespace);
            DisruptionBudget::from_json(&object, store)
        };
        store.stored_of("PodDisruptionBudget").filter_map(read).collect()
    }

    /// Whether a pod is one of those that it is about.
    pub(super) fn protects(&self, pod: &Pod) -> bool {
        pod.meta.namespace == self.namespace && self.selector.matches(&pod.meta.labels)
    }
}

/// Expected pods, and how many have to be healthy (`getExpectedPodCount`); none if that cannot be
/// known.
fn needs(
    min_available: Option<IntOrString>,
    max_unavailable: Option<IntOrString>,
    pods: &[&Arc<Pod>],
    store: &Store,
) -> Option<(i64, i64)> {
    match (max_unavailable, min_available) {
        (Some(amount), _) => {
            let expected = expected_scale(pods, store)?;
            Some((expected, (expected - amount.scaled(expected, true).ok()?).max(0)))
        }
        (None, Some(IntOrString::Int(number))) => Some((pods.len() as i64, number.into())),
        (None, Some(percentage)) => {
            let expected = expected_scale(pods, store)?;
            Some((expected, percentage.scaled(expected, true).ok()?))
        }
        (None, None) => None,
    }
}

/// What the controllers of the pods want together. Pods without one do not count; a controller
/// without a scale makes the whole unknown.
fn expected_scale(pods: &[&Arc<Pod>], store: &Store) -> Option<i64> {
    let mut sets = Vec::new();
    for owner in pods.iter().filter_map(|it| it.meta.controller.as_ref()) {
        if !sets.contains(&owner.uid) {
            sets.push(owner.uid);
        }
    }
    let (mut sum, mut deployments) = (0, Vec::new());
    for uid in sets {
        let set = store.replica_set_by_uid(uid)?;
        match &set.meta.controller {
            Some(owner) if deployments.contains(&owner.uid) => {}
            Some(owner) => {
                sum += store.deployment_by_uid(owner.uid)?.replicas;
                deployments.push(owner.uid);
            }
            None => sum += set.replicas,
        }
    }
    Some(sum)
}

/// What the eviction API says to the eviction of a pod.
pub(super) fn may_evict(pod: &Pod, store: &Store) -> Result<(), ApiError> {
    let is_over = pod.is_terminal() || pod.status.phase == Phase::Pending;
    if is_over || pod.meta.is_terminating() {
        return Ok(());
    }
    let mut budgets = DisruptionBudget::all(store);
    budgets.retain(|it| it.protects(pod));
    let [budget] = budgets.as_slice() else {
        return match budgets.is_empty() {
            true => Ok(()),
            false => Err(ApiError::Internal(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource \
                 does not support."
                    .to_owned(),
            )),
        };
    };
    let is_enough = budget.current_healthy >= budget.desired_healthy && budget.desired_healthy > 0;
    let is_harmless = !pod.is_ready() && (budget.always_allows_unhealthy || is_enough);
    match is_harmless || budget.disruptions_allowed > 0 {
        true => Ok(()),
        false => Err(ApiError::TooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.".to_owned(),
        )),
    }
}

/// Which of these pods, the most important first, would go against a budget if all of them left
/// (`filterPodsWithPDBViolation`).
pub(super) fn violations(pods: &[&Arc<Pod>], budgets: &[DisruptionBudget]) -> Vec<bool> {
    let mut left: Vec<i64> = budgets.iter().map(|it| it.disruptions_allowed).collect();
    let violates = |pod: &&Arc<Pod>| {
        let mut violates = false;
        for (budget, left) in budgets.iter().zip(&mut left) {
            if !pod.meta.labels.is_empty() && !budget.selector.is_empty() && budget.protects(pod) {
                *left -= 1;
                violates |= *left < 0;
            }
        }
        violates
    };
    pods.iter().map(violates).collect()
}

//! What only admission and the scheduler read of a pod spec.

use serde_json::Value;

use crate::api::pod::{Container, claims::total_requests};
use crate::api::selector::{LabelSelector, NodeSelectorTerm};
use crate::api::{Labels, Name, ObjectMeta, json};

/// What a container without a request counts as when nodes are scored.
const SCORED_CPU: i64 = 100;
const SCORED_MEMORY: i64 = 200 * 1024 * 1024;

/// Priority, preferences, and how a pod gets on with others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheduling {
    /// `schedulerName` names another scheduler, which is not simulated.
    pub by_another: bool,
    /// `priorityClassName`.
    pub priority_class: Option<Name>,
    /// `priority` as written.
    pub priority: Option<i64>,
    /// `preemptionPolicy` as written.
    pub preemption_policy: Option<Name>,
    /// Preferred node affinity with its weights.
    pub preferred_nodes: Vec<(i64, NodeSelectorTerm)>,
    /// Required pod affinity.
    pub affinity: Vec<PodTerm>,
    /// Required pod anti-affinity.
    pub anti_affinity: Vec<PodTerm>,
    /// Preferred pod affinity with its weights; those of anti-affinity are negative.
    pub preferred_pods: Vec<(i64, PodTerm)>,
    /// `topologySpreadConstraints`.
    pub spread: Vec<SpreadConstraint>,
    /// Milli-cores and bytes that count when nodes are scored.
    pub scored: (i64, i64),
}

impl Scheduling {
    pub(super) fn from_json(spec: &Value, init: &[Container], main: &[Container]) -> Scheduling {
        let (required, preferred) = (
            "requiredDuringSchedulingIgnoredDuringExecution",
            "preferredDuringSchedulingIgnoredDuringExecution",
        );
        let affinity = |kind: &str| json::at(spec, &["affinity", kind]);
        let terms = |kind| json::list(affinity(kind), required).iter().map(PodTerm::from_json);
        let weighted = |kind, sign: i64| {
            json::list(affinity(kind), preferred).iter().map(move |it| {
                let term = PodTerm::from_json(json::field(it, "podAffinityTerm"));
                (sign * json::integer(it, "weight").unwrap_or(0), term)
            })
        };
        let nodes = json::list(affinity("nodeAffinity"), preferred).iter().map(|it| {
            let term = NodeSelectorTerm::from_json(json::field(it, "preference"));
            (json::integer(it, "weight").unwrap_or(0), term)
        });
        let scheduler = json::non_empty(spec, "schedulerName");
        let spread = json::list(spec, "topologySpreadConstraints").iter();
        Scheduling {
            by_another: scheduler.is_some_and(|it| &*it != "default-scheduler"),
            priority_class: json::non_empty(spec, "priorityClassName"),
            priority: json::integer(spec, "priority"),
            preemption_policy: json::non_empty(spec, "preemptionPolicy"),
            preferred_nodes: nodes.collect(),
            affinity: terms("podAffinity").collect(),
            anti_affinity: terms("podAntiAffinity").collect(),
            preferred_pods: weighted("podAffinity", 1)
                .chain(weighted("podAntiAffinity", -1))
                .collect(),
            spread: spread.map(SpreadConstraint::from_json).collect(),
            scored: scored_requests(spec, init, main),
        }
    }

    /// The topology keys that it mentions.
    pub fn topology_keys(&self) -> impl Iterator<Item = &Name> {
        let required = self.affinity.iter().chain(&self.anti_affinity);
        let preferred = self.preferred_pods.iter().map(|(_, it)| it);
        let spread = self.spread.iter().map(|it| &it.topology_key);
        required.chain(preferred).map(|it| &it.topology_key).chain(spread)
    }
}

/// `GetNonzeroRequests`: a request that is not given counts as a small one.
fn scored_requests(spec: &Value, init: &[Container], main: &[Container]) -> (i64, i64) {
    let assume = |key: &str, containers: &[Container]| -> Vec<Container> {
        let pairs = containers.iter().zip(json::list(spec, key));
        let assumed = pairs.map(|(container, given)| {
            let mut container = container.clone();
            let is_given = |name: &str| {
                let kinds = ["requests", "limits"].into_iter();
                kinds.into_iter().any(|it| !json::at(given, &["resources", it, name]).is_null())
            };
            if !is_given("cpu") {
                container.requests.cpu = SCORED_CPU;
            }
            if !is_given("memory") {
                container.requests.memory = SCORED_MEMORY;
            }
            container
        });
        assumed.collect()
    };
    let (init, main) = (assume("initContainers", init), assume("containers", main));
    let total = total_requests(&init, &main, json::field(spec, "overhead"));
    (total.cpu, total.memory)
}

/// One term of pod affinity or anti-affinity. `matchLabelKeys` and `mismatchLabelKeys` are not
/// read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodTerm {
    /// The node label whose value says what counts as the same place.
    pub topology_key: Name,
    /// Which pods; none selects nothing.
    pub selector: Option<LabelSelector>,
    /// In which namespaces.
    pub namespaces: Vec<Name>,
    /// And in namespaces with such labels.
    pub namespace_selector: Option<LabelSelector>,
}

impl PodTerm {
    /// Reads a term.
    pub fn from_json(term: &Value) -> PodTerm {
        PodTerm {
            topology_key: json::text(term, "topologyKey").unwrap_or_default(),
            selector: selector(term, "labelSelector"),
            namespaces: json::names(term, "namespaces"),
            namespace_selector: selector(term, "namespaceSelector"),
        }
    }

    /// Whether the term, of a pod in the namespace `owner`, is about a pod. Without namespaces
    /// and a selector of such, it is about the pods beside its owner.
    pub fn matches(
        &self,
        owner: &str,
        pod: &ObjectMeta,
        namespace_labels: impl FnOnce(&str) -> Labels,
    ) -> bool {
        let Some(selector) = &self.selector else { return false };
        if !selector.matches(&pod.labels) {
            return false;
        }
        let is_own = self.namespaces.is_empty() && self.namespace_selector.is_none();
        if is_own {
            return &*pod.namespace == owner;
        }
        let is_selected = |it: &LabelSelector| it.matches(&namespace_labels(&pod.namespace));
        self.namespaces.contains(&pod.namespace)
            || self.namespace_selector.as_ref().is_some_and(is_selected)
    }
}

/// One of `topologySpreadConstraints`.
#[derive(Clone, Debug, PartialEq)]
pub struct SpreadConstraint {
    /// By how many pods places may differ.
    pub max_skew: i64,
    /// The node label whose value says what counts as the same place.
    pub topology_key: Name,
    /// `DoNotSchedule`; the other kind only takes part in scores.
    pub is_required: bool,
    /// Which pods count.
    pub selector: Option<LabelSelector>,
    /// How many places there must be at least for the emptiest of them to count.
    pub min_domains: i64,
    /// Nodes that the pod's node affinity excludes do not count.
    pub honors_affinity: bool,
    /// Nodes whose taints the pod does not tolerate do not count.
    pub honors_taints: bool,
}

impl SpreadConstraint {
    /// Reads a constraint.
    pub fn from_json(constraint: &Value) -> SpreadConstraint {
        let text = |key| json::field(constraint, key);
        SpreadConstraint {
            max_skew: json::integer(constraint, "maxSkew").unwrap_or(1),
            topology_key: json::text(constraint, "topologyKey").unwrap_or_default(),
            is_required: text("whenUnsatisfiable") != "ScheduleAnyway",
            selector: selector(constraint, "labelSelector"),
            min_domains: json::integer(constraint, "minDomains").unwrap_or(1),
            honors_affinity: text("nodeAffinityPolicy") != "Ignore",
            honors_taints: text("nodeTaintsPolicy") == "Honor",
        }
    }

    /// Whether a pod counts.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.selector.as_ref().is_some_and(|it| it.matches(labels))
    }
}

fn selector(value: &Value, key: &str) -> Option<LabelSelector> {
    let selector = json::field(value, key);
    selector.is_object().then(|| LabelSelector::from_json(selector))
}

/// How important a pod is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    /// Higher goes first, and may push lower ones out.
    pub value: i64,
    /// `preemptionPolicy: Never`.
    pub never_preempts: bool,
}

impl Priority {
    /// What the spec itself says.
    pub fn given(spec: &Scheduling) -> Priority {
        Priority {
            value: spec.priority.unwrap_or(0),
            never_preempts: spec.preemption_policy.as_deref() == Some("Never"),
        }
    }
}

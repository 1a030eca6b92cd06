//! Which nodes a pod may go to (`Filter` of `pkg/scheduler/framework/plugins`).

use crate::api::resources::Resources;
use crate::api::selector::node_matches;
use crate::api::taint::first_untolerated;
use crate::api::{Node, Pod, Taint, TaintEffect};
use crate::sim::scheduler::view::View;
use crate::sim::scheduler::{affinity, spread};

/// Why a node refuses a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The plug-in that refused first.
    pub plugin: &'static str,
    /// Its reasons.
    pub reasons: Vec<String>,
    /// Whether fewer other pods could help.
    pub is_curable: bool,
}

impl Refusal {
    /// Only a change of the node helps.
    pub(super) fn hopeless(plugin: &'static str, reason: impl Into<String>) -> Refusal {
        Refusal { plugin, reasons: vec![reason.into()], is_curable: false }
    }

    /// It helps if other pods leave.
    pub(super) fn curable(plugin: &'static str, reason: impl Into<String>) -> Refusal {
        Refusal { plugin, reasons: vec![reason.into()], is_curable: true }
    }
}

type Filter = fn(&Pod, &Node, &View) -> Result<(), Refusal>;

/// In the order of the default profile. A pod that names its node never gets here, so NodeName
/// refuses nothing.
pub(super) const FILTERS: [Filter; 7] = [
    node_unschedulable,
    taint_toleration,
    node_affinity,
    node_ports,
    node_resources_fit,
    spread::filter,
    affinity::filter,
];

/// Those that an update of the node decides alone (`preCheckForNode`).
const ADMISSION: [Filter; 5] =
    [node_unschedulable, taint_toleration, node_affinity, node_ports, node_resources_fit];

/// The first filter that refuses decides.
pub(super) fn filter(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    FILTERS.iter().try_for_each(|filter| filter(pod, node, view))
}

/// Whether the node would have the pod if there were room enough around it.
pub(super) fn is_admitted(pod: &Pod, node: &Node, view: &View) -> bool {
    ADMISSION.iter().all(|filter| filter(pod, node, view).is_ok())
}

/// The filters with the pods in mind that wait for room there, and without them: they may leave
/// again, and the pod may depend on them (`RunFilterPluginsWithNominatedPods`).
pub(super) fn fits(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    if let Some(with_nominated) = view.with_nominated(pod, node) {
        filter(pod, node, &with_nominated)?;
    }
    filter(pod, node, view)
}

fn node_unschedulable(pod: &Pod, node: &Node, _: &View) -> Result<(), Refusal> {
    let taint = Taint::new("node.kubernetes.io/unschedulable", TaintEffect::NoSchedule);
    match node.unschedulable && !pod.spec.tolerations.iter().any(|it| it.tolerates(&taint)) {
        true => Err(Refusal::hopeless("NodeUnschedulable", "node(s) were unschedulable")),
        false => Ok(()),
    }
}

fn taint_toleration(pod: &Pod, node: &Node, _: &View) -> Result<(), Refusal> {
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute];
    match first_untolerated(&node.taints, &pod.spec.tolerations, &effects) {
        Some(taint) => {
            let reason =
                format!("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value);
            Err(Refusal::hopeless("TaintToleration", reason))
        }
        None => Ok(()),
    }
}

fn node_affinity(pod: &Pod, node: &Node, _: &View) -> Result<(), Refusal> {
    match fits_affinity(pod, node) {
        true => Ok(()),
        false => {
            let reason = "node(s) didn't match Pod's node affinity/selector";
            Err(Refusal::hopeless("NodeAffinity", reason))
        }
    }
}

/// Node selector and required affinity.
pub(super) fn fits_affinity(pod: &Pod, node: &Node) -> bool {
    let (name, labels) = (&node.meta.name, &node.meta.labels);
    let terms = pod.spec.required_terms.as_deref();
    match &pod.pin {
        // The pin stands for the terms of the template.
        Some(pin) => pin == name && node_matches(&pod.spec.node_selector, None, name, labels),
        None => node_matches(&pod.spec.node_selector, terms, name, labels),
    }
}

fn node_ports(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    let wanted = &pod.spec.host_ports;
    if wanted.is_empty() {
        return Ok(());
    }
    let mut taken = view.pods_on(&node.meta.name).flat_map(|it| it.spec.host_ports.iter());
    match taken.any(|taken| wanted.iter().any(|it| it.clashes_with(taken))) {
        true => {
            let reason = "node(s) didn't have free ports for the requested pod ports";
            Err(Refusal::curable("NodePorts", reason))
        }
        false => Ok(()),
    }
}

fn node_resources_fit(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    let in_use = view.in_use(&node.meta.name);
    let wanted = &pod.spec.requests;
    let reasons = missing_resources(wanted, &in_use.requests, in_use.pods, &node.allocatable);
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(Refusal { plugin: "NodeResourcesFit", reasons, is_curable: true }),
    }
}

/// `fitsRequest`: every resource that is short.
fn missing_resources(
    wanted: &Resources,
    used: &Resources,
    pod_count: i64,
    offered: &Resources,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if pod_count + 1 > offered.pods {
        reasons.push("Too many pods".to_owned());
    }
    let mut check = |name: &str, wanted: i64, used: i64, offered: i64| {
        if wanted > 0 && wanted > offered.saturating_sub(used) {
            reasons.push(format!("Insufficient {name}"));
        }
    };
    check("cpu", wanted.cpu, used.cpu, offered.cpu);
    check("memory", wanted.memory, used.memory, offered.memory);
    let storage = [wanted, used, offered].map(|it| it.ephemeral_storage);
    check("ephemeral-storage", storage[0], storage[1], storage[2]);
    let amount = |of: &Resources, name| of.extended.get(name).copied().unwrap_or(0);
    for (name, wanted) in &wanted.extended {
        check(name, *wanted, amount(used, name), amount(offered, name));
    }
    reasons
}

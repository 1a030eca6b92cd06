//! Whether a kubelet takes up a pod that is bound to its node.
//!
//! Follows `pkg/kubelet/lifecycle/predicate.go`, `AdmissionCheck` of
//! `pkg/scheduler/eventhandlers.go` and `Admit` of `pkg/kubelet/eviction/eviction_manager.go`. Left
//! out: making room for critical pods, devices, and the checks of the operating system.

use std::sync::Arc;

use crate::api::node::ConditionStatus;
use crate::api::resources::Resources;
use crate::api::selector::node_matches;
use crate::api::taint::first_untolerated;
use crate::api::{Name, Node, Pod, Taint, TaintEffect};
use crate::sim::Shortage;
use crate::sim::kubelet::eviction::is_critical;

/// Why a kubelet refuses a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `status.reason`.
    pub(super) reason: Name,
    /// The reason of the event: the same.
    pub(super) event: &'static str,
    /// What the event says; the status adds `Pod was rejected: `.
    pub(super) text: Name,
}

impl Refusal {
    fn new(reason: &'static str, text: impl Into<Name>) -> Refusal {
        Refusal { reason: reason.into(), event: reason, text: text.into() }
    }

    fn predicate(reason: &'static str, description: &str) -> Refusal {
        Refusal::new(reason, format!("Predicate {reason} failed: {description}"))
    }
}

/// The first reason to refuse a pod; `others` are those that the kubelet has taken up.
pub(super) fn refusal(pod: &Pod, node: &Node, others: &[&Arc<Pod>]) -> Option<Refusal> {
    under_pressure(pod, node)
        .or_else(|| out_of_resources(pod, node, others))
        .or_else(|| wrong_node(pod, node))
        .or_else(|| port_taken(pod, others))
        .or_else(|| untolerated(pod, node))
}

/// Critical pods are always taken. Short of memory alone, so are those that ask for resources or
/// tolerate it.
fn under_pressure(pod: &Pod, node: &Node) -> Option<Refusal> {
    let is_short =
        |it: &Shortage| node.conditions.of(it.condition()).status == ConditionStatus::True;
    let shortages: Vec<Shortage> = Shortage::ALL.into_iter().filter(is_short).collect();
    if shortages.is_empty() || is_critical(pod) {
        return None;
    }
    if shortages == [Shortage::Memory] {
        let taint = Taint::new("node.kubernetes.io/memory-pressure", TaintEffect::NoSchedule);
        let tolerates = pod.spec.tolerations.iter().any(|it| it.tolerates(&taint));
        if pod.spec.asks_for_resources() || tolerates {
            return None;
        }
    }
    let names: Vec<&str> = shortages.iter().map(|it| it.condition().as_str()).collect();
    let text = format!("The node had condition: [{}]. ", names.join(" "));
    Some(Refusal::new("Evicted", text))
}

fn out_of_resources(pod: &Pod, node: &Node, others: &[&Arc<Pod>]) -> Option<Refusal> {
    let offered = &node.allocatable;
    let count = others.len() as i64;
    let mut used = Resources::default();
    others.iter().for_each(|it| used.add(&it.spec.requests));
    let wanted = &pod.spec.requests;
    let rows = [
        ("OutOfpods", "pods", 1, count, offered.pods),
        ("OutOfcpu", "cpu", wanted.cpu, used.cpu, offered.cpu),
        ("OutOfmemory", "memory", wanted.memory, used.memory, offered.memory),
        (
            "OutOfephemeral-storage",
            "ephemeral-storage",
            wanted.ephemeral_storage,
            used.ephemeral_storage,
            offered.ephemeral_storage,
        ),
    ];
    let short = rows.into_iter().find(|it| it.2 > 0 && it.2 > it.4 - it.3);
    short.map(|(reason, name, wanted, used, offered)| {
        let figures = format!("requested: {wanted}, used: {used}, capacity: {offered}");
        Refusal::new(reason, format!("Node didn't have enough resource: {name}, {figures}"))
    })
}

fn wrong_node(pod: &Pod, node: &Node) -> Option<Refusal> {
    let (name, labels) = (&node.meta.name, &node.meta.labels);
    // The pin stands for the terms of the template.
    let terms = match &pod.pin {
        Some(pin) if pin != name => return Some(not_matching()),
        Some(_) => None,
        None => pod.spec.required_terms.as_deref(),
    };
    let fits = node_matches(&pod.spec.node_selector, terms, name, labels);
    (!fits).then(not_matching)
}

fn not_matching() -> Refusal {
    Refusal::predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
}

fn port_taken(pod: &Pod, others: &[&Arc<Pod>]) -> Option<Refusal> {
    let mut taken = others.iter().flat_map(|it| it.spec.host_ports.iter());
    let clashes = taken.any(|taken| pod.spec.host_ports.iter().any(|it| it.clashes_with(taken)));
    let description = "node(s) didn't have free ports for the requested pod ports";
    clashes.then(|| Refusal::predicate("NodePorts", description))
}

fn untolerated(pod: &Pod, node: &Node) -> Option<Refusal> {
    let effects = [TaintEffect::NoExecute];
    first_untolerated(&node.taints, &pod.spec.tolerations, &effects)?;
    let description = "node(s) had taints that the pod didn't tolerate";
    Some(Refusal::predicate("TaintToleration", description))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Time;
    use serde_json::{Value, json};

    #[test]
    fn refusals() {
        let none = json!({});
        let requests = |cpu: &str| json!({"resources": {"requests": {"cpu": cpu}}});
        let port = json!({"ports": [{"containerPort": 80, "hostPort": 80}]});
        let out_of_cpu = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, \
            capacity: 4000";
        let affinity = "Predicate NodeAffinity failed: \
            node(s) didn't match Pod's node affinity/selector";
        let ports = "Predicate NodePorts failed: \
            node(s) didn't have free ports for the requested pod ports";
        let taint = "Predicate TaintToleration failed: \
            node(s) had taints that the pod didn't tolerate";
        let disk = "The node had condition: [DiskPressure]. ";
        let all = "The node had condition: [MemoryPressure DiskPressure PIDPressure]. ";
        let memory = "The node had condition: [MemoryPressure]. ";
        let selector = json!({"nodeSelector": {"disk": "ssd"}});
        let critical = json!({"priority": 2_000_001_000});
        let tolerant = json!({"tolerations": [{"operator": "Exists"}]});
        let (disk_only, memory_only) = (["DiskPressure"], ["MemoryPressure"]);
        let three = ["MemoryPressure", "DiskPressure", "PIDPressure"];
        type Row<'a> =
            (&'a str, Value, Value, Vec<Value>, &'a [&'a str], bool, Option<(&'a str, &'a str)>);
        let rows: Vec<Row> = vec![
            ("fits", requests("1"), none.clone(), vec![requests("3")], &[], false, None),
            (
                "no cpu",
                requests("2"),
                none.clone(),
                vec![requests("3")],
                &[],
                false,
                Some(("OutOfcpu", out_of_cpu)),
            ),
            ("label", none.clone(), selector, vec![], &[], false, Some(("NodeAffinity", affinity))),
            (
                "port",
                port.clone(),
                none.clone(),
                vec![port],
                &[],
                false,
                Some(("NodePorts", ports)),
            ),
            (
                "NoExecute",
                none.clone(),
                none.clone(),
                vec![],
                &[],
                true,
                Some(("TaintToleration", taint)),
            ),
            ("tolerated", none.clone(), tolerant.clone(), vec![], &[], true, None),
            (
                "disk",
                requests("1"),
                tolerant.clone(),
                vec![],
                &disk_only,
                false,
                Some(("Evicted", disk)),
            ),
            ("critical", none.clone(), critical, vec![], &three, false, None),
            ("all", none.clone(), none.clone(), vec![], &three, false, Some(("Evicted", all))),
            (
                "best effort, memory",
                none.clone(),
                none.clone(),
                vec![],
                &memory_only,
                false,
                Some(("Evicted", memory)),
            ),
            ("burstable, memory", requests("1"), none.clone(), vec![], &memory_only, false, None),
            ("tolerates memory pressure", none, tolerant, vec![], &memory_only, false, None),
        ];
        for (name, container, spec, others, conditions, tainted, expected) in rows {
            let others: Vec<Arc<Pod>> =
                others.iter().map(|it| Arc::new(pod(it, &json!({})))).collect();
            let others: Vec<&Arc<Pod>> = others.iter().collect();
            let got = refusal(&pod(&container, &spec), &node(conditions, tainted), &others);
            let got = got.map(|it| (it.reason.to_string(), it.text.to_string()));
            let expected = expected.map(|(reason, text)| (reason.to_owned(), text.to_owned()));
            assert_eq!(got, expected, "{name}");
        }
    }

    fn pod(container: &Value, spec: &Value) -> Pod {
        let mut spec = spec.clone();
        spec["containers"] = json!([container]);
        Pod::from_json(&json!({"spec": spec}), Time::ZERO)
    }

    fn node(conditions: &[&str], tainted: bool) -> Node {
        let condition = |it: &&str| json!({"type": it, "status": "True"});
        let conditions: Vec<Value> = conditions.iter().map(condition).collect();
        let taint = json!({"key": "k", "effect": "NoExecute"});
        Node::from_json(&json!({
            "metadata": {"name": "n"},
            "spec": {"taints": if tainted { vec![taint] } else { vec![] }},
            "status": {
                "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
                "conditions": conditions,
            },
        }))
    }
}

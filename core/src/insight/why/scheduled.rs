//! Whether the pod fits on its one node: the scheduler's own filters, with the figures.

use crate::api::pod::Priority;
use crate::api::quantity::{Format, Quantity};
use crate::api::resources::Resources;
use crate::api::{ObjectMeta, Pod};
use crate::insight::why::eligible::NONE_SET;
use crate::insight::why::life::Life;
use crate::insight::why::{Check, Gate, Stage, Verdict};
use crate::sim::scheduler;

impl Life<'_> {
    /// Resources, host ports, and the rest of the scheduler's filters. Before there is a pod they
    /// say whether it would fit.
    pub(super) fn scheduled(&self, pod: Option<&Pod>) -> Vec<Gate> {
        let store = self.cluster.store();
        let is_bound = pod.is_some_and(|it| it.node_name.is_some());
        let would_be = self.would_be();
        let refusals = match pod {
            Some(_) if is_bound => Vec::new(),
            Some(pod) => scheduler::refusals(pod, self.node, store),
            None => scheduler::refusals(&would_be, self.node, store),
        };
        let of = |plugin: &str| refusals.iter().find(|it| it.plugin == plugin);
        let spec = pod.map_or(&would_be.spec, |it| &it.spec);
        let free = self.free();
        let fits = if pod.is_none() { "would fit: " } else { "" };
        let asks = asks(&spec.requests, &free);
        let mut resources = match &asks {
            Some(asks) => Check::new(Verdict::Passes, format!("{fits}{asks}")),
            None => Check::new(Verdict::Passes, "None requested."),
        };
        if let Some(refusal) = of("NodeResourcesFit") {
            resources.verdict = Verdict::Stops;
            let asks = asks.map(|it| format!(": it {it}")).unwrap_or_default();
            resources.text = format!("{}{asks}", refusal.reasons.join(", "));
        }
        let wanted: Vec<String> = spec.host_ports.iter().map(|it| it.port.to_string()).collect();
        let (word, is) = if wanted.len() == 1 { ("port", "is") } else { ("ports", "are") };
        let (wanted, are_wanted) = (wanted.join(", "), !wanted.is_empty());
        let node = &self.node.meta.name;
        let mut ports = Check::new(Verdict::Passes, NONE_SET);
        if are_wanted {
            ports.text = match is_bound {
                true => format!("it has {word} {wanted} of {node}"),
                false => format!("{fits}{word} {wanted} {is} free on {node}"),
            };
        }
        if of("NodePorts").is_some() {
            ports.verdict = Verdict::Stops;
            ports.text = format!("host {word} {wanted} {is} taken by another pod");
        }
        let eligible = ["TaintToleration", "NodeUnschedulable", "NodeAffinity"];
        let known = ["NodeResourcesFit", "NodePorts"];
        let other = refusals.iter().find(|it| {
            !known.contains(&it.plugin) && (pod.is_some() || !eligible.contains(&it.plugin))
        });
        let mut others = Check::new(Verdict::Passes, "Nothing else keeps it away.");
        if let Some(refusal) = other {
            others.verdict = Verdict::Stops;
            others.text = refusal.reasons.join(", ");
        }
        let waits = pod.is_some() && !is_bound && refusals.is_empty();
        if waits {
            others = Check::new(Verdict::Waits, "the scheduler is about to bind it");
        }
        vec![
            Gate::of(Stage::Scheduled, "Resources", resources),
            Gate::of(Stage::Scheduled, "Host ports", ports),
            Gate::of(Stage::Scheduled, "Other pods", others),
        ]
    }

    /// The pod that the controller would create here.
    fn would_be(&self) -> Pod {
        let template = &self.ds.template;
        let meta = ObjectMeta {
            namespace: self.ds.meta.namespace.clone(),
            labels: template.labels.clone(),
            ..self.ds.meta.clone()
        };
        Pod {
            meta,
            spec: template.daemon_spec.clone(),
            pin: Some(self.node.meta.name.clone()),
            priority: Priority::given(&template.daemon_spec.scheduling),
            node_name: None,
            status: Default::default(),
        }
    }

    /// What pods of other owners, and the DaemonSet's other pods, leave over.
    fn free(&self) -> Resources {
        let mut free = self.node.allocatable.clone();
        let own = self.pod().map(|it| it.meta.uid);
        let pods = self.cluster.store().pods_on(&self.node.meta.name);
        let others = pods.filter(|it| !it.is_terminal() && Some(it.meta.uid) != own);
        others.for_each(|it| free.remove(&it.spec.requests));
        free
    }
}

/// "asks for 100m cpu (1500m free), 128Mi memory (6Gi free)", if it asks for anything.
fn asks(wanted: &Resources, free: &Resources) -> Option<String> {
    let mut parts = Vec::new();
    let mut put = |name: &str, wanted: String, free: String| {
        parts.push(format!("{wanted} {name} ({free} free)"));
    };
    if wanted.cpu > 0 {
        put("cpu", milli(wanted.cpu), milli(free.cpu));
    }
    if wanted.memory > 0 {
        put("memory", bytes(wanted.memory), bytes(free.memory));
    }
    for (name, amount) in &wanted.extended {
        let left = free.extended.get(name).copied().unwrap_or(0);
        put(name, amount.to_string(), left.to_string());
    }
    match parts.is_empty() {
        true => None,
        false => Some(format!("asks for {}", parts.join(", "))),
    }
}

fn milli(amount: i64) -> String {
    Quantity::from_milli(amount, Format::DecimalSi).to_string()
}

fn bytes(amount: i64) -> String {
    Quantity::from_units(amount, Format::BinarySi).to_string()
}

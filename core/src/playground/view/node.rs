//! A node card, and the pools of cards.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::api::node::ConditionStatus;
use crate::api::order::sort_by;
use crate::api::{DaemonSet, Name, Node, Pod};
use crate::insight::why_not;
use crate::playground::view::{LabelView, NodeView, PoolView, Readiness, TaintView, UsageView};
use crate::playground::{Playground, Scenario};
use crate::sim::Shortage;

/// Keys that kubelets and clouds set on every node.
const WELL_KNOWN: [&str; 4] = [
    "kubernetes.io/",
    "beta.kubernetes.io/",
    "node-role.kubernetes.io/",
    "topology.kubernetes.io/",
];

/// Pods of a card, a few more than a kubelet takes; more are counted. Of a text with thousands of
/// DaemonSets every node is meant for as many.
const PODS_MAX: usize = 120;

impl Playground {
    /// The pools with the names of their nodes, ghosts of deleted nodes included.
    pub fn pools(&self) -> Vec<PoolView> {
        let store = self.cluster().store();
        let mut pools: Vec<PoolView> = self.scenario.pools.iter().map(empty_pool).collect();
        let names = store.nodes().map(|it| (&it.meta.name, Some(it)));
        let ghosts = store.vanished_nodes().into_iter().map(|it| (it, None));
        for (name, node) in names.chain(ghosts) {
            let index = pool_of(&self.scenario, name, node.map(Arc::as_ref));
            if let Some(pool) = pools.get_mut(index) {
                pool.nodes.push(name.clone());
            }
        }
        pools.iter_mut().for_each(|it| sort_by(&mut it.nodes, |a, b| natural_order(a, b)));
        pools
    }

    /// The card of a node; `selected` is the DaemonSet that the page looks at, `NAMESPACE/NAME`.
    pub fn node(&self, name: &str, selected: Option<&str>) -> Option<NodeView> {
        let name: Name = name.into();
        let store = self.cluster().store();
        let node = store.node(&name);
        let ds = selected.and_then(|it| self.daemon_set_by_key(it));
        let own = |pod: &Pod| {
            let owner = pod.meta.controller.as_ref().map(|it| it.uid);
            ds.is_some_and(|ds| owner == Some(ds.meta.uid))
        };
        // In order of creation already.
        let (mut pods, mut others) = (Vec::new(), Vec::new());
        for pod in store.pods_for(&name) {
            if own(pod) { pods.push(pod) } else { others.push(pod) }
        }
        let own_count = u32::try_from(pods.len()).unwrap_or(u32::MAX);
        pods.append(&mut others);
        if node.is_none() && pods.is_empty() {
            return None;
        }
        let (mut cpu, mut memory) = (UsageView::default(), UsageView::default());
        for pod in pods.iter().filter(|it| !it.is_terminal() && it.node_name.is_some()) {
            let requests = &pod.spec.requests;
            for (usage, amount) in [(&mut cpu, requests.cpu), (&mut memory, requests.memory)] {
                let part = if own(pod) { &mut usage.own } else { &mut usage.other };
                *part += amount;
            }
        }
        if let Some(node) = node {
            cpu.allocatable = node.allocatable.cpu;
            memory.allocatable = node.allocatable.memory;
        }
        let views = pods.iter().take(PODS_MAX).map(|it| self.pod_view(it)).collect();
        let machine = store.world().machine(&name);
        let mut card = card(name, node.map(Arc::as_ref), views, ds.map(Arc::as_ref), (cpu, memory));
        card.own = own_count;
        card.more = pods.len().saturating_sub(PODS_MAX);
        card.kubelet_runs = machine.kubelet_stopped.is_none();
        let is_on = |it: &Shortage| machine.signal(*it).is_some_and(|signal| signal.is_on);
        card.shortages.extend(Shortage::ALL.into_iter().filter(is_on));
        Some(card)
    }

    pub(in crate::playground) fn daemon_set_by_key(&self, key: &str) -> Option<&Arc<DaemonSet>> {
        let (namespace, name) = key.split_once('/')?;
        self.cluster().store().daemon_set(&namespace.into(), &name.into())
    }
}

impl NodeView {
    /// Whether somebody who looks for these words means this node: each is in its name, a label
    /// (`key=value`), a taint, or what a pod on it does; `ready`, `notready` and `cordoned` ask
    /// for the state of the node itself, and `no-pod` for nodes
    /// that the DaemonSet leaves out.
    pub fn matches(&self, words: &str) -> bool {
        let is_ready = self.ready == Readiness::True;
        words.to_ascii_lowercase().split_whitespace().all(|word| match word {
            "ready" => is_ready,
            "notready" => !is_ready,
            "cordoned" => self.cordoned,
            "no-pod" => self.wanted.is_err() && self.own == 0,
            _ => self.says(word),
        })
    }

    fn says(&self, word: &str) -> bool {
        let has = |text: &str| text.to_ascii_lowercase().contains(word);
        has(&self.name)
            || self.labels.iter().any(|it| has(&format!("{}={}", it.key, it.value)))
            || self.taints.iter().any(|it| has(&it.text))
            || self.shortages.iter().any(|it| has(it.condition().as_str()))
            || self.pods.iter().any(|it| has(&it.phrase) || has(&it.name))
    }
}

fn card(
    name: Name,
    node: Option<&Node>,
    pods: Vec<super::PodView>,
    ds: Option<&DaemonSet>,
    (cpu, memory): (UsageView, UsageView),
) -> NodeView {
    let wanted = match (node, ds) {
        (Some(node), Some(ds)) => why_not(&ds.template, node).map_or(Ok(()), |it| Err(it.into())),
        (None, _) => Err("the node was deleted".into()),
        (_, None) => Ok(()),
    };
    let labels = node.map(|it| it.meta.labels.clone()).unwrap_or_default();
    NodeView {
        uid: node.map_or(0, |it| it.meta.uid.0),
        ready: node.map_or(Readiness::Unknown, readiness),
        cordoned: node.is_some_and(|it| it.unschedulable),
        kubelet_runs: true,
        shortages: Vec::new(),
        exists: node.is_some(),
        zone: labels.get("topology.kubernetes.io/zone").cloned(),
        labels: labels.iter().map(|(key, value)| label(key, value)).collect(),
        taints: node.map(taints).unwrap_or_default(),
        name,
        pods,
        more: 0,
        own: 0,
        cpu,
        memory,
        wanted,
    }
}

fn empty_pool(pool: &crate::playground::Pool) -> PoolView {
    PoolView { id: pool.id.clone(), title: pool.title.clone(), nodes: Vec::new() }
}

/// By the name (`worker-7`), else by what the labels say; a node that nothing is known of is a
/// worker. The name comes first so that a card does not jump when somebody edits its labels.
fn pool_of(scenario: &Scenario, name: &str, node: Option<&Node>) -> usize {
    let prefix = name.rsplit_once('-').map_or(name, |(prefix, _)| prefix);
    if let Some(index) = scenario.pools.iter().position(|it| *it.prefix == *prefix) {
        return index;
    }
    let has = |key: &str| node.is_some_and(|it| it.meta.labels.contains_key(key));
    let id = if has("node-role.kubernetes.io/control-plane") {
        "control-plane"
    } else if has("nvidia.com/gpu.present") {
        "gpu"
    } else {
        "workers"
    };
    scenario.pools.iter().position(|it| &*it.id == id).unwrap_or(0)
}

pub(super) fn readiness(node: &Node) -> Readiness {
    match node.ready() {
        ConditionStatus::True => Readiness::True,
        ConditionStatus::False => Readiness::False,
        ConditionStatus::Unknown => Readiness::Unknown,
    }
}

fn label(key: &Name, value: &Name) -> LabelView {
    let well_known = WELL_KNOWN.iter().any(|it| key.starts_with(it));
    LabelView { key: key.clone(), value: value.clone(), well_known }
}

fn taints(node: &Node) -> Vec<TaintView> {
    let taint = |it: &crate::api::Taint| TaintView {
        key: it.key.clone(),
        value: it.value.clone(),
        effect: it.effect.as_str(),
        text: it.to_string().into(),
    };
    node.taints.iter().map(taint).collect()
}

/// Text order in which runs of digits count as numbers: `worker-9` before `worker-10`.
fn natural_order(a: &str, b: &str) -> Ordering {
    let split = |text: &str| -> (String, u64) {
        let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (head, tail) = text.split_at(text.len() - digits);
        (head.to_owned(), tail.parse().unwrap_or(0))
    };
    split(a).cmp(&split(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["worker-10", "worker-9", "cp-1", "worker-1", "worker"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["cp-1", "worker", "worker-1", "worker-9", "worker-10"]);
    }
}

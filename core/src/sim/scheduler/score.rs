//! Which of several nodes is best (`Score` of `pkg/scheduler/framework/plugins`), in whole
//! numbers. ImageLocality is left out: where images lie is the kubelets' business here.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::{Node, Pod, TaintEffect};
use crate::sim::Seed;
use crate::sim::scheduler::spread;
use crate::sim::scheduler::usage::{InUse, place_of};
use crate::sim::scheduler::view::View;

/// What a plug-in gives at most.
const SCORE_MAX: i64 = 100;
/// What a required affinity of a pod that is there counts for one that comes.
const HARD_AFFINITY_WEIGHT: i64 = 1;

/// The best node; equals are drawn by lot.
pub(super) fn best<'a>(
    pod: &Pod,
    nodes: &[&'a Arc<Node>],
    view: &View,
    seed: Seed,
) -> Option<&'a Arc<Node>> {
    if nodes.len() <= 1 {
        return nodes.first().copied();
    }
    let mut totals = vec![0_i64; nodes.len()];
    let plugins: [(i64, Vec<i64>); 6] = [
        (1, nodes.iter().map(|it| least_allocated(pod, it, &view.in_use(&it.meta.name))).collect()),
        (1, nodes.iter().map(|it| balanced(pod, it, &view.in_use(&it.meta.name))).collect()),
        (3, taint_toleration(pod, nodes)),
        (2, node_affinity(pod, nodes)),
        (2, spread::score(pod, nodes, view)),
        (2, pod_affinity(pod, nodes, view)),
    ];
    for (weight, scores) in plugins {
        totals.iter_mut().zip(scores).for_each(|(total, score)| *total += weight * score);
    }
    let lot = |node: &Node| seed.draw("equal nodes", (&*pod.meta.name, &*node.meta.name));
    let ranked = nodes.iter().zip(totals);
    let best = ranked.max_by_key(|(node, total)| (*total, lot(node), Reverse(&node.meta.name)));
    best.map(|(node, _)| *node)
}

/// Both resources of a node that has any: allocatable, and in use with the pod on it.
fn least_allocated(pod: &Pod, node: &Node, in_use: &InUse) -> i64 {
    let (cpu, memory) = pod.spec.scheduling.scored;
    let pairs = [
        (node.allocatable.cpu, in_use.scored.0.saturating_add(cpu)),
        (node.allocatable.memory, in_use.scored.1.saturating_add(memory)),
    ];
    let (mut sum, mut count) = (0, 0);
    for (offered, asked) in pairs.into_iter().filter(|it| it.0 != 0) {
        sum += if asked > offered { 0 } else { scaled(offered - asked, offered) };
        count += 1;
    }
    if count == 0 { 0 } else { sum / count }
}

fn scaled(part: i64, whole: i64) -> i64 {
    i64::try_from(i128::from(part) * i128::from(SCORE_MAX) / i128::from(whole)).unwrap_or(0)
}

/// `100 · (1 − |cpu fraction − memory fraction| / 2)`, each fraction at most 1.
fn balanced(pod: &Pod, node: &Node, in_use: &InUse) -> i64 {
    let (offered, used, own) = (&node.allocatable, &in_use.requests, &pod.spec.requests);
    if offered.cpu <= 0 || offered.memory <= 0 {
        return SCORE_MAX;
    }
    let part = |offered: i64, asked: i64| (i128::from(asked.min(offered)), i128::from(offered));
    let (cpu, cpu_whole) = part(offered.cpu, used.cpu.saturating_add(own.cpu));
    let (memory, memory_whole) = part(offered.memory, used.memory.saturating_add(own.memory));
    let difference = (cpu * memory_whole - memory * cpu_whole).abs();
    let whole = 2 * cpu_whole * memory_whole;
    let score = i128::from(SCORE_MAX) * (whole - difference) / whole;
    i64::try_from(score).unwrap_or(0)
}

/// The fewer `PreferNoSchedule` taints are not tolerated, the better.
fn taint_toleration(pod: &Pod, nodes: &[&Arc<Node>]) -> Vec<i64> {
    let is_preferred = |effect: &str| effect.is_empty() || effect == "PreferNoSchedule";
    let tolerations: Vec<_> =
        pod.spec.tolerations.iter().filter(|it| is_preferred(&it.effect)).collect();
    let untolerated = |node: &&Arc<Node>| {
        let taints = node.taints.iter().filter(|it| it.effect == TaintEffect::PreferNoSchedule);
        taints.map(|taint| i64::from(!tolerations.iter().any(|it| it.tolerates(taint)))).sum()
    };
    let counts: Vec<i64> = nodes.iter().map(untolerated).collect();
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().map(|it| SCORE_MAX - share(*it, most)).collect()
}

/// The sum of the weights of the preferred terms that the node fulfils.
fn node_affinity(pod: &Pod, nodes: &[&Arc<Node>]) -> Vec<i64> {
    let terms = &pod.spec.scheduling.preferred_nodes;
    let sum = |node: &&Arc<Node>| {
        let fulfilled =
            terms.iter().filter(|(_, it)| it.matches(&node.meta.name, &node.meta.labels));
        fulfilled.map(|(weight, _)| weight).sum()
    };
    let sums: Vec<i64> = nodes.iter().map(sum).collect();
    let most = sums.iter().max().copied().unwrap_or(0);
    sums.iter().map(|it| share(*it, most)).collect()
}

fn share(score: i64, most: i64) -> i64 {
    if most == 0 { 0 } else { scaled(score, most) }
}

/// What the pod wishes of others, and they of it, by the places in which they are.
fn pod_affinity(pod: &Pod, nodes: &[&Arc<Node>], view: &View) -> Vec<i64> {
    let own = &pod.spec.scheduling.preferred_pods;
    // Key and value of a place with what it is worth there.
    let mut worth: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut add = |other: &'_ Pod, key: &'_ str, weight: i64| {
        let node = place_of(other).and_then(|it| view.store.node(it));
        let Some(node) = node else { return };
        if let Some((key, value)) = node.meta.labels.get_key_value(key) {
            *worth.entry((&**key, &**value)).or_default() += weight;
        }
    };
    if !own.is_empty() {
        for other in view.store.pods().filter(|it| place_of(it).is_some()) {
            for (weight, term) in own {
                if view.is_about(term, &pod.meta.namespace, &other.meta) {
                    add(other, &term.topology_key, *weight);
                }
            }
        }
    }
    for other in view.usage.sociable().filter_map(|uid| view.store.pod(uid)) {
        let spec = &other.spec.scheduling;
        let required = spec.affinity.iter().map(|it| (HARD_AFFINITY_WEIGHT, it));
        let preferred = spec.preferred_pods.iter().map(|(weight, it)| (*weight, it));
        for (weight, term) in required.chain(preferred) {
            if view.is_about(term, &other.meta.namespace, &pod.meta) {
                add(other, &term.topology_key, weight);
            }
        }
    }
    let sum = |node: &&Arc<Node>| {
        let here = worth.iter().filter(|((key, value), _)| {
            node.meta.labels.get(*key).is_some_and(|it| **it == **value)
        });
        here.map(|(_, worth)| worth).sum()
    };
    let sums: Vec<i64> = nodes.iter().map(sum).collect();
    let (low, high) = (sums.iter().min().copied(), sums.iter().max().copied());
    let (low, high) = (low.unwrap_or(0), high.unwrap_or(0));
    sums.iter().map(|it| share(it - low, high - low)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Time;
    use serde_json::{Value, json};

    #[test]
    fn resources_left_over_and_in_balance() {
        const GIB: i64 = 1 << 30;
        // Name, requests, what is in use, and the two scores on a node of 4 cores and 8 GiB.
        let cases = [
            // ⌊3000 · 100 / 4000⌋ = 75 and ⌊6 · 100 / 8⌋ = 75; a quarter of both is in use.
            ("empty node", json!({"cpu": "1", "memory": "2Gi"}), (0, 0), 75, 100),
            // ⌊3900 · 100 / 4000⌋ = 97, ⌊7992 · 100 / 8192⌋ = 97.
            ("nothing requested counts as 100m and 200Mi", json!({}), (0, 0), 97, 100),
            // 2000 of 4000 and 7 of 8: (50 + 12) / 2; 100 · (1 − (7/8 − 1/2) / 2) = 81.25.
            ("memory is short", json!({"cpu": "1", "memory": "2Gi"}), (1000, 5 * GIB), 31, 81),
            // More than there is scores 0 and fills the fraction: 100 · (1 − (1 − 1/4) / 2).
            ("beyond", json!({"cpu": "1", "memory": "2Gi"}), (4000, 0), 37, 62),
        ];
        let node = node(json!({}), json!([]));
        for (name, requests, (cpu, memory), least, balance) in cases {
            let pod = pod(json!({"containers": [{"resources": {"requests": requests}}]}));
            let mut in_use = InUse { scored: (cpu, memory), ..InUse::default() };
            (in_use.requests.cpu, in_use.requests.memory) = (cpu, memory);
            assert_eq!(least_allocated(&pod, &node, &in_use), least, "{name}");
            assert_eq!(balanced(&pod, &node, &in_use), balance, "{name}");
        }
    }

    #[test]
    fn taints_and_preferences() {
        let soft = |keys: &[&str]| -> Value {
            keys.iter().map(|it| json!({"key": it, "effect": "PreferNoSchedule"})).collect()
        };
        let ssd = json!({"disk": "ssd", "zone": "a"});
        let nodes = [
            Arc::new(node(ssd, soft(&["x", "y"]))),
            Arc::new(node(json!({"disk": "ssd"}), soft(&["x"]))),
            Arc::new(node(json!({}), json!([]))),
        ];
        let prefers = |weight: i64, key: &str, value: &str| {
            json!({"weight": weight, "preference": {"matchExpressions": [
                {"key": key, "operator": "In", "values": [value]}
            ]}})
        };
        let pod = pod(json!({
            "tolerations": [{"key": "z", "operator": "Exists"}],
            "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                prefers(30, "disk", "ssd"), prefers(10, "zone", "a")
            ]}}
        }));
        let nodes: Vec<_> = nodes.iter().collect();
        assert_eq!(taint_toleration(&pod, &nodes), [0, 50, 100]);
        assert_eq!(node_affinity(&pod, &nodes), [100, 75, 0]);
        assert_eq!(taint_toleration(&pod, &nodes[2..]), [100]);
    }

    fn node(labels: Value, taints: Value) -> Node {
        Node::from_json(&json!({
            "metadata": {"name": "n", "labels": labels}, "spec": {"taints": taints},
            "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}
        }))
    }

    fn pod(spec: Value) -> Pod {
        Pod::from_json(&json!({"metadata": {"name": "p"}, "spec": spec}), Time::ZERO)
    }
}

//! Spreading pods over places (`PodTopologySpread`): the constraints that must hold, and the
//! scores of those that should. `matchLabelKeys` is not read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::pod::SpreadConstraint;
use crate::api::taint::first_untolerated;
use crate::api::{Name, Node, Pod, TaintEffect};
use crate::sim::scheduler::filter::{Refusal, fits_affinity};
use crate::sim::scheduler::usage::place_of;
use crate::sim::scheduler::view::View;

const PLUGIN: &str = "PodTopologySpread";
const HOSTNAME: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";
/// Binary digits behind the point of a weight.
const FRACTION: u32 = 20;

/// The pods in each place of a required constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Domains {
    counts: BTreeMap<Name, i64>,
    minimum: i64,
}

/// Refuses a node whose place would have too many pods more than the emptiest one.
pub(super) fn filter(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    let required: Vec<_> = pod.spec.scheduling.spread.iter().filter(|it| it.is_required).collect();
    if required.is_empty() {
        return Ok(());
    }
    let domains = view.domains.get_or_init(|| count_domains(pod, &required, view));
    let reason = "node(s) didn't match pod topology spread constraints";
    for (constraint, domains) in required.iter().zip(domains) {
        let Some(place) = node.meta.labels.get(&constraint.topology_key) else {
            return Err(Refusal::hopeless(PLUGIN, format!("{reason} (missing required label)")));
        };
        let count = domains.counts.get(place).copied().unwrap_or(0);
        let own = i64::from(constraint.selects(&pod.meta.labels));
        if count + own - domains.minimum > constraint.max_skew {
            return Err(Refusal::curable(PLUGIN, reason));
        }
    }
    Ok(())
}

fn count_domains(pod: &Pod, required: &[&SpreadConstraint], view: &View) -> Vec<Domains> {
    let mut domains = vec![Domains::default(); required.len()];
    for node in view.store.nodes() {
        let labels = &node.meta.labels;
        if !required.iter().all(|it| labels.contains_key(&it.topology_key)) {
            continue;
        }
        for (constraint, domains) in required.iter().zip(&mut domains) {
            let Some(place) = labels.get(&constraint.topology_key) else { continue };
            if includes(constraint, pod, node) {
                let pods = view.pods_on(&node.meta.name);
                let count = pods.map(|it| i64::from(counts(constraint, pod, it))).sum::<i64>();
                *domains.counts.entry(place.clone()).or_default() += count;
            }
        }
    }
    for (constraint, domains) in required.iter().zip(&mut domains) {
        let is_enough = i64::try_from(domains.counts.len()).unwrap_or(i64::MAX);
        if is_enough >= constraint.min_domains {
            domains.minimum = domains.counts.values().min().copied().unwrap_or(0);
        }
    }
    domains
}

fn includes(constraint: &SpreadConstraint, pod: &Pod, node: &Node) -> bool {
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute];
    let is_tolerated =
        || first_untolerated(&node.taints, &pod.spec.tolerations, &effects).is_none();
    (!constraint.honors_affinity || fits_affinity(pod, node))
        && (!constraint.honors_taints || is_tolerated())
}

fn counts(constraint: &SpreadConstraint, pod: &Pod, other: &Pod) -> bool {
    !other.meta.is_terminating()
        && other.meta.namespace == pod.meta.namespace
        && constraint.selects(&other.meta.labels)
}

/// One constraint that should hold: its key and skew, and its pods by node.
struct Wish<'a> {
    key: &'a str,
    max_skew: i64,
    pods: BTreeMap<&'a Name, i64>,
}

/// Fewer pods in a node's places are better. A pod without constraints of its own is kept away
/// from the pods of its ReplicaSet, over hosts and zones.
pub(super) fn score(pod: &Pod, nodes: &[&Arc<Node>], view: &View) -> Vec<i64> {
    let own = &pod.spec.scheduling.spread;
    let wishes = if own.is_empty() { default_wishes(pod, view) } else { own_wishes(pod, view) };
    if wishes.is_empty() {
        return vec![0; nodes.len()];
    }
    let is_ignored = |node: &Node| {
        !own.is_empty() && wishes.iter().any(|it| !node.meta.labels.contains_key(it.key))
    };
    let considered: Vec<_> = nodes.iter().filter(|it| !is_ignored(it)).copied().collect();
    let mut sums = vec![0_i64; nodes.len()];
    for wish in &wishes {
        let places = places(wish, &considered, pod, view);
        let size = if wish.key == HOSTNAME { considered.len() } else { places.len() };
        let weight = logarithm(u64::try_from(size).unwrap_or(u64::MAX).saturating_add(2));
        for (node, sum) in nodes.iter().zip(&mut sums) {
            let Some(place) = node.meta.labels.get(wish.key) else { continue };
            let count = match wish.key {
                HOSTNAME => wish.pods.get(&node.meta.name).copied().unwrap_or(0),
                _ => places.get(place).copied().unwrap_or(0),
            };
            *sum += count * weight + ((wish.max_skew - 1) << FRACTION);
        }
    }
    let rounded = sums.iter().map(|it| (it + (1 << (FRACTION - 1))) >> FRACTION);
    let scores: Vec<Option<i64>> =
        rounded.zip(nodes).map(|(it, node)| (!is_ignored(node)).then_some(it)).collect();
    normalise(&scores)
}

fn normalise(scores: &[Option<i64>]) -> Vec<i64> {
    let given = || scores.iter().flatten().copied();
    let (low, high) = (given().min().unwrap_or(0), given().max().unwrap_or(0));
    let normal = |score: &Option<i64>| match score {
        None => 0,
        Some(_) if high == 0 => 100,
        Some(score) => 100 * (high + low - score) / high,
    };
    scores.iter().map(normal).collect()
}

/// The pods in each place that a considered node has.
fn places(wish: &Wish, considered: &[&Arc<Node>], pod: &Pod, view: &View) -> BTreeMap<Name, i64> {
    let place = |node: &Node| node.meta.labels.get(wish.key).cloned().unwrap_or_default();
    let mut places = BTreeMap::new();
    places.extend(considered.iter().map(|it| (place(it), 0)));
    for (name, count) in &wish.pods {
        let Some(node) = view.store.node(*name).filter(|it| fits_affinity(pod, it)) else {
            continue;
        };
        if let Some(sum) = places.get_mut(&place(node)) {
            *sum += count;
        }
    }
    places
}

fn own_wishes<'a>(pod: &'a Pod, view: &View<'a>) -> Vec<Wish<'a>> {
    let constraints = pod.spec.scheduling.spread.iter().filter(|it| !it.is_required);
    let wish = |constraint: &'a SpreadConstraint| {
        let counted = view.store.pods().filter(|it| counts(constraint, pod, it));
        let (key, max_skew) = (&*constraint.topology_key, constraint.max_skew);
        Wish { key, max_skew, pods: by_node(counted) }
    };
    constraints.map(wish).collect()
}

/// The built-in constraints. Upstream counts the pods that the Services and ReplicaSets of the
/// pod select; here they are those of its ReplicaSet.
fn default_wishes<'a>(pod: &Pod, view: &View<'a>) -> Vec<Wish<'a>> {
    let owner = pod.meta.controller.as_ref().filter(|it| it.kind != "DaemonSet");
    let Some(owner) = owner.map(|it| it.uid) else { return Vec::new() };
    let siblings = view.store.pods_of(owner).filter(|it| !it.meta.is_terminating());
    let pods = by_node(siblings);
    [(HOSTNAME, 3), (ZONE, 5)]
        .map(|(key, max_skew)| Wish { key, max_skew, pods: pods.clone() })
        .into()
}

fn by_node<'a>(pods: impl Iterator<Item = &'a Arc<Pod>>) -> BTreeMap<&'a Name, i64> {
    let mut counts = BTreeMap::new();
    for node in pods.filter_map(|it| place_of(it)) {
        *counts.entry(node).or_default() += 1;
    }
    counts
}

/// The natural logarithm with `FRACTION` binary digits, in whole numbers: floats may differ
/// between machines.
fn logarithm(number: u64) -> i64 {
    // ln 2 with 32 binary digits.
    const LN_2: u128 = 0xb172_17f7;
    let whole = number.max(1).ilog2();
    // The mantissa, from 1 to 2, with 31 binary digits; each squaring yields one of log2.
    let mut mantissa = (u128::from(number.max(1)) << 64 >> whole) >> 33;
    let mut log2 = u128::from(whole);
    for _ in 0..32 {
        mantissa = (mantissa * mantissa) >> 31;
        log2 <<= 1;
        if mantissa >> 32 > 0 {
            mantissa >>= 1;
            log2 |= 1;
        }
    }
    i64::try_from((log2 * LN_2) >> (64 - FRACTION)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_the_tables() {
        // ln 2, ln 3, ln 10, ln 5002 to six digits.
        for (number, millionths) in
            [(2, 693_147), (3, 1_098_612), (10, 2_302_585), (5002, 8_517_593)]
        {
            let got = (logarithm(number) * 1_000_000) >> FRACTION;
            assert!((got - millionths).abs() <= 2, "ln {number}: {got}");
        }
        assert_eq!(logarithm(1), 0);
    }

    #[test]
    fn the_emptiest_place_scores_best() {
        assert_eq!(normalise(&[Some(0), Some(2), Some(4)]), [100, 50, 0]);
        assert_eq!(normalise(&[Some(0), Some(0), None]), [100, 100, 0]);
        assert_eq!(normalise(&[Some(4), Some(5)]), [100, 80]);
    }
}

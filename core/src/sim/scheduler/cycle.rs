//! One attempt to find a node for a pod (`pkg/scheduler/schedule_one.go`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::api::order::sort_by;
use crate::api::{Name, Node, Pod, Time};
use crate::sim::Seed;
use crate::sim::scheduler::filter::{Refusal, fits};
use crate::sim::scheduler::preemption::{Nomination, preempt};
use crate::sim::scheduler::score;
use crate::sim::scheduler::view::View;

/// In a big cluster the search ends when this many nodes are found, or a share of all.
const FEASIBLE_MIN: u64 = 100;
const FEASIBLE_PERCENT_MIN: u64 = 5;

/// Why a pod fits nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The text of the event.
    pub text: String,
    /// Whether others make room for it.
    pub nomination: Nomination,
    /// Fewer pods on some node could help.
    pub is_curable: bool,
    /// Pods on other nodes play a part.
    pub depends_on_others: bool,
}

/// When an attempt is made, and the source of chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) seed: Seed,
    pub(super) now: Time,
}

/// Filters, then scores. `start` is where the search through all nodes begins: the next one
/// begins where it ended.
pub(super) fn schedule(
    pod: &Pod,
    view: &View,
    attempt: Attempt,
    start: &mut u64,
) -> Result<Name, Failure> {
    if view.store.node_count() == 0 {
        return Err(Failure {
            text: "no nodes available to schedule pods".into(),
            nomination: Nomination::Stands,
            is_curable: false,
            depends_on_others: false,
        });
    }
    let nominated = pod.status.nominated_node.as_deref().and_then(|it| view.store.node(it));
    if let Some(node) = nominated.filter(|node| fits(pod, node, view).is_ok()) {
        return Ok(node.meta.name.clone());
    }
    let names = match named_nodes(pod) {
        Ok(names) => names,
        Err(conflict) => return Err(failure(pod, Some(conflict), &[], view, attempt)),
    };
    let mut search = Search::default();
    match names {
        Some(names) => {
            let nodes = names.iter().filter_map(|it| view.store.node(*it));
            nodes.for_each(|node| search.look_at(node, pod, view));
        }
        None => search.look_around(pod, view, start),
    }
    match score::best(pod, &search.feasible, view, attempt.seed) {
        Some(node) => Ok(node.meta.name.clone()),
        None => Err(failure(pod, None, &search.refusals, view, attempt)),
    }
}

/// The nodes that required affinity names by `metadata.name`, if every term names some. A daemon
/// pod is held against one node only.
fn named_nodes(pod: &Pod) -> Result<Option<BTreeSet<&Name>>, &'static str> {
    if let Some(pin) = &pod.pin {
        let mut names = BTreeSet::new();
        names.insert(pin);
        return Ok(Some(names));
    }
    let terms = pod.spec.required_terms.as_deref().unwrap_or_default();
    if terms.is_empty() {
        return Ok(None);
    }
    let mut names = BTreeSet::new();
    for term in terms {
        let Some(named) = term.named_nodes() else { return Ok(None) };
        names.extend(named);
    }
    match names.is_empty() {
        true => Err("pod affinity terms conflict"),
        false => Ok(Some(names)),
    }
}

#[derive(Default)]
struct Search<'a> {
    feasible: Vec<&'a Arc<Node>>,
    refusals: Vec<(&'a Arc<Node>, Refusal)>,
}

impl<'a> Search<'a> {
    fn look_at(&mut self, node: &'a Arc<Node>, pod: &Pod, view: &View) {
        match fits(pod, node, view) {
            Ok(()) => self.feasible.push(node),
            Err(refusal) => self.refusals.push((node, refusal)),
        }
    }

    fn look_around(&mut self, pod: &Pod, view: &View<'a>, start: &mut u64) {
        let count = view.store.node_count();
        let wanted = feasible_wanted(count);
        let from = usize::try_from(*start % count).unwrap_or(0);
        let nodes = view.store.nodes().skip(from).chain(view.store.nodes().take(from));
        let mut seen = 0;
        for node in nodes {
            seen += 1;
            self.look_at(node, pod, view);
            if self.feasible.len() as u64 >= wanted {
                break;
            }
        }
        *start = (*start + seen) % count;
    }
}

/// `numFeasibleNodesToFind`.
fn feasible_wanted(count: u64) -> u64 {
    let percent = 50_u64.saturating_sub(count / 125).max(FEASIBLE_PERCENT_MIN);
    (count * percent / 100).max(FEASIBLE_MIN)
}

/// `FitError.Error`.
#[inline(never)]
fn failure(
    pod: &Pod,
    conflict: Option<&str>,
    refusals: &[(&Arc<Node>, Refusal)],
    view: &View,
    attempt: Attempt,
) -> Failure {
    let (nomination, preemption) = preempt(pod, refusals, view, attempt);
    let nodes = view.store.node_count();
    let mut text = match conflict {
        Some(conflict) => format!("0/{nodes} nodes are available: {conflict}."),
        None => {
            let reasons = refusals.iter().flat_map(|it| &it.1.reasons);
            histogram(nodes, reasons.map(|it| (it.clone(), 1)))
        }
    };
    if !preemption.is_empty() {
        text.push(' ');
        text.push_str(&preemption);
    }
    let others = ["InterPodAffinity", "PodTopologySpread"];
    Failure {
        text,
        nomination,
        is_curable: refusals.iter().any(|it| it.1.is_curable),
        depends_on_others: refusals.iter().any(|it| others.contains(&it.1.plugin)),
    }
}

/// `0/N nodes are available: 1 THIS, 2 THAT.`, sorted as texts.
pub(super) fn histogram(nodes: u64, reasons: impl Iterator<Item = (String, u64)>) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (reason, count) in reasons.filter(|it| it.1 > 0) {
        *counts.entry(reason).or_default() += count;
    }
    let mut parts: Vec<String> =
        counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    sort_by(&mut parts, String::cmp);
    match parts.is_empty() {
        true => format!("0/{nodes} nodes are available:"),
        false => format!("0/{nodes} nodes are available: {}.", parts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_reasons_are_sorted_as_texts() {
        let reasons = [("node(s) are so", 2), ("Insufficient cpu", 1), ("Too many pods", 10)];
        let reasons = reasons.into_iter().map(|(reason, count)| (reason.to_owned(), count));
        let expected =
            "0/13 nodes are available: 1 Insufficient cpu, 10 Too many pods, 2 node(s) are so.";
        assert_eq!(histogram(13, reasons), expected);
    }

    #[test]
    fn a_big_cluster_is_not_searched_to_the_end() {
        for (count, wanted) in [(99, 100), (100, 100), (1000, 420), (5000, 500), (10_000, 500)] {
            assert_eq!(feasible_wanted(count), wanted, "{count}");
        }
    }
}

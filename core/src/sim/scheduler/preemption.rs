//! Pods of lower priority make room (`pkg/scheduler/framework/preemption`).
//!
//! PodDisruptionBudgets are a preference: a pod that one of them protects is spared if others will
//! do, on its node or on another.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::order::sort_by_key;
use crate::api::{Name, Node, Pod, Time, Uid};
use crate::sim::disruption::{self, DisruptionBudget};
use crate::sim::scheduler::cycle::{Attempt, histogram};
use crate::sim::scheduler::filter::{Refusal, fits};
use crate::sim::scheduler::view::View;

/// So many candidates are looked for at least, and a tenth of the nodes if that is more.
const CANDIDATES_MIN: u64 = 100;
/// Reason of condition `DisruptionTarget` on those that leave.
pub(super) const PREEMPTED: &str = "PreemptionByScheduler";
/// Makes every priority positive: more victims of negative priority are then no better.
const PRIORITY_OFFSET: i64 = 1 << 31;

/// What becomes of a pod that fits nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nomination {
    /// Its nomination, if any, stands.
    Stands,
    /// No node can be made to fit.
    Lapses,
    /// These pods are to leave that node.
    Node {
        /// The node.
        node: Name,
        /// The most important first.
        victims: Vec<Uid>,
    },
}

/// Looks for a node that fits without pods of lower priority; the text is what is said if there
/// is none.
#[inline(never)]
pub(super) fn preempt(
    pod: &Pod,
    refusals: &[(&Arc<Node>, Refusal)],
    view: &View,
    attempt: Attempt,
) -> (Nomination, String) {
    if let Some(text) = not_eligible(pod, refusals, view) {
        return (Nomination::Stands, format!("preemption: {text}"));
    }
    let mut curable: Vec<_> = refusals.iter().filter(|it| it.1.is_curable).map(|it| it.0).collect();
    let count = curable.len() as u64;
    let wanted = (view.store.node_count() / 10).max(CANDIDATES_MIN);
    if count > wanted {
        let offset = attempt.seed.draw("preemption offset", &*pod.meta.name) % count;
        curable.rotate_left(usize::try_from(offset).unwrap_or(0));
    }
    let budgets = DisruptionBudget::all(view.store);
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut reasons = Vec::new();
    for node in curable {
        if candidates.len() as u64 >= wanted {
            break;
        }
        match select_victims(pod, node, view, &budgets, attempt.now) {
            Ok((victims, violations)) => candidates.push(Candidate { node, victims, violations }),
            Err(refusal) => reasons.extend(refusal.reasons),
        }
    }
    let best = candidates.iter().min_by_key(|it| it.cost(attempt.now));
    if let Some(best) = best {
        let victims = best.victims.iter().map(|it| it.meta.uid).collect();
        return (Nomination::Node { node: best.node.meta.name.clone(), victims }, String::new());
    }
    let nodes = view.store.node_count();
    let hopeless = nodes - count;
    let hopeless = ("Preemption is not helpful for scheduling".to_owned(), hopeless);
    let text = histogram(nodes, reasons.into_iter().map(|it| (it, 1)).chain([hopeless]));
    (Nomination::Lapses, format!("preemption: {text}"))
}

/// `PodEligibleToPreemptOthers`.
fn not_eligible(
    pod: &Pod,
    refusals: &[(&Arc<Node>, Refusal)],
    view: &View,
) -> Option<&'static str> {
    if pod.priority.never_preempts {
        return Some("not eligible due to preemptionPolicy=Never.");
    }
    let nominated = pod.status.nominated_node.as_deref()?;
    let refusal = refusals.iter().find(|it| it.0.meta.name == *nominated);
    if refusal.is_none_or(|it| !it.1.is_curable) {
        return None;
    }
    let mut leaving = view.pods_on(nominated).filter(|it| {
        it.priority.value < pod.priority.value
            && it.meta.is_terminating()
            && it.status.disruption.as_ref().is_some_and(|it| it.reason == PREEMPTED)
    });
    leaving.next()?;
    Some("not eligible due to a terminating pod on the nominated node.")
}

/// A node and the pods that would have to leave it.
struct Candidate<'a> {
    node: &'a Arc<Node>,
    victims: Vec<&'a Arc<Pod>>,
    /// How many of them a budget protects.
    violations: u64,
}

impl Candidate<'_> {
    /// The cheapest is chosen: fewest against a budget, lowest priority of the first victim,
    /// smallest sum, fewest victims, the youngest of the most important ones.
    fn cost(&self, now: Time) -> (u64, i64, i64, u64, Reverse<Time>) {
        let top = self.victims.first().map_or(i64::MIN, |it| it.priority.value);
        let sum = self.victims.iter().map(|it| it.priority.value.saturating_add(PRIORITY_OFFSET));
        let most_important = self.victims.iter().filter(|it| it.priority.value == top);
        let earliest = most_important.map(|it| it.status.started.unwrap_or(now)).min();
        let count = self.victims.len() as u64;
        (self.violations, top, sum.sum(), count, Reverse(earliest.unwrap_or(now)))
    }
}

/// All pods of lower priority leave; then as many as possible come back, those that a budget
/// protects first, of these the most important first (`SelectVictimsOnNode`). The victims, and how
/// many of them a budget protects.
fn select_victims<'a>(
    pod: &Pod,
    node: &Node,
    view: &View<'a>,
    budgets: &[DisruptionBudget],
    now: Time,
) -> Result<(Vec<&'a Arc<Pod>>, u64), Refusal> {
    let store = view.store;
    let here = store.pods_on(&node.meta.name).filter(|it| !it.is_terminal());
    let mut lower: Vec<_> = here.filter(|it| it.priority.value < pod.priority.value).collect();
    if lower.is_empty() {
        let reason = "No preemption victims found for incoming pod";
        return Err(Refusal::hopeless("DefaultPreemption", reason));
    }
    let mut away: BTreeSet<Uid> = BTreeSet::new();
    away.extend(lower.iter().map(|it| it.meta.uid));
    fits(pod, node, &view.without(&away))?;
    let importance =
        |it: &Pod| (Reverse(it.priority.value), it.status.started.unwrap_or(now), it.meta.uid);
    sort_by_key(&mut lower, |it| importance(it));
    let violations = disruption::violations(&lower, budgets);
    let (mut victims, mut violation_count) = (Vec::new(), 0);
    for is_protected in [true, false] {
        for (candidate, _) in lower.iter().zip(&violations).filter(|it| *it.1 == is_protected) {
            away.remove(&candidate.meta.uid);
            if fits(pod, node, &view.without(&away)).is_err() {
                away.insert(candidate.meta.uid);
                victims.push(*candidate);
                violation_count += u64::from(is_protected);
            }
        }
    }
    sort_by_key(&mut victims, |it| importance(it));
    Ok((victims, violation_count))
}

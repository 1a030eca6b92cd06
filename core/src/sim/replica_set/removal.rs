//! Which surplus pods go (`getPodsToDelete`, `ActivePodsWithRanks` of
//! `pkg/controller/controller_utils.go`).
//!
//! Upstream compares ready times and ages by the logarithm only and leaves the rest to chance; here
//! the younger always goes first, which is one of its outcomes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::order::sort_by;
use crate::api::pod::Phase;
use crate::api::{Name, Pod, ReplicaSet, Time, Uid};
use crate::sim::Store;
use crate::sim::replica_set::is_active;

/// Pods with a lower cost go first.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// What decides, in order; the smallest goes first.
type Rank = (bool, u8, bool, i64, Reverse<u32>, Reverse<Time>, Reverse<u32>, Reverse<(i64, Uid)>);

/// The `count` pods that go.
pub(super) fn choose<'a>(
    set: &ReplicaSet,
    pods: &[&'a Arc<Pod>],
    count: i64,
    store: &Store,
) -> Vec<&'a Arc<Pod>> {
    if count == 0 {
        return Vec::new();
    }
    let siblings = siblings(set, store);
    let mut ranked: Vec<(Rank, &Arc<Pod>)> =
        pods.iter().map(|it| (rank(it, &siblings), *it)).collect();
    sort_by(&mut ranked, |a, b| a.0.cmp(&b.0));
    ranked.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    ranked.into_iter().map(|it| it.1).collect()
}

/// Active pods of all ReplicaSets with the same owner, by node.
fn siblings(set: &ReplicaSet, store: &Store) -> BTreeMap<Name, u32> {
    let own = set.meta.uid;
    let sets: Vec<Uid> = match &set.meta.controller {
        Some(owner) => store.replica_sets_of(owner.uid).map(|it| it.meta.uid).collect(),
        None => vec![own],
    };
    let mut counts = BTreeMap::new();
    for pod in sets.iter().flat_map(|it| store.pods_of(*it)).filter(|it| is_active(it)) {
        if let Some(node) = &pod.node_name {
            *counts.entry(node.clone()).or_default() += 1;
        }
    }
    counts
}

fn rank(pod: &Pod, siblings: &BTreeMap<Name, u32>) -> Rank {
    let phase = match pod.status.phase {
        Phase::Pending => 0,
        Phase::Running | Phase::Succeeded | Phase::Failed => 1,
    };
    let cost = pod.meta.annotations.get(DELETION_COST);
    let node = pod.node_name.as_ref();
    let ready = pod.status.ready.filter(|it| it.status);
    let restarts = pod.status.containers.iter().map(|it| it.restarts).max().unwrap_or(0);
    (
        node.is_some(),
        phase,
        ready.is_some(),
        cost.and_then(|it| it.parse::<i32>().ok()).map_or(0, i64::from),
        Reverse(node.and_then(|it| siblings.get(it)).copied().unwrap_or(0)),
        Reverse(ready.map_or(Time::ZERO, |it| it.since)),
        Reverse(restarts),
        Reverse((pod.meta.created.second(), pod.meta.uid)),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Labels;
    use crate::api::pod::{ContainerState, ContainerStatus};

    struct Case {
        node: Option<&'static str>,
        phase: Phase,
        ready_since: Option<i64>,
        cost: Option<&'static str>,
        restarts: u32,
        created: i64,
    }

    const OLD: Case = Case {
        node: Some("n1"),
        phase: Phase::Running,
        ready_since: Some(10),
        cost: None,
        restarts: 0,
        created: 0,
    };

    /// Each of these goes before the one that follows it.
    #[test]
    fn the_order_of_removal() {
        let unready = Case { ready_since: None, ..OLD };
        let cases = [
            ("unbound", Case { node: None, phase: Phase::Pending, ..unready }),
            ("pending", Case { phase: Phase::Pending, ready_since: None, ..OLD }),
            ("unready, restarted", Case { ready_since: None, restarts: 2, ..OLD }),
            ("unready, younger", Case { ready_since: None, created: 5, ..OLD }),
            ("unready", Case { ready_since: None, ..OLD }),
            ("cheap", Case { cost: Some("-3"), ..OLD }),
            ("crowded", Case { node: Some("n2"), ..OLD }),
            ("ready since later", Case { ready_since: Some(20), ..OLD }),
            ("restarted", Case { restarts: 1, ..OLD }),
            ("younger", Case { created: 5, ..OLD }),
            ("like others", OLD),
            ("dear", Case { cost: Some("7"), ..OLD }),
        ];
        let siblings = BTreeMap::from([("n1".into(), 1), ("n2".into(), 4)]);
        let ranks: Vec<_> = cases.iter().map(|it| (it.0, rank(&pod(&it.1), &siblings))).collect();
        for pair in ranks.windows(2) {
            assert!(pair[0].1 < pair[1].1, "{} goes before {}", pair[0].0, pair[1].0);
        }
    }

    fn pod(case: &Case) -> Pod {
        let mut pod = Pod::from_json(&json!({"metadata": {"name": "p"}}), Time::ZERO);
        pod.node_name = case.node.map(Name::from);
        pod.meta.created = Time::from_seconds(case.created);
        let cost = case.cost.map(|it| (DELETION_COST.into(), it.into()));
        pod.meta.annotations = Arc::new(cost.into_iter().collect::<Labels>());
        pod.status.phase = case.phase;
        if let Some(since) = case.ready_since {
            pod.status.set_ready(true, Time::from_seconds(since));
        }
        let state = ContainerState::Running(Time::ZERO);
        let restarts = case.restarts;
        let waiting = ContainerStatus::waiting("ContainerCreating");
        pod.status.containers.push(ContainerStatus { state, ready: true, restarts, ..waiting });
        pod
    }
}

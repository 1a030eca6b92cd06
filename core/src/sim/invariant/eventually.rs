//! What holds once nobody interferes any more and the cluster has come to rest.

use std::sync::Arc;

use crate::api::daemon_set::{DaemonSetStatus, REVISION_HASH_LABEL};
use crate::api::pod::{Container, ContainerState};
use crate::api::{DaemonSet, Name, Pod, TaintEffect};
use crate::sim::daemon_set::SyncError;
use crate::sim::invariant::Invariant;
use crate::sim::invariant::count::{Census, lives};
use crate::sim::{Cluster, ImageBehaviour};

pub(super) const ALL: &[Invariant] = &[
    Invariant::eventually("every wanted node has one available pod, or a known blocker", settled),
    Invariant::eventually("the status at rest equals a recount", status),
    Invariant::eventually("no pod is left terminating on a node that works", terminating),
];

/// Why a node that should run a pod does not have an available one of the present revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The strategy leaves the old pod until somebody deletes it.
    OnDelete,
    /// The scheduler finds no room; its text.
    NoRoom(Name),
    /// The node does not report, so nothing starts or stops on it.
    NodeSilent,
    /// A container does not come up; the reason.
    Container(Name),
    /// A taint of the node is tolerated for a limited time only: pods come and go.
    EvictedAgain,
    /// A failed pod is held back for a while.
    BackOff,
    /// The budget of the rollout is used up by this node.
    BudgetHeldBy(Name),
    /// Adopted from a DaemonSet of the same template generation, and so taken for up to date.
    TakenForUpdated,
    /// The syncs of the DaemonSet fail.
    SyncFails(SyncError),
}

/// From the end of `minReadySeconds` to the sync that finds it, at most: whole seconds, the second
/// that the timer adds, and the controller's latency.
const SEEN_LATE: i64 = 2_100;

fn settled(cluster: &Cluster) -> Result<(), String> {
    for ds in cluster.store().daemon_sets().filter(|it| !it.meta.is_terminating()) {
        let census = Census::of(cluster, ds);
        for (node, decision, pods) in census.nodes() {
            let living: Vec<_> = pods.iter().filter(|it| lives(it)).collect();
            let is_settled = living.len() == 1
                && census.is_available(living[0])
                && living[0].meta.labels.get(REVISION_HASH_LABEL) == census.hash();
            if decision.should_run && !is_settled && blocker_of(&census, node, pods).is_none() {
                let states: Vec<String> = pods.iter().map(|it| described(it)).collect();
                return Err(format!("{} on {node}: {states:?}", ds.meta.name));
            }
        }
    }
    Ok(())
}

fn status(cluster: &Cluster) -> Result<(), String> {
    // Containers that end and pods that are evicted again and again give no rest: what they did
    // last may not be counted yet, and who has been ready for long enough is seen a second later.
    let is_new = |ds: &DaemonSet, pod: &Pod| {
        let seen = ds.min_ready_seconds * 1000 + SEEN_LATE;
        pod.status.ready.is_some_and(|it| it.status && it.since + seen >= cluster.now())
    };
    let is_counted = |ds: &DaemonSet| {
        let mut pods = cluster.store().pods_of(ds.meta.uid);
        let is_due = cluster.is_sync_due(ds.meta.uid) || pods.any(|it| is_new(ds, it));
        !ds.meta.is_terminating() && !is_due
    };
    for ds in cluster.store().daemon_sets().filter(|it| is_counted(it)) {
        let counted = Census::of(cluster, ds).status();
        // The removal of a node that holds no pod wakes nobody, here as upstream.
        let figures = |it: &DaemonSetStatus| {
            [it.number_ready, it.number_available, it.updated_number_scheduled]
        };
        if figures(&ds.status) != figures(&counted) {
            let name = &ds.meta.name;
            return Err(format!("{name}: {:?}, counted {counted:?}", ds.status));
        }
    }
    Ok(())
}

fn terminating(cluster: &Cluster) -> Result<(), String> {
    let is_ready = |name: &Name| cluster.store().node(name).is_some_and(|it| it.is_ready());
    let stuck = cluster.store().pods().find(|pod| {
        let is_kept = !pod.meta.finalizers.is_empty();
        let deleted = pod
            .meta
            .deletion
            .map(|it| it.requested + it.grace_seconds.saturating_add(5).saturating_mul(1000));
        let is_late = deleted.is_some_and(|it| it < cluster.now());
        is_late && !is_kept && pod.node_name.as_ref().is_some_and(is_ready)
    });
    match stuck {
        Some(pod) => Err(described(pod)),
        None => Ok(()),
    }
}

/// Why a node has no available pod of the present revision of a DaemonSet; none if it has one, or
/// if there is no reason.
pub fn blocker(cluster: &Cluster, ds: &DaemonSet, node: &Name) -> Option<Blocker> {
    let census = Census::of(cluster, ds);
    let pods = census.pods.get(node).cloned().unwrap_or_default();
    blocker_of(&census, node, &pods)
}

fn blocker_of(census: &Census, node: &Name, pods: &[&Arc<Pod>]) -> Option<Blocker> {
    let uid = census.ds.meta.uid;
    if let Some(error) = census.cluster.last_sync(uid).and_then(|it| it.report.error) {
        return Some(Blocker::SyncFails(error));
    }
    if is_tolerated_for_a_time(census, node) {
        return Some(Blocker::EvictedAgain);
    }
    let (updated, old): (Vec<_>, Vec<_>) =
        pods.iter().copied().filter(|it| lives(it)).partition(|it| census.is_updated(it));
    if let Some(own) = updated.iter().chain(&old).find_map(|it| own_blocker(census, node, it)) {
        return Some(own);
    }
    if let ([pod], []) = (&*updated, &*old)
        && pod.meta.labels.get(REVISION_HASH_LABEL) != census.hash()
    {
        return Some(Blocker::TakenForUpdated);
    }
    match (updated.is_empty(), old.is_empty()) {
        (true, false) if !census.rolls() => Some(Blocker::OnDelete),
        (true, false) => held_by(census, node).map(Blocker::BudgetHeldBy),
        (true, true) => waiting_for_the_old(census, node, pods),
        _ => None,
    }
}

fn is_tolerated_for_a_time(census: &Census, node: &Name) -> bool {
    let Some(node) = census.cluster.store().node(node) else { return false };
    let mut taints = node.taints.iter().filter(|it| it.effect == TaintEffect::NoExecute);
    let tolerations = &census.ds.template.daemon_spec.tolerations;
    taints.any(|taint| {
        let first = tolerations.iter().find(|it| it.tolerates(taint));
        first.is_some_and(|it| it.toleration_seconds.is_some())
    })
}

/// Why this pod is not available.
fn own_blocker(census: &Census, node: &Name, pod: &Pod) -> Option<Blocker> {
    if census.is_available(pod) {
        return None;
    }
    if let Some(text) = &pod.status.unschedulable {
        return Some(Blocker::NoRoom((**text).clone()));
    }
    if is_silent(census, node) {
        return Some(Blocker::NodeSilent);
    }
    let waits =
        pod.status.containers.iter().any(|it| matches!(it.state, ContainerState::Waiting(_)));
    if let Some(text) = census.cluster.obstacle(pod).filter(|_| waits) {
        return Some(Blocker::Container(text.into()));
    }
    let statuses = pod.status.init_containers.iter().chain(&pod.status.containers);
    if statuses.clone().any(|it| it.restarts > 0) {
        return Some(Blocker::Container("it ends again and again".into()));
    }
    statuses.filter(|it| !it.ready).find_map(|it| match it.state {
        ContainerState::Waiting("ContainerCreating" | "PodInitializing") => None,
        ContainerState::Waiting(reason) => Some(Blocker::Container(reason.into())),
        ContainerState::Running(_) => never_ready(census, pod),
        _ => None,
    })
}

/// It runs, but its image does not answer the probe.
fn never_ready(census: &Census, pod: &Pod) -> Option<Blocker> {
    let world = census.cluster.store().world();
    let is_broken = |container: &Container| {
        let behaviour = world.behaviour(&container.image);
        let is_unwell =
            matches!(behaviour, ImageBehaviour::NeverReady | ImageBehaviour::Unhealthy { .. });
        container.readiness.is_some() && is_unwell
    };
    let container = pod.spec.containers.iter().find(|it| is_broken(it))?;
    Some(Blocker::Container(format!("{} is never ready", container.image).into()))
}

/// No living pod: the last one is still going, or has failed and is held back.
fn waiting_for_the_old(census: &Census, node: &Name, pods: &[&Arc<Pod>]) -> Option<Blocker> {
    let is_going = pods.iter().any(|it| it.meta.is_terminating());
    if is_going && is_silent(census, node) {
        return Some(Blocker::NodeSilent);
    }
    let has_failed = pods.iter().any(|it| it.is_terminal() && !it.meta.is_terminating());
    has_failed.then_some(Blocker::BackOff)
}

fn is_silent(census: &Census, node: &Name) -> bool {
    census.cluster.store().node(node).is_some_and(|it| !it.is_ready())
}

/// Another place that uses up the budget for a reason of its own.
fn held_by(census: &Census, node: &Name) -> Option<Name> {
    let others = census.pods.iter().filter(|(name, _)| **name != node);
    let mut blocked = others.filter(|(name, pods)| {
        let is_gone = census.cluster.store().node(**name).is_none();
        let is_going = pods.iter().all(|it| it.meta.is_terminating());
        let updated = pods.iter().filter(|it| lives(it) && census.is_updated(it));
        let waits = updated.into_iter().any(|it| own_blocker(census, name, it).is_some());
        let is_blocked = is_gone || waits || is_tolerated_for_a_time(census, name);
        is_blocked || (is_going && is_silent(census, name))
    });
    blocked.next().map(|(name, _)| (*name).clone())
}

fn described(pod: &Pod) -> String {
    let phase = pod.status.phase.as_str();
    let node = pod.node_name.as_deref().unwrap_or("no node");
    let going = if pod.meta.is_terminating() { ", terminating" } else { "" };
    format!("{} {phase} on {node}{going}", pod.meta.name)
}

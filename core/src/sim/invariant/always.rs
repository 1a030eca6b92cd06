//! What holds after every step.

use std::collections::BTreeMap;

use crate::api::{Name, Pod};
use crate::sim::daemon_set::SyncReport;
use crate::sim::event::Message;
use crate::sim::invariant::count::{Census, lives};
use crate::sim::invariant::{Invariant, Seen};
use crate::sim::{ActorKind, Change};

pub(super) const ALL: &[Invariant] = &[
    Invariant::always("an idle sync leaves one pod on a node, or two while surging", one_pod),
    Invariant::always("no pod stays where it may not", no_pod_out_of_place),
    Invariant::always("a rollout takes down no more than its budget allows", budget),
    Invariant::always("an idle sync leaves a status that equals a recount", status),
    Invariant::always("what is kept by difference equals the full computation", recount),
    Invariant::always("nothing outlives its owner", nothing_leaks),
    Invariant::always("every create and delete of a controller has its event", events),
    Invariant::always("a host port on a node belongs to one pod", host_ports),
];

/// Beyond this many pods the books are not compared after every step.
const PODS_RECOUNTED_ALWAYS: u64 = 100;

/// Those that create and delete pods and say so.
const CONTROLLERS: [ActorKind; 2] = [ActorKind::DaemonSet, ActorKind::ReplicaSet];

/// The garbage collector is well under a second behind.
const COLLECTED_AFTER: i64 = 1_500;

/// DaemonSets that were synced in this step and found nothing to do.
fn idle<'a>(seen: &'a Seen) -> impl Iterator<Item = Census<'a>> {
    let has_written = seen.journal.changes.iter().any(|(_, it)| matches!(it, Change::Pod { .. }));
    let idle = seen.journal.syncs.iter().filter(move |(_, report)| {
        let SyncReport { creates, create_attempts, deletes, error } = report;
        !has_written && creates + create_attempts + deletes == 0 && error.is_none()
    });
    let censuses = idle.filter_map(|(uid, _)| Census::find(seen.cluster, *uid));
    censuses.filter(|it| !it.ds.meta.is_terminating())
}

fn one_pod(seen: &Seen) -> Result<(), String> {
    for census in idle(seen) {
        for (node, _, pods) in census.nodes() {
            let living: Vec<_> = pods.iter().filter(|it| lives(it)).collect();
            let count_max = if census.surges() { 2 } else { 1 };
            if living.len() > count_max {
                let names: Vec<&Name> = living.iter().map(|it| &it.meta.name).collect();
                return Err(format!("{} has {names:?} on {node}", census.ds.meta.name));
            }
        }
    }
    Ok(())
}

fn no_pod_out_of_place(seen: &Seen) -> Result<(), String> {
    for census in idle(seen) {
        for (node, decision, pods) in census.nodes() {
            let staying = pods.iter().find(|it| !it.meta.is_terminating());
            if let Some(pod) = staying.filter(|_| !decision.should_continue) {
                return Err(format!("{} stays on {node}", pod.meta.name));
            }
        }
        let store = seen.cluster.store();
        let vanished = census.pods.iter().filter(|(node, _)| store.node(**node).is_none());
        for (node, pods) in vanished {
            if let Some(pod) = pods.iter().find(|it| it.node_name.is_none()) {
                return Err(format!("{} waits for {node}, which is gone", pod.meta.name));
            }
        }
    }
    Ok(())
}

/// Looks at what a sync deleted: an available old pod on a node where it might have stayed, with
/// no other beside it, goes only within `maxUnavailable`; while surging, and with `OnDelete`, it
/// does not go at all.
fn budget(seen: &Seen) -> Result<(), String> {
    for (uid, _) in &seen.journal.syncs {
        let Some(census) = Census::find(seen.cluster, *uid) else { continue };
        let taken_down = taken_down(seen, &census);
        if taken_down.is_empty() {
            continue;
        }
        let unavailable = census.nodes().filter(|(_, decision, pods)| {
            let serves = |pod: &Pod| !pod.meta.is_terminating() && census.is_available(pod);
            decision.should_run && !pods.iter().any(|it| serves(it))
        });
        let unavailable = unavailable.count() as i64;
        let budget = census.ds.budget(census.desired()).map_err(|it| it.to_string())?;
        let allowed = match census.rolls() {
            true if census.surges() => 0,
            true => budget.unavailable,
            false => 0,
        };
        if unavailable > allowed {
            let name = &census.ds.meta.name;
            return Err(format!("{name}: {unavailable} nodes of {allowed}, by {taken_down:?}"));
        }
    }
    Ok(())
}

/// Names of the pods that a rollout took down: alone on a node that wants one, old, available.
pub(super) fn taken_down(seen: &Seen, census: &Census) -> Vec<Name> {
    let mut deleted = Vec::new();
    for pod in deleted_by_controller(seen) {
        let owner = pod.meta.controller.as_ref().map(|it| it.uid);
        if owner != Some(census.ds.meta.uid) || census.is_updated(pod) {
            continue;
        }
        let site = census.nodes().find(|(node, ..)| pod.target_node() == Some(*node));
        let Some((_, decision, pods)) = site else { continue };
        let has_other = pods.iter().any(|it| it.meta.uid != pod.meta.uid && lives(it));
        if decision.should_run && lives(pod) && !has_other && census.is_available(pod) {
            deleted.push(pod.meta.name.clone());
        }
    }
    deleted
}

/// Pods that the DaemonSet controller deleted in this step, as they were before.
pub(super) fn deleted_by_controller<'a>(seen: &'a Seen) -> impl Iterator<Item = &'a Pod> {
    deleted_by(seen, &[ActorKind::DaemonSet])
}

fn deleted_by<'a>(seen: &'a Seen, kinds: &'a [ActorKind]) -> impl Iterator<Item = &'a Pod> {
    seen.journal.changes.iter().filter_map(|(actor, change)| {
        let Change::Pod { old: Some(old), new } = change else { return None };
        let is_going = new.as_ref().is_none_or(|it| it.meta.is_terminating());
        let was_staying = !old.meta.is_terminating();
        let is_by = actor.is_some_and(|it| kinds.contains(&it));
        (is_by && is_going && was_staying).then_some(&**old)
    })
}

fn status(seen: &Seen) -> Result<(), String> {
    for census in idle(seen) {
        let counted = census.status();
        if census.ds.status != counted {
            let name = &census.ds.meta.name;
            return Err(format!("{name}: {:?}, counted {counted:?}", census.ds.status));
        }
    }
    Ok(())
}

/// The full computation grows with the square of the pods on one node: with many it is made now
/// and then.
fn recount(seen: &Seen) -> Result<(), String> {
    let is_dear = seen.cluster.store().pod_count() > PODS_RECOUNTED_ALWAYS;
    match is_dear && !seen.cluster.work().wakes.is_multiple_of(64) {
        true => Ok(()),
        false => seen.cluster.recount(),
    }
}

fn nothing_leaks(seen: &Seen) -> Result<(), String> {
    let now = seen.cluster.now();
    match seen.ownerless.iter().find(|(_, since)| now.0 - since.0 > COLLECTED_AFTER) {
        Some((uid, since)) => Err(format!("{uid:?} has no owner since {since}")),
        None => Ok(()),
    }
}

fn events(seen: &Seen) -> Result<(), String> {
    let mut open: BTreeMap<(&str, Name), i64> = BTreeMap::new();
    for event in &seen.journal.events {
        let (word, pod) = match &event.message {
            Message::CreatedPod { pod } => ("created", pod),
            Message::DeletedPod { pod } => ("deleted", pod),
            _ => continue,
        };
        *open.entry((word, pod.clone())).or_default() += 1;
    }
    for (actor, change) in &seen.journal.changes {
        let is_by_controller = actor.is_some_and(|it| CONTROLLERS.contains(&it));
        if let (true, Change::Pod { old: None, new: Some(pod) }) = (is_by_controller, change) {
            *open.entry(("created", pod.meta.name.clone())).or_default() -= 1;
        }
    }
    for pod in deleted_by(seen, &CONTROLLERS) {
        *open.entry(("deleted", pod.meta.name.clone())).or_default() -= 1;
    }
    match open.iter().find(|(_, balance)| **balance != 0) {
        Some(((word, pod), balance)) => Err(format!("{pod} {word}: {balance} events too many")),
        None => Ok(()),
    }
}

/// The scheduler's promise, on which the surge of pods with host ports depends.
fn host_ports(seen: &Seen) -> Result<(), String> {
    let bound = |change: &Change| match change {
        Change::Pod { old, new: Some(new) } => {
            let is_new = old.as_ref().is_none_or(|it| it.node_name.is_none());
            new.node_name.clone().filter(|_| is_new && !new.spec.host_ports.is_empty())
        }
        _ => None,
    };
    for node in seen.journal.changes.iter().filter_map(|(_, change)| bound(change)) {
        let pods: Vec<_> =
            seen.cluster.store().pods_on(&node).filter(|it| !it.is_terminal()).collect();
        for (index, pod) in pods.iter().enumerate() {
            let later = pods.iter().skip(index + 1);
            let clashes = |other: &Pod| {
                let ports = &other.spec.host_ports;
                pod.spec.host_ports.iter().any(|it| ports.iter().any(|port| it.clashes_with(port)))
            };
            if let Some(other) = later.into_iter().find(|it| clashes(it)) {
                return Err(format!("{} and {} on {node}", pod.meta.name, other.meta.name));
            }
        }
    }
    Ok(())
}

//! What some run has to reach, or else it has shown nothing.

use crate::api::pod::ProbeRole;
use crate::api::{DaemonSet, Pod, ReplicaSet, Uid};
use crate::sim::event::Message;
use crate::sim::invariant::always::{deleted_by_controller, taken_down};
use crate::sim::invariant::count::{Census, lives};
use crate::sim::invariant::{Invariant, Seen};
use crate::sim::{ActorKind, Change};

pub(super) const ALL: &[Invariant] = &[
    Invariant::sometimes("a rollout takes down an available pod", |seen| {
        censuses(seen).any(|it| !taken_down(seen, &it).is_empty())
    }),
    Invariant::sometimes("a node runs two pods while surging", |seen| {
        censuses(seen).any(|census| {
            let has_two = |pods: &[&std::sync::Arc<Pod>]| {
                pods.iter().filter(|it| lives(it) && it.is_ready()).count() == 2
            };
            census.surges() && census.nodes().any(|(_, _, pods)| has_two(pods))
        })
    }),
    Invariant::sometimes("a duplicate is deleted without surge", |seen| {
        censuses(seen).filter(|it| !it.surges()).any(|census| {
            deleted_by_controller(seen).any(|pod| {
                let rest = pod.target_node().and_then(|it| census.pods.get(it));
                rest.is_some_and(|rest| rest.iter().any(|it| lives(it)))
            })
        })
    }),
    Invariant::sometimes("an unavailable old pod is replaced", |seen| {
        censuses(seen).any(|census| {
            deleted_by_controller(seen)
                .any(|it| lives(it) && !census.is_updated(it) && !census.is_available(it))
        })
    }),
    Invariant::sometimes("a pod is misscheduled", |seen| {
        daemon_sets(seen).any(|it| it.status.number_misscheduled > 0)
    }),
    Invariant::sometimes("a ready pod is not available yet", |seen| {
        daemon_sets(seen).any(|it| it.status.number_ready > it.status.number_available)
    }),
    Invariant::sometimes("a revision is numbered anew", |seen| {
        seen.journal.changes.iter().any(|(_, change)| match change {
            Change::Revision { old: Some(old), new: Some(new) } => old.revision < new.revision,
            _ => false,
        })
    }),
    Invariant::sometimes("a revision is trimmed", |seen| {
        seen.journal.changes.iter().any(|(actor, change)| {
            let is_gone = matches!(change, Change::Revision { new: None, .. });
            *actor == Some(ActorKind::DaemonSet) && is_gone
        })
    }),
    Invariant::sometimes("a pod is adopted", |seen| {
        pod_changes(seen).any(|(_, old, new)| {
            let (before, after) = (old.map(|it| &it.meta), new.map(|it| &it.meta));
            before.is_some_and(|it| it.controller.is_none())
                && after.is_some_and(|it| it.controller.is_some())
        })
    }),
    Invariant::sometimes("a pod finds no room", |seen| {
        pod_changes(seen).any(|(_, _, new)| new.is_some_and(|it| it.status.unschedulable.is_some()))
    }),
    Invariant::sometimes("a taint evicts a pod", |seen| goes_by(seen, ActorKind::TaintEviction)),
    Invariant::sometimes("the pod of a vanished node is collected", |seen| {
        goes_by(seen, ActorKind::PodGc)
    }),
    Invariant::sometimes("the pod of a deleted owner is collected", |seen| {
        goes_by(seen, ActorKind::GarbageCollector)
    }),
    Invariant::sometimes("a sync fails and is to be tried again", |seen| {
        seen.journal.syncs.iter().any(|(_, report)| report.error.is_some())
    }),
    Invariant::sometimes("events are combined", |seen| {
        seen.cluster.events().iter().any(|it| it.is_combined)
    }),
    Invariant::sometimes("an image cannot be pulled", |seen| {
        says(seen, |it| matches!(it, Message::BackOffPulling { .. }))
    }),
    Invariant::sometimes("a container crashes in a loop", |seen| {
        says(seen, |it| matches!(it, Message::BackOffRestarting { .. }))
    }),
    Invariant::sometimes("a readiness probe fails", |seen| {
        says(seen, |it| matches!(it, Message::ProbeFailed { role: ProbeRole::Readiness, .. }))
    }),
    Invariant::sometimes("a liveness probe has a container killed", |seen| {
        says(seen, |it| matches!(it, Message::ProbeKills { role: ProbeRole::Liveness, .. }))
    }),
    Invariant::sometimes("a startup probe has a container killed", |seen| {
        says(seen, |it| matches!(it, Message::ProbeKills { role: ProbeRole::Startup, .. }))
    }),
    Invariant::sometimes("a volume cannot be mounted", |seen| {
        says(seen, |it| matches!(it, Message::FailedMount { .. }))
    }),
    Invariant::sometimes("a pod waits for the network of its node", |seen| {
        says(seen, |it| matches!(it, Message::NetworkNotReady { .. }))
    }),
    Invariant::sometimes("a kubelet refuses a pod", |seen| {
        says(seen, |it| matches!(it, Message::Refused { .. }))
    }),
    Invariant::sometimes("a kubelet evicts a pod", |seen| {
        says(seen, |it| matches!(it, Message::Evicted { .. }))
    }),
    Invariant::sometimes("a failed daemon pod is found", |seen| {
        says(seen, |it| matches!(it, Message::FailedDaemonPod { .. }))
    }),
    Invariant::sometimes("a pod makes room for one of higher priority", |seen| {
        says(seen, |it| matches!(it, Message::Preempted { .. }))
    }),
    Invariant::sometimes("a node falls silent", |seen| {
        says(seen, |it| matches!(it, Message::NodeIsNotReady))
    }),
    Invariant::sometimes("an eviction by taint is called off", |seen| {
        says(seen, |it| matches!(it, Message::CancellingDeletion { .. }))
    }),
    Invariant::sometimes("a drain evicts a pod", |seen| {
        let reason = |pod: &Pod| pod.status.disruption.as_ref().map(|it| it.reason);
        pod_changes(seen).any(|(_, _, new)| new.and_then(reason) == Some("EvictionByEvictionAPI"))
    }),
    Invariant::sometimes("a DaemonSet waits for its dependents to go", |seen| {
        daemon_sets(seen).any(|it| it.meta.is_terminating())
    }),
    Invariant::sometimes("a Deployment replaces one ReplicaSet by another", |seen| {
        let is_rolling = |it: &std::sync::Arc<ReplicaSet>| it.status.replicas > 0;
        let mut owners: Vec<Uid> = Vec::new();
        for set in seen.cluster.store().replica_sets().filter(|it| is_rolling(it)) {
            owners.extend(set.meta.controller.as_ref().map(|it| it.uid));
        }
        owners.sort();
        owners.windows(2).any(|it| it[0] == it[1])
    }),
];

fn says(seen: &Seen, is_it: fn(&Message) -> bool) -> bool {
    seen.journal.events.iter().any(|it| is_it(&it.message))
}

/// DaemonSets that were synced in this step.
fn censuses<'a>(seen: &'a Seen) -> impl Iterator<Item = Census<'a>> {
    seen.journal.syncs.iter().filter_map(|(uid, _)| Census::find(seen.cluster, *uid))
}

fn daemon_sets<'a>(seen: &'a Seen) -> impl Iterator<Item = &'a DaemonSet> {
    seen.cluster.store().daemon_sets().map(|it| &**it)
}

fn pod_changes<'a>(
    seen: &'a Seen,
) -> impl Iterator<Item = (Option<ActorKind>, Option<&'a Pod>, Option<&'a Pod>)> {
    seen.journal.changes.iter().filter_map(|(actor, change)| match change {
        Change::Pod { old, new } => Some((*actor, old.as_deref(), new.as_deref())),
        _ => None,
    })
}

/// An actor deletes a pod, or removes it.
fn goes_by(seen: &Seen, kind: ActorKind) -> bool {
    pod_changes(seen).any(|(actor, old, new)| {
        let is_going = new.is_none_or(|it| it.meta.is_terminating());
        actor == Some(kind) && old.is_some() && is_going
    })
}

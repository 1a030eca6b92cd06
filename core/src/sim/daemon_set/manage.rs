//! The create/delete pass (`manage`, `podsShouldBeOnNode`, `syncNodes` of
//! `pkg/controller/daemon/daemon_controller.go`).

use std::sync::Arc;

use crate::api::pod::Phase;
use crate::api::{DaemonSet, Name, Pod, Time, Uid};
use crate::sim::actor::Ctx;
use crate::sim::admission;
use crate::sim::command::{Command, NewPod};
use crate::sim::daemon_set::state::{Backoff, SetState};
use crate::sim::daemon_set::{BURST, SyncError, SyncReport, event, owner_ref};
use crate::sim::event::{Message, ObjectRef};

/// The back-off of failed pods, in milliseconds.
const BACKOFF_INITIAL: i64 = 1000;
const BACKOFF_MAX: i64 = 15 * 60 * 1000;

/// Creates pods where they are missing and deletes those that should not be.
pub(super) fn manage(
    state: &mut SetState,
    ds: &DaemonSet,
    hash: &Name,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    let Some(basis) = state.basis().cloned() else { return Ok(()) };
    let mut create: Vec<Name> = state.to_create.iter().take(BURST).cloned().collect();
    let mut delete = Vec::new();
    let names: Vec<Name> = state.to_manage.iter().cloned().collect();
    for name in names {
        let Some(entry) = state.entries.get(&name) else { continue };
        let entry = entry.clone();
        let store = ctx.store;
        let site = state.site(&entry, store);
        if !entry.exists {
            // Bound pods of a vanished node are left to the pod garbage collector.
            let unbound = site.pods.iter().filter(|it| it.node_name.is_none());
            delete.extend(unbound.map(|it| it.meta.uid));
            continue;
        }
        let now = ctx.now;
        let mut release = |pod: &Arc<Pod>| release_failed(state, ds, pod, &name, ctx);
        let (creates, deletes) = site.plan(&basis, now, &mut release);
        for uid in &deletes {
            report_ended(ds, &site.pods, *uid, &name, ctx);
        }
        create.extend(creates.then_some(name));
        delete.extend(deletes);
    }
    create.sort();
    sync_nodes(state, ds, hash, create, delete, ctx, report)
}

/// Whether a failed pod may be deleted now. If it is held back, the DaemonSet is queued again.
#[inline(never)]
fn release_failed(
    state: &mut SetState,
    ds: &DaemonSet,
    pod: &Arc<Pod>,
    node: &Name,
    ctx: &mut Ctx,
) -> bool {
    if pod.status.phase != Phase::Failed {
        return true;
    }
    let key = (ds.status.observed_generation, node.clone());
    let known = state.backoffs.get(&key).copied();
    let known = known.filter(|it| ctx.now.0 - it.updated.0 <= 2 * BACKOFF_MAX);
    if let Some(held) = known.filter(|it| ctx.now.0 - it.updated.0 < it.milliseconds) {
        state.queue_later(ds.meta.uid, ctx.now + held.milliseconds, ctx);
        return false;
    }
    let milliseconds = known.map_or(BACKOFF_INITIAL, |it| (2 * it.milliseconds).min(BACKOFF_MAX));
    state.backoffs.insert_mut(key, Backoff { milliseconds, updated: ctx.now });
    true
}

/// The event about a pod that has ended, before it is deleted.
#[inline(never)]
fn report_ended(ds: &DaemonSet, pods: &[&Arc<Pod>], uid: Uid, node: &Name, ctx: &mut Ctx) {
    let Some(pod) = pods.iter().find(|it| it.meta.uid == uid) else { return };
    let (pod, phase, node) = (ObjectRef::pod(pod), pod.status.phase, node.clone());
    let message = match phase {
        Phase::Failed => Message::FailedDaemonPod { pod, node },
        Phase::Succeeded => Message::SucceededDaemonPod { pod, node },
        Phase::Pending | Phase::Running => return,
    };
    ctx.command(event(ds, message));
}

/// Creates in batches of 1, 2, 4, …, then deletes; at most `BURST` of each.
///
/// Upstream sets expectations first and waits for the watch to echo them. Here a write is visible
/// as soon as the sync has returned, so expectations are always met when the next sync begins, and
/// what is left of them is that a sync which created or deleted does not update.
pub(super) fn sync_nodes(
    state: &mut SetState,
    ds: &DaemonSet,
    hash: &Name,
    create: Vec<Name>,
    delete: Vec<Uid>,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    let result = create_slowly(state, ds, hash, create, ctx, report);
    for uid in delete.into_iter().take(BURST) {
        let Some(pod) = ctx.store.pod(uid) else { continue };
        let message = Message::DeletedPod { pod: pod.meta.name.clone() };
        ctx.command(Command::DeletePod { uid, grace_seconds: None });
        ctx.command(event(ds, message));
        report.deletes += 1;
    }
    result
}

fn create_slowly(
    state: &mut SetState,
    ds: &DaemonSet,
    hash: &Name,
    mut nodes: Vec<Name>,
    ctx: &mut Ctx,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    // In a namespace that is being deleted nothing is created, and nothing said.
    if ctx.store.is_namespace_terminating(&ds.meta.namespace) {
        return Ok(());
    }
    nodes.truncate(BURST);
    let mut batch_size = 1;
    let mut nodes = nodes.into_iter().peekable();
    while nodes.peek().is_some() {
        let mut has_failed = false;
        for node in nodes.by_ref().take(batch_size) {
            report.create_attempts += 1;
            match admission::new_pod(ctx.store, &ds.meta, &ds.template, report.creates) {
                Ok(()) => {
                    create_pod(state, ds, hash, node, ctx);
                    report.creates += 1;
                }
                Err(error) => {
                    ctx.command(event(ds, Message::ErrorCreating { error }));
                    has_failed = true;
                }
            }
        }
        if has_failed {
            return Err(SyncError::Create);
        }
        batch_size *= 2;
    }
    Ok(())
}

fn create_pod(state: &mut SetState, ds: &DaemonSet, hash: &Name, node: Name, ctx: &mut Ctx) {
    let attempt = state.attempts.get(&node).copied().unwrap_or(0);
    state.attempts.insert_mut(node.clone(), attempt + 1);
    ctx.command(Command::CreatePod(Box::new(NewPod {
        owner: owner_ref(ds),
        namespace: ds.meta.namespace.clone(),
        node: Some(node),
        template: ds.template.clone(),
        spec: ds.template.daemon_spec.clone(),
        hash: hash.clone(),
        template_generation: ds.template_generation,
        attempt,
    })));
}

/// Adoption and release (`ControllerRefManager.ClaimPods`): an orphan that the selector fits is
/// adopted, an own pod that it does not fit any more is released. Both take effect in this sync.
pub(super) fn claim_pods(state: &mut SetState, ds: &DaemonSet, ctx: &mut Ctx) {
    let claims = std::mem::take(&mut state.claims);
    let store = ctx.store;
    for pod in claims.iter().filter_map(|uid| store.pod(*uid)) {
        let uid = pod.meta.uid;
        let owner = pod.meta.controller.as_ref().map(|it| it.uid);
        let fits = pod.meta.namespace == ds.meta.namespace && ds.selector.matches(&pod.meta.labels);
        if owner == Some(ds.meta.uid) && !fits {
            state.remove_pod(pod);
            ctx.command(Command::PatchPod(uid, super::PodPatch::Controller(None)));
        } else if owner.is_none() && fits && !pod.meta.is_terminating() {
            state.add_pod(pod);
            let owner = super::PodPatch::Controller(Some(owner_ref(ds)));
            ctx.command(Command::PatchPod(uid, owner));
        }
    }
}

/// When a failed sync is tried again: 5 ms, doubling, at most 1000 s.
pub(in crate::sim) fn retry_at(now: Time, failures: u32) -> Time {
    now + (5_i64 << failures.min(17)).min(1_000_000)
}

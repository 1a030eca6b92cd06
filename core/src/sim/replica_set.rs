//! The ReplicaSet controller, after `pkg/controller/replicaset` of Kubernetes v1.31.
//!
//! It keeps as many active pods as `spec.replicas` says: those that have neither ended nor are
//! being deleted, so that a pod is replaced as soon as its deletion is asked for. As in the
//! DaemonSet controller there are no expectations, because a write is visible when a sync has
//! returned. Left out: the condition `ReplicaFailure`.

mod removal;

use std::sync::Arc;

use crate::api::replica_set::ReplicaSetStatus;
use crate::api::selector::has_all;
use crate::api::{OwnerRef, Pod, ReplicaSet, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::{Command, NewPod, PodPatch};
use crate::sim::daemon_set::{event_about, retry_at};
use crate::sim::event::{Message, ObjectRef};
use crate::sim::store::{NOBODY, Store};
use crate::sim::{Change, Map, admission};

/// At most this many pods are created or deleted in one sync.
const BURST: i64 = 500;

/// The controller.
#[derive(Clone, Debug, Default)]
pub(super) struct ReplicaSetController {
    sets: Map<Uid, SetState>,
}

/// What is known of one ReplicaSet besides the store.
#[derive(Clone, Copy, Debug, Default)]
struct SetState {
    queued: Option<crate::api::Time>,
    /// Pods made so far: the names depend on it.
    attempts: u32,
    failures: u32,
}

impl Actor for ReplicaSetController {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::ReplicaSet { new: Some(set), .. } => {
                let uid = set.meta.uid;
                if !self.sets.contains_key(&uid) {
                    self.sets.insert_mut(uid, SetState::default());
                }
                self.enqueue(uid, ctx);
            }
            Change::ReplicaSet { old: Some(set), new: None } => {
                self.sets.remove_mut(&set.meta.uid);
            }
            Change::Pod { old, new } => self.pod_changed(old.as_deref(), new.as_deref(), ctx),
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Later(uid) => self.enqueue(*uid, ctx),
            Key::Object(uid) => {
                let Some(state) = self.sets.get_mut(uid) else { return };
                if state.queued == Some(ctx.now) {
                    state.queued = None;
                    sync(*uid, state, ctx);
                }
            }
            Key::Node(_) | Key::Round => {}
        }
    }
}

impl ReplicaSetController {
    fn enqueue(&mut self, uid: Uid, ctx: &mut Ctx) {
        let Some(state) = self.sets.get_mut(&uid).filter(|it| it.queued.is_none()) else { return };
        let at = ctx.soon("replica set sync", uid.0);
        state.queued = Some(at);
        ctx.wake_at(at, Key::Object(uid));
    }

    fn pod_changed(&mut self, old: Option<&Pod>, new: Option<&Pod>, ctx: &mut Ctx) {
        let owner = |pod: Option<&Pod>| pod?.meta.controller.as_ref().map(|it| it.uid);
        let (before, after) = (owner(old), owner(new));
        if let Some(uid) = before.filter(|_| before != after) {
            self.enqueue(uid, ctx);
        }
        let Some(pod) = new else { return };
        let Some(uid) = after else {
            let has_changed =
                old.is_none_or(|it| it.meta.labels != pod.meta.labels || before.is_some());
            if has_changed {
                self.orphan_changed(pod, ctx);
            }
            return;
        };
        let became_ready = pod.is_ready() && !old.is_some_and(Pod::is_ready);
        if let Some(set) = ctx.store.replica_set_by_uid(uid)
            && became_ready
            && set.min_ready_seconds > 0
        {
            // One second more, since the time of the transition is a whole second.
            ctx.wake_at(ctx.now + (set.min_ready_seconds + 1) * 1000, Key::Later(uid));
        }
        self.enqueue(uid, ctx);
    }

    /// A pod without a controller wakes the ReplicaSets that may adopt it.
    fn orphan_changed(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let uids: Vec<Uid> = self.sets.keys().copied().collect();
        for uid in uids {
            if ctx.store.replica_set_by_uid(uid).is_some_and(|set| selects(set, pod)) {
                self.enqueue(uid, ctx);
            }
        }
    }
}

fn sync(uid: Uid, state: &mut SetState, ctx: &mut Ctx) {
    let Some(set) = ctx.store.replica_set_by_uid(uid) else { return };
    ctx.work.syncs += 1;
    let pods = claim_pods(set, ctx);
    let result = match set.meta.is_terminating() {
        true => Ok(()),
        false => manage(set, &pods, state, ctx),
    };
    let status = status(set, &pods, ctx);
    if status != set.status {
        ctx.command(Command::SetReplicaSetStatus(uid, status));
    }
    match result {
        Ok(()) => state.failures = 0,
        Err(()) => {
            ctx.wake_at(retry_at(ctx.now, state.failures), Key::Later(uid));
            state.failures += 1;
        }
    }
    let waits_for_availability = set.min_ready_seconds > 0
        && status.ready_replicas == set.replicas
        && status.available_replicas != set.replicas;
    if result.is_ok() && waits_for_availability {
        ctx.wake_at(ctx.now + set.min_ready_seconds * 1000, Key::Later(uid));
    }
}

/// Whether a pod is of the ReplicaSet's kind, whoever owns it.
fn selects(set: &ReplicaSet, pod: &Pod) -> bool {
    pod.meta.namespace == set.meta.namespace && set.selector.matches(&pod.meta.labels)
}

/// `FilterActivePods`.
fn is_active(pod: &Pod) -> bool {
    !pod.is_terminal() && !pod.meta.is_terminating()
}

/// Adoption and release (`ControllerRefManager.ClaimPods`) among active pods.
fn claim_pods<'a>(set: &ReplicaSet, ctx: &mut Ctx<'a>) -> Vec<&'a Arc<Pod>> {
    let store: &'a Store = ctx.store;
    let mut claimed = Vec::new();
    for pod in store.pods_of(set.meta.uid).filter(|it| is_active(it)) {
        match selects(set, pod) {
            true => claimed.push(pod),
            false => {
                ctx.command(Command::PatchPod(pod.meta.uid, PodPatch::Controller(None)));
            }
        }
    }
    if set.meta.is_terminating() {
        return claimed;
    }
    for pod in store.pods_of(NOBODY).filter(|it| is_active(it) && selects(set, it)) {
        let owner = PodPatch::Controller(Some(owner_ref(set)));
        ctx.command(Command::PatchPod(pod.meta.uid, owner));
        claimed.push(pod);
    }
    claimed
}

/// `manageReplicas`: creates what is missing, deletes what is too much.
fn manage(
    set: &ReplicaSet,
    pods: &[&Arc<Pod>],
    state: &mut SetState,
    ctx: &mut Ctx,
) -> Result<(), ()> {
    let count = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let surplus = count - set.replicas;
    if surplus < 0 {
        return create_slowly(set, surplus.saturating_neg().min(BURST), state, ctx);
    }
    let doomed = removal::choose(set, pods, surplus.min(BURST), ctx.store);
    for pod in doomed {
        let message = Message::DeletedPod { pod: pod.meta.name.clone() };
        ctx.command(Command::DeletePod { uid: pod.meta.uid, grace_seconds: None });
        ctx.command(event(set, message));
    }
    Ok(())
}

/// Batches of 1, 2, 4, …: the first that fails ends it (`slowStartBatch`). In a namespace that is
/// being deleted nothing is created, and nothing said.
fn create_slowly(
    set: &ReplicaSet,
    count: i64,
    state: &mut SetState,
    ctx: &mut Ctx,
) -> Result<(), ()> {
    if ctx.store.is_namespace_terminating(&set.meta.namespace) {
        return Ok(());
    }
    let (mut created, mut batch_size) = (0, 1);
    while created < count {
        let batch_end = (created + batch_size).min(count);
        for done in created..batch_end {
            let created = done.unsigned_abs();
            if let Err(error) = admission::new_pod(ctx.store, &set.meta, &set.template, created) {
                ctx.command(event(set, Message::ErrorCreating { error }));
                return Err(());
            }
            create_pod(set, state, ctx);
        }
        (created, batch_size) = (batch_end, 2 * batch_size);
    }
    Ok(())
}

fn create_pod(set: &ReplicaSet, state: &mut SetState, ctx: &mut Ctx) {
    let attempt = state.attempts;
    state.attempts += 1;
    ctx.command(Command::CreatePod(Box::new(NewPod {
        owner: owner_ref(set),
        namespace: set.meta.namespace.clone(),
        node: None,
        template: set.template.clone(),
        spec: set.pod_spec.clone(),
        hash: Default::default(),
        template_generation: None,
        attempt,
    })));
}

/// `calculateStatus`, from the pods as they were before this sync.
fn status(set: &ReplicaSet, pods: &[&Arc<Pod>], ctx: &Ctx) -> ReplicaSetStatus {
    let count = |holds: &dyn Fn(&Pod) -> bool| {
        i64::try_from(pods.iter().filter(|it| holds(it)).count()).unwrap_or(i64::MAX)
    };
    ReplicaSetStatus {
        replicas: count(&|_| true),
        fully_labeled_replicas: count(&|it| has_all(&it.meta.labels, &set.template.labels)),
        ready_replicas: count(&Pod::is_ready),
        available_replicas: count(&|it| it.is_available(set.min_ready_seconds, ctx.now)),
        observed_generation: set.meta.generation,
    }
}

/// The reference that makes a ReplicaSet the controller of a pod.
fn owner_ref(set: &ReplicaSet) -> Arc<OwnerRef> {
    Arc::new(OwnerRef { kind: "ReplicaSet", name: set.meta.name.clone(), uid: set.meta.uid })
}

fn event(set: &ReplicaSet, message: Message) -> Command {
    Command::Event(event_about(ObjectRef::new("ReplicaSet", &set.meta), message))
}

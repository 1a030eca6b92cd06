//! The DaemonSet controller, after `pkg/controller/daemon` of Kubernetes v1.31.
//!
//! Its work queue holds each DaemonSet at most once; a wake-up that comes while one is waiting
//! changes nothing, so a burst of changes costs one sync. It counts by difference: a sync looks at
//! the nodes on which something changed since the last one. Differences to upstream: there are no
//! expectations (see `manage::sync_nodes`), and where upstream walks a map in random order this
//! goes by name.

mod history;
mod manage;
mod review;
mod rolling_update;
mod should_run;
mod state;
mod sync;

use std::sync::Arc;

use crate::api::daemon_set::DaemonSet;
use crate::api::{Name, Node, OwnerRef, Pod, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::{Command, PodPatch};
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::store::{NOBODY, Store};
use crate::sim::{Change, Map};
use state::SetState;

pub(super) use manage::retry_at;
pub use should_run::{Decision, should_run};

/// At most this many pods are created, and this many deleted, in one sync.
pub(crate) const BURST: usize = 250;

/// Why a sync is to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// A pod could not be created.
    #[error("a pod could not be created")]
    Create,
    /// The update strategy cannot be resolved.
    #[error("the update strategy cannot be resolved")]
    Budget,
    /// An old pod is bound to a node that does not exist, which stops a surging update.
    #[error("couldn't get node for an old pod")]
    NodeMissing,
    /// A revision of that name with another template exists.
    #[error("the name of the revision is taken")]
    Collision,
}

/// What one sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Pods created.
    pub creates: u64,
    /// Creations tried.
    pub create_attempts: u64,
    /// Pods deleted.
    pub deletes: u64,
    /// Why it is to be tried again.
    pub error: Option<SyncError>,
}

/// The last sync of a DaemonSet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastSync {
    /// How many there have been.
    pub count: u64,
    /// When it was.
    pub at: Time,
    /// What it did.
    pub report: SyncReport,
}

/// The controller.
#[derive(Clone, Debug)]
pub struct DaemonSetController {
    sets: Map<Uid, SetState>,
}

impl Default for DaemonSetController {
    fn default() -> Self {
        DaemonSetController { sets: Map::new() }
    }
}

impl Actor for DaemonSetController {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::DaemonSet { new: Some(ds), .. } => self.daemon_set_changed(ds, ctx),
            Change::DaemonSet { old: Some(ds), new: None } => {
                self.sets.remove_mut(&ds.meta.uid);
            }
            Change::Node { old, new } => match (old, new) {
                (old, Some(node)) => self.node_changed(old.is_none(), node, ctx),
                (Some(node), None) => self.node_removed(node),
                (None, None) => {}
            },
            Change::Pod { old, new } => self.pod_changed(old.as_deref(), new.as_deref(), ctx),
            Change::Revision { old, new } => {
                let revision = new.as_ref().or(old.as_ref());
                let owner = revision.and_then(|it| it.meta.controller.as_ref());
                // A new revision with an owner wakes nobody: the owner has just made it.
                if let Some(owner) = owner.filter(|_| old.is_some()) {
                    self.enqueue(owner.uid, ctx);
                }
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Later(uid) => {
                let Some(state) = self.sets.get_mut(uid) else { return };
                state.later = state.later.filter(|it| *it > ctx.now);
                self.enqueue(*uid, ctx);
            }
            Key::Object(uid) => {
                let Some(state) = self.sets.get_mut(uid) else { return };
                if state.queued != Some(ctx.now) {
                    return;
                }
                state.queued = None;
                self.sync(*uid, ctx, &mut SyncReport::default());
            }
            Key::Node(_) | Key::Round => {}
        }
    }
}

impl DaemonSetController {
    /// Syncs one DaemonSet now.
    pub fn sync(&mut self, uid: Uid, ctx: &mut Ctx, report: &mut SyncReport) {
        let Some(ds) = ctx.store.daemon_set_by_uid(uid) else { return };
        let Some(state) = self.sets.get_mut(&uid) else { return };
        ctx.work.syncs += 1;
        match sync::sync(state, ds, ctx, report) {
            Ok(()) => state.failures = 0,
            Err(error) => {
                report.error = Some(error);
                let at = manage::retry_at(ctx.now, state.failures);
                state.failures += 1;
                state.queue_later(uid, at, ctx);
            }
        }
        let count = state.last.count + 1;
        state.last = LastSync { count, at: ctx.now, report: *report };
    }

    /// What the last sync of a DaemonSet did.
    pub(super) fn last_sync(&self, uid: Uid) -> Option<LastSync> {
        self.sets.get(&uid).map(|it| it.last).filter(|it| it.count > 0)
    }

    /// How many pods of a DaemonSet carry a revision's hash, of those with a node to be on.
    pub(super) fn pods_of_revision(&self, uid: Uid, hash: &Name) -> u32 {
        self.sets.get(&uid).map_or(0, |it| it.pods_with(hash))
    }

    /// Whether something happened that the DaemonSet has not been synced for yet.
    pub(super) fn is_queued(&self, uid: Uid) -> bool {
        self.sets.get(&uid).is_some_and(|it| it.queued.is_some())
    }

    /// Compares what is kept by difference with the full computation.
    pub fn recount(&self, store: &Store, now: Time) -> Result<(), String> {
        let known = self.sets.iter();
        let known = known.filter_map(|(uid, it)| Some((store.daemon_set_by_uid(*uid)?, it)));
        known.into_iter().try_for_each(|(ds, state)| state.recount(ds, store, now))
    }

    fn enqueue(&mut self, uid: Uid, ctx: &mut Ctx) {
        let Some(state) = self.sets.get_mut(&uid) else { return };
        if state.queued.is_some() {
            return;
        }
        let at = ctx.soon("daemon set sync", uid.0);
        state.queued = Some(at);
        ctx.wake_at(at, Key::Object(uid));
    }

    fn daemon_set_changed(&mut self, ds: &DaemonSet, ctx: &mut Ctx) {
        let uid = ds.meta.uid;
        match self.sets.get_mut(&uid) {
            Some(state) => state.take_template(ds, ctx.store, ctx.work),
            None => self.sets.insert_mut(uid, SetState::new(ds, ctx.store, ctx.work)),
        }
        self.enqueue(uid, ctx);
    }

    /// A new node wakes the DaemonSets that want it, a changed one those that decide otherwise now.
    fn node_changed(&mut self, is_new: bool, node: &Node, ctx: &mut Ctx) {
        for uid in self.uids() {
            let Some(state) = self.sets.get_mut(&uid) else { continue };
            let (before, decision) = state.see_node(node, ctx.work);
            let wakes = if is_new { decision.should_run } else { before != decision };
            if wakes {
                self.enqueue(uid, ctx);
            }
        }
    }

    /// A removed node wakes nobody: upstream has no handler for it.
    fn node_removed(&mut self, node: &Node) {
        for uid in self.uids() {
            if let Some(state) = self.sets.get_mut(&uid) {
                state.lose_node(&node.meta.name);
            }
        }
    }

    fn uids(&self) -> Vec<Uid> {
        self.sets.keys().copied().collect()
    }

    fn pod_changed(&mut self, old: Option<&Pod>, new: Option<&Pod>, ctx: &mut Ctx) {
        let owner = |pod: Option<&Pod>| pod?.meta.controller.as_ref().map(|it| it.uid);
        let (before, after) = (owner(old), owner(new));
        let has_moved = old.map(Pod::target_node) != new.map(Pod::target_node)
            || old.map(|it| &it.meta.labels) != new.map(|it| &it.meta.labels);
        if let (Some(uid), Some(pod)) = (before, old)
            && (before != after || has_moved)
        {
            if let Some(state) = self.sets.get_mut(&uid) {
                state.remove_pod(pod);
            }
            self.enqueue(uid, ctx);
        }
        let Some(pod) = new else { return };
        match after {
            Some(uid) => self.own_pod_changed(uid, old, pod, ctx),
            None => self.orphan_changed(old, pod, ctx),
        }
    }

    fn own_pod_changed(&mut self, uid: Uid, old: Option<&Pod>, pod: &Pod, ctx: &mut Ctx) {
        let Some(state) = self.sets.get_mut(&uid) else { return };
        let Some(ds) = ctx.store.daemon_set_by_uid(uid) else { return };
        state.add_pod(pod);
        if !ds.selector.matches(&pod.meta.labels) {
            state.claims.insert_mut(pod.meta.uid);
        }
        let became_ready = pod.is_ready() && !old.is_some_and(Pod::is_ready);
        if became_ready && ds.min_ready_seconds > 0 {
            // One second more, since the time of the transition is a whole second. Each pod has its
            // own time: in upstream's queue one that is already due sooner would swallow it, and a
            // surging update could overlook that the new pod is available.
            ctx.wake_at(ctx.now + (ds.min_ready_seconds + 1) * 1000, Key::Later(uid));
        }
        self.enqueue(uid, ctx);
    }

    /// A pod without a controller wakes the DaemonSets that may adopt it.
    fn orphan_changed(&mut self, old: Option<&Pod>, pod: &Pod, ctx: &mut Ctx) {
        let same = |old: &Pod| {
            old.meta.labels == pod.meta.labels && old.meta.controller == pod.meta.controller
        };
        if old.is_some_and(same) {
            return;
        }
        for uid in self.uids() {
            let Some(ds) = ctx.store.daemon_set_by_uid(uid) else { continue };
            let fits =
                ds.meta.namespace == pod.meta.namespace && ds.selector.matches(&pod.meta.labels);
            if let Some(state) = self.sets.get_mut(&uid).filter(|_| fits) {
                state.claims.insert_mut(pod.meta.uid);
                self.enqueue(uid, ctx);
            }
        }
    }
}

/// The reference that makes a DaemonSet the controller of an object.
fn owner_ref(ds: &DaemonSet) -> Arc<OwnerRef> {
    Arc::new(OwnerRef { kind: "DaemonSet", name: ds.meta.name.clone(), uid: ds.meta.uid })
}

/// An event about pods of a DaemonSet or a ReplicaSet, by the controller of its kind.
pub(super) fn event_about(owner: Arc<ObjectRef>, message: Message) -> NewEvent {
    let (is_warning, reason) = match message {
        Message::CreatedPod { .. } => (false, "SuccessfulCreate"),
        Message::DeletedPod { .. } => (false, "SuccessfulDelete"),
        Message::FailedDaemonPod { .. } => (true, "FailedDaemonPod"),
        Message::SucceededDaemonPod { .. } => (false, "SucceededDaemonPod"),
        Message::SelectingAll => (true, "SelectingAll"),
        _ => (true, "FailedCreate"),
    };
    let source = match owner.kind {
        "ReplicaSet" => "replicaset-controller",
        _ => "daemonset-controller",
    };
    NewEvent { object: owner, is_warning, reason, source, message }
}

fn event(ds: &DaemonSet, message: Message) -> Command {
    let object = ObjectRef::new("DaemonSet", &ds.meta);
    Command::Event(event_about(object, message))
}

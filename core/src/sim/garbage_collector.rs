//! Deletes or releases what belongs to an owner that is gone or going
//! (`pkg/controller/garbagecollector`).
//!
//! An owner that was deleted in the background is gone when this begins. One that is deleted in the
//! foreground, or whose dependents are to be orphaned, waits for it by a finalizer. Owners here are
//! controllers, and all of them block the deletion of their owner.

use crate::api::{ObjectMeta, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::{Command, PodPatch};
use crate::sim::execute::{FOREGROUND, ORPHAN};
use crate::sim::{Cascade, Change};

/// The collector; what it needs to know is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct GarbageCollector;

impl Actor for GarbageCollector {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Pod { old, new } => {
                dependent_changed(meta(old, |it| &it.meta), meta(new, |it| &it.meta), ctx);
            }
            Change::Revision { old, new } => {
                dependent_changed(meta(old, |it| &it.meta), meta(new, |it| &it.meta), ctx);
            }
            Change::DaemonSet { old, new } => {
                owner_changed(meta(old, |it| &it.meta), meta(new, |it| &it.meta), ctx);
            }
            Change::Deployment { old, new } => {
                owner_changed(meta(old, |it| &it.meta), meta(new, |it| &it.meta), ctx);
            }
            Change::ReplicaSet { old, new } => {
                let (old, new) = (meta(old, |it| &it.meta), meta(new, |it| &it.meta));
                owner_changed(old, new, ctx);
                dependent_changed(old, new, ctx);
            }
            Change::Node { .. }
            | Change::Machine { .. }
            | Change::Image { .. }
            | Change::Drain { .. }
            | Change::NamespaceTerminating(_)
            | Change::Stored => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Object(owner) = key else { return };
        match ctx.store.owner(*owner) {
            None => delete_dependents(*owner, ctx),
            Some(meta) if is_waiting(meta, ORPHAN) => release_dependents(*owner, ctx),
            Some(meta) if is_waiting(meta, FOREGROUND) => match ctx.store.has_dependents(*owner) {
                true => delete_dependents(*owner, ctx),
                false => ctx.command(Command::RemoveFinalizer(*owner, FOREGROUND.into())),
            },
            Some(_) => {}
        }
    }
}

fn meta<T>(object: &Option<T>, of: impl Fn(&T) -> &ObjectMeta) -> Option<&ObjectMeta> {
    object.as_ref().map(of)
}

fn is_waiting(owner: &ObjectMeta, finalizer: &str) -> bool {
    owner.is_terminating() && owner.finalizers.iter().any(|it| &**it == finalizer)
}

fn owner_changed(old: Option<&ObjectMeta>, new: Option<&ObjectMeta>, ctx: &mut Ctx) {
    match (old, new) {
        (Some(old), None) => wake(old.uid, ctx),
        (Some(old), Some(new)) if new.is_terminating() && old.finalizers != new.finalizers => {
            wake(new.uid, ctx);
        }
        _ => {}
    }
}

fn dependent_changed(old: Option<&ObjectMeta>, new: Option<&ObjectMeta>, ctx: &mut Ctx) {
    let owner = |meta: Option<&ObjectMeta>| meta?.controller.as_ref().map(|it| it.uid);
    let (before, after) = (owner(old), owner(new));
    if before == after {
        return;
    }
    // An object can be created just after its owner went.
    if let Some(owner) = after
        && ctx.store.owner(owner).is_none_or(ObjectMeta::is_terminating)
    {
        wake(owner, ctx);
    }
    if let Some(owner) = before
        && ctx.store.owner(owner).is_some_and(|it| is_waiting(it, FOREGROUND))
        && !ctx.store.has_dependents(owner)
    {
        wake(owner, ctx);
    }
}

/// A dependent that has dependents of its own goes in the foreground, if its owner does.
fn delete_dependents(owner: Uid, ctx: &mut Ctx) {
    let store = ctx.store;
    let is_waited_for = store.owner(owner).is_some();
    for set in store.replica_sets_of(owner).filter(|it| !it.meta.is_terminating()) {
        let uid = set.meta.uid;
        let cascade = match is_waited_for && store.has_dependents(uid) {
            true => Cascade::Foreground,
            false => Cascade::Background,
        };
        ctx.command(Command::DeleteOwner(uid, cascade));
    }
    for pod in store.pods_of(owner).filter(|it| !it.meta.is_terminating()) {
        ctx.command(Command::DeletePod { uid: pod.meta.uid, grace_seconds: None });
    }
    for revision in store.revisions_of(owner) {
        ctx.command(Command::DeleteRevision(revision.meta.uid));
    }
}

fn release_dependents(owner: Uid, ctx: &mut Ctx) {
    let store = ctx.store;
    for set in store.replica_sets_of(owner) {
        let mut set = (**set).clone();
        set.meta.controller = None;
        ctx.command(Command::PutReplicaSet(Box::new(set)));
    }
    for pod in store.pods_of(owner) {
        ctx.command(Command::PatchPod(pod.meta.uid, PodPatch::Controller(None)));
    }
    for revision in store.revisions_of(owner) {
        ctx.command(Command::OrphanRevision(revision.meta.uid));
    }
    ctx.command(Command::RemoveFinalizer(owner, ORPHAN.into()));
}

/// The collector works off a graph that it rebuilds from watches: well under a second behind.
fn wake(owner: Uid, ctx: &mut Ctx) {
    let at = ctx.now + ctx.seed.between(100, 600, "garbage collection", owner.0);
    ctx.wake_at(at, Key::Object(owner));
}

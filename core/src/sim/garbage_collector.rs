//! Deletes what belongs to an owner that is gone (`pkg/controller/garbagecollector`).

use crate::api::{ObjectMeta, Uid};
use crate::sim::Change;
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;

/// The collector; what it needs to know is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct GarbageCollector;

impl Actor for GarbageCollector {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::DaemonSet { old: Some(ds), new: None } => wake(ds.meta.uid, ctx),
            // An object can be created just after its owner went.
            Change::Pod { old: None, new: Some(pod) } => self.new_dependent(&pod.meta, ctx),
            Change::Revision { old: None, new: Some(it) } => self.new_dependent(&it.meta, ctx),
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Object(owner) = key else { return };
        if ctx.store.daemon_set_by_uid(*owner).is_some() {
            return;
        }
        let store = ctx.store;
        for pod in store.pods_of(*owner).filter(|it| !it.meta.is_terminating()) {
            ctx.command(Command::DeletePod { uid: pod.meta.uid, grace_seconds: None });
        }
        for revision in store.revisions_of(*owner) {
            ctx.command(Command::DeleteRevision(revision.meta.uid));
        }
    }
}

impl GarbageCollector {
    fn new_dependent(&self, meta: &ObjectMeta, ctx: &mut Ctx) {
        let Some(owner) = &meta.controller else { return };
        if ctx.store.daemon_set_by_uid(owner.uid).is_none() {
            wake(owner.uid, ctx);
        }
    }
}

/// The collector works off a graph that it rebuilds from watches: well under a second behind.
fn wake(owner: Uid, ctx: &mut Ctx) {
    let at = ctx.now + ctx.seed.between(100, 600, "garbage collection", owner.0);
    ctx.wake_at(at, Key::Object(owner));
}

//! Empties namespaces that are being deleted (`pkg/controller/namespace`).
//!
//! Everything in the namespace is deleted in the background; while something remains, it looks
//! again after half of the longest grace period that a pod still has, plus a second.

use crate::api::{Name, ObjectMeta};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::{Cascade, Change};

/// The controller; what it needs to know is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct NamespaceController;

impl Actor for NamespaceController {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        if let Change::NamespaceTerminating(name) = change {
            ctx.wake_at(ctx.soon("namespace", &**name), Key::node(name));
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Node(name) = key else { return };
        let name: &Name = name;
        if !ctx.store.is_namespace_terminating(name) {
            return;
        }
        match delete_contents(name, ctx) {
            None => ctx.command(Command::RemoveNamespace(name.clone())),
            Some(seconds) => {
                ctx.wake_at(ctx.now + (seconds / 2 + 1).saturating_mul(1000), Key::node(name));
            }
        }
    }
}

/// How many seconds what remains may need, or none if the namespace is empty.
fn delete_contents(namespace: &Name, ctx: &mut Ctx) -> Option<i64> {
    let store = ctx.store;
    let is_inside = |meta: &ObjectMeta| meta.namespace == *namespace;
    let deployments = store.deployments().map(|it| &it.meta);
    let sets = store.replica_sets().map(|it| &it.meta);
    let owners = store.daemon_sets().map(|it| &it.meta).chain(deployments).chain(sets);
    let mut remaining = None;
    for owner in owners.filter(|it| is_inside(it)) {
        remaining = remaining.max(Some(0));
        ctx.command(Command::DeleteOwner(owner.uid, Cascade::Background));
    }
    for revision in store.revisions().filter(|it| is_inside(&it.meta)) {
        remaining = remaining.max(Some(0));
        ctx.command(Command::DeleteRevision(revision.meta.uid));
    }
    for pod in store.pods().filter(|it| is_inside(&it.meta)) {
        let left = match &pod.meta.deletion {
            Some(it) => it.grace_seconds - (ctx.now.0 - it.requested.0) / 1000,
            None => pod.spec.grace_seconds,
        };
        remaining = remaining.max(Some(left.max(0)));
        ctx.command(Command::DeletePod { uid: pod.meta.uid, grace_seconds: None });
    }
    remaining
}

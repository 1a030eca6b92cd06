//! Removes the pods of vanished nodes (`pkg/controller/podgc`), 40 to 60 s after the node.

use crate::api::pod::Phase;
use crate::api::{Name, Time};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::{Change, Map};

/// It looks every 20 s…
const PERIOD: i64 = 20_000;
/// …and believes that a node is gone when it is still missing after 40 s.
const QUARANTINE: i64 = 40_000;

/// The collector.
#[derive(Clone, Debug)]
pub(super) struct PodGc {
    /// Node names that were missed, and since when.
    quarantined: Map<Name, Time>,
}

impl Default for PodGc {
    fn default() -> Self {
        PodGc { quarantined: Map::new() }
    }
}

impl Actor for PodGc {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        let node = match change {
            Change::Node { old: Some(node), new: None } => &node.meta.name,
            Change::Node { new: Some(node), .. } => {
                self.quarantined.remove_mut(&node.meta.name);
                return;
            }
            // A pod may be bound to a node that has just gone.
            Change::Pod { old, new: Some(pod) } => match &pod.node_name {
                Some(name) => {
                    let was_bound = old.as_ref().is_some_and(|it| it.node_name.is_some());
                    if was_bound || ctx.store.node(name).is_some() {
                        return;
                    }
                    name
                }
                None => return,
            },
            _ => return,
        };
        if !self.quarantined.contains_key(node) {
            let rounds = ctx.now.0.div_euclid(PERIOD) + 1;
            let at = Time(rounds * PERIOD);
            ctx.wake_at(at, Key::Node(node.clone()));
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Node(name) = key else { return };
        if ctx.store.node(name).is_some() {
            self.quarantined.remove_mut(name);
            return;
        }
        let Some(since) = self.quarantined.get(name).copied() else {
            self.quarantined.insert_mut(name.clone(), ctx.now);
            ctx.wake_at(ctx.now + QUARANTINE, Key::Node(name.clone()));
            return;
        };
        if ctx.now < since + QUARANTINE {
            return;
        }
        let store = ctx.store;
        for pod in store.pods_on(name) {
            let uid = pod.meta.uid;
            if !pod.is_terminal() {
                let mut status = pod.status.clone();
                status.phase = Phase::Failed;
                ctx.command(Command::SetPodStatus(uid, Box::new(status)));
            }
            ctx.command(Command::DeletePod { uid, grace_seconds: Some(0) });
        }
        self.quarantined.remove_mut(name);
    }
}

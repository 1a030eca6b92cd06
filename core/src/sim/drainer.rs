//! A `kubectl drain` that waits: evictions that a PodDisruptionBudget refuses are asked for again
//! every five seconds (`evictPods` of `kubectl/pkg/drain/drain.go`), until the pod is gone or the
//! node is no longer cordoned. It stands for somebody outside, not for a part of Kubernetes.

use std::sync::Arc;

use crate::api::{Name, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::{Change, Map};

/// How long kubectl waits before it asks again.
pub(crate) const EVICTION_RETRY: i64 = 5_000;

/// Nodes that are being drained, and the pods that are still there.
#[derive(Clone, Debug)]
pub(super) struct Drainer {
    nodes: Map<Name, Arc<Vec<Uid>>>,
}

impl Default for Drainer {
    fn default() -> Self {
        Drainer { nodes: Map::new() }
    }
}

impl Actor for Drainer {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Drain { node, pods } => {
                self.nodes.insert_mut(node.clone(), pods.clone());
                ctx.wake_at(ctx.now + EVICTION_RETRY, Key::node(node));
            }
            Change::Node { new: Some(node), .. } if !node.unschedulable => {
                self.nodes.remove_mut(&node.meta.name);
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Node(node) = key else { return };
        let node: &Name = node;
        let Some(pods) = self.nodes.get(node).cloned() else { return };
        let store = ctx.store;
        let stays = |uid: &Uid| store.pod(*uid).is_some_and(|it| !it.meta.is_terminating());
        let left: Vec<Uid> = pods.iter().copied().filter(stays).collect();
        if left.is_empty() {
            self.nodes.remove_mut(node);
            return;
        }
        for uid in &left {
            ctx.command(Command::Evict { uid: *uid, grace_seconds: None });
        }
        self.nodes.insert_mut(node.clone(), Arc::new(left));
        ctx.wake_at(ctx.now + EVICTION_RETRY, Key::node(node));
    }
}

//! Removes pods that nobody else removes, after `pkg/controller/podgc/gc_controller.go`: those of
//! vanished nodes 40 to 60 s after the node, those that end on a node declared out of service, and
//! the oldest of very many that have ended.
//!
//! It looks every 20 s; here only when a look could find something. A pod that is being deleted
//! without ever having been bound is gone at once here, unless finalizers keep it.

use std::sync::Arc;

use crate::api::order::sort_by_key;
use crate::api::pod::Phase;
use crate::api::{Name, Node, Pod, TaintEffect, Time};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::{Change, Map, Set};

/// It looks every 20 s…
const PERIOD: i64 = 20_000;
/// …and believes that a node is gone when it is still missing after 40 s.
const QUARANTINE: i64 = 40_000;
/// More pods than this that have ended are not kept (`--terminated-pod-gc-threshold`).
const TERMINATED_MAX: usize = 12_500;
/// By hand: the machine is off, and whatever runs there is lost.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The collector.
#[derive(Clone, Debug)]
pub(super) struct PodGc {
    /// Node names that were missed, and since when.
    quarantined: Map<Name, Time>,
    /// Looks that are planned for pods on nodes that exist.
    planned: Set<Time>,
}

impl Default for PodGc {
    fn default() -> Self {
        PodGc { quarantined: Map::new(), planned: Set::new() }
    }
}

impl Actor for PodGc {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        let store = ctx.store;
        match change {
            Change::Node { old: Some(node), new: None } => self.miss(&node.meta.name, ctx),
            Change::Node { new: Some(node), .. } => {
                self.quarantined.remove_mut(&node.meta.name);
                if is_out_of_service(node) {
                    self.plan(ctx);
                }
            }
            Change::Pod { old, new: Some(pod) } => {
                let Some(name) = &pod.node_name else { return };
                let was_bound = old.as_ref().is_some_and(|it| it.node_name.is_some());
                let is_ending = pod.is_terminal() || pod.meta.is_terminating();
                if was_bound && !is_ending {
                    return;
                }
                match store.node(name) {
                    // A pod may be bound to a node that has just gone.
                    None => self.miss(name, ctx),
                    Some(node) if pod.meta.is_terminating() && is_out_of_service(node) => {
                        self.plan(ctx);
                    }
                    Some(_) if pod.is_terminal() && store.pod_count() > TERMINATED_MAX as u64 => {
                        self.plan(ctx);
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Node(name) => self.check_vanished(name, ctx),
            Key::Round => {
                self.planned.remove_mut(&ctx.now);
                collect_out_of_service(ctx);
                collect_terminated(ctx);
            }
            Key::Object(_) | Key::Later(_) => {}
        }
    }
}

impl PodGc {
    fn miss(&mut self, node: &Name, ctx: &mut Ctx) {
        if !self.quarantined.contains_key(node) {
            ctx.wake_at(next_look(ctx.now), Key::node(node));
        }
    }

    fn plan(&mut self, ctx: &mut Ctx) {
        let at = next_look(ctx.now);
        if !self.planned.contains(&at) {
            self.planned.insert_mut(at);
            ctx.wake_at(at, Key::Round);
        }
    }

    /// `gcOrphaned`.
    fn check_vanished(&mut self, name: &Name, ctx: &mut Ctx) {
        let store = ctx.store;
        if store.node(name).is_some() {
            self.quarantined.remove_mut(name);
            return;
        }
        let Some(since) = self.quarantined.get(name).copied() else {
            self.quarantined.insert_mut(name.clone(), ctx.now);
            ctx.wake_at(ctx.now + QUARANTINE, Key::node(name));
            return;
        };
        if ctx.now < since + QUARANTINE {
            return;
        }
        for pod in store.pods_on(name) {
            collect(pod, Some("PodGC: node no longer exists"), ctx);
        }
        self.quarantined.remove_mut(name);
    }
}

/// `gcTerminating`.
fn collect_out_of_service(ctx: &mut Ctx) {
    let store = ctx.store;
    for node in store.nodes().filter(|it| is_out_of_service(it)) {
        for pod in store.pods_on(&node.meta.name).filter(|it| it.meta.is_terminating()) {
            collect(pod, None, ctx);
        }
    }
}

/// `gcTerminated`: evicted ones first, then by age.
fn collect_terminated(ctx: &mut Ctx) {
    let store = ctx.store;
    if store.pod_count() <= TERMINATED_MAX as u64 {
        return;
    }
    let mut ended: Vec<&Arc<Pod>> = store.pods().filter(|it| it.is_terminal()).collect();
    let surplus = ended.len().saturating_sub(TERMINATED_MAX);
    sort_by_key(&mut ended, |it| {
        (it.status.reason.as_deref().is_none_or(|it| **it != *"Evicted"), it.meta.uid)
    });
    ended.iter().take(surplus).for_each(|it| collect(it, None, ctx));
}

/// `markFailedAndDeletePod`.
fn collect(pod: &Pod, disruption: Option<&str>, ctx: &mut Ctx) {
    let uid = pod.meta.uid;
    let mut status = pod.status.clone();
    if !pod.is_terminal() {
        status.phase = Phase::Failed;
    }
    if let Some(message) = disruption {
        status.set_disruption("DeletionByPodGC", message, ctx.now);
    }
    ctx.command(Command::SetPodStatus(uid, Box::new(status)));
    ctx.command(Command::DeletePod { uid, grace_seconds: Some(0) });
}

/// The first look after an instant.
fn next_look(now: Time) -> Time {
    Time((now.0.div_euclid(PERIOD) + 1) * PERIOD)
}

/// Not ready, and said to be off.
fn is_out_of_service(node: &Node) -> bool {
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute];
    let is_it = |it: &crate::api::Taint| &*it.key == OUT_OF_SERVICE && effects.contains(&it.effect);
    !node.is_ready() && node.taints.iter().any(is_it)
}

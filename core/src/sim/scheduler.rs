//! Binds pods to nodes, after `pkg/scheduler` of Kubernetes v1.31 with its default profile.
//!
//! Daemon pods are pinned to one node, so a cycle filters that node and binds; nothing is scored.
//! Left out: volumes, scheduling gates, extenders, and the score for images that are on a node
//! already. A waiting pod is tried again when something changes that could
//! help it; upstream, without queueing hints, also tries some that it could not help.

mod affinity;
mod cycle;
mod filter;
mod preemption;
mod queue;
mod score;
mod spread;
#[cfg(test)]
mod tests;
mod usage;
mod view;

use std::sync::Arc;

use crate::api::encode::uuid;
use crate::api::{Name, Node, Pod, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Seed, Store};

use cycle::Attempt;
use queue::{Queue, Reason, Turn};
use usage::{Usage, nomination_of, place_of};
use view::View;

pub use cycle::Failure;
pub use filter::Refusal;
pub use preemption::Nomination;

/// The scheduler.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    queue: Queue,
    usage: Usage,
    /// Where the next search through all nodes begins.
    start: u64,
}

impl Actor for Scheduler {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        self.usage.note(change, ctx.store);
        match change {
            Change::Pod { old, new: Some(pod) } => self.see_pod(old.as_ref(), pod, ctx),
            Change::Pod { old: Some(pod), new: None } => {
                self.queue.remove(pod.meta.uid);
                self.see_room(pod, ctx);
            }
            Change::Node { old, new: Some(node) } => self.see_node(old.as_deref(), node, ctx),
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Object(uid) = key else { return };
        match self.queue.turn(*uid, ctx.now) {
            Turn::Nobody => {}
            Turn::Rejoins => {
                self.queue.rejoin(*uid, ctx.now);
                ctx.wake_at(ctx.soon("scheduling retry", uid.0), key.clone());
            }
            Turn::Of(first) => {
                self.attempt(first, ctx);
                if first != *uid {
                    ctx.wake_at(ctx.now, key.clone());
                }
            }
        }
    }
}

impl Scheduler {
    /// The sums that are kept against a full count.
    pub fn recount(&self, store: &Store) -> Result<(), String> {
        self.usage.recount(store)
    }

    fn see_pod(&mut self, old: Option<&Arc<Pod>>, pod: &Arc<Pod>, ctx: &mut Ctx) {
        let uid = pod.meta.uid;
        let Some(old) = old else {
            if pod.node_name.is_none() && !pod.spec.scheduling.by_another {
                self.queue.add(pod, ctx.now);
                let at = ctx.now + ctx.seed.between(10, 100, "schedule", &*pod.meta.name);
                ctx.wake_at(at, Key::Object(uid));
            }
            return;
        };
        if old.node_name.is_none() && pod.node_name.is_some() {
            self.queue.remove(uid);
            self.see_company(pod, ctx);
        } else if place_of(old).is_some() && place_of(pod).is_none() {
            self.see_room(old, ctx);
        } else if !Arc::ptr_eq(&old.meta.labels, &pod.meta.labels) && place_of(pod).is_some() {
            self.see_company(pod, ctx);
        }
    }

    /// A pod has left a node, or waits no more for room on it.
    fn see_room(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let Some(node) = place_of(pod).or_else(|| nomination_of(pod)) else { return };
        for uid in self.queue.waiting_for(node) {
            if self.queue.is_curable(uid) {
                self.hasten(uid, ctx);
            }
        }
    }

    /// A pod has come to a node: others may have waited for its company.
    fn see_company(&mut self, other: &Pod, ctx: &mut Ctx) {
        for uid in self.queue.waiting_everywhere() {
            let Some(pod) = ctx.store.pod(uid) else { continue };
            let view = View::new(ctx.store, &self.usage);
            let mut terms = pod.spec.scheduling.affinity.iter();
            if terms.any(|it| view.is_about(it, &pod.meta.namespace, &other.meta)) {
                self.hasten(uid, ctx);
            }
        }
    }

    /// A node has come or changed: it matters to pods that it would have now.
    fn see_node(&mut self, old: Option<&Node>, node: &Node, ctx: &mut Ctx) {
        let is_same = |old: &Node| {
            old.taints == node.taints
                && old.meta.labels == node.meta.labels
                && old.allocatable == node.allocatable
                && old.unschedulable == node.unschedulable
        };
        if old.is_some_and(is_same) {
            return;
        }
        for uid in self.queue.waiting_for(&node.meta.name) {
            let Some(pod) = ctx.store.pod(uid) else { continue };
            if filter::is_admitted(pod, node, &View::new(ctx.store, &self.usage)) {
                self.hasten(uid, ctx);
            }
        }
    }

    /// Something changed that may help a waiting pod: it is tried again after its back-off.
    fn hasten(&mut self, uid: Uid, ctx: &mut Ctx) {
        let soon = ctx.soon("scheduling retry", uid.0);
        if let Some(due) = self.queue.hasten(uid, soon) {
            ctx.wake_at(due, Key::Object(uid));
        }
    }

    fn attempt(&mut self, uid: Uid, ctx: &mut Ctx) {
        let pod = ctx.store.pod(uid).filter(|it| it.node_name.is_none());
        let Some(pod) = pod.filter(|it| !it.meta.is_terminating()) else {
            self.queue.remove(uid);
            return;
        };
        ctx.work.schedulings += 1;
        let view = View::new(ctx.store, &self.usage);
        let attempt = Attempt { seed: ctx.seed, now: ctx.now };
        match cycle::schedule(pod, &view, attempt, &mut self.start) {
            Ok(node) => self.bind(pod, node, ctx),
            Err(failure) => self.put_off(pod, failure, ctx),
        }
    }

    fn bind(&mut self, pod: &Pod, node: Name, ctx: &mut Ctx) {
        self.queue.remove(pod.meta.uid);
        let message = |pod| Message::Assigned { pod, node: node.clone() };
        let scheduled = event(pod, false, "Scheduled", message);
        ctx.command(Command::BindPod { uid: pod.meta.uid, node });
        ctx.command(scheduled);
    }

    #[inline(never)]
    fn put_off(&mut self, pod: &Pod, failure: Failure, ctx: &mut Ctx) {
        let reason = Reason {
            node: pod.target_node().cloned(),
            is_curable: failure.is_curable,
            depends_on_others: failure.depends_on_others,
        };
        if let Some(due) = self.queue.put_off(pod.meta.uid, reason, ctx.now) {
            ctx.wake_at(due, Key::Object(pod.meta.uid));
        }
        let text: Name = failure.text.into();
        let mut status = pod.status.clone();
        match failure.nomination {
            Nomination::Stands => {}
            Nomination::Lapses => status.nominated_node = None,
            Nomination::Node { node, victims } => {
                self.make_room(pod, &node, &victims, ctx);
                status.nominated_node = Some(Box::new(node));
            }
        }
        status.set_scheduled(false, ctx.now);
        status.unschedulable = Some(Box::new(text.clone()));
        ctx.command(event(pod, true, "FailedScheduling", |_| Message::Unschedulable { text }));
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
    }

    /// `prepareCandidate`: the victims are deleted with their grace, and less important pods that
    /// waited for room on the node look elsewhere.
    #[inline(never)]
    fn make_room(&self, pod: &Pod, node: &Name, victims: &[Uid], ctx: &mut Ctx) {
        let by: Name = uuid(ctx.seed.0, pod.meta.uid).into();
        for victim in victims.iter().filter_map(|uid| ctx.store.pod(*uid)) {
            let mut status = victim.status.clone();
            let message = "default-scheduler: preempting to accommodate a higher priority pod";
            status.set_disruption(preemption::PREEMPTED, message, ctx.now);
            let uid = victim.meta.uid;
            ctx.command(Command::SetPodStatus(uid, Box::new(status)));
            ctx.command(Command::DeletePod { uid, grace_seconds: None });
            let message = |_| Message::Preempted { by: by.clone(), node: node.clone() };
            ctx.command(event(victim, false, "Preempted", message));
        }
        for other in self.usage.nominated_to(node).filter_map(|uid| ctx.store.pod(uid)) {
            if other.priority.value < pod.priority.value {
                let mut status = other.status.clone();
                status.nominated_node = None;
                ctx.command(Command::SetPodStatus(other.meta.uid, Box::new(status)));
            }
        }
    }
}

/// Finds the node for a pod that need not be in the store, or says why there is none.
pub fn schedule(pod: &Pod, store: &Store) -> Result<Name, Failure> {
    let usage = usage_with(pod, store);
    let attempt = Attempt { seed: Seed(0), now: Time::ZERO };
    cycle::schedule(pod, &View::new(store, &usage), attempt, &mut 0)
}

/// The filters in upstream's order; the first that refuses decides.
pub fn filter(pod: &Pod, node: &Node, store: &Store) -> Result<(), Refusal> {
    let usage = usage_with(pod, store);
    filter::filter(pod, node, &View::new(store, &usage))
}

/// Every filter that refuses when it is asked alone.
pub fn refusals(pod: &Pod, node: &Node, store: &Store) -> Vec<Refusal> {
    let usage = usage_with(pod, store);
    let view = View::new(store, &usage);
    filter::FILTERS.iter().filter_map(|filter| filter(pod, node, &view).err()).collect()
}

fn usage_with(pod: &Pod, store: &Store) -> Usage {
    let mut usage = Usage::of(store);
    usage.learn_keys(pod, store);
    usage
}

fn event(
    pod: &Pod,
    is_warning: bool,
    reason: &'static str,
    message: impl FnOnce(Arc<ObjectRef>) -> Message,
) -> Command {
    let object = ObjectRef::pod(pod);
    let message = message(object.clone());
    Command::Event(NewEvent { object, is_warning, reason, source: "default-scheduler", message })
}

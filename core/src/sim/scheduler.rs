//! Binds pods to nodes, after `pkg/scheduler` of Kubernetes v1.31.
//!
//! Daemon pods are pinned to one node, so a cycle filters that node and binds; nothing is scored.
//! Left out here: preemption by priority, pod affinity, volumes, and pods without a pin.

use crate::api::pod::HostPort;
use crate::api::resources::Resources;
use crate::api::selector::node_matches;
use crate::api::taint::first_untolerated;
use crate::api::{Name, Node, Pod, TaintEffect, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Map, Set, Store};

/// A pod that does not fit is tried again after 1 s, doubling to 10 s, when its node changes…
const BACKOFF_INITIAL: i64 = 1_000;
const BACKOFF_MAX: i64 = 10_000;
/// …and after five minutes in any case.
const UNSCHEDULABLE_MAX: i64 = 300_000;

/// The scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler {
    waiting: Map<Uid, Waiting>,
    by_node: Set<(Name, Uid)>,
}

/// A pod that was tried in vain.
#[derive(Clone, Debug)]
struct Waiting {
    attempts: u32,
    last: Time,
    due: Option<Time>,
}

impl Default for Scheduler {
    fn default() -> Self {
        Scheduler { waiting: Map::new(), by_node: Set::new() }
    }
}

impl Actor for Scheduler {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Pod { old, new: Some(pod) } if old.is_none() && pod.node_name.is_none() => {
                let at = ctx.now + ctx.seed.between(10, 100, "schedule", &*pod.meta.name);
                ctx.wake_at(at, Key::Object(pod.meta.uid));
            }
            Change::Pod { old: Some(pod), new: None } => {
                self.forget(pod.meta.uid, pod.target_node());
                if let Some(node) = &pod.node_name {
                    self.retry_on(node, ctx);
                }
            }
            Change::Pod { old: Some(old), new: Some(new) } => {
                let has_ended = new.is_terminal() && !old.is_terminal();
                if let Some(node) = new.node_name.as_ref().filter(|_| has_ended) {
                    self.retry_on(node, ctx);
                }
            }
            Change::Node { new: Some(node), .. } => self.retry_on(&node.meta.name, ctx),
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Object(uid) = key else { return };
        if let Some(waiting) = self.waiting.get_mut(uid) {
            if waiting.due.is_none_or(|it| it > ctx.now) {
                return;
            }
            waiting.due = None;
        }
        let Some(pod) = ctx.store.pod(*uid) else { return };
        if pod.node_name.is_some() || pod.meta.is_terminating() {
            return;
        }
        ctx.work.schedulings += 1;
        match schedule(pod, ctx.store) {
            Ok(node) => self.bind(pod, node, ctx),
            Err(text) => self.put_off(pod, text.into(), ctx),
        }
    }
}

impl Scheduler {
    fn forget(&mut self, uid: Uid, node: Option<&Name>) {
        self.waiting.remove_mut(&uid);
        if let Some(node) = node {
            self.by_node.remove_mut(&(node.clone(), uid));
        }
    }

    fn bind(&mut self, pod: &Pod, node: Name, ctx: &mut Ctx) {
        self.forget(pod.meta.uid, Some(&node));
        let message = Message::Assigned {
            namespace: pod.meta.namespace.clone(),
            pod: pod.meta.name.clone(),
            node: node.clone(),
        };
        ctx.command(Command::BindPod { uid: pod.meta.uid, node });
        ctx.command(event(pod, false, "Scheduled", message));
    }

    fn put_off(&mut self, pod: &Pod, text: Name, ctx: &mut Ctx) {
        let uid = pod.meta.uid;
        let attempts = self.waiting.get(&uid).map_or(0, |it| it.attempts) + 1;
        let due = ctx.now + UNSCHEDULABLE_MAX;
        self.waiting.insert_mut(uid, Waiting { attempts, last: ctx.now, due: Some(due) });
        ctx.wake_at(due, Key::Object(uid));
        if let Some(node) = pod.target_node() {
            self.by_node.insert_mut((node.clone(), uid));
        }
        let mut status = pod.status.clone();
        status.set_scheduled(false, ctx.now);
        status.unschedulable = Some(text.clone());
        ctx.command(Command::SetPodStatus(uid, Box::new(status)));
        let message = Message::Unschedulable { text };
        ctx.command(event(pod, true, "FailedScheduling", message));
    }

    /// Something on the node changed: the pods that wait for it are tried again after their
    /// back-off.
    fn retry_on(&mut self, node: &Name, ctx: &mut Ctx) {
        let from = (node.clone(), Uid(0));
        let waiting = self.by_node.range(from..).take_while(|it| it.0 == *node);
        let uids: Vec<Uid> = waiting.map(|it| it.1).collect();
        for uid in uids {
            let soon = ctx.soon("scheduling retry", uid.0);
            let Some(waiting) = self.waiting.get_mut(&uid) else { continue };
            let backoff = (BACKOFF_INITIAL << (waiting.attempts - 1).min(4)).min(BACKOFF_MAX);
            let due = soon.max(waiting.last + backoff);
            if waiting.due.is_none_or(|it| it > due) {
                waiting.due = Some(due);
                ctx.wake_at(due, Key::Object(uid));
            }
        }
    }
}

/// Finds the node for a pod, or the text of the `FailedScheduling` event.
pub fn schedule(pod: &Pod, store: &Store) -> Result<Name, String> {
    let node_count = store.node_count();
    if node_count == 0 {
        return Err("no nodes available to schedule pods".into());
    }
    let pinned = pod.target_node().and_then(|name| store.node(name));
    let Some(node) = pinned else {
        let reason = "1 node(s) didn't match Pod's node affinity/selector";
        return Err(failure(node_count, &[reason.into()], false));
    };
    match filter(pod, node, store) {
        Ok(()) => Ok(node.meta.name.clone()),
        Err(refusal) => {
            let counted = refusal.reasons.iter().map(|it| format!("1 {it}"));
            Err(failure(node_count, &counted.collect::<Vec<_>>(), refusal.is_curable))
        }
    }
}

/// `FitError`: a pinned pod is held against its own node only, and preemption could cure that
/// node at most.
fn failure(node_count: u64, reasons: &[String], is_curable: bool) -> String {
    let mut reasons = reasons.to_vec();
    reasons.sort();
    let hopeless = node_count - u64::from(is_curable);
    let mut preemption = Vec::new();
    if is_curable {
        preemption.push("1 No preemption victims found for incoming pod".to_owned());
    }
    if hopeless > 0 {
        preemption.push(format!("{hopeless} Preemption is not helpful for scheduling"));
    }
    preemption.sort();
    format!(
        "0/{node_count} nodes are available: {}. preemption: 0/{node_count} nodes are available: {}.",
        reasons.join(", "),
        preemption.join(", ")
    )
}

/// Why a node refuses a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The plug-in that refused first.
    pub plugin: &'static str,
    /// Its reasons.
    pub reasons: Vec<String>,
    /// Whether fewer other pods could help.
    pub is_curable: bool,
}

/// The filters in upstream's order; the first that refuses decides.
pub fn filter(pod: &Pod, node: &Node, store: &Store) -> Result<(), Refusal> {
    let spec = &pod.spec;
    let hopeless =
        |plugin, reason: String| Refusal { plugin, reasons: vec![reason], is_curable: false };
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute];
    if let Some(taint) = first_untolerated(&node.taints, &spec.tolerations, &effects) {
        let reason = format!("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value);
        return Err(hopeless("TaintToleration", reason));
    }
    let name = &node.meta.name;
    let fits_affinity = match &pod.pin {
        // The pin stands for the terms of the template.
        Some(pin) => {
            pin == name && node_matches(&spec.node_selector, None, name, &node.meta.labels)
        }
        None => {
            let terms = spec.required_terms.as_deref();
            node_matches(&spec.node_selector, terms, name, &node.meta.labels)
        }
    };
    if !fits_affinity {
        let reason = "node(s) didn't match Pod's node affinity/selector";
        return Err(hopeless("NodeAffinity", reason.into()));
    }
    let others: Vec<_> = store.pods_on(name).filter(|it| !it.is_terminal()).collect();
    let taken = others.iter().flat_map(|it| it.spec.host_ports.iter());
    if taken.into_iter().any(|taken| clashes(taken, &spec.host_ports)) {
        let reason = "node(s) didn't have free ports for the requested pod ports";
        return Err(Refusal {
            plugin: "NodePorts",
            reasons: vec![reason.into()],
            is_curable: true,
        });
    }
    let mut used = Resources::default();
    others.iter().for_each(|it| used.add(&it.spec.requests));
    let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
    match missing_resources(&spec.requests, &used, count, &node.allocatable) {
        reasons if reasons.is_empty() => Ok(()),
        reasons => Err(Refusal { plugin: "NodeResourcesFit", reasons, is_curable: true }),
    }
}

fn clashes(taken: &HostPort, wanted: &[HostPort]) -> bool {
    wanted.iter().any(|it| it.clashes_with(taken))
}

/// `fitsRequest`: every resource that is short.
fn missing_resources(
    wanted: &Resources,
    used: &Resources,
    pod_count: i64,
    offered: &Resources,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if pod_count + 1 > offered.pods {
        reasons.push("Too many pods".to_owned());
    }
    let mut check = |name: &str, wanted: i64, used: i64, offered: i64| {
        if wanted > 0 && wanted > offered - used {
            reasons.push(format!("Insufficient {name}"));
        }
    };
    check("cpu", wanted.cpu, used.cpu, offered.cpu);
    check("memory", wanted.memory, used.memory, offered.memory);
    let storage = [wanted, used, offered].map(|it| it.ephemeral_storage);
    check("ephemeral-storage", storage[0], storage[1], storage[2]);
    let amount = |of: &Resources, name| of.extended.get(name).copied().unwrap_or(0);
    for (name, wanted) in &wanted.extended {
        check(name, *wanted, amount(used, name), amount(offered, name));
    }
    reasons
}

fn event(pod: &Pod, is_warning: bool, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::pod(pod);
    Command::Event(NewEvent { object, is_warning, reason, source: "default-scheduler", message })
}

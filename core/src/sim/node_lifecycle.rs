//! Watches over nodes: silence, taints by condition, evictions at a limited rate.
//!
//! Follows `pkg/controller/nodelifecycle/node_lifecycle_controller.go` of Kubernetes v1.31. It
//! looks every 5 s; here only when a look could find something: after a change, and when a silence
//! has lasted. The last heartbeat of a kubelet counts as of the moment it was stopped. Left out:
//! leases as objects, and the fresh grace for all nodes after all of them were unhealthy.

mod disruption;

use crate::api::node::ConditionStatus;
use crate::api::{Name, Node, Taint, TaintEffect, Time};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Set, Shortage};

use disruption::{Seen, Zones};

/// The taint of a node that is not ready, which it carries from its creation.
pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// How often it looks.
const PERIOD: i64 = 5_000;
/// How long a kubelet may be silent: 40 s up to v1.31, and 60 s before its first report.
const GRACE: i64 = 40_000;
const STARTUP_GRACE: i64 = 60_000;

/// The controller.
#[derive(Clone, Debug)]
pub(super) struct NodeLifecycle {
    zones: Zones,
    /// When something is planned.
    planned: Set<Time>,
}

impl Default for NodeLifecycle {
    fn default() -> Self {
        NodeLifecycle { zones: Zones::default(), planned: Set::new() }
    }
}

impl Actor for NodeLifecycle {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        let store = ctx.store;
        match change {
            Change::Node { old, new: Some(node) } => self.node_changed(old.as_deref(), node, ctx),
            Change::Node { old: Some(node), new: None } => {
                let message = Message::RemovingNode { node: node.meta.name.clone() };
                ctx.command(event(node, "RemovingNode", message));
                self.zones.forget(&node.meta.name);
                self.plan(next_look(ctx.now + 1), ctx);
            }
            Change::Machine { node } => {
                let machine = store.world().machine(node);
                let stopped = machine.kubelet_stopped;
                if let Some((node, stopped)) = store.node(node).zip(stopped) {
                    self.plan(next_look(deadline(node, stopped)), ctx);
                }
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let store = ctx.store;
        match key {
            Key::Node(name) => {
                let name: &Name = name;
                if let Some(node) = store.node(name) {
                    let taints = taints(node, ctx.now);
                    ctx.command(Command::SetNodeTaints(name.clone(), taints));
                }
            }
            Key::Round => {
                self.planned.remove_mut(&ctx.now);
                if ctx.now.0.rem_euclid(PERIOD) == 0 {
                    self.look(ctx);
                }
                self.taint(ctx);
            }
            Key::Object(_) | Key::Later(_) => {}
        }
    }
}

impl NodeLifecycle {
    fn node_changed(&mut self, old: Option<&Node>, node: &Node, ctx: &mut Ctx) {
        let name = &node.meta.name;
        if old.is_none() {
            let message = Message::RegisteredNode { node: name.clone() };
            ctx.command(event(node, "RegisteredNode", message));
        }
        if taints(node, ctx.now) != node.taints {
            ctx.wake_at(ctx.soon("node taints", &**name), Key::node(name));
        }
        if node.is_ready() {
            self.zones.forget(name);
        }
        let has_turned = match old {
            Some(old) => old.ready() != node.ready(),
            None => !node.is_ready(),
        };
        let is_untainted = wanted_no_execute(node).is_some_and(|key| !has_no_execute(node, key));
        if has_turned || is_untainted {
            self.plan(next_look(ctx.now + 1), ctx);
        }
    }

    fn plan(&mut self, at: Time, ctx: &mut Ctx) {
        if !self.planned.contains(&at) {
            self.planned.insert_mut(at);
            ctx.wake_at(at, Key::Round);
        }
    }

    /// `monitorNodeHealth`: who has fallen silent, how the zones are, who is to be tainted.
    fn look(&mut self, ctx: &mut Ctx) {
        let store = ctx.store;
        let mut seen = Vec::new();
        for node in store.nodes() {
            let stopped = store.world().machine(&node.meta.name).kubelet_stopped;
            let is_silent = stopped.is_some_and(|it| deadline(node, it) <= ctx.now);
            let status = if is_silent { ConditionStatus::Unknown } else { node.ready() };
            if is_silent && node.ready() != ConditionStatus::Unknown {
                mark_silent(node, ctx);
            }
            let key = no_execute_for(status);
            let is_to_be_tainted = key.is_some_and(|it| !has_no_execute(node, it));
            seen.push(Seen { node, status, is_to_be_tainted });
        }
        let stops_all = self.zones.look(&seen, ctx.now);
        for node in seen.iter().filter(|_| stops_all).map(|it| it.node) {
            let mut taints = node.taints.clone();
            let before = taints.len();
            taints.retain(|it| !is_lifecycle_no_execute(it));
            if taints.len() != before {
                ctx.command(Command::SetNodeTaints(node.meta.name.clone(), taints));
            }
        }
    }

    /// `doNoExecuteTaintingPass`: as many nodes as their zones' rates allow.
    fn taint(&mut self, ctx: &mut Ctx) {
        let (store, now) = (ctx.store, ctx.now);
        for name in self.zones.take(now) {
            let Some(node) = store.node(&name) else { continue };
            // What `look` has just found is not in the store yet.
            let stopped = store.world().machine(&name).kubelet_stopped;
            let is_silent = stopped.is_some_and(|it| deadline(node, it) <= now);
            let key = if is_silent { Some(UNREACHABLE) } else { wanted_no_execute(node) };
            let Some(key) = key.filter(|it| !has_no_execute(node, it)) else { continue };
            let mut taints = node.taints.clone();
            taints.retain(|it| !is_lifecycle_no_execute(it));
            taints.push(added(key, TaintEffect::NoExecute, now));
            ctx.command(Command::SetNodeTaints(name, taints));
        }
        if let Some(at) = self.zones.next(now) {
            self.plan(at, ctx);
        }
    }
}

/// The first look at or after an instant.
fn next_look(at: Time) -> Time {
    Time((at.0 + PERIOD - 1).div_euclid(PERIOD) * PERIOD)
}

/// When a stopped kubelet has been silent for too long. One that never got as far as a report is
/// given more time, from the creation of its node on.
fn deadline(node: &Node, stopped: Time) -> Time {
    if has_reported(node) { stopped + GRACE } else { node.meta.created + STARTUP_GRACE }
}

/// A node is created not ready; its condition has changed since, if anybody reported.
fn has_reported(node: &Node) -> bool {
    let ready = &node.conditions.ready;
    ready.status == ConditionStatus::True || ready.since != node.meta.created.truncated()
}

/// The kubelet has been silent for too long: its conditions are unknown, its pods not ready.
fn mark_silent(node: &Node, ctx: &mut Ctx) {
    let name = &node.meta.name;
    let was_heard = has_reported(node);
    let mut conditions = node.conditions.clone();
    conditions.each_mut().for_each(|it| it.silence(was_heard, ctx.now));
    ctx.command(Command::SetNodeConditions(name.clone(), Box::new(conditions)));
    if node.is_ready() {
        let message = Message::NodeStatusIs { node: name.clone(), status: "NodeNotReady" };
        ctx.command(event(node, "NodeNotReady", message));
    }
    let store = ctx.store;
    for pod in store.pods_on(name).filter(|it| it.is_ready()) {
        let mut status = pod.status.clone();
        status.set_node_not_ready(ctx.now);
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
        let (object, message) = (ObjectRef::pod(pod), Message::NodeIsNotReady);
        let (is_warning, reason, source) = (true, "NodeNotReady", "node-controller");
        ctx.command(Command::Event(NewEvent { object, is_warning, reason, source, message }));
    }
}

/// The node's taints as its conditions and its cordon ask for: others stay as they are. Taints
/// that evict are added elsewhere, at a limited rate; here they go when they no longer fit.
fn taints(node: &Node, now: Time) -> Vec<Taint> {
    let mut taints = node.taints.clone();
    let holds = |it: Shortage| node.conditions.of(it.condition()).status == ConditionStatus::True;
    let wanted = [
        (NOT_READY, node.ready() == ConditionStatus::False),
        (UNREACHABLE, node.ready() == ConditionStatus::Unknown),
        ("node.kubernetes.io/memory-pressure", holds(Shortage::Memory)),
        ("node.kubernetes.io/disk-pressure", holds(Shortage::Disk)),
        ("node.kubernetes.io/pid-pressure", holds(Shortage::Pid)),
        (UNSCHEDULABLE, node.unschedulable),
    ];
    for (key, is_wanted) in wanted {
        let taint = added(key, TaintEffect::NoSchedule, now);
        let has = taints.iter().any(|it| it.is_same(&taint));
        if is_wanted && !has {
            taints.push(taint);
        } else if !is_wanted && has {
            taints.retain(|it| !it.is_same(&taint));
        }
    }
    let (had, wanted) = (taints.iter().any(is_lifecycle_no_execute), wanted_no_execute(node));
    taints.retain(|it| !is_lifecycle_no_execute(it) || Some(&*it.key) == wanted);
    let swapped = wanted.filter(|it| had && !taints.iter().any(|taint| is_no_execute(taint, it)));
    taints.extend(swapped.map(|it| added(it, TaintEffect::NoExecute, now)));
    taints
}

/// The key of the taint that evicts, if the node is not ready.
fn wanted_no_execute(node: &Node) -> Option<&'static str> {
    no_execute_for(node.ready())
}

fn no_execute_for(status: ConditionStatus) -> Option<&'static str> {
    match status {
        ConditionStatus::True => None,
        ConditionStatus::False => Some(NOT_READY),
        ConditionStatus::Unknown => Some(UNREACHABLE),
    }
}

fn is_no_execute(taint: &Taint, key: &str) -> bool {
    taint.effect == TaintEffect::NoExecute && &*taint.key == key
}

fn is_lifecycle_no_execute(taint: &Taint) -> bool {
    is_no_execute(taint, NOT_READY) || is_no_execute(taint, UNREACHABLE)
}

fn has_no_execute(node: &Node, key: &str) -> bool {
    node.taints.iter().any(|it| is_no_execute(it, key))
}

fn added(key: &str, effect: TaintEffect, now: Time) -> Taint {
    Taint { time_added: Some(now.truncated()), ..Taint::new(key, effect) }
}

fn event(node: &Node, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::node(node);
    let (is_warning, source) = (false, "node-controller");
    Command::Event(NewEvent { object, is_warning, reason, source, message })
}

/// The zone of a node, as rates are kept by.
fn zone(node: &Node) -> Name {
    let label = |key| node.meta.labels.get(key).map_or("", |it| &**it);
    let (region, zone) =
        (label("topology.kubernetes.io/region"), label("topology.kubernetes.io/zone"));
    format!("{region}:{zone}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn taints_follow_the_conditions() {
        let no_execute = |key: &str| format!("{key}:NoExecute");
        let not_ready = "node.kubernetes.io/not-ready:NoSchedule";
        let unreachable = "node.kubernetes.io/unreachable:NoSchedule";
        let disk = "node.kubernetes.io/disk-pressure:NoSchedule";
        let evicts = (no_execute(NOT_READY), no_execute(UNREACHABLE));
        type Row<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str], Vec<&'a str>);
        let rows: [Row; 8] = [
            ("healthy", "True", &[], &["a:NoSchedule"], vec!["a:NoSchedule"]),
            ("not ready", "False", &[], &[], vec![not_ready]),
            ("silent", "Unknown", &[], &[], vec![unreachable]),
            ("from one to the other", "Unknown", &[], &[not_ready], vec![unreachable]),
            ("short of disk", "True", &["DiskPressure"], &[], vec![disk]),
            ("no longer short", "True", &[], &[disk], vec![]),
            ("recovered", "True", &[], &[unreachable, &evicts.1], vec![]),
            ("swapped", "Unknown", &[], &[not_ready, &evicts.0], vec![unreachable, &evicts.1]),
        ];
        for (name, ready, pressures, given, expected) in rows {
            let got = taints(&node(ready, pressures, given), Time(1_500));
            let texts: Vec<String> = got.iter().map(ToString::to_string).collect();
            assert_eq!(texts, expected, "{name}");
        }
    }

    #[test]
    fn what_the_controller_adds_carries_the_time() {
        let got = taints(&node("False", &[], &["a:NoSchedule"]), Time(1_500));
        let times: Vec<_> = got.iter().map(|it| it.time_added).collect();
        assert_eq!(times, [None, Some(Time(1_000))]);
    }

    #[test]
    fn silence_is_found_at_the_first_look_after_the_grace() {
        let ready = node("True", &[], &[]);
        let mut new = node("False", &[], &[]);
        new.meta.created = Time(0);
        let cases = [
            ("at a look", &ready, 10_000, 50_000),
            ("between looks", &ready, 10_001, 55_000),
            ("never reported", &new, 2_000, 60_000),
        ];
        for (name, node, stopped, expected) in cases {
            assert_eq!(next_look(deadline(node, Time(stopped))), Time(expected), "{name}");
        }
    }

    fn node(ready: &str, pressures: &[&str], taints: &[&str]) -> Node {
        let mut conditions = vec![json!({"type": "Ready", "status": ready})];
        conditions.extend(pressures.iter().map(|it| json!({"type": it, "status": "True"})));
        let taint = |it: &&str| {
            let (key, effect) = it.split_once(':').unwrap();
            json!({"key": key, "effect": effect})
        };
        let taints: Vec<_> = taints.iter().map(taint).collect();
        Node::from_json(&json!({
            "metadata": {"name": "n"},
            "spec": {"taints": taints},
            "status": {"conditions": conditions},
        }))
    }
}

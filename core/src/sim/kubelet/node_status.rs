//! What a kubelet says of its node: when it starts, and when it starts again.
//!
//! Follows `pkg/kubelet/kubelet_node_status.go` and `nodestatus/setters.go`. Heartbeats are derived
//! from the time, so a healthy kubelet costs nothing.

use std::sync::Arc;

use crate::api::node::{ConditionStatus, NodeConditions};
use crate::api::{Name, Node, Pod};
use crate::sim::Shortage;
use crate::sim::actor::{Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::Message;
use crate::sim::kubelet::scene::is_ready;
use crate::sim::kubelet::{Kubelet, Stage, admission, node_event};

/// The kubelet asks the container runtime for its state this often (`updateRuntimeUp`).
const NETWORK_PERIOD: i64 = 5_000;

impl Kubelet {
    pub(super) fn node_changed(&mut self, old: Option<&Node>, node: &Node, ctx: &mut Ctx) {
        let name = &node.meta.name;
        let Some(old) = old else {
            self.starting.remove_mut(name);
            if node.ready() == ConditionStatus::False {
                self.start(node, (3_000, 6_000), ctx);
            }
            // A node that returns under its name finds its pods as they were.
            let store = ctx.store;
            for pod in store.pods_on(name) {
                ctx.wake_at(ctx.soon("kubelet", pod.meta.uid.0), Key::Object(pod.meta.uid));
            }
            return;
        };
        if old.unschedulable != node.unschedulable && ctx.store.world().runs_kubelet(name) {
            let status = if node.unschedulable { "NodeNotSchedulable" } else { "NodeSchedulable" };
            let message = Message::NodeStatusIs { node: name.clone(), status };
            ctx.command(node_event(node, status, message));
        }
    }

    #[inline(never)]
    pub(super) fn machine_changed(&mut self, name: &Name, ctx: &mut Ctx) {
        let store = ctx.store;
        let Some(node) = store.node(name) else { return };
        let machine = store.world().machine(name);
        if machine.kubelet_stopped.is_some() {
            // An empty entry: it has to start again before it looks at anything.
            self.starting.insert_mut(name.clone(), super::work::NEVER);
        } else if self.starting.get(name) == Some(&super::work::NEVER) {
            self.start(node, (1_000, 3_000), ctx);
        } else {
            if machine.signals.iter().any(Option::is_some) {
                self.plan_round(name, ctx);
            }
            if machine.has_no_network == node.is_ready() {
                let wait =
                    ctx.seed.between(0, NETWORK_PERIOD, "network check", (&**name, ctx.now.0));
                ctx.wake_at(ctx.now + wait, Key::node(name));
            }
        }
    }

    fn start(&mut self, node: &Node, (low, high): (i64, i64), ctx: &mut Ctx) {
        let name = &node.meta.name;
        let at = ctx.now + ctx.seed.between(low, high, "kubelet start", &**name);
        self.starting.insert_mut(name.clone(), at);
        ctx.wake_at(at, Key::node(name));
        ctx.command(node_event(node, "Starting", Message::StartingKubelet));
    }

    #[inline(never)]
    pub(super) fn node_due(&mut self, name: &Name, ctx: &mut Ctx) {
        let store = ctx.store;
        let is_round = self.rounds.get(name).is_some_and(|it| *it <= ctx.now);
        if is_round {
            self.rounds.remove_mut(name);
        }
        let Some(node) = store.node(name).filter(|_| store.world().runs_kubelet(name)) else {
            return;
        };
        match self.starting.get(name).copied() {
            Some(at) if at <= ctx.now => {
                self.starting.remove_mut(name);
                self.report_start(node, ctx);
            }
            None if is_round => self.round(node, ctx),
            None => {
                let mut conditions = node.conditions.clone();
                report_network(&mut conditions, node, ctx);
                ctx.command(Command::SetNodeConditions(name.clone(), Box::new(conditions)));
            }
            Some(_) => {}
        }
    }

    /// The first report of a kubelet that has just started.
    #[inline(never)]
    fn report_start(&mut self, node: &Node, ctx: &mut Ctx) {
        let name = &node.meta.name;
        let machine = ctx.store.world().machine(name);
        let mut conditions: NodeConditions = node.conditions.clone();
        for shortage in Shortage::ALL {
            let is_on = machine.signal(shortage).is_some_and(|it| it.is_on);
            conditions.of_mut(shortage.condition()).report(is_on, ctx.now);
            say(node, pressure_event(shortage, is_on), ctx);
        }
        report_network(&mut conditions, node, ctx);
        ctx.command(Command::SetNodeConditions(name.clone(), Box::new(conditions)));
        if machine.signals.iter().flatten().any(|it| it.is_on) {
            self.plan_round(name, ctx);
        }
        let store = ctx.store;
        let pods: Vec<&Arc<Pod>> = store.pods_on(name).collect();
        pods.into_iter().for_each(|pod| self.resume(pod, node, ctx));
    }

    /// A pod that was there before the kubelet started: it is admitted anew beside those that are
    /// older, and reported as it is.
    #[inline(never)]
    fn resume(&mut self, pod: &Arc<Pod>, node: &Node, ctx: &mut Ctx) {
        let uid = pod.meta.uid;
        let stage = self.pods.get(&uid).map(|it| it.stage);
        if pod.is_terminal() && stage != Some(Stage::Remove) {
            return;
        }
        match stage {
            Some(Stage::Stop | Stage::Remove) => {}
            _ if pod.meta.is_terminating() => return self.stop(pod, ctx),
            None => return self.pod_changed(pod, ctx),
            Some(Stage::Admit | Stage::Prepare) => {}
            Some(Stage::Live) => {
                let mut older = self.neighbours(pod, ctx);
                older.retain(|it| it.meta.uid < uid);
                if let Some(refusal) = admission::refusal(pod, node, &older) {
                    return self.reject(pod, refusal, ctx);
                }
                let mut status = pod.status.clone();
                let gates = &pod.spec.readiness_gates;
                status.set_ready_behind(gates, is_ready(pod, &pod.status), ctx.now);
                ctx.command(Command::SetPodStatus(uid, Box::new(status)));
            }
        }
        ctx.wake_at(ctx.soon("kubelet", uid.0), Key::Object(uid));
    }
}

/// Without a container network a node is not ready; nor is one whose kubelet has just started,
/// until it says so.
pub(super) fn report_network(conditions: &mut NodeConditions, node: &Node, ctx: &mut Ctx) {
    let has_network = !ctx.store.world().machine(&node.meta.name).has_no_network;
    let status = if has_network { ConditionStatus::True } else { ConditionStatus::False };
    if node.ready() != status {
        conditions.ready.report(has_network, ctx.now);
        say(node, if has_network { "NodeReady" } else { "NodeNotReady" }, ctx);
    }
}

fn say(node: &Node, status: &'static str, ctx: &mut Ctx) {
    let message = Message::NodeStatusIs { node: node.meta.name.clone(), status };
    ctx.command(node_event(node, status, message));
}

/// The reason of the event about a condition.
pub(super) fn pressure_event(shortage: Shortage, is_on: bool) -> &'static str {
    match (shortage, is_on) {
        (Shortage::Memory, false) => "NodeHasSufficientMemory",
        (Shortage::Memory, true) => "NodeHasInsufficientMemory",
        (Shortage::Disk, false) => "NodeHasNoDiskPressure",
        (Shortage::Disk, true) => "NodeHasDiskPressure",
        (Shortage::Pid, false) => "NodeHasSufficientPID",
        (Shortage::Pid, true) => "NodeHasInsufficientPID",
    }
}

//! A node that runs short: its conditions, and the pods that make room.
//!
//! Follows `pkg/kubelet/eviction/eviction_manager.go` and `helpers.go` with hard thresholds. A
//! machine is short for as long as the scenario says: here evicting a pod does not relieve it. What
//! pods use is not simulated either; it is drawn from the seed and the pod. Left out: freeing
//! images and dead containers first.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::api::node::ConditionStatus;
use crate::api::pod::{Container, Phase};
use crate::api::{Name, Node, Pod, Time};
use crate::sim::actor::{Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::kubelet::termination::KILLED;
use crate::sim::kubelet::work::end;
use crate::sim::kubelet::{Kubelet, Stage, node_event, node_status, pod_event};
use crate::sim::{Seed, Shortage};

/// The kubelet looks this often…
const PERIOD: i64 = 10_000;
/// …and takes back a condition that long after the shortage is over.
const TRANSITION: i64 = 300_000;
/// From this priority on a pod is critical.
const CRITICAL: i64 = 2_000_000_000;
const MEBIBYTE: i64 = 1 << 20;

impl Kubelet {
    /// Plans the next look at a node that is, or was, short of something.
    pub(super) fn plan_round(&mut self, node: &Name, ctx: &mut Ctx) {
        if self.rounds.contains_key(node) {
            return;
        }
        let phase = ctx.seed.between(0, PERIOD - 1, "eviction round", &**node);
        let at = Time((ctx.now.0 - phase).div_euclid(PERIOD) * PERIOD + PERIOD + phase);
        self.rounds.insert_mut(node.clone(), at);
        ctx.wake_at(at, Key::node(node));
    }

    /// One look: conditions first, then one pod at most.
    #[inline(never)]
    pub(super) fn round(&mut self, node: &Node, ctx: &mut Ctx) {
        let name = &node.meta.name;
        let machine = ctx.store.world().machine(name);
        let mut conditions = node.conditions.clone();
        let (mut is_waiting, mut shortage) = (false, None);
        for it in Shortage::ALL {
            let Some(signal) = machine.signal(it) else { continue };
            let condition = conditions.of_mut(it.condition());
            let was_on = condition.status == ConditionStatus::True;
            let is_on = signal.is_on || (was_on && ctx.now < signal.since + TRANSITION);
            is_waiting |= is_on;
            if signal.is_on && shortage.is_none() {
                shortage = Some(it);
            }
            if is_on != was_on {
                condition.report(is_on, ctx.now);
                let status = node_status::pressure_event(it, is_on);
                let message = Message::NodeStatusIs { node: name.clone(), status };
                ctx.command(node_event(node, status, message));
            }
        }
        node_status::report_network(&mut conditions, node, ctx);
        ctx.command(Command::SetNodeConditions(name.clone(), Box::new(conditions)));
        if let Some(shortage) = shortage {
            self.evict_one(node, shortage, ctx);
        }
        if is_waiting {
            self.plan_round(name, ctx);
        }
    }

    fn evict_one(&mut self, node: &Node, shortage: Shortage, ctx: &mut Ctx) {
        let resource = resource(shortage);
        let object = ObjectRef::node(node);
        let message = Message::AttemptingToReclaim { resource };
        let (is_warning, source) = (true, "kubelet");
        let reason = "EvictionThresholdMet";
        ctx.command(Command::Event(NewEvent { object, is_warning, reason, source, message }));
        let seed = ctx.seed;
        let store = ctx.store;
        let is_live = |it: &&Arc<Pod>| {
            let stage = self.pods.get(&it.meta.uid).map(|it| it.stage);
            stage == Some(Stage::Live) && !it.is_terminal() && !is_critical(it)
        };
        let pods = store.pods_on(&node.meta.name).filter(is_live);
        let Some(pod) = pods.min_by_key(|it| rank(it, shortage, seed)) else { return };
        let text = eviction_text(pod, node, shortage, seed);
        let mut status = pod.status.clone();
        for container in status.init_containers.iter_mut().chain(&mut status.containers) {
            end(container, KILLED, ctx.now);
        }
        status.phase = Phase::Failed;
        status.reason = Some(Box::new("Evicted".into()));
        status.message = Some(Box::new(text.clone().into()));
        status.set_ready(false, ctx.now);
        status.set_disruption("TerminationByKubelet", &text, ctx.now);
        self.pods.remove_mut(&pod.meta.uid);
        ctx.command(pod_event(pod, "Evicted", Message::Evicted { text: text.into() }));
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
    }
}

/// Static and mirror pods do not exist here; what is left of the rule is the priority.
pub(super) fn is_critical(pod: &Pod) -> bool {
    pod.priority.value >= CRITICAL
}

/// Smallest first: usage above the request, then low priority, then the largest excess, then the
/// youngest. Process numbers are not requested: there the priority comes first.
fn rank(pod: &Pod, shortage: Shortage, seed: Seed) -> impl Ord + use<> {
    let containers = pod.spec.containers.iter();
    let excess: i64 =
        containers.map(|it| usage(pod, it, shortage, seed) - request(it, shortage)).sum();
    let exceeds = shortage == Shortage::Pid || excess > 0;
    (!exceeds, pod.priority.value, Reverse(excess), Reverse(pod.meta.uid))
}

fn request(container: &Container, shortage: Shortage) -> i64 {
    match shortage {
        Shortage::Memory => container.requests.memory,
        Shortage::Disk => container.requests.ephemeral_storage,
        Shortage::Pid => 0,
    }
}

/// Around what is requested, or 16 to 96 MiB; 5 to 60 processes.
fn usage(pod: &Pod, container: &Container, shortage: Shortage, seed: Seed) -> i64 {
    let subject = (&*pod.meta.name, &*container.name);
    let request = request(container, shortage);
    match shortage {
        Shortage::Pid => seed.between(5, 60, "processes", subject),
        _ if request == 0 => seed.between(16, 96, shortage.word(), subject) * MEBIBYTE,
        _ => request / 100 * seed.between(60, 140, shortage.word(), subject),
    }
}

fn resource(shortage: Shortage) -> &'static str {
    match shortage {
        Shortage::Memory => "memory",
        Shortage::Disk => "ephemeral-storage",
        Shortage::Pid => "pids",
    }
}

/// `evictionMessage`; the machine has a tenth to a third less than its threshold.
fn eviction_text(pod: &Pod, node: &Node, shortage: Shortage, seed: Seed) -> String {
    let resource = resource(shortage);
    let threshold = match shortage {
        Shortage::Memory => 100 * MEBIBYTE,
        Shortage::Disk => (node.allocatable.ephemeral_storage / 10).max(100 * MEBIBYTE),
        Shortage::Pid => 1_000,
    };
    let rest = seed.between(67, 90, "rest", (&*node.meta.name, shortage.word()));
    let available = threshold / 100 * rest;
    let amount = |it| amount(it, shortage);
    let mut text = format!(
        "The node was low on resource: {resource}. Threshold quantity: {}, available: {}. ",
        amount(threshold),
        amount(available)
    );
    for container in &pod.spec.containers {
        let (usage, request) =
            (usage(pod, container, shortage, seed), request(container, shortage));
        if shortage != Shortage::Pid && usage > request {
            let (name, usage, request) = (&container.name, amount(usage), amount(request));
            text += &format!(
                "Container {name} was using {usage}, request is {request}, \
                 has larger consumption of {resource}. "
            );
        }
    }
    text
}

fn amount(amount: i64, shortage: Shortage) -> String {
    match (amount, shortage) {
        (0, _) => "0".to_owned(),
        (_, Shortage::Pid) => amount.to_string(),
        _ => format!("{}Mi", amount / MEBIBYTE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn who_uses_more_than_it_asked_for_goes_first_then_the_least_important() {
        let pods = [
            pod("modest", json!({"memory": "100Gi"}), 0),
            pod("important", json!({}), 1000),
            pod("small", json!({}), 0),
        ];
        let mut ranked: Vec<&Pod> = pods.iter().collect();
        ranked.sort_by_key(|it| rank(it, Shortage::Memory, Seed(4)));
        // The draw makes "modest" use less than it asked for.
        assert!(
            usage(&pods[0], &pods[0].spec.containers[0], Shortage::Memory, Seed(4)) < 100 << 30
        );
        let names: Vec<&str> = ranked.iter().map(|it| &*it.meta.name).collect();
        assert_eq!(names, ["small", "important", "modest"]);
    }

    #[test]
    fn critical_pods_are_those_of_the_systems_classes() {
        assert!(is_critical(&pod("p", json!({}), 2_000_001_000)));
        assert!(is_critical(&pod("p", json!({}), 2_000_000_000)));
        assert!(!is_critical(&pod("p", json!({}), 1_000_000_000)));
    }

    fn pod(name: &str, requests: Value, priority: i64) -> Pod {
        let container = json!({"name": "c", "resources": {"requests": requests}});
        let spec = json!({"containers": [container], "priority": priority});
        Pod::from_json(&json!({"metadata": {"name": name}, "spec": spec}), Time::ZERO)
    }
}

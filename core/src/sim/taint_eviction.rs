//! Deletes pods that do not tolerate a `NoExecute` taint of their node.
//!
//! Follows `pkg/controller/tainteviction`. Daemon pods tolerate `not-ready` and `unreachable`
//! without a time limit, so this actor never touches them: that is why they stay on a broken node
//! while the pods of a Deployment leave it after five minutes.

use std::sync::Arc;

use crate::api::taint::Toleration;
use crate::api::{Node, Pod, TaintEffect, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Map};

/// The controller.
#[derive(Clone, Debug)]
pub(super) struct TaintEviction {
    deadlines: Map<Uid, Time>,
}

impl Default for TaintEviction {
    fn default() -> Self {
        TaintEviction { deadlines: Map::new() }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Stay,
    EvictAfter(i64),
}

impl Actor for TaintEviction {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        let store = ctx.store;
        match change {
            Change::Node { old, new: Some(node) }
                if old.as_ref().is_none_or(|it| it.taints != node.taints) =>
            {
                let pods: Vec<Arc<Pod>> = store.pods_on(&node.meta.name).cloned().collect();
                pods.iter().for_each(|pod| self.review(pod, node, ctx));
            }
            Change::Pod { old, new: Some(pod) } => {
                let was_bound = old.as_ref().is_some_and(|it| it.node_name.is_some());
                let name = pod.node_name.as_ref().filter(|_| !was_bound);
                if let Some(node) = name.and_then(|it| store.node(it)) {
                    self.review(pod, node, ctx);
                }
            }
            Change::Pod { old: Some(pod), new: None } => {
                self.deadlines.remove_mut(&pod.meta.uid);
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Object(uid) = key else { return };
        if self.deadlines.get(uid).is_none_or(|it| *it > ctx.now) {
            return;
        }
        self.deadlines.remove_mut(uid);
        let Some(pod) = ctx.store.pod(*uid).filter(|it| !it.meta.is_terminating()) else { return };
        ctx.command(event(pod, |pod| Message::MarkingForDeletion { pod }));
        let mut status = pod.status.clone();
        let message = "Taint manager: deleting due to NoExecute taint";
        status.set_disruption("DeletionByTaintManager", message, ctx.now);
        ctx.command(Command::SetPodStatus(*uid, Box::new(status)));
        ctx.command(Command::DeletePod { uid: *uid, grace_seconds: None });
    }
}

impl TaintEviction {
    fn review(&mut self, pod: &Pod, node: &Node, ctx: &mut Ctx) {
        if pod.meta.is_terminating() {
            return;
        }
        let uid = pod.meta.uid;
        match verdict(node, &pod.spec.tolerations) {
            Verdict::Stay => {
                if self.deadlines.remove_mut(&uid) {
                    ctx.command(event(pod, |pod| Message::CancellingDeletion { pod }));
                }
            }
            Verdict::EvictAfter(grace) => {
                let deadline = match grace {
                    0 => ctx.soon("taint eviction", &*pod.meta.name),
                    grace => ctx.now + grace,
                };
                // A deadline that comes earlier stands.
                if self.deadlines.get(&uid).is_none_or(|it| *it > deadline) {
                    self.deadlines.insert_mut(uid, deadline);
                    ctx.wake_at(deadline, Key::Object(uid));
                }
            }
        }
    }
}

/// Every `NoExecute` taint needs a toleration; of the first that matches each, the shortest
/// `tolerationSeconds` counts.
fn verdict(node: &Node, tolerations: &[Toleration]) -> Verdict {
    let mut shortest: Option<i64> = None;
    for taint in node.taints.iter().filter(|it| it.effect == TaintEffect::NoExecute) {
        let Some(toleration) = tolerations.iter().find(|it| it.tolerates(taint)) else {
            return Verdict::EvictAfter(0);
        };
        let grace = toleration.toleration_seconds.map(|it| it.max(0).saturating_mul(1000));
        shortest = [shortest, grace].into_iter().flatten().min();
    }
    shortest.map_or(Verdict::Stay, Verdict::EvictAfter)
}

fn event(pod: &Pod, message: impl Fn(Arc<ObjectRef>) -> Message) -> Command {
    let object = ObjectRef::pod(pod);
    let message = message(object.clone());
    Command::Event(NewEvent {
        object,
        is_warning: false,
        reason: "TaintManagerEviction",
        source: "taint-eviction-controller",
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn verdicts() {
        let five_minutes = Verdict::EvictAfter(300_000);
        let cases = [
            ("no taint", json!([]), json!([]), Verdict::Stay),
            ("untolerated", json!(["a"]), json!([]), Verdict::EvictAfter(0)),
            ("tolerated for ever", json!(["a"]), json!([["a", null]]), Verdict::Stay),
            ("tolerated for a time", json!(["a"]), json!([["a", 300]]), five_minutes),
            (
                "one of two untolerated",
                json!(["a", "b"]),
                json!([["a", 300]]),
                Verdict::EvictAfter(0),
            ),
            (
                "the shorter of two",
                json!(["a", "b"]),
                json!([["a", 300], ["b", 60]]),
                Verdict::EvictAfter(60_000),
            ),
            ("the first that matches", json!(["a"]), json!([["a", null], ["a", 1]]), Verdict::Stay),
            ("negative is at once", json!(["a"]), json!([["a", -1]]), Verdict::EvictAfter(0)),
        ];
        for (name, taints, tolerations, expected) in cases {
            assert_eq!(
                verdict(&node(&taints), &self::tolerations(&tolerations)),
                expected,
                "{name}"
            );
        }
    }

    fn node(keys: &Value) -> Node {
        let taint = |key: &Value| json!({"key": key, "effect": "NoExecute"});
        let taints: Vec<Value> = keys.as_array().unwrap().iter().map(taint).collect();
        Node::from_json(&json!({"metadata": {"name": "n"}, "spec": {"taints": taints}}))
    }

    fn tolerations(rows: &Value) -> Vec<Toleration> {
        let toleration = |row: &Value| {
            Toleration::from_json(&json!({
                "key": row[0], "operator": "Exists", "tolerationSeconds": row[1]
            }))
        };
        rows.as_array().unwrap().iter().map(toleration).collect()
    }
}

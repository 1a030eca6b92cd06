//! Keeps the taints of a node in step with its conditions, after `pkg/controller/nodelifecycle`.
//!
//! Nodes whose kubelet falls silent are not simulated yet: a node is not ready only until its
//! kubelet has reported for the first time.

use crate::api::node::ConditionStatus;
use crate::api::{Node, Taint, TaintEffect};
use crate::sim::Change;
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};

/// The taint of a node that is not ready, which it carries from its creation.
pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// The controller; what it needs to know is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeLifecycle;

impl Actor for NodeLifecycle {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        let Change::Node { old, new } = change else { return };
        match (old, new) {
            (old, Some(node)) => {
                if old.is_none() {
                    let name = node.meta.name.clone();
                    let message = Message::RegisteredNode { node: name };
                    ctx.command(event(node, "RegisteredNode", message));
                }
                if taints(node) != node.taints {
                    let at = ctx.soon("node taints", &*node.meta.name);
                    ctx.wake_at(at, Key::Node(node.meta.name.clone()));
                }
            }
            (Some(node), None) => {
                let message = Message::RemovingNode { node: node.meta.name.clone() };
                ctx.command(event(node, "RemovingNode", message));
            }
            (None, None) => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        let Key::Node(name) = key else { return };
        if let Some(node) = ctx.store.node(name) {
            ctx.command(Command::SetNodeTaints(name.clone(), taints(node)));
        }
    }
}

/// The node's taints as its condition and its cordon ask for: others stay as they are.
fn taints(node: &Node) -> Vec<Taint> {
    let wanted = [
        (NOT_READY, node.ready == ConditionStatus::False),
        (UNREACHABLE, node.ready == ConditionStatus::Unknown),
        (UNSCHEDULABLE, node.unschedulable),
    ];
    let mut taints = node.taints.clone();
    for (key, is_wanted) in wanted {
        let taint = Taint::new(key, TaintEffect::NoSchedule);
        let has = taints.iter().any(|it| it.is_same(&taint));
        if is_wanted && !has {
            taints.push(taint);
        } else if !is_wanted && has {
            taints.retain(|it| !it.is_same(&taint));
        }
    }
    taints
}

fn event(node: &Node, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::node(node);
    Command::Event(NewEvent {
        object,
        is_warning: false,
        reason,
        source: "node-controller",
        message,
    })
}

//! Nodes.

mod conditions;

use std::sync::Arc;

use serde_json::Value;

use crate::api::resources::Resources;
use crate::api::taint::Taint;
use crate::api::{ObjectMeta, json};

pub use conditions::{ConditionKind, ConditionStatus, NodeCondition, NodeConditions};

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Metadata.
    pub meta: ObjectMeta,
    /// `spec.taints`, in order.
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`: cordoned.
    pub unschedulable: bool,
    /// Conditions.
    pub conditions: NodeConditions,
    /// What pods may request.
    pub allocatable: Resources,
    /// The object as it was given; printing lays the fields above over it.
    pub body: Arc<Value>,
}

impl Node {
    /// Reads a node. One without conditions has never reported: `Unknown`.
    pub fn from_json(object: &Value) -> Node {
        let status = json::field(object, "status");
        let allocatable = match json::field(status, "allocatable") {
            Value::Null => json::field(status, "capacity"),
            allocatable => allocatable,
        };
        let spec = json::field(object, "spec");
        Node {
            meta: ObjectMeta::from_json(object),
            taints: json::list(spec, "taints").iter().filter_map(Taint::from_json).collect(),
            unschedulable: json::flag(spec, "unschedulable"),
            conditions: NodeConditions::from_json(json::list(status, "conditions")),
            allocatable: Resources::from_json(allocatable),
            body: Arc::new(object.clone()),
        }
    }

    /// The status of condition `Ready`.
    pub fn ready(&self) -> ConditionStatus {
        self.conditions.ready.status
    }

    /// Condition `Ready` is True.
    pub fn is_ready(&self) -> bool {
        self.ready() == ConditionStatus::True
    }
}

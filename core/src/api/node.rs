//! Nodes.

mod conditions;

use std::sync::Arc;

use serde_json::Value;

use crate::api::resources::Resources;
use crate::api::taint::Taint;
use crate::api::{Address, ObjectMeta, PodCidr, json};

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
    /// The address of type `InternalIP`, if it is an IPv4 one.
    pub internal_ip: Option<Address>,
    /// `spec.podCIDR`, likewise.
    pub pod_cidr: Option<PodCidr>,
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
        let mut addresses = json::list(status, "addresses").iter();
        let internal = addresses.find(|it| json::field(it, "type") == "InternalIP");
        let text = |object, key| json::field(object, key).as_str();
        Node {
            meta: ObjectMeta::from_json(object),
            taints: json::list(spec, "taints").iter().filter_map(Taint::from_json).collect(),
            unschedulable: json::flag(spec, "unschedulable"),
            conditions: NodeConditions::from_json(json::list(status, "conditions")),
            allocatable: Resources::from_json(allocatable),
            internal_ip: internal.and_then(|it| Address::parse(text(it, "address")?)),
            pod_cidr: text(spec, "podCIDR").and_then(PodCidr::parse),
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

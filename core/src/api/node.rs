//! Nodes.

use std::sync::Arc;

use serde_json::Value;

use crate::api::resources::Resources;
use crate::api::taint::Taint;
use crate::api::{ObjectMeta, Time, json};

/// The status of a node condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// The kubelet has fallen silent.
    Unknown,
}

impl ConditionStatus {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }

    fn parse(text: &str) -> ConditionStatus {
        match text {
            "True" => Self::True,
            "False" => Self::False,
            _ => Self::Unknown,
        }
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Metadata.
    pub meta: ObjectMeta,
    /// `spec.taints`, in order.
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`: cordoned.
    pub unschedulable: bool,
    /// Condition `Ready`.
    pub ready: ConditionStatus,
    /// When `ready` last changed.
    pub ready_since: Time,
    /// What pods may request.
    pub allocatable: Resources,
    /// The object as it was given; printing lays the fields above over it.
    pub body: Arc<Value>,
}

impl Node {
    /// Reads a node. One without conditions has never reported: `Unknown`.
    pub fn from_json(object: &Value) -> Node {
        let status = json::field(object, "status");
        let conditions = json::list(status, "conditions");
        let ready = conditions.iter().find(|it| json::field(it, "type") == "Ready");
        let allocatable = match json::field(status, "allocatable") {
            Value::Null => json::field(status, "capacity"),
            allocatable => allocatable,
        };
        let spec = json::field(object, "spec");
        Node {
            meta: ObjectMeta::from_json(object),
            taints: json::list(spec, "taints").iter().filter_map(Taint::from_json).collect(),
            unschedulable: json::flag(spec, "unschedulable"),
            ready: ready
                .and_then(|it| json::text(it, "status"))
                .map_or(ConditionStatus::Unknown, |it| ConditionStatus::parse(&it)),
            ready_since: Time::ZERO,
            allocatable: Resources::from_json(allocatable),
            body: Arc::new(object.clone()),
        }
    }

    /// Condition `Ready` is True.
    pub fn is_ready(&self) -> bool {
        self.ready == ConditionStatus::True
    }
}

//! Nodes as the API returns them.

use serde_json::{Value, json};

use crate::api::encode::{Encoder, uuid};
use crate::api::node::{ConditionStatus, NodeCondition};
use crate::api::{Node, Taint, Time};

/// A kubelet posts the status of its node when something changed, and else this often.
const REPORT_PERIOD: i64 = 300_000;
/// How long a kubelet has been silent when its conditions become `Unknown`.
const GRACE: i64 = 40_000;

impl Encoder {
    /// A node.
    pub fn node(&self, node: &Node) -> Value {
        let mut object = node.to_json();
        object["apiVersion"] = Value::from("v1");
        object["kind"] = Value::from("Node");
        object["metadata"] = self.metadata(&node.meta);
        if node.taints.is_empty() {
            if let Some(spec) = object["spec"].as_object_mut() {
                spec.remove("taints");
            }
        } else {
            object["spec"]["taints"] = node.taints.iter().map(|it| self.taint(it)).collect();
        }
        if let Some(cidr) = node.pod_cidr.filter(|_| object["spec"]["podCIDR"].is_null()) {
            object["spec"]["podCIDR"] = Value::from(cidr.to_string());
            object["spec"]["podCIDRs"] = json!([cidr.to_string()]);
        }
        if let Some(ip) = node.internal_ip.filter(|_| object["status"]["addresses"].is_null()) {
            object["status"]["addresses"] = json!([
                {"type": "InternalIP", "address": ip.to_string()},
                {"type": "Hostname", "address": &*node.meta.name},
            ]);
        }
        if let Some(info) = object["status"]["nodeInfo"].as_object_mut() {
            let machine = uuid(self.seed.rotate_left(16), node.meta.uid);
            let boot = uuid(self.seed.rotate_left(48), node.meta.uid);
            info.entry("machineID").or_insert_with(|| Value::from(machine.replace('-', "")));
            info.entry("systemUUID").or_insert_with(|| Value::from(machine));
            info.entry("bootID").or_insert_with(|| Value::from(boot));
        }
        let heartbeat = last_heartbeat(node, self.now);
        let condition = |it: &NodeCondition| {
            json!({
                "type": it.kind.as_str(),
                "status": it.status.as_str(),
                "reason": it.reason,
                "message": it.message,
                "lastHeartbeatTime": self.time(heartbeat),
                "lastTransitionTime": self.time(it.since),
            })
        };
        object["status"]["conditions"] = node.conditions.each().map(condition).into();
        object
    }

    fn taint(&self, taint: &Taint) -> Value {
        let mut object = taint.to_json();
        if let Some(at) = taint.time_added {
            object["timeAdded"] = self.time(at);
        }
        object
    }
}

/// Heartbeats are not simulated: the last one follows from the time and from the last change.
fn last_heartbeat(node: &Node, now: Time) -> Time {
    let conditions = &node.conditions;
    if conditions.ready.status == ConditionStatus::Unknown {
        return (conditions.ready.since + -GRACE).max(node.meta.created).truncated();
    }
    let changes = conditions.each().into_iter().map(|it| it.since);
    let changed = changes.max().unwrap_or(node.meta.created);
    let passed = (now.0 - changed.0).max(0);
    changed + passed / REPORT_PERIOD * REPORT_PERIOD
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn heartbeats_follow_from_the_time() {
        let given = json!({"metadata": {"name": "n"}, "status": {"conditions": [
            {"type": "Ready", "status": "True"}
        ]}});
        let mut node = Node::from_json(&given);
        let cases = [(0, 0), (299_999, 0), (300_000, 300_000), (1_000_000, 900_000)];
        for (now, expected) in cases {
            assert_eq!(last_heartbeat(&node, Time(now)), Time(expected), "at {now}");
        }
        node.conditions.ready.silence(true, Time(100_000));
        assert_eq!(last_heartbeat(&node, Time(1_000_000)), Time(60_000));
    }
}

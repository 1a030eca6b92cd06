//! Which nodes a DaemonSet wants: `NodeShouldRunDaemonPod` and `predicates` of
//! `pkg/controller/daemon/daemon_controller.go`.

use crate::api::selector::node_matches;
use crate::api::taint::first_untolerated;
use crate::api::template::PodTemplate;
use crate::api::{Node, TaintEffect};

/// The two answers about a node and a DaemonSet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// A pod is to be created if there is none.
    pub should_run: bool,
    /// A pod that is there may stay.
    pub should_continue: bool,
}

/// Decides for one node. Neither its conditions nor `spec.unschedulable` nor free resources play
/// a part; the tolerations that every daemon pod gets do.
pub fn should_run(template: &PodTemplate, node: &Node) -> Decision {
    let spec = &template.daemon_spec;
    let name = &node.meta.name;
    let is_named = spec.node_name.as_ref().is_none_or(|it| it == name);
    let terms = spec.required_terms.as_deref();
    if !is_named || !node_matches(&spec.node_selector, terms, name, &node.meta.labels) {
        return Decision::default();
    }
    let blocks = |effects: &[TaintEffect]| {
        first_untolerated(&node.taints, &spec.tolerations, effects).is_some()
    };
    Decision {
        should_run: !blocks(&[TaintEffect::NoSchedule, TaintEffect::NoExecute]),
        should_continue: !blocks(&[TaintEffect::NoExecute]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// daemonset-controller.md §6.1, row by row.
    #[test]
    fn the_two_answers() {
        let cases = [
            ("all fits", json!({}), json!({}), (true, true)),
            ("selector", json!({}), json!({"nodeSelector": {"disk": "ssd"}}), (false, false)),
            ("other node named", json!({}), json!({"nodeName": "n2"}), (false, false)),
            ("this node named", json!({}), json!({"nodeName": "n1"}), (true, true)),
            ("NoSchedule", taint("a", "NoSchedule"), json!({}), (false, true)),
            ("NoExecute", taint("a", "NoExecute"), json!({}), (false, false)),
            ("PreferNoSchedule", taint("a", "PreferNoSchedule"), json!({}), (true, true)),
            ("cordoned", json!({"unschedulable": true}), json!({}), (true, true)),
            (
                "cordon taint",
                taint("node.kubernetes.io/unschedulable", "NoSchedule"),
                json!({}),
                (true, true),
            ),
            (
                "not ready, NoExecute",
                taint("node.kubernetes.io/not-ready", "NoExecute"),
                json!({}),
                (true, true),
            ),
            (
                "not ready, NoSchedule",
                taint("node.kubernetes.io/not-ready", "NoSchedule"),
                json!({}),
                (false, true),
            ),
            (
                "no network without hostNetwork",
                taint("node.kubernetes.io/network-unavailable", "NoSchedule"),
                json!({}),
                (false, true),
            ),
            (
                "no network with hostNetwork",
                taint("node.kubernetes.io/network-unavailable", "NoSchedule"),
                json!({"hostNetwork": true}),
                (true, true),
            ),
            (
                "control plane",
                taint("node-role.kubernetes.io/control-plane", "NoSchedule"),
                json!({}),
                (false, true),
            ),
        ];
        for (name, node_spec, pod_spec, expected) in cases {
            let node = json!({"metadata": {"name": "n1"}, "spec": node_spec});
            let template = PodTemplate::from_json(&json!({"spec": pod_spec}));
            let got = should_run(&template, &Node::from_json(&node));
            assert_eq!((got.should_run, got.should_continue), expected, "{name}");
        }
    }

    fn taint(key: &str, effect: &str) -> serde_json::Value {
        json!({"taints": [{"key": key, "effect": effect}]})
    }
}

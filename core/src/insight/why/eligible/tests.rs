//! What the rules say about a node, and what would help.

use super::*;
use crate::sim::daemon_set::should_run;
use serde_json::{Value, json};

#[test]
fn whatever_keeps_a_pod_away_is_named() {
    let affinity = |terms: Value| {
        json!({"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}
        }}})
    };
    let term = |values: Value| {
        let expression = json!({"key": "disk", "operator": "In", "values": values});
        json!({"matchExpressions": [expression]})
    };
    let tolerating = |mut spec: Value| {
        spec["tolerations"] = json!([{"operator": "Exists"}]);
        spec
    };
    let cases = [
        (json!({"tolerations": [{"operator": "Exists"}]}), None),
        (json!({}), Some("the taint dedicated=gpu:NoSchedule is not tolerated")),
        (tolerating(json!({"nodeName": "n2"})), Some("the template names another node, n2")),
        (
            tolerating(json!({"nodeSelector": {"disk": "hdd"}})),
            Some("nodeSelector asks for disk=hdd, the node has ssd"),
        ),
        (
            tolerating(json!({"nodeSelector": {"role": "storage", "disk": "hdd"}})),
            Some(
                "nodeSelector asks for disk=hdd, the node has ssd, and for role=storage, the \
                 node has no role",
            ),
        ),
        (
            json!({"nodeSelector": {"disk": "hdd"}}),
            Some(
                "nodeSelector asks for disk=hdd, the node has ssd; the taint \
                 dedicated=gpu:NoSchedule is not tolerated",
            ),
        ),
        (
            tolerating(affinity(json!([term(json!(["hdd", "nvme"]))]))),
            Some("node affinity asks for disk In hdd, nvme, the node has ssd"),
        ),
        (
            tolerating(affinity(json!([term(json!(["hdd"])), term(json!(["nvme"]))]))),
            Some("none of the 2 terms of the required node affinity matches"),
        ),
    ];
    let node = Node::from_json(&json!({
        "metadata": {"name": "n1", "labels": {"disk": "ssd"}},
        "spec": {"taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}
    }));
    for (spec, expected) in cases {
        let template = PodTemplate::from_json(&json!({"spec": spec}));
        assert_eq!(why_not(&template, &node).as_deref(), expected, "{spec}");
        assert_eq!(should_run(&template, &node).should_run, expected.is_none(), "{spec}");
        let mut gates = eligibility(&template, &node).into_iter();
        let stops = gates.find(|it| it.verdict == Verdict::Stops);
        assert_eq!(stops.is_some(), expected.is_some(), "{spec}");
    }
}

/// `PreferNoSchedule` keeps nobody away, and one line removes whatever does.
#[test]
fn every_taint_that_keeps_a_pod_away_is_named_and_answered() {
    let taint = |key: &str, effect: &str| json!({"key": key, "value": "x", "effect": effect});
    let taints = [
        taint("a", "NoSchedule"),
        taint("b", "PreferNoSchedule"),
        taint("c", "NoExecute"),
        taint("c", "NoSchedule"),
    ];
    let node = Node::from_json(&json!({"metadata": {"name": "n1"}, "spec": {"taints": taints}}));
    let template = PodTemplate::from_json(&json!({"spec": {}}));
    assert_eq!(
        why_not(&template, &node).as_deref(),
        Some("the taints a=x:NoSchedule, c=x:NoExecute and c=x:NoSchedule are not tolerated")
    );
    let gates = eligibility(&template, &node);
    let gate = gates.iter().find(|it| it.verdict == Verdict::Stops).unwrap();
    let fixes: Vec<String> = gate.fixes.iter().map(Fix::to_string).collect();
    assert_eq!(fixes[1], "kubectl taint node n1 a- c:NoExecute- c:NoSchedule-");
    assert!(matches!(&gate.fixes[0], Fix::Tolerate(all) if all.len() == 3), "{}", fixes[0]);
}

//! Every taint effect × form of toleration × hostNetwork × condition of the node
//! (daemonset-controller.md §6.1 to §6.3).

use serde_json::{Value, json};

use crate::lock_step::{LockStep, daemon_set};

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Of the automatic tolerations: key, effect, only with hostNetwork.
const AUTOMATIC: [(&str, &str, bool); 7] = [
    ("node.kubernetes.io/not-ready", "NoExecute", false),
    ("node.kubernetes.io/unreachable", "NoExecute", false),
    ("node.kubernetes.io/disk-pressure", "NoSchedule", false),
    ("node.kubernetes.io/memory-pressure", "NoSchedule", false),
    ("node.kubernetes.io/pid-pressure", "NoSchedule", false),
    ("node.kubernetes.io/unschedulable", "NoSchedule", false),
    ("node.kubernetes.io/network-unavailable", "NoSchedule", true),
];

/// (a pod is created where there is none, a pod that is there stays)
type Answers = (bool, bool);

#[test]
fn every_taint_toleration_network_and_condition() {
    let others = ["k", "node-role.kubernetes.io/control-plane"];
    let keys: Vec<&str> = AUTOMATIC.iter().map(|it| it.0).chain(others).collect();
    let conditions: Vec<(&str, bool)> = ["True", "False", "Unknown"]
        .into_iter()
        .flat_map(|ready| [(ready, false), (ready, true)])
        .collect();
    let mut count_by_answer = [0_u32; 3];
    for key in keys {
        for (effect, value) in EFFECTS.into_iter().flat_map(|it| [(it, ""), (it, "v")]) {
            let taint = json!({"key": key, "value": value, "effect": effect});
            for tolerations in forms(key) {
                for host_network in [false, true] {
                    let pod = json!({
                        "hostNetwork": host_network, "tolerations": tolerations,
                        "containers": [{"name": "c", "image": "i"}],
                    });
                    let expected = stated(&taint, &tolerations, host_network);
                    count_by_answer[usize::from(expected.0) + usize::from(expected.1)] += 1;
                    for condition in &conditions {
                        let got = observed(&pod, &taint, *condition);
                        assert_eq!(got, expected, "{taint} {pod} {condition:?}");
                    }
                }
            }
        }
    }
    assert!(count_by_answer.iter().all(|it| *it > 100), "{count_by_answer:?}");
}

/// Every way to write a toleration, with regard to a key.
fn forms(key: &str) -> Vec<Value> {
    let mut forms = vec![
        json!([]),
        json!([{"operator": "Exists"}]),
        json!([{"key": key, "operator": "Exists"}]),
        json!([{"key": "other", "operator": "Exists"}]),
        json!([{"key": key, "operator": "Equal", "value": "v"}]),
        json!([{"key": key, "operator": "Equal"}]),
        json!([{"key": key, "value": "v"}]),
        json!([{"key": key, "value": "w"}]),
        json!([{"key": "other", "operator": "Exists"}, {"key": key, "value": "v"}]),
        // Without effect of its own on who may stay: only eviction looks at the seconds.
        json!([{"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 1}]),
    ];
    for effect in EFFECTS {
        forms.push(json!([{"operator": "Exists", "effect": effect}]));
        forms.push(json!([{"key": key, "operator": "Exists", "effect": effect}]));
        forms.push(json!([{"key": key, "value": "v", "effect": effect}]));
    }
    forms
}

/// The rule as the specification states it.
fn stated(taint: &Value, tolerations: &Value, host_network: bool) -> Answers {
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or("").to_owned();
    let (key, value, effect) = (text(taint, "key"), text(taint, "value"), text(taint, "effect"));
    let by_user = tolerations.as_array().unwrap().iter().any(|it| {
        let effect_fits = ["", &*effect].contains(&&*text(it, "effect"));
        let key_fits = ["", &*key].contains(&&*text(it, "key"));
        let fits = match &*text(it, "operator") {
            "Exists" => true,
            _ => text(it, "value") == value,
        };
        effect_fits && key_fits && fits
    });
    let automatically = AUTOMATIC.iter().any(|(auto_key, auto_effect, needs_network)| {
        *auto_key == key && *auto_effect == effect && (host_network || !needs_network)
    });
    match (by_user || automatically, &*effect) {
        (true, _) | (false, "PreferNoSchedule") => (true, true),
        (false, "NoSchedule") => (false, true),
        _ => (false, false),
    }
}

/// What the controller does on a fresh node, and on one whose pod came before the taint.
fn observed(pod: &Value, taint: &Value, (ready, is_cordoned): (&str, bool)) -> Answers {
    let node = |taints: Value| {
        json!({
            "metadata": {"name": "n"},
            "spec": {"taints": taints, "unschedulable": is_cordoned},
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        })
    };
    let object = daemon_set(pod, &json!({"type": "OnDelete"}));
    let is_there = |it: &LockStep| it.pods().iter().any(|pod| !pod.meta.is_terminating());
    let mut fresh = LockStep::new();
    fresh.cluster.place_node(&node(json!([taint])));
    fresh.cluster.place_daemon_set(&object, true);
    fresh.settle();
    let mut running = LockStep::new();
    running.cluster.place_node(&node(json!([])));
    running.cluster.place_daemon_set(&object, true);
    running.settle();
    assert!(running.start(), "without a taint it runs");
    running.cluster.place_node(&node(json!([taint])));
    running.settle();
    (is_there(&fresh), is_there(&running))
}

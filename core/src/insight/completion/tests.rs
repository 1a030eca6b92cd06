//! What is offered, and what is written when it is taken.

use super::*;
use crate::api::{Calendar, Time};
use crate::sim::{Input, Seed};

/// Two workers, one of them with a GPU and its taint.
fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Seed(1), Calendar { unix_seconds_at_zero: 0 });
    let nodes = [
        ("worker-1", serde_json::json!({"disk": "ssd", "tier": "1"}), serde_json::json!([])),
        (
            "gpu-1",
            serde_json::json!({"disk": "ssd", "gpu": "true"}),
            serde_json::json!([{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]),
        ),
    ];
    for (name, labels, taints) in nodes {
        let object = serde_json::json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": labels},
            "spec": {"taints": taints},
        });
        cluster.input(&Input::Apply { object: object.into() }).unwrap();
    }
    // Until they are ready and lose the taint of new nodes.
    cluster.run(Time(60_000), u32::MAX);
    cluster
}

fn completions(text: &str) -> Option<Completions> {
    let at = text.find('^').unwrap();
    let line = text[..at].matches('\n').count() as u32 + 1;
    let column = text[..at].rsplit('\n').next().unwrap().chars().count() as u32 + 1;
    complete(&cluster(), &text.replacen('^', "", 1), line, column)
}

const HEAD: &str = "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n";
const POD: &str = "  template:\n    spec:\n";

fn labels(text: &str) -> Vec<String> {
    let found = completions(text).map(|it| it.items).unwrap_or_default();
    found.into_iter().map(|it| it.label).collect()
}

#[test]
fn what_fits_here() {
    let pod = |text: &str| labels(&format!("{HEAD}{POD}{text}"));
    let cases: &[(&str, &[&str])] = &[
        ("      tolerations:\n      - operator: ^", &["Equal", "Exists"]),
        (
            "      tolerations:\n      - {effect: ^",
            &["NoExecute", "NoSchedule", "PreferNoSchedule"],
        ),
        ("      tolerations:\n      - key: ^", &["dedicated"]),
        ("      tolerations:\n      - key: dedicated\n        value: ^", &["gpu"]),
        ("      tolerations:\n      - value: ^\n        key: dedicated", &["gpu"]),
        (
            "      tolerations:\n      - key: a\n        ^",
            &["effect", "operator", "tolerationSeconds", "value"],
        ),
        (
            "      tolerations:\n      - ^\n        key: a\n        value: b",
            &["effect", "operator", "tolerationSeconds"],
        ),
        ("      nodeSelector:\n        ^", &["disk", "gpu", "tier"]),
        ("      nodeSelector:\n        disk: ssd\n        ^", &["gpu", "tier"]),
        ("      nodeSelector:\n        disk: ^", &["ssd"]),
        ("      nodeSelector: {^", &["disk", "gpu", "tier"]),
        ("      hostNetwork: ^", &["true", "false"]),
        ("      hostNetwork: true^", &[]),
        ("      nodeName: ^", &["gpu-1", "worker-1"]),
        ("      priorityClassName: ^", &["system-cluster-critical", "system-node-critical"]),
        ("      restartPolicy: Alw^", &["Always", "Never", "OnFailure"]),
        ("      unheard:\n        ^", &[]),
        ("      # ^", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(pod(text), *expected, "{text}");
    }
}

#[test]
fn what_an_affinity_may_ask_for() {
    let terms = "      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - ";
    let cases: &[(&str, &[&str])] = &[
        ("^", &["matchExpressions", "matchFields"]),
        ("matchExpressions:\n              - key: ^", &["disk", "gpu", "tier"]),
        ("matchExpressions:\n              - {key: gpu, operator: In, values: [^", &["true"]),
        ("matchFields:\n              - key: ^", &["metadata.name"]),
        (
            "matchFields:\n              - key: metadata.name\n                values:\n                - ^",
            &["gpu-1", "worker-1"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(labels(&format!("{HEAD}{POD}{terms}{text}")), *expected, "{text}");
    }
}

#[test]
fn what_every_object_begins_with() {
    assert_eq!(labels("^"), ["apiVersion", "kind"]);
    assert_eq!(labels("apiVersion: apps/v1\nkind: ^").len(), 4);
    assert!(labels("kind: ^").contains(&"Node".to_owned()));
    assert_eq!(labels("apiVersion: ^"), ["apps/v1", "v1", "scheduling.k8s.io/v1"]);
    assert_eq!(labels(&format!("{HEAD}  tem^")).iter().filter(|it| *it == "template").count(), 1);
    assert_eq!(labels("kind: Service\nspec:\n  ^"), [] as [&str; 0]);
    assert_eq!(labels("apiVersion: v1\nkind: DaemonSet\nspec:\n  ^"), [] as [&str; 0]);
}

#[test]
fn what_is_written() {
    let insert = |text: &str, label: &str| {
        let items = completions(text).unwrap().items;
        items.into_iter().find(|it| it.label == label).unwrap().insert
    };
    let pod = |text: &str| format!("{HEAD}{POD}{text}");
    let cases = [
        ("      ^", "hostNetwork", "hostNetwork: "),
        ("      ^", "affinity", "affinity:\n        "),
        ("      ^", "tolerations", "tolerations:\n      - "),
        ("      host^: true", "hostNetwork", "hostNetwork"),
        ("      tolerations:\n        ^", "key", "- key: "),
        ("      containers:\n      - resources: {^", "limits", "limits: "),
        ("      nodeSelector:\n        gpu: ^", "true", "\"true\""),
        ("      nodeSelector:\n        gpu: \"^", "true", "true"),
        ("      nodeSelector:\n        tier: ^", "1", "\"1\""),
        ("      nodeSelector:\n        ^", "disk", "disk: "),
        ("      hostNetwork: ^", "true", "true"),
    ];
    for (text, label, expected) in cases {
        assert_eq!(insert(&pod(text), label), expected, "{text}");
    }
    let found = completions(&pod("      host^Net: true")).unwrap();
    assert_eq!((found.column, found.rest), (7, 3));
}

#[test]
fn fields_say_what_they_are() {
    let text = format!("{HEAD}{POD}      tolerations:\n      - effect: NoSchedule\n");
    let description = describe(&text, 7, 11).unwrap();
    assert_eq!(
        description,
        Description {
            column: 9,
            name: "effect".to_owned(),
            owner: "Toleration",
            go_type: "v1.TaintEffect".to_owned(),
            is_required: false,
            values: &["NoExecute", "NoSchedule", "PreferNoSchedule"],
        }
    );
    assert_eq!(describe(&text, 4, 3).unwrap().owner, "DaemonSetSpec");
    assert_eq!(describe(&text, 7, 9).unwrap().name, "effect");
    assert_eq!(describe(&text, 7, 20), None, "a value");
    assert_eq!(describe(&text, 7, 3), None, "in front of the dash");
    assert_eq!(describe("a: b", 1, 1), None);
}

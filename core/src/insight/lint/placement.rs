//! Where the object and its pods are.

use serde_json::{Value, json};

use crate::api::taint::Toleration;
use crate::api::{Taint, TaintEffect, json};
use crate::insight::lint::{Advice, Change, Subject, pod_path};

const OS: &str = "kubernetes.io/os";
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
const MASTER: &str = "node-role.kubernetes.io/master";
/// Labels that change from release to release; a selector cannot.
const CHANGING: [&str; 4] = ["version", "app.kubernetes.io/version", "chart", "helm.sh/chart"];

pub(super) fn namespace(subject: &Subject, advice: &mut Vec<Advice>) {
    let namespace = json::at(subject.object, &["metadata", "namespace"]).as_str();
    if matches!(namespace, None | Some("default")) {
        advice.push(Advice {
            rule: "namespace",
            path: "metadata.namespace".to_owned(),
            text: "The DaemonSet is in the namespace default.".to_owned(),
            reason: "Agents are safer in kube-system or in a namespace of their own: their quotas \
                     and rights are then theirs alone.",
            fix: Some(Change::Set("metadata.namespace".to_owned(), json!("kube-system"))),
        });
    }
}

pub(super) fn selector_labels(subject: &Subject, advice: &mut Vec<Advice>) {
    let labels = json::at(subject.spec(), &["selector", "matchLabels"]);
    for (key, _) in labels.as_object().into_iter().flatten() {
        if CHANGING.contains(&key.as_str()) {
            advice.push(Advice {
                rule: "selector-labels",
                path: format!("spec.selector.matchLabels[{key}]"),
                text: format!("The selector contains {key}."),
                reason: "The selector can never be changed, so it should hold no label that does.",
                fix: None,
            });
        }
    }
}

pub(super) fn old_master_key(subject: &Subject, advice: &mut Vec<Advice>) {
    let tolerations = json::list(subject.pod_spec(), "tolerations");
    let has = |key: &str| tolerations.iter().any(|it| json::field(it, "key") == key);
    if has(CONTROL_PLANE) {
        return;
    }
    let Some(index) = tolerations.iter().position(|it| json::field(it, "key") == MASTER) else {
        return;
    };
    let path: String = pod_path().child("tolerations").index(index).child("key").into();
    advice.push(Advice {
        rule: "old-master-key",
        path: path.clone(),
        text: format!("The toleration names {MASTER}."),
        reason: "Since 1.25 control planes carry node-role.kubernetes.io/control-plane only, and a \
                 toleration names an exact key.",
        fix: Some(Change::Set(path, json!(CONTROL_PLANE))),
    });
}

/// Only where it makes a difference: the template chooses no nodes by itself.
pub(super) fn control_plane(subject: &Subject, advice: &mut Vec<Advice>) {
    let spec = subject.pod_spec();
    let chooses = ["nodeSelector", "affinity", "nodeName"];
    if chooses.iter().any(|it| !json::field(spec, it).is_null()) {
        return;
    }
    let tolerations: Vec<Toleration> =
        json::list(spec, "tolerations").iter().map(Toleration::from_json).collect();
    let taint = Taint::new(CONTROL_PLANE, TaintEffect::NoSchedule);
    let names_old = tolerations.iter().any(|it| &*it.key == MASTER);
    let mut nodes = subject.cluster.store().nodes();
    let is_there = nodes.any(|it| it.taints.iter().any(|it| it.is_same(&taint)));
    if names_old || !is_there || tolerations.iter().any(|it| it.tolerates(&taint)) {
        return;
    }
    let item = json!({"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"});
    let path: String = pod_path().child("tolerations").into();
    advice.push(Advice {
        rule: "control-plane",
        path: path.clone(),
        text: "No pod runs on the control plane.".to_owned(),
        reason: "Agents that watch every node have to tolerate its taint; a node that is not \
                 wanted shows no event.",
        fix: Some(Change::Push(path, item)),
    });
}

/// Only on clusters with nodes of several systems.
pub(super) fn operating_system(subject: &Subject, advice: &mut Vec<Advice>) {
    let spec = subject.pod_spec();
    let mentions = |value: &Value| value.to_string().contains(OS);
    if mentions(json::field(spec, "nodeSelector")) || mentions(json::field(spec, "affinity")) {
        return;
    }
    let mut systems = subject.cluster.store().nodes().filter_map(|it| it.meta.labels.get(OS));
    let Some(first) = systems.next() else { return };
    if systems.all(|it| it == first) {
        return;
    }
    advice.push(Advice {
        rule: "operating-system",
        path: pod_path().child("nodeSelector").into(),
        text: "The cluster has nodes of several operating systems.".to_owned(),
        reason: "A DaemonSet wants every node; on those of another system its pods never start.",
        fix: Some(Change::Set(pod_path().child("nodeSelector").key(OS).into(), json!("linux"))),
    });
}

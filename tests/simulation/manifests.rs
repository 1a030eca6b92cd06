//! Random DaemonSets: every strategy, and templates that fit some nodes only.

use daemonset_core::api::Name;
use daemonset_core::sim::{Input, Seed};
use serde_json::{Value, json};

/// A new DaemonSet, or another version of one that is there.
pub(crate) fn daemon_set(seed: Seed, turn: i64, may_surge: bool) -> Input {
    // Two names and two selectors: now and then two DaemonSets select the same pods.
    let name = pick(seed, turn, "name", ["a", "a", "a", "b"]);
    let app = match seed.between(0, 5, "selector of this seed", ()) {
        0 => "shared",
        _ => name,
    };
    let labels = json!({"app": app});
    let mut spec = json!({
        "selector": {"matchLabels": labels},
        "updateStrategy": strategy(seed, turn, may_surge),
        "minReadySeconds": pick(seed, turn, "ready", [0, 0, 0, 3, 20]),
        "revisionHistoryLimit": pick(seed, turn, "history", [0, 1, 10]),
        "template": {"metadata": {"labels": labels}, "spec": template(seed, turn)},
    });
    if seed.between(0, 5, "annotation", turn) == 0 {
        spec["template"]["metadata"]["annotations"] = json!({"turn": turn.to_string()});
    }
    let object = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "default"}, "spec": spec,
    });
    Input::Apply { object: object.into() }
}

/// A Deployment beside the DaemonSets; its pods take up room. Without tolerations: a node under
/// pressure would reject one tolerant pod after the other, and the ReplicaSet replaces it at once.
pub(crate) fn deployment(seed: Seed, turn: i64) -> Input {
    let labels = json!({"app": "d"});
    let mut pod_spec = template(seed, turn);
    pod_spec["tolerations"] = json!([]);
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "default"},
        "spec": {
            "replicas": seed.between(0, 6, "replicas", turn),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec},
        },
    });
    Input::Apply { object: object.into() }
}

/// What some templates take their settings from.
pub(crate) fn settings() -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "default"}, "data": {"level": "info"},
    })
}

/// One of four versions.
pub(crate) fn some_image(seed: Seed, turn: i64) -> Name {
    format!("registry.example/app:{}", seed.between(1, 4, "image", turn)).into()
}

fn strategy(seed: Seed, turn: i64, may_surge: bool) -> Value {
    let unavailable =
        |value: Value| json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": value}});
    let surge = |value: Value| {
        let budget = json!({"maxUnavailable": 0, "maxSurge": value});
        json!({"type": "RollingUpdate", "rollingUpdate": budget})
    };
    match seed.between(0, 10, "strategy", turn) {
        0 | 1 => unavailable(json!(1)),
        2 => unavailable(json!(2)),
        3 => unavailable(json!("30%")),
        4 => unavailable(json!("100%")),
        5.. if !may_surge => unavailable(json!("60%")),
        5 | 6 => surge(json!(1)),
        7 => surge(json!(3)),
        8 => surge(json!("50%")),
        9 => surge(json!("100%")),
        _ => json!({"type": "OnDelete"}),
    }
}

fn template(seed: Seed, turn: i64) -> Value {
    let mut container = json!({"name": "c", "image": &*some_image(seed, turn)});
    if seed.between(0, 3, "probe", turn) == 0 {
        let period = seed.between(1, 5, "period", turn);
        container["readinessProbe"] =
            json!({"httpGet": {"path": "/", "port": 80}, "periodSeconds": period});
    }
    match seed.between(0, 9, "other probe", turn) {
        kind @ (0 | 1) => {
            let probe = ["livenessProbe", "startupProbe"][kind as usize];
            let period = seed.between(1, 5, "other period", turn);
            container[probe] = json!({"tcpSocket": {"port": 80}, "periodSeconds": period});
        }
        2 => {
            container["livenessProbe"] = json!({"exec": {"command": ["true"]}});
            container["startupProbe"] =
                json!({"exec": {"command": ["true"]}, "periodSeconds": 1, "failureThreshold": 20});
        }
        _ => {}
    }
    match seed.between(0, 19, "settings", turn) {
        0 => container["envFrom"] = json!([{"configMapRef": {"name": "settings"}}]),
        1 => container["volumeMounts"] = json!([{"name": "settings", "mountPath": "/etc/app"}]),
        _ => {}
    }
    // Enough that two pods, as a surge has them, do not fit on every node.
    let cpu = pick(seed, turn, "request", ["100m", "100m", "1500m", "3"]);
    container["resources"] = json!({"requests": {"cpu": cpu}});
    if seed.between(0, 4, "port", turn) == 0 {
        container["ports"] = json!([{"containerPort": 80, "hostPort": 8080}]);
    }
    let mut spec = json!({
        "containers": [container],
        "volumes": [{"name": "settings", "configMap": {"name": "settings"}}],
    });
    if seed.between(0, 3, "init", turn) == 0 {
        spec["initContainers"] = json!([{"name": "i", "image": "registry.example/init:1"}]);
    }
    if seed.between(0, 2, "selects nodes", turn) == 0 {
        spec["nodeSelector"] = json!({"disk": "ssd"});
    }
    match seed.between(0, 5, "tolerations", turn) {
        0 => spec["tolerations"] = json!([{"operator": "Exists"}]),
        1 => {
            spec["tolerations"] = json!([{"key": "k", "operator": "Exists", "effect": "NoExecute",
                        "tolerationSeconds": 5}]);
        }
        2 => spec["tolerations"] = json!([{"key": "maintenance", "operator": "Exists"}]),
        _ => {}
    }
    if seed.between(0, 7, "priority", turn) == 0 {
        spec["priorityClassName"] = json!("system-node-critical");
    }
    if seed.between(0, 9, "keeps away", turn) == 0 {
        let term = json!({"labelSelector": {"matchLabels": {"app": "d"}},
                          "topologyKey": "kubernetes.io/hostname"});
        let required = json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]});
        spec["affinity"] = json!({"podAntiAffinity": required});
    }
    if seed.between(0, 9, "grace", turn) == 0 {
        spec["terminationGracePeriodSeconds"] = json!(0);
    }
    spec
}

fn pick<T: Copy, const COUNT: usize>(seed: Seed, turn: i64, what: &str, of: [T; COUNT]) -> T {
    of[seed.between(0, COUNT as i64 - 1, what, turn) as usize]
}

//! Parts of a spec as written and as stored.

use super::super::{pod, pod_template, service_account_token};
use super::*;

fn completed(spec: Value) -> Value {
    let mut template = json!({"spec": spec});
    pod_template(&mut template);
    template["spec"].take()
}

fn completed_pod(spec: Value) -> Value {
    let mut object = json!({"spec": spec});
    pod(&mut object);
    object["spec"].take()
}

#[test]
fn pull_policies() {
    let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let cases = [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("registry:5000/nginx", "Always"),
        ("registry:5000/a/nginx:latest", "Always"),
        (&format!("nginx:latest@{digest}"), "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry:5000/nginx:1", "IfNotPresent"),
        (&format!("nginx@{digest}"), "IfNotPresent"),
        ("Nginx", "IfNotPresent"),
        ("", "IfNotPresent"),
    ];
    for (image, expected) in cases {
        let containers = json!([{"name": "c", "image": image}]);
        let spec = completed(json!({"containers": containers, "initContainers": containers}));
        assert_eq!(spec["containers"][0]["imagePullPolicy"], expected, "{image:?}");
        assert_eq!(spec["initContainers"][0]["imagePullPolicy"], expected, "{image:?}");
    }
    let chosen = json!([{"image": "nginx", "imagePullPolicy": "Never"}]);
    assert_eq!(
        completed(json!({"containers": chosen}))["containers"][0]["imagePullPolicy"],
        "Never"
    );
}

/// One part of a container, as written and as stored.
#[test]
fn parts_of_a_container() {
    let thresholds = |mut probe: Value| {
        for (name, value) in [
            ("timeoutSeconds", 1),
            ("periodSeconds", 10),
            ("successThreshold", 1),
            ("failureThreshold", 3),
        ] {
            probe[name] = json!(value);
        }
        probe
    };
    let http = json!({"port": 80, "path": "/", "scheme": "HTTP"});
    let cases = [
        ("resources", json!(null), json!({})),
        (
            "resources",
            json!({"limits": {"cpu": 0.5, "memory": "0.5Gi"}, "requests": {"cpu": "1000m"}}),
            json!({"limits": {"cpu": "500m", "memory": "512Mi"}, "requests": {"cpu": "1"}}),
        ),
        (
            "ports",
            json!([{"containerPort": 80, "hostPort": 0}]),
            json!([{"containerPort": 80, "protocol": "TCP"}]),
        ),
        (
            "env",
            json!([{"name": "A", "value": ""}, {"name": "NODE", "valueFrom":
                {"fieldRef": {"fieldPath": "spec.nodeName"}}}]),
            json!([{"name": "A"}, {"name": "NODE", "valueFrom":
                {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}]),
        ),
        (
            "livenessProbe",
            json!({"httpGet": {"port": 80}, "initialDelaySeconds": 0}),
            thresholds(json!({"httpGet": http})),
        ),
        (
            "readinessProbe",
            json!({"exec": {"command": ["a"]}, "periodSeconds": 10}),
            thresholds(json!({"exec": {"command": ["a"]}})),
        ),
        (
            "startupProbe",
            json!({"grpc": {"port": 1}}),
            thresholds(json!({"grpc": {"port": 1, "service": ""}})),
        ),
        (
            "lifecycle",
            json!({"preStop": {"httpGet": {"port": 80}}}),
            json!({"preStop": {"httpGet": http}}),
        ),
        (
            "volumeMounts",
            json!([{"name": "a", "mountPath": "/a", "readOnly": false}]),
            json!([{"name": "a", "mountPath": "/a"}]),
        ),
    ];
    for (name, written, expected) in cases {
        let mut container = json!({"name": "c"});
        container[name] = written;
        let spec = completed(json!({"initContainers": [container], "containers": [container]}));
        assert_eq!(spec["containers"][0][name], expected, "{name}");
        assert_eq!(spec["initContainers"][0][name], expected, "init container's {name}");
    }
}

#[test]
fn volumes() {
    let cases = [
        (json!({}), json!({"emptyDir": {}})),
        (json!({"hostPath": {"path": "/a"}}), json!({"hostPath": {"path": "/a", "type": ""}})),
        (
            json!({"configMap": {"name": "c"}}),
            json!({"configMap": {"name": "c", "defaultMode": 420}}),
        ),
        (
            json!({"secret": {"secretName": "s"}}),
            json!({"secret": {"secretName": "s", "defaultMode": 420}}),
        ),
        (json!({"secret": {"defaultMode": 256}}), json!({"secret": {"defaultMode": 256}})),
        (
            json!({"downwardAPI": {"items": [
                {"path": "a", "fieldRef": {"fieldPath": "metadata.name"}}]}}),
            json!({"downwardAPI": {"defaultMode": 420, "items": [
                {"path": "a", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}]}}),
        ),
        (
            json!({"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}),
            json!({"projected": {"defaultMode": 420, "sources": [
                {"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}]}}),
        ),
    ];
    for (written, expected) in cases {
        let spec = completed(json!({"volumes": [written]}));
        assert_eq!(spec["volumes"][0], expected, "{written}");
    }
}

#[test]
fn the_old_name_of_the_service_account_mirrors_the_new_one() {
    for name in ["serviceAccountName", "serviceAccount"] {
        let spec = completed(json!({name: "agent"}));
        assert_eq!(spec["serviceAccountName"], "agent", "{name}");
        assert_eq!(spec["serviceAccount"], "agent", "{name}");
    }
    assert_eq!(completed(json!({})).get("serviceAccount"), None);
}

#[test]
fn a_template_gets_nothing_of_what_only_pods_get() {
    let spec = completed(json!({
        "hostNetwork": true,
        "containers": [{"ports": [{"containerPort": 80}], "resources": {"limits": {"cpu": 1}}}],
    }));
    assert_eq!(spec["containers"][0]["resources"], json!({"limits": {"cpu": "1"}}));
    assert_eq!(spec["containers"][0]["ports"][0].get("hostPort"), None);
    for name in ["enableServiceLinks", "priority", "tolerations", "serviceAccountName"] {
        assert_eq!(spec.get(name), None, "{name}");
    }
}

#[test]
fn a_pod_is_completed() {
    let spec = completed_pod(json!({
        "hostNetwork": true,
        "containers": [{
            "ports": [{"containerPort": 80}],
            "resources": {"limits": {"cpu": 1, "memory": "1Gi"}, "requests": {"cpu": "10m"}},
        }],
    }));
    let requests = json!({"cpu": "10m", "memory": "1Gi"});
    assert_eq!(spec["containers"][0]["resources"]["requests"], requests);
    assert_eq!(spec["containers"][0]["ports"][0]["hostPort"], 80);
    assert_eq!(spec["enableServiceLinks"], true);
    assert_eq!(spec["priority"], 0);
    assert_eq!(spec["preemptionPolicy"], "PreemptLowerPriority");
    assert_eq!(spec["serviceAccountName"], "default");
    let keys: Vec<&Value> =
        spec["tolerations"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert_eq!(keys, ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]);
    let critical = completed_pod(json!({"priorityClassName": "system-node-critical"}));
    assert_eq!(critical["priority"], 2_000_001_000);
    let tolerant = completed_pod(json!({"tolerations": [{"operator": "Exists"}]}));
    assert_eq!(tolerant["tolerations"].as_array().unwrap().len(), 1);
}

#[test]
fn the_token_is_mounted_once_in_every_container() {
    let mut object = json!({"spec": {
        "containers": [{"name": "a"}, {"volumeMounts": [{"mountPath": TOKEN_PATH}]}],
        "initContainers": [{"name": "b"}],
    }});
    service_account_token(&mut object, "abcde");
    let spec = &object["spec"];
    assert_eq!(spec["volumes"][0]["name"], "kube-api-access-abcde");
    assert_eq!(spec["containers"][0]["volumeMounts"][0]["name"], "kube-api-access-abcde");
    assert_eq!(spec["containers"][1]["volumeMounts"].as_array().unwrap().len(), 1);
    assert_eq!(spec["initContainers"][0]["volumeMounts"][0]["readOnly"], true);
    let mut object = json!({"spec": {
        "automountServiceAccountToken": false, "containers": [{"name": "a"}],
    }});
    service_account_token(&mut object, "abcde");
    assert_eq!(object["spec"].get("volumes"), None);
}

//! One row for each rule on the template of a DaemonSet's pods.

use serde_json::{Value, json};

use super::{LABEL_RULE, VALUE_RULE, check, check_pod_spec};
use crate::api::validation::first_malformed_quantity;

/// A container that is changed in one place.
fn check_container(mut change: Value, expected: &[&str]) {
    for (name, value) in [("name", "c"), ("image", "nginx:1.27")] {
        if change.get(name).is_none() {
            change[name] = json!(value);
        }
    }
    check_pod_spec(&json!({"containers": [change]}), expected);
}

fn check_toleration(toleration: Value, expected: &[&str]) {
    check_pod_spec(&json!({"tolerations": [toleration]}), expected);
}

fn check_volume(volume: Value, expected: &[&str]) {
    check_pod_spec(&json!({"volumes": [volume]}), expected);
}

#[test]
fn containers() {
    check_pod_spec(&json!({"containers": []}), &["containers: Required value"]);
    check_container(json!({"name": ""}), &["containers[0].name: Required value"]);
    check_container(json!({"image": ""}), &["containers[0].image: Required value"]);
    check_container(
        json!({"name": "A_b"}),
        &[&format!(r#"containers[0].name: Invalid value: "A_b": {LABEL_RULE}"#)],
    );
    let twice = json!([{"name": "c", "image": "a"}, {"name": "c", "image": "b"}]);
    let duplicate = r#"containers[1].name: Duplicate value: "c""#;
    check_pod_spec(&json!({"containers": twice}), &[duplicate]);
    check_container(
        json!({"imagePullPolicy": "X"}),
        &["containers[0].imagePullPolicy: Unsupported value: \"X\": supported values: \
             \"Always\", \"IfNotPresent\", \"Never\""],
    );
    check_container(
        json!({"restartPolicy": "Always"}),
        &["containers[0].restartPolicy: Forbidden: may not be set for non-init containers"],
    );
}

#[test]
fn init_containers() {
    let probe = json!({"exec": {"command": ["a"]}});
    let init = |mut container: Value| {
        container["image"] = json!("a");
        json!({"initContainers": [container]})
    };
    check_pod_spec(&init(json!({"name": "i"})), &[]);
    check_pod_spec(
        &init(json!({"name": "c"})),
        &[r#"initContainers[0].name: Duplicate value: "c""#],
    );
    check_pod_spec(
        &init(json!({"name": "i", "livenessProbe": probe})),
        &["initContainers[0].livenessProbe: Forbidden: may not be set for init containers \
             without restartPolicy=Always"],
    );
    let sidecar = json!({"name": "i", "restartPolicy": "Always", "livenessProbe": probe});
    check_pod_spec(&init(sidecar), &[]);
    check_pod_spec(
        &init(json!({"name": "i", "restartPolicy": "Never"})),
        &["initContainers[0].restartPolicy: Unsupported value: \"Never\": supported values: \
             \"Always\""],
    );
}

#[test]
fn ports() {
    let cases = [
        (json!([{}]), "containerPort: Required value"),
        (
            json!([{"containerPort": 70000}]),
            "containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
        (
            json!([{"containerPort": 80, "protocol": "X"}]),
            r#"protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP""#,
        ),
    ];
    for (ports, expected) in cases {
        check_container(json!({"ports": ports}), &[&format!("containers[0].ports[0].{expected}")]);
    }
    let twice = json!([
        {"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080},
    ]);
    let duplicate = r#"containers[0].ports[1].hostPort: Duplicate value: "TCP//8080""#;
    check_container(json!({"ports": twice}), &[duplicate]);
    let container = |port: Value| json!([{"name": "c", "image": "a", "ports": [port]}]);
    let differs = container(json!({"containerPort": 80, "hostPort": 81}));
    check_pod_spec(
        &json!({"hostNetwork": true, "containers": differs}),
        &["containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when \
             `hostNetwork` is true"],
    );
    let open = container(json!({"containerPort": 80, "hostPort": 0}));
    check_pod_spec(&json!({"hostNetwork": true, "containers": open}), &[]);
    let apart = json!([
        {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1"},
        {"containerPort": 81, "hostPort": 8080, "hostIP": "10.0.0.2"},
    ]);
    check_container(json!({"ports": apart}), &[]);
}

#[test]
fn resources() {
    let above = r#"requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#;
    let unlimited = "limits: Required value: Limit must be set for non overcommitable resources";
    let unequal = r#"requests: Invalid value: "1": must be equal to nvidia.com/gpu limit of 2"#;
    let negative = r#"limits[cpu]: Invalid value: "-1": must be greater than or equal to 0"#;
    let cases = [
        (json!({"limits": {"cpu": "1000m"}, "requests": {"cpu": 2}}), above),
        (json!({"requests": {"nvidia.com/gpu": 1}}), unlimited),
        (json!({"limits": {"nvidia.com/gpu": 2}, "requests": {"nvidia.com/gpu": 1}}), unequal),
        (json!({"limits": {"cpu": -1}}), negative),
        (
            json!({"limits": {"nvidia.com/gpu": "500m"}}),
            "limits[nvidia.com/gpu]: Invalid value: \
             resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, \
             d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:\"500m\", Format:\"DecimalSI\"}: \
             must be an integer",
        ),
        (
            json!({"limits": {"hugepages-2Mi": "2Mi"}}),
            ": Forbidden: HugePages require cpu or memory",
        ),
    ];
    for (resources, expected) in cases {
        let separator = if expected.starts_with(':') { "" } else { "." };
        let expected = format!("containers[0].resources{separator}{expected}");
        check_container(json!({"resources": resources}), &[&expected]);
    }
    check_container(
        json!({"resources": {"limits": {"gpu": 1}}}),
        &[
            "containers[0].resources.limits[gpu]: Invalid value: \"gpu\": must be a standard \
             resource type or fully qualified",
            "containers[0].resources.limits[gpu]: Invalid value: \"gpu\": must be a standard \
             resource for containers",
        ],
    );
    let fine =
        json!({"limits": {"memory": "1Gi", "a.b/c": 2}, "requests": {"memory": "1G", "a.b/c": 2}});
    check_container(json!({"resources": fine}), &[]);
    let malformed = json!({"containers": [{"resources": {"limits": {"cpu": "1 m"}}}]});
    assert_eq!(
        first_malformed_quantity(&malformed).unwrap().to_string(),
        "quantities must match the regular expression \
         '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    );
}

#[test]
fn volumes_and_mounts() {
    let mount = |path: &str| json!({"name": "data", "mountPath": path});
    check_container(
        json!({"volumeMounts": [mount("/a")]}),
        &[r#"containers[0].volumeMounts[0].name: Not found: "data""#],
    );
    let mounts = json!({"name": "c", "image": "a", "volumeMounts": [mount("/a"), mount("/a")]});
    check_pod_spec(
        &json!({"containers": [mounts], "volumes": [{"name": "data"}]}),
        &[r#"containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique"#],
    );
    check_volume(
        json!({"name": "a", "hostPath": {}}),
        &["volumes[0].hostPath.path: Required value"],
    );
    check_volume(
        json!({"name": "a", "hostPath": {"path": "/a/../b"}}),
        &[r#"volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..'"#],
    );
    check_volume(
        json!({"name": "a", "hostPath": {"path": "/a"}, "emptyDir": {}}),
        &["volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
    );
    check_volume(json!({"emptyDir": {}}), &["volumes[0].name: Required value"]);
    let twice = json!({"volumes": [{"name": "a"}, {"name": "a"}]});
    check_pod_spec(&twice, &[r#"volumes[1].name: Duplicate value: "a""#]);
}

#[test]
fn tolerations() {
    check_toleration(json!({"operator": "Exists"}), &[]);
    check_toleration(
        json!({"effect": "NoSchedule"}),
        &["tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is \
             empty, which means \"match all values and all keys\""],
    );
    check_toleration(
        json!({"key": "k", "operator": "Exists", "value": "v"}),
        &["tolerations[0].operator: Invalid value: core.Toleration{Key:\"k\", \
             Operator:\"Exists\", Value:\"v\", Effect:\"\", TolerationSeconds:(*int64)(nil)}: \
             value must be empty when `operator` is 'Exists'"],
    );
    check_toleration(
        json!({"key": "k", "effect": "NoSchedule", "tolerationSeconds": 5}),
        &["tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' \
             when `tolerationSeconds` is set"],
    );
    check_toleration(
        json!({"key": "k", "operator": "X"}),
        &["tolerations[0].operator: Unsupported value: \"X\": supported values: \"Equal\", \
             \"Exists\""],
    );
    check_toleration(
        json!({"key": "k", "effect": "X"}),
        &["tolerations[0].effect: Unsupported value: \"X\": supported values: \"NoSchedule\", \
             \"PreferNoSchedule\", \"NoExecute\""],
    );
}

#[test]
fn labels_and_node_affinity() {
    check(
        &json!({"spec": {"template": {"metadata": {"labels": {"b": "a b"}}}}}),
        &[&format!(r#"spec.template.labels: Invalid value: "a b": {VALUE_RULE}"#)],
    );
    let required = |term: Value| {
        let selector = json!({"nodeSelectorTerms": [term]});
        json!({"affinity": {"nodeAffinity":
            {"requiredDuringSchedulingIgnoredDuringExecution": selector}}})
    };
    let path =
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    check_pod_spec(
        &required(json!({"matchExpressions": [{"key": "a", "operator": "In"}]})),
        &[&format!(
            "{path}[0].matchExpressions[0].values: Required value: must be specified when \
             `operator` is 'In' or 'NotIn'"
        )],
    );
    let field = json!({"key": "spec.x", "operator": "In", "values": ["a"]});
    check_pod_spec(
        &required(json!({"matchFields": [field]})),
        &[&format!(
            "{path}[0].matchFields[0].key: Invalid value: \"spec.x\": not a valid field selector \
             key"
        )],
    );
    let odd_value = json!({"key": "a", "operator": "Gt", "values": ["-5"]});
    check_pod_spec(&required(json!({"matchExpressions": [odd_value]})), &[]);
}

#[test]
fn environment_variables() {
    let from = |source: Value| json!({"env": [{"name": "A", "valueFrom": source}]});
    let path = "containers[0].env[0].valueFrom";
    check_container(from(json!({"fieldRef": {"fieldPath": "spec.nodeName"}})), &[]);
    check_container(from(json!({"fieldRef": {"fieldPath": "metadata.labels['app']"}})), &[]);
    check_container(
        from(json!({"fieldRef": {"fieldPath": "spec.foo"}})),
        &[&format!(
            "{path}.fieldRef.fieldPath: Invalid value: \"spec.foo\": \
             error converting fieldPath: field label not supported: spec.foo"
        )],
    );
    check_container(
        from(json!({})),
        &[&format!(
            "{path}: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, \
             `configMapKeyRef` or `secretKeyRef`"
        )],
    );
    let secret = json!({"name": "s", "key": "k"});
    check_container(
        json!({"env": [{"name": "A", "value": "a", "valueFrom": {"secretKeyRef": secret}}]}),
        &[&format!("{path}: Invalid value: \"\": may not be specified when `value` is not empty")],
    );
    check_container(from(json!({"secretKeyRef": secret})), &[]);
    check_container(
        from(json!({"configMapKeyRef": {"name": "s"}})),
        &[&format!("{path}.configMapKeyRef.key: Required value")],
    );
    check_container(json!({"env": [{}]}), &["containers[0].env[0].name: Required value"]);
    check_container(
        json!({"envFrom": [{}]}),
        &["containers[0].envFrom: Invalid value: \"\": \
           must specify one of: `configMapRef` or `secretRef`"],
    );
}

#[test]
fn probes() {
    let cases = [
        (json!({}), ": Required value: must specify a handler type"),
        (json!({"exec": {}}), ".exec.command: Required value"),
        (
            json!({"exec": {"command": ["a"]}, "tcpSocket": {"port": 1}}),
            ".tcpSocket: Forbidden: may not specify more than 1 handler type",
        ),
        (
            json!({"tcpSocket": {"port": 0}}),
            ".tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive",
        ),
        (
            json!({"httpGet": {"port": 1, "scheme": "X"}}),
            ".httpGet.scheme: Unsupported value: \"X\": supported values: \"HTTP\", \"HTTPS\"",
        ),
        (
            json!({"tcpSocket": {"port": 1}, "periodSeconds": -1}),
            ".periodSeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            json!({"tcpSocket": {"port": 1}, "successThreshold": 2}),
            ".successThreshold: Invalid value: 2: must be 1",
        ),
    ];
    for (probe, expected) in cases {
        let expected = format!("containers[0].livenessProbe{expected}");
        check_container(json!({"livenessProbe": probe}), &[&expected]);
    }
    let ready_twice = json!({"tcpSocket": {"port": "http"}, "successThreshold": 2});
    check_container(json!({"readinessProbe": ready_twice}), &[]);
}

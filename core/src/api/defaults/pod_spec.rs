//! The defaults of a pod's spec, in a template and in a pod.
//!
//! Follows `pkg/apis/core/v1/defaults.go` and `zz_generated.defaults.go` (v1.31.13).

use serde_json::{Value, json};

use super::{
    Object, canonicalize_quantity, canonicalize_resources, child, drop_zeroes, items, set,
    set_if_empty, set_if_zero,
};

#[cfg(test)]
mod tests;

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];
const CONTAINER_LISTS: [&str; 2] = ["containers", "initContainers"];

/// What both a template and a pod get.
pub(super) fn complete(spec: &mut Object) {
    set_if_empty(spec, "dnsPolicy", "ClusterFirst");
    set_if_empty(spec, "restartPolicy", "Always");
    set_if_empty(spec, "schedulerName", "default-scheduler");
    set(spec, "securityContext", json!({}));
    set(spec, "terminationGracePeriodSeconds", json!(30));
    drop_zeroes(spec, &["hostNetwork", "hostPID", "hostIPC"]);
    drop_zeroes(spec, &["nodeName", "hostname", "subdomain", "priorityClassName"]);
    drop_zeroes(spec, &["serviceAccountName", "serviceAccount"]);
    mirror_service_account(spec);
    canonicalize_resources(spec, "overhead");
    for list in CONTAINER_LISTS {
        items(spec, list).for_each(container);
    }
    items(spec, "volumes").for_each(volume);
    for toleration in items(spec, "tolerations") {
        drop_zeroes(toleration, &["key", "operator", "value", "effect"]);
    }
}

/// What only a pod gets: from `SetDefaults_Pod` and from admission.
pub(super) fn complete_pod(spec: &mut Object) {
    set(spec, "enableServiceLinks", json!(true));
    let is_on_host_network = spec.get("hostNetwork") == Some(&json!(true));
    for list in CONTAINER_LISTS {
        for container in items(spec, list) {
            request_limits(container);
            for port in items(container, "ports").filter(|_| is_on_host_network) {
                if let Some(container_port) = port.get("containerPort").cloned() {
                    set(port, "hostPort", container_port);
                }
            }
        }
    }
    let priority = match spec.get("priorityClassName").and_then(Value::as_str) {
        None => Some(0),
        Some("system-cluster-critical") => Some(2_000_000_000),
        Some("system-node-critical") => Some(2_000_001_000),
        Some(_) => None,
    };
    if let Some(priority) = priority {
        set(spec, "priority", json!(priority));
        set(spec, "preemptionPolicy", json!("PreemptLowerPriority"));
    }
    set(spec, "serviceAccountName", json!("default"));
    mirror_service_account(spec);
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        tolerate_for_five_minutes(spec, key);
    }
}

/// Mounts the token volume wherever nothing is mounted in its place.
pub(super) fn mount_token(spec: &mut Object, name: &str) {
    if spec.get("automountServiceAccountToken") == Some(&json!(false)) {
        return;
    }
    let mut is_mounted = false;
    for list in CONTAINER_LISTS {
        for container in items(spec, list) {
            let path = json!(TOKEN_PATH);
            if items(container, "volumeMounts").any(|it| it.get("mountPath") == Some(&path)) {
                continue;
            }
            let mount = json!({"mountPath": path, "name": name, "readOnly": true});
            push(container, "volumeMounts", mount);
            is_mounted = true;
        }
    }
    if is_mounted {
        let field_ref = json!({"apiVersion": "v1", "fieldPath": "metadata.namespace"});
        let root = json!({"key": "ca.crt", "path": "ca.crt"});
        let namespace = json!({"path": "namespace", "fieldRef": field_ref});
        let sources = json!([
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [root]}},
            {"downwardAPI": {"items": [namespace]}},
        ]);
        let projected = json!({"defaultMode": 420, "sources": sources});
        push(spec, "volumes", json!({"name": name, "projected": projected}));
    }
}

fn container(container: &mut Object) {
    let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
    let policy = if is_latest(image) { "Always" } else { "IfNotPresent" };
    set_if_empty(container, "imagePullPolicy", policy);
    set_if_empty(container, "terminationMessagePath", "/dev/termination-log");
    set_if_empty(container, "terminationMessagePolicy", "File");
    drop_zeroes(container, &["stdin", "stdinOnce", "tty", "workingDir"]);
    if let Some(resources) = child(container, "resources") {
        canonicalize_resources(resources, "limits");
        canonicalize_resources(resources, "requests");
    }
    for port in items(container, "ports") {
        set_if_empty(port, "protocol", "TCP");
        drop_zeroes(port, &["hostPort", "hostIP", "name"]);
    }
    for variable in items(container, "env") {
        drop_zeroes(variable, &["value"]);
        if let Some(source) = variable.get_mut("valueFrom").and_then(Value::as_object_mut) {
            downward_api_item(source);
        }
    }
    for mount in items(container, "volumeMounts") {
        drop_zeroes(mount, &["readOnly", "subPath", "subPathExpr"]);
    }
    for name in PROBES {
        if let Some(probe) = container.get_mut(name).and_then(Value::as_object_mut) {
            complete_probe(probe);
        }
    }
    if let Some(lifecycle) = container.get_mut("lifecycle").and_then(Value::as_object_mut) {
        lifecycle.values_mut().filter_map(Value::as_object_mut).for_each(http_get);
    }
}

fn complete_probe(probe: &mut Object) {
    set_if_zero(probe, "timeoutSeconds", 1);
    set_if_zero(probe, "periodSeconds", 10);
    set_if_zero(probe, "successThreshold", 1);
    set_if_zero(probe, "failureThreshold", 3);
    drop_zeroes(probe, &["initialDelaySeconds"]);
    http_get(probe);
    if let Some(grpc) = probe.get_mut("grpc").and_then(Value::as_object_mut) {
        set(grpc, "service", json!(""));
    }
}

fn http_get(handler: &mut Object) {
    if let Some(http_get) = handler.get_mut("httpGet").and_then(Value::as_object_mut) {
        set_if_empty(http_get, "path", "/");
        set_if_empty(http_get, "scheme", "HTTP");
    }
}

fn downward_api_item(item: &mut Object) {
    if let Some(field_ref) = item.get_mut("fieldRef").and_then(Value::as_object_mut) {
        set_if_empty(field_ref, "apiVersion", "v1");
    }
    if let Some(resource) = item.get_mut("resourceFieldRef").and_then(Value::as_object_mut) {
        set(resource, "divisor", json!("0"));
        canonicalize_quantity(resource, "divisor");
    }
}

fn volume(volume: &mut Object) {
    if volume.keys().all(|name| name == "name") {
        volume.insert("emptyDir".to_owned(), json!({}));
    }
    for (name, source) in volume.iter_mut() {
        let Some(source) = source.as_object_mut() else { continue };
        match name.as_str() {
            "hostPath" => set(source, "type", json!("")),
            "emptyDir" => {
                drop_zeroes(source, &["medium"]);
                canonicalize_quantity(source, "sizeLimit");
            }
            "configMap" | "secret" | "projected" | "downwardAPI" => {
                set(source, "defaultMode", json!(420));
            }
            _ => {}
        }
        items(source, "items").for_each(downward_api_item);
        for projection in items(source, "sources") {
            if let Some(Value::Object(token)) = projection.get_mut("serviceAccountToken") {
                set(token, "expirationSeconds", json!(3600));
            }
            if let Some(Value::Object(downward_api)) = projection.get_mut("downwardAPI") {
                items(downward_api, "items").for_each(downward_api_item);
            }
        }
    }
}

/// `serviceAccount` is the old name of `serviceAccountName`; both are written out.
fn mirror_service_account(spec: &mut Object) {
    if let Some(old) = spec.get("serviceAccount").cloned() {
        set(spec, "serviceAccountName", old);
    }
    if let Some(name) = spec.get("serviceAccountName").cloned() {
        spec.insert("serviceAccount".to_owned(), name);
    }
}

fn request_limits(container: &mut Object) {
    let Some(resources) = child(container, "resources") else { return };
    let Some(Value::Object(limits)) = resources.get("limits").cloned() else { return };
    if let Some(requests) = child(resources, "requests") {
        limits.into_iter().for_each(|(name, limit)| set(requests, &name, limit));
    }
}

fn tolerate_for_five_minutes(spec: &mut Object, key: &str) {
    let is_one_of = |value: Option<&Value>, wanted: &str| {
        value.is_none_or(|it| it.as_str().is_some_and(|it| it.is_empty() || it == wanted))
    };
    let is_tolerated = items(spec, "tolerations")
        .any(|it| is_one_of(it.get("key"), key) && is_one_of(it.get("effect"), "NoExecute"));
    if !is_tolerated {
        let (operator, effect) = ("Exists", "NoExecute");
        let toleration = json!({
            "effect": effect, "key": key, "operator": operator, "tolerationSeconds": 300,
        });
        push(spec, "tolerations", toleration);
    }
}

fn push(object: &mut Object, name: &str, item: Value) {
    if let Some(items) = object.entry(name).or_insert_with(|| json!([])).as_array_mut() {
        items.push(item);
    }
}

/// Whether an image is pulled anew each time: its tag is `latest`, or nothing pins it.
///
/// A name that is no valid reference counts as pinned, as upstream ignores the error.
fn is_latest(image: &str) -> bool {
    let (reference, digest) = match image.split_once('@') {
        Some((reference, digest)) => (reference, Some(digest)),
        None => (image, None),
    };
    let last = reference.rsplit('/').next().unwrap_or_default();
    let (name, tag) = match last.split_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (last, None),
    };
    let is_valid = !name.is_empty() && !name.contains(|it: char| it.is_ascii_uppercase());
    is_valid && tag.map_or(digest.is_none(), |tag| tag == "latest")
}

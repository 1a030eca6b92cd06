//! What the API server writes into an object where its author wrote nothing.
//!
//! Follows `pkg/apis/apps/v1/defaults.go` and `pkg/apis/core/v1/defaults.go` (v1.31.13), for pods
//! also the admission plug-ins that every cluster runs. `null` means absent, and zero values that
//! the API server never writes out are dropped. Left out: defaults inside of the storage sources
//! that are no longer in use (iSCSI, RBD, ScaleIO, Azure disks).

use serde_json::{Map, Value, json};

use crate::api::quantity::Quantity;

mod pod_spec;

type Object = Map<String, Value>;

/// Maps of the user's own keys to strings: a `null` in there is the empty string.
const STRING_MAPS: [&str; 4] = ["labels", "annotations", "matchLabels", "nodeSelector"];
/// Maps of resources to quantities: a `null` in there is zero.
const RESOURCE_MAPS: [&str; 5] = ["limits", "requests", "overhead", "capacity", "allocatable"];
/// Lists that are written out even if they are empty.
const KEPT_LISTS: [&str; 2] = ["containers", "nodeSelectorTerms"];

/// Completes a DaemonSet (`SetDefaults_DaemonSet`).
///
/// The annotation with the template generation is not a default: the store keeps the number.
pub fn daemon_set(object: &mut Value) {
    workload(object, |spec| {
        let Some(strategy) = child(spec, "updateStrategy") else { return };
        set_if_empty(strategy, "type", "RollingUpdate");
        if strategy.get("type") == Some(&json!("RollingUpdate"))
            && let Some(rolling_update) = child(strategy, "rollingUpdate")
        {
            set(rolling_update, "maxUnavailable", json!(1));
            set(rolling_update, "maxSurge", json!(0));
        }
    });
}

/// Completes a Deployment (`SetDefaults_Deployment`).
pub fn deployment(object: &mut Value) {
    workload(object, |spec| {
        set(spec, "replicas", json!(1));
        set(spec, "progressDeadlineSeconds", json!(600));
        drop_zeroes(spec, &["paused"]);
        let Some(strategy) = child(spec, "strategy") else { return };
        set_if_empty(strategy, "type", "RollingUpdate");
        if strategy.get("type") == Some(&json!("RollingUpdate"))
            && let Some(rolling_update) = child(strategy, "rollingUpdate")
        {
            set(rolling_update, "maxUnavailable", json!("25%"));
            set(rolling_update, "maxSurge", json!("25%"));
        }
    });
}

/// Completes a ReplicaSet (`SetDefaults_ReplicaSet`).
pub fn replica_set(object: &mut Value) {
    workload(object, |spec| {
        spec.remove("revisionHistoryLimit");
        set(spec, "replicas", json!(1));
    });
}

/// Completes a pod template, such as `spec.template` of a workload (`SetDefaults_PodSpec` and the
/// defaults of everything below it).
pub fn pod_template(template: &mut Value) {
    remove_nulls(template, "");
    let Some(template) = template.as_object_mut() else { return };
    if let Some(metadata) = child(template, "metadata") {
        metadata.insert("creationTimestamp".to_owned(), Value::Null);
    }
    if let Some(spec) = child(template, "spec") {
        pod_spec::complete(spec);
    }
}

/// Completes a pod (`SetDefaults_Pod`, then the plug-ins Priority, ServiceAccount and
/// DefaultTolerationSeconds).
///
/// # Caveats
///
/// The priority of a class other than the two built-in ones, and the token volume
/// ([`service_account_token`]), are up to the caller.
pub fn pod(object: &mut Value) {
    remove_nulls(object, "");
    let Some(object) = object.as_object_mut() else { return };
    if let Some(metadata) = child(object, "metadata") {
        set_if_empty(metadata, "namespace", "default");
    }
    if let Some(spec) = child(object, "spec") {
        pod_spec::complete(spec);
        pod_spec::complete_pod(spec);
    }
}

/// Gives a pod its token: a projected volume named `kube-api-access-SUFFIX` and its mounts
/// (`plugin/pkg/admission/serviceaccount`).
pub fn service_account_token(pod: &mut Value, suffix: &str) {
    if let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) {
        pod_spec::mount_token(spec, &format!("kube-api-access-{suffix}"));
    }
}

/// Completes a node (`SetDefaults_NodeStatus`): all of the capacity is allocatable.
pub fn node(object: &mut Value) {
    remove_nulls(object, "");
    let Some(status) = object.get_mut("status").and_then(Value::as_object_mut) else { return };
    canonicalize_resources(status, "capacity");
    canonicalize_resources(status, "allocatable");
    if let Some(capacity) = status.get("capacity").cloned() {
        set(status, "allocatable", capacity);
    }
}

/// What workloads have in common; `strategy` completes the rest of the spec.
fn workload(object: &mut Value, strategy: impl FnOnce(&mut Object)) {
    remove_nulls(object, "");
    let Some(object) = object.as_object_mut() else { return };
    if let Some(metadata) = child(object, "metadata") {
        set_if_empty(metadata, "namespace", "default");
    }
    let Some(spec) = child(object, "spec") else { return };
    set(spec, "revisionHistoryLimit", json!(10));
    drop_zeroes(spec, &["minReadySeconds"]);
    strategy(spec);
    pod_template(spec.entry("template").or_insert_with(|| json!({})));
}

/// Removes what is absent: `null` fields and, outside of selectors, empty lists.
fn remove_nulls(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) if STRING_MAPS.contains(&name) => {
            fields.values_mut().filter(|it| it.is_null()).for_each(|it| *it = json!(""));
        }
        Value::Object(fields) if RESOURCE_MAPS.contains(&name) => {
            fields.values_mut().filter(|it| it.is_null()).for_each(|it| *it = json!("0"));
        }
        Value::Object(fields) => {
            fields.retain(|name, it| !is_absent(name, it));
            let inner = fields.iter_mut().filter(|(name, _)| *name != "selector");
            inner.for_each(|(name, it)| remove_nulls(it, name));
            // The selector is shown in messages, where an empty list differs from none.
            if let Some(Value::Object(selector)) = fields.get_mut("selector") {
                selector.retain(|_, it| !it.is_null());
                selector.iter_mut().for_each(|(name, it)| remove_nulls(it, name));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| remove_nulls(it, name)),
        _ => {}
    }
}

fn is_absent(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty() && !KEPT_LISTS.contains(&name),
        Value::Object(entries) => {
            entries.is_empty() && ["annotations", "nodeSelector"].contains(&name)
        }
        _ => false,
    }
}

/// The structure in a field, made if it is absent; nothing if the field holds something else.
fn child<'object>(object: &'object mut Object, name: &str) -> Option<&'object mut Object> {
    object.entry(name).or_insert_with(|| json!({})).as_object_mut()
}

/// The structures of a list; items of other types are passed over.
fn items<'object>(
    object: &'object mut Object,
    name: &str,
) -> impl Iterator<Item = &'object mut Object> {
    let items = object.get_mut(name).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn set(object: &mut Object, name: &str, default: Value) {
    object.entry(name).or_insert(default);
}

fn set_if_empty(object: &mut Object, name: &str, default: &str) {
    drop_zeroes(object, &[name]);
    set(object, name, json!(default));
}

fn set_if_zero(object: &mut Object, name: &str, default: i64) {
    drop_zeroes(object, &[name]);
    set(object, name, json!(default));
}

/// Drops fields that say what their absence says (`omitempty`).
fn drop_zeroes(object: &mut Object, names: &[&str]) {
    for name in names {
        let zeroes = [json!(""), json!(0), json!(false)];
        if object.get(*name).is_some_and(|it| zeroes.contains(it)) {
            object.remove(*name);
        }
    }
}

/// Writes the quantities of a resource list as the API server does (`SetDefaults_ResourceList`).
fn canonicalize_resources(object: &mut Object, name: &str) {
    let Some(resources) = object.get_mut(name).and_then(Value::as_object_mut) else { return };
    for quantity in resources.values_mut() {
        if let Ok(parsed) = Quantity::from_value(quantity) {
            *quantity = json!(parsed.rounded_up_to_milli().to_string());
        }
    }
}

fn canonicalize_quantity(object: &mut Object, name: &str) {
    if let Some(quantity) = object.get_mut(name)
        && let Ok(parsed) = Quantity::from_value(quantity)
    {
        *quantity = json!(parsed.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(mut object: Value, complete: fn(&mut Value)) -> Value {
        complete(&mut object);
        object
    }

    #[test]
    fn a_minimal_daemon_set_is_completed() {
        let object = json!({
            "metadata": {"name": "x"},
            "spec": {
                "selector": {"matchLabels": {"app": "x"}},
                "template": {
                    "metadata": {"labels": {"app": "x"}},
                    "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
                },
            },
        });
        let expected = json!({
            "metadata": {"name": "x", "namespace": "default"},
            "spec": {
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": {"app": "x"}},
                "template": {
                    "metadata": {"creationTimestamp": null, "labels": {"app": "x"}},
                    "spec": {
                        "containers": [{
                            "image": "nginx:1.27",
                            "imagePullPolicy": "IfNotPresent",
                            "name": "c",
                            "resources": {},
                            "terminationMessagePath": "/dev/termination-log",
                            "terminationMessagePolicy": "File",
                        }],
                        "dnsPolicy": "ClusterFirst",
                        "restartPolicy": "Always",
                        "schedulerName": "default-scheduler",
                        "securityContext": {},
                        "terminationGracePeriodSeconds": 30,
                    },
                },
                "updateStrategy": {
                    "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
                    "type": "RollingUpdate",
                },
            },
        });
        let once = completed(object, daemon_set);
        assert_eq!(once, expected);
        assert_eq!(completed(once, daemon_set), expected, "a second time");
    }

    #[test]
    fn update_strategies_of_a_daemon_set() {
        let rolling = |unavailable: Value, surge: Value| {
            let rolling_update = json!({"maxUnavailable": unavailable, "maxSurge": surge});
            json!({"type": "RollingUpdate", "rollingUpdate": rolling_update})
        };
        let kept = json!({"type": "OnDelete", "rollingUpdate": {"maxUnavailable": "10%"}});
        let cases = [
            (json!(null), rolling(json!(1), json!(0))),
            (json!({"type": ""}), rolling(json!(1), json!(0))),
            (json!({"rollingUpdate": null}), rolling(json!(1), json!(0))),
            (json!({"rollingUpdate": {"maxSurge": 1}}), rolling(json!(1), json!(1))),
            (json!({"rollingUpdate": {"maxUnavailable": "0%"}}), rolling(json!("0%"), json!(0))),
            (json!({"type": "OnDelete"}), json!({"type": "OnDelete"})),
            (kept.clone(), kept),
            (json!({"type": "Foo"}), json!({"type": "Foo"})),
        ];
        for (strategy, expected) in cases {
            let object = json!({"spec": {"updateStrategy": strategy}});
            let object = completed(object, daemon_set);
            assert_eq!(object["spec"]["updateStrategy"], expected, "{strategy}");
        }
    }

    #[test]
    fn a_deployment_is_completed() {
        let object = completed(json!({"spec": {"paused": false}}), deployment);
        let spec = object["spec"].as_object().unwrap();
        assert_eq!(spec["replicas"], 1);
        assert_eq!(spec["revisionHistoryLimit"], 10);
        assert_eq!(spec["progressDeadlineSeconds"], 600);
        let rolling_update = json!({"maxSurge": "25%", "maxUnavailable": "25%"});
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": rolling_update});
        assert_eq!(spec["strategy"], strategy);
        assert!(!spec.contains_key("paused"));
        let recreate = json!({"spec": {"replicas": 0, "strategy": {"type": "Recreate"}}});
        let recreate = completed(recreate, deployment);
        assert_eq!(recreate["spec"]["replicas"], 0);
        assert_eq!(recreate["spec"]["strategy"], json!({"type": "Recreate"}));
    }

    #[test]
    fn null_is_absent_but_an_empty_string_inside_of_maps() {
        let object = json!({"spec": {
            "minReadySeconds": 0,
            "selector": {"matchLabels": {"app": null}, "matchExpressions": null},
            "template": {"metadata": {"annotations": null}, "spec": {
                "nodeSelector": {"disk": null}, "tolerations": null, "volumes": [],
                "initContainers": null, "affinity": {},
            }},
        }});
        let object = completed(object, daemon_set);
        assert_eq!(object["spec"]["selector"], json!({"matchLabels": {"app": ""}}));
        assert_eq!(object["spec"].get("minReadySeconds"), None);
        let template = &object["spec"]["template"];
        assert_eq!(template["metadata"], json!({"creationTimestamp": null}));
        assert_eq!(template["spec"]["nodeSelector"], json!({"disk": ""}));
        assert_eq!(template["spec"]["affinity"], json!({}));
        for name in ["tolerations", "volumes", "initContainers"] {
            assert_eq!(template["spec"].get(name), None, "{name}");
        }
    }

    #[test]
    fn odd_shapes_are_left_alone() {
        for odd in [json!(null), json!(1), json!([]), json!("x")] {
            for complete in [daemon_set, deployment, pod_template, pod, node] {
                completed(odd.clone(), complete);
                completed(json!({"metadata": odd, "spec": odd, "status": odd}), complete);
                let spec = json!({"containers": [odd], "volumes": [odd], "securityContext": odd});
                completed(json!({"spec": spec}), complete);
                completed(json!({"spec": {"template": {"spec": spec}}}), complete);
            }
        }
    }

    #[test]
    fn all_of_a_node_is_allocatable() {
        let object = completed(json!({"status": {"capacity": {"cpu": "4000m"}}}), node);
        let expected = json!({"capacity": {"cpu": "4"}, "allocatable": {"cpu": "4"}});
        assert_eq!(object["status"], expected);
    }
}

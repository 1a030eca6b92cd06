//! What the API server refuses, with its own words.
//!
//! Follows `pkg/apis/apps/validation/validation.go` and `pkg/apis/core/validation/validation.go`
//! (v1.31.13). All functions expect a defaulted object (`api::defaults`) whose types were checked,
//! and return all faults in upstream's order; values of other types count as absent.

use serde_json::Value;

use crate::api::field_error::{FieldError, FieldPath, go_string_map, without_repetitions};

mod container;
mod env;
mod format;
mod metadata;
mod pod_spec;
mod probe;
mod resources;
mod scheduling;
mod selector;
mod strategy;
mod tree;
mod volume;

#[cfg(test)]
mod tests;

pub use format::{
    is_config_map_key, is_dns1123_label, is_dns1123_subdomain, is_env_var_name, is_label_value,
    is_port_name, is_qualified_name,
};
pub use metadata::labels;
pub use pod_spec::pod_template_spec;
pub use resources::first_malformed_quantity;

use metadata::Scope;
use tree::{list, number, object, text};

/// The rules on a new DaemonSet (`ValidateDaemonSet`).
pub fn daemon_set(daemon_set: &Value) -> Vec<FieldError> {
    let mut errors = object_meta(daemon_set, Scope::Namespace);
    let spec = daemon_set.get("spec").unwrap_or(&Value::Null);
    let path = FieldPath::new("spec");
    errors.extend(label_selector(spec, &path));
    errors.extend(mismatch(spec, &path));
    errors.extend(empty_selector(spec, &path, "empty selector is invalid for daemonset"));
    errors.extend(pod_template_spec(template(spec), &path.child("template")));
    let detail = "activeDeadlineSeconds in DaemonSet is not Supported";
    errors.extend(always_restarted(spec, &path, detail));
    errors.extend(not_negative(spec, "minReadySeconds", &path));
    let strategy = spec.get("updateStrategy").unwrap_or(&Value::Null);
    let strategy_path = path.child("updateStrategy");
    errors.extend(strategy::daemon_set_update_strategy(strategy, &strategy_path));
    errors.extend(not_negative(spec, "revisionHistoryLimit", &path));
    errors
}

/// The rules on a changed DaemonSet (`daemonSetStrategy.ValidateUpdate`): its selector stays.
pub fn daemon_set_update(new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = daemon_set(new);
    errors.extend(immutable_selector(new, old));
    without_repetitions(errors)
}

/// The rules on a new Deployment (`ValidateDeployment`).
pub fn deployment(deployment: &Value) -> Vec<FieldError> {
    let mut errors = object_meta(deployment, Scope::Namespace);
    let spec = deployment.get("spec").unwrap_or(&Value::Null);
    let path = FieldPath::new("spec");
    errors.extend(not_negative(spec, "replicas", &path));
    if object(spec, "selector").is_none() {
        errors.push(FieldError::required(&path.child("selector"), ""));
    }
    errors.extend(label_selector(spec, &path));
    errors.extend(empty_selector(spec, &path, "empty selector is invalid for deployment"));
    if selector::matches(object(spec, "selector"), None).is_none() {
        let value = selector::go_label_selector(object(spec, "selector"));
        let detail = "invalid label selector";
        errors.push(FieldError::invalid(&path.child("selector"), &value, detail));
    } else {
        errors.extend(mismatch(spec, &path));
        errors.extend(pod_template_spec(template(spec), &path.child("template")));
        let detail = "activeDeadlineSeconds in ReplicaSet is not Supported";
        errors.extend(always_restarted(spec, &path, detail));
    }
    let strategy = spec.get("strategy").unwrap_or(&Value::Null);
    errors.extend(strategy::deployment_strategy(strategy, &path.child("strategy")));
    errors.extend(not_negative(spec, "minReadySeconds", &path));
    errors.extend(not_negative(spec, "revisionHistoryLimit", &path));
    errors.extend(not_negative(spec, "progressDeadlineSeconds", &path));
    let deadline = number(spec, "progressDeadlineSeconds");
    let min_ready = number(spec, "minReadySeconds").unwrap_or_default();
    if let Some(seconds) = deadline.filter(|it| *it <= min_ready) {
        let path = path.child("progressDeadlineSeconds");
        let detail = "must be greater than minReadySeconds";
        errors.push(FieldError::invalid(&path, &seconds, detail));
    }
    errors
}

/// The rules on a changed Deployment (`deploymentStrategy.ValidateUpdate`): its selector stays.
pub fn deployment_update(new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = deployment(new);
    errors.extend(immutable_selector(new, old));
    without_repetitions(errors)
}

/// The rules on a new ReplicaSet (`ValidateReplicaSet`).
pub fn replica_set(replica_set: &Value) -> Vec<FieldError> {
    let mut errors = object_meta(replica_set, Scope::Namespace);
    let spec = replica_set.get("spec").unwrap_or(&Value::Null);
    let path = FieldPath::new("spec");
    errors.extend(not_negative(spec, "replicas", &path));
    errors.extend(not_negative(spec, "minReadySeconds", &path));
    if object(spec, "selector").is_none() {
        errors.push(FieldError::required(&path.child("selector"), ""));
    }
    errors.extend(label_selector(spec, &path));
    errors.extend(empty_selector(spec, &path, "empty selector is invalid for deployment"));
    errors.extend(mismatch(spec, &path));
    errors.extend(pod_template_spec(template(spec), &path.child("template")));
    let detail = "activeDeadlineSeconds in ReplicaSet is not Supported";
    errors.extend(always_restarted(spec, &path, detail));
    errors
}

/// The rules on a changed ReplicaSet (`rsStrategy.ValidateUpdate`): its selector stays.
pub fn replica_set_update(new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = replica_set(new);
    errors.extend(immutable_selector(new, old));
    without_repetitions(errors)
}

/// The rules on a pod (`ValidatePodCreate`).
pub fn pod(pod: &Value) -> Vec<FieldError> {
    let mut errors = object_meta(pod, Scope::Namespace);
    let spec = pod.get("spec").unwrap_or(&Value::Null);
    errors.extend(pod_spec::pod_spec(spec, &FieldPath::new("spec"), true));
    errors
}

/// The rules on a node (`ValidateNode`); upstream gives the taints a path below `metadata`.
pub fn node(node: &Value) -> Vec<FieldError> {
    let mut errors = object_meta(node, Scope::Cluster);
    if let Some(spec) = object(node, "spec") {
        let path = FieldPath::new("metadata").child("taints");
        errors.extend(scheduling::taints(list(spec, "taints"), &path));
    }
    errors
}

fn object_meta(object: &Value, scope: Scope) -> Vec<FieldError> {
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    metadata::object_meta(metadata, scope, &FieldPath::new("metadata"))
}

fn template(spec: &Value) -> &Value {
    spec.get("template").unwrap_or(&Value::Null)
}

fn label_selector(spec: &Value, path: &FieldPath) -> Vec<FieldError> {
    let selector = object(spec, "selector").unwrap_or(&Value::Null);
    selector::label_selector(selector, &path.child("selector"))
}

/// The selector must match the labels of the template; a missing one matches nothing.
fn mismatch(spec: &Value, path: &FieldPath) -> Option<FieldError> {
    let labels = object(template(spec), "metadata").and_then(|it| object(it, "labels"));
    let is_mismatch = selector::matches(object(spec, "selector"), labels) == Some(false);
    let path = path.child("template").child("metadata").child("labels");
    let detail = "`selector` does not match template `labels`";
    is_mismatch.then(|| FieldError::invalid(&path, &go_string_map(labels), detail))
}

fn empty_selector(spec: &Value, path: &FieldPath, detail: &str) -> Option<FieldError> {
    let selector = object(spec, "selector")?;
    let is_empty = tree::entries(selector, "matchLabels").next().is_none()
        && list(selector, "matchExpressions").is_empty();
    let value = selector::go_label_selector(Some(selector));
    is_empty.then(|| FieldError::invalid(&path.child("selector"), &value, detail))
}

/// What the controllers of workloads ask of a template beyond the rules on pods.
fn always_restarted(spec: &Value, path: &FieldPath, deadline_detail: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let pod_spec = template(spec).get("spec").unwrap_or(&Value::Null);
    let path = path.child("template").child("spec");
    let policy = text(pod_spec, "restartPolicy");
    if policy != "Always" {
        let path = path.child("restartPolicy");
        errors.push(FieldError::unsupported(&path, policy, &["Always"]));
    }
    if number(pod_spec, "activeDeadlineSeconds").is_some() {
        let path = path.child("activeDeadlineSeconds");
        errors.push(FieldError::forbidden(&path, deadline_detail));
    }
    errors
}

fn not_negative(spec: &Value, name: &str, path: &FieldPath) -> Option<FieldError> {
    let number = number(spec, name).filter(|it| *it < 0)?;
    let detail = "must be greater than or equal to 0";
    Some(FieldError::invalid(&path.child(name), &number, detail))
}

fn immutable_selector(new: &Value, old: &Value) -> Option<FieldError> {
    let selector = |it| object(it, "spec").and_then(|spec| object(spec, "selector"));
    let value = selector::go_label_selector(selector(new));
    let path = FieldPath::new("spec").child("selector");
    let is_changed = selector(new) != selector(old);
    is_changed.then(|| FieldError::invalid(&path, &value, "field is immutable"))
}

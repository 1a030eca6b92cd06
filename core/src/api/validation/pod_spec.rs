//! The rules on pod templates and on the specs of pods.
//!
//! Follows `ValidatePodTemplateSpec` and `ValidatePodSpec` of
//! `pkg/apis/core/validation/validation.go` (v1.31.13). Not checked: security contexts, affinity
//! between pods, topology spread, DNS settings, resource claims and rules for Windows.

use serde_json::Value;

use super::container::{Surroundings, containers, init_containers, one_of};
use super::format::{is_dns1123_label, is_dns1123_subdomain, range_message};
use super::metadata::{annotations, invalid, label_map};
use super::scheduling::{node_affinity, tolerations};
use super::tree::{is_true, list, number, object, text};
use super::volume::volumes;
use crate::api::field_error::{FieldError, FieldPath};

const RESTART_POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];

/// The rules on a pod template (`ValidatePodTemplateSpec`).
///
/// # Caveats
///
/// The paths of labels and annotations lack `metadata`, as upstream's do.
pub fn pod_template_spec(template: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(metadata) = object(template, "metadata") {
        errors.extend(label_map(metadata, "labels", &path.child("labels")));
        errors.extend(annotations(metadata, &path.child("annotations")));
    }
    let path = path.child("spec");
    let spec = template.get("spec").unwrap_or(&Value::Null);
    errors.extend(pod_spec(spec, &path, false));
    if !list(spec, "ephemeralContainers").is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.push(FieldError::forbidden(&path.child("ephemeralContainers"), detail));
    }
    errors
}

/// The rules on the spec of a pod, or of a template (`ValidatePodSpec`).
pub(super) fn pod_spec(spec: &Value, path: &FieldPath, is_pod: bool) -> Vec<FieldError> {
    let (volumes, mut errors) = volumes(list(spec, "volumes"), &path.child("volumes"));
    let grace_period = number(spec, "terminationGracePeriodSeconds");
    let surroundings = Surroundings { volumes, grace_period };
    let running = list(spec, "containers");
    errors.extend(containers(running, &surroundings, &path.child("containers")));
    let init = list(spec, "initContainers");
    errors.extend(init_containers(init, running, &surroundings, &path.child("initContainers")));
    errors.extend(host_network_ports(spec, path, is_pod));
    let policies = [("restartPolicy", &RESTART_POLICIES[..]), ("dnsPolicy", &DNS_POLICIES[..])];
    for (name, permitted) in policies {
        errors.extend(one_of(text(spec, name), permitted, &path.child(name)));
    }
    errors.extend(label_map(spec, "nodeSelector", &path.child("nodeSelector")));
    if let Some(affinity) = object(spec, "affinity").and_then(|it| object(it, "nodeAffinity")) {
        let path = path.child("affinity").child("nodeAffinity");
        errors.extend(node_affinity(affinity, &path));
    }
    errors.extend(names(spec, path));
    errors.extend(tolerations(list(spec, "tolerations"), &path.child("tolerations")));
    errors.extend(priority(spec, path));
    errors
}

/// On the node's network each port of a container is that port of the node
/// (`validatePodHostNetworkDeps`); a template may leave it open.
fn host_network_ports(spec: &Value, path: &FieldPath, is_pod: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !is_true(spec, "hostNetwork") {
        return errors;
    }
    for (container_index, container) in list(spec, "containers").iter().enumerate() {
        let path = path.child("containers").index(container_index).child("ports");
        for (index, port) in list(container, "ports").iter().enumerate() {
            let [host_port, container_port] =
                ["hostPort", "containerPort"].map(|name| number(port, name).unwrap_or_default());
            if (is_pod || host_port != 0) && host_port != container_port {
                let path = path.index(index).child("hostPort");
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.push(FieldError::invalid(&path, &host_port, detail));
            }
        }
    }
    errors
}

/// The rules on the names that a spec refers to, and on the deadline between them.
fn names(spec: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for name in ["serviceAccountName", "nodeName"] {
        let value = text(spec, name);
        if !value.is_empty() {
            errors.extend(invalid(&path.child(name), value, is_dns1123_subdomain(value)));
        }
    }
    let seconds_max = i64::from(i32::MAX);
    let deadline = number(spec, "activeDeadlineSeconds");
    if let Some(seconds) = deadline.filter(|it| !(1..=seconds_max).contains(it)) {
        let path = path.child("activeDeadlineSeconds");
        errors.push(FieldError::invalid(&path, &seconds, &range_message(1, seconds_max)));
    }
    for name in ["hostname", "subdomain"] {
        let value = text(spec, name);
        if !value.is_empty() {
            errors.extend(invalid(&path.child(name), value, is_dns1123_label(value)));
        }
    }
    errors
}

fn priority(spec: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for name in ["priorityClassName", "runtimeClassName"] {
        let value = text(spec, name);
        if !value.is_empty() {
            errors.extend(invalid(&path.child(name), value, is_dns1123_subdomain(value)));
        }
    }
    if let Some(policy) = spec.get("preemptionPolicy").and_then(Value::as_str) {
        errors.extend(one_of(policy, &PREEMPTION_POLICIES, &path.child("preemptionPolicy")));
    }
    errors
}

//! The rules on containers and init containers.
//!
//! Follows `validateContainers` and `validateInitContainers` of
//! `pkg/apis/core/validation/validation.go` (v1.31.13). Security contexts, devices and resource
//! claims are not checked.

use std::collections::BTreeSet;

use serde_json::Value;

use super::env::{env, env_from};
use super::format::{is_dns1123_label, is_port_name};
use super::metadata::invalid;
use super::probe::{lifecycle_and_probes, port_number};
use super::resources::resource_requirements;
use super::tree::{is_true, list, number, object, text};
use super::volume::local_path;
use crate::api::field_error::{FieldError, FieldPath};

const MESSAGE_POLICIES: [&str; 2] = ["File", "FallbackToLogsOnError"];
const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const PROPAGATIONS: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];

/// What the rules on a container need to know of its pod.
pub(super) struct Surroundings<'spec> {
    /// The names of the volumes that can be mounted.
    pub(super) volumes: BTreeSet<&'spec str>,
    /// How long the pod may take to end.
    pub(super) grace_period: Option<i64>,
}

/// The rules on `containers` (`validateContainers`).
pub(super) fn containers(
    containers: &[Value],
    pod: &Surroundings<'_>,
    path: &FieldPath,
) -> Vec<FieldError> {
    if containers.is_empty() {
        return vec![FieldError::required(path, "")];
    }
    let mut errors = Vec::new();
    let mut names = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        let path = path.index(index);
        errors.extend(any_container(container, pod, &path));
        let name = text(container, "name");
        if !names.insert(name) {
            errors.push(FieldError::duplicate(&path.child("name"), name));
        }
        errors.extend(lifecycle_and_probes(container, pod.grace_period, &path));
        if container.get("restartPolicy").is_some_and(Value::is_string) {
            let detail = "may not be set for non-init containers";
            errors.push(FieldError::forbidden(&path.child("restartPolicy"), detail));
        }
    }
    errors.extend(host_port_conflicts(containers, path));
    errors
}

/// The rules on `initContainers` (`validateInitContainers`).
pub(super) fn init_containers(
    init_containers: &[Value],
    containers: &[Value],
    pod: &Surroundings<'_>,
    path: &FieldPath,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut names = BTreeSet::new();
    names.extend(containers.iter().map(|it| text(it, "name")));
    for (index, container) in init_containers.iter().enumerate() {
        let item_path = path.index(index);
        errors.extend(any_container(container, pod, &item_path));
        let restart_policy = container.get("restartPolicy").and_then(Value::as_str);
        let is_sidecar = restart_policy == Some("Always");
        if let Some(policy) = restart_policy.filter(|_| !is_sidecar) {
            let path = item_path.child("restartPolicy");
            errors.push(FieldError::unsupported(&path, policy, &["Always"]));
        }
        let name = text(container, "name");
        if names.contains(name) {
            errors.push(FieldError::duplicate(&item_path.child("name"), name));
        } else if !name.is_empty() {
            names.insert(name);
        }
        // Init containers run one by one, so each is checked alone, and upstream counts it as the
        // first of its list.
        errors.extend(host_port_conflicts(std::slice::from_ref(container), path));
        if is_sidecar {
            errors.extend(lifecycle_and_probes(container, pod.grace_period, &item_path));
            continue;
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if object(container, field).is_some() {
                let detail = "may not be set for init containers without restartPolicy=Always";
                errors.push(FieldError::forbidden(&item_path.child(field), detail));
            }
        }
    }
    errors
}

/// The rules on a container of any sort (`validateContainerCommon`).
fn any_container(container: &Value, pod: &Surroundings<'_>, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = text(container, "name");
    if name.is_empty() {
        errors.push(FieldError::required(&path.child("name"), ""));
    } else {
        errors.extend(invalid(&path.child("name"), name, is_dns1123_label(name)));
    }
    if text(container, "image").is_empty() {
        errors.push(FieldError::required(&path.child("image"), ""));
    }
    let policy = "terminationMessagePolicy";
    errors.extend(one_of(text(container, policy), &MESSAGE_POLICIES, &path.child(policy)));
    errors.extend(ports(list(container, "ports"), &path.child("ports")));
    errors.extend(env(list(container, "env"), &path.child("env")));
    errors.extend(env_from(list(container, "envFrom"), &path.child("envFrom")));
    errors.extend(volume_mounts(container, pod, &path.child("volumeMounts")));
    let policy = "imagePullPolicy";
    errors.extend(one_of(text(container, policy), &PULL_POLICIES, &path.child(policy)));
    if let Some(resources) = object(container, "resources") {
        errors.extend(resource_requirements(resources, &path.child("resources")));
    }
    errors
}

/// The rule on a value that must be there and be one of a few.
pub(super) fn one_of(value: &str, permitted: &[&str], path: &FieldPath) -> Option<FieldError> {
    if value.is_empty() {
        return Some(FieldError::required(path, ""));
    }
    let is_permitted = permitted.contains(&value);
    (!is_permitted).then(|| FieldError::unsupported(path, value, permitted))
}

fn ports(ports: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut names = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let path = path.index(index);
        let name = text(port, "name");
        if !name.is_empty() {
            let messages = is_port_name(name);
            if messages.is_empty() && !names.insert(name) {
                errors.push(FieldError::duplicate(&path.child("name"), name));
            }
            errors.extend(invalid(&path.child("name"), name, messages));
        }
        match number(port, "containerPort").unwrap_or_default() {
            0 => errors.push(FieldError::required(&path.child("containerPort"), "")),
            number => errors.extend(port_number(number, &path.child("containerPort"))),
        }
        match number(port, "hostPort").unwrap_or_default() {
            0 => {}
            number => errors.extend(port_number(number, &path.child("hostPort"))),
        }
        errors.extend(one_of(text(port, "protocol"), &PROTOCOLS, &path.child("protocol")));
    }
    errors
}

/// No two containers may take the same port of the node (`checkHostPortConflicts`).
fn host_port_conflicts(containers: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut taken = BTreeSet::new();
    for (container_index, container) in containers.iter().enumerate() {
        for (port_index, port) in list(container, "ports").iter().enumerate() {
            let host_port = number(port, "hostPort").unwrap_or_default();
            let claim = format!("{}/{}/{host_port}", text(port, "protocol"), text(port, "hostIP"));
            if host_port != 0 && !taken.insert(claim.clone()) {
                let path = path.index(container_index).child("ports").index(port_index);
                errors.push(FieldError::duplicate(&path.child("hostPort"), claim.as_str()));
            }
        }
    }
    errors
}

/// The rules on mounts (`ValidateVolumeMounts`). Upstream leaves the index out of some paths.
fn volume_mounts(container: &Value, pod: &Surroundings<'_>, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut mount_paths = BTreeSet::new();
    for (index, mount) in list(container, "volumeMounts").iter().enumerate() {
        let item_path = path.index(index);
        let [name, mount_path] = ["name", "mountPath"].map(|field| text(mount, field));
        if name.is_empty() {
            errors.push(FieldError::required(&item_path.child("name"), ""));
        }
        if !pod.volumes.contains(name) {
            errors.push(FieldError::not_found(&item_path.child("name"), name));
        }
        if mount_path.is_empty() {
            errors.push(FieldError::required(&item_path.child("mountPath"), ""));
        }
        if !mount_paths.insert(mount_path) {
            let path = item_path.child("mountPath");
            errors.push(FieldError::invalid(&path, mount_path, "must be unique"));
        }
        errors.extend(sub_paths(mount, &item_path, path));
        if let Some(propagation) = mount.get("mountPropagation").and_then(Value::as_str) {
            let path = path.child("mountPropagation");
            errors.extend(mount_propagation(propagation, container, &path));
        }
    }
    errors
}

fn sub_paths(mount: &Value, item_path: &FieldPath, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let [sub_path, expression] = ["subPath", "subPathExpr"].map(|field| text(mount, field));
    let is_local = |error: &FieldError| error.detail != "must not start with '..'";
    errors.extend(local_path(sub_path, &path.child("subPath")).into_iter().filter(is_local));
    if !expression.is_empty() && !sub_path.is_empty() {
        let detail = "subPathExpr and subPath are mutually exclusive";
        errors.push(FieldError::invalid(&item_path.child("subPathExpr"), expression, detail));
    }
    errors.extend(local_path(expression, &path.child("subPathExpr")).into_iter().filter(is_local));
    errors
}

fn mount_propagation(propagation: &str, container: &Value, path: &FieldPath) -> Option<FieldError> {
    if !PROPAGATIONS.contains(&propagation) {
        return Some(FieldError::unsupported(path, propagation, &PROPAGATIONS));
    }
    let is_privileged =
        object(container, "securityContext").is_some_and(|it| is_true(it, "privileged"));
    let detail = "Bidirectional mount propagation is available only to privileged containers";
    let is_fault = propagation == "Bidirectional" && !is_privileged;
    is_fault.then(|| FieldError::forbidden(path, detail))
}

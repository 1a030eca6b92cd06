//! The rules on environment variables and where their values come from.
//!
//! Follows `ValidateEnv` and `ValidateEnvFrom` of `pkg/apis/core/validation/validation.go`
//! (v1.31.13).

use serde_json::Value;

use super::format::{is_config_map_key, is_dns1123_subdomain, is_env_var_name, is_qualified_name};
use super::metadata::invalid;
use super::tree::{object, text};
use crate::api::field_error::{FieldError, FieldPath};

const SOURCES: [&str; 4] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"];
/// The fields that a variable may copy.
const FIELD_PATHS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Fields that the API knows but a variable may not copy.
const OTHER_FIELD_PATHS: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
];
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// The rules on `env`.
pub(super) fn env(variables: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, variable) in variables.iter().enumerate() {
        let path = path.index(index);
        let name = text(variable, "name");
        if name.is_empty() {
            errors.push(FieldError::required(&path.child("name"), ""));
        } else {
            errors.extend(invalid(&path.child("name"), name, is_env_var_name(name)));
        }
        if let Some(source) = object(variable, "valueFrom") {
            let has_value = !text(variable, "value").is_empty();
            errors.extend(value_from(source, has_value, &path.child("valueFrom")));
        }
    }
    errors
}

/// The rules on `envFrom`. Upstream leaves the index out of the paths of its last rules.
pub(super) fn env_from(sources: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let item_path = path.index(index);
        let prefix = text(source, "prefix");
        if !prefix.is_empty() {
            errors.extend(invalid(&item_path.child("prefix"), prefix, is_env_var_name(prefix)));
        }
        let mut source_count = 0;
        for field in ["configMapRef", "secretRef"] {
            let Some(reference) = object(source, field) else { continue };
            source_count += 1;
            let path = item_path.child(field).child("name");
            match text(reference, "name") {
                "" => errors.push(FieldError::required(&path, "")),
                name => errors.extend(invalid(&path, name, is_dns1123_subdomain(name))),
            }
        }
        let detail = match source_count {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        errors.push(FieldError::invalid(path, "", detail));
    }
    errors
}

fn value_from(source: &Value, has_value: bool, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut source_count = 0;
    for name in SOURCES {
        let Some(reference) = object(source, name) else { continue };
        source_count += 1;
        let path = path.child(name);
        match name {
            "fieldRef" => errors.extend(field_ref(reference, &path)),
            "resourceFieldRef" => errors.extend(resource_field_ref(reference, &path)),
            _ => errors.extend(key_ref(reference, &path)),
        }
    }
    let detail = match source_count {
        0 => {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or \
             `secretKeyRef`"
        }
        _ if has_value => "may not be specified when `value` is not empty",
        1 => return errors,
        _ => "may not have more than one field specified at a time",
    };
    errors.push(FieldError::invalid(path, "", detail));
    errors
}

fn field_ref(reference: &Value, path: &FieldPath) -> Vec<FieldError> {
    for name in ["apiVersion", "fieldPath"] {
        if text(reference, name).is_empty() {
            return vec![FieldError::required(&path.child(name), "")];
        }
    }
    let field_path = text(reference, "fieldPath");
    let fault = |problem: &str| {
        let detail = format!("error converting fieldPath: {problem}");
        vec![FieldError::invalid(&path.child("fieldPath"), field_path, &detail)]
    };
    let subscripted = field_path.strip_suffix("']").and_then(|it| it.split_once("['"));
    match subscripted {
        Some(("metadata.annotations", key)) => {
            let key = key.to_ascii_lowercase();
            invalid(path, &key, is_qualified_name(&key))
        }
        Some(("metadata.labels", key)) => invalid(path, key, is_qualified_name(key)),
        Some(_) => fault(&format!("field label does not support subscript: {field_path}")),
        None if FIELD_PATHS.contains(&field_path) || field_path == "spec.host" => Vec::new(),
        None if OTHER_FIELD_PATHS.contains(&field_path) => {
            let path = path.child("fieldPath");
            vec![FieldError::unsupported(&path, field_path, &FIELD_PATHS)]
        }
        None => fault(&format!("field label not supported: {field_path}")),
    }
}

fn resource_field_ref(reference: &Value, path: &FieldPath) -> Option<FieldError> {
    let path = path.child("resource");
    let resource = text(reference, "resource");
    let prefixes = ["limits.hugepages-", "requests.hugepages-"];
    match resource {
        "" => Some(FieldError::required(&path, "")),
        _ if RESOURCES.contains(&resource) => None,
        _ if prefixes.iter().any(|it| resource.starts_with(it)) => None,
        _ => Some(FieldError::unsupported(&path, resource, &RESOURCES)),
    }
}

fn key_ref(reference: &Value, path: &FieldPath) -> Vec<FieldError> {
    let [name, key] = ["name", "key"].map(|field| text(reference, field));
    let mut errors = invalid(&path.child("name"), name, is_dns1123_subdomain(name));
    if key.is_empty() {
        errors.push(FieldError::required(&path.child("key"), ""));
    } else {
        errors.extend(invalid(&path.child("key"), key, is_config_map_key(key)));
    }
    errors
}

//! The rules on names, labels and annotations.
//!
//! Follows `apimachinery/pkg/api/validation/objectmeta.go` and `…/meta/v1/validation` (v1.31.13).
//! Owner references and finalizers are the cluster's own and are not checked.

use serde_json::Value;

use super::format::{is_dns1123_label, is_dns1123_subdomain, is_label_value, is_qualified_name};
use super::tree::{entries, text};
use crate::api::field_error::{FieldError, FieldPath};

const ANNOTATIONS_SIZE_MAX: usize = 256 * 1024;

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Cluster,
    Namespace,
}

/// The rules on `metadata` of an object (`ValidateObjectMeta`).
///
/// A missing namespace is no fault here: the request supplies it.
pub(super) fn object_meta(metadata: &Value, scope: Scope, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = text(metadata, "name");
    if name.is_empty() {
        let detail = "name or generateName is required";
        errors.push(FieldError::required(&path.child("name"), detail));
    } else {
        errors.extend(invalid(&path.child("name"), name, is_dns1123_subdomain(name)));
    }
    let namespace = text(metadata, "namespace");
    if !namespace.is_empty() {
        let path = path.child("namespace");
        match scope {
            Scope::Namespace => {
                errors.extend(invalid(&path, namespace, is_dns1123_label(namespace)))
            }
            Scope::Cluster => errors.push(FieldError::forbidden(&path, "not allowed on this type")),
        }
    }
    errors.extend(label_map(metadata, "labels", &path.child("labels")));
    errors.extend(annotations(metadata, &path.child("annotations")));
    errors
}

/// The rules on a map of labels: the `labels` of a metadata (`ValidateLabels`).
pub fn labels(metadata: &Value, path: &FieldPath) -> Vec<FieldError> {
    label_map(metadata, "labels", path)
}

/// The same rules on a map of another name, such as `nodeSelector`.
pub(super) fn label_map(owner: &Value, name: &str, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (key, value) in entries(owner, name) {
        errors.extend(label_key(key, path));
        let value = value.as_str().unwrap_or_default();
        errors.extend(invalid(path, value, is_label_value(value)));
    }
    errors
}

/// The rule on the key of a label (`ValidateLabelName`).
pub(super) fn label_key(key: &str, path: &FieldPath) -> Vec<FieldError> {
    invalid(path, key, is_qualified_name(key))
}

/// The rules on annotations: their keys, and the size of all (`ValidateAnnotations`).
pub(super) fn annotations(metadata: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut size = 0;
    for (key, value) in entries(metadata, "annotations") {
        errors.extend(invalid(path, key, is_qualified_name(&key.to_ascii_lowercase())));
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > ANNOTATIONS_SIZE_MAX {
        errors.push(FieldError::too_long(path, ANNOTATIONS_SIZE_MAX));
    }
    errors
}

/// One fault for each message about a text.
pub(super) fn invalid(path: &FieldPath, value: &str, messages: Vec<String>) -> Vec<FieldError> {
    messages.iter().map(|message| FieldError::invalid(path, value, message)).collect()
}

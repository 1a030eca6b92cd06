//! The rules on what a container requests and where it is limited.
//!
//! Follows `validateResourceRequirements` of `pkg/apis/core/validation/validation.go` (v1.31.13).
//! Resources are visited by name, where Go's order is arbitrary. Texts that are no quantities are
//! passed over: the server refuses them while decoding, see [`first_malformed_quantity`].

use serde_json::Value;

use super::format::is_qualified_name;
use super::metadata::invalid;
use super::tree::{entries, list, object};
use crate::api::field_error::{FieldError, FieldPath};
use crate::api::quantity::{Quantity, QuantityError};

/// The first text in a pod's spec that should be a quantity and is none.
///
/// The server refuses such an object as a whole (`cannot be handled as a DaemonSet: …`) before it
/// validates anything.
pub fn first_malformed_quantity(pod_spec: &Value) -> Option<QuantityError> {
    let containers = ["initContainers", "containers"].into_iter().flat_map(|it| list(pod_spec, it));
    let resources = containers.filter_map(|it| object(it, "resources"));
    let in_containers =
        resources.flat_map(|it| entries(it, "limits").chain(entries(it, "requests")));
    let sizes = list(pod_spec, "volumes").iter().filter_map(|it| object(it, "emptyDir"));
    let sizes = sizes.filter_map(|it| it.get("sizeLimit"));
    let quantities = in_containers.chain(entries(pod_spec, "overhead")).map(|(_, it)| it);
    quantities.chain(sizes).find_map(|it| Quantity::from_value(it).err())
}

/// The rules on `resources` of a container.
pub(super) fn resource_requirements(resources: &Value, path: &FieldPath) -> Vec<FieldError> {
    let (limits_path, requests_path) = (path.child("limits"), path.child("requests"));
    let mut errors = Vec::new();
    for (name, quantity) in entries(resources, "limits") {
        errors.extend(resource(name, quantity, &limits_path.key(name)));
    }
    for (name, quantity) in entries(resources, "requests") {
        errors.extend(resource(name, quantity, &requests_path.key(name)));
        let Ok(request) = Quantity::from_value(quantity) else { continue };
        let limit = resources.get("limits").and_then(|it| it.get(name));
        let Some(limit) = limit else {
            if !is_overcommit_allowed(name) {
                let detail = "Limit must be set for non overcommitable resources";
                errors.push(FieldError::required(&limits_path, detail));
            }
            continue;
        };
        let Ok(limit) = Quantity::from_value(limit) else { continue };
        let relation = if request != limit && !is_overcommit_allowed(name) {
            "equal to"
        } else if request > limit {
            "less than or equal to"
        } else {
            continue;
        };
        let detail = format!("must be {relation} {name} limit of {limit}");
        errors.push(FieldError::invalid(&requests_path, request.to_string().as_str(), &detail));
    }
    errors.extend(huge_pages(resources, path));
    errors
}

/// The rules on one entry of a list of resources.
fn resource(name: &str, quantity: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = resource_name(name, path);
    let Ok(quantity) = Quantity::from_value(quantity) else { return errors };
    if quantity.is_negative() {
        let detail = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(path, quantity.to_string().as_str(), detail));
    }
    let is_whole = Quantity::from_units(quantity.value(), quantity.format()) == quantity;
    if is_extended(name) && !is_whole {
        errors.push(FieldError::invalid(path, &quantity.go_struct(), "must be an integer"));
    }
    errors
}

/// The rules on the name of a resource (`validateContainerResourceName`).
fn resource_name(name: &str, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = invalid(path, name, is_qualified_name(name));
    if name.contains('/') {
        if errors.is_empty() && !is_native(name) && !is_extended(name) {
            let detail = "doesn't follow extended resource name standard";
            errors.push(FieldError::invalid(path, name, detail));
        }
        return errors;
    }
    let is_standard = is_standard(name);
    if errors.is_empty() && !is_standard {
        let detail = "must be a standard resource type or fully qualified";
        errors.push(FieldError::invalid(path, name, detail));
    }
    if !is_standard {
        let detail = "must be a standard resource for containers";
        errors.push(FieldError::invalid(path, name, detail));
    }
    errors
}

fn huge_pages(resources: &Value, path: &FieldPath) -> Option<FieldError> {
    let all = || entries(resources, "limits").chain(entries(resources, "requests"));
    let has_pages = all().any(|(name, _)| is_huge_pages(name));
    let has_others = all().any(|(name, _)| name == "cpu" || name == "memory");
    let detail = "HugePages require cpu or memory";
    (has_pages && !has_others).then(|| FieldError::forbidden(path, detail))
}

fn is_standard(name: &str) -> bool {
    ["cpu", "memory", "ephemeral-storage"].contains(&name) || is_huge_pages(name)
}

fn is_huge_pages(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Kubernetes' own resources: without a domain, or of `kubernetes.io`.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Resources of device plug-ins, such as `nvidia.com/gpu`.
fn is_extended(name: &str) -> bool {
    let quota_name = format!("requests.{name}");
    !is_native(name) && !name.starts_with("requests.") && is_qualified_name(&quota_name).is_empty()
}

/// Whether more may be limited than is requested.
fn is_overcommit_allowed(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

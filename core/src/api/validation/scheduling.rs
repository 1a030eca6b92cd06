//! The rules on tolerations, taints and node affinity.
//!
//! Follows `pkg/apis/core/validation/validation.go` (v1.31.13). Affinity between pods is not
//! checked.

use std::collections::BTreeSet;

use serde_json::Value;

use super::format::{is_dns1123_subdomain, is_label_value};
use super::metadata::{invalid, label_key};
use super::tree::{list, number, object, text};
use crate::api::field_error::{FieldError, FieldPath, GoSyntax, GoText};

const TAINT_EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const NO_OPERATOR: &str = "not a valid selector operator";

/// The rules on tolerations (`ValidateTolerations`).
pub(super) fn tolerations(tolerations: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, toleration) in tolerations.iter().enumerate() {
        errors.extend(self::toleration(toleration, &path.index(index)));
    }
    errors
}

fn toleration(toleration: &Value, path: &FieldPath) -> Vec<FieldError> {
    let [key, operator, value, effect] =
        ["key", "operator", "value", "effect"].map(|name| text(toleration, name));
    let operator_path = path.child("operator");
    let mut errors = Vec::new();
    if !key.is_empty() {
        errors.extend(label_key(key, &path.child("key")));
    } else if operator != "Exists" {
        let detail = "operator must be Exists when `key` is empty, \
                      which means \"match all values and all keys\"";
        errors.push(FieldError::invalid(&operator_path, operator, detail));
    }
    if number(toleration, "tolerationSeconds").is_some() && effect != "NoExecute" {
        let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
        errors.push(FieldError::invalid(&path.child("effect"), effect, detail));
    }
    match operator {
        "" | "Equal" => {
            let messages = is_label_value(value);
            if !messages.is_empty() {
                errors.push(FieldError::invalid(&operator_path, value, &messages.join(";")));
            }
        }
        "Exists" if !value.is_empty() => {
            let detail = "value must be empty when `operator` is 'Exists'";
            errors.push(FieldError::invalid(&operator_path, &go_toleration(toleration), detail));
        }
        "Exists" => {}
        _ => {
            errors.push(FieldError::unsupported(&operator_path, operator, &["Equal", "Exists"]));
        }
    }
    if !effect.is_empty() {
        errors.extend(taint_effect(effect, &path.child("effect")));
    }
    errors
}

/// The rules on the taints of a node (`validateNodeTaints`).
pub(super) fn taints(taints: &[Value], path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, taint) in taints.iter().enumerate() {
        let path = path.index(index);
        let [key, value, effect] = ["key", "value", "effect"].map(|name| text(taint, name));
        errors.extend(label_key(key, &path.child("key")));
        let messages = is_label_value(value);
        if !messages.is_empty() {
            errors.push(FieldError::invalid(&path.child("value"), value, &messages.join(";")));
        }
        if effect.is_empty() {
            errors.push(FieldError::required(&path.child("effect"), ""));
        } else {
            errors.extend(taint_effect(effect, &path.child("effect")));
        }
        if !seen.insert((effect, key)) {
            let mut error = FieldError::duplicate(&path, &go_taint(taint));
            error.detail = "taints must be unique by key and effect pair".to_owned();
            errors.push(error);
        }
    }
    errors
}

fn taint_effect(effect: &str, path: &FieldPath) -> Option<FieldError> {
    let is_known = TAINT_EFFECTS.contains(&effect);
    (!is_known).then(|| FieldError::unsupported(path, effect, &TAINT_EFFECTS))
}

/// The rules on `affinity.nodeAffinity` (`validateNodeAffinity`).
pub(super) fn node_affinity(affinity: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    if let Some(selector) = object(affinity, required) {
        let path = path.child(required).child("nodeSelectorTerms");
        let terms = list(selector, "nodeSelectorTerms");
        if terms.is_empty() {
            let detail = "must have at least one node selector term";
            errors.push(FieldError::required(&path, detail));
        }
        for (index, term) in terms.iter().enumerate() {
            errors.extend(node_selector_term(term, &path.index(index)));
        }
    }
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    for (index, term) in list(affinity, preferred).iter().enumerate() {
        let path = path.child(preferred).index(index);
        let weight = number(term, "weight").unwrap_or_default();
        if !(1..=100).contains(&weight) {
            let detail = "must be in the range 1-100";
            errors.push(FieldError::invalid(&path.child("weight"), &weight, detail));
        }
        if let Some(preference) = object(term, "preference") {
            errors.extend(node_selector_term(preference, &path.child("preference")));
        }
    }
    errors
}

fn node_selector_term(term: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, requirement) in list(term, "matchExpressions").iter().enumerate() {
        errors.extend(match_expression(requirement, &path.child("matchExpressions").index(index)));
    }
    for (index, requirement) in list(term, "matchFields").iter().enumerate() {
        errors.extend(match_field(requirement, &path.child("matchFields").index(index)));
    }
    errors
}

/// The values are not checked: a malformed one merely matches no node.
fn match_expression(requirement: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let value_count = list(requirement, "values").len();
    let values = path.child("values");
    match text(requirement, "operator") {
        "In" | "NotIn" if value_count == 0 => {
            let detail = "must be specified when `operator` is 'In' or 'NotIn'";
            errors.push(FieldError::required(&values, detail));
        }
        "Exists" | "DoesNotExist" if value_count > 0 => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            errors.push(FieldError::forbidden(&values, detail));
        }
        "Gt" | "Lt" if value_count != 1 => {
            let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
            errors.push(FieldError::required(&values, detail));
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        operator => {
            errors.push(FieldError::invalid(&path.child("operator"), operator, NO_OPERATOR));
        }
    }
    errors.extend(label_key(text(requirement, "key"), &path.child("key")));
    errors
}

fn match_field(requirement: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let values = list(requirement, "values");
    match text(requirement, "operator") {
        "In" | "NotIn" if values.len() == 1 => {}
        "In" | "NotIn" => {
            let detail =
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            errors.push(FieldError::required(&path.child("values"), detail));
        }
        operator => {
            errors.push(FieldError::invalid(&path.child("operator"), operator, NO_OPERATOR));
        }
    }
    let key = text(requirement, "key");
    if key != "metadata.name" {
        let detail = "not a valid field selector key";
        errors.push(FieldError::invalid(&path.child("key"), key, detail));
        return errors;
    }
    for (index, value) in values.iter().enumerate() {
        let value = value.as_str().unwrap_or_default();
        let path = path.child("values").index(index);
        errors.extend(invalid(&path, value, is_dns1123_subdomain(value)));
    }
    errors
}

/// Go prints an address for the seconds if they are set: any will do, if it is always the same.
fn go_toleration(toleration: &Value) -> GoText {
    let seconds = number(toleration, "tolerationSeconds").map_or("nil", |_| "0xc000a1b2c0");
    let [key, operator, value, effect] =
        ["key", "operator", "value", "effect"].map(|name| text(toleration, name).go_syntax());
    GoText(format!(
        "core.Toleration{{Key:{key}, Operator:{operator}, Value:{value}, Effect:{effect}, \
         TolerationSeconds:(*int64)({seconds})}}"
    ))
}

fn go_taint(taint: &Value) -> GoText {
    let [key, value, effect] = ["key", "value", "effect"].map(|name| text(taint, name).go_syntax());
    GoText(format!("core.Taint{{Key:{key}, Value:{value}, Effect:{effect}, TimeAdded:<nil>}}"))
}

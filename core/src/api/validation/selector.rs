//! The rules on label selectors.
//!
//! Follows `apimachinery/pkg/apis/meta/v1/validation/validation.go` and `…/meta/v1/helpers.go`
//! (v1.31.13).

use serde_json::Value;

use super::format::{is_label_value, is_qualified_name};
use super::metadata::{invalid, label_key, label_map};
use super::tree::{entries, list, text};
use crate::api::field_error::{
    FieldError, FieldPath, GoSyntax, GoText, go_string_list, go_string_map,
};

/// The rules on a selector (`ValidateLabelSelector`).
pub(super) fn label_selector(selector: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = label_map(selector, "matchLabels", &path.child("matchLabels"));
    for (index, requirement) in list(selector, "matchExpressions").iter().enumerate() {
        let path = path.child("matchExpressions").index(index);
        errors.extend(values_of_operator(requirement, &path));
        errors.extend(label_key(text(requirement, "key"), &path.child("key")));
        for (index, value) in list(requirement, "values").iter().enumerate() {
            let value = value.as_str().unwrap_or_default();
            let path = path.child("values").index(index);
            errors.extend(invalid(&path, value, is_label_value(value)));
        }
    }
    errors
}

/// Whether a selector matches labels; nothing if it is malformed (`LabelSelectorAsSelector`).
///
/// An absent selector matches nothing, an empty one everything.
pub(super) fn matches(selector: Option<&Value>, labels: Option<&Value>) -> Option<bool> {
    let Some(selector) = selector else { return Some(false) };
    let label = |key: &str| labels.and_then(|it| it.get(key)).and_then(Value::as_str);
    let mut is_match = true;
    for (key, value) in entries(selector, "matchLabels") {
        let value = value.as_str().unwrap_or_default();
        if !is_qualified_name(key).is_empty() || !is_label_value(value).is_empty() {
            return None;
        }
        is_match &= label(key) == Some(value);
    }
    for requirement in list(selector, "matchExpressions") {
        let key = text(requirement, "key");
        let values: Vec<&str> =
            list(requirement, "values").iter().filter_map(Value::as_str).collect();
        if !is_qualified_name(key).is_empty()
            || values.iter().any(|it| !is_label_value(it).is_empty())
        {
            return None;
        }
        is_match &= match (text(requirement, "operator"), values.is_empty()) {
            ("In", false) => label(key).is_some_and(|it| values.contains(&it)),
            ("NotIn", false) => !label(key).is_some_and(|it| values.contains(&it)),
            ("Exists", true) => label(key).is_some(),
            ("DoesNotExist", true) => label(key).is_none(),
            _ => return None,
        };
    }
    Some(is_match)
}

/// The rule that ties operator and values of a requirement, with upstream's order of checks.
fn values_of_operator(requirement: &Value, path: &FieldPath) -> Option<FieldError> {
    let has_values = !list(requirement, "values").is_empty();
    match text(requirement, "operator") {
        "In" | "NotIn" => (!has_values).then(|| {
            let detail = "must be specified when `operator` is 'In' or 'NotIn'";
            FieldError::required(&path.child("values"), detail)
        }),
        "Exists" | "DoesNotExist" => has_values.then(|| {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            FieldError::forbidden(&path.child("values"), detail)
        }),
        operator => {
            let detail = "not a valid selector operator";
            Some(FieldError::invalid(&path.child("operator"), operator, detail))
        }
    }
}

/// A selector in Go syntax; an absent one is `"null"`, quoted as upstream prints a nil pointer.
pub(super) fn go_label_selector(selector: Option<&Value>) -> GoText {
    let Some(selector) = selector else { return GoText("null".go_syntax()) };
    let expressions = match selector.get("matchExpressions").and_then(Value::as_array) {
        None => "[]v1.LabelSelectorRequirement(nil)".to_owned(),
        Some(requirements) => {
            let requirements: Vec<String> = requirements.iter().map(go_requirement).collect();
            format!("[]v1.LabelSelectorRequirement{{{}}}", requirements.join(", "))
        }
    };
    let labels = go_string_map(selector.get("matchLabels")).0;
    GoText(format!("v1.LabelSelector{{MatchLabels:{labels}, MatchExpressions:{expressions}}}"))
}

fn go_requirement(requirement: &Value) -> String {
    format!(
        "v1.LabelSelectorRequirement{{Key:{}, Operator:{}, Values:{}}}",
        text(requirement, "key").go_syntax(),
        text(requirement, "operator").go_syntax(),
        go_string_list(requirement.get("values")).0,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_match_labels() {
        let labels = json!({"app": "x", "tier": "gold"});
        let expression = |operator: &str, key: &str, values: Value| {
            let requirement = json!({"key": key, "operator": operator, "values": values});
            json!({"matchExpressions": [requirement]})
        };
        let cases = [
            (json!({}), Some(true)),
            (json!({"matchLabels": {"app": "x"}}), Some(true)),
            (json!({"matchLabels": {"app": "x", "tier": "iron"}}), Some(false)),
            (json!({"matchLabels": {"app": "a b"}}), None),
            (expression("In", "app", json!(["y", "x"])), Some(true)),
            (expression("In", "none", json!(["x"])), Some(false)),
            (expression("NotIn", "none", json!(["x"])), Some(true)),
            (expression("NotIn", "app", json!(["x"])), Some(false)),
            (expression("Exists", "app", json!([])), Some(true)),
            (expression("DoesNotExist", "app", json!([])), Some(false)),
            (expression("In", "app", json!([])), None),
            (expression("Exists", "app", json!(["x"])), None),
            (expression("Gt", "app", json!(["1"])), None),
        ];
        for (selector, expected) in cases {
            assert_eq!(matches(Some(&selector), Some(&labels)), expected, "{selector}");
        }
        assert_eq!(matches(None, Some(&labels)), Some(false));
    }
}

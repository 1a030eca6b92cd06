//! The rules on how a workload replaces its pods.
//!
//! Follows `ValidateDaemonSetUpdateStrategy` and `ValidateDeploymentStrategy` of
//! `pkg/apis/apps/validation/validation.go` (v1.31.13).

use serde_json::Value;

use super::format::percent_message;
use super::tree::{object, text};
use crate::api::field_error::{FieldError, FieldPath, GoSyntax, GoText};
use crate::api::int_or_string::IntOrString;

/// The rules on `spec.updateStrategy` of a DaemonSet.
pub(super) fn daemon_set_update_strategy(strategy: &Value, path: &FieldPath) -> Vec<FieldError> {
    match text(strategy, "type") {
        "OnDelete" => Vec::new(),
        "RollingUpdate" => match object(strategy, "rollingUpdate") {
            None => vec![FieldError::required(&path.child("rollingUpdate"), "")],
            Some(rolling_update) => {
                rolling_update_daemon_set(rolling_update, &path.child("rollingUpdate"))
            }
        },
        _ => {
            let value = go_strategy("apps.DaemonSetUpdateStrategy", "DaemonSet", strategy);
            vec![FieldError::unsupported(path, &value, &["RollingUpdate", "OnDelete"])]
        }
    }
}

/// The rules on `spec.strategy` of a Deployment.
pub(super) fn deployment_strategy(strategy: &Value, path: &FieldPath) -> Vec<FieldError> {
    let rolling_update = object(strategy, "rollingUpdate");
    match text(strategy, "type") {
        "Recreate" if rolling_update.is_some() => {
            let detail = "may not be specified when strategy `type` is 'Recreate'";
            vec![FieldError::forbidden(&path.child("rollingUpdate"), detail)]
        }
        "Recreate" => Vec::new(),
        "RollingUpdate" => match rolling_update {
            None => {
                let detail = "this should be defaulted and never be nil";
                vec![FieldError::required(&path.child("rollingUpdate"), detail)]
            }
            Some(it) => rolling_update_deployment(it, &path.child("rollingUpdate")),
        },
        _ => {
            let value = go_strategy("apps.DeploymentStrategy", "Deployment", strategy);
            vec![FieldError::unsupported(path, &value, &["Recreate", "RollingUpdate"])]
        }
    }
}

fn rolling_update_daemon_set(rolling_update: &Value, path: &FieldPath) -> Vec<FieldError> {
    let unavailable = int_or_string(rolling_update, "maxUnavailable");
    let surge = int_or_string(rolling_update, "maxSurge");
    let unavailable_path = path.child("maxUnavailable");
    let surge_path = path.child("maxSurge");
    let mut errors = Vec::new();
    errors.extend(positive_int_or_percent(&unavailable, &unavailable_path));
    errors.extend(positive_int_or_percent(&surge, &surge_path));
    errors.extend(not_more_than_all(&unavailable, &unavailable_path));
    errors.extend(not_more_than_all(&surge, &surge_path));
    match (unavailable.int_or_percent() != 0, surge.int_or_percent() != 0) {
        (true, true) => {
            let detail = "may not be set when maxUnavailable is non-zero";
            errors.push(FieldError::invalid(&surge_path, &surge, detail));
        }
        (false, false) => {
            let detail = "cannot be 0 when maxSurge is 0";
            errors.push(FieldError::required(&unavailable_path, detail));
        }
        _ => {}
    }
    errors
}

fn rolling_update_deployment(rolling_update: &Value, path: &FieldPath) -> Vec<FieldError> {
    let unavailable = int_or_string(rolling_update, "maxUnavailable");
    let surge = int_or_string(rolling_update, "maxSurge");
    let unavailable_path = path.child("maxUnavailable");
    let mut errors = Vec::new();
    errors.extend(positive_int_or_percent(&unavailable, &unavailable_path));
    errors.extend(positive_int_or_percent(&surge, &path.child("maxSurge")));
    if unavailable.int_or_percent() == 0 && surge.int_or_percent() == 0 {
        let detail = "may not be 0 when `maxSurge` is 0";
        errors.push(FieldError::invalid(&unavailable_path, &unavailable, detail));
    }
    errors.extend(not_more_than_all(&unavailable, &unavailable_path));
    errors
}

fn int_or_string(owner: &Value, name: &str) -> IntOrString {
    owner.get(name).and_then(IntOrString::from_value).unwrap_or(IntOrString::Int(0))
}

fn positive_int_or_percent(value: &IntOrString, path: &FieldPath) -> Option<FieldError> {
    match value {
        IntOrString::Int(number) if *number < 0 => {
            let detail = "must be greater than or equal to 0";
            Some(FieldError::invalid(path, &i64::from(*number), detail))
        }
        IntOrString::String(_) if !value.is_percentage() => {
            Some(FieldError::invalid(path, value, &percent_message()))
        }
        _ => None,
    }
}

fn not_more_than_all(value: &IntOrString, path: &FieldPath) -> Option<FieldError> {
    let is_more = value.is_percentage() && value.int_or_percent() > 100;
    is_more.then(|| FieldError::invalid(path, value, "must not be greater than 100%"))
}

/// A strategy of an unknown type. Go prints an address where a rolling update is given: any will
/// do, as long as it is the same each time.
fn go_strategy(type_name: &str, kind: &str, strategy: &Value) -> GoText {
    let pointer = object(strategy, "rollingUpdate").map_or("nil", |_| "0xc000a1b2c0");
    let strategy_type = text(strategy, "type").go_syntax();
    let rolling_update = format!("(*apps.RollingUpdate{kind})({pointer})");
    GoText(format!("{type_name}{{Type:{strategy_type}, RollingUpdate:{rolling_update}}}"))
}

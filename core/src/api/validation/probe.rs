//! The rules on probes and life-cycle handlers.
//!
//! Follows `validateProbe` and `validateHandler` of `pkg/apis/core/validation/validation.go`
//! (v1.31.13).

use serde_json::Value;

use super::format::{is_port_name, range_message};
use super::metadata::invalid;
use super::tree::{list, number, object, text};
use crate::api::field_error::{FieldError, FieldPath};

const PORT_MAX: i64 = 65535;
const COUNTERS: [&str; 5] = [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
];

/// The rules on `lifecycle` and the three probes of a container.
pub(super) fn lifecycle_and_probes(
    container: &Value,
    grace_period: Option<i64>,
    path: &FieldPath,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(lifecycle) = object(container, "lifecycle") {
        for name in ["postStart", "preStop"] {
            let Some(hook) = object(lifecycle, name) else { continue };
            errors.extend(handler(hook, grace_period, &path.child("lifecycle").child(name)));
        }
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(it) = object(container, name) else { continue };
        let path = path.child(name);
        errors.extend(probe(it, grace_period, &path));
        let successes = number(it, "successThreshold").unwrap_or_default();
        if name != "readinessProbe" && successes != 1 {
            let path = path.child("successThreshold");
            errors.push(FieldError::invalid(&path, &successes, "must be 1"));
        }
    }
    errors
}

/// The rule on the number of a port (`IsValidPortNum`).
pub(super) fn port_number(port: i64, path: &FieldPath) -> Option<FieldError> {
    let is_valid = (1..=PORT_MAX).contains(&port);
    (!is_valid).then(|| FieldError::invalid(path, &port, &range_message(1, PORT_MAX)))
}

fn probe(probe: &Value, grace_period: Option<i64>, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = handler(probe, grace_period, path);
    for name in COUNTERS {
        let Some(count) = number(probe, name).filter(|it| *it < 0) else { continue };
        let detail = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(&path.child(name), &count, detail));
    }
    let name = "terminationGracePeriodSeconds";
    if let Some(seconds) = number(probe, name).filter(|it| *it <= 0) {
        let detail = "must be greater than 0";
        errors.push(FieldError::invalid(&path.child(name), &seconds, detail));
    }
    errors
}

fn handler(owner: &Value, grace_period: Option<i64>, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut handler_count = 0;
    for name in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
        let Some(handler) = object(owner, name) else { continue };
        let path = path.child(name);
        handler_count += 1;
        if handler_count > 1 {
            let detail = "may not specify more than 1 handler type";
            errors.push(FieldError::forbidden(&path, detail));
            continue;
        }
        match name {
            "exec" if list(handler, "command").is_empty() => {
                errors.push(FieldError::required(&path.child("command"), ""));
            }
            "httpGet" => errors.extend(http_get(handler, &path)),
            "tcpSocket" | "grpc" => {
                errors.extend(port_number_or_name(handler, &path.child("port")));
            }
            "sleep" => errors.extend(sleep(handler, grace_period, &path)),
            _ => {}
        }
    }
    if handler_count == 0 {
        errors.push(FieldError::required(path, "must specify a handler type"));
    }
    errors
}

fn http_get(http_get: &Value, path: &FieldPath) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if text(http_get, "path").is_empty() {
        errors.push(FieldError::required(&path.child("path"), ""));
    }
    errors.extend(port_number_or_name(http_get, &path.child("port")));
    let scheme = text(http_get, "scheme");
    if !["HTTP", "HTTPS"].contains(&scheme) {
        errors.push(FieldError::unsupported(&path.child("scheme"), scheme, &["HTTP", "HTTPS"]));
    }
    errors
}

fn sleep(sleep: &Value, grace_period: Option<i64>, path: &FieldPath) -> Option<FieldError> {
    let seconds = number(sleep, "seconds").unwrap_or_default();
    let grace_period = grace_period.filter(|it| seconds <= 0 || seconds > *it)?;
    let detail = format!(
        "must be greater than 0 and less than terminationGracePeriodSeconds ({grace_period})"
    );
    Some(FieldError::invalid(path, &seconds, &detail))
}

fn port_number_or_name(handler: &Value, path: &FieldPath) -> Vec<FieldError> {
    match handler.get("port") {
        Some(Value::String(name)) => invalid(path, name, is_port_name(name)),
        port => {
            let port = port.and_then(Value::as_i64).unwrap_or_default();
            port_number(port, path).into_iter().collect()
        }
    }
}

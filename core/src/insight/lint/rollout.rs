//! How pods are replaced.

use serde_json::{Value, json};

use crate::api::json;
use crate::insight::lint::{Advice, Change, Subject};

const ROLLING: &str = "spec.updateStrategy.rollingUpdate";

/// More than one node at once, or more than a tenth of them.
pub(super) fn budget(subject: &Subject, advice: &mut Vec<Advice>) {
    let budget = json::at(subject.spec(), &["updateStrategy", "rollingUpdate", "maxUnavailable"]);
    let percent = budget.as_str().and_then(|it| it.strip_suffix('%')?.parse::<i64>().ok());
    let is_large = budget.as_i64().is_some_and(|it| it > 1) || percent.is_some_and(|it| it > 10);
    if is_large {
        let path = format!("{ROLLING}.maxUnavailable");
        advice.push(Advice {
            rule: "budget",
            path: path.clone(),
            text: format!("An update takes {} nodes down at once.", shown(budget)),
            reason: "With maxUnavailable: 1 a broken image stops at the first node.",
            fix: Some(Change::Set(path, json!(1))),
        });
    }
}

/// The API server refuses it, as maxUnavailable is 1 if it is not given.
pub(super) fn surge_alone(subject: &Subject, advice: &mut Vec<Advice>) {
    let rolling = json::at(subject.spec(), &["updateStrategy", "rollingUpdate"]);
    if subject.surges() && json::field(rolling, "maxUnavailable").is_null() {
        advice.push(Advice {
            rule: "surge-alone",
            path: format!("{ROLLING}.maxSurge"),
            text: "maxSurge is set without maxUnavailable: 0.".to_owned(),
            reason: "maxUnavailable is 1 if it is not given, and only one of the two may be set.",
            fix: Some(Change::Set(format!("{ROLLING}.maxUnavailable"), json!(0))),
        });
    }
}

pub(super) fn surge_with_host_port(subject: &Subject, advice: &mut Vec<Advice>) {
    if !subject.surges() {
        return;
    }
    let is_host = json::flag(subject.pod_spec(), "hostNetwork");
    for (path, container) in subject.containers() {
        for (index, port) in json::list(container, "ports").iter().enumerate() {
            let claimed = json::integer(port, "hostPort").filter(|it| *it != 0);
            let claimed =
                claimed.or_else(|| json::integer(port, "containerPort").filter(|_| is_host));
            let Some(port) = claimed else { continue };
            advice.push(Advice {
                rule: "surge-with-host-port",
                path: path.child("ports").index(index).into(),
                text: format!(
                    "Old and new pod both want host port {port} while the update surges."
                ),
                reason: "The new pod then stays Pending for ever; use maxUnavailable instead.",
                fix: None,
            });
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

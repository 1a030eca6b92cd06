//! What a pod's status says of its containers.

use serde_json::Value;

use super::container::plain;
use crate::api::json;
use crate::kubectl::age::rfc1123;

/// State, last state, readiness and restarts of a container.
pub(super) fn describe(text: &mut String, status: &Value) {
    one(text, "State", json::field(status, "state"));
    if json::at(status, &["lastState", "terminated"]).is_object() {
        one(text, "Last State", json::field(status, "lastState"));
    }
    let ready = if json::flag(status, "ready") { "True" } else { "False" };
    text.push_str(&format!("    Ready:\t{ready}\n"));
    let restarts = json::integer(status, "restartCount").unwrap_or(0);
    text.push_str(&format!("    Restart Count:\t{restarts}\n"));
}

fn one(text: &mut String, title: &str, state: &Value) {
    let of = |kind: &str, key: &str| plain(json::at(state, &[kind, key]));
    let time = |kind: &str, key: &str| rfc1123(json::at(state, &[kind, key]));
    let mut lines: Vec<(&str, String)> = Vec::new();
    let word = if json::field(state, "running").is_object() {
        lines.push(("Started", time("running", "startedAt")));
        "Running"
    } else if json::field(state, "terminated").is_object() {
        for (title, key) in [("Reason", "reason"), ("Message", "message")] {
            let value = of("terminated", key);
            if !value.is_empty() {
                lines.push((title, value));
            }
        }
        let code = of("terminated", "exitCode");
        lines.push(("Exit Code", if code.is_empty() { "0".to_owned() } else { code }));
        let signal = of("terminated", "signal");
        if !["", "0"].contains(&signal.as_str()) {
            lines.push(("Signal", signal));
        }
        lines.push(("Started", time("terminated", "startedAt")));
        lines.push(("Finished", time("terminated", "finishedAt")));
        "Terminated"
    } else {
        let reason = of("waiting", "reason");
        if !reason.is_empty() {
            lines.push(("Reason", reason));
        }
        "Waiting"
    };
    text.push_str(&format!("    {title}:\t{word}\n"));
    for (title, value) in lines {
        text.push_str(&format!("      {title}:\t{value}\n"));
    }
}

/// The value of a field of the pod that a variable refers to. The client knows only two of them.
pub(super) fn field_of(pod: &Value, path: &str) -> String {
    match path {
        "metadata.name" | "metadata.namespace" => {
            plain(json::at(pod, &["metadata", path.trim_start_matches("metadata.")]))
        }
        _ => String::new(),
    }
}

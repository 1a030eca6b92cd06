//! A pod.

use serde_json::Value;

use super::container::plain;
use super::template::{spread_constraints, tolerations};
use super::{annotations, container, controller, labels, metadata_texts, volumes};
use crate::api::json;
use crate::kubectl::age::{rfc1123, since};
use crate::kubectl::resource::{name_of, namespace_of};

pub(super) fn describe(pod: &Value, now: i64) -> String {
    let (spec, status) = (json::field(pod, "spec"), json::field(pod, "status"));
    let mut text = head(pod, spec, status, now);
    let containers = |key| json::list(spec, key);
    if !containers("initContainers").is_empty() {
        let init = containers("initContainers");
        container::describe(&mut text, "Init Containers", init, "", Some(pod));
    }
    container::describe(&mut text, "Containers", containers("containers"), "", Some(pod));
    let conditions = json::list(status, "conditions");
    let gates = json::list(spec, "readinessGates");
    if !gates.is_empty() {
        text.push_str("Readiness Gates:\n  Type\tStatus\n");
    }
    for gate in gates {
        let kind = json::field(gate, "conditionType");
        let condition = conditions.iter().find(|it| json::field(it, "type") == kind);
        let state = condition.map_or("<none>".to_owned(), |it| plain(json::field(it, "status")));
        text.push_str(&format!("  {} \t{state} \n", plain(kind)));
    }
    if !conditions.is_empty() {
        text.push_str("Conditions:\n  Type\tStatus\n");
    }
    for it in conditions {
        let field = |key| plain(json::field(it, key));
        text.push_str(&format!("  {} \t{} \n", field("type"), field("status")));
    }
    volumes::describe(&mut text, json::list(spec, "volumes"), "");
    text.push_str(&format!("QoS Class:\t{}\n", quality(spec, status)));
    labels(&mut text, "", "Node-Selectors", &json::texts(spec, "nodeSelector"));
    tolerations(&mut text, "", json::list(spec, "tolerations"));
    spread_constraints(&mut text, json::list(spec, "topologySpreadConstraints"), "");
    text
}

fn head(pod: &Value, spec: &Value, status: &Value, now: i64) -> String {
    let of = |from: &Value, key: &str| plain(json::field(from, key));
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n", name_of(pod), namespace_of(pod));
    let mut given = |title: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{title}:\t{value}\n"));
        }
    };
    given("Priority", of(spec, "priority"));
    given("Priority Class Name", of(spec, "priorityClassName"));
    given("Runtime Class Name", of(spec, "runtimeClassName"));
    given("Service Account", of(spec, "serviceAccountName"));
    given(
        "Node",
        match of(spec, "nodeName").as_str() {
            "" => "<none>".to_owned(),
            node => format!("{node}/{}", of(status, "hostIP")),
        },
    );
    if json::field(status, "startTime").is_string() {
        given("Start Time", rfc1123(json::field(status, "startTime")));
    }
    labels(&mut text, "", "Labels", &metadata_texts(pod, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(pod, "annotations"));
    let phase = of(status, "phase");
    let deleted = json::at(pod, &["metadata", "deletionTimestamp"]);
    if !deleted.is_null() && !["Failed", "Succeeded"].contains(&phase.as_str()) {
        let grace = json::at(pod, &["metadata", "deletionGracePeriodSeconds"]);
        text.push_str(&format!("Status:\tTerminating (lasts {})\n", since(deleted, now)));
        text.push_str(&format!("Termination Grace Period:\t{}s\n", plain(grace)));
    } else {
        text.push_str(&format!("Status:\t{phase}\n"));
    }
    for (title, key) in [("Reason", "reason"), ("Message", "message")] {
        let value = of(status, key);
        if !value.is_empty() {
            text.push_str(&format!("{title}:\t{value}\n"));
        }
    }
    let profile = json::at(spec, &["securityContext", "seccompProfile"]);
    if profile.is_object() {
        text.push_str(&format!("SeccompProfile:\t{}\n", of(profile, "type")));
        if of(profile, "type") == "Localhost" {
            text.push_str(&format!("LocalhostProfile:\t{}\n", of(profile, "localhostProfile")));
        }
    }
    text.push_str(&format!("IP:\t{}\n", of(status, "podIP")));
    let addresses = json::list(status, "podIPs");
    text.push_str(if addresses.is_empty() { "IPs:\t<none>\n" } else { "IPs:\n" });
    for it in addresses {
        text.push_str(&format!("  IP:\t{}\n", of(it, "ip")));
    }
    controller(&mut text, pod);
    let nominated = of(status, "nominatedNodeName");
    if !nominated.is_empty() {
        text.push_str(&format!("NominatedNodeName:\t{nominated}\n"));
    }
    text
}

/// `status.qosClass`, or what follows from requests and limits (`GetPodQOS`).
fn quality(spec: &Value, status: &Value) -> String {
    if let Some(class) = json::non_empty(status, "qosClass") {
        return class.to_string();
    }
    let containers: Vec<&Value> =
        ["initContainers", "containers"].iter().flat_map(|it| json::list(spec, it)).collect();
    let amount =
        |it: &Value, list: &str, name: &str| plain(json::at(it, &["resources", list, name]));
    let (mut is_any, mut is_guaranteed) = (false, true);
    for it in containers {
        for name in ["cpu", "memory"] {
            let (limit, request) = (amount(it, "limits", name), amount(it, "requests", name));
            is_any |= !limit.is_empty() || !request.is_empty();
            is_guaranteed &= !limit.is_empty() && (request.is_empty() || request == limit);
        }
    }
    match (is_any, is_guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
    .to_owned()
}

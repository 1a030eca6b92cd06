//! A pod template.

use serde_json::Value;

use super::{annotations, container, labels, metadata_texts, volumes};
use crate::api::json;
use crate::kubectl::get::selector_text;

/// The template with tabs where columns begin; `rollout history` prints it so.
pub(in crate::kubectl) fn pod_template(template: &Value) -> String {
    let spec = json::field(template, "spec");
    let mut text = "Pod Template:\n".to_owned();
    labels(&mut text, "", "  Labels", &metadata_texts(template, "labels"));
    let own_annotations = metadata_texts(template, "annotations");
    if !own_annotations.is_empty() {
        annotations(&mut text, "  Annotations", &own_annotations);
    }
    if let Some(name) = json::non_empty(spec, "serviceAccountName") {
        text.push_str(&format!("  Service Account:\t{name}\n"));
    }
    if !json::list(spec, "initContainers").is_empty() {
        let init = json::list(spec, "initContainers");
        container::describe(&mut text, "Init Containers", init, "  ", None);
    }
    container::describe(&mut text, "Containers", json::list(spec, "containers"), "  ", None);
    volumes::describe(&mut text, json::list(spec, "volumes"), "  ");
    spread_constraints(&mut text, json::list(spec, "topologySpreadConstraints"), "  ");
    if let Some(name) = json::non_empty(spec, "priorityClassName") {
        text.push_str(&format!("  Priority Class Name:\t{name}\n"));
    }
    labels(&mut text, "  ", "Node-Selectors", &json::texts(spec, "nodeSelector"));
    tolerations(&mut text, "  ", json::list(spec, "tolerations"));
    text
}

pub(super) fn spread_constraints(text: &mut String, constraints: &[Value], indent: &str) {
    let mut sorted: Vec<&Value> = constraints.iter().collect();
    sorted.sort_by_key(|it| json::text(it, "topologyKey"));
    for (index, it) in sorted.into_iter().enumerate() {
        let lead = if index == 0 { "Topology Spread Constraints:" } else { "" };
        let key = json::text(it, "topologyKey").unwrap_or_default();
        let otherwise = json::text(it, "whenUnsatisfiable").unwrap_or_default();
        let skew = json::integer(it, "maxSkew").unwrap_or(0);
        text.push_str(&format!(
            "{indent}{lead}\t{key}:{otherwise} when max skew {skew} is exceeded"
        ));
        let selector = json::field(it, "labelSelector");
        if !selector.is_null() {
            text.push_str(&format!(" for selector {}", selector_text(selector)));
        }
        text.push('\n');
    }
}

/// Sorted by key: `KEY[=VALUE][:EFFECT][ op=Exists][ for Ns]`.
pub(super) fn tolerations(text: &mut String, indent: &str, tolerations: &[Value]) {
    text.push_str(&format!("{indent}Tolerations:\t"));
    if tolerations.is_empty() {
        text.push_str("<none>\n");
    }
    let mut sorted: Vec<&Value> = tolerations.iter().collect();
    sorted.sort_by_key(|it| json::text(it, "key").unwrap_or_default());
    for (index, it) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push('\t');
        }
        let mut line = json::text(it, "key").unwrap_or_default().to_string();
        if let Some(value) = json::non_empty(it, "value") {
            line.push_str(&format!("={value}"));
        }
        if let Some(effect) = json::non_empty(it, "effect") {
            line.push_str(&format!(":{effect}"));
        }
        if json::field(it, "operator") == "Exists" {
            line.push_str(if line.is_empty() { "op=Exists" } else { " op=Exists" });
        }
        if let Some(seconds) = json::integer(it, "tolerationSeconds") {
            line.push_str(&format!(" for {seconds}s"));
        }
        text.push_str(&format!("{line}\n"));
    }
}

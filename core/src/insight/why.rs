//! Why a DaemonSet does not want a node: the first check that fails, in upstream's order.

use crate::api::selector::{NodeSelectorTerm, Requirement};
use crate::api::taint::first_untolerated;
use crate::api::template::PodTemplate;
use crate::api::{Labels, Node, TaintEffect};

/// The reason in half a sentence ("the taint dedicated=gpu:NoSchedule is not tolerated"), or none
/// if the node is wanted. Asks the same rules as `sim::daemon_set::should_run`.
pub fn why_not(template: &PodTemplate, node: &Node) -> Option<String> {
    let spec = &template.daemon_spec;
    let labels = &node.meta.labels;
    if let Some(name) = spec.node_name.as_ref().filter(|it| **it != node.meta.name) {
        return Some(format!("the template names another node, {name}"));
    }
    for (key, wanted) in &spec.node_selector {
        match labels.get(key) {
            Some(value) if value == wanted => {}
            Some(value) => {
                return Some(format!("nodeSelector asks for {key}={wanted}, the node has {value}"));
            }
            None => {
                return Some(format!(
                    "nodeSelector asks for {key}={wanted}, the node has no {key}"
                ));
            }
        }
    }
    if let Some(terms) = &spec.required_terms
        && !terms.iter().any(|it| it.matches(&node.meta.name, labels))
    {
        return Some(affinity_reason(terms, node));
    }
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute];
    let taint = first_untolerated(&node.taints, &spec.tolerations, &effects)?;
    Some(format!("the taint {taint} is not tolerated"))
}

/// One term is explained by its first expression that fails; several are only counted.
fn affinity_reason(terms: &[NodeSelectorTerm], node: &Node) -> String {
    let failing = match terms {
        [term] => term
            .match_expressions
            .iter()
            .find(|it| it.matches(&node.meta.labels) != Some(true))
            .map(|it| explain(it, &node.meta.labels)),
        _ => None,
    };
    match (failing, terms.len()) {
        (Some(reason), _) => reason,
        (None, 1) => "the required node affinity does not match".to_owned(),
        (None, count) => format!("none of the {count} terms of the required node affinity matches"),
    }
}

fn explain(requirement: &Requirement, labels: &Labels) -> String {
    let Requirement { key, operator, values } = requirement;
    let wanted = match values.len() {
        0 => format!("{key} {operator}"),
        _ => format!("{key} {operator} {}", values.join(", ")),
    };
    match labels.get(key) {
        Some(value) => format!("node affinity asks for {wanted}, the node has {value}"),
        None => format!("node affinity asks for {wanted}, the node has no {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::daemon_set::should_run;
    use serde_json::{Value, json};

    #[test]
    fn the_first_failing_check_is_named() {
        let affinity = |terms: Value| {
            json!({"affinity": {"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}
            }}})
        };
        let term = |values: Value| {
            let expression = json!({"key": "disk", "operator": "In", "values": values});
            json!({"matchExpressions": [expression]})
        };
        let cases = [
            (json!({"tolerations": [{"operator": "Exists"}]}), None),
            (json!({}), Some("the taint dedicated=gpu:NoSchedule is not tolerated")),
            (json!({"nodeName": "n2"}), Some("the template names another node, n2")),
            (
                json!({"nodeSelector": {"disk": "hdd"}}),
                Some("nodeSelector asks for disk=hdd, the node has ssd"),
            ),
            (
                json!({"nodeSelector": {"role": "storage"}}),
                Some("nodeSelector asks for role=storage, the node has no role"),
            ),
            (
                affinity(json!([term(json!(["hdd", "nvme"]))])),
                Some("node affinity asks for disk In hdd, nvme, the node has ssd"),
            ),
            (
                affinity(json!([term(json!(["hdd"])), term(json!(["nvme"]))])),
                Some("none of the 2 terms of the required node affinity matches"),
            ),
        ];
        let node = Node::from_json(&json!({
            "metadata": {"name": "n1", "labels": {"disk": "ssd"}},
            "spec": {"taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}
        }));
        for (spec, expected) in cases {
            let template = PodTemplate::from_json(&json!({"spec": spec}));
            assert_eq!(why_not(&template, &node).as_deref(), expected, "{spec}");
            assert_eq!(should_run(&template, &node).should_run, expected.is_none(), "{spec}");
        }
    }
}

//! What the DaemonSet controller asks of a node, in upstream's order: the rules of
//! `sim::daemon_set::should_run`, each with what it compared.

use crate::api::field_error::FieldPath;
use crate::api::selector::{NodeSelectorTerm, Requirement};
use crate::api::taint::first_untolerated;
use crate::api::template::PodTemplate;
use crate::api::{Labels, Node, Taint, TaintEffect, Toleration};
use crate::insight::why::{Check, Fix, Gate, Mark, Stage, Verdict};

const NONE_SET: &str = "None set. Every node passes.";
/// What keeps new pods away; `PreferNoSchedule` is not looked at.
const REPELLING: [TaintEffect; 2] = [TaintEffect::NoSchedule, TaintEffect::NoExecute];

/// The rule of the DaemonSet controller that keeps a node out, the first in upstream's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// The template names another node.
    NodeName,
    /// A label that `nodeSelector` asks for is missing or different.
    NodeSelector,
    /// No term of the required node affinity matches.
    NodeAffinity,
    /// A taint is not tolerated.
    Taint,
}

impl Obstacle {
    /// In a few words, for lists.
    pub fn words(self) -> &'static str {
        match self {
            Self::NodeName => "another node is named",
            Self::NodeSelector => "nodeSelector does not match",
            Self::NodeAffinity => "node affinity does not match",
            Self::Taint => "taint not tolerated",
        }
    }
}

/// What keeps a pod of this template off a node, or none if the node is wanted.
pub fn obstacle(template: &PodTemplate, node: &Node) -> Option<Obstacle> {
    let spec = &template.daemon_spec;
    let (name, labels) = (&node.meta.name, &node.meta.labels);
    let terms = spec.required_terms.as_ref();
    if spec.node_name.as_ref().is_some_and(|it| it != name) {
        Some(Obstacle::NodeName)
    } else if spec.node_selector.iter().any(|(key, wanted)| labels.get(key) != Some(wanted)) {
        Some(Obstacle::NodeSelector)
    } else if terms.is_some_and(|terms| !terms.iter().any(|it| it.matches(name, labels))) {
        Some(Obstacle::NodeAffinity)
    } else {
        first_untolerated(&node.taints, &spec.tolerations, &REPELLING).map(|_| Obstacle::Taint)
    }
}

/// The reason in half a sentence ("the taint dedicated=gpu:NoSchedule is not tolerated"), or none
/// if the node is wanted.
pub fn why_not(template: &PodTemplate, node: &Node) -> Option<String> {
    let spec = &template.daemon_spec;
    let labels = &node.meta.labels;
    let reason = match obstacle(template, node)? {
        Obstacle::NodeName => {
            format!("the template names another node, {}", spec.node_name.as_ref()?)
        }
        Obstacle::NodeSelector => {
            let mut selector = spec.node_selector.iter();
            let (key, wanted) = selector.find(|(key, wanted)| labels.get(*key) != Some(*wanted))?;
            selector_reason(key, wanted, labels)
        }
        Obstacle::NodeAffinity => affinity_reason(spec.required_terms.as_ref()?, node),
        Obstacle::Taint => {
            let taint = first_untolerated(&node.taints, &spec.tolerations, &REPELLING)?;
            format!("the taint {taint} is not tolerated")
        }
    };
    Some(reason)
}

/// The gates of the DaemonSet controller; all of them are asked, and a pod is wanted if all pass.
pub fn eligibility(template: &PodTemplate, node: &Node) -> Vec<Gate> {
    vec![
        node_name(template, node),
        node_selector(template, node),
        node_affinity(template, node),
        taints(template, node),
    ]
}

fn pod_spec() -> FieldPath {
    FieldPath::new("spec").child("template").child("spec")
}

fn node_name(template: &PodTemplate, node: &Node) -> Gate {
    let check = match &template.spec.node_name {
        None => Check::new(Verdict::Passes, NONE_SET),
        Some(name) => {
            let fits = *name == node.meta.name;
            let verdict = if fits { Verdict::Passes } else { Verdict::Stops };
            let path = Some(pod_spec().child("nodeName").into());
            Check { path, ..Check::new(verdict, format!("the template names {name}")) }
        }
    };
    Gate::of(Stage::Eligible, "nodeName", check)
}

fn node_selector(template: &PodTemplate, node: &Node) -> Gate {
    let title = "nodeSelector";
    let selector = &template.spec.node_selector;
    if selector.is_empty() {
        return Gate::of(Stage::Eligible, title, Check::new(Verdict::Passes, NONE_SET));
    }
    let labels = &node.meta.labels;
    let mut checks = Vec::new();
    for (key, wanted) in selector {
        let path = Some(pod_spec().child("nodeSelector").key(key).into());
        let mark = labels.get(key).map(|_| Mark::Label(key.clone()));
        let fits = labels.get(key) == Some(wanted);
        let verdict = if fits { Verdict::Passes } else { Verdict::Stops };
        let text = match fits {
            true => format!("{key}={wanted}: the node has it"),
            false => selector_reason(key, wanted, labels),
        };
        let fixes = match fits {
            true => Vec::new(),
            false => vec![set_label(node, key, wanted)],
        };
        checks.push(Check { verdict, text, path, mark, fixes });
    }
    Gate::all(Stage::Eligible, title, checks)
}

fn selector_reason(key: &str, wanted: &str, labels: &Labels) -> String {
    match labels.get(key) {
        Some(value) => format!("nodeSelector asks for {key}={wanted}, the node has {value}"),
        None => format!("nodeSelector asks for {key}={wanted}, the node has no {key}"),
    }
}

fn set_label(node: &Node, key: &str, value: &str) -> Fix {
    let overwrite = if node.meta.labels.contains_key(key) { " --overwrite" } else { "" };
    Fix::Kubectl(format!("label node {} {key}={value}{overwrite}", node.meta.name))
}

/// Terms are alternatives: one that matches is enough.
fn node_affinity(template: &PodTemplate, node: &Node) -> Gate {
    let title = "Node affinity";
    let Some(terms) = &template.spec.required_terms else {
        return Gate::of(Stage::Eligible, title, Check::new(Verdict::Passes, NONE_SET));
    };
    let path = pod_spec()
        .child("affinity")
        .child("nodeAffinity")
        .child("requiredDuringSchedulingIgnoredDuringExecution")
        .child("nodeSelectorTerms");
    let mut checks = Vec::new();
    for (index, term) in terms.iter().enumerate() {
        let mut check = term_check(term, node);
        check.path = Some(path.index(index).into());
        if terms.len() > 1 {
            check.text = format!("term {}: {}", index + 1, check.text);
        }
        checks.push(check);
    }
    if checks.is_empty() {
        checks.push(Check::new(Verdict::Stops, "a list without terms matches no node"));
    }
    let matched = checks.iter().any(|it| it.verdict == Verdict::Passes);
    let mut gate = Gate::all(Stage::Eligible, title, checks);
    if matched {
        gate.verdict = Verdict::Passes;
        // Alternatives that are not needed stop nothing.
        let unneeded = gate.checks.iter_mut().filter(|it| it.verdict == Verdict::Stops);
        unneeded.for_each(|it| it.verdict = Verdict::NotAsked);
    }
    gate
}

fn term_check(term: &NodeSelectorTerm, node: &Node) -> Check {
    let labels = &node.meta.labels;
    if term.matches(&node.meta.name, labels) {
        return Check::new(Verdict::Passes, "matches");
    }
    let failing = term.match_expressions.iter().find(|it| it.matches(labels) != Some(true));
    let Some(failing) = failing else {
        let text = match term.match_fields.is_empty() {
            true => "an empty term matches no node",
            false => "its matchFields name another node",
        };
        return Check::new(Verdict::Stops, text);
    };
    let mut check = Check::new(Verdict::Stops, explain(failing, labels));
    check.mark = labels.get(&failing.key).map(|_| Mark::Label(failing.key.clone()));
    if let ("In", [value, ..]) = (&*failing.operator, &*failing.values) {
        check.fixes.push(set_label(node, &failing.key, value));
    }
    check
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

fn taints(template: &PodTemplate, node: &Node) -> Gate {
    let title = "Taints and tolerations";
    if node.taints.is_empty() {
        let check = Check::new(Verdict::Passes, "The node has no taint.");
        return Gate::of(Stage::Eligible, title, check);
    }
    let mut checks = Vec::new();
    for taint in &node.taints {
        checks.push(taint_check(template, node, taint));
    }
    Gate::all(Stage::Eligible, title, checks)
}

fn taint_check(template: &PodTemplate, node: &Node, taint: &Taint) -> Check {
    let written = template.spec.tolerations.iter().position(|it| it.tolerates(taint));
    let is_automatic = template.daemon_spec.tolerations.iter().any(|it| it.tolerates(taint));
    let (verdict, text) = match (taint.effect, written) {
        (TaintEffect::PreferNoSchedule, _) => {
            (Verdict::Passes, format!("{taint}: not looked at for daemon pods"))
        }
        (_, Some(_)) => (Verdict::Passes, format!("{taint} is tolerated")),
        (_, None) if is_automatic => {
            (Verdict::Passes, format!("{taint}: every daemon pod tolerates it automatically"))
        }
        _ => (Verdict::Stops, format!("the taint {taint} is not tolerated")),
    };
    let fixes = match verdict {
        Verdict::Stops => vec![Fix::Tolerate(toleration_of(taint)), remove_taint(node, taint)],
        _ => Vec::new(),
    };
    let path = written.map(|it| pod_spec().child("tolerations").index(it).into());
    let mark = Some(Mark::Taint(taint.to_string().into()));
    Check { verdict, text, path, mark, fixes }
}

/// The narrowest toleration that tolerates a taint.
fn toleration_of(taint: &Taint) -> Toleration {
    Toleration {
        key: taint.key.clone(),
        operator: if taint.value.is_empty() { "Exists".into() } else { "Equal".into() },
        value: taint.value.clone(),
        effect: taint.effect.as_str().into(),
        toleration_seconds: None,
    }
}

fn remove_taint(node: &Node, taint: &Taint) -> Fix {
    let (name, key) = (&node.meta.name, &taint.key);
    let is_alone = node.taints.iter().filter(|it| it.key == *key).count() == 1;
    Fix::Kubectl(match is_alone {
        true => format!("taint node {name} {key}-"),
        false => format!("taint node {name} {key}:{}-", taint.effect.as_str()),
    })
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
            let mut gates = eligibility(&template, &node).into_iter();
            let stops = gates.find(|it| it.verdict == Verdict::Stops);
            assert_eq!(stops.is_some(), expected.is_some(), "{spec}");
        }
    }
}

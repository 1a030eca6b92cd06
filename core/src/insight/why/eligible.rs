//! What the DaemonSet controller asks of a node, in upstream's order: the rules of
//! `sim::daemon_set::should_run`, each with what it compared.

use crate::api::field_error::FieldPath;
use crate::api::selector::{NodeSelectorTerm, Requirement};
use crate::api::taint::first_untolerated;
use crate::api::template::PodTemplate;
use crate::api::{Labels, Node, Taint, TaintEffect, Toleration};
use crate::insight::why::{Check, Fix, Gate, Mark, Stage, Verdict};

/// Said where the template asks for nothing.
pub(super) const NONE_SET: &str = "None set. Every node passes.";
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

/// The reasons in half a sentence ("the taint dedicated=gpu:NoSchedule is not tolerated"), or none
/// if the node is wanted. Whoever took away only the first of several would wait in vain, so all
/// of them are named.
pub fn why_not(template: &PodTemplate, node: &Node) -> Option<String> {
    let spec = &template.daemon_spec;
    let (own, labels) = (&node.meta.name, &node.meta.labels);
    let mut reasons = Vec::new();
    if let Some(name) = spec.node_name.as_ref().filter(|it| *it != own) {
        reasons.push(format!("the template names another node, {name}"));
    }
    let missing =
        spec.node_selector.iter().filter(|(key, wanted)| labels.get(*key) != Some(*wanted));
    for (index, (key, wanted)) in missing.enumerate() {
        let reason = selector_reason(key, wanted, labels);
        match reasons.last_mut().filter(|_| index > 0) {
            Some(last) => last.push_str(&format!(", and for {reason}")),
            None => reasons.push(format!("nodeSelector asks for {reason}")),
        }
    }
    let terms = spec.required_terms.as_ref();
    if let Some(terms) = terms.filter(|it| !it.iter().any(|it| it.matches(own, labels))) {
        reasons.push(affinity_reason(terms, node));
    }
    let mut untolerated =
        node.taints.iter().filter(|it| repels(template, it)).map(Taint::to_string);
    if let Some(first) = untolerated.next() {
        let mut rest = Vec::new();
        rest.extend(untolerated);
        reasons.push(match rest.pop() {
            None => format!("the taint {first} is not tolerated"),
            Some(last) => {
                rest.insert(0, first);
                format!("the taints {} and {last} are not tolerated", rest.join(", "))
            }
        });
    }
    if reasons.is_empty() { None } else { Some(reasons.join("; ")) }
}

/// Whether a taint keeps pods of this template away.
fn repels(template: &PodTemplate, taint: &Taint) -> bool {
    let tolerations = &template.daemon_spec.tolerations;
    REPELLING.contains(&taint.effect) && !tolerations.iter().any(|it| it.tolerates(taint))
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
    let (mut checks, mut missing) = (Vec::new(), Vec::new());
    for (key, wanted) in selector {
        let path = Some(pod_spec().child("nodeSelector").key(key).into());
        let mark = labels.get(key).map(|_| Mark::Label(key.clone()));
        let fits = labels.get(key) == Some(wanted);
        let verdict = if fits { Verdict::Passes } else { Verdict::Stops };
        let text = if fits { "the node has it".to_owned() } else { has(labels, key) };
        if !fits {
            missing.push((&**key, &**wanted));
        }
        let subject = Some(format!("{key}={wanted}"));
        checks.push(Check { verdict, subject, text, path, mark, fixes: Vec::new() });
    }
    let mut gate = Gate::all(Stage::Eligible, title, checks);
    if !missing.is_empty() {
        gate.fixes.push(set_labels(node, &missing));
    }
    gate
}

fn selector_reason(key: &str, wanted: &str, labels: &Labels) -> String {
    format!("{key}={wanted}, {}", has(labels, key))
}

fn has(labels: &Labels, key: &str) -> String {
    match labels.get(key) {
        Some(value) => format!("the node has {value}"),
        None => format!("the node has no {key}"),
    }
}

fn set_labels(node: &Node, wanted: &[(&str, &str)]) -> Fix {
    let mut line = format!("label node {}", node.meta.name);
    wanted.iter().for_each(|(key, value)| line.push_str(&format!(" {key}={value}")));
    if wanted.iter().any(|(key, _)| node.meta.labels.contains_key(*key)) {
        line.push_str(" --overwrite");
    }
    Fix::Kubectl(line)
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
            let subject = check.subject.map(|it| format!(", {it}")).unwrap_or_default();
            check.subject = Some(format!("term {}{subject}", index + 1));
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
        return Check::new(Verdict::Passes, "it matches");
    }
    let failing = term.match_expressions.iter().find(|it| it.matches(labels) != Some(true));
    let Some(failing) = failing else {
        let text = match term.match_fields.is_empty() {
            true => "an empty term matches no node",
            false => "its matchFields name another node",
        };
        return Check::new(Verdict::Stops, text);
    };
    let mut check = Check::new(Verdict::Stops, has(labels, &failing.key));
    check.subject = Some(asked(failing));
    check.mark = labels.get(&failing.key).map(|_| Mark::Label(failing.key.clone()));
    if let ("In", [value, ..]) = (&*failing.operator, &*failing.values) {
        check.fixes.push(set_labels(node, &[(&*failing.key, &**value)]));
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
    format!("node affinity asks for {}, {}", asked(requirement), has(labels, &requirement.key))
}

/// `disk In ssd, nvme`.
fn asked(requirement: &Requirement) -> String {
    let Requirement { key, operator, values } = requirement;
    match values.len() {
        0 => format!("{key} {operator}"),
        _ => format!("{key} {operator} {}", values.join(", ")),
    }
}

fn taints(template: &PodTemplate, node: &Node) -> Gate {
    let title = "Taints and tolerations";
    if node.taints.is_empty() {
        let check = Check::new(Verdict::Passes, "The node has no taint.");
        return Gate::of(Stage::Eligible, title, check);
    }
    let mut checks = Vec::new();
    checks.extend(node.taints.iter().map(|it| taint_check(template, it)));
    let mut gate = Gate::all(Stage::Eligible, title, checks);
    let mut repelling = Vec::new();
    repelling.extend(node.taints.iter().filter(|it| repels(template, it)));
    if !repelling.is_empty() {
        let mut missing = Vec::new();
        missing.extend(repelling.iter().map(|it| toleration_of(it)));
        gate.fixes = vec![Fix::Tolerate(missing), remove_taints(node, &repelling)];
    }
    gate
}

fn taint_check(template: &PodTemplate, taint: &Taint) -> Check {
    let written = template.spec.tolerations.iter().position(|it| it.tolerates(taint));
    let (verdict, text) = match (taint.effect, written) {
        (TaintEffect::PreferNoSchedule, _) => (Verdict::Passes, "not looked at for daemon pods"),
        (_, Some(_)) => (Verdict::Passes, "tolerated"),
        _ if repels(template, taint) => (Verdict::Stops, "no toleration"),
        _ => (Verdict::Passes, "every daemon pod tolerates it automatically"),
    };
    let path = written.map(|it| pod_spec().child("tolerations").index(it).into());
    let subject = taint.to_string();
    let mark = Some(Mark::Taint(subject.as_str().into()));
    let (subject, text) = (Some(subject), text.to_owned());
    Check { verdict, subject, text, path, mark, fixes: Vec::new() }
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

fn remove_taints(node: &Node, taints: &[&Taint]) -> Fix {
    let mut line = format!("taint node {}", node.meta.name);
    for Taint { key, effect, .. } in taints {
        let is_alone = node.taints.iter().filter(|it| it.key == *key).count() == 1;
        line.push_str(&match is_alone {
            true => format!(" {key}-"),
            false => format!(" {key}:{}-", effect.as_str()),
        });
    }
    Fix::Kubectl(line)
}

#[cfg(test)]
mod tests;

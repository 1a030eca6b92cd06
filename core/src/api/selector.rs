//! Label selectors, node selectors and required node affinity.
//!
//! Follows `apimachinery/pkg/labels/selector.go` and
//! `component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go`. A requirement that upstream
//! cannot parse (a `Gt` without an integer, a value that is no label value) makes its term match
//! nothing, while the other terms still count.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::validation::{is_label_value, is_qualified_name};
use crate::api::{Labels, Name, json};

/// One `key operator values` requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label key, or the field for `matchFields`.
    pub key: Name,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
    pub operator: Name,
    /// The values to compare with.
    pub values: Vec<Name>,
}

impl Requirement {
    /// Reads a requirement.
    pub fn from_json(requirement: &Value) -> Requirement {
        Requirement {
            key: json::text(requirement, "key").unwrap_or_default(),
            operator: json::text(requirement, "operator").unwrap_or_default(),
            values: json::names(requirement, "values"),
        }
    }

    /// Whether labels satisfy it; none if the requirement is malformed.
    pub fn matches(&self, labels: &Labels) -> Option<bool> {
        if !self.is_well_formed() {
            return None;
        }
        let value = labels.get(&self.key);
        let is_listed = |value: &Name| self.values.contains(value);
        Some(match &*self.operator {
            "In" => value.is_some_and(is_listed),
            "NotIn" => !value.is_some_and(is_listed),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            operator => {
                let (value, bound) = (value?.parse::<i64>(), self.values[0].parse::<i64>());
                let (Ok(value), Ok(bound)) = (value, bound) else { return Some(false) };
                if operator == "Gt" { value > bound } else { value < bound }
            }
        })
    }

    /// `labels.NewRequirement` accepts it.
    fn is_well_formed(&self) -> bool {
        let count_fits = match &*self.operator {
            "In" | "NotIn" => !self.values.is_empty(),
            "Exists" | "DoesNotExist" => self.values.is_empty(),
            "Gt" | "Lt" => self.values.len() == 1 && self.values[0].parse::<i64>().is_ok(),
            _ => false,
        };
        count_fits
            && is_qualified_name(&self.key).is_empty()
            && self.values.iter().all(|it| is_label_value(it).is_empty())
    }
}

/// `metadata.labels` against `matchLabels` and `matchExpressions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// Every one must be there with its value.
    pub match_labels: Labels,
    /// Every one must hold.
    pub match_expressions: Vec<Requirement>,
}

impl LabelSelector {
    /// Reads a selector.
    pub fn from_json(selector: &Value) -> LabelSelector {
        LabelSelector {
            match_labels: json::texts(selector, "matchLabels"),
            match_expressions: requirements(selector, "matchExpressions"),
        }
    }

    /// Selects everything.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether the labels are selected. An empty selector selects all; a malformed one nothing.
    pub fn matches(&self, labels: &Labels) -> bool {
        has_all(labels, &self.match_labels)
            && self.match_expressions.iter().all(|it| it.matches(labels) == Some(true))
    }
}

/// One term of required node affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelectorTerm {
    /// Requirements on the node's labels.
    pub match_expressions: Vec<Requirement>,
    /// Requirements on `metadata.name`.
    pub match_fields: Vec<Requirement>,
}

impl NodeSelectorTerm {
    /// Reads a term.
    pub fn from_json(term: &Value) -> NodeSelectorTerm {
        NodeSelectorTerm {
            match_expressions: requirements(term, "matchExpressions"),
            match_fields: requirements(term, "matchFields"),
        }
    }

    /// An empty term matches nothing.
    pub fn matches(&self, node_name: &str, labels: &Labels) -> bool {
        let is_empty = self.match_expressions.is_empty() && self.match_fields.is_empty();
        !is_empty
            && self.match_expressions.iter().all(|it| it.matches(labels) == Some(true))
            && self.match_fields.iter().all(|it| matches_name(it, node_name))
    }

    /// The nodes that the term leaves over by `metadata.name In [...]`, if it has such a field.
    pub fn named_nodes(&self) -> Option<BTreeSet<&Name>> {
        let names = |it: &Requirement| &*it.key == "metadata.name" && &*it.operator == "In";
        let mut lists = self.match_fields.iter().filter(|it| names(it)).map(|it| &it.values);
        let mut left = BTreeSet::new();
        left.extend(lists.next()?);
        lists.for_each(|list| left.retain(|it| list.contains(it)));
        Some(left)
    }

    /// The one node that the term names by `metadata.name In [NAME]`.
    pub fn named_node(&self) -> Option<&Name> {
        let names_one = |it: &&Requirement| {
            &*it.key == "metadata.name" && &*it.operator == "In" && it.values.len() == 1
        };
        self.match_fields.iter().find(names_one).map(|it| &it.values[0])
    }
}

/// Node selector and required affinity of a pod against a node. Absent affinity passes; a list of
/// terms passes when one of them does.
pub fn node_matches(
    node_selector: &Labels,
    terms: Option<&[NodeSelectorTerm]>,
    node_name: &str,
    labels: &Labels,
) -> bool {
    has_all(labels, node_selector)
        && terms.is_none_or(|terms| terms.iter().any(|it| it.matches(node_name, labels)))
}

/// Whether every pair of `wanted` is among the labels.
pub fn has_all(labels: &Labels, wanted: &Labels) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn matches_name(requirement: &Requirement, node_name: &str) -> bool {
    if &*requirement.key != "metadata.name" || requirement.values.len() != 1 {
        return false;
    }
    match &*requirement.operator {
        "In" => &*requirement.values[0] == node_name,
        "NotIn" => &*requirement.values[0] != node_name,
        _ => false,
    }
}

fn requirements(value: &Value, key: &str) -> Vec<Requirement> {
    json::list(value, key).iter().map(Requirement::from_json).collect()
}

//! What the cluster has that fits into a field.

use std::collections::BTreeMap;

use crate::api::{Name, json};
use crate::manifest::{Cursor, Step};
use crate::sim::{Cluster, SYSTEM_CLASSES};

/// Larger clusters are looked at in part.
const LOOKED_AT_MAX: usize = 2_000;

/// How many have a word.
type Counts = BTreeMap<Name, usize>;

/// Words with where they are found, for a field of a struct.
pub(super) fn fitting(
    cluster: &Cluster,
    owner: (&str, &str),
    cursor: &Cursor,
) -> Vec<(String, String)> {
    let is_of_fields = cursor.path.iter().any(|it| *it == Step::Key("matchFields".to_owned()));
    let named = cursor.sibling("key").unwrap_or_default();
    let own_key = match cursor.path.last() {
        Some(Step::Key(key)) if cursor.is_value => key.as_str(),
        _ => "",
    };
    match owner {
        ("PodSpec", "nodeSelector") if !cursor.is_value => on_nodes(&label_keys(cluster)),
        ("PodSpec", "nodeSelector") => on_nodes(&label_values(cluster, own_key)),
        ("ObjectMeta", "labels") if cursor.kind == "Node" && !cursor.is_value => {
            on_nodes(&label_keys(cluster))
        }
        ("ObjectMeta", "labels") if cursor.kind == "Node" => {
            on_nodes(&label_values(cluster, own_key))
        }
        ("NodeSelectorRequirement", "key") if is_of_fields => {
            vec![("metadata.name".to_owned(), String::new())]
        }
        ("NodeSelectorRequirement", "values") if is_of_fields => plain(&node_names(cluster)),
        ("NodeSelectorRequirement", "key")
        | ("TopologySpreadConstraint" | "PodAffinityTerm", "topologyKey") => {
            on_nodes(&label_keys(cluster))
        }
        ("NodeSelectorRequirement", "values") => on_nodes(&label_values(cluster, named)),
        ("Toleration" | "Taint", "key") => on_nodes(&taints(cluster, None)),
        ("Toleration" | "Taint", "value") => on_nodes(&taints(cluster, Some(named))),
        ("Container", "image") => plain(&images(cluster)),
        ("PodSpec", "nodeName") => plain(&node_names(cluster)),
        ("PodSpec", "priorityClassName") => plain(&priorities(cluster)),
        ("ObjectMeta", "namespace") => plain(&namespaces(cluster)),
        ("ResourceRequirements", "requests" | "limits") if !cursor.is_value => {
            on_nodes(&resources(cluster))
        }
        _ => Vec::new(),
    }
}

fn on_nodes(counts: &Counts) -> Vec<(String, String)> {
    let phrase = |count: usize| match count {
        1 => "on 1 node".to_owned(),
        count => format!("on {count} nodes"),
    };
    counts.iter().map(|(word, count)| (word.to_string(), phrase(*count))).collect()
}

fn plain(counts: &Counts) -> Vec<(String, String)> {
    counts.keys().map(|it| (it.to_string(), String::new())).collect()
}

fn count(counts: &mut Counts, word: &Name) {
    if !word.is_empty() {
        *counts.entry(word.clone()).or_default() += 1;
    }
}

fn label_keys(cluster: &Cluster) -> Counts {
    let mut counts = Counts::new();
    for node in cluster.store().nodes().take(LOOKED_AT_MAX) {
        node.meta.labels.keys().for_each(|it| count(&mut counts, it));
    }
    counts
}

fn label_values(cluster: &Cluster, key: &str) -> Counts {
    let mut counts = Counts::new();
    for node in cluster.store().nodes().take(LOOKED_AT_MAX) {
        node.meta.labels.get(key).into_iter().for_each(|it| count(&mut counts, it));
    }
    counts
}

/// The keys of taints, or the values of one key.
fn taints(cluster: &Cluster, key: Option<&str>) -> Counts {
    let mut counts = Counts::new();
    for node in cluster.store().nodes().take(LOOKED_AT_MAX) {
        // A key that a node has with two effects is there once.
        let mut seen: Vec<&Name> = Vec::new();
        for taint in node.taints.iter().filter(|it| key.is_none_or(|key| *it.key == *key)) {
            let word = if key.is_some() { &taint.value } else { &taint.key };
            if !seen.contains(&word) {
                seen.push(word);
                count(&mut counts, word);
            }
        }
    }
    counts
}

/// Those that run, those that workloads ask for, and those whose behaviour somebody has set.
fn images(cluster: &Cluster) -> Counts {
    let store = cluster.store();
    let mut counts = Counts::new();
    store.world().images().for_each(|it| count(&mut counts, it.0));
    let sets = store.daemon_sets().map(|it| &it.template.spec);
    let deployments = store.deployments().map(|it| &it.template.spec);
    let pods = store.pods().take(LOOKED_AT_MAX).map(|it| &it.spec);
    for spec in sets.chain(deployments).chain(pods) {
        let containers = spec.init_containers.iter().chain(&spec.containers);
        containers.for_each(|it| count(&mut counts, &it.image));
    }
    counts
}

fn node_names(cluster: &Cluster) -> Counts {
    let mut counts = Counts::new();
    let nodes = cluster.store().nodes().take(LOOKED_AT_MAX);
    nodes.for_each(|it| count(&mut counts, &it.meta.name));
    counts
}

fn priorities(cluster: &Cluster) -> Counts {
    let mut counts = Counts::new();
    SYSTEM_CLASSES.iter().for_each(|it| count(&mut counts, &Name::from(it.0)));
    cluster.store().stored_of("PriorityClass").for_each(|it| count(&mut counts, &it.name));
    counts
}

fn namespaces(cluster: &Cluster) -> Counts {
    let mut counts = Counts::new();
    cluster.store().namespaces().for_each(|it| count(&mut counts, it));
    counts
}

fn resources(cluster: &Cluster) -> Counts {
    let mut counts = Counts::new();
    for node in cluster.store().nodes().take(LOOKED_AT_MAX) {
        let allocatable = json::at(&node.body, &["status", "allocatable"]);
        for (name, _) in allocatable.as_object().into_iter().flatten() {
            // Nobody asks for pods: each is one.
            if name != "pods" {
                count(&mut counts, &Name::from(name.as_str()));
            }
        }
    }
    counts
}

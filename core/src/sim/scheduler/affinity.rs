//! Pods that want others near or far (`InterPodAffinity`): daemon pods can be refused by it too.

use crate::api::pod::PodTerm;
use crate::api::{Node, Pod};
use crate::sim::scheduler::filter::Refusal;
use crate::sim::scheduler::usage::place_of;
use crate::sim::scheduler::view::View;

const PLUGIN: &str = "InterPodAffinity";

pub(super) fn filter(pod: &Pod, node: &Node, view: &View) -> Result<(), Refusal> {
    let spec = &pod.spec.scheduling;
    if !spec.affinity.is_empty() && !has_company(pod, node, view) {
        return Err(Refusal::hopeless(PLUGIN, "node(s) didn't match pod affinity rules"));
    }
    let namespace = &*pod.meta.namespace;
    let is_kept_away = spec.anti_affinity.iter().any(|term| {
        any_near(node, term, view, |other| view.is_about(term, namespace, &other.meta))
    });
    if is_kept_away {
        return Err(Refusal::curable(PLUGIN, "node(s) didn't match pod anti-affinity rules"));
    }
    if is_unwelcome(pod, node, view) {
        let reason = "node(s) didn't satisfy existing pods anti-affinity rules";
        return Err(Refusal::curable(PLUGIN, reason));
    }
    Ok(())
}

/// Whether a pod fulfils every term, and near the node in the sense of each of them.
fn has_company(pod: &Pod, node: &Node, view: &View) -> bool {
    let terms = &pod.spec.scheduling.affinity;
    if terms.iter().any(|it| !node.meta.labels.contains_key(&it.topology_key)) {
        return false;
    }
    let is_friend = |other: &Pod| fulfils_all(terms, pod, other, view);
    if terms.iter().all(|term| any_near(node, term, view, is_friend)) {
        return true;
    }
    // The first of pods that want to be together may go anywhere.
    is_friend(pod)
        && !view.store.pods().any(|other| is_somewhere(other, terms, view) && is_friend(other))
}

fn fulfils_all(terms: &[PodTerm], pod: &Pod, other: &Pod, view: &View) -> bool {
    terms.iter().all(|it| view.is_about(it, &pod.meta.namespace, &other.meta))
}

/// Whether the pod is on a node that has a place in the sense of one of the terms.
fn is_somewhere(pod: &Pod, terms: &[PodTerm], view: &View) -> bool {
    let node = place_of(pod).and_then(|it| view.store.node(it));
    node.is_some_and(|it| terms.iter().any(|term| it.meta.labels.contains_key(&term.topology_key)))
}

/// Whether there is such a pod in the node's place, in the sense of the term.
fn any_near(node: &Node, term: &PodTerm, view: &View, is_it: impl Fn(&Pod) -> bool) -> bool {
    let Some(value) = node.meta.labels.get(&term.topology_key) else { return false };
    let mut nodes = view.usage.nodes_in(&term.topology_key, value);
    nodes.any(|name| view.pods_on(name).any(|other| is_it(other)))
}

/// Whether a pod that is near already keeps this one away.
fn is_unwelcome(pod: &Pod, node: &Node, view: &View) -> bool {
    let refuses = |other: &Pod, key: Option<&str>| {
        let terms = other.spec.scheduling.anti_affinity.iter();
        let mut terms = terms.filter(|it| match key {
            Some(key) => &*it.topology_key == key,
            None => node.meta.labels.contains_key(&it.topology_key),
        });
        terms.any(|it| view.is_about(it, &other.meta.namespace, &pod.meta))
    };
    let mut keys = view.usage.guarded_keys();
    let by_those_there = keys.any(|key| {
        let Some(value) = node.meta.labels.get(key) else { return false };
        let mut nodes = view.usage.nodes_in(key, value);
        nodes.any(|name| view.guards_on(name).any(|other| refuses(other, Some(key))))
    });
    by_those_there || view.waiting_for(&node.meta.name).any(|other| refuses(other, None))
}

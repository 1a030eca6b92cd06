//! The cluster as one scheduling cycle sees it, with pods thought away or thought there.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::pod::PodTerm;
use crate::api::{Labels, Name, Node, ObjectMeta, Pod, Uid};
use crate::sim::Store;
use crate::sim::scheduler::spread::Domains;
use crate::sim::scheduler::usage::{InUse, Usage, place_of};

/// What filters and scores may look at.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) usage: &'a Usage,
    /// Pods that preemption tries to do without.
    without: BTreeSet<Uid>,
    /// Pods that wait for room on a node, as if they were there.
    with: Option<(Name, Vec<Arc<Pod>>)>,
    /// The pods in each domain of the pod's spread constraints, counted when first asked for.
    pub(super) domains: OnceCell<Vec<Domains>>,
}

impl<'a> View<'a> {
    pub(super) fn new(store: &'a Store, usage: &'a Usage) -> View<'a> {
        View { store, usage, without: BTreeSet::new(), with: None, domains: OnceCell::new() }
    }

    /// The same without these pods.
    pub(super) fn without(&self, pods: &BTreeSet<Uid>) -> View<'a> {
        View { without: pods.clone(), domains: OnceCell::new(), ..self.clone() }
    }

    /// The same with the pods that wait for room on the node and do not yield to `pod`; none if
    /// there are no such pods.
    pub(super) fn with_nominated(&self, pod: &Pod, node: &Node) -> Option<View<'a>> {
        if self.usage.nobody_is_nominated() {
            return None;
        }
        let waiting = self.usage.nominated_to(&node.meta.name);
        let pods: Vec<Arc<Pod>> = waiting
            .filter(|uid| *uid != pod.meta.uid)
            .filter_map(|uid| self.store.pod(uid))
            .filter(|it| it.priority.value >= pod.priority.value)
            .cloned()
            .collect();
        let with = Some((node.meta.name.clone(), pods)).filter(|it| !it.1.is_empty())?;
        Some(View { with: Some(with), domains: OnceCell::new(), ..self.clone() })
    }

    /// The pods that take up room on a node.
    pub(super) fn pods_on(&self, node: &Name) -> impl Iterator<Item = &Arc<Pod>> {
        let here = self.store.pods_on(node);
        let here = here.filter(|it| place_of(it).is_some() && !self.without.contains(&it.meta.uid));
        here.chain(self.waiting_for(node))
    }

    /// The pods that are thought there.
    pub(super) fn waiting_for(&self, node: &Name) -> impl Iterator<Item = &Arc<Pod>> {
        let with = self.with.as_ref().filter(|it| it.0 == *node);
        with.into_iter().flat_map(|it| it.1.iter())
    }

    /// Pods on a node with required anti-affinity.
    pub(super) fn guards_on(&self, node: &Name) -> impl Iterator<Item = &Arc<Pod>> {
        let guards = self.usage.guards_on(node).filter(|uid| !self.without.contains(uid));
        let guards: Vec<Uid> = guards.collect();
        guards.into_iter().filter_map(|uid| self.store.pod(uid)).chain(self.waiting_for(node))
    }

    /// What is in use on a node.
    pub(super) fn in_use(&self, node: &Name) -> Cow<'_, InUse> {
        let mut in_use = match self.usage.in_use(node) {
            Some(in_use) => Cow::Borrowed(in_use),
            None => Cow::Owned(InUse::default()),
        };
        for pod in self.without.iter().filter_map(|uid| self.store.pod(*uid)) {
            if place_of(pod) == Some(node) {
                in_use.to_mut().remove(pod);
            }
        }
        for pod in self.waiting_for(node) {
            in_use.to_mut().add(pod);
        }
        in_use
    }

    /// Whether a term of a pod in namespace `owner` is about another pod.
    pub(super) fn is_about(&self, term: &PodTerm, owner: &str, pod: &ObjectMeta) -> bool {
        term.matches(owner, pod, |namespace: &str| -> Labels {
            self.store.namespace_labels(namespace)
        })
    }
}

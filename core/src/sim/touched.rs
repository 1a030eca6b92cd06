//! What a write leaves behind: what viewers have to look at again, and the digest of the history.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fnv::FnvHasher;

use crate::api::{Name, Node, ObjectMeta, Pod};
use crate::sim::{Change, Cluster, Store};

/// What viewers have to look at again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Nodes joined or left, or stand elsewhere since their labels are others.
    pub membership: bool,
    /// Every node, since another cluster was here before; then none of them is named.
    pub all_nodes: bool,
    /// Nodes that changed, or on which a pod did.
    pub nodes: BTreeSet<Name>,
    /// A pod that belongs to no node came, went or changed.
    pub unscheduled: bool,
    /// A DaemonSet, a revision or a stored object changed.
    pub workloads: bool,
    /// What a manifest says of an object that was there changed, or the object came or went.
    pub written: bool,
    /// Events were recorded.
    pub events: bool,
}

impl Touched {
    /// Takes in what is to be looked at besides.
    pub fn merge(&mut self, other: Touched) {
        self.membership |= other.membership;
        self.all_nodes |= other.all_nodes;
        if self.all_nodes {
            self.nodes.clear();
        } else {
            self.nodes.extend(other.nodes);
        }
        self.unscheduled |= other.unscheduled;
        self.workloads |= other.workloads;
        self.written |= other.written;
        self.events |= other.events;
    }

    /// Something visible on a pod, node or workload changed.
    pub fn is_change(&self) -> bool {
        let nodes = self.all_nodes || !self.nodes.is_empty();
        nodes || self.membership || self.unscheduled || self.workloads
    }

    /// Notes a node, unless all of them are to be looked at anyway.
    fn add(&mut self, node: Option<Name>) {
        if let Some(node) = node.filter(|_| !self.all_nodes) {
            self.nodes.insert(node);
        }
    }
}

impl Cluster {
    /// Viewers have to look at everything again: another cluster was here before.
    pub(super) fn touch_after(&mut self, before: &Store) {
        let is_same = |one: &Arc<Node>, other: &Arc<Node>| {
            let (a, b) = (&one.meta, &other.meta);
            Arc::ptr_eq(one, other) || (a.uid == b.uid && a.labels == b.labels)
        };
        let membership = before.vanished_nodes() != self.store.vanished_nodes()
            || before.node_count() != self.store.node_count()
            || !before.nodes().zip(self.store.nodes()).all(|(one, other)| is_same(one, other));
        self.touched = Touched {
            membership,
            all_nodes: true,
            nodes: BTreeSet::new(),
            unscheduled: true,
            workloads: true,
            written: true,
            events: true,
        };
    }

    /// Remembers what viewers have to look at, and mixes the write into the digest.
    pub(super) fn note(&mut self, change: &Change) {
        self.work.writes += 1;
        let now = self.now();
        self.log.append(change, &self.store, &self.record, now);
        self.record.note(change, &self.store, now);
        if let Some(journal) = &mut self.journal {
            journal.changes.push((self.acting, change.clone()));
        }
        let mut hasher = FnvHasher::with_key(self.digest);
        now.0.hash(&mut hasher);
        match change {
            Change::Node { old, new } => {
                (0_u8, stamp(old, |it| &it.meta), stamp(new, |it| &it.meta)).hash(&mut hasher);
                let labels =
                    |node: &Option<Arc<Node>>| node.as_ref().map(|it| it.meta.labels.clone());
                let differ = labels(old) != labels(new);
                self.touched.membership |= differ;
                self.touched.written |= differ && old.is_some();
                self.touched.add(new.as_ref().or(old.as_ref()).map(|it| it.meta.name.clone()));
            }
            Change::Pod { old, new } => {
                (1_u8, stamp(old, |it| &it.meta), stamp(new, |it| &it.meta)).hash(&mut hasher);
                new.iter().for_each(|it| it.meta.name.hash(&mut hasher));
                let target = |pod: &'_ Option<Arc<Pod>>| pod.as_ref()?.target_node().cloned();
                let (before, after) = (target(old), target(new));
                let homeless = |pod: &Option<Arc<Pod>>, target: &Option<Name>| {
                    pod.is_some() && target.is_none()
                };
                self.touched.unscheduled |= homeless(old, &before) || homeless(new, &after);
                self.touched.add(before.filter(|it| after.as_ref() != Some(it)));
                self.touched.add(after);
                // The card of a deleted node goes with its last pod.
                let gone = old.as_ref().filter(|_| new.is_none());
                let bound_to = gone.and_then(|it| it.node_name.as_ref());
                self.touched.membership |=
                    bound_to.is_some_and(|name| self.store.node(name).is_none());
                self.touched.workloads |= old.is_none() || new.is_none();
            }
            Change::DaemonSet { old, new } => {
                (2_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
                self.touched.written |= is_written(old, new, |it| &it.meta);
            }
            Change::Revision { new, .. } => {
                (3_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Deployment { old, new } => {
                (4_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
                self.touched.written |= is_written(old, new, |it| &it.meta);
            }
            Change::ReplicaSet { new, .. } => {
                (5_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Machine { node } => {
                (6_u8, &**node).hash(&mut hasher);
                self.touched.add(Some(node.clone()));
            }
            Change::Image { image } => {
                (7_u8, &**image).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Drain { node, .. } => {
                (8_u8, &**node).hash(&mut hasher);
            }
            Change::NamespaceTerminating(_) | Change::Stored => {
                (self.touched.workloads, self.touched.written) = (true, true);
            }
        }
        self.digest = hasher.finish();
    }
}

/// Whether somebody else than its controller, which keeps to the status, wrote an object.
fn is_written<T>(
    old: &Option<Arc<T>>,
    new: &Option<Arc<T>>,
    meta: impl Fn(&T) -> &ObjectMeta,
) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return true };
    let (old, new) = (meta(old), meta(new));
    (old.generation, &old.labels, &old.annotations)
        != (new.generation, &new.labels, &new.annotations)
}

/// Identity and version, zeros if there is no object. (An `Option` would be hashed with a word of
/// the machine's width.)
fn stamp<T>(object: &Option<Arc<T>>, meta: impl Fn(&T) -> &ObjectMeta) -> (u64, u64) {
    object.as_ref().map_or((0, 0), |it| (meta(it).uid.0, meta(it).resource_version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Calendar;
    use crate::sim::{Input, Seed};
    use serde_json::json;

    #[test]
    fn a_node_may_stand_elsewhere_when_its_labels_change_and_only_then() {
        let mut cluster = Cluster::new(Seed(1), Calendar { unix_seconds_at_zero: 0 });
        cluster.place_node(&json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n-1"},
            "status": {"allocatable": {"cpu": "4", "pods": "110"}},
        }));
        assert!(cluster.take_touched().membership, "it has joined");
        cluster.input(&Input::Cordon { node: "n-1".into() }).unwrap();
        let touched = cluster.take_touched();
        assert!(!touched.membership && touched.nodes.contains("n-1"));
        let (key, value) = ("topology.kubernetes.io/zone".into(), Some("b".into()));
        cluster.input(&Input::LabelNode { node: "n-1".into(), key, value }).unwrap();
        assert!(cluster.take_touched().membership);
    }
}

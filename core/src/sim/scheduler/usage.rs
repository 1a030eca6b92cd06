//! What the scheduler keeps by difference, so that looking at one node costs the same in any
//! cluster: what is in use on each node, which nodes lie together, who keeps others away.

use std::sync::Arc;

use crate::api::pod::PodTerm;
use crate::api::resources::Resources;
use crate::api::{Name, Node, Pod, Uid};
use crate::sim::{Change, Map, Set, Store};

/// What pods use of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InUse {
    /// The sum of their requests.
    pub(super) requests: Resources,
    /// How many there are.
    pub(super) pods: i64,
    /// Milli-cores and bytes that count in scores.
    pub(super) scored: (i64, i64),
}

impl InUse {
    pub(super) fn add(&mut self, pod: &Pod) {
        self.requests.add(&pod.spec.requests);
        self.pods += 1;
        let (cpu, memory) = pod.spec.scheduling.scored;
        self.scored = (self.scored.0.saturating_add(cpu), self.scored.1.saturating_add(memory));
    }

    pub(super) fn remove(&mut self, pod: &Pod) {
        self.requests.remove(&pod.spec.requests);
        self.pods -= 1;
        let (cpu, memory) = pod.spec.scheduling.scored;
        self.scored = (self.scored.0.saturating_sub(cpu), self.scored.1.saturating_sub(memory));
    }
}

/// See the head of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    by_node: Map<Name, InUse>,
    /// Topology keys that some pod has mentioned.
    keys: Set<Name>,
    /// Key, value, node: for these keys only.
    places: Set<(Name, Name, Name)>,
    /// Pods on nodes with required anti-affinity, and how many of its terms name each key.
    guards: Set<(Name, Uid)>,
    guarded_keys: Map<Name, u64>,
    /// Pods on nodes that mention other pods at all.
    sociable: Set<Uid>,
    /// Pods that wait for room on a node.
    nominated: Set<(Name, Uid)>,
}

/// The node on which a pod takes up room: until it has ended, whether it is being deleted or not.
pub(super) fn place_of(pod: &Pod) -> Option<&Name> {
    pod.node_name.as_ref().filter(|_| !pod.is_terminal())
}

/// The node on which a pod waits for room.
pub(super) fn nomination_of(pod: &Pod) -> Option<&Name> {
    pod.status.nominated_node.as_deref().filter(|_| pod.node_name.is_none())
}

impl Usage {
    /// Counted from the beginning.
    pub(super) fn of(store: &Store) -> Usage {
        let mut usage = Usage::default();
        for pod in store.pods() {
            usage.note_pod(None, Some(pod), store);
        }
        usage
    }

    pub(super) fn note(&mut self, change: &Change, store: &Store) {
        match change {
            Change::Pod { old, new } => self.note_pod(old.as_ref(), new.as_ref(), store),
            Change::Node { old, new } => self.note_node(old.as_deref(), new.as_deref()),
            _ => {}
        }
    }

    fn note_pod(&mut self, old: Option<&Arc<Pod>>, new: Option<&Arc<Pod>>, store: &Store) {
        let pod = new.or(old);
        if let Some(pod) = pod.filter(|_| old.is_none()) {
            self.learn_keys(pod, store);
        }
        let (before, after) = (old.and_then(|it| place_of(it)), new.and_then(|it| place_of(it)));
        if before != after {
            if let (Some(pod), Some(node)) = (old, before) {
                self.leave(pod, node);
            }
            if let (Some(pod), Some(node)) = (new, after) {
                self.enter(pod, node);
            }
        }
        let wish = |pod: Option<&Arc<Pod>>| pod.and_then(|it| nomination_of(it).cloned());
        let (before, after) = (wish(old), wish(new));
        if let Some(pod) = pod.filter(|_| before != after) {
            if let Some(node) = before {
                self.nominated.remove_mut(&(node, pod.meta.uid));
            }
            if let Some(node) = after {
                self.nominated.insert_mut((node, pod.meta.uid));
            }
        }
    }

    fn enter(&mut self, pod: &Pod, node: &Name) {
        match self.by_node.get_mut(node) {
            Some(in_use) => in_use.add(pod),
            None => {
                let mut in_use = InUse::default();
                in_use.add(pod);
                self.by_node.insert_mut(node.clone(), in_use);
            }
        }
        let spec = &pod.spec.scheduling;
        for term in &spec.anti_affinity {
            self.guards.insert_mut((node.clone(), pod.meta.uid));
            let count = self.guarded_keys.get(&term.topology_key).copied().unwrap_or(0);
            self.guarded_keys.insert_mut(term.topology_key.clone(), count + 1);
        }
        if !spec.affinity.is_empty() || !spec.preferred_pods.is_empty() {
            self.sociable.insert_mut(pod.meta.uid);
        }
    }

    fn leave(&mut self, pod: &Pod, node: &Name) {
        if let Some(in_use) = self.by_node.get_mut(node) {
            in_use.remove(pod);
            if in_use.pods == 0 {
                self.by_node.remove_mut(node);
            }
        }
        for PodTerm { topology_key: key, .. } in &pod.spec.scheduling.anti_affinity {
            self.guards.remove_mut(&(node.clone(), pod.meta.uid));
            match self.guarded_keys.get(key).copied().unwrap_or(0) {
                0 | 1 => drop(self.guarded_keys.remove_mut(key)),
                count => self.guarded_keys.insert_mut(key.clone(), count - 1),
            }
        }
        self.sociable.remove_mut(&pod.meta.uid);
    }

    /// From the first mention of a key on, the places that it makes are kept.
    pub(super) fn learn_keys(&mut self, pod: &Pod, store: &Store) {
        for key in pod.spec.scheduling.topology_keys() {
            if self.keys.contains(key) {
                continue;
            }
            self.keys.insert_mut(key.clone());
            for node in store.nodes() {
                if let Some(value) = node.meta.labels.get(key) {
                    let place = (key.clone(), value.clone(), node.meta.name.clone());
                    self.places.insert_mut(place);
                }
            }
        }
    }

    fn note_node(&mut self, old: Option<&Node>, new: Option<&Node>) {
        let Some(node) = new.or(old) else { return };
        let keys: Vec<Name> = self.keys.iter().cloned().collect();
        for key in keys {
            let value = |node: Option<&Node>| node.and_then(|it| it.meta.labels.get(&key).cloned());
            let (before, after) = (value(old), value(new));
            if before == after {
                continue;
            }
            if let Some(value) = before {
                self.places.remove_mut(&(key.clone(), value, node.meta.name.clone()));
            }
            if let Some(value) = after {
                self.places.insert_mut((key.clone(), value, node.meta.name.clone()));
            }
        }
    }

    pub(super) fn in_use(&self, node: &Name) -> Option<&InUse> {
        self.by_node.get(node)
    }

    /// The nodes that share a label's value.
    pub(super) fn nodes_in<'a>(
        &'a self,
        key: &'a Name,
        value: &'a Name,
    ) -> impl Iterator<Item = &'a Name> {
        let from = (key.clone(), value.clone(), Name::default());
        let places = self.places.range(from..);
        places.take_while(move |it| it.0 == *key && it.1 == *value).map(|it| &it.2)
    }

    /// Keys of required anti-affinity of pods on nodes.
    pub(super) fn guarded_keys(&self) -> impl Iterator<Item = &Name> {
        self.guarded_keys.keys()
    }

    /// Pods on a node with required anti-affinity.
    pub(super) fn guards_on<'a>(&'a self, node: &'a Name) -> impl Iterator<Item = Uid> + use<'a> {
        on(&self.guards, node)
    }

    /// No pod waits for room on any node, as nearly always.
    pub(super) fn nobody_is_nominated(&self) -> bool {
        self.nominated.is_empty()
    }

    /// Pods that wait for room on a node.
    pub(super) fn nominated_to<'a>(
        &'a self,
        node: &'a Name,
    ) -> impl Iterator<Item = Uid> + use<'a> {
        on(&self.nominated, node)
    }

    /// Pods on nodes that are drawn to other pods, or rather keep away.
    pub(super) fn sociable(&self) -> impl Iterator<Item = Uid> {
        self.sociable.iter().copied()
    }

    /// An error names the first thing that differs from a count.
    pub(super) fn recount(&self, store: &Store) -> Result<(), String> {
        let counted = Usage::of(store);
        for node in self.by_node.keys().chain(counted.by_node.keys()) {
            let (kept, counted) = (self.in_use(node), counted.in_use(node));
            let same = |it: &InUse| {
                let mut it = it.clone();
                it.requests.extended.retain(|_, amount| *amount != 0);
                it
            };
            if kept.map(same) != counted.map(same) {
                return Err(format!("in use on {node}: kept {kept:?}, counted {counted:?}"));
            }
        }
        // A key that was mentioned once is kept.
        let places = self.places.iter().filter(|it| counted.keys.contains(&it.0));
        let is_same = [
            places.eq(counted.places.iter()),
            self.guards.iter().eq(counted.guards.iter()),
            self.guarded_keys.iter().eq(counted.guarded_keys.iter()),
            self.sociable.iter().eq(counted.sociable.iter()),
            self.nominated.iter().eq(counted.nominated.iter()),
        ];
        match is_same == [true; 5] {
            true => Ok(()),
            false => Err(format!("kept {self:?}, counted {counted:?}")),
        }
    }
}

fn on<'a>(set: &'a Set<(Name, Uid)>, node: &'a Name) -> impl Iterator<Item = Uid> + use<'a> {
    let range = set.range((node.clone(), Uid(0))..);
    range.take_while(move |it| it.0 == *node).map(|it| it.1)
}

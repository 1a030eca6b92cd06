//! The objects of the cluster with the indices that actors need. Nothing here decides anything.

mod addresses;
mod by_node;
mod redo;
mod stored;
mod workload;

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fnv::FnvHasher;

use crate::api::{
    ControllerRevision, DaemonSet, Deployment, Labels, Name, Node, ObjectMeta, Pod, ReplicaSet,
    Time, Uid,
};
use crate::sim::{Change, Map, Set, World};

use addresses::Addresses;
pub(super) use redo::Rest;

/// An object that is kept and listed, but that no actor reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// `apiVersion`.
    pub api_version: Name,
    /// `kind`.
    pub kind: Name,
    /// Empty for cluster-scoped objects.
    pub namespace: Name,
    /// The name.
    pub name: Name,
    /// When it was created.
    pub created: Time,
    /// The object as it was applied, as compact JSON.
    pub body: Name,
}

/// All objects.
#[derive(Clone, Debug, Default)]
pub struct Store {
    nodes: Map<Name, Arc<Node>>,
    addresses: Addresses,
    pods: Map<Uid, Arc<Pod>>,
    /// By a hash of namespace and name: nobody asks for them in order, every checkpoint has most of
    /// them of its own, and these are a quarter of the size.
    pod_names: Set<(u64, Uid)>,
    /// By the node that a pod is bound to or meant for.
    pods_by_node: Set<(Name, Uid)>,
    pods_by_owner: Set<(Uid, Uid)>,
    daemon_sets: Map<(Name, Name), Arc<DaemonSet>>,
    daemon_set_names: Map<Uid, (Name, Name)>,
    revisions: Map<Uid, Arc<ControllerRevision>>,
    revision_names: Map<(Name, Name), Uid>,
    revisions_by_owner: Set<(Uid, Uid)>,
    deployments: Map<(Name, Name), Arc<Deployment>>,
    deployment_names: Map<Uid, (Name, Name)>,
    replica_sets: Map<Uid, Arc<ReplicaSet>>,
    replica_set_names: Map<(Name, Name), Uid>,
    replica_sets_by_owner: Set<(Uid, Uid)>,
    namespaces: Map<Name, Arc<ObjectMeta>>,
    /// Namespaces that are being deleted.
    terminating_namespaces: Set<Name>,
    stored: Map<(Name, Name, Name), Arc<Stored>>,
    pod_quotas: Map<Name, u64>,
    pod_counts: Map<Name, u64>,
    resource_version: u64,
    last_uid: u64,
    pub(super) world: World,
}

/// The owner under which objects without a controller are indexed; no object has this uid.
pub(super) const NOBODY: Uid = Uid(0);

impl Store {
    /// What lies outside Kubernetes.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Nodes by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.values()
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> u64 {
        self.nodes.size() as u64
    }

    /// The node of that name.
    pub fn node<Q: Ord + ?Sized>(&self, name: &Q) -> Option<&Arc<Node>>
    where
        Name: Borrow<Q>,
    {
        self.nodes.get(name)
    }

    /// Pods in order of creation.
    pub fn pods(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods.values()
    }

    /// How many pods there are.
    pub fn pod_count(&self) -> u64 {
        self.pods.size() as u64
    }

    /// The pod with that identity.
    pub fn pod(&self, uid: Uid) -> Option<&Arc<Pod>> {
        self.pods.get(&uid)
    }

    /// Whether a pod of that name exists.
    pub fn has_pod_named(&self, namespace: &Name, name: &Name) -> bool {
        self.pod_named(namespace, name).is_some()
    }

    /// Pods whose controller is `owner`, or `NOBODY`'s: those without one.
    pub fn pods_of(&self, owner: Uid) -> impl Iterator<Item = &Arc<Pod>> {
        let range = (owner, Uid(0))..=(owner, Uid(u64::MAX));
        self.pods_by_owner.range(range).filter_map(|(_, uid)| self.pods.get(uid))
    }

    /// DaemonSets by namespace and name.
    pub fn daemon_sets(&self) -> impl Iterator<Item = &Arc<DaemonSet>> {
        self.daemon_sets.values()
    }

    /// The DaemonSet of that name.
    pub fn daemon_set(&self, namespace: &Name, name: &Name) -> Option<&Arc<DaemonSet>> {
        self.daemon_sets.get(&(namespace.clone(), name.clone()))
    }

    /// The DaemonSet with that identity.
    pub fn daemon_set_by_uid(&self, uid: Uid) -> Option<&Arc<DaemonSet>> {
        self.daemon_sets.get(self.daemon_set_names.get(&uid)?)
    }

    /// The revision with that identity.
    pub fn revision(&self, uid: Uid) -> Option<&Arc<ControllerRevision>> {
        self.revisions.get(&uid)
    }

    /// The revision of that name.
    pub fn revision_named(
        &self,
        namespace: &Name,
        name: &Name,
    ) -> Option<&Arc<ControllerRevision>> {
        self.revisions.get(self.revision_names.get(&(namespace.clone(), name.clone()))?)
    }

    /// Revisions whose controller is `owner`, or `NOBODY`'s.
    pub fn revisions_of(&self, owner: Uid) -> impl Iterator<Item = &Arc<ControllerRevision>> {
        let range = (owner, Uid(0))..=(owner, Uid(u64::MAX));
        self.revisions_by_owner.range(range).filter_map(|(_, uid)| self.revisions.get(uid))
    }

    /// All revisions.
    pub fn revisions(&self) -> impl Iterator<Item = &Arc<ControllerRevision>> {
        self.revisions.values()
    }

    /// Whether a namespace exists.
    pub fn has_namespace(&self, name: &str) -> bool {
        self.namespaces.contains_key(name)
    }

    /// Whether a namespace is being deleted: nothing can be created there.
    pub fn is_namespace_terminating(&self, name: &str) -> bool {
        self.terminating_namespaces.contains(name)
    }

    /// Namespaces by name.
    pub fn namespaces(&self) -> impl Iterator<Item = &Name> {
        self.namespaces.keys()
    }

    /// A namespace by its name, with the labels and annotations that somebody gave it.
    pub fn namespace(&self, name: &str) -> Option<&Arc<ObjectMeta>> {
        self.namespaces.get(name)
    }

    /// The labels of a namespace: its own, and the one that the API server gives to each.
    pub fn namespace_labels(&self, name: &str) -> Labels {
        let mut labels = self.namespaces.get(name).map(|it| (*it.labels).clone());
        let labels = labels.get_or_insert_default();
        labels.insert("kubernetes.io/metadata.name".into(), name.into());
        std::mem::take(labels)
    }

    /// Objects that are stored, not simulated: by kind, namespace, name.
    pub fn stored(&self) -> impl Iterator<Item = &Arc<Stored>> {
        self.stored.values()
    }

    /// Objects of one kind that are stored, not simulated.
    pub fn stored_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Arc<Stored>> {
        let from = (Name::from(kind), Name::default(), Name::default());
        self.stored.range(from..).map(|it| it.1).take_while(move |it| &*it.kind == kind)
    }

    /// Whether `more` pods may still be created in a namespace after `created` others.
    pub fn quota_allows(&self, namespace: &Name, created: u64) -> bool {
        let Some(limit) = self.pod_quotas.get(namespace) else { return true };
        let held = self.pod_counts.get(namespace).copied().unwrap_or(0);
        held + created < *limit
    }

    /// The version of the last write.
    pub fn resource_version(&self) -> u64 {
        self.resource_version
    }
}

/// Writing: for `Cluster` alone.
impl Store {
    pub(super) fn next_uid(&mut self) -> Uid {
        self.last_uid += 1;
        Uid(self.last_uid)
    }

    pub(super) fn limit_pods(&mut self, namespace: &Name, limit: Option<u64>) {
        match limit {
            Some(limit) => self.pod_quotas.insert_mut(namespace.clone(), limit),
            None => drop(self.pod_quotas.remove_mut(namespace)),
        }
    }

    /// Puts a namespace there, or others labels and annotations on the one that is there.
    pub(super) fn put_namespace(&mut self, meta: ObjectMeta) {
        let created = self.namespaces.get(&meta.name).map_or(meta.created, |it| it.created);
        self.namespaces.insert_mut(meta.name.clone(), Arc::new(ObjectMeta { created, ..meta }));
    }

    /// From now on nothing can be created there.
    pub(super) fn terminate_namespace(&mut self, name: Name) {
        self.terminating_namespaces.insert_mut(name);
    }

    /// Removes a namespace with all that is only stored in it.
    pub(super) fn remove_namespace(&mut self, name: &Name) -> bool {
        let inside: Vec<_> = self.stored.keys().filter(|it| it.1 == *name).cloned().collect();
        for key in &inside {
            self.stored.remove_mut(key);
        }
        self.terminating_namespaces.remove_mut(name);
        self.namespaces.remove_mut(name)
    }

    pub(super) fn put_node(&mut self, mut node: Node) -> Change {
        self.stamp(&mut node.meta);
        let name = node.meta.name.clone();
        let old = self.nodes.get(&name).cloned();
        if old.is_none() {
            self.world.replace_machine(&name);
            self.addresses.allot(&mut node);
        }
        let new = Arc::new(node);
        self.nodes.insert_mut(name, new.clone());
        Change::Node { old, new: Some(new) }
    }

    pub(super) fn remove_node(&mut self, name: &Name) -> Option<Change> {
        let old = self.nodes.get(name).cloned()?;
        self.nodes.remove_mut(name);
        self.addresses.release(&old);
        Some(Change::Node { old: Some(old), new: None })
    }

    pub(super) fn put_pod(&mut self, mut pod: Pod) -> Change {
        self.stamp(&mut pod.meta);
        self.set_pod(Arc::new(pod))
    }

    fn set_pod(&mut self, new: Arc<Pod>) -> Change {
        let uid = new.meta.uid;
        let known = self.pods.get_mut(&uid);
        let old = known.map(|it| std::mem::replace(it, new.clone()));
        if let Some(old) = &old {
            self.reindex_pod(old, &new);
        } else {
            self.index_pod(&new);
            self.pods.insert_mut(uid, new.clone());
        }
        Change::Pod { old, new: Some(new) }
    }

    pub(super) fn remove_pod(&mut self, uid: Uid) -> Option<Change> {
        let old = self.pods.get(&uid).cloned()?;
        self.pods.remove_mut(&uid);
        let meta = &old.meta;
        self.pod_names.remove_mut(&(name_key(&meta.namespace, &meta.name), uid));
        if let Some(node) = old.target_node() {
            self.pods_by_node.remove_mut(&(node.clone(), uid));
        }
        self.pods_by_owner.remove_mut(&(owner_of(meta), uid));
        self.count_pods(&meta.namespace, |count| count.saturating_sub(1));
        Some(Change::Pod { old: Some(old), new: None })
    }

    pub(super) fn put_daemon_set(&mut self, mut ds: DaemonSet) -> Change {
        self.stamp(&mut ds.meta);
        self.set_daemon_set(Arc::new(ds))
    }

    fn set_daemon_set(&mut self, new: Arc<DaemonSet>) -> Change {
        let key = (new.meta.namespace.clone(), new.meta.name.clone());
        let old = self.daemon_sets.get(&key).cloned();
        self.daemon_set_names.insert_mut(new.meta.uid, key.clone());
        self.daemon_sets.insert_mut(key, new.clone());
        Change::DaemonSet { old, new: Some(new) }
    }

    pub(super) fn remove_daemon_set(&mut self, uid: Uid) -> Option<Change> {
        let key = self.daemon_set_names.get(&uid)?.clone();
        let old = self.daemon_sets.get(&key).cloned();
        self.daemon_set_names.remove_mut(&uid);
        self.daemon_sets.remove_mut(&key);
        Some(Change::DaemonSet { old, new: None })
    }

    pub(super) fn put_revision(&mut self, mut revision: ControllerRevision) -> Change {
        self.stamp(&mut revision.meta);
        self.set_revision(Arc::new(revision))
    }

    fn set_revision(&mut self, new: Arc<ControllerRevision>) -> Change {
        let uid = new.meta.uid;
        let old = self.revisions.get(&uid).cloned();
        if let Some(old) = &old {
            self.revisions_by_owner.remove_mut(&(owner_of(&old.meta), uid));
        }
        let key = (new.meta.namespace.clone(), new.meta.name.clone());
        self.revision_names.insert_mut(key, uid);
        self.revisions_by_owner.insert_mut((owner_of(&new.meta), uid));
        self.revisions.insert_mut(uid, new.clone());
        Change::Revision { old, new: Some(new) }
    }

    pub(super) fn remove_revision(&mut self, uid: Uid) -> Option<Change> {
        let old = self.revisions.get(&uid).cloned()?;
        self.revisions.remove_mut(&uid);
        self.revision_names.remove_mut(&(old.meta.namespace.clone(), old.meta.name.clone()));
        self.revisions_by_owner.remove_mut(&(owner_of(&old.meta), uid));
        Some(Change::Revision { old: Some(old), new: None })
    }

    fn stamp(&mut self, meta: &mut ObjectMeta) {
        self.resource_version += 1;
        meta.resource_version = self.resource_version;
    }

    fn index_pod(&mut self, pod: &Pod) {
        let meta = &pod.meta;
        self.pod_names.insert_mut((name_key(&meta.namespace, &meta.name), meta.uid));
        if let Some(node) = pod.target_node() {
            self.pods_by_node.insert_mut((node.clone(), meta.uid));
        }
        self.pods_by_owner.insert_mut((owner_of(meta), meta.uid));
        self.count_pods(&meta.namespace, |count| count + 1);
    }

    fn reindex_pod(&mut self, old: &Pod, new: &Pod) {
        let uid = new.meta.uid;
        if old.target_node() != new.target_node() {
            if let Some(node) = old.target_node() {
                self.pods_by_node.remove_mut(&(node.clone(), uid));
            }
            if let Some(node) = new.target_node() {
                self.pods_by_node.insert_mut((node.clone(), uid));
            }
        }
        let (before, after) = (owner_of(&old.meta), owner_of(&new.meta));
        if before != after {
            self.pods_by_owner.remove_mut(&(before, uid));
            self.pods_by_owner.insert_mut((after, uid));
        }
    }

    fn count_pods(&mut self, namespace: &Name, change: impl Fn(u64) -> u64) {
        let held = self.pod_counts.get(namespace).copied().unwrap_or(0);
        self.pod_counts.insert_mut(namespace.clone(), change(held));
    }
}

fn name_key(namespace: &Name, name: &Name) -> u64 {
    let mut hasher = FnvHasher::default();
    (name, namespace).hash(&mut hasher);
    hasher.finish()
}

fn owner_of(meta: &ObjectMeta) -> Uid {
    meta.controller.as_ref().map_or(NOBODY, |it| it.uid)
}

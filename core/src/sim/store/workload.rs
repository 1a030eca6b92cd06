//! Deployments and ReplicaSets, and what all owners have in common.

use std::sync::Arc;

use crate::api::{Deployment, Name, ObjectMeta, Pod, ReplicaSet, Uid};
use crate::sim::Change;
use crate::sim::store::{Store, name_key, owner_of};

impl Store {
    /// Deployments by namespace and name.
    pub fn deployments(&self) -> impl Iterator<Item = &Arc<Deployment>> {
        self.deployments.values()
    }

    /// The Deployment of that name.
    pub fn deployment(&self, namespace: &Name, name: &Name) -> Option<&Arc<Deployment>> {
        self.deployments.get(&(namespace.clone(), name.clone()))
    }

    /// The Deployment with that identity.
    pub fn deployment_by_uid(&self, uid: Uid) -> Option<&Arc<Deployment>> {
        self.deployments.get(self.deployment_names.get(&uid)?)
    }

    /// ReplicaSets in order of creation.
    pub fn replica_sets(&self) -> impl Iterator<Item = &Arc<ReplicaSet>> {
        self.replica_sets.values()
    }

    /// The ReplicaSet of that name.
    pub fn replica_set(&self, namespace: &Name, name: &Name) -> Option<&Arc<ReplicaSet>> {
        let uid = self.replica_set_names.get(&(namespace.clone(), name.clone()))?;
        self.replica_sets.get(uid)
    }

    /// The ReplicaSet with that identity.
    pub fn replica_set_by_uid(&self, uid: Uid) -> Option<&Arc<ReplicaSet>> {
        self.replica_sets.get(&uid)
    }

    /// ReplicaSets whose controller is `owner`, or `NOBODY`'s, in order of creation.
    pub fn replica_sets_of(&self, owner: Uid) -> impl Iterator<Item = &Arc<ReplicaSet>> {
        let range = (owner, Uid(0))..=(owner, Uid(u64::MAX));
        self.replica_sets_by_owner.range(range).filter_map(|(_, uid)| self.replica_sets.get(uid))
    }

    /// The pod of that name.
    pub fn pod_named(&self, namespace: &Name, name: &Name) -> Option<&Arc<Pod>> {
        let key = name_key(namespace, name);
        let alike = self.pod_names.range((key, Uid(0))..=(key, Uid(u64::MAX)));
        let is_it = |it: &&Arc<Pod>| it.meta.name == *name && it.meta.namespace == *namespace;
        alike.filter_map(|(_, uid)| self.pods.get(uid)).find(is_it)
    }

    /// The metadata of an object that can own others: a DaemonSet, a Deployment or a ReplicaSet.
    pub fn owner(&self, uid: Uid) -> Option<&ObjectMeta> {
        let daemon_set = self.daemon_set_by_uid(uid).map(|it| &it.meta);
        let replica_set = || self.replica_set_by_uid(uid).map(|it| &it.meta);
        let deployment = || self.deployment_by_uid(uid).map(|it| &it.meta);
        daemon_set.or_else(replica_set).or_else(deployment)
    }

    /// Whether anything has this controller.
    pub fn has_dependents(&self, owner: Uid) -> bool {
        self.pods_of(owner).next().is_some()
            || self.replica_sets_of(owner).next().is_some()
            || self.revisions_of(owner).next().is_some()
    }
}

/// Writing: for `Cluster` alone.
impl Store {
    pub(in crate::sim) fn put_deployment(&mut self, mut deployment: Deployment) -> Change {
        self.stamp(&mut deployment.meta);
        self.set_deployment(Arc::new(deployment))
    }

    pub(super) fn set_deployment(&mut self, new: Arc<Deployment>) -> Change {
        let key = (new.meta.namespace.clone(), new.meta.name.clone());
        let old = self.deployments.get(&key).cloned();
        self.deployment_names.insert_mut(new.meta.uid, key.clone());
        self.deployments.insert_mut(key, new.clone());
        Change::Deployment { old, new: Some(new) }
    }

    pub(in crate::sim) fn remove_deployment(&mut self, uid: Uid) -> Option<Change> {
        let key = self.deployment_names.get(&uid)?.clone();
        let old = self.deployments.get(&key).cloned();
        self.deployment_names.remove_mut(&uid);
        self.deployments.remove_mut(&key);
        Some(Change::Deployment { old, new: None })
    }

    pub(in crate::sim) fn put_replica_set(&mut self, mut set: ReplicaSet) -> Change {
        self.stamp(&mut set.meta);
        self.set_replica_set(Arc::new(set))
    }

    pub(super) fn set_replica_set(&mut self, new: Arc<ReplicaSet>) -> Change {
        let uid = new.meta.uid;
        let old = self.replica_sets.get(&uid).cloned();
        if let Some(old) = &old {
            self.replica_sets_by_owner.remove_mut(&(owner_of(&old.meta), uid));
        }
        let key = (new.meta.namespace.clone(), new.meta.name.clone());
        self.replica_set_names.insert_mut(key, uid);
        self.replica_sets_by_owner.insert_mut((owner_of(&new.meta), uid));
        self.replica_sets.insert_mut(uid, new.clone());
        Change::ReplicaSet { old, new: Some(new) }
    }

    pub(in crate::sim) fn remove_replica_set(&mut self, uid: Uid) -> Option<Change> {
        let old = self.replica_sets.get(&uid).cloned()?;
        self.replica_sets.remove_mut(&uid);
        self.replica_set_names.remove_mut(&(old.meta.namespace.clone(), old.meta.name.clone()));
        self.replica_sets_by_owner.remove_mut(&(owner_of(&old.meta), uid));
        Some(Change::ReplicaSet { old: Some(old), new: None })
    }
}

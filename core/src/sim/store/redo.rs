//! Writing again what was written before: nothing is stamped, allotted or decided anew.

use std::sync::Arc;

use crate::api::daemon_set::REVISION_HASH_LABEL;
use crate::api::{Labels, Name, ObjectMeta, Pod, Uid};
use crate::sim::store::{Store, Stored};
use crate::sim::{Change, Map, Set, World};

/// What no object of the other kinds holds. A copy shares everything.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Rest {
    namespaces: Map<Name, Arc<ObjectMeta>>,
    terminating_namespaces: Set<Name>,
    stored: Map<(Name, Name, Name), Arc<Stored>>,
    world: World,
    resource_version: u64,
}

impl Store {
    /// What is only stored, namespaces, and what lies outside Kubernetes.
    pub(in crate::sim) fn rest(&self) -> Rest {
        Rest {
            namespaces: self.namespaces.clone(),
            terminating_namespaces: self.terminating_namespaces.clone(),
            stored: self.stored.clone(),
            world: self.world.clone(),
            resource_version: self.resource_version,
        }
    }

    /// Puts that back.
    pub(in crate::sim) fn redo_rest(&mut self, rest: &Rest) {
        let Rest { namespaces, terminating_namespaces, stored, world, resource_version } =
            rest.clone();
        (self.namespaces, self.terminating_namespaces) = (namespaces, terminating_namespaces);
        (self.stored, self.world) = (stored, world);
        self.resource_version = resource_version;
    }

    /// Makes a change again; of an object that comes or changes only the outcome is looked at.
    pub(in crate::sim) fn redo(&mut self, change: &Change) -> Option<Change> {
        let meta = match change {
            Change::Node { new: Some(it), .. } => &it.meta,
            Change::Pod { new: Some(it), .. } => &it.meta,
            Change::DaemonSet { new: Some(it), .. } => &it.meta,
            Change::Revision { new: Some(it), .. } => &it.meta,
            Change::Deployment { new: Some(it), .. } => &it.meta,
            Change::ReplicaSet { new: Some(it), .. } => &it.meta,
            gone => return self.redo_removal(gone),
        };
        self.resource_version = meta.resource_version;
        Some(match change {
            Change::Node { new: Some(new), .. } => {
                let name = new.meta.name.clone();
                let old = self.nodes.get(&name).cloned();
                if old.is_none() {
                    self.world.replace_machine(&name);
                }
                self.nodes.insert_mut(name, new.clone());
                Change::Node { old, new: Some(new.clone()) }
            }
            Change::Pod { new: Some(new), .. } => self.set_pod(new.clone()),
            Change::DaemonSet { new: Some(new), .. } => self.set_daemon_set(new.clone()),
            Change::Revision { new: Some(new), .. } => self.set_revision(new.clone()),
            Change::Deployment { new: Some(new), .. } => self.set_deployment(new.clone()),
            Change::ReplicaSet { new: Some(new), .. } => self.set_replica_set(new.clone()),
            _ => return None,
        })
    }

    fn redo_removal(&mut self, change: &Change) -> Option<Change> {
        match change {
            Change::Node { old: Some(old), .. } => self.remove_node(&old.meta.name),
            Change::Pod { old: Some(old), .. } => self.remove_pod(old.meta.uid),
            Change::DaemonSet { old: Some(old), .. } => self.remove_daemon_set(old.meta.uid),
            Change::Revision { old: Some(old), .. } => self.remove_revision(old.meta.uid),
            Change::Deployment { old: Some(old), .. } => self.remove_deployment(old.meta.uid),
            Change::ReplicaSet { old: Some(old), .. } => self.remove_replica_set(old.meta.uid),
            _ => None,
        }
    }

    /// Changes a pod where it stands; owner and target node stay. What it was before is kept only
    /// if somebody wants to compare.
    pub(in crate::sim) fn redo_pod(
        &mut self,
        uid: Uid,
        compares: bool,
        change: impl FnOnce(&mut Pod),
    ) -> Option<Change> {
        let pod = self.pods.get_mut(&uid)?;
        let old = compares.then(|| pod.clone());
        change(Arc::make_mut(pod));
        self.resource_version = pod.meta.resource_version;
        old.map(|old| Change::Pod { old: Some(old), new: Some(pod.clone()) })
    }

    /// How many pods of an owner carry each of these revision hashes, of those with a node to be
    /// on.
    pub(in crate::sim) fn pods_of_revisions(&self, owner: Uid, hashes: &[Name]) -> Vec<u32> {
        let is_own = |it: &&Arc<Pod>| it.meta.controller.as_ref().is_some_and(|it| it.uid == owner);
        // Pods of one template share their labels. One look at each beats a search for each.
        let (mut counts, mut last) = (vec![0; hashes.len()], None::<(&Arc<Labels>, Option<usize>)>);
        for pod in self.pods().filter(is_own).filter(|it| it.target_node().is_some()) {
            let labels = &pod.meta.labels;
            let place = match last {
                Some((known, place)) if Arc::ptr_eq(known, labels) => place,
                _ => labels
                    .get(REVISION_HASH_LABEL)
                    .and_then(|hash| hashes.iter().position(|it| it == hash)),
            };
            last = Some((labels, place));
            if let Some(place) = place {
                counts[place] += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
impl Store {
    /// All that can be seen: not what is only for who comes next.
    pub(in crate::sim) fn seen(&self) -> String {
        let mut seen = self.clone();
        (seen.addresses, seen.last_uid) = Default::default();
        format!("{seen:#?}")
    }
}

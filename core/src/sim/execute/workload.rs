//! Writes to Deployments and ReplicaSets, and the deletion of objects that own others
//! (`apiserver/pkg/registry/generic/registry/store.go`).

use std::sync::Arc;

use crate::api::deployment::{DeploymentStatus, REVISION};
use crate::api::replica_set::ReplicaSetStatus;
use crate::api::{Deletion, Name, ObjectMeta, ReplicaSet, Uid};
use crate::sim::{Cascade, Change, Cluster};

/// The finalizer of an object that waits for its dependents to go.
pub(in crate::sim) const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an object that waits for its dependents to be released.
pub(in crate::sim) const ORPHAN: &str = "orphan";

impl Cluster {
    /// The generation goes up when the spec changes.
    pub(super) fn put_replica_set(&mut self, mut set: ReplicaSet) -> Change {
        match self.store.replica_set_by_uid(set.meta.uid) {
            Some(known) => {
                let has_changed = known.replicas != set.replicas
                    || known.min_ready_seconds != set.min_ready_seconds;
                set.meta.generation = known.meta.generation + i64::from(has_changed);
            }
            None => {
                set.meta.uid = self.store.next_uid();
                set.meta.generation = 1;
                set.meta.created = self.now();
            }
        }
        self.store.put_replica_set(set)
    }

    pub(super) fn set_replica_set_status(
        &mut self,
        uid: Uid,
        status: ReplicaSetStatus,
    ) -> Option<Change> {
        let known = self.store.replica_set_by_uid(uid).filter(|it| it.status != status)?;
        let set = ReplicaSet { status, ..(**known).clone() };
        Some(self.store.put_replica_set(set))
    }

    pub(super) fn set_deployment_status(
        &mut self,
        uid: Uid,
        status: DeploymentStatus,
        revision: Option<i64>,
    ) -> Option<Change> {
        let mut deployment = (**self.store.deployment_by_uid(uid)?).clone();
        if let Some(revision) = revision.filter(|it| deployment.revision() != Some(*it)) {
            let annotations = Arc::make_mut(&mut deployment.meta.annotations);
            annotations.insert(REVISION.into(), revision.to_string().into());
        }
        deployment.status = status;
        Some(self.store.put_deployment(deployment))
    }

    /// The policy becomes a finalizer (`deletionFinalizersForGarbageCollection`); an object without
    /// any is removed.
    pub(in crate::sim) fn delete_owner(&mut self, uid: Uid, cascade: Cascade) -> Option<Change> {
        let meta = self.store.owner(uid)?;
        let kept = meta.finalizers.iter().filter(|it| ![FOREGROUND, ORPHAN].contains(&&***it));
        let policy = match cascade {
            Cascade::Background => None,
            Cascade::Foreground => Some(Name::from(FOREGROUND)),
            Cascade::Orphan => Some(Name::from(ORPHAN)),
        };
        let finalizers: Arc<[Name]> = kept.cloned().chain(policy).collect();
        if finalizers.is_empty() {
            return self.remove_owner(uid);
        }
        if meta.is_terminating() && meta.finalizers == finalizers {
            return None;
        }
        let requested = self.now();
        self.change_owner(uid, |meta| {
            meta.finalizers = finalizers;
            if meta.deletion.is_none() {
                meta.deletion = Some(Deletion { requested, grace_seconds: 0 });
                meta.generation += 1;
            }
        })
    }

    pub(super) fn remove_finalizer(&mut self, uid: Uid, finalizer: &str) -> Option<Change> {
        let meta = self.store.owner(uid)?;
        let rest: Arc<[Name]> =
            meta.finalizers.iter().filter(|it| &***it != finalizer).cloned().collect();
        if meta.is_terminating() && rest.is_empty() {
            return self.remove_owner(uid);
        }
        self.change_owner(uid, |meta| meta.finalizers = rest)
    }

    fn change_owner(&mut self, uid: Uid, change: impl FnOnce(&mut ObjectMeta)) -> Option<Change> {
        if let Some(ds) = self.store.daemon_set_by_uid(uid) {
            let mut ds = (**ds).clone();
            change(&mut ds.meta);
            return Some(self.store.put_daemon_set(ds));
        }
        if let Some(set) = self.store.replica_set_by_uid(uid) {
            let mut set = (**set).clone();
            change(&mut set.meta);
            return Some(self.store.put_replica_set(set));
        }
        let mut deployment = (**self.store.deployment_by_uid(uid)?).clone();
        change(&mut deployment.meta);
        Some(self.store.put_deployment(deployment))
    }

    fn remove_owner(&mut self, uid: Uid) -> Option<Change> {
        let daemon_set = self.store.remove_daemon_set(uid);
        let replica_set = daemon_set.or_else(|| self.store.remove_replica_set(uid));
        replica_set.or_else(|| self.store.remove_deployment(uid))
    }

    pub(super) fn remove_namespace(&mut self, name: &Name) -> Option<Change> {
        self.store.remove_namespace(name).then_some(Change::Stored)
    }
}

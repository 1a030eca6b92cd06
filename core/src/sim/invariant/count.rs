//! Counting from scratch: what the specification says about a DaemonSet, over all nodes and pods.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::daemon_set::{
    DaemonSetStatus, REVISION_HASH_LABEL, TEMPLATE_GENERATION_LABEL, UpdateStrategy,
};
use crate::api::{DaemonSet, Name, ObjectMeta, OwnerRef, Pod, Uid};
use crate::sim::Cluster;
use crate::sim::daemon_set::{Decision, should_run};

/// A DaemonSet in its cluster.
pub(super) struct Census<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) ds: &'a DaemonSet,
    /// Its pods by target node, without those that have ended and are being deleted.
    pub(super) pods: BTreeMap<&'a Name, Vec<&'a Arc<Pod>>>,
}

impl<'a> Census<'a> {
    pub(super) fn of(cluster: &'a Cluster, ds: &'a DaemonSet) -> Census<'a> {
        let mut pods: BTreeMap<&Name, Vec<&Arc<Pod>>> = BTreeMap::new();
        for pod in cluster.store().pods() {
            let is_own = pod.meta.controller.as_ref().is_some_and(|it| it.uid == ds.meta.uid);
            let is_over = pod.is_terminal() && pod.meta.is_terminating();
            if let Some(node) = pod.target_node().filter(|_| is_own && !is_over) {
                pods.entry(node).or_default().push(pod);
            }
        }
        Census { cluster, ds, pods }
    }

    pub(super) fn find(cluster: &'a Cluster, uid: Uid) -> Option<Census<'a>> {
        Some(Census::of(cluster, cluster.store().daemon_set_by_uid(uid)?))
    }

    /// Existing nodes with what the DaemonSet wants of them, and its pods there.
    pub(super) fn nodes<'b>(
        &'b self,
    ) -> impl Iterator<Item = (&'a Name, Decision, &'b [&'a Arc<Pod>])> + use<'a, 'b> {
        self.cluster.store().nodes().map(|node| {
            let name = &node.meta.name;
            let pods = self.pods.get(name).map(Vec::as_slice).unwrap_or_default();
            (name, should_run(&self.ds.template, node), pods)
        })
    }

    pub(super) fn is_available(&self, pod: &Pod) -> bool {
        let Some(ready) = pod.status.ready.filter(|it| it.status) else { return false };
        let seconds = self.ds.min_ready_seconds;
        seconds == 0 || ready.since + seconds * 1000 < self.cluster.now()
    }

    /// The hash of the revision with the present template.
    pub(super) fn hash(&self) -> Option<&'a Name> {
        let own = self.cluster.store().revisions_of(self.ds.meta.uid);
        let fitting = own.filter(|it| it.data == self.ds.template);
        fitting.max_by_key(|it| it.revision)?.hash()
    }

    /// By its hash, or by the template generation: one of the two is enough.
    pub(super) fn is_updated(&self, pod: &Pod) -> bool {
        let label = |key| pod.meta.labels.get(key).map(|it| it.to_string());
        let generation = self.ds.template_generation.map(|it| it.to_string());
        let hash = self.hash().map(|it| it.to_string());
        let fits = |wanted: Option<String>, key| wanted.is_some() && wanted == label(key);
        fits(hash, REVISION_HASH_LABEL) || fits(generation, TEMPLATE_GENERATION_LABEL)
    }

    pub(super) fn desired(&self) -> i64 {
        self.nodes().filter(|(_, decision, _)| decision.should_run).count() as i64
    }

    pub(super) fn surges(&self) -> bool {
        self.ds.allows_surge()
    }

    pub(super) fn rolls(&self) -> bool {
        self.ds.update_strategy == UpdateStrategy::RollingUpdate
    }

    /// daemonset-controller.md §16, figure by figure.
    pub(super) fn status(&self) -> DaemonSetStatus {
        let mut status = DaemonSetStatus {
            observed_generation: self.ds.meta.generation,
            collision_count: self.ds.status.collision_count,
            ..DaemonSetStatus::default()
        };
        for (_, decision, pods) in self.nodes() {
            // Bound before unbound, then by age.
            let representative =
                pods.iter().copied().min_by_key(|it| (it.node_name.is_none(), it.meta.age_order()));
            if !decision.should_run {
                status.number_misscheduled += i32::from(!pods.is_empty());
                continue;
            }
            status.desired_number_scheduled += 1;
            status.current_number_scheduled += i32::from(!pods.is_empty());
            let Some(pod) = representative else { continue };
            status.number_ready += i32::from(pod.is_ready());
            status.number_available += i32::from(self.is_available(pod));
            status.updated_number_scheduled += i32::from(self.is_updated(pod));
        }
        status.number_unavailable = status.desired_number_scheduled - status.number_available;
        status
    }
}

/// Neither being deleted nor at its end.
pub(super) fn lives(pod: &Pod) -> bool {
    !pod.meta.is_terminating() && !pod.is_terminal()
}

/// Pods, ReplicaSets and revisions whose owner does not exist, unless they are on their way out.
pub(super) fn ownerless(cluster: &Cluster) -> impl Iterator<Item = Uid> {
    let store = cluster.store();
    let exists = |owner: &OwnerRef| match owner.kind {
        "DaemonSet" => store.daemon_set_by_uid(owner.uid).is_some(),
        "ReplicaSet" => store.replica_set_by_uid(owner.uid).is_some(),
        "Deployment" => store.deployments().any(|it| it.meta.uid == owner.uid),
        _ => true,
    };
    let is_ownerless = move |meta: &ObjectMeta| {
        !meta.is_terminating() && meta.controller.as_ref().is_some_and(|it| !exists(it))
    };
    let pods = store.pods().map(|it| &it.meta);
    let revisions = store.revisions().map(|it| &it.meta);
    let sets = store.replica_sets().map(|it| &it.meta);
    let all = pods.chain(revisions).chain(sets);
    all.filter(move |it| is_ownerless(it)).map(|it| it.uid)
}

//! What actors want done. `Cluster` carries commands out in order and nobody else writes.

use std::sync::Arc;

use crate::api::daemon_set::DaemonSetStatus;
use crate::api::deployment::DeploymentStatus;
use crate::api::node::NodeConditions;
use crate::api::pod::{PodSpec, PodStatus};
use crate::api::replica_set::ReplicaSetStatus;
use crate::api::template::PodTemplate;
use crate::api::{ControllerRevision, Name, OwnerRef, ReplicaSet, Taint, Uid};
use crate::sim::Cascade;
use crate::sim::event::NewEvent;

/// A pod that a controller wants to have.
#[derive(Clone, Debug)]
pub struct NewPod {
    /// The DaemonSet or ReplicaSet.
    pub owner: Arc<OwnerRef>,
    /// Its namespace.
    pub namespace: Name,
    /// The node that the pod of a DaemonSet is for.
    pub node: Option<Name>,
    /// The template.
    pub template: Arc<PodTemplate>,
    /// The template's spec with what controller or admission add.
    pub spec: Arc<PodSpec>,
    /// `controller-revision-hash`, empty for none.
    pub hash: Name,
    /// `pod-template-generation`, if the DaemonSet carries one.
    pub template_generation: Option<i64>,
    /// How many pods the owner has had on the node, or at all: the name depends on it.
    pub attempt: u32,
}

/// A change of a pod's metadata.
#[derive(Clone, Debug)]
pub enum PodPatch {
    /// Sets or removes the controller reference.
    Controller(Option<Arc<OwnerRef>>),
    /// Merges a label.
    Label(Name, Name),
}

/// One write.
#[derive(Clone, Debug)]
pub enum Command {
    /// Creates a pod from a template.
    CreatePod(Box<NewPod>),
    /// Changes a pod's metadata.
    PatchPod(Uid, PodPatch),
    /// Deletes a pod with its grace period, or at once.
    DeletePod {
        /// The pod.
        uid: Uid,
        /// None means the pod's own grace period.
        grace_seconds: Option<i64>,
    },
    /// Deletes a pod unless a PodDisruptionBudget forbids it.
    Evict {
        /// The pod.
        uid: Uid,
        /// None means the pod's own grace period.
        grace_seconds: Option<i64>,
    },
    /// Binds a pod to a node.
    BindPod {
        /// The pod.
        uid: Uid,
        /// The node.
        node: Name,
    },
    /// Replaces a pod's status.
    SetPodStatus(Uid, Box<PodStatus>),
    /// Creates a revision, or replaces the one with its uid.
    PutRevision(Box<ControllerRevision>),
    /// Deletes a revision.
    DeleteRevision(Uid),
    /// Removes the controller reference of a revision.
    OrphanRevision(Uid),
    /// Replaces a DaemonSet's status.
    SetDaemonSetStatus(Uid, DaemonSetStatus),
    /// Creates a ReplicaSet, or replaces the one with its uid.
    PutReplicaSet(Box<ReplicaSet>),
    /// Replaces a ReplicaSet's status.
    SetReplicaSetStatus(Uid, ReplicaSetStatus),
    /// Replaces a Deployment's status and its revision annotation.
    SetDeploymentStatus(Uid, Box<DeploymentStatus>, Option<i64>),
    /// Deletes a DaemonSet, Deployment or ReplicaSet.
    DeleteOwner(Uid, Cascade),
    /// Takes a finalizer off a DaemonSet, Deployment or ReplicaSet; the last one lets it go.
    RemoveFinalizer(Uid, Name),
    /// Deletes what is only stored in a namespace, then the namespace itself.
    RemoveNamespace(Name),
    /// Sets a node's condition Ready, as its kubelet does.
    SetNodeReady(Name, bool),
    /// Replaces a node's conditions.
    SetNodeConditions(Name, Box<NodeConditions>),
    /// Replaces a node's taints.
    SetNodeTaints(Name, Vec<Taint>),
    /// Records an event.
    Event(NewEvent),
}

//! What a write did to an object: every actor and every viewer sees each change once.

use std::sync::Arc;

use crate::api::{ControllerRevision, DaemonSet, Deployment, Name, Node, Pod, ReplicaSet, Uid};

/// One object before and after a write. `old` is absent for a new object, `new` for a removed one.
#[derive(Clone, Debug)]
pub enum Change {
    /// A node.
    Node {
        /// Before.
        old: Option<Arc<Node>>,
        /// After.
        new: Option<Arc<Node>>,
    },
    /// A pod.
    Pod {
        /// Before.
        old: Option<Arc<Pod>>,
        /// After.
        new: Option<Arc<Pod>>,
    },
    /// A DaemonSet.
    DaemonSet {
        /// Before.
        old: Option<Arc<DaemonSet>>,
        /// After.
        new: Option<Arc<DaemonSet>>,
    },
    /// A ControllerRevision.
    Revision {
        /// Before.
        old: Option<Arc<ControllerRevision>>,
        /// After.
        new: Option<Arc<ControllerRevision>>,
    },
    /// A Deployment.
    Deployment {
        /// Before.
        old: Option<Arc<Deployment>>,
        /// After.
        new: Option<Arc<Deployment>>,
    },
    /// A ReplicaSet.
    ReplicaSet {
        /// Before.
        old: Option<Arc<ReplicaSet>>,
        /// After.
        new: Option<Arc<ReplicaSet>>,
    },
    /// The deletion of this namespace was asked for.
    NamespaceTerminating(Name),
    /// A machine: its kubelet stopped or started, or it runs short of something.
    Machine {
        /// The name of its node.
        node: Name,
    },
    /// What an image does.
    Image {
        /// The image.
        image: Name,
    },
    /// Somebody waits for these pods to be evicted from a node.
    Drain {
        /// The node.
        node: Name,
        /// The pods that could not be evicted at once.
        pods: Arc<Vec<Uid>>,
    },
    /// A namespace or an object that is stored but not simulated.
    Stored,
}

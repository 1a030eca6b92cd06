//! What a write did to an object: every actor and every viewer sees each change once.

use std::sync::Arc;

use crate::api::{ControllerRevision, DaemonSet, Node, Pod};

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
    /// A namespace or an object that is stored but not simulated.
    Stored,
}

//! What viewers have to look at again.

use std::collections::BTreeSet;

use crate::api::Name;

/// What viewers have to look at again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Nodes joined or left.
    pub membership: bool,
    /// Nodes that changed, or on which a pod did.
    pub nodes: BTreeSet<Name>,
    /// A DaemonSet, a revision or a stored object changed.
    pub workloads: bool,
    /// Events were recorded.
    pub events: bool,
}

impl Touched {
    /// Something visible on a pod, node or workload changed.
    pub fn is_change(&self) -> bool {
        self.membership || self.workloads || !self.nodes.is_empty()
    }
}

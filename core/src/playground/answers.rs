//! What one can ask the playground about the cluster as it stands.

use std::sync::Arc;

use crate::api::DaemonSet;
use crate::insight::{self, Why};
use crate::playground::Playground;

impl Playground {
    /// Why a node has a pod of a DaemonSet or has none. The DaemonSet is `NAMESPACE/NAME` or, if no
    /// other has the name, `NAME`; none if there is no such DaemonSet.
    pub fn why(&self, node: &str, daemon_set: &str) -> Option<Why> {
        let ds = self.daemon_set_by_key(daemon_set).or_else(|| self.only_daemon_set(daemon_set))?;
        Some(insight::why(self.cluster(), ds, &node.into()))
    }

    fn only_daemon_set(&self, name: &str) -> Option<&Arc<DaemonSet>> {
        let mut named = self.cluster().store().daemon_sets().filter(|it| *it.meta.name == *name);
        named.next().filter(|_| named.next().is_none())
    }
}

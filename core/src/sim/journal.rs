//! What happened in detail, for whoever checks the cluster step by step.

use crate::api::Uid;
use crate::sim::daemon_set::SyncReport;
use crate::sim::event::NewEvent;
use crate::sim::{ActorKind, Change};

/// Everything since it was taken last.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// Writes in their order, each with the actor in answer to whose wake-up it was made; none
    /// stands for somebody outside.
    pub changes: Vec<(Option<ActorKind>, Change)>,
    /// Events as they were reported, before correlation.
    pub events: Vec<NewEvent>,
    /// Syncs of DaemonSets.
    pub syncs: Vec<(Uid, SyncReport)>,
}

impl Journal {
    /// Nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.events.is_empty() && self.syncs.is_empty()
    }
}

//! `Recreate` (`pkg/controller/deployment/recreate.go`): no new pod before the last old one has
//! ended.

use crate::sim::deployment::Collision;
use crate::sim::deployment::rollout::Rollout;

impl Rollout<'_> {
    /// `rolloutRecreate`.
    pub(super) fn recreate(&mut self) -> Result<(), Collision> {
        self.take_new(false)?;
        let active = self.active_old();
        for index in &active {
            self.resize(*index, 0);
        }
        if active.is_empty() && !self.has_old_pods() {
            if self.new.is_none() {
                self.take_new(true)?;
            }
            if let Some(index) = self.new {
                self.resize(index, self.deployment.replicas);
            }
            if self.is_complete() {
                self.clean_up();
            }
        }
        self.update_rollout_status();
        Ok(())
    }

    /// `oldPodsRunning`: pods that are being stopped still count.
    fn has_old_pods(&self) -> bool {
        self.old().iter().any(|it| {
            let set = &self.slots[*it].set;
            set.status.replicas > 0
                || self.store.pods_of(set.meta.uid).any(|pod| !pod.is_terminal())
        })
    }
}

//! A rolling update (`pkg/controller/deployment/rolling.go`): one step for each sync, up first.

use crate::sim::deployment::Collision;
use crate::sim::deployment::arithmetic::{self, Size};
use crate::sim::deployment::rollout::Rollout;

impl Rollout<'_> {
    /// `rolloutRolling`.
    pub(super) fn roll(&mut self) -> Result<(), Collision> {
        self.take_new(true)?;
        if !self.grow() && !self.shrink() && self.is_complete() {
            self.clean_up();
        }
        self.update_rollout_status();
        Ok(())
    }

    pub(super) fn size(&self, new: i64, total: i64) -> Size {
        let deployment = &self.deployment;
        Size { replicas: deployment.replicas, budget: deployment.budget(), new, total }
    }

    /// `reconcileNewReplicaSet`.
    fn grow(&mut self) -> bool {
        let Some(index) = self.new else { return false };
        let (new, replicas) = (self.slots[index].set.replicas, self.deployment.replicas);
        if new == replicas {
            return false;
        }
        let wanted = match new > replicas {
            true => replicas,
            false => {
                let size = self.size(new, self.total());
                arithmetic::new_replicas(self.deployment.strategy, size)
            }
        };
        self.resize(index, wanted)
    }

    /// `reconcileOldReplicaSets`: old pods that are not available go first, whatever they cost.
    fn shrink(&mut self) -> bool {
        let old = self.active_old();
        let Some(new) = self.new_set().filter(|_| !old.is_empty()) else { return false };
        let size = self.size(new.replicas, self.total());
        let most = arithmetic::scaled_down_max(size, new.status.available_replicas);
        if most <= 0 {
            return false;
        }
        let broken = self.take(&old, most, |set| set.replicas - set.status.available_replicas);
        let available: i64 = self.sets().map(|it| it.status.available_replicas).sum();
        let spare = available - (size.replicas - size.budget.unavailable);
        let spared = if spare <= 0 { 0 } else { self.take(&old, spare, |set| set.replicas) };
        broken + spared > 0
    }

    /// Takes replicas from old ReplicaSets, the oldest first: of each as many as `of` says, in all
    /// no more than `most`. Returns how many.
    fn take(
        &mut self,
        old: &[usize],
        most: i64,
        of: impl Fn(&crate::api::ReplicaSet) -> i64,
    ) -> i64 {
        let mut taken = 0;
        for index in old {
            let set = &self.slots[*index].set;
            let count = of(set).min(most - taken).min(set.replicas);
            if count > 0 {
                let replicas = set.replicas - count;
                self.resize(*index, replicas);
                taken += count;
            }
        }
        taken
    }
}

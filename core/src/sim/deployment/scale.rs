//! A change of `spec.replicas` (`pkg/controller/deployment/sync.go`, `scale`): in mid-rollout it is
//! shared among the ReplicaSets in proportion to their sizes.

use std::cmp::Reverse;

use crate::api::ReplicaSet;
use crate::api::deployment::DeploymentStrategy;
use crate::api::order::sort_by_key;
use crate::sim::deployment::arithmetic;
use crate::sim::deployment::rollout::{DESIRED, MAX, Rollout};

impl Rollout<'_> {
    /// `isScalingEvent`: a ReplicaSet was sized for another number of replicas.
    pub(super) fn is_scaling(&self) -> bool {
        let replicas = self.deployment.replicas;
        let active = self.sets().filter(|it| it.replicas > 0);
        active.into_iter().any(|it| figure(it, DESIRED).is_some_and(|it| it != replicas))
    }

    /// `scale`.
    pub(super) fn scale(&mut self) {
        let replicas = self.deployment.replicas;
        if let Some(index) = self.active_or_latest() {
            if self.slots[index].set.replicas != replicas {
                self.resize(index, replicas);
            }
            return;
        }
        if self.new_set().is_some_and(|it| is_saturated(it, replicas)) {
            for index in self.active_old() {
                self.resize(index, 0);
            }
        } else if self.deployment.strategy == DeploymentStrategy::RollingUpdate {
            self.share();
        }
    }

    /// The only ReplicaSet that wants pods; if none does, the newest. None if several do.
    fn active_or_latest(&self) -> Option<usize> {
        let active: Vec<usize> =
            (0..self.slots.len()).filter(|it| self.slots[*it].set.replicas > 0).collect();
        match *active {
            [] => self.new.or_else(|| self.old().last().copied()),
            [only] => Some(only),
            _ => None,
        }
    }

    /// The largest gets what is left over after rounding; when growing the newest of equals, when
    /// shrinking the oldest.
    fn share(&mut self) {
        let mut active: Vec<usize> =
            (0..self.slots.len()).filter(|it| self.slots[*it].set.replicas > 0).collect();
        let size = self.size(0, self.total());
        let allowed = if size.replicas > 0 { size.replicas + size.budget.surge } else { 0 };
        let change = allowed - size.total;
        let replicas = |it: &usize| self.slots[*it].set.replicas;
        match change > 0 {
            true => sort_by_key(&mut active, |it| (Reverse(replicas(it)), Reverse(*it))),
            false => sort_by_key(&mut active, |it| (Reverse(replicas(it)), *it)),
        }
        let mut done = 0;
        let mut sizes: Vec<(usize, i64)> = Vec::new();
        for index in active {
            let set = &self.slots[index].set;
            let max_before = figure(set, MAX).filter(|it| *it != 0);
            let max_before = max_before.unwrap_or(self.deployment.status.replicas);
            let wanted = arithmetic::fraction(set.replicas, size, max_before);
            let part = match change {
                0 => 0,
                change if change > 0 => wanted.min(change - done),
                change => wanted.max(change - done),
            };
            done += part;
            sizes.push((index, set.replicas + part));
        }
        if let Some(first) = sizes.first_mut() {
            first.1 = (first.1 + change - done).max(0);
        }
        for (index, replicas) in sizes {
            self.resize(index, replicas);
        }
    }
}

/// `IsSaturated`.
fn is_saturated(new: &ReplicaSet, replicas: i64) -> bool {
    new.replicas == replicas
        && figure(new, DESIRED) == Some(replicas)
        && new.status.available_replicas == replicas
}

fn figure(set: &ReplicaSet, annotation: &str) -> Option<i64> {
    set.meta.annotations.get(annotation)?.parse().ok()
}

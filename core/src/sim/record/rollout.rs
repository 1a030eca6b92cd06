//! Waves. (Kubernetes has no such word.)
//!
//! With B the resolved budget, wave k holds the ((k−1)·B+1)th to (k·B)th old pod of a rollout to be
//! deleted, or replaced when surging; it lasts until the last of its replacements is available, and
//! waves may overlap. A broken pod stays in its wave.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::daemon_set::UpdateStrategy;
use crate::api::{DaemonSet, Name, Pod, Time};
use crate::sim::daemon_set::should_run;
use crate::sim::record::{Tally, hash_of};
use crate::sim::{Map, Store};

/// Waves of one rollout that are remembered; the first go first.
const WAVES_MAX: usize = 128;
/// Rollouts of one DaemonSet that are remembered; the oldest goes first.
const ROLLOUTS_MAX: usize = 16;

/// A part of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// Counts from 1.
    pub number: u32,
    /// When its first pod was deleted.
    pub start: Time,
    /// When its last replacement became available; none while it runs.
    pub end: Option<Time>,
    /// How many pods it has begun to replace.
    pub begun: u32,
    /// The nodes on which the replacement is not available yet.
    pub open: BTreeSet<Name>,
}

/// The replacement of old pods by those of another revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// The hash of the revision that comes.
    pub hash: Name,
    /// Old pods when it began.
    pub total: u32,
    /// Pods in a wave.
    pub budget: u32,
    /// Old pods whose replacement has begun.
    pub begun: u32,
    /// When it began.
    pub start: Time,
    /// When its last replacement became available.
    pub end: Option<Time>,
    /// The waves so far.
    pub waves: Vec<Wave>,
    /// The nodes whose replacement has begun, and in which wave.
    pub turns: Map<Name, u32>,
    /// The smallest number of ready pods since its start, and how many were desired then.
    pub fewest: Option<(i32, i32)>,
}

impl Rollout {
    /// How many waves it takes, as far as can be said.
    pub fn wave_count(&self) -> u32 {
        let last = self.waves.last().map_or(0, |it| it.number);
        self.total.div_ceil(self.budget.max(1)).max(last)
    }

    /// Old pods whose replacement is available.
    pub fn done(&self) -> u32 {
        let open: usize = self.waves.iter().map(|it| it.open.len()).sum();
        self.begun.saturating_sub(u32::try_from(open).unwrap_or(u32::MAX))
    }

    /// One more old pod is replaced.
    fn begin(&mut self, node: &Name, now: Time) {
        let number = self.begun / self.budget.max(1) + 1;
        self.begun += 1;
        self.turns.insert_mut(node.clone(), number);
        if self.waves.last().is_none_or(|it| it.number != number) {
            if self.waves.len() == WAVES_MAX {
                self.waves.remove(0);
            }
            let open = BTreeSet::new();
            self.waves.push(Wave { number, start: now, end: None, begun: 0, open });
        }
        if let Some(wave) = self.waves.last_mut() {
            wave.begun += 1;
            wave.end = None;
            wave.open.insert(node.clone());
        }
        self.end = None;
    }

    /// `is_complete` says that all pods that are wanted are of the new revision: fewer may be
    /// wanted than were when it began.
    fn done_on(&mut self, node: &Name, is_complete: bool, now: Time) {
        for wave in &mut self.waves {
            if wave.open.remove(node) && wave.open.is_empty() {
                wave.end = Some(now.max(wave.start));
            }
        }
        let is_over = self.waves.iter().all(|it| it.open.is_empty());
        if is_over && is_complete {
            self.total = self.begun;
        }
        let is_over = is_over && self.begun >= self.total;
        if is_over && self.end.is_none() {
            self.end = self.waves.iter().filter_map(|it| it.end).max();
        }
    }
}

impl Tally {
    /// Looks whether a pod's change begins or completes a replacement.
    pub(super) fn follow(
        &mut self,
        ds: &DaemonSet,
        old: Option<&Pod>,
        new: Option<&Pod>,
        store: &Store,
        now: Time,
    ) {
        if ds.update_strategy != UpdateStrategy::RollingUpdate {
            return;
        }
        let current = store.revisions_of(ds.meta.uid).max_by_key(|it| it.revision);
        let Some(current) = current.and_then(|it| it.hash()) else { return };
        let Some(pod) = new.or(old) else { return };
        let Some(node) = pod.target_node() else { return };
        let is_new = hash_of(pod) == Some(current);
        let is_going = |it: &Pod| it.meta.is_terminating();
        let desired = i64::from(ds.status.desired_number_scheduled);
        let Ok(budget) = ds.budget(desired) else { return };
        let begins = if budget.surge > 0 {
            let is_old = |it: &&Arc<Pod>| {
                hash_of(it) != Some(current) && it.meta.controller == pod.meta.controller
            };
            is_new && old.is_none() && store.pods_for(node).any(|it| is_old(&it))
        } else {
            let was_staying = old.is_some_and(|it| !is_going(it));
            !is_new && was_staying && new.is_none_or(is_going)
        };
        if begins && store.node(node).is_some_and(|it| should_run(&ds.template, it).should_run) {
            let size = budget.surge.max(budget.unavailable);
            // The pod that begins it by its deletion is no longer counted.
            let deleted = i32::from(budget.surge == 0);
            self.rollout(current, size, deleted, now).begin(node, now);
        }
        if let Some(from) = pod.available_from(ds.min_ready_seconds)
            && is_new
            && new.is_some_and(|it| !is_going(it))
        {
            let updated = i64::from(ds.status.updated_number_scheduled);
            self.done_on(node, updated >= desired, from.max(now));
        }
    }

    /// The rollout to a revision; begins it if there is none.
    fn rollout(&mut self, hash: &Name, size: i64, deleted: i32, now: Time) -> &mut Rollout {
        if self.rollouts.last().is_none_or(|it| it.hash != *hash) {
            if let Some(last) = self.rollouts.last_mut() {
                supersede(Arc::make_mut(last), now);
            }
            let old = self.counts.iter().filter(|it| it.hash != *hash);
            let total = old.map(|it| it.staying).sum::<i32>() + deleted;
            if self.rollouts.len() == ROLLOUTS_MAX {
                self.rollouts.remove(0);
            }
            self.rollouts.push(Arc::new(Rollout {
                hash: hash.clone(),
                total: u32::try_from(total).unwrap_or(1),
                budget: u32::try_from(size).unwrap_or(u32::MAX).max(1),
                begun: 0,
                start: now,
                end: None,
                waves: Vec::new(),
                turns: Map::new(),
                fewest: None,
            }));
        }
        match self.rollouts.last_mut() {
            Some(last) => Arc::make_mut(last),
            None => unreachable!("one was pushed"),
        }
    }

    /// A replacement is available, or no longer waited for.
    pub(super) fn done_on(&mut self, node: &Name, is_complete: bool, now: Time) {
        let is_open = |it: &Arc<Rollout>| it.waves.iter().any(|wave| wave.open.contains(node));
        if let Some(last) = self.rollouts.last_mut().filter(|it| is_open(it)) {
            Arc::make_mut(last).done_on(node, is_complete, now);
        }
    }

    /// Remembers the fewest ready pods while a rollout runs.
    pub(super) fn observe(&mut self, ready: i32, desired: i32, now: Time) {
        let Some(last) = self.rollouts.last_mut() else { return };
        let is_running = last.end.is_none_or(|it| it >= now);
        if is_running && last.fewest.is_none_or(|it| ready < it.0) {
            Arc::make_mut(last).fewest = Some((ready, desired));
        }
    }
}

/// Another rollout begins: this one waits for nothing any longer.
fn supersede(rollout: &mut Rollout, now: Time) {
    for wave in &mut rollout.waves {
        wave.open.clear();
        wave.end = wave.end.or(Some(now));
    }
    rollout.end = rollout.end.or(Some(now));
}

//! Recorded series: for every DaemonSet its figures over virtual time, and the waves of its
//! rollouts. Charts and sentences about the past read them; no actor does.
//!
//! They are kept by difference: a change of a pod moves one count. What is written shares its past
//! with every clone of the cluster, and it is bounded: of a long series every second point goes, of
//! each pair the one with fewer ready pods stays.

mod rollout;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::api::daemon_set::{REVISION_HASH_LABEL, UpdateStrategy};
use crate::api::order::sort_by_key;
use crate::api::pod::{ContainerState, ContainerStatus};
use crate::api::{DaemonSet, Name, Pod, Time, Uid};
use crate::sim::{Change, Map, Set, Store};

pub use rollout::{Rollout, Wave};

/// Points of one DaemonSet at most.
const SAMPLES_MAX: usize = 1_024;
/// The first grain of a series that has become long, in milliseconds.
const GRAIN_MIN: i64 = 250;
/// DaemonSets whose series are kept, deleted ones among them; the oldest goes first.
const SETS_MAX: usize = 64;

/// What a DaemonSet was like from an instant on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// `desiredNumberScheduled`.
    pub desired: i32,
    /// `currentNumberScheduled`.
    pub current: i32,
    /// `numberReady`.
    pub ready: i32,
    /// `updatedNumberScheduled`.
    pub up_to_date: i32,
    /// `numberAvailable`.
    pub available: i32,
    /// Its ready pods by the number of their revision, ascending; these are the pods themselves,
    /// of which the controller's status hears later.
    pub ready_by_revision: Vec<(i64, i32)>,
    /// Pods that have failed, or were ready and no longer are.
    pub broken: i32,
    /// The fewest pods that a rolling update leaves ready: those that are desired but
    /// `maxUnavailable`; 0 where there is no such rule, as when surging.
    pub fewest: i32,
}

impl Sample {
    /// Pods that are ready.
    pub fn ready_pods(&self) -> i32 {
        self.ready_by_revision.iter().map(|it| it.1).sum()
    }
}

/// Pods of one revision.
#[derive(Clone, Debug, Default)]
struct Count {
    hash: Name,
    /// Those that nobody has deleted yet.
    staying: i32,
    ready: i32,
}

/// What is counted of one DaemonSet now.
#[derive(Clone, Debug, Default)]
struct Tally {
    counts: Vec<Count>,
    broken: i32,
    points: usize,
    /// Milliseconds in which at most two points stand; 0 while all of them are kept.
    grain: i64,
    /// The rollouts that were, and the one that is; the latest last.
    rollouts: Vec<Arc<Rollout>>,
}

/// Everything that was recorded up to now.
#[derive(Clone, Debug, Default)]
pub struct Record {
    samples: Map<(Uid, Time), Arc<Sample>>,
    tallies: Map<Uid, Tally>,
    /// Nodes that went before their pods; these are not counted, as the controller's status does
    /// not count them.
    vanished: Set<Name>,
    until: Time,
    crashes: u64,
}

impl Record {
    /// The points of a DaemonSet in the order of time; each holds until the next.
    pub fn samples(&self, daemon_set: Uid) -> impl DoubleEndedIterator<Item = (Time, &Sample)> {
        let all = (daemon_set, Time(i64::MIN))..=(daemon_set, Time(i64::MAX));
        self.samples.range(all).map(|((_, at), sample)| (*at, &**sample))
    }

    /// The rollouts of a DaemonSet, the latest last.
    pub fn rollouts(&self, daemon_set: Uid) -> impl DoubleEndedIterator<Item = &Rollout> {
        let tally = self.tallies.get(&daemon_set);
        tally.into_iter().flat_map(|it| &it.rollouts).map(|it| &**it)
    }

    /// When it was last written.
    pub fn until(&self) -> Time {
        self.until
    }

    /// How many containers of DaemonSets' pods have ended with an error.
    pub fn crashes(&self) -> u64 {
        self.crashes
    }

    /// Takes a change in; `store` holds its outcome already.
    pub(super) fn note(&mut self, change: &Change, store: &Store, now: Time) {
        match change {
            Change::Pod { old, new } => self.note_pod(old.as_deref(), new.as_deref(), store, now),
            Change::DaemonSet { old, new } => match (old, new) {
                (Some(old), Some(new)) if old.status == new.status => {}
                (_, Some(new)) => self.sample(new, store, now),
                (Some(old), None) => self.put(old.meta.uid, Sample::default(), now),
                (None, None) => {}
            },
            Change::Node { old: Some(old), new: None } => {
                self.close(&old.meta.name, now);
                self.count_on(&old.meta.name, false, store, now);
            }
            Change::Node { old: None, new: Some(new) } => {
                self.count_on(&new.meta.name, true, store, now);
            }
            _ => {}
        }
    }

    /// A node went or came (back), while pods are bound to its name.
    fn count_on(&mut self, node: &Name, is_back: bool, store: &Store, now: Time) {
        let is_other = match is_back {
            true => self.vanished.remove_mut(node),
            false => store.pods_on(node).next().is_some(),
        };
        if !is_other {
            return;
        }
        let mut sets = Vec::new();
        for pod in store.pods_on(node) {
            let Some(owner) = pod.meta.controller.as_ref().map(|it| it.uid) else { continue };
            if let Some(tally) = self.tallies.get_mut(&owner) {
                tally.add(&Facts::of(Some(pod)), if is_back { 1 } else { -1 });
                sets.push(owner);
            }
        }
        if !is_back {
            self.vanished.insert_mut(node.clone());
        }
        for ds in sets.into_iter().filter_map(|it| store.daemon_set_by_uid(it)) {
            self.sample(ds, store, now);
        }
    }

    /// What the counts know of a pod now.
    fn facts(&self, pod: Option<&Pod>) -> Facts {
        let is_gone = |it: &Name| self.vanished.contains(it);
        let is_counted =
            |it: &&Pod| self.vanished.is_empty() || !it.node_name.as_ref().is_some_and(is_gone);
        Facts::of(pod.filter(is_counted))
    }

    fn note_pod(&mut self, old: Option<&Pod>, new: Option<&Pod>, store: &Store, now: Time) {
        let Some(owner) = new.or(old).and_then(|it| it.meta.controller.as_ref()) else { return };
        let Some(ds) = store.daemon_set_by_uid(owner.uid) else { return };
        let (before, after) = (self.facts(old), self.facts(new));
        self.crashes += crashes(old, new);
        let (uid, mut tally) = (ds.meta.uid, Tally::default());
        if let Some(known) = self.tallies.get_mut(&ds.meta.uid) {
            tally = std::mem::take(known);
        }
        tally.add(&before, -1);
        tally.add(&after, 1);
        if before.is_staying != after.is_staying || after.is_ready != before.is_ready {
            tally.follow(ds, old, new, store, now);
        }
        self.tallies.insert_mut(uid, tally);
        if before != after {
            self.sample(ds, store, now);
        }
    }

    /// Writes down what holds now.
    fn sample(&mut self, ds: &DaemonSet, store: &Store, now: Time) {
        let uid = ds.meta.uid;
        let mut sample = Sample {
            desired: ds.status.desired_number_scheduled,
            current: ds.status.current_number_scheduled,
            ready: ds.status.number_ready,
            up_to_date: ds.status.updated_number_scheduled,
            available: ds.status.number_available,
            fewest: fewest(ds),
            ..Sample::default()
        };
        let Some(tally) = self.tallies.get_mut(&uid) else { return self.put(uid, sample, now) };
        sample.broken = tally.broken;
        for revision in store.revisions_of(uid) {
            let of_it = |it: &&Count| it.ready > 0 && revision.hash() == Some(&it.hash);
            if let Some(count) = tally.counts.iter().find(of_it) {
                sample.ready_by_revision.push((revision.revision, count.ready));
            }
        }
        sort_by_key(&mut sample.ready_by_revision, |it| *it);
        tally.observe(sample.ready_pods(), sample.desired, now);
        self.put(uid, sample, now);
    }

    fn put(&mut self, uid: Uid, sample: Sample, now: Time) {
        let last = self.samples(uid).next_back();
        if last.is_some_and(|(_, last)| *last == sample) {
            return;
        }
        let is_new = last.is_none_or(|(at, _)| at < now);
        self.samples.insert_mut((uid, now), Arc::new(sample));
        self.until = now;
        if self.tallies.get(&uid).is_none() {
            self.tallies.insert_mut(uid, Tally::default());
            self.forget_oldest();
        }
        let Some(tally) = self.tallies.get_mut(&uid) else { return };
        tally.points += usize::from(is_new);
        if tally.points > SAMPLES_MAX {
            self.thin(uid);
        }
    }

    /// Coarser: of all points in a grain of time the one with the fewest ready pods stays, and the
    /// last.
    fn thin(&mut self, uid: Uid) {
        let mut grain = self.tallies.get(&uid).map_or(0, |it| it.grain).max(GRAIN_MIN);
        let mut left = self.merge(uid, grain);
        while left > SAMPLES_MAX / 2 && grain < i64::MAX / 4 {
            grain *= 2;
            left = self.merge(uid, grain);
        }
        if let Some(tally) = self.tallies.get_mut(&uid) {
            (tally.grain, tally.points) = (grain, left);
        }
    }

    /// At most two points in each grain; returns how many are left.
    fn merge(&mut self, uid: Uid, grain: i64) -> usize {
        let all: Vec<(Time, i32)> =
            self.samples(uid).map(|(at, it)| (at, it.ready_pods())).collect();
        let mut left = 0;
        for points in all.chunk_by(|one, next| one.0.0 / grain == next.0.0 / grain) {
            let last = points.len() - 1;
            let fewest = (0..points.len()).min_by_key(|index| points[*index].1);
            for (index, (at, _)) in points.iter().enumerate() {
                if index == last || Some(index) == fewest {
                    left += 1;
                } else {
                    self.samples.remove_mut(&(uid, *at));
                }
            }
        }
        left
    }

    fn forget_oldest(&mut self) {
        while self.tallies.size() > SETS_MAX {
            let Some(oldest) = self.tallies.first().map(|(uid, _)| *uid) else { return };
            let times: Vec<Time> = self.samples(oldest).map(|it| it.0).collect();
            for at in times {
                self.samples.remove_mut(&(oldest, at));
            }
            self.tallies.remove_mut(&oldest);
        }
    }

    /// A node is gone: no wave waits for it any longer.
    fn close(&mut self, node: &Name, now: Time) {
        let uids: Vec<Uid> = self.tallies.keys().copied().collect();
        for uid in uids {
            if let Some(tally) = self.tallies.get_mut(&uid) {
                tally.done_on(node, false, now);
            }
        }
    }
}

/// What its update strategy keeps ready of what is desired.
fn fewest(ds: &DaemonSet) -> i32 {
    let desired = ds.status.desired_number_scheduled;
    let is_rolling = ds.update_strategy == UpdateStrategy::RollingUpdate;
    let budget = ds.budget(i64::from(desired)).ok().filter(|it| is_rolling && it.surge == 0);
    let unavailable = budget.and_then(|it| i32::try_from(it.unavailable).ok()).unwrap_or(0);
    if unavailable > 0 { (desired - unavailable).max(0) } else { 0 }
}

/// How many containers of a pod have just ended with an error; those of a pod that goes are
/// stopped.
fn crashes(old: Option<&Pod>, new: Option<&Pod>) -> u64 {
    let has_failed = |it: &ContainerStatus| match it.state {
        ContainerState::Terminated { exit_code, .. } => exit_code != 0,
        _ => false,
    };
    let Some((old, new)) = old.zip(new).filter(|it| !it.1.meta.is_terminating()) else { return 0 };
    let pairs = old.status.containers.iter().zip(&new.status.containers);
    pairs.map(|(old, new)| u64::from(!has_failed(old) && has_failed(new))).sum()
}

/// What the counts know of a pod.
#[derive(Default, PartialEq)]
struct Facts {
    hash: Option<Name>,
    is_staying: bool,
    is_ready: bool,
    is_broken: bool,
}

impl Facts {
    fn of(pod: Option<&Pod>) -> Facts {
        let Some(pod) = pod else { return Facts::default() };
        let is_staying = !pod.meta.is_terminating() && !pod.is_terminal();
        let is_ready = pod.is_ready() && !pod.is_terminal();
        let is_failing =
            || pod.is_terminal() || pod.failure().is_some() || pod.lost_ready().is_some();
        Facts {
            hash: hash_of(pod).cloned(),
            is_staying,
            is_ready,
            is_broken: !is_ready && !pod.meta.is_terminating() && is_failing(),
        }
    }
}

/// The hash of the revision that a pod was made from.
fn hash_of(pod: &Pod) -> Option<&Name> {
    pod.meta.labels.get(REVISION_HASH_LABEL)
}

impl Tally {
    fn add(&mut self, facts: &Facts, sign: i32) {
        self.broken += sign * i32::from(facts.is_broken);
        let Some(hash) = &facts.hash else { return };
        let index = self.counts.iter().position(|it| it.hash == *hash).unwrap_or_else(|| {
            self.counts.retain(|it| it.staying != 0 || it.ready != 0);
            self.counts.push(Count { hash: hash.clone(), ..Count::default() });
            self.counts.len() - 1
        });
        let count = &mut self.counts[index];
        count.staying += sign * i32::from(facts.is_staying);
        count.ready += sign * i32::from(facts.is_ready);
    }
}

//! Copies of the cluster along the way, so that going back costs a short replay.
//!
//! The core has no clock, so replaying is measured in counted work. A copy shares everything with
//! its neighbours that was not written in between: what it costs is the pods and nodes that differ,
//! with what actors keep of them, and the events that are new. When all of them cost too much, the
//! one goes without which the longest replay grows least.

use crate::api::Time;
use crate::sim::{Cluster, Input};

/// Work between two checkpoints: about 10 ms of replaying.
const SPACING: u64 = 20_000;
/// Bytes in a browser's memory of a pod or node with what actors keep of it, and of an event.
const OBJECT_BYTES: u64 = 900;
const EVENT_BYTES: u64 = 250;
/// Bytes that all checkpoints may hold of their own: 5,000 nodes and ten minutes with five rollouts
/// stay within 150 MB of a browser's memory.
const BYTES_MAX: u64 = 95_000_000;
/// Checkpoints at most.
const COUNT_MAX: usize = 1_000;

/// The cluster as it was.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    pub(super) cluster: Cluster,
    /// How many inputs it had been given.
    pub(super) given: usize,
    /// Bytes that it does not share with the one before.
    own: u64,
}

impl Checkpoint {
    fn of(cluster: &Cluster, given: usize) -> Checkpoint {
        let mut cluster = cluster.clone();
        // What a viewer has not seen yet matters only at the cursor.
        cluster.take_touched();
        cluster.log = cluster.log.bare();
        Checkpoint { cluster, given, own: 0 }
    }
}

/// Checkpoints of the active branch in the order of time; the first is the start.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    start: Checkpoint,
    later: Vec<Checkpoint>,
    spacing: u64,
    bytes_max: u64,
}

impl Checkpoints {
    pub(super) fn new(start: &Cluster) -> Checkpoints {
        let start = Checkpoint::of(start, 0);
        Checkpoints { start, later: Vec::new(), spacing: SPACING, bytes_max: BYTES_MAX }
    }

    /// The time of the start.
    pub(super) fn start(&self) -> Time {
        self.start.cluster.now()
    }

    /// The last checkpoint at or before an instant.
    pub(super) fn before(&self, time: Time) -> &Checkpoint {
        let count = self.later.partition_point(|it| it.cluster.now() <= time);
        count.checked_sub(1).and_then(|index| self.later.get(index)).unwrap_or(&self.start)
    }

    /// Keeps a copy if replaying from the last one has become dear.
    pub(super) fn offer(&mut self, cluster: &Cluster, given: usize) {
        let last = self.later.last().unwrap_or(&self.start);
        let is_new = cluster.now() >= last.cluster.now() && given >= last.given;
        if !is_new || replaying(cluster) < replaying(&last.cluster) + self.spacing {
            return;
        }
        self.later.push(Checkpoint::of(cluster, given));
        self.weigh(self.later.len() - 1);
        while self.later.len() > COUNT_MAX || self.bytes() > self.bytes_max {
            if !self.thin() {
                return;
            }
        }
    }

    /// The checkpoint before one of the later ones.
    fn neighbour(&self, index: usize) -> &Checkpoint {
        index.checked_sub(1).and_then(|it| self.later.get(it)).unwrap_or(&self.start)
    }

    /// Counts what a checkpoint has of its own.
    fn weigh(&mut self, index: usize) {
        let before = &self.neighbour(index).cluster;
        let Some(it) = self.later.get(index).map(|it| &it.cluster) else { return };
        let objects = it.store().objects_apart(before.store());
        let events = it.events().events_apart(before.events());
        self.later[index].own = objects * OBJECT_BYTES + events * EVENT_BYTES;
    }

    /// One goes: that with the least work between its neighbours, but never the last. False if
    /// there is none.
    fn thin(&mut self) -> bool {
        let between = |index: &usize| {
            let after = &self.later[index + 1].cluster;
            replaying(after) - replaying(&self.neighbour(*index).cluster)
        };
        let Some(least) = (0..self.later.len().saturating_sub(1)).min_by_key(between) else {
            return false;
        };
        self.later.remove(least);
        self.weigh(least);
        true
    }

    /// Bytes that checkpoints do not share with those before them.
    pub(super) fn bytes(&self) -> u64 {
        self.later.iter().map(|it| it.own).sum()
    }

    /// Somebody acts at an instant, having given so many inputs before: what lies after it is no
    /// longer true.
    pub(super) fn forget_after(&mut self, now: Time, given: usize) {
        self.later.retain(|it| it.cluster.now() <= now && it.given <= given);
    }

    /// The inputs become others, of which the first `common` are the same.
    pub(super) fn keep_common(&mut self, common: usize, inputs: &[(Time, Input)]) {
        self.later.retain(|it| {
            let next = inputs.get(it.given).map(|input| input.0);
            it.given <= common && next.is_none_or(|next| it.cluster.now() <= next)
        });
    }

    #[cfg(test)]
    pub(super) fn with_spacing(mut self, spacing: u64, bytes_max: u64) -> Checkpoints {
        (self.spacing, self.bytes_max) = (spacing, bytes_max);
        self
    }

    #[cfg(test)]
    pub(super) fn times(&self) -> Vec<Time> {
        self.later.iter().map(|it| it.cluster.now()).collect()
    }
}

/// What it costs to come here from the start, in counted work.
fn replaying(cluster: &Cluster) -> u64 {
    let work = cluster.work();
    // A write is noted, recorded and shown to every actor; what else is counted comes with it.
    work.wakes + 8 * work.writes
}

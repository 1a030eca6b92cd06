//! A cluster with its past: where it started, what was done to it and when, and copies of it on
//! the way, so that any instant can be reached again.
//!
//! A history is its start and its inputs; everything else follows. Playing in the past gives the
//! recorded inputs again at their times. Acting in the past forks: what had been recorded after
//! that instant is kept as another branch.
//!
//! # Guarantees
//! - What the cluster is at an instant depends on the start and the inputs up to it, not on the
//!   way that led there: playing straight on, seeking and forking come to the same digest.
//! - Inputs are given when every wake-up of their instant has been answered, and those of one
//!   instant in their order.

mod ahead;
mod branch;
mod checkpoint;
mod picture;
#[cfg(test)]
mod tests;

use crate::api::Time;
use crate::sim::write_log::WriteLog;
use crate::sim::{ApiError, Cluster, Input, Outcome, Record, Touched};
use checkpoint::Checkpoints;

pub use ahead::Ahead;
pub use branch::{Branch, BranchId};

/// At most this many branches are known; beyond it the one that was left first is forgotten.
const BRANCHES_MAX: usize = 8;
/// More wake-ups than this are never answered in one call.
const WAKES_MAX: u32 = 5_000_000;
/// Before every instant.
const UNKNOWN: Time = Time(i64::MIN);
/// After this many wake-ups it is asked whether a checkpoint is due.
const SLICE: u32 = 512;

/// A history and the place in it that is looked at.
#[derive(Clone, Debug)]
pub struct Timeline {
    cursor: Cluster,
    /// How many inputs of the active branch the cursor has been given.
    given: usize,
    checkpoints: Checkpoints,
    active: Branch,
    /// The other branches, in the order in which they were left.
    others: Vec<Branch>,
    last_branch: BranchId,
    /// Up to here every write of the branch is known, whatever the cursor knows besides.
    written: Time,
}

impl Timeline {
    /// Nothing has been done yet.
    pub fn new(mut start: Cluster) -> Timeline {
        start.log = WriteLog::begin();
        let active = Branch::first(start.now());
        let checkpoints = Checkpoints::new(&start);
        let last_branch = active.id;
        let (others, written) = (Vec::new(), UNKNOWN);
        Timeline { cursor: start, given: 0, checkpoints, active, others, last_branch, written }
    }

    /// A start and what was done then, at the start of it.
    pub fn replay(start: Cluster, inputs: &[(Time, Input)]) -> Timeline {
        let mut timeline = Timeline::new(start);
        timeline.active.inputs = inputs.to_vec();
        timeline.active.end = inputs.last().map_or(timeline.now(), |it| it.0);
        timeline
    }

    /// The cluster at the cursor.
    pub fn cluster(&self) -> &Cluster {
        &self.cursor
    }

    /// The cluster at the cursor, for whoever collects what it has noted for its viewers.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cursor
    }

    /// The time at the cursor.
    pub fn now(&self) -> Time {
        self.cursor.now()
    }

    /// Everything that was done on this branch, the future included.
    pub fn inputs(&self) -> &[(Time, Input)] {
        &self.active.inputs
    }

    /// How many of the inputs lie at or before the cursor.
    pub fn given(&self) -> usize {
        self.given
    }

    /// What was recorded on this branch, the future included.
    pub fn record(&self) -> &Record {
        let (known, reached) = (&self.active.record, self.cursor.record());
        if known.until() > reached.until() { known } else { reached }
    }

    /// How far this branch has been played or recorded.
    pub fn end(&self) -> Time {
        self.active.end
    }

    /// Plays on until `to`, giving recorded inputs at their times, or until `wakes_max` wake-ups
    /// are answered; returns the time reached.
    pub fn advance(&mut self, to: Time, wakes_max: u32) -> Time {
        self.develop();
        let mut left = wakes_max;
        loop {
            let next = self.active.inputs.get(self.given).map(|it| it.0).filter(|it| *it <= to);
            let target = next.unwrap_or(to);
            let is_reached = self.run(target, &mut left);
            if !is_reached || next.is_none() {
                break;
            }
            self.give_next();
        }
        self.active.end = self.active.end.max(self.now());
        self.now()
    }

    /// When the next wake-up or input is due, now at the earliest and `limit` at the latest.
    pub fn next_due(&self, limit: Time) -> Time {
        let input = self.active.inputs.get(self.given).map(|it| it.0);
        let due = [self.cursor.next_wake(), input].into_iter().flatten().min();
        due.map_or(limit, |it| it.max(self.now()).min(limit))
    }

    /// Answers the next wake-up or gives the next input, whichever comes first; false if neither
    /// is due by `limit`.
    pub fn step(&mut self, limit: Time) -> bool {
        self.develop();
        let next = self.active.inputs.get(self.given).map(|it| it.0).filter(|it| *it <= limit);
        let has_stepped = self.cursor.step(next.unwrap_or(limit));
        if let (false, Some(at)) = (has_stepped, next) {
            self.run(at, &mut WAKES_MAX.clone());
            self.give_next();
        }
        self.checkpoints.offer(&self.cursor, self.given);
        self.active.end = self.active.end.max(self.now());
        has_stepped || next.is_some()
    }

    /// Plays on until no workload has changed for `quiet` milliseconds, and goes back to the last
    /// change; or until `limit`. Returns what viewers have to look at again.
    pub fn settle(&mut self, quiet: i64, limit: Time) -> Touched {
        self.develop();
        let (known_end, mut last) = (self.active.end, self.now());
        let mut all = self.cursor.take_touched();
        while self.step((last + quiet).min(limit)) {
            let touched = self.cursor.take_touched();
            if touched.workloads {
                last = self.now();
            }
            all.merge(touched);
        }
        if last + quiet > limit {
            self.advance(limit, WAKES_MAX);
            all.merge(self.cursor.take_touched());
        } else if self.now() > last {
            let given = self.active.inputs.partition_point(|it| it.0 <= last);
            self.checkpoints.forget_after(last, given);
            let checkpoint = self.checkpoints.before(last).clone();
            self.place(checkpoint.cluster, checkpoint.given);
            self.active.end = known_end;
            self.advance(last, WAKES_MAX);
            // What lay between has been collected on the way there.
            self.cursor.take_touched();
        }
        all
    }

    /// Does one thing now. What is refused is not kept. In the past it forks.
    pub fn act(&mut self, input: Input) -> Result<Outcome, ApiError> {
        self.develop();
        let now = self.now();
        self.run(now, &mut WAKES_MAX.clone());
        let known = self.cursor.log.clone();
        self.cursor.log.cut();
        let outcome = match self.cursor.input(&input) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.cursor.log = known;
                return Err(error);
            }
        };
        self.written = UNKNOWN;
        if self.leaves().is_some() {
            self.fork(now);
        }
        self.active.inputs.push((now, input));
        self.given += 1;
        self.run(now, &mut WAKES_MAX.clone());
        Ok(outcome)
    }

    /// Goes to an instant, back or forth; returns the time reached.
    pub fn seek(&mut self, time: Time) -> Time {
        self.depart(time);
        self.advance(time, WAKES_MAX)
    }

    /// Goes to the last instant before another one from which `advance` leads there soonest, if
    /// that is another than now.
    pub fn depart(&mut self, time: Time) {
        let time = time.max(self.checkpoints.start());
        let (is_back, now) = (time < self.now(), self.now());
        let checkpoint = self.checkpoints.before(time);
        if is_back || checkpoint.cluster.now() > now || self.cursor.is_picture() {
            let (cluster, given) = (checkpoint.cluster.clone(), checkpoint.given);
            self.active.record = self.record().clone();
            self.place(cluster, given);
        }
    }

    /// All branches, the active one among them, in the order in which they came to be.
    pub fn branches(&self) -> Vec<&Branch> {
        let mut branches: Vec<&Branch> = self.others.iter().collect();
        branches.push(&self.active);
        branches.sort_by_key(|it| it.id);
        branches
    }

    /// The branch that is looked at.
    pub fn active(&self) -> &Branch {
        &self.active
    }

    /// Calls a branch something; false if it is not known, or another is called so.
    pub fn rename(&mut self, id: BranchId, name: &str) -> bool {
        let mut all: Vec<&mut Branch> = self.others.iter_mut().collect();
        all.push(&mut self.active);
        let is_taken = all.iter().any(|it| it.id != id && it.name == name);
        let found = all.into_iter().find(|it| it.id == id).filter(|_| !is_taken);
        found.map(|it| name.clone_into(&mut it.name)).is_some()
    }

    /// Forgets a branch; false if it is not known, or looked at.
    pub fn forget(&mut self, id: BranchId) -> bool {
        let count = self.others.len();
        self.others.retain(|it| it.id != id);
        self.others.len() < count
    }

    /// How far what would be left goes, if acting now forks.
    pub fn leaves(&self) -> Option<Time> {
        let is_past = self.given < self.active.inputs.len() || self.now() < self.active.end;
        is_past.then_some(self.active.end)
    }

    /// Looks at the same instant of another branch; false if it is not known.
    pub fn switch(&mut self, id: BranchId) -> bool {
        if id == self.active.id {
            return true;
        }
        let Some(index) = self.others.iter().position(|it| it.id == id) else { return false };
        self.active.record = self.record().clone();
        let next = self.others.remove(index);
        let common = self.active.common_with(&next);
        self.checkpoints.keep_common(common, &next.inputs);
        self.others.push(std::mem::replace(&mut self.active, next));
        let now = self.now();
        let checkpoint = self.checkpoints.before(now);
        let (cluster, given) = (checkpoint.cluster.clone(), checkpoint.given);
        self.place(cluster, given);
        // What was written after that belongs to the branch that is left.
        self.cursor.log.cut();
        self.written = UNKNOWN;
        self.advance(now, WAKES_MAX);
        true
    }

    /// Answers every wake-up until the end of an instant; false if there were too many.
    fn run(&mut self, to: Time, left: &mut u32) -> bool {
        loop {
            let before = self.cursor.work().wakes;
            self.cursor.run(to, SLICE.min(*left));
            let answered = self.cursor.work().wakes - before;
            *left -= u32::try_from(answered).unwrap_or(SLICE).min(*left);
            self.checkpoints.offer(&self.cursor, self.given);
            let is_over = self.cursor.next_wake().is_none_or(|it| it > to);
            if is_over || *left == 0 {
                return is_over;
            }
        }
    }

    /// It was accepted when it was recorded, so it is accepted again.
    fn give_next(&mut self) {
        let Some((at, input)) = self.active.inputs.get(self.given).cloned() else { return };
        let outcome = self.cursor.input(&input);
        debug_assert!(outcome.is_ok(), "{at}: {input:?} is refused now: {outcome:?}");
        self.given += 1;
        self.run(at, &mut WAKES_MAX.clone());
    }

    /// The future becomes another branch, and this one goes on without it.
    fn fork(&mut self, now: Time) {
        self.last_branch = self.last_branch.next();
        // Somebody may have given that name to another.
        while self.branches().iter().any(|it| it.name == self.last_branch.letter()) {
            self.last_branch = self.last_branch.next();
        }
        let forked = self.active.fork(self.last_branch, self.given, now);
        self.others.push(std::mem::replace(&mut self.active, forked));
        if self.others.len() >= BRANCHES_MAX {
            self.others.remove(0);
        }
        self.checkpoints.forget_after(now, self.given);
    }

    /// Puts another cluster at the cursor; viewers have to look at everything on it again.
    fn place(&mut self, mut cluster: Cluster, given: usize) {
        cluster.touch_after(self.cursor.store());
        self.written = self.written();
        cluster.log = self.cursor.log.at(cluster.log.len());
        self.cursor = cluster;
        self.given = given;
    }
}

//! Showing an instant at once, by what was written, before anybody has gone there.

use crate::api::Time;
use crate::sim::{Cluster, Timeline};

impl Timeline {
    /// Whether it takes long to go to an instant.
    pub fn is_far(&self, time: Time) -> bool {
        let checkpoint = &self.checkpoints.before(time).cluster;
        self.cursor.log.is_far(time, checkpoint.log.len())
    }

    /// Puts a picture of an instant at the cursor; false if it is not known what was written up to
    /// then. Whoever acts in it, or lets time go on, is brought to the instant itself first.
    pub fn show(&mut self, time: Time) -> bool {
        let time = time.max(self.checkpoints.start());
        if time > self.written() {
            return false;
        }
        let checkpoint = &self.checkpoints.before(time).cluster;
        let is_nearer = self.now() <= time && self.cursor.log.len() >= checkpoint.log.len();
        let base = if is_nearer { &self.cursor } else { checkpoint };
        let picture = base.picture(time, &self.cursor.log);
        let given = self.active.inputs.partition_point(|it| it.0 <= time);
        self.active.record = self.record().clone();
        self.place(picture, given);
        true
    }

    /// The cluster at the cursor, or that of which a picture stands there.
    pub fn real(&self) -> Cluster {
        if !self.cursor.is_picture() {
            return self.cursor.clone();
        }
        let mut copy = self.clone();
        copy.develop();
        copy.cursor
    }

    /// Makes the picture at the cursor the cluster itself.
    pub(super) fn develop(&mut self) {
        if self.cursor.is_picture() {
            let now = self.now();
            self.depart(now);
            self.advance(now, super::WAKES_MAX);
        }
    }

    /// Up to when every write of the branch is known.
    pub(super) fn written(&self) -> Time {
        let now = self.now();
        let input = self.active.inputs.get(self.given).map(|it| it.0);
        let due = [self.cursor.next_wake(), input].into_iter().flatten().min();
        let is_over = due.is_none_or(|it| it > now);
        let own = if is_over { now } else { now + -1 };
        if self.cursor.is_picture() { self.written } else { self.written.max(own) }
    }
}

//! The seam by which tests and the Controller panel drive a cluster by hand: a chosen set of
//! actors, the clock, single syncs, and what the actors keep, computed anew.

use crate::api::{Calendar, Time, Uid};
use crate::sim::actor::Ctx;
use crate::sim::daemon_set::{LastSync, SyncReport};
use crate::sim::{ActorKind, ActorSet, Cluster, Journal, Seed};

impl Cluster {
    /// The lock-step seam: an empty cluster in which only the named actors take part, without
    /// latency. Whoever drives it does the work of the others by `execute`.
    pub fn lock_step(seed: Seed, actor_set: ActorSet) -> Cluster {
        let calendar = Calendar { unix_seconds_at_zero: 0 };
        Cluster { actor_set, has_latency: false, ..Cluster::new(seed, calendar) }
    }

    /// Moves the clock without waking anybody: for the lock-step seam.
    pub fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    /// One sync of a DaemonSet, whether it was woken or not: for the lock-step seam.
    pub fn sync_daemon_set(&mut self, uid: Uid) -> SyncReport {
        let mut report = SyncReport::default();
        let mut commands = Vec::new();
        let mut wakes = Vec::new();
        let mut ctx = Ctx {
            now: self.now,
            store: &self.store,
            seed: self.seed,
            has_latency: self.has_latency,
            commands: &mut commands,
            wakes: &mut wakes,
            work: &mut self.work,
        };
        self.actors.daemon_set.sync(uid, &mut ctx, &mut report);
        self.queue_wakes(ActorKind::DaemonSet, &mut wakes);
        self.execute_all(commands);
        report
    }

    /// The full computation behind what actors keep by difference: an error
    /// names the first figure that differs.
    pub fn recount(&self) -> Result<(), String> {
        self.actors.daemon_set.recount(&self.store, self.now)?;
        match self.actor_set.contains(ActorKind::Scheduler) {
            true => self.actors.scheduler.recount(&self.store),
            false => Ok(()),
        }
    }

    /// The last sync of a DaemonSet by its controller; none if there was none yet.
    pub fn last_sync(&self, uid: Uid) -> Option<LastSync> {
        self.actors.daemon_set.last_sync(uid)
    }

    /// Whether something happened that the DaemonSet has not been synced for yet.
    pub fn is_sync_due(&self, uid: Uid) -> bool {
        self.actors.daemon_set.is_queued(uid)
    }

    /// From now on it is noted in detail what happens.
    pub fn keep_journal(&mut self) {
        self.journal.get_or_insert_default();
    }

    /// What has happened since the last call; nothing unless a journal is kept.
    pub fn take_journal(&mut self) -> Journal {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

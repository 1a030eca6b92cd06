//! Single steps of the DaemonSet controller: the sync that comes next, and the one that was last.

use crate::api::{Time, Uid};
use crate::insight::Reconciliation;
use crate::playground::Playground;
use crate::sim::Timeline;

/// A sync that is further away does not come of itself, in milliseconds.
const WITHIN: i64 = 3_600_000;
/// Steps until a sync that are looked through.
const STEPS_MAX: u32 = 200_000;

impl Playground {
    /// The sync of a DaemonSet, `NAMESPACE/NAME`, that comes next if nothing else is done; none if
    /// nothing will wake its controller.
    pub fn next_sync(&self, daemon_set: &str) -> Option<Reconciliation> {
        let uid = self.daemon_set_by_key(daemon_set)?.meta.uid;
        look(self.timeline().clone(), uid, self.now() + WITHIN)
    }

    /// The last sync of a DaemonSet, `NAMESPACE/NAME`, up to now; none if there was none.
    pub fn last_sync(&self, daemon_set: &str) -> Option<Reconciliation> {
        let uid = self.daemon_set_by_key(daemon_set)?.meta.uid;
        let at = self.timeline.real().last_sync(uid)?.at;
        let mut past = self.timeline().clone();
        past.seek(at + -1);
        look(past, uid, at)
    }

    /// Runs to the end of that next sync, and says what it was.
    pub fn step_sync(&mut self, daemon_set: &str) -> Option<Reconciliation> {
        let sync = self.next_sync(daemon_set)?;
        self.advance(sync.at, u32::MAX);
        Some(sync)
    }
}

fn look(mut before: Timeline, uid: Uid, limit: Time) -> Option<Reconciliation> {
    let steps = steps_to_sync(before.clone(), uid, limit)?;
    for _ in 1..steps {
        before.step(limit);
    }
    let mut after = before.clone();
    after.step(limit);
    Reconciliation::between(before.cluster(), after.cluster(), uid)
}

/// How many steps it is to the next sync.
fn steps_to_sync(mut probe: Timeline, uid: Uid, limit: Time) -> Option<u32> {
    let count = |it: &Timeline| it.cluster().last_sync(uid).map_or(0, |it| it.count);
    let known = count(&probe);
    for step in 1..=STEPS_MAX {
        if !probe.step(limit) {
            return None;
        }
        if count(&probe) > known {
            return Some(step);
        }
    }
    None
}

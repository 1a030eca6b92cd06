//! The pods that want a node (`pkg/scheduler/backend/queue`): those whose turn may come, by
//! priority and arrival, and those that were tried in vain.

use std::cmp::Reverse;

use crate::api::{Name, Pod, Time, Uid};
use crate::sim::{Map, Set};

/// A pod that does not fit is tried again after 1 s, doubling to 10 s, when something changes…
const BACKOFF_INITIAL: i64 = 1_000;
const BACKOFF_MAX: i64 = 10_000;
/// …and after five minutes in any case.
pub(super) const UNSCHEDULABLE_MAX: i64 = 300_000;

/// What is known of a pod in the queue.
#[derive(Clone, Debug)]
struct Entry {
    priority: i64,
    attempts: u32,
    last: Time,
    place: Place,
    /// The node that it waits for; none if it waits for any.
    node: Option<Name>,
    is_curable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Since then its turn may come.
    Active(Time),
    /// It was tried in vain, and goes on at that time.
    Waiting(Time),
}

/// What a wake-up about a pod means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing any more.
    Nobody,
    /// The pod has waited long enough.
    Rejoins,
    /// It is the turn of this pod.
    Of(Uid),
}

/// Why a pod waits.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    /// The node that it waits for; none if it waits for any.
    pub(super) node: Option<Name>,
    /// It helps if pods leave.
    pub(super) is_curable: bool,
    /// Pods on other nodes play a part.
    pub(super) depends_on_others: bool,
}

/// See the head of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    entries: Map<Uid, Entry>,
    active: Set<(Reverse<i64>, Time, Uid)>,
    /// Pods that wait for one node.
    by_node: Set<(Name, Uid)>,
    /// Pods that wait for any.
    everywhere: Set<Uid>,
}

impl Queue {
    /// A new pod.
    pub(super) fn add(&mut self, pod: &Pod, now: Time) {
        let entry = Entry {
            priority: pod.priority.value,
            attempts: 0,
            last: now,
            place: Place::Active(now),
            node: None,
            is_curable: false,
        };
        self.active.insert_mut((Reverse(entry.priority), now, pod.meta.uid));
        self.entries.insert_mut(pod.meta.uid, entry);
    }

    pub(super) fn remove(&mut self, uid: Uid) {
        let Some(entry) = self.entries.get(&uid).cloned() else { return };
        self.entries.remove_mut(&uid);
        if let Place::Active(since) = entry.place {
            self.active.remove_mut(&(Reverse(entry.priority), since, uid));
        }
        self.stop_waiting(uid, entry.node);
    }

    fn stop_waiting(&mut self, uid: Uid, node: Option<Name>) {
        if let Some(node) = node {
            self.by_node.remove_mut(&(node, uid));
        }
        self.everywhere.remove_mut(&uid);
    }

    /// A wake-up about a pod: more important pods, and those that came before, have their turn
    /// first.
    pub(super) fn turn(&self, uid: Uid, now: Time) -> Turn {
        match self.entries.get(&uid).map(|it| (it.priority, it.place)) {
            None => Turn::Nobody,
            Some((_, Place::Waiting(due))) if due > now => Turn::Nobody,
            Some((_, Place::Waiting(_))) => Turn::Rejoins,
            Some((priority, Place::Active(since))) => {
                let own = (Reverse(priority), since);
                let first = self.active.first().filter(|it| (it.0, it.1) < own);
                Turn::Of(first.map_or(uid, |it| it.2))
            }
        }
    }

    /// A pod has waited long enough.
    pub(super) fn rejoin(&mut self, uid: Uid, now: Time) {
        let Some(entry) = self.entries.get_mut(&uid) else { return };
        entry.place = Place::Active(now);
        self.active.insert_mut((Reverse(entry.priority), now, uid));
        let node = entry.node.take();
        self.stop_waiting(uid, node);
    }

    /// A pod was tried in vain; when it is tried again at the latest.
    pub(super) fn put_off(&mut self, uid: Uid, reason: Reason, now: Time) -> Option<Time> {
        let entry = self.entries.get_mut(&uid)?;
        if let Place::Active(since) = entry.place {
            self.active.remove_mut(&(Reverse(entry.priority), since, uid));
        }
        let due = now + UNSCHEDULABLE_MAX;
        entry.attempts += 1;
        entry.last = now;
        entry.place = Place::Waiting(due);
        entry.node = reason.node.clone();
        entry.is_curable = reason.is_curable;
        if reason.node.is_none() || reason.depends_on_others {
            self.everywhere.insert_mut(uid);
        }
        if let Some(node) = reason.node {
            self.by_node.insert_mut((node, uid));
        }
        Some(due)
    }

    /// Something has changed for a waiting pod: when it is tried again, if that is earlier now.
    pub(super) fn hasten(&mut self, uid: Uid, soon: Time) -> Option<Time> {
        let entry = self.entries.get_mut(&uid)?;
        let Place::Waiting(planned) = entry.place else { return None };
        let backoff = BACKOFF_INITIAL << entry.attempts.saturating_sub(1).min(4);
        let due = soon.max(entry.last + backoff.min(BACKOFF_MAX));
        (due < planned).then(|| {
            entry.place = Place::Waiting(due);
            due
        })
    }

    /// The pods that wait for something to change on a node.
    pub(super) fn waiting_for(&self, node: &Name) -> Vec<Uid> {
        let here = self.by_node.range((node.clone(), Uid(0))..).take_while(|it| it.0 == *node);
        here.map(|it| it.1).chain(self.everywhere.iter().copied()).collect()
    }

    /// The pods that wait for something to change anywhere.
    pub(super) fn waiting_everywhere(&self) -> Vec<Uid> {
        self.everywhere.iter().copied().collect()
    }

    /// Whether it helps a pod if others leave.
    pub(super) fn is_curable(&self, uid: Uid) -> bool {
        self.entries.get(&uid).is_some_and(|it| it.is_curable)
    }
}

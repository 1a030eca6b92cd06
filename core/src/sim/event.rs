//! Kubernetes Events: who said what about which object, with upstream's correlation.
//!
//! Follows `client-go/tools/record/events_cache.go`: identical events raise a count, the tenth
//! different message of one kind within ten minutes is folded into a combined event, and a token
//! bucket of 25 for each source and object drops the rest. Events live for an hour; more than
//! `EVENTS_MAX` are never kept.

mod message;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fnv::FnvHasher;

use crate::api::{Name, Node, ObjectMeta, Pod, Time, Uid};
use crate::sim::Map;

pub use message::Message;

/// How many events are kept at most.
const EVENTS_MAX: u64 = 10_000;
/// How long an event lives, in milliseconds.
const LIFE: i64 = 3_600_000;
/// From this many different messages on, they are combined.
const COMBINED_FROM: u64 = 10;
/// A gap this long starts the count of different messages anew, in milliseconds.
const COMBINE_INTERVAL: i64 = 600_000;
/// The token bucket: its size, and the milliseconds for one token.
const BURST: i32 = 25;
const REFILL: i32 = 300_000;

/// The object that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectRef {
    /// `Pod`, `Node`, `DaemonSet`.
    pub kind: &'static str,
    /// Empty for nodes.
    pub namespace: Name,
    /// The name.
    pub name: Name,
    /// The identity.
    pub uid: Uid,
    /// The container, for `fieldPath: spec.containers{NAME}`.
    pub container: Option<Name>,
}

impl ObjectRef {
    /// A pod.
    pub fn pod(pod: &Pod) -> Arc<ObjectRef> {
        ObjectRef::new("Pod", &pod.meta)
    }

    /// A container of a pod.
    pub fn container(pod: &Pod, container: &Name) -> Arc<ObjectRef> {
        Arc::new(ObjectRef::of("Pod", &pod.meta, Some(container.clone())))
    }

    /// A node.
    pub fn node(node: &Node) -> Arc<ObjectRef> {
        ObjectRef::new("Node", &node.meta)
    }

    /// Any other object.
    pub fn new(kind: &'static str, meta: &ObjectMeta) -> Arc<ObjectRef> {
        Arc::new(ObjectRef::of(kind, meta, None))
    }

    fn of(kind: &'static str, meta: &ObjectMeta, container: Option<Name>) -> ObjectRef {
        let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
        ObjectRef { kind, namespace, name, uid: meta.uid, container }
    }
}

impl fmt::Display for ObjectRef {
    /// `NAMESPACE/NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What an actor reports.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The object; events about the same one share it.
    pub object: Arc<ObjectRef>,
    /// `Warning` or `Normal`.
    pub is_warning: bool,
    /// `SuccessfulCreate`.
    pub reason: &'static str,
    /// `kubelet`.
    pub source: &'static str,
    /// The text.
    pub message: Message,
}

/// A stored Event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Identity in the log; later events have higher numbers.
    pub id: u64,
    /// What was reported last.
    pub event: NewEvent,
    /// `(combined from similar events): ` stands before the message.
    pub is_combined: bool,
    /// How often.
    pub count: u32,
    /// `firstTimestamp`.
    pub first: Time,
    /// `lastTimestamp`.
    pub last: Time,
}

impl Event {
    /// The message as stored.
    pub fn message(&self) -> String {
        let prefix = if self.is_combined { "(combined from similar events): " } else { "" };
        format!("{prefix}{}", self.event.message)
    }

    /// `Normal` or `Warning`.
    pub fn kind(&self) -> &'static str {
        if self.event.is_warning { "Warning" } else { "Normal" }
    }
}

/// What was reported about one object: little, so it is searched from one end to the other. Every
/// checkpoint has thousands of them, so they are kept small.
#[derive(Clone, Debug, Default)]
struct Subject {
    /// What was said; the different contents of a kind in their order.
    said: Vec<Said>,
    /// Sources, and their tokens.
    buckets: Vec<Bucket>,
}

/// A content that was reported. Kinds and contents are hashes, see `Keys`; what stands for the
/// combined event of a kind has the kind for its content.
#[derive(Clone, Copy, Debug)]
struct Said {
    kind: u32,
    content: u32,
    /// The event that it is stored in, 0 for none.
    stored: u32,
    /// It counts among the different contents of its kind.
    is_counted: bool,
    /// When something of its kind was reported last.
    last: Time,
}

/// Tokens of one source and object.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    source: u32,
    filled: i32,
    at: Time,
}

/// All events of the last hour.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    events: Map<u64, Arc<Event>>,
    subjects: Map<Uid, Arc<Subject>>,
    raw_count: u64,
    last_id: u64,
    dropped: u64,
}

impl EventLog {
    /// Events in the order in which they were first stored.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Event>> {
        self.events.values()
    }

    /// How many events were reported, before correlation.
    pub fn raw_count(&self) -> u64 {
        self.raw_count
    }

    /// How many stored events were given up because there were too many.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many of its events an earlier state of it does not hold. Until it is full all later
    /// ones hold them as well; then this is nothing.
    pub(super) fn events_apart(&self, before: &EventLog) -> u64 {
        let new = self.last_id.saturating_sub(before.last_id).min(self.events.size() as u64);
        if self.dropped == 0 { 0 } else { new }
    }

    /// Stores what an actor reports, unless the rate limit swallows it.
    pub(super) fn record(&mut self, mut event: NewEvent, now: Time) {
        self.raw_count += 1;
        let (uid, keys) = (event.object.uid, Keys::of(&event));
        let subject = match self.subjects.get_mut(&uid) {
            Some(known) => known,
            None => {
                self.subjects.insert_mut(uid, Arc::default());
                let Some(new) = self.subjects.get_mut(&uid) else { return };
                new
            }
        };
        let subject = Arc::make_mut(subject);
        let before =
            subject.said.iter().rev().filter_map(|it| self.events.get(&u64::from(it.stored)));
        if let Some(same) = before.map(|it| &it.event.object).find(|it| **it == event.object) {
            event.object = same.clone();
        }
        let is_combined = subject.is_one_of_many(keys.kind, keys.content, now);
        if !subject.take_token(keys.source, now) {
            return;
        }
        let content = if is_combined { keys.kind } else { keys.content };
        let said = subject.said(keys.kind, content, now);
        let stored = self.events.get(&u64::from(said.stored));
        let stored = match stored.filter(|it| now.0 - it.last.0 < LIFE) {
            Some(it) => Event {
                id: it.id,
                event,
                is_combined,
                count: it.count + 1,
                first: it.first,
                last: now,
            },
            None => {
                self.last_id += 1;
                let id = self.last_id;
                // Four billion events do not fit into an hour.
                said.stored = id as u32;
                Event { id, event, is_combined, count: 1, first: now, last: now }
            }
        };
        self.events.insert_mut(stored.id, Arc::new(stored));
        self.forget(now);
    }

    /// Lets go of what is over, a few at a time: the oldest first.
    fn forget(&mut self, now: Time) {
        for _ in 0..2 {
            let Some((_, oldest)) = self.events.first() else { return };
            let is_over = now.0 - oldest.last.0 >= LIFE;
            let is_too_many = self.events.size() as u64 > EVENTS_MAX;
            if !is_over && !is_too_many {
                return;
            }
            self.dropped += u64::from(!is_over);
            let Some((id, oldest)) = self.events.pop_first_mut() else { return };
            let uid = oldest.event.object.uid;
            let Some(subject) = self.subjects.get_mut(&uid) else { continue };
            let subject = Arc::make_mut(subject);
            subject.forget(id, Keys::of(&oldest.event));
            if subject.said.iter().all(|it| it.stored == 0) {
                self.subjects.remove_mut(&uid);
            }
        }
    }
}

impl Subject {
    fn is_one_of_many(&mut self, kind: u32, content: u32, now: Time) -> bool {
        for it in self.said.iter_mut().filter(|it| it.kind == kind) {
            // Since the first of its kind all have the same time.
            it.is_counted &= now.0 - it.last.0 <= COMBINE_INTERVAL;
            it.last = now;
        }
        let said = self.said(kind, content, now);
        if !said.is_counted {
            let said = Said { is_counted: true, ..*said };
            self.said.retain(|it| (it.kind, it.content) != (kind, content));
            self.said.push(said);
        }
        let is_one = |it: &Said| it.kind == kind && it.is_counted;
        let is_many = self.said.iter().filter(|it| is_one(it)).count() as u64 >= COMBINED_FROM;
        if let Some(first) = self.said.iter().position(is_one).filter(|_| is_many) {
            // Upstream pops an arbitrary key so that the set stays at its limit.
            self.said[first].is_counted = false;
            if self.said[first].stored == 0 {
                self.said.remove(first);
            }
        }
        is_many
    }

    fn said(&mut self, kind: u32, content: u32, now: Time) -> &mut Said {
        let is_it = |it: &Said| (it.kind, it.content) == (kind, content);
        let index = self.said.iter().position(is_it).unwrap_or_else(|| {
            self.said.reserve_exact(1);
            self.said.push(Said { kind, content, stored: 0, is_counted: false, last: now });
            self.said.len() - 1
        });
        &mut self.said[index]
    }

    fn take_token(&mut self, source: u32, now: Time) -> bool {
        let full = BURST * REFILL;
        let Some(bucket) = self.buckets.iter_mut().find(|it| it.source == source) else {
            self.buckets.reserve_exact(1);
            self.buckets.push(Bucket { source, filled: full - REFILL, at: now });
            return true;
        };
        let passed = (now.0 - bucket.at.0).min(full.into()) as i32;
        let filled = (bucket.filled + passed).min(full);
        let is_allowed = filled >= REFILL;
        bucket.filled = if is_allowed { filled - REFILL } else { filled };
        bucket.at = now;
        is_allowed
    }

    fn forget(&mut self, id: u64, keys: Keys) {
        for it in &mut self.said {
            if u64::from(it.stored) == id {
                it.stored = 0;
            }
            it.is_counted &= it.kind != keys.kind;
        }
        self.said.retain(|it| it.stored != 0 || it.is_counted);
        self.buckets.retain(|it| it.source != keys.source);
    }
}

/// Hashes of an event: its source, with its kind, and with its message. They only tell apart what
/// is said about one object, which is little.
#[derive(Clone, Copy)]
struct Keys {
    source: u32,
    kind: u32,
    content: u32,
}

impl Keys {
    fn of(event: &NewEvent) -> Keys {
        let mut hasher = FnvHasher::default();
        (event.source, event.object.kind).hash(&mut hasher);
        let source = fold(hasher.finish());
        (event.is_warning, event.reason).hash(&mut hasher);
        let kind = fold(hasher.finish());
        (&event.object.container, &event.message).hash(&mut hasher);
        Keys { source, kind, content: fold(hasher.finish()) }
    }
}

/// Half of a hash.
fn fold(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

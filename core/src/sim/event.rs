//! Kubernetes Events: who said what about which object, with upstream's correlation.
//!
//! Follows `client-go/tools/record/events_cache.go`: identical events raise a count, the tenth
//! different message of one kind within ten minutes is folded into a combined event, and a token
//! bucket of 25 for each source and object drops the rest. Events live for an hour; more than
//! `EVENTS_MAX` are never kept.

mod message;
#[cfg(test)]
mod tests;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fnv::FnvHasher;

use crate::api::{Name, Node, ObjectMeta, Pod, Time, Uid};
use crate::sim::Map;

pub use message::Message;

/// How many events are kept at most.
const EVENTS_MAX: u64 = 20_000;
/// How long an event lives, in milliseconds.
const LIFE: i64 = 3_600_000;
/// From this many different messages on, they are combined.
const COMBINED_FROM: u32 = 10;
/// A gap this long starts the count of different messages anew, in milliseconds.
const COMBINE_INTERVAL: i64 = 600_000;
/// The token bucket: its size, and the milliseconds for one token.
const BURST: i64 = 25;
const REFILL: i64 = 300_000;

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
    pub fn pod(pod: &Pod) -> ObjectRef {
        ObjectRef::new("Pod", &pod.meta)
    }

    /// A container of a pod.
    pub fn container(pod: &Pod, container: &Name) -> ObjectRef {
        ObjectRef { container: Some(container.clone()), ..ObjectRef::pod(pod) }
    }

    /// A node.
    pub fn node(node: &Node) -> ObjectRef {
        ObjectRef::new("Node", &node.meta)
    }

    /// Any other object.
    pub fn new(kind: &'static str, meta: &ObjectMeta) -> ObjectRef {
        let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
        ObjectRef { kind, namespace, name, uid: meta.uid, container: None }
    }
}

/// What an actor reports.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The object.
    pub object: ObjectRef,
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

/// Different messages of one kind about one object.
#[derive(Clone, Debug)]
struct Similar {
    messages: Arc<Vec<u64>>,
    last: Time,
}

/// Tokens of one source and object, in thousandths of a refill.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    filled: i64,
    at: Time,
}

/// The object first: what is reported about one object lies together.
type Key = (Uid, u64);

/// All events of the last hour.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    events: Map<u64, Arc<Event>>,
    by_content: Map<Key, u64>,
    similar: Map<Key, Similar>,
    buckets: Map<Key, Bucket>,
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

    /// Stores what an actor reports; none if the rate limit swallowed it.
    pub(super) fn record(&mut self, event: NewEvent, now: Time) -> Option<Arc<Event>> {
        self.raw_count += 1;
        let (content, kind, object) = keys(&event);
        let is_combined = self.is_one_of_many(kind, content, now);
        if !self.take_token(object, now) {
            return None;
        }
        let key = if is_combined { kind } else { content };
        let known = self.by_content.get(&key).and_then(|id| self.events.get(id));
        let known = known.filter(|it| now.0 - it.last.0 < LIFE);
        let stored = match known.map(|it| (it.id, it.first, it.count + 1)) {
            Some((id, first, count)) => Event { id, event, is_combined, count, first, last: now },
            None => {
                self.last_id += 1;
                self.by_content.insert_mut(key, self.last_id);
                Event { id: self.last_id, event, is_combined, count: 1, first: now, last: now }
            }
        };
        let stored = Arc::new(stored);
        self.events.insert_mut(stored.id, stored.clone());
        self.forget(now);
        Some(stored)
    }

    fn is_one_of_many(&mut self, kind: Key, content: Key, now: Time) -> bool {
        let Some(similar) = self.similar.get_mut(&kind) else {
            self.similar
                .insert_mut(kind, Similar { messages: Arc::new(vec![content.1]), last: now });
            return false;
        };
        if now.0 - similar.last.0 > COMBINE_INTERVAL {
            similar.messages = Arc::default();
        }
        similar.last = now;
        if !similar.messages.contains(&content.1) {
            Arc::make_mut(&mut similar.messages).push(content.1);
        }
        let is_many = similar.messages.len() as u64 >= u64::from(COMBINED_FROM);
        if is_many {
            // Upstream pops an arbitrary key so that the set stays at its limit.
            Arc::make_mut(&mut similar.messages).remove(0);
        }
        is_many
    }

    fn take_token(&mut self, object: Key, now: Time) -> bool {
        let full = BURST * REFILL;
        let Some(bucket) = self.buckets.get_mut(&object) else {
            self.buckets.insert_mut(object, Bucket { filled: full - REFILL, at: now });
            return true;
        };
        let filled = (bucket.filled + (now.0 - bucket.at.0)).min(full);
        let is_allowed = filled >= REFILL;
        bucket.filled = if is_allowed { filled - REFILL } else { filled };
        bucket.at = now;
        is_allowed
    }

    /// Lets go of what is over, a few at a time: the oldest first.
    fn forget(&mut self, now: Time) {
        for _ in 0..2 {
            let Some((id, oldest)) = self.events.first() else { return };
            let is_over = now.0 - oldest.last.0 >= LIFE;
            let is_too_many = self.events.size() as u64 > EVENTS_MAX;
            if !is_over && !is_too_many {
                return;
            }
            self.dropped += u64::from(!is_over);
            let (id, (content, kind, object)) = (*id, keys(&oldest.event));
            self.events.remove_mut(&id);
            self.by_content.remove_mut(&content);
            self.similar.remove_mut(&kind);
            self.buckets.remove_mut(&object);
        }
    }
}

/// Three keys of an event: with its message, without it, and source and object alone.
fn keys(event: &NewEvent) -> (Key, Key, Key) {
    let uid = event.object.uid;
    let mut hasher = FnvHasher::default();
    (event.source, event.object.kind).hash(&mut hasher);
    let object = hasher.finish();
    (event.is_warning, event.reason).hash(&mut hasher);
    let kind = hasher.finish();
    (&event.object.container, &event.message).hash(&mut hasher);
    ((uid, hasher.finish()), (uid, kind), (uid, object))
}

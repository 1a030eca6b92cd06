//! Kubernetes Events: who said what about which object, with upstream's correlation.
//!
//! Follows `client-go/tools/record/events_cache.go`: identical events raise a count, the tenth
//! different message of one kind within ten minutes is folded into a combined event, and a token
//! bucket of 25 for each source and object drops the rest. Events live for an hour; more than
//! `EVENTS_MAX` are never kept.

mod message;

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

/// All events of the last hour.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    events: Map<u64, Arc<Event>>,
    by_content: Map<u64, u64>,
    similar: Map<u64, Similar>,
    buckets: Map<u64, Bucket>,
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
        let key = if is_combined { kind } else { content };
        let known = self.by_content.get(&key).and_then(|id| self.events.get(id));
        let stored = match known.filter(|it| now.0 - it.last.0 < LIFE) {
            Some(known) => {
                let (id, first) = (known.id, known.first);
                Event { id, event, is_combined, count: known.count + 1, first, last: now }
            }
            None => {
                self.last_id += 1;
                let id = self.last_id;
                Event { id, event, is_combined, count: 1, first: now, last: now }
            }
        };
        if !self.take_token(object, now) {
            return None;
        }
        let stored = Arc::new(stored);
        self.by_content.insert_mut(key, stored.id);
        self.events.insert_mut(stored.id, stored.clone());
        self.forget(now);
        Some(stored)
    }

    fn is_one_of_many(&mut self, kind: u64, content: u64, now: Time) -> bool {
        let known = self.similar.get(&kind).filter(|it| now.0 - it.last.0 <= COMBINE_INTERVAL);
        let mut messages = known.map(|it| it.messages.clone()).unwrap_or_default();
        if !messages.contains(&content) {
            Arc::make_mut(&mut messages).push(content);
        }
        let is_many = messages.len() as u64 >= u64::from(COMBINED_FROM);
        if is_many {
            // Upstream pops an arbitrary key so that the set stays at its limit.
            Arc::make_mut(&mut messages).remove(0);
        }
        self.similar.insert_mut(kind, Similar { messages, last: now });
        is_many
    }

    fn take_token(&mut self, object: u64, now: Time) -> bool {
        let full = BURST * REFILL;
        let bucket = self.buckets.get(&object).copied().unwrap_or(Bucket { filled: full, at: now });
        let filled = (bucket.filled + (now.0 - bucket.at.0)).min(full);
        let is_allowed = filled >= REFILL;
        let filled = if is_allowed { filled - REFILL } else { filled };
        self.buckets.insert_mut(object, Bucket { filled, at: now });
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
fn keys(event: &NewEvent) -> (u64, u64, u64) {
    let mut hasher = FnvHasher::default();
    (event.source, &event.object.kind, event.object.uid).hash(&mut hasher);
    let object = hasher.finish();
    (event.is_warning, event.reason).hash(&mut hasher);
    let kind = hasher.finish();
    (&event.object.container, &event.message).hash(&mut hasher);
    (hasher.finish(), kind, object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_different_message_is_combined_and_the_rest_is_limited() {
        let mut log = EventLog::default();
        for pod in 0..30 {
            log.record(created(&format!("p-{pod}")), Time(pod * 10));
        }
        let texts: Vec<_> = log.iter().map(|it| (it.message(), it.count)).collect();
        assert_eq!(texts.len(), 10);
        assert_eq!(texts[8], ("Created pod: p-8".into(), 1));
        // Twenty-five pass the limit: nine alone, sixteen combined.
        assert_eq!(texts[9].1, 16);
        assert_eq!(texts[9].0, "(combined from similar events): Created pod: p-24");
        assert_eq!(log.raw_count(), 30);
    }

    #[test]
    fn the_same_text_raises_the_count() {
        let mut log = EventLog::default();
        for second in 0..3 {
            log.record(created("p"), Time::from_seconds(second));
        }
        let events: Vec<_> = log.iter().collect();
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].count, events[0].first, events[0].last), (3, Time(0), Time(2000)));
    }

    #[test]
    fn events_live_for_an_hour() {
        let mut log = EventLog::default();
        log.record(created("a"), Time(0));
        log.record(created("b"), Time(LIFE));
        let texts: Vec<_> = log.iter().map(|it| it.message()).collect();
        assert_eq!(texts, ["Created pod: b"]);
    }

    fn created(pod: &str) -> NewEvent {
        NewEvent {
            object: ObjectRef {
                kind: "DaemonSet",
                namespace: "n".into(),
                name: "d".into(),
                uid: Uid(1),
                container: None,
            },
            is_warning: false,
            reason: "SuccessfulCreate",
            source: "daemonset-controller",
            message: Message::CreatedPod { pod: pod.into() },
        }
    }
}

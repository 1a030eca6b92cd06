//! Pods in few bytes: a new one by what it has not in common with another of its owner, a changed
//! one by the fields that its life changes. A pod of which anything else is different is not
//! written so, which `put_like` and `Patch::put` say.

use std::sync::Arc;

use crate::api::pod::{Condition, ContainerState, ContainerStatus, Ended, Phase, PodStatus};
use crate::api::{Address, Deletion, Name, ObjectMeta, Pod, Time};
use crate::sim::write_log::numbers::{Numbers, put, put_signed};

/// Which fields of a pod a change touches.
const BOUND: u64 = 1;
const DELETION: u64 = 1 << 1;
const PHASE: u64 = 1 << 2;
const READY: u64 = 1 << 3;
const CONTAINERS_READY: u64 = 1 << 4;
const SCHEDULED: u64 = 1 << 5;
const STARTED: u64 = 1 << 6;
const HOST_IP: u64 = 1 << 7;
const POD_IP: u64 = 1 << 8;
const INIT_CONTAINERS: u64 = 1 << 9;
const CONTAINERS: u64 = 1 << 10;

/// In the first number of a container: what it does, and what else is there.
const DOES: u64 = 3;
const RUNS: u64 = 1;
const HAS_ENDED: u64 = 2;
const IS_READY: u64 = 1 << 2;
const STARTUP_PENDING: u64 = 1 << 3;
const HAS_LAST: u64 = 1 << 4;

const PHASES: [Phase; 4] = [Phase::Pending, Phase::Running, Phase::Succeeded, Phase::Failed];

fn is_shared<T: ?Sized>(one: &Arc<T>, other: &Arc<T>) -> bool {
    Arc::ptr_eq(one, other)
}

/// What pods have in common that one owner makes from one template.
fn is_like(one: &Pod, other: &Pod) -> bool {
    let (a, b) = (&one.meta, &other.meta);
    let is_same_controller = match (&a.controller, &b.controller) {
        (Some(one), Some(other)) => is_shared(one, other) || one == other,
        (None, None) => true,
        _ => false,
    };
    is_same_controller
        && a.generate_name == b.generate_name
        && a.namespace == b.namespace
        && a.generation == b.generation
        && is_shared(&a.labels, &b.labels)
        && is_shared(&a.annotations, &b.annotations)
        && (is_shared(&a.finalizers, &b.finalizers) || a.finalizers == b.finalizers)
        && is_shared(&one.spec, &other.spec)
        && one.priority == other.priority
}

/// Writes a new pod, if all that it has of its own is a name and a node to be on.
pub(super) fn put_like(like: &Pod, new: &Pod, now: Time, bytes: &mut Vec<u8>) -> bool {
    let is_plain = is_like(like, new)
        && new.meta.created == now
        && new.meta.deletion.is_none()
        && new.node_name.is_none()
        && new.status == PodStatus::default();
    if is_plain {
        put_text(bytes, Some(&new.meta.name));
        put_text(bytes, new.pin.as_ref());
    }
    is_plain
}

/// Reads a new pod, but for identity and version.
pub(super) fn like(like: &Pod, now: Time, numbers: &mut Numbers) -> Pod {
    let meta = ObjectMeta {
        name: text(numbers).unwrap_or_default(),
        created: now,
        deletion: None,
        ..like.meta.clone()
    };
    let (spec, priority) = (like.spec.clone(), like.priority);
    let (pin, status) = (text(numbers), PodStatus::default());
    Pod { meta, spec, pin, priority, node_name: None, status }
}

fn put_text(bytes: &mut Vec<u8>, text: Option<&Name>) {
    put(bytes, text.map_or(0, |it| it.len() as u64 + 1));
    bytes.extend_from_slice(text.map_or(&[], |it| it.as_bytes()));
}

fn text(numbers: &mut Numbers) -> Option<Name> {
    let count = numbers.number().checked_sub(1)?;
    std::str::from_utf8(numbers.bytes(count as usize)).ok().map(Name::from)
}

/// The fields that a change touches, and what is in them now.
pub(super) struct Patch {
    fields: u64,
    deletion: Option<Deletion>,
    /// Phase, conditions, addresses, containers; the rest of it is empty.
    status: PodStatus,
}

impl Patch {
    /// Writes a change, if it touches nothing but those fields.
    pub(super) fn put(
        old: &Pod,
        new: &Pod,
        now: Time,
        words: &mut Vec<&'static str>,
        bytes: &mut Vec<u8>,
    ) -> bool {
        let (was, is) = (&old.status, &new.status);
        let binds = old.node_name.is_none() && new.node_name.is_some() && new.node_name == new.pin;
        let is_plain = is_like(old, new)
            && old.meta.name == new.meta.name
            && old.meta.created == new.meta.created
            && old.pin == new.pin
            && (binds || old.node_name == new.node_name)
            && was.reason == is.reason
            && was.message == is.message
            && was.disruption == is.disruption
            && was.unschedulable == is.unschedulable
            && was.nominated_node == is.nominated_node;
        if !is_plain {
            return false;
        }
        let mut fields = 0;
        let mut differs = |field, differs| fields |= if differs { field } else { 0 };
        differs(BOUND, binds);
        differs(DELETION, old.meta.deletion != new.meta.deletion);
        differs(PHASE, was.phase != is.phase);
        differs(READY, was.ready != is.ready);
        differs(CONTAINERS_READY, was.containers_ready != is.containers_ready);
        differs(SCHEDULED, was.scheduled != is.scheduled);
        differs(STARTED, was.started != is.started);
        differs(HOST_IP, was.host_ip != is.host_ip);
        differs(POD_IP, was.pod_ip != is.pod_ip);
        differs(INIT_CONTAINERS, was.init_containers != is.init_containers);
        differs(CONTAINERS, was.containers != is.containers);
        put(bytes, fields);
        let has = |field| fields & field != 0;
        if has(DELETION) {
            put_time(bytes, new.meta.deletion.map(|it| it.requested), now);
            put_signed(bytes, new.meta.deletion.map_or(0, |it| it.grace_seconds));
        }
        if has(PHASE) {
            put(bytes, PHASES.iter().position(|it| *it == is.phase).unwrap_or(0) as u64);
        }
        for (field, condition) in
            [(READY, is.ready), (CONTAINERS_READY, is.containers_ready), (SCHEDULED, is.scheduled)]
        {
            if has(field) {
                put(bytes, condition.is_some_and(|it| it.status).into());
                put_time(bytes, condition.map(|it| it.since), now);
            }
        }
        if has(STARTED) {
            put_time(bytes, is.started, now);
        }
        for (field, address) in [(HOST_IP, is.host_ip), (POD_IP, is.pod_ip)] {
            if has(field) {
                put(bytes, address.map_or(0, |it| it.bits().into()));
            }
        }
        for (field, containers) in
            [(INIT_CONTAINERS, &is.init_containers), (CONTAINERS, &is.containers)]
        {
            if has(field) {
                put(bytes, containers.len() as u64);
                containers.iter().for_each(|it| put_container(bytes, it, now, words));
            }
        }
        true
    }

    /// Reads a change.
    pub(super) fn read(now: Time, words: &[&'static str], numbers: &mut Numbers) -> Patch {
        let fields = numbers.number();
        let has = |field| fields & field != 0;
        let mut status = PodStatus::default();
        let mut deletion = None;
        if has(DELETION) {
            let (requested, grace_seconds) = (time(numbers, now), numbers.signed());
            deletion = requested.map(|requested| Deletion { requested, grace_seconds });
        }
        if has(PHASE) {
            status.phase = PHASES.get(numbers.number() as usize).copied().unwrap_or_default();
        }
        for (field, condition) in [
            (READY, &mut status.ready),
            (CONTAINERS_READY, &mut status.containers_ready),
            (SCHEDULED, &mut status.scheduled),
        ] {
            if has(field) {
                let (status, since) = (numbers.number() != 0, time(numbers, now));
                *condition = since.map(|since| Condition { status, since });
            }
        }
        if has(STARTED) {
            status.started = time(numbers, now);
        }
        for (field, address) in [(HOST_IP, &mut status.host_ip), (POD_IP, &mut status.pod_ip)] {
            if has(field) {
                *address = Address::from_bits(numbers.number() as u32);
            }
        }
        for (field, containers) in
            [(INIT_CONTAINERS, &mut status.init_containers), (CONTAINERS, &mut status.containers)]
        {
            let count = if has(field) { numbers.number() as usize } else { 0 };
            // Each takes a byte at least, so this is bounded.
            containers.reserve_exact(count.min(numbers.left()));
            for _ in 0..count.min(numbers.left()) {
                containers.push(container(numbers, now, words));
            }
        }
        Patch { fields, deletion, status }
    }

    /// Puts the fields into a pod.
    pub(super) fn apply(self, pod: &mut Pod) {
        let Patch { fields, deletion, status: new } = self;
        let has = |field| fields & field != 0;
        let status = &mut pod.status;
        if has(BOUND) {
            pod.node_name.clone_from(&pod.pin);
        }
        if has(DELETION) {
            pod.meta.deletion = deletion;
        }
        if has(PHASE) {
            status.phase = new.phase;
        }
        if has(READY) {
            status.ready = new.ready;
        }
        if has(CONTAINERS_READY) {
            status.containers_ready = new.containers_ready;
        }
        if has(SCHEDULED) {
            status.scheduled = new.scheduled;
        }
        if has(STARTED) {
            status.started = new.started;
        }
        if has(HOST_IP) {
            status.host_ip = new.host_ip;
        }
        if has(POD_IP) {
            status.pod_ip = new.pod_ip;
        }
        if has(INIT_CONTAINERS) {
            status.init_containers = new.init_containers;
        }
        if has(CONTAINERS) {
            status.containers = new.containers;
        }
    }
}

/// Times are told from now, and mostly not far.
fn put_time(bytes: &mut Vec<u8>, time: Option<Time>, now: Time) {
    match time {
        None => put(bytes, 0),
        Some(time) => {
            put(bytes, 1);
            put_signed(bytes, now.0.wrapping_sub(time.0));
        }
    }
}

fn time(numbers: &mut Numbers, now: Time) -> Option<Time> {
    (numbers.number() != 0).then(|| Time(now.0.wrapping_sub(numbers.signed())))
}

fn put_container(
    bytes: &mut Vec<u8>,
    container: &ContainerStatus,
    now: Time,
    words: &mut Vec<&'static str>,
) {
    let ContainerStatus { state, ready, startup_pending, restarts, last, back_off_seconds } =
        *container;
    let (mut first, ended) = match state {
        ContainerState::Waiting(_) => (0, None),
        ContainerState::Running(_) => (RUNS, None),
        ContainerState::Terminated { exit_code, started, finished } => {
            (HAS_ENDED, Some(Ended { exit_code, started, finished }))
        }
    };
    first |= if ready { IS_READY } else { 0 };
    first |= if startup_pending { STARTUP_PENDING } else { 0 };
    first |= if last.is_some() { HAS_LAST } else { 0 };
    put(bytes, first);
    if let ContainerState::Waiting(word) = state {
        let known = words.iter().position(|it| *it == word);
        put(bytes, known.unwrap_or(words.len()) as u64);
        if known.is_none() {
            words.push(word);
        }
    }
    if let ContainerState::Running(since) = state {
        put_signed(bytes, now.0 - since.0);
    }
    for it in ended.iter().chain(&last) {
        put_signed(bytes, it.exit_code.into());
        put_signed(bytes, now.0 - it.started.0);
        put_signed(bytes, now.0 - it.finished.0);
    }
    put(bytes, restarts.into());
    put_signed(bytes, back_off_seconds);
}

fn container(numbers: &mut Numbers, now: Time, words: &[&'static str]) -> ContainerStatus {
    let first = numbers.number();
    let before = |numbers: &mut Numbers| now + -numbers.signed();
    let ended = |numbers: &mut Numbers| Ended {
        exit_code: numbers.signed() as i32,
        started: before(numbers),
        finished: before(numbers),
    };
    let state = match first & DOES {
        RUNS => ContainerState::Running(before(numbers)),
        HAS_ENDED => {
            let Ended { exit_code, started, finished } = ended(numbers);
            ContainerState::Terminated { exit_code, started, finished }
        }
        _ => {
            let word = words.get(numbers.number() as usize);
            ContainerState::Waiting(word.copied().unwrap_or_default())
        }
    };
    let last = (first & HAS_LAST != 0).then(|| ended(numbers));
    ContainerStatus {
        state,
        ready: first & IS_READY != 0,
        startup_pending: first & STARTUP_PENDING != 0,
        restarts: numbers.number() as u32,
        last,
        back_off_seconds: numbers.signed(),
    }
}

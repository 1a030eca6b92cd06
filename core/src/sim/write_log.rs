//! Every write of a history, small enough to keep all of them: what the cluster held at an instant
//! is what it held earlier and the writes since, and no actor has to be asked again. (etcd reads
//! its past revisions in a like way; what actors keep for themselves is not among them.)
//!
//! Most writes change a few fields of a pod; those take about ten bytes ([`pod`]). Whatever else is
//! written is kept as it is. Writes stand in chunks of equal number, so that one is found by its
//! number and by its time; each chunk has the record as it was before, since that follows from
//! writes, too, but slowly.

mod numbers;
mod pod;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::api::{Pod, Time, Uid};
use crate::sim::store::Rest;
use crate::sim::{Change, Record, Store};

use numbers::{Numbers, put_signed};
use pod::Patch;

/// Writes in a chunk.
const CHUNK: u64 = 2_048;
/// More writes than are made in a few milliseconds.
const MANY: u64 = 500;

/// What the first byte of a write says it is.
const OBJECT: u8 = 0;
const NEW_POD: u8 = 1;
const POD: u8 = 2;
const POD_GONE: u8 = 3;

/// Something that is kept whole.
#[derive(Clone, Debug)]
enum Whole {
    Object(Change),
    Rest(Box<Rest>),
}

/// What the next write is told apart from.
#[derive(Clone, Debug)]
struct Last {
    at: Time,
    uid: u64,
    version: u64,
    /// A pod that others are like.
    pod: Option<Arc<Pod>>,
}

/// Neighbouring writes.
#[derive(Clone, Debug)]
struct Chunk {
    /// When the first of them was made, and what was recorded before.
    start: Time,
    record: Record,
    count: u64,
    bytes: Vec<u8>,
    wholes: Vec<Whole>,
    /// Reasons that containers wait for.
    words: Vec<&'static str>,
    last: Last,
}

impl Chunk {
    fn new(start: Time, record: Record) -> Chunk {
        let last = Last { at: start, uid: 0, version: 0, pod: None };
        let (bytes, wholes, words) = (Vec::new(), Vec::new(), Vec::new());
        Chunk { start, record, count: 0, bytes, wholes, words, last }
    }
}

/// The writes of a history. The cluster that has it stands after `len` of them; those after it are
/// known from an earlier run, and come again.
#[derive(Clone, Debug, Default)]
pub(super) struct WriteLog {
    chunks: Option<Arc<Vec<Arc<Chunk>>>>,
    len: u64,
}

impl WriteLog {
    /// A log that keeps what comes. (Others only count.)
    pub(super) fn begin() -> WriteLog {
        WriteLog { chunks: Some(Arc::default()), len: 0 }
    }

    /// How many writes lie before.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The same count without the writes.
    pub(super) fn bare(&self) -> WriteLog {
        WriteLog { chunks: None, len: self.len }
    }

    /// The same writes for a cluster that stands after so many of them.
    pub(super) fn at(&self, len: u64) -> WriteLog {
        WriteLog { chunks: self.chunks.clone(), len }
    }

    /// Whether many writes lie between one of them and an instant, as far as chunks tell.
    pub(super) fn is_far(&self, to: Time, from: u64) -> bool {
        let Some(chunks) = &self.chunks else { return false };
        let before = (chunks.partition_point(|it| it.start <= to) as u64).saturating_sub(1) * CHUNK;
        before > from + MANY
    }

    /// Forgets the writes that are known beforehand: somebody acts, and others come.
    pub(super) fn cut(&mut self) {
        let Some(chunks) = self.chunks.as_mut().filter(|it| self.len < known(it)) else { return };
        let chunks = Arc::make_mut(chunks);
        let (whole, rest) = (self.len / CHUNK, self.len % CHUNK);
        chunks.truncate(whole as usize + usize::from(rest > 0));
        if let Some(last) = chunks.last_mut().filter(|_| rest > 0) {
            let last = Arc::make_mut(last);
            let mut writes = Writes::of(last);
            (0..rest).for_each(|_| drop(writes.next()));
            let (left, wholes, now) =
                (writes.numbers.left(), writes.wholes.as_slice().len(), writes.last);
            last.bytes.truncate(last.bytes.len() - left);
            last.wholes.truncate(last.wholes.len() - wholes);
            (last.last, last.count) = (now, rest);
        }
    }

    /// Takes in a write; `store` holds its outcome already, `record` does not.
    pub(super) fn append(&mut self, change: &Change, store: &Store, record: &Record, now: Time) {
        let Some(chunks) = &mut self.chunks else { return self.len += 1 };
        if self.len == known(chunks) {
            let chunks = Arc::make_mut(chunks);
            if self.len.is_multiple_of(CHUNK) {
                chunks.push(Arc::new(Chunk::new(now, record.clone())));
            }
            if let Some(last) = chunks.last_mut() {
                Arc::make_mut(last).append(change, store, now);
            }
        }
        self.len += 1;
    }

    /// Makes the writes up to the end of an instant again. What was recorded comes from the chunk
    /// in which they end.
    pub(super) fn redo(&mut self, to: Time, store: &mut Store, record: &mut Record) {
        let Some(chunks) = &self.chunks else { return };
        let first = (self.len / CHUNK) as usize;
        let end = chunks.partition_point(|it| it.start <= to);
        let mut skipped = self.len % CHUNK;
        for (index, chunk) in chunks.iter().enumerate().take(end).skip(first) {
            let is_last = index + 1 == end;
            if is_last && index > first {
                *record = chunk.record.clone();
            }
            let mut writes = Writes::of(chunk);
            (0..std::mem::take(&mut skipped)).for_each(|_| drop(writes.next()));
            while let Some(write) = writes.next().filter(|_| writes.last.at <= to) {
                let change = write.redo(store, is_last);
                if let Some(change) = change.filter(|_| is_last) {
                    record.note(&change, store, writes.last.at);
                }
                self.len += 1;
            }
        }
    }
}

/// How many writes a list of chunks has.
fn known(chunks: &[Arc<Chunk>]) -> u64 {
    chunks.last().map_or(0, |last| (chunks.len() as u64 - 1) * CHUNK + last.count)
}

impl Chunk {
    fn append(&mut self, change: &Change, store: &Store, now: Time) {
        self.count += 1;
        let start = self.bytes.len();
        let is_short = match change {
            Change::Pod { old: Some(old), new: Some(new) } => {
                self.begin(POD, &new.meta.uid, now);
                self.version(new.meta.resource_version);
                Patch::put(old, new, now, &mut self.words, &mut self.bytes)
            }
            Change::Pod { old: None, new: Some(new) } => {
                self.begin(NEW_POD, &new.meta.uid, now);
                self.version(new.meta.resource_version);
                let like = self.last.pod.as_deref();
                like.is_some_and(|it| pod::put_like(it, new, now, &mut self.bytes))
            }
            Change::Pod { old: Some(old), new: None } => {
                self.begin(POD_GONE, &old.meta.uid, now);
                true
            }
            _ => false,
        };
        if !is_short {
            self.bytes.truncate(start);
            self.bytes.push(OBJECT);
            put_signed(&mut self.bytes, now.0 - self.last.at.0);
            if let Change::Pod { new: Some(new), .. } = change {
                self.last.pod = Some(new.clone());
            }
            self.wholes.push(whole(change, store));
        } else if let Change::Pod { old, new } = change
            && let Some(pod) = new.as_ref().or(old.as_ref())
        {
            self.last.uid = pod.meta.uid.0;
            self.last.version =
                new.as_ref().map_or(self.last.version, |it| it.meta.resource_version);
        }
        self.last.at = now;
        if self.count == CHUNK {
            self.bytes.shrink_to_fit();
            self.wholes.shrink_to_fit();
        }
    }

    fn begin(&mut self, kind: u8, uid: &Uid, now: Time) {
        self.bytes.push(kind);
        put_signed(&mut self.bytes, now.0 - self.last.at.0);
        put_signed(&mut self.bytes, uid.0 as i64 - self.last.uid as i64);
    }

    fn version(&mut self, version: u64) {
        put_signed(&mut self.bytes, version as i64 - self.last.version as i64);
    }
}

/// A change as it is kept whole: of what it was before nobody asks.
fn whole(change: &Change, store: &Store) -> Whole {
    let mut change = change.clone();
    match &mut change {
        Change::Node { old, new: Some(_) } => *old = None,
        Change::Pod { old, new: Some(_) } => *old = None,
        Change::DaemonSet { old, new: Some(_) } => *old = None,
        Change::Revision { old, new: Some(_) } => *old = None,
        Change::Deployment { old, new: Some(_) } => *old = None,
        Change::ReplicaSet { old, new: Some(_) } => *old = None,
        Change::NamespaceTerminating(_)
        | Change::Machine { .. }
        | Change::Image { .. }
        | Change::Drain { .. }
        | Change::Stored => return Whole::Rest(Box::new(store.rest())),
        _ => {}
    }
    Whole::Object(change)
}

/// A write that was read.
enum Write<'a> {
    Whole(&'a Whole),
    NewPod(Pod),
    Patch(Uid, u64, Patch),
    PodGone(Uid),
}

impl Write<'_> {
    fn redo(self, store: &mut Store, compares: bool) -> Option<Change> {
        match self {
            Write::Whole(Whole::Object(change)) => store.redo(change),
            Write::Whole(Whole::Rest(rest)) => {
                store.redo_rest(rest);
                None
            }
            Write::NewPod(pod) => store.redo(&Change::Pod { old: None, new: Some(Arc::new(pod)) }),
            Write::Patch(uid, version, patch) => store.redo_pod(uid, compares, |pod| {
                pod.meta.resource_version = version;
                patch.apply(pod);
            }),
            Write::PodGone(uid) => store.remove_pod(uid),
        }
    }
}

/// The writes of a chunk, one after the other.
struct Writes<'a> {
    numbers: Numbers<'a>,
    wholes: std::slice::Iter<'a, Whole>,
    words: &'a [&'static str],
    last: Last,
}

impl Writes<'_> {
    fn of(chunk: &Chunk) -> Writes<'_> {
        let last = Last { at: chunk.start, uid: 0, version: 0, pod: None };
        let (numbers, wholes) = (Numbers::of(&chunk.bytes), chunk.wholes.iter());
        Writes { numbers, wholes, words: &chunk.words, last }
    }
}

impl<'a> Iterator for Writes<'a> {
    type Item = Write<'a>;

    fn next(&mut self) -> Option<Write<'a>> {
        let kind = self.numbers.byte()?;
        let now = self.last.at + self.numbers.signed();
        self.last.at = now;
        if kind == OBJECT {
            let whole = self.wholes.next()?;
            if let Whole::Object(Change::Pod { new: Some(new), .. }) = whole {
                self.last.pod = Some(new.clone());
            }
            return Some(Write::Whole(whole));
        }
        let uid = Uid((self.last.uid as i64 + self.numbers.signed()) as u64);
        self.last.uid = uid.0;
        if kind == POD_GONE {
            return Some(Write::PodGone(uid));
        }
        let version = (self.last.version as i64 + self.numbers.signed()) as u64;
        self.last.version = version;
        match kind {
            NEW_POD => {
                let like = self.last.pod.as_deref()?;
                let mut pod = pod::like(like, now, &mut self.numbers);
                (pod.meta.uid, pod.meta.resource_version) = (uid, version);
                Some(Write::NewPod(pod))
            }
            _ => {
                let patch = Patch::read(now, self.words, &mut self.numbers);
                Some(Write::Patch(uid, version, patch))
            }
        }
    }
}

//! What happened, as marks at the foot of the drawing: what was done, what came of it, and what
//! comes if nobody acts.

use crate::api::order::sort_by_key;
use crate::api::{Time, Uid, json};
use crate::kubectl;
use crate::playground::Playground;
use crate::playground::view::chart::{Chart, WIDTH};
use crate::sim::{Cluster, Input, Record, Rollout};

/// Marks of one kind that are nearer to each other than this are one.
const GAP: i64 = 40;
/// Of several kinds that are so near to the first of them one would hide the next: they stand as
/// one, with their count. It is the width of that.
const CROWD: i64 = 120;

/// What a mark tells; each kind has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// Pods were created or deleted.
    Pods,
    /// A manifest was applied, or an object changed.
    Apply,
    /// A node joined.
    NodeAdded,
    /// A node's kubelet stopped.
    NodeFailed,
    /// A node was deleted.
    NodeDeleted,
    /// A taint was set or taken away.
    Taint,
    /// Something else was done.
    Act,
    /// A warning was recorded.
    Warning,
    /// After something was done, fewer pods than desired were ready for the first time.
    Unavailable,
    /// A rollout was complete.
    Done,
}

impl MarkKind {
    /// The word that style sheets select by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::Apply => "apply",
            Self::NodeAdded => "node-added",
            Self::NodeFailed => "node-failed",
            Self::NodeDeleted => "node-deleted",
            Self::Taint => "taint",
            Self::Act => "act",
            Self::Warning => "warning",
            Self::Unavailable => "unavailable",
            Self::Done => "done",
        }
    }
}

/// A mark at the foot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it tells.
    pub kind: MarkKind,
    /// Where.
    pub at: i64,
    /// When.
    pub time: Time,
    /// That in words.
    pub text: String,
    /// How many more of its kind stand there.
    pub more: u32,
    /// The later ones that stand in its place with it.
    pub with: Vec<Mark>,
}

impl Mark {
    /// What it alone tells, and when.
    pub fn line(&self) -> String {
        let more = if self.more > 0 { format!(", and {} more", self.more) } else { String::new() };
        format!("{} {}{more}", self.time, self.text)
    }

    /// What stands there, one after the other.
    pub fn all(&self) -> impl Iterator<Item = &Mark> {
        std::iter::once(self).chain(&self.with)
    }

    /// How many things it tells.
    pub fn count(&self) -> u32 {
        self.all().map(|it| 1 + it.more).sum()
    }

    /// All that it tells.
    pub fn label(&self) -> String {
        let mut label = String::new();
        for it in self.all() {
            let gap = if label.is_empty() { "" } else { "; " };
            label = label + gap + &it.line();
        }
        label
    }
}

impl Playground {
    /// The marks for a DaemonSet in the order of time: of all that was done, and of what `cluster`
    /// recorded.
    pub(super) fn marks(&self, chart: &Chart, cluster: &Cluster, set: Option<Uid>) -> Vec<Mark> {
        let mut marks = Vec::new();
        let inputs = self.inputs();
        for (at, input) in inputs.iter().filter(|it| it.0 > Time::ZERO) {
            let kind = kind_of(input);
            push(&mut marks, chart, kind, *at, || self.words(input));
        }
        for it in cluster.events().iter() {
            let about = || format!("{}: {}", it.event.reason, it.message());
            let kind = match (it.kind(), it.event.reason) {
                ("Warning", _) => MarkKind::Warning,
                (_, "SuccessfulCreate" | "SuccessfulDelete") => MarkKind::Pods,
                _ => continue,
            };
            push(&mut marks, chart, kind, it.last, about);
        }
        let record = self.longer(cluster.record());
        for (at, ready, desired) in set.iter().flat_map(|it| first_unavailable(record, *it, inputs))
        {
            let words = || format!("first unavailable: {ready} of {desired} ready");
            push(&mut marks, chart, MarkKind::Unavailable, at, words);
        }
        for (at, rollout) in set.iter().flat_map(|it| completed(record, *it)) {
            let revision = set.and_then(|it| {
                let mut all = cluster.store().revisions_of(it);
                all.find(|it| it.hash() == Some(&rollout.hash)).map(|it| it.revision)
            });
            push(&mut marks, chart, MarkKind::Done, at, || match revision {
                Some(number) => format!("rollout of revision {number} done"),
                None => "rollout done".to_owned(),
            });
        }
        sort_by_key(&mut marks, |it| it.time);
        crowded(marks)
    }

    /// What was recorded, or that which knows more.
    fn longer<'a>(&'a self, record: &'a Record) -> &'a Record {
        let own = self.timeline().record();
        if own.until() > record.until() { own } else { record }
    }

    /// What was done, in a few words: else the line that equals it.
    fn words(&self, input: &Input) -> String {
        let object = |object: &serde_json::Value| {
            let name = json::field(json::field(object, "metadata"), "name");
            let kind = json::field(object, "kind").as_str().unwrap_or_default();
            format!("{kind} {}", name.as_str().unwrap_or_default())
        };
        match input {
            Input::Apply { object: it } => format!("{} applied", object(it)),
            Input::Create { object: it } => format!("{} created", object(it)),
            Input::AddNode { object: it } => format!("{} joined", object(it)),
            Input::AddNodes { pattern, first, count: 1, .. } => {
                format!("Node {} joined", pattern.replace('#', &first.to_string()))
            }
            Input::AddNodes { count, .. } => format!("{count} nodes joined"),
            Input::DeleteNode { node } => format!("{node} deleted"),
            Input::StopKubelet { node } => format!("{node} failed: its kubelet stopped"),
            _ => kubectl::line_of(input, self.cluster().store()),
        }
    }
}

/// Puts those together that one would hide of another. What pods did is a thin line and hides
/// nothing.
fn crowded(marks: Vec<Mark>) -> Vec<Mark> {
    let mut kept: Vec<Mark> = Vec::new();
    let mut first = None;
    for mark in marks {
        let is_thin = mark.kind == MarkKind::Pods;
        let near = first.and_then(|it: usize| kept.get_mut(it));
        match near.filter(|it| !is_thin && mark.at - it.at < CROWD) {
            Some(near) => near.with.push(mark),
            None => {
                if !is_thin {
                    first = Some(kept.len());
                }
                kept.push(mark);
            }
        }
    }
    kept
}

fn kind_of(input: &Input) -> MarkKind {
    match input {
        Input::Apply { .. }
        | Input::Create { .. }
        | Input::Replace { .. }
        | Input::Patch { .. } => MarkKind::Apply,
        Input::AddNode { .. } | Input::AddNodes { .. } => MarkKind::NodeAdded,
        Input::StopKubelet { .. } => MarkKind::NodeFailed,
        Input::DeleteNode { .. } => MarkKind::NodeDeleted,
        Input::Delete { resource, .. } if **resource == *"node" => MarkKind::NodeDeleted,
        Input::TaintNode { .. } | Input::UntaintNode { .. } => MarkKind::Taint,
        _ => MarkKind::Act,
    }
}

/// When a DaemonSet lost a ready pod that it wants, for the first time after something was done;
/// how many were ready then, and how many were desired. What follows of it is not told again.
fn first_unavailable(record: &Record, set: Uid, inputs: &[(Time, Input)]) -> Vec<(Time, i32, i32)> {
    let (mut found, mut before, mut told) = (Vec::new(), 0, 0);
    for (at, sample) in record.samples(set) {
        let ready = sample.ready_pods();
        // Counts from 1: without an input there may be a first time, too.
        let done = 1 + inputs.partition_point(|it| it.0 <= at);
        if ready < before.min(sample.desired) && done > told {
            told = done;
            found.push((at, ready, sample.desired));
        }
        before = ready;
    }
    found
}

/// When rollouts of a DaemonSet were complete; another may have taken their place before.
fn completed(record: &Record, set: Uid) -> Vec<(Time, &Rollout)> {
    let mut found = Vec::new();
    let mut all = record.rollouts(set).peekable();
    while let Some(it) = all.next() {
        let mut was_replaced = |end: Time| all.peek().is_some_and(|next| next.start <= end);
        if let Some(end) = it.end.filter(|end| it.done() >= it.total && !was_replaced(*end)) {
            found.push((end, it));
        }
    }
    found
}

fn push(
    marks: &mut Vec<Mark>,
    chart: &Chart,
    kind: MarkKind,
    time: Time,
    text: impl FnOnce() -> String,
) {
    let at = chart.place(time);
    let is_near = |it: &&mut Mark| it.kind == kind && (it.at - at).abs() < GAP;
    if !(0..=WIDTH).contains(&at) {
        return;
    }
    // What is told comes nearly in the order of time: most often the last mark is the near one.
    match marks.iter_mut().rev().find(is_near) {
        Some(near) => near.more += 1,
        None => marks.push(Mark { kind, at, time, text: text(), more: 0, with: Vec::new() }),
    }
}

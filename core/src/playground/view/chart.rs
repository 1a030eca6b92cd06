//! The recorded series of one DaemonSet as a drawing: areas over virtual time, waves, and marks.
//!
//! Places are integers: ten-thousandths of the width from the left, thousandths of the height from
//! the top. A viewer only writes them down.

mod floor;
mod marks;

use crate::api::{Time, Uid};
use crate::insight::SetPlan;
use crate::playground::view::DaemonSetView;
use crate::playground::{Playground, Prospect};
use crate::sim::{Record, Sample};

pub use floor::Floor;
pub use marks::{Mark, MarkKind};

/// The right edge.
pub const WIDTH: i64 = 10_000;
/// The foot.
pub const HEIGHT: i64 = 1_000;
/// A step is drawn a little aslant, so that the eye can follow it.
const SLOPE: i64 = 55;
/// Points that are nearer to each other than this are drawn as one.
const NEAR: i64 = 8;
/// Revisions that are drawn; the newest.
const REVISIONS_MAX: usize = 6;
/// At least this much time is shown, in milliseconds.
const SPAN_MIN: i64 = 60_000;
/// The window of the last minute.
const MINUTE: i64 = 60_000;
/// Times between two labels of the axis, in seconds.
const STEPS: [i64; 15] =
    [5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400, 604_800];
/// Labels at most.
const LABELS_MAX: i64 = 14;
/// The same of a plan's small chart.
const LABELS_AHEAD_MAX: i64 = 3;
/// A plan shows at least this much time, in milliseconds.
const SPAN_AHEAD_MIN: i64 = 20_000;

/// What an area stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ready pods of that revision.
    Ready(i64),
    /// Places whose pod of that revision is on its way.
    Updating(i64),
    /// Places whose pod has failed.
    Unavailable,
}

/// A closed shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// What it stands for.
    pub kind: Kind,
    /// Its corners.
    pub points: Vec<(i64, i64)>,
}

/// A wave's bracket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Counts from 1.
    pub number: u32,
    /// Where it begins.
    pub from: i64,
    /// Where it ends, or is now.
    pub to: i64,
    /// When it began.
    pub start: Time,
    /// When it ended.
    pub end: Option<Time>,
}

/// The drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The time at the left edge.
    pub from: Time,
    /// The time at the right edge.
    pub to: Time,
    /// From the foot up.
    pub areas: Vec<Area>,
    /// The upper edge of what is ready.
    pub line: Vec<(i64, i64)>,
    /// The fewest pods that had to be ready, as it was at each time.
    pub floors: Vec<Floor>,
    /// The waves, where there is room to show them.
    pub waves: Vec<Bracket>,
    /// What happened.
    pub marks: Vec<Mark>,
    /// Where the axis has labels, and the times.
    pub labels: Vec<(i64, Time)>,
    /// Up to when it was seen what comes; no more than what was recorded is known besides.
    pub known: Time,
}

impl Chart {
    /// Where an instant is.
    pub fn place(&self, time: Time) -> i64 {
        place(time, self.from, self.to)
    }

    fn empty((from, to): (Time, Time)) -> Chart {
        Chart {
            from,
            to,
            areas: Vec::new(),
            line: Vec::new(),
            floors: Vec::new(),
            waves: Vec::new(),
            marks: Vec::new(),
            labels: labels(from, to),
            known: from,
        }
    }

    /// What was recorded of a DaemonSet on a branch up to its end, in the range of a longer one.
    pub(in crate::playground) fn of_branch(
        record: &Record,
        uid: Uid,
        end: Time,
        longest: Time,
    ) -> Chart {
        let mut chart = Chart::empty((Time::ZERO, Time(span(longest.0))));
        chart.known = end;
        fill(&mut chart, record, uid, end, None);
        chart
    }

    /// What a plan of a DaemonSet expects, from its start on.
    pub fn ahead(record: &Record, plan: &SetPlan, start: Time) -> Chart {
        let span = plan.takes.max(SPAN_AHEAD_MIN);
        let step = step(span, LABELS_AHEAD_MAX);
        let to = start + (span + step - 1) / step * step;
        let mut chart = Chart::empty((start, to));
        chart.labels.clear();
        for index in 0..=(to.0 - start.0) / step {
            let time = start + index * step;
            chart.labels.push((place(time, start, to), time));
        }
        fill(&mut chart, record, plan.uid, start + plan.takes, None);
        chart
    }

    /// The instant at a place.
    pub fn time(&self, place: i64) -> Time {
        self.from + (self.to.0 - self.from.0) * place.clamp(0, WIDTH) / WIDTH
    }
}

impl Playground {
    /// The drawing for a DaemonSet (`NAMESPACE/NAME`), or of an empty cluster: all of the history
    /// and what comes up to `reach`, or the last minute. What comes is drawn as far as it is known.
    pub fn chart(
        &self,
        daemon_set: Option<&DaemonSetView>,
        last_minute: bool,
        ahead: Option<&Prospect>,
        reach: Time,
    ) -> Chart {
        let store = self.cluster().store();
        let ds = daemon_set.and_then(|it| store.daemon_set(&it.namespace, &it.name));
        let ahead = ahead.filter(|it| it.is_of(self));
        let end = self.timeline().end();
        let mut chart = match last_minute {
            true => Chart::empty(window(self.now())),
            false => Chart::empty((Time::ZERO, Time(span(end.max(reach).0)))),
        };
        if let Some(ahead) = ahead {
            chart.known = if ahead.is_over() { chart.to } else { ahead.until().min(chart.to) };
        }
        let record = ahead.map_or(self.timeline().record(), |it| it.cluster().record());
        if let Some(ds) = ds {
            let end = end.max(chart.known);
            // Of which nobody may become ready.
            let last = record.rollouts(ds.meta.uid).next_back().and_then(|it| {
                let mut revisions = store.revisions_of(ds.meta.uid);
                let own = revisions.find(|revision| revision.hash() == Some(&it.hash));
                Some((chart.place(it.start), own?.revision))
            });
            fill(&mut chart, record, ds.meta.uid, end, last);
        }
        let cluster = ahead.map_or(self.cluster(), Prospect::cluster);
        chart.marks = self.marks(&chart, cluster, ds.map(|it| it.meta.uid));
        chart
    }
}

/// Everything but the marks; `last` is where the last rollout begins, and what it brings.
fn fill(chart: &mut Chart, record: &Record, uid: Uid, end: Time, last: Option<(i64, i64)>) {
    let samples = visible(record, uid, chart);
    let tallest = samples.iter().map(|it| it.1.desired.max(it.1.ready_pods())).max();
    let tallest = i64::from(tallest.unwrap_or(0).max(1));
    let height = |count: i64| HEIGHT - count.clamp(0, tallest) * HEIGHT / tallest;
    draw(chart, &samples, last, &height);
    chart.floors = floor::floors(&samples, &height);
    chart.waves = brackets(record, uid, chart, end);
}

fn place(time: Time, from: Time, to: Time) -> i64 {
    (time.0 - from.0).saturating_mul(WIDTH) / (to.0 - from.0).max(1)
}

/// The end of the axis: a round time with some room after what there is.
fn span(end: i64) -> i64 {
    let wanted = (end + end / 8).max(SPAN_MIN);
    let step = step(wanted, LABELS_MAX);
    (wanted + step - 1) / step * step
}

/// The last minute, moving in steps, with now in its last third.
fn window(now: Time) -> (Time, Time) {
    let from = ((now.0 - MINUTE * 3 / 4) / 5_000 * 5_000).max(0);
    (Time(from), Time(from + MINUTE))
}

/// The time between two labels, so that there are at most so many.
fn step(span: i64, labels_max: i64) -> i64 {
    let fits = |seconds: &&i64| span / (**seconds * 1000) <= labels_max;
    STEPS.iter().find(fits).or(STEPS.last()).map_or(1000, |it| it * 1000)
}

fn labels(from: Time, to: Time) -> Vec<(i64, Time)> {
    let step = step(to.0 - from.0, LABELS_MAX);
    let first = (from.0 + step - 1) / step * step;
    let count = ((to.0 - first) / step).clamp(0, 10 * LABELS_MAX);
    let times = (0..=count).map(|index| Time(first + index * step));
    times.map(|it| (place(it, from, to), it)).collect()
}

/// The points in the window, the one that holds at its left edge first.
fn visible<'a>(record: &'a Record, uid: Uid, chart: &Chart) -> Vec<(i64, &'a Sample)> {
    let mut points: Vec<(i64, &Sample)> = Vec::new();
    for (time, sample) in record.samples(uid).filter(|it| it.0 <= chart.to) {
        let at = chart.place(time).max(0);
        match points.last_mut() {
            Some(last) if at < last.0 + NEAR => last.1 = sample,
            _ => points.push((at, sample)),
        }
    }
    points
}

/// Stacks the counts; each boundary is the top of one area and the foot of the next.
fn draw(
    chart: &mut Chart,
    samples: &[(i64, &Sample)],
    last: Option<(i64, i64)>,
    height: &dyn Fn(i64) -> i64,
) {
    let Some((start, _)) = samples.first() else { return };
    let mut revisions: Vec<i64> = Vec::new();
    for (number, _) in samples.iter().flat_map(|it| &it.1.ready_by_revision) {
        if let Err(index) = revisions.binary_search(number) {
            revisions.insert(index, *number);
        }
    }
    let first = revisions.len().saturating_sub(REVISIONS_MAX);
    let foot = vec![(*start, HEIGHT), (WIDTH, HEIGHT)];
    let mut below = foot;
    let newest_first: Vec<i64> = revisions[first..].iter().rev().copied().collect();
    for (index, number) in newest_first.iter().enumerate() {
        let upto = &newest_first[..=index];
        let sum = |_: usize, it: &Sample| {
            let own = it.ready_by_revision.iter().filter(|pair| upto.contains(&pair.0));
            own.map(|pair| i64::from(pair.1)).sum()
        };
        below = add(chart, Kind::Ready(*number), below, edge(samples, height, &sum));
    }
    chart.line = below.clone();
    let whole = |_: usize, it: &Sample| i64::from(it.desired.max(it.ready_pods()));
    let but_broken = |at: usize, it: &Sample| {
        let ready = i64::from(it.ready_pods());
        (whole(at, it) - i64::from(it.broken)).max(ready)
    };
    let coming = coming(samples, newest_first.first().copied().unwrap_or(1), last);
    let mut seen = coming.clone();
    seen.sort_unstable();
    seen.dedup();
    for number in seen {
        let own = |at: usize, it: &Sample| match coming.get(at) == Some(&number) {
            true => but_broken(at, it),
            false => i64::from(it.ready_pods()),
        };
        let ready = chart.line.clone();
        add(chart, Kind::Updating(number), ready, edge(samples, height, &own));
    }
    if samples.iter().any(|it| it.1.broken > 0) {
        let below = edge(samples, height, &but_broken);
        add(chart, Kind::Unavailable, below, edge(samples, height, &whole));
    }
}

/// Which revision is on its way at each point: the next of which a pod becomes ready. Where none
/// does any more it is the newest, or what the last rollout brings.
fn coming(samples: &[(i64, &Sample)], newest: i64, last: Option<(i64, i64)>) -> Vec<i64> {
    let ready = |at: usize, number: i64| {
        let own = samples
            .get(at)
            .and_then(|it| it.1.ready_by_revision.iter().find(|pair| pair.0 == number));
        own.map_or(0, |it| it.1)
    };
    let mut coming = vec![newest; samples.len()];
    let mut next = None;
    for at in (0..samples.len()).rev() {
        let brought = last.filter(|it| samples[at].0 >= it.0).map(|it| it.1);
        coming[at] = next.or(brought).unwrap_or(newest);
        let Some(before) = at.checked_sub(1) else { break };
        let numbers = samples[at].1.ready_by_revision.iter().map(|it| it.0);
        if let Some(grown) = numbers.filter(|it| ready(at, *it) > ready(before, *it)).max() {
            next = Some(grown);
        }
    }
    coming
}

fn add(
    chart: &mut Chart,
    kind: Kind,
    below: Vec<(i64, i64)>,
    above: Vec<(i64, i64)>,
) -> Vec<(i64, i64)> {
    let mut points = above.clone();
    points.extend(below.iter().rev());
    chart.areas.push(Area { kind, points });
    above
}

/// A boundary from the first point to the right edge.
fn edge(
    samples: &[(i64, &Sample)],
    height: &dyn Fn(i64) -> i64,
    count: &dyn Fn(usize, &Sample) -> i64,
) -> Vec<(i64, i64)> {
    let mut points: Vec<(i64, i64)> = Vec::new();
    for (index, (at, sample)) in samples.iter().enumerate() {
        let y = height(count(index, sample));
        match points.last().copied() {
            Some((_, before)) if before == y => continue,
            Some((_, before)) => {
                let room = samples.get(index + 1).map_or(WIDTH, |it| it.0) - at;
                points.extend([(*at, before), (at + SLOPE.min(room), y)]);
            }
            None => points.push((*at, y)),
        }
    }
    let last = points.last().map_or(HEIGHT, |it| it.1);
    points.push((WIDTH, last));
    points
}

fn brackets(record: &Record, uid: Uid, chart: &Chart, end: Time) -> Vec<Bracket> {
    let bracket = |wave: &crate::sim::Wave| Bracket {
        number: wave.number,
        from: chart.place(wave.start),
        to: chart.place(wave.end.unwrap_or(end)),
        start: wave.start,
        end: wave.end,
    };
    let all = record.rollouts(uid).flat_map(|it| &it.waves).map(bracket);
    all.filter(|it| it.to >= 0 && it.from <= WIDTH).collect()
}

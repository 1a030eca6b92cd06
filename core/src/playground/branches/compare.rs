//! Two branches side by side: how a DaemonSet fared on each, in a sentence and two drawings.

use crate::api::{Time, Uid};
use crate::playground::view::chart::Chart;
use crate::sim::Record;

/// How a DaemonSet fared on a branch since it parted from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    name: String,
    parted: Time,
    end: Time,
    /// Whether anything changed.
    moved: bool,
    /// Since when every wanted pod is ready and of the present revision.
    finished: Option<Time>,
    /// How many pods were ready when they parted.
    before: i32,
    /// The fewest ready pods since then.
    lowest: i32,
}

/// Two branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What makes the difference, in a sentence.
    pub sentence: String,
    /// The names of the branches, the one that is looked at first, and what was recorded on each;
    /// both drawings have the same axis.
    pub charts: [(String, Chart); 2],
}

impl Course {
    pub(super) fn of(record: &Record, uid: Uid, name: &str, parted: Time, end: Time) -> Course {
        let name = name.to_owned();
        let (moved, finished) = (false, None);
        let mut course = Course { name, parted, end, moved, finished, before: 0, lowest: 0 };
        for (at, sample) in record.samples(uid).filter(|it| it.0 <= end) {
            let ready = sample.ready_pods();
            let is_complete = sample.desired > 0
                && ready >= sample.desired
                && sample.up_to_date >= sample.desired;
            course.finished = course.finished.or(Some(at)).filter(|_| is_complete);
            if at <= parted {
                (course.before, course.lowest) = (ready, ready);
            } else {
                course.moved = true;
                course.lowest = course.lowest.min(ready);
            }
        }
        course
    }
}

pub(super) fn comparison(
    (one, one_record): (Course, &Record),
    (two, two_record): (Course, &Record),
    uid: Uid,
) -> Comparison {
    let longest = one.end.max(two.end);
    let draw = |course: &Course, record: &Record| {
        let chart = Chart::of_branch(record, uid, course.end, longest);
        (course.name.clone(), chart)
    };
    Comparison {
        sentence: sentence(&one, &two),
        charts: [draw(&one, one_record), draw(&two, two_record)],
    }
}

/// What makes the difference.
fn sentence(one: &Course, two: &Course) -> String {
    match (one.moved, two.moved) {
        (false, false) => return "Nothing has changed on either branch.".to_owned(),
        (false, true) => return alone(two, one),
        (true, false) => return alone(one, two),
        (true, true) => {}
    }
    match (one.finished, two.finished) {
        (Some(first), Some(second)) if first == second => {
            let low = lows(one, two)
                .unwrap_or_else(|| format!("; neither fell below {} ready", one.lowest));
            format!("Both branches finished at {first}{low}.")
        }
        (Some(first), Some(second)) => {
            let (winner, other) = if first < second { (one, two) } else { (two, one) };
            let earlier = span((second.0 - first.0).abs());
            let low = contrast(winner, other);
            format!("Branch {} finished {earlier} earlier{low}.", winner.name)
        }
        (Some(_), None) => half(one, two),
        (None, Some(_)) => half(two, one),
        (None, None) => {
            let low = lows(one, two)
                .unwrap_or_else(|| format!("; neither fell below {} ready", one.lowest));
            format!("Neither branch has finished{low}.")
        }
    }
}

/// Only one branch has seen a change.
fn alone(moved: &Course, still: &Course) -> String {
    let name = &moved.name;
    let low = match moved.lowest {
        low if low < moved.before => format!("fell to {low} ready"),
        low => format!("never fell below {low} ready"),
    };
    let course = match moved.finished {
        Some(at) => format!("took {}", span(at.0 - moved.parted.0)),
        None => "has not finished".to_owned(),
    };
    format!("Nothing has changed on branch {}; branch {name} {course} and {low}.", still.name)
}

/// Only one branch is through.
fn half(done: &Course, open: &Course) -> String {
    let low =
        lows(done, open).unwrap_or_else(|| format!("; neither fell below {} ready", done.lowest));
    format!("Branch {} has finished, branch {} has not finished yet{low}.", done.name, open.name)
}

/// How few were ready, as an addition about the branch that was named.
fn contrast(named: &Course, other: &Course) -> String {
    let (low, lower) = (named.lowest, other.lowest);
    if low > lower {
        format!(" and never fell below {low} ready; branch {} fell to {lower}", other.name)
    } else if low < lower {
        format!(", but fell to {low} ready; branch {} never fell below {lower}", other.name)
    } else {
        format!("; neither fell below {low} ready")
    }
}

/// The same about both; none if there is no difference.
fn lows(one: &Course, two: &Course) -> Option<String> {
    let (high, low) = if one.lowest > two.lowest { (one, two) } else { (two, one) };
    (high.lowest != low.lowest).then(|| {
        let (name, other) = (&high.name, &low.name);
        format!(
            "; branch {name} never fell below {} ready, branch {other} fell to {}",
            high.lowest, low.lowest
        )
    })
}

/// A span of time in words.
fn span(milliseconds: i64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    match (seconds / 60, seconds % 60) {
        (0, 0) => "less than a second".to_owned(),
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_what_makes_the_difference() {
        let course = |name: &str, seconds: Option<i64>, lowest: i32| Course {
            name: name.to_owned(),
            parted: Time(10_000),
            end: Time(200_000),
            moved: true,
            finished: seconds.map(Time::from_seconds),
            before: 6,
            lowest,
        };
        let still = |name: &str| Course { moved: false, ..course(name, Some(5), 6) };
        let cases = [
            (
                "earlier and never as low",
                (course("A", Some(140), 5), course("B", Some(100), 7)),
                "Branch B finished 40 s earlier and never fell below 7 ready; branch A fell to 5.",
            ),
            (
                "earlier at a price",
                (course("A", Some(60), 3), course("B", Some(150), 5)),
                "Branch A finished 1 min 30 s earlier, but fell to 3 ready; branch B never fell below 5.",
            ),
            (
                "earlier for nothing",
                (course("A", Some(60), 5), course("B", Some(180), 5)),
                "Branch A finished 2 min earlier; neither fell below 5 ready.",
            ),
            (
                "at the same time",
                (course("A", Some(60), 5), course("B", Some(60), 4)),
                "Both branches finished at 01:00; branch A never fell below 5 ready, branch B fell to 4.",
            ),
            (
                "one still runs",
                (course("A", None, 4), course("B", Some(60), 4)),
                "Branch B has finished, branch A has not finished yet; neither fell below 4 ready.",
            ),
            (
                "both still run",
                (course("A", None, 4), course("B", None, 5)),
                "Neither branch has finished; branch B never fell below 5 ready, branch A fell to 4.",
            ),
            (
                "one was left alone",
                (course("A", Some(70), 4), still("B")),
                "Nothing has changed on branch B; branch A took 1 min and fell to 4 ready.",
            ),
            (
                "one was left alone, and the other lost nothing",
                (course("A", None, 6), still("B")),
                "Nothing has changed on branch B; branch A has not finished and never fell below 6 \
                 ready.",
            ),
            ("both were", (still("A"), still("B")), "Nothing has changed on either branch."),
        ];
        for (name, (one, two), expected) in cases {
            assert_eq!(sentence(&one, &two), expected, "{name}");
            if name != "both still run" && name != "at the same time" {
                assert_eq!(sentence(&two, &one), expected, "{name}, the other way round");
            }
        }
    }
}

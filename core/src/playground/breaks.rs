//! Breaks: whoever plays stops at the instant at which something becomes true.

use std::fmt;

use crate::api::pod::ContainerState;
use crate::api::{DaemonSet, Name, Pod, Time};
use crate::insight::Figure;
use crate::playground::Playground;

/// More breaks than this nobody keeps in mind.
pub(super) const BREAKS_MAX: usize = 8;
/// More wake-ups than this one instant does not have.
const WAKES_MAX: u32 = 5_000_000;

/// What time stops at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// A figure of a DaemonSet's status comes below a number, or above it.
    Figure {
        /// `NAMESPACE/NAME`.
        daemon_set: Name,
        /// The figure.
        figure: Figure,
        /// Below it, else above it.
        below: bool,
        /// The number.
        count: i32,
    },
    /// A container of a DaemonSet's pod ends with an error.
    Crash,
}

impl Break {
    /// What it waits for, as the status strip writes the figure: `AVAILABLE < 6`.
    pub fn text(&self) -> String {
        match self {
            Self::Figure { figure, below, count, .. } => {
                format!("{} {} {count}", figure.column(), if *below { '<' } else { '>' })
            }
            Self::Crash => "a pod crashes".to_owned(),
        }
    }

    /// The line of the shell that sets it.
    pub fn command(&self) -> String {
        match self {
            Self::Figure { daemon_set, figure, below, count } => {
                let word = figure.column().to_ascii_lowercase();
                format!("break {daemon_set} {word} {} {count}", side(*below))
            }
            Self::Crash => "break pod crashes".to_owned(),
        }
    }

    fn value(&self, playground: &Playground) -> Option<i64> {
        match self {
            Self::Figure { daemon_set, figure, .. } => {
                let ds = playground.daemon_set_by_key(daemon_set)?;
                Some(i64::from(of(ds, *figure)))
            }
            Self::Crash => i64::try_from(playground.cluster().record().crashes()).ok(),
        }
    }

    fn holds(&self, value: i64) -> bool {
        match self {
            Self::Figure { below: true, count, .. } => value < i64::from(*count),
            Self::Figure { below: false, count, .. } => value > i64::from(*count),
            Self::Crash => false,
        }
    }
}

/// As `break` lists it.
impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure { daemon_set, .. } => write!(f, "{}: {}", daemon_set, self.text()),
            Self::Crash => f.write_str(&self.text()),
        }
    }
}

fn side(below: bool) -> &'static str {
    if below { "below" } else { "above" }
}

/// What a figure is now.
fn of(ds: &DaemonSet, figure: Figure) -> i32 {
    let status = &ds.status;
    match figure {
        Figure::Desired => status.desired_number_scheduled,
        Figure::Current => status.current_number_scheduled,
        Figure::Ready => status.number_ready,
        Figure::UpToDate => status.updated_number_scheduled,
        Figure::Available => status.number_available,
        Figure::Misscheduled => status.number_misscheduled,
    }
}

impl Playground {
    /// The breaks that are set.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// Sets one more; the answer says why not.
    pub fn add_break(&mut self, new: Break) -> Result<(), &'static str> {
        if self.breaks.contains(&new) {
            return Err("that break is set already");
        }
        if self.breaks.len() >= BREAKS_MAX {
            return Err("there are eight breaks already");
        }
        self.breaks.push(new);
        Ok(())
    }

    /// Takes one away; false if there is none at that place.
    pub fn remove_break(&mut self, index: usize) -> bool {
        let is_there = index < self.breaks.len();
        if is_there {
            self.breaks.remove(index);
        }
        is_there
    }

    /// When something is due next, at the latest `to`.
    pub fn next_due(&self, to: Time) -> Time {
        self.timeline.next_due(to)
    }

    /// What the breaks look at, as it is now.
    pub fn watched(&self) -> Vec<Option<i64>> {
        self.breaks.iter().map(|it| it.value(self)).collect()
    }

    /// Why time stops here: what has become true since `before` was watched.
    pub fn stop(&self, before: &[Option<i64>]) -> Option<String> {
        let mut pairs = self.breaks.iter().zip(before);
        pairs.find_map(|(it, before)| {
            let now = it.value(self)?;
            match it {
                Break::Crash => before.is_some_and(|it| now > it).then(|| self.crash()),
                Break::Figure { daemon_set, figure, below, count } => {
                    let became = it.holds(now) && !before.is_some_and(|before| it.holds(before));
                    let verb = if *below { "fell" } else { "rose" };
                    let name = daemon_set.rsplit('/').next().unwrap_or(daemon_set);
                    let (column, side) = (figure.column(), side(*below));
                    became.then(|| format!("{column} of {name} {verb} to {now}, {side} {count}"))
                }
            }
        })
    }

    /// Plays on until `to` or to the end of the instant at which a break becomes true; says why.
    pub fn advance_to_break(&mut self, to: Time) -> Option<String> {
        while Playground::now(self) < to || self.next_due(to) < to {
            let before = self.watched();
            let due = self.next_due(to);
            self.timeline.advance(due, WAKES_MAX);
            if let Some(why) = self.stop(&before) {
                return Some(why);
            }
        }
        None
    }

    /// Who has just crashed.
    fn crash(&self) -> String {
        let now = Playground::now(self);
        let has_just = |pod: &Pod| {
            pod.status.containers.iter().any(|it| match it.state {
                ContainerState::Terminated { exit_code, finished, .. } => {
                    exit_code != 0 && finished.0 / 1000 == now.0 / 1000
                }
                _ => false,
            })
        };
        let store = self.cluster().store();
        let mut pods = store.daemon_sets().flat_map(|it| store.pods_of(it.meta.uid));
        match pods.find(|it| has_just(it)) {
            Some(pod) => format!("{} crashed", pod.meta.name),
            None => "a pod crashed".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ImageBehaviour, Input};

    const SET: &str = "kube-system/node-logger";
    const LONG: i64 = 600_000;

    fn upgraded() -> Playground {
        let mut playground = Playground::open(1);
        playground.settle(LONG);
        let report = playground.apply(&Playground::opening_manifest().replace("8.10.0", "8.11.0"));
        assert!(report.ok, "{:?}", report.messages);
        playground
    }

    fn available(below: bool, count: i32) -> Break {
        Break::Figure { daemon_set: SET.into(), figure: Figure::Available, below, count }
    }

    /// The figure after each instant of a copy that nobody stops.
    fn course(playground: &Playground, to: Time) -> Vec<(Time, i32)> {
        let mut copy = playground.clone();
        let mut course = Vec::new();
        while copy.now() < to {
            let due = copy.next_due(to);
            copy.advance(due, u32::MAX);
            course.push((copy.now(), of(copy.daemon_set_by_key(SET).unwrap(), Figure::Available)));
        }
        course
    }

    #[test]
    fn time_stops_at_the_very_instant_at_which_a_figure_passes_its_number() {
        let mut playground = upgraded();
        let to = playground.now() + 60_000;
        let course = course(&playground, to);
        playground.add_break(available(true, 6)).unwrap();
        let (mut stops, mut was) = (Vec::new(), 6);
        for (at, value) in course {
            if value < 6 && was >= 6 {
                stops.push(at);
            }
            was = value;
        }
        assert!(stops.len() > 2, "each wave takes a pod away");
        for at in stops {
            let why = playground.advance_to_break(to);
            assert_eq!(why.as_deref(), Some("AVAILABLE of node-logger fell to 5, below 6"));
            assert_eq!(playground.now(), at);
        }
        assert_eq!(playground.advance_to_break(to), None);
        assert_eq!(playground.now(), to, "and then it plays to the end");
    }

    #[test]
    fn what_is_true_already_does_not_stop_again_and_again() {
        let mut playground = upgraded();
        playground.add_break(available(true, 7)).unwrap();
        let to = playground.now() + 30_000;
        assert_eq!(playground.advance_to_break(to), None);
        assert!(playground.remove_break(0) && !playground.remove_break(0));
        playground.add_break(available(false, 5)).unwrap();
        let why = playground.advance_to_break(to + 30_000);
        assert_eq!(why.as_deref(), Some("AVAILABLE of node-logger rose to 6, above 5"));
    }

    #[test]
    fn time_stops_when_a_pod_crashes_and_not_when_one_is_deleted() {
        let mut playground = Playground::open(1);
        playground.settle(LONG);
        playground.add_break(Break::Crash).unwrap();
        let image: Name = "docker.elastic.co/beats/filebeat:8.11.0".into();
        let behaviour = ImageBehaviour::Crashes { after: 4_000, exit_code: 1 };
        playground.act(Input::SetImageBehaviour { image, behaviour }).unwrap();
        let report = playground.apply(&Playground::opening_manifest().replace("8.10.0", "8.11.0"));
        assert!(report.ok, "{:?}", report.messages);
        let why = playground.advance_to_break(playground.now() + 120_000).unwrap();
        assert!(why.starts_with("node-logger-") && why.ends_with(" crashed"), "{why}");
        let store = playground.cluster().store();
        let restarts: u32 = store
            .daemon_sets()
            .flat_map(|it| store.pods_of(it.meta.uid))
            .map(|it| it.restarts())
            .sum();
        assert_eq!(restarts, 0, "it is the first crash, and the kubelet has not restarted it yet");
    }

    #[test]
    fn breaks_are_bounded_and_each_is_set_once() {
        let mut playground = Playground::open(1);
        for count in 0..8 {
            playground.add_break(available(true, count)).unwrap();
        }
        assert!(playground.add_break(available(true, 3)).is_err());
        assert!(playground.add_break(available(true, 9)).is_err());
        let texts: Vec<String> = playground.breaks().iter().map(Break::text).collect();
        assert_eq!(texts[6], "AVAILABLE < 6");
        assert_eq!(
            playground.breaks()[6].command(),
            "break kube-system/node-logger available below 6"
        );
    }
}

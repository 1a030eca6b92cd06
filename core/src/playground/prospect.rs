//! What comes if nobody acts: the timeline run ahead in slices, so that a viewer sees it before it
//! happens.

use crate::api::Time;
use crate::playground::Playground;
use crate::sim::{Ahead, BranchId, Cluster};

/// Without a change of a DaemonSet's figures for this long nothing more comes, in milliseconds.
const QUIET: i64 = 120_000;
/// Where nothing more comes, this much time is looked ahead all the same.
const CALM: i64 = 60_000;
/// As far as this is looked ahead at least, and at most: as much as has passed, in between.
const SPAN: (i64, i64) = (180_000, 1_800_000);

/// A look ahead. It holds from where the recorded history ends until somebody acts.
#[derive(Clone, Debug)]
pub struct Prospect {
    ahead: Ahead,
    branch: BranchId,
    inputs: usize,
    start: Time,
}

impl Playground {
    /// Begins to look ahead; what was recorded after now comes first.
    pub fn prospect(&self) -> Prospect {
        let timeline = self.timeline();
        Prospect {
            ahead: timeline.ahead(),
            branch: timeline.active().id,
            inputs: timeline.inputs().len(),
            start: timeline.now(),
        }
    }
}

impl Prospect {
    /// Whether this is still what comes: nobody has acted since, and time has not overtaken it.
    pub fn is_of(&self, playground: &Playground) -> bool {
        let timeline = playground.timeline();
        let is_same = (self.branch, self.inputs) == (timeline.active().id, timeline.inputs().len());
        is_same && self.until() >= timeline.end()
    }

    /// Goes on for so many wake-ups; true when it has looked far enough beyond the end of what was
    /// recorded.
    pub fn run(&mut self, end: Time, wakes_max: u32) -> bool {
        for _ in 0..wakes_max {
            let limit = self.limit(end);
            if self.until() >= limit || !self.ahead.step(limit) {
                return true;
            }
        }
        false
    }

    /// Whether there is no need yet to go on.
    pub fn is_enough(&self, end: Time) -> bool {
        let ahead = self.limit(end).0 - end.0;
        self.until().0 >= end.0 + ahead / 2
    }

    /// Up to when it is known what comes.
    pub fn until(&self) -> Time {
        self.ahead.cluster().now()
    }

    /// When the figures of a DaemonSet change last.
    pub fn reach(&self) -> Time {
        self.ahead.cluster().record().until().max(self.start)
    }

    /// Nothing more comes after what is known.
    pub fn is_over(&self) -> bool {
        self.until() >= self.reach() + QUIET
    }

    /// The cluster that was run ahead.
    pub fn cluster(&self) -> &Cluster {
        self.ahead.cluster()
    }

    fn limit(&self, end: Time) -> Time {
        let (least, most) = SPAN;
        let far = end + end.0.clamp(least, most);
        far.min((self.reach() + QUIET).max(end + CALM))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::view::chart::Area;
    use crate::sim::{ImageBehaviour, Input, Seed};

    const LONG: i64 = 600_000;

    fn upgrade(playground: &mut Playground, tag: &str) {
        let report = playground.apply(&Playground::opening_manifest().replace("8.10.0", tag));
        assert!(report.ok, "{:?}", report.messages);
    }

    type Drawn = (Vec<Area>, Vec<(i64, i64)>, Vec<(u32, Time, Option<Time>)>);

    /// The last minute as it is drawn, and the waves in it.
    fn drawn(playground: &Playground, ahead: Option<&Prospect>) -> Drawn {
        let set = playground.daemon_sets();
        let chart = playground.chart(set.first(), true, ahead, Time::ZERO);
        let waves = chart.waves.iter().map(|it| (it.number, it.start, it.end));
        (chart.areas.clone(), chart.line.clone(), waves.collect())
    }

    /// Somebody does something, sooner or later.
    fn act(playground: &mut Playground, seed: Seed, turn: u64) {
        let draw = |low, high, purpose: &str| seed.between(low, high, purpose, turn);
        let node = format!("worker-{}", draw(1, 5, "node"));
        let input = match draw(0, 4, "what") {
            0 => return upgrade(playground, &format!("8.{}.0", 20 + turn)),
            1 => Input::DeleteNode { node: node.as_str().into() },
            2 => Input::StopKubelet { node: node.as_str().into() },
            3 => Input::StartKubelet { node: node.as_str().into() },
            _ => {
                let image = format!("docker.elastic.co/beats/filebeat:8.{}.0", 20 + turn);
                let (image, behaviour) = (image.as_str().into(), ImageBehaviour::CannotBePulled);
                let _ = playground.act(Input::SetImageBehaviour { image, behaviour });
                return upgrade(playground, &format!("8.{}.0", 20 + turn));
            }
        };
        // Some are refused, since the node is gone or its kubelet is stopped already.
        let _ = playground.act(input);
    }

    #[test]
    fn what_is_seen_ahead_is_what_then_happens_if_nobody_acts() {
        let mut points = 0;
        for seed in 0..6 {
            let mut playground = Playground::open(seed);
            for turn in 0..6 {
                let draw = |low, high, purpose: &str| Seed(seed).between(low, high, purpose, turn);
                let now = playground.now();
                playground.advance(now + draw(0, 40_000, "pass"), u32::MAX);
                act(&mut playground, Seed(seed), turn);
                if draw(0, 3, "back") == 0 {
                    playground.seek(Time(playground.now().0 / 2));
                }
                let mut ahead = playground.prospect();
                while !ahead.run(playground.timeline().end(), 50) {}
                assert!(ahead.is_of(&playground));
                let mut later = playground.clone();
                later.advance(ahead.until(), u32::MAX);
                let what = format!("seed {seed}, turn {turn}");
                assert_eq!(later.cluster().digest(), ahead.cluster().digest(), "{what}");
                let mut looker = playground.clone();
                for seconds in [0, 7, 15, 31] {
                    looker.seek(playground.now() + seconds * 1_000);
                    later.seek(looker.now());
                    let (seen, known) = (drawn(&looker, Some(&ahead)), drawn(&later, None));
                    assert_eq!(seen, known, "{what}, {seconds} s later");
                    points += seen.1.len();
                }
            }
        }
        assert!(points > 300, "{points} points were compared: hardly a test");
    }

    #[test]
    fn it_holds_until_somebody_acts_or_looks_at_another_branch() {
        let mut playground = Playground::open(1);
        playground.settle(LONG);
        let before = playground.now();
        upgrade(&mut playground, "8.11.0");
        let mut ahead = playground.prospect();
        while !ahead.run(playground.timeline().end(), 1_000) {}
        assert!(ahead.is_over(), "the rollout has an end");
        let reach = ahead.reach();
        playground.advance(playground.now() + 20_000, u32::MAX);
        assert!(ahead.is_of(&playground) && ahead.reach() == reach);
        playground.seek(before + 5_000);
        assert!(ahead.is_of(&playground), "looking back changes nothing of what comes");
        playground.act(Input::Cordon { node: "worker-1".into() }).unwrap();
        assert!(!ahead.is_of(&playground));
        let first = playground.timeline().branches()[0].id;
        assert!(playground.switch(first));
        assert!(ahead.is_of(&playground), "it comes again");
    }

    #[test]
    fn it_ends_at_its_horizon_where_something_never_ends_and_goes_on_as_time_passes() {
        let mut playground = Playground::open(1);
        playground.settle(LONG);
        let image: crate::api::Name = "docker.elastic.co/beats/filebeat:8.11.0".into();
        let behaviour = ImageBehaviour::CannotBePulled;
        playground.act(Input::SetImageBehaviour { image, behaviour }).unwrap();
        upgrade(&mut playground, "8.11.0");
        let mut ahead = playground.prospect();
        for _ in 0..20 {
            let end = playground.timeline().end();
            while !ahead.run(end, 1_000) {}
            assert!(ahead.is_enough(end));
            let (least, most) = SPAN;
            let (from, to) = (end + CALM, end + end.0.clamp(least, most));
            assert!((from..=to).contains(&ahead.until()), "{} after {end}", ahead.until());
            let set = playground.daemon_sets();
            let chart = playground.chart(set.first(), false, Some(&ahead), ahead.reach());
            assert!(chart.known <= chart.to && chart.known > end, "{chart:?}");
            playground.advance(end + 100_000, u32::MAX);
        }
        assert!(ahead.is_of(&playground) == (ahead.until() >= playground.now()));
    }
}

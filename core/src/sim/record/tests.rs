//! The record, held against the pods themselves.

use super::*;
use crate::playground::Playground;
use crate::sim::Input;

const TEN_MINUTES: i64 = 600_000;

fn settled() -> Playground {
    let mut playground = Playground::open(1);
    playground.settle(TEN_MINUTES);
    playground
}

fn uid(playground: &Playground) -> Uid {
    playground.cluster().store().daemon_sets().next().unwrap().meta.uid
}

/// Applies revision 2 with a budget.
fn roll(playground: &mut Playground, strategy: &str) {
    let text = Playground::opening_manifest().replace("8.10.0", "8.11.0");
    let strategy = format!("spec:\n  updateStrategy:\n    rollingUpdate:\n{strategy}");
    let report = playground.apply(&text.replacen("spec:\n", &strategy, 1));
    assert!(report.ok, "{:?}", report.messages);
}

/// The counts kept by difference are those of the pods, at every instant.
#[test]
fn the_ready_pods_of_each_revision_are_counted() {
    let mut playground = settled();
    roll(&mut playground, "      maxUnavailable: 2\n");
    let uid = uid(&playground);
    for _ in 0..400 {
        playground.advance(playground.now() + 250, u32::MAX);
        let record = playground.timeline().record();
        let (_, last) = record.samples(uid).next_back().unwrap();
        let ready = playground.cluster().store().pods_of(uid).filter(|it| it.is_ready()).count();
        assert_eq!(last.ready_pods(), i32::try_from(ready).unwrap(), "at {}", playground.now());
    }
    let record = playground.timeline().record();
    let last = record.samples(uid).next_back().unwrap().1;
    assert_eq!(last.ready_by_revision, [(2, 6)]);
    assert_eq!((last.desired, last.ready, last.up_to_date, last.broken), (6, 6, 6, 0));
    assert!(record.samples(uid).any(|(_, it)| it.ready_by_revision.len() == 2), "both at once");
}

/// Pods of a deleted node stay until they are collected; `numberReady` does not count them, nor
/// does a chart.
#[test]
fn pods_of_a_deleted_node_are_not_ready_ones() {
    let mut playground = settled();
    let uid = uid(&playground);
    let ready = |it: &Playground| {
        let (_, last) = it.timeline().record().samples(uid).next_back().unwrap();
        (last.ready_pods(), last.ready)
    };
    crate::playground::run_script(&mut playground, "kubectl delete node worker-1 worker-2\n+2s");
    assert_eq!(playground.cluster().store().vanished_nodes().len(), 2);
    assert_eq!(ready(&playground), (4, 4));
    crate::playground::run_script(&mut playground, "+120s");
    assert!(playground.cluster().store().vanished_nodes().is_empty());
    assert_eq!(ready(&playground), (4, 4));
    crate::playground::run_script(&mut playground, "node add --pool workers --count 1\n+60s");
    assert_eq!(ready(&playground), (5, 5));
}

#[test]
fn waves_hold_as_many_pods_as_the_budget_allows_and_end_when_their_replacements_are_available() {
    let cases = [
        ("one by one", "      maxUnavailable: 1\n", 6, 1, Some((5, 6))),
        ("two by two", "      maxUnavailable: 2\n", 3, 2, Some((4, 6))),
        ("an uneven rest", "      maxUnavailable: 4\n", 2, 4, Some((2, 6))),
        ("surging", "      maxSurge: 2\n      maxUnavailable: 0\n", 3, 2, None),
    ];
    for (name, strategy, count, size, fewest) in cases {
        let mut playground = settled();
        roll(&mut playground, strategy);
        playground.settle(TEN_MINUTES);
        let record = playground.timeline().record();
        let rollouts: Vec<_> = record.rollouts(uid(&playground)).collect();
        let [rollout] = rollouts[..] else { panic!("{name}: {} rollouts", rollouts.len()) };
        assert_eq!((rollout.total, rollout.begun, rollout.done()), (6, 6, 6), "{name}");
        assert_eq!((rollout.wave_count(), rollout.budget), (count, size), "{name}");
        let numbers: Vec<u32> = rollout.waves.iter().map(|it| it.number).collect();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "{name}");
        assert!(rollout.end.is_some_and(|it| it <= playground.now()), "{name}");
        for wave in &rollout.waves {
            assert!(wave.open.is_empty() && wave.begun <= size, "{name}: {wave:?}");
            assert!(wave.end.is_some_and(|end| end > wave.start), "{name}: {wave:?}");
        }
        match fewest {
            Some(_) => assert_eq!(rollout.fewest, fewest, "{name}"),
            None => assert!(rollout.fewest.is_some_and(|it| it.0 >= 6), "{name}: none is missed"),
        }
    }
}

/// An old pod that may stay where none would be created goes, and nothing comes in its place.
#[test]
fn a_rollout_ends_although_fewer_pods_are_wanted_than_were() {
    for in_mid_rollout in [false, true] {
        let mut playground = settled();
        let effect = crate::api::TaintEffect::NoSchedule;
        let (node, key, value) = ("worker-6".into(), "team".into(), "x".into());
        let taint = Input::TaintNode { node, key, value, effect };
        if in_mid_rollout {
            roll(&mut playground, "      maxUnavailable: 1\n");
            playground.advance(playground.now() + 5_000, u32::MAX);
            playground.act(taint).unwrap();
        } else {
            playground.act(taint).unwrap();
            playground.settle(TEN_MINUTES);
            roll(&mut playground, "      maxUnavailable: 1\n");
        }
        playground.settle(TEN_MINUTES);
        let record = playground.timeline().record();
        let rollout = record.rollouts(uid(&playground)).next_back().unwrap();
        assert_eq!((rollout.begun, rollout.done(), rollout.total), (5, 5, 5), "{rollout:?}");
        assert!(rollout.end.is_some(), "{rollout:?}");
    }
}

#[test]
fn a_pod_that_never_starts_stays_in_its_wave_until_another_rollout_begins() {
    let mut playground = settled();
    let image: Name = "docker.elastic.co/beats/filebeat:8.11.0".into();
    let behaviour = crate::sim::ImageBehaviour::CannotBePulled;
    playground.act(Input::SetImageBehaviour { image, behaviour }).unwrap();
    roll(&mut playground, "      maxUnavailable: 1\n");
    playground.settle(TEN_MINUTES);
    playground.advance(playground.now() + 60_000, u32::MAX);
    let uid = uid(&playground);
    let record = playground.timeline().record();
    let rollout = record.rollouts(uid).next_back().unwrap();
    assert_eq!((rollout.begun, rollout.done(), rollout.end), (1, 0, None));
    assert_eq!(record.samples(uid).next_back().unwrap().1.broken, 1);
    playground.apply(Playground::opening_manifest());
    playground.settle(TEN_MINUTES);
    let record = playground.timeline().record();
    let rollouts: Vec<_> = record.rollouts(uid).collect();
    assert!(rollouts.iter().all(|it| it.end.is_some()), "{rollouts:#?}");
    assert_eq!(record.samples(uid).next_back().unwrap().1.broken, 0);
}

#[test]
fn going_back_keeps_what_was_recorded_after_and_acting_there_begins_another_record() {
    let mut playground = settled();
    let then = playground.now();
    roll(&mut playground, "      maxUnavailable: 2\n");
    playground.settle(TEN_MINUTES);
    let uid = uid(&playground);
    let points = |it: &Playground| it.timeline().record().samples(uid).count();
    let (all, end) = (points(&playground), playground.now());
    playground.seek(then);
    assert_eq!(points(&playground), all, "the future is still drawn");
    playground.seek(Time(then.0 + 10_000));
    assert_eq!(points(&playground), all);
    playground.seek(Time(then.0 - 1));
    playground.act(Input::Cordon { node: "worker-1".into() }).unwrap();
    assert!(points(&playground) < all, "that future is another branch's");
    let first = playground.timeline().branches()[0].id;
    assert!(playground.switch(first));
    playground.seek(end);
    assert_eq!(points(&playground), all);
}

#[test]
fn a_long_series_keeps_its_dips_and_its_end() {
    let mut record = Record::default();
    for second in 0..10_000 {
        let ready = if second % 100 == 7 { 1 } else { 5 + second % 2 };
        let sample = Sample { ready_by_revision: vec![(1, ready)], ..Sample::default() };
        record.put(Uid(1), sample, Time::from_seconds(i64::from(second)));
    }
    let points: Vec<_> = record.samples(Uid(1)).collect();
    assert!(points.len() <= SAMPLES_MAX, "{}", points.len());
    assert_eq!(points.last().unwrap().0, Time::from_seconds(9_999));
    assert_eq!(points.last().unwrap().1.ready_pods(), 6);
    let dips = points.iter().filter(|it| it.1.ready_pods() == 1).count();
    assert_eq!(dips, 100, "of {} points", points.len());
}

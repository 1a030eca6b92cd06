//! What is said and drawn of an instant is what held then, and agrees with what came of it.

use super::*;
use crate::playground::Prospect;
use crate::sim::Rollout;

const SET: &str = "kube-system/node-logger";

fn patch(playground: &mut Playground, spec: &str) {
    let patch = serde_json::from_str(&format!("{{\"spec\":{spec}}}")).unwrap();
    let (namespace, name) = ("kube-system".into(), "node-logger".into());
    let resource = "daemonset".into();
    playground.act(Input::Patch { resource, namespace, name, patch }).unwrap();
}

fn max_unavailable(playground: &mut Playground, count: u32) {
    let rule = format!("{{\"rollingUpdate\":{{\"maxUnavailable\":{count}}}}}");
    patch(playground, &format!("{{\"updateStrategy\":{rule}}}"));
}

#[test]
fn the_lowest_allowed_steps_where_the_rule_changes() {
    let mut playground = settled();
    playground.advance(Time(20_000), u32::MAX);
    max_unavailable(&mut playground, 3);
    playground.advance(Time(30_000), u32::MAX);
    patch(&mut playground, r#"{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}"#);
    playground.advance(Time(40_000), u32::MAX);
    let chart = chart(&playground);
    let [first, second] = chart.floors[..] else { panic!("{:?}", chart.floors) };
    assert_eq!((first.fewest, first.of, second.fewest, second.of), (5, 6, 3, 6));
    assert!(first.from < first.to && first.y < second.y, "{:?}", chart.floors);
    assert_eq!(first.to, second.from);
    // The controller hears of it within a second.
    for (at, changed) in [(second.from, 20_000), (second.to, 30_000)] {
        let late = chart.time(at).0 - changed;
        assert!((-50..1_000).contains(&late), "{late} ms after the change");
    }
    // Looking back moves nothing.
    playground.seek(Time(10_000));
    assert_eq!(self::chart(&playground).floors, chart.floors);
}

#[test]
fn of_what_happens_at_once_one_mark_tells_all() {
    let mut playground = settled();
    playground.advance(Time(30_000), u32::MAX);
    for node in ["worker-1", "worker-2"] {
        playground.act(Input::Cordon { node: node.into() }).unwrap();
    }
    playground.act(Input::StopKubelet { node: "worker-3".into() }).unwrap();
    playground.advance(Time(31_000), u32::MAX);
    let chart = chart(&playground);
    let [mark] = &chart.marks.iter().filter(|it| it.kind != MarkKind::Pods).collect::<Vec<_>>()[..]
    else {
        panic!("{:?}", chart.marks)
    };
    assert_eq!((mark.kind, mark.time, mark.count()), (MarkKind::Act, Time(30_000), 3));
    let told = "00:30 kubectl cordon worker-1, and 1 more; \
                00:30 worker-3 failed: its kubelet stopped";
    assert_eq!(mark.label(), told);
    // Later things stand apart again, and no two marks cover each other.
    playground.advance(Time(50_000), u32::MAX);
    playground.act(Input::StartKubelet { node: "worker-3".into() }).unwrap();
    playground.settle(TEN_MINUTES);
    let chart = self::chart(&playground);
    let named = chart.marks.iter().filter(|it| it.kind != MarkKind::Pods);
    let places: Vec<i64> = named.map(|it| it.at).collect();
    assert!(places.len() > 1 && places.windows(2).all(|it| it[1] - it[0] >= 100), "{places:?}");
}

/// When the rollout is over, by the record.
fn end_of(rollouts: &mut dyn DoubleEndedIterator<Item = &Rollout>) -> Time {
    rollouts.next_back().and_then(|it| it.end).unwrap()
}

#[test]
fn what_is_left_of_a_rollout_is_what_was_recorded_or_seen_ahead() {
    let mut playground = settled();
    upgrade(&mut playground);
    let begin = playground.now();
    let mut ahead = playground.prospect();
    while !ahead.run(playground.timeline().end(), 1_000) {}
    let uid = playground.daemon_set_by_key(SET).unwrap().meta.uid;
    let end = end_of(&mut ahead.cluster().record().rollouts(uid));
    let left = |it: &Playground, ahead: Option<&Prospect>| {
        let rollout = it.daemon_sets_ahead(ahead).remove(0).rollout.unwrap();
        rollout.left.map(|left| it.now() + left)
    };
    playground.advance(begin + 8_000, u32::MAX);
    assert_eq!(left(&playground, Some(&ahead)), Some(end), "seen ahead");
    playground.settle(TEN_MINUTES);
    assert_eq!(end_of(&mut playground.timeline().record().rollouts(uid)), end);
    for seconds in [4, 8, 12] {
        playground.seek(begin + seconds * 1_000);
        assert_eq!(left(&playground, None), Some(end), "recorded");
    }
}

#[test]
fn a_pod_that_waits_knows_its_wave() {
    let mut playground = settled();
    upgrade(&mut playground);
    let mut ahead = playground.prospect();
    while !ahead.run(playground.timeline().end(), 1_000) {}
    let turns = |it: &Playground, ahead: Option<&Prospect>| {
        let set = it.daemon_sets_ahead(ahead).remove(0);
        set.rollout.map(|it| it.turns).unwrap_or_default()
    };
    let mut told = Vec::new();
    while playground.step() && view(&playground).rollout.is_none_or(|it| it.wave < 6) {
        assert_eq!(turns(&playground, None), [], "nobody has looked ahead");
        let turns = turns(&playground, Some(&ahead));
        if told.is_empty() {
            told = turns;
        } else {
            assert!(turns.iter().all(|it| told.contains(it)), "{turns:?}");
        }
    }
    let mut waves: Vec<u32> = told.iter().map(|it| it.1).collect();
    waves.sort_unstable();
    assert_eq!(waves, [2, 3, 4, 5, 6], "the first has begun");
    playground.settle(TEN_MINUTES);
    let uid = playground.daemon_set_by_key(SET).unwrap().meta.uid;
    let rollout = playground.timeline().record().rollouts(uid).next_back().unwrap();
    for (node, wave) in &told {
        assert_eq!(rollout.turns.get(node), Some(wave), "it comes true");
    }
}

/// As `kubectl rollout status` waits: first for updated pods, then for available ones.
#[test]
fn the_last_wave_runs_until_its_pods_are_available() {
    let mut playground = settled();
    upgrade(&mut playground);
    let mut last = 0;
    while playground.step() {
        let view = view(&playground);
        let StatusView { desired, up_to_date, available, .. } = view.status;
        let waits = up_to_date < desired || available < desired;
        assert!(view.rolling || !waits, "at {}: {view:?}", playground.now());
        if waits && view.revisions.len() == 1 {
            last += u32::from(up_to_date == desired);
            let words = match up_to_date == desired {
                true => "5 of 6 updated pods are available.",
                false => "5 of 6 pods are on revision 2.",
            };
            assert!(view.sentence.starts_with(words), "{}", view.sentence);
        }
    }
    assert!(last > 0, "the last pods start when none is old");
    assert!(!view(&playground).rolling && view(&playground).rollout.is_none());
}

/// workloads.md: a DaemonSet's pods tolerate `unreachable:NoExecute`, not `unreachable:NoSchedule`.
#[test]
fn the_sentence_names_the_pods_that_are_misscheduled() {
    let mut playground = settled();
    let mut stop = |node: &str| {
        playground.act(Input::StopKubelet { node: node.into() }).unwrap();
        playground.advance(playground.now() + 60_000, u32::MAX);
        let view = view(&playground);
        (view.status.misscheduled, view.sentence)
    };
    let ready = |count: u32| format!("All {count} wanted pods run revision 1 and are ready. ");
    let pod = |sentence: &str, node: &str| {
        let word = sentence.split(format!(" on {node}").as_str()).next().unwrap_or_default();
        word.rsplit(' ').next().unwrap_or_default().to_owned()
    };
    let (count, sentence) = stop("worker-6");
    let name = pod(&sentence, "worker-6");
    assert!(name.starts_with("node-logger-"), "{sentence}");
    assert_eq!((count, &sentence), (1, &(ready(5) + &name + " on worker-6 is MISSCHEDULED.")));
    let (count, sentence) = stop("worker-5");
    assert!(sentence.starts_with(&(ready(4) + "MISSCHEDULED: node-logger-")), "{sentence}");
    assert!(sentence.contains(" on worker-5") && sentence.contains(" on worker-6"), "{sentence}");
    assert_eq!(count, 2);
    let (count, sentence) = stop("worker-4");
    assert!(sentence.ends_with(" and 1 more."), "{sentence}");
    assert_eq!(count, 3);
}

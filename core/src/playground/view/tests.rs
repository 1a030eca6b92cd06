//! What the drawings and sentences of the page say, held against the cluster.

mod at_each_time;

use super::chart::{Area, Chart, HEIGHT, Kind, Mark, MarkKind, WIDTH};
use super::*;
use crate::playground::Playground;
use crate::sim::Input;

const TEN_MINUTES: i64 = 600_000;

fn settled() -> Playground {
    let mut playground = Playground::open(1);
    playground.settle(TEN_MINUTES);
    playground
}

fn view(playground: &Playground) -> DaemonSetView {
    playground.daemon_sets().remove(0)
}

fn chart(playground: &Playground) -> Chart {
    playground.chart(Some(&view(playground)), false, None, Time::ZERO)
}

fn upgrade(playground: &mut Playground) {
    let report = playground.apply(&Playground::opening_manifest().replace("8.10.0", "8.11.0"));
    assert!(report.ok, "{:?}", report.messages);
}

#[test]
fn opening_does_what_applying_the_manifest_does() {
    let mut applied = Playground::start(crate::playground::Scenario::opening(), 1);
    let report = applied.apply(Playground::opening_manifest());
    assert!(report.ok, "{:?}", report.messages);
    assert_eq!(Playground::open(1).inputs(), applied.inputs());
}

#[test]
fn the_areas_stand_on_each_other_and_fill_what_is_desired() {
    let mut playground = settled();
    upgrade(&mut playground);
    playground.settle(TEN_MINUTES);
    let chart = chart(&playground);
    let kinds: Vec<Kind> = chart.areas.iter().map(|it| it.kind).collect();
    let updating = [Kind::Updating(1), Kind::Updating(2)];
    assert_eq!(kinds, [[Kind::Ready(2), Kind::Ready(1)], updating].concat(), "from the foot up");
    // What is on its way has the colour of what it becomes: before the apply there is no other.
    let at = |line: &[(i64, i64)], x: i64| {
        line.iter().rev().find(|it| it.0 <= x).map_or(HEIGHT, |it| it.1)
    };
    let highest = |area: &Area, range: std::ops::Range<i64>| {
        let top = &area.points[..area.points.len() - chart.line.len()];
        range.map(|x| at(&chart.line, x) - at(top, x)).max().unwrap_or(0)
    };
    let applied = chart.waves[0].from;
    // What became ready last is drawn aslant.
    let later = applied + 60..WIDTH;
    assert!(highest(&chart.areas[2], 0..applied) > 0);
    assert_eq!(highest(&chart.areas[2], later.clone()), 0);
    assert_eq!(highest(&chart.areas[3], 0..applied), 0);
    assert!(highest(&chart.areas[3], later) > 0);
    for area in &chart.areas {
        let inside = |it: &(i64, i64)| (0..=WIDTH).contains(&it.0) && (0..=HEIGHT).contains(&it.1);
        assert!(area.points.iter().all(inside), "{area:?}");
    }
    assert_eq!(chart.line.last(), Some(&(WIDTH, 0)), "in the end all are ready");
    let floor = chart.floors.last().map(|it| (it.fewest, it.of, it.y, it.to));
    assert_eq!(floor, Some((5, 6, HEIGHT - 5 * HEIGHT / 6, WIDTH)));
    assert_eq!(chart.waves.len(), 6);
    assert!(chart.waves.iter().all(|it| it.from < it.to && it.end.is_some()));
    let is_apply = |it: &Mark| it.kind == MarkKind::Apply;
    let applied = chart.marks.iter().find(|it| is_apply(it)).unwrap();
    assert_eq!(applied.text, "DaemonSet node-logger applied");
    assert!(chart.marks.iter().any(|it| it.kind == MarkKind::Pods));
    assert!(chart.to > playground.now(), "there is room after now");
    assert_eq!(chart.time(chart.place(Time(12_000))), Time(12_000));
}

#[test]
fn what_happened_is_marked_each_kind_as_its_own_and_in_the_order_of_time() {
    let mut playground = settled();
    let pass = |it: &mut Playground| it.advance(it.now() + 5_000, u32::MAX);
    let node: crate::api::Name = "worker-2".into();
    playground.add_node("workers").unwrap();
    pass(&mut playground);
    let effect = crate::api::TaintEffect::PreferNoSchedule;
    let (key, value) = ("team".into(), "x".into());
    playground.act(Input::TaintNode { node: node.clone(), key, value, effect }).unwrap();
    pass(&mut playground);
    playground.act(Input::Cordon { node: node.clone() }).unwrap();
    playground.settle(TEN_MINUTES);
    upgrade(&mut playground);
    playground.settle(TEN_MINUTES);
    playground.act(Input::StopKubelet { node: node.clone() }).unwrap();
    playground.settle(TEN_MINUTES);
    playground.act(Input::DeleteNode { node }).unwrap();
    pass(&mut playground);
    let chart = chart(&playground);
    assert!(chart.marks.is_sorted_by_key(|it| it.time));
    let named = chart.marks.iter().flat_map(Mark::all).filter(|it| it.kind != MarkKind::Pods);
    let named: Vec<(MarkKind, &str)> = named.map(|it| (it.kind, &*it.text)).collect();
    let expected = [
        (MarkKind::NodeAdded, "Node worker-7 joined"),
        (MarkKind::Taint, "kubectl taint nodes worker-2 team=x:PreferNoSchedule"),
        (MarkKind::Act, "kubectl cordon worker-2"),
        (MarkKind::Apply, "DaemonSet node-logger applied"),
        (MarkKind::Unavailable, "first unavailable: 6 of 7 ready"),
        (MarkKind::Done, "rollout of revision 2 done"),
        (MarkKind::NodeFailed, "worker-2 failed: its kubelet stopped"),
        (MarkKind::Warning, "NodeNotReady: Node is not ready"),
        (MarkKind::Unavailable, "first unavailable: 6 of 7 ready"),
        (MarkKind::NodeDeleted, "worker-2 deleted"),
    ];
    assert_eq!(named, expected);
    playground.seek(Time(1_000));
    let mut ahead = playground.prospect();
    while !ahead.run(playground.timeline().end(), 1_000) {}
    let back = playground.chart(Some(&view(&playground)), false, Some(&ahead), Time::ZERO);
    let kinds = |it: &Chart| {
        let named = it.marks.iter().flat_map(Mark::all);
        let named = named.filter(|it| it.kind != MarkKind::Pods);
        named.map(|it| it.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&back), kinds(&chart), "whoever looks back still sees what comes");
}

#[test]
fn waves_are_found_wherever_they_are_recorded_or_seen_ahead() {
    let mut playground = settled();
    let begin = playground.now();
    upgrade(&mut playground);
    let set = "kube-system/node-logger";
    assert_eq!(playground.wave_beside(set, true, None), None, "nobody has looked ahead");
    let mut ahead = playground.prospect();
    while !ahead.run(playground.timeline().end(), 1_000) {}
    let mut starts = Vec::new();
    while let Some(start) = playground.wave_beside(set, true, Some(&ahead)) {
        starts.push(playground.seek(start));
    }
    assert_eq!(starts.len(), 6);
    assert!(starts.is_sorted() && starts[0] > begin);
    for before in starts.iter().rev().skip(1) {
        assert_eq!(playground.wave_beside(set, false, None), Some(*before));
        playground.seek(*before);
    }
    assert_eq!(playground.wave_beside(set, false, None), None);
    assert_eq!(playground.wave_beside("kube-system/nobody", true, None), None);
}

#[test]
fn small_lines_fill_their_width_from_the_first_second_and_show_a_minute_at_most() {
    let mut playground = Playground::open(1);
    for (seconds, first_y) in [(4, 145), (50, 145), (200, 30)] {
        playground.advance(Time(seconds * 1_000), u32::MAX);
        let [desired, _, ready, ..] = playground.sparks(&view(&playground));
        assert_eq!(desired.first().map(|it| it.0), Some(10), "from the left edge");
        assert_eq!(desired.last().map(|it| it.1), Some(30), "all six are wanted");
        assert_eq!(ready.first(), Some(&(10, first_y)), "after {seconds} s");
        assert!(ready.iter().chain(&desired).all(|it| (10..=310).contains(&it.0)), "{ready:?}");
    }
}

#[test]
fn a_node_is_found_by_its_name_labels_taints_and_what_happens_on_it() {
    let mut playground = settled();
    playground.act(Input::Cordon { node: "worker-2".into() }).unwrap();
    playground.act(Input::StopKubelet { node: "worker-3".into() }).unwrap();
    playground.advance(playground.now() + 60_000, u32::MAX);
    let cases: [(&str, &[&str]); 10] = [
        ("worker-1", &["worker-1"]),
        ("GPU-", &["gpu-1", "gpu-2"]),
        ("disk=hdd", &["worker-5", "worker-6"]),
        ("zone=eu-1b", &["gpu-2", "worker-2", "worker-5"]),
        ("control-plane:NoSchedule", &["cp-1"]),
        ("cordoned", &["worker-2"]),
        ("notready", &["worker-3"]),
        ("worker ready disk=ssd", &["worker-1", "worker-2", "worker-4"]),
        ("worker gpu", &[]),
        ("no-pod", &["cp-1", "gpu-1", "gpu-2"]),
    ];
    let pools = playground.pools();
    for (words, expected) in cases {
        let found = |name: &&Name| {
            playground.node(name, Some("kube-system/node-logger")).unwrap().matches(words)
        };
        let mut names: Vec<&str> =
            pools.iter().flat_map(|it| &it.nodes).filter(found).map(|it| &**it).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{words}");
    }
}

#[test]
fn the_axis_has_round_labels_and_does_not_move_with_every_second() {
    let mut playground = Playground::open(1);
    let mut spans = Vec::new();
    for _ in 0..600 {
        playground.advance(playground.now() + 1_000, u32::MAX);
        let chart = chart(&playground);
        assert!((2..=16).contains(&chart.labels.len()), "{:?}", chart.labels);
        if spans.last() != Some(&chart.to) {
            spans.push(chart.to);
        }
    }
    assert!(spans.len() < 40, "{spans:?}");
    let minute = playground.chart(None, true, None, Time::ZERO);
    assert_eq!(minute.to.0 - minute.from.0, 60_000);
    assert!(minute.from < playground.now() && playground.now() < minute.to);
}

#[test]
fn a_rollout_says_which_wave_it_is_in_and_how_few_were_ready() {
    let mut playground = settled();
    assert_eq!(view(&playground).rollout, None);
    upgrade(&mut playground);
    let mut waves = Vec::new();
    while playground.step() {
        let view = view(&playground);
        let Some(rollout) = &view.rollout else { continue };
        assert_eq!((rollout.wave_count, rollout.waves.len()), (6, 6));
        assert!(rollout.nodes.len() <= 2, "waves may overlap: {:?}", rollout.nodes);
        if waves.last() != Some(&rollout.wave) {
            waves.push(rollout.wave);
        }
        if rollout.wave > 1 && view.rolling {
            assert!(view.sentence.ends_with("Never fewer than 5 of 6 ready so far."), "{view:?}");
        }
    }
    assert_eq!(waves, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn before_the_controller_has_looked_no_revision_is_named() {
    let mut playground = settled();
    upgrade(&mut playground);
    let sentence = view(&playground).sentence;
    assert!(sentence.starts_with("The template has changed; the controller has yet"), "{sentence}");
}

/// The status counts pods of the newer one until the controller has made the older one the newest.
#[test]
fn a_template_that_was_there_before_is_no_revision_that_runs_either() {
    let mut playground = settled();
    upgrade(&mut playground);
    playground.settle(TEN_MINUTES);
    let report = playground.apply(Playground::opening_manifest());
    assert!(report.ok, "{:?}", report.messages);
    let said = view(&playground);
    assert!(said.sentence.starts_with("The template has changed; the controller has yet"));
    assert_eq!(said.revisions.iter().map(|it| it.number).collect::<Vec<_>>(), [2]);
    playground.advance(playground.now() + 2_000, 100_000);
    let said = view(&playground);
    assert!(said.sentence.contains("1 of 6 pods is on revision 3."), "{}", said.sentence);
}

#[test]
fn undoing_a_rollout_brings_the_template_before_back() {
    let mut playground = settled();
    let (namespace, name) = ("kube-system".into(), "node-logger".into());
    assert_eq!(playground.undo_rollout(&namespace, &name), None, "nothing to go back to");
    let before = playground.cluster().store().daemon_sets().next().unwrap().template.clone();
    upgrade(&mut playground);
    playground.settle(TEN_MINUTES);
    let input = playground.undo_rollout(&namespace, &name).unwrap();
    playground.act(input).unwrap();
    playground.settle(TEN_MINUTES);
    let after = playground.cluster().store().daemon_sets().next().unwrap().template.clone();
    assert_eq!(after, before);
    let view = view(&playground);
    assert_eq!(view.sentence, "All 6 pods run revision 3 and are ready.");
}

#[test]
fn stepping_back_undoes_a_step_forward() {
    let mut playground = settled();
    upgrade(&mut playground);
    let mut times = vec![playground.now()];
    for _ in 0..12 {
        playground.step();
        times.push(playground.now());
    }
    times.dedup();
    for before in times.iter().rev().skip(1).filter(|it| **it > times[0]) {
        assert_eq!(playground.step_back(), *before);
    }
    for _ in 0..100 {
        playground.step_back();
    }
    assert_eq!(playground.now(), Time::ZERO, "the start is the end of it");
}

#[test]
fn events_can_be_filtered_by_type_and_words() {
    let mut playground = settled();
    playground.act(crate::sim::Input::DeleteNode { node: "worker-3".into() }).unwrap();
    let count = |warnings, text: &str| {
        let filter = EventFilter { warnings, text: text.to_owned() };
        let events = playground.events(&filter, 1_000).len();
        assert_eq!(playground.event_count(&filter, 1_000), events, "counted as listed: {text:?}");
        assert_eq!(playground.event_count(&filter, 3), events.min(3), "up to a limit: {text:?}");
        events
    };
    assert!(count(false, "") > count(false, "pulled") && count(false, "pulled") > 0);
    assert_eq!(count(true, ""), 0);
    assert_eq!(count(false, "PULLED image"), count(false, "pulled"), "in any case, every word");
    assert_eq!(count(false, "no such words"), 0);
}

/// An event that happens again moves to the top, however long ago it was stored first.
#[test]
fn the_events_that_happened_last_are_listed() {
    let mut playground = settled();
    let image = "docker.elastic.co/beats/filebeat:8.10.0".into();
    let behaviour = crate::sim::ImageBehaviour::Crashes { after: 2_000, exit_code: 1 };
    playground.act(Input::SetImageBehaviour { image, behaviour }).unwrap();
    playground.settle(TEN_MINUTES);
    let all = playground.events(&EventFilter::default(), 10_000);
    assert!(all.iter().any(|it| it.count > 1), "something happened again");
    assert!(all.is_sorted_by_key(|it| std::cmp::Reverse((it.last, it.id))));
    assert_eq!(all.len() as u64, playground.cluster().events().iter().count() as u64);
    for limit in [0, 1, 7, 50] {
        assert_eq!(playground.events(&EventFilter::default(), limit), all[..limit], "{limit}");
    }
}

#[test]
fn a_rollout_that_a_broken_image_holds_up_says_so() {
    let mut playground = settled();
    upgrade(&mut playground);
    let image = "docker.elastic.co/beats/filebeat:8.11.0".into();
    let behaviour = crate::sim::ImageBehaviour::CannotBePulled;
    playground.act(Input::SetImageBehaviour { image, behaviour }).unwrap();
    playground.advance(playground.now() + 60_000, u32::MAX);
    let expected = "1 of 6 pods is on revision 2. 1 pod fails. \
                    No more than 1 may be unavailable: the rollout waits.";
    assert_eq!(view(&playground).sentence, expected);
    // What waits has the colour of what it is to become, though none of it has ever been ready.
    let kinds: Vec<Kind> = chart(&playground).areas.iter().map(|it| it.kind).collect();
    assert!(kinds.contains(&Kind::Updating(2)), "{kinds:?}");
}

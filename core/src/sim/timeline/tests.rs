//! Histories wandered through at random, and what branches and checkpoints promise.

mod pictures;

use super::*;
use crate::api::{Calendar, TaintEffect};
use crate::sim::Cascade;
use crate::sim::Seed;
use crate::sim::event::Event;
use serde_json::{Value, json};

/// Random wandering through a history, then every branch against a straight run of its inputs.
#[test]
fn every_way_to_an_instant_leads_to_the_same_cluster() {
    let (mut forks, mut inputs) = (0, 0);
    for seed in 0..12 {
        let seed = Seed(seed);
        let mut timeline = timeline(seed);
        for turn in 0..60 {
            wander(&mut timeline, seed, turn);
        }
        let ids: Vec<BranchId> = timeline.branches().iter().map(|it| it.id).collect();
        forks += ids.len() - 1;
        for id in ids {
            assert!(timeline.switch(id));
            timeline.seek(timeline.end());
            let text = serde_json::to_string(timeline.inputs()).unwrap();
            let recorded: Vec<(Time, Input)> = serde_json::from_str(&text).unwrap();
            inputs += recorded.len();
            let straight = straight(start(seed), &recorded, timeline.end());
            assert_same(timeline.cluster(), &straight, &format!("seed {seed:?}, {id:?}"));
            let mut replayed = Timeline::replay(start(seed), &recorded);
            replayed.advance(timeline.end(), WAKES_MAX);
            assert_same(replayed.cluster(), &straight, &format!("seed {seed:?}, replayed"));
        }
    }
    assert!(forks > 40 && inputs > 250, "{forks} forks, {inputs} inputs: hardly a test");
}

#[test]
fn acting_in_the_past_keeps_the_future_as_a_branch() {
    let mut timeline = timeline(Seed(1));
    timeline.act(apply("a")).unwrap();
    timeline.advance(Time(20_000), WAKES_MAX);
    timeline.act(cordon("n-1")).unwrap();
    timeline.advance(Time(40_000), WAKES_MAX);
    let before = timeline.cluster().digest();
    let first = timeline.active().id;

    timeline.seek(Time(10_000));
    assert_eq!((timeline.now(), timeline.given(), timeline.end()), (Time(10_000), 1, Time(40_000)));
    timeline.act(cordon("n-2")).unwrap();
    let branch = timeline.active();
    assert_eq!(
        (branch.parent, branch.forked_at, branch.end),
        (Some(first), Time(10_000), Time(10_000))
    );
    assert_eq!(timeline.inputs().len(), 2);

    assert!(timeline.switch(first));
    assert_eq!(timeline.now(), Time(10_000), "it is the same instant");
    assert!(!timeline.cluster().store().node("n-2").unwrap().unschedulable);
    timeline.seek(Time(40_000));
    assert_eq!(timeline.cluster().digest(), before);
    assert!(!timeline.switch(BranchId(99)));
}

#[test]
fn playing_in_the_past_gives_the_recorded_inputs_again() {
    let mut timeline = timeline(Seed(2));
    timeline.act(apply("a")).unwrap();
    timeline.advance(Time(5_000), WAKES_MAX);
    timeline.act(cordon("n-1")).unwrap();
    timeline.advance(Time(9_000), WAKES_MAX);
    timeline.seek(Time(4_000));
    let is_cordoned = |it: &Timeline| it.cluster().store().node("n-1").unwrap().unschedulable;
    assert!(!is_cordoned(&timeline));
    while !is_cordoned(&timeline) {
        assert!(timeline.step(Time(9_000)), "the input comes at its time");
    }
    assert_eq!(timeline.now(), Time(5_000));
    assert_eq!(timeline.branches().len(), 1);
}

#[test]
fn what_is_refused_neither_forks_nor_is_kept() {
    let mut timeline = timeline(Seed(3));
    timeline.act(apply("a")).unwrap();
    timeline.advance(Time(9_000), WAKES_MAX);
    timeline.seek(Time(3_000));
    let digest = timeline.cluster().digest();
    assert!(timeline.act(cordon("nowhere")).is_err());
    assert_eq!((timeline.branches().len(), timeline.inputs().len()), (1, 1));
    assert_eq!((timeline.cluster().digest(), timeline.end()), (digest, Time(9_000)));
}

#[test]
fn the_branch_that_was_left_first_is_forgotten_first() {
    let mut timeline = timeline(Seed(4));
    for turn in 0..12 {
        timeline.advance(timeline.now() + 100, WAKES_MAX);
        timeline.seek(Time(50));
        timeline.act(apply(&turn.to_string())).unwrap();
    }
    let ids: Vec<u32> = timeline.branches().iter().map(|it| it.id.0).collect();
    assert_eq!(ids, (6..=13).collect::<Vec<_>>());
}

#[test]
fn checkpoints_bound_the_replay_and_are_thinned_to_their_budget() {
    let mut timeline = timeline(Seed(5));
    timeline.checkpoints = timeline.checkpoints.with_spacing(250, 60_000);
    let mut was_thinned = false;
    let mut times = Vec::new();
    for round in 0..40 {
        timeline.act(apply(&round.to_string())).unwrap();
        timeline.advance(timeline.now() + 15_000, WAKES_MAX);
        let known = std::mem::replace(&mut times, timeline.checkpoints.times());
        was_thinned |= known.iter().any(|it| !times.contains(it));
        assert!(timeline.checkpoints.bytes() <= 60_000, "in round {round}");
    }
    assert!(was_thinned && times.len() >= 6, "{} checkpoints", times.len());
    assert!(times.is_sorted());
    let end = timeline.end();
    let whole = timeline.cluster().work().wakes;
    for part in 0..8 {
        let time = Time(end.0 * part / 8);
        let checkpoint = timeline.checkpoints.before(time);
        let at = checkpoint.cluster.work().wakes;
        timeline.seek(time);
        let replayed = timeline.cluster().work().wakes - at;
        assert!(replayed < whole / 4, "{replayed} of {whole} wake-ups for {time}");
    }
}

#[test]
fn after_a_seek_viewers_look_at_everything() {
    let mut timeline = timeline(Seed(6));
    timeline.act(apply("a")).unwrap();
    timeline.advance(Time(9_000), WAKES_MAX);
    timeline.act(Input::DeleteNode { node: "n-1".into() }).unwrap();
    timeline.cluster_mut().take_touched();
    timeline.seek(Time(9_000));
    assert!(!timeline.cluster().touched().is_change(), "it is there already");
    timeline.seek(Time(8_000));
    let touched = timeline.cluster_mut().take_touched();
    assert!(touched.membership && touched.workloads && touched.events && touched.all_nodes);
    timeline.seek(Time(7_000));
    timeline.advance(Time(7_500), WAKES_MAX);
    let touched = timeline.cluster_mut().take_touched();
    assert!(touched.nodes.is_empty(), "all of them is enough to say");
    assert!(!touched.membership && touched.workloads && touched.events, "the nodes are the same");
    assert!(touched.all_nodes);
}

#[test]
fn who_seeks_in_slices_arrives_where_who_seeks_at_once_does() {
    let mut timeline = timeline(Seed(7));
    for round in 0..6 {
        timeline.act(apply(&round.to_string())).unwrap();
        timeline.advance(timeline.now() + 9_000, WAKES_MAX);
    }
    let mut slices = 0;
    for turn in 0..40 {
        let time = Time(Seed(7).between(-1_000, 60_000, "where", turn));
        let mut slow = timeline.clone();
        slow.depart(time);
        while slow.advance(time, 3) < time {
            slices += 1;
        }
        timeline.seek(time);
        assert_same(slow.cluster(), timeline.cluster(), &format!("at {time}"));
        assert_eq!(slow.cluster().touched(), timeline.cluster().touched(), "at {time}");
        timeline = slow;
    }
    assert!(slices > 40, "{slices} slices: hardly a test");
}

/// One random thing: play, act, seek or switch.
fn wander(timeline: &mut Timeline, seed: Seed, turn: u64) {
    let draw = |low, high, purpose: &str| seed.between(low, high, purpose, turn);
    let end = timeline.end().0;
    match draw(0, 9, "what") {
        0..=2 => drop(timeline.advance(timeline.now() + draw(0, 9_000, "time"), WAKES_MAX)),
        // Too few wake-ups to get there: it stops in the middle of an instant.
        3 => drop(timeline.advance(timeline.now() + 5_000, draw(0, 40, "wakes") as u32)),
        4..=6 => {
            let node = format!("n-{}", draw(1, 4, "node"));
            let input = match draw(0, 5, "input") {
                0 | 1 => apply(&turn.to_string()),
                2 => cordon(&node),
                3 => Input::DeleteNode { node: (*node).into() },
                4 => Input::AddNode { object: self::node(&node, false).into() },
                _ => Input::TaintNode {
                    node: (*node).into(),
                    key: "k".into(),
                    value: "".into(),
                    effect: TaintEffect::NoExecute,
                },
            };
            // Some are refused, since the node is there already or is not.
            let _ = timeline.act(input);
        }
        7 | 8 => drop(timeline.seek(Time(draw(0, end.max(1), "seek")))),
        _ => {
            let ids: Vec<BranchId> = timeline.branches().iter().map(|it| it.id).collect();
            let index = draw(0, ids.len() as i64 - 1, "branch") as usize;
            assert!(timeline.switch(ids[index]));
        }
    }
}

/// The same without a timeline.
fn straight(mut cluster: Cluster, inputs: &[(Time, Input)], end: Time) -> Cluster {
    for (time, input) in inputs {
        cluster.run(*time, WAKES_MAX);
        cluster.input(input).unwrap();
    }
    cluster.run(end, WAKES_MAX);
    cluster
}

fn assert_same(one: &Cluster, other: &Cluster, what: &str) {
    assert_eq!(one.digest(), other.digest(), "{what}");
    assert_eq!(events(one), events(other), "{what}");
    assert_eq!(one.now(), other.now(), "{what}");
}

fn events(cluster: &Cluster) -> Vec<String> {
    let line = |it: &Event| {
        let object = &it.event.object;
        let message = it.message();
        format!("{} {} {} x{} {}", it.last.0, object.name, it.event.reason, it.count, message)
    };
    cluster.events().iter().map(|it| line(it)).collect()
}

fn timeline(seed: Seed) -> Timeline {
    let mut timeline = Timeline::new(start(seed));
    timeline.checkpoints = timeline.checkpoints.with_spacing(100, 400_000);
    timeline
}

fn start(seed: Seed) -> Cluster {
    let mut cluster = Cluster::new(seed, Calendar { unix_seconds_at_zero: 0 });
    for number in 1..=4 {
        cluster.place_node(&node(&format!("n-{number}"), true));
    }
    cluster
}

fn node(name: &str, is_ready: bool) -> Value {
    let status = if is_ready { "True" } else { "False" };
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name},
        "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": status}],
        },
    })
}

fn cordon(node: &str) -> Input {
    Input::Cordon { node: node.into() }
}

fn apply(version: &str) -> Input {
    let labels = json!({"app": "a"});
    let object = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": format!("app:{version}")}]},
            },
        },
    });
    Input::Apply { object: object.into() }
}

/// Whoever settles has looked ahead, but stands where a straight run stands, and knows no more.
#[test]
fn settling_ends_at_the_last_change_and_keeps_nothing_of_what_follows() {
    let mut went_back = 0;
    for seed in 0..12 {
        let seed = Seed(seed);
        let mut timeline = timeline(seed);
        for turn in 0..20 {
            wander(&mut timeline, seed, turn);
        }
        timeline.cluster_mut().take_touched();
        let mut straight = timeline.clone();
        let limit = Time(timeline.now().0 + 600_000);
        let touched = timeline.settle(30_000, limit);
        straight.advance(timeline.now(), WAKES_MAX);
        went_back += u64::from(timeline.now() < limit);
        let seen = straight.cluster_mut().take_touched();
        assert!(seen.nodes.is_subset(&touched.nodes), "{seed:?}: {seen:?} in {touched:?}");
        assert!(touched.workloads || !seen.workloads, "{seed:?}");
        for times in 0..2 {
            let what = format!("seed {seed:?}, {times} inputs later");
            assert_same(timeline.cluster(), straight.cluster(), &what);
            assert_eq!((timeline.end(), timeline.given()), (straight.end(), straight.given()));
            for it in [&mut timeline, &mut straight] {
                let now = it.now();
                it.act(apply("c")).unwrap();
                it.advance(now + 5_000, WAKES_MAX);
                it.seek(Time(now.0 / 2));
                it.seek(now + 5_000);
            }
        }
    }
    assert!(went_back > 3, "{went_back} settled before the limit");
}

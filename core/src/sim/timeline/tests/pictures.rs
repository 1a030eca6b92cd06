//! A picture against the instant itself: the same objects, the same record.

use super::*;
use crate::api::Name;
use crate::sim::{DrainOptions, ImageBehaviour, Shortage};

/// Random histories with everything that can be done, looked at all over.
#[test]
fn a_picture_shows_the_objects_and_the_record_of_its_instant() {
    let (mut looked, mut forks, mut pods) = (0, 0, 0);
    for seed in 0..14 {
        let seed = Seed(seed);
        let mut timeline = timeline(seed);
        for turn in 0..50 {
            let before = timeline.now();
            match seed.between(0, 9, "way", turn) {
                0..=6 => {
                    let _ = timeline.act(input(seed, turn));
                    let passes = seed.between(0, 20_000, "passes", turn);
                    timeline.advance(timeline.now() + passes, WAKES_MAX);
                }
                _ => wander(&mut timeline, seed, turn),
            }
            let draw = |low, high, what: &str| seed.between(low, high, what, turn);
            let time = match draw(0, 2, "close") {
                // What ends soon is seen just after it began.
                0 => (before + draw(0, 300, "after")).min(timeline.end()),
                _ => Time(draw(0, timeline.end().0 + 1_000, "where")),
            };
            let mut real = timeline.clone();
            let what = format!("{seed:?}, turn {turn}, {time}");
            // Who looks goes on from there, now and then from a picture of another instant.
            let mut seen = timeline.clone();
            if draw(0, 2, "twice") == 0 {
                seen.show(Time(draw(0, time.0, "first")));
            }
            let is_known = seen.show(time);
            assert!(is_known || time > timeline.written(), "{what}");
            if !is_known {
                continue;
            }
            real.seek(time);
            looked += 1;
            pods += real.cluster().store().pod_count();
            assert_seen(&seen, &real, &what);
            assert_same(&seen.real(), real.cluster(), &what);
            if draw(0, 3, "acts") == 0 {
                // It is the instant itself as soon as something happens.
                let input = input(seed, turn + 1_000);
                let outcome = seen.act(input.clone()).is_ok();
                assert_eq!(outcome, real.act(input).is_ok(), "{what}");
                assert_same(seen.cluster(), real.cluster(), &what);
                seen.advance(seen.now() + 3_000, WAKES_MAX);
                real.advance(real.now() + 3_000, WAKES_MAX);
                assert_same(seen.cluster(), real.cluster(), &what);
                let middle = Time(seen.now().0 * 2 / 3);
                assert!(seen.show(middle));
                real.seek(middle);
                assert_seen(&seen, &real, &what);
                timeline = seen;
            }
        }
        forks += timeline.branches().len() - 1;
    }
    assert!(looked > 300 && forks > 30 && pods > 1_500, "{looked}, {forks} forks, {pods} pods");
}

/// Longer than a chunk of the log, so that records come from the middle.
#[test]
fn a_long_history_can_be_looked_at_anywhere() {
    let seed = Seed(3);
    let mut timeline = timeline(seed);
    for round in 0..120 {
        timeline.act(apply(&round.to_string())).unwrap();
        timeline.advance(timeline.now() + 40_000, WAKES_MAX);
    }
    assert!(timeline.cluster().log.len() > 5_000, "{} writes", timeline.cluster().log.len());
    let end = timeline.end();
    for turn in 0..60 {
        let time = Time(seed.between(0, end.0, "where", turn));
        let mut real = timeline.clone();
        assert!(timeline.show(time), "{time}");
        real.seek(time);
        assert_seen(&timeline, &real, &format!("{time}"));
    }
    timeline.seek(end);
    let straight = straight(start(seed), timeline.inputs(), end);
    assert_same(timeline.cluster(), &straight, "the end");
}

fn assert_seen(seen: &Timeline, real: &Timeline, what: &str) {
    let (picture, cluster) = (seen.cluster(), real.cluster());
    assert_eq!((seen.now(), seen.given()), (real.now(), real.given()), "{what}");
    assert_eq!((seen.end(), seen.leaves()), (real.end(), real.leaves()), "{what}");
    let (one, other) = (picture.store().seen(), cluster.store().seen());
    if one != other {
        let differ = one.lines().zip(other.lines()).find(|it| it.0 != it.1);
        panic!("{what}: {differ:#?}");
    }
    let record = |it: &Cluster| format!("{:#?}", it.record());
    assert_eq!(record(picture), record(cluster), "{what}");
    for ds in cluster.store().daemon_sets() {
        let revisions = cluster.store().revisions_of(ds.meta.uid);
        let hashes: Vec<Name> = revisions.filter_map(|it| it.hash().cloned()).collect();
        let counts = |it: &Cluster| it.pods_of_revisions(ds.meta.uid, &hashes);
        assert_eq!(counts(picture), counts(cluster), "{what}");
    }
}

/// Something of all that can be done; much of it is refused.
fn input(seed: Seed, turn: u64) -> Input {
    let draw = |low, high, purpose: &str| seed.between(low, high, purpose, turn);
    let node: crate::api::Name = format!("n-{}", draw(1, 5, "node")).as_str().into();
    let image = |it: &str| format!("app:{it}").as_str().into();
    let object = |kind: &str, more: Value| {
        let meta = json!({"name": "x", "namespace": "default", "labels": {"app": "x"}});
        let mut object = json!({"apiVersion": "v1", "kind": kind, "metadata": meta});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Input::Apply { object: object.into() }
    };
    let delete = |resource: &str, name: &str| Input::Delete {
        resource: resource.into(),
        namespace: if resource == "namespace" { "".into() } else { "default".into() },
        name: name.into(),
        cascade: [Cascade::Background, Cascade::Foreground, Cascade::Orphan]
            [draw(0, 2, "cascade") as usize],
    };
    match draw(0, 24, "kind") {
        0..=4 => apply(&draw(0, 4, "version").to_string()),
        5 => {
            let init = json!([{"name": "i", "image": "init"}]);
            let probe = json!({"httpGet": {"port": 80}});
            let main = json!([{"name": "c", "image": "app:1", "readinessProbe": probe}]);
            object("Pod", json!({"spec": {"initContainers": init, "containers": main}}))
        }
        6 => {
            let container = json!({"name": "c", "image": format!("app:{}", draw(0, 3, "v"))});
            let spec = json!({"containers": [container]});
            let template = json!({"metadata": {"labels": {"app": "x"}}, "spec": spec});
            let selector = json!({"matchLabels": {"app": "x"}});
            let spec = json!({"replicas": draw(0, 5, "many"), "selector": selector,
                "template": template});
            object("Deployment", json!({"apiVersion": "apps/v1", "spec": spec}))
        }
        7 => delete("deployment", "x"),
        8 => delete("pod", "x"),
        9 => delete("daemonset", "a"),
        10 => object("ConfigMap", json!({"data": {"a": turn.to_string()}})),
        11 | 22 => Input::CreateNamespace { name: "other".into() },
        12 | 23 => delete("namespace", "other"),
        13 => Input::StopKubelet { node },
        14 => Input::StartKubelet { node },
        15 => Input::Drain { node, options: DrainOptions { ignore_daemonsets: true, ..all() } },
        16 => Input::Uncordon { node },
        17 => Input::SetPressure { node, shortage: Shortage::Memory, on: draw(0, 1, "on") == 0 },
        18 => Input::SetNetwork { node, on: draw(0, 1, "on") == 0 },
        19 => {
            let crashes = ImageBehaviour::Crashes { after: 2_000, exit_code: 3 };
            Input::SetImageBehaviour { image: image("1"), behaviour: crashes }
        }
        20 => {
            let behaviour = ImageBehaviour::CannotBePulled;
            Input::SetImageBehaviour { image: image("2"), behaviour }
        }
        21 => Input::FillNode { node, cpu: "3500m".into(), memory: "1Gi".into() },
        _ => Input::LabelNode { node, key: "k".into(), value: Some("v".into()) },
    }
}

fn all() -> DrainOptions {
    DrainOptions { force: true, delete_emptydir_data: true, ..DrainOptions::default() }
}

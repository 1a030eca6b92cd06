//! The playground from outside, without a page: what a visitor does, and what must then hold.
#![cfg(not(target_arch = "wasm32"))]

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::view::PodState;
use daemonset_core::playground::{Playground, Scenario};
use daemonset_core::sim::{Cascade, Input};

const KEY: &str = "kube-system/node-logger";
const TEN_MINUTES: i64 = 600_000;

/// The nodes on which a DaemonSet has a ready pod, in pool order.
fn ready_nodes(playground: &Playground, key: &str) -> Vec<String> {
    let owner = format!("DaemonSet/{key}");
    let names = playground.pools().into_iter().flat_map(|it| it.nodes);
    let has_ready = |name: &Name| {
        let node = playground.node(name, Some(key));
        let pods = node.map(|it| it.pods).unwrap_or_default();
        let is_own = |owner_of: &Option<Name>| owner_of.as_deref() == Some(&*owner);
        pods.iter().any(|it| it.state == PodState::Ready && is_own(&it.owner))
    };
    names.filter(has_ready).map(|it| it.to_string()).collect()
}

fn workers(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|it| format!("worker-{it}")).collect()
}

fn settled() -> Playground {
    let mut playground = Playground::open(1);
    playground.settle(TEN_MINUTES);
    playground
}

fn act(playground: &mut Playground, input: Input) {
    playground.act(input).unwrap();
    playground.settle(TEN_MINUTES);
}

#[test]
fn the_opening_manifest_runs_on_the_workers() {
    let mut playground = Playground::open(1);
    playground.advance(Time(1_000), u32::MAX);
    assert_eq!(playground.daemon_sets()[0].status.current, 6, "pods appear within a second");
    playground.settle(TEN_MINUTES);
    assert_eq!(ready_nodes(&playground, KEY), workers(1..=6));
    let view = &playground.daemon_sets()[0];
    assert_eq!(view.sentence, "All 6 pods run revision 1 and are ready.");
    let status = view.status;
    assert_eq!((status.desired, status.up_to_date, status.available), (6, 6, 6));
    assert!(playground.now() < Time::from_seconds(30), "{}", playground.now());
    let why = |name: &str| playground.node(name, Some(KEY)).unwrap().wanted;
    assert_eq!(why("worker-1"), Ok(()));
    let taint = "the taint node-role.kubernetes.io/control-plane:NoSchedule is not tolerated";
    assert_eq!(why("cp-1"), Err(taint.into()));
    assert_eq!(why("gpu-1"), Err("the taint dedicated=gpu:NoSchedule is not tolerated".into()));
}

#[test]
fn a_new_image_rolls_over_the_nodes_within_the_budget() {
    let mut playground = settled();
    let manifest = Playground::opening_manifest();
    let report = playground.apply(&manifest.replace("8.10.0", "8.11.0"));
    assert!(report.ok, "{:?}", report.messages);
    assert_eq!(report.messages[0].text, "daemonset.apps/node-logger configured");
    let mut seen = Vec::new();
    for _ in 0..10_000 {
        let ready = ready_nodes(&playground, KEY).len();
        assert!(ready >= 5, "{ready} ready at {}", playground.now());
        seen.push(ready);
        if !playground.step() {
            break;
        }
    }
    assert!(seen.contains(&5), "a rollout takes pods down");
    let view = &playground.daemon_sets()[0];
    assert_eq!(view.sentence, "All 6 pods run revision 2 and are ready.");
    assert_eq!(view.revisions.len(), 1);
    assert_eq!(&*view.revisions[0].image, "filebeat:8.11.0");
}

#[test]
fn a_node_joins_and_gets_its_pod_and_takes_it_along_when_it_goes() {
    let mut playground = settled();
    let name = playground.add_node("workers").unwrap();
    assert_eq!(&*name, "worker-7");
    playground.settle(TEN_MINUTES);
    assert_eq!(ready_nodes(&playground, KEY), workers(1..=7));
    playground.act(Input::DeleteNode { node: name.clone() }).unwrap();
    let ghost = playground.node(&name, Some(KEY)).unwrap();
    assert!(!ghost.exists && ghost.pods.len() == 1, "the pod stays for a while");
    let passed = playground.settle(TEN_MINUTES);
    assert!((40_000..80_000).contains(&passed), "collected after {passed} ms");
    assert_eq!(ready_nodes(&playground, KEY), workers(1..=6));
    assert_eq!(playground.node(&name, Some(KEY)), None);
}

#[test]
fn taints_labels_and_cordons_move_pods_as_they_do_in_kubernetes() {
    let mut playground = settled();
    let taint = |effect| Input::TaintNode {
        node: "worker-1".into(),
        key: "maintenance".into(),
        value: "".into(),
        effect,
    };
    use daemonset_core::api::TaintEffect::{NoExecute, NoSchedule};
    act(&mut playground, taint(NoSchedule));
    let status = playground.daemon_sets()[0].status;
    assert_eq!((status.desired, status.misscheduled), (5, 1), "the pod stays, misscheduled");
    act(&mut playground, taint(NoExecute));
    assert_eq!(ready_nodes(&playground, KEY), workers(2..=6), "the pod is gone");
    let (node, key) = ("worker-1".into(), "maintenance".into());
    act(&mut playground, Input::UntaintNode { node, key, effect: None });
    assert_eq!(ready_nodes(&playground, KEY), workers(1..=6));
    act(&mut playground, Input::Cordon { node: "worker-2".into() });
    assert_eq!(playground.daemon_sets()[0].status.available, 6, "a cordon changes nothing");
    let manifest = Playground::opening_manifest();
    let selector = "    spec:\n      nodeSelector:\n        disk: hdd\n      containers:";
    let report = playground.apply(&manifest.replace("    spec:\n      containers:", selector));
    assert!(report.ok, "{:?}", report.messages);
    playground.settle(TEN_MINUTES);
    assert_eq!(ready_nodes(&playground, KEY), workers(5..=6));
    let label = |value: Option<&str>| Input::LabelNode {
        node: "worker-2".into(),
        key: "disk".into(),
        value: value.map(Name::from),
    };
    act(&mut playground, label(Some("hdd")));
    assert_eq!(ready_nodes(&playground, KEY), ["worker-2", "worker-5", "worker-6"]);
    act(&mut playground, label(None));
    assert_eq!(ready_nodes(&playground, KEY), workers(5..=6));
}

#[test]
fn deleting_the_daemon_set_removes_its_pods_and_revisions() {
    let mut playground = settled();
    let (namespace, name) = ("kube-system".into(), "node-logger".into());
    let cascade = Cascade::Background;
    act(&mut playground, Input::Delete { resource: "daemonset".into(), namespace, name, cascade });
    assert!(playground.daemon_sets().is_empty());
    assert_eq!(playground.cluster().store().pods().count(), 0);
    assert_eq!(playground.cluster().store().revisions().count(), 0);
}

#[test]
fn what_is_refused_changes_nothing_and_says_where() {
    let mut playground = settled();
    let version = playground.cluster().store().resource_version();
    let manifest = Playground::opening_manifest();
    let cases = [
        ("kind: DaemonSet", "kind: [", None),
        ("  selector:", "  selektor:", Some((9, 3))),
        (
            "    metadata:\n      labels:\n        app:",
            "    metadata:\n      labels:\n        app2:",
            None,
        ),
        ("image: docker", "imag: docker", Some((19, 9))),
    ];
    for (from, to, place) in cases {
        let text = manifest.replace(from, to);
        assert_ne!(text, manifest, "{from} occurs");
        let report = playground.apply(&text);
        assert!(!report.ok, "{to}");
        let error = &report.messages[0];
        assert!(error.line.is_some() && error.column.is_some(), "{error:?}");
        if let Some((line, column)) = place {
            assert_eq!((error.line, error.column), (Some(line), Some(column)), "{error:?}");
        }
        assert_eq!(playground.cluster().store().resource_version(), version, "{to}");
    }
}

/// Same seed and inputs: the same history, and the same again from the recorded inputs.
#[test]
fn a_history_can_be_replayed() {
    let play = || {
        let mut playground = Playground::open(7);
        playground.advance(Time(12_345), u32::MAX);
        playground.add_node("gpu").unwrap();
        playground.apply(&Playground::opening_manifest().replace("8.10.0", "8.11.0"));
        playground.advance(Time(20_001), u32::MAX);
        playground.act(Input::DeleteNode { node: "worker-3".into() }).unwrap();
        playground.advance(Time(200_000), u32::MAX);
        playground
    };
    let (first, second) = (play(), play());
    assert_eq!(first.cluster().digest(), second.cluster().digest());
    assert_eq!(first.snapshot(), second.snapshot());
    let mut replayed = Playground::replay(Scenario::opening(), 7, first.inputs());
    replayed.advance(Time(200_000), u32::MAX);
    assert_eq!(replayed.cluster().digest(), first.cluster().digest());
    assert_eq!(replayed.snapshot(), first.snapshot());
    let mut other = Playground::replay(Scenario::opening(), 8, first.inputs());
    other.advance(Time(200_000), u32::MAX);
    assert_ne!(other.cluster().digest(), first.cluster().digest(), "the seed matters");
}

#[test]
fn going_back_shows_what_was_and_acting_there_keeps_the_old_future() {
    let mut playground = settled();
    let then = playground.now();
    let before = playground.snapshot();
    act(&mut playground, Input::DeleteNode { node: "worker-3".into() });
    let (now, after) = (playground.now(), playground.snapshot());
    playground.touched();
    assert_eq!(playground.seek(Time(then.0 - 1)), Time(then.0 - 1));
    assert!(playground.touched().all_nodes, "every node is looked at again");
    playground.seek(then);
    // The deletion belongs to this instant.
    assert!(playground.cluster().store().node("worker-3").is_none());
    playground.seek(now);
    assert_eq!(playground.snapshot(), after);
    let old = playground.timeline().active().id;
    playground.seek(Time(then.0 - 1));
    playground.act(Input::Cordon { node: "worker-3".into() }).unwrap();
    playground.advance(then, u32::MAX);
    assert!(playground.cluster().store().node("worker-3").is_some());
    assert_ne!(playground.snapshot(), before);
    assert!(playground.switch(old));
    playground.seek(now);
    assert_eq!(playground.snapshot(), after);
}

/// Work after a start on many nodes is counted, not timed.
#[test]
fn a_thousand_nodes_cost_work_in_proportion() {
    let mut playground = Playground::open(1);
    for _ in 0..994 {
        playground.add_node("workers").unwrap();
    }
    playground.settle(TEN_MINUTES);
    let view = &playground.daemon_sets()[0];
    assert_eq!((view.status.desired, view.status.available), (1_000, 1_000));
    playground.cluster().recount().unwrap();
    let before = playground.cluster().work();
    let manifest = Playground::opening_manifest().replace("8.10.0", "8.11.0");
    let strategy = "spec:\n  updateStrategy:\n    rollingUpdate:\n      maxUnavailable: 10%\n";
    playground.apply(&manifest.replacen("spec:\n", strategy, 1));
    playground.settle(6 * TEN_MINUTES);
    assert_eq!(playground.daemon_sets()[0].status.up_to_date, 1_000);
    playground.cluster().recount().unwrap();
    let after = playground.cluster().work();
    let reviews = after.reviews - before.reviews;
    let decisions = after.decisions - before.decisions;
    let writes = after.writes - before.writes;
    let syncs = after.syncs - before.syncs;
    eprintln!("{reviews} reviews, {decisions} decisions, {writes} writes, {syncs} syncs");
    assert!(decisions <= 1_010, "each node is decided about once: {decisions}");
    assert!(reviews <= 12_000, "a node is looked at when it changes: {reviews}");
    assert!(writes <= 16_000, "a pod is written a few times in its life: {writes}");
}

/// daemonset-controller.md: percentages are of the nodes that want a pod, rounded up; with a surge
/// no node goes without.
#[test]
fn the_budget_that_is_shown_is_that_of_the_controller() {
    let mut playground = Playground::open(1);
    playground.settle(TEN_MINUTES);
    for (strategy, expected) in [
        ("{type: RollingUpdate}", 1),
        ("{rollingUpdate: {maxUnavailable: 3}}", 3),
        ("{rollingUpdate: {maxUnavailable: 30%}}", 2),
        ("{rollingUpdate: {maxUnavailable: 1%}}", 1),
        ("{rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}", 0),
        ("{rollingUpdate: {maxSurge: 30%, maxUnavailable: 0}}", 0),
        ("{type: OnDelete}", 0),
    ] {
        let text = Playground::opening_manifest();
        let text =
            text.replacen("\nspec:\n", &format!("\nspec:\n  updateStrategy: {strategy}\n"), 1);
        let mut playground = playground.clone();
        let report = playground.apply(&text);
        assert!(report.ok, "{strategy}: {:?}", report.messages);
        assert_eq!(playground.daemon_sets()[0].max_unavailable, expected, "{strategy}");
    }
}

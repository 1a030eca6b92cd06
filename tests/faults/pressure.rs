//! Nodes that are short of something, full, or drained.

use daemonset_core::sim::DrainOptions;

use super::*;

/// T18, daemonset-controller.md §8.4 and cluster.md §10.
#[test]
fn disk_pressure_makes_a_loop_that_slows_down() {
    let mut playground = settled();
    let (node, shortage) = ("worker-1".into(), Shortage::Disk);
    act(&mut playground, Input::SetPressure { node, shortage, on: true });
    wait(&mut playground, 11);
    let disk = "node.kubernetes.io/disk-pressure:NoSchedule";
    assert_eq!(taints(&playground, "worker-1"), [disk]);
    let text = "Node worker-1 status is now: NodeHasDiskPressure";
    has_event(&playground, "worker-1", "Normal", "NodeHasDiskPressure", text);
    wait(&mut playground, 600);
    let is_refusal = |it: &&Arc<Event>| {
        it.event.reason == "Evicted" && it.message() == "The node had condition: [DiskPressure]. "
    };
    let refusals = playground.cluster().events().iter().filter(is_refusal);
    let times: Vec<i64> = refusals.map(|it| it.first.0).collect();
    let gaps: Vec<i64> = times.windows(2).map(|it| it[1] - it[0]).collect();
    for (gap, expected) in gaps.iter().zip([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]) {
        assert!((expected..expected + 1_000).contains(gap), "{gaps:?}");
    }
    assert!((8..=12).contains(&times.len()), "{} refusals", times.len());
    let failed = pod(&playground, "worker-1");
    assert_eq!(failed.status.reason.as_deref(), Some(&"Evicted".into()));
    let text = "Pod was rejected: The node had condition: [DiskPressure]. ";
    assert_eq!(failed.status.message.as_deref(), Some(&text.into()));
    assert_eq!(view(&playground, "worker-1"), (PodState::Failed, "Evicted".into()));
    let (node, shortage) = ("worker-1".into(), Shortage::Disk);
    act(&mut playground, Input::SetPressure { node, shortage, on: false });
    wait(&mut playground, 290);
    assert_eq!(taints(&playground, "worker-1"), [disk], "it is believed after five minutes");
    wait(&mut playground, 1_300);
    assert_eq!(taints(&playground, "worker-1"), Vec::<String>::new());
    assert_eq!(figures(&playground), (6, 6, 6, 0));
}

#[test]
fn critical_pods_stay_under_pressure() {
    let mut playground =
        settled_with(&with_spec("      priorityClassName: system-node-critical\n"));
    let before = pod(&playground, "worker-1").meta.uid;
    for shortage in Shortage::ALL {
        act(&mut playground, Input::SetPressure { node: "worker-1".into(), shortage, on: true });
    }
    wait(&mut playground, 120);
    assert_eq!(pod(&playground, "worker-1").meta.uid, before);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "daemon pods tolerate all three taints");
    assert_eq!(taints(&playground, "worker-1").len(), 3);
}

/// T25.
#[test]
fn a_full_node_keeps_its_pod_pending() {
    let manifest =
        with_container("        resources:\n          requests:\n            cpu: 200m\n");
    let mut playground = Playground::start(Scenario::opening(), 1);
    let offered = node(&playground, "worker-4").allocatable.cpu;
    let (node, cpu) = ("worker-4".into(), format!("{}m", offered - 100).into());
    act(&mut playground, Input::FillNode { node, cpu, memory: "".into() });
    assert!(playground.apply(&manifest).ok);
    wait(&mut playground, 60);
    assert_eq!(figures(&playground), (6, 5, 5, 0));
    let (node, cpu) = ("worker-4".into(), "".into());
    act(&mut playground, Input::FillNode { node, cpu, memory: "".into() });
    wait(&mut playground, 60);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "there is room again");
}

#[test]
fn a_drain_leaves_daemon_pods_alone() {
    let mut playground = settled();
    let worker: Name = "worker-5".into();
    let (node, cpu) = (worker.clone(), "1".into());
    act(&mut playground, Input::FillNode { node, cpu, memory: "".into() });
    let daemon = pod(&playground, &worker).meta.name.clone();
    let plain = DrainOptions::default();
    let plan = playground.cluster().drain_plan(&worker, plain);
    let daemons = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)";
    let unmanaged =
        "cannot delete cannot delete Pods that declare no controller (use --force to override)";
    let other = "default/other-workload-worker-5";
    let errors = [format!("{daemons}: kube-system/{daemon}"), format!("{unmanaged}: {other}")];
    assert_eq!(plan.errors, errors);
    act(&mut playground, Input::Drain { node: worker.clone(), options: plain });
    wait(&mut playground, 60);
    assert!(self::node(&playground, &worker).unschedulable, "it stays cordoned");
    assert_eq!(pods(&playground, &worker).len(), 2, "nothing is evicted");
    let options = DrainOptions { ignore_daemonsets: true, force: true, ..plain };
    let plan = playground.cluster().drain_plan(&worker, options);
    let warnings = [
        format!("ignoring DaemonSet-managed Pods: kube-system/{daemon}"),
        format!("deleting Pods that declare no controller: {other}"),
    ];
    assert_eq!(plan.warnings, warnings);
    assert_eq!(plan.evictions.len(), 1);
    act(&mut playground, Input::Drain { node: worker.clone(), options });
    wait(&mut playground, 60);
    let names: Vec<Name> =
        pods(&playground, &worker).iter().map(|it| it.meta.name.clone()).collect();
    assert_eq!(names, [daemon]);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "daemon pods tolerate the cordon");
}

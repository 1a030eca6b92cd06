//! Nodes that join, fall silent, return, are deleted or tainted.

use daemonset_core::api::TaintEffect;

use super::*;

/// cluster.md §14.1.
#[test]
fn a_node_joins_and_gets_its_pod_when_it_is_ready() {
    let mut playground = settled();
    let name = playground.add_node("workers").unwrap();
    assert_eq!(taints(&playground, &name), ["node.kubernetes.io/not-ready:NoSchedule"]);
    wait(&mut playground, 2);
    assert!(pods(&playground, &name).is_empty(), "the taint keeps the pod away");
    wait(&mut playground, 28);
    assert!(node(&playground, &name).is_ready());
    assert_eq!(taints(&playground, &name), Vec::<String>::new());
    assert_eq!(view(&playground, &name).0, PodState::Ready);
    for status in ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeReady"] {
        let text = format!("Node {name} status is now: {status}");
        has_event(&playground, &name, "Normal", status, &text);
    }
    has_event(&playground, &name, "Normal", "Starting", "Starting kubelet.");
}

/// daemonset-controller.md §14: each pod that becomes ready has a time of its own. If the queue
/// knew only the first, nobody would look when the last new pod is available, and its old one
/// would stay for ever.
#[test]
fn a_surge_ends_on_a_node_whose_pod_is_ready_later_than_the_others() {
    let strategy = "  minReadySeconds: 30\n  updateStrategy: {rollingUpdate: {maxSurge: 100%, \
                    maxUnavailable: 0}}\n  template:\n";
    let manifest = Playground::opening_manifest().replace("  template:\n", strategy);
    let mut playground = settled_with(&manifest);
    wait(&mut playground, 60);
    // Shorter than anybody notices.
    stop(&mut playground, "worker-2");
    assert!(playground.apply(&manifest.replace(IMAGE, NEXT_IMAGE)).ok);
    wait(&mut playground, 12);
    start(&mut playground, "worker-2");
    wait(&mut playground, 33);
    let counts = |playground: &Playground| {
        (1..=6).map(|it| pods(playground, &format!("worker-{it}")).len()).collect::<Vec<_>>()
    };
    assert_eq!(counts(&playground), [1, 2, 1, 1, 1, 1]);
    wait(&mut playground, 15);
    assert_eq!(counts(&playground), [1; 6]);
    assert_eq!(playground.daemon_sets()[0].status.up_to_date, 6);
}

/// daemonset-controller.md §14: looked at again minReadySeconds after a status in which not all
/// that are ready are available, though no pod has become ready since.
#[test]
fn pods_that_are_ready_already_become_available_when_min_ready_seconds_grows() {
    let mut playground = settled();
    let seconds = "  minReadySeconds: 120\n  template:\n";
    let manifest = Playground::opening_manifest().replace("  template:\n", seconds);
    assert!(playground.apply(&manifest).ok);
    wait(&mut playground, 1);
    assert_eq!(figures(&playground), (6, 6, 0, 0));
    wait(&mut playground, 125);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
}

/// cluster.md §5: a running timer is kept if it would fire earlier.
#[test]
fn a_second_taint_does_not_put_an_eviction_off() {
    let tolerated = |key: &str, seconds: u32| {
        format!("{{key: {key}, operator: Exists, effect: NoExecute, tolerationSeconds: {seconds}}}")
    };
    let tolerated = format!("tolerations: [{}, {}]", tolerated("a", 60), tolerated("b", 300));
    let bare = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: bare}}\nspec: {{nodeName: worker-1, \
         {tolerated}, containers: [{{name: c, image: 'registry.example/a:1'}}]}}\n"
    );
    let mut playground = settled_with(&bare);
    let is_leaving = |playground: &Playground| {
        let store = playground.cluster().store();
        let pod = store.pod_named(&"default".into(), &"bare".into());
        pod.is_none_or(|it| it.meta.is_terminating())
    };
    for key in ["a", "b"] {
        let (node, value, effect) = ("worker-1".into(), "".into(), TaintEffect::NoExecute);
        act(&mut playground, Input::TaintNode { node, key: key.into(), value, effect });
        wait(&mut playground, 50);
        assert_eq!(is_leaving(&playground), key == "b", "{key}");
    }
}

/// cluster.md §14.2 and §14.3, and T14.
#[test]
fn a_silent_node_keeps_its_pod_and_drops_out_of_the_figures() {
    let mut playground = settled();
    let before = pod(&playground, "worker-2");
    stop(&mut playground, "worker-2");
    wait(&mut playground, 39);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "nobody knows yet");
    wait(&mut playground, 7);
    assert_eq!(figures(&playground), (5, 5, 5, 1));
    let unreachable = "node.kubernetes.io/unreachable";
    let expected = [format!("{unreachable}:NoExecute"), format!("{unreachable}:NoSchedule")];
    let mut got = taints(&playground, "worker-2");
    got.sort();
    assert_eq!(got, expected);
    let object = snapshot_of(&playground, "nodes", "worker-2");
    for it in object["spec"]["taints"].as_array().unwrap() {
        assert!(it["timeAdded"].is_string(), "{it}");
    }
    for (kind, status, reason) in conditions(&object) {
        let expected = ("Unknown".to_owned(), "NodeStatusUnknown".to_owned());
        assert_eq!((status, reason), expected, "{kind}");
    }
    let text = "Kubelet stopped posting node status.";
    assert_eq!(object["status"]["conditions"][3]["message"], text);
    let text = "Node worker-2 status is now: NodeNotReady";
    has_event(&playground, "worker-2", "Normal", "NodeNotReady", text);
    has_event(&playground, &before.meta.name, "Warning", "NodeNotReady", "Node is not ready");
    let object = snapshot_of(&playground, "pods", &before.meta.name);
    let ready = conditions(&object).into_iter().find(|it| it.0 == "Ready").unwrap();
    assert_eq!(ready.1, "False");
    assert_eq!(object["status"]["phase"], "Running");
    assert_eq!(
        object["status"]["containerStatuses"][0]["ready"], true,
        "containers are left alone"
    );
    assert_eq!(view(&playground, "worker-2").0, PodState::Unready);
    wait(&mut playground, 3600);
    assert_eq!(pod(&playground, "worker-2").meta.uid, before.meta.uid, "never evicted");
    start(&mut playground, "worker-2");
    wait(&mut playground, 5);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(taints(&playground, "worker-2"), Vec::<String>::new());
    let after = pod(&playground, "worker-2");
    assert_eq!((after.meta.uid, after.restarts()), (before.meta.uid, 0), "the same pod");
}

/// cluster.md §14.4 and T15.
#[test]
fn the_pods_of_a_deleted_node_are_collected_after_a_minute() {
    let mut playground = settled();
    let before = playground.now();
    act(&mut playground, Input::DeleteNode { node: "worker-3".into() });
    wait(&mut playground, 39);
    assert_eq!(pods(&playground, "worker-3").len(), 1);
    let text = "Node worker-3 event: Removing Node worker-3 from Controller";
    has_event(&playground, "worker-3", "Normal", "RemovingNode", text);
    while !pods(&playground, "worker-3").is_empty() {
        playground.step();
        assert!(playground.now() < before + 81_000, "not collected");
    }
    wait(&mut playground, 1);
    assert_eq!(figures(&playground), (5, 5, 5, 0));
}

/// cluster.md §14.5.
#[test]
fn a_no_execute_taint_ends_pods_that_do_not_tolerate_it() {
    let mut playground = settled_with(&with_spec("      terminationGracePeriodSeconds: 10\n"));
    behave(&mut playground, IMAGE, ImageBehaviour::StubbornStop);
    let (key, value) = ("maintenance".into(), "".into());
    let effect = TaintEffect::NoExecute;
    act(&mut playground, Input::TaintNode { node: "worker-1".into(), key, value, effect });
    wait(&mut playground, 1);
    let ending = pod(&playground, "worker-1");
    assert!(ending.meta.is_terminating());
    wait(&mut playground, 8);
    assert_eq!(pods(&playground, "worker-1").len(), 1, "it uses its whole grace");
    wait(&mut playground, 3);
    assert!(pods(&playground, "worker-1").is_empty());
    assert_eq!(figures(&playground), (5, 5, 5, 0));
}

#[test]
fn a_toleration_for_a_minute_makes_a_loop_of_one_pod_a_minute() {
    let toleration = "      tolerations:\n      - key: k\n        operator: Exists\n        \
                      effect: NoExecute\n        tolerationSeconds: 60\n";
    let mut playground = settled_with(&with_spec(toleration));
    let (key, value) = ("k".into(), "".into());
    let effect = TaintEffect::NoExecute;
    act(&mut playground, Input::TaintNode { node: "worker-1".into(), key, value, effect });
    let first = pod(&playground, "worker-1");
    wait(&mut playground, 59);
    assert_eq!(pod(&playground, "worker-1").meta.uid, first.meta.uid);
    wait(&mut playground, 1);
    let ending = pod(&playground, "worker-1");
    let disruption = ending.status.disruption.clone().unwrap();
    assert_eq!(disruption.reason, "DeletionByTaintManager");
    assert_eq!(&*disruption.message, "Taint manager: deleting due to NoExecute taint");
    let text = format!("Marking for deletion Pod kube-system/{}", first.meta.name);
    has_event(&playground, &first.meta.name, "Normal", "TaintManagerEviction", &text);
    let mut seen = vec![first.meta.uid];
    for _ in 0..5 * 60 {
        wait(&mut playground, 1);
        seen.extend(pods(&playground, "worker-1").iter().map(|it| it.meta.uid));
    }
    seen.dedup();
    assert!((5..=6).contains(&seen.len()), "{} pods in six minutes", seen.len());
}

#[test]
fn when_every_node_is_silent_nobody_is_tainted_to_evict() {
    let mut playground = settled();
    let nodes: Vec<Name> =
        playground.cluster().store().nodes().map(|it| it.meta.name.clone()).collect();
    nodes.iter().for_each(|it| stop(&mut playground, it));
    wait(&mut playground, 600);
    for name in &nodes {
        let got = taints(&playground, name);
        assert!(got.contains(&"node.kubernetes.io/unreachable:NoSchedule".into()), "{got:?}");
        assert!(!got.iter().any(|it| it.ends_with("NoExecute")), "{name}: {got:?}");
    }
}

#[test]
fn a_pod_that_is_deleted_on_a_silent_node_hangs_until_the_node_returns() {
    let mut playground = settled();
    stop(&mut playground, "worker-1");
    wait(&mut playground, 60);
    let name = pod(&playground, "worker-1").meta.name.clone();
    let (resource, namespace) = ("pod".into(), "kube-system".into());
    let cascade = daemonset_core::sim::Cascade::Background;
    act(&mut playground, Input::Delete { resource, namespace, name: name.clone(), cascade });
    wait(&mut playground, 600);
    assert_eq!(view(&playground, "worker-1").0, PodState::Leaving);
    start(&mut playground, "worker-1");
    wait(&mut playground, 30);
    has_event(&playground, &name, "Normal", "Killing", "Stopping container filebeat");
    assert_ne!(pod(&playground, "worker-1").meta.name, name);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
}

/// cluster.md §4: 60 s for a kubelet that was never heard.
#[test]
fn a_node_that_never_reports_is_given_a_minute() {
    let mut playground = settled();
    let name = playground.add_node("workers").unwrap();
    stop(&mut playground, &name);
    wait(&mut playground, 59);
    let before = snapshot_of(&playground, "nodes", &name);
    assert_eq!(before["status"]["conditions"][3]["status"], "False");
    wait(&mut playground, 2);
    let object = snapshot_of(&playground, "nodes", &name);
    for (kind, status, reason) in conditions(&object) {
        let expected = ("Unknown".to_owned(), "NodeStatusNeverUpdated".to_owned());
        assert_eq!((status, reason), expected, "{kind}");
    }
    let text = "Kubelet never posted node status.";
    assert_eq!(object["status"]["conditions"][3]["message"], text);
}

/// cluster.md §4: the first node of a zone at once, then one every ten seconds.
#[test]
fn nodes_of_a_zone_are_tainted_to_evict_one_by_one() {
    let mut playground = settled();
    for number in 1..=6 {
        let (node, key) = (format!("worker-{number}").into(), "topology.kubernetes.io/zone".into());
        act(&mut playground, Input::LabelNode { node, key, value: Some("one".into()) });
    }
    wait(&mut playground, 30);
    let start = playground.now();
    (1..=3).for_each(|it| stop(&mut playground, &format!("worker-{it}")));
    let mut tainted: Vec<i64> = Vec::new();
    while tainted.len() < 3 && playground.now() < start + 200_000 {
        wait(&mut playground, 1);
        let has = |it: &u32| {
            let taints = taints(&playground, &format!("worker-{it}"));
            taints.contains(&"node.kubernetes.io/unreachable:NoExecute".to_owned())
        };
        let count = (1..=3).filter(has).count();
        tainted.extend((tainted.len()..count).map(|_| (playground.now().0 - start.0) / 1000));
    }
    assert!((40..=45).contains(&tainted[0]), "{tainted:?}");
    assert_eq!([tainted[1] - tainted[0], tainted[2] - tainted[1]], [10, 10], "{tainted:?}");
}

/// cluster.md §7.
#[test]
fn a_node_out_of_service_lets_go_of_its_pods() {
    let mut playground = settled();
    stop(&mut playground, "worker-1");
    wait(&mut playground, 60);
    let (key, value) = ("node.kubernetes.io/out-of-service".into(), "nodeshutdown".into());
    let effect = TaintEffect::NoExecute;
    act(&mut playground, Input::TaintNode { node: "worker-1".into(), key, value, effect });
    wait(&mut playground, 21);
    assert!(pods(&playground, "worker-1").is_empty());
}

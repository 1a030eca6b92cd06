//! Rollouts of Deployments, and what ReplicaSets do about their pods.

use std::collections::BTreeMap;

use daemonset_core::api::deployment::REVISION;
use daemonset_core::sim::{Input, Outcome};
use serde_json::{Value, json};

use crate::lab::{Lab, agent, lab, web};

fn settled(replicas: i64, spec: Value) -> Lab {
    let mut lab = lab(4);
    lab.apply(&web(replicas, "nginx:1.27", spec)).unwrap();
    lab.wait(60);
    assert_eq!(lab.available(), usize::try_from(replicas).unwrap());
    lab
}

#[test]
fn a_deployment_has_a_replica_set_that_has_pods() {
    let lab = settled(3, json!({}));
    let (deployment, set) = (lab.deployment("web"), lab.sets()[0]);
    let hash = &set.meta.labels["pod-template-hash"];
    assert_eq!(*set.meta.name, format!("web-{hash}"));
    for pod in lab.pods() {
        assert!(pod.meta.name.starts_with(&format!("web-{hash}-")), "{}", pod.meta.name);
        assert_eq!(&pod.meta.labels["pod-template-hash"], hash);
        let seconds: Vec<_> = pod.spec.tolerations.iter().map(|it| it.toleration_seconds).collect();
        assert_eq!(seconds, [Some(300), Some(300)]);
    }
    let status = &deployment.status;
    assert_eq!((status.replicas, status.updated_replicas, status.available_replicas), (3, 3, 3));
    let conditions: Vec<_> =
        status.conditions.iter().map(|it| (it.kind, it.status, it.reason)).collect();
    let expected = [
        ("Available", "True", "MinimumReplicasAvailable"),
        ("Progressing", "True", "NewReplicaSetAvailable"),
    ];
    assert_eq!(conditions, expected);
    assert_eq!(&*deployment.meta.annotations[REVISION], "1");
    assert_eq!(&*set.meta.annotations[REVISION], "1");
    assert_eq!(lab.events("Deployment"), ["ScalingReplicaSet Scaled up replica set A from 0 to 3"]);
    let created = lab.events("ReplicaSet");
    assert_eq!(created.len(), 3);
    assert!(created[0].starts_with("SuccessfulCreate Created pod: A-"), "{}", created[0]);
    let sources: Vec<_> = lab.cluster.events().iter().map(|it| it.event.source).collect();
    assert!(sources.contains(&"deployment-controller"));
    assert!(sources.contains(&"replicaset-controller"));
}

#[test]
fn a_new_image_rolls_out_within_the_budget() {
    let mut lab = settled(3, json!({}));
    assert_eq!(lab.apply(&web(3, "nginx:1.28", json!({}))), Ok(Outcome::Configured));
    lab.watch(120, |lab| {
        assert!(lab.available() >= 3, "{} available at {}", lab.available(), lab.now());
        assert!(lab.active() <= 4, "{} pods at {}", lab.active(), lab.now());
    });
    let expected = [
        "Scaled up replica set A from 0 to 3",
        "Scaled up replica set B from 0 to 1",
        "Scaled down replica set A from 3 to 2",
        "Scaled up replica set B from 1 to 2",
        "Scaled down replica set A from 2 to 1",
        "Scaled up replica set B from 2 to 3",
        "Scaled down replica set A from 1 to 0",
    ];
    assert_eq!(lab.events("Deployment"), expected.map(|it| format!("ScalingReplicaSet {it}")));
    assert!(lab.pods().iter().all(|it| &*it.spec.containers[0].image == "nginx:1.28"));
    assert_eq!(lab.deployment("web").revision(), Some(2));
    // Back to the first image: its ReplicaSet gets a new number and remembers the old one.
    lab.apply(&web(3, "nginx:1.27", json!({}))).unwrap();
    lab.wait(120);
    let first = lab.sets()[0];
    assert_eq!((first.replicas, &*first.meta.annotations[REVISION]), (3, "3"));
    assert_eq!(&*first.meta.annotations["deployment.kubernetes.io/revision-history"], "1");
    assert_eq!(lab.sets().len(), 2);
}

/// Four replicas: one more and one fewer are allowed, and both happen at once.
#[test]
fn up_and_down_go_together_where_the_budget_allows_both() {
    let mut lab = settled(4, json!({}));
    lab.apply(&web(4, "nginx:1.28", json!({}))).unwrap();
    lab.watch(120, |lab| {
        assert!(lab.available() >= 3, "{} available at {}", lab.available(), lab.now());
        assert!(lab.active() <= 5, "{} pods at {}", lab.active(), lab.now());
    });
    let events = lab.events("Deployment");
    assert_eq!(events[1], "ScalingReplicaSet Scaled up replica set B from 0 to 1");
    assert_eq!(events[2], "ScalingReplicaSet Scaled down replica set A from 4 to 3");
    assert_eq!(events[3], "ScalingReplicaSet Scaled up replica set B from 1 to 2");
    assert_eq!(lab.sets().iter().map(|it| it.replicas).collect::<Vec<_>>(), [0, 4]);
}

#[test]
fn recreate_waits_until_the_last_old_pod_is_gone() {
    let recreate = json!({"strategy": {"type": "Recreate"}});
    let mut lab = settled(3, recreate.clone());
    lab.apply(&web(3, "nginx:1.28", recreate)).unwrap();
    let mut had_none = false;
    lab.watch(120, |lab| {
        let images: BTreeMap<&str, u32> =
            lab.running().map(|it| (&*it.spec.containers[0].image, 1)).collect();
        assert!(images.len() <= 1, "both run at {}", lab.now());
        had_none |= images.is_empty();
    });
    assert!(had_none);
    assert_eq!(lab.available(), 3);
    let expected = [
        "Scaled up replica set A from 0 to 3",
        "Scaled down replica set A from 3 to 0",
        "Scaled up replica set B from 0 to 3",
    ];
    assert_eq!(lab.events("Deployment"), expected.map(|it| format!("ScalingReplicaSet {it}")));
}

#[test]
fn a_deleted_pod_is_replaced_at_once() {
    let mut lab = settled(3, json!({}));
    let name = lab.pods()[0].meta.name.clone();
    let namespace = "default".into();
    lab.cluster.input(&Input::DeletePod { namespace, name, grace_seconds: None }).unwrap();
    let mut most = 0;
    lab.watch(30, |lab| most = most.max(lab.pods().len()));
    assert_eq!(most, 4, "the new one came while the old one was stopping");
    assert_eq!(lab.available(), 3);
}

/// T16: a DaemonSet without surge waits for the old pod, one with surge does not.
#[test]
fn a_deleted_daemon_pod_is_replaced_when_it_is_gone_or_at_once_under_surge() {
    for (surge, expected) in [(0, 2), (1, 3)] {
        let strategy = json!({"rollingUpdate": {"maxSurge": surge, "maxUnavailable": 1 - surge}});
        let mut lab = lab(2);
        lab.apply(&agent("agent:1", json!({"updateStrategy": strategy}))).unwrap();
        lab.wait(60);
        let name = lab.pods()[0].meta.name.clone();
        let namespace = "default".into();
        lab.cluster.input(&Input::DeletePod { namespace, name, grace_seconds: None }).unwrap();
        let mut most = 0;
        lab.watch(60, |lab| most = most.max(lab.running().count()));
        assert_eq!((most, lab.available()), (expected, 2), "maxSurge {surge}");
    }
}

#[test]
fn surplus_pods_go_in_upstreams_order() {
    let mut lab = settled(4, json!({}));
    lab.is_full = true;
    lab.apply(&web(6, "nginx:1.27", json!({}))).unwrap();
    lab.wait(10);
    assert_eq!(lab.pods().iter().filter(|it| it.node_name.is_none()).count(), 2);
    lab.apply(&web(4, "nginx:1.27", json!({}))).unwrap();
    lab.wait(10);
    assert_eq!(lab.available(), 4, "those without a node went first");
    lab.is_full = false;
    lab.apply(&web(5, "nginx:1.27", json!({}))).unwrap();
    lab.wait(60);
    let crowded = lab.pods()[4].node_name.clone();
    let youngest = lab.pods()[4].meta.uid;
    lab.apply(&web(4, "nginx:1.27", json!({}))).unwrap();
    lab.wait(60);
    assert!(lab.pods().iter().all(|it| it.meta.uid != youngest));
    assert_eq!(lab.pods().iter().filter(|it| it.node_name == crowded).count(), 1);
    let last = lab.events("Deployment").pop().unwrap();
    assert_eq!(last, "ScalingReplicaSet Scaled down replica set A from 5 to 4");
    assert!(
        lab.events("ReplicaSet").pop().unwrap().starts_with("SuccessfulDelete Deleted pod: A-")
    );
}

#[test]
fn a_paused_deployment_scales_but_does_not_roll() {
    let mut lab = settled(2, json!({}));
    lab.apply(&web(3, "nginx:1.28", json!({"paused": true}))).unwrap();
    lab.wait(60);
    assert!(lab.pods().iter().all(|it| &*it.spec.containers[0].image == "nginx:1.27"));
    assert_eq!(lab.available(), 3);
    let progressing = lab.deployment("web").status.condition("Progressing").unwrap();
    assert_eq!((progressing.status, progressing.reason), ("Unknown", "DeploymentPaused"));
    lab.apply(&web(3, "nginx:1.28", json!({}))).unwrap();
    lab.wait(120);
    assert!(lab.pods().iter().all(|it| &*it.spec.containers[0].image == "nginx:1.28"));
    let progressing = lab.deployment("web").status.condition("Progressing").unwrap();
    assert_eq!((progressing.status, progressing.reason), ("True", "NewReplicaSetAvailable"));
}

/// In mid-rollout both ReplicaSets grow in proportion to their sizes.
#[test]
fn scaling_a_rollout_shares_the_new_replicas() {
    let mut lab = settled(10, json!({}));
    lab.is_full = true;
    lab.apply(&web(10, "nginx:1.28", json!({}))).unwrap();
    lab.wait(10);
    let sizes = |lab: &Lab| lab.sets().iter().map(|it| it.replicas).collect::<Vec<_>>();
    assert_eq!(sizes(&lab), [8, 5]);
    lab.apply(&web(15, "nginx:1.28", json!({}))).unwrap();
    lab.wait(10);
    assert_eq!(sizes(&lab), [12, 7], "19 of 15 + 4");
    lab.is_full = false;
    lab.wait(240);
    assert_eq!((sizes(&lab), lab.available()), (vec![0, 15], 15));
}

#[test]
fn unused_replica_sets_beyond_the_limit_go() {
    let limit = json!({"revisionHistoryLimit": 1});
    let mut lab = settled(1, limit.clone());
    for number in 28..=31 {
        lab.apply(&web(1, &format!("nginx:1.{number}"), limit.clone())).unwrap();
        lab.wait(120);
    }
    let numbers: Vec<_> =
        lab.sets().iter().map(|it| it.meta.annotations[REVISION].to_string()).collect();
    assert_eq!(numbers, ["4", "5"]);
}

#[test]
fn a_rollout_that_does_not_move_misses_its_deadline() {
    let mut lab = settled(3, json!({}));
    lab.is_full = true;
    lab.apply(&web(3, "nginx:1.28", json!({}))).unwrap();
    lab.wait(590);
    let reason = |lab: &Lab| {
        let condition = lab.deployment("web").status.condition("Progressing").unwrap().clone();
        (condition.status, condition.reason, condition.message)
    };
    assert_eq!(reason(&lab).1, "ReplicaSetUpdated");
    lab.wait(20);
    let name = &lab.sets()[1].meta.name;
    let message = format!("ReplicaSet \"{name}\" has timed out progressing.");
    assert_eq!(reason(&lab), ("False", "ProgressDeadlineExceeded", message.into()));
    lab.is_full = false;
    lab.wait(120);
    assert_eq!(reason(&lab).1, "NewReplicaSetAvailable");
}

#[test]
fn availability_takes_min_ready_seconds() {
    let mut lab = lab(4);
    lab.apply(&web(2, "nginx:1.27", json!({"minReadySeconds": 30}))).unwrap();
    lab.wait(25);
    let status = &lab.deployment("web").status;
    assert_eq!((status.ready_replicas, status.available_replicas), (2, 0));
    lab.wait(30);
    assert_eq!(lab.deployment("web").status.available_replicas, 2);
}

/// What cannot go on is left alone, not asked again and again.
#[test]
fn waiting_costs_no_syncs() {
    let mut lab = settled(3, json!({}));
    lab.is_full = true;
    lab.apply(&web(3, "nginx:1.28", json!({}))).unwrap();
    lab.wait(700);
    lab.apply(&web(3, "nginx:1.29", json!({"paused": true}))).unwrap();
    lab.wait(60);
    let before = lab.cluster.work().wakes;
    lab.wait(7_200);
    let wakes = lab.cluster.work().wakes - before;
    assert!(wakes < 10, "{wakes} wake-ups in two hours");
}

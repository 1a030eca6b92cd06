//! One attempt in a cluster that stands still.

use serde_json::{Value, json};

use super::{near, node, refused};
use crate::api::{Deletion, Name, OwnerRef, Pod, Time, Uid};
use crate::sim::scheduler::{Nomination, schedule};
use crate::sim::{ActorSet, Cluster, Seed};

/// A cluster that stands still, with pods of so much cpu and such a priority on its nodes.
fn still(nodes: &[Value], running: &[(&str, &str, i64)]) -> Cluster {
    let mut cluster = Cluster::lock_step(Seed(0), ActorSet::only(&[]));
    nodes.iter().for_each(|it| cluster.place_node(it));
    for (index, (node, cpu, priority)) in running.iter().enumerate() {
        let mut object = pod(&format!("w{index}"), cpu, json!({"priority": priority}));
        object["spec"]["nodeName"] = json!(node);
        cluster.place_pod(Pod::from_json(&object, Time::ZERO));
    }
    cluster
}

fn pod(name: &str, cpu: &str, more: Value) -> Value {
    let mut object = json!({"metadata": {"name": name}, "spec": {"containers": [{
        "name": "c", "image": "i:1", "resources": {"requests": {"cpu": cpu}}
    }]}});
    for (key, value) in more.as_object().unwrap() {
        object["spec"][key] = value.clone();
    }
    object
}

fn attempt(cluster: &Cluster, pod: &Value) -> Result<Name, (String, Nomination)> {
    let pod = Pod::from_json(pod, Time::ZERO);
    schedule(&pod, cluster.store()).map_err(|it| (it.text, it.nomination))
}

#[test]
fn an_ordinary_pod_is_held_against_every_node() {
    let control_plane = json!({"taints": [
        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    ]});
    let nodes =
        [node("cp", "4", control_plane), node("w1", "1", json!({})), node("w2", "1", json!({}))];
    let full = still(&nodes, &[("w1", "1", 0), ("w2", "1", 0)]);
    let text = "0/3 nodes are available: 1 node(s) had untolerated taint \
                {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 \
                nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption \
                victims found for incoming pod.";
    let expected = Err((text.to_owned(), Nomination::Lapses));
    assert_eq!(attempt(&full, &pod("p", "500m", json!({}))), expected);
    let half = still(&nodes, &[("w1", "1", 0)]);
    assert_eq!(attempt(&half, &pod("p", "500m", json!({}))), Ok("w2".into()));
    let none = attempt(&still(&[], &[]), &pod("p", "0", json!({})));
    assert_eq!(none.unwrap_err().0, "no nodes available to schedule pods");
    let cordoned = still(&[node("n", "4", json!({"unschedulable": true}))], &[]);
    let text = "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are \
                available: 1 Preemption is not helpful for scheduling.";
    assert_eq!(attempt(&cordoned, &pod("p", "0", json!({}))).unwrap_err().0, text);
}

#[test]
fn the_cheapest_victims_are_chosen() {
    let nodes = |names: &[&str]| -> Vec<Value> {
        names.iter().map(|it| node(it, "1", json!({}))).collect()
    };
    // Pods that run, and who of them has to go from where for a pod of 600m and priority 100.
    let cases = [
        ("lower priority", vec![("a", "600m", 9), ("b", "600m", 8)], "b", vec![1]),
        ("fewer pods", vec![("a", "1", 5), ("b", "600m", 5), ("b", "400m", 5)], "a", vec![0]),
        ("as few as possible", vec![("a", "600m", 5), ("a", "300m", 1)], "a", vec![0]),
        ("the important one stays", vec![("a", "400m", 5), ("a", "600m", 1)], "a", vec![1]),
    ];
    for (name, running, node, victims) in cases {
        let mut names: Vec<&str> = running.iter().map(|it| it.0).collect();
        names.dedup();
        let cluster = still(&nodes(&names), &running);
        let uids: Vec<_> = cluster.store().pods().map(|it| it.meta.uid).collect();
        let (text, nomination) =
            attempt(&cluster, &pod("p", "600m", json!({"priority": 100}))).unwrap_err();
        let victims = victims.into_iter().map(|it: usize| uids[it]).collect();
        assert_eq!(nomination, Nomination::Node { node: node.into(), victims }, "{name}");
        let count = names.len();
        let expected = format!("0/{count} nodes are available: {count} Insufficient cpu.");
        assert_eq!(text, expected, "{name}");
    }
}

#[test]
fn a_pod_that_never_preempts_says_so() {
    let cluster = still(&[node("a", "1", json!({}))], &[("a", "1", 0)]);
    let never = pod("p", "1", json!({"priority": 9, "preemptionPolicy": "Never"}));
    let text = "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to \
                preemptionPolicy=Never.";
    assert_eq!(attempt(&cluster, &never), Err((text.to_owned(), Nomination::Stands)));
}

fn in_zone(name: &str, zone: &str) -> Value {
    let mut node = node(name, "4", json!({}));
    node["metadata"]["labels"]["topology.kubernetes.io/zone"] = json!(zone);
    node
}

/// The pod of an app that runs on a node.
fn placed(cluster: &mut Cluster, app: &str, node: &str, more: Value) {
    let mut object = pod(&format!("{app}-{node}"), "100m", more);
    object["metadata"]["labels"] = json!({"app": app});
    object["spec"]["nodeName"] = json!(node);
    cluster.place_pod(Pod::from_json(&object, Time::ZERO));
}

pub(super) fn labelled(app: &str, more: Value) -> Value {
    let mut object = pod("p", "100m", more);
    object["metadata"]["labels"] = json!({"app": app});
    object
}

#[test]
fn places_are_those_of_the_topology_key() {
    let zones = [in_zone("a1", "a"), in_zone("a2", "a"), in_zone("b1", "b")];
    let mut cluster = still(&zones, &[]);
    placed(&mut cluster, "web", "a1", json!({}));
    let rule = |kind: &str, selector: Value| {
        let mut term = json!({
            "topologyKey": "topology.kubernetes.io/zone",
            "labelSelector": {"matchLabels": {"app": "web"}}
        });
        for (key, value) in selector.as_object().unwrap() {
            term[key] = value.clone();
        }
        let rule = json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]});
        json!({"affinity": {kind: rule}})
    };
    let away = rule("podAntiAffinity", json!({}));
    assert_eq!(attempt(&cluster, &labelled("p", away)), Ok("b1".into()));
    let elsewhere = rule("podAntiAffinity", json!({"namespaces": ["other"]}));
    assert!(attempt(&cluster, &labelled("p", elsewhere)).is_ok());
    let everywhere = rule("podAffinity", json!({"namespaceSelector": {}}));
    let node = attempt(&cluster, &labelled("p", everywhere)).unwrap();
    assert!(node.starts_with('a'), "{node}");
    let spread = json!({"topologySpreadConstraints": [{
        "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}
    }]});
    assert_eq!(attempt(&cluster, &labelled("web", spread.clone())), Ok("b1".into()));
    let mut pinned = labelled("web", spread);
    pinned["spec"]["nodeSelector"] = json!({"kubernetes.io/hostname": "a2"});
    // Nodes that the selector excludes do not count, so the only zone left is the emptiest.
    assert_eq!(attempt(&cluster, &pinned), Ok("a2".into()));
}

#[test]
fn an_unwanted_pod_of_lower_priority_has_to_go() {
    let mut cluster = still(&[node("a", "4", json!({}))], &[]);
    placed(&mut cluster, "b", "a", near("podAntiAffinity", "p"));
    let mut important = labelled("p", json!({"priority": 1}));
    let victims = cluster.store().pods().map(|it| it.meta.uid).collect();
    let reason = "node(s) didn't satisfy existing pods anti-affinity rules";
    let text = format!("0/1 nodes are available: 1 {reason}.");
    let nomination = Nomination::Node { node: "a".into(), victims };
    assert_eq!(attempt(&cluster, &important), Err((text, nomination)));
    important["spec"]["priority"] = json!(0);
    assert_eq!(attempt(&cluster, &important).unwrap_err().0, refused(reason));
}

#[test]
fn a_pod_waits_for_the_victims_that_are_leaving() {
    let mut cluster = still(&[node("a", "1", json!({}))], &[]);
    let mut victim = Pod::from_json(&pod("v", "1", json!({"nodeName": "a"})), Time::ZERO);
    victim.status.set_disruption("PreemptionByScheduler", "", Time::ZERO);
    victim.meta.deletion = Some(Deletion { requested: Time::ZERO, grace_seconds: 30 });
    cluster.place_pod(victim);
    let mut waiting = Pod::from_json(&pod("p", "1", json!({"priority": 9})), Time::ZERO);
    waiting.status.nominated_node = Some(Box::new("a".into()));
    let text = "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to a \
                terminating pod on the nominated node.";
    let failure = schedule(&waiting, cluster.store()).unwrap_err();
    assert_eq!((&*failure.text, failure.nomination), (text, Nomination::Stands));
}

#[test]
fn a_nomination_keeps_the_room_from_lesser_pods() {
    let mut cluster = still(&[node("a", "1", json!({}))], &[]);
    let mut waiting = Pod::from_json(&pod("p", "1", json!({"priority": 9})), Time::ZERO);
    waiting.status.nominated_node = Some(Box::new("a".into()));
    cluster.place_pod(waiting);
    let lesser = pod("lesser", "500m", json!({"priority": 8}));
    assert_eq!(attempt(&cluster, &lesser).unwrap_err().0, refused("Insufficient cpu"));
    let greater = pod("greater", "500m", json!({"priority": 10}));
    assert_eq!(attempt(&cluster, &greater), Ok("a".into()));
}

#[test]
fn replicas_are_spread_over_the_nodes() {
    let nodes = [in_zone("a1", "a"), in_zone("a2", "a"), in_zone("b1", "b")];
    let mut cluster = still(&nodes, &[]);
    let owner = OwnerRef { kind: "ReplicaSet", name: "rs".into(), uid: Uid(999) };
    let owner = std::sync::Arc::new(owner);
    let mut chosen = Vec::new();
    for index in 0..6 {
        let object = pod(&format!("web-{index}"), "100m", json!({}));
        let mut pod = Pod::from_json(&object, Time::ZERO);
        pod.meta.controller = Some(owner.clone());
        let node = schedule(&pod, cluster.store()).unwrap();
        pod.node_name = Some(node.clone());
        cluster.place_pod(pod);
        chosen.push(node.to_string());
    }
    chosen.sort_unstable();
    assert_eq!(chosen, ["a1", "a1", "a2", "a2", "b1", "b1"]);
}

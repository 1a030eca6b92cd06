//! Scheduling played through: what pods of different importance do to each other on full nodes.

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::api::{Calendar, Name, Pod, Time};
use crate::sim::scheduler::{Nomination, schedule};
use crate::sim::{ActorSet, Cluster, Input, Seed};

const CALENDAR: Calendar = Calendar { unix_seconds_at_zero: 1_768_208_400 };

struct Played(Cluster);

/// A cluster of ready nodes with so much cpu.
fn cluster(cpu: &[&str]) -> Played {
    let mut played = Played(Cluster::new(Seed(3), CALENDAR));
    for (index, cpu) in cpu.iter().enumerate() {
        let object = node(&format!("n{}", index + 1), cpu, json!({})).into();
        played.0.input(&Input::AddNode { object }).unwrap();
    }
    played.wait(60);
    played
}

fn node(name: &str, cpu: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": spec,
        "status": {"allocatable": {"cpu": cpu, "memory": "4Gi", "pods": "110"}}
    })
}

impl Played {
    fn wait(&mut self, seconds: i64) {
        let to = self.0.now() + seconds * 1000;
        assert_eq!(self.0.run(to, 100_000), to);
        self.0.recount().unwrap();
    }

    fn apply(&mut self, object: Value) {
        self.0.input(&Input::Apply { object: object.into() }).unwrap();
        self.wait(40);
    }

    /// A DaemonSet whose pods ask for so much cpu, with more in its pod spec.
    fn daemon_set(&mut self, name: &str, cpu: &str, more: Value) {
        let mut spec = json!({"containers": [{
            "name": "c", "image": "i:1", "resources": {"requests": {"cpu": cpu}}
        }]});
        for (key, value) in more.as_object().unwrap() {
            spec[key] = value.clone();
        }
        self.apply(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": spec}
            }
        }));
    }

    fn priority_class(&mut self, name: &str, value: i64) {
        self.apply(json!({
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
            "metadata": {"name": name}, "value": value
        }));
    }

    fn delete(&mut self, resource: &str, name: &str) {
        let (resource, namespace, name) = (resource.into(), "default".into(), name.into());
        let cascade = Default::default();
        self.0.input(&Input::Delete { resource, namespace, name, cascade }).unwrap();
        self.wait(60);
    }

    /// The pods of an app, in order of creation.
    fn pods(&self, app: &str) -> Vec<&Pod> {
        let pods = self.0.store().pods().map(|it| &**it);
        pods.filter(|it| it.meta.labels.get("app").is_some_and(|it| **it == *app)).collect()
    }

    fn nodes_of(&self, app: &str) -> Vec<&str> {
        self.pods(app).iter().map(|it| it.node_name.as_deref().unwrap_or("-")).collect()
    }

    /// Why the first pod of an app waits.
    fn waits(&self, app: &str) -> String {
        let pods = self.pods(app);
        pods.first().and_then(|it| it.status.unschedulable.as_deref()).unwrap_or("").to_owned()
    }

    fn messages(&self, reason: &str) -> Vec<String> {
        let events = self.0.events().iter().filter(|it| it.event.reason == reason);
        events.map(|it| it.message()).collect()
    }
}

/// The refusal of the only node, in vain.
fn refused(reason: &str) -> String {
    format!(
        "0/1 nodes are available: 1 {reason}. preemption: 0/1 nodes are available: \
         1 No preemption victims found for incoming pod."
    )
}

#[test]
fn an_important_agent_pushes_a_lesser_one_off_a_full_node() {
    let mut played = cluster(&["1"]);
    played.priority_class("important", 1000);
    played.daemon_set("lesser", "700m", json!({}));
    assert_eq!(played.nodes_of("lesser"), ["n1"]);
    let victim = played.pods("lesser")[0].meta.name.clone();
    played.daemon_set("agent", "700m", json!({"priorityClassName": "important"}));
    played.wait(60);
    assert_eq!(played.nodes_of("agent"), ["n1"]);
    let agent = played.pods("agent")[0];
    assert_eq!((agent.priority.value, agent.is_ready()), (1000, true));
    assert_eq!(agent.status.nominated_node, None);
    // The victim's successor hangs.
    assert_eq!(played.nodes_of("lesser"), ["-"]);
    assert_ne!(played.pods("lesser")[0].meta.name, victim);
    assert_eq!(played.waits("lesser"), refused("Insufficient cpu"));
    let uid = Encoder { calendar: CALENDAR, seed: 3 }.uuid(agent.meta.uid);
    assert_eq!(played.messages("Preempted"), [format!("Preempted by pod {uid} on node n1")]);
    let failures = played.messages("FailedScheduling");
    assert!(failures.contains(&"0/1 nodes are available: 1 Insufficient cpu.".to_owned()));
}

#[test]
fn an_agent_without_priority_waits_until_there_is_room() {
    let mut played = cluster(&["1", "4", "4"]);
    played.daemon_set("first", "700m", json!({}));
    played.daemon_set("second", "700m", json!({}));
    assert_eq!(played.nodes_of("first").len(), 3);
    let pods = played.pods("second");
    let waiting: Vec<_> = pods.iter().filter(|it| it.node_name.is_none()).collect();
    assert_eq!(waiting.len(), 1);
    let text = "0/3 nodes are available: 1 Insufficient cpu. preemption: 0/3 nodes are available: \
                1 No preemption victims found for incoming pod, 2 Preemption is not helpful for \
                scheduling.";
    assert_eq!(waiting[0].status.unschedulable.as_deref(), Some(text));
    assert_eq!(played.messages("FailedScheduling"), [text]);
    played.delete("daemonset", "first");
    let mut nodes = played.nodes_of("second");
    nodes.sort_unstable();
    assert_eq!(nodes, ["n1", "n2", "n3"]);
}

#[test]
fn the_second_daemon_set_with_a_host_port_is_pending_everywhere() {
    let mut played = cluster(&["4"]);
    let ports = json!({"containers": [{
        "name": "c", "image": "i:1", "ports": [{"containerPort": 80, "hostPort": 8080}]
    }]});
    played.daemon_set("first", "0", ports.clone());
    played.daemon_set("second", "0", ports);
    assert_eq!(played.nodes_of("first"), ["n1"]);
    let reason = "node(s) didn't have free ports for the requested pod ports";
    assert_eq!(played.waits("second"), refused(reason));
}

fn near(kind: &str, app: &str) -> Value {
    json!({"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [{
        "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": app}}
    }]}}})
}

#[test]
fn daemon_pods_keep_others_away_and_are_kept_away() {
    let mut played = cluster(&["4"]);
    played.daemon_set("a", "100m", json!({}));
    played.daemon_set("b", "100m", near("podAntiAffinity", "a"));
    assert_eq!(played.waits("b"), refused("node(s) didn't match pod anti-affinity rules"));
    played.delete("daemonset", "a");
    assert_eq!(played.nodes_of("b"), ["n1"]);
    played.daemon_set("a", "100m", json!({}));
    let reason = "node(s) didn't satisfy existing pods anti-affinity rules";
    assert_eq!(played.waits("a"), refused(reason));
}

#[test]
fn a_daemon_pod_waits_for_the_company_that_it_needs() {
    let mut played = cluster(&["4"]);
    played.daemon_set("b", "100m", near("podAffinity", "a"));
    let text = "0/1 nodes are available: 1 node(s) didn't match pod affinity rules. preemption: \
                0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    assert_eq!(played.waits("b"), text);
    played.daemon_set("a", "100m", json!({}));
    assert_eq!(played.nodes_of("b"), ["n1"]);
    // The first of pods that want each other may go anywhere.
    played.daemon_set("self", "100m", near("podAffinity", "self"));
    assert_eq!(played.nodes_of("self"), ["n1"]);
}

#[test]
fn a_class_that_nobody_applied_keeps_pods_from_being_created() {
    let mut played = cluster(&["4"]);
    played.daemon_set("x", "100m", json!({"priorityClassName": "foo"}));
    assert!(played.pods("x").is_empty());
    let text = "Error creating: pods \"x-\" is forbidden: no PriorityClass with name foo was found";
    assert_eq!(played.messages("FailedCreate"), [text]);
    played.priority_class("foo", 7);
    played.wait(60);
    assert_eq!(played.pods("x")[0].priority.value, 7);
    played.daemon_set("y", "100m", json!({"priorityClassName": "system-node-critical"}));
    assert_eq!(played.pods("y")[0].priority.value, 2_000_001_000);
}

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

//! Scheduling played through: what pods of different importance do to each other on full nodes.

mod still;

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::api::{Calendar, Pod, Time};
use crate::sim::{Cluster, Input, Seed};

use still::labelled;

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
        let text = pods.first().and_then(|it| it.status.unschedulable.as_deref());
        text.map_or_else(String::new, |it| it.to_string())
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
    let uid = Encoder { calendar: CALENDAR, seed: 3, now: Time::ZERO }.uuid(agent.meta.uid);
    assert_eq!(played.messages("Preempted"), [format!("Preempted by pod {uid} on node n1")]);
    let failures = played.messages("FailedScheduling");
    assert!(failures.contains(&"0/1 nodes are available: 1 Insufficient cpu.".to_owned()));
}

#[test]
fn a_victim_says_why_it_leaves_and_its_heir_where_it_waits() {
    let mut played = cluster(&["1"]);
    played.daemon_set("lesser", "700m", json!({}));
    let important = json!({"priorityClassName": "system-node-critical"});
    let mut object = labelled("agent", important);
    object["spec"]["containers"][0]["resources"]["requests"]["cpu"] = json!("700m");
    let mut agent = Pod::from_json(&object, Time::ZERO);
    agent.priority.value = 2_000_001_000;
    played.0.place_pod(agent);
    let deleted = |played: &Played| played.pods("lesser")[0].meta.is_terminating();
    while !deleted(&played) {
        assert!(played.0.step(Time::from_seconds(200)), "nobody was preempted");
    }
    let encoder = Encoder { calendar: CALENDAR, seed: 3, now: Time::ZERO };
    let victim = encoder.pod(played.pods("lesser")[0]);
    let condition = &victim["status"]["conditions"][0];
    assert_eq!(condition["type"], "DisruptionTarget");
    assert_eq!(condition["reason"], "PreemptionByScheduler");
    let message = "default-scheduler: preempting to accommodate a higher priority pod";
    assert_eq!(condition["message"], message);
    let agent = encoder.pod(played.pods("agent")[0]);
    assert_eq!(agent["status"]["nominatedNodeName"], "n1");
    let condition = &agent["status"]["conditions"][0];
    assert_eq!(
        (&condition["type"], &condition["reason"]),
        (&json!("PodScheduled"), &json!("Unschedulable"))
    );
    assert_eq!(condition["message"], "0/1 nodes are available: 1 Insufficient cpu.");
    played.wait(20);
    assert_eq!(played.nodes_of("agent"), ["n1"]);
}

#[test]
fn a_node_that_moves_to_another_zone_takes_its_pods_along() {
    let mut played = cluster(&["4", "4"]);
    let label = |node: &str, zone: &str| {
        let (key, value) = ("topology.kubernetes.io/zone".into(), Some(zone.into()));
        Input::LabelNode { node: node.into(), key, value }
    };
    played.0.input(&label("n1", "a")).unwrap();
    played.0.input(&label("n2", "b")).unwrap();
    let rule = json!({"affinity": {"podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [{
            "topologyKey": "topology.kubernetes.io/zone",
            "labelSelector": {"matchLabels": {"app": "guard"}}
        }]
    }}});
    played.daemon_set("guard", "100m", rule);
    assert!(!played.nodes_of("guard").contains(&"-"));
    played.0.input(&label("n2", "a")).unwrap();
    played.wait(1);
    let pod = played
        .pods("guard")
        .iter()
        .find(|it| it.node_name.as_deref() == Some("n2"))
        .map(|it| it.meta.name.clone());
    played.delete("pod", &pod.unwrap());
    let nodes = played.nodes_of("guard");
    assert!(nodes.contains(&"n1") && nodes.contains(&"-"), "{nodes:?}");
    played.0.input(&label("n2", "b")).unwrap();
    played.wait(60);
    assert!(!played.nodes_of("guard").contains(&"-"));
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
    assert_eq!(waiting[0].status.unschedulable.as_deref(), Some(&text.into()));
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

#[test]
fn important_pods_go_first() {
    // There is room for one of them, and the last to come is the most important.
    let mut played = cluster(&["1"]);
    for priority in 0..10 {
        let mut object = labelled("p", json!({"priority": priority, "preemptionPolicy": "Never"}));
        object["metadata"]["name"] = json!(format!("p-{priority}"));
        object["spec"]["containers"][0]["resources"]["requests"]["cpu"] = json!("1");
        played.0.place_pod(Pod::from_json(&object, Time::ZERO));
    }
    played.wait(1);
    let pods = played.pods("p");
    let bound: Vec<_> = pods.iter().filter(|it| it.node_name.is_some()).collect();
    assert_eq!(bound.iter().map(|it| it.priority.value).collect::<Vec<_>>(), [9]);
}

//! Machines and images that fail, and what a DaemonSet makes of it. Times and texts are those of
//! the specification, not of an earlier run.
#![cfg(not(target_arch = "wasm32"))]

mod budgets;
mod images;
mod nodes;
mod pressure;
mod probes;
mod start;

use std::sync::Arc;

use daemonset_core::api::{Name, Node, Pod, Time};
use daemonset_core::playground::view::PodState;
use daemonset_core::playground::{Playground, Scenario};
use daemonset_core::sim::{Event, ImageBehaviour, Input, Shortage};
use serde_json::{Value, json};

const KEY: &str = "kube-system/node-logger";
const IMAGE: &str = "docker.elastic.co/beats/filebeat:8.10.0";
const NEXT_IMAGE: &str = "docker.elastic.co/beats/filebeat:8.11.0";
const MINUTE: i64 = 60_000;

fn settled() -> Playground {
    settled_with(Playground::opening_manifest())
}

fn settled_with(manifest: &str) -> Playground {
    let mut playground = Playground::start(Scenario::opening(), 1);
    let report = playground.apply(manifest);
    assert!(report.ok, "{:?}", report.messages);
    // A full minute, so that looks of all periods begin anew.
    playground.advance(Time(MINUTE), u32::MAX);
    playground
}

/// The opening manifest with more in its pod spec.
fn with_spec(lines: &str) -> String {
    let anchor = "    spec:\n      containers:";
    Playground::opening_manifest().replace(anchor, &format!("    spec:\n{lines}      containers:"))
}

fn with_container(lines: &str) -> String {
    let anchor = format!("        image: {IMAGE}\n");
    Playground::opening_manifest().replace(&anchor, &format!("{anchor}{lines}"))
}

fn act(playground: &mut Playground, input: Input) {
    playground.act(input).unwrap();
}

fn wait(playground: &mut Playground, seconds: i64) {
    playground.advance(playground.now() + seconds * 1000, u32::MAX);
}

fn stop(playground: &mut Playground, node: &str) {
    act(playground, Input::StopKubelet { node: node.into() });
}

fn start(playground: &mut Playground, node: &str) {
    act(playground, Input::StartKubelet { node: node.into() });
}

fn behave(playground: &mut Playground, image: &str, behaviour: ImageBehaviour) {
    act(playground, Input::SetImageBehaviour { image: image.into(), behaviour });
}

fn update(playground: &mut Playground) {
    assert!(playground.apply(&Playground::opening_manifest().replace(IMAGE, NEXT_IMAGE)).ok);
}

fn node<'a>(playground: &'a Playground, name: &str) -> &'a Arc<Node> {
    playground.cluster().store().node(name).unwrap()
}

/// Every pod on a node, in order of creation.
fn pods<'a>(playground: &'a Playground, name: &str) -> Vec<&'a Arc<Pod>> {
    playground.cluster().store().pods_on(&name.into()).collect()
}

fn pod(playground: &Playground, name: &str) -> Arc<Pod> {
    pods(playground, name)[0].clone()
}

fn view(playground: &Playground, name: &str) -> (PodState, String) {
    let view = playground.node(name, Some(KEY)).unwrap();
    (view.pods[0].state, view.pods[0].phrase.to_string())
}

/// Desired, ready, available, misscheduled.
fn figures(playground: &Playground) -> (i32, i32, i32, i32) {
    let status = playground.daemon_sets()[0].status;
    (status.desired, status.ready, status.available, status.misscheduled)
}

fn taints(playground: &Playground, name: &str) -> Vec<String> {
    node(playground, name).taints.iter().map(ToString::to_string).collect()
}

/// Events about an object: type, reason, message.
fn events_of(playground: &Playground, object: &str) -> Vec<(&'static str, &'static str, String)> {
    let is_it = |it: &&Arc<Event>| &*it.event.object.name == object;
    let events = playground.cluster().events().iter().filter(is_it);
    events.map(|it| (it.kind(), it.event.reason, it.message())).collect()
}

fn has_event(playground: &Playground, object: &str, kind: &str, reason: &str, text: &str) {
    let events = events_of(playground, object);
    let is_it = |it: &(&str, &str, String)| (it.0, it.1, &*it.2) == (kind, reason, text);
    assert!(events.iter().any(is_it), "{kind} {reason} {text:?} is not among {events:#?}");
}

fn conditions(object: &Value) -> Vec<(String, String, String)> {
    let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let list = object["status"]["conditions"].as_array().unwrap();
    list.iter().map(|it| (text(it, "type"), text(it, "status"), text(it, "reason"))).collect()
}

fn snapshot_of(playground: &Playground, list: &str, name: &str) -> Value {
    let snapshot = playground.snapshot();
    let objects = snapshot[list].as_array().unwrap();
    objects.iter().find(|it| it["metadata"]["name"] == name).unwrap().clone()
}

/// Faults are inputs like any other: they are kept, written down and replayed.
#[test]
fn a_history_of_faults_can_be_replayed() {
    let mut playground = settled();
    stop(&mut playground, "worker-2");
    behave(&mut playground, NEXT_IMAGE, ImageBehaviour::Crashes { after: 500, exit_code: 3 });
    update(&mut playground);
    let (node, shortage) = ("worker-1".into(), Shortage::Memory);
    act(&mut playground, Input::SetPressure { node, shortage, on: true });
    wait(&mut playground, 200);
    start(&mut playground, "worker-2");
    wait(&mut playground, 100);
    playground.cluster().recount().unwrap();
    let text = serde_json::to_string(playground.inputs()).unwrap();
    let inputs: Vec<(Time, Input)> = serde_json::from_str(&text).unwrap();
    let mut replayed = Playground::replay(Scenario::opening(), 1, &inputs);
    replayed.advance(playground.now(), u32::MAX);
    assert_eq!(replayed.cluster().digest(), playground.cluster().digest());
    assert_eq!(replayed.snapshot(), playground.snapshot());
    let behaviour = json!({"Crashes": {"after": 500, "exit_code": 3}});
    assert!(text.contains(&behaviour.to_string()), "{text}");
}

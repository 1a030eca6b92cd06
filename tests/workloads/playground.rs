//! The same kinds as a visitor gets them: text in, messages and a snapshot out, all actors at work.

use daemonset_core::api::Time;
use daemonset_core::playground::{Playground, Scenario};
use daemonset_core::sim::Input;
use serde_json::Value;

const MANIFEST: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: tool}
spec: {containers: [{name: tool, image: 'busybox:1.36'}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: cache}
spec:
  replicas: 2
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec: {containers: [{name: cache, image: 'redis:7'}]}
";

#[test]
fn a_manifest_of_other_workloads_is_simulated() {
    let mut playground = Playground::open(1);
    let report = playground.apply(MANIFEST);
    let texts: Vec<_> = report.messages.iter().map(|it| &*it.text).collect();
    let expected =
        ["deployment.apps/web created", "pod/tool created", "replicaset.apps/cache created"];
    assert_eq!(texts, expected);
    playground.advance(Time::from_seconds(90), u32::MAX);
    let snapshot = playground.snapshot();
    let deployment = &snapshot["deployments"][0];
    assert_eq!(deployment["status"]["availableReplicas"], 4);
    assert_eq!(deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "1");
    let names = names(&snapshot["replicaSets"]);
    assert!(names[0] == "cache" && names[1].starts_with("web-"), "{names:?}");
    let pods = snapshot["pods"].as_array().unwrap();
    let of = |name: &str| {
        let own = |it: &&Value| it["metadata"]["ownerReferences"][0]["name"] == name;
        pods.iter().filter(own).count()
    };
    assert_eq!((of("cache"), of(&names[1])), (2, 4));
    let tainted = |it: &&Value| it["spec"]["nodeName"].as_str().unwrap().starts_with("cp-");
    assert_eq!(pods.iter().filter(tainted).count(), 0, "the control plane is tainted");
    let wrong = playground.apply(&MANIFEST.replace("replicas: 4", "replicas: -1"));
    let text = "spec.replicas: Invalid value: -1: must be greater than or equal to 0";
    assert!(wrong.messages.iter().any(|it| it.text == text), "{:?}", wrong.messages);
}

fn names(objects: &Value) -> Vec<String> {
    let objects = objects.as_array().unwrap();
    objects.iter().map(|it| it["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// A history of these kinds survives being written down and read again.
#[test]
fn a_history_of_other_workloads_can_be_replayed() {
    let mut playground = Playground::open(5);
    playground.apply(MANIFEST);
    playground.advance(Time::from_seconds(40), u32::MAX);
    playground.apply(&MANIFEST.replace("nginx:1.27", "nginx:1.28"));
    playground.advance(Time::from_seconds(45), u32::MAX);
    for text in [
        r#"{"Delete": {"resource": "deployment", "namespace": "default", "name": "web",
            "cascade": "Foreground"}}"#,
        r#"{"DeletePod": {"namespace": "default", "name": "tool", "grace_seconds": 0}}"#,
    ] {
        playground.act(serde_json::from_str::<Input>(text).unwrap()).unwrap();
    }
    playground.advance(Time::from_seconds(200), u32::MAX);
    let written = serde_json::to_string(playground.inputs()).unwrap();
    let inputs: Vec<(Time, Input)> = serde_json::from_str(&written).unwrap();
    let mut replayed = Playground::replay(Scenario::opening(), 5, &inputs);
    replayed.advance(Time::from_seconds(200), u32::MAX);
    assert_eq!(replayed.cluster().digest(), playground.cluster().digest());
    assert_eq!(replayed.snapshot(), playground.snapshot());
    assert_eq!(playground.cluster().store().deployments().count(), 0);
}

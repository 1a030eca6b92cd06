//! Bytes become inputs to a small playground, with time passing between them.

use daemonset_core::api::{Name, TaintEffect, Time};
use daemonset_core::playground::{Playground, Scenario};
use daemonset_core::sim::{Cascade, DrainOptions, ImageBehaviour, Input, Shortage};
use serde_json::{Value, json};

/// A DaemonSet that surges onto a node under pressure adds failed pods as fast as upstream does,
/// and each sync looks at all of them: slow, not endless, and nothing new.
const PODS_MAX: usize = 1_000;
/// Longer histories find nothing that these do not.
const TURNS_MAX: usize = 40;

/// Reads numbers from bytes; zeros when they are used up.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, limit: u8) -> u8 {
        self.next() % limit
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::from(self.next()) % of.len()].clone()
    }
}

/// Any sequence of inputs: no panic, no endless loop, and the books balance.
pub fn inputs(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let mut playground = Playground::start(Scenario::opening(), u64::from(bytes.next()));
    let mut turn = 0;
    let has_room = |it: &Playground| it.cluster().store().pods().count() < PODS_MAX;
    while !bytes.0.is_empty() && turn < TURNS_MAX && has_room(&playground) {
        turn += 1;
        match bytes.below(16) {
            0 => drop(playground.add_node(bytes.pick(&["workers", "gpu", "nowhere"]))),
            1 => drop(playground.step()),
            2 => drop(playground.settle(i64::from(bytes.next()) * 1_000)),
            3 => seek(&mut playground, &mut bytes),
            _ => {
                let input = input(&playground, &mut bytes);
                // Much of it is refused, which is fine.
                let _ = playground.act(input);
            }
        }
        let limit = playground.now() + i64::from(bytes.next()) * 100;
        playground.advance(limit, 20_000);
    }
    playground.cluster().recount().unwrap();
    let _ = playground.snapshot();
    super::plant(|| {
        let nodes = playground.cluster().store().nodes();
        nodes.filter(|it| it.unschedulable).count() == 3
    });
}

/// Back, and now and then to another branch.
fn seek(playground: &mut Playground, bytes: &mut Bytes) {
    let branches: Vec<_> = playground.timeline().branches().iter().map(|it| it.id).collect();
    if bytes.below(3) == 0 {
        let branch = bytes.pick(&branches);
        assert!(playground.switch(branch));
    }
    let (now, end) = (playground.now(), playground.timeline().end().0);
    // A call that ran out of wake-ups stops within an instant; a seek ends after it.
    let is_complete = playground.cluster().next_wake().is_none_or(|it| it > now);
    let digest = playground.cluster().digest();
    let there = playground.seek(Time(end * i64::from(bytes.next()) / 255));
    if bytes.below(2) == 0 && playground.seek(now) == now && is_complete {
        assert_eq!(playground.cluster().digest(), digest, "from {now} to {there} and back");
    }
}

fn input(playground: &Playground, bytes: &mut Bytes) -> Input {
    let node = node_name(playground, bytes);
    let key: Name =
        bytes.pick(&["k", "disk", "node.kubernetes.io/not-ready", "", "a b", "/"]).into();
    let value: Name = bytes.pick(&["", "ssd", "-", "x y"]).into();
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute, TaintEffect::PreferNoSchedule];
    match bytes.below(18) {
        0 => Input::CreateNamespace { name: value },
        1 => Input::DeleteNode { node },
        2 => Input::LabelNode { node, key, value: Some(value).filter(|it| !it.is_empty()) },
        3 => Input::TaintNode { node, key, value, effect: bytes.pick(&effects) },
        4 => Input::UntaintNode { node, key, effect: None },
        5 => Input::Cordon { node },
        6 => Input::Uncordon { node },
        7 => delete(playground, bytes),
        8..=13 => fault(playground, bytes),
        14 => patch(playground, bytes),
        _ => Input::Apply { object: object(bytes).into() },
    }
}

/// What happens to machines and images.
fn fault(playground: &Playground, bytes: &mut Bytes) -> Input {
    let node = node_name(playground, bytes);
    let time = bytes.pick(&[0, 1, 900, 20_000, -1, i64::MAX]);
    match bytes.below(8) {
        0 => Input::StopKubelet { node },
        1 => Input::StartKubelet { node },
        2 => {
            let shortage = bytes.pick(&Shortage::ALL);
            Input::SetPressure { node, shortage, on: bytes.below(2) == 0 }
        }
        3 => {
            let amounts = ["", "1", "900m", "1e3", "-1", "x"];
            let (cpu, memory) = (bytes.pick(&amounts).into(), bytes.pick(&amounts).into());
            Input::FillNode { node, cpu, memory }
        }
        4 => {
            let mut flag = || bytes.below(2) == 0;
            let (ignore_daemonsets, force, delete_emptydir_data) = (flag(), flag(), flag());
            let options = DrainOptions { ignore_daemonsets, force, delete_emptydir_data };
            Input::Drain { node, options }
        }
        5 => Input::SetNetwork { node, on: bytes.below(2) == 0 },
        _ => {
            let behaviours = [
                ImageBehaviour::Ok,
                ImageBehaviour::CannotBePulled,
                ImageBehaviour::Crashes { after: time, exit_code: i32::from(bytes.next()) },
                ImageBehaviour::NeverReady,
                ImageBehaviour::SlowPull { takes: time },
                ImageBehaviour::SlowStart { takes: time },
                ImageBehaviour::StubbornStop,
                ImageBehaviour::Unhealthy { after: time },
            ];
            let image = format!("app:{}", bytes.below(4)).into();
            Input::SetImageBehaviour { image, behaviour: bytes.pick(&behaviours) }
        }
    }
}

fn patch(playground: &Playground, bytes: &mut Bytes) -> Input {
    let resource: &str = bytes.pick(&["daemonset", "deployment", "pod", "node", "replicaset"]);
    let namespace = bytes.pick(&["default", "logging", ""]).into();
    let name = match resource {
        "node" => node_name(playground, bytes),
        "pod" => {
            let pods: Vec<_> = playground.cluster().store().pods().collect();
            if pods.is_empty() { "a".into() } else { bytes.pick(&pods).meta.name.clone() }
        }
        _ => bytes.pick(&["a", "b"]).into(),
    };
    let patch = bytes.pick(&[
        json!({"metadata": {"labels": {"app": "b"}}}),
        json!({"metadata": {"labels": null, "annotations": {"k": "v"}}}),
        json!({"metadata": {"finalizers": ["example.com/hold"]}}),
        json!({"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "app:3"}]}}}}),
        json!({"spec": {"replicas": -1, "minReadySeconds": 4_000_000_000_u64}}),
        json!({"spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoExecute"}]}}),
        json!({"spec": {"$patch": "replace"}, "status": 1}),
        json!([]),
    ]);
    Input::Patch { resource: resource.into(), namespace, name, patch: patch.into() }
}

fn node_name(playground: &Playground, bytes: &mut Bytes) -> Name {
    let mut names: Vec<Name> =
        playground.cluster().store().nodes().map(|it| it.meta.name.clone()).collect();
    names.push("nowhere".into());
    bytes.pick(&names)
}

fn delete(playground: &Playground, bytes: &mut Bytes) -> Input {
    let cascade = bytes.pick(&[Cascade::Background, Cascade::Foreground, Cascade::Orphan]);
    let pods: Vec<_> = playground.cluster().store().pods().collect();
    if !pods.is_empty() && bytes.below(2) == 0 {
        let meta = &bytes.pick(&pods).meta;
        let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
        let grace_seconds = bytes.pick(&[None, Some(0), Some(1), Some(-1), Some(i64::MAX)]);
        return match bytes.below(3) {
            0 => Input::Evict { namespace, name, grace_seconds },
            _ => Input::DeletePod { namespace, name, grace_seconds },
        };
    }
    let resource = bytes.pick(&["daemonset", "deployment", "namespace", "node", "nonsense"]).into();
    let namespace = bytes.pick(&["default", "logging", ""]).into();
    Input::Delete { resource, namespace, name: bytes.pick(&["a", "b", "default"]).into(), cascade }
}

/// A budget, a Secret or a quota, mostly valid.
fn stored(kind: u8, bytes: &mut Bytes) -> Value {
    let amount = bytes.pick(&[json!(0), json!(1), json!("50%"), json!(-1), json!("x"), json!({})]);
    let metadata = json!({"name": "s", "namespace": bytes.pick(&["default", "logging"])});
    match kind {
        0 => {
            let key = bytes.pick(&["minAvailable", "maxUnavailable"]);
            let selector = json!({"matchLabels": {"app": bytes.pick(&["a", "b"])}});
            json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": metadata, "spec": {key: amount, "selector": selector}})
        }
        1 => json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata,
            "stringData": {bytes.pick(&["k", "j"]): "v"}}),
        _ => json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata,
            "spec": {"hard": {"pods": amount}}}),
    }
}

/// A DaemonSet or a Deployment, mostly valid; now and then something beside them.
fn object(bytes: &mut Bytes) -> Value {
    let kind = bytes.below(16);
    if kind < 3 {
        return stored(kind, bytes);
    }
    let labels = json!({"app": bytes.pick(&["a", "b"])});
    let numbers =
        [json!(0), json!(1), json!(3), json!("30%"), json!("100%"), json!(-1), json!("x")];
    let mut spec = json!({
        "containers": [{"name": "c", "image": format!("app:{}", bytes.below(4))}],
    });
    match bytes.below(10) {
        0 => spec["nodeSelector"] = json!({"disk": "ssd"}),
        1 => spec["tolerations"] = json!([{"operator": "Exists"}]),
        2 => spec["hostNetwork"] = json!(true),
        3 => spec["containers"][0]["ports"] = json!([{"containerPort": 80, "hostPort": 80}]),
        4 => spec["containers"][0]["resources"] = json!({"requests": {"cpu": "7"}}),
        5 => spec["terminationGracePeriodSeconds"] = json!(i64::from(bytes.next()) * 1_000_000_000),
        6 => {
            let probe = bytes.pick(&["readinessProbe", "livenessProbe", "startupProbe"]);
            let threshold = 1 + bytes.below(3);
            let probe_of = json!({"tcpSocket": {"port": 80}, "failureThreshold": threshold,
                "periodSeconds": 1 + bytes.below(20)});
            spec["containers"][0][probe] = probe_of;
        }
        7 => {
            let source = json!({"secretKeyRef": {"name": "s", "key": "k"}});
            spec["containers"][0]["env"] = json!([{"name": "E", "valueFrom": source}]);
        }
        _ => {}
    }
    let is_daemon_set = bytes.below(4) != 0;
    let mut object = json!({
        "apiVersion": "apps/v1",
        "kind": if is_daemon_set { "DaemonSet" } else { "Deployment" },
        "metadata": {
            "name": bytes.pick(&["a", "b"]),
            "namespace": bytes.pick(&["default", "logging"]),
        },
        "spec": {
            "selector": {"matchLabels": labels},
            "minReadySeconds": bytes.pick(&[0, 1, 30, i64::from(i32::MAX)]),
            "revisionHistoryLimit": bytes.pick(&[0, 1, 10]),
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    });
    let budget = json!({
        "maxUnavailable": bytes.pick(&numbers), "maxSurge": bytes.pick(&numbers),
    });
    match (is_daemon_set, bytes.below(3)) {
        (_, 0) => {}
        (true, 1) => object["spec"]["updateStrategy"] = json!({"type": "OnDelete"}),
        (true, _) => {
            object["spec"]["updateStrategy"] =
                json!({"type": "RollingUpdate", "rollingUpdate": budget});
        }
        (false, 1) => object["spec"]["replicas"] = json!(bytes.below(20)),
        (false, _) => {
            object["spec"]["strategy"] = json!({"type": "RollingUpdate", "rollingUpdate": budget});
        }
    }
    object
}

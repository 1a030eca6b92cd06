//! A cluster of a few nodes, and short words for what the tests do with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use daemonset_core::api::{Deployment, Name, Pod, ReplicaSet, Time};
use daemonset_core::sim::{
    ActorKind, ActorSet, ApiError, Cascade, Cluster, Command, Input, Outcome, Seed, Store,
};
use serde_json::{Value, json};

pub(crate) struct Lab {
    pub(crate) cluster: Cluster,
    /// Unbound pods of ReplicaSets stay so.
    pub(crate) is_full: bool,
}

pub(crate) fn lab(node_count: u32) -> Lab {
    let actors = ActorSet::only(&[
        ActorKind::DaemonSet,
        ActorKind::Deployment,
        ActorKind::ReplicaSet,
        ActorKind::Kubelet,
        ActorKind::GarbageCollector,
        ActorKind::Namespace,
    ]);
    let mut cluster = Cluster::lock_step(Seed(3), actors);
    for number in 1..=node_count {
        let name = format!("n{number}");
        let conditions = json!([{"type": "Ready", "status": "True"}]);
        cluster.place_node(&json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
            "status": {"allocatable": {"cpu": "8", "pods": "110"}, "conditions": conditions},
        }));
    }
    Lab { cluster, is_full: false }
}

impl Lab {
    pub(crate) fn apply(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        self.cluster.input(&Input::Apply { object: Arc::new(object.clone()) })
    }

    pub(crate) fn delete(&mut self, resource: &str, name: &str, cascade: Cascade) {
        let (resource, namespace, name) = (resource.into(), "default".into(), name.into());
        self.cluster.input(&Input::Delete { resource, namespace, name, cascade }).unwrap();
    }

    /// Lets time pass, and lets `check` look after every instant.
    pub(crate) fn watch(&mut self, seconds: i64, mut check: impl FnMut(&Lab)) {
        let end = self.cluster.now() + seconds * 1000;
        loop {
            self.bind();
            let Some(next) = self.cluster.next_wake().filter(|it| *it <= end) else { break };
            while self.cluster.step(next) {}
            check(self);
        }
        self.cluster.run(end, u32::MAX);
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.watch(seconds, |_| {});
    }

    /// What a scheduler would do on empty nodes: a pinned pod goes where it belongs, another one
    /// where the fewest are.
    fn bind(&mut self) {
        let mut counts: BTreeMap<Name, u32> =
            self.store().nodes().map(|it| (it.meta.name.clone(), 0)).collect();
        for node in self.store().pods().filter_map(|it| it.node_name.as_ref()) {
            *counts.entry(node.clone()).or_default() += 1;
        }
        let mut commands = Vec::new();
        for pod in self.store().pods().filter(|it| it.node_name.is_none()) {
            let emptiest = counts.iter().min_by_key(|it| *it.1).map(|it| it.0.clone());
            let free = emptiest.filter(|_| !self.is_full);
            let Some(node) = pod.target_node().cloned().or(free) else { continue };
            *counts.entry(node.clone()).or_default() += 1;
            commands.push(Command::BindPod { uid: pod.meta.uid, node });
        }
        self.cluster.execute_all(commands);
    }

    pub(crate) fn store(&self) -> &Store {
        self.cluster.store()
    }

    pub(crate) fn deployment(&self, name: &str) -> &Deployment {
        self.store().deployment(&"default".into(), &name.into()).unwrap()
    }

    /// The ReplicaSets, the oldest first.
    pub(crate) fn sets(&self) -> Vec<&Arc<ReplicaSet>> {
        self.store().replica_sets().collect()
    }

    pub(crate) fn pods(&self) -> Vec<&Arc<Pod>> {
        self.store().pods().collect()
    }

    /// Pods that have not ended.
    pub(crate) fn running(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.store().pods().filter(|it| !it.is_terminal())
    }

    /// Pods that are not being deleted.
    pub(crate) fn active(&self) -> usize {
        self.store().pods().filter(|it| !it.meta.is_terminating()).count()
    }

    pub(crate) fn available(&self) -> usize {
        self.store().pods().filter(|it| it.is_ready() && !it.meta.is_terminating()).count()
    }

    /// Events about objects of a kind: reason and message, with names of ReplicaSets as A, B, ….
    pub(crate) fn events(&self, kind: &str) -> Vec<String> {
        let names: Vec<Name> = self.sets().iter().map(|it| it.meta.name.clone()).collect();
        let own = self.cluster.events().iter().filter(|it| it.event.object.kind == kind);
        let text = own.map(|it| format!("{} {}", it.event.reason, it.message()));
        text.map(|mut text| {
            for (letter, name) in ('A'..='Z').zip(&names) {
                text = text.replace(&**name, &letter.to_string());
            }
            text
        })
        .collect()
    }

    pub(crate) fn now(&self) -> Time {
        self.cluster.now()
    }
}

/// A Deployment named `web`; `spec` is laid over the rest of its spec.
pub(crate) fn web(replicas: i64, image: &str, spec: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": selector("web"), "template": template("web", image)},
    });
    object["spec"]["replicas"] = json!(replicas);
    lay_over(&mut object, spec);
    object
}

/// A DaemonSet named `agent`.
pub(crate) fn agent(image: &str, spec: Value) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent"},
        "spec": {"selector": selector("agent"), "template": template("agent", image)},
    });
    lay_over(&mut object, spec);
    object
}

fn selector(app: &str) -> Value {
    json!({"matchLabels": {"app": app}})
}

fn template(app: &str, image: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{"name": "c", "image": image}]},
    })
}

fn lay_over(object: &mut Value, spec: Value) {
    for (key, value) in spec.as_object().into_iter().flatten() {
        object["spec"][key] = value.clone();
    }
}

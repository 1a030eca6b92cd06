//! The DaemonSet controller alone; the other actors' work is done by hand.

use daemonset_core::api::pod::Phase;
use daemonset_core::api::{Name, Pod};
use daemonset_core::sim::{ActorKind, ActorSet, Cluster, Command, Seed};
use serde_json::{Value, json};

/// Settling takes a few rounds; more are a loop.
const ROUNDS_MAX: u32 = 100;

pub(crate) struct LockStep {
    pub(crate) cluster: Cluster,
}

impl LockStep {
    pub(crate) fn new() -> LockStep {
        let actors = ActorSet::only(&[ActorKind::DaemonSet]);
        LockStep { cluster: Cluster::lock_step(Seed(1), actors) }
    }

    pub(crate) fn pods(&self) -> Vec<&Pod> {
        self.cluster.store().pods().map(|it| &**it).collect()
    }

    /// Syncs until a sync changes nothing.
    pub(crate) fn settle(&mut self) {
        let ds = self.cluster.store().daemon_sets().next().unwrap().meta.uid;
        for _ in 0..ROUNDS_MAX {
            let before = self.cluster.digest();
            self.cluster.sync_daemon_set(ds);
            if self.cluster.digest() == before {
                return;
            }
        }
        panic!("it does not settle");
    }

    /// What terminates goes.
    pub(crate) fn reap(&mut self) -> bool {
        self.carry_out(|pod| {
            let remove = Command::DeletePod { uid: pod.meta.uid, grace_seconds: Some(0) };
            pod.meta.is_terminating().then_some(vec![remove])
        })
    }

    /// What waits is bound, started and ready.
    pub(crate) fn start(&mut self) -> bool {
        let now = self.cluster.now();
        self.carry_out(|pod| {
            (pod.status.phase == Phase::Pending && !pod.meta.is_terminating()).then_some(())?;
            let (uid, node): (_, Name) = (pod.meta.uid, pod.target_node()?.clone());
            let mut status = pod.status.clone();
            status.phase = Phase::Running;
            status.set_ready(true, now);
            let bind = Command::BindPod { uid, node };
            Some(vec![bind, Command::SetPodStatus(uid, Box::new(status))])
        })
    }

    fn carry_out(&mut self, wanted: impl Fn(&Pod) -> Option<Vec<Command>>) -> bool {
        let commands: Vec<Command> = self.pods().into_iter().filter_map(wanted).flatten().collect();
        let has_worked = !commands.is_empty();
        self.cluster.execute_all(commands);
        has_worked
    }
}

pub(crate) fn daemon_set(pod_spec: &Value, strategy: &Value) -> Value {
    let labels = json!({"app": "a"});
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a"},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": strategy,
            "template": {"metadata": {"labels": labels}, "spec": pod_spec},
        },
    })
}

//! The playground's own inputs: faults of machines and images, which no API request causes.

use std::sync::Arc;

use serde_json::json;

use crate::api::pod::{ContainerState, ContainerStatus, Phase};
use crate::api::quantity::Quantity;
use crate::api::{Name, Pod, defaults, json};
use crate::sim::api_server::Outcome;
use crate::sim::command::Command;
use crate::sim::world::Signal;
use crate::sim::{ApiError, Change, Cluster, DrainOptions, ImageBehaviour, Shortage};

/// Namespace of the pods that take up room.
const FILLER_NAMESPACE: &str = "default";

impl Cluster {
    /// Cordons; evicts if nothing stands against it. Refusals leave the node cordoned, as kubectl
    /// does, so they are no error of the input; what a budget refuses is asked for again.
    #[inline(never)]
    pub(super) fn drain(
        &mut self,
        node: &Name,
        options: DrainOptions,
    ) -> Result<Outcome, ApiError> {
        let cordoned = self.set_unschedulable(node, true)?;
        let plan = self.drain_plan(node, options);
        if !plan.errors.is_empty() || plan.evictions.is_empty() {
            return Ok(cordoned);
        }
        let mut refused = Vec::new();
        for uid in plan.evictions {
            if self.evict(uid, None).is_err() {
                refused.push(uid);
            }
        }
        if !refused.is_empty() {
            self.commit(Change::Drain { node: node.clone(), pods: Arc::new(refused) });
        }
        Ok(Outcome::Configured)
    }

    #[inline(never)]
    pub(super) fn set_kubelet(&mut self, node: &Name, runs: bool) -> Result<Outcome, ApiError> {
        let stopped = (!runs).then_some(self.now());
        self.change_machine(node, |machine| {
            if machine.kubelet_stopped.is_some() != stopped.is_some() {
                machine.kubelet_stopped = stopped;
            }
        })
    }

    #[inline(never)]
    pub(super) fn set_pressure(
        &mut self,
        node: &Name,
        shortage: Shortage,
        is_on: bool,
    ) -> Result<Outcome, ApiError> {
        let since = self.now();
        self.change_machine(node, |machine| {
            if machine.signal(shortage).is_some_and(|it| it.is_on) != is_on {
                machine.signals[shortage as usize] = Some(Signal { is_on, since });
            }
        })
    }

    #[inline(never)]
    pub(super) fn set_network(&mut self, node: &Name, is_on: bool) -> Result<Outcome, ApiError> {
        self.change_machine(node, |machine| machine.has_no_network = !is_on)
    }

    fn change_machine(
        &mut self,
        node: &Name,
        change: impl FnOnce(&mut crate::sim::Machine),
    ) -> Result<Outcome, ApiError> {
        if self.store.node(node).is_none() {
            return Err(ApiError::NotFound { resource: "nodes", name: node.clone() });
        }
        if !self.store.world.change_machine(node, change) {
            return Ok(Outcome::Unchanged);
        }
        self.commit(Change::Machine { node: node.clone() });
        Ok(Outcome::Configured)
    }

    #[inline(never)]
    pub(super) fn set_image_behaviour(
        &mut self,
        image: &Name,
        behaviour: ImageBehaviour,
    ) -> Result<Outcome, ApiError> {
        if !self.store.world.set_behaviour(image, behaviour) {
            return Ok(Outcome::Unchanged);
        }
        self.commit(Change::Image { image: image.clone() });
        Ok(Outcome::Configured)
    }

    /// Somebody else uses the machine. The scheduler sees nothing but the requests of pods and what
    /// the kubelet offers; a machine's offer does not shrink while it runs, so what fills a node in
    /// practice is a pod: here one without a controller, which is shown, drained and preempted like
    /// any other. It is there already and runs, as the kubelet admitted it long ago.
    #[inline(never)]
    pub(super) fn fill_node(
        &mut self,
        node: &Name,
        cpu: &Name,
        memory: &Name,
    ) -> Result<Outcome, ApiError> {
        if self.store.node(node).is_none() {
            return Err(ApiError::NotFound { resource: "nodes", name: node.clone() });
        }
        let amounts = [("cpu", cpu), ("memory", memory)];
        let given = || amounts.iter().filter(|(_, amount)| !amount.is_empty());
        for (_, amount) in given() {
            let parsed = Quantity::from_value(&json!(**amount));
            if parsed.map_or(true, |it| it.milli_value() < 0) {
                let text = format!("\"{amount}\" is no quantity that a pod can request");
                return Err(ApiError::Client(text));
            }
        }
        let name: Name = format!("other-workload-{node}").into();
        let requests = given().map(|(key, amount)| ((*key).to_owned(), json!(**amount)));
        let mut amounts = serde_json::Map::new();
        amounts.extend(requests);
        let requests = amounts;
        let old = self.store.pods_on(node).find(|it| it.meta.name == name);
        if let Some(old) = old.map(|it| it.meta.uid) {
            self.execute_all(vec![Command::DeletePod { uid: old, grace_seconds: Some(0) }]);
        }
        if requests.is_empty() {
            return Ok(Outcome::Configured);
        }
        let mut object = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": &*name, "namespace": FILLER_NAMESPACE},
            "spec": {
                "nodeName": &**node,
                "containers": [{
                    "name": "workload",
                    "image": "registry.k8s.io/pause:3.10",
                    "resources": {"requests": requests},
                }],
                "tolerations": [{"operator": "Exists"}],
            },
        });
        defaults::pod(&mut object);
        self.place_pod(self.running(&object));
        Ok(Outcome::Configured)
    }

    /// A pod that has been running for a while.
    fn running(&self, object: &serde_json::Value) -> Pod {
        let now = self.now();
        let mut pod = Pod::from_json(object, now);
        let run = ContainerStatus {
            state: ContainerState::Running(now.truncated()),
            ready: true,
            ..ContainerStatus::waiting("ContainerCreating")
        };
        pod.status.phase = Phase::Running;
        pod.status.started = Some(now.truncated());
        pod.status.containers = vec![run; json::list(&pod.spec.body, "containers").len()];
        pod.status.set_scheduled(true, now);
        pod.status.set_ready(true, now);
        pod.meta.labels = Arc::default();
        pod
    }
}

//! Before the first container of a pod is started: the network of its node and its volumes; and
//! before each container: what its environment is made from.
//!
//! Follows `SyncPod` of `pkg/kubelet/kubelet.go`, `volumemanager`, `nestedpendingoperations` and
//! `makeEnvironmentVariables` of `kubelet_pods.go`. Of volumes only those count that are filled
//! from ConfigMaps and Secrets: all others are there.

use serde_json::Value;

use crate::api::node::ConditionStatus;
use crate::api::pod::{ConfigRef, Container, PodStatus};
use crate::api::{Name, Node, Pod, json};
use crate::sim::Store;
use crate::sim::actor::{Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::Message;
use crate::sim::kubelet::scene::Scene;
use crate::sim::kubelet::work::{PodWork, Stage};
use crate::sim::kubelet::{Kubelet, pod_event, timing};

/// A volume that cannot be mounted is tried again after half a second, doubling…
const MOUNT_WAIT_INITIAL: i64 = 500;
/// …up to two minutes and two seconds.
const MOUNT_WAIT_MAX: i64 = 122_000;
/// ConfigMaps that somebody else keeps in every namespace, and in `kube-system` of a cluster that
/// kubeadm made.
const EVERYWHERE: &str = "kube-root-ca.crt";
const IN_KUBE_SYSTEM: [&str; 5] = [
    "coredns",
    "extension-apiserver-authentication",
    "kube-proxy",
    "kubeadm-config",
    "kubelet-config",
];

impl Kubelet {
    /// Starts the first container, unless the network or a volume has to be waited for.
    pub(super) fn prepare(
        &mut self,
        pod: &Pod,
        node: &Node,
        status: PodStatus,
        mut work: PodWork,
        ctx: &mut Ctx,
    ) {
        let (now, seed) = (ctx.now, ctx.seed);
        let wait = if let Some(reason) = missing_network(pod, node) {
            let message = Message::NetworkNotReady { reason };
            ctx.command(pod_event(pod, "NetworkNotReady", message));
            Some(timing::network_try(seed, &pod.meta.name, now))
        } else {
            let faults = volume_faults(pod, ctx.store);
            let wait = (!faults.is_empty()).then(|| mount_wait(work.mounts));
            work.mounts += u32::from(wait.is_some());
            for (volume, fault) in faults {
                ctx.command(pod_event(pod, "FailedMount", Message::FailedMount { volume, fault }));
            }
            wait
        };
        let Some(wait) = wait else {
            work.stage = Stage::Live;
            let mut scene = Scene::new(pod, node, status, work, ctx);
            scene.begin(0, &self.images);
            return self.settle(scene);
        };
        if status != pod.status {
            ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
        }
        (work.stage, work.due) = (Stage::Prepare, now + wait);
        ctx.wake_at(work.due, Key::Object(pod.meta.uid));
        self.pods.insert_mut(pod.meta.uid, work.into());
    }
}

/// What keeps a pod of a node from starting, in the kubelet's words, if its network, a volume or
/// the environment of a container does.
pub(crate) fn obstacle(pod: &Pod, store: &Store) -> Option<String> {
    let node = store.node(pod.node_name.as_ref()?)?;
    if let Some(reason) = missing_network(pod, node) {
        return Some(Message::NetworkNotReady { reason }.to_string());
    }
    if let Some((volume, fault)) = volume_faults(pod, store).into_iter().next() {
        return Some(Message::FailedMount { volume, fault }.to_string());
    }
    let mut containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    containers.find_map(|it| environment_fault(it, &pod.meta.namespace, store))
}

/// Why pods that need the container network wait; a kubelet that has just joined finds none.
fn missing_network(pod: &Pod, node: &Node) -> Option<&'static str> {
    let ready = &node.conditions.ready;
    let is_missing = ready.status == ConditionStatus::False && !pod.spec.host_network;
    is_missing.then_some(ready.message)
}

/// The volumes that cannot be mounted, each with its fault.
fn volume_faults(pod: &Pod, store: &Store) -> Vec<(Name, Name)> {
    let mut found = Vec::new();
    for volume in &pod.spec.config_volumes {
        let namespace = &pod.meta.namespace;
        let faults = volume.sources.iter().filter_map(|it| volume_fault(it, namespace, store));
        let faults: Vec<String> = faults.collect();
        let fault = match faults.as_slice() {
            [] => continue,
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        found.push((volume.name.clone(), fault.into()));
    }
    found
}

fn volume_fault(wanted: &ConfigRef, namespace: &Name, store: &Store) -> Option<String> {
    fault(wanted, namespace, store, |key| match wanted.kind {
        "Secret" => format!("references non-existent secret key: {key}"),
        _ => format!("configmap references non-existent config key: {key}"),
    })
}

/// What the environment of a container lacks first.
pub(super) fn environment_fault(
    container: &Container,
    namespace: &Name,
    store: &Store,
) -> Option<String> {
    container.environment.iter().find_map(|wanted| {
        fault(wanted, namespace, store, |key| {
            let (kind, name) = (wanted.kind, &wanted.name);
            format!("couldn't find key {key} in {kind} {namespace}/{name}")
        })
    })
}

/// The object is not there, or the first key that it has not.
fn fault(
    wanted: &ConfigRef,
    namespace: &Name,
    store: &Store,
    of_key: impl Fn(&Name) -> String,
) -> Option<String> {
    let ConfigRef { kind, name, keys } = wanted;
    let Some(object) = store.stored_named(kind, namespace, name) else {
        let is_given = *kind == "ConfigMap" && is_everywhere(namespace, name);
        let is_there = is_given || store.world().is_taken_for_granted(kind);
        return (!is_there).then(|| format!("{} \"{name}\" not found", kind.to_ascii_lowercase()));
    };
    if keys.is_empty() {
        return None;
    }
    let object: Value = serde_json::from_str(&object.body).unwrap_or_default();
    let has = |key: &&Name| {
        let parts = ["data", "binaryData", "stringData"];
        parts.iter().any(|it| json::field(&object, it).get(&***key).is_some())
    };
    keys.iter().find(|it| !has(it)).map(of_key)
}

fn is_everywhere(namespace: &str, name: &str) -> bool {
    name == EVERYWHERE || (namespace == "kube-system" && IN_KUBE_SYSTEM.contains(&name))
}

/// The wait after so many failed mounts in a row.
fn mount_wait(failures: u32) -> i64 {
    (MOUNT_WAIT_INITIAL << failures.min(8)).min(MOUNT_WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_mounts_double_up_to_two_minutes() {
        let seconds: Vec<i64> = (0..10).map(|it| mount_wait(it) / 500).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 244, 244]);
    }
}

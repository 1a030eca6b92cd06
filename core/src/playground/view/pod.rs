//! A pod as a viewer shows it.

use crate::api::deployment::REVISION;
use crate::api::pod::Phase;
use crate::api::{Name, Pod, Time};
use crate::playground::Playground;
use crate::playground::view::{PodState, PodView};
use crate::sim::{Activity, Doing};

/// What all pods have in common that one owner makes from one template.
#[derive(Clone, Copy)]
pub(super) struct Kin {
    /// The number of their revision.
    pub(super) revision: i64,
    min_ready_seconds: i64,
}

/// State, phrase, since when, until when.
pub(super) type Doings = (PodState, Name, Time, Option<Time>);

impl Playground {
    /// Pods that are bound to no node and meant for none, in order of creation.
    pub fn unscheduled(&self) -> Vec<PodView> {
        let pods = self.cluster().store().pods();
        let homeless = pods.filter(|it| it.target_node().is_none() && !it.is_terminal());
        homeless.map(|it| self.pod_view(it)).collect()
    }

    /// The images of a DaemonSet's pods on a node, as the manifest writes them.
    pub fn images_on(&self, node: &Name, daemon_set: &str) -> Vec<Name> {
        let owner = self.daemon_set_by_key(daemon_set).map(|it| it.meta.uid);
        let mut images = Vec::new();
        for pod in self.cluster().store().pods_for(node) {
            let is_own = owner.is_some() && pod.meta.controller.as_ref().map(|it| it.uid) == owner;
            let spec = &pod.spec;
            for container in spec.init_containers.iter().chain(&spec.containers) {
                if is_own && !images.contains(&container.image) {
                    images.push(container.image.clone());
                }
            }
        }
        images
    }

    pub(super) fn pod_view(&self, pod: &Pod) -> PodView {
        let kin = self.kin(pod);
        let (state, phrase, since, until) = self.doings(pod, kin);
        let owner = pod.meta.controller.as_ref();
        PodView {
            uid: pod.meta.uid.0,
            name: pod.meta.name.clone(),
            owner: owner.map(|it| format!("{}/{}/{}", it.kind, pod.meta.namespace, it.name).into()),
            node: pod.target_node().cloned(),
            revision: kin.revision,
            state,
            phrase,
            since,
            until,
            restarts: pod.restarts(),
            unschedulable: pod.status.unschedulable.as_deref().cloned(),
        }
    }

    pub(super) fn kin(&self, pod: &Pod) -> Kin {
        let (revision, min_ready_seconds) =
            (self.revision_number(pod), self.min_ready_seconds(pod));
        Kin { revision, min_ready_seconds }
    }

    /// The number of the revision whose hash the pod carries, or of its ReplicaSet; 0 if that is
    /// gone.
    fn revision_number(&self, pod: &Pod) -> i64 {
        let Some(owner) = &pod.meta.controller else { return 0 };
        if let Some(set) = self.cluster().store().replica_set_by_uid(owner.uid) {
            let number = set.meta.annotations.get(REVISION);
            return number.and_then(|it| it.parse().ok()).unwrap_or(0);
        }
        let Some(hash) = pod.meta.labels.get("controller-revision-hash") else { return 0 };
        let mut revisions = self.cluster().store().revisions_of(owner.uid);
        revisions.find(|it| it.hash() == Some(hash)).map_or(0, |it| it.revision)
    }

    pub(super) fn doings(&self, pod: &Pod, kin: Kin) -> Doings {
        // Far away in memory, and most pods are ready.
        let activity = || self.cluster().activity(pod);
        let status = &pod.status;
        if let Some(deletion) = &pod.meta.deletion {
            let until = activity().map(|it| it.until);
            return (PodState::Leaving, "Terminating".into(), deletion.requested, until);
        }
        match status.phase {
            Phase::Failed => {
                let reason = status.reason.as_deref().cloned().unwrap_or_else(|| "Error".into());
                (PodState::Failed, reason, status.started.unwrap_or(pod.meta.created), None)
            }
            Phase::Succeeded => {
                let since = status.started.unwrap_or(pod.meta.created);
                (PodState::Failed, "Completed".into(), since, None)
            }
            Phase::Pending if pod.node_name.is_none() => {
                let phrase =
                    if status.unschedulable.is_some() { "Unschedulable" } else { "Pending" };
                (PodState::Pending, phrase.into(), pod.meta.created, None)
            }
            _ if pod.failure().is_some() => {
                let (reason, since) = pod.failure().unwrap_or(("Error", pod.meta.created));
                let activity = activity();
                let since = activity.map_or(since, |it| it.since);
                (PodState::Failed, reason.into(), since, activity.map(|it| it.until))
            }
            Phase::Pending => preparing(pod, activity()),
            Phase::Running if pod.is_ready() => self.ready(pod, kin),
            Phase::Running => unready(pod, activity()),
        }
    }

    fn ready(&self, pod: &Pod, kin: Kin) -> Doings {
        let since = pod.status.ready.map_or(Time::ZERO, |it| it.since);
        let seconds = kin.min_ready_seconds;
        match pod.is_available(seconds, self.now()) {
            true => (PodState::Ready, "Ready".into(), since, None),
            false => {
                let until = pod.available_from(seconds);
                (PodState::Settling, "Ready, not yet available".into(), since, until)
            }
        }
    }
}

impl Playground {
    /// `minReadySeconds` of the pod's controller.
    fn min_ready_seconds(&self, pod: &Pod) -> i64 {
        let Some(owner) = &pod.meta.controller else { return 0 };
        let store = self.cluster().store();
        let daemon_set = store.daemon_set_by_uid(owner.uid).map(|it| it.min_ready_seconds);
        let replica_set = || store.replica_set_by_uid(owner.uid).map(|it| it.min_ready_seconds);
        daemon_set.or_else(replica_set).unwrap_or(0)
    }
}

fn preparing(pod: &Pod, activity: Option<Activity>) -> Doings {
    let phrase = match activity.map(|it| it.doing) {
        Some(Doing::Pulling) => "Pulling image",
        Some(Doing::Initializing) => "PodInitializing",
        // The kubelet has not said anything of it yet, or is silent.
        _ if pod.status.containers.is_empty() => "Pending",
        _ => "ContainerCreating",
    };
    let since = activity.map_or(pod.meta.created, |it| it.since);
    (PodState::Pulling, phrase.into(), since, activity.map(|it| it.until))
}

/// Running and not ready: not yet, or no longer.
fn unready(pod: &Pod, activity: Option<Activity>) -> Doings {
    let status = &pod.status;
    let until = activity.map(|it| it.until);
    match pod.lost_ready() {
        Some(lost) if status.containers_ready.is_some_and(|it| it.status) => {
            (PodState::Unready, "Node is not ready".into(), lost.since, None)
        }
        Some(lost) => (PodState::Unready, "Not ready".into(), lost.since, until),
        None => (PodState::Starting, "Starting".into(), pod.running_since(), until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::run_script;

    /// The reason is the scheduler's, as cluster.md §2 has it.
    #[test]
    fn a_pod_that_fits_nowhere_is_unscheduled_with_the_schedulers_reason() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        playground.touched();
        let script = "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Pod\nmetadata: {name: big}\n\
            spec: {containers: [{name: a, image: i, resources: {requests: {cpu: 500}}}]}\nEOF\n+3s";
        run_script(&mut playground, script);
        assert!(playground.touched().unscheduled);
        let unscheduled = playground.unscheduled();
        let [pod] = unscheduled.as_slice() else { panic!("{unscheduled:?}") };
        assert_eq!(
            (&*pod.name, pod.state, &*pod.phrase),
            ("big", PodState::Pending, "Unschedulable")
        );
        let reason = pod.unschedulable.as_deref().unwrap_or_default();
        assert!(reason.starts_with("0/9 nodes are available: "), "{reason}");
        run_script(&mut playground, "kubectl delete pod big\n+40s");
        assert!(playground.touched().unscheduled);
        assert_eq!(playground.unscheduled(), []);
    }

    /// kubectl.md §4.1: without a status of its containers a pod is what its phase says.
    #[test]
    fn a_pod_of_which_its_kubelet_says_nothing_is_pending() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let script = "node fail worker-4\n+60s\nkubectl apply -f - <<EOF\n\
            {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: all}, spec: {\
            selector: {matchLabels: {app: all}}, template: {metadata: {labels: {app: all}},\
            spec: {tolerations: [{operator: Exists}], containers: [{name: a, image: i}]}}}}\n\
            EOF\n+30s";
        run_script(&mut playground, script);
        let view = playground.node("worker-4", Some("default/all")).expect("it is there");
        let phrases: Vec<_> = view.pods.iter().map(|it| &*it.phrase).collect();
        assert!(phrases.contains(&"Pending"), "{phrases:?}");
        let listed = playground.node("worker-1", Some("default/all")).expect("it is there");
        assert!(listed.pods.iter().all(|it| &*it.phrase == "Ready"), "{listed:?}");
    }

    #[test]
    fn the_images_of_a_node_are_those_of_the_daemon_set() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        run_script(&mut playground, "node fill worker-1 cpu=1");
        let images = playground.images_on(&"worker-1".into(), "kube-system/node-logger");
        let sets = playground.daemon_sets();
        let reference = sets[0].revisions[0].reference.clone();
        assert_eq!(images, std::slice::from_ref(&reference));
        assert!(reference.ends_with(&*sets[0].revisions[0].image), "{reference}");
        assert_eq!(playground.images_on(&"gpu-1".into(), "kube-system/node-logger"), []);
    }
}

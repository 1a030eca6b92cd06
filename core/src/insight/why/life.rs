//! What became of the pod after the controller wanted it: created, scheduled, started, ready,
//! available, up to date, and whether it may stay.

use crate::api::daemon_set::{REVISION_HASH_LABEL, TEMPLATE_GENERATION_LABEL, UpdateStrategy};
use crate::api::node::ConditionStatus;
use crate::api::pod::{ContainerState, Phase};
use crate::api::{DaemonSet, Name, Node, Pod};
use crate::insight::why::{Check, Fix, Gate, Stage, Verdict, why_not};
use crate::sim::daemon_set::{SyncError, should_run};
use crate::sim::invariant::{Blocker, blocker};
use crate::sim::kubelet::has_platform;
use crate::sim::{Cluster, Doing, ImageBehaviour};

/// The DaemonSet's pods on a node, and what is around them.
pub(super) struct Life<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) ds: &'a DaemonSet,
    pub(super) node: &'a Node,
    /// Older ones first.
    pub(super) pods: &'a [&'a Pod],
}

impl<'a> Life<'a> {
    /// The pod that the answer is about: of a surging pair the newer one, else what is left.
    pub(super) fn pod(&self) -> Option<&'a Pod> {
        let lives = |it: &&&Pod| !it.meta.is_terminating() && !it.is_terminal();
        let mut pods = self.pods.iter().rev();
        pods.clone().find(lives).or_else(|| pods.next()).copied()
    }

    /// The gates in their order. Once one does not pass, those behind it are not asked.
    pub(super) fn gates(&self, pod: Option<&Pod>, is_wanted: bool) -> Vec<Gate> {
        let living = pod.filter(|it| !it.meta.is_terminating() && !it.is_terminal());
        let mut gates = vec![self.created(pod, living.is_some(), is_wanted)];
        gates.extend(self.scheduled(living));
        match living {
            Some(pod) => gates.extend([
                self.started(pod),
                self.ready(pod),
                self.available(pod),
                self.up_to_date(pod),
            ]),
            None => gates.extend(
                [
                    (Stage::Started, "Containers"),
                    (Stage::Ready, "Readiness"),
                    (Stage::Available, "minReadySeconds"),
                    (Stage::UpToDate, "Template"),
                ]
                .map(|(stage, title)| Gate::of(stage, title, unasked())),
            ),
        }
        let mut is_lost = !is_wanted && living.is_none();
        for gate in &mut gates {
            if is_lost {
                gate.verdict = Verdict::NotAsked;
            }
            is_lost = is_lost || !gate.is_open();
        }
        gates.push(self.may_stay(pod));
        gates
    }

    /// About a wanted node: the first gate that does not pass.
    pub(super) fn sentence(&self, pod: Option<&Pod>, gates: &[Gate]) -> String {
        let node = &self.node.meta.name;
        let name = pod.map_or("", |it| &*it.meta.name);
        let asked = gates.iter().filter(|it| it.verdict != Verdict::NotAsked);
        let Some(gate) = asked.into_iter().find(|it| !it.is_open()) else {
            return format!("{node} runs {name}: every check passes.");
        };
        let found = gate.checks.iter().find(|it| it.verdict == gate.verdict);
        let text = found.map_or("", |it| &*it.text);
        let stops = gate.verdict == Verdict::Stops;
        match gate.stage {
            Stage::Scheduled if stops => {
                format!("{name} is Pending: {text}. It can run on {node} only.")
            }
            Stage::Scheduled => format!("{name} is Pending: {text}."),
            Stage::Started if stops => format!("{name} does not run: {text}."),
            Stage::Started => format!("{name} is starting: {text}."),
            Stage::Ready => format!("{name} runs but is not Ready: {text}."),
            Stage::Available => format!("{name} is Ready but not available: {text}."),
            Stage::UpToDate => format!("{name} runs an old revision: {text}."),
            Stage::MayStay => format!("{name} leaves {node}: {text}."),
            Stage::Eligible | Stage::Created => format!("{node} has no pod yet: {text}."),
        }
    }

    /// About a node that is not wanted.
    pub(super) fn sentence_unwanted(&self, pod: Option<&Pod>, reason: &str) -> String {
        let node = &self.node.meta.name;
        let Some(pod) = pod else { return format!("{node} has no pod: {reason}.") };
        let name = &pod.meta.name;
        match pod.meta.is_terminating() || !self.decision().should_continue {
            true => format!("{name} leaves {node}: {reason}."),
            false => format!(
                "{node} keeps {name} but is not wanted: {reason}, which removes no running pod. \
                 The pod counts as misscheduled."
            ),
        }
    }

    fn decision(&self) -> crate::sim::daemon_set::Decision {
        should_run(&self.ds.template, self.node)
    }

    fn is_silent(&self) -> bool {
        self.node.ready() == ConditionStatus::Unknown
    }

    fn created(&self, pod: Option<&Pod>, lives: bool, is_wanted: bool) -> Gate {
        let check = match pod {
            Some(pod) if lives => {
                Check::new(Verdict::Passes, format!("{} is there", pod.meta.name))
            }
            Some(pod) if pod.meta.is_terminating() && self.is_silent() => Check {
                fixes: vec![self.recover()],
                ..Check::new(
                    Verdict::Stops,
                    format!("{} stays Terminating, as the kubelet does not report", pod.meta.name),
                )
            },
            Some(pod) if pod.meta.is_terminating() => Check::new(
                Verdict::Waits,
                format!(
                    "{} is still terminating; the next one comes when it is gone",
                    pod.meta.name
                ),
            ),
            Some(pod) => {
                let reason = pod.status.reason.as_deref().map_or("Error", |it| it);
                let text = format!(
                    "{} failed ({reason}); the controller replaces it, each time after a longer \
                     wait",
                    pod.meta.name
                );
                Check::new(Verdict::Stops, text)
            }
            None if is_wanted => self.not_created(),
            None => unasked(),
        };
        Gate::of(Stage::Created, "Pod", check)
    }

    fn not_created(&self) -> Check {
        if self.ds.meta.is_terminating() {
            return Check::new(Verdict::Stops, "the DaemonSet is being deleted");
        }
        let sync = self.cluster.last_sync(self.ds.meta.uid).map(|it| it.report);
        match sync.and_then(|it| it.error) {
            Some(SyncError::Create) => {
                Check::new(Verdict::Stops, "the API server refuses the pod; the events say why")
            }
            Some(error) => Check::new(Verdict::Stops, format!("the sync fails: {error}")),
            None => Check::new(Verdict::Waits, "the controller is about to create it"),
        }
    }

    fn started(&self, pod: &Pod) -> Gate {
        Gate::of(Stage::Started, "Containers", self.started_check(pod))
    }

    fn started_check(&self, pod: &Pod) -> Check {
        if pod.node_name.is_none() {
            return unasked();
        }
        let status = &pod.status;
        let containers = pod.spec.init_containers.iter().zip(&status.init_containers);
        let containers = containers.chain(pod.spec.containers.iter().zip(&status.containers));
        for (container, status) in containers {
            let fixes = || self.mend(&container.image);
            let stops = |text| Check { fixes: fixes(), ..Check::new(Verdict::Stops, text) };
            match status.state {
                ContainerState::Waiting("ContainerCreating" | "PodInitializing") => {}
                ContainerState::Waiting(reason @ "CreateContainerConfigError") => {
                    let fault = self.cluster.obstacle(pod).unwrap_or_default();
                    return Check::new(Verdict::Stops, format!("{reason}: {fault}"));
                }
                ContainerState::Waiting(reason @ ("ErrImagePull" | "ImagePullBackOff"))
                    if !has_platform(&pod.spec, self.node) =>
                {
                    let text = format!(
                        "{}: {reason}: it has no variant for the operating system of {}; select \
                         kubernetes.io/os: linux",
                        container.image, self.node.meta.name
                    );
                    return Check::new(Verdict::Stops, text);
                }
                ContainerState::Waiting(reason) => {
                    let times = match status.restarts {
                        0 => String::new(),
                        count => format!(" after {count} restarts"),
                    };
                    return stops(format!("{}: {reason}{times}", container.image));
                }
                ContainerState::Terminated { exit_code: 0, .. } | ContainerState::Running(_) => {}
                ContainerState::Terminated { exit_code, .. } => {
                    let image = &container.image;
                    return stops(format!(
                        "its container of {image} ended with exit code {exit_code}"
                    ));
                }
            }
        }
        if status.phase == Phase::Running {
            return Check::new(Verdict::Passes, "All containers run.");
        }
        if self.is_silent() {
            let text = format!("the kubelet of {} does not report", self.node.meta.name);
            return Check { fixes: vec![self.recover()], ..Check::new(Verdict::Stops, text) };
        }
        if let Some(text) = self.cluster.obstacle(pod) {
            return Check { fixes: self.restore_network(), ..Check::new(Verdict::Stops, text) };
        }
        let doing = self.cluster.activity(pod).map(|it| it.doing);
        let text = match doing {
            Some(Doing::Pulling) => "its image is being pulled",
            Some(Doing::Initializing) => "its init containers run first",
            _ => "its containers are being created",
        };
        Check::new(Verdict::Waits, text)
    }

    /// Ways out when an image fails.
    fn mend(&self, image: &Name) -> Vec<Fix> {
        let mut fixes = Vec::new();
        let revisions = self.cluster.store().revisions_of(self.ds.meta.uid).count();
        if revisions > 1 {
            let (namespace, name) = (&self.ds.meta.namespace, &self.ds.meta.name);
            fixes.push(Fix::Kubectl(format!("rollout undo daemonset/{name} -n {namespace}")));
        }
        if self.cluster.store().world().behaviour(image) != ImageBehaviour::Ok {
            fixes.push(Fix::Playground(format!("image {image} ok")));
        }
        fixes
    }

    fn restore_network(&self) -> Vec<Fix> {
        let name = &self.node.meta.name;
        let is_missing = self.cluster.store().world().machine(name).has_no_network;
        let fix = is_missing.then(|| Fix::Playground(format!("node network {name} on")));
        fix.into_iter().collect()
    }

    fn recover(&self) -> Fix {
        let name = &self.node.meta.name;
        match self.cluster.store().world().runs_kubelet(name) {
            true => Fix::Kubectl(format!("delete node {name}")),
            false => Fix::Playground(format!("node recover {name}")),
        }
    }

    fn ready(&self, pod: &Pod) -> Gate {
        let check = if pod.is_ready() {
            Check::new(Verdict::Passes, "Its condition Ready is True.")
        } else if self.is_silent() {
            let text = format!(
                "{} is not Ready, so the control plane set the pod's Ready to False; what kubectl \
                 get pods shows is the last report",
                self.node.meta.name
            );
            Check { fixes: vec![self.recover()], ..Check::new(Verdict::Stops, text) }
        } else {
            self.probed(pod)
        };
        Gate::of(Stage::Ready, "Readiness", check)
    }

    fn probed(&self, pod: &Pod) -> Check {
        let world = self.cluster.store().world();
        let never = pod.spec.containers.iter().find(|it| {
            let behaviour = world.behaviour(&it.image);
            let is_unwell =
                matches!(behaviour, ImageBehaviour::NeverReady | ImageBehaviour::Unhealthy { .. });
            it.readiness.is_some() && is_unwell
        });
        match never {
            Some(container) => Check {
                fixes: self.mend(&container.image),
                ..Check::new(
                    Verdict::Stops,
                    format!("the readiness probe of {} fails", container.name),
                )
            },
            None if pod.status.containers_ready.is_some_and(|it| it.status) => {
                let gates = pod.spec.readiness_gates.join(", ");
                Check::new(Verdict::Stops, format!("nobody sets its readiness gates: {gates}"))
            }
            None if pod.status.containers.iter().any(|it| it.startup_pending) => {
                Check::new(Verdict::Waits, "its startup probe has not succeeded yet")
            }
            None => Check::new(Verdict::Waits, "its readiness probe has not succeeded yet"),
        }
    }

    fn available(&self, pod: &Pod) -> Gate {
        let (seconds, now) = (self.ds.min_ready_seconds, self.cluster.now());
        let check = if pod.is_available(seconds, now) {
            let text = match seconds {
                0 => "minReadySeconds is 0: ready is available.".to_owned(),
                _ => format!("Ready for more than {seconds} s."),
            };
            Check::new(Verdict::Passes, text)
        } else {
            let since = pod.status.ready.filter(|it| it.status).map(|it| it.since);
            match since {
                Some(since) => {
                    let passed = (now.0 - since.0) / 1000;
                    Check::new(
                        Verdict::Waits,
                        format!("Ready for {passed} s of minReadySeconds {seconds}"),
                    )
                }
                None => unasked(),
            }
        };
        let path = (seconds > 0).then(|| "spec.minReadySeconds".to_owned());
        Gate::of(Stage::Available, "minReadySeconds", Check { path, ..check })
    }

    fn up_to_date(&self, pod: &Pod) -> Gate {
        let check = if self.has_present_hash(pod) {
            Check::new(Verdict::Passes, "It was made from the present template.")
        } else if self.has_present_generation(pod) {
            let text = "It counts as up to date by its pod-template-generation, though it was made \
                        from another template.";
            Check::new(Verdict::Passes, text)
        } else if self.ds.update_strategy == UpdateStrategy::OnDelete {
            let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
            Check {
                path: Some("spec.updateStrategy.type".to_owned()),
                fixes: vec![Fix::Kubectl(format!("delete pod {name} -n {namespace}"))],
                ..Check::new(
                    Verdict::Stops,
                    "the strategy is OnDelete, so it is replaced only when somebody deletes it",
                )
            }
        } else {
            self.not_replaced()
        };
        Gate::of(Stage::UpToDate, "Template", check)
    }

    fn not_replaced(&self) -> Check {
        match blocker(self.cluster, self.ds, &self.node.meta.name) {
            Some(Blocker::BudgetHeldBy(other)) => Check {
                path: Some("spec.updateStrategy.rollingUpdate".to_owned()),
                ..Check::new(
                    Verdict::Stops,
                    format!(
                        "the rollout waits, since {other} without an available pod uses up its budget"
                    ),
                )
            },
            _ => Check::new(Verdict::Waits, "the rollout has not come to it yet"),
        }
    }

    fn has_present_hash(&self, pod: &Pod) -> bool {
        let revisions = self.cluster.store().revisions_of(self.ds.meta.uid);
        let fitting = revisions.filter(|it| *it.data == *self.ds.template);
        let hash = fitting.max_by_key(|it| it.revision).and_then(|it| it.hash());
        hash.is_some() && hash == pod.meta.labels.get(REVISION_HASH_LABEL)
    }

    fn has_present_generation(&self, pod: &Pod) -> bool {
        let generation = self.ds.template_generation.map(|it| it.to_string());
        let label = pod.meta.labels.get(TEMPLATE_GENERATION_LABEL);
        generation.is_some_and(|it| label.is_some_and(|label| **label == *it))
    }

    fn may_stay(&self, pod: Option<&Pod>) -> Gate {
        let title = "Pod";
        let Some(pod) = pod else {
            return Gate::of(Stage::MayStay, title, unasked()).not_asked();
        };
        let check = if pod.meta.is_terminating() {
            Check::new(Verdict::Stops, "it is being deleted")
        } else if self.decision().should_continue {
            let text = "The node still fits, and no NoExecute taint drives it out.";
            Check::new(Verdict::Passes, text)
        } else {
            let reason = why_not(&self.ds.template, self.node).unwrap_or_default();
            Check::new(Verdict::Stops, reason)
        };
        Gate::of(Stage::MayStay, title, check)
    }
}

pub(super) fn unasked() -> Check {
    Check::new(Verdict::NotAsked, "not asked")
}

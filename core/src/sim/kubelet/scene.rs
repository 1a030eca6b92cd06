//! One pod under its kubelet's hands: what is done, said and reported at one instant.
//!
//! Follows `getPhase` and `generateAPIPodStatus` of `pkg/kubelet/kubelet_pods.go`.

use crate::api::pod::{ContainerState, ContainerStatus, Phase, PodStatus};
use crate::api::{Name, Node, Pod};
use crate::sim::actor::{Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::kubelet::work::{NEVER, PodWork, Work};

/// A pod, its status in the making, and what its kubelet remembers.
pub(super) struct Scene<'scene, 'ctx> {
    pub(super) pod: &'scene Pod,
    pub(super) node: &'scene Node,
    pub(super) status: PodStatus,
    pub(super) work: PodWork,
    pub(super) ctx: &'scene mut Ctx<'ctx>,
}

impl<'scene, 'ctx> Scene<'scene, 'ctx> {
    pub(super) fn new(
        pod: &'scene Pod,
        node: &'scene Node,
        status: PodStatus,
        work: PodWork,
        ctx: &'scene mut Ctx<'ctx>,
    ) -> Self {
        Scene { pod, node, status, work, ctx }
    }

    pub(super) fn container_status(&mut self, index: usize) -> Option<&mut ContainerStatus> {
        let init_count = self.pod.spec.init_containers.len();
        match index.checked_sub(init_count) {
            None => self.status.init_containers.get_mut(index),
            Some(index) => self.status.containers.get_mut(index),
        }
    }

    /// Something has come of its containers, so that its sandbox is known to be there: the status
    /// of a pod is not reported again while its first image is being pulled (`SyncPod`).
    pub(super) fn has_begun(&self) -> bool {
        let is_untouched = |it: &ContainerStatus| {
            *it == ContainerStatus::waiting("ContainerCreating")
                || *it == ContainerStatus::waiting("PodInitializing")
        };
        let mut all = self.status.init_containers.iter().chain(&self.status.containers);
        !all.all(is_untouched)
    }

    pub(super) fn work_of(&mut self, index: usize) -> Option<&mut Work> {
        self.work.containers.get_mut(index)
    }

    pub(super) fn say(&mut self, container: &Name, reason: &'static str, message: Message) {
        self.report(container, false, reason, message);
    }

    pub(super) fn warn(&mut self, container: &Name, reason: &'static str, message: Message) {
        self.report(container, true, reason, message);
    }

    fn report(
        &mut self,
        container: &Name,
        is_warning: bool,
        reason: &'static str,
        message: Message,
    ) {
        let object = ObjectRef::container(self.pod, container);
        let event = NewEvent { object, is_warning, reason, source: "kubelet", message };
        self.ctx.command(Command::Event(event));
    }

    /// Reports the status if it differs, and asks to be woken when something is due next.
    pub(super) fn finish(mut self) -> PodWork {
        let now = self.ctx.now;
        self.status.phase = phase(self.pod, &self.status);
        let is_ready = is_ready(self.pod, &self.status);
        // What the node controller took away is given back by the next report only.
        if self.status.containers_ready.is_none_or(|it| it.status != is_ready) {
            self.status.set_ready_behind(&self.pod.spec.readiness_gates, is_ready, now);
        }
        let uid = self.pod.meta.uid;
        if self.status != self.pod.status {
            self.ctx.command(Command::SetPodStatus(uid, Box::new(self.status)));
        }
        self.work.due = self.work.next();
        if self.work.due != NEVER {
            self.ctx.wake_at(self.work.due, Key::Object(uid));
        }
        self.work
    }
}

/// Every container and sidecar is ready.
pub(super) fn is_ready(pod: &Pod, status: &PodStatus) -> bool {
    if status.phase.is_terminal() || status.containers.len() < pod.spec.containers.len() {
        return false;
    }
    let init = pod.spec.init_containers.iter().zip(&status.init_containers);
    let sidecars = init.filter(|(container, _)| container.is_sidecar).map(|(_, status)| status);
    sidecars.chain(&status.containers).all(|it| it.ready)
}

/// `getPhase` of a pod that is not being deleted.
fn phase(pod: &Pod, status: &PodStatus) -> Phase {
    let spec = &pod.spec;
    let init = spec.init_containers.iter().zip(&status.init_containers);
    for (container, status) in init {
        match status.state {
            ContainerState::Terminated { exit_code: 0, .. } => {}
            ContainerState::Terminated { exit_code, .. } if !spec.restarts_after(exit_code) => {
                return Phase::Failed;
            }
            ContainerState::Running(_) if container.is_sidecar => {}
            _ if container.is_sidecar && status.last.is_some() => {}
            _ => return Phase::Pending,
        }
    }
    let has_never_run =
        |it: &ContainerStatus| matches!(it.state, ContainerState::Waiting(_)) && it.last.is_none();
    if status.containers.iter().any(has_never_run) {
        return Phase::Pending;
    }
    let code = |it: &ContainerStatus| match it.state {
        ContainerState::Terminated { exit_code, .. } => Some(exit_code),
        _ => None,
    };
    let codes: Vec<Option<i32>> = status.containers.iter().map(code).collect();
    match codes.iter().all(|it| it.is_some_and(|code| !spec.restarts_after(code))) {
        false => Phase::Running,
        true if codes.iter().all(|it| *it == Some(0)) => Phase::Succeeded,
        true => Phase::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Time;
    use crate::api::pod::Ended;
    use serde_json::json;

    #[test]
    fn phases() {
        let waiting = ContainerStatus::waiting("ContainerCreating");
        let with = |state| ContainerStatus { state, ..waiting };
        let running = with(ContainerState::Running(Time::ZERO));
        let ended = |exit_code| {
            let (started, finished) = (Time::ZERO, Time::ZERO);
            with(ContainerState::Terminated { exit_code, started, finished })
        };
        let last = Some(Ended { exit_code: 1, started: Time::ZERO, finished: Time::ZERO });
        let looping = ContainerStatus { last, ..ContainerStatus::waiting("CrashLoopBackOff") };
        let cases = [
            ("nothing started", "Always", vec![waiting, waiting], Phase::Pending),
            ("one has never started", "Always", vec![running, waiting], Phase::Pending),
            ("all run", "Always", vec![running, running], Phase::Running),
            ("one will be started again", "Always", vec![running, looping], Phase::Running),
            ("all will be started again", "Always", vec![ended(0), ended(1)], Phase::Running),
            ("all ended well", "Never", vec![ended(0), ended(0)], Phase::Succeeded),
            ("one ended badly", "Never", vec![ended(0), ended(1)], Phase::Failed),
            ("the rest goes on", "Never", vec![running, ended(1)], Phase::Running),
            ("a good end is one", "OnFailure", vec![ended(0), ended(0)], Phase::Succeeded),
            ("a bad end is none", "OnFailure", vec![ended(0), ended(1)], Phase::Running),
        ];
        for (name, policy, containers, expected) in cases {
            let spec = json!({
                "restartPolicy": policy, "containers": [{"name": "a"}, {"name": "b"}]
            });
            let pod = Pod::from_json(&json!({"spec": spec}), Time::ZERO);
            let status = PodStatus { containers, ..PodStatus::default() };
            assert_eq!(phase(&pod, &status), expected, "{name}");
        }
    }
}

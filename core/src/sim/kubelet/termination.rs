//! The end of a pod: SIGTERM, the grace period, SIGKILL, and the report that nothing runs any more.
//!
//! Follows `SyncTerminatingPod` and `SyncTerminatedPod` of `pkg/kubelet/kubelet.go` and
//! `TerminatePod` of `pkg/kubelet/status/status_manager.go`. Left out: preStop hooks.

use crate::api::Pod;
use crate::api::pod::{Container, ContainerState, Phase, PodStatus};
use crate::sim::actor::Ctx;
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::kubelet::work::end;
use crate::sim::kubelet::{Kubelet, Stage, timing};
use crate::sim::{ImageBehaviour, World};

/// A container that was killed.
pub(super) const KILLED: i32 = 137;
/// Even without grace a container gets this long, in milliseconds.
const GRACE_MIN: i64 = 2_000;

impl Kubelet {
    /// The pod is being deleted: its containers get SIGTERM.
    #[inline(never)]
    pub(super) fn stop(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let statuses = pod.status.containers.iter();
        let mut running = Vec::new();
        for (container, status) in pod.spec.containers.iter().zip(statuses) {
            if status.is_running() {
                running.push(container);
                let message = Message::StoppingContainer { container: container.name.clone() };
                let object = ObjectRef::container(pod, &container.name);
                let (is_warning, reason, source) = (false, "Killing", "kubelet");
                let event = NewEvent { object, is_warning, reason, source, message };
                ctx.command(Command::Event(event));
            }
        }
        let grace = pod.meta.deletion.map_or(0, |it| it.grace_seconds);
        let world = ctx.store.world();
        let takes = match running.iter().any(|it| is_stubborn(it, world)) {
            true => (grace.saturating_mul(1000)).max(GRACE_MIN),
            false => timing::stop(ctx.seed, &pod.meta.name, grace),
        };
        self.enter(pod, Stage::Stop, ctx.now + takes, ctx);
    }

    /// Every container has stopped: that is reported, and a moment later the object goes.
    #[inline(never)]
    pub(super) fn stopped(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let status = stopped(pod, ctx);
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
        let due = ctx.now + ctx.seed.between(40, 160, "clean-up", &*pod.meta.name);
        self.enter(pod, Stage::Remove, due, ctx);
    }
}

fn is_stubborn(container: &Container, world: &World) -> bool {
    world.behaviour(&container.image) == ImageBehaviour::StubbornStop
}

/// The status of a pod whose containers have stopped; one that never ran has failed.
#[inline(never)]
fn stopped(pod: &Pod, ctx: &Ctx) -> PodStatus {
    let mut status = pod.status.clone();
    let world = ctx.store.world();
    let lists = [
        (&pod.spec.init_containers, &mut status.init_containers),
        (&pod.spec.containers, &mut status.containers),
    ];
    for (containers, statuses) in lists {
        for (container, status) in containers.iter().zip(statuses) {
            let exit_code = if is_stubborn(container, world) { KILLED } else { 0 };
            end(status, exit_code, ctx.now);
        }
    }
    if !status.phase.is_terminal() {
        let has_ended_well =
            |state| matches!(state, ContainerState::Terminated { exit_code: 0, .. });
        let is_success = !status.containers.is_empty()
            && status.containers.iter().all(|it| has_ended_well(it.state));
        status.phase = if is_success { Phase::Succeeded } else { Phase::Failed };
    }
    status.set_ready(false, ctx.now);
    status
}

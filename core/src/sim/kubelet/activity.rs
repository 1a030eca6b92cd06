//! What the kubelet is doing about a pod right now, for viewers.

use crate::api::pod::ProbeRole;
use crate::api::{Pod, Time, Uid};
use crate::sim::Seed;
use crate::sim::kubelet::work::{Act, NEVER, Work, container_at};
use crate::sim::kubelet::{Kubelet, Stage, timing};

/// The kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// An image is being pulled.
    Pulling,
    /// A container is being created.
    Creating,
    /// An init container runs.
    Initializing,
    /// A startup or readiness probe is awaited.
    Probing,
    /// The next try after a failure is awaited.
    BackingOff,
    /// Containers are being stopped.
    Stopping,
}

/// Work on a pod that has a beginning and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What is being done.
    pub doing: Doing,
    /// When it began.
    pub since: Time,
    /// When it will be over.
    pub until: Time,
}

impl Kubelet {
    /// What is being done about a pod, if anything: what its first container that is not done with
    /// waits for.
    pub(in crate::sim) fn activity(&self, pod: &Pod, seed: Seed) -> Option<Activity> {
        let work = self.pods.get::<Uid>(&pod.meta.uid)?;
        let whole = |doing| Some(Activity { doing, since: work.since, until: work.due });
        match work.stage {
            Stage::Admit => whole(Doing::Creating),
            Stage::Prepare => whole(Doing::BackingOff),
            Stage::Stop | Stage::Remove => whole(Doing::Stopping),
            Stage::Live => {
                let containers = work.containers.iter().enumerate();
                containers.filter_map(|(index, it)| of_container(pod, index, it, seed)).next()
            }
        }
    }
}

fn of_container(pod: &Pod, index: usize, work: &Work, seed: Seed) -> Option<Activity> {
    let (container, is_init) = container_at(pod, index)?;
    let (since, until) = (work.since, work.until);
    let doing = match work.act {
        Act::Queued | Act::Done => return None,
        Act::Pull => Doing::Pulling,
        Act::Start => Doing::Creating,
        Act::PullFailed | Act::PullBackOff | Act::Ended | Act::CrashBackOff => Doing::BackingOff,
        Act::Run if is_init && !container.is_sidecar => Doing::Initializing,
        Act::Kill => Doing::Stopping,
        Act::Run => {
            let at =
                |role: ProbeRole| Some(work.probes[role as usize].at).filter(|it| *it != NEVER);
            if let Some(until) = at(ProbeRole::Startup) {
                return Some(Activity { doing: Doing::Probing, since, until });
            }
            let (probe, at) = container.readiness.zip(at(ProbeRole::Readiness))?;
            let serves = timing::serves(seed, &pod.meta.name, index);
            let ready_at = work.started + timing::until_ready(serves, &probe);
            let until = ready_at.max(at);
            return Some(Activity { doing: Doing::Probing, since, until });
        }
    };
    Some(Activity { doing, since, until })
}

//! What the kubelet is doing about a pod right now, for viewers.

use crate::api::{Pod, Time, Uid};
use crate::sim::kubelet::{Kubelet, Step};

/// The kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// An image is being pulled.
    Pulling,
    /// A container is being created.
    Creating,
    /// An init container runs.
    Initializing,
    /// A readiness probe is awaited.
    Probing,
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
    /// What is being done about a pod, if anything.
    pub(in crate::sim) fn activity(&self, pod: &Pod) -> Option<Activity> {
        let work = self.pods.get::<Uid>(&pod.meta.uid)?;
        let doing = match work.step {
            Step::Pull { .. } => Doing::Pulling,
            Step::Admit | Step::Start { .. } => Doing::Creating,
            Step::Initialize { .. } => Doing::Initializing,
            Step::Probe => Doing::Probing,
            Step::Stop | Step::Remove => Doing::Stopping,
            Step::Run => return None,
        };
        Some(Activity { doing, since: work.since, until: work.due })
    }
}

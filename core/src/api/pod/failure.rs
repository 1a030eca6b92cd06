//! What is wrong with a pod, read from its containers and conditions.

use crate::api::pod::{Condition, ContainerState, ContainerStatus, Ended, Phase};
use crate::api::{Pod, Time};

impl Pod {
    /// The word for a container that failed, as the STATUS column of `kubectl get pods` prints it,
    /// and since when: the last such container counts.
    pub fn failure(&self) -> Option<(&'static str, Time)> {
        let init = self.spec.init_containers.iter().zip(&self.status.init_containers);
        let tasks = init.filter(|(container, _)| !container.is_sidecar);
        let failed_task = |it: &ContainerStatus| match it.state {
            ContainerState::Terminated { exit_code: 0, .. } => None,
            _ => word_of_failure(it, self),
        };
        let tasks = tasks.filter_map(|(_, status)| failed_task(status));
        let mains = self.status.containers.iter().filter_map(|it| word_of_failure(it, self));
        tasks.chain(mains).last()
    }

    /// Condition `Ready` of a running pod if it was true since the containers started last, and is
    /// so no longer.
    pub fn lost_ready(&self) -> Option<Condition> {
        if self.status.phase != Phase::Running {
            return None;
        }
        // A condition that turned after the last start was true after it.
        self.status.ready.filter(|it| !it.status && it.since > self.running_since())
    }

    /// When its last container started; when it was created, if none runs.
    pub fn running_since(&self) -> Time {
        let started = self.status.containers.iter().filter_map(|it| match it.state {
            ContainerState::Running(started) => Some(started),
            _ => None,
        });
        started.max().unwrap_or(self.meta.created)
    }
}

fn word_of_failure(status: &ContainerStatus, pod: &Pod) -> Option<(&'static str, Time)> {
    match status.state {
        ContainerState::Waiting("ContainerCreating" | "PodInitializing")
        | ContainerState::Running(_) => None,
        ContainerState::Waiting(reason) => {
            Some((reason, status.last.map_or(pod.meta.created, |it| it.finished)))
        }
        ContainerState::Terminated { exit_code, finished, .. } => {
            Some((Ended::reason(exit_code), finished))
        }
    }
}

//! What a kubelet remembers of a pod: where it is in its life, and each of its containers.

use crate::api::pod::{Container, ContainerState, ContainerStatus};
use crate::api::{Name, Pod, Time};
use crate::sim::ImageBehaviour;

/// An instant that never comes.
pub(super) const NEVER: Time = Time(i64::MAX);

/// The stages of a pod's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The kubelet has not seen the pod yet.
    Admit,
    /// The network or a volume is waited for.
    Prepare,
    /// Its containers are looked after.
    Live,
    /// Containers are being stopped.
    Stop,
    /// Containers have stopped; the object is about to go.
    Remove,
}

/// Where a pod is in its life, and when something is due.
#[derive(Clone, Debug)]
pub(super) struct PodWork {
    pub(super) stage: Stage,
    pub(super) since: Time,
    pub(super) due: Time,
    /// Failed mounts in a row.
    pub(super) mounts: u32,
    /// Init containers, then containers.
    pub(super) containers: Vec<Work>,
}

/// What is being done about a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It waits for its turn.
    Queued,
    /// Its image is being pulled.
    Pull,
    /// The pull failed a moment ago.
    PullFailed,
    /// The next pull is waited for.
    PullBackOff,
    /// It is being created and started.
    Start,
    /// It runs.
    Run,
    /// A probe has failed once too often: it is being stopped.
    Kill,
    /// It ended a moment ago.
    Ended,
    /// Its next start is waited for.
    CrashBackOff,
    /// It has ended for good.
    Done,
}

/// A probe of a container that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// The next time when its result may change something.
    pub(super) at: Time,
    /// Results in a row that speak against what the container counts as.
    pub(super) streak: i64,
}

/// Nobody asks.
const UNASKED: [Asked; 3] = [Asked { at: NEVER, streak: 0 }; 3];

/// A container, its timers and its back-offs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) act: Act,
    pub(super) since: Time,
    /// When the act is over; while it runs, when it ends by itself.
    pub(super) until: Time,
    /// When it runs: what is known of its probes, by their roles.
    pub(super) probes: [Asked; 3],
    /// When it started last, to the millisecond.
    pub(super) started: Time,
    /// Its startup probe has succeeded, or it has none.
    pub(super) has_started: bool,
    pub(super) failed_pulls: u32,
    /// The wait after its next end in milliseconds; 0 before the first.
    pub(super) back_off: i64,
    pub(super) backed_off_at: Time,
}

impl Work {
    fn new(now: Time) -> Work {
        Work {
            act: Act::Queued,
            since: now,
            until: NEVER,
            probes: UNASKED,
            started: now,
            has_started: true,
            failed_pulls: 0,
            back_off: 0,
            backed_off_at: now,
        }
    }

    pub(super) fn enter(&mut self, act: Act, now: Time, until: Time) {
        (self.act, self.since, self.until, self.probes) = (act, now, until, UNASKED);
    }

    pub(super) fn due(&self) -> Time {
        self.until.min(self.probe_at())
    }

    /// When a probe is asked next.
    pub(super) fn probe_at(&self) -> Time {
        let [startup, liveness, readiness] = self.probes;
        startup.at.min(liveness.at).min(readiness.at)
    }
}

impl PodWork {
    /// A pod that has just been admitted.
    pub(super) fn new(pod: &Pod, now: Time) -> PodWork {
        let count = pod.spec.init_containers.len() + pod.spec.containers.len();
        let containers = vec![Work::new(now); count];
        PodWork { stage: Stage::Live, since: now, due: NEVER, mounts: 0, containers }
    }

    /// A pod that was running before anybody looked.
    pub(super) fn running(pod: &Pod, now: Time) -> PodWork {
        let mut work = PodWork::new(pod, now);
        work.containers.iter_mut().for_each(|it| it.enter(Act::Run, now, NEVER));
        work
    }

    /// The earliest of what is due for its containers.
    pub(super) fn next(&self) -> Time {
        self.containers.iter().map(Work::due).min().unwrap_or(NEVER)
    }

    /// The image of running containers does something else from `now` on.
    pub(super) fn feel(&mut self, pod: &Pod, image: &Name, behaviour: ImageBehaviour, now: Time) {
        for (index, work) in self.containers.iter_mut().enumerate() {
            let Some((container, is_init)) = container_at(pod, index) else { continue };
            if container.image != *image || work.act != Act::Run {
                continue;
            }
            match behaviour {
                ImageBehaviour::Crashes { after, .. } => work.until = now + after.max(0),
                _ if is_init && !container.is_sidecar => {}
                _ => work.until = NEVER,
            }
            if !is_init || container.is_sidecar {
                work.ask_again(container, now);
            }
        }
        self.due = self.next();
    }
}

/// The container of that index, and whether it is an init container.
pub(super) fn container_at(pod: &Pod, index: usize) -> Option<(&Container, bool)> {
    let (init, main) = (&pod.spec.init_containers, &pod.spec.containers);
    match init.get(index) {
        Some(container) => Some((container, true)),
        None => main.get(index - init.len()).map(|it| (it, false)),
    }
}

/// Ends a container that runs.
pub(super) fn end(status: &mut ContainerStatus, exit_code: i32, now: Time) {
    if let ContainerState::Running(started) = status.state {
        let finished = now.truncated();
        status.state = ContainerState::Terminated { exit_code, started, finished };
    }
    status.ready = false;
}

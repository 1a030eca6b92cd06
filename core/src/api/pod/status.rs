//! What is known of a pod that runs: its phase, its containers, its conditions.

use crate::api::{Address, Name, Time};

/// `status.phase`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not all containers have started.
    #[default]
    Pending,
    /// Bound, all containers created, one at least running or restarting.
    Running,
    /// All containers ended well and stay so.
    Succeeded,
    /// All containers ended, one at least badly, or the pod was rejected or evicted.
    Failed,
}

impl Phase {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
        }
    }

    /// Succeeded or Failed.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// What a container is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Not started; the reason kubectl prints (`ContainerCreating`, `ImagePullBackOff`).
    Waiting(&'static str),
    /// Started at that instant.
    Running(Time),
    /// Ended with that exit code.
    Terminated {
        /// 0 is success.
        exit_code: i32,
        /// When it started.
        started: Time,
        /// When it ended.
        finished: Time,
    },
}

/// How a container ended: `lastState` when another run followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// 0 is success.
    pub exit_code: i32,
    /// When it had started.
    pub started: Time,
    /// When it ended.
    pub finished: Time,
}

impl Ended {
    /// `Completed` or `Error`.
    pub fn reason(exit_code: i32) -> &'static str {
        if exit_code == 0 { "Completed" } else { "Error" }
    }
}

/// The status of one container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerStatus {
    /// What it is doing.
    pub state: ContainerState,
    /// Whether it counts as ready.
    pub ready: bool,
    /// It runs, but its startup probe has not succeeded yet.
    pub startup_pending: bool,
    /// How often it was started again.
    pub restarts: u32,
    /// How the run before ended.
    pub last: Option<Ended>,
    /// While it waits in `CrashLoopBackOff`: for how long in all.
    pub back_off_seconds: i64,
}

impl ContainerStatus {
    /// A container that waits for that reason and has never run.
    pub fn waiting(reason: &'static str) -> ContainerStatus {
        let state = ContainerState::Waiting(reason);
        ContainerStatus {
            state,
            ready: false,
            startup_pending: false,
            restarts: 0,
            last: None,
            back_off_seconds: 0,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ContainerState::Running(_))
    }
}

/// A condition's status and when that last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `True` or not.
    pub status: bool,
    /// `lastTransitionTime`, a whole second.
    pub since: Time,
}

/// Condition `DisruptionTarget`: who deletes the pod, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disruption {
    /// `DeletionByTaintManager`.
    pub reason: &'static str,
    /// The text.
    pub message: Name,
    /// Since when, a whole second.
    pub since: Time,
}

/// `status` of a pod. What few pods have stands elsewhere: checkpoints hold thousands of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodStatus {
    /// The phase.
    pub phase: Phase,
    /// `reason` (`Evicted`).
    pub reason: Option<Box<Name>>,
    /// `message`.
    pub message: Option<Box<Name>>,
    /// Condition `Ready`; absent until the kubelet has seen the pod.
    pub ready: Option<Condition>,
    /// Condition `ContainersReady`: what the kubelet found; `Ready` is also taken away by the node
    /// controller when the kubelet is silent.
    pub containers_ready: Option<Condition>,
    /// Condition `DisruptionTarget`.
    pub disruption: Option<Box<Disruption>>,
    /// Condition `PodScheduled`.
    pub scheduled: Option<Condition>,
    /// Why it could not be scheduled.
    pub unschedulable: Option<Box<Name>>,
    /// The node on which pods of lower priority make room for it.
    pub nominated_node: Option<Box<Name>>,
    /// When the kubelet took it up.
    pub started: Option<Time>,
    /// `hostIP`: its node's address.
    pub host_ip: Option<Address>,
    /// `podIP`: its own address, which is its node's with `hostNetwork`.
    pub pod_ip: Option<Address>,
    /// Init containers, in the order of the spec.
    pub init_containers: Vec<ContainerStatus>,
    /// Containers, in the order of the spec.
    pub containers: Vec<ContainerStatus>,
}

impl PodStatus {
    /// Sets conditions `Ready` and `ContainersReady`, as the kubelet does; the time of transition
    /// moves only if the status changes.
    pub fn set_ready(&mut self, status: bool, now: Time) {
        set_condition(&mut self.ready, status, now);
        set_condition(&mut self.containers_ready, status, now);
    }

    /// The same of a pod with readiness gates, whose conditions nobody sets: its containers may be
    /// ready, it never is.
    pub fn set_ready_behind(&mut self, gates: &[Name], status: bool, now: Time) {
        set_condition(&mut self.ready, status && gates.is_empty(), now);
        set_condition(&mut self.containers_ready, status, now);
    }

    /// Takes condition `Ready` away, as the node controller does for a silent kubelet.
    pub fn set_node_not_ready(&mut self, now: Time) {
        set_condition(&mut self.ready, false, now);
    }

    /// Sets condition `DisruptionTarget`.
    pub fn set_disruption(&mut self, reason: &'static str, message: &str, now: Time) {
        let known = self.disruption.as_ref().map(|it| it.since);
        let since = known.unwrap_or(now.truncated());
        self.disruption = Some(Box::new(Disruption { reason, message: message.into(), since }));
    }

    /// Sets condition `PodScheduled`.
    pub fn set_scheduled(&mut self, status: bool, now: Time) {
        set_condition(&mut self.scheduled, status, now);
    }
}

fn set_condition(condition: &mut Option<Condition>, status: bool, now: Time) {
    if condition.is_none_or(|it| it.status != status) {
        *condition = Some(Condition { status, since: now.truncated() });
    }
}

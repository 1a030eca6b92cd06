//! The texts of events, in upstream's words.

use std::fmt;
use std::sync::Arc;

use crate::api::Name;
use crate::api::pod::ProbeRole;
use crate::sim::event::ObjectRef;

/// The text of an event, rendered when somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The texts in `Display` say what each one is.
pub enum Message {
    CreatedPod { pod: Name },
    DeletedPod { pod: Name },
    ErrorCreating { error: Name },
    ScaledReplicaSet { set: Name, from: i64, to: i64 },
    SelectingAll,
    FailedDaemonPod { pod: Arc<ObjectRef>, node: Name },
    SucceededDaemonPod { pod: Arc<ObjectRef>, node: Name },
    Assigned { pod: Arc<ObjectRef>, node: Name },
    Unschedulable { text: Name },
    Preempted { by: Name, node: Name },
    Pulling { image: Name },
    Pulled { image: Name, milliseconds: i64, bytes: i64 },
    PresentOnMachine { image: Name },
    CreatedContainer { container: Name },
    StartedContainer { container: Name },
    StoppingContainer { container: Name },
    MarkingForDeletion { pod: Arc<ObjectRef> },
    CancellingDeletion { pod: Arc<ObjectRef> },
    NodeStatusIs { node: Name, status: &'static str },
    StartingKubelet,
    RegisteredNode { node: Name },
    RemovingNode { node: Name },
    FailedPull { image: Name, error: Name },
    Plain { text: Name },
    Error { reason: &'static str },
    BackOffPulling { image: Name },
    BackOffRestarting { container: Name, pod: Name },
    ProbeFailed { role: ProbeRole, detail: &'static str },
    ProbeKills { container: Name, role: ProbeRole, restarts: bool },
    NetworkNotReady { reason: &'static str },
    FailedMount { volume: Name, fault: Name },
    NodeIsNotReady,
    AttemptingToReclaim { resource: &'static str },
    Refused { text: Name },
    Evicted { text: Name },
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreatedPod { pod } => write!(f, "Created pod: {pod}"),
            Self::DeletedPod { pod } => write!(f, "Deleted pod: {pod}"),
            Self::ErrorCreating { error } => write!(f, "Error creating: {error}"),
            Self::ScaledReplicaSet { set, from, to } => {
                let direction = if from < to { "up" } else { "down" };
                write!(f, "Scaled {direction} replica set {set} from {from} to {to}")
            }
            Self::SelectingAll => {
                f.write_str("This daemon set is selecting all pods. ")?;
                f.write_str("A non-empty selector is required.")
            }
            Self::FailedDaemonPod { pod, node } => {
                write!(f, "Found failed daemon pod {pod} on node {node}, ")?;
                write!(f, "will try to kill it")
            }
            Self::SucceededDaemonPod { pod, node } => {
                write!(f, "Found succeeded daemon pod {pod} on node {node}, ")?;
                write!(f, "will try to delete it")
            }
            Self::Assigned { pod, node } => {
                write!(f, "Successfully assigned {pod} to {node}")
            }
            Self::Unschedulable { text } => f.write_str(text),
            Self::Preempted { by, node } => write!(f, "Preempted by pod {by} on node {node}"),
            Self::Pulling { image } => write!(f, "Pulling image \"{image}\""),
            Self::Pulled { image, milliseconds, bytes } => {
                let took = GoDuration(*milliseconds);
                write!(f, "Successfully pulled image \"{image}\" in {took} ")?;
                write!(f, "({took} including waiting). Image size: {bytes} bytes.")
            }
            Self::PresentOnMachine { image } => {
                write!(f, "Container image \"{image}\" already present on machine")
            }
            Self::CreatedContainer { container } => write!(f, "Created container: {container}"),
            Self::StartedContainer { container } => write!(f, "Started container {container}"),
            Self::StoppingContainer { container } => write!(f, "Stopping container {container}"),
            Self::MarkingForDeletion { pod } => {
                write!(f, "Marking for deletion Pod {pod}")
            }
            Self::CancellingDeletion { pod } => {
                write!(f, "Cancelling deletion of Pod {pod}")
            }
            Self::NodeStatusIs { node, status } => write!(f, "Node {node} status is now: {status}"),
            Self::StartingKubelet => f.write_str("Starting kubelet."),
            Self::RegisteredNode { node } => {
                write!(f, "Node {node} event: Registered Node {node} in Controller")
            }
            Self::RemovingNode { node } => {
                write!(f, "Node {node} event: Removing Node {node} from Controller")
            }
            Self::FailedPull { image, error } => {
                write!(f, "Failed to pull image \"{image}\": {error}")
            }
            Self::Error { reason } => write!(f, "Error: {reason}"),
            Self::BackOffPulling { image } => write!(f, "Back-off pulling image \"{image}\""),
            Self::BackOffRestarting { container, pod } => {
                write!(f, "Back-off restarting failed container {container} in pod {pod}")
            }
            Self::ProbeFailed { role, detail } => {
                write!(f, "{} probe failed: {detail}", role.word())
            }
            Self::ProbeKills { container, role, restarts } => {
                let probe = if *role == ProbeRole::Startup { "startup" } else { "liveness" };
                let restarted = if *restarts { ", will be restarted" } else { "" };
                write!(f, "Container {container} failed {probe} probe{restarted}")
            }
            Self::NetworkNotReady { reason } => write!(f, "network is not ready: {reason}"),
            Self::FailedMount { volume, fault } => {
                write!(f, "MountVolume.SetUp failed for volume \"{volume}\" : {fault}")
            }
            Self::NodeIsNotReady => f.write_str("Node is not ready"),
            Self::AttemptingToReclaim { resource } => write!(f, "Attempting to reclaim {resource}"),
            Self::Plain { text } | Self::Refused { text } | Self::Evicted { text } => {
                f.write_str(text)
            }
        }
    }
}

/// Milliseconds as Go prints a `time.Duration`: `350ms`, `2.412s`.
struct GoDuration(i64);

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return write!(f, "{}ms", self.0);
        }
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        write!(f, "{}s", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_as_in_go() {
        for (milliseconds, text) in [(350, "350ms"), (2412, "2.412s"), (2400, "2.4s"), (2000, "2s")]
        {
            assert_eq!(GoDuration(milliseconds).to_string(), text);
        }
    }
}

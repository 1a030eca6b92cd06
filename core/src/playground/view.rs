//! What a viewer draws: plain values derived from the cluster, without any decision left to take.
//!
//! A component that needs to know something about Kubernetes finds it here, tested natively.

pub mod chart;
pub mod map;
mod node;
mod pod;
mod rollout;
#[cfg(test)]
mod tests;
mod workload;

pub use rollout::{RolloutView, WaveView};

use crate::api::{Name, Time};
use crate::sim::Shortage;

/// What a node reports of itself, as the three values of its `Ready` condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// `Ready=True`.
    True,
    /// `Ready=False`.
    False,
    /// `Ready=Unknown`: the kubelet has fallen silent.
    Unknown,
}

/// The drawing state of a pod; the words are the `data-state` of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodState {
    /// Not bound to a node yet.
    Pending,
    /// Bound; images are pulled and containers created.
    Pulling,
    /// Running, not ready yet.
    Starting,
    /// Running, was ready before.
    Unready,
    /// Ready, but not for `minReadySeconds` yet.
    Settling,
    /// Available.
    Ready,
    /// Terminating.
    Leaving,
    /// Failed, crashed or without an image.
    Failed,
}

impl PodState {
    /// The word of the DOM contract (`data-state`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Pulling => "pulling",
            Self::Starting => "starting",
            Self::Unready => "unready",
            Self::Settling => "settling",
            Self::Ready => "ready",
            Self::Leaving => "leaving",
            Self::Failed => "failed",
        }
    }
}

/// One pod as a viewer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodView {
    /// Identity for the pod's whole life; two pods never share it.
    pub uid: u64,
    /// The pod's name.
    pub name: Name,
    /// `DaemonSet/NAMESPACE/NAME` of the controller, if there is one.
    pub owner: Option<Name>,
    /// The node that it runs on or is pinned to.
    pub node: Option<Name>,
    /// Number of its ControllerRevision or ReplicaSet, 0 when that is gone.
    pub revision: i64,
    /// What it is doing.
    pub state: PodState,
    /// That, in a word or two: "Ready", "Pulling image", "ImagePullBackOff".
    pub phrase: Name,
    /// Since when (virtual time).
    pub since: Time,
    /// When the present state ends, if that is known: the end of a pull, a start or a grace period.
    pub until: Option<Time>,
    /// Restarts of all its containers.
    pub restarts: u32,
    /// Why the scheduler finds no node for it, in its words.
    pub unschedulable: Option<Name>,
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaintView {
    /// The key.
    pub key: Name,
    /// The value, often empty.
    pub value: Name,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: &'static str,
    /// `key=value:Effect`, as kubectl writes it.
    pub text: Name,
}

/// A label of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelView {
    /// The key.
    pub key: Name,
    /// The value.
    pub value: Name,
    /// Set by the kubelet or a cloud, rarely interesting: shown in details only.
    pub well_known: bool,
}

/// How much of a resource is requested; milli-cores or bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageView {
    /// What the kubelet offers to pods.
    pub allocatable: i64,
    /// Requested by pods of other workloads.
    pub other: i64,
    /// Requested by pods of the selected DaemonSet.
    pub own: i64,
}

/// A node card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeView {
    /// The node's name.
    pub name: Name,
    /// Identity: a node that is deleted and created again is another one.
    pub uid: u64,
    /// The `Ready` condition.
    pub ready: Readiness,
    /// `spec.unschedulable`.
    pub cordoned: bool,
    /// Whether its kubelet runs. The API learns of it only after the grace period.
    pub kubelet_runs: bool,
    /// What its machine is short of.
    pub shortages: Vec<Shortage>,
    /// False for a deleted node whose pods are not collected yet (a ghost).
    pub exists: bool,
    /// Labels, sorted by key.
    pub labels: Vec<LabelView>,
    /// Zone by `topology.kubernetes.io/zone`.
    pub zone: Option<Name>,
    /// Taints in the node's order.
    pub taints: Vec<TaintView>,
    /// Pods on it or pinned to it; those of the selected DaemonSet first, older first.
    pub pods: Vec<PodView>,
    /// How many more pods it has.
    pub more: usize,
    /// How many of them belong to the selected DaemonSet.
    pub own: u32,
    /// Requests of cpu in milli-cores.
    pub cpu: UsageView,
    /// Requests of memory in bytes.
    pub memory: UsageView,
    /// Whether the selected DaemonSet wants a pod here, and if not, the reason in a sentence.
    pub wanted: Result<(), Name>,
}

impl NodeView {
    /// Pods that have no node, in the shape of a card.
    pub fn without_node(pods: Vec<PodView>) -> NodeView {
        NodeView {
            name: Name::default(),
            uid: 0,
            ready: Readiness::Unknown,
            cordoned: false,
            kubelet_runs: false,
            shortages: Vec::new(),
            exists: false,
            labels: Vec::new(),
            zone: None,
            taints: Vec::new(),
            pods,
            more: 0,
            own: 0,
            cpu: UsageView::default(),
            memory: UsageView::default(),
            wanted: Ok(()),
        }
    }
}

/// Nodes that belong together: control plane, workers, GPU, others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolView {
    /// Key of the pool (`workers`).
    pub id: Name,
    /// What is written above it ("Workers").
    pub title: Name,
    /// The names of its nodes (with ghosts), in name order where numbers count as numbers.
    pub nodes: Vec<Name>,
}

/// One ControllerRevision that pods still run or that is current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionView {
    /// Its number.
    pub number: i64,
    /// The first container's image, without the registry: `filebeat:8.10.0`.
    pub image: Name,
    /// That image as the manifest writes it.
    pub reference: Name,
    /// How many pods carry its hash.
    pub pods: u32,
    /// Whether it is what the DaemonSet's template says now.
    pub current: bool,
}

/// The figures of a DaemonSet's status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusView {
    /// `desiredNumberScheduled`.
    pub desired: i32,
    /// `currentNumberScheduled`.
    pub current: i32,
    /// `numberReady`.
    pub ready: i32,
    /// `updatedNumberScheduled`.
    pub up_to_date: i32,
    /// `numberAvailable`.
    pub available: i32,
    /// `numberMisscheduled`.
    pub misscheduled: i32,
}

/// How far a DaemonSet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonSetView {
    /// `NAMESPACE/NAME`.
    pub key: Name,
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// The figures of its status.
    pub status: StatusView,
    /// Revisions that matter now, ascending.
    pub revisions: Vec<RevisionView>,
    /// One plain sentence: "5 of 8 pods are on revision 2. At most 1 node …"
    pub sentence: String,
    /// `maxUnavailable` resolved; 0 when surging or OnDelete.
    pub max_unavailable: i32,
    /// Whether the controller still replaces old pods, or waits until the last of the new ones are
    /// available.
    pub rolling: bool,
    /// The rollout that runs.
    pub rollout: Option<RolloutView>,
    /// The sentence of the moment, for a room: what happens on which node.
    pub caption: String,
    /// Whether there is a revision before the current one to go back to.
    pub can_undo: bool,
}

impl DaemonSetView {
    /// The number of the revision that new pods get.
    pub fn newest_revision(&self) -> Option<i64> {
        self.revisions.last().map(|it| it.number)
    }
}

/// Which events are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those of type Warning.
    pub warnings: bool,
    /// Words that the reason, the object or the message contains, in any case; empty for all.
    pub text: String,
}

/// One line of the event list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// Identity of the stored Event.
    pub id: u64,
    /// When it was last seen.
    pub last: Time,
    /// How often.
    pub count: u32,
    /// `Normal` or `Warning`.
    pub kind: &'static str,
    /// `SuccessfulCreate`, `Killing`, …
    pub reason: &'static str,
    /// `daemonset/node-logger`, `pod/node-logger-x7k2p`.
    pub object: String,
    /// Who reported it (`kubelet`).
    pub source: &'static str,
    /// The text.
    pub message: String,
}

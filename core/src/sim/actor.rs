//! Actors read the store, ask to be woken, and answer a wake-up with commands.

use std::hash::Hash;
use std::sync::Arc;

use crate::api::{Name, Time, Uid};
use crate::sim::{Change, Command, Seed, Store, Work};

/// The actors, in the order in which they see a change: controllers of workloads from the owner to
/// the owned, then those who move pods on, then those who clean up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// `pkg/controller/daemon`.
    DaemonSet,
    /// `pkg/controller/deployment`.
    Deployment,
    /// `pkg/controller/replicaset`.
    ReplicaSet,
    /// `pkg/scheduler`.
    Scheduler,
    /// `pkg/kubelet`, one for every node.
    Kubelet,
    /// `pkg/controller/nodelifecycle`.
    NodeLifecycle,
    /// `pkg/controller/tainteviction`.
    TaintEviction,
    /// `pkg/controller/garbagecollector`.
    GarbageCollector,
    /// `pkg/controller/podgc`.
    PodGc,
    /// `pkg/controller/namespace`.
    Namespace,
    /// `kubectl drain`, as long as it waits.
    Drainer,
}

impl ActorKind {
    /// All of them, in order.
    pub const ALL: [ActorKind; 11] = [
        ActorKind::DaemonSet,
        ActorKind::Deployment,
        ActorKind::ReplicaSet,
        ActorKind::Scheduler,
        ActorKind::Kubelet,
        ActorKind::NodeLifecycle,
        ActorKind::TaintEviction,
        ActorKind::GarbageCollector,
        ActorKind::PodGc,
        ActorKind::Namespace,
        ActorKind::Drainer,
    ];
}

/// Which actors take part: all of them, or a few in a lock-step test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActorSet(u16);

impl ActorSet {
    /// Every actor.
    pub const ALL: ActorSet = ActorSet((1 << ActorKind::ALL.len()) - 1);

    /// Just these.
    pub fn only(kinds: &[ActorKind]) -> ActorSet {
        ActorSet(kinds.iter().fold(0, |set, kind| set | 1 << *kind as u8))
    }

    /// Whether an actor takes part.
    pub fn contains(self, kind: ActorKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// What a wake-up is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An object.
    Object(Uid),
    /// An object that is to be queued again now.
    Later(Uid),
    /// A node; a namespace for its controller.
    Node(Arc<Name>),
    /// A round that an actor makes from time to time.
    Round,
}

impl Key {
    /// The key of a node, or of a namespace.
    pub fn node(name: &Name) -> Key {
        Key::Node(Arc::new(name.clone()))
    }
}

/// What an actor may use while it looks at a change or answers a wake-up.
pub struct Ctx<'a> {
    /// Virtual time.
    pub now: Time,
    /// The objects.
    pub store: &'a Store,
    /// The source of chance.
    pub seed: Seed,
    pub(super) has_latency: bool,
    pub(super) commands: &'a mut Vec<Command>,
    pub(super) wakes: &'a mut Vec<(Time, Key)>,
    pub(super) work: &'a mut Work,
}

impl Ctx<'_> {
    /// Asks for something to be done.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Asks to be woken. A wake-up cannot be taken back: whoever is woken checks that it still
    /// matters.
    pub fn wake_at(&mut self, time: Time, key: Key) {
        self.wakes.push((time, key));
    }

    /// When an actor gets round to something that happens now: 1 to 50 ms later, at once in the
    /// lock-step seam.
    pub fn soon(&self, purpose: &str, what: impl Hash) -> Time {
        match self.has_latency {
            true => self.now + self.seed.between(1, 50, purpose, (what, self.now.0)),
            false => self.now,
        }
    }
}

/// An actor of the control plane.
pub trait Actor {
    /// Looks at a change that was just made.
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx);

    /// Does what was due at this instant.
    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx);
}

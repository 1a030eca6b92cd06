//! The cluster: steps from wake-up to wake-up, and is the only one to write.

mod lock_step;

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fnv::FnvHasher;

use crate::api::{Calendar, ObjectMeta, Pod, Time};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::daemon_set::DaemonSetController;
use crate::sim::deployment::DeploymentController;
use crate::sim::event::NewEvent;
use crate::sim::garbage_collector::GarbageCollector;
use crate::sim::kubelet::Kubelet;
use crate::sim::namespace::NamespaceController;
use crate::sim::node_lifecycle::NodeLifecycle;
use crate::sim::pod_gc::PodGc;
use crate::sim::replica_set::ReplicaSetController;
use crate::sim::scheduler::Scheduler;
use crate::sim::taint_eviction::TaintEviction;
use crate::sim::{
    Activity, ActorKind, ActorSet, Change, Command, EventLog, Journal, Seed, Set, Store, Touched,
};

/// More commands than this in answer to one wake-up are a bug, not a big cluster.
const COMMANDS_MAX: usize = 1_000_000;

/// Work that was done, counted: what tests limit instead of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Wake-ups answered.
    pub wakes: u64,
    /// Syncs of workloads.
    pub syncs: u64,
    /// Answers to "should this node run it?" that were computed, not found.
    pub decisions: u64,
    /// Nodes of a DaemonSet that were looked at again.
    pub reviews: u64,
    /// Objects written.
    pub writes: u64,
    /// Scheduling attempts.
    pub schedulings: u64,
}

/// A wake-up in the queue: earlier first, then in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wake {
    at: Time,
    sequence: u64,
    actor: ActorKind,
    key: Key,
}

#[derive(Clone, Debug, Default)]
struct Actors {
    daemon_set: DaemonSetController,
    deployment: DeploymentController,
    replica_set: ReplicaSetController,
    scheduler: Scheduler,
    kubelet: Kubelet,
    node_lifecycle: NodeLifecycle,
    taint_eviction: TaintEviction,
    garbage_collector: GarbageCollector,
    pod_gc: PodGc,
    namespace: NamespaceController,
}

impl Actors {
    fn of(&mut self, kind: ActorKind) -> &mut dyn Actor {
        match kind {
            ActorKind::DaemonSet => &mut self.daemon_set,
            ActorKind::Deployment => &mut self.deployment,
            ActorKind::ReplicaSet => &mut self.replica_set,
            ActorKind::Scheduler => &mut self.scheduler,
            ActorKind::Kubelet => &mut self.kubelet,
            ActorKind::NodeLifecycle => &mut self.node_lifecycle,
            ActorKind::TaintEviction => &mut self.taint_eviction,
            ActorKind::GarbageCollector => &mut self.garbage_collector,
            ActorKind::PodGc => &mut self.pod_gc,
            ActorKind::Namespace => &mut self.namespace,
        }
    }
}

/// A whole control plane at one instant. A clone shares everything with the original.
#[derive(Clone, Debug)]
pub struct Cluster {
    now: Time,
    pub(super) seed: Seed,
    calendar: Calendar,
    pub(super) store: Store,
    events: EventLog,
    wakes: Set<Wake>,
    sequence: u64,
    actors: Actors,
    actor_set: ActorSet,
    has_latency: bool,
    work: Work,
    touched: Touched,
    digest: u64,
    /// The actor whose wake-up is being answered.
    acting: Option<ActorKind>,
    /// What happened in detail, if somebody wants to know.
    journal: Option<Journal>,
}

impl Cluster {
    /// An empty cluster with every actor.
    pub fn new(seed: Seed, calendar: Calendar) -> Cluster {
        let mut cluster = Cluster {
            now: Time::ZERO,
            seed,
            calendar,
            store: Store::default(),
            events: EventLog::default(),
            wakes: Set::new(),
            sequence: 0,
            actors: Actors::default(),
            actor_set: ActorSet::ALL,
            has_latency: true,
            work: Work::default(),
            touched: Touched::default(),
            digest: 0,
            acting: None,
            journal: None,
        };
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            cluster.store.add_namespace(name.into());
        }
        cluster
    }

    /// Virtual time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The date of virtual time zero.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The objects.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The events.
    pub fn events(&self) -> &EventLog {
        &self.events
    }

    /// Work done so far.
    pub fn work(&self) -> Work {
        self.work
    }

    /// A hash over every write and its time: equal for equal histories, natively and in a browser.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// What viewers have to look at again since the last call.
    pub fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    /// What viewers have to look at again, left where it is.
    pub fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Viewers have to look at everything again: another cluster was here before.
    pub(super) fn touch_all(&mut self, before: &Store) {
        let stores = [before, &self.store];
        let names = stores
            .into_iter()
            .flat_map(|it| it.nodes().map(|node| &node.meta.name).chain(it.vanished_nodes()));
        let nodes = names.cloned().collect();
        self.touched = Touched { membership: true, nodes, workloads: true, events: true };
    }

    /// How many objects there are that are often written.
    pub(super) fn object_count(&self) -> u64 {
        self.store.node_count() + self.store.pod_count()
    }

    /// When something is due next.
    pub fn next_wake(&self) -> Option<Time> {
        self.wakes.first().map(|it| it.at)
    }

    /// Moves the clock to the next wake-up and answers it; false if none is due by `limit`.
    pub fn step(&mut self, limit: Time) -> bool {
        let Some(wake) = self.wakes.first().filter(|it| it.at <= limit).cloned() else {
            return false;
        };
        self.wakes.remove_mut(&wake);
        self.now = self.now.max(wake.at);
        self.work.wakes += 1;
        let syncs = self.work.syncs;
        self.with_actor(wake.actor, |actor, ctx| actor.on_wake(&wake.key, ctx));
        if let (Some(journal), Key::Object(uid)) = (&mut self.journal, wake.key)
            && self.work.syncs > syncs
            && let Some(report) = self.actors.daemon_set.last_sync(uid)
        {
            journal.syncs.push((uid, report));
        }
        true
    }

    /// Runs until `to`, or until `wakes_max` wake-ups are answered; returns the time reached.
    pub fn run(&mut self, to: Time, wakes_max: u32) -> Time {
        for _ in 0..wakes_max {
            if !self.step(to) {
                self.now = self.now.max(to);
                return self.now;
            }
        }
        if self.next_wake().is_none_or(|it| it > to) {
            self.now = self.now.max(to);
        }
        self.now
    }

    /// What a kubelet is doing about a pod, if anything.
    pub fn activity(&self, pod: &Pod) -> Option<Activity> {
        self.actors.kubelet.activity(pod, self.seed)
    }

    /// Carries out commands and lets every actor see what they changed.
    pub fn execute_all(&mut self, commands: Vec<Command>) {
        let mut queue = VecDeque::from(commands);
        let mut count = 0;
        while let Some(command) = queue.pop_front() {
            count += 1;
            assert!(count < COMMANDS_MAX, "actors answer each other for ever at {}", self.now);
            if let Some(change) = self.execute(command) {
                self.tell(&change, &mut queue);
            }
        }
    }

    /// Shows a change to every actor; what they want done goes to the end of the queue.
    fn tell(&mut self, change: &Change, queue: &mut VecDeque<Command>) {
        self.note(change);
        for kind in ActorKind::ALL {
            if self.actor_set.contains(kind) {
                let (mut commands, mut wakes) = (Vec::new(), Vec::new());
                let mut ctx = Ctx {
                    now: self.now,
                    store: &self.store,
                    seed: self.seed,
                    has_latency: self.has_latency,
                    commands: &mut commands,
                    wakes: &mut wakes,
                    work: &mut self.work,
                };
                self.actors.of(kind).on_change(change, &mut ctx);
                self.queue_wakes(kind, wakes);
                queue.extend(commands);
            }
        }
    }

    /// Commits a change that the API server made for somebody outside.
    pub(super) fn commit(&mut self, change: Change) {
        let mut queue = VecDeque::new();
        self.tell(&change, &mut queue);
        self.execute_all(queue.into());
    }

    fn with_actor(&mut self, kind: ActorKind, act: impl FnOnce(&mut dyn Actor, &mut Ctx)) {
        let (mut commands, mut wakes) = (Vec::new(), Vec::new());
        let mut ctx = Ctx {
            now: self.now,
            store: &self.store,
            seed: self.seed,
            has_latency: self.has_latency,
            commands: &mut commands,
            wakes: &mut wakes,
            work: &mut self.work,
        };
        act(self.actors.of(kind), &mut ctx);
        self.queue_wakes(kind, wakes);
        self.acting = Some(kind);
        self.execute_all(commands);
        self.acting = None;
    }

    fn queue_wakes(&mut self, actor: ActorKind, wakes: Vec<(Time, Key)>) {
        for (at, key) in wakes {
            self.sequence += 1;
            self.wakes.insert_mut(Wake { at, sequence: self.sequence, actor, key });
        }
    }

    /// Remembers what viewers have to look at, and mixes the write into the digest.
    fn note(&mut self, change: &Change) {
        self.work.writes += 1;
        if let Some(journal) = &mut self.journal {
            journal.changes.push((self.acting, change.clone()));
        }
        let mut hasher = FnvHasher::with_key(self.digest);
        self.now.0.hash(&mut hasher);
        match change {
            Change::Node { old, new } => {
                (0_u8, stamp(old, |it| &it.meta), stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.membership |= old.is_none() || new.is_none();
                let name = new.as_ref().or(old.as_ref()).map(|it| it.meta.name.clone());
                self.touched.nodes.extend(name);
            }
            Change::Pod { old, new } => {
                (1_u8, stamp(old, |it| &it.meta), stamp(new, |it| &it.meta)).hash(&mut hasher);
                new.iter().for_each(|it| it.meta.name.hash(&mut hasher));
                let nodes = [old, new].into_iter().flatten().filter_map(|it| it.target_node());
                self.touched.nodes.extend(nodes.cloned());
                // The card of a deleted node goes with its last pod.
                let bound_to = old.as_ref().and_then(|it| it.node_name.as_ref());
                self.touched.membership |=
                    bound_to.is_some_and(|name| self.store.node(name).is_none());
                self.touched.workloads |= old.is_none() || new.is_none();
            }
            Change::DaemonSet { new, .. } => {
                (2_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Revision { new, .. } => {
                (3_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Deployment { new, .. } => {
                (4_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::ReplicaSet { new, .. } => {
                (5_u8, stamp(new, |it| &it.meta)).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::Machine { node } => {
                (6_u8, &**node).hash(&mut hasher);
                self.touched.nodes.insert(node.clone());
            }
            Change::Image { image } => {
                (7_u8, &**image).hash(&mut hasher);
                self.touched.workloads = true;
            }
            Change::NamespaceTerminating(_) | Change::Stored => self.touched.workloads = true,
        }
        self.digest = hasher.finish();
    }

    pub(super) fn record(&mut self, event: NewEvent) {
        self.touched.events = true;
        if let Some(journal) = &mut self.journal {
            journal.events.push(event.clone());
        }
        self.events.record(event, self.now);
    }
}

/// Identity and version, zeros if there is no object. (An `Option` would be hashed with a word of
/// the machine's width.)
fn stamp<T>(object: &Option<Arc<T>>, meta: impl Fn(&T) -> &ObjectMeta) -> (u64, u64) {
    object.as_ref().map_or((0, 0), |it| (meta(it).uid.0, meta(it).resource_version))
}

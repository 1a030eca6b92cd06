//! The cluster: steps from wake-up to wake-up, and is the only one to write.

mod lock_step;
mod picture;

use std::collections::VecDeque;

use crate::api::{Calendar, Name, ObjectMeta, Pod, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::daemon_set::{DaemonSetController, LastSync};
use crate::sim::deployment::DeploymentController;
use crate::sim::drainer::Drainer;
use crate::sim::event::NewEvent;
use crate::sim::execute::PodShape;
use crate::sim::garbage_collector::GarbageCollector;
use crate::sim::kubelet::{Kubelet, obstacle};
use crate::sim::namespace::NamespaceController;
use crate::sim::node_lifecycle::NodeLifecycle;
use crate::sim::pod_gc::PodGc;
use crate::sim::replica_set::ReplicaSetController;
use crate::sim::scheduler::Scheduler;
use crate::sim::taint_eviction::TaintEviction;
use crate::sim::write_log::WriteLog;
use crate::sim::{
    Activity, ActorKind, ActorSet, Change, Command, EventLog, Journal, Record, Seed, Set, Store,
    Touched,
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
    drainer: Drainer,
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
            ActorKind::Drainer => &mut self.drainer,
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
    pub(super) work: Work,
    pub(super) touched: Touched,
    pub(super) record: Record,
    /// Every write up to now, and what is known of those after it.
    pub(super) log: WriteLog,
    is_picture: bool,
    pub(super) digest: u64,
    pub(super) pod_shape: Option<PodShape>,
    /// The actor whose wake-up is being answered.
    pub(super) acting: Option<ActorKind>,
    /// What happened in detail, if somebody wants to know.
    pub(super) journal: Option<Journal>,
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
            record: Record::default(),
            log: WriteLog::default(),
            is_picture: false,
            digest: 0,
            pod_shape: None,
            acting: None,
            journal: None,
        };
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            let name = name.into();
            cluster.store.put_namespace(ObjectMeta { name, ..ObjectMeta::default() });
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

    /// What was recorded up to now.
    pub fn record(&self) -> &Record {
        &self.record
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

    /// When something is due next.
    pub fn next_wake(&self) -> Option<Time> {
        self.wakes.first().map(|it| it.at)
    }

    /// Moves the clock to the next wake-up and answers it; false if none is due by `limit`.
    pub fn step(&mut self, limit: Time) -> bool {
        if self.next_wake().is_none_or(|it| it > limit) {
            return false;
        }
        let Some(wake) = self.wakes.pop_first_mut() else { return false };
        self.now = self.now.max(wake.at);
        self.work.wakes += 1;
        let syncs = self.work.syncs;
        self.with_actor(wake.actor, |actor, ctx| actor.on_wake(&wake.key, ctx));
        if let (Some(journal), Key::Object(uid)) = (&mut self.journal, wake.key)
            && self.work.syncs > syncs
            && let Some(LastSync { report, .. }) = self.actors.daemon_set.last_sync(uid)
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

    /// What keeps a pod that is bound from starting, in the kubelet's words: the network of its
    /// node, or a ConfigMap or Secret that is not there.
    pub fn obstacle(&self, pod: &Pod) -> Option<String> {
        obstacle(pod, &self.store)
    }

    /// How many pods of a DaemonSet carry each of these revision hashes, as its controller counts
    /// them.
    pub fn pods_of_revisions(&self, daemon_set: Uid, hashes: &[Name]) -> Vec<u32> {
        if self.is_picture {
            return self.store.pods_of_revisions(daemon_set, hashes);
        }
        let controller = &self.actors.daemon_set;
        hashes.iter().map(|hash| controller.pods_of_revision(daemon_set, hash)).collect()
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
        let (mut commands, mut wakes) = (Vec::new(), Vec::new());
        for kind in ActorKind::ALL {
            if self.actor_set.contains(kind) {
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
                self.queue_wakes(kind, &mut wakes);
            }
        }
        queue.extend(commands);
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
        self.queue_wakes(kind, &mut wakes);
        self.acting = Some(kind);
        self.execute_all(commands);
        self.acting = None;
    }

    fn queue_wakes(&mut self, actor: ActorKind, wakes: &mut Vec<(Time, Key)>) {
        for (at, key) in wakes.drain(..) {
            self.sequence += 1;
            self.wakes.insert_mut(Wake { at, sequence: self.sequence, actor, key });
        }
    }

    pub(super) fn forget_events(&mut self) {
        self.events = EventLog::default();
    }

    pub(super) fn record_event(&mut self, event: NewEvent) {
        self.touched.events = true;
        if let Some(journal) = &mut self.journal {
            journal.events.push(event.clone());
        }
        self.events.record(event, self.now);
    }
}

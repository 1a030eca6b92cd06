//! What the benchmarks share: clusters of any size, the lock step, and counted allocations.

use std::alloc::System;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use daemonset_core::api::pod::Phase;
use daemonset_core::api::{Calendar, Name, Uid};
use daemonset_core::sim::{ActorKind, ActorSet, Cluster, Command, Input, Seed};
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Time that the processor spent on the benchmark: what others do meanwhile does not count.
pub(crate) struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// How all benchmarks are measured.
pub(crate) fn config() -> Criterion<CpuTime> {
    Criterion::default().with_measurement(CpuTime).sample_size(10)
}

/// Runs something once and prints what it allocated.
pub(crate) fn allocations<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let region = Region::new(ALLOCATOR);
    let result = run();
    let change = region.change();
    eprintln!("{what}: {} allocations, {} kB", change.allocations, change.bytes_allocated / 1000);
    result
}

fn node(number: u64) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": format!("node-{number:05}"),
            "labels": {"kubernetes.io/os": "linux", "disk": "ssd"},
        },
        "status": {
            "allocatable": {"cpu": "8", "memory": "16Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    })
}

/// A DaemonSet on every node; a tenth may be unavailable during an update.
pub(crate) fn daemon_set(version: u64) -> Value {
    let labels = json!({"app": "agent"});
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": labels},
            "revisionHistoryLimit": 10,
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0},
            },
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "agent", "image": format!("agent:{version}")}]},
            },
        },
    })
}

/// All nodes and all actors, and nothing on the nodes.
pub(crate) fn whole(nodes: u64) -> Cluster {
    let mut cluster = Cluster::new(Seed(1), Calendar { unix_seconds_at_zero: 0 });
    (0..nodes).for_each(|it| cluster.place_node(&node(it)));
    cluster.take_touched();
    cluster
}

/// The DaemonSet controller alone, in lock step; everything else is done by hand.
pub(crate) struct LockStep {
    pub(crate) cluster: Cluster,
}

impl LockStep {
    pub(crate) fn new(nodes: u64) -> LockStep {
        let mut cluster = Cluster::lock_step(Seed(1), ActorSet::only(&[ActorKind::DaemonSet]));
        (0..nodes).for_each(|it| cluster.place_node(&node(it)));
        LockStep { cluster }
    }

    pub(crate) fn apply(&mut self, version: u64) {
        self.cluster.place_daemon_set(&daemon_set(version), true);
    }

    pub(crate) fn uid(&self) -> Uid {
        self.cluster.store().daemon_set(&"default".into(), &"agent".into()).unwrap().meta.uid
    }

    /// Syncs until nothing is left to do; returns how many syncs that took.
    pub(crate) fn settle(&mut self) -> u64 {
        for count in 1.. {
            let before = self.cluster.store().resource_version();
            let report = self.cluster.sync_daemon_set(self.uid());
            let is_idle = report.creates + report.deletes == 0;
            if is_idle && self.cluster.store().resource_version() == before {
                return count;
            }
        }
        0
    }

    /// The other actors: what terminates goes, what waits is bound, started and ready. False if
    /// there was nothing to do.
    pub(crate) fn others(&mut self) -> bool {
        let now = self.cluster.now();
        let mut commands = Vec::new();
        for pod in self.cluster.store().pods() {
            let uid = pod.meta.uid;
            if pod.meta.is_terminating() {
                commands.push(Command::DeletePod { uid, grace_seconds: Some(0) });
            } else if pod.status.phase == Phase::Pending {
                let node: Name = pod.target_node().unwrap().clone();
                commands.push(Command::BindPod { uid, node });
                let mut status = pod.status.clone();
                status.phase = Phase::Running;
                status.set_ready(true, now);
                commands.push(Command::SetPodStatus(uid, Box::new(status)));
            }
        }
        let has_worked = !commands.is_empty();
        self.cluster.execute_all(commands);
        has_worked
    }

    /// A DaemonSet on all nodes, everything ready.
    pub(crate) fn ready(nodes: u64) -> LockStep {
        let mut lock_step = LockStep::new(nodes);
        lock_step.apply(1);
        lock_step.settle();
        lock_step.others();
        lock_step.settle();
        lock_step
    }

    /// The pod of one node loses its readiness and gets it back.
    pub(crate) fn flap(&mut self) {
        for is_ready in [false, true] {
            let pod = self.cluster.store().pods().next().unwrap();
            let mut status = pod.status.clone();
            status.set_ready(is_ready, self.cluster.now());
            let command = Command::SetPodStatus(pod.meta.uid, Box::new(status));
            self.cluster.execute_all(vec![command]);
            self.cluster.sync_daemon_set(self.uid());
        }
    }

    /// A whole rolling update; returns how many syncs it took.
    pub(crate) fn roll(&mut self, version: u64) -> u64 {
        self.apply(version);
        let mut syncs = 0;
        for _ in 0..1_000 {
            syncs += self.settle();
            if !self.others() {
                return syncs;
            }
        }
        syncs
    }
}

pub(crate) fn apply(version: u64) -> Input {
    Input::Apply { object: daemon_set(version).into() }
}

/// Runs until every pod is up to date and available, in virtual seconds.
pub(crate) fn run_until_ready(cluster: &mut Cluster, nodes: i32) {
    let mut limit = cluster.now();
    for _ in 0..100_000 {
        limit = limit + 1_000;
        cluster.run(limit, u32::MAX);
        let ds = cluster.store().daemon_sets().next().unwrap();
        let status = ds.status;
        let is_observed = status.observed_generation == ds.meta.generation;
        if is_observed
            && (status.updated_number_scheduled, status.number_available) == (nodes, nodes)
        {
            return;
        }
    }
    panic!("not ready at {}", cluster.now());
}

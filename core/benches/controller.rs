//! The DaemonSet controller alone, in lock step: pods are bound, started and removed by hand.
//!
//! `cargo bench -p daemonset-core --bench controller`. Measured on one of two cores that others
//! used as well; the yardstick is the real controller's own logic on such a machine.
//!
//! | nodes  | no-op sync       | one change | first placement  | rolling update, 10 % |
//! |--------|------------------|------------|------------------|----------------------|
//! | 100    | 0.7 µs, 10 alloc | 4.6 µs, 52 | 0.30 ms, 1,622   | 0.77 ms, 3,953       |
//! | 1,000  | 0.7 µs, 10       | 4.5 µs, 52 | 3.0 ms, 13,656   | 9.0 ms, 28,505       |
//! | 5,000  | 0.6 µs, 10       |            | 18.5 ms, 67,203  | 59 ms, 138,154       |
//! | 10,000 | 0.7 µs, 10       | 6.2 µs, 52 | 40.9 ms, 134,123 |                      |
//! | real, 1,000 | 17 ms       |            | 48 ms            | 700 ms               |
//! | real, 5,000 | 85 to 143 ms |           | 1,100 ms         |                      |
//!
//! A no-op sync costs the same at any size, since it looks at what changed and that is nothing. One
//! change costs one review of one node; what it grows by is the search for a name in longer maps.
//! A placement costs 3 µs for each pod at 1,000 nodes and 4 µs at 10,000: the same 13 allocations,
//! but the maps no longer fit the nearest cache. A rollout writes each pod about six times.
#![allow(missing_docs)] // Of functions that a macro makes.

#[allow(dead_code)] // Each benchmark uses a part of it.
mod common;

use common::{CpuTime, LockStep, allocations, config};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};

fn no_op_sync(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("no-op sync");
    for nodes in [100, 1_000, 5_000, 10_000] {
        let mut lock_step = LockStep::ready(nodes);
        let uid = lock_step.uid();
        allocations(&format!("no-op sync, {nodes} nodes"), || {
            lock_step.cluster.sync_daemon_set(uid)
        });
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            bencher.iter(|| lock_step.cluster.sync_daemon_set(uid));
        });
    }
}

/// One pod becomes unready and ready again, with a sync after each: the work is that of one node.
fn one_change(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("one change");
    for nodes in [100, 1_000, 10_000] {
        let mut lock_step = LockStep::ready(nodes);
        allocations(&format!("one change, {nodes} nodes"), || lock_step.flap());
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            bencher.iter(|| lock_step.flap());
        });
    }
}

fn first_placement(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("first placement");
    for nodes in [100, 1_000, 5_000, 10_000] {
        let place = |lock_step: &mut LockStep| {
            lock_step.apply(1);
            lock_step.settle()
        };
        let mut once = LockStep::new(nodes);
        let syncs = allocations(&format!("first placement, {nodes} nodes"), || place(&mut once));
        eprintln!("first placement, {nodes} nodes: {syncs} syncs");
        assert_eq!(once.cluster.store().pod_count(), nodes);
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            let fresh = || LockStep::new(nodes);
            bencher.iter_batched_ref(fresh, place, BatchSize::LargeInput);
        });
    }
}

fn rolling_update(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("rolling update, 10 %");
    for nodes in [100, 1_000, 5_000] {
        let mut once = LockStep::ready(nodes);
        let syncs = allocations(&format!("rolling update, {nodes} nodes"), || once.roll(2));
        eprintln!("rolling update, {nodes} nodes: {syncs} syncs");
        let updated = once.cluster.store().daemon_sets().next().unwrap().status;
        assert_eq!(updated.updated_number_scheduled as u64, nodes);
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            let fresh = || LockStep::ready(nodes);
            bencher.iter_batched_ref(fresh, |it| it.roll(2), BatchSize::LargeInput);
        });
    }
}

criterion_group! {
    name = benches;
    config = config();
    targets = no_op_sync, one_change, first_placement, rolling_update
}
criterion_main!(benches);

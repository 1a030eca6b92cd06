//! The DaemonSet controller alone, in lock step: pods are bound, started and removed by hand.
//!
//! `cargo bench -p daemonset-core --bench controller`. Measured on one of two cores that others
//! used as well; the yardstick is the real controller's own logic on such a machine.
//!
//! | nodes  | no-op sync       | one change | first placement  | rolling update, 10 % |
//! |--------|------------------|------------|------------------|----------------------|
//! | 100    | 0.6 µs, 9 alloc  | 5.0 µs, 50 | 0.28 ms, 1,196   | 0.91 ms, 4,664       |
//! | 1,000  | 0.6 µs, 9        | 5.0 µs, 50 | 3.0 ms, 9,628    | 9.1 ms, 37,012       |
//! | 5,000  | 0.6 µs, 9        |            | 16.0 ms, 47,160  | 51 ms, 181,262       |
//! | 10,000 | 0.6 µs, 9        | 5.3 µs, 50 | 32.4 ms, 94,062  |                      |
//! | real, 1,000 | 17 ms       |            | 48 ms            | 700 ms               |
//! | real, 5,000 | 85 to 143 ms |           | 1,100 ms         |                      |
//!
//! A no-op sync costs the same at any size, since it looks at what changed and that is nothing. One
//! change costs one review of one node; what it grows by is the search for a name in longer maps.
//! A placement costs 3 µs and 9 allocations for each pod at any size. A rollout writes each pod
//! about six times.
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

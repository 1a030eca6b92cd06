//! All actors together, and the timeline.
//!
//! `cargo bench -p daemonset-core --bench cluster`: processor time, on one of two cores that others
//! used as well.
//!
//! | nodes  | from empty to ready        | rolling update, 10 %       | clone            |
//! |--------|----------------------------|----------------------------|------------------|
//! | 100    | 1.3 ms, 7,159 alloc        | 2.9 ms, 21,004 alloc       |                  |
//! | 1,000  | 13.6 ms, 56,057            | 29 ms, 137,607             |                  |
//! | 5,000  | 101 ms, 272,064            | 180 ms, 562,125            | 0.3 µs, no alloc |
//! | 10,000 | 226 ms, 562,488            |                            |                  |
//!
//! A seek to a random instant of ten minutes with four rollouts at 1,000 nodes takes 6.4 ms on
//! average: half of the work between two checkpoints, 8,000 counted units at about 1 µs.
//!
//! A pod costs five wake-ups, five writes and 55 allocations on its way to ready, at any size. Its
//! time grows by half from 1,000 to 5,000 nodes since the working set leaves the caches: wake-ups
//! come in the order of time, each for another node. Syncs grow with waves, not with nodes, since a
//! burst of changes costs one sync.
#![allow(missing_docs)] // Of functions that a macro makes.

#[allow(dead_code)] // Each benchmark uses a part of it.
mod common;

use common::{CpuTime, allocations, apply, config, run_until_ready, whole};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use daemonset_core::api::Time;
use daemonset_core::sim::{Cluster, Seed, Timeline};

fn from_empty_to_ready(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("from empty to ready");
    for nodes in [100, 1_000, 5_000, 10_000] {
        let run = |cluster: &mut Cluster| {
            cluster.input(&apply(1)).unwrap();
            run_until_ready(cluster, nodes);
        };
        let mut once = whole(nodes as u64);
        allocations(&format!("from empty to ready, {nodes} nodes"), || run(&mut once));
        eprintln!("from empty to ready, {nodes} nodes: {:?}", once.work());
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            let fresh = || whole(nodes as u64);
            bencher.iter_batched_ref(fresh, run, BatchSize::LargeInput);
        });
    }
}

fn rolling_update(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("rolling update with all actors, 10 %");
    for nodes in [100, 1_000, 5_000] {
        let run = |cluster: &mut Cluster| {
            cluster.input(&apply(2)).unwrap();
            run_until_ready(cluster, nodes);
        };
        let ready = ready(nodes);
        let mut once = ready.clone();
        let before = once.work();
        allocations(&format!("rolling update with all actors, {nodes} nodes"), || run(&mut once));
        eprintln!("with all actors, {nodes} nodes: {before:?} to {:?}", once.work());
        group.bench_function(BenchmarkId::from_parameter(nodes), |bencher| {
            bencher.iter_batched_ref(|| ready.clone(), run, BatchSize::LargeInput);
        });
    }
}

fn clone(criterion: &mut Criterion<CpuTime>) {
    let ready = ready(5_000);
    allocations("clone, 5000 nodes", || ready.clone());
    criterion.bench_function("clone, 5000 nodes", |bencher| bencher.iter(|| ready.clone()));
}

/// Ten minutes at 1,000 nodes with four rollouts; each seek goes to another instant.
fn seek(criterion: &mut Criterion<CpuTime>) {
    let mut timeline = Timeline::new(whole(1_000));
    for version in 1..=5 {
        timeline.act(apply(version)).unwrap();
        timeline.advance(Time(version as i64 * 120_000), u32::MAX);
    }
    eprintln!("ten minutes, 1000 nodes: {:?}", timeline.cluster().work());
    let mut turn = 0_u64;
    let mut go = || {
        turn += 1;
        timeline.seek(Time(Seed(1).between(0, 600_000, "seek", turn)))
    };
    allocations("a hundred seeks, 1000 nodes", || (0..100).map(|_| go()).max());
    criterion.bench_function("seek in ten minutes, 1000 nodes", |bencher| bencher.iter(&mut go));
}

fn ready(nodes: i32) -> Cluster {
    let mut cluster = whole(nodes as u64);
    cluster.input(&apply(1)).unwrap();
    run_until_ready(&mut cluster, nodes);
    cluster.take_touched();
    cluster
}

criterion_group! {
    name = benches;
    config = config();
    targets = from_empty_to_ready, rolling_update, clone, seek
}
criterion_main!(benches);

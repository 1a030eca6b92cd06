//! Random histories: a small cluster, faults drawn from a seed, and named invariants after every
//! step; then the faults stop, and what must come true in the end has to.
//!
//! `SEED=17 cargo test --test simulation` runs one seed and prints its history;
//! `SIMULATION_SEEDS=2000 cargo test --release --test simulation` runs many.
#![cfg(not(target_arch = "wasm32"))]

mod faults;
mod manifests;
mod world;

use std::collections::BTreeSet;

use daemonset_core::api::Time;
use daemonset_core::sim::invariant::{self, Rule};
use daemonset_core::sim::{Cluster, Input, Timeline};
use world::{Failure, History, World};

/// What a debug build does in about twenty seconds.
const SEEDS: u64 = 300;

#[test]
fn invariants_hold_under_faults() {
    if let Some(seed) = variable("SEED") {
        let history = run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        eprintln!("{history}");
        return;
    }
    let count = variable("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let run_some = |first: u64| {
        let seeds = (first..count).step_by(threads as usize);
        seeds.map(run).collect::<Vec<_>>()
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|it| scope.spawn(move || run_some(it))).collect();
        parts.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    let failures: Vec<&Failure> = results.iter().filter_map(|it| it.as_ref().err()).collect();
    for failure in failures.iter().take(3) {
        eprintln!("{failure}\n");
    }
    for failure in failures.iter().skip(3).take(40) {
        eprintln!("SEED={} {}", failure.seed, failure.what);
    }
    assert!(failures.is_empty(), "{} of {count} seeds fail; see above", failures.len());
    let histories = results.iter().filter_map(|it| it.as_ref().ok());
    let reached: BTreeSet<&str> = histories.flat_map(|it| it.reached.iter().copied()).collect();
    let sometimes = invariant::all().filter(|it| matches!(it.rule, Rule::Sometimes(_)));
    let missed: Vec<&str> =
        sometimes.map(|it| it.name).filter(|name| !reached.contains(name)).collect();
    assert!(missed.is_empty(), "never in {count} seeds: {missed:?}");
}

/// One seed, with its history run again in two other ways.
fn run(seed: u64) -> Result<History, Failure> {
    let history = World::new(seed).live()?;
    let failed = |what: String| history.failure(what);
    let text = serde_json::to_string(&history.inputs).map_err(|it| failed(it.to_string()))?;
    let inputs: Vec<(Time, Input)> =
        serde_json::from_str(&text).map_err(|it| failed(it.to_string()))?;
    let mut straight = Timeline::replay(World::start(seed), &inputs);
    straight.advance(history.end, u32::MAX);
    if straight.cluster().digest() != history.digest {
        return Err(failed("a run from the serialised inputs differs".into()));
    }
    let mut wandering = Timeline::replay(World::start(seed), &inputs);
    for part in [7, 3, 5, 1] {
        wandering.seek(Time(history.end.0 * part / 8));
    }
    let old = wandering.active().id;
    // A fork is left again; it must leave no trace.
    let _ = wandering.act(Input::CreateNamespace { name: "elsewhere".into() });
    wandering.advance(wandering.now() + 5_000, u32::MAX);
    assert!(wandering.switch(old));
    wandering.seek(history.end);
    if events(wandering.cluster()) != events(straight.cluster()) {
        return Err(failed("the events of a run with seeks and a fork differ".into()));
    }
    match wandering.cluster().digest() == history.digest {
        true => Ok(history),
        false => Err(failed("a run with seeks and a fork differs".into())),
    }
}

fn events(cluster: &Cluster) -> Vec<String> {
    let events = cluster.events().iter();
    events.map(|it| format!("{} {} {}", it.last.0, it.event.object.name, it.message())).collect()
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

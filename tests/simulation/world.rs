//! One random history: draws what happens, lets time pass step by step, and has it watched.

use std::collections::BTreeSet;
use std::fmt;

use daemonset_core::api::{Calendar, Name, Time};
use daemonset_core::sim::invariant::{Monitor, Violation};
use daemonset_core::sim::{Cluster, Input, Seed, Shortage};
use serde_json::{Value, json};

use crate::faults::Faults;

/// Faults stop, and this is given to come to rest, in milliseconds.
const REST: i64 = 30 * 60_000;
/// More wake-ups in one history would be a loop.
const WAKES_MAX: u64 = 100_000;

/// What a seed turned out to be.
pub(crate) struct History {
    pub(crate) seed: u64,
    pub(crate) inputs: Vec<(Time, Input)>,
    pub(crate) end: Time,
    pub(crate) digest: u64,
    pub(crate) reached: BTreeSet<&'static str>,
}

/// A seed that shows an error.
pub(crate) struct Failure {
    pub(crate) seed: u64,
    pub(crate) what: String,
    inputs: Vec<(Time, Input)>,
}

/// A cluster under faults.
pub(crate) struct World {
    pub(crate) seed: Seed,
    pub(crate) cluster: Cluster,
    inputs: Vec<(Time, Input)>,
    monitor: Monitor,
}

impl World {
    /// The nodes at the start.
    pub(crate) fn start(seed: u64) -> Cluster {
        let seed = Seed(seed);
        let mut cluster = Cluster::new(seed, Calendar { unix_seconds_at_zero: 0 });
        for number in 1..=seed.between(1, 9, "nodes", ()) {
            cluster.place_node(&node(seed, number, true));
        }
        cluster
    }

    pub(crate) fn new(seed: u64) -> World {
        let mut cluster = World::start(seed);
        cluster.keep_journal();
        World { seed: Seed(seed), cluster, inputs: Vec::new(), monitor: Monitor::default() }
    }

    /// Faults for a while, then peace.
    pub(crate) fn live(mut self) -> Result<History, Failure> {
        let faults = Faults::drawn(self.seed);
        let turns = self.seed.between(8, 30, "turns", ());
        for turn in 0..turns {
            // The first turns bring the DaemonSets; later ones whatever the faults say.
            let input = faults.input(&self, turn);
            if let Some(input) = input {
                self.give(input)?;
            }
            let pause = match self.seed.between(0, 3, "pace", turn) {
                0 => self.seed.between(0, 300, "pause", turn),
                1 | 2 => self.seed.between(300, 15_000, "pause", turn),
                _ => self.seed.between(15_000, 120_000, "pause", turn),
            };
            self.pass(self.cluster.now() + pause)?;
        }
        self.relieve()?;
        self.pass(self.cluster.now() + REST)?;
        self.monitor.at_rest(&self.cluster).map_err(|it| self.failed(it))?;
        Ok(History {
            seed: self.seed.0,
            end: self.cluster.now(),
            digest: self.cluster.digest(),
            reached: self.monitor.reached().clone(),
            inputs: self.inputs,
        })
    }

    /// Peace: machines have what they need again. Dead nodes and broken images stay as they are.
    fn relieve(&mut self) -> Result<(), Failure> {
        let nodes = self.cluster.store().nodes().map(|it| it.meta.name.clone());
        let inputs = nodes.flat_map(|node| {
            Shortage::ALL.map(|shortage| Input::SetPressure {
                node: node.clone(),
                shortage,
                on: false,
            })
        });
        inputs.collect::<Vec<_>>().into_iter().try_for_each(|it| self.give(it))
    }

    /// What is refused must leave everything as it was.
    fn give(&mut self, input: Input) -> Result<(), Failure> {
        let before = self.cluster.digest();
        match self.cluster.input(&input) {
            Ok(_) => self.inputs.push((self.cluster.now(), input)),
            Err(_) if self.cluster.digest() == before => {}
            Err(error) => {
                let what = format!("{input:?} was refused ({error}) and changed something");
                return Err(self.failure(what));
            }
        }
        self.monitor.look(&mut self.cluster).map_err(|it| self.failed(it))
    }

    fn pass(&mut self, to: Time) -> Result<(), Failure> {
        while self.cluster.step(to) {
            self.monitor.look(&mut self.cluster).map_err(|it| self.failed(it))?;
            if self.cluster.work().wakes > WAKES_MAX {
                return Err(self.failure(format!("{WAKES_MAX} wake-ups and no end")));
            }
        }
        self.cluster.run(to, 1);
        Ok(())
    }

    fn failed(&self, violation: Violation) -> Failure {
        self.failure(violation.to_string())
    }

    fn failure(&self, what: String) -> Failure {
        Failure { seed: self.seed.0, what, inputs: self.inputs.clone() }
    }
}

impl History {
    pub(crate) fn failure(&self, what: String) -> Failure {
        Failure { seed: self.seed, what, inputs: self.inputs.clone() }
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_inputs(&self.inputs, f)?;
        write!(f, "seed {} is well at {}; it reached {:#?}", self.seed, self.end, self.reached)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_inputs(&self.inputs, f)?;
        writeln!(f, "{}", self.what)?;
        write!(f, "SEED={} cargo test --test simulation", self.seed)
    }
}

fn write_inputs(inputs: &[(Time, Input)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (time, input) in inputs {
        let text = serde_json::to_string(input).map_err(|_| fmt::Error)?;
        writeln!(f, "{:>9} {text}", time.0)?;
    }
    Ok(())
}

/// Two disks, two sizes.
pub(crate) fn node(seed: Seed, number: i64, is_ready: bool) -> Value {
    let name: Name = format!("n-{number}").into();
    let disk = ["ssd", "hdd"][seed.between(0, 1, "disk", number) as usize];
    let cpu = ["2", "4"][seed.between(0, 1, "cpu", number) as usize];
    let mut node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": &*name, "labels": {"disk": disk, "kubernetes.io/hostname": &*name}},
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "110"}},
    });
    if is_ready {
        node["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
    }
    node
}

//! What a person opens and plays with: a scenario, its cluster, and what viewers may know of it.

mod advice;
mod answers;
mod apply;
mod branches;
mod breaks;
mod differences;
mod drain;
mod drift;
mod edit;
pub mod file_name;
mod gallery;
mod help;
mod import;
mod machines;
mod places;
mod plan;
mod prospect;
mod reconcile;
mod saved;
mod scenario;
mod script;
mod server;
mod shell;
mod snapshot;
pub mod view;

use std::sync::Arc;

use crate::api::{Name, Time};
use crate::kubectl;
use crate::sim::{ApiError, BranchId, Cluster, Input, Outcome, Seed, Timeline};

pub use crate::sim::Touched;
pub use advice::Tip;
pub use apply::{ApplyReport, Done, Message, Severity};
pub use branches::{BranchAct, BranchView, Comparison};
pub use breaks::Break;
pub use differences::Differences;
pub use drain::DrainPreview;
pub use drift::{Comparing, Drift};
pub use gallery::{Exhibit, Group, read_gallery};
pub use import::ImportError;
pub use machines::{NODES_MAX, NewNodes};
pub use places::{Insertion, Places};
pub use plan::{LookAhead, Outlook};
pub use prospect::Prospect;
pub use saved::{
    Restoration, Restored, SavedError, SavedFile, SavedPiece, SavedTerminal, SavedWork,
};
pub use scenario::{Pool, Scenario};
pub use script::{Reader, Statement, run_script};
pub use shell::{Completion, Run, Shell};

/// Without a change for this long the cluster counts as settled, in milliseconds.
const SETTLED_AFTER: i64 = 120_000;
/// When nothing is coming, a step lets this much time pass, in milliseconds.
const IDLE_STEP: i64 = 10_000;
/// More wake-ups than this in one call are never answered.
const WAKES_MAX: u32 = 5_000_000;

/// The opening manifest as JSON (core/build.rs).
const OPENING: &str = include_str!(concat!(env!("OUT_DIR"), "/opening.json"));

/// A scenario and its history: the cluster at an instant, and everything that was done to it.
#[derive(Clone, Debug)]
pub struct Playground {
    scenario: Scenario,
    seed: Seed,
    timeline: Timeline,
    /// What changed while somebody else than the viewer was looking.
    touched: Touched,
    /// Gets every input before it is carried out; see `set_witness`.
    witness: Option<fn(&str)>,
    /// What time stops at; no part of the history.
    breaks: Vec<Break>,
    /// The objects of an imported cluster as they were given.
    imported: Arc<import::Imported>,
}

impl Playground {
    /// The default scenario with its opening manifest applied at time zero.
    pub fn open(seed: u64) -> Playground {
        let scenario = Scenario::opening();
        let mut playground = Playground::start(scenario, seed);
        // What `apply` would make of the manifest, without reading YAML for it: a first visit is
        // lighter by the whole reader.
        let object = serde_json::from_str(OPENING).unwrap_or_default();
        let _ = playground.act(Input::Apply { object: Arc::new(object) });
        playground
    }

    /// A scenario's nodes, and nothing on them.
    pub fn start(scenario: Scenario, seed: u64) -> Playground {
        let seed = Seed(seed);
        let mut cluster = Cluster::new(seed, scenario.calendar);
        for name in &scenario.namespaces {
            // A namespace that is there already is what the scenario wants.
            let _ = cluster.input(&Input::CreateNamespace { name: name.clone() });
        }
        for pool in &scenario.pools {
            for number in 1..=pool.count {
                let name: Name = format!("{}-{number}", pool.prefix).into();
                cluster.place_node(&scenario.node(pool, &name, number, true));
            }
        }
        for (image, behaviour) in &scenario.images {
            let (image, behaviour) = (image.clone(), *behaviour);
            // Nothing can be refused about an image.
            let _ = cluster.input(&Input::SetImageBehaviour { image, behaviour });
        }
        let (timeline, touched) = (Timeline::new(cluster), Touched::default());
        let (breaks, imported) = (Vec::new(), Arc::default());
        Playground { scenario, seed, timeline, touched, witness: None, breaks, imported }
    }

    /// The manifest that is shown first.
    pub fn opening_manifest() -> &'static str {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../www/gallery/node-logger.yaml"))
    }

    /// Virtual time.
    pub fn now(&self) -> Time {
        self.timeline.now()
    }

    /// The cluster.
    pub fn cluster(&self) -> &Cluster {
        self.timeline.cluster()
    }

    /// The history with its branches.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Everything that was done, with its time; after a seek back also what comes after now.
    pub fn inputs(&self) -> &[(Time, Input)] {
        self.timeline.inputs()
    }

    /// Does one thing now. What is refused is not kept. In the past it forks: what came after now
    /// is kept as another branch.
    pub fn act(&mut self, input: Input) -> Result<Outcome, ApiError> {
        self.bear_witness(&input);
        #[cfg(feature = "trap")]
        saved::trap(&input);
        self.timeline.act(input)
    }

    /// Goes to an instant, back or forth; returns the time reached.
    pub fn seek(&mut self, time: Time) -> Time {
        self.keep_touched();
        self.timeline.seek(time)
    }

    /// A copy that is on its way to another instant: `advance` leads it there. Whoever is held up
    /// by that may look at this one meanwhile, and at the copy when it has arrived.
    pub fn towards(&self, time: Time) -> Playground {
        let mut copy = self.clone();
        copy.keep_touched();
        copy.timeline.depart(time);
        copy
    }

    /// A copy that shows another instant at once: its objects and figures, not yet its events, nor
    /// what anybody is about to do. None if it is not known what was written up to then.
    pub fn pictured(&self, time: Time) -> Option<Playground> {
        let mut copy = self.clone();
        copy.keep_touched();
        copy.timeline.show(time).then_some(copy)
    }

    /// Looks at the same instant of another branch; false if it is not known.
    pub fn switch(&mut self, branch: BranchId) -> bool {
        self.act_on_branch(BranchAct::Switch(branch.0)).is_ok()
    }

    /// What it began with.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Runs a recorded history on a fresh start of its scenario.
    pub fn replay(scenario: Scenario, seed: u64, inputs: &[(Time, Input)]) -> Playground {
        let mut playground = Playground::start(scenario, seed);
        for (time, input) in inputs {
            playground.advance(*time, WAKES_MAX);
            // It was accepted then, so it is accepted now.
            let _ = playground.act(input.clone());
        }
        playground
    }

    /// A machine joins a pool under the next free name.
    pub fn add_node(&mut self, pool: &str) -> Result<Name, ApiError> {
        let pool = self.pool(pool)?;
        let number = self.first_free(&format!("{}-#", pool.prefix));
        let name: Name = format!("{}-{number}", pool.prefix).into();
        let object = self.scenario.node(pool, &name, number, false).into();
        self.act(Input::AddNode { object })?;
        Ok(name)
    }

    fn pool(&self, id: &str) -> Result<&Pool, ApiError> {
        let unknown = || ApiError::Client(format!("there is no pool \"{id}\""));
        self.scenario.pools.iter().find(|it| *it.id == *id).ok_or_else(unknown)
    }

    /// The kubectl line that equals an input now, before it is carried out.
    pub fn command_line(&self, input: &Input) -> String {
        kubectl::line_of(input, self.cluster().store())
    }

    /// Runs until `to`, or until `wakes_max` wake-ups are answered; returns the time reached.
    pub fn advance(&mut self, to: Time, wakes_max: u32) -> Time {
        self.timeline.advance(to, wakes_max)
    }

    /// Runs to just after the next change that can be seen; without one ten seconds pass, and the
    /// answer is false.
    pub fn step(&mut self) -> bool {
        self.keep_touched();
        let limit = self.now() + IDLE_STEP;
        while self.timeline.step(limit) {
            if self.cluster().touched().is_change() {
                // What else happens at this instant belongs to the same change.
                self.timeline.advance(self.now(), WAKES_MAX);
                return true;
            }
        }
        self.timeline.advance(limit, WAKES_MAX);
        false
    }

    /// Goes back to the change before now that can be seen, or to the start; returns the time
    /// reached.
    pub fn step_back(&mut self) -> Time {
        let now = self.now();
        let mut span = IDLE_STEP;
        loop {
            let from = Time((now.0 - span).max(0));
            if let Some(change) = self.last_change(from, now) {
                return self.seek(change);
            }
            if from == Time::ZERO {
                return self.seek(from);
            }
            span = span.saturating_mul(4);
        }
    }

    /// The last visible change after `from` and before `to`.
    fn last_change(&self, from: Time, to: Time) -> Option<Time> {
        let mut probe = self.timeline.clone();
        probe.seek(from);
        probe.cluster_mut().take_touched();
        let (mut last, limit) = (None, to + -1);
        while probe.step(limit) {
            if probe.cluster_mut().take_touched().is_change() {
                last = Some(probe.now());
            }
        }
        last
    }

    /// Runs until no status of a workload and no pod has come or gone for two minutes, and stops
    /// at the last such change; at most `limit` milliseconds. Returns how many have passed.
    pub fn settle(&mut self, limit: i64) -> i64 {
        let start = self.now();
        let end = start + limit;
        let touched = self.timeline.settle(SETTLED_AFTER, end);
        self.touched.merge(touched);
        self.now().0 - start.0
    }

    /// What viewers have to look at again since the last call.
    pub fn touched(&mut self) -> Touched {
        self.keep_touched();
        std::mem::take(&mut self.touched)
    }

    fn keep_touched(&mut self) {
        let new = self.timeline.cluster_mut().take_touched();
        self.touched.merge(new);
    }
}

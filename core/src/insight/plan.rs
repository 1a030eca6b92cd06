//! What a manifest would do: the simulation itself, cloned, with the manifest applied, run ahead
//! until it has come to rest. Nothing here knows a rule of Kubernetes; it watches what happens.

mod cause;
mod forecast;
mod stuck;
mod text;

use crate::api::{Name, Time, Uid};

pub use forecast::Forecast;
pub use text::estimate;

/// What becomes of a DaemonSet's pod on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The node gets a pod where there was none.
    Gain,
    /// The node loses its pod.
    Lose,
    /// Another pod takes the place of the present one.
    Restart,
    /// The present pod stays.
    Keep,
}

impl Fate {
    /// The word for it, as plans are written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gain => "gain",
            Self::Lose => "lose",
            Self::Restart => "restart",
            Self::Keep => "keep",
        }
    }
}

/// Why something happens, and the line of the manifest that makes it happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// A few words: `now tolerated`, `disk=hdd`.
    pub text: String,
    /// The line, if the cause stands in the text; what was taken out does not.
    pub line: Option<u32>,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePlan {
    /// Its name.
    pub node: Name,
    /// What becomes of its pod.
    pub fate: Fate,
    /// When that begins, in milliseconds from now.
    pub after: Option<i64>,
    /// The wave in which its pod restarts.
    pub wave: Option<u32>,
    /// Why it gains or loses a pod.
    pub cause: Option<Cause>,
}

/// One wave of restarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavePlan {
    /// Counts from 1.
    pub number: u32,
    /// When it begins, in milliseconds from now.
    pub after: i64,
    /// Its nodes in the order of their turns.
    pub nodes: Vec<Name>,
}

/// Nodes that do not get there, all for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The nodes.
    pub nodes: Vec<Name>,
    /// What the first of them is stuck at, in half a sentence.
    pub reason: String,
    /// Whether they only wait for the others: the budget is used up.
    pub waits: bool,
    /// What would have prevented it.
    pub practice: Option<&'static str>,
}

/// What becomes of one DaemonSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPlan {
    /// Its identity in the cluster that was run ahead.
    pub uid: Uid,
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// The number of the revision before and after.
    pub revisions: (Option<i64>, Option<i64>),
    /// Nodes that want a pod afterwards.
    pub desired: i32,
    /// Every node that has a pod before or afterwards, by name.
    pub nodes: Vec<NodePlan>,
    /// The waves that begin.
    pub waves: Vec<WavePlan>,
    /// How many waves the whole update takes.
    pub wave_count: u32,
    /// Why pods restart.
    pub cause: Option<Cause>,
    /// How long it takes in milliseconds.
    pub takes: i64,
    /// The fewest ready pods on the way, and how many are wanted; none where there were none.
    pub lowest: Option<(i32, i32)>,
    /// What does not get there.
    pub stuck: Vec<Stuck>,
    /// What happens and nobody is told of.
    pub unnoticed: Option<String>,
    /// The whole in a sentence or two.
    pub sentence: String,
}

impl SetPlan {
    /// The nodes of a fate, in their order.
    pub fn of(&self, fate: Fate) -> impl Iterator<Item = &NodePlan> {
        self.nodes.iter().filter(move |it| it.fate == fate)
    }

    /// The nodes of a fate by their causes, in the order of the first of each.
    pub fn by_cause(&self, fate: Fate) -> Vec<(Vec<Name>, Option<Cause>)> {
        let mut groups: Vec<(Vec<Name>, Option<Cause>)> = Vec::new();
        for node in self.of(fate) {
            match groups.iter_mut().find(|it| it.1 == node.cause) {
                Some((names, _)) => names.push(node.node.clone()),
                None => groups.push((vec![node.node.clone()], node.cause.clone())),
            }
        }
        groups
    }
}

/// What a manifest would do if it were applied now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The instant that it starts from.
    pub start: Time,
    /// The whole in a sentence or two.
    pub sentence: String,
    /// The DaemonSets of the manifest, and others whose pods it moves.
    pub sets: Vec<SetPlan>,
    /// How many more DaemonSets the manifest has, of which nothing is said.
    pub more: usize,
    /// How many pods come and go that no DaemonSet looks after: those of a Deployment, or alone.
    pub others: (usize, usize),
    /// Whether it was followed to its end.
    pub is_over: bool,
}

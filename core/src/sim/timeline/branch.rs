//! One of several histories that share their beginning.

use crate::api::Time;
use crate::sim::{Input, Record};

/// The identity of a branch; later ones have higher numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

impl BranchId {
    pub(super) fn next(self) -> BranchId {
        BranchId(self.0 + 1)
    }
}

/// A history: its inputs, and where it came from. (The bodies of inputs are shared.)
#[derive(Clone, Debug)]
pub struct Branch {
    /// Identity.
    pub id: BranchId,
    /// The branch that it left; none for the first. It may be forgotten meanwhile.
    pub parent: Option<BranchId>,
    /// Where it left it; the start for the first.
    pub forked_at: Time,
    /// How far it has been played or recorded.
    pub end: Time,
    /// Everything that was done, from the start.
    pub inputs: Vec<(Time, Input)>,
    /// What was recorded when it was left, or when the cursor went back on it.
    pub(super) record: Record,
}

impl Branch {
    pub(super) fn first(start: Time) -> Branch {
        let id = BranchId(1);
        let record = Record::default();
        Branch { id, parent: None, forked_at: start, end: start, inputs: Vec::new(), record }
    }

    /// A branch that shares `given` inputs with this one and ends now.
    pub(super) fn fork(&self, id: BranchId, given: usize, now: Time) -> Branch {
        let inputs = self.inputs.iter().take(given).cloned().collect();
        let record = Record::default();
        Branch { id, parent: Some(self.id), forked_at: now, end: now, inputs, record }
    }

    /// How many inputs at the beginning are the same.
    pub(super) fn common_with(&self, other: &Branch) -> usize {
        let pairs = self.inputs.iter().zip(&other.inputs);
        pairs.take_while(|(one, other)| one == other).count()
    }
}

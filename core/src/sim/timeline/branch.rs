//! One of several histories that share their beginning.

use crate::api::Time;
use crate::sim::{Input, Record};

/// The identity of a branch; later ones have higher numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

impl BranchId {
    /// What a branch is called before somebody gives it a name: A, B, …, Z, A2, …
    pub(super) fn letter(self) -> String {
        let index = self.0.saturating_sub(1);
        let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
        match index / 26 {
            0 => letter.to_string(),
            round => format!("{letter}{}", round + 1),
        }
    }

    pub(super) fn next(self) -> BranchId {
        BranchId(self.0 + 1)
    }
}

/// A history: its inputs, and where it came from. (The bodies of inputs are shared.)
#[derive(Clone, Debug)]
pub struct Branch {
    /// Identity.
    pub id: BranchId,
    /// What people call it; no two are called the same.
    pub name: String,
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
        let (name, inputs) = (id.letter(), Vec::new());
        Branch { id, name, parent: None, forked_at: start, end: start, inputs, record }
    }

    /// A branch that shares `given` inputs with this one and ends now.
    pub(super) fn fork(&self, id: BranchId, given: usize, now: Time) -> Branch {
        let inputs = self.inputs.iter().take(given).cloned().collect();
        let record = Record::default();
        let (name, parent) = (id.letter(), Some(self.id));
        Branch { id, name, parent, forked_at: now, end: now, inputs, record }
    }

    /// What was recorded when it was left, or when the cursor went back on it.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// When it parted from another: what was done up to then is the same.
    pub fn parted_from(&self, other: &Branch) -> Time {
        let common = self.common_with(other);
        let next = [self, other].map(|it| it.inputs.get(common).map(|it| it.0));
        next.into_iter().flatten().min().unwrap_or(self.end.min(other.end))
    }

    /// How many inputs at the beginning are the same.
    pub(super) fn common_with(&self, other: &Branch) -> usize {
        let pairs = self.inputs.iter().zip(&other.inputs);
        pairs.take_while(|(one, other)| one == other).count()
    }
}

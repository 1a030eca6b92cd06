//! The fewest pods that a rolling update leaves ready, as a line that steps when the rule changes.

use super::WIDTH;
use crate::sim::Sample;

/// A part of that line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The fewest pods that must be ready.
    pub fewest: i32,
    /// Of how many.
    pub of: i32,
    /// Where it begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
    /// How high it is.
    pub y: i64,
}

/// The parts from left to right. There is none where nothing is desired, or no rule holds.
pub(super) fn floors(samples: &[(i64, &Sample)], height: &dyn Fn(i64) -> i64) -> Vec<Floor> {
    let mut floors: Vec<Floor> = Vec::new();
    for (index, (at, sample)) in samples.iter().enumerate() {
        let to = samples.get(index + 1).map_or(WIDTH, |it| it.0);
        let (fewest, of) = (sample.fewest, sample.desired);
        if fewest == 0 {
            continue;
        }
        match floors.last_mut() {
            Some(last) if (last.fewest, last.of, last.to) == (fewest, of, *at) => last.to = to,
            _ => {
                let y = height(i64::from(fewest));
                floors.push(Floor { fewest, of, from: *at, to, y });
            }
        }
    }
    floors
}

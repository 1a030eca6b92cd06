//! The timeline run ahead: a copy of the cluster that is given what was recorded after it, and
//! then nothing more.

use crate::api::Time;
use crate::sim::{Cluster, Input, Timeline};

/// More wake-ups than this one instant does not have.
const WAKES_MAX: u32 = 5_000_000;

/// A copy of the cluster on its way into the future.
#[derive(Clone, Debug)]
pub struct Ahead {
    cluster: Cluster,
    /// What was recorded after the cursor.
    inputs: Vec<(Time, Input)>,
    given: usize,
}

impl Timeline {
    /// A copy of the cluster at the cursor, to be run ahead.
    pub fn ahead(&self) -> Ahead {
        let inputs = self.inputs().get(self.given()..).unwrap_or_default().to_vec();
        let mut cluster = self.real();
        cluster.take_touched();
        cluster.log = cluster.log.bare();
        Ahead { cluster, inputs, given: 0 }
    }
}

impl Ahead {
    /// The cluster, as far as it has come.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Answers the next wake-up or gives the next input, as the timeline would; if neither is due
    /// by `limit`, it is that time, and the answer is false.
    pub fn step(&mut self, limit: Time) -> bool {
        let next = self.inputs.get(self.given).filter(|it| it.0 <= limit);
        let at = next.map_or(limit, |it| it.0);
        let has_stepped = self.cluster.step(at);
        if !has_stepped {
            self.cluster.run(at, WAKES_MAX);
            let Some((_, input)) = next else { return false };
            // It was accepted when it was recorded, so it is accepted again.
            let _ = self.cluster.input(input);
            self.given += 1;
            self.cluster.run(at, WAKES_MAX);
        }
        // Nobody looks at the copy itself.
        self.cluster.take_touched();
        true
    }
}

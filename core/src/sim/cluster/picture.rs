//! Pictures: what can be seen of a cluster at a later instant, without anybody in it.

use crate::api::Time;
use crate::sim::write_log::WriteLog;
use crate::sim::{Cluster, Set};

use super::Actors;

impl Cluster {
    /// Whether only objects and record are those of the instant: nobody acts in a picture, its
    /// events are older, and it goes nowhere.
    pub fn is_picture(&self) -> bool {
        self.is_picture
    }

    /// What it will hold at the end of an instant, by a log that knows the writes up to then.
    pub(in crate::sim) fn picture(&self, time: Time, log: &WriteLog) -> Cluster {
        let mut picture = Cluster {
            now: time,
            is_picture: true,
            wakes: Set::new(),
            actors: Actors::default(),
            log: log.at(self.log.len()),
            ..self.clone()
        };
        picture.log.redo(time, &mut picture.store, &mut picture.record);
        picture
    }
}

//! Going to another instant without holding the page up.
//!
//! In a large cluster what lies between a checkpoint and an instant takes many frames. It is done
//! in slices on a copy of the cluster; the page shows the instant that it leaves, whole and true,
//! until the other is reached. Whoever acts meanwhile acts there: then the rest is done at once.

use daemonset_core::api::Time;
use daemonset_core::playground::Playground;
use leptos::prelude::*;

use super::browser::wall_ms;
use super::session::{STEPS_PER_SLICE, Session};

/// What a slice may take, in milliseconds; where clusters are small, the first one arrives.
const SLICE_MS: f64 = 20.0;

/// A cluster on its way, and where to.
#[derive(Clone, Copy)]
pub struct Journey {
    under_way: StoredValue<Option<(Time, Playground)>, LocalStorage>,
    /// Where somebody wanted to go meanwhile.
    next: StoredValue<Option<Time>>,
}

impl Journey {
    /// Nobody goes anywhere.
    pub fn new() -> Self {
        Self { under_way: StoredValue::new_local(None), next: StoredValue::new(None) }
    }

    /// Whether the page is about to show another instant.
    pub fn is_under_way(self) -> bool {
        self.under_way.with_value(Option::is_some)
    }
}

impl Default for Journey {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Goes to an instant; what was recorded after it stays.
    pub(super) fn seek(self, time: Time) {
        let time = time.max(Time::ZERO);
        if self.journey.is_under_way() {
            return self.journey.next.set_value(Some(time));
        }
        self.give_up_run("somebody went to another time");
        let copy = self.playground.try_with_value(|it| it.towards(time));
        self.journey.under_way.set_value(copy.map(|it| (time, it)));
        self.travel();
    }

    /// Ends a journey where it was to lead to, at once.
    pub fn arrive(self) {
        let Some((mut time, mut copy)) = self.take_journey() else { return };
        if let Some(next) = self.journey.next.try_update_value(Option::take).flatten() {
            (time, copy) = (next, copy.towards(next));
        }
        copy.advance(time, u32::MAX);
        self.change(|it| *it = copy);
    }

    /// One slice of a journey.
    fn travel(self) {
        let deadline = wall_ms() + SLICE_MS;
        let has_arrived = self.journey.under_way.try_update_value(|journey| {
            let Some((time, copy)) = journey else { return false };
            loop {
                if copy.advance(*time, STEPS_PER_SLICE) >= *time {
                    return true;
                }
                if wall_ms() > deadline {
                    return false;
                }
            }
        });
        if has_arrived == Some(true)
            && let Some((_, copy)) = self.take_journey()
        {
            self.change(|it| *it = copy);
            if let Some(next) = self.journey.next.try_update_value(Option::take).flatten() {
                self.seek(next);
            }
        } else if self.journey.is_under_way() {
            request_animation_frame(move || self.travel());
        }
    }

    fn take_journey(self) -> Option<(Time, Playground)> {
        self.journey.under_way.try_update_value(Option::take).flatten()
    }
}

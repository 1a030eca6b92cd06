//! Going to another instant without holding the page up.
//!
//! What lies between a checkpoint and an instant of a large cluster takes many frames. So the page
//! shows a picture of the instant at once, made of what was written up to then, and a copy of the
//! cluster goes there in slices when nobody moves on to yet another instant; then it takes the
//! picture's place. Whoever acts meanwhile acts there: then the rest is done at once.

use daemonset_core::api::Time;
use daemonset_core::playground::Playground;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::browser::wall_ms;
use super::session::{STEPS_PER_SLICE, Session, set_if_new};

/// What the first slice may take, in milliseconds: where clusters are small, it arrives.
const FIRST_MS: f64 = 4.0;
/// What every other may take.
const SLICE_MS: f64 = 12.0;
/// So long a picture stands before somebody sets out: a pointer that is dragged wants the next one.
const REST_MS: u32 = 80;

/// Where the page is about to be, and the cluster on its way there, once it has set out.
type UnderWay = Option<(Time, Option<Playground>)>;

/// A cluster on its way, and where to.
#[derive(Clone, Copy)]
pub struct Journey {
    under_way: StoredValue<UnderWay, LocalStorage>,
    wait: StoredValue<Option<Timeout>, LocalStorage>,
    /// What was shown before. To let go of it takes a while, so that is put off until the page
    /// stands still.
    left: StoredValue<Option<Playground>, LocalStorage>,
    /// Whether the page shows a picture.
    pub is_picture: RwSignal<bool>,
}

impl Journey {
    /// Nobody goes anywhere.
    pub fn new() -> Self {
        Self {
            under_way: StoredValue::new_local(None),
            wait: StoredValue::new_local(None),
            left: StoredValue::new_local(None),
            is_picture: RwSignal::new(false),
        }
    }

    /// Whether the cluster is about to be that of another instant.
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
        self.give_up_run("somebody went to another time");
        let mut setting_out = None;
        let is_far = |it: &Playground| it.timeline().is_far(time);
        if !self.journey.is_under_way() && self.playground.try_with_value(is_far) == Some(false) {
            let copy = self.playground.try_with_value(|it| it.towards(time));
            let Some(mut copy) = copy else { return };
            if goes_on(&mut copy, time, FIRST_MS) {
                return self.stand_at(copy);
            }
            setting_out = Some(copy);
        }
        self.journey.under_way.set_value(Some((time, setting_out)));
        let picture = self.playground.try_with_value(|it| it.pictured(time)).flatten();
        picture.into_iter().for_each(|it| self.stand_at(it));
        self.travel_after(REST_MS);
    }

    /// Ends a journey where it was to lead to, at once.
    pub fn arrive(self) {
        let Some((time, copy)) = self.take_journey() else { return };
        let copy = copy.or_else(|| self.playground.try_with_value(|it| it.towards(time)));
        let Some(mut copy) = copy else { return };
        copy.advance(time, u32::MAX);
        self.stand_at(copy);
    }

    /// One slice of a journey.
    fn travel(self) {
        let Some((time, copy)) = self.take_journey() else { return };
        let copy = copy.or_else(|| self.playground.try_with_value(|it| it.towards(time)));
        let Some(mut copy) = copy else { return };
        if goes_on(&mut copy, time, SLICE_MS) {
            return self.stand_at(copy);
        }
        self.journey.under_way.set_value(Some((time, Some(copy))));
        self.travel_after(0);
    }

    fn travel_after(self, milliseconds: u32) {
        let next = Timeout::new(milliseconds, move || self.travel());
        self.journey.wait.set_value(Some(next));
    }

    /// Another cluster, or a picture of it, takes the place of the one that is left.
    fn stand_at(self, next: Playground) {
        set_if_new(self.journey.is_picture, next.cluster().is_picture());
        let left = self.change(|it| std::mem::replace(it, next));
        // Whoever drags time leaves many behind.
        let older = self.journey.left.try_update_value(|it| std::mem::replace(it, left));
        let _ = Timeout::new(0, move || drop(older)).forget();
        let let_go = move || drop(self.journey.left.try_update_value(Option::take));
        let _ = Timeout::new(REST_MS, let_go).forget();
    }

    fn take_journey(self) -> UnderWay {
        self.journey.wait.set_value(None);
        self.journey.under_way.try_update_value(Option::take).flatten()
    }
}

/// Whether a copy reaches an instant within so many milliseconds.
fn goes_on(copy: &mut Playground, time: Time, milliseconds: f64) -> bool {
    let deadline = wall_ms() + milliseconds;
    loop {
        if copy.advance(time, STEPS_PER_SLICE) >= time {
            return true;
        }
        if wall_ms() > deadline {
            return false;
        }
    }
}

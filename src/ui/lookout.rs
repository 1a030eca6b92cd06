//! What comes if nobody acts, found out in slices while the page has nothing better to do. It is
//! drawn to the right of now.

use daemonset_core::api::Time;
use daemonset_core::playground::{Playground, Prospect};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::browser::wall_ms;
use super::dom::watch;
use super::session::Session;

/// After somebody has acted so long nothing is looked at, in case more follows.
const REST_MS: u32 = 150;
/// Time has overtaken the look ahead: at this speed another would not do better soon.
const OVERTAKEN_MS: u32 = 3_000;
/// Between two slices while time flows, so that most frames bear none.
const FLOW_MS: u32 = 50;
/// What one slice may cost at a standstill, while time flows, and while it flows on the map.
const SLICE_MS: [f64; 3] = [4.0, 2.0, 1.0];
/// Wake-ups between two looks at the clock.
const WAKES_PER_LOOK: u32 = 16;
/// The opening alone is not looked ahead of before this time, or before all of the page is there:
/// what looks ahead comes last (`www/later.js`).
const OPENING: Time = Time(30_000);

/// Who looks ahead.
#[derive(Clone, Copy)]
pub struct Lookout {
    prospect: StoredValue<Option<Prospect>, LocalStorage>,
    wait: StoredValue<Option<Timeout>, LocalStorage>,
    /// How far the last look reached; the drawing keeps its range until the next one is through.
    reach: StoredValue<Time>,
    /// Whether the playhead is being dragged; nobody looks ahead then.
    pub dragging: RwSignal<bool>,
    /// Whether the second part of the module has arrived.
    is_whole: StoredValue<bool>,
}

impl Lookout {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            prospect: StoredValue::new_local(None),
            wait: StoredValue::new_local(None),
            reach: StoredValue::new(Time::ZERO),
            dragging: RwSignal::new(false),
            is_whole: StoredValue::new(false),
        }
    }

    /// Hands out what is known of what comes, and how far it reaches.
    pub(super) fn with<T>(self, read: impl FnOnce(Option<&Prospect>, Time) -> T) -> Option<T> {
        let reach = self.reach.try_get_value()?;
        self.prospect.try_with_value(|it| read(it.as_ref(), reach))
    }

    /// Another cluster begins.
    pub(super) fn forget(self) {
        self.wait.set_value(None);
        self.prospect.set_value(None);
        self.reach.set_value(Time::ZERO);
    }

    /// Looks whether there is something to find out.
    fn wake(self, session: Session) {
        if self.wait.with_value(Option::is_some) {
            return;
        }
        let is_whole = self.is_whole.get_value();
        let wait = self.prospect.try_update_value(|ahead| {
            session.playground.try_with_value(|it| wait(it, ahead, is_whole)).flatten()
        });
        if let Some(Some(wait)) = wait {
            self.go_on_after(session, wait);
        }
    }

    fn go_on_after(self, session: Session, milliseconds: u32) {
        let next = Timeout::new(milliseconds, move || {
            let is_there = self.wait.try_update_value(|it| *it = None).is_some();
            // Who comes back, or lets go, wakes it again.
            if is_there
                && !document().hidden()
                && !self.dragging.get_untracked()
                && !session.journey.is_under_way()
            {
                self.go_on(session);
            }
        });
        self.wait.set_value(Some(next));
    }

    /// One slice, and after a breath the next.
    fn go_on(self, session: Session) {
        let flows = session.playing.get_untracked();
        let slice = usize::from(flows) + usize::from(flows && session.shows_cells());
        let deadline = wall_ms() + SLICE_MS[slice];
        let run = |ahead: &mut Option<Prospect>| {
            let run = |it: &Playground| {
                let end = it.timeline().end();
                if ahead.as_ref().is_some_and(|ahead| !ahead.is_of(it)) {
                    return None;
                }
                let ahead = ahead.get_or_insert_with(|| it.prospect());
                while !ahead.run(end, WAKES_PER_LOOK) {
                    if wall_ms() > deadline {
                        return Some(None);
                    }
                }
                Some(Some(ahead.reach()))
            };
            session.playground.try_with_value(run).flatten()
        };
        match self.prospect.try_update_value(run).flatten() {
            Some(Some(reach)) => {
                self.reach.set_value(reach);
                session.publish_prospect();
            }
            Some(None) => self.go_on_after(session, if flows { FLOW_MS } else { 0 }),
            None => self.wake(session),
        }
    }
}

impl Default for Lookout {
    fn default() -> Self {
        Self::new()
    }
}

/// How long to wait before looking ahead; none if enough is known. What no longer holds is dropped.
fn wait(playground: &Playground, ahead: &mut Option<Prospect>, is_whole: bool) -> Option<u32> {
    let end = playground.timeline().end();
    match ahead {
        None if !is_whole && playground.inputs().len() < 2 && end < OPENING => None,
        None => Some(REST_MS),
        Some(it) if it.is_of(playground) => (!it.is_enough(end)).then_some(0),
        Some(it) => {
            let is_overtaken = it.until() < end;
            *ahead = None;
            Some(if is_overtaken { OVERTAKEN_MS } else { REST_MS })
        }
    }
}

/// Looks ahead whenever something was done, and again as time passes.
pub fn use_lookout(session: Session) {
    let lookout = session.history.lookout;
    watch(move || {
        session.now.track();
        session.playing.track();
        session.foresight.stirred.track();
        if !lookout.dragging.get() {
            lookout.wake(session);
        }
    });
    let listener =
        window_event_listener_untyped("visibilitychange", move |_| lookout.wake(session));
    let arrived = window_event_listener_untyped("page-whole", move |_| {
        lookout.is_whole.set_value(true);
        lookout.wake(session);
    });
    on_cleanup(move || {
        listener.remove();
        arrived.remove();
        lookout.forget();
    });
}

//! What the text in the editor would do, found out ahead of time in slices: the page stays smooth,
//! and what nobody has changed is not asked about.

use std::sync::Arc;

use daemonset_core::api::Name;
use daemonset_core::insight::{NodePlan, SetPlan};
use daemonset_core::playground::{Drift, LookAhead, Outlook};
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;

use super::browser::wall_ms;
use super::dom::watch;
use super::session::Session;

/// How long text and cluster rest before somebody looks ahead.
const REST_MS: u32 = 120;
/// What one slice may cost.
const SLICE_MS: f64 = 4.0;
/// Wake-ups between two looks at the clock.
const WAKES_PER_LOOK: u32 = 8;
/// A plan is played in this many steps of so many milliseconds.
const PLAY_STEPS: i64 = 120;
const PLAY_STEP_MS: u32 = 50;

/// Somebody who looks ahead.
#[derive(Clone, Copy)]
pub struct Scout {
    /// What a text would do; none while nobody asks, or where it is refused.
    pub outlook: RwSignal<Option<Arc<Outlook>>>,
    /// Whether that is about an earlier text or an earlier cluster.
    pub is_stale: RwSignal<bool>,
    wait: StoredValue<Option<Timeout>, LocalStorage>,
    ahead: StoredValue<Option<LookAhead>, LocalStorage>,
}

impl Scout {
    fn new() -> Self {
        Self {
            outlook: RwSignal::new(None),
            is_stale: RwSignal::new(false),
            wait: StoredValue::new_local(None),
            ahead: StoredValue::new_local(None),
        }
    }

    /// Looks at what a text would do, once it has rested.
    pub fn look(self, session: Session, text: impl Fn() -> String + 'static) {
        self.is_stale.set(true);
        self.ahead.set_value(None);
        let look = Timeout::new(REST_MS, move || {
            if session.journey.is_under_way() {
                // Nothing can be found out from a picture.
                return self.look(session, text);
            }
            let ahead = session.playground.try_with_value(|it| it.look_ahead(&text()));
            self.ahead.set_value(ahead);
            self.go_on();
        });
        self.wait.set_value(Some(look));
    }

    /// One slice, and after a breath the next.
    fn go_on(self) {
        let deadline = wall_ms() + SLICE_MS;
        let slice = |ahead: &mut Option<LookAhead>| {
            let Some(ahead) = ahead else { return true };
            while !ahead.run(WAKES_PER_LOOK) {
                if wall_ms() > deadline {
                    return false;
                }
            }
            true
        };
        match self.ahead.try_update_value(slice) {
            Some(false) => {
                let next = Timeout::new(0, move || self.go_on());
                self.wait.set_value(Some(next));
            }
            Some(true) => {
                let ahead = self.ahead.try_update_value(Option::take).flatten();
                let outlook = ahead.map(|it| it.outlook()).filter(|it| it.report.ok);
                self.outlook.set(outlook.map(Arc::new));
                self.is_stale.set(false);
            }
            None => {}
        }
    }

    /// What was found, in a sentence; nothing as long as nobody knows.
    pub fn sentence(self) -> String {
        self.outlook.read().as_ref().map(|it| it.plan.sentence.clone()).unwrap_or_default()
    }

    /// Nobody asks any more.
    pub fn forget(self) {
        self.wait.set_value(None);
        self.ahead.set_value(None);
        if self.outlook.try_with_untracked(Option::is_some) == Some(true) {
            self.outlook.set(None);
        }
    }
}

/// What is known of what comes.
#[derive(Clone, Copy)]
pub struct Foresight {
    /// What the text would do; none while it is what runs, or is refused.
    pub outlook: RwSignal<Option<Arc<Outlook>>>,
    /// Whether that is about an earlier text or an earlier cluster.
    pub is_stale: RwSignal<bool>,
    /// What lines would do that the panel Why proposes.
    pub preview: Scout,
    /// While the plan is played: milliseconds from its start.
    pub played: RwSignal<Option<i64>>,
    /// Where the cluster differs from the text although that was applied.
    pub drift: RwSignal<Option<Drift>>,
    /// Counts changes of the cluster.
    pub stirred: RwSignal<u32>,
    /// Counts those that somebody wrote.
    pub written: RwSignal<u32>,
    scout: Scout,
    player: StoredValue<Option<Interval>, LocalStorage>,
}

impl Foresight {
    /// Nothing is known yet.
    pub fn new() -> Self {
        let scout = Scout::new();
        Self {
            outlook: scout.outlook,
            is_stale: scout.is_stale,
            preview: Scout::new(),
            played: RwSignal::new(None),
            drift: RwSignal::new(None),
            stirred: RwSignal::new(0),
            written: RwSignal::new(0),
            scout,
            player: StoredValue::new_local(None),
        }
    }

    /// What becomes of a node's pod of the DaemonSet that the page is about.
    pub fn of(self, set: Option<&Name>, node: &Name) -> Option<(NodePlan, Option<i64>)> {
        let outlook = self.outlook.read();
        let plan = selected(outlook.as_ref()?, set?)?;
        let node = plan.nodes.iter().find(|it| it.node == *node)?;
        Some((node.clone(), plan.revisions.1))
    }

    /// Plays the plan on the cards and its chart, or stops that.
    pub fn toggle_play(self) {
        if self.played.get_untracked().is_some() {
            return self.stop();
        }
        let takes = self.outlook.with_untracked(|it| {
            let sets = it.iter().flat_map(|it| &it.plan.sets);
            sets.map(|it| it.takes).max().unwrap_or(0)
        });
        let step = (takes / PLAY_STEPS).max(1);
        self.played.set(Some(0));
        let player = Interval::new(PLAY_STEP_MS, move || {
            match self.played.get_untracked().filter(|it| *it < takes) {
                Some(at) => self.played.set(Some(at + step)),
                None => self.stop(),
            }
        });
        self.player.set_value(Some(player));
    }

    fn stop(self) {
        self.player.set_value(None);
        if self.played.get_untracked().is_some() {
            self.played.set(None);
        }
    }

    fn forget(self) {
        self.stop();
        self.scout.forget();
    }
}

impl Default for Foresight {
    fn default() -> Self {
        Self::new()
    }
}

/// The plan of a DaemonSet, `NAMESPACE/NAME`.
pub fn selected<'a>(outlook: &'a Outlook, key: &str) -> Option<&'a SetPlan> {
    let is_it = |it: &&SetPlan| {
        key.split_once('/')
            .is_some_and(|(namespace, name)| *it.namespace == *namespace && *it.name == *name)
    };
    outlook.plan.sets.iter().find(is_it)
}

/// Looks ahead whenever the text or the cluster has changed and rests. A rollout that runs tells
/// more than a draft.
pub fn use_foresight(session: Session) {
    let foresight = session.foresight;
    let rolls = Memo::new(move |_| session.daemon_set.read().as_ref().is_some_and(|it| it.rolling));
    watch(move || {
        let file = session.files.current.get();
        let differs = file.is_edited() || foresight.drift.read().is_some();
        if !differs || rolls.get() {
            return foresight.forget();
        }
        foresight.stirred.track();
        let text = move || session.files.current.get_untracked().text.get_untracked();
        foresight.scout.look(session, text);
    });
    on_cleanup(move || foresight.forget());
}

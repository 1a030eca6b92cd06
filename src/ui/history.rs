//! Going to other instants, and the drawing of those that were recorded.

use daemonset_core::api::Time;
use daemonset_core::playground::view::EventFilter;
use daemonset_core::playground::view::chart::Chart;
use daemonset_core::playground::{BranchView, Break, Playground};
use leptos::prelude::*;

use super::lookout::Lookout;
use super::session::{EVENT_COUNT_MAX, Session, set_if_new};

/// The small lines of the status figures.
pub type Sparks = [Vec<(i64, i64)>; 5];

/// What the page knows of the past.
#[derive(Clone, Copy)]
pub struct History {
    /// The drawing of the timeline; none before the first look.
    pub chart: RwSignal<Option<Chart>>,
    /// How far this history has been played.
    pub end: RwSignal<Time>,
    /// Whether only the last minute is drawn.
    pub last_minute: RwSignal<bool>,
    /// The small lines of the status figures.
    pub sparks: RwSignal<Sparks>,
    /// Which events are listed.
    pub filter: RwSignal<EventFilter>,
    /// How many they are.
    pub event_count: RwSignal<usize>,
    /// How many lists of events are on the page.
    event_lists: StoredValue<u32>,
    /// Who looks ahead.
    pub lookout: Lookout,
    /// The branches of this history.
    pub branches: RwSignal<Vec<BranchView>>,
    /// What time stops at.
    pub breaks: RwSignal<Vec<Break>>,
    /// Where it has stopped last, and why.
    pub stopped: RwSignal<Option<(Time, String)>>,
}

impl History {
    /// Nothing has been drawn.
    pub fn new() -> Self {
        Self {
            chart: RwSignal::new(None),
            end: RwSignal::new(Time::ZERO),
            last_minute: RwSignal::new(false),
            sparks: RwSignal::new(Sparks::default()),
            filter: RwSignal::new(EventFilter::default()),
            event_count: RwSignal::new(0),
            event_lists: StoredValue::new(0),
            lookout: Lookout::new(),
            branches: RwSignal::new(Vec::new()),
            breaks: RwSignal::new(Vec::new()),
            stopped: RwSignal::new(None),
        }
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Goes to the beginning of the wave before or after now.
    pub(super) fn seek_wave(self, forward: bool) {
        let Some(set) = self.selected_set.get_untracked() else { return };
        let next = self.history.lookout.with(|ahead, _| {
            self.playground.try_with_value(|it| it.wave_beside(&set, forward, ahead)).flatten()
        });
        if let Some(Some(start)) = next {
            self.seek(start);
        }
    }

    /// Draws the other range.
    pub fn show_last_minute(self, only: bool) {
        self.history.last_minute.set(only);
        self.publish_chart();
    }

    /// Lists other events.
    pub fn filter_events(self, filter: EventFilter) {
        self.history.filter.set(filter);
        self.publish_events();
    }

    /// Keeps the list of events in step until the owner goes away. Without a list on the page they
    /// are only counted: to look all of them through was a tenth of a frame of a large cluster.
    pub fn list_events(self) {
        self.history.event_lists.update_value(|count| *count += 1);
        untrack(|| self.publish_events());
        on_cleanup(move || {
            let _ = self.history.event_lists.try_update_value(|count| *count -= 1);
        });
    }

    pub(super) fn publish_events(self) {
        let filter = self.history.filter.get_untracked();
        if self.history.event_lists.get_value() == 0 {
            let count = |it: &Playground| it.event_count(&filter, EVENT_COUNT_MAX);
            if let Some(count) = self.playground.try_with_value(count) {
                set_if_new(self.history.event_count, count);
            }
            return;
        }
        let events = |it: &Playground| it.events(&filter, EVENT_COUNT_MAX);
        if let Some(events) = self.playground.try_with_value(events) {
            set_if_new(self.history.event_count, events.len());
            set_if_new(self.events, events);
        }
    }

    pub(super) fn publish_chart(self) {
        let set = self.daemon_set.get_untracked();
        let last_minute = self.history.last_minute.get_untracked();
        let look = |it: &Playground| {
            let sparks = set.as_ref().map(|set| it.sparks(set)).unwrap_or_default();
            let chart = self
                .history
                .lookout
                .with(|ahead, reach| it.chart(set.as_ref(), last_minute, ahead, reach));
            (chart, sparks, it.timeline().end(), it.branches(), it.breaks().to_vec())
        };
        let Some((chart, sparks, end, branches, breaks)) = self.playground.try_with_value(look)
        else {
            return;
        };
        set_if_new(self.history.chart, chart);
        set_if_new(self.history.sparks, sparks);
        set_if_new(self.history.end, end);
        set_if_new(self.history.branches, branches);
        set_if_new(self.history.breaks, breaks);
    }
}

//! What changed in the cluster goes into the signals, compared first.

use std::collections::BTreeMap;
use std::ops::Range;

use daemonset_core::api::Name;
use daemonset_core::playground::Playground;
use daemonset_core::playground::view::{DaemonSetView, NodeView};
use leptos::prelude::*;

use super::{BEAT_MS, NodeRow, Pool, Session, set_if_new};
use crate::ui::browser::wall_ms;

/// More DaemonSets than this are shown no oftener than every so many milliseconds.
const CROWD: usize = 200;
const CROWD_REST_MS: f64 = 1_000.0;

/// So many frames a beat takes.
const BEAT_PARTS: u8 = 4;

impl Session {
    /// Shows what the last change touched, and all of a beat.
    pub(in crate::ui) fn publish(self) {
        self.publish_parts(0..BEAT_PARTS, true);
    }

    /// Shows what the last change touched, and these parts of a beat. The clock, the list of
    /// events, which is long in a big cluster, and there the figures of workloads wait for their
    /// beat unless `at_once`.
    pub(super) fn publish_parts(self, parts: Range<u8>, at_once: bool) {
        let Some(touched) = self.playground.try_update_value(Playground::touched) else { return };
        if touched.is_change() {
            self.foresight.stirred.update(|count| *count += 1);
        }
        if touched.written {
            self.foresight.written.update(|count| *count += 1);
        }
        if touched.workloads {
            self.has_workloads.set_value(true);
        }
        let follows_frames = at_once || !self.shows_cells();
        if follows_frames && self.has_workloads.get_value() && (at_once || !self.is_crowded()) {
            self.publish_workloads();
        }
        if touched.membership {
            self.publish_pools();
        }
        if touched.all_nodes {
            self.publish_rows();
        } else if self.rows.with_value(|rows| !rows.is_empty()) {
            touched.nodes.iter().for_each(|name| self.publish_node(name));
        }
        if self.shows_cells() {
            match (touched.all_nodes, touched.membership) {
                (true, false) => self.publish_all_cells(),
                // That was done just now.
                (true, true) => {}
                (false, _) => self.publish_cells(touched.nodes, at_once),
            }
        }
        if touched.unscheduled {
            self.publish_tray();
        }
        if touched.events {
            self.has_events.set_value(true);
        }
        let is_fresh = follows_frames && touched.workloads;
        parts.for_each(|part| self.publish_part(part, at_once, is_fresh));
    }

    /// What a beat publishes is spread over frames, so that none of them bears all of it.
    pub(super) fn due_parts(self) -> Range<u8> {
        let (wall, part) = (wall_ms(), self.beat_part.get_value());
        let part = match part < BEAT_PARTS {
            true => part,
            false if wall - self.last_beat_ms.get_value() >= BEAT_MS => 0,
            false => return 0..0,
        };
        if part == 0 {
            self.last_beat_ms.set_value(wall);
        }
        self.beat_part.set_value(part + 1);
        part..part + 1
    }

    /// One part of a beat; `is_fresh` says that workloads have just been published.
    fn publish_part(self, part: u8, at_once: bool, is_fresh: bool) {
        match part {
            0 => {
                if let Some(now) = self.playground.try_with_value(Playground::now) {
                    set_if_new(self.now, now);
                }
                // What a rollout says follows its pods, not only its status.
                let rolls = |set: &DaemonSetView| set.rolling;
                let is_due = || {
                    self.has_workloads.get_value()
                        || self.daemon_sets.with_untracked(|all| all.iter().any(rolls))
                };
                if !is_fresh && (at_once || !self.is_crowded()) && is_due() {
                    self.publish_workloads();
                }
            }
            1 => self.publish_chart(),
            2 => {
                self.fleet.move_on();
                // A picture has none.
                if self.has_events.get_value() && !self.journey.is_under_way() {
                    self.has_events.set_value(false);
                    self.publish_events();
                }
            }
            3 => {
                self.regroup();
                // What is spoken of waits until the cluster itself is there.
                self.fleet.speak(at_once && !self.journey.is_under_way());
            }
            _ => {}
        }
    }

    pub(in crate::ui) fn publish_all(self) {
        self.publish();
        self.publish_workloads();
        self.publish_pools();
        self.publish_nodes();
        self.publish_tray();
        self.publish_chart();
    }

    /// Shows what was found out of what comes.
    pub(in crate::ui) fn publish_prospect(self) {
        self.publish_workloads();
        self.publish_chart();
    }

    /// Thousands of DaemonSets cost more than a frame: they are shown once in a while.
    fn is_crowded(self) -> bool {
        let is_many = self.daemon_sets.with_untracked(Vec::len) > CROWD;
        is_many && wall_ms() - self.workloads_at_ms.get_value() < CROWD_REST_MS
    }

    fn publish_workloads(self) {
        self.has_workloads.set_value(false);
        self.workloads_at_ms.set_value(wall_ms());
        let read = |it: &Playground| {
            let sets = self.history.lookout.with(|ahead, _| it.daemon_sets_ahead(ahead));
            (sets.unwrap_or_default(), it.stored())
        };
        let Some((sets, stored)) = self.playground.try_with_value(read) else { return };
        let before = self.selected_set.get_untracked();
        let still_there = before.as_ref().is_some_and(|key| sets.iter().any(|it| it.key == *key));
        let first = sets.first().map(|set| set.key.clone());
        set_if_new(self.daemon_sets, sets);
        set_if_new(self.stored, stored);
        if !still_there && before != first {
            self.selected_set.set(first);
            self.publish_nodes();
        }
    }

    /// The nodes of the pools, as cards or, where there are many, as cells.
    pub(super) fn publish_pools(self) {
        let Some(views) = self.playground.try_with_value(Playground::pools) else { return };
        set_if_new(self.fleet.count, views.iter().map(|view| view.nodes.len()).sum());
        let as_cards = !self.shows_cells();
        let mut rows = BTreeMap::new();
        let mut pools = Vec::new();
        for view in views {
            let count = view.nodes.len();
            let names = if as_cards { view.nodes.as_slice() } else { &[] };
            let nodes: Vec<_> = names.iter().filter_map(|name| self.row(name)).collect();
            rows.extend(nodes.iter().map(|row| (row.name.clone(), row.clone())));
            pools.push(Pool { id: view.id, title: view.title, count, nodes });
        }
        self.rows.set_value(rows);
        set_if_new(self.pools, pools);
        self.look_at_selected();
        if self.shows_cells() {
            self.publish_fleet();
        }
    }

    /// A cell has no row of its own; the actions of the selected node read one.
    pub(in crate::ui) fn look_at_selected(self) {
        let name = self.selected_node.get_untracked().filter(|_| self.shows_cells());
        let row = name.and_then(|name| self.row(&name));
        if let Some(row) = &row {
            self.rows.update_value(|rows| drop(rows.insert(row.name.clone(), row.clone())));
        }
        set_if_new(self.fleet.looked_at, row);
    }

    /// The row that stands for a node, the known one if it is the same node or what is left of it:
    /// so a card becomes a ghost, and its pods keep their elements.
    pub(super) fn row(self, name: &Name) -> Option<NodeRow> {
        let view = self.view(name)?;
        let known = self.rows.with_value(|rows| rows.get(name).cloned());
        // On the map the only row that anybody reads.
        let looked_at = || self.fleet.looked_at.get_untracked().filter(|row| row.name == *name);
        let known = known.or_else(looked_at);
        match known.filter(|row| row.uid == view.uid || !view.exists) {
            Some(row) => {
                set_arc_if_new(&row.node, view);
                Some(row)
            }
            None => {
                Some(NodeRow { uid: view.uid, name: name.clone(), node: ArcRwSignal::new(view) })
            }
        }
    }

    fn publish_tray(self) {
        let Some(pods) = self.playground.try_with_value(Playground::unscheduled) else { return };
        set_if_new(self.tray, NodeView::without_node(pods));
    }

    pub(super) fn publish_nodes(self) {
        self.publish_rows();
        if self.shows_cells() {
            self.publish_fleet();
        }
    }

    fn publish_rows(self) {
        let names: Vec<Name> = self.rows.with_value(|rows| rows.keys().cloned().collect());
        names.iter().for_each(|name| self.publish_node(name));
    }

    fn publish_node(self, name: &Name) {
        let Some(row) = self.rows.with_value(|rows| rows.get(name).cloned()) else { return };
        if let Some(view) = self.view(name) {
            set_arc_if_new(&row.node, view);
        }
    }

    pub(super) fn view(self, name: &Name) -> Option<NodeView> {
        let selected = self.selected_set.get_untracked();
        self.playground.try_with_value(|it| it.node(name, selected.as_deref())).flatten()
    }
}

pub(in crate::ui) fn set_arc_if_new(signal: &ArcRwSignal<NodeView>, value: NodeView) {
    if *signal.read_untracked() != value {
        signal.set(value);
    }
}

//! All nodes as cells: what the map, its table and its list of exceptions read.
//!
//! Thousands of nodes are one array, not thousands of signals. A beat wakes those who draw, and
//! the list of what changed says which cells they have to look at.

use std::collections::{BTreeMap, BTreeSet};

use daemonset_core::api::Name;
use daemonset_core::playground::Playground;
use daemonset_core::playground::view::NodeView;
use daemonset_core::playground::view::map::{Cell, Grouping};
use leptos::prelude::*;

use super::{NodeRow, Session, set_if_new};
use crate::ui::dom::memo;

/// Up to this many nodes stand as cards unless somebody asks for the map.
pub const CARDS_USUAL: usize = 60;

/// More cards than this cannot be looked at, nor moved.
pub const CARDS_MAX: usize = 200;

/// Characters of a search that are looked at.
const SEARCH_MAX: usize = 200;

/// So many nodes are looked at in one frame; of more, the rest waits for the next one.
const CELLS_PER_FRAME: usize = 256;

/// Beats between two looks of the table that is not seen.
const PULSES_OF_CALM: u32 = 10;

/// How much of each node is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// One cell per node.
    Map,
    /// One card per node.
    Cards,
    /// One row per node.
    Table,
}

/// What the map is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Large pools by zone.
    Zone,
    /// By pool.
    Pool,
    /// By what the pod does.
    State,
}

/// Cells that stand together: from `start` to before `end` in the order of the cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Identity in lists.
    pub id: Name,
    /// What is written above it.
    pub title: Name,
    /// Index of its first cell.
    pub start: usize,
    /// Index after its last cell.
    pub end: usize,
}

/// A node on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The node's name.
    pub name: Name,
    /// What is drawn.
    pub cell: Cell,
    /// Whether the search has found it; without a search all are found.
    pub found: bool,
}

/// All nodes as cells.
#[derive(Clone, Copy)]
pub struct Fleet {
    /// How many nodes there are, ghosts included.
    pub count: RwSignal<usize>,
    /// What somebody chose to see.
    pub chosen: RwSignal<Option<Level>>,
    /// What is shown.
    pub level: Memo<Level>,
    /// What the map is grouped by.
    pub by: RwSignal<GroupBy>,
    /// The groups, in their order.
    pub groups: RwSignal<Vec<Group>>,
    /// What is searched for.
    pub search: RwSignal<String>,
    /// How many nodes the search has found, if there is one.
    pub found: RwSignal<Option<usize>>,
    /// Counts up when a cell has changed.
    pub beat: RwSignal<u32>,
    /// Counts up when what moves with the clock is to be drawn again, with every beat.
    pub motion: RwSignal<u32>,
    /// Counts up when what is said in words about the cells may be another, with every beat.
    pub pulse: RwSignal<u32>,
    /// Counts up when the table that only assistive technology reads may be another: about once a
    /// second while time flows, since nobody listens faster.
    pub calm: RwSignal<u32>,
    /// The selected node, which has no card.
    pub looked_at: RwSignal<Option<NodeRow>>,
    spots: StoredValue<Vec<Spot>>,
    index: StoredValue<BTreeMap<Name, usize>>,
    changed: StoredValue<Vec<usize>>,
    /// Nodes that the last frame left for this one.
    waiting: StoredValue<BTreeSet<Name>>,
}

impl Fleet {
    /// No nodes yet.
    pub fn new() -> Self {
        let (count, chosen) = (RwSignal::new(0), RwSignal::new(None));
        let level = memo(move || match (chosen.get(), count.get()) {
            (Some(Level::Cards), count) if count > CARDS_MAX => Level::Map,
            (Some(level), _) => level,
            (None, ..=CARDS_USUAL) => Level::Cards,
            (None, _) => Level::Map,
        });
        Self {
            count,
            chosen,
            level,
            by: RwSignal::new(GroupBy::Zone),
            groups: RwSignal::new(Vec::new()),
            search: RwSignal::new(String::new()),
            found: RwSignal::new(None),
            beat: RwSignal::new(0),
            motion: RwSignal::new(0),
            pulse: RwSignal::new(0),
            calm: RwSignal::new(0),
            looked_at: RwSignal::new(None),
            spots: StoredValue::new(Vec::new()),
            index: StoredValue::new(BTreeMap::new()),
            changed: StoredValue::new(Vec::new()),
            waiting: StoredValue::new(BTreeSet::new()),
        }
    }

    /// Reads the nodes in their order.
    pub fn with<T>(self, read: impl FnOnce(&[Spot]) -> T) -> T {
        self.spots.with_value(|spots| read(spots))
    }

    /// One node of the order.
    pub fn spot(self, at: usize) -> Option<Spot> {
        self.with(|spots| spots.get(at).cloned())
    }

    /// Where a node stands in the order.
    pub fn place_of(self, name: &Name) -> Option<usize> {
        self.index.with_value(|index| index.get(name).copied())
    }

    /// The cells that changed since they were last taken.
    pub fn take_changed(self) -> Vec<usize> {
        self.changed.try_update_value(std::mem::take).unwrap_or_default()
    }

    fn tick(self) {
        self.beat.update(|beat| *beat = beat.wrapping_add(1));
    }

    /// Time has passed for what moves with it.
    pub(super) fn move_on(self) {
        self.motion.update(|count| *count = count.wrapping_add(1));
    }

    /// What is said in words may be another. `at_once` is when nothing may be said late.
    pub(super) fn speak(self, at_once: bool) {
        self.pulse.update(|count| *count = count.wrapping_add(1));
        if at_once || self.pulse.get_untracked().is_multiple_of(PULSES_OF_CALM) {
            self.calm.update(|count| *count = count.wrapping_add(1));
        }
    }
}

impl Default for Fleet {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Whether cells are shown rather than cards.
    pub(in crate::ui) fn shows_cells(self) -> bool {
        self.fleet.level.get_untracked() != Level::Cards
    }

    /// Shows nodes as cards, cells or rows.
    pub fn choose_level(self, level: Level) {
        self.fleet.chosen.set(Some(level));
        self.publish_pools();
    }

    /// Groups the cells otherwise.
    pub fn group_by(self, by: GroupBy) {
        set_if_new(self.fleet.by, by);
        self.publish_fleet();
    }

    /// Greys the cells that a search does not find.
    pub fn search(self, text: &str) {
        let text: String = text.chars().take(SEARCH_MAX).collect();
        set_if_new(self.fleet.search, text);
        if untrack(|| self.shows_cells()) {
            untrack(|| self.mark_found());
        }
    }

    /// What a card of this node would show.
    pub fn look_at(self, name: &Name) -> Option<NodeView> {
        self.view(name)
    }

    /// Puts all nodes into their groups again.
    pub(super) fn publish_fleet(self) {
        let by = self.fleet.by.get_untracked();
        let grouping = if by == GroupBy::Pool { Grouping::Pool } else { Grouping::Zone };
        let selected = self.selected_set.get_untracked();
        let read = |playground: &Playground| {
            let groups = playground.map_groups(grouping);
            let cells: Vec<_> = groups
                .iter()
                .map(|group| playground.cells(&group.nodes, selected.as_deref()))
                .collect();
            (groups, cells)
        };
        let Some((views, cells)) = self.playground.try_with_value(read) else { return };
        let (mut groups, mut spots) = (Vec::new(), Vec::new());
        for (view, cells) in views.into_iter().zip(cells) {
            let start = spots.len();
            let named = view.nodes.into_iter().zip(cells);
            spots.extend(
                named.filter_map(|(name, cell)| Some(Spot { name, cell: cell?, found: true })),
            );
            groups.push(Group { id: view.id, title: view.title, start, end: spots.len() });
        }
        if by == GroupBy::State {
            groups = by_state(&mut spots, self.current_revision());
        }
        let mut index = BTreeMap::new();
        index.extend(spots.iter().enumerate().map(|(at, spot)| (spot.name.clone(), at)));
        self.fleet.index.set_value(index);
        self.fleet.changed.set_value((0..spots.len()).collect());
        self.fleet.waiting.update_value(BTreeSet::clear);
        self.fleet.spots.set_value(spots);
        self.fleet.groups.set(groups);
        self.mark_found();
    }

    /// Looks at nodes again. A rollout can change a tenth of a large cluster within a frame; then
    /// some wait for the next one, no longer, unless `at_once`.
    pub(super) fn publish_cells(self, mut touched: BTreeSet<Name>, at_once: bool) {
        let most = if at_once { usize::MAX } else { CELLS_PER_FRAME };
        let take = |waiting: &mut BTreeSet<Name>| {
            touched.retain(|it| !waiting.contains(it));
            let mut names = Vec::new();
            names.extend(std::mem::take(waiting));
            while names.len() < most
                && let Some(name) = touched.pop_first()
            {
                names.push(name);
            }
            *waiting = touched;
            names
        };
        let Some(names) = self.fleet.waiting.try_update_value(take) else { return };
        let places: Vec<_> = names.iter().map(|name| self.fleet.place_of(name)).collect();
        self.renew(&names, &places);
    }

    /// Looks at all nodes again, which are the same as before.
    pub(super) fn publish_all_cells(self) {
        self.fleet.waiting.update_value(BTreeSet::clear);
        let (names, places): (Vec<_>, Vec<_>) = self
            .fleet
            .index
            .with_value(|index| index.iter().map(|(name, at)| (name.clone(), Some(*at))).unzip());
        self.renew(&names, &places);
    }

    /// Makes the cells of nodes anew, which stand at these places.
    fn renew(self, names: &[Name], places: &[Option<usize>]) {
        let selected = self.selected_set.get_untracked();
        let search = self.fleet.search.get_untracked();
        let is_searching = !search.trim().is_empty();
        let read = |it: &Playground| {
            let matching = || it.matching(names, selected.as_deref(), &search);
            (it.cells(names, selected.as_deref()), is_searching.then(matching))
        };
        let Some((cells, matching)) = self.playground.try_with_value(read) else { return };
        let mut changed = Vec::new();
        let renew = |spots: &mut Vec<Spot>| {
            for (index, (at, cell)) in places.iter().zip(cells).enumerate() {
                let found = matching.as_ref().is_none_or(|it| it[index]);
                let (Some(at), Some(cell)) = (*at, cell) else { continue };
                let is_other = |it: &&mut Spot| it.cell != cell || it.found != found;
                if let Some(spot) = spots.get_mut(at).filter(is_other) {
                    (spot.cell, spot.found) = (cell, found);
                    changed.push(at);
                }
            }
            is_searching.then(|| spots.iter().filter(|it| it.found).count())
        };
        set_if_new(self.fleet.found, self.fleet.spots.try_update_value(renew).flatten());
        if !changed.is_empty() {
            let _ = self.fleet.changed.try_update_value(|known| known.append(&mut changed));
            self.fleet.tick();
        }
    }

    /// Groups by state are made anew at most with every beat of the clock.
    pub(super) fn regroup(self) {
        if self.shows_cells() && self.fleet.by.get_untracked() == GroupBy::State {
            let current = self.current_revision();
            let is_stale = self.fleet.with(|spots| {
                let groups = self.fleet.groups.read_untracked();
                groups.iter().any(|group| {
                    let (_, title) = match spots.get(group.start) {
                        Some(first) => first.cell.state_group(current),
                        None => return true,
                    };
                    let within = spots.get(group.start..group.end).unwrap_or_default();
                    within.iter().any(|it| it.cell.state_group(current).1 != title)
                })
            });
            if is_stale {
                self.publish_fleet();
            }
        }
    }

    fn current_revision(self) -> i64 {
        let set = self.daemon_set.get_untracked();
        set.and_then(|it| it.newest_revision()).unwrap_or(0)
    }

    fn mark_found(self) {
        let search = self.fleet.search.get_untracked();
        let is_searching = !search.trim().is_empty();
        let names: Vec<Name> =
            self.fleet.with(|all| all.iter().map(|it| it.name.clone()).collect());
        let selected = self.selected_set.get_untracked();
        let read = |it: &Playground| it.matching(&names, selected.as_deref(), &search);
        let found = match is_searching {
            true => self.playground.try_with_value(read).unwrap_or_default(),
            false => vec![true; names.len()],
        };
        let count = found.iter().filter(|it| **it).count();
        let _ = self.fleet.spots.try_update_value(|spots| {
            spots.iter_mut().zip(found).for_each(|(spot, found)| spot.found = found);
        });
        let _ =
            self.fleet.changed.try_update_value(|changed| *changed = (0..names.len()).collect());
        set_if_new(self.fleet.found, is_searching.then_some(count));
        self.fleet.tick();
    }
}

/// Sorts the nodes by what their pods do; the order within a state stays.
fn by_state(spots: &mut [Spot], current: i64) -> Vec<Group> {
    spots.sort_by_key(|spot| spot.cell.state_group(current).0);
    let mut groups = Vec::<Group>::new();
    for (at, spot) in spots.iter().enumerate() {
        let (_, title) = spot.cell.state_group(current);
        match groups.last_mut().filter(|group| *group.title == *title) {
            Some(group) => group.end = at + 1,
            None => {
                groups.push(Group { id: title.into(), title: title.into(), start: at, end: at + 1 })
            }
        }
    }
    groups
}

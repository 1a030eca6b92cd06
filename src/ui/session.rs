//! The one place that owns the cluster and writes what the page reads.
//!
//! The cluster is a plain value; after every change it names what changed, and only that goes into
//! signals, compared first. So a page with many nodes pays for the node that moved, not for all.

pub mod fleet;
mod publish;
mod questions;

use std::collections::{BTreeMap, BTreeSet};

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::view::{DaemonSetView, EventView, NodeView};
use daemonset_core::playground::{ApplyReport, Playground};
use leptos::prelude::*;

use super::browser::wall_ms;
use super::files::Files;
use super::foresight::Foresight;
use super::hints::Hints;
use super::history::History;
use super::journey::Journey;
use super::log::{Kind, Log};
use super::pace::Pace;
use super::terminal::Terminal;
use super::toast::Toast;
use super::work::Work;
use fleet::Fleet;
pub(super) use publish::set_arc_if_new;

/// The cluster that everybody sees first.
pub const SEED: u64 = 1;

/// What the simulation may cost in one frame with cards.
const CARDS_BUDGET_MS: f64 = 4.0;

/// The same with cells, of which hundreds change in a frame of a large cluster: in a frame that
/// publishes a part of a beat besides, and in the others. So frames weigh about the same.
const CELLS_BUDGET_MS: (f64, f64) = (2.5, 4.5);

/// Steps between two looks at the clock.
pub(super) const STEPS_PER_SLICE: u32 = 32;

/// Clocks, rings and ages move at most ten times a second.
const BEAT_MS: f64 = 100.0;

/// Rows of the event list.
pub const EVENT_COUNT_MAX: usize = 200;

/// A node of the list: identity, name, and the signal that its card reads.
#[derive(Clone)]
pub struct NodeRow {
    /// Identity.
    pub uid: u64,
    /// The node's name.
    pub name: Name,
    /// What the card shows.
    pub node: ArcRwSignal<NodeView>,
}

impl PartialEq for NodeRow {
    fn eq(&self, other: &Self) -> bool {
        (self.uid, &self.name) == (other.uid, &other.name)
    }
}

/// Nodes that stand together.
#[derive(Clone, PartialEq)]
pub struct Pool {
    /// Key of the pool.
    pub id: Name,
    /// What is written above it.
    pub title: Name,
    /// How many nodes it has.
    pub count: usize,
    /// Its nodes in order, if they stand as cards.
    pub nodes: Vec<NodeRow>,
}

/// What a dialog is open about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What an image does.
    Image(Name),
    /// New nodes, of this pool to begin with.
    Nodes(Name),
    /// What applying the text would change.
    Changes,
}

/// The mirror of the cluster.
#[derive(Clone, Copy)]
pub struct Session {
    pub(super) playground: StoredValue<Playground, LocalStorage>,
    rows: StoredValue<BTreeMap<Name, NodeRow>>,
    pace: StoredValue<Pace>,
    last_beat_ms: StoredValue<f64>,
    /// What of the last beat has been published.
    beat_part: StoredValue<u8>,
    /// Events were recorded since they were listed last.
    has_events: StoredValue<bool>,
    /// Workloads changed since they were published last.
    has_workloads: StoredValue<bool>,
    /// When they were.
    workloads_at_ms: StoredValue<f64>,
    /// Which nodes there are; runs only when nodes join or leave.
    pub pools: RwSignal<Vec<Pool>>,
    /// All nodes as cells.
    pub fleet: Fleet,
    /// All DaemonSets.
    pub daemon_sets: RwSignal<Vec<DaemonSetView>>,
    /// The key of the DaemonSet that the page is about.
    pub selected_set: RwSignal<Option<Name>>,
    /// That DaemonSet.
    pub daemon_set: Memo<Option<DaemonSetView>>,
    /// What is kept but not simulated.
    pub stored: RwSignal<Vec<String>>,
    /// Newest first, while they are listed.
    pub events: RwSignal<Vec<EventView>>,
    /// Virtual time, at most ten times a second.
    pub now: RwSignal<Time>,
    /// Whether time flows.
    pub playing: RwSignal<bool>,
    /// Virtual seconds per second.
    pub speed: RwSignal<f64>,
    /// The speed that is reached, if it is visibly lower.
    pub reached: RwSignal<Option<f64>>,
    /// The node whose actions are offered.
    pub selected_node: RwSignal<Option<Name>>,
    /// The node that somebody added last; its card comes into view.
    pub joined: RwSignal<Option<Name>>,
    /// What a dialog is open about.
    pub asked: RwSignal<Option<Asked>>,
    /// Pods without a node, in the shape of a card.
    pub tray: RwSignal<NodeView>,
    /// What was done, and what came of it.
    pub log: Log,
    /// Where commands are typed.
    pub terminal: Terminal,
    /// What Apply said last, and of which file; forgotten when the text changes.
    pub report: RwSignal<Option<(u32, StoredReport)>>,
    /// The files in the editor.
    pub files: Files,
    /// The past and its drawing.
    pub history: History,
    /// The way to another instant.
    pub journey: Journey,
    /// What the live region should say next.
    pub news: RwSignal<String>,
    /// What stands over the page until somebody has read it.
    pub toast: RwSignal<Option<Toast>>,
    /// How the work is kept.
    pub work: Work,
    /// What the text in the editor would do.
    pub foresight: Foresight,
    /// What one part of the page points at in another.
    pub hints: Hints,
}

/// Shared, because it is shown in more than one place.
pub type StoredReport = std::sync::Arc<ApplyReport>;

impl Session {
    /// Opens the default scenario with time flowing.
    pub fn open() -> Self {
        let playground = Playground::open(SEED);
        let now = playground.now();
        let daemon_sets = RwSignal::new(Vec::<DaemonSetView>::new());
        let selected_set = RwSignal::new(None::<Name>);
        let daemon_set = Memo::new(move |_| {
            let key = selected_set.get()?;
            daemon_sets.read().iter().find(|set| set.key == key).cloned()
        });
        let session = Self {
            playground: StoredValue::new_local(playground),
            rows: StoredValue::new(BTreeMap::new()),
            pace: StoredValue::new(Pace::default()),
            last_beat_ms: StoredValue::new(0.0),
            beat_part: StoredValue::new(u8::MAX),
            has_events: StoredValue::new(false),
            has_workloads: StoredValue::new(false),
            workloads_at_ms: StoredValue::new(0.0),
            pools: RwSignal::new(Vec::new()),
            fleet: Fleet::new(),
            daemon_sets,
            selected_set,
            daemon_set,
            stored: RwSignal::new(Vec::new()),
            events: RwSignal::new(Vec::new()),
            now: RwSignal::new(now),
            playing: RwSignal::new(true),
            speed: RwSignal::new(1.0),
            reached: RwSignal::new(None),
            selected_node: RwSignal::new(None),
            joined: RwSignal::new(None),
            asked: RwSignal::new(None),
            tray: RwSignal::new(NodeView::without_node(Vec::new())),
            log: Log::new(),
            terminal: Terminal::new(),
            report: RwSignal::new(None),
            files: Files::open(),
            history: History::new(),
            journey: Journey::new(),
            news: RwSignal::new(String::new()),
            toast: RwSignal::new(None),
            work: Work::new(),
            foresight: Foresight::new(),
            hints: Hints::new(),
        };
        session.publish_all();
        session
    }

    /// One animation frame: virtual time follows wall time, within the budget.
    pub fn frame(self, wall_ms_passed: f64) {
        if self.journey.is_under_way() {
            // The instant that is left is whole.
            return self.publish_cells(BTreeSet::new(), true);
        }
        let speed = self.speed.get_untracked();
        let due = self.pace.try_update_value(|pace| pace.due_ms(wall_ms_passed, speed));
        let parts = self.due_parts();
        let budget = match (self.shows_cells(), parts.is_empty()) {
            (false, _) => CARDS_BUDGET_MS,
            (true, false) => CELLS_BUDGET_MS.0,
            (true, true) => CELLS_BUDGET_MS.1,
        };
        let deadline = wall_ms() + budget;
        let (passed, why) = self.play(due.unwrap_or(0), || wall_ms() < deadline);
        let verdict = self.pace.try_update_value(|pace| pace.record(wall_ms_passed, passed, speed));
        if let Some(Some(reached)) = verdict {
            set_if_new(self.reached, reached);
        }
        match why {
            Some(why) => self.stop_because(why),
            None => self.publish_parts(parts, false),
        }
    }

    /// Lets virtual time pass, however long that takes: for scripts, which wait for the answer. A
    /// script asks for an amount of time and goes on from there, so breaks do not stop it.
    pub fn advance(self, milliseconds: i64) {
        self.arrive();
        self.run(milliseconds, || true);
        self.publish();
    }

    /// Lets virtual time pass until nothing moves any more; returns the milliseconds.
    pub fn settle(self, limit_ms: i64) -> i64 {
        self.arrive();
        self.change(|playground| playground.settle(limit_ms)).unwrap_or(0)
    }

    /// The row of a node, if there is such a node. Runs again when nodes join or leave.
    pub fn row_named(self, name: &str) -> Option<NodeRow> {
        let looked_at = self.fleet.looked_at.read();
        let pools = self.pools.read();
        let cards = pools.iter().flat_map(|pool| &pool.nodes);
        cards.chain(looked_at.iter()).find(|row| *row.name == *name).cloned()
    }

    /// Opens a text in the editor as a file of its own, not applied yet.
    pub fn open_file(self, name: &str, text: String) {
        self.files.add(name, text, String::new(), None);
    }

    /// Opens a node in the editor, as `kubectl edit node` does.
    pub fn edit_node(self, name: &Name) {
        let text = self.playground.try_with_value(|it| it.node_manifest(name)).flatten();
        if let Some(text) = text {
            self.open_live(&format!("{name}.yaml"), text, name.clone());
        }
    }

    /// Opens an object of the cluster in the editor. One that is open and was not changed there
    /// is read again.
    pub(super) fn open_live(self, file: &str, text: String, object: Name) {
        let file = self.files.add(file, text.clone(), text.clone(), Some(object));
        if !file.is_edited() {
            file.text.set(text.clone());
            file.applied.set(text);
        }
    }

    /// A pool by its key. Runs again when nodes join or leave.
    pub fn pool(self, id: &str) -> Option<Pool> {
        self.pools.read().iter().find(|pool| *pool.id == *id).cloned()
    }

    /// As `run`, up to where a break becomes true; says why it has stopped there.
    fn play(self, milliseconds: i64, more: impl Fn() -> bool) -> (i64, Option<String>) {
        if self.history.breaks.read_untracked().is_empty() {
            return (self.run(milliseconds, more), None);
        }
        let run = |playground: &mut Playground| {
            let start = playground.now();
            let why = self.run_to_break(playground, start + milliseconds.max(0), &more);
            (playground.now().0 - start.0, why)
        };
        self.playground.try_update_value(run).unwrap_or_default()
    }

    /// Advances in slices for as long as `more` allows and returns the virtual time that passed.
    fn run(self, milliseconds: i64, more: impl Fn() -> bool) -> i64 {
        let run = |playground: &mut Playground| {
            let start = playground.now();
            let target = Time(start.0 + milliseconds.max(0));
            if self.terminal.waits_for.read_untracked().is_some() {
                self.flow(playground, target, &more);
            }
            while more() && playground.advance(target, STEPS_PER_SLICE) < target {}
            playground.now().0 - start.0
        };
        self.playground.try_update_value(run).unwrap_or(0)
    }

    /// Changes the cluster and shows what changed.
    pub(super) fn change<T>(self, change: impl FnOnce(&mut Playground) -> T) -> Option<T> {
        let before = self.branch();
        let answer = self.playground.try_update_value(change);
        self.go_on_from(before);
        self.publish();
        answer
    }

    /// Makes the page be about another DaemonSet.
    pub(super) fn select_set(self, key: Name) {
        self.selected_set.set(Some(key));
        self.publish_nodes();
        self.publish_chart();
    }

    /// Remembers the lines that equal what was just done.
    pub(super) fn record(self, line: &str) {
        let Some(at) = self.playground.try_with_value(Playground::now) else { return };
        self.log.push(at, Kind::Line, line);
        self.keep_terminal(false);
    }

    /// Whether there is a node of that name.
    pub fn has_node(self, name: &str) -> bool {
        self.rows.with_value(|rows| rows.contains_key(name))
    }
}

/// A signal notifies even when the value is equal; what did not change should wake nobody.
pub(super) fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if *signal.read_untracked() != value {
        signal.set(value);
    }
}

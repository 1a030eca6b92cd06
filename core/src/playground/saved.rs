//! Saved work: a history as it is written down, input by input, and how it is brought back.
//!
//! What was saved comes from a browser's storage and is data like any other text from outside: it
//! may be cut off, of another version, or somebody else's. Reading it is bounded, and so is
//! replaying it: [`Restoration`] works in slices and gives up beyond a limit.
//!
//! A work is JSON: `header` (version, scenario and seed), `entries` (each input with its time, as a
//! text of its own, and the command that it belongs to), and `slots` (what only counts as it was
//! last: the files, the terminal and the clock).

mod terminal;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{Name, Time, json};
use crate::playground::breaks::BREAKS_MAX;
use crate::playground::{BranchAct, Playground, Scenario};
use crate::sim::Input;

pub use terminal::{SavedPiece, SavedTerminal};

/// What this page writes and reads.
const VERSION: i64 = 1;
/// The one scenario there is.
const SCENARIO: &str = "default";
/// More files than this the editor does not open.
const FILE_COUNT_MAX: usize = 100;
/// More inputs than this nobody gives by hand.
const ENTRY_COUNT_MAX: usize = 10_000;
/// Longer texts are not read; the largest published manifest has about a megabyte.
const BYTES_MAX: usize = 32_000_000;
/// Virtual time beyond this is not replayed: a hundred days.
const TIME_MAX: Time = Time(100 * 86_400_000);
/// More wake-ups than this are not replayed: half a minute of a computer's time.
const WAKES_MAX: u64 = 5_000_000;

/// Why saved work is not brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// It has another structure.
    #[error("it is not what this page saves")]
    Foreign,
    /// It has a higher version.
    #[error("a newer version of this page has saved it")]
    Newer,
    /// There is too much of it.
    #[error("it is too large")]
    TooLarge,
    /// An input cannot be read; the number counts from 1.
    #[error("its input {0} cannot be read")]
    Input(usize),
    /// A file of the editor cannot be read; the number counts from 1.
    #[error("its file {0} cannot be read")]
    File(usize),
}

/// A file of the editor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedFile {
    /// Its identity in the editor.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What was typed.
    pub text: String,
    /// What was applied of it last.
    pub applied: String,
    /// The node that is edited in it.
    pub node: Option<Name>,
}

/// What was done, when, and the action that it belongs to with its command line.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    at: Time,
    /// Up to where the branch was played that it left, if it left one.
    left: Option<Time>,
    action: i64,
    line: Option<Name>,
    deed: Deed,
}

/// What is done to the cluster, or to the branches of its history.
#[derive(Clone, Debug, PartialEq)]
enum Deed {
    Input(Input),
    Branch(BranchAct),
}

/// An entry as it is written; it holds an input or an act on a branch.
#[derive(Serialize, Deserialize)]
struct Written<T, B> {
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<i64>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    input: Option<T>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    branch: Option<B>,
}

/// Work that was saved and could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedWork {
    seed: u64,
    entries: Vec<Entry>,
    /// The files of the editor in their order; none if nobody typed.
    pub files: Vec<SavedFile>,
    /// The file that was shown.
    pub active_file: Option<u32>,
    /// What the terminal showed and knew, if it was kept.
    pub terminal: Option<SavedTerminal>,
    /// The DaemonSet that the page was about.
    pub selected_set: Option<Name>,
    /// Whether time stood still.
    pub is_paused: bool,
    /// What time stopped at: the words after `break`.
    breaks: Vec<Name>,
    now: Time,
}

impl Playground {
    /// What is saved before anything else: which start the inputs belong to.
    pub fn saved_header(&self) -> String {
        json!({"version": VERSION, "scenario": SCENARIO, "seed": self.seed.0}).to_string()
    }

    /// Every input so far, as it is saved.
    pub fn saved_entries(&self) -> Vec<String> {
        self.inputs().iter().map(|(at, input)| written(*at, None, Some(input), None)).collect()
    }

    /// The clock, what it stops at, and what was looked at, as it is saved.
    pub fn saved_clock(&self, is_paused: bool, selected_set: Option<&str>) -> String {
        let mut breaks = Vec::new();
        breaks.extend(self.breaks().iter().map(|it| Value::String(it.command())));
        let now = self.now().0;
        json!({"now": now, "paused": is_paused, "selected": selected_set, "breaks": breaks})
            .to_string()
    }

    /// A file of the editor as it is saved.
    pub fn saved_file(file: &SavedFile) -> String {
        let SavedFile { name, text, applied, node, .. } = file;
        json!({"name": name, "text": text, "applied": applied, "node": node.as_deref()}).to_string()
    }

    /// The slot in which a file of the editor is saved.
    pub fn saved_file_slot(id: u32) -> String {
        format!("file/{id}")
    }

    /// The order of the files, as it is saved.
    pub fn saved_order(ids: &[u32], active: u32) -> String {
        json!({"order": ids, "active": active}).to_string()
    }

    /// From now on `witness` gets every input as it is saved, before it is carried out: whatever
    /// the input does, it is known then.
    pub fn set_witness(&mut self, witness: fn(&str)) {
        self.witness = Some(witness);
    }

    pub(super) fn bear_witness(&self, input: &Input) {
        if let Some(witness) = self.witness {
            witness(&written(self.now(), self.timeline().leaves(), Some(input), None));
        }
    }

    /// The same of what is done to a branch.
    pub(super) fn bear_witness_of(&self, act: &BranchAct) {
        if let Some(witness) = self.witness {
            let left = matches!(act, BranchAct::Switch(_)).then(|| self.timeline().end());
            witness(&written(self.now(), left, None, Some(act)));
        }
    }
}

/// Ends the program on a label with the key `trap`: how the page takes a fault of the simulation
/// can only be seen where there is one.
#[cfg(feature = "trap")]
pub(super) fn trap(input: &Input) {
    if let Input::LabelNode { key, .. } = input {
        assert_ne!(&**key, "trap", "the fault that was asked for");
    }
}

fn written(
    at: Time,
    left: Option<Time>,
    input: Option<&Input>,
    branch: Option<&BranchAct>,
) -> String {
    let left = left.map(|it| it.0);
    // Inputs are made of strings, numbers and JSON: they can always be written.
    serde_json::to_string(&Written { at: at.0, left, input, branch }).unwrap_or_default()
}

impl SavedWork {
    /// Reads a work: an object with `header`, `entries` and `slots`.
    pub fn read(text: &str) -> Result<SavedWork, SavedError> {
        if text.len() > BYTES_MAX {
            return Err(SavedError::TooLarge);
        }
        let work = serde_json::from_str::<Value>(text).map_err(|_| SavedError::Foreign)?;
        let header = json::field(&work, "header").as_str().unwrap_or_default();
        let header = serde_json::from_str::<Value>(header).map_err(|_| SavedError::Foreign)?;
        let seed = json::field(&header, "seed").as_u64();
        let scenario = json::field(&header, "scenario").as_str();
        match (json::integer(&header, "version"), seed) {
            (Some(version), _) if version > VERSION => Err(SavedError::Newer),
            (Some(VERSION), Some(seed)) if scenario == Some(SCENARIO) => {
                Self::of_version_1(&work, seed)
            }
            _ => Err(SavedError::Foreign),
        }
    }

    fn of_version_1(work: &Value, seed: u64) -> Result<SavedWork, SavedError> {
        let list = json::list(work, "entries");
        if list.len() > ENTRY_COUNT_MAX {
            return Err(SavedError::TooLarge);
        }
        let mut entries = Vec::new();
        for (index, it) in list.iter().enumerate() {
            entries.push(entry(it).ok_or(SavedError::Input(index + 1))?);
        }
        let slots = json::field(work, "slots");
        let clock = slot(slots, "clock");
        let order = slot(slots, "files");
        let ids = json::list(&order, "order");
        if ids.len() > FILE_COUNT_MAX {
            return Err(SavedError::TooLarge);
        }
        let mut files = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            files.push(file(slots, id).ok_or(SavedError::File(index + 1))?);
        }
        let now = Time(json::integer(&clock, "now").unwrap_or(0)).clamp(Time::ZERO, TIME_MAX);
        Ok(SavedWork {
            seed,
            files,
            active_file: json::integer(&order, "active").and_then(|it| u32::try_from(it).ok()),
            terminal: SavedTerminal::read(&slot(slots, "terminal")),
            selected_set: json::text(&clock, "selected"),
            is_paused: json::flag(&clock, "paused"),
            breaks: breaks(&clock),
            // The clock is saved from time to time, inputs at once.
            now: entries.last().map_or(now, |it: &Entry| now.max(it.at)),
            entries,
        })
    }
}

/// A slot that holds JSON; nothing if it is not there or something else.
fn slot(slots: &Value, name: &str) -> Value {
    let text = json::field(slots, name).as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

/// The breaks among what the clock knows; a line that is none is left out.
fn breaks(clock: &Value) -> Vec<Name> {
    let lines = json::list(clock, "breaks").iter().take(BREAKS_MAX);
    let lines = lines.filter_map(|it| it.as_str()?.strip_prefix("break "));
    let mut breaks = Vec::new();
    breaks.extend(lines.map(Name::from));
    breaks
}

fn file(slots: &Value, id: &Value) -> Option<SavedFile> {
    let id = u32::try_from(id.as_i64()?).ok()?;
    let file = slot(slots, &Playground::saved_file_slot(id));
    let text = |key| json::field(&file, key).as_str().map(str::to_owned);
    Some(SavedFile {
        id,
        name: text("name")?,
        text: text("text")?,
        applied: text("applied")?,
        node: json::non_empty(&file, "node"),
    })
}

fn entry(value: &Value) -> Option<Entry> {
    let written = serde_json::from_str(json::field(value, "text").as_str()?).ok()?;
    let Written { at, left, input, branch } = written;
    let deed = match (input, branch) {
        (Some(input), None) => Deed::Input(input),
        (None, Some(act)) => Deed::Branch(act),
        _ => return None,
    };
    let at = Some(Time(at)).filter(|it| (Time::ZERO..=TIME_MAX).contains(it))?;
    let left = match left.map(Time) {
        Some(left) if (at..=TIME_MAX).contains(&left) => Some(left),
        Some(_) => return None,
        None => None,
    };
    let action = json::integer(value, "action").unwrap_or(0);
    Some(Entry { at, left, action, line: json::non_empty(value, "line"), deed })
}

/// Saved work on its way back.
pub struct Restoration {
    playground: Playground,
    work: SavedWork,
    next: usize,
    /// Wake-ups that were answered so far, about.
    spent: u64,
    lines: Vec<(Time, String)>,
}

/// Saved work that is back.
pub struct Restored {
    /// The cluster.
    pub playground: Playground,
    /// The command lines that led there, with their times.
    pub lines: Vec<(Time, String)>,
    /// Whether it came to its end.
    pub is_complete: bool,
    /// What was saved besides.
    pub work: SavedWork,
}

impl Restoration {
    /// Begins at the start of the scenario.
    pub fn new(work: SavedWork) -> Restoration {
        let playground = Playground::start(Scenario::opening(), work.seed);
        Restoration { playground, work, next: 0, spent: 0, lines: Vec::new() }
    }

    /// Goes on until about so many wake-ups are answered; false if there is more to do.
    pub fn run(&mut self, wakes_max: u32) -> bool {
        let slice_end = self.spent + u64::from(wakes_max);
        while self.spent < slice_end.min(WAKES_MAX) {
            let entry = self.work.entries.get(self.next).cloned();
            let at = entry.as_ref().map_or(self.work.now, |it| it.at);
            // The branch that was left then goes as far as it went.
            let left = entry.as_ref().and_then(|it| it.left);
            let left = left.filter(|it| *it > self.playground.timeline().end());
            if left.is_some_and(|left| !self.go_to(left, wakes_max)) {
                continue;
            }
            if !self.go_to(at, wakes_max) {
                continue;
            }
            match entry {
                Some(entry) => self.give(entry),
                None => return true,
            }
        }
        self.spent >= WAKES_MAX
    }

    /// The cluster as far as it has come.
    pub fn finish(self) -> Restored {
        let Restoration { mut playground, work, next, lines, .. } = self;
        for line in &work.breaks {
            // One that waits for a DaemonSet that is gone has nothing to wait for.
            let words: Vec<&str> = line.split(' ').collect();
            let _ = playground.break_command(&words);
        }
        let is_complete = next == work.entries.len() && playground.now() == work.now;
        Restored { playground, lines, is_complete, work }
    }

    /// False if it takes more than one slice.
    fn go_to(&mut self, at: Time, wakes_max: u32) -> bool {
        let wakes = |it: &Playground| it.cluster().work().wakes;
        if at < self.playground.now() {
            // Somebody acted in the past.
            self.playground.seek(at);
            self.spent += u64::from(wakes_max);
            return true;
        }
        let before = wakes(&self.playground);
        let reached = self.playground.advance(at, wakes_max);
        self.spent += 1 + wakes(&self.playground).saturating_sub(before);
        reached >= at
    }

    fn give(&mut self, entry: Entry) {
        let before = self.next.checked_sub(1).and_then(|it| self.work.entries.get(it));
        let is_first = before.is_none_or(|it| it.action != entry.action);
        self.next += 1;
        if let Some(line) = entry.line.filter(|_| is_first) {
            self.lines.push((entry.at, line.to_string()));
        }
        // What was refused then is refused again: inputs are saved before anybody knows.
        let _ = match entry.deed {
            Deed::Input(input) => self.playground.act(input).is_ok(),
            Deed::Branch(act) => self.playground.act_on_branch(act).is_ok(),
        };
    }
}

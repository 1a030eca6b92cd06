//! Saved work: what `www/work.js` keeps, brought back and kept up to date.
//!
//! Each input is handed over before it is carried out, each text as it is typed. The script stands
//! outside of WebAssembly: it goes on when this does not.

use std::cell::RefCell;
use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::playground::{Playground, Restoration, Restored, SavedFile, SavedWork};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::browser::wall_ms;
use super::command::Reply;
use super::dom::watch;
use super::editor::review::LONG;
use super::files::File;
use super::log::{Entry, Kind};
use super::session::Session;
use super::terminal::entries;
use super::toast::Toast;

/// Bringing work back gives the browser a turn as often as this.
const SLICE_MS: f64 = 40.0;
const SLICE_WAKES: u32 = 2_000;
/// While time flows the clock is saved about so often.
const CLOCK_MS: f64 = 1_000.0;

/// What there was when the page was opened.
#[derive(Default)]
pub struct Found {
    work: Option<Restored>,
    /// The work that the last reset put aside.
    before: Option<SavedWork>,
    /// What has to be said about it.
    note: Option<Toast>,
}

/// A cluster to go on with, and what belongs to it.
pub(super) struct Start {
    playground: Playground,
    /// What led there.
    log: Vec<Entry>,
    selected_set: Option<Name>,
    is_playing: bool,
    /// What was applied last of the files, by their identities.
    applied: Vec<(u32, String)>,
}

impl Start {
    /// The default scenario.
    fn new(seed: u64) -> Self {
        Self {
            playground: Playground::open(seed),
            log: Vec::new(),
            selected_set: None,
            is_playing: true,
            applied: Vec::new(),
        }
    }
}

/// What is kept of a cluster that was reset.
pub(super) enum Before {
    /// It was open in this page.
    Open(Box<Start>),
    /// It was saved.
    Saved(SavedWork),
}

/// How the work of this page is kept.
#[derive(Clone, Copy)]
pub struct Work {
    pub(super) before: StoredValue<Option<Before>, LocalStorage>,
    /// Whether there is a cluster before the last reset.
    pub can_undo_reset: RwSignal<bool>,
    /// Why nothing is saved.
    pub not_saved: RwSignal<Option<String>>,
}

impl Work {
    /// Nothing is kept yet.
    pub(super) fn new() -> Self {
        Self {
            before: StoredValue::new_local(None),
            can_undo_reset: RwSignal::new(false),
            not_saved: RwSignal::new(None),
        }
    }

    fn set_before(self, before: Option<Before>) {
        self.can_undo_reset.set(before.is_some());
        self.before.set_value(before);
    }
}

/// Reads what there is and brings it back; `then` gets it, at once if nothing is kept at all.
pub fn open(then: impl FnOnce(Found) + 'static) {
    let then: Rc<RefCell<Option<Then>>> = Rc::new(RefCell::new(Some(Box::new(then))));
    let later = then.clone();
    let read =
        Closure::<dyn FnMut(JsValue, JsValue)>::new(move |work: JsValue, before: JsValue| {
            if let Some(then) = later.take() {
                read(work.as_string(), before.as_string(), then);
            }
        });
    if call("open", &[&read.into_js_value()]).is_none()
        && let Some(then) = then.take()
    {
        then(Found::default());
    }
}

type Then = Box<dyn FnOnce(Found)>;

fn read(work: Option<String>, before: Option<String>, then: Then) {
    let before = before.and_then(|it| SavedWork::read(&it).ok());
    let found = Found { before, ..Found::default() };
    match work.as_deref().map(SavedWork::read) {
        Some(Ok(work)) => bring_back(Restoration::new(work), found, then),
        Some(Err(error)) => {
            call("refuse", &[]);
            let note = format!(
                "What was saved could not be opened: {error}. It is kept in this browser; this is \
                 a new cluster."
            );
            let note = Toast::with_copy(note, work.unwrap_or_default());
            then(Found { note: Some(note), ..Found::default() });
        }
        None => then(found),
    }
}

fn bring_back(mut restoration: Restoration, found: Found, then: Then) {
    let end = wall_ms() + SLICE_MS;
    while wall_ms() < end {
        if restoration.run(SLICE_WAKES) {
            let restored = restoration.finish();
            let note = note(&restored);
            return then(Found { work: Some(restored), note, ..found });
        }
    }
    Timeout::new(0, move || bring_back(restoration, found, then)).forget();
}

fn note(restored: &Restored) -> Option<Toast> {
    let text = "Your work came back only in part: it is longer than this page repeats. All of \
                it is kept in this browser.";
    (!restored.is_complete).then(|| Toast::plain(text.to_owned()))
}

/// Calls a function of `www/work.js`; none where that is absent or refuses.
fn call(name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let script = Reflect::get(&window(), &"savedWork".into()).ok()?;
    let function: Function = Reflect::get(&script, &name.into()).ok()?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    function.apply(&script, &list).ok()
}

/// Says which action the inputs belong to that come now.
pub(super) fn begin_action(line: &str) {
    call("action", &[&line.into()]);
}

fn witness(entry: &str) {
    call("append", &[&entry.into()]);
}

/// Keeps a value; `later` waits until there is a work to keep it with.
pub(super) fn put(name: &str, value: Option<&str>, later: bool) {
    let value = value.map_or(JsValue::NULL, JsValue::from);
    call("put", &[&name.into(), &value, &later.into()]);
}

impl Session {
    /// Shows what was found and keeps from now on what is done and typed.
    pub(super) fn keep(self, found: Found) {
        let (work, problem) = (self.work, || call("problem", &[]).and_then(|it| it.as_string()));
        work.not_saved.set(problem());
        let listen = move |_| work.not_saved.set(problem());
        let listener = window_event_listener_untyped("worknotsaved", listen);
        on_cleanup(move || listener.remove());
        self.toast.set(found.note);
        work.set_before(found.before.map(Before::Saved));
        let are_found = found.work.as_ref().is_some_and(|it| !it.work.files.is_empty());
        match found.work {
            Some(restored) => {
                let files = restored.work.files.clone();
                self.files.restore(files, restored.work.active_file);
                let is_complete = restored.is_complete;
                self.restore_terminal(restored.work.terminal.clone());
                let start = start_of(restored);
                self.playing.set(start.is_playing);
                self.take_up(start);
                if !is_complete {
                    call("refuse", &[]);
                    self.start_saving(false);
                }
                self.news.set("Your work is back.".to_owned());
            }
            None => self.start_saving(false),
        }
        self.playground.update_value(|it| it.set_witness(witness));
        self.watch_files(are_found);
        self.watch_clock();
    }

    /// Opens the scenario again and puts the cluster that was there aside.
    pub(super) fn reset(self, seed: u64) {
        let Some(start) = self.put_down() else { return };
        self.work.set_before(Some(Before::Open(Box::new(start))));
        self.take_up(Start::new(seed));
        self.start_saving(true);
        self.keep_terminal(false);
        self.playground.update_value(|it| it.set_witness(witness));
    }

    /// Brings the cluster back that the last reset put aside.
    pub(super) fn undo_reset(self) -> Reply {
        let start = match self.work.before.try_update_value(Option::take).flatten() {
            Some(Before::Open(start)) => *start,
            Some(Before::Saved(work)) => {
                let mut restoration = Restoration::new(work);
                while !restoration.run(u32::MAX) {}
                start_of(restoration.finish())
            }
            None => return Reply::refused("there is no reset to undo".to_owned()),
        };
        self.work.set_before(None);
        call("back", &[]);
        self.take_up(start);
        self.playground.update_value(|it| it.set_witness(witness));
        self.toast.set(None);
        self.news.set("The cluster before the reset is back.".to_owned());
        Reply::done()
    }

    /// Goes on with another cluster. The text in the editor stays: it may be somebody's work.
    fn take_up(self, start: Start) {
        self.history.lookout.forget();
        self.playground.set_value(start.playground);
        self.selected_node.set(None);
        self.selected_set.set(start.selected_set);
        self.report.set(None);
        self.give_up_run("the cluster starts afresh");
        self.log.set(start.log);
        self.files.set_applied(&start.applied);
        self.publish_all();
    }

    /// The cluster as it is, to go on with it later.
    fn put_down(self) -> Option<Start> {
        Some(Start {
            playground: self.playground.try_with_value(Playground::clone)?,
            log: self.log.entries.get_untracked(),
            selected_set: self.selected_set.get_untracked(),
            is_playing: self.playing.get_untracked(),
            applied: self.files.applied(),
        })
    }

    fn start_saving(self, is_reset: bool) {
        let read = |it: &Playground| (it.saved_header(), it.saved_entries());
        let Some((header, entries)) = self.playground.try_with_value(read) else { return };
        let list = Array::new();
        for entry in &entries {
            list.push(&entry.into());
        }
        call("start", &[&header.into(), &list, &is_reset.into()]);
    }

    /// Keeps the files. Unless they were found, none is kept before the first change.
    fn watch_files(self, are_found: bool) {
        let mut saved = None::<(Vec<u32>, u32, Vec<SavedFile>)>;
        watch(move || {
            let list = self.files.list.get();
            let (ids, active) =
                (list.iter().map(|it| it.id).collect(), self.files.current.get().id);
            let files: Vec<SavedFile> = list.iter().map(File::saved).collect();
            if let Some((old_ids, old_active, old_files)) = &saved {
                if (&ids, &active) != (old_ids, old_active) {
                    put("files", Some(&Playground::saved_order(&ids, active)), false);
                }
                for file in files.iter().filter(|it| !old_files.contains(it)) {
                    match file.text.len() > LONG {
                        // A task of its own: it costs as much as a frame may.
                        true => self.save_soon(file.clone()),
                        false => self.save_file(file),
                    }
                }
                for id in old_ids.iter().filter(|it| !ids.contains(it)) {
                    put(&Playground::saved_file_slot(*id), None, false);
                }
            }
            let is_kept = are_found || saved.is_some();
            saved = Some((ids, active, if is_kept { files } else { Vec::new() }));
        });
    }

    fn save_soon(self, file: SavedFile) {
        Timeout::new(0, move || self.save_file(&file)).forget();
    }

    /// Keeps what is typed before the file hears of it.
    pub(super) fn save_typed(self, file: &File, text: String) {
        self.save_file(&SavedFile { text, ..untrack(|| file.saved()) });
    }

    fn save_file(self, file: &SavedFile) {
        let ids: Vec<u32> = self.files.list.read_untracked().iter().map(|it| it.id).collect();
        let active = self.files.current.get_untracked().id;
        put("files", Some(&Playground::saved_order(&ids, active)), false);
        put(&Playground::saved_file_slot(file.id), Some(&Playground::saved_file(file)), false);
    }

    fn watch_clock(self) {
        let mut saved_ms = 0.0;
        let mut flow = None;
        watch(move || {
            self.now.track();
            self.log.last_line.track();
            let breaks = self.history.breaks.read().len();
            let new = (!self.playing.get(), self.selected_set.get(), breaks);
            let has_turned = flow.as_ref() != Some(&new);
            // At a standstill the clock moves by single steps only.
            if has_turned || new.0 || wall_ms() - saved_ms >= CLOCK_MS {
                saved_ms = wall_ms();
                flow = Some(new);
                self.save_clock();
            }
        });
        let listener = window_event_listener_untyped("pagehide", move |_| {
            self.save_terminal();
            self.save_clock();
        });
        on_cleanup(move || listener.remove());
    }

    fn save_clock(self) {
        let is_paused = !self.playing.get_untracked();
        let set = self.selected_set.get_untracked();
        // The clock alone is nothing to keep; what it stops at is somebody's work.
        let read =
            |it: &Playground| (it.saved_clock(is_paused, set.as_deref()), it.breaks().is_empty());
        if let Some((clock, is_alone)) = self.playground.try_with_value(read) {
            put("clock", Some(&clock), is_alone);
        }
    }
}

fn start_of(restored: Restored) -> Start {
    let Restored { playground, lines, work, .. } = restored;
    let entry = |(id, (at, text))| Entry { id, at, kind: Kind::Line, text };
    let log = entries(work.terminal.as_ref(), (0..).zip(lines).map(entry).collect());
    let applied = work.files.into_iter().map(|it| (it.id, it.applied)).collect();
    Start { playground, log, selected_set: work.selected_set, is_playing: !work.is_paused, applied }
}

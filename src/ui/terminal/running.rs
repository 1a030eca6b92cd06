//! Lines that are carried out. One that waits for the cluster is asked while time flows; those
//! behind it come when it is over.

use std::collections::BTreeMap;

use daemonset_core::api::{Name, Time};
use daemonset_core::kubectl::{Edited, Output};
use daemonset_core::playground::{Playground, Reader, Run, Statement};
use daemonset_core::sim::BranchId;
use leptos::prelude::*;

use crate::ui::log::Kind;
use crate::ui::session::Session;
use crate::ui::work::begin_action;

/// So many lines of the history are kept.
const HISTORY_COUNT_MAX: usize = 500;
/// More lines than this are not taken from one paste.
const PASTED_COUNT_MAX: usize = 2_000;
/// Wake-ups between two looks at the clock.
const WAKES_PER_SLICE: u32 = 32;

const PAUSED: &str = "time is paused: press Play";

impl Session {
    /// Carries out what was typed or pasted, line after line.
    pub(super) fn type_lines(self, text: &str) {
        let queue = self.terminal.queue;
        queue.update_value(|it| {
            let room = PASTED_COUNT_MAX.saturating_sub(it.len());
            it.extend(text.split('\n').take(room).map(str::to_owned));
        });
        while self.terminal.waits_for.read_untracked().is_none() {
            let Some(line) = queue.try_update_value(|it| it.pop_front()).flatten() else { return };
            self.type_line(line.trim_end_matches('\r'));
        }
    }

    fn type_line(self, line: &str) {
        let terminal = self.terminal;
        let was_open = terminal.is_open.get_untracked();
        self.note(if was_open { Kind::More } else { Kind::Line }, line);
        if !line.trim().is_empty() && !was_open {
            terminal.history.update_value(|history| {
                history.retain(|it| it != line);
                history.push(line.to_owned());
                let over = history.len().saturating_sub(HISTORY_COUNT_MAX);
                history.drain(..over);
            });
        }
        let statement = terminal.reader.try_update_value(|reader| {
            let statement = reader.feed(line);
            terminal.is_open.set(reader.is_open());
            statement
        });
        if let Some(statement) = statement.flatten() {
            self.run_statement(&statement);
        }
    }

    fn run_statement(self, statement: &Statement) {
        self.arrive();
        if statement.line.trim() == "clear" {
            self.keep_terminal(true);
            return self.log.clear();
        }
        begin_action(&statement.line);
        let before = self.load_files();
        let mut output = Output::default();
        let begun = self.terminal.shell.try_update_value(|shell| {
            shell.has_editor = true;
            self.playground.try_update_value(|it| it.begin(statement, shell, &mut output))
        });
        self.print(&output);
        let Some(mut run) = begun.flatten() else { return };
        for edited in run.take_edit().into_iter().flatten() {
            self.open_edited(edited);
        }
        self.keep_files(&before);
        self.hold(run);
        self.publish_all();
        if self.terminal.waits_for.read_untracked().is_some() && !self.playing.get_untracked() {
            self.note(Kind::Note, PAUSED);
        }
    }

    /// Remembers a run that waits.
    fn hold(self, run: Run) {
        self.keep_terminal(false);
        self.terminal.waits_for.set(run.waits_for());
        self.terminal.run.set_value((!run.is_over()).then_some(run));
    }

    /// Lets time flow with a line that waits, up to an instant or as long as `more` holds.
    pub(in crate::ui) fn flow(
        self,
        playground: &mut Playground,
        to: Time,
        more: &dyn Fn() -> bool,
    ) {
        let Some(mut run) = self.terminal.run.try_update_value(Option::take).flatten() else {
            return;
        };
        let mut output = Output::default();
        self.terminal.shell.update_value(|shell| {
            while playground.advance_with(&mut run, shell, &mut output, to, WAKES_PER_SLICE) < to
                && !run.is_over()
                && more()
            {}
        });
        self.settle_run(run, &output, playground.now());
    }

    /// Asks a line that waits, after something else has changed the cluster.
    pub(in crate::ui) fn poll_run(self) {
        if self.terminal.waits_for.read_untracked().is_none() {
            return;
        }
        let Some(mut run) = self.terminal.run.try_update_value(Option::take).flatten() else {
            return;
        };
        let mut output = Output::default();
        let now = self.playground.try_update_value(|playground| {
            self.terminal.shell.update_value(|shell| playground.poll(&mut run, shell, &mut output));
            playground.now()
        });
        self.settle_run(run, &output, now.unwrap_or(Time::ZERO));
    }

    fn settle_run(self, run: Run, output: &Output, now: Time) {
        self.print_at(output, now);
        let is_over = run.is_over();
        self.hold(run);
        if is_over {
            // What comes next must not run in the middle of a frame.
            request_animation_frame(move || self.type_lines_waiting());
        }
    }

    fn type_lines_waiting(self) {
        let is_empty = self.terminal.queue.try_with_value(|it| it.is_empty()).unwrap_or(true);
        let next = || self.terminal.queue.try_update_value(|it| it.pop_front()).flatten();
        if !is_empty
            && self.terminal.waits_for.read_untracked().is_none()
            && let Some(line) = next()
        {
            self.type_line(&line);
            request_animation_frame(move || self.type_lines_waiting());
        }
    }

    /// Ends what waits and what is queued, or forgets the line that is being typed.
    pub fn interrupt(self) {
        let terminal = self.terminal;
        let line = terminal.draft.get_untracked();
        let was_waiting = terminal.waits_for.read_untracked().is_some();
        if was_waiting || line.is_empty() {
            self.note(Kind::Note, "^C");
        } else {
            self.note(Kind::Line, &format!("{line}^C"));
        }
        terminal.queue.update_value(|it| it.clear());
        terminal.reader.set_value(Reader::default());
        terminal.is_open.set(false);
        if was_waiting {
            terminal.run.set_value(None);
            terminal.waits_for.set(None);
        } else {
            terminal.draft.set(String::new());
        }
    }

    /// The branch of the history that is played.
    pub(in crate::ui) fn branch(self) -> Option<BranchId> {
        self.playground.try_with_value(|it| it.timeline().active().id)
    }

    /// What waits looks at what was done; what was done in the past has taken its future away.
    pub(in crate::ui) fn go_on_from(self, before: Option<BranchId>) {
        match self.branch() == before {
            true => self.poll_run(),
            false => self.give_up_run("somebody acted in the past"),
        }
    }

    /// Time was moved, or has taken another way: what waited has no cluster to wait for.
    pub(in crate::ui) fn give_up_run(self, why: &str) {
        let terminal = self.terminal;
        if let Some(what) = terminal.waits_for.get_untracked() {
            terminal.queue.update_value(|it| it.clear());
            terminal.run.set_value(None);
            terminal.waits_for.set(None);
            self.note(Kind::Note, &format!("{what} ends: {why}"));
        }
    }

    /// Says that nothing will happen, if something waits for it.
    pub(in crate::ui) fn note_pause(self) {
        if self.terminal.waits_for.read_untracked().is_some() {
            self.note(Kind::Note, PAUSED);
        }
    }

    /// Carries out a line for a script, which waits for the answer: virtual time passes until the
    /// line is done.
    pub fn kubectl(self, text: &str) -> Output {
        self.arrive();
        let (branch, before) = (self.branch(), self.load_files());
        let mut reader = Reader::default();
        let mut all = Output::default();
        for line in text.split('\n') {
            self.note(if reader.is_open() { Kind::More } else { Kind::Line }, line);
            let Some(statement) = reader.feed(line) else { continue };
            begin_action(&statement.line);
            let output = self.terminal.shell.try_update_value(|shell| {
                shell.has_editor = false;
                self.playground.try_update_value(|it| it.run_statement(&statement, shell))
            });
            let output = output.flatten().unwrap_or_default();
            self.print(&output);
            all.stdout.push_str(&output.stdout);
            all.stderr.push_str(&output.stderr);
            all.code = output.code;
        }
        self.keep_files(&before);
        self.go_on_from(branch);
        self.publish_all();
        all
    }

    /// A piece of the log, now.
    /// Puts a text into the log.
    pub(in crate::ui) fn note(self, kind: Kind, text: &str) {
        let now = self.playground.try_with_value(Playground::now).unwrap_or(Time::ZERO);
        self.log.push(now, kind, text);
        self.keep_terminal(kind == Kind::Line);
    }

    /// Shows what was printed.
    pub(in crate::ui) fn print(self, output: &Output) {
        let now = self.playground.try_with_value(Playground::now).unwrap_or(Time::ZERO);
        self.print_at(output, now);
    }

    fn print_at(self, output: &Output, now: Time) {
        for (is_error, text) in output.in_order() {
            self.log.push(now, if is_error { Kind::Error } else { Kind::Output }, text);
            self.keep_terminal(false);
        }
    }

    /// The shell's files become those of the editor, besides those that only the shell has.
    pub(super) fn load_files(self) -> BTreeMap<String, String> {
        let loaded = self.terminal.shell.try_update_value(|shell| {
            let mut names = Vec::new();
            for file in self.files.list.read_untracked().iter().filter(|it| it.node.is_none()) {
                let (name, text) = (file.name.get_untracked(), file.text.get_untracked());
                names.push(name.clone());
                shell.files.insert(name, text);
            }
            // A file that was closed or renamed is no longer there.
            self.terminal.loaded.update_value(|loaded| {
                let gone = loaded.iter().filter(|it| !names.contains(*it));
                gone.for_each(|it| drop(shell.files.remove(it)));
                *loaded = names;
            });
            shell.files.clone()
        });
        loaded.unwrap_or_default()
    }

    /// Files that a line has written stand in the editor, those that it removed do not.
    fn keep_files(self, before: &BTreeMap<String, String>) {
        let after = self.terminal.shell.with_value(|shell| shell.files.clone());
        for (name, text) in after.iter().filter(|(name, text)| before.get(*name) != Some(text)) {
            self.files.write(name, text);
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            self.files.remove(name);
        }
    }

    fn open_edited(self, edited: Edited) {
        let file = format!("{}.yaml", edited.name);
        self.note(Kind::Note, &format!("{file} is open in the editor: Apply saves it"));
        let key = match edited.resource.as_str() {
            "nodes" => edited.name,
            resource => format!("{resource}/{}/{}", edited.namespace, edited.name),
        };
        self.open_live(&file, edited.text, Name::from(key));
    }
}

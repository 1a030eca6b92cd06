//! Everything a user can do. One gesture is one command, and each takes the same path: do it,
//! show what changed, keep the command line that equals it.

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::{BranchAct, Break, Message, NewNodes, Playground, Severity};
use daemonset_core::sim::Input;
use leptos::prelude::*;

use super::log::Kind;
use super::session::{SEED, Session};
use super::work::begin_action;

/// What a user can do.
#[derive(Clone, Debug)]
pub enum Command {
    /// Apply every document of a text, as the file that is shown; a node that is being edited is
    /// saved.
    Apply(String),
    /// Let machines join under free names.
    AddNodes(NewNodes),
    /// Anything that has a kubectl line of its own.
    Act(Input),
    /// Let time flow.
    Play,
    /// Stop time.
    Pause,
    /// Play if paused, pause if playing.
    TogglePlay,
    /// Virtual seconds per second.
    SetSpeed(f64),
    /// Run to just after the next visible change.
    StepForward,
    /// Go back to the last visible change.
    StepBack,
    /// Goes to the end of the next sync of the selected DaemonSet's controller.
    StepSync,
    /// Go to an instant.
    Seek(Time),
    /// Go to the beginning of the next wave, or of the one before.
    SeekWave(bool),
    /// Does something to a branch of the history.
    Branch(BranchAct),
    /// Stop time when something becomes true.
    AddBreak(Break),
    /// Stop at that no longer.
    RemoveBreak(usize),
    /// Bring the revision before the current one back.
    UndoRollout,
    /// Open the scenario again.
    Reset(Option<u64>),
    /// Open a node in the editor.
    EditNode(Name),
    /// Bring the cluster back that the last reset put aside.
    UndoReset,
    /// Offer the actions of a node, or of none.
    SelectNode(Option<Name>),
    /// Make the page be about this DaemonSet.
    SelectDaemonSet(Name),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Whether it was done.
    pub ok: bool,
    /// What there is to say about it.
    pub messages: Vec<Message>,
}

impl Reply {
    pub(super) fn done() -> Self {
        Self { ok: true, messages: Vec::new() }
    }

    pub(super) fn refused(text: String) -> Self {
        let (line, column, suggestion, edit) = (None, None, None, None);
        let severity = Severity::Error;
        let message = Message { severity, text, line, column, suggestion, edit };
        Self { ok: false, messages: vec![message] }
    }

    /// The first message, for places with room for one line.
    pub fn first(&self) -> Option<&str> {
        self.messages.first().map(|message| message.text.as_str())
    }
}

impl Session {
    /// Carries a command out. Every gesture of the page and every call of the JavaScript API that
    /// changes something goes through here.
    pub fn perform(self, command: Command) -> Reply {
        if !matches!(command, Command::Seek(_)) {
            self.arrive();
        }
        // The line that equals an act may depend on what is there before it.
        let line = self.line_of_command(&command);
        line.iter().for_each(|line| begin_action(line));
        // What comes of an application tells its lines by itself.
        let line = line.filter(|_| !matches!(command, Command::Apply(_)));
        // What kubectl would print depends on that, too. It is worked out when the act is done:
        // nothing is carried out before it has been saved.
        let asked = line.as_ref().filter(|it| !Playground::is_own(it));
        let before = asked.and_then(|_| self.playground.try_with_value(Playground::clone));
        let mut joined = None;
        let reply = match command {
            Command::Apply(text) => self.apply(text),
            Command::AddNodes(new) => match self.add_nodes(&new) {
                Ok(stdout) => {
                    joined = Some(stdout);
                    Reply::done()
                }
                Err(refused) => refused,
            },
            Command::Act(input) => self.act(input),
            Command::Play => self.set_playing(true),
            Command::Pause => self.set_playing(false),
            Command::TogglePlay => self.set_playing(!self.playing.get_untracked()),
            Command::SetSpeed(speed) => self.set_speed(speed),
            Command::StepForward => self.step_forward(),
            Command::StepSync => self.step_sync(),
            Command::StepBack => {
                self.playing.set(false);
                self.give_up_run("somebody went to another time");
                self.change(Playground::step_back);
                Reply::done()
            }
            Command::Seek(time) => {
                self.seek(time);
                Reply::done()
            }
            Command::SeekWave(forward) => {
                self.seek_wave(forward);
                Reply::done()
            }
            Command::Branch(act) => self.act_on_branch(act),
            Command::AddBreak(new) => self.add_break(new),
            Command::RemoveBreak(index) => self.remove_break(index),
            Command::UndoRollout => self.undo_rollout(),
            Command::Reset(seed) => {
                self.reset(seed.unwrap_or(SEED));
                self.news.set("The cluster starts afresh.".to_owned());
                Reply::done()
            }
            Command::EditNode(name) => {
                self.edit_node(&name);
                Reply::done()
            }
            Command::UndoReset => self.undo_reset(),
            Command::SelectNode(name) => {
                self.selected_node.set(name);
                self.look_at_selected();
                Reply::done()
            }
            Command::SelectDaemonSet(key) => {
                self.select_set(key);
                Reply::done()
            }
        };
        if reply.ok {
            line.iter().for_each(|line| self.record(line));
            if let (Some(line), Some(before)) = (&line, before) {
                self.print(&before.answer_to(line));
            }
            joined.iter().for_each(|it| self.note(Kind::Output, it));
        }
        reply
    }

    /// The line that a command equals now, if there is one.
    pub fn line_of_command(self, command: &Command) -> Option<String> {
        match command {
            Command::Apply(_) => Some(self.files.current.get_untracked().apply_line()),
            Command::AddNodes(new) => Some(new.command()),
            Command::Branch(act) => self.playground.try_with_value(|it| it.line_of_branch(act)),
            Command::AddBreak(new) => Some(new.command()),
            Command::RemoveBreak(index) => Some(format!("break off {}", index + 1)),
            Command::Act(input) => self.line_of(input),
            Command::UndoRollout => self.daemon_set.with_untracked(|set| {
                let set = set.as_ref()?;
                Some(Playground::undo_rollout_command(&set.namespace, &set.name))
            }),
            _ => None,
        }
    }

    fn apply(self, text: String) -> Reply {
        let file = self.files.current.get_untracked();
        let report = self.change(|playground| match &file.node {
            Some(object) => playground.edit(object, &file.applied.read_untracked(), &text),
            None => playground.apply_file(&file.name.read_untracked(), &text),
        });
        let Some(report) = report else { return Reply::default() };
        let reply = Reply { ok: report.ok, messages: report.messages.clone() };
        if report.ok {
            for done in &report.commands {
                self.record(&done.line);
                self.note(Kind::Output, &done.said);
            }
            file.applied.set(text);
        }
        if let Some(key) = report.daemon_sets.last() {
            self.select_set(key.clone());
        }
        if let Some(first) = reply.first() {
            self.news.set(first.to_owned());
        }
        self.report.set(Some((file.id, report.into())));
        reply
    }

    /// What the playground's command prints to that.
    fn add_nodes(self, new: &NewNodes) -> Result<String, Reply> {
        match self.change(|playground| playground.add_nodes(new)) {
            Some(Ok((first, last))) => {
                self.news.set(match new.count {
                    1 => format!("{first} joins the cluster."),
                    count => format!("{count} nodes join the cluster, {first} to {last}."),
                });
                let answer = new.answer(&first, &last);
                self.joined.set(Some(last));
                Ok(answer)
            }
            Some(Err(error)) => Err(Reply::refused(error.to_string())),
            None => Err(Reply::default()),
        }
    }

    fn act(self, input: Input) -> Reply {
        let news = news(&input);
        match self.change(|playground| playground.act(input)) {
            Some(Ok(_)) => {
                self.news.set(news);
                Reply::done()
            }
            Some(Err(error)) => Reply::refused(error.to_string()),
            None => Reply::default(),
        }
    }

    fn undo_rollout(self) -> Reply {
        let input = self.daemon_set.with_untracked(|set| {
            let (namespace, name) = set.as_ref().map(|it| (&it.namespace, &it.name))?;
            self.playground.try_with_value(|it| it.undo_rollout(namespace, name)).flatten()
        });
        match input {
            Some(input) => self.act(input),
            None => Reply::refused("no last revision to roll back to".to_owned()),
        }
    }

    fn set_playing(self, playing: bool) -> Reply {
        if !playing && self.playing.get_untracked() {
            self.note_pause();
        }
        if playing {
            self.forget_stop();
        }
        self.playing.set(playing);
        self.reached.set(None);
        // No frame follows: what waits for its beat is shown now.
        self.publish();
        Reply::done()
    }

    fn set_speed(self, speed: f64) -> Reply {
        if !speed.is_finite() || speed <= 0.0 {
            return Reply::refused("speed must be a positive number".to_owned());
        }
        self.speed.set(speed);
        self.reached.set(None);
        Reply::done()
    }

    /// Stepping means looking closely, so time stands still afterwards.
    fn step_forward(self) -> Reply {
        self.playing.set(false);
        self.change(Playground::step);
        Reply::done()
    }

    fn step_sync(self) -> Reply {
        self.playing.set(false);
        let Some(set) = self.selected_set.get_untracked() else { return Reply::default() };
        match self.change(|playground| playground.step_sync(&set)).flatten() {
            Some(sync) => {
                self.news.set(sync.sentence());
                Reply::done()
            }
            None => Reply::refused("nothing wakes the controller".to_owned()),
        }
    }
}

fn news(input: &Input) -> String {
    match input {
        Input::LabelNode { node, value: Some(_), .. } => format!("{node} has a new label."),
        Input::LabelNode { node, .. } => format!("{node} has lost a label."),
        Input::TaintNode { node, .. } => format!("{node} is tainted."),
        Input::UntaintNode { node, .. } => format!("{node} has lost a taint."),
        Input::Cordon { node } => format!("{node} is cordoned."),
        Input::Uncordon { node } => format!("{node} is uncordoned."),
        Input::DeleteNode { node } => format!("{node} is deleted."),
        Input::Patch { resource, name, .. } => format!("{resource} {name} is changed."),
        Input::Drain { node, .. } => format!("{node} is drained."),
        Input::StopKubelet { node } => {
            format!("The kubelet of {node} stops. In 40 seconds the node is NotReady.")
        }
        Input::StartKubelet { node } => format!("The kubelet of {node} starts."),
        Input::SetPressure { node, shortage, on: true } => {
            format!("{node} runs short: {}.", shortage.condition().as_str())
        }
        Input::SetPressure { node, .. } => format!("{node} has enough again."),
        Input::FillNode { node, .. } => format!("Somebody else uses {node} differently."),
        Input::SetImageBehaviour { image, .. } => format!("{image} behaves differently."),
        Input::Delete { resource, name, .. } => format!("{resource} {name} is deleted."),
        #[allow(unreachable_patterns)] // Inputs that have no button yet.
        _ => String::new(),
    }
}

//! Time stops where a break becomes true.

use daemonset_core::api::Time;
use daemonset_core::playground::{Break, Playground};
use leptos::prelude::*;

use super::command::Reply;
use super::session::Session;
use super::toast::Toast;

impl Session {
    /// Plays on until `to`, or to the end of the instant at which a break becomes true; says why.
    pub(super) fn run_to_break(
        self,
        playground: &mut Playground,
        to: Time,
        more: &dyn Fn() -> bool,
    ) -> Option<String> {
        loop {
            let (before, due) = (playground.watched(), playground.next_due(to));
            if self.terminal.waits_for.read_untracked().is_some() {
                self.flow(playground, due, &|| true);
            }
            playground.advance(due, u32::MAX);
            if let Some(why) = playground.stop(&before) {
                return Some(why);
            }
            if due >= to || !more() {
                return None;
            }
        }
    }

    /// Time stands still, and somebody says why.
    pub(super) fn stop_because(self, why: String) {
        self.note_pause();
        self.playing.set(false);
        self.reached.set(None);
        self.publish();
        self.history.stopped.set(Some((self.now.get_untracked(), why.clone())));
        self.toast.set(Some(Toast::plain(format!("Paused: {why}."))));
    }

    /// Time flows again: nobody needs to know any longer why it stood still.
    pub(super) fn forget_stop(self) {
        if self.history.stopped.try_update(Option::take).flatten().is_some() {
            self.toast.set(None);
        }
    }

    pub(super) fn add_break(self, new: Break) -> Reply {
        match self.playground.try_update_value(|it| it.add_break(new)) {
            Some(Ok(())) => self.show_breaks(),
            Some(Err(fault)) => Reply::refused(fault.to_owned()),
            None => Reply::default(),
        }
    }

    pub(super) fn remove_break(self, index: usize) -> Reply {
        match self.playground.try_update_value(|it| it.remove_break(index)) {
            Some(true) => self.show_breaks(),
            _ => Reply::refused("there is no such break".to_owned()),
        }
    }

    fn show_breaks(self) -> Reply {
        self.publish_chart();
        Reply::done()
    }
}

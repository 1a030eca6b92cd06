//! Branches of the history: looked at, named, deleted and compared.

use daemonset_core::playground::{BranchAct, Comparison};
use leptos::prelude::*;

use super::command::Reply;
use super::session::Session;

impl Session {
    pub(super) fn act_on_branch(self, act: BranchAct) -> Reply {
        if matches!(act, BranchAct::Switch(_)) {
            self.give_up_run("somebody looks at another branch");
        }
        match self.change(|playground| playground.act_on_branch(act)) {
            Some(Ok(())) => {
                // The same instant may look the same: what is drawn of it does not.
                self.publish_chart();
                Reply::done()
            }
            Some(Err(fault)) => Reply::refused(fault.to_owned()),
            None => Reply::default(),
        }
    }

    /// What a branch makes different for the selected DaemonSet.
    pub(super) fn compare_branch(self, other: u32) -> Option<Comparison> {
        let set = self.selected_set.get_untracked()?;
        // The clock says the same instant as the comparison; while time flows it is a beat behind.
        self.publish();
        self.history.lookout.with(|ahead, _| {
            self.playground.try_with_value(|it| it.compare(&set, other, ahead)).flatten()
        })?
    }
}

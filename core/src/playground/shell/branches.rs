//! `branch`: the histories that part where somebody acted in the past.

use crate::kubectl::Output;
use crate::playground::shell::fail;
use crate::playground::{BranchAct, Playground};

impl Playground {
    /// `branch`, `branch switch|delete NAME`, `branch rename NAME NEW`,
    /// `branch compare NAME DAEMONSET`.
    pub(super) fn branch_command(&mut self, words: &[&str]) -> Output {
        let [verb, name, rest @ ..] = words else {
            return match words {
                [] => self.list_branches(),
                _ => usage(),
            };
        };
        let Some(id) = self.branch_named(name) else {
            return fail(1, &format!("branch: there is no branch {name}"));
        };
        let act = match (*verb, rest) {
            ("switch", []) => BranchAct::Switch(id),
            ("delete", []) => BranchAct::Delete(id),
            ("rename", [new]) => BranchAct::Rename(id, (*new).to_owned()),
            ("compare", [set]) => return self.compare_branch(id, set),
            _ => return usage(),
        };
        match self.act_on_branch(act) {
            Ok(()) => Output::default(),
            Err(fault) => fail(1, &format!("branch: {fault}")),
        }
    }

    fn list_branches(&self) -> Output {
        let mut stdout = String::new();
        for it in self.branches() {
            let mark = if it.active { '*' } else { ' ' };
            let (name, from, to) = (it.name, it.forked_at, it.end);
            stdout.push_str(&format!("{mark} {name}  {from} to {to}\n"));
        }
        Output { stdout, ..Output::default() }
    }

    fn compare_branch(&self, id: u32, set: &str) -> Output {
        let found = self.key_of_daemon_set(set).and_then(|key| self.compare(&key, id, None));
        match found {
            Some(it) => Output { stdout: format!("{}\n", it.sentence), ..Output::default() },
            None => fail(1, &format!("branch: there is nothing to compare of {set}")),
        }
    }
}

fn usage() -> Output {
    fail(2, "branch: expected switch NAME, delete NAME, rename NAME NEW or compare NAME DAEMONSET")
}

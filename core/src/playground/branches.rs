//! The branches of the history: whoever acts in the past keeps the old future as one. They can be
//! named, looked at, compared and deleted.

mod compare;

use serde::{Deserialize, Serialize};

use crate::api::Time;
use crate::playground::{Playground, Prospect};
use crate::sim::{Branch, BranchId};

pub use compare::Comparison;
use compare::Course;

/// A longer name has no place in a sentence, in characters.
const NAME_MAX: usize = 40;

/// What is done to a branch; the number is that of its `BranchId`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BranchAct {
    /// The same instant of another branch is looked at.
    Switch(u32),
    /// It is called something else.
    Rename(u32, String),
    /// It is forgotten.
    Delete(u32),
}

/// A branch as a viewer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchView {
    /// Identity.
    pub id: u32,
    /// What people call it.
    pub name: String,
    /// Whether it is looked at.
    pub active: bool,
    /// When it left the one it came from.
    pub forked_at: Time,
    /// How far it was played.
    pub end: Time,
    /// How many things were done on it.
    pub inputs: usize,
}

impl Playground {
    /// All branches in the order in which they came to be.
    pub fn branches(&self) -> Vec<BranchView> {
        let active = self.timeline().active().id;
        let view = |it: &&Branch| BranchView {
            id: it.id.0,
            name: it.name.clone(),
            active: it.id == active,
            forked_at: it.forked_at,
            end: it.end,
            inputs: it.inputs.len(),
        };
        self.timeline().branches().iter().map(view).collect()
    }

    /// Does something to a branch; the answer says why not.
    pub fn act_on_branch(&mut self, act: BranchAct) -> Result<(), &'static str> {
        const UNKNOWN: &str = "there is no such branch";
        self.bear_witness_of(&act);
        match act {
            BranchAct::Switch(id) => {
                self.keep_touched();
                self.timeline.switch(BranchId(id)).then_some(()).ok_or(UNKNOWN)
            }
            BranchAct::Rename(id, name) => {
                let name = name.trim();
                if name.is_empty() || name.chars().any(char::is_control) {
                    return Err("a branch needs a name");
                }
                if name.chars().count() > NAME_MAX {
                    return Err("that name is too long");
                }
                let is_done = self.timeline.rename(BranchId(id), name);
                is_done.then_some(()).ok_or("there is no such branch, or another has that name")
            }
            BranchAct::Delete(id) if BranchId(id) == self.timeline().active().id => {
                Err("it is the branch that is looked at")
            }
            BranchAct::Delete(id) => {
                self.timeline.forget(BranchId(id)).then_some(()).ok_or(UNKNOWN)
            }
        }
    }

    /// The line of the shell that equals an act on a branch.
    pub fn line_of_branch(&self, act: &BranchAct) -> String {
        let branches = self.timeline().branches();
        let name = |id: &u32| {
            let name = branches.iter().find(|it| it.id.0 == *id).map(|it| &*it.name);
            quoted(name.unwrap_or_default())
        };
        match act {
            BranchAct::Switch(id) => format!("branch switch {}", name(id)),
            BranchAct::Rename(id, new) => {
                format!("branch rename {} {}", name(id), quoted(new.trim()))
            }
            BranchAct::Delete(id) => format!("branch delete {}", name(id)),
        }
    }

    /// The branch with that name.
    pub fn branch_named(&self, name: &str) -> Option<u32> {
        self.timeline().branches().iter().find(|it| it.name == name).map(|it| it.id.0)
    }

    /// What a DaemonSet (`NAMESPACE/NAME`) went through on this branch and on another, since they
    /// parted; as far as each was played, and on this one as far as was seen ahead.
    pub fn compare(
        &self,
        daemon_set: &str,
        other: u32,
        ahead: Option<&Prospect>,
    ) -> Option<Comparison> {
        let uid = self.daemon_set_by_key(daemon_set)?.meta.uid;
        let this = self.timeline().active();
        let branches = self.timeline().branches();
        let other = *branches.iter().find(|it| it.id.0 == other && it.id != this.id)?;
        let parted = this.parted_from(other);
        let ahead = ahead.filter(|it| it.is_of(self));
        let (record, end) = match ahead {
            Some(ahead) => (ahead.cluster().record(), ahead.reach().max(self.timeline().end())),
            None => (self.timeline().record(), self.timeline().end()),
        };
        let one = Course::of(record, uid, &this.name, parted, end);
        let two = Course::of(other.record(), uid, &other.name, parted, other.end);
        Some(compare::comparison((one, record), (two, other.record()), uid))
    }
}

/// A name as a word of the shell.
fn quoted(name: &str) -> String {
    match name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_') {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Input;

    const SET: &str = "kube-system/node-logger";
    const LONG: i64 = 600_000;

    fn upgrade(playground: &mut Playground, budget: i32) {
        let text = Playground::opening_manifest().replace("8.10.0", "8.11.0");
        let strategy = format!(
            "spec:\n  updateStrategy:\n    rollingUpdate:\n      maxUnavailable: {budget}\n"
        );
        let report = playground.apply(&text.replacen("spec:\n", &strategy, 1));
        assert!(report.ok, "{:?}", report.messages);
    }

    /// The same update one by one, and in another branch three by three.
    fn forked() -> Playground {
        let mut playground = Playground::open(1);
        playground.settle(LONG);
        let then = playground.now();
        upgrade(&mut playground, 1);
        playground.settle(LONG);
        playground.seek(then);
        upgrade(&mut playground, 3);
        playground
    }

    #[test]
    fn a_branch_is_compared_with_what_was_played_of_another_and_what_comes_on_this_one() {
        let mut playground = forked();
        playground.advance(playground.now() + 5_000, u32::MAX);
        let now = playground.compare(SET, 1, None).unwrap();
        assert!(now.sentence.contains("has not finished"), "{}", now.sentence);
        let mut ahead = playground.prospect();
        while !ahead.run(playground.timeline().end(), 1_000) {}
        let seen = playground.compare(SET, 1, Some(&ahead)).unwrap();
        playground.settle(LONG);
        let known = playground.compare(SET, 1, None).unwrap();
        assert_eq!(seen.sentence, known.sentence, "it comes as it was seen");
        let start = "Branch B finished ";
        let end = " earlier, but fell to 3 ready; branch A never fell below 5.";
        assert!(known.sentence.starts_with(start), "{}", known.sentence);
        assert!(known.sentence.ends_with(end), "{}", known.sentence);
        let [one, other] = &known.charts;
        assert_eq!((&*one.0, &*other.0), ("B", "A"));
        assert_eq!((one.1.from, one.1.to), (other.1.from, other.1.to), "they have one axis");
        assert!(one.1.known < other.1.known && !other.1.line.is_empty());
        assert_eq!(playground.compare(SET, 2, None), None, "not with itself");
        assert_eq!(playground.compare("kube-system/nobody", 1, None), None);
    }

    #[test]
    fn branches_are_named_looked_at_and_deleted() {
        let mut playground = forked();
        let names = |it: &Playground| -> Vec<(String, bool)> {
            it.branches().into_iter().map(|it| (it.name, it.active)).collect()
        };
        assert_eq!(names(&playground), [("A".to_owned(), false), ("B".to_owned(), true)]);
        playground.act_on_branch(BranchAct::Rename(1, " slow ".to_owned())).unwrap();
        assert_eq!(playground.branch_named("slow"), Some(1));
        for name in ["", "B\nC", &"n".repeat(41), "slow"] {
            let refused = playground.act_on_branch(BranchAct::Rename(2, name.to_owned()));
            assert!(refused.is_err(), "{name}");
        }
        assert!(playground.act_on_branch(BranchAct::Delete(2)).is_err(), "it is looked at");
        playground.act_on_branch(BranchAct::Switch(1)).unwrap();
        assert_eq!(names(&playground), [("slow".to_owned(), true), ("B".to_owned(), false)]);
        playground.act_on_branch(BranchAct::Delete(2)).unwrap();
        assert!(playground.act_on_branch(BranchAct::Switch(2)).is_err());
        assert_eq!(playground.branches().len(), 1);
        playground.seek(Time(0));
        playground.act(Input::Cordon { node: "worker-1".into() }).unwrap();
        assert_eq!(names(&playground)[1].0, "C", "no name comes twice");
    }
}

//! One sync of the DaemonSet controller, node by node: what it observes, what it compares that
//! with, and how it acts.
//!
//! Nothing is decided here. The controller itself has run between the two clusters that are
//! compared; only the sentences are ours.

mod looks;

use looks::Looks;

use crate::api::order::sort_by_key;
use crate::api::{Name, Time, Uid};
use crate::sim::Cluster;

/// Names of nodes that a row tells before it counts the rest.
const NAMES_MAX: usize = 3;

/// What the controller does about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Deletes a pod.
    Delete,
    /// Creates a pod.
    Create,
    /// Would act, and does not yet.
    Wait,
    /// Leaves the pod that is there.
    Keep,
    /// Wants no pod there.
    Skip,
}

impl Act {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Create => "create",
            Self::Wait => "wait",
            Self::Keep => "keep",
            Self::Skip => "skip",
        }
    }
}

/// A pod as the controller found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Its revision's number; 0 if it is none of the DaemonSet's.
    pub revision: i64,
    /// What is the matter with it ("ready", "failed").
    pub word: &'static str,
}

/// What a sync made of nodes about which it found and decided the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The nodes, in the order of their names.
    pub nodes: Vec<Name>,
    /// Whether a pod is to be created there if there is none.
    pub should_run: bool,
    /// Whether a pod that is there may stay.
    pub may_stay: bool,
    /// The DaemonSet's pods that it found.
    pub pods: Vec<Observed>,
    /// What it did.
    pub act: Act,
    /// Why, in half a sentence.
    pub reason: String,
}

impl Compared {
    /// `worker-1, worker-2, worker-3 and 4 more`.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.nodes.iter().take(NAMES_MAX).map(|it| &**it).collect();
        match self.nodes.len().checked_sub(NAMES_MAX) {
            Some(rest @ 1..) => format!("{} and {rest} more", names.join(", ")),
            _ => names.join(", "),
        }
    }

    /// `revision 1, ready`, or that there is none.
    pub fn found(&self) -> String {
        let word = |it: &Observed| match it.revision {
            0 => it.word.to_owned(),
            number => format!("revision {number}, {}", it.word),
        };
        match self.pods.is_empty() {
            true => "no pod".to_owned(),
            false => self.pods.iter().map(word).collect::<Vec<_>>().join(" + "),
        }
    }
}

/// One sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// When it ran, or will.
    pub at: Time,
    /// Pods created.
    pub creates: u64,
    /// Pods deleted.
    pub deletes: u64,
    /// What it observed on the whole, by name: nodes, pods, the template's revision, the budget.
    pub observed: Vec<(&'static str, String)>,
    /// The nodes, those about which something is done before the others.
    pub rows: Vec<Compared>,
    /// What the rolling update may take and has taken; empty if there is none.
    pub update: String,
    /// What it wrote into the status (`numberReady 5 → 6`).
    pub writes: Vec<String>,
    /// Why it is to be tried again.
    pub error: Option<String>,
}

impl Reconciliation {
    /// Compares a DaemonSet's cluster before and after the sync that came between.
    pub fn between(before: &Cluster, after: &Cluster, uid: Uid) -> Option<Reconciliation> {
        let ds = before.store().daemon_set_by_uid(uid)?;
        let report = after.last_sync(uid)?.report;
        let looks = Looks { before, after, ds, report };
        let mut rows = Vec::<Compared>::new();
        let store = before.store();
        let names = store.nodes().map(|it| &it.meta.name).chain(store.vanished_nodes());
        for name in names {
            let Some(row) = looks.at(name) else { continue };
            let same = |it: &&mut Compared| {
                (it.act, &it.reason, &it.pods) == (row.act, &row.reason, &row.pods)
                    && (it.should_run, it.may_stay) == (row.should_run, row.may_stay)
            };
            match rows.iter_mut().find(same) {
                Some(known) => known.nodes.extend(row.nodes),
                None => rows.push(row),
            }
        }
        sort_by_key(&mut rows, |it| it.act);
        Some(Reconciliation {
            at: after.now(),
            creates: report.creates,
            deletes: report.deletes,
            observed: looks.observed(&rows),
            rows,
            update: looks.update(),
            writes: looks.writes(),
            error: report.error.map(|it| it.to_string()),
        })
    }

    /// What it does, in a sentence.
    pub fn sentence(&self) -> String {
        let pods = |count: u64| match count {
            1 => "1 pod".to_owned(),
            count => format!("{count} pods"),
        };
        let waiting = self.rows.iter().filter(|it| it.act == Act::Wait).map(|it| it.nodes.len());
        let done = match (self.creates, self.deletes) {
            (0, 0) => match waiting.sum::<usize>() {
                0 if self.writes.is_empty() => {
                    "Everything is as it should be: nothing to do.".into()
                }
                0 => "No pod to create or delete; only the status is written.".into(),
                1 => "Nothing to do yet: 1 node waits.".into(),
                count => format!("Nothing to do yet: {count} nodes wait."),
            },
            (creates, 0) => format!("Creates {}.", pods(creates)),
            (0, deletes) => format!("Deletes {}.", pods(deletes)),
            (creates, deletes) => format!("Creates {} and deletes {deletes}.", pods(creates)),
        };
        match &self.error {
            Some(error) => format!("{done} It fails and is tried again: {error}."),
            None => done,
        }
    }

    /// As text, for the terminal and for tests.
    pub fn to_text(&self) -> String {
        let mut text = format!("observe → compare → act, at {}\n{}\n", self.at, self.sentence());
        let mut line = |word: &str, rest: &str| {
            if !rest.is_empty() {
                text.push_str(&format!("  {word:<8}{rest}\n"));
            }
        };
        line("update", &self.update);
        for row in &self.rows {
            let answer = |yes: bool| if yes { "yes" } else { "no" };
            let (should_run, may_stay) = (answer(row.should_run), answer(row.may_stay));
            let compared = format!("should run {should_run}, may stay {may_stay}");
            let rest = format!("{}: {}; {compared}; {}", row.names(), row.found(), row.reason);
            line(row.act.word(), &rest);
        }
        line("status", &self.writes.join(", "));
        text
    }
}

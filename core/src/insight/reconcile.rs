//! One sync of the DaemonSet controller, node by node: what it observes, what it compares that
//! with, and how it acts.
//!
//! Nothing is decided here. The controller itself has run between the two clusters that are
//! compared; only the sentences are ours.

use std::sync::Arc;

use crate::api::daemon_set::{DaemonSetStatus, REVISION_HASH_LABEL, UpdateStrategy};
use crate::api::order::sort_by_key;
use crate::api::pod::Phase;
use crate::api::{ControllerRevision, DaemonSet, Name, Pod, Time, Uid};
use crate::insight::why_not;
use crate::sim::Cluster;
use crate::sim::daemon_set::{Decision, SyncReport, should_run};

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

/// What there is to look at.
struct Looks<'a> {
    before: &'a Cluster,
    after: &'a Cluster,
    ds: &'a DaemonSet,
    report: SyncReport,
}

impl Looks<'_> {
    fn is_own(&self, pod: &Pod) -> bool {
        pod.meta.controller.as_ref().is_some_and(|it| it.uid == self.ds.meta.uid)
    }

    /// None for a vanished node without pods of this DaemonSet.
    fn at(&self, name: &Name) -> Option<Compared> {
        let store = self.before.store();
        let node = store.node(name);
        let own = store.pods_for(name).filter(|it| self.is_own(it));
        let mut pods: Vec<&Pod> = own.map(Arc::as_ref).collect();
        sort_by_key(&mut pods, |it| (it.meta.created, it.meta.uid));
        if node.is_none() && pods.is_empty() {
            return None;
        }
        let template = &self.ds.template;
        let decision = node.map_or_else(Decision::default, |node| should_run(template, node));
        let unwanted = node.and_then(|node| why_not(template, node));
        let (act, reason) = self.act(name, &pods, node.is_some(), decision, unwanted);
        Some(Compared {
            nodes: vec![name.clone()],
            should_run: decision.should_run,
            may_stay: decision.should_continue,
            pods: pods.iter().map(|it| self.observed(it)).collect(),
            act,
            reason,
        })
    }

    fn observed(&self, pod: &Pod) -> Observed {
        let word = match pod.status.phase {
            _ if pod.meta.is_terminating() => "terminating",
            Phase::Failed => "failed",
            Phase::Succeeded => "ended",
            _ if pod.is_available(self.ds.min_ready_seconds, self.before.now()) => "available",
            _ if pod.is_ready() => "ready, not available yet",
            Phase::Running => "not ready",
            Phase::Pending if pod.node_name.is_none() => "not scheduled",
            Phase::Pending => "starting",
        };
        Observed { revision: self.revision(pod).map_or(0, |it| it.revision), word }
    }

    fn revision(&self, pod: &Pod) -> Option<&ControllerRevision> {
        let hash = pod.meta.labels.get(REVISION_HASH_LABEL)?;
        let store = self.after.store();
        let mut all = store.revisions_of(self.ds.meta.uid);
        all.find(|it| it.meta.labels.get(REVISION_HASH_LABEL) == Some(hash)).map(|it| &**it)
    }

    /// Whether a pod runs the present template, as far as its revision says.
    fn is_current(&self, pod: &Pod) -> bool {
        self.revision(pod).is_some_and(|it| it.data == self.ds.template)
    }

    /// What was done, read off the pods; and why, read off what the controller decides by.
    fn act(
        &self,
        name: &Name,
        pods: &[&Pod],
        exists: bool,
        decision: Decision,
        unwanted: Option<String>,
    ) -> (Act, String) {
        let after = self.after.store();
        let goes = |pod: &&&Pod| {
            !pod.meta.is_terminating()
                && after.pod(pod.meta.uid).is_none_or(|it| it.meta.is_terminating())
        };
        let is_new =
            |pod: &Pod| self.is_own(pod) && self.before.store().pod(pod.meta.uid).is_none();
        let unwanted = unwanted.unwrap_or_else(|| "no pod is wanted".to_owned());
        if let Some(pod) = pods.iter().find(goes) {
            return (Act::Delete, self.why_deleted(pod, pods, exists, decision, unwanted));
        }
        let living: Vec<&&Pod> = pods.iter().filter(|it| !it.meta.is_terminating()).collect();
        if after.pods_for(name).any(|it| is_new(it)) {
            let reason = match living.is_empty() {
                true => "no pod is here".to_owned(),
                false => "surge: the new pod starts beside the old one".to_owned(),
            };
            return (Act::Create, reason);
        }
        if !exists {
            return (Act::Wait, "the node is gone; the pod garbage collector takes it".to_owned());
        }
        let Some(pod) = living.first() else {
            return match (pods.is_empty(), decision.should_run) {
                (_, false) => (Act::Skip, unwanted),
                (false, true) => (Act::Wait, "the old pod has to be gone first".to_owned()),
                (true, true) if self.report.error.is_some() => {
                    (Act::Wait, "the API server refused the pod, see Events".to_owned())
                }
                (true, true) => (Act::Wait, "one sync creates at most 250 pods".to_owned()),
            };
        };
        if pod.status.phase == Phase::Failed {
            return (Act::Wait, "its pod has failed; it is deleted after a back-off".to_owned());
        }
        if living.iter().all(|it| self.is_current(it)) {
            return (
                Act::Keep,
                match decision.should_run {
                    true => "one pod of the current revision, as wanted".to_owned(),
                    false => format!("{unwanted}, but the pod that is here may stay"),
                },
            );
        }
        self.why_not_updated(&living)
    }

    fn why_deleted(
        &self,
        pod: &Pod,
        pods: &[&Pod],
        exists: bool,
        decision: Decision,
        unwanted: String,
    ) -> String {
        let is_available = pod.is_available(self.ds.min_ready_seconds, self.before.now());
        let living = pods.iter().filter(|it| !it.meta.is_terminating()).count();
        match pod.status.phase {
            _ if !exists => "the node is gone".to_owned(),
            _ if !decision.should_continue => unwanted,
            Phase::Failed => "it has failed: a new one comes in its place".to_owned(),
            Phase::Succeeded => "it has ended: a new one comes in its place".to_owned(),
            _ if self.is_current(pod) => "one pod too many".to_owned(),
            _ if living > 1 => "the new pod is available, so the old one may go".to_owned(),
            _ if is_available => "it runs an old revision, and the budget allows it".to_owned(),
            _ => "it runs an old revision and is not available: that costs no budget".to_owned(),
        }
    }

    fn why_not_updated(&self, living: &[&&Pod]) -> (Act, String) {
        let ds = self.ds;
        let reason = match () {
            () if ds.update_strategy == UpdateStrategy::OnDelete => {
                return (
                    Act::Keep,
                    "an old revision; OnDelete waits until you delete it".to_owned(),
                );
            }
            () if living.len() > 1 => "the old pod stays until the new one is available",
            () if self.report.creates + self.report.deletes > 0 => {
                "an old revision; its turn comes"
            }
            () => "an old revision; the budget is used up",
        };
        (Act::Wait, reason.to_owned())
    }

    /// The budget of the rolling update, while there are old pods.
    fn update(&self) -> String {
        let store = self.before.store();
        let all = store.nodes().flat_map(|it| store.pods_for(&it.meta.name));
        let old = all.filter(|it| self.is_own(it) && !self.is_current(it)).count();
        let is_rolling = self.ds.update_strategy == UpdateStrategy::RollingUpdate && old > 0;
        let status = self.status();
        let desired = i64::from(status.desired_number_scheduled);
        let (true, Ok(budget)) = (is_rolling, self.ds.budget(desired)) else {
            return String::new();
        };
        let nodes = |count: i64| if count == 1 { "node" } else { "nodes" };
        if self.ds.allows_surge() {
            let (surge, word) = (budget.surge, nodes(budget.surge));
            return format!("{old} old; a second pod beside the old one on at most {surge} {word}");
        }
        let (most, word) = (budget.unavailable, nodes(budget.unavailable));
        format!("{old} old; at most {most} {word} without an available pod")
    }

    fn status(&self) -> DaemonSetStatus {
        let after = self.after.store().daemon_set_by_uid(self.ds.meta.uid);
        after.map_or_else(DaemonSetStatus::default, |it| it.status)
    }

    fn writes(&self) -> Vec<String> {
        let (old, new) = (&self.ds.status, self.status());
        let figures = [
            ("desiredNumberScheduled", old.desired_number_scheduled, new.desired_number_scheduled),
            ("currentNumberScheduled", old.current_number_scheduled, new.current_number_scheduled),
            ("updatedNumberScheduled", old.updated_number_scheduled, new.updated_number_scheduled),
            ("numberReady", old.number_ready, new.number_ready),
            ("numberAvailable", old.number_available, new.number_available),
            ("numberUnavailable", old.number_unavailable, new.number_unavailable),
            ("numberMisscheduled", old.number_misscheduled, new.number_misscheduled),
        ];
        let changed = figures.into_iter().filter(|(_, old, new)| old != new);
        changed.map(|(name, old, new)| format!("{name} {old} → {new}")).collect()
    }
}

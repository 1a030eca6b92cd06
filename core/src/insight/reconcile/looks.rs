//! What one sync did about each node, read off the clusters before and after it.

use std::sync::Arc;

use super::{Act, Compared, Observed};
use crate::api::daemon_set::{DaemonSetStatus, REVISION_HASH_LABEL, UpdateStrategy};
use crate::api::order::sort_by_key;
use crate::api::pod::Phase;
use crate::api::{ControllerRevision, DaemonSet, Name, Pod};
use crate::insight::why_not;
use crate::sim::Cluster;
use crate::sim::daemon_set::{BURST, Decision, SyncReport, should_run};

/// The word for a pod that is available.
const AVAILABLE: &str = "available";

/// What there is to look at.
pub(super) struct Looks<'a> {
    pub(super) before: &'a Cluster,
    pub(super) after: &'a Cluster,
    pub(super) ds: &'a DaemonSet,
    pub(super) report: SyncReport,
}

impl Looks<'_> {
    fn is_own(&self, pod: &Pod) -> bool {
        pod.meta.controller.as_ref().is_some_and(|it| it.uid == self.ds.meta.uid)
    }

    /// None for a vanished node without pods of this DaemonSet.
    pub(super) fn at(&self, name: &Name) -> Option<Compared> {
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
            pods: pods.iter().map(|it| self.found(it)).collect(),
            act,
            reason,
        })
    }

    fn found(&self, pod: &Pod) -> Observed {
        let word = match pod.status.phase {
            // The controller no longer counts it, although it is still there.
            phase if pod.meta.is_terminating() && phase.is_terminal() => "ended, being removed",
            _ if pod.meta.is_terminating() => "terminating",
            Phase::Failed => "failed",
            Phase::Succeeded => "ended",
            _ if pod.is_available(self.ds.min_ready_seconds, self.before.now()) => AVAILABLE,
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
        if self.ds.meta.is_terminating() {
            let reason = "the DaemonSet is being deleted: its controller acts no more";
            return (Act::Skip, reason.to_owned());
        }
        if let Some(pod) = pods.iter().find(goes) {
            return (Act::Delete, self.why_deleted(pod, pods, exists, decision, unwanted));
        }
        let living: Vec<&&Pod> = pods.iter().filter(|it| !it.meta.is_terminating()).collect();
        if after.pods_for(name).any(|it| is_new(it)) {
            let reason = match (living.is_empty(), pods.is_empty()) {
                (_, true) => "no pod is here",
                (true, false) => "the pod that was here has ended",
                (false, false) => "surge: the new pod starts beside the old one",
            };
            return (Act::Create, reason.to_owned());
        }
        if !exists {
            return (Act::Wait, "the node is gone; the pod garbage collector takes it".to_owned());
        }
        let Some(pod) = living.first() else {
            return match (pods.is_empty(), decision.should_run) {
                (_, false) => (Act::Skip, unwanted),
                (false, true) => (Act::Wait, "the old pod has to end first".to_owned()),
                (true, true) => (Act::Wait, self.why_not_created()),
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

    fn why_not_created(&self) -> String {
        let namespace = &self.ds.meta.namespace;
        match self.report {
            _ if self.before.store().is_namespace_terminating(namespace) => {
                "its namespace is being deleted: nothing is created there".to_owned()
            }
            SyncReport { error: Some(_), .. } => {
                "the API server refused the pod, see Events".to_owned()
            }
            SyncReport { creates, .. } if creates >= BURST as u64 => {
                format!("one sync creates at most {BURST} pods")
            }
            _ => "a later sync creates it".to_owned(),
        }
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
        let living = || pods.iter().filter(|it| !it.meta.is_terminating());
        match pod.status.phase {
            _ if !exists => "the node is gone".to_owned(),
            _ if !decision.should_continue => unwanted,
            Phase::Failed => "it has failed: a new one comes in its place".to_owned(),
            Phase::Succeeded => "it has ended: a new one comes in its place".to_owned(),
            _ if self.is_current(pod) => "one pod too many".to_owned(),
            _ if living().any(|it| self.is_current(it)) => {
                "the new pod is available, so the old one may go".to_owned()
            }
            _ if living().count() > 1 => "one pod too many".to_owned(),
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
            () if self.report.error.is_some() => "an old revision; the sync failed before its turn",
            () if living.len() > 1 => "the old pod stays until the new one is available",
            () if self.report.creates + self.report.deletes > 0 => {
                "an old revision; its turn comes"
            }
            () => "an old revision; the budget is used up",
        };
        (Act::Wait, reason.to_owned())
    }

    /// The whole in figures; the rows hold every node.
    pub(super) fn observed(&self, rows: &[Compared]) -> Vec<(&'static str, String)> {
        let sum = |of: &dyn Fn(&Compared) -> usize| -> usize {
            rows.iter().map(|it| it.nodes.len() * of(it)).sum()
        };
        let is_available = |it: &&Observed| it.word == AVAILABLE;
        let available = |it: &Compared| it.pods.iter().filter(is_available).count();
        let lacking = |it: &Compared| usize::from(it.should_run && available(it) == 0);
        let doubled = |it: &Compared| usize::from(it.should_run && it.pods.len() > 1);
        let nodes = self.before.store().node_count();
        let wanted = sum(&|it| usize::from(it.should_run));
        let mut observed = vec![
            ("nodes", format!("{nodes} listed, {wanted} should run")),
            (
                "pods",
                format!("{} claimed, {} available", sum(&|it| it.pods.len()), sum(&available)),
            ),
        ];
        let mut revisions = self.after.store().revisions_of(self.ds.meta.uid);
        if let Some(now) = revisions.find(|it| it.data == self.ds.template) {
            let hash = now.meta.labels.get(REVISION_HASH_LABEL).cloned().unwrap_or_default();
            observed.push(("template", format!("{hash} = revision {}", now.revision)));
        }
        let budget = match (self.ds.update_strategy, self.ds.budget(wanted as i64)) {
            (UpdateStrategy::OnDelete, _) => "OnDelete: none".to_owned(),
            (_, Err(_)) => return observed,
            (_, Ok(budget)) if self.ds.allows_surge() => {
                format!("maxSurge {}, used {}", budget.surge, sum(&doubled))
            }
            (_, Ok(budget)) => {
                format!("maxUnavailable {}, used {}", budget.unavailable, sum(&lacking))
            }
        };
        observed.push(("budget", budget));
        observed
    }

    /// The budget of the rolling update, while there are old pods.
    pub(super) fn update(&self) -> String {
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

    pub(super) fn writes(&self) -> Vec<String> {
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

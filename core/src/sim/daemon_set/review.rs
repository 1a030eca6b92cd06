//! What one node means to a DaemonSet: a pure function of its decision and its pods.
//!
//! The answers feed the status counters, the create/delete pass and the rolling update, so that a
//! sync looks only at nodes on which something changed.

use std::sync::Arc;

use crate::api::daemon_set::{REVISION_HASH_LABEL, TEMPLATE_GENERATION_LABEL};
use crate::api::order::sort_by;
use crate::api::pod::Phase;
use crate::api::{Name, Pod, Time, Uid};
use crate::sim::daemon_set::should_run::Decision;

/// What pods are compared with: the present state of the DaemonSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Basis {
    pub(super) hash: Name,
    /// `pod-template-generation` as pods carry it.
    pub(super) template_generation: Option<Name>,
    pub(super) min_ready_seconds: i64,
    pub(super) allows_surge: bool,
}

impl Basis {
    /// `IsPodUpdated`: the hash or the template generation fits.
    pub(super) fn is_updated(&self, pod: &Pod) -> bool {
        let label = |key| pod.meta.labels.get(key);
        let hash_fits = !self.hash.is_empty() && label(REVISION_HASH_LABEL) == Some(&self.hash);
        let generation = self.template_generation.as_ref();
        hash_fits || generation.is_some() && label(TEMPLATE_GENERATION_LABEL) == generation
    }

    fn is_available(&self, pod: &Pod, now: Time) -> bool {
        pod.is_available(self.min_ready_seconds, now)
    }
}

/// What a rolling update does about a node (daemonset-controller.md §11.2 and §12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Roll {
    /// Nothing, and it costs no budget.
    Nothing,
    /// Nothing, but it uses up the budget: of unavailable nodes, or of surging ones.
    UsesBudget,
    /// Delete the old pod whatever the budget says.
    Delete(Uid),
    /// Delete the old pod within the budget.
    DeleteInBudget(Uid),
    /// Surge: create beside an old pod that is not available, whatever the budget says.
    Create,
    /// Surge: create within the budget.
    CreateInBudget,
    /// Surge: the old pod of a node that should not run one, deleted while enough others are there.
    Leave(Uid),
    /// Surge: the node of an old pod is gone; the whole step fails.
    NodeMissing,
}

/// What one node contributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Review {
    pub(super) desired: bool,
    pub(super) current: bool,
    pub(super) misscheduled: bool,
    pub(super) ready: bool,
    pub(super) available: bool,
    pub(super) updated: bool,
    /// The create/delete pass has to look at it.
    pub(super) needs_managing: bool,
    pub(super) roll: Roll,
    /// Counts for the `available` of a surging update.
    pub(super) has_available: bool,
    /// When it changes without anything being written: a pod becomes available.
    pub(super) changes_at: Option<Time>,
}

/// A node as a DaemonSet sees it: whether it exists, the decision, and its pods.
pub(super) struct Site<'a> {
    pub(super) exists: bool,
    pub(super) decision: Decision,
    pub(super) pods: Vec<&'a Arc<Pod>>,
}

impl<'a> Site<'a> {
    /// Without the pods that have ended and are being deleted: upstream leaves them out of its map.
    pub(super) fn new(
        exists: bool,
        decision: Decision,
        pods: impl Iterator<Item = &'a Arc<Pod>>,
    ) -> Site<'a> {
        let lives = |pod: &&Arc<Pod>| !(pod.is_terminal() && pod.meta.is_terminating());
        Site { exists, decision, pods: pods.filter(lives).collect() }
    }

    /// The pod that stands for the node in the status, and that survives among duplicates: bound
    /// first, then older (`podByCreationTimestampAndPhase`).
    pub(super) fn representative(&self) -> Option<&'a Arc<Pod>> {
        self.pods.iter().copied().min_by_key(|it| survival_order(it))
    }

    pub(super) fn review(&self, basis: &Basis, now: Time) -> Review {
        let should_run = self.exists && self.decision.should_run;
        let representative = self.representative().filter(|_| should_run);
        let has_pods = !self.pods.is_empty();
        let is = |test: &dyn Fn(&Arc<Pod>) -> bool| representative.is_some_and(test);
        let (roll, has_available) = self.roll(basis, basis.allows_surge, now);
        Review {
            desired: should_run,
            current: should_run && has_pods,
            misscheduled: self.exists && !should_run && has_pods,
            ready: is(&|pod| pod.is_ready()),
            available: is(&|pod| basis.is_available(pod, now)),
            updated: is(&|pod| basis.is_updated(pod)),
            needs_managing: self.needs_managing(basis, now),
            roll,
            has_available,
            changes_at: self.changes_at(basis, now),
        }
    }

    /// Whether the create/delete pass may have something to do. Failed pods always count: their
    /// back-off depends on time.
    fn needs_managing(&self, basis: &Basis, now: Time) -> bool {
        if !self.exists {
            return self.pods.iter().any(|it| it.node_name.is_none());
        }
        let has_ended = |pod: &&Arc<Pod>| !pod.meta.is_terminating() && pod.is_terminal();
        if self.pods.iter().any(has_ended) {
            return true;
        }
        let (create, delete) = self.plan(basis, now, &mut |_| false);
        create || !delete.is_empty()
    }

    /// The create/delete pass for one existing node (`podsShouldBeOnNode`): whether to create a
    /// pod, and which to delete. `release` says whether a failed pod may be deleted now.
    pub(super) fn plan(
        &self,
        basis: &Basis,
        now: Time,
        release: &mut dyn FnMut(&'a Arc<Pod>) -> bool,
    ) -> (bool, Vec<Uid>) {
        let Decision { should_run, should_continue } = self.decision;
        if should_run && self.pods.is_empty() {
            return (true, Vec::new());
        }
        let living = self.pods.iter().copied().filter(|it| !it.meta.is_terminating());
        if !should_continue {
            return (false, living.map(|it| it.meta.uid).collect());
        }
        let (mut running, mut delete) = (Vec::new(), Vec::new());
        for pod in living {
            match pod.status.phase {
                Phase::Failed if !release(pod) => {}
                Phase::Failed | Phase::Succeeded => delete.push(pod.meta.uid),
                Phase::Pending | Phase::Running => running.push(pod),
            }
        }
        sort_by(&mut running, |a, b| survival_order(a).cmp(&survival_order(b)));
        if !basis.allows_surge {
            delete.extend(running.iter().skip(1).map(|it| it.meta.uid));
            return (false, delete);
        }
        if running.is_empty() {
            return (should_run, delete);
        }
        delete.extend(surplus_with_surge(&running, basis, now));
        (false, delete)
    }

    /// What the rolling update does here, and whether the node counts as available while surging.
    pub(super) fn roll(&self, basis: &Basis, surges: bool, now: Time) -> (Roll, bool) {
        let should_run = self.exists && self.decision.should_run;
        if self.pods.is_empty() && !should_run {
            return (Roll::Nothing, false);
        }
        let living = self.pods.iter().copied().filter(|it| !it.meta.is_terminating());
        let (mut new, mut old) = (None, None);
        for pod in living {
            let known = if basis.is_updated(pod) { &mut new } else { &mut old };
            if known.replace(pod).is_some() {
                return (Roll::UsesBudget, false);
            }
        }
        match surges {
            true => self.roll_with_surge(old, new, basis, now),
            false => (roll_without_surge(old, new, basis, now), false),
        }
    }

    #[inline(never)]
    fn roll_with_surge(
        &self,
        old: Option<&Arc<Pod>>,
        new: Option<&Arc<Pod>>,
        basis: &Basis,
        now: Time,
    ) -> (Roll, bool) {
        let is_available = |pod: &Arc<Pod>| basis.is_available(pod, now);
        let has_available = old.or(new).is_some_and(is_available);
        let should_run = self.decision.should_run;
        let roll = match (old, new) {
            (None, _) => Roll::Nothing,
            (Some(old), Some(new)) if is_available(new) => Roll::Delete(old.meta.uid),
            (Some(_), Some(_)) => Roll::UsesBudget,
            (Some(_), None) if !self.exists => Roll::NodeMissing,
            (Some(old), None) => match (is_available(old), should_run) {
                (false, true) => Roll::Create,
                (false, false) => Roll::Delete(old.meta.uid),
                (true, true) => Roll::CreateInBudget,
                (true, false) => Roll::Leave(old.meta.uid),
            },
        };
        (roll, has_available)
    }

    /// The next instant at which a ready pod of this node becomes available.
    fn changes_at(&self, basis: &Basis, now: Time) -> Option<Time> {
        let seconds = basis.min_ready_seconds;
        let at = |pod: &&Arc<Pod>| pod.available_from(seconds).filter(|it| *it >= now);
        self.pods.iter().filter_map(at).min()
    }
}

fn roll_without_surge(
    old: Option<&Arc<Pod>>,
    new: Option<&Arc<Pod>>,
    basis: &Basis,
    now: Time,
) -> Roll {
    match (old, new) {
        (None, None) | (Some(_), Some(_)) => Roll::UsesBudget,
        (None, Some(new)) if basis.is_available(new, now) => Roll::Nothing,
        (None, Some(_)) => Roll::UsesBudget,
        (Some(old), None) if basis.is_available(old, now) => Roll::DeleteInBudget(old.meta.uid),
        (Some(old), None) => Roll::Delete(old.meta.uid),
    }
}

/// Which of several pods survives: bound first, then older.
fn survival_order(pod: &Pod) -> (bool, i64, &str, Uid) {
    let (second, name, uid) = pod.meta.age_order();
    (pod.node_name.is_none(), second, name, uid)
}

/// Which of several pods on a surging node go: all but the oldest with the current hash and the
/// oldest with another; of these two the old one once it is not needed any more. Only the hash
/// label decides here, not the template generation.
#[inline(never)]
fn surplus_with_surge(running: &[&Arc<Pod>], basis: &Basis, now: Time) -> Vec<Uid> {
    if running.len() < 2 {
        return Vec::new();
    }
    let is_new = |pod: &&Arc<Pod>| pod.meta.labels.get(REVISION_HASH_LABEL) == Some(&basis.hash);
    let new = running.iter().copied().find(|it| is_new(it));
    let old = running.iter().copied().find(|it| !is_new(it));
    let keeps = |pod: &Arc<Pod>, kept: Option<&Arc<Pod>>| {
        kept.is_some_and(|it| it.meta.uid == pod.meta.uid)
    };
    let surplus = running.iter().filter(|it| !keeps(it, new) && !keeps(it, old));
    let mut delete: Vec<Uid> = surplus.map(|it| it.meta.uid).collect();
    if let (Some(new), Some(old)) = (new, old)
        && (!old.is_ready() || basis.is_available(new, now))
    {
        delete.push(old.meta.uid);
    }
    delete
}

//! What the controller keeps about one DaemonSet: its pods by node, the answers about each node,
//! and the sums of these, all kept by difference.

use std::sync::Arc;

use crate::api::daemon_set::REVISION_HASH_LABEL;
use crate::api::template::PodTemplate;
use crate::api::{DaemonSet, Name, Node, Pod, Time, Uid};
use crate::sim::actor::{Ctx, Key};
use crate::sim::daemon_set::LastSync;
use crate::sim::daemon_set::review::{Basis, Review, Roll, Site};
use crate::sim::daemon_set::should_run::{Decision, should_run};
use crate::sim::{Map, Set, Store, Work};

/// One node, or the name of a vanished one that still has pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) exists: bool,
    pub(super) decision: Decision,
    pub(super) pods: Vec<Uid>,
    pub(super) review: Option<Review>,
}

/// Sums over all nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) desired: i64,
    pub(super) current: i64,
    pub(super) misscheduled: i64,
    pub(super) ready: i64,
    pub(super) available: i64,
    pub(super) updated: i64,
    /// Nodes that use up the budget of the rolling update.
    pub(super) uses_budget: i64,
    /// Nodes with an available pod, as a surging update counts them.
    pub(super) has_available: i64,
    pub(super) node_missing: i64,
}

impl Totals {
    fn count(&mut self, review: &Review, sign: i64) {
        let one = |holds: bool| if holds { sign } else { 0 };
        self.desired += one(review.desired);
        self.current += one(review.current);
        self.misscheduled += one(review.misscheduled);
        self.ready += one(review.ready);
        self.available += one(review.available);
        self.updated += one(review.updated);
        self.has_available += one(review.has_available);
        self.node_missing += one(review.roll == Roll::NodeMissing);
        self.uses_budget += one(matches!(review.roll, Roll::UsesBudget));
    }
}

/// The back-off of failed pods on one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) milliseconds: i64,
    pub(super) updated: Time,
}

/// Everything about one DaemonSet.
#[derive(Clone, Debug)]
pub(super) struct SetState {
    /// The template that the decisions are about.
    template: Arc<PodTemplate>,
    /// What the reviews compare with; none before the first sync.
    basis: Option<Basis>,
    /// Each is a counted reference: a search passes over many, and a clone's first write copies
    /// its neighbours.
    pub(super) entries: Map<Name, Arc<Entry>>,
    dirty: Set<Name>,
    /// Pods to be looked at for adoption or release.
    pub(super) claims: Set<Uid>,
    pub(super) totals: Totals,
    /// Nodes without a pod that are to have one.
    pub(super) to_create: Set<Name>,
    /// Other nodes that the create/delete pass has to look at.
    pub(super) to_manage: Set<Name>,
    /// What the rolling update may act on.
    pub(super) rolls: Set<(RollOrder, Name)>,
    changes: Set<(Time, Name)>,
    hashes: Map<Name, u32>,
    pub(super) backoffs: Map<(i64, Name), Backoff>,
    pub(super) attempts: Map<Name, u32>,
    /// When the next sync is due.
    pub(super) queued: Option<Time>,
    /// When the DaemonSet is to be queued again.
    pub(super) later: Option<Time>,
    /// Failed syncs in a row.
    pub(super) failures: u32,
    /// What the last sync did.
    pub(super) last: LastSync,
}

/// Brings a set in step with whether a name belongs to it.
fn keep(set: &mut Set<Name>, name: &Name, was_in: bool, is_in: bool) {
    match (was_in, is_in) {
        (true, false) => drop(set.remove_mut(name)),
        (false, true) => set.insert_mut(name.clone()),
        _ => {}
    }
}

/// The kinds of `Roll` that lead to an action, in the order of the sets that hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RollOrder {
    Delete,
    DeleteInBudget,
    Create,
    CreateInBudget,
    Leave,
}

fn order_of(roll: Roll) -> Option<RollOrder> {
    match roll {
        Roll::Delete(_) => Some(RollOrder::Delete),
        Roll::DeleteInBudget(_) => Some(RollOrder::DeleteInBudget),
        Roll::Create => Some(RollOrder::Create),
        Roll::CreateInBudget => Some(RollOrder::CreateInBudget),
        Roll::Leave(_) => Some(RollOrder::Leave),
        Roll::Nothing | Roll::UsesBudget | Roll::NodeMissing => None,
    }
}

impl SetState {
    /// Takes up a DaemonSet: all nodes, the pods that it owns, the orphans that it may adopt.
    pub(super) fn new(ds: &DaemonSet, store: &Store, work: &mut Work) -> SetState {
        let mut state = SetState {
            template: ds.template.clone(),
            basis: None,
            entries: Map::new(),
            dirty: Set::new(),
            claims: Set::new(),
            totals: Totals::default(),
            to_create: Set::new(),
            to_manage: Set::new(),
            rolls: Set::new(),
            changes: Set::new(),
            hashes: Map::new(),
            backoffs: Map::new(),
            attempts: Map::new(),
            queued: None,
            later: None,
            failures: 0,
            last: LastSync::default(),
        };
        for node in store.nodes() {
            state.see_node(node, work);
        }
        for pod in store.pods_of(ds.meta.uid) {
            state.add_pod(pod);
            state.claims.insert_mut(pod.meta.uid);
        }
        for pod in store.pods_of(super::NOBODY) {
            if pod.meta.namespace == ds.meta.namespace && ds.selector.matches(&pod.meta.labels) {
                state.claims.insert_mut(pod.meta.uid);
            }
        }
        state
    }

    /// Decides about a node that is new or has changed; returns the decision before, and now.
    pub(super) fn see_node(&mut self, node: &Node, work: &mut Work) -> (Decision, Decision) {
        let name = &node.meta.name;
        work.decisions += 1;
        let decision = should_run(&self.template, node);
        let known = self.entries.get(name);
        let before = known.filter(|it| it.exists).map(|it| it.decision).unwrap_or_default();
        let is_same = known.is_some_and(|it| it.exists && it.decision == decision);
        if !is_same {
            let pods = known.map(|it| it.pods.clone()).unwrap_or_default();
            let review = known.and_then(|it| it.review);
            let entry = Entry { exists: true, decision, pods, review };
            self.entries.insert_mut(name.clone(), Arc::new(entry));
            self.dirty.insert_mut(name.clone());
        }
        (before, decision)
    }

    /// Forgets a node; its pods keep the entry alive.
    pub(super) fn lose_node(&mut self, name: &Name) {
        if let Some(entry) = self.entries.get_mut(name).map(Arc::make_mut) {
            entry.exists = false;
            entry.decision = Decision::default();
            self.dirty.insert_mut(name.clone());
        }
    }

    /// Looks at everything again: the template is another one.
    pub(super) fn take_template(&mut self, ds: &DaemonSet, store: &Store, work: &mut Work) {
        if self.template == ds.template {
            return;
        }
        self.template = ds.template.clone();
        for node in store.nodes() {
            self.see_node(node, work);
        }
    }

    /// Groups a pod under its target node. A pod without one is ignored, as upstream does.
    pub(super) fn add_pod(&mut self, pod: &Pod) {
        let Some(target) = pod.target_node() else { return };
        let uid = pod.meta.uid;
        // Most often it is known: then the entry is not written, and stays shared with clones.
        if !self.entries.get(target).is_some_and(|it| it.pods.contains(&uid)) {
            match self.entries.get_mut(target) {
                Some(entry) => Arc::make_mut(entry).pods.push(uid),
                None => {
                    let entry = Entry { pods: vec![uid], ..Entry::default() };
                    self.entries.insert_mut(target.clone(), Arc::new(entry));
                }
            }
            self.count_hash(pod, 1);
        }
        self.dirty.insert_mut(target.clone());
    }

    /// Takes a pod out of its group.
    pub(super) fn remove_pod(&mut self, pod: &Pod) {
        let Some(target) = pod.target_node() else { return };
        let Some(entry) = self.entries.get_mut(target).map(Arc::make_mut) else { return };
        if let Some(index) = entry.pods.iter().position(|it| *it == pod.meta.uid) {
            entry.pods.remove(index);
            self.count_hash(pod, -1);
        }
        self.dirty.insert_mut(target.clone());
    }

    /// Queues the DaemonSet at that time, unless it is queued sooner: the sync at that time asks
    /// again. The delaying queue of `client-go/util/workqueue` knows each DaemonSet once, too.
    pub(super) fn queue_later(&mut self, uid: Uid, at: Time, ctx: &mut Ctx) {
        if self.later.is_none_or(|it| it > at) {
            self.later = Some(at);
            ctx.wake_at(at, Key::Later(uid));
        }
    }

    fn count_hash(&mut self, pod: &Pod, by: i32) {
        let Some(hash) = pod.meta.labels.get(REVISION_HASH_LABEL) else { return };
        if let Some(count) = self.hashes.get_mut(hash) {
            *count = count.saturating_add_signed(by);
            if *count == 0 {
                self.hashes.remove_mut(hash);
            }
        } else if by > 0 {
            self.hashes.insert_mut(hash.clone(), by.unsigned_abs());
        }
    }

    /// Whether a pod of this DaemonSet carries the hash.
    pub(super) fn has_live_hash(&self, hash: &str) -> bool {
        self.hashes.contains_key(hash)
    }

    /// How many pods of this DaemonSet carry the hash.
    pub(super) fn pods_with(&self, hash: &Name) -> u32 {
        self.hashes.get(hash).copied().unwrap_or(0)
    }

    /// What the reviews compare with.
    pub(super) fn basis(&self) -> Option<&Basis> {
        self.basis.as_ref()
    }

    /// Brings reviews, sums and sets up to date.
    pub(super) fn refresh(&mut self, basis: Basis, store: &Store, now: Time, work: &mut Work) {
        if self.basis.as_ref() != Some(&basis) {
            self.basis = Some(basis.clone());
            self.dirty = self.entries.keys().cloned().collect();
        }
        while self.changes.first().is_some_and(|it| it.0 < now) {
            let Some((_, name)) = self.changes.pop_first_mut() else { break };
            self.dirty.insert_mut(name);
        }
        let dirty = std::mem::take(&mut self.dirty);
        for name in dirty.iter() {
            work.reviews += 1;
            self.review(name, &basis, store, now);
        }
    }

    fn review(&mut self, name: &Name, basis: &Basis, store: &Store, now: Time) {
        let Some(entry) = self.entries.get(name) else { return };
        let before = entry.review;
        let is_over = !entry.exists && entry.pods.is_empty();
        let after = (!is_over).then(|| self.site(entry, store).review(basis, now));
        if before == after && !is_over {
            return;
        }
        if let Some(review) = before {
            self.totals.count(&review, -1);
        }
        if let Some(review) = after {
            self.totals.count(&review, 1);
        }
        self.update_sets(name, before.as_ref(), after.as_ref());
        match (is_over, self.entries.get_mut(name)) {
            (false, Some(entry)) => Arc::make_mut(entry).review = after,
            _ => drop(self.entries.remove_mut(name)),
        }
    }

    fn update_sets(&mut self, name: &Name, before: Option<&Review>, after: Option<&Review>) {
        let is_empty = |review: Option<&Review>| review.is_some_and(|it| it.desired && !it.current);
        keep(&mut self.to_create, name, is_empty(before), is_empty(after));
        let managed = |review: Option<&Review>| {
            review.is_some_and(|it| it.needs_managing && !is_empty(review))
        };
        keep(&mut self.to_manage, name, managed(before), managed(after));
        let order = |review: Option<&Review>| review.and_then(|it| order_of(it.roll));
        if order(before) != order(after) {
            if let Some(order) = order(before) {
                self.rolls.remove_mut(&(order, name.clone()));
            }
            if let Some(order) = order(after) {
                self.rolls.insert_mut((order, name.clone()));
            }
        }
        let changes_at = |review: Option<&Review>| review.and_then(|it| it.changes_at);
        if let Some(at) = changes_at(before) {
            self.changes.remove_mut(&(at, name.clone()));
        }
        if let Some(at) = changes_at(after) {
            self.changes.insert_mut((at, name.clone()));
        }
    }

    /// The node with its pods.
    pub(super) fn site<'a>(&self, entry: &Entry, store: &'a Store) -> Site<'a> {
        let pods = entry.pods.iter().filter_map(|uid| store.pod(*uid));
        Site::new(entry.exists, entry.decision, pods)
    }

    /// Nodes in one of the sets of the rolling update, in name order.
    pub(super) fn rolling(&self, order: RollOrder) -> impl Iterator<Item = (&Name, Roll)> {
        let from = (order, Name::default());
        let names = self.rolls.range(from..).take_while(move |it| it.0 == order);
        names.filter_map(|(_, name)| {
            let review = self.entries.get(name)?.review.as_ref()?;
            Some((name, review.roll))
        })
    }

    /// Compares what is kept by difference with the full computation.
    pub(super) fn recount(&self, ds: &DaemonSet, store: &Store, now: Time) -> Result<(), String> {
        let Some(basis) = self.basis.clone() else { return Ok(()) };
        let mut work = Work::default();
        let mut kept = self.clone();
        kept.refresh(basis.clone(), store, now, &mut work);
        let mut full = SetState::new(ds, store, &mut work);
        full.refresh(basis, store, now, &mut work);
        let key = &ds.meta.name;
        if kept.totals != full.totals {
            return Err(format!("{key}: kept {:?}, full {:?}", kept.totals, full.totals));
        }
        let sets = |it: &SetState| {
            let pass = (it.to_create.clone(), it.to_manage.clone());
            (pass, it.rolls.clone(), it.hashes.clone())
        };
        if sets(&kept) != sets(&full) {
            return Err(format!("{key}: kept {:?}, full {:?}", sets(&kept), sets(&full)));
        }
        Ok(())
    }
}

//! The run ahead, in slices: who begins what, and when nothing more comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::api::daemon_set::UpdateStrategy;
use crate::api::order::sort_by_key;
use crate::api::{DaemonSet, Name, Pod, Time, Uid};
use crate::insight::plan::{Fate, NodePlan, Plan, SetPlan, WavePlan, cause, stuck, text};
use crate::manifest::{Document, Manifest};
use crate::sim::{Change, Cluster, ImageBehaviour};

/// Without progress for this long, and for what the pods take in themselves, nothing more comes;
/// in milliseconds.
const PATIENCE: i64 = 120_000;
/// No verdict before the controllers have seen the change.
const FIRST_LOOK: i64 = 5_000;
/// Of more DaemonSets of one text nobody reads a plan.
const SETS_MAX: usize = 100;
/// Further than this nobody looks: a week.
const SPAN_MAX: i64 = 7 * 86_400_000;

/// A look ahead that goes on in slices.
#[derive(Debug)]
pub struct Forecast {
    pub(super) start: Time,
    pub(super) before: Cluster,
    /// Just after the manifest was applied.
    pub(super) applied: Cluster,
    pub(super) ahead: Cluster,
    manifest: Manifest,
    /// Which of its documents counts for a DaemonSet, by namespace and name.
    documents: BTreeMap<(String, String), usize>,
    sets: Vec<Followed>,
    /// Where each of them stands in `sets`.
    places: BTreeMap<Uid, usize>,
    /// Those whose pods have to stay ready for a while.
    slow: Vec<usize>,
    /// Where that one stands which was found incomplete last.
    incomplete: usize,
    /// When a node last got further than ever before.
    progress: Time,
    patience: i64,
    is_over: bool,
}

/// A DaemonSet that is watched.
#[derive(Debug)]
struct Followed {
    uid: Uid,
    /// The manifest is about it.
    is_named: bool,
    tracks: BTreeMap<Name, Track>,
}

/// How far a node is.
#[derive(Debug)]
struct Track {
    old: Option<Uid>,
    /// 0 as before, 1 the old pod goes, 2 the new one is there, 3 it is available.
    stage: u8,
    began: Option<Time>,
    wave: Option<u32>,
}

impl Forecast {
    /// From a cluster as it is, and the same one with the manifest applied. What the manifest says
    /// of other kinds than DaemonSets counts as far as it moves their pods.
    pub fn new(before: &Cluster, applied: &Cluster, manifest: Manifest) -> Forecast {
        let start = before.now();
        let mut documents = BTreeMap::new();
        for (index, it) in manifest.documents.iter().enumerate() {
            if it.kind == "DaemonSet" {
                let namespace = it.namespace.as_deref().unwrap_or("default");
                documents.insert((namespace.to_owned(), it.name.clone()), index);
            }
        }
        let (mut sets, mut places, mut slow) = (Vec::new(), BTreeMap::new(), Vec::new());
        for ds in applied.store().daemon_sets() {
            let is_named = documents.contains_key(&key(ds));
            places.insert(ds.meta.uid, sets.len());
            if ds.min_ready_seconds > 0 {
                slow.push(sets.len());
            }
            sets.push(Followed { uid: ds.meta.uid, is_named, tracks: BTreeMap::new() });
        }
        if sets.iter().all(|it| !it.is_named) {
            sets.iter_mut().for_each(|it| it.is_named = true);
        }
        let named = sets.iter().filter(|it| it.is_named);
        let sets_named = named.filter_map(|it| applied.store().daemon_set_by_uid(it.uid));
        let patience = sets_named.map(|it| takes_itself(applied, it)).max().unwrap_or(0);
        let mut forecast = Forecast {
            start,
            before: before.clone(),
            applied: applied.clone(),
            ahead: applied.clone(),
            manifest,
            documents,
            sets,
            places,
            slow,
            incomplete: 0,
            progress: start,
            patience: PATIENCE + patience,
            is_over: false,
        };
        forecast.ahead.keep_journal();
        forecast.look();
        forecast
    }

    /// Goes on for so many wake-ups; true when it is over.
    pub fn run(&mut self, wakes_max: u32) -> bool {
        for _ in 0..wakes_max {
            if self.is_over {
                break;
            }
            let limit = (self.progress + self.patience).min(self.start + SPAN_MAX);
            match self.ahead.step(limit) {
                true => self.look(),
                false => self.is_over = true,
            }
        }
        self.is_over
    }

    /// The cluster that was run ahead, as far as it has come.
    pub fn ahead(&self) -> &Cluster {
        &self.ahead
    }

    /// The document that is about a DaemonSet.
    pub(super) fn document(&self, ds: &DaemonSet) -> Option<&Document> {
        self.manifest.documents.get(*self.documents.get(&key(ds))?)
    }

    /// What happened, as far as it was followed.
    pub fn plan(&self) -> Plan {
        let (mut sets, mut more) = (Vec::new(), 0);
        for followed in &self.sets {
            if sets.len() == SETS_MAX {
                more += usize::from(followed.is_named);
            } else if let Some(plan) = self.set_plan(followed)
                && (followed.is_named || plan.nodes.iter().any(|it| it.fate != Fate::Keep))
            {
                sets.push(plan);
            }
        }
        let others = (others(&self.ahead, &self.before), others(&self.before, &self.ahead));
        let (start, is_over) = (self.start, self.is_over);
        let mut plan = Plan { start, sentence: String::new(), sets, more, others, is_over };
        plan.sentence = text::sentence(&plan);
        plan
    }

    fn look(&mut self) {
        let touched = self.ahead.take_touched();
        for (_, change) in self.ahead.take_journal().changes {
            let Change::Pod { old, new } = change else { continue };
            for pod in [old, new].iter().flatten() {
                let owner = pod.meta.controller.as_ref().map(|it| it.uid);
                let index = owner.and_then(|it| self.places.get(&it).copied());
                if let Some((index, node)) = index.zip(pod.target_node()) {
                    self.look_at(index, node);
                }
            }
        }
        // What only has to stay ready for a while becomes available without any write to it.
        for node in &touched.nodes {
            for at in 0..self.slow.len() {
                self.look_at(self.slow[at], node);
            }
        }
        let is_late = self.ahead.now() >= self.start + FIRST_LOOK;
        if touched.workloads && is_late && self.is_complete() {
            self.is_over = true;
        }
    }

    fn look_at(&mut self, index: usize, node: &Name) {
        let Some(followed) = self.sets.get_mut(index) else { return };
        let store = self.ahead.store();
        let Some(ds) = store.daemon_set_by_uid(followed.uid) else { return };
        let now = self.ahead.now();
        let track = followed.tracks.entry(node.clone()).or_insert_with(|| Track {
            old: newest(&self.before, followed.uid, node).map(|it| it.meta.uid),
            stage: 0,
            began: None,
            wave: None,
        });
        let new = newest(&self.ahead, followed.uid, node);
        let is_old_there =
            staying(&self.ahead, followed.uid, node).any(|it| Some(it.meta.uid) == track.old);
        let new = new.filter(|it| Some(it.meta.uid) != track.old);
        let stage = match new {
            Some(pod) if pod.is_available(ds.min_ready_seconds, now) => 3,
            Some(_) => 2,
            None => u8::from(track.old.is_some() && !is_old_there),
        };
        if stage <= track.stage {
            return;
        }
        if track.began.is_none() {
            track.began = Some(now);
            let rollout = self.ahead.record().rollouts(followed.uid).next_back();
            let waves = rollout.map(|it| &it.waves[..]).unwrap_or_default();
            track.wave = waves.iter().find(|it| it.open.contains(node)).map(|it| it.number);
        }
        track.stage = stage;
        self.progress = now;
    }

    /// Every named DaemonSet has what it wants, and nothing is on its way out.
    fn is_complete(&mut self) -> bool {
        let store = self.ahead.store();
        let is_complete = |followed: &Followed| {
            let ds = store.daemon_set_by_uid(followed.uid).filter(|_| followed.is_named);
            let Some(ds) = ds else { return true };
            let (status, desired) = (&ds.status, ds.status.desired_number_scheduled);
            let is_updated = ds.update_strategy == UpdateStrategy::OnDelete
                || status.updated_number_scheduled == desired;
            status.observed_generation >= ds.meta.generation
                && is_updated
                && status.number_available == desired
                && store.pods_of(followed.uid).all(|it| !it.meta.is_terminating())
        };
        // Mostly it is still the same one.
        let (before, after) = self.sets.split_at(self.incomplete);
        let found = after.iter().chain(before).position(|it| !is_complete(it));
        if let Some(index) = found {
            self.incomplete = (self.incomplete + index) % self.sets.len();
        }
        found.is_none()
    }

    fn set_plan(&self, followed: &Followed) -> Option<SetPlan> {
        let uid = followed.uid;
        let ds = self.ahead.store().daemon_set_by_uid(uid)?;
        let (nodes, waves) = self.nodes(followed, ds);
        let record = self.ahead.record();
        let restarts = nodes.iter().any(|it| it.fate == Fate::Restart);
        let rollout = record.rollouts(uid).next_back().filter(|_| restarts);
        let desired = ds.status.desired_number_scheduled;
        let is_rolling = ds.update_strategy == UpdateStrategy::RollingUpdate;
        let stuck = stuck::stuck(self, ds, &nodes);
        let last = record.samples(uid).next_back().map_or(self.start, |it| it.0);
        let end = if stuck.is_empty() { last } else { self.progress };
        let mut plan = SetPlan {
            uid,
            namespace: ds.meta.namespace.clone(),
            name: ds.meta.name.clone(),
            revisions: (revision(&self.before, uid), revision(&self.ahead, uid)),
            desired,
            wave_count: rollout.map_or(0, |it| it.wave_count()),
            cause: restarts.then(|| cause::restart(self, ds)).flatten(),
            takes: (end.0 - self.start.0).max(0),
            lowest: self.lowest(uid, desired, &nodes),
            unnoticed: stuck::unnoticed(self, ds, &nodes),
            nodes,
            waves,
            stuck,
            sentence: String::new(),
        };
        plan.sentence = text::set_sentence(&plan, rollout.map_or(0, |it| it.total), is_rolling);
        Some(plan)
    }

    fn nodes(&self, followed: &Followed, ds: &DaemonSet) -> (Vec<NodePlan>, Vec<WavePlan>) {
        let mut names = BTreeSet::new();
        names.extend(self.applied.store().nodes().map(|it| it.meta.name.clone()));
        names.extend(followed.tracks.keys().cloned());
        let (mut nodes, mut waves) = (Vec::new(), BTreeMap::<u32, Vec<(Time, Name)>>::new());
        for node in names {
            let old = newest(&self.before, followed.uid, &node).map(|it| it.meta.uid);
            let new = newest(&self.ahead, followed.uid, &node).map(|it| it.meta.uid);
            let fate = match (old, new) {
                (None, None) => continue,
                (None, Some(_)) => Fate::Gain,
                (Some(_), None) if cause::wants(&self.ahead, ds, &node) => Fate::Restart,
                (Some(_), None) => Fate::Lose,
                (Some(old), Some(new)) if old == new => Fate::Keep,
                (Some(_), Some(_)) => Fate::Restart,
            };
            let track = followed.tracks.get(&node).filter(|_| fate != Fate::Keep);
            let began = track.and_then(|it| it.began);
            let wave = track.and_then(|it| it.wave).filter(|_| fate == Fate::Restart);
            if let Some((wave, began)) = wave.zip(began) {
                waves.entry(wave).or_default().push((began, node.clone()));
            }
            let cause = cause::of(self, ds, &node, fate);
            let after = began.map(|it| it.0 - self.start.0);
            nodes.push(NodePlan { node, fate, after, wave, cause });
        }
        let mut all = Vec::new();
        for (number, mut begun) in waves {
            sort_by_key(&mut begun, |it| it.0);
            let after = begun.first().map_or(0, |it| it.0.0 - self.start.0);
            let nodes = begun.into_iter().map(|it| it.1).collect();
            all.push(WavePlan { number, after, nodes });
        }
        (nodes, all)
    }

    /// The fewest ready pods from now on. Where nothing was ready nothing can get fewer.
    fn lowest(&self, uid: Uid, desired: i32, nodes: &[NodePlan]) -> Option<(i32, i32)> {
        let loses = |it: &NodePlan| matches!(it.fate, Fate::Restart | Fate::Lose);
        let (before, record) = (self.before.record(), self.ahead.record());
        let present = before.samples(uid).next_back().map_or(0, |it| it.1.ready_pods());
        if present == 0 || !nodes.iter().any(loses) {
            return None;
        }
        let later = record.samples(uid).filter(|it| it.0 >= self.start);
        let fewest = later.map(|it| it.1.ready_pods()).min();
        Some((fewest.unwrap_or(present).min(present), desired))
    }
}

/// What a change takes without anybody hearing of it: pulls, probes, grace periods.
fn takes_itself(cluster: &Cluster, ds: &DaemonSet) -> i64 {
    let spec = &ds.template.daemon_spec;
    let world = cluster.store().world();
    let slow = spec.containers.iter().map(|it| match world.behaviour(&it.image) {
        ImageBehaviour::SlowPull { takes } | ImageBehaviour::SlowStart { takes } => takes,
        ImageBehaviour::Crashes { after, .. } => after,
        _ => 0,
    });
    let seconds = spec.grace_seconds.saturating_add(ds.min_ready_seconds);
    slow.max().unwrap_or(0).saturating_add(seconds.saturating_mul(1000)).clamp(0, SPAN_MAX)
}

/// How many pods without a DaemonSet one cluster has that stay, and the other has not.
fn others(here: &Cluster, there: &Cluster) -> usize {
    let is_one = |pod: &&Arc<Pod>| {
        let owner = pod.meta.controller.as_ref();
        owner.is_none_or(|it| it.kind != "DaemonSet") && !pod.meta.is_terminating()
    };
    let is_there = |pod: &&Arc<Pod>| {
        there.store().pod(pod.meta.uid).is_some_and(|it| !it.meta.is_terminating())
    };
    here.store().pods().filter(is_one).filter(|it| !is_there(it)).count()
}

fn key(ds: &DaemonSet) -> (String, String) {
    (ds.meta.namespace.to_string(), ds.meta.name.to_string())
}

fn revision(cluster: &Cluster, uid: Uid) -> Option<i64> {
    cluster.store().revisions_of(uid).map(|it| it.revision).max()
}

/// A DaemonSet's pods for a node that nobody has deleted, older ones first.
pub(super) fn staying<'a>(
    cluster: &'a Cluster,
    uid: Uid,
    node: &Name,
) -> impl Iterator<Item = &'a Arc<Pod>> + use<'a> {
    let own = move |pod: &&Arc<Pod>| {
        let is_own = pod.meta.controller.as_ref().is_some_and(|it| it.uid == uid);
        is_own && !pod.meta.is_terminating() && !pod.is_terminal()
    };
    cluster.store().pods_for(node).filter(own)
}

/// The newest of them.
pub(super) fn newest<'a>(cluster: &'a Cluster, uid: Uid, node: &Name) -> Option<&'a Arc<Pod>> {
    staying(cluster, uid, node).max_by_key(|it| it.meta.uid)
}

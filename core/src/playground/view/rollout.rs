//! A rollout as a viewer shows it: its waves, how far it is, and what it has cost so far.

use crate::api::{DaemonSet, Name, Time};
use crate::playground::view::{DaemonSetView, PodState};
use crate::playground::{Playground, Prospect};
use crate::sim::{Input, Rollout, Wave};

/// With more waves than this they are told, not drawn one by one.
const WAVES_MAX: u32 = 8;

/// With more pods than this nobody is told of each which wave it waits for: there are no cards.
const TURNS_MAX: u32 = 256;

/// Nodes of which the caption tells.
const DOINGS_MAX: usize = 2;

/// One wave on the rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveView {
    /// Counts from 1.
    pub number: u32,
    /// How much of it is done, in thousandths.
    pub progress: i64,
    /// Whether it runs now.
    pub running: bool,
}

/// A rollout that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolloutView {
    /// The latest wave that has begun; counts from 1.
    pub wave: u32,
    /// How many waves there are.
    pub wave_count: u32,
    /// The nodes that wait for their new pod.
    pub nodes: Vec<Name>,
    /// The waves one by one, unless there are too many to draw.
    pub waves: Vec<WaveView>,
    /// Old pods whose replacement is available, in thousandths.
    pub progress: i64,
    /// The fewest ready pods since it began, and how many were desired then.
    pub fewest: Option<(i32, i32)>,
    /// Pods that fail. Each of them uses up a part of what may be unavailable.
    pub broken: i32,
    /// How long it takes still, in milliseconds: as it was recorded or seen ahead, else if it goes
    /// on like this.
    pub left: Option<i64>,
    /// The nodes whose old pod waits for its wave, and which that is, as far as it was recorded or
    /// seen ahead.
    pub turns: Vec<(Name, u32)>,
}

impl Playground {
    /// The rollout of a DaemonSet, if one runs or has just been completed.
    pub(super) fn rollout(&self, ds: &DaemonSet, ahead: Option<&Prospect>) -> Option<RolloutView> {
        let record = self.cluster().record();
        let rollout = record.rollouts(ds.meta.uid).next_back()?;
        let is_over = rollout.end.is_some_and(|it| it < self.now());
        let broken = record.samples(ds.meta.uid).next_back().map_or(0, |it| it.1.broken);
        // The same rollout by who knows more of it.
        let known = ahead.map_or(self.timeline().record(), |it| it.cluster().record());
        let mut known = known.rollouts(ds.meta.uid);
        let known = known.find(|it| it.start == rollout.start && it.hash == rollout.hash);
        (!is_over).then(|| view(rollout, known.unwrap_or(rollout), self.now(), broken))
    }

    /// When the wave of a DaemonSet (`NAMESPACE/NAME`) begins that is the next after now, or the
    /// last before it: recorded, or seen ahead.
    pub fn wave_beside(
        &self,
        daemon_set: &str,
        forward: bool,
        ahead: Option<&Prospect>,
    ) -> Option<Time> {
        let uid = self.daemon_set_by_key(daemon_set)?.meta.uid;
        let ahead = ahead.filter(|it| it.is_of(self)).map(|it| it.cluster().record());
        let rollouts = ahead.unwrap_or(self.timeline().record()).rollouts(uid);
        let (starts, now) = (rollouts.flat_map(|it| &it.waves).map(|it| it.start), self.now());
        match forward {
            true => starts.filter(|it| *it > now).min(),
            false => starts.filter(|it| *it < now).max(),
        }
    }

    /// What happens now, for those who watch: the running wave, else the sentence.
    pub(super) fn caption(&self, ds: &DaemonSet, view: &DaemonSetView) -> String {
        let Some(rollout) = &view.rollout else { return view.sentence.clone() };
        let doings = rollout.nodes.iter().map(|node| self.doing_on(ds, node));
        let mut words: Vec<String> = doings.take(DOINGS_MAX).collect();
        if let Some(rest) = rollout.nodes.len().checked_sub(DOINGS_MAX + 1) {
            words.push(format!("{} more follow", rest + 1));
        }
        match words.is_empty() {
            true => view.sentence.clone(),
            false => {
                let (wave, count) = (rollout.wave, rollout.wave_count);
                format!("Wave {wave} of {count}: {}.", words.join(", "))
            }
        }
    }

    fn doing_on(&self, ds: &DaemonSet, node: &Name) -> String {
        let pods = self
            .cluster()
            .store()
            .pods_for(node)
            .filter(|pod| pod.meta.controller.as_ref().is_some_and(|it| it.uid == ds.meta.uid));
        // What stays tells more than what leaves.
        let pod = pods.min_by_key(|pod| pod.meta.is_terminating()).map(|it| self.pod_view(it));
        let Some(pod) = pod else { return format!("{node} waits for its new pod") };
        let revision = pod.revision;
        match pod.state {
            PodState::Leaving => format!("{node} lets go of revision\u{a0}{revision}"),
            PodState::Failed => format!("{node} cannot run revision\u{a0}{revision}"),
            PodState::Ready | PodState::Settling => format!("{node} runs revision\u{a0}{revision}"),
            _ => format!("{node} starts revision\u{a0}{revision}"),
        }
    }

    /// Goes back to the revision before the current one, as `kubectl rollout undo` does: its
    /// template takes the place of the present one. None if there is no such revision.
    pub fn undo_rollout(&self, namespace: &Name, name: &Name) -> Option<Input> {
        let ds = self.cluster().store().daemon_set(namespace, name)?;
        let revisions = || self.cluster().store().revisions_of(ds.meta.uid);
        let current = revisions().map(|it| it.revision).max()?;
        let before = revisions().filter(|it| it.revision < current).max_by_key(|it| it.revision)?;
        let object = self.encoder().revision(before);
        Some(Input::Patch {
            resource: "daemonset".into(),
            namespace: namespace.clone(),
            name: name.clone(),
            patch: object.get("data").cloned().unwrap_or_default().into(),
        })
    }

    /// The kubectl line that equals it.
    pub fn undo_rollout_command(namespace: &Name, name: &Name) -> String {
        format!("kubectl -n {namespace} rollout undo daemonset/{name}")
    }
}

fn view(rollout: &Rollout, known: &Rollout, now: Time, broken: i32) -> RolloutView {
    let (begun, done) = (rollout.begun, rollout.done());
    let wave_count = known.wave_count();
    let wave = |number: u32| match rollout.waves.iter().find(|it| it.number == number) {
        Some(wave) => WaveView { number, progress: progress(wave, rollout), running: runs(wave) },
        // The first are forgotten when there are very many.
        None => {
            let is_over = rollout.waves.first().is_some_and(|it| it.number > number);
            WaveView { number, progress: i64::from(is_over) * 1000, running: false }
        }
    };
    let count = if wave_count <= WAVES_MAX { wave_count } else { 0 };
    let mut nodes = Vec::new();
    for wave in &rollout.waves {
        nodes.extend(wave.open.iter().cloned());
    }
    let (passed, done_long) = (now.0 - rollout.start.0, i64::from(done));
    let rest = i64::from(rollout.total.saturating_sub(done));
    let can_be_guessed = done > 0 && rest > 0 && broken == 0 && begun > 0;
    let left = match known.end.filter(|it| *it > now) {
        // Another one may take its place before it is complete.
        Some(end) => (known.done() >= known.total).then_some(end.0 - now.0),
        None => can_be_guessed.then(|| passed.saturating_mul(rest) / done_long.max(1)),
    };
    let waits = |it: &(&Name, &u32)| !rollout.turns.contains_key(it.0);
    let mut turns = Vec::new();
    if known.total <= TURNS_MAX {
        turns.extend(known.turns.iter().filter(waits).map(|(node, wave)| (node.clone(), *wave)));
    }
    RolloutView {
        wave: rollout.waves.last().map_or(1, |it| it.number),
        wave_count,
        nodes,
        waves: (1..=count).map(wave).collect(),
        progress: done_long * 1000 / i64::from(rollout.total.max(1)),
        fewest: rollout.fewest,
        broken,
        left,
        turns,
    }
}

fn runs(wave: &Wave) -> bool {
    wave.end.is_none()
}

/// A pod whose replacement has begun counts for a third, an available one for all.
fn progress(wave: &Wave, rollout: &Rollout) -> i64 {
    let before = (wave.number - 1) * rollout.budget;
    let size = i64::from(rollout.budget.min(rollout.total.saturating_sub(before)).max(wave.begun));
    let open = i64::try_from(wave.open.len()).unwrap_or(i64::MAX);
    let done = i64::from(wave.begun) - open;
    (done * 1000 + open * 1000 / 3) / size.max(1)
}

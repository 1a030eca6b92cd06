//! DaemonSets, their revisions, and events as a viewer shows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::daemon_set::UpdateStrategy;
use crate::api::order::sort_by_key;
use crate::api::{ControllerRevision, DaemonSet, Name, Pod, Time};
use crate::playground::view::{
    DaemonSetView, EventFilter, EventView, RevisionView, RolloutView, StatusView,
};
use crate::playground::{Playground, Prospect};
use crate::sim::daemon_set::should_run;
use crate::sim::{Event, Sample};

/// Misscheduled pods that a sentence names; more are counted.
const MISSCHEDULED_MAX: usize = 2;

impl Playground {
    /// All DaemonSets, sorted by namespace and name.
    pub fn daemon_sets(&self) -> Vec<DaemonSetView> {
        self.daemon_sets_ahead(None)
    }

    /// The same; what is said of the rest of a rollout is what was recorded of it or seen ahead.
    pub fn daemon_sets_ahead(&self, ahead: Option<&Prospect>) -> Vec<DaemonSetView> {
        let ahead = ahead.filter(|it| it.is_of(self));
        let sets = self.cluster().store().daemon_sets();
        sets.map(|it| self.daemon_set_view(it, ahead)).collect()
    }

    /// The latest events that pass a filter, newest first.
    pub fn events(&self, filter: &EventFilter, limit: usize) -> Vec<EventView> {
        let view = |it: &Event| EventView {
            id: it.id,
            last: it.last,
            count: it.count,
            kind: it.kind(),
            reason: it.event.reason,
            object: format!(
                "{}/{}",
                it.event.object.kind.to_ascii_lowercase(),
                it.event.object.name
            ),
            source: it.event.source,
            message: it.message(),
        };
        // The newest were mostly stored last: then the older ones cost one comparison each.
        let mut newest: BTreeMap<(Time, u64), EventView> = BTreeMap::new();
        for event in self.cluster().events().iter().rev() {
            let key = (event.last, event.id);
            let is_full = newest.len() >= limit;
            if is_full && newest.first_key_value().is_none_or(|it| *it.0 > key) {
                continue;
            }
            let seen = view(event);
            if passes(&seen, filter) {
                newest.insert(key, seen);
                if is_full {
                    newest.pop_first();
                }
            }
        }
        newest.into_values().rev().collect()
    }

    /// How many events pass a filter, counted up to a limit.
    pub fn event_count(&self, filter: &EventFilter, limit: usize) -> usize {
        match *filter == EventFilter::default() {
            true => self.cluster().events().iter().take(limit).count(),
            false => self.events(filter, limit).len(),
        }
    }

    fn daemon_set_view(&self, ds: &DaemonSet, ahead: Option<&Prospect>) -> DaemonSetView {
        let status = &ds.status;
        let revisions = self.revisions(ds);
        let desired = status.desired_number_scheduled;
        let budget = ds.budget(i64::from(desired)).ok();
        let is_rolling_update = ds.update_strategy == UpdateStrategy::RollingUpdate;
        let max_unavailable = budget.filter(|it| is_rolling_update && it.surge == 0);
        let is_observed = status.observed_generation >= ds.meta.generation;
        let has_old = !is_observed || revisions.iter().any(|it| !it.current && it.pods > 0);
        // The last wave runs until its pods are available, though none is old any more.
        let goes_on = has_old || status.number_available < desired;
        let rollout = self.rollout(ds, ahead).filter(|_| is_rolling_update && goes_on);
        let mut view = DaemonSetView {
            key: format!("{}/{}", ds.meta.namespace, ds.meta.name).into(),
            namespace: ds.meta.namespace.clone(),
            name: ds.meta.name.clone(),
            status: StatusView {
                desired,
                current: status.current_number_scheduled,
                ready: status.number_ready,
                up_to_date: status.updated_number_scheduled,
                available: status.number_available,
                misscheduled: status.number_misscheduled,
            },
            revisions,
            sentence: String::new(),
            max_unavailable: max_unavailable
                .and_then(|it| i32::try_from(it.unavailable).ok())
                .unwrap_or(0),
            rolling: is_rolling_update && (has_old || rollout.is_some()),
            rollout,
            can_undo: self.cluster().store().revisions_of(ds.meta.uid).count() > 1,
            caption: String::new(),
        };
        let surge = budget.filter(|_| is_rolling_update).map_or(0, |it| it.surge);
        view.sentence = sentence(&view, surge, is_rolling_update);
        if view.status.misscheduled > 0 {
            view.sentence += &self.misscheduled(ds, view.status.misscheduled);
        }
        view.caption = self.caption(ds, &view);
        view
    }

    /// Which pods are where their DaemonSet does not want them, as another sentence.
    fn misscheduled(&self, ds: &DaemonSet, count: i32) -> String {
        let store = self.cluster().store();
        let place = |pod: &Arc<Pod>| {
            let node = store.node(pod.node_name.as_ref()?)?;
            let is_left = pod.meta.is_terminating() || pod.is_terminal();
            let is_it = !is_left && !should_run(&ds.template, node).should_run;
            is_it.then(|| format!("{} on {}", pod.meta.name, node.meta.name))
        };
        let most = usize::try_from(count).unwrap_or(0).min(MISSCHEDULED_MAX);
        let found: Vec<String> = store.pods_of(ds.meta.uid).filter_map(place).take(most).collect();
        let shown = i32::try_from(found.len()).unwrap_or(0);
        match (&found[..], count - shown) {
            ([], _) if count == 1 => " 1 pod is MISSCHEDULED.".to_owned(),
            ([], _) => format!(" {count} pods are MISSCHEDULED."),
            ([one], 0) => format!(" {one} is MISSCHEDULED."),
            (all, 0) => format!(" MISSCHEDULED: {}.", all.join(" and ")),
            (all, rest) => format!(" MISSCHEDULED: {} and {rest} more.", all.join(", ")),
        }
    }

    /// The last minute of the figures before `MISSCHEDULED`, as `StatusView` orders them, for small
    /// lines: places in tenths of a pixel of 34 by 16. A younger history fills the width, too.
    pub fn sparks(&self, view: &DaemonSetView) -> [Vec<(i64, i64)>; 5] {
        let Some(ds) = self.cluster().store().daemon_set(&view.namespace, &view.name) else {
            return Default::default();
        };
        let figures: [fn(&Sample) -> i32; 5] = [
            |it| it.desired,
            |it| it.current,
            |it| it.ready,
            |it| it.up_to_date,
            |it| it.available,
        ];
        let end = self.now().truncated();
        let samples = self.cluster().record().samples(ds.meta.uid);
        let mut points: Vec<(i64, &Sample)> = Vec::new();
        let mut start = end + -SPARK_SPAN;
        for (time, sample) in samples {
            if points.is_empty() {
                start = start.max(time).min(end);
            }
            let span = (end.0 - start.0).max(1);
            let at = ((time.0 - start.0) * SPARK_WIDTH / span).clamp(0, SPARK_WIDTH);
            match points.last_mut() {
                Some(last) if last.0 >= at => last.1 = sample,
                _ => points.push((at, sample)),
            }
        }
        let tallest = i64::from(points.iter().map(|it| it.1.desired).max().unwrap_or(0).max(1));
        figures.map(|figure| {
            let mut line: Vec<(i64, i64)> = Vec::new();
            for (at, sample) in &points {
                let y = 145 - i64::from(figure(sample)).clamp(0, tallest) * 115 / tallest;
                if line.last().is_none_or(|it| it.1 != y) {
                    line.push((10 + at, y));
                }
            }
            line
        })
    }

    /// The current revision and those that pods still carry, ascending.
    fn revisions(&self, ds: &DaemonSet) -> Vec<RevisionView> {
        let store = self.cluster().store();
        let newest = store.revisions_of(ds.meta.uid).map(|it| it.revision).max();
        // None has no hash: no pod carries that.
        let hash = |it: &Arc<ControllerRevision>| it.hash().cloned().unwrap_or_default();
        let hashes: Vec<Name> = store.revisions_of(ds.meta.uid).map(hash).collect();
        let pods = self.cluster().pods_of_revisions(ds.meta.uid, &hashes);
        let mut revisions: Vec<RevisionView> = store
            .revisions_of(ds.meta.uid)
            .zip(pods)
            .map(|(it, pods)| RevisionView {
                number: it.revision,
                image: it.data.spec.containers.first().map(short_image).unwrap_or_default(),
                reference: it.data.spec.containers.first().map(image).unwrap_or_default(),
                pods,
                // An older one that the template has gone back to gets the next number first.
                current: it.data == ds.template && Some(it.revision) == newest,
            })
            .filter(|it| it.current || it.pods > 0)
            .collect();
        sort_by_key(&mut revisions, |it| it.number);
        revisions
    }
}

fn image(container: &crate::api::pod::Container) -> Name {
    container.image.clone()
}

/// The image without its registry and repository path: `filebeat:8.10.0`.
fn short_image(container: &crate::api::pod::Container) -> Name {
    let image = &container.image;
    image.rsplit_once('/').map_or_else(|| image.clone(), |(_, name)| name.into())
}

/// The span of the small lines in milliseconds, and their width in tenths of a pixel.
const SPARK_SPAN: i64 = 60_000;
const SPARK_WIDTH: i64 = 300;

fn passes(event: &EventView, filter: &EventFilter) -> bool {
    if filter.warnings && event.kind != "Warning" {
        return false;
    }
    let wanted = filter.text.trim().to_ascii_lowercase();
    let texts = [event.reason, &event.object, &event.message, event.source];
    wanted.split(' ').all(|word| texts.iter().any(|it| it.to_ascii_lowercase().contains(word)))
}

fn sentence(view: &DaemonSetView, surge: i64, is_rolling_update: bool) -> String {
    let StatusView { desired, ready, up_to_date, available, .. } = view.status;
    let current = view.revisions.iter().find(|it| it.current).map_or(0, |it| it.number);
    let has_old = view.revisions.iter().any(|it| !it.current && it.pods > 0);
    if desired == 0 {
        return "No node is wanted: nodeSelector, affinity or taints keep the pods away."
            .to_owned();
    }
    if !has_old && available >= desired && up_to_date >= desired {
        // Besides these there are others.
        let wanted = if view.status.misscheduled > 0 { "wanted " } else { "" };
        return match desired {
            1 => format!("The {wanted}pod runs revision {current} and is ready."),
            _ => format!("All {desired} {wanted}pods run revision {current} and are ready."),
        };
    }
    if !has_old && view.rollout.is_none() {
        return format!("{ready} of {desired} pods are ready.");
    }
    let progress = match current {
        // As `kubectl rollout status` goes on.
        _ if !has_old && up_to_date >= desired => {
            format!("{available} of {desired} updated pods are available.")
        }
        0 => "The template has changed; the controller has yet to see it.".to_owned(),
        // They were made from it; not all of them run yet.
        _ => {
            let are = if up_to_date == 1 { "is" } else { "are" };
            format!("{up_to_date} of {desired} pods {are} on revision {current}.")
        }
    };
    let broken = view.rollout.as_ref().map_or(0, |it| it.broken);
    if broken > 0 {
        let pods =
            if broken == 1 { "1 pod fails".to_owned() } else { format!("{broken} pods fail") };
        let is_held_up = is_rolling_update && surge == 0 && broken >= view.max_unavailable;
        return match is_held_up {
            true => {
                let most = view.max_unavailable;
                let may = format!("No more than {most} may be unavailable: the rollout waits.");
                format!("{progress} {pods}. {may}")
            }
            false => format!("{progress} {pods}."),
        };
    }
    let fewest = view.rollout.as_ref().and_then(|it: &RolloutView| it.fewest);
    if let Some((fewest, of)) = fewest.filter(|_| surge == 0) {
        return format!("{progress} Never fewer than {fewest} of {of} ready so far.");
    }
    let rule = match (is_rolling_update, surge, view.max_unavailable) {
        (false, _, _) => {
            "The strategy is OnDelete: a pod is replaced when it is deleted.".to_owned()
        }
        (true, 0, 1) => "At most 1 node at a time goes without a ready pod.".to_owned(),
        (true, 0, count) => format!("At most {count} nodes at a time go without a ready pod."),
        (true, 1, _) => "At most 1 node at a time runs a second pod.".to_owned(),
        (true, surge, _) => format!("At most {surge} nodes at a time run a second pod."),
    };
    format!("{progress} {rule}")
}

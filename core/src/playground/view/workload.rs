//! DaemonSets, their revisions, and events as a viewer shows them.

use std::collections::BTreeMap;

use crate::api::daemon_set::UpdateStrategy;
use crate::api::order::sort_by_key;
use crate::api::{DaemonSet, Name};
use crate::playground::Playground;
use crate::playground::view::{DaemonSetView, EventView, RevisionView, StatusView};

impl Playground {
    /// All DaemonSets, sorted by namespace and name.
    pub fn daemon_sets(&self) -> Vec<DaemonSetView> {
        self.cluster().store().daemon_sets().map(|it| self.daemon_set_view(it)).collect()
    }

    /// The latest events, newest first.
    pub fn events(&self, limit: usize) -> Vec<EventView> {
        let mut events: Vec<_> = self.cluster().events().iter().collect();
        sort_by_key(&mut events, |it| (it.last, it.id));
        let view = |it: &&std::sync::Arc<crate::sim::Event>| EventView {
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
        events.iter().rev().take(limit).map(view).collect()
    }

    fn daemon_set_view(&self, ds: &DaemonSet) -> DaemonSetView {
        let status = &ds.status;
        let revisions = self.revisions(ds);
        let desired = status.desired_number_scheduled;
        let budget = ds.budget(i64::from(desired)).ok();
        let is_rolling_update = ds.update_strategy == UpdateStrategy::RollingUpdate;
        let max_unavailable = budget.filter(|it| is_rolling_update && it.surge == 0);
        let is_observed = status.observed_generation >= ds.meta.generation;
        let has_old = !is_observed || revisions.iter().any(|it| !it.current && it.pods > 0);
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
            rolling: is_rolling_update && has_old,
        };
        let surge = budget.filter(|_| is_rolling_update).map_or(0, |it| it.surge);
        view.sentence = sentence(&view, surge, is_rolling_update);
        view
    }

    /// The current revision and those that pods still carry, ascending.
    fn revisions(&self, ds: &DaemonSet) -> Vec<RevisionView> {
        let store = self.cluster().store();
        let mut pods: BTreeMap<&Name, u32> = BTreeMap::new();
        for pod in store.pods_of(ds.meta.uid) {
            if let Some(hash) = pod.meta.labels.get("controller-revision-hash") {
                *pods.entry(hash).or_default() += 1;
            }
        }
        let mut revisions: Vec<RevisionView> = store
            .revisions_of(ds.meta.uid)
            .map(|it| RevisionView {
                number: it.revision,
                image: it.data.spec.containers.first().map(short_image).unwrap_or_default(),
                pods: it.hash().and_then(|hash| pods.get(hash)).copied().unwrap_or(0),
                current: it.data == ds.template,
            })
            .filter(|it| it.current || it.pods > 0)
            .collect();
        sort_by_key(&mut revisions, |it| it.number);
        revisions
    }
}

/// The image without its registry and repository path: `filebeat:8.10.0`.
fn short_image(container: &crate::api::pod::Container) -> Name {
    let image = &container.image;
    image.rsplit_once('/').map_or_else(|| image.clone(), |(_, name)| name.into())
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
        return match desired {
            1 => format!("The pod runs revision {current} and is ready."),
            _ => format!("All {desired} pods run revision {current} and are ready."),
        };
    }
    if !has_old {
        return format!("{ready} of {desired} pods are ready.");
    }
    let progress = format!("{up_to_date} of {desired} pods run revision {current}.");
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

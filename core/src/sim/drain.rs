//! What `kubectl drain` does with each pod of a node, after `kubectl/pkg/drain/filters.go`.
//!
//! Mirror pods do not exist here.

use serde::{Deserialize, Serialize};

use crate::api::{Name, Pod, Uid, json};
use crate::sim::{Cluster, Store};

/// Options of `kubectl drain`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DrainOptions {
    /// `--ignore-daemonsets`.
    pub ignore_daemonsets: bool,
    /// `--force`.
    pub force: bool,
    /// `--delete-emptydir-data`.
    pub delete_emptydir_data: bool,
}

/// What a drain would do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrainPlan {
    /// The pods to be evicted; none of them is while there are errors.
    pub evictions: Vec<Uid>,
    /// `ignoring DaemonSet-managed Pods: NS/P, NS/P`, one for each kind of warning.
    pub warnings: Vec<String>,
    /// `cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): NS/P`.
    pub errors: Vec<String>,
}

impl Cluster {
    /// What a drain of a node would do now, in kubectl's words.
    pub fn drain_plan(&self, node: &Name, options: DrainOptions) -> DrainPlan {
        plan(self.store(), node, options)
    }
}

/// The verdict of one filter, or of all of them, on a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Evict,
    EvictWith(&'static str),
    Skip(&'static str),
    Refuse(String),
}

const DAEMON_ERROR: &str =
    "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)";
const DAEMON_WARNING: &str = "ignoring DaemonSet-managed Pods";
const STORAGE_ERROR: &str =
    "cannot delete Pods with local storage (use --delete-emptydir-data to override)";
const STORAGE_WARNING: &str = "deleting Pods with local storage";
const UNMANAGED_ERROR: &str =
    "cannot delete cannot delete Pods that declare no controller (use --force to override)";
const UNMANAGED_WARNING: &str = "deleting Pods that declare no controller";

fn plan(store: &Store, node: &Name, options: DrainOptions) -> DrainPlan {
    let mut plan = DrainPlan::default();
    let (mut warnings, mut errors) = (Vec::new(), Vec::new());
    for pod in store.pods_on(node) {
        match verdict(pod, store, options) {
            Verdict::Evict => plan.evictions.push(pod.meta.uid),
            Verdict::EvictWith(warning) => {
                plan.evictions.push(pod.meta.uid);
                warnings.push((warning.to_owned(), pod));
            }
            Verdict::Skip(warning) => warnings.push((warning.to_owned(), pod)),
            Verdict::Refuse(error) => errors.push((error, pod)),
        }
    }
    plan.warnings = grouped(&warnings);
    plan.errors = grouped(&errors);
    plan
}

/// One line for each text, with the pods that it is about.
fn grouped(verdicts: &[(String, &std::sync::Arc<Pod>)]) -> Vec<String> {
    let mut texts: Vec<&String> = Vec::new();
    for (text, _) in verdicts {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let line = |text: &&String| {
        let own = verdicts.iter().filter(|it| it.0 == **text);
        let pods = own.map(|(_, pod)| format!("{}/{}", pod.meta.namespace, pod.meta.name));
        format!("{text}: {}", pods.collect::<Vec<_>>().join(", "))
    };
    texts.iter().map(line).collect()
}

/// The first filter that refuses or skips decides; otherwise the last one that was asked does, and
/// a warning of an earlier one is lost.
fn verdict(pod: &Pod, store: &Store, options: DrainOptions) -> Verdict {
    let filters = [daemon_set_filter, local_storage_filter, unmanaged_filter];
    let mut last = Verdict::Evict;
    for filter in filters {
        last = filter(pod, store, options);
        if matches!(last, Verdict::Refuse(_) | Verdict::Skip(_)) {
            return last;
        }
    }
    last
}

fn daemon_set_filter(pod: &Pod, store: &Store, options: DrainOptions) -> Verdict {
    let Some(owner) = pod.meta.controller.as_ref().filter(|it| it.kind == "DaemonSet") else {
        return Verdict::Evict;
    };
    if pod.is_terminal() {
        return Verdict::Evict;
    }
    if store.daemon_set_by_uid(owner.uid).is_none() {
        let error = format!("cannot delete daemonsets.apps \"{}\" not found", owner.name);
        return if options.force { Verdict::Evict } else { Verdict::Refuse(error) };
    }
    match options.ignore_daemonsets {
        true => Verdict::Skip(DAEMON_WARNING),
        false => Verdict::Refuse(DAEMON_ERROR.into()),
    }
}

fn local_storage_filter(pod: &Pod, _: &Store, options: DrainOptions) -> Verdict {
    let volumes = json::list(&pod.spec.body, "volumes");
    let has_storage = volumes.iter().any(|it| !json::field(it, "emptyDir").is_null());
    match (has_storage && !pod.is_terminal(), options.delete_emptydir_data) {
        (false, _) => Verdict::Evict,
        (true, true) => Verdict::EvictWith(STORAGE_WARNING),
        (true, false) => Verdict::Refuse(STORAGE_ERROR.into()),
    }
}

fn unmanaged_filter(pod: &Pod, _: &Store, options: DrainOptions) -> Verdict {
    match (pod.is_terminal() || pod.meta.controller.is_some(), options.force) {
        (true, _) => Verdict::Evict,
        (false, true) => Verdict::EvictWith(UNMANAGED_WARNING),
        (false, false) => Verdict::Refuse(UNMANAGED_ERROR.into()),
    }
}

//! What `kubectl drain` does with each pod of a node, after `kubectl/pkg/drain/filters.go`.
//!
//! In the simulation mirror pods do not exist; in imported objects, which kubectl reads, they may.

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

/// What the filters ask about a pod.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filtered {
    /// `NAMESPACE/NAME`.
    pub(crate) pod: String,
    /// It has succeeded or failed.
    pub(crate) is_terminal: bool,
    /// It has a controller.
    pub(crate) is_managed: bool,
    /// The DaemonSet that is its controller, and whether that one is there.
    pub(crate) daemon_set: Option<(String, bool)>,
    /// It is the mirror of a static pod.
    pub(crate) is_mirror: bool,
    /// It has an `emptyDir`.
    pub(crate) has_local_storage: bool,
}

/// The verdict of one filter, or of all of them, on a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is evicted.
    Evict,
    /// It is evicted, and something is said about that.
    EvictWith(&'static str),
    /// It stays, and perhaps something is said about that.
    Skip(Option<&'static str>),
    /// Nothing is evicted.
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
        let filtered = filtered(pod, store);
        let verdict = verdict(&filtered, options);
        if matches!(verdict, Verdict::Evict | Verdict::EvictWith(_)) {
            plan.evictions.push(pod.meta.uid);
        }
        match verdict {
            Verdict::EvictWith(warning) | Verdict::Skip(Some(warning)) => {
                warnings.push((warning.to_owned(), filtered.pod));
            }
            Verdict::Evict | Verdict::Skip(None) => {}
            Verdict::Refuse(error) => errors.push((error, filtered.pod)),
        }
    }
    plan.warnings = grouped(&warnings);
    plan.errors = grouped(&errors);
    plan
}

fn filtered(pod: &Pod, store: &Store) -> Filtered {
    let owner = pod.meta.controller.as_ref();
    let daemon_set = owner.filter(|it| it.kind == "DaemonSet");
    let volumes = json::list(&pod.spec.body, "volumes");
    Filtered {
        pod: format!("{}/{}", pod.meta.namespace, pod.meta.name),
        is_terminal: pod.is_terminal(),
        is_managed: owner.is_some(),
        daemon_set: daemon_set
            .map(|it| (it.name.to_string(), store.daemon_set_by_uid(it.uid).is_some())),
        is_mirror: false,
        has_local_storage: volumes.iter().any(|it| !json::field(it, "emptyDir").is_null()),
    }
}

/// One line for each text, with the pods that it is about.
pub(crate) fn grouped(verdicts: &[(String, String)]) -> Vec<String> {
    let mut texts: Vec<&String> = Vec::new();
    for (text, _) in verdicts {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let line = |text: &&String| {
        let own = verdicts.iter().filter(|it| it.0 == **text);
        let pods: Vec<&str> = own.map(|it| it.1.as_str()).collect();
        format!("{text}: {}", pods.join(", "))
    };
    texts.iter().map(line).collect()
}

/// The first filter that refuses or skips decides; otherwise the last one that was asked does, and
/// a warning of an earlier one is lost.
pub(crate) fn verdict(pod: &Filtered, options: DrainOptions) -> Verdict {
    let filters = [daemon_set_filter, mirror_filter, local_storage_filter, unmanaged_filter];
    let mut last = Verdict::Evict;
    for filter in filters {
        last = filter(pod, options);
        if matches!(last, Verdict::Refuse(_) | Verdict::Skip(_)) {
            return last;
        }
    }
    last
}

fn daemon_set_filter(pod: &Filtered, options: DrainOptions) -> Verdict {
    let Some((name, exists)) = pod.daemon_set.as_ref().filter(|_| !pod.is_terminal) else {
        return Verdict::Evict;
    };
    if !exists {
        let error = format!("cannot delete daemonsets.apps \"{name}\" not found");
        return if options.force { Verdict::Evict } else { Verdict::Refuse(error) };
    }
    match options.ignore_daemonsets {
        true => Verdict::Skip(Some(DAEMON_WARNING)),
        false => Verdict::Refuse(DAEMON_ERROR.into()),
    }
}

fn mirror_filter(pod: &Filtered, _: DrainOptions) -> Verdict {
    if pod.is_mirror { Verdict::Skip(None) } else { Verdict::Evict }
}

fn local_storage_filter(pod: &Filtered, options: DrainOptions) -> Verdict {
    match (pod.has_local_storage && !pod.is_terminal, options.delete_emptydir_data) {
        (false, _) => Verdict::Evict,
        (true, true) => Verdict::EvictWith(STORAGE_WARNING),
        (true, false) => Verdict::Refuse(STORAGE_ERROR.into()),
    }
}

fn unmanaged_filter(pod: &Filtered, options: DrainOptions) -> Verdict {
    match (pod.is_terminal || pod.is_managed, options.force) {
        (true, _) => Verdict::Evict,
        (false, true) => Verdict::EvictWith(UNMANAGED_WARNING),
        (false, false) => Verdict::Refuse(UNMANAGED_ERROR.into()),
    }
}

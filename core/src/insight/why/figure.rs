//! What stands behind the figures of a DaemonSet's status: which nodes make the difference, and
//! why.

use std::cmp::Reverse;

use crate::api::daemon_set::REVISION_HASH_LABEL;
use crate::api::order::sort_by_key;
use crate::api::{DaemonSet, Name, Pod};
use crate::insight::why::{pods_there, why, why_not};
use crate::sim::Cluster;
use crate::sim::daemon_set::should_run;

/// Nodes that are asked one by one; more are counted.
const ASKED_MAX: usize = 24;

/// A figure of the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// `desiredNumberScheduled`: nodes that want a pod.
    Desired,
    /// `currentNumberScheduled`: of those, the ones that have one.
    Current,
    /// `numberReady`.
    Ready,
    /// `updatedNumberScheduled`.
    UpToDate,
    /// `numberAvailable`.
    Available,
    /// `numberMisscheduled`: nodes that have a pod and do not want it.
    Misscheduled,
}

impl Figure {
    /// All of them, in the order of `kubectl get daemonsets`; it has no column for the last.
    pub const ALL: [Figure; 6] = [
        Figure::Desired,
        Figure::Current,
        Figure::Ready,
        Figure::UpToDate,
        Figure::Available,
        Figure::Misscheduled,
    ];

    /// Its column in `kubectl get daemonsets`.
    pub fn column(self) -> &'static str {
        match self {
            Self::Desired => "DESIRED",
            Self::Current => "CURRENT",
            Self::Ready => "READY",
            Self::UpToDate => "UP-TO-DATE",
            Self::Available => "AVAILABLE",
            Self::Misscheduled => "MISSCHEDULED",
        }
    }

    /// The figure of a column, in letters of any size.
    pub fn named(column: &str) -> Option<Figure> {
        Figure::ALL.into_iter().find(|it| it.column().eq_ignore_ascii_case(column))
    }
}

/// Nodes that make the difference for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The nodes.
    pub nodes: Vec<Name>,
    /// Why, in half a sentence or a whole one.
    pub text: String,
}

/// A figure explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// How many, and of how many.
    pub count: (usize, usize),
    /// The whole in a sentence: "7 of 9: gpu-1 and gpu-2 are not wanted because …".
    pub sentence: String,
    /// Who makes the difference, the most frequent reason first.
    pub reasons: Vec<Reason>,
}

/// Explains a figure of a DaemonSet as the cluster stands.
pub fn explain(cluster: &Cluster, ds: &DaemonSet, figure: Figure) -> Explained {
    let (mut wanted, mut missing) = (0, Vec::new());
    let (mut all, mut asked) = (0, 0);
    let mut reasons: Vec<Reason> = Vec::new();
    for node in cluster.store().nodes() {
        all += 1;
        let name = &node.meta.name;
        let is_wanted = should_run(&ds.template, node).should_run;
        wanted += usize::from(is_wanted);
        let pods = pods_there(cluster, ds, name);
        let is_missing = match figure {
            Figure::Desired => !is_wanted,
            Figure::Misscheduled => !is_wanted && pods.iter().any(|it| is_living(it)),
            _ => is_wanted && !pods.iter().any(|it| counts(cluster, ds, it, figure)),
        };
        if !is_missing {
            continue;
        }
        missing.push(name.clone());
        asked += 1;
        let text = match figure {
            Figure::Desired | Figure::Misscheduled => {
                why_not(&ds.template, node).unwrap_or_default()
            }
            _ if asked > ASKED_MAX => "the same may hold for the others".to_owned(),
            _ => why(cluster, ds, name).sentence,
        };
        match reasons.iter_mut().find(|it| it.text == text) {
            Some(reason) => reason.nodes.push(name.clone()),
            None => reasons.push(Reason { nodes: vec![name.clone()], text }),
        }
    }
    sort_by_key(&mut reasons, |it| Reverse(it.nodes.len()));
    let count = match figure {
        Figure::Desired => (wanted, all),
        Figure::Misscheduled => (missing.len(), all),
        _ => (wanted - missing.len(), wanted),
    };
    Explained { count, sentence: sentence(figure, count, &reasons), reasons }
}

fn is_living(pod: &Pod) -> bool {
    !pod.meta.is_terminating() && !pod.is_terminal()
}

/// Whether a pod counts for a figure.
fn counts(cluster: &Cluster, ds: &DaemonSet, pod: &Pod, figure: Figure) -> bool {
    let is_new = || {
        let revisions = cluster.store().revisions_of(ds.meta.uid);
        let hash = revisions.max_by_key(|it| it.revision).and_then(|it| it.hash());
        hash.is_some() && hash == pod.meta.labels.get(REVISION_HASH_LABEL)
    };
    match figure {
        Figure::Ready => pod.is_ready(),
        Figure::Available => pod.is_available(ds.min_ready_seconds, cluster.now()),
        Figure::UpToDate => is_new(),
        Figure::Current | Figure::Desired | Figure::Misscheduled => true,
    }
}

fn sentence(figure: Figure, (count, of): (usize, usize), reasons: &[Reason]) -> String {
    let whole = match figure {
        Figure::Desired => "every node is wanted",
        Figure::Current => "every wanted node has its pod",
        Figure::Ready => "every pod is ready",
        Figure::UpToDate => "every pod runs the present template",
        Figure::Available => "every pod is available",
        Figure::Misscheduled => "no pod runs where it is not wanted",
    };
    let Some(first) = reasons.first() else {
        return match figure {
            Figure::Misscheduled => format!("{count}: {whole}."),
            _ => format!("{count} of {of}: {whole}."),
        };
    };
    let mut parts = Vec::new();
    match figure {
        Figure::Desired => {
            for reason in reasons {
                let (names, is) = listed(&reason.nodes);
                parts.push(format!("{names} {is} not wanted because {}", reason.text));
            }
            format!("{count} of {of}: {}.", parts.join("; "))
        }
        Figure::Misscheduled => {
            for reason in reasons {
                let (names, is) = listed(&reason.nodes);
                let keeps = if is == "is" { "keeps its pod" } else { "keep their pods" };
                parts.push(format!("{names} {keeps}, though {}", reason.text));
            }
            format!("{count}: {}.", parts.join("; "))
        }
        _ => format!("{count} of {of}: {}", first.text),
    }
}

/// `gpu-1 and gpu-2`, and whether one is or several are.
fn listed(names: &[Name]) -> (String, &'static str) {
    match names {
        [] => (String::new(), "is"),
        [one] => (one.to_string(), "is"),
        [one, two] => (format!("{one} and {two}"), "are"),
        [one, two, three] => (format!("{one}, {two} and {three}"), "are"),
        [one, two, rest @ ..] => (format!("{one}, {two} and {} others", rest.len()), "are"),
    }
}

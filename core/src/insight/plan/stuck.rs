//! What does not get there, why, and which practice would have prevented it.

use crate::api::daemon_set::{REVISION_HASH_LABEL, UpdateStrategy};
use crate::api::order::sort_by_key;
use crate::api::{DaemonSet, Pod};
use crate::insight::plan::forecast::newest;
use crate::insight::plan::{Fate, Forecast, NodePlan, Stuck, cause};
use crate::insight::why::{Gate, Stage, Verdict, why};
use crate::sim::ImageBehaviour;

/// Nodes that are asked why; of a large cluster the first tell enough.
const ASKED_MAX: usize = 64;

const ONE_NODE: &str = "maxUnavailable: 1 would have stopped it at the first node.";
const TRY_FIRST: &str =
    "Try a new image on one node first; kubectl rollout undo brings the old one back.";
const ROOM: &str =
    "Requests that fit on every node, or a priorityClassName that may push other pods out.";
const SURGE_PORT: &str = "With a host port use maxUnavailable: while an update surges the old and \
                          the new pod want the same port.";
const OTHER_PORT: &str = "Choose a host port that nobody else claims.";
const BUDGET: &str = "Repair or remove the node first, or allow more by maxUnavailable: a node \
                      without an available pod uses up the budget.";

/// The nodes that the change touches, or should have reached, without an available pod of the new
/// revision, grouped by reason.
pub(super) fn stuck(forecast: &Forecast, ds: &DaemonSet, nodes: &[NodePlan]) -> Vec<Stuck> {
    let mut groups: Vec<(Stage, &'static str, Stuck)> = Vec::new();
    let mut asked = 0;
    for node in nodes.iter().filter(|it| it.fate != Fate::Lose) {
        if is_there(forecast, ds, node) || !cause::wants(&forecast.ahead, ds, &node.node) {
            continue;
        }
        asked += 1;
        if asked > ASKED_MAX {
            // More of the same: they count with the last group.
            if let Some((_, _, last)) = groups.last_mut() {
                last.nodes.push(node.node.clone());
            }
            continue;
        }
        let answer = why(&forecast.ahead, ds, &node.node);
        let is_asked = |it: &&Gate| matches!(it.verdict, Verdict::Stops | Verdict::Waits);
        let Some(gate) = answer.gates.iter().find(is_asked) else { continue };
        let check = gate.checks.iter().find(|it| it.verdict == gate.verdict);
        let same =
            |it: &&mut (Stage, &'static str, Stuck)| it.0 == gate.stage && it.1 == gate.title;
        if let Some((_, _, group)) = groups.iter_mut().find(same) {
            group.nodes.push(node.node.clone());
            continue;
        }
        let group = Stuck {
            nodes: vec![node.node.clone()],
            reason: check.map_or_else(String::new, |it| it.text.clone()),
            waits: gate.stage == Stage::UpToDate,
            practice: None,
        };
        groups.push((gate.stage, gate.title, group));
    }
    let is_alone = groups.len() == 1;
    let mut all = Vec::new();
    for (stage, title, mut group) in groups {
        group.practice = practice(ds, stage, title, group.nodes.len(), is_alone);
        all.push(group);
    }
    // First what holds the others up.
    sort_by_key(&mut all, |it| it.waits);
    all
}

/// Nothing is missing on the node, or nothing of it is this change's doing.
fn is_there(forecast: &Forecast, ds: &DaemonSet, node: &NodePlan) -> bool {
    let Some(pod) = newest(&forecast.ahead, ds.meta.uid, &node.node) else { return false };
    let is_new = has_present_template(forecast, ds, pod);
    match node.fate {
        Fate::Keep => is_new || ds.update_strategy == UpdateStrategy::OnDelete,
        _ => is_new && pod.is_available(ds.min_ready_seconds, forecast.ahead.now()),
    }
}

fn has_present_template(forecast: &Forecast, ds: &DaemonSet, pod: &Pod) -> bool {
    let revisions = forecast.ahead.store().revisions_of(ds.meta.uid);
    let hash = revisions.max_by_key(|it| it.revision).and_then(|it| it.hash());
    hash.is_some() && hash == pod.meta.labels.get(REVISION_HASH_LABEL)
}

fn practice(
    ds: &DaemonSet,
    stage: Stage,
    title: &str,
    count: usize,
    is_alone: bool,
) -> Option<&'static str> {
    Some(match (stage, title) {
        (Stage::Scheduled, "Resources") => ROOM,
        (Stage::Scheduled, "Host ports") if ds.allows_surge() => SURGE_PORT,
        (Stage::Scheduled, "Host ports") => OTHER_PORT,
        (Stage::Started | Stage::Ready, _) if count > 1 => ONE_NODE,
        (Stage::Started | Stage::Ready, _) => TRY_FIRST,
        // Somebody else holds the budget.
        (Stage::UpToDate, _) if is_alone => BUDGET,
        _ => return None,
    })
}

/// An image that does not do its work, and no readiness probe that would say so.
pub(super) fn unnoticed(forecast: &Forecast, ds: &DaemonSet, nodes: &[NodePlan]) -> Option<String> {
    if nodes.iter().all(|it| matches!(it.fate, Fate::Keep | Fate::Lose)) {
        return None;
    }
    let world = forecast.ahead.store().world();
    let silent = ds.template.daemon_spec.containers.iter().find(|it| {
        it.readiness.is_none() && world.behaviour(&it.image) == ImageBehaviour::NeverReady
    })?;
    let image = &silent.image;
    Some(format!(
        "{image} will not do its work, and nobody notices: {} has no readiness probe.",
        silent.name
    ))
}

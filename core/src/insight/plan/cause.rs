//! Why a node gains or loses its pod and why pods restart: the check that was decided otherwise
//! before, and the line of the manifest that it reads.

use serde_json::Value;

use crate::api::template::PodTemplate;
use crate::api::{DaemonSet, Name, Node};
use crate::insight::plan::{Cause, Fate, Forecast};
use crate::insight::why::{Check, Gate, Mark, Verdict, eligibility};
use crate::manifest::Document;
use crate::sim::Cluster;
use crate::sim::daemon_set::should_run;

/// Whether the controller wants a pod on a node.
pub(super) fn wants(cluster: &Cluster, ds: &DaemonSet, node: &Name) -> bool {
    let node = cluster.store().node(node);
    node.is_some_and(|it| should_run(&ds.template, it).should_run)
}

/// Why a node gains or loses its pod. Of a new DaemonSet there is nothing to say.
pub(super) fn of(forecast: &Forecast, ds: &DaemonSet, node: &Name, fate: Fate) -> Option<Cause> {
    let old = forecast.before.store().daemon_set_by_uid(ds.meta.uid)?;
    let before = forecast.before.store().node(node);
    let after = forecast.applied.store().node(node)?;
    let document = forecast.document(ds);
    match fate {
        Fate::Gain => Some(match before {
            Some(before) => gained(&old.template, &ds.template, before, after, document)?,
            None => Cause { text: "the node joins".to_owned(), line: None },
        }),
        Fate::Lose => lost(&ds.template, after, document),
        Fate::Restart | Fate::Keep => None,
    }
}

fn gained(
    old: &PodTemplate,
    new: &PodTemplate,
    before: &Node,
    after: &Node,
    document: Option<&Document>,
) -> Option<Cause> {
    let (closed, check) = first_stop(&eligibility(old, before))?;
    let gates = eligibility(new, after);
    let gate = gates.iter().find(|it| it.title == closed)?;
    let passing = |it: &&Check| it.verdict == Verdict::Passes && it.path.is_some();
    let mut now = gate.checks.iter().filter(passing);
    let opened = match &check.mark {
        Some(Mark::Taint(taint)) => {
            now.find(|it| matches!(&it.mark, Some(Mark::Taint(it)) if it == taint))
        }
        _ => now.find(|it| it.path == check.path).or_else(|| now.next()),
    };
    let line = opened.and_then(|it| line(document, it.path.as_deref()?));
    let text = match (&check.mark, opened.is_some()) {
        (Some(Mark::Taint(_)), true) => "now tolerated".to_owned(),
        (Some(Mark::Taint(taint)), false) => format!("{taint} is gone"),
        (_, true) => match opened.and_then(|it| it.mark.as_ref()) {
            Some(mark) => label(mark, after),
            None => format!("{} matches", spoken(closed)),
        },
        (_, false) => format!("{} no longer excludes it", spoken(closed)),
    };
    Some(Cause { text, line })
}

fn lost(new: &PodTemplate, node: &Node, document: Option<&Document>) -> Option<Cause> {
    let (_, check) = first_stop(&eligibility(new, node))?;
    let line = check.path.as_deref().and_then(|it| line(document, it));
    let text = match &check.mark {
        Some(Mark::Taint(taint)) => format!("{taint} is not tolerated"),
        Some(mark) => label(mark, node),
        None => check.text,
    };
    Some(Cause { text, line })
}

/// The first check that does not pass, and the title of its gate.
fn first_stop(gates: &[Gate]) -> Option<(&'static str, Check)> {
    let gate = gates.iter().find(|it| it.verdict == Verdict::Stops)?;
    let check = gate.checks.iter().find(|it| it.verdict == Verdict::Stops)?;
    Some((gate.title, check.clone()))
}

fn label(mark: &Mark, node: &Node) -> String {
    match mark {
        Mark::Label(key) => {
            let value = node.meta.labels.get(key).map_or("", |it| it);
            format!("{key}={value}")
        }
        Mark::Taint(taint) => taint.to_string(),
    }
}

/// A gate's title within a sentence.
fn spoken(title: &str) -> &str {
    if title == "Node affinity" { "node affinity" } else { title }
}

/// The template's first field that is another one.
pub(super) fn restart(forecast: &Forecast, ds: &DaemonSet) -> Option<Cause> {
    let old = forecast.before.store().daemon_set_by_uid(ds.meta.uid)?;
    if old.template == ds.template {
        return None;
    }
    let read = |it: &PodTemplate| serde_json::from_str::<Value>(&it.body).unwrap_or_default();
    let mut path = String::from("spec.template");
    first_difference(&read(&old.template), &read(&ds.template), &mut path);
    let line = line(forecast.document(ds), &path);
    let inner = path.strip_prefix("spec.template.").unwrap_or(&path);
    Some(Cause { text: inner.strip_prefix("spec.").unwrap_or(inner).to_owned(), line })
}

/// Appends the way to it; where a list has another length it ends there.
fn first_difference(old: &Value, new: &Value, path: &mut String) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = new.keys().chain(old.keys());
            let differs = |key: &&String| old.get(*key) != new.get(*key);
            let Some(key) = keys.into_iter().find(differs) else { return };
            match key.contains(['.', '/']) {
                true => path.push_str(&format!("[{key}]")),
                false => path.push_str(&format!(".{key}")),
            }
            if let (Some(old), Some(new)) = (old.get(key), new.get(key)) {
                first_difference(old, new, path);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let Some(index) = (0..old.len()).find(|it| old[*it] != new[*it]) else { return };
            path.push_str(&format!("[{index}]"));
            first_difference(&old[index], &new[index], path);
        }
        _ => {}
    }
}

fn line(document: Option<&Document>, path: &str) -> Option<u32> {
    Some(document?.locate(path).start.line)
}

//! The scheduler's filters for a daemon pod, and the text of its FailedScheduling message.

use daemonset_core::api::{Pod, Time};
use daemonset_core::sim::scheduler::{Nomination, filter, refusals, schedule};
use daemonset_core::sim::{ActorSet, Cluster, Seed};
use serde_json::Value;

use crate::{check_all, compare};

#[test]
fn scheduling() {
    check_all("scheduling.jsonl", check);
}

/// Whether a row agrees.
pub(crate) fn check(row: &Value) -> Result<(), String> {
    match row["kind"].as_str() {
        Some("filter") => check_filter(row),
        _ => check_message(row),
    }
}

fn cluster(nodes: &[Value], running: &Value) -> Cluster {
    let mut cluster = Cluster::lock_step(Seed(0), ActorSet::only(&[]));
    nodes.iter().for_each(|it| cluster.place_node(it));
    for pod in running.as_array().into_iter().flatten() {
        cluster.place_pod(Pod::from_json(pod, Time::ZERO));
    }
    cluster
}

fn check_filter(row: &Value) -> Result<(), String> {
    let cluster = cluster(std::slice::from_ref(&row["node"]), &row["running"]);
    let pod = Pod::from_json(&row["pod"], Time::ZERO);
    let node = cluster.store().nodes().next().unwrap();
    let alone: serde_json::Map<String, Value> = refusals(&pod, node, cluster.store())
        .into_iter()
        .map(|mut it| {
            it.reasons.sort();
            (it.plugin.to_owned(), Value::from(it.reasons))
        })
        .collect();
    let expected = row["failures"].as_object().cloned().unwrap_or_default();
    compare("failures", expected, alone)?;
    let got = filter(&pod, node, cluster.store());
    compare("fits", row["fits"] == true, got.is_ok())?;
    let Err(mut refusal) = got else { return Ok(()) };
    refusal.reasons.sort();
    let first = &row["first"];
    compare("plugin", &first["plugin"], &Value::from(refusal.plugin))?;
    compare("reasons", &first["reasons"], &Value::from(refusal.reasons))?;
    let is_curable = first["code"] == "Unschedulable";
    compare("preemption could help", is_curable, refusal.is_curable)
}

fn check_message(row: &Value) -> Result<(), String> {
    let cluster = cluster(row["nodes"].as_array().unwrap(), &row["running"]);
    let pod = Pod::from_json(&row["pod"], Time::ZERO);
    let (mut got, mut nominated) = (Value::Null, Value::Null);
    let node = match schedule(&pod, cluster.store()) {
        Ok(node) => Value::from(&*node),
        Err(failure) => {
            got = Value::from(failure.text);
            if let Nomination::Node { node, .. } = failure.nomination {
                nominated = Value::from(&*node);
            }
            Value::Null
        }
    };
    compare("node", &row["node"], &node)?;
    compare("message", &row["message"], &got)?;
    compare("nominated", &row["nominated"], &nominated)
}

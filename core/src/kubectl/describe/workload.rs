//! Deployments and ReplicaSets.

use serde_json::Value;

use super::container::plain;
use super::daemon_set::pods_by_phase;
use super::{annotations, controller, labels, metadata_texts, pod_template};
use crate::api::json;
use crate::kubectl::age::rfc1123;
use crate::kubectl::get::selector_text;
use crate::kubectl::resource::{name_of, namespace_of};
use crate::kubectl::rollout::deployment::{new_replica_set, replica_sets};
use crate::kubectl::server::Server;

pub(super) fn deployment(object: &Value, server: &dyn Server) -> String {
    let (spec, status) = (json::field(object, "spec"), json::field(object, "status"));
    let created = rfc1123(json::at(object, &["metadata", "creationTimestamp"]));
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n", name_of(object), namespace_of(object));
    text.push_str(&format!("CreationTimestamp:\t{created}\n"));
    labels(&mut text, "", "Labels", &metadata_texts(object, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(object, "annotations"));
    text.push_str(&format!("Selector:\t{}\n", selector_text(json::field(spec, "selector"))));
    let figure = |key| json::integer(status, key).unwrap_or(0);
    let desired = json::integer(spec, "replicas").unwrap_or(1);
    let (updated, total) = (figure("updatedReplicas"), figure("replicas"));
    let (available, missing) = (figure("availableReplicas"), figure("unavailableReplicas"));
    text.push_str(&format!(
        "Replicas:\t{desired} desired | {updated} updated | {total} total | \
         {available} available | {missing} unavailable\n"
    ));
    let strategy = json::field(spec, "strategy");
    text.push_str(&format!("StrategyType:\t{}\n", plain(json::field(strategy, "type"))));
    let seconds = json::integer(spec, "minReadySeconds").unwrap_or(0);
    text.push_str(&format!("MinReadySeconds:\t{seconds}\n"));
    let rolling = json::field(strategy, "rollingUpdate");
    if rolling.is_object() {
        let budget = |key| plain(json::field(rolling, key));
        let (unavailable, surge) = (budget("maxUnavailable"), budget("maxSurge"));
        text.push_str(&format!(
            "RollingUpdateStrategy:\t{unavailable} max unavailable, {surge} max surge\n"
        ));
    }
    text.push_str(&pod_template(json::field(spec, "template")));
    conditions(&mut text, status);
    let all = replica_sets(object, server);
    if !all.is_empty() {
        let new = new_replica_set(object, &all);
        let is_new = |it: &&Value| new.is_some_and(|new| name_of(new) == name_of(it));
        let old: Vec<&Value> = all.iter().filter(|it| !is_new(it)).collect();
        text.push_str(&format!("OldReplicaSets:\t{}\n", sets(&old)));
        text.push_str(&format!("NewReplicaSet:\t{}\n", sets(&Vec::from_iter(new))));
    }
    text
}

pub(super) fn replica_set(object: &Value, server: &dyn Server) -> String {
    let (spec, status) = (json::field(object, "spec"), json::field(object, "status"));
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n", name_of(object), namespace_of(object));
    text.push_str(&format!("Selector:\t{}\n", selector_text(json::field(spec, "selector"))));
    labels(&mut text, "", "Labels", &metadata_texts(object, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(object, "annotations"));
    controller(&mut text, object);
    let current = json::integer(status, "replicas").unwrap_or(0);
    let desired = json::integer(spec, "replicas").unwrap_or(1);
    text.push_str(&format!("Replicas:\t{current} current / {desired} desired\n"));
    let [running, waiting, succeeded, failed] = pods_by_phase(object, server);
    text.push_str(&format!("Pods Status:\t{running} Running / {waiting} Waiting / "));
    text.push_str(&format!("{succeeded} Succeeded / {failed} Failed\n"));
    text.push_str(&pod_template(json::field(spec, "template")));
    conditions(&mut text, status);
    text
}

fn conditions(text: &mut String, status: &Value) {
    let conditions = json::list(status, "conditions");
    if !conditions.is_empty() {
        text.push_str("Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n");
    }
    for it in conditions {
        let field = |key| plain(json::field(it, key));
        let (kind, state, reason) = (field("type"), field("status"), field("reason"));
        text.push_str(&format!("  {kind} \t{state}\t{reason}\n"));
    }
}

fn sets(sets: &[&Value]) -> String {
    if sets.is_empty() {
        return "<none>".to_owned();
    }
    let text = |it: &&Value| {
        let created = json::integer(json::field(it, "status"), "replicas").unwrap_or(0);
        let wanted = json::integer(json::field(it, "spec"), "replicas").unwrap_or(1);
        format!("{} ({created}/{wanted} replicas created)", name_of(it))
    };
    sets.iter().map(text).collect::<Vec<_>>().join(", ")
}

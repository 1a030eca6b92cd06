//! The history of a Deployment: its ReplicaSets (`polymorphichelpers/history.go`, `rollback.go`).

use serde_json::{Value, json};

use crate::api::json;
use crate::kubectl::output::Fault;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::rollout::history::CHANGE_CAUSE;
use crate::kubectl::rollout::undo::is_current;
use crate::kubectl::server::Server;

const REVISION: &str = "deployment.kubernetes.io/revision";
const HASH: &str = "pod-template-hash";

/// The ReplicaSets that a Deployment owns, oldest first.
pub(in crate::kubectl) fn replica_sets(deployment: &Value, server: &dyn Server) -> Vec<Value> {
    let uid = json::at(deployment, &["metadata", "uid"]);
    let is_own = |it: &Value| {
        let owners = json::list(json::field(it, "metadata"), "ownerReferences");
        namespace_of(it) == namespace_of(deployment)
            && owners.iter().any(|it| json::flag(it, "controller") && json::field(it, "uid") == uid)
    };
    let mut sets = server.list(Resource::plural("replicasets"));
    sets.retain(is_own);
    let created = |it: &Value| json::at(it, &["metadata", "creationTimestamp"]).to_string();
    sets.sort_by_key(|it| (created(it), name_of(it).to_owned()));
    sets
}

/// The one that has the Deployment's template.
pub(in crate::kubectl) fn new_replica_set<'a>(
    deployment: &Value,
    sets: &'a [Value],
) -> Option<&'a Value> {
    let wanted = json::at(deployment, &["spec", "template"]);
    sets.iter().find(|it| is_current(&without_hash(it), &drop_hash(wanted.clone())))
}

/// The number of a ReplicaSet's revision; none for one that has no number.
pub(super) fn number(set: &Value) -> Option<i64> {
    json::at(set, &["metadata", "annotations", REVISION]).as_str()?.parse().ok()
}

/// Numbers with the reasons for them, and the templates.
pub(super) fn history(sets: &[Value]) -> Vec<(i64, &Value)> {
    let mut history: Vec<(i64, &Value)> =
        sets.iter().filter_map(|it| Some((number(it)?, it))).collect();
    history.sort_by_key(|it| it.0);
    history
}

/// The template of a revision with its reason, as the history shows it.
pub(super) fn template_of(set: &Value) -> Value {
    let mut template = json::at(set, &["spec", "template"]).clone();
    let cause = json::at(set, &["metadata", "annotations", CHANGE_CAUSE]);
    if let (Some(cause), true) = (cause.as_str(), template.is_object()) {
        template["metadata"]["annotations"][CHANGE_CAUSE] = Value::from(cause);
    }
    template
}

/// The ReplicaSet to go back to; 0 is the one before the last.
pub(super) fn target<'a>(
    deployment: &Value,
    sets: &'a [Value],
    wanted: i64,
) -> Result<&'a Value, Fault> {
    let history = history(sets);
    let name = name_of(deployment);
    let fault = |text| Err(Fault::Plain(text));
    match wanted {
        0 => match history.iter().rev().nth(1) {
            Some((_, set)) => Ok(set),
            None => fault(format!("no rollout history found for deployment \"{name}\"")),
        },
        wanted => match history.iter().find(|it| it.0 == wanted) {
            Some((_, set)) => Ok(set),
            None => fault(format!("unable to find specified revision {wanted} in history")),
        },
    }
}

/// The patch that gives the Deployment the template of a ReplicaSet, or nothing if it has it.
pub(super) fn patch_to(deployment: &Value, set: &Value) -> Option<Value> {
    let mut template = without_hash(set);
    if is_current(&template, &drop_hash(json::at(deployment, &["spec", "template"]).clone())) {
        return None;
    }
    template["$patch"] = Value::from("replace");
    let cause = json::at(set, &["metadata", "annotations", CHANGE_CAUSE]);
    let annotations = json!({CHANGE_CAUSE: cause});
    Some(json!({"metadata": {"annotations": annotations}, "spec": {"template": template}}))
}

fn without_hash(set: &Value) -> Value {
    drop_hash(json::at(set, &["spec", "template"]).clone())
}

fn drop_hash(mut template: Value) -> Value {
    let labels = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut);
    if let Some(labels) = labels {
        labels.remove(HASH);
    }
    template
}

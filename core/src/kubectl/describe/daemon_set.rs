//! A DaemonSet.

use serde_json::Value;

use super::{annotations, labels, metadata_texts, pod_template};
use crate::api::json;
use crate::kubectl::get::{pairs, selector_text};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::server::Server;

pub(super) fn describe(object: &Value, server: &dyn Server) -> String {
    let (spec, status) = (json::field(object, "spec"), json::field(object, "status"));
    let selector = selector_text(json::field(spec, "selector"));
    let template = json::field(spec, "template");
    let nodes = pairs(&json::texts(json::field(template, "spec"), "nodeSelector"));
    let mut text = format!("Name:\t{}\nSelector:\t{selector}\n", name_of(object));
    text.push_str(&format!("Node-Selector:\t{nodes}\n"));
    labels(&mut text, "", "Labels", &metadata_texts(object, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(object, "annotations"));
    for (title, key) in [
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ] {
        text.push_str(&format!("{title}: {}\n", json::integer(status, key).unwrap_or(0)));
    }
    let [running, waiting, succeeded, failed] = pods_by_phase(object, server);
    text.push_str(&format!("Pods Status:\t{running} Running / {waiting} Waiting / "));
    text.push_str(&format!("{succeeded} Succeeded / {failed} Failed\n"));
    text.push_str(&pod_template(template));
    text
}

/// How many pods of an owner run, wait, have succeeded, have failed.
pub(super) fn pods_by_phase(owner: &Value, server: &dyn Server) -> [usize; 4] {
    let uid = json::at(owner, &["metadata", "uid"]);
    let is_owned = |pod: &&Value| {
        let owners = json::list(json::field(pod, "metadata"), "ownerReferences");
        namespace_of(pod) == namespace_of(owner)
            && owners.iter().any(|it| json::flag(it, "controller") && json::field(it, "uid") == uid)
    };
    let pods = server.list(Resource::plural("pods"));
    let owned: Vec<&Value> = pods.iter().filter(is_owned).collect();
    ["Running", "Pending", "Succeeded", "Failed"]
        .map(|phase| owned.iter().filter(|it| json::at(it, &["status", "phase"]) == phase).count())
}

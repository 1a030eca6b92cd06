//! What the pods are made of.

use serde_json::{Value, json};

use crate::api::json;
use crate::insight::lint::{Advice, Change, Subject, pod_path};

/// Directories whose whole contents an agent rarely needs.
const BROAD: [&str; 8] = ["/", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/var"];

pub(super) fn latest_tag(subject: &Subject, advice: &mut Vec<Advice>) {
    for (path, container) in subject.containers() {
        let Some(image) = json::field(container, "image").as_str() else { continue };
        let last = image.rsplit('/').next().unwrap_or(image);
        let is_fixed =
            image.contains('@') || last.rsplit_once(':').is_some_and(|(_, tag)| tag != "latest");
        if !is_fixed {
            advice.push(Advice {
                rule: "latest-tag",
                path: path.child("image").into(),
                text: format!("{image} names no fixed version."),
                reason: "Nodes then run what latest meant on the day they pulled it, and an undo \
                         brings nothing back.",
                fix: None,
            });
        }
    }
}

pub(super) fn requests(subject: &Subject, advice: &mut Vec<Advice>) {
    for (path, container) in subject.containers() {
        let resources = json::field(container, "resources");
        let given = |list: &str, name: &str| !json::at(resources, &[list, name]).is_null();
        let asks = |name: &str| given("requests", name) || given("limits", name);
        let missing: Vec<&str> = ["cpu", "memory"].into_iter().filter(|it| !asks(it)).collect();
        if missing.is_empty() {
            continue;
        }
        let name = json::text(container, "name").unwrap_or_default();
        let mut fix = serde_json::Map::new();
        for (resource, amount) in [("cpu", "100m"), ("memory", "128Mi")] {
            if missing.contains(&resource) {
                fix.insert(resource.to_owned(), json!(amount));
            }
        }
        let resources_path = path.child("resources");
        let is_new = json::field(resources, "requests").is_null();
        advice.push(Advice {
            rule: "requests",
            path: resources_path.clone().into(),
            text: format!(
                "Container {name} does not say how much {} it needs.",
                missing.join(" and ")
            ),
            reason: "Without requests the scheduler takes it for nothing, and under pressure the \
                     kubelet evicts it first.",
            fix: is_new
                .then(|| Change::Set(resources_path.child("requests").into(), Value::Object(fix))),
        });
    }
}

/// What a container may take of its node's memory; cpu it only takes while nobody else wants it.
pub(super) fn limits(subject: &Subject, advice: &mut Vec<Advice>) {
    for (path, container) in subject.containers() {
        let resources = json::field(container, "resources");
        if !json::at(resources, &["limits", "memory"]).is_null() {
            continue;
        }
        let asked = json::at(resources, &["requests", "memory"]);
        let amount = if asked.is_null() { json!("128Mi") } else { asked.clone() };
        let name = json::text(container, "name").unwrap_or_default();
        let path = path.child("resources");
        advice.push(Advice {
            rule: "limits",
            path: path.clone().into(),
            text: format!("Container {name} may take all the memory of its node."),
            reason: "With a limit a leak ends this container, not its neighbours.",
            fix: Some(Change::Set(path.child("limits").child("memory").into(), amount)),
        });
    }
}

pub(super) fn readiness(subject: &Subject, advice: &mut Vec<Advice>) {
    for (index, container) in json::list(subject.pod_spec(), "containers").iter().enumerate() {
        if json::field(container, "readinessProbe").is_null() {
            let name = json::text(container, "name").unwrap_or_default();
            advice.push(Advice {
                rule: "readiness",
                path: pod_path().child("containers").index(index).into(),
                text: format!("Container {name} has no readinessProbe."),
                reason: "It counts as ready the moment it runs, so a rollout goes on although it \
                         does not work yet.",
                fix: None,
            });
        }
    }
}

/// Host directories: only those that are needed, and to be read only.
pub(super) fn host_path(subject: &Subject, advice: &mut Vec<Advice>) {
    for (index, volume) in json::list(subject.pod_spec(), "volumes").iter().enumerate() {
        let Some(directory) = json::at(volume, &["hostPath", "path"]).as_str() else { continue };
        let name = json::field(volume, "name").as_str().unwrap_or_default();
        let trimmed = match directory.trim_end_matches('/') {
            "" => "/",
            other => other,
        };
        if BROAD.contains(&trimmed) {
            advice.push(Advice {
                rule: "host-path",
                path: pod_path()
                    .child("volumes")
                    .index(index)
                    .child("hostPath")
                    .child("path")
                    .into(),
                text: format!("The pods see all of {trimmed} of their node."),
                reason: "Mount the directories that are needed, and nothing above them.",
                fix: None,
            });
        }
        mounts_to_write(subject, name, directory, advice);
    }
}

fn mounts_to_write(subject: &Subject, volume: &str, directory: &str, advice: &mut Vec<Advice>) {
    for (path, container) in subject.containers() {
        for (index, mount) in json::list(container, "volumeMounts").iter().enumerate() {
            let is_it = json::field(mount, "name").as_str() == Some(volume);
            if !is_it || json::flag(mount, "readOnly") {
                continue;
            }
            let read_only: String =
                path.child("volumeMounts").index(index).child("readOnly").into();
            advice.push(Advice {
                rule: "host-path-writable",
                path: path.child("volumeMounts").index(index).into(),
                text: format!("{directory} of the node can be written to."),
                reason: "An agent that only reads should not be able to change its node.",
                fix: Some(Change::Set(read_only, json!(true))),
            });
        }
    }
}

pub(super) fn priority(subject: &Subject, advice: &mut Vec<Advice>) {
    if json::field(subject.pod_spec(), "priorityClassName").is_null() {
        let path: String = pod_path().child("priorityClassName").into();
        advice.push(Advice {
            rule: "priority",
            path: path.clone(),
            text: "The pods have no priority.".to_owned(),
            reason: "A daemon pod can run on its one node only; where ordinary pods have filled \
                     it, it stays Pending.",
            fix: Some(Change::Set(path, json!("system-node-critical"))),
        });
    }
}

/// A port or an annotation by which it can be scraped.
pub(super) fn monitoring(subject: &Subject, advice: &mut Vec<Advice>) {
    let annotations = json::at(subject.spec(), &["template", "metadata", "annotations"]);
    let is_annotated = !json::field(annotations, "prometheus.io/scrape").is_null();
    let is_named =
        |port: &Value| json::field(port, "name").as_str().is_some_and(|it| it.contains("metric"));
    let mut containers = subject.containers().into_iter();
    let has_port = containers.any(|(_, it)| json::list(it, "ports").iter().any(is_named));
    if !is_annotated && !has_port {
        advice.push(Advice {
            rule: "monitoring",
            path: "spec.template.metadata".to_owned(),
            text: "Nothing says where its metrics are.".to_owned(),
            reason: "Name a port metrics, or annotate the pods: an agent that fails on one node is \
                     easily overlooked.",
            fix: None,
        });
    }
}

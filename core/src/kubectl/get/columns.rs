//! The columns of tables, which a real cluster's API server makes
//! (`pkg/printers/internalversion/printers.go`).

use serde_json::Value;

use super::pod_status::PodSummary;
use super::stored;
use crate::api::{Labels, json};
use crate::kubectl::age::{human, instant, since};
use crate::kubectl::resource::{Resource, name_of};

/// The headers of a type's table.
pub(super) fn headers(resource: &Resource, is_wide: bool) -> Vec<String> {
    let (narrow, wide) = match resource.plural {
        "pods" => ("NAME|READY|STATUS|RESTARTS|AGE", "|IP|NODE|NOMINATED NODE|READINESS GATES"),
        "daemonsets" => (
            "NAME|DESIRED|CURRENT|READY|UP-TO-DATE|AVAILABLE|NODE SELECTOR|AGE",
            "|CONTAINERS|IMAGES|SELECTOR",
        ),
        "deployments" => ("NAME|READY|UP-TO-DATE|AVAILABLE|AGE", "|CONTAINERS|IMAGES|SELECTOR"),
        "replicasets" => ("NAME|DESIRED|CURRENT|READY|AGE", "|CONTAINERS|IMAGES|SELECTOR"),
        "controllerrevisions" => ("NAME|CONTROLLER|REVISION|AGE", ""),
        "nodes" => (
            "NAME|STATUS|ROLES|AGE|VERSION",
            "|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME",
        ),
        "namespaces" => ("NAME|STATUS|AGE", ""),
        "events" if is_wide => {
            ("LAST SEEN|TYPE|REASON|OBJECT|SUBOBJECT|SOURCE|MESSAGE|FIRST SEEN|COUNT|NAME", "")
        }
        "events" => ("LAST SEEN|TYPE|REASON|OBJECT|MESSAGE", ""),
        other => stored::headers(other),
    };
    let all = format!("{narrow}{}", if is_wide { wide } else { "" });
    all.split('|').map(str::to_owned).collect()
}

/// The cells of an object.
pub(super) fn cells(resource: &Resource, object: &Value, is_wide: bool, now: i64) -> Vec<String> {
    let name = name_of(object).to_owned();
    let created = json::at(object, &["metadata", "creationTimestamp"]);
    let age = since(created, now);
    let status = json::field(object, "status");
    let spec = json::field(object, "spec");
    let figure = |of: &Value, key: &str| json::integer(of, key).unwrap_or(0).to_string();
    let mut cells = match resource.plural {
        "pods" => return pod(object, is_wide, age, now),
        "nodes" => return node(object, is_wide, age),
        "events" => return event(object, is_wide, now),
        "daemonsets" => {
            let selector = json::texts(json::at(spec, &["template", "spec"]), "nodeSelector");
            vec![
                name,
                figure(status, "desiredNumberScheduled"),
                figure(status, "currentNumberScheduled"),
                figure(status, "numberReady"),
                figure(status, "updatedNumberScheduled"),
                figure(status, "numberAvailable"),
                pairs(&selector),
                age,
            ]
        }
        "deployments" => {
            let desired = json::integer(spec, "replicas").unwrap_or(1);
            let ready = format!("{}/{desired}", figure(status, "readyReplicas"));
            let updated = figure(status, "updatedReplicas");
            vec![name, ready, updated, figure(status, "availableReplicas"), age]
        }
        "replicasets" => {
            let desired = json::integer(spec, "replicas").unwrap_or(1).to_string();
            let (current, ready) = (figure(status, "replicas"), figure(status, "readyReplicas"));
            vec![name, desired, current, ready, age]
        }
        "controllerrevisions" => {
            return vec![name, controller(object), figure(object, "revision"), age];
        }
        "namespaces" => {
            let phase = json::text(status, "phase").unwrap_or_else(|| "Active".into());
            return vec![name, phase.to_string(), age];
        }
        _ => return stored::cells(resource, object, is_wide, age),
    };
    if is_wide {
        let containers = json::list(json::at(spec, &["template", "spec"]), "containers");
        let column = |key: &str| {
            let texts = containers.iter().map(|it| json::text(it, key).unwrap_or_default());
            texts.map(|it| it.to_string()).collect::<Vec<_>>().join(",")
        };
        cells.extend([column("name"), column("image")]);
        cells.push(selector_text(json::field(spec, "selector")));
    }
    cells
}

fn pod(object: &Value, is_wide: bool, age: String, now: i64) -> Vec<String> {
    let summary = PodSummary::of(object);
    let restarts = match summary.last_restart {
        Some(last) if summary.restarts > 0 => {
            format!("{} ({} ago)", summary.restarts, human(now - last))
        }
        _ => summary.restarts.to_string(),
    };
    let ready = format!("{}/{}", summary.ready, summary.total);
    let mut cells = vec![name_of(object).to_owned(), ready, summary.status, restarts, age];
    if is_wide {
        let status = json::field(object, "status");
        let spec = json::field(object, "spec");
        let or_none = |of: &Value, key: &str| {
            json::non_empty(of, key).map_or_else(|| "<none>".to_owned(), |it| it.to_string())
        };
        cells.push(or_none(status, "podIP"));
        cells.push(or_none(spec, "nodeName"));
        cells.push(or_none(status, "nominatedNodeName"));
        let gates = json::list(spec, "readinessGates");
        let is_open = |gate: &&Value| {
            let is_it = |it: &&Value| json::field(it, "type") == json::field(gate, "conditionType");
            let condition = json::list(status, "conditions").iter().find(is_it);
            condition.is_some_and(|it| json::field(it, "status") == "True")
        };
        cells.push(match gates.len() {
            0 => "<none>".to_owned(),
            count => format!("{}/{count}", gates.iter().filter(is_open).count()),
        });
    }
    cells
}

fn node(object: &Value, is_wide: bool, age: String) -> Vec<String> {
    let status = json::field(object, "status");
    let conditions = json::list(status, "conditions");
    let ready = conditions.iter().find(|it| json::field(it, "type") == "Ready");
    let mut state = match ready {
        Some(ready) if json::field(ready, "status") == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if json::flag(json::field(object, "spec"), "unschedulable") {
        state.push_str(",SchedulingDisabled");
    }
    let info = json::field(status, "nodeInfo");
    let version = json::text(info, "kubeletVersion").unwrap_or_default().to_string();
    let mut cells = vec![name_of(object).to_owned(), state, roles(object), age, version];
    if is_wide {
        let address = |kind: &str| {
            let addresses = json::list(status, "addresses");
            let found = addresses.iter().find(|it| json::field(it, "type") == kind);
            let text = found.and_then(|it| json::non_empty(it, "address"));
            text.map_or_else(|| "<none>".to_owned(), |it| it.to_string())
        };
        cells.extend([address("InternalIP"), address("ExternalIP")]);
        for key in ["osImage", "kernelVersion", "containerRuntimeVersion"] {
            let text = json::non_empty(info, key);
            cells.push(text.map_or_else(|| "<unknown>".to_owned(), |it| it.to_string()));
        }
    }
    cells
}

/// The ends of labels `node-role.kubernetes.io/…`, and the values of `kubernetes.io/role`.
pub(in crate::kubectl) fn roles(node: &Value) -> String {
    let labels = json::texts(json::field(node, "metadata"), "labels");
    let role = |(key, value): (&crate::api::Name, &crate::api::Name)| {
        let role = key.strip_prefix("node-role.kubernetes.io/");
        let role = role.or_else(|| (&**key == "kubernetes.io/role").then_some(value));
        role.filter(|it| !it.is_empty()).map(str::to_owned)
    };
    let mut roles: Vec<String> = labels.iter().filter_map(role).collect();
    roles.sort();
    roles.dedup();
    if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") }
}

fn event(object: &Value, is_wide: bool, now: i64) -> Vec<String> {
    let time = |key: &str| instant(json::field(object, key));
    let text = |key: &str| json::text(object, key).unwrap_or_default().to_string();
    let age = |at: Option<i64>| at.map_or_else(|| "<unknown>".to_owned(), |it| human(now - it));
    let series = json::field(object, "series");
    let first = time("firstTimestamp").or(time("eventTime"));
    let observed = instant(json::field(series, "lastObservedTime"));
    let last = observed.or(time("lastTimestamp")).or(first);
    let count = json::integer(series, "count").or(json::integer(object, "count"));
    let involved = json::field(object, "involvedObject");
    let kind = json::text(involved, "kind").unwrap_or_default().to_ascii_lowercase();
    let target = match json::non_empty(involved, "name") {
        Some(name) => format!("{kind}/{name}"),
        None => kind,
    };
    let message = text("message").trim().to_owned();
    let mut cells = vec![age(last), text("type"), text("reason"), target];
    if !is_wide {
        cells.push(message);
        return cells;
    }
    let source = json::field(object, "source");
    let component = json::non_empty(source, "component")
        .or_else(|| json::non_empty(object, "reportingComponent"));
    let host =
        json::non_empty(source, "host").or_else(|| json::non_empty(object, "reportingInstance"));
    let source: Vec<String> =
        [component, host].into_iter().flatten().map(|it| it.to_string()).collect();
    cells.push(json::text(involved, "fieldPath").unwrap_or_default().to_string());
    cells.extend([source.join(", "), message, age(first)]);
    cells.push(count.filter(|it| *it > 0).unwrap_or(1).to_string());
    cells.push(name_of(object).to_owned());
    cells
}

/// `daemonset.apps/NAME` of the owner that controls the object.
fn controller(object: &Value) -> String {
    let owners = json::list(json::field(object, "metadata"), "ownerReferences");
    let Some(owner) = owners.iter().find(|it| json::flag(it, "controller")) else {
        return "<none>".to_owned();
    };
    let text = |key| json::text(owner, key).unwrap_or_default();
    let kind = text("kind").to_ascii_lowercase();
    match text("apiVersion").split_once('/') {
        Some((group, _)) => format!("{kind}.{group}/{}", text("name")),
        None => format!("{kind}/{}", text("name")),
    }
}

/// `a=b,c=d`, or `<none>`.
pub(in crate::kubectl) fn pairs(labels: &Labels) -> String {
    if labels.is_empty() {
        return "<none>".to_owned();
    }
    // The pairs are sorted as texts, not by key: `a-b=` comes before `a=1`.
    let mut pairs: Vec<String> =
        labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.sort();
    pairs.join(",")
}

/// A label selector as Go prints it, sorted by key: `app in (a,b),x,!y,z notin (q)`.
pub(in crate::kubectl) fn selector_text(selector: &Value) -> String {
    let mut parts: Vec<(String, String)> = json::texts(selector, "matchLabels")
        .iter()
        .map(|(key, value)| (key.to_string(), format!("{key}={value}")))
        .collect();
    for expression in json::list(selector, "matchExpressions") {
        let key = json::text(expression, "key").unwrap_or_default();
        let mut values = json::names(expression, "values");
        values.sort();
        let values = values.join(",");
        let text = match json::field(expression, "operator").as_str().unwrap_or_default() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_string(),
        };
        parts.push((key.to_string(), text));
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    if parts.is_empty() {
        return "<none>".to_owned();
    }
    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(",")
}

//! The columns of types whose objects are stored and on which nothing acts
//! (`pkg/printers/internalversion/printers.go`). What only a controller would fill in is empty.

use serde_json::Value;

use super::{pairs, selector_text};
use crate::api::json;
use crate::kubectl::resource::{Resource, name_of};

/// Their headers; those of all others are a name and an age.
pub(super) fn headers(plural: &str) -> (&'static str, &'static str) {
    match plural {
        "configmaps" => ("NAME|DATA|AGE", ""),
        "secrets" => ("NAME|TYPE|DATA|AGE", ""),
        "serviceaccounts" => ("NAME|SECRETS|AGE", ""),
        "leases" => ("NAME|HOLDER|AGE", ""),
        "services" => ("NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE", "|SELECTOR"),
        "endpoints" => ("NAME|ENDPOINTS|AGE", ""),
        "statefulsets" => ("NAME|READY|AGE", "|CONTAINERS|IMAGES"),
        "replicationcontrollers" => {
            ("NAME|DESIRED|CURRENT|READY|AGE", "|CONTAINERS|IMAGES|SELECTOR")
        }
        "jobs" => ("NAME|STATUS|COMPLETIONS|DURATION|AGE", "|CONTAINERS|IMAGES|SELECTOR"),
        "cronjobs" => (
            "NAME|SCHEDULE|TIMEZONE|SUSPEND|ACTIVE|LAST SCHEDULE|AGE",
            "|CONTAINERS|IMAGES|SELECTOR",
        ),
        "ingresses" => ("NAME|CLASS|HOSTS|ADDRESS|PORTS|AGE", ""),
        "networkpolicies" => ("NAME|POD-SELECTOR|AGE", ""),
        "poddisruptionbudgets" => {
            ("NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE", "")
        }
        "horizontalpodautoscalers" => ("NAME|REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE", ""),
        "persistentvolumeclaims" => (
            "NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE",
            "|VOLUMEMODE",
        ),
        "storageclasses" => {
            ("NAME|PROVISIONER|RECLAIMPOLICY|VOLUMEBINDINGMODE|ALLOWVOLUMEEXPANSION|AGE", "")
        }
        "priorityclasses" => ("NAME|VALUE|GLOBAL-DEFAULT|AGE", ""),
        "rolebindings" | "clusterrolebindings" => ("NAME|ROLE|AGE", ""),
        "roles" | "clusterroles" | "limitranges" | "customresourcedefinitions" => {
            ("NAME|CREATED AT", "")
        }
        _ => ("NAME|AGE", ""),
    }
}

/// The cells of an object.
pub(super) fn cells(
    resource: &Resource,
    object: &Value,
    is_wide: bool,
    age: String,
) -> Vec<String> {
    let name = name_of(object).to_owned();
    let (spec, status) = (json::field(object, "spec"), json::field(object, "status"));
    let count = |key| json::field(object, key).as_object().map_or(0, |it| it.len());
    let figure = |of: &Value, key: &str| json::integer(of, key).unwrap_or(0).to_string();
    let or = |of: &Value, key: &str, other: &str| {
        json::non_empty(of, key).map_or_else(|| other.to_owned(), |it| it.to_string())
    };
    let replicas = || json::integer(spec, "replicas").unwrap_or(1).to_string();
    let mut cells = vec![name];
    match resource.plural {
        "configmaps" => cells.push((count("data") + count("binaryData")).to_string()),
        "secrets" => cells.extend([or(object, "type", "Opaque"), count("data").to_string()]),
        "serviceaccounts" => cells.push(json::list(object, "secrets").len().to_string()),
        "leases" => cells.push(or(spec, "holderIdentity", "")),
        "services" => cells.extend(service(spec)),
        "endpoints" => cells.push("<none>".to_owned()),
        "statefulsets" => cells.push(format!("{}/{}", figure(status, "readyReplicas"), replicas())),
        "replicationcontrollers" => {
            let (current, ready) = (figure(status, "replicas"), figure(status, "readyReplicas"));
            cells.extend([replicas(), current, ready]);
        }
        "jobs" => cells.extend(job(spec, status)),
        "cronjobs" => cells.extend([
            or(spec, "schedule", ""),
            or(spec, "timeZone", "<none>"),
            if json::flag(spec, "suspend") { "True".to_owned() } else { "False".to_owned() },
            json::list(status, "active").len().to_string(),
            "<none>".to_owned(),
        ]),
        "ingresses" => cells.extend(ingress(spec)),
        "networkpolicies" => cells.push(selector_text(json::field(spec, "podSelector"))),
        "poddisruptionbudgets" => {
            let amount = |key: &str| match json::field(spec, key) {
                Value::Number(number) => number.to_string(),
                Value::String(text) => text.clone(),
                _ => "N/A".to_owned(),
            };
            cells.extend([amount("minAvailable"), amount("maxUnavailable")]);
            cells.push(figure(status, "disruptionsAllowed"));
        }
        "horizontalpodautoscalers" => {
            let target = json::field(spec, "scaleTargetRef");
            cells.push(format!("{}/{}", or(target, "kind", ""), or(target, "name", "")));
            cells.push(targets(spec));
            let least = json::integer(spec, "minReplicas").unwrap_or(1).to_string();
            cells.extend([least, figure(spec, "maxReplicas"), figure(status, "currentReplicas")]);
        }
        "persistentvolumeclaims" => {
            cells.extend([or(status, "phase", "Pending"), or(spec, "volumeName", "")]);
            cells.extend([String::new(), String::new(), or(spec, "storageClassName", "")]);
            cells.push("<unset>".to_owned());
        }
        "storageclasses" => {
            let note = "storageclass.kubernetes.io/is-default-class";
            if json::at(object, &["metadata", "annotations", note]) == "true" {
                cells[0].push_str(" (default)");
            }
            cells.extend([
                or(object, "provisioner", ""),
                or(object, "reclaimPolicy", "Delete"),
                or(object, "volumeBindingMode", "Immediate"),
                json::flag(object, "allowVolumeExpansion").to_string(),
            ]);
        }
        "priorityclasses" => {
            let is_default = json::flag(object, "globalDefault").to_string();
            cells.extend([figure(object, "value"), is_default]);
        }
        "rolebindings" | "clusterrolebindings" => {
            let role = json::field(object, "roleRef");
            cells.push(format!("{}/{}", or(role, "kind", ""), or(role, "name", "")));
        }
        "roles" | "clusterroles" | "limitranges" | "customresourcedefinitions" => {
            cells.push(or(json::field(object, "metadata"), "creationTimestamp", "<unknown>"));
            return cells;
        }
        _ => {}
    }
    cells.push(age);
    if is_wide {
        cells.extend(wide(resource.plural, spec));
    }
    cells
}

/// What `-o wide` adds.
fn wide(plural: &str, spec: &Value) -> Vec<String> {
    let template = match plural {
        "cronjobs" => json::at(spec, &["jobTemplate", "spec", "template", "spec"]),
        _ => json::at(spec, &["template", "spec"]),
    };
    let containers = json::list(template, "containers");
    let column = |key: &str| {
        let texts = containers.iter().map(|it| json::text(it, key).unwrap_or_default());
        texts.map(|it| it.to_string()).collect::<Vec<_>>().join(",")
    };
    let both = vec![column("name"), column("image")];
    match plural {
        "services" => vec![pairs(&json::texts(spec, "selector"))],
        "statefulsets" => both,
        "replicationcontrollers" => [both, vec![pairs(&json::texts(spec, "selector"))]].concat(),
        "jobs" => [both, vec![selector_text(json::field(spec, "selector"))]].concat(),
        "cronjobs" => [both, vec!["<none>".to_owned()]].concat(),
        "persistentvolumeclaims" => vec!["Filesystem".to_owned()],
        _ => Vec::new(),
    }
}

/// No address is given out here, so the cluster's own is there only if a manifest names it.
fn service(spec: &Value) -> [String; 4] {
    let text = |key| json::non_empty(spec, key).map(|it| it.to_string());
    let kind = text("type").unwrap_or_else(|| "ClusterIP".to_owned());
    let none = || "<none>".to_owned();
    let outside = match kind.as_str() {
        "LoadBalancer" => "<pending>".to_owned(),
        "ExternalName" => text("externalName").unwrap_or_else(none),
        _ => none(),
    };
    let port = |it: &Value| {
        let protocol = json::text(it, "protocol").unwrap_or_else(|| "TCP".into());
        let port = json::integer(it, "port").unwrap_or(0);
        match json::integer(it, "nodePort").filter(|it| *it > 0) {
            Some(node_port) => format!("{port}:{node_port}/{protocol}"),
            None => format!("{port}/{protocol}"),
        }
    };
    let ports: Vec<String> = json::list(spec, "ports").iter().map(port).collect();
    let ports = if ports.is_empty() { none() } else { ports.join(",") };
    [kind, text("clusterIP").unwrap_or_else(none), outside, ports]
}

fn job(spec: &Value, status: &Value) -> [String; 3] {
    let done = json::integer(status, "succeeded").unwrap_or(0);
    let completions = match (json::integer(spec, "completions"), json::integer(spec, "parallelism"))
    {
        (Some(count), _) => format!("{done}/{count}"),
        (None, Some(count)) if count > 1 => format!("{done}/1 of {count}"),
        (None, _) => format!("{done}/1"),
    };
    let is_on = |kind: &str| {
        let conditions = json::list(status, "conditions").iter();
        let mut of_kind = conditions.filter(|it| json::field(it, "type") == kind);
        of_kind.any(|it| json::field(it, "status") == "True")
    };
    let state = ["Complete", "Failed", "Suspended"].into_iter().find(|it| is_on(it));
    [state.unwrap_or("Running").to_owned(), completions, String::new()]
}

fn ingress(spec: &Value) -> [String; 4] {
    let class = json::non_empty(spec, "ingressClassName");
    let class = class.map_or_else(|| "<none>".to_owned(), |it| it.to_string());
    let hosts: Vec<String> = json::list(spec, "rules")
        .iter()
        .filter_map(|it| json::non_empty(it, "host").map(|it| it.to_string()))
        .collect();
    let hosts = if hosts.is_empty() { "*".to_owned() } else { hosts.join(",") };
    let ports = if json::list(spec, "tls").is_empty() { "80" } else { "80, 443" };
    [class, hosts, String::new(), ports.to_owned()]
}

/// Nothing measures what pods use.
fn targets(spec: &Value) -> String {
    let wanted = json::integer(spec, "targetCPUUtilizationPercentage");
    let metrics = json::list(spec, "metrics").iter().filter_map(|it| {
        let resource = json::field(it, "resource");
        let percent = json::at(resource, &["target", "averageUtilization"]).as_i64()?;
        Some(format!("{}: <unknown>/{percent}%", json::text(resource, "name")?))
    });
    let all: Vec<String> =
        wanted.map(|it| format!("cpu: <unknown>/{it}%")).into_iter().chain(metrics).collect();
    if all.is_empty() { "<none>".to_owned() } else { all.join(", ") }
}

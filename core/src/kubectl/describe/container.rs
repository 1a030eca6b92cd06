//! Containers of a template or of a pod.

use serde_json::Value;

use super::state;

use crate::api::json;
use crate::api::quantity::Quantity;

/// The containers of a template, or of a pod: then with what its status says of them.
pub(super) fn describe(
    text: &mut String,
    title: &str,
    containers: &[Value],
    indent: &str,
    pod: Option<&Value>,
) {
    if containers.is_empty() {
        text.push_str(&format!("{indent}{title}: <none>\n"));
        return;
    }
    text.push_str(&format!("{indent}{title}:\n"));
    let name_indent = if indent.is_empty() { "  " } else { "   " };
    for it in containers {
        let field = |key| json::text(it, key).unwrap_or_default();
        let status = pod.and_then(|pod| status_of(pod, json::field(it, "name")));
        text.push_str(&format!("{name_indent}{}:\n", field("name")));
        let of_status = |key| plain(json::field(status.unwrap_or(&Value::Null), key));
        if status.is_some() {
            text.push_str(&format!("    Container ID:\t{}\n", of_status("containerID")));
        }
        text.push_str(&format!("    Image:\t{}\n", field("image")));
        if status.is_some() {
            text.push_str(&format!("    Image ID:\t{}\n", of_status("imageID")));
        }
        ports(text, json::list(it, "ports"));
        words(text, "Command", json::list(it, "command"));
        words(text, "Args", json::list(it, "args"));
        if let Some(status) = status {
            state::describe(text, status);
        }
        amounts(text, "Limits", json::at(it, &["resources", "limits"]));
        amounts(text, "Requests", json::at(it, &["resources", "requests"]));
        for (title, key) in [
            ("Liveness", "livenessProbe"),
            ("Readiness", "readinessProbe"),
            ("Startup", "startupProbe"),
        ] {
            if json::field(it, key).is_object() {
                text.push_str(&format!("    {title}:\t{}\n", probe(json::field(it, key))));
            }
        }
        environment_sources(text, json::list(it, "envFrom"));
        environment(text, it, pod);
        mounts(text, it);
    }
}

fn ports(text: &mut String, ports: &[Value]) {
    for (title, key) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
        let port = |it: &Value| {
            let protocol = json::non_empty(it, "protocol").unwrap_or_else(|| "TCP".into());
            format!("{}/{protocol}", json::integer(it, key).unwrap_or(0))
        };
        let all: Vec<String> = ports.iter().map(port).collect();
        let plural = if all.len() > 1 { "s" } else { "" };
        let all = if all.is_empty() { "<none>".to_owned() } else { all.join(", ") };
        text.push_str(&format!("    {title}{plural}:\t{all}\n"));
    }
}

fn words(text: &mut String, title: &str, words: &[Value]) {
    if !words.is_empty() {
        text.push_str(&format!("    {title}:\n"));
    }
    for line in words.iter().filter_map(Value::as_str).flat_map(|it| it.split('\n')) {
        text.push_str(&format!("      {line}\n"));
    }
}

/// Quantities by name, in their canonical form.
fn amounts(text: &mut String, title: &str, amounts: &Value) {
    let Some(amounts) = amounts.as_object().filter(|it| !it.is_empty()) else { return };
    text.push_str(&format!("    {title}:\n"));
    for (name, amount) in amounts {
        text.push_str(&format!("      {name}:\t{}\n", canonical(amount)));
    }
}

/// A quantity as Go writes it.
pub(super) fn canonical(amount: &Value) -> String {
    Quantity::from_value(amount).map_or_else(|_| plain(amount), |it| it.to_string())
}

/// What the status of a pod says of a container.
fn status_of<'a>(pod: &'a Value, name: &Value) -> Option<&'a Value> {
    let lists = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"];
    let status = json::field(pod, "status");
    let mut statuses = lists.iter().flat_map(|key| json::list(status, key));
    statuses.find(|it| json::field(it, "name") == name)
}

fn probe(probe: &Value) -> String {
    let figure = |key, default| json::integer(probe, key).unwrap_or(default);
    let timing = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        figure("initialDelaySeconds", 0),
        figure("timeoutSeconds", 1),
        figure("periodSeconds", 10),
        figure("successThreshold", 1),
        figure("failureThreshold", 3),
    );
    let field = |of: &Value, key: &str| plain(json::field(of, key));
    let (exec, http) = (json::field(probe, "exec"), json::field(probe, "httpGet"));
    let (tcp, grpc) = (json::field(probe, "tcpSocket"), json::field(probe, "grpc"));
    let action = if exec.is_object() {
        format!("exec [{}]", json::names(exec, "command").join(" "))
    } else if http.is_object() {
        let scheme = json::non_empty(http, "scheme").unwrap_or_else(|| "HTTP".into());
        let (host, port, path) = (field(http, "host"), field(http, "port"), field(http, "path"));
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        format!("http-get {}://{host}:{port}{slash}{path}", scheme.to_ascii_lowercase())
    } else if tcp.is_object() {
        format!("tcp-socket {}:{}", field(tcp, "host"), field(tcp, "port"))
    } else if grpc.is_object() {
        format!("grpc <pod>:{} {}", field(grpc, "port"), field(grpc, "service"))
    } else {
        "unknown".to_owned()
    };
    format!("{action} {timing}")
}

fn environment_sources(text: &mut String, sources: &[Value]) {
    if !sources.is_empty() {
        text.push_str("    Environment Variables from:\n");
    }
    for it in sources {
        let (kind, source) = match json::field(it, "configMapRef") {
            Value::Null => ("Secret", json::field(it, "secretRef")),
            source => ("ConfigMap", source),
        };
        let prefix = match json::non_empty(it, "prefix") {
            Some(prefix) => format!(" with prefix '{prefix}'"),
            None => String::new(),
        };
        let name = json::text(source, "name").unwrap_or_default();
        let optional = json::flag(source, "optional");
        text.push_str(&format!("      {name}\t{kind}{prefix}\tOptional: {optional}\n"));
    }
}

fn environment(text: &mut String, container: &Value, pod: Option<&Value>) {
    let variables = json::list(container, "env");
    let none = if variables.is_empty() { "\t<none>" } else { "" };
    text.push_str(&format!("    Environment:{none}\n"));
    for it in variables {
        let name = json::text(it, "name").unwrap_or_default();
        let source = json::field(it, "valueFrom");
        if source.is_null() {
            let value = json::text(it, "value").unwrap_or_default();
            let lines = value.split('\n').collect::<Vec<_>>().join("\n      \t");
            text.push_str(&format!("      {name}:\t{lines}\n"));
            continue;
        }
        let field = |of: &str, key: &str| plain(json::at(source, &[of, key]));
        let optional = |of: &str| json::flag(json::field(source, of), "optional");
        let value = if json::field(source, "fieldRef").is_object() {
            let version = json::non_empty(json::field(source, "fieldRef"), "apiVersion");
            let version = version.unwrap_or_else(|| "v1".into());
            let path = field("fieldRef", "fieldPath");
            let value = pod.map(|pod| state::field_of(pod, &path)).unwrap_or_default();
            format!("{value} ({version}:{path})")
        } else if json::field(source, "resourceFieldRef").is_object() {
            resource_value(json::field(source, "resourceFieldRef"), container)
        } else if json::field(source, "secretKeyRef").is_object() {
            let (key, name) = (field("secretKeyRef", "key"), field("secretKeyRef", "name"));
            let optional = optional("secretKeyRef");
            format!("<set to the key '{key}' in secret '{name}'>\tOptional: {optional}")
        } else {
            let (key, name) = (field("configMapKeyRef", "key"), field("configMapKeyRef", "name"));
            let optional = optional("configMapKeyRef");
            format!("<set to the key '{key}' of config map '{name}'>\tOptional: {optional}")
        };
        text.push_str(&format!("      {name}:\t{value}\n"));
    }
}

/// `limits.cpu` and its like, in units of the divisor, rounded up.
fn resource_value(reference: &Value, container: &Value) -> String {
    let resource = json::text(reference, "resource").unwrap_or_default();
    let (list, name) = resource.split_once('.').unwrap_or_default();
    let quantity = |value: &Value| Quantity::from_value(value).ok();
    let amount = quantity(json::at(container, &["resources", list, name]));
    let divisor = quantity(json::field(reference, "divisor")).filter(|it| it.milli_value() > 0);
    let value = match (name, amount) {
        (_, None) => 0,
        ("cpu", Some(amount)) => {
            let divisor = divisor.map_or(1000, |it| it.milli_value());
            (amount.milli_value() + divisor - 1) / divisor
        }
        (_, Some(amount)) => {
            let divisor = divisor.map_or(1, |it| it.value());
            (amount.value() + divisor - 1) / divisor
        }
    };
    match (value, &*resource) {
        (0, "limits.cpu" | "limits.memory") => format!("node allocatable ({resource})"),
        (value, _) => format!("{value} ({resource})"),
    }
}

fn mounts(text: &mut String, container: &Value) {
    let mut mounts: Vec<&Value> = json::list(container, "volumeMounts").iter().collect();
    mounts.sort_by_key(|it| json::text(it, "mountPath"));
    let none = if mounts.is_empty() { "\t<none>" } else { "" };
    text.push_str(&format!("    Mounts:{none}\n"));
    for it in mounts {
        let field = |key| json::text(it, key).unwrap_or_default();
        let mut flags = if json::flag(it, "readOnly") { "ro" } else { "rw" }.to_owned();
        if let Some(path) = json::non_empty(it, "subPath") {
            flags.push_str(&format!(",path={path:?}"));
        }
        text.push_str(&format!("      {} from {} ({flags})\n", field("mountPath"), field("name")));
    }
    let devices = json::list(container, "volumeDevices");
    if !devices.is_empty() {
        text.push_str(&format!("    Devices:{none}\n"));
    }
    for it in devices {
        let field = |key| json::text(it, key).unwrap_or_default();
        text.push_str(&format!("      {} from {}\n", field("devicePath"), field("name")));
    }
}

/// A scalar as text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

//! `kubectl set env`.

use std::cell::RefCell;

use serde_json::{Map, Value, json};

use super::{LISTS, change, check_named, containers, pod_spec};
use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::label::split;
use crate::kubectl::output::Failure;
use crate::kubectl::resource::name_of;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("containers", 'c', Takes::Text),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("env", 'e', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("list", ' ', Takes::Switch),
    Flag("local", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("overwrite", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
];

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let (words, mut changes) = split(&flags.args, "environment variable")?;
    changes.extend(flags.list("env").into_iter().map(str::to_owned));
    if words.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    check_named(shell, flags, &words)?;
    let wanted = flags.text("containers").unwrap_or("*");
    let is_meant = |name: &str| wildcard(wanted, name);
    if flags.is_on("list") {
        let (found, failure) = shell.objects(flags, &words, true)?;
        for it in &found {
            let (kind, name) = (it.resource.kind, name_of(&it.object));
            for container in LISTS.iter().flat_map(|key| json::list(pod_spec(it), key)) {
                let of = |key| json::text(container, key).unwrap_or_default();
                if is_meant(&of("name")) {
                    shell.output.line(&format!("# {kind} {name}, container {}", of("name")));
                    list(shell, container);
                }
            }
        }
        return failure.or_ok();
    }
    let unmet = RefCell::new(Vec::new());
    let result = change(shell, flags, &words, "env updated", |found| {
        let (patch, is_known) = containers(found, is_meant, |it| fields(it, &changes));
        if !is_known {
            let object = format!("{}/{}", found.resource.kind, name_of(&found.object));
            unmet.borrow_mut().push(format!(
                "warning: {object} does not have any containers matching \"{wanted}\""
            ));
        }
        Ok(patch)
    });
    unmet.into_inner().iter().for_each(|it| shell.output.warn(it));
    result
}

fn list(shell: &mut Shell, container: &Value) {
    for it in json::list(container, "env") {
        let of = |key| json::text(it, key).unwrap_or_default();
        let source = json::field(it, "valueFrom");
        let name = of("name");
        if source.is_null() {
            shell.output.line(&format!("{name}={}", of("value")));
            continue;
        }
        let at = |path: &[&str]| json::at(source, path).as_str().unwrap_or_default().to_owned();
        let (field, secret) = (at(&["fieldRef", "fieldPath"]), at(&["secretKeyRef", "name"]));
        let told = match (field.as_str(), secret.as_str()) {
            ("", "") => {
                let (name, key) =
                    (at(&["configMapKeyRef", "name"]), at(&["configMapKeyRef", "key"]));
                format!("configmap {name}, key {key}")
            }
            ("", secret) => format!("secret {secret}, key {}", at(&["secretKeyRef", "key"])),
            (field, _) => format!("a field path {field}"),
        };
        shell.output.line(&format!("# {name} from {told}"));
    }
}

/// The variables of a container that change; without any left the list goes.
fn fields(container: &Value, changes: &[String]) -> Map<String, Value> {
    let old = json::list(container, "env");
    let mut env = old.to_vec();
    for change in changes {
        match change.split_once('=') {
            Some((name, value)) => {
                let variable = json!({"name": name, "value": value});
                match env.iter_mut().find(|it| json::field(it, "name") == name) {
                    Some(known) => *known = variable,
                    None => env.push(variable),
                }
            }
            None => {
                let name = change.trim_end_matches('-');
                env.retain(|it| json::field(it, "name") != name);
            }
        }
    }
    let mut fields = Map::new();
    if env == old {
        return fields;
    }
    let mut patch: Vec<Value> = env.iter().filter(|it| !old.contains(it)).cloned().collect();
    let name = |it: &Value| json::field(it, "name").clone();
    let lost = old.iter().filter(|it| env.iter().all(|kept| name(kept) != name(it)));
    patch.extend(lost.map(|it| json!({"name": name(it), "$patch": "delete"})));
    let patch = if env.is_empty() { Value::Null } else { Value::Array(patch) };
    fields.insert("env".to_owned(), patch);
    fields
}

/// `*` stands for anything.
pub(super) fn wildcard(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => {
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
    }
}

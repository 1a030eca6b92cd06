//! `kubectl patch`, `kubectl scale` and `kubectl edit`.

mod json_patch;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::{json, merge};
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::change::{again, send_patch};
use crate::kubectl::delete::MISSING;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::job::{Edited, Job};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{name_of, namespace_of};
use crate::kubectl::select::Found;
use crate::manifest;
use crate::sim::Input;

/// The flags of `patch`.
pub(super) const PATCH_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("local", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("patch", 'p', Takes::Text),
    Flag("patch-file", ' ', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("subresource", ' ', Takes::Text),
    Flag("type", ' ', Takes::Text),
];

/// The flags of `scale`.
pub(super) const SCALE_FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("current-replicas", ' ', Takes::Integer),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("replicas", ' ', Takes::Integer),
    Flag("resource-version", ' ', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("timeout", ' ', Takes::Duration),
];

/// Types that can be scaled.
const SCALABLE: [&str; 3] = ["deployments", "replicasets", "statefulsets"];

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.text("subresource").is_some_and(|it| !it.is_empty()) {
        return Err(not_simulated("--subresource"));
    }
    let text = match (flags.text("patch"), flags.text("patch-file")) {
        (Some(_), Some(_)) => {
            return Err(Failure::new("cannot specify both --patch and --patch-file"));
        }
        (Some(text), None) => text.to_owned(),
        (None, Some(path)) => {
            let text = shell.texts.files.get(path).cloned();
            text.ok_or_else(|| {
                let fault = format!("open {path}: no such file or directory");
                Failure::new(format!("unable to read patch file: {fault}"))
            })?
        }
        (None, None) => {
            return Err(Failure::new(
                "must specify --patch or --patch-file containing the contents of the patch",
            ));
        }
    };
    let kind = flags.text("type").unwrap_or("strategic").to_ascii_lowercase();
    if !["json", "merge", "strategic"].contains(&kind.as_str()) {
        return Err(Failure::new(format!(
            "--type must be one of [json merge strategic], not \"{kind}\""
        )));
    }
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let patch = read(&text)?;
    let (found, mut failure) = shell.objects(flags, &flags.args, true)?;
    for it in &found {
        match patched(shell, it, &kind, &patch, dry_run) {
            Ok(object) => {
                let version = |it: &Value| json::at(it, &["metadata", "resourceVersion"]).clone();
                let is_same = match dry_run {
                    DryRun::None if !version(&object).is_null() => {
                        version(&object) == version(&it.object) && object == it.object
                    }
                    _ => object == it.object,
                };
                shell.record(it, dry_run);
                let result = if is_same { "patched (no change)" } else { "patched" };
                shell.report(printer.as_ref(), &object, result)?;
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

/// A patch may be YAML, too.
fn read(text: &str) -> Result<Value, Failure> {
    manifest::read(text).ok_or_else(|| {
        Failure::new(format!("unable to parse {text:?}: yaml: found what is no patch"))
    })
}

fn patched(
    shell: &mut Shell,
    found: &Found,
    kind: &str,
    patch: &Value,
    dry_run: DryRun,
) -> Result<Value, Fault> {
    let object = match kind {
        "strategic" => return send_patch(shell, found, patch.clone(), dry_run),
        "merge" => merge_patch(&found.object, patch),
        _ => json_patch::apply(&found.object, patch).map_err(|fault| {
            Fault::Whole(format!("The request is invalid: the server rejected our request due to an error in our request: {fault}"))
        })?,
    };
    put(shell, found, object, dry_run)
}

/// Sends the whole object; as it is afterwards, or would be.
pub(super) fn put(
    shell: &mut Shell,
    found: &Found,
    object: Value,
    dry_run: DryRun,
) -> Result<Value, Fault> {
    if dry_run != DryRun::Client && object != found.object {
        let input = Input::Replace { object: Arc::new(merge::editable(&object)) };
        shell.server.send(input, dry_run == DryRun::Server)?;
    }
    Ok(match dry_run {
        DryRun::None => again(shell, found).unwrap_or(object),
        _ => object,
    })
}

/// RFC 7386: null removes, objects are merged, everything else is replaced.
fn merge_patch(target: &Value, patch: &Value) -> Value {
    let Some(patch) = patch.as_object() else { return patch.clone() };
    let mut merged = target.as_object().cloned().unwrap_or_default();
    for (key, value) in patch {
        match value {
            Value::Null => drop(merged.remove(key)),
            value => {
                let known = merged.get(key).unwrap_or(&Value::Null);
                let value = merge_patch(known, value);
                merged.insert(key.clone(), value);
            }
        }
    }
    Value::Object(merged)
}

pub(super) fn scale(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let Some(replicas) = flags.integer("replicas") else {
        return Err(Failure::new("required flag(s) \"replicas\" not set".to_owned()));
    };
    if replicas < 0 {
        return Err(Failure::new(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    if flags.text("resource-version").is_some_and(|it| !it.is_empty()) {
        return Err(not_simulated("--resource-version"));
    }
    let (found, mut failure) = shell.objects(flags, &flags.args, true)?;
    if found.is_empty() && failure.0.is_empty() {
        return Err(Failure::new("no objects passed to scale"));
    }
    for it in &found {
        match scale_one(shell, it, replicas, flags.integer("current-replicas"), dry_run) {
            Ok(object) => {
                shell.record(it, dry_run);
                shell.report(printer.as_ref(), &object, &format!("scaled{}", dry_run.suffix()))?;
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

fn scale_one(
    shell: &mut Shell,
    found: &Found,
    replicas: i64,
    expected: Option<i64>,
    dry_run: DryRun,
) -> Result<Value, Fault> {
    if !SCALABLE.contains(&found.resource.plural) {
        let fault = "the server could not find the requested resource";
        return Err(Fault::Whole(format!("Error from server (NotFound): {fault}")));
    }
    let held = json::integer(json::field(&found.object, "spec"), "replicas").unwrap_or(1);
    if let Some(expected) = expected.filter(|it| *it >= 0 && *it != held) {
        return Err(Fault::Plain(format!("Expected replicas to be {expected}, was {held}")));
    }
    send_patch(shell, found, json!({"spec": {"replicas": replicas}}), dry_run)
}

/// `kubectl edit`: what the editor would hand back stands in the text on standard input; the page
/// opens its own editor instead.
pub(super) fn edit(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    match flags.text("output").unwrap_or_default() {
        "" | "yaml" => {}
        other => return Err(not_simulated(&format!("edit -o {other}"))),
    }
    if flags.is_on("save-config") {
        return Err(not_simulated("edit --save-config"));
    }
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let (found, failure) = shell.objects(flags, &flags.args, false)?;
    failure.or_ok()?;
    if shell.texts.has_editor && shell.texts.stdin.is_empty() && !found.is_empty() {
        shell.job = Some(Job::Edit(found.iter().map(for_editor).collect()));
        return Ok(());
    }
    let text = shell.texts.stdin.clone();
    let edited = match text.trim() {
        "" => None,
        text => manifest::read(text),
    };
    for it in &found {
        let editable = |object: &Value| {
            let mut object = object.clone();
            if let Some(fields) = object.as_object_mut() {
                fields.remove("status");
            }
            object
        };
        match &edited {
            Some(object) if editable(object) != editable(&it.object) => {
                put(shell, it, object.clone(), DryRun::None)?;
                shell.record(it, DryRun::None);
                let name = it.resource.object(name_of(&it.object));
                shell.output.line(&format!("{name} edited"));
            }
            _ => shell.output.line("Edit cancelled, no changes made."),
        }
    }
    Ok(())
}

fn for_editor(it: &Found) -> Edited {
    Edited {
        resource: it.resource.full_plural(),
        namespace: namespace_of(&it.object).to_owned(),
        name: name_of(&it.object).to_owned(),
        text: manifest::emit(&it.object),
    }
}

/// The flags of `edit`.
pub(super) const EDIT_FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("save-config", ' ', Takes::Switch),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7386, from its appendix.
    #[test]
    fn a_merge_patch_replaces_lists_and_removes_nulls() {
        let cases = [
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a"]), json!({"a": {"b": null}}), json!({"a": {}})),
        ];
        for (target, patch, merged) in cases {
            assert_eq!(merge_patch(&target, &patch), merged, "{patch}");
        }
    }
}

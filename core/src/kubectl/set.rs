//! `kubectl set`: images, variables, resources and the service account of a pod template.

mod env;
mod resources;

pub(super) use env::FLAGS as ENV_FLAGS;
pub(super) use env::run as env;
pub(super) use resources::FLAGS as RESOURCES_FLAGS;
pub(super) use resources::run as resources;

use serde_json::{Map, Value, json};

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::change::{check_quantities, send_patch};
use crate::kubectl::delete::MISSING;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::label::split;
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::select::Found;

/// The flags of `set serviceaccount` and `set selector`.
pub(super) const FLAGS: &[Flag] = match IMAGE_FLAGS {
    [flags @ .., _selector] => flags,
    [] => &[],
};

/// The flags of `set image`.
pub(super) const IMAGE_FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("local", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
];

/// What stands in a pod template that has containers.
const LISTS: [&str; 2] = ["containers", "initContainers"];

pub(super) fn image(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let (words, changes) = split(&flags.args, "image")?;
    let images: Vec<(&str, &str)> = changes.iter().filter_map(|it| it.split_once('=')).collect();
    check_named(shell, flags, &words)?;
    if images.is_empty() {
        return Err(Failure::new("at least one image update is required"));
    }
    if images.len() > 1 && images.iter().any(|(name, _)| *name == "*") {
        return Err(Failure::new(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    change(shell, flags, &words, "image updated", |found| image_patch(found, &images))
}

pub(super) fn service_account(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let Some((account, words)) = flags.args.split_last() else {
        return Err(Failure::new("serviceaccount is required"));
    };
    if words.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    change(shell, flags, words, "serviceaccount updated", |_| {
        Ok(Some(json!({"serviceAccountName": account})))
    })
}

pub(super) fn selector(_: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    Err(Failure::new(match flags.args.as_slice() {
        [] => "one selector is required",
        [_] if flags.list("filename").is_empty() => MISSING,
        _ => "setting a selector is only supported for Services",
    }))
}

/// Resources have to be named, and words that name none are told as such.
fn check_named(shell: &mut Shell, flags: &Flags, words: &[String]) -> Result<(), Failure> {
    let has_files = !flags.list("filename").is_empty();
    if flags.is_on("local") && !has_files {
        return Err(Failure::new(
            "you must specify resources by --filename when --local is set.\n\
             Example resource specifications include:\n   '-f rsrc.yaml'\n   \
             '--filename=rsrc.json'",
        ));
    }
    if words.is_empty() && !has_files {
        return Err(Failure::new(MISSING));
    }
    shell.targets(words).map(drop)
}

/// Changes the pod template of every object that is named; `patch` gives the part of its spec that
/// becomes another, or nothing.
fn change(
    shell: &mut Shell,
    flags: &Flags,
    words: &[String],
    result: &str,
    patch: impl Fn(&Found) -> Result<Option<Value>, Fault>,
) -> Result<(), Failure> {
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let (found, mut failure) = shell.objects(flags, words, true)?;
    for it in &found {
        check_quantities(&it.object)?;
        let spec = match patch(it) {
            Ok(Some(spec)) => spec,
            Ok(None) => continue,
            Err(fault) => {
                failure.0.push(fault);
                continue;
            }
        };
        let mut patch = match it.resource.plural {
            "pods" => json!({"spec": spec}),
            _ => json!({"spec": {"template": {"spec": spec}}}),
        };
        shell.record_in(&mut patch);
        let sent_dry = if flags.is_on("local") { DryRun::Client } else { dry_run };
        match send_patch(shell, it, patch, sent_dry) {
            Ok(object) => {
                let result = format!("{result}{}", dry_run.suffix());
                shell.report(printer.as_ref(), &object, &result)?;
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

/// The spec of the pods that an object makes, or of the pod itself.
fn pod_spec(found: &Found) -> &Value {
    match found.resource.plural {
        "pods" => json::field(&found.object, "spec"),
        _ => json::at(&found.object, &["spec", "template", "spec"]),
    }
}

/// The patch of those containers of which something changes; whether any was meant at all.
fn containers(
    found: &Found,
    is_meant: impl Fn(&str) -> bool,
    change: impl Fn(&Value) -> Map<String, Value>,
) -> (Option<Value>, bool) {
    let spec = pod_spec(found);
    let (mut patch, mut is_known) = (Map::new(), false);
    for key in LISTS {
        let mut items = Vec::new();
        for container in json::list(spec, key) {
            let name = json::text(container, "name").unwrap_or_default();
            if !is_meant(&name) {
                continue;
            }
            is_known = true;
            let mut fields = change(container);
            if !fields.is_empty() {
                fields.insert("name".to_owned(), Value::from(&*name));
                items.push(Value::Object(fields));
            }
        }
        if !items.is_empty() {
            patch.insert(key.to_owned(), Value::Array(items));
        }
    }
    ((!patch.is_empty()).then_some(Value::Object(patch)), is_known)
}

/// The containers whose image changes; none if nothing does, of which nothing is said.
fn image_patch(found: &Found, images: &[(&str, &str)]) -> Result<Option<Value>, Fault> {
    for (wanted, _) in images.iter().filter(|it| it.0 != "*") {
        let (_, is_known) = containers(found, |name| name == *wanted, |_| Map::new());
        if !is_known {
            let fault = format!("unable to find container named \"{wanted}\"");
            return Err(Fault::Plain(fault));
        }
    }
    let wanted = |name: &str| {
        let is_it = |it: &&(&str, &str)| it.0 == "*" || it.0 == name;
        images.iter().rev().find(is_it).map(|it| it.1)
    };
    let change = |container: &Value| {
        let name = json::text(container, "name").unwrap_or_default();
        let mut fields = Map::new();
        if let Some(image) = wanted(&name).filter(|it| json::field(container, "image") != it) {
            fields.insert("image".to_owned(), Value::from(image));
        }
        fields
    };
    Ok(containers(found, |name| wanted(name).is_some(), change).0)
}

//! `kubectl apply` and `kubectl replace`.

use std::sync::Arc;

use serde_json::Value;

use crate::api::json;
use crate::api::merge::{self, LAST_APPLIED};
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::files::{Read, read};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::server::not_found;
use crate::sim::{ApiError, Input, Outcome};

/// The flags of `apply`.
pub(super) const APPLY_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("force-conflicts", ' ', Takes::Switch),
    Flag("kustomize", 'k', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("server-side", ' ', Takes::Switch),
    Flag("validate", ' ', Takes::Perhaps("strict")),
];

/// The flags of `create`.
pub(super) const CREATE_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("save-config", ' ', Takes::Switch),
    Flag("validate", ' ', Takes::Perhaps("strict")),
];

pub(super) fn apply(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if !flags.args.is_empty() {
        let args = flags.args.join(" ");
        return Err(Failure::usage(&format!("Unexpected args: [{args}]"), "apply"));
    }
    if flags.text("kustomize").is_some() {
        return Err(not_simulated("kustomize"));
    }
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let Read { objects, mut failure } = read(shell, flags)?;
    if objects.is_empty() && failure.0.is_empty() {
        return Err(Failure::new("no objects passed to apply"));
    }
    for it in objects {
        let applied =
            it.check_apply().and_then(|()| apply_one(shell, flags, &it.object, &it.file, dry_run));
        match applied {
            Ok((object, result)) => shell.report(printer.as_ref(), &object, &result)?,
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

/// The object afterwards, or as it would be, and what became of it.
fn apply_one(
    shell: &mut Shell,
    flags: &Flags,
    object: &Value,
    file: &str,
    dry_run: DryRun,
) -> Result<(Value, String), Fault> {
    let resource = resource_of(object);
    let (name, namespace) = (name_of(object), namespace_of(object));
    let known = resource.and_then(|it| shell.server.find(it, namespace, name));
    let is_known = known.is_some();
    let is_server_side = flags.is_on("server-side");
    if let (Some(resource), Some(known)) = (resource, &known) {
        let note = json::at(known, &["metadata", "annotations", LAST_APPLIED]);
        let is_sent = dry_run != DryRun::Client && !is_server_side;
        if note.is_null() && is_sent && resource.plural != "namespaces" {
            let plural = resource.plural;
            shell.output.warn(&format!("Warning: resource {plural}/{name} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically."));
        }
    }
    if dry_run == DryRun::Client {
        let word = if is_known { "configured" } else { "created" };
        let merged = merge::applied(object, namespace, known.as_ref());
        let shown = if is_known { merged } else { object.clone() };
        return Ok((shown, format!("{word}{}", dry_run.suffix())));
    }
    let input = Input::Apply { object: Arc::new(object.clone()) };
    let outcome = shell.server.send(input, dry_run == DryRun::Server);
    let verb = if is_known { "patching" } else { "creating" };
    let outcome = outcome.map_err(|error| of_file(error, verb, file))?;
    let word = if is_server_side { "serverside-applied" } else { outcome.word() };
    let now = resource.and_then(|it| shell.server.find(it, namespace, name));
    Ok((now.unwrap_or_else(|| object.clone()), format!("{word}{}", dry_run.suffix())))
}

fn resource_of(object: &Value) -> Option<&'static Resource> {
    let text = |key| json::text(object, key).unwrap_or_default();
    Resource::of_kind(&text("apiVersion"), &text("kind"))
}

/// A refusal with the name of the file; those of malformed objects go without.
pub(super) fn of_file(error: ApiError, verb: &str, file: &str) -> Fault {
    match error {
        ApiError::Invalid { .. } | ApiError::Client(_) => error.into(),
        other => {
            let text = other.to_string();
            let (head, tail) = text.split_once("): ").unwrap_or(("", &text));
            Fault::Whole(format!("{head}): error when {verb} \"{file}\": {tail}"))
        }
    }
}

/// `replace -f`: the object must be there.
pub(super) fn replace(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let Read { objects, mut failure } = read(shell, flags)?;
    for it in objects {
        let Some(resource) = it.resource else { continue };
        let (name, namespace) = (name_of(&it.object), namespace_of(&it.object));
        if let Some(fault) = it.fault("replacing") {
            failure.0.push(fault);
        } else if shell.server.find(resource, namespace, name).is_none() {
            let text = not_found(resource, name);
            let (head, tail) = text.split_once("): ").unwrap_or(("", &text));
            let file = &it.file;
            let text = format!("{head}): error when replacing \"{file}\": {tail}");
            failure.0.push(Fault::Whole(text));
        } else {
            let object = Arc::new(it.object.clone());
            let input = match flags.is_on("save-config") {
                true => Input::Apply { object },
                false => Input::Replace { object },
            };
            let sent = match dry_run {
                DryRun::Client => Ok(Outcome::Configured),
                dry_run => shell.server.send(input, dry_run == DryRun::Server),
            };
            match sent {
                Ok(_) => {
                    let result = format!("replaced{}", dry_run.suffix());
                    shell.report(printer.as_ref(), &it.object, &result)?;
                }
                Err(error) => failure.0.push(of_file(error, "replacing", &it.file)),
            }
        }
    }
    failure.or_ok()
}

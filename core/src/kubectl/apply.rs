//! `kubectl apply` and `kubectl create`.

use std::sync::Arc;

use serde_json::Value;

use crate::api::json;
use crate::api::merge::LAST_APPLIED;
use crate::kubectl::Shell;
use crate::kubectl::files::{Read, read};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::{Resource, name_of};
use crate::kubectl::server::not_found;
use crate::sim::{ApiError, Input, Outcome};

/// The flags of `apply`.
pub(super) const APPLY_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("force-conflicts", ' ', Takes::Switch),
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
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let dry_run = flags.dry_run()?;
    let Read { objects, mut failure } = read(shell, flags)?;
    if objects.is_empty() && failure.0.is_empty() {
        return Err(Failure::new("no objects passed to apply"));
    }
    for it in objects {
        if let Err(fault) = it.check_apply().and_then(|()| {
            let suffix = apply_one(shell, flags, &it.object, &it.file, dry_run)?;
            print(shell, flags, it.resource, &it.object, &suffix);
            Ok(())
        }) {
            failure.0.push(fault);
        }
    }
    failure.or_ok()
}

fn apply_one(
    shell: &mut Shell,
    flags: &Flags,
    object: &Value,
    file: &str,
    dry_run: DryRun,
) -> Result<String, Fault> {
    let resource = resource_of(object);
    let name = name_of(object);
    let namespace = super::resource::namespace_of(object);
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
        return Ok(format!("{word}{}", dry_run.suffix()));
    }
    let input = Input::Apply { object: Arc::new(object.clone()) };
    let outcome = shell.server.send(input, dry_run == DryRun::Server);
    let verb = if is_known { "patching" } else { "creating" };
    let outcome = outcome.map_err(|error| of_file(error, verb, file))?;
    let word = if is_server_side { "serverside-applied" } else { outcome.word() };
    Ok(format!("{word}{}", dry_run.suffix()))
}

pub(super) fn create(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if let [kind, name] = flags.args.as_slice()
        && matches!(kind.as_str(), "namespace" | "ns")
    {
        return create_namespace(shell, flags, name);
    }
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let dry_run = flags.dry_run()?;
    let Read { objects, mut failure } = read(shell, flags)?;
    if objects.is_empty() && failure.0.is_empty() {
        return Err(Failure::new("no objects passed to create"));
    }
    for it in objects {
        let Some(resource) = it.resource else { continue };
        let (name, namespace) = (name_of(&it.object), super::resource::namespace_of(&it.object));
        let known = shell.server.find(resource, namespace, name);
        if let Some(fault) = it.fault("creating") {
            failure.0.push(fault);
        } else if known.is_some() && dry_run != DryRun::Client {
            let (file, plural) = (&it.file, resource.full_plural());
            let fault = format!(
                "Error from server (AlreadyExists): error when creating \"{file}\": \
                 {plural} \"{name}\" already exists"
            );
            failure.0.push(Fault::Whole(fault));
        } else if dry_run == DryRun::Client {
            print(shell, flags, it.resource, &it.object, "created (dry run)");
        } else {
            let object = Arc::new(it.object.clone());
            let input = match flags.is_on("save-config") {
                true => Input::Apply { object },
                false => Input::Create { object },
            };
            match shell.server.send(input, dry_run == DryRun::Server) {
                Ok(_) => {
                    let result = format!("created{}", dry_run.suffix());
                    print(shell, flags, it.resource, &it.object, &result);
                }
                Err(error) => failure.0.push(of_file(error, "creating", &it.file)),
            }
        }
    }
    failure.or_ok()
}

fn create_namespace(shell: &mut Shell, flags: &Flags, name: &str) -> Result<(), Failure> {
    let dry_run = flags.dry_run()?;
    if dry_run != DryRun::Client {
        let input = Input::CreateNamespace { name: name.into() };
        shell.server.send(input, dry_run == DryRun::Server).map_err(Failure::from)?;
    }
    shell.output.line(&format!("namespace/{name} created{}", dry_run.suffix()));
    Ok(())
}

fn print(
    shell: &mut Shell,
    flags: &Flags,
    resource: Option<&'static Resource>,
    object: &Value,
    result: &str,
) {
    let text = |key| json::text(object, key).unwrap_or_default();
    let name = match resource {
        Some(resource) => resource.object(name_of(object)),
        None => {
            let version = text("apiVersion");
            let group = version.split_once('/').map(|(group, _)| format!(".{group}"));
            let kind = text("kind").to_ascii_lowercase();
            format!("{kind}{}/{}", group.unwrap_or_default(), name_of(object))
        }
    };
    match flags.text("output") {
        Some("name") => shell.output.line(&name),
        _ => shell.output.line(&format!("{name} {result}")),
    }
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
    let Read { objects, mut failure } = read(shell, flags)?;
    for it in objects {
        let Some(resource) = it.resource else { continue };
        let (name, namespace) = (name_of(&it.object), super::resource::namespace_of(&it.object));
        if let Some(fault) = it.fault("replacing") {
            failure.0.push(fault);
        } else if shell.server.find(resource, namespace, name).is_none() {
            let text = not_found(resource, name);
            let (head, tail) = text.split_once("): ").unwrap_or(("", &text));
            let file = &it.file;
            let text = format!("{head}): error when replacing \"{file}\": {tail}");
            failure.0.push(Fault::Whole(text));
        } else {
            let input = Input::Apply { object: Arc::new(it.object.clone()) };
            let sent = match dry_run {
                DryRun::Client => Ok(Outcome::Configured),
                dry_run => shell.server.send(input, dry_run == DryRun::Server),
            };
            match sent {
                Ok(_) => {
                    let result = format!("replaced{}", dry_run.suffix());
                    print(shell, flags, it.resource, &it.object, &result);
                }
                Err(error) => failure.0.push(of_file(error, "replacing", &it.file)),
            }
        }
    }
    failure.or_ok()
}

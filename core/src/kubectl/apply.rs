//! `kubectl apply`, and what it has in common with `create` and `replace`.

use std::sync::Arc;

use serde_json::Value;

use crate::api::json;
use crate::api::merge::{self, LAST_APPLIED};
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::files::{FileObject, Read, read};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, idle_note, name_of, namespace_of};
use crate::sim::{ApiError, Input};

/// The flags of `apply`.
pub(super) const APPLY_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("force-conflicts", ' ', Takes::Switch),
    Flag("kustomize", 'k', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("server-side", ' ', Takes::Switch),
    Flag("validate", ' ', Takes::Perhaps("strict")),
];

/// The flags of `create`.
pub(super) const CREATE_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
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
    if flags.is_on("force-conflicts") && !flags.is_on("server-side") {
        return Err(Failure::new("--force-conflicts only works with --server-side"));
    }
    let Order { dry_run, printer, objects, mut failure } = order(shell, flags, "apply")?;
    for it in objects {
        let mut object = it.object.clone();
        shell.record_in(&mut object);
        let applied =
            it.check_apply().and_then(|()| apply_one(shell, flags, &object, &it.file, dry_run));
        match applied {
            Ok((object, result)) => {
                it.warnings().iter().for_each(|it| shell.output.warn(it));
                shell.report(printer.as_ref(), &object, &result)?;
                shell.note_idle(&object, &result);
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

impl Shell<'_> {
    /// Says that nothing acts on an object that has just been made, if that is so.
    pub(super) fn note_idle(&mut self, object: &Value, result: &str) {
        if result == "created"
            && let Some(note) = idle_note(object)
        {
            self.output.warn(&note);
        }
    }
}

/// What a command with `-f` is to do.
pub(super) struct Order {
    pub(super) dry_run: DryRun,
    pub(super) printer: Option<Printer>,
    pub(super) objects: Vec<FileObject>,
    /// What is wrong with the other objects.
    pub(super) failure: Failure,
}

pub(super) fn order(shell: &mut Shell, flags: &Flags, verb: &str) -> Result<Order, Failure> {
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let dry_run = flags.dry_run()?;
    flags.validation()?;
    let printer = Printer::of(flags, FORMATS)?;
    let Read { objects, failure } = read(shell, flags)?;
    if objects.is_empty() && failure.0.is_empty() {
        return Err(Failure::new(format!("no objects passed to {verb}")));
    }
    Ok(Order { dry_run, printer, objects, failure })
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

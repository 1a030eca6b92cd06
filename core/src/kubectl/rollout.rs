//! `kubectl rollout`: how an update goes, what came before, and the way back.

pub(super) mod deployment;
mod history;
mod restart;
pub(super) mod status;
mod undo;

pub(super) use history::FLAGS as HISTORY_FLAGS;
pub(super) use restart::FLAGS as RESTART_FLAGS;
pub(super) use status::FLAGS as STATUS_FLAGS;
pub(super) use undo::FLAGS as UNDO_FLAGS;

pub(super) use history::run as history;
pub(super) use restart::run as restart;
pub(super) use status::run as status;
pub(super) use undo::run as undo;

use serde_json::{Value, json};

use crate::api::{json, selector::LabelSelector};
use crate::kubectl::Shell;
use crate::kubectl::change::send_patch;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::Found;
use crate::kubectl::server::Server;

/// The flags of `rollout pause` and `rollout resume`.
pub(super) const PAUSE_FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
];

pub(super) fn pause(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    set_paused(shell, flags, true)
}

pub(super) fn resume(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    set_paused(shell, flags, false)
}

/// Deployments can be paused; DaemonSets can not.
fn set_paused(shell: &mut Shell, flags: &Flags, pauses: bool) -> Result<(), Failure> {
    let printer = Printer::of(flags, FORMATS)?;
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        let (plural, name) = (it.resource.full_plural(), name_of(&it.object));
        let is_paused = json::flag(json::field(&it.object, "spec"), "paused");
        let fault = match (it.resource.plural, pauses) {
            ("deployments", true) if is_paused => "is already paused",
            ("deployments", false) if !is_paused => "is not paused",
            ("deployments", _) => {
                let paused = if pauses { Value::Bool(true) } else { Value::Null };
                let patch = json!({"spec": {"paused": paused}});
                match send_patch(shell, it, patch, DryRun::None) {
                    Ok(object) => {
                        let word = if pauses { "paused" } else { "resumed" };
                        shell.report(printer.as_ref(), &object, word)?;
                    }
                    Err(fault) => failure.0.push(fault),
                }
                continue;
            }
            (_, true) => "pausing is not supported",
            (_, false) => "resuming is not supported",
        };
        failure.0.push(Fault::Plain(format!("{plural} \"{name}\" {fault}")));
    }
    failure.or_ok()
}

/// What the words of a rollout command name.
fn objects(shell: &mut Shell, flags: &Flags) -> Result<(Vec<Found>, Failure), Failure> {
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new("required resource not specified"));
    }
    shell.objects(flags, &flags.args, false)
}

/// The ControllerRevisions of a DaemonSet, oldest first.
fn revisions(object: &Value, server: &dyn Server) -> Vec<Value> {
    let uid = json::at(object, &["metadata", "uid"]);
    let selector = LabelSelector::from_json(json::at(object, &["spec", "selector"]));
    let is_own = |it: &Value| {
        let meta = json::field(it, "metadata");
        let is_owner = |it: &Value| json::flag(it, "controller") && json::field(it, "uid") == uid;
        namespace_of(it) == namespace_of(object)
            && json::list(meta, "ownerReferences").iter().any(is_owner)
            && selector.matches(&json::texts(meta, "labels"))
    };
    let mut revisions = server.list(Resource::plural("controllerrevisions"));
    revisions.retain(is_own);
    revisions.sort_by_key(number);
    revisions
}

/// The number of a revision.
fn number(revision: &Value) -> i64 {
    json::integer(revision, "revision").unwrap_or(0)
}

/// The template that a revision keeps.
fn template(revision: &Value) -> &Value {
    json::at(revision, &["data", "spec", "template"])
}

//! `kubectl rollout`: how an update goes, what came before, and the way back.

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

use serde_json::Value;

use crate::api::{json, selector::LabelSelector};
use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Found, Scope};
use crate::kubectl::server::Server;

/// The flags of `rollout pause` and `rollout resume`.
pub(super) const PAUSE_FLAGS: &[Flag] = &[Flag("selector", 'l', Takes::Text)];

pub(super) fn pause(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    refuse(shell, flags, "pausing")
}

pub(super) fn resume(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    refuse(shell, flags, "resuming")
}

/// DaemonSets can neither be paused nor resumed.
fn refuse(shell: &mut Shell, flags: &Flags, doing: &str) -> Result<(), Failure> {
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        let plural = it.resource.full_plural();
        let name = name_of(&it.object);
        failure.0.push(Fault::Plain(format!("{plural} \"{name}\" {doing} is not supported")));
    }
    failure.or_ok()
}

/// What the words of a rollout command name.
fn objects(shell: &mut Shell, flags: &Flags) -> Result<(Vec<Found>, Failure), Failure> {
    if flags.args.is_empty() {
        return Err(Failure::new("required resource not specified"));
    }
    let targets = shell.targets(&flags.args)?;
    Scope::of(flags).find(&targets, shell.server)
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

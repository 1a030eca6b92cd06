//! `kubectl delete`, which waits until what it deleted is gone.

use crate::kubectl::Shell;
use crate::kubectl::files::{FileObject, Read, read};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes, parse_switch};
use crate::kubectl::job::{Gone, Job};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::{name_of, namespace_of};
use crate::kubectl::select::{Found, Scope, Targets};
use crate::kubectl::server::{address, not_found};
use crate::sim::{Cascade, Input};

/// The flags of `delete`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("cascade", ' ', Takes::Perhaps("background")),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("field-selector", ' ', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("force", ' ', Takes::Switch),
    Flag("grace-period", ' ', Takes::Integer),
    Flag("ignore-not-found", ' ', Takes::Switch),
    Flag("now", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("timeout", ' ', Takes::Duration),
    Flag("wait", ' ', Takes::Switch),
];

/// What to name, for commands that need objects.
pub(super) const MISSING: &str = "You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'";

/// How the objects are deleted.
struct Manner {
    cascade: Cascade,
    grace_seconds: Option<i64>,
    is_forced: bool,
    dry_run: DryRun,
    is_named_only: bool,
}

/// `replace --force` deletes what stands in the place of its objects, with no grace period that is
/// shorter than a second.
pub(super) fn for_replacement(
    shell: &mut Shell,
    flags: &Flags,
    objects: &[FileObject],
) -> Result<Vec<Gone>, Failure> {
    let asked = flags.integer("grace-period").filter(|it| *it >= 0);
    let manner = Manner {
        cascade: cascade(shell, flags)?,
        grace_seconds: asked.map(|it| it.max(1)),
        is_forced: false,
        dry_run: DryRun::None,
        is_named_only: flags.text("output") == Some("name"),
    };
    let (mut gone, mut failure) = (Vec::new(), Failure::default());
    for it in objects {
        let Some(resource) = it.resource else { continue };
        let (namespace, name) = (namespace_of(&it.object), name_of(&it.object));
        let Some(object) = shell.server.find(resource, namespace, name) else { continue };
        match delete(shell, &Found { resource, object: object.clone() }, &manner) {
            Ok(()) => gone.push(Gone::of(resource, &object)),
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok().map(|()| gone)
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.is_on("now") && flags.integer("grace-period").is_some_and(|it| it >= 0) {
        return Err(Failure::new("--now and --grace-period cannot be specified together"));
    }
    let manner = manner(shell, flags)?;
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let (found, mut failure) = match flags.args.is_empty() {
        true => of_files(shell, flags)?,
        false => {
            let targets = shell.targets(&flags.args)?;
            let scope = Scope { needs_name: true, checks_namespace: false, ..Scope::of(flags) };
            let (found, failure) = scope.find(&targets, shell.server)?;
            if found.is_empty() && matches!(targets, Targets::Types(_)) {
                shell.output.line("No resources found");
            }
            (found, failure)
        }
    };
    if flags.is_on("ignore-not-found") {
        failure.0.retain(|it| !matches!(it, Fault::Whole(text) if text.contains("(NotFound)")));
    }
    if manner.is_forced && manner.dry_run == DryRun::None {
        shell.output.warn("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.");
    }
    let mut gone = Vec::new();
    for it in &found {
        match delete(shell, it, &manner) {
            Ok(()) => gone.push(Gone::of(it.resource, &it.object)),
            Err(fault) => failure.0.push(fault),
        }
    }
    let waits = flags.is_not_off("wait") && manner.dry_run == DryRun::None;
    if waits && !gone.is_empty() {
        let limit = flags.duration("timeout").filter(|it| *it > 0);
        let deadline = limit.map(|it| shell.server.now() + it);
        shell.job = Some(Job::Delete { gone, deadline });
    }
    failure.or_ok()
}

/// `GetCascadingStrategy`; before v1.20 the flag was a switch.
fn cascade(shell: &mut Shell, flags: &Flags) -> Result<Cascade, Failure> {
    let given = flags.text("cascade").unwrap_or("background");
    if let Some(is_on) = parse_switch(given) {
        let instead = if is_on { "background" } else { "orphan" };
        shell.output.warn(&format!(
            "warning: --cascade={given} is deprecated (boolean value) and can be replaced with \
             --cascade={instead}."
        ));
        return Ok(if is_on { Cascade::Background } else { Cascade::Orphan });
    }
    match given {
        "background" => Ok(Cascade::Background),
        "foreground" => Ok(Cascade::Foreground),
        "orphan" => Ok(Cascade::Orphan),
        other => Err(Failure::new(format!(
            "invalid cascade value ({other}). \
             Must be \"background\", \"foreground\", or \"orphan\""
        ))),
    }
}

fn manner(shell: &mut Shell, flags: &Flags) -> Result<Manner, Failure> {
    let cascade = cascade(shell, flags)?;
    let output = flags.text("output").unwrap_or_default();
    if !["", "name"].contains(&output) {
        return Err(Failure::new(format!(
            "unexpected -o output mode: {output}. We only support '-o name'"
        )));
    }
    let is_forced = flags.is_on("force");
    let asked = flags.integer("grace-period").filter(|it| *it >= 0);
    let grace_seconds = match (flags.is_on("now"), is_forced, asked) {
        (true, ..) => Some(1),
        // Without force a pod is given a second at least.
        (_, false, Some(0)) => Some(1),
        (_, true, None) => Some(0),
        (_, _, asked) => asked,
    };
    let is_named_only = output == "name";
    Ok(Manner { cascade, grace_seconds, is_forced, dry_run: flags.dry_run()?, is_named_only })
}

fn of_files(shell: &mut Shell, flags: &Flags) -> Result<(Vec<Found>, Failure), Failure> {
    let Read { objects, mut failure } = read(shell, flags)?;
    let mut found = Vec::new();
    for it in objects {
        let Some(resource) = it.resource else { continue };
        let (namespace, name) = (namespace_of(&it.object), name_of(&it.object));
        match shell.server.find(resource, namespace, name) {
            Some(object) => found.push(Found { resource, object }),
            None => {
                let text = not_found(resource, name);
                let file = &it.file;
                let text = text.replacen(
                    "(NotFound): ",
                    &format!("(NotFound): error when deleting \"{file}\": "),
                    1,
                );
                failure.0.push(Fault::Whole(text));
            }
        }
    }
    Ok((found, failure))
}

fn delete(shell: &mut Shell, found: &Found, manner: &Manner) -> Result<(), Fault> {
    let (resource, namespace, name) = address(found.resource, &found.object);
    let kind = found.resource.full_singular();
    let input = match (found.resource.plural, manner.grace_seconds) {
        ("pods", grace_seconds @ Some(_)) => {
            Input::DeletePod { namespace, name: name.clone(), grace_seconds }
        }
        ("nodes", _) => Input::DeleteNode { node: name.clone() },
        _ => {
            let cascade = manner.cascade;
            Input::Delete { resource, namespace, name: name.clone(), cascade }
        }
    };
    if manner.dry_run != DryRun::Client {
        shell.server.send(input, manner.dry_run == DryRun::Server)?;
    }
    let suffix = manner.dry_run.suffix();
    let force = if manner.is_forced && manner.dry_run == DryRun::None { "force " } else { "" };
    shell.output.line(&match manner.is_named_only {
        true => format!("{kind}/{name}"),
        false => format!("{kind} \"{name}\" {force}deleted{suffix}"),
    });
    Ok(())
}

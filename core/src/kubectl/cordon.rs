//! `kubectl cordon` and `kubectl uncordon`.

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, name_of};
use crate::kubectl::select::{Found, Scope, Targets, targets};
use crate::sim::Input;

/// The flags of both.
pub(super) const FLAGS: &[Flag] =
    &[Flag("dry-run", ' ', Takes::Perhaps("unchanged")), Flag("selector", 'l', Takes::Text)];

pub(super) fn cordon(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    run(shell, flags, true)
}

pub(super) fn uncordon(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    run(shell, flags, false)
}

fn run(shell: &mut Shell, flags: &Flags, is_cordon: bool) -> Result<(), Failure> {
    let verb = if is_cordon { "cordon" } else { "uncordon" };
    let found = nodes(shell, flags, verb)?;
    set(shell, flags, &found, is_cordon)
}

/// The nodes that are named; one that is missing keeps all others back.
pub(super) fn nodes(shell: &Shell, flags: &Flags, verb: &str) -> Result<Vec<Found>, Failure> {
    let has_selector = flags.text("selector").is_some_and(|it| !it.is_empty());
    if flags.args.is_empty() && !has_selector {
        return Err(Failure::usage(&format!("USAGE: {verb} NODE [flags]"), verb));
    }
    if !flags.args.is_empty() && has_selector {
        return Err(Failure::usage(
            "cannot specify both a node name and a --selector option",
            verb,
        ));
    }
    let nodes = Resource::plural("nodes");
    let targets = match flags.args.as_slice() {
        [] => Targets::Types(vec![nodes]),
        names if names.iter().any(|it| it.contains('/')) => targets(names)?,
        names => Targets::Named(names.iter().map(|it| (nodes, it.clone())).collect()),
    };
    flags.dry_run()?;
    let (found, failure) = Scope::of(flags).find(&targets, shell.server)?;
    failure.or_ok()?;
    Ok(found)
}

/// Cordons or uncordons nodes and says so.
pub(super) fn set(
    shell: &mut Shell,
    flags: &Flags,
    found: &[Found],
    is_cordon: bool,
) -> Result<(), Failure> {
    let verb = if is_cordon { "cordon" } else { "uncordon" };
    let dry_run = flags.dry_run()?;
    for it in found {
        let name = name_of(&it.object);
        let is_cordoned = json::flag(json::field(&it.object, "spec"), "unschedulable");
        let already = if is_cordoned == is_cordon { "already " } else { "" };
        if already.is_empty() && dry_run != DryRun::Client {
            let node = name.into();
            let input = match is_cordon {
                true => Input::Cordon { node },
                false => Input::Uncordon { node },
            };
            shell.server.send(input, dry_run == DryRun::Server)?;
        }
        shell.output.line(&format!("node/{name} {already}{verb}ed{}", dry_run.suffix()));
    }
    Ok(())
}

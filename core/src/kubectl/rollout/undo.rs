//! `kubectl rollout undo`: the template of an older revision takes the place of the present one.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::change::send_patch;
use crate::kubectl::describe::pod_template;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::{deployment, number, objects, revisions, template};
use crate::kubectl::select::Found;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("to-revision", ' ', Takes::Integer),
];

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let wanted = flags.integer("to-revision").unwrap_or(0);
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        match undo(shell, it, wanted, dry_run) {
            Ok((object, result)) => {
                let result = format!("{result}{}", dry_run.suffix());
                shell.report(printer.as_ref(), &object, &result)?;
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

/// The object afterwards, and what is said of it.
fn undo(
    shell: &mut Shell,
    found: &Found,
    wanted: i64,
    dry_run: DryRun,
) -> Result<(Value, String), Fault> {
    let object = &found.object;
    let (patch, shown) = match found.resource.plural {
        "daemonsets" => {
            let revisions = revisions(object, shell.server);
            let target = target(&revisions, wanted)?;
            let shown = format!("will roll back to {}", pod_template(template(target)));
            let is_current = is_current(template(target), json::at(object, &["spec", "template"]));
            ((!is_current).then(|| json::field(target, "data").clone()), shown)
        }
        "deployments" => {
            let name = name_of(object);
            if json::flag(json::field(object, "spec"), "paused") {
                return Err(Fault::Plain(format!(
                    "you cannot rollback a paused deployment; resume it first with \
                     'kubectl rollout resume deployment/{name}' and try again"
                )));
            }
            let sets = deployment::replica_sets(object, shell.server);
            let target = deployment::target(object, &sets, wanted)?;
            let shown = pod_template(json::at(target, &["spec", "template"]));
            (deployment::patch_to(object, target), shown)
        }
        _ => {
            let kind = found.resource.kind;
            let fault = format!("no rollbacker has been implemented for \"{kind}\"");
            return Err(Fault::Plain(fault));
        }
    };
    if dry_run == DryRun::Client {
        return Ok((object.clone(), shown));
    }
    let Some(patch) = patch else {
        let why = format!("current template already matches revision {wanted}");
        return Ok((object.clone(), format!("skipped rollback ({why})")));
    };
    Ok((send_patch(shell, found, patch, dry_run)?, "rolled back".to_owned()))
}

/// The revision to go back to; 0 is the one before the last.
fn target(revisions: &[Value], wanted: i64) -> Result<&Value, Fault> {
    if wanted == 0 && revisions.len() <= 1 {
        return Err(Fault::Plain("no last revision to roll back to".into()));
    }
    let target = match wanted {
        0 => revisions.len().checked_sub(2).and_then(|it| revisions.get(it)),
        wanted => revisions.iter().find(|it| number(it) == wanted),
    };
    target.ok_or_else(|| {
        Fault::Plain(format!("unable to find specified revision {wanted} in history"))
    })
}

/// A revision keeps the template with the directive that makes a patch of it. A null says nothing.
pub(super) fn is_current(kept: &Value, current: &Value) -> bool {
    match (kept, current) {
        (Value::Object(kept), Value::Object(current)) => {
            let keys = kept.keys().chain(current.keys()).filter(|it| *it != "$patch");
            let of = |object: &serde_json::Map<String, Value>, key: &String| {
                object.get(key).cloned().unwrap_or_default()
            };
            keys.into_iter().all(|key| is_current(&of(kept, key), &of(current, key)))
        }
        (Value::Array(kept), Value::Array(current)) => {
            kept.len() == current.len()
                && kept.iter().zip(current).all(|(kept, current)| is_current(kept, current))
        }
        _ => kept == current,
    }
}

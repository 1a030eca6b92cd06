//! `kubectl rollout undo`: the template of an older revision takes the place of the present one.

use std::sync::Arc;

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::describe::pod_template;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::{number, objects, revisions, template};
use crate::kubectl::select::Found;
use crate::kubectl::server::address;
use crate::sim::Input;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("to-revision", ' ', Takes::Integer),
];

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let dry_run = flags.dry_run()?;
    let wanted = flags.integer("to-revision").unwrap_or(0);
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        match undo(shell, it, wanted, dry_run) {
            Ok(result) => {
                let name = it.resource.object(name_of(&it.object));
                shell.output.line(&format!("{name} {result}{}", dry_run.suffix()));
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

fn undo(shell: &mut Shell, found: &Found, wanted: i64, dry_run: DryRun) -> Result<String, Fault> {
    if found.resource.plural != "daemonsets" {
        let kind = found.resource.kind;
        return Err(Fault::Plain(format!("no rollbacker has been implemented for \"{kind}\"")));
    }
    let revisions = revisions(&found.object, shell.server);
    if wanted == 0 && revisions.len() <= 1 {
        return Err(Fault::Plain("no last revision to roll back to".into()));
    }
    let target = match wanted {
        0 => revisions.len().checked_sub(2).and_then(|it| revisions.get(it)),
        wanted => revisions.iter().find(|it| number(it) == wanted),
    };
    let Some(target) = target else {
        let fault = format!("unable to find specified revision {wanted} in history");
        return Err(Fault::Plain(fault));
    };
    if dry_run == DryRun::Client {
        return Ok(format!("will roll back to {}", pod_template(template(target))));
    }
    if is_current(template(target), json::at(&found.object, &["spec", "template"])) {
        let why = format!("current template already matches revision {wanted}");
        return Ok(format!("skipped rollback ({why})"));
    }
    let (resource, namespace, name) = address(found.resource, &found.object);
    let patch = Arc::new(json::field(target, "data").clone());
    let input = Input::Patch { resource, namespace, name, patch };
    shell.server.send(input, dry_run == DryRun::Server)?;
    Ok("rolled back".to_owned())
}

/// A revision keeps the template with the directive that makes a patch of it. A null says nothing.
fn is_current(kept: &Value, current: &Value) -> bool {
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

//! `kubectl replace`, also by force: what is there is deleted first, and made anew when it is gone.

use std::sync::Arc;

use crate::kubectl::Shell;
use crate::kubectl::apply::{Order, of_file, order};
use crate::kubectl::delete;
use crate::kubectl::files::FileObject;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::job::{Gone, Job, wait_until_gone};
use crate::kubectl::output::{Failure, Fault, Output};
use crate::kubectl::printer::{Printer, name};
use crate::kubectl::resource::{name_of, namespace_of};
use crate::kubectl::server::{Server, not_found};
use crate::sim::{Input, Outcome};

/// The flags of `replace`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("cascade", ' ', Takes::Perhaps("background")),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("force", ' ', Takes::Switch),
    Flag("grace-period", ' ', Takes::Integer),
    Flag("output", 'o', Takes::Text),
    Flag("save-config", ' ', Takes::Switch),
    Flag("timeout", ' ', Takes::Duration),
    Flag("validate", ' ', Takes::Perhaps("strict")),
];

/// Objects that are made when those in their place are gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Replacement {
    gone: Vec<Gone>,
    /// When to give up, in milliseconds since 1970.
    deadline: Option<i64>,
    objects: Vec<FileObject>,
    printer: Option<Printer>,
    saves_config: bool,
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let Order { dry_run, printer, objects, mut failure } = order(shell, flags, "replace")?;
    if flags.is_on("force") {
        failure.or_ok()?;
        return by_force(shell, flags, dry_run, printer, objects);
    }
    if flags.integer("grace-period").is_some_and(|it| it >= 0) {
        return Err(Failure::new("--grace-period must have --force specified"));
    }
    if flags.duration("timeout").is_some_and(|it| it != 0) {
        return Err(Failure::new("--timeout must have --force specified"));
    }
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

/// `forceReplace`: what is not there is made all the same.
fn by_force(
    shell: &mut Shell,
    flags: &Flags,
    dry_run: DryRun,
    printer: Option<Printer>,
    objects: Vec<FileObject>,
) -> Result<(), Failure> {
    if dry_run != DryRun::None {
        return Err(Failure::new("--dry-run can not be used when --force is set"));
    }
    let gone = delete::for_replacement(shell, flags, &objects)?;
    let limit = flags.duration("timeout").filter(|it| *it > 0);
    let deadline = limit.map(|it| shell.server.now() + it);
    let saves_config = flags.is_on("save-config");
    let replacement = Replacement { gone, deadline, objects, printer, saves_config };
    shell.job = Some(Job::Replace(Box::new(replacement)));
    Ok(())
}

impl Replacement {
    pub(super) fn poll(
        &mut self,
        server: &mut dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        if !wait_until_gone(&mut self.gone, self.deadline, server)? {
            return Ok(false);
        }
        let mut failure = Failure::default();
        for it in &self.objects {
            if let Some(fault) = it.fault("replacing") {
                failure.0.push(fault);
                continue;
            }
            let object = Arc::new(it.object.clone());
            let input = match self.saves_config {
                true => Input::Apply { object },
                false => Input::Create { object },
            };
            match (server.send(input, false), &self.printer) {
                (Ok(_), None) => output.line(&format!("{} replaced", name(&it.object))),
                (Ok(_), Some(printer)) => {
                    let text = printer.print(&it.object, false).map_err(|it| it.1)?;
                    output.stdout.push_str(&text);
                }
                (Err(error), _) => failure.0.push(of_file(error, "replacing", &it.file)),
            }
        }
        failure.or_ok().map(|()| true)
    }
}

//! `kubectl rollout history`.

use serde_json::Value;

use crate::api::{json, merge};
use crate::kubectl::Shell;
use crate::kubectl::change::check_quantities;
use crate::kubectl::describe::pod_template;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::{deployment, number, objects, revisions, template};
use crate::kubectl::select::Found;
use crate::kubectl::table;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("revision", ' ', Takes::Integer),
    Flag("selector", 'l', Takes::Text),
];

/// The annotation that says why a rollout was made.
pub(in crate::kubectl) const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// What came before, oldest first: the number, the reason, the template, and the whole object as
/// it was then.
struct Revision {
    number: i64,
    cause: String,
    template: Value,
    object: Value,
}

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let wanted = flags.integer("revision").unwrap_or(0);
    if flags.args.is_empty() {
        return Err(Failure::new("required resource not specified"));
    }
    if wanted < 0 {
        return Err(Failure::new(format!("revision must be a positive integer: {wanted}")));
    }
    let printer = Printer::of(flags, FORMATS)?;
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        let history = match history_of(shell, it) {
            Ok(history) => history,
            Err(fault) => {
                failure.0.push(fault);
                continue;
            }
        };
        let name = it.resource.object(name_of(&it.object));
        let chosen = history.iter().find(|it| it.number == wanted);
        if wanted > 0 && chosen.is_none() {
            failure.0.push(Fault::Plain("unable to find the specified revision".into()));
            continue;
        }
        match (&printer, chosen) {
            (Some(printer), chosen) => {
                let one = |it: &Revision| printer.print(&it.object, false).map_err(|it| it.1);
                let shown = chosen.map_or(history.as_slice(), std::slice::from_ref);
                for it in shown {
                    let text = one(it)?;
                    shell.output.stdout.push_str(&text);
                }
            }
            (None, Some(it)) => {
                shell.output.line(&format!("{name} with revision #{wanted}"));
                shell.output.line(&pod_template(&it.template));
            }
            (None, None) => {
                shell.output.line(&format!("{name} "));
                shell.output.line(&overview(&history));
            }
        }
    }
    failure.or_ok()
}

fn history_of(shell: &Shell, found: &Found) -> Result<Vec<Revision>, Fault> {
    let cause = |it: &Value| {
        let annotations = json::at(it, &["metadata", "annotations"]);
        let cause = json::non_empty(annotations, CHANGE_CAUSE);
        cause.map_or_else(|| "<none>".to_owned(), |it| it.to_string())
    };
    match found.resource.plural {
        "daemonsets" => {
            let revisions = revisions(&found.object, shell.server);
            revisions.iter().try_for_each(check_quantities).map_err(first)?;
            let of = |it: &Value| Revision {
                number: number(it),
                cause: cause(it),
                template: template(it).clone(),
                object: as_it_was(&found.object, it),
            };
            Ok(revisions.iter().map(of).collect())
        }
        "deployments" => {
            let sets = deployment::replica_sets(&found.object, shell.server);
            let of = |(number, it): (i64, &Value)| Revision {
                number,
                cause: cause(it),
                template: deployment::template_of(it),
                object: it.clone(),
            };
            Ok(deployment::history(&sets).into_iter().map(of).collect())
        }
        _ => {
            let (group, kind) = (found.resource.group, found.resource.kind);
            Err(Fault::Plain(format!(
                "error retrieving history for \"{kind}\", \
                 no visitor method exists for {{{group} {kind}}}"
            )))
        }
    }
}

fn first(failure: Failure) -> Fault {
    failure.0.into_iter().next().unwrap_or(Fault::Silent)
}

/// A DaemonSet with the template of a revision; the API prints its empty creation time.
fn as_it_was(object: &Value, revision: &Value) -> Value {
    let mut object = merge::strategic(object, json::field(revision, "data"));
    let meta = object.pointer_mut("/spec/template/metadata").and_then(Value::as_object_mut);
    if let Some(meta) = meta {
        meta.insert("creationTimestamp".to_owned(), Value::Null);
    }
    object
}

/// The numbers and why each came to be.
fn overview(history: &[Revision]) -> String {
    if history.is_empty() {
        return "No rollout history found.".to_owned();
    }
    let mut text = "REVISION\tCHANGE-CAUSE\n".to_owned();
    for it in history {
        text.push_str(&format!("{}\t{}\n", it.number, it.cause));
    }
    table::align(&text, table::DESCRIBE)
}

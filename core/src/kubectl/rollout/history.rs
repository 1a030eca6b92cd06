//! `kubectl rollout history`.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::describe::pod_template;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::{number, objects, revisions, template};
use crate::kubectl::table;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("output", 'o', Takes::Text),
    Flag("revision", ' ', Takes::Integer),
    Flag("selector", 'l', Takes::Text),
];

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let wanted = flags.integer("revision").unwrap_or(0);
    if flags.args.is_empty() {
        return Err(Failure::new("required resource not specified"));
    }
    if wanted < 0 {
        return Err(Failure::new(format!("revision must be a positive integer: {wanted}")));
    }
    let (found, mut failure) = objects(shell, flags)?;
    for it in &found {
        if it.resource.plural != "daemonsets" {
            let (group, kind) = (it.resource.group, it.resource.kind);
            failure.0.push(Fault::Plain(format!(
                "error retrieving history for \"{kind}\", \
                 no visitor method exists for {{{group} {kind}}}"
            )));
            continue;
        }
        let name = it.resource.object(name_of(&it.object));
        let revisions = revisions(&it.object, shell.server);
        if wanted == 0 {
            shell.output.line(&format!("{name} "));
            shell.output.line(&overview(&revisions));
            continue;
        }
        match revisions.iter().find(|it| number(it) == wanted) {
            Some(revision) => {
                shell.output.line(&format!("{name} with revision #{wanted}"));
                shell.output.line(&pod_template(template(revision)));
            }
            None => failure.0.push(Fault::Plain("unable to find the specified revision".into())),
        }
    }
    failure.or_ok()
}

/// The numbers and why each came to be.
fn overview(revisions: &[Value]) -> String {
    if revisions.is_empty() {
        return "No rollout history found.".to_owned();
    }
    let mut text = "REVISION\tCHANGE-CAUSE\n".to_owned();
    for it in revisions {
        let annotations = json::at(it, &["metadata", "annotations"]);
        let cause = json::non_empty(annotations, "kubernetes.io/change-cause");
        let cause = cause.unwrap_or_else(|| "<none>".into());
        text.push_str(&format!("{}\t{cause}\n", number(it)));
    }
    table::align(&text, table::DESCRIBE)
}

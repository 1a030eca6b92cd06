//! `kubectl rollout restart`: an annotation with the time makes another template.

use serde_json::{Value, json};

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::age::rfc3339;
use crate::kubectl::change::send_patch;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::objects;
use crate::kubectl::select::Found;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
];

const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let printer = Printer::of(flags, FORMATS)?;
    let (found, mut failure) = objects(shell, flags)?;
    if found.is_empty() && failure.0.is_empty() {
        let namespace = flags.namespace();
        shell.output.warn(&format!("No resources found in {namespace} namespace."));
    }
    for it in &found {
        match restart(shell, it) {
            Ok(object) => shell.report(printer.as_ref(), &object, "restarted")?,
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

fn restart(shell: &mut Shell, found: &Found) -> Result<Value, Fault> {
    let (plural, name) = (found.resource.full_plural(), name_of(&found.object));
    if !["daemonsets", "deployments", "statefulsets"].contains(&found.resource.plural) {
        return Err(Fault::Plain(format!("{plural} \"{name}\" restarting is not supported")));
    }
    if json::flag(json::field(&found.object, "spec"), "paused") {
        return Err(Fault::Plain(format!(
            "{plural} \"{name}\" can't restart paused deployment (run rollout resume first)"
        )));
    }
    let now = rfc3339(shell.server.now());
    let path = ["spec", "template", "metadata", "annotations", RESTARTED_AT];
    if json::at(&found.object, &path) == &now {
        return Err(Fault::Plain(format!(
            "failed to create patch for {name}: if restart has already been triggered within the \
             past second, please wait before attempting to trigger another"
        )));
    }
    let annotations = json!({RESTARTED_AT: now});
    let patch = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
    send_patch(shell, found, patch, DryRun::None)
}

//! `kubectl rollout restart`: an annotation with the time makes another template.

use std::sync::Arc;

use serde_json::json;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::age::rfc3339;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::name_of;
use crate::kubectl::rollout::objects;
use crate::kubectl::select::Found;
use crate::kubectl::server::address;
use crate::sim::Input;

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] =
    &[Flag("output", 'o', Takes::Text), Flag("selector", 'l', Takes::Text)];

const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let (found, mut failure) = objects(shell, flags)?;
    if found.is_empty() && failure.0.is_empty() {
        let namespace = flags.namespace();
        shell.output.warn(&format!("No resources found in {namespace} namespace."));
    }
    for it in &found {
        match restart(shell, it) {
            Ok(()) => {
                let name = it.resource.object(name_of(&it.object));
                shell.output.line(&match flags.text("output") {
                    Some("name") => name,
                    _ => format!("{name} restarted"),
                });
            }
            Err(fault) => failure.0.push(fault),
        }
    }
    failure.or_ok()
}

fn restart(shell: &mut Shell, found: &Found) -> Result<(), Fault> {
    let name = name_of(&found.object);
    if !["daemonsets", "deployments", "statefulsets"].contains(&found.resource.plural) {
        let plural = found.resource.full_plural();
        return Err(Fault::Plain(format!("{plural} \"{name}\" restarting is not supported")));
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
    let (resource, namespace, name) = address(found.resource, &found.object);
    let input = Input::Patch { resource, namespace, name, patch: Arc::new(patch) };
    shell.server.send(input, false)?;
    Ok(())
}

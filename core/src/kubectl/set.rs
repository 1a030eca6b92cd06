//! `kubectl set image`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::delete::MISSING;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::label::split;
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::name_of;
use crate::kubectl::select::{Found, Scope};
use crate::kubectl::server::address;
use crate::sim::Input;

/// The flags of `set image`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
];

pub(super) fn image(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let (words, changes) = split(&flags.args, "image")?;
    let images: Vec<(&str, &str)> = changes.iter().filter_map(|it| it.split_once('=')).collect();
    if words.is_empty() {
        return Err(Failure::new(MISSING));
    }
    let targets = shell.targets(&words)?;
    if images.is_empty() {
        return Err(Failure::new("at least one image update is required"));
    }
    if images.len() > 1 && images.iter().any(|(name, _)| *name == "*") {
        return Err(Failure::new(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    let dry_run = flags.dry_run()?;
    let scope = Scope { needs_name: true, ..Scope::of(flags) };
    let (found, mut failure) = scope.find(&targets, shell.server)?;
    for it in &found {
        let Some(patch) = patch(it, &images, &mut failure) else { continue };
        if dry_run != DryRun::Client {
            let (resource, namespace, name) = address(it.resource, &it.object);
            let patch = Arc::new(patch);
            let input = Input::Patch { resource, namespace, name, patch };
            shell.server.send(input, dry_run == DryRun::Server)?;
        }
        let name = it.resource.object(name_of(&it.object));
        shell.output.line(&match flags.text("output") {
            Some("name") => name,
            _ => format!("{name} image updated{}", dry_run.suffix()),
        });
    }
    failure.or_ok()
}

/// The containers whose image changes; none if nothing does, of which nothing is said.
fn patch(found: &Found, images: &[(&str, &str)], failure: &mut Failure) -> Option<Value> {
    let spec = json::at(&found.object, &["spec", "template", "spec"]);
    let lists = ["initContainers", "containers"];
    let mut changed = json!({});
    for (wanted, image) in images {
        let mut is_known = false;
        for key in lists {
            for container in json::list(spec, key) {
                let name = json::field(container, "name");
                if *wanted != "*" && name != wanted {
                    continue;
                }
                is_known = true;
                if json::field(container, "image") != image {
                    if changed[key].is_null() {
                        changed[key] = json!([]);
                    }
                    if let Some(list) = changed[key].as_array_mut() {
                        list.push(json!({"name": name, "image": image}));
                    }
                }
            }
        }
        if !is_known && *wanted != "*" {
            failure.0.push(Fault::Plain(format!("unable to find container named \"{wanted}\"")));
            return None;
        }
    }
    let is_change = changed.as_object().is_some_and(|it| !it.is_empty());
    is_change.then(|| json!({"spec": {"template": {"spec": changed}}}))
}

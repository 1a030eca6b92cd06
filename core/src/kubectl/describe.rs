//! `kubectl describe` (`kubectl/pkg/describe`).
//!
//! What is written holds tabs; `table::align` makes columns of them in the end.

mod container;
mod daemon_set;
mod events;
mod generic;
mod node;
mod pod;
mod state;
mod template;
mod volumes;
mod workload;

use serde_json::Value;

use crate::api::merge::LAST_APPLIED;
use crate::api::{Labels, json};
use crate::kubectl::Shell;
use crate::kubectl::change::check_quantities;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, name_of};
use crate::kubectl::select::{Found, Scope, Targets};
use crate::kubectl::server::Server;
use crate::kubectl::table;

pub(super) use template::pod_template;

/// The flags of `describe`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
    Flag("show-events", ' ', Takes::Switch),
];

/// Longer annotations begin on a line of their own.
const ANNOTATION_MAX: usize = 140;

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.is_empty() {
        return Err(Failure::new(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" \
             for a complete list of supported resources.",
        ));
    }
    let targets = shell.targets(&flags.args)?;
    let scope = Scope::of(flags);
    let with_events = flags.is_not_off("show-events");
    let (found, failure) = scope.find(&targets, shell.server)?;
    if let Targets::Named(named) = &targets
        && let [(resource, prefix)] = named.as_slice()
        && found.is_empty()
        && flags.args.len() == 2
    {
        return by_prefix(shell, &scope, resource, prefix, with_events, failure);
    }
    // In the form `ds/a ds/b` one that is missing suppresses all output.
    let is_joined = flags.args.iter().any(|it| it.contains('/'));
    if is_joined && !failure.0.is_empty() {
        return Err(failure);
    }
    if found.is_empty() && failure.0.is_empty() {
        shell.output.warn(&scope.nothing_found(true));
    }
    for (index, it) in found.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n\n" };
        let text = description(it, shell.server, with_events)?;
        shell.output.stdout.push_str(separator);
        shell.output.stdout.push_str(&text);
    }
    failure.or_ok()
}

/// A name that is not there stands for all that begin with it.
fn by_prefix(
    shell: &mut Shell,
    scope: &Scope,
    resource: &'static Resource,
    prefix: &str,
    with_events: bool,
    failure: Failure,
) -> Result<(), Failure> {
    let (found, _) = scope.find(&Targets::Types(vec![resource]), shell.server)?;
    let matching: Vec<&Found> =
        found.iter().filter(|it| name_of(&it.object).starts_with(prefix)).collect();
    if matching.is_empty() {
        return Err(failure);
    }
    for it in matching {
        let text = description(it, shell.server, with_events)?;
        shell.output.line(&text);
    }
    Ok(())
}

/// Types of which kubectl has a description of its own that is not one here.
const DESCRIBED: [&str; 27] = [
    "certificatesigningrequests",
    "clusterrolebindings",
    "clusterroles",
    "configmaps",
    "cronjobs",
    "csinodes",
    "endpoints",
    "endpointslices",
    "horizontalpodautoscalers",
    "ingressclasses",
    "ingresses",
    "jobs",
    "limitranges",
    "networkpolicies",
    "persistentvolumeclaims",
    "persistentvolumes",
    "poddisruptionbudgets",
    "priorityclasses",
    "replicationcontrollers",
    "resourcequotas",
    "rolebindings",
    "roles",
    "secrets",
    "serviceaccounts",
    "services",
    "statefulsets",
    "storageclasses",
];

fn description(found: &Found, server: &dyn Server, with_events: bool) -> Result<String, Failure> {
    let object = &found.object;
    check_quantities(object)?;
    let mut text = match found.resource.plural {
        "daemonsets" => daemon_set::describe(object, server),
        "pods" => pod::describe(object, server.now()),
        "nodes" => node::describe(object, server)?,
        "deployments" => workload::deployment(object, server),
        "replicasets" => workload::replica_set(object, server),
        "namespaces" => generic::namespace(object),
        other if DESCRIBED.contains(&other) => {
            let what = format!("describe of {other}");
            let instead = "take `kubectl get … -o yaml`";
            return Err(Failure::new(format!("{what} is not simulated: {instead}")));
        }
        _ => generic::describe(object),
    };
    if with_events && found.resource.plural != "namespaces" {
        text.push_str(&events::describe(object, server));
    }
    Ok(table::align(&text, table::DESCRIBE))
}

/// `TITLE:`, then `key=value` in a line each.
fn labels(text: &mut String, indent: &str, title: &str, labels: &Labels) {
    text.push_str(&format!("{indent}{title}:\t"));
    if labels.is_empty() {
        text.push_str("<none>\n");
    }
    for (index, (key, value)) in labels.iter().enumerate() {
        let lead = if index == 0 { "" } else { "\t" };
        text.push_str(&format!("{lead}{key}={value}\n"));
    }
}

/// `TITLE:`, then `key: value` in a line each; long ones in lines of their own.
fn annotations(text: &mut String, title: &str, annotations: &Labels) {
    text.push_str(&format!("{title}:\t"));
    // What `apply` keeps for itself is never shown.
    let mut shown = annotations.iter().filter(|(key, _)| &***key != LAST_APPLIED).peekable();
    if shown.peek().is_none() {
        text.push_str("<none>\n");
    }
    for (index, (key, value)) in shown.enumerate() {
        if index > 0 {
            text.push('\t');
        }
        let value = value.strip_suffix('\n').unwrap_or(value);
        if value.len() + key.len() + 2 <= ANNOTATION_MAX && !value.contains('\n') {
            text.push_str(&format!("{key}: {value}\n"));
            continue;
        }
        text.push_str(&format!("{key}:\n"));
        for line in value.split('\n') {
            text.push_str(&format!("\t  {}\n", shortened(line, ANNOTATION_MAX - 2)));
        }
    }
}

/// `Controlled By:` with kind and name of the owner, if it has one.
fn controller(text: &mut String, object: &Value) {
    let owners = json::list(json::field(object, "metadata"), "ownerReferences");
    if let Some(owner) = owners.iter().find(|it| json::flag(it, "controller")) {
        let of = |key| json::text(owner, key).unwrap_or_default();
        text.push_str(&format!("Controlled By:\t{}/{}\n", of("kind"), of("name")));
    }
}

/// At most `max` bytes, cut at a character.
fn shortened(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
    format!("{}...", &text[..end])
}

/// Labels or annotations of an object's metadata.
fn metadata_texts(object: &Value, key: &str) -> Labels {
    json::texts(json::field(object, "metadata"), key)
}

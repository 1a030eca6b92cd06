//! `kubectl create` and `kubectl run`: objects from files, or from a few words.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::apply::{Order, of_file, order};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::sim::Input;

/// The flags of `create namespace`.
pub(super) const NAMESPACE_FLAGS: &[Flag] =
    &[Flag("dry-run", ' ', Takes::Perhaps("unchanged")), Flag("output", 'o', Takes::Text)];

/// The flags of `create deployment`.
pub(super) const DEPLOYMENT_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("image", ' ', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("port", ' ', Takes::Integer),
    Flag("replicas", 'r', Takes::Integer),
];

/// The flags of `run`.
pub(super) const RUN_FLAGS: &[Flag] = &[
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("image", ' ', Takes::Text),
    Flag("labels", 'l', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("port", ' ', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("restart", ' ', Takes::Text),
    Flag("rm", ' ', Takes::Switch),
    Flag("stdin", 'i', Takes::Switch),
    Flag("tty", 't', Takes::Switch),
];

pub(super) fn create(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if !flags.args.is_empty() {
        let args = flags.args.join(" ");
        return Err(Failure::usage(&format!("Unexpected args: [{args}]"), "create"));
    }
    let Order { dry_run, printer, objects, mut failure } = order(shell, flags, "create")?;
    for it in objects {
        let (name, namespace) = (name_of(&it.object), namespace_of(&it.object));
        let known = it.resource.and_then(|kind| shell.server.find(kind, namespace, name));
        if let Some(fault) = it.fault("creating") {
            failure.0.push(fault);
        } else if let (Some(resource), Some(_), true) =
            (it.resource, known, dry_run != DryRun::Client)
        {
            let (file, plural) = (&it.file, resource.full_plural());
            failure.0.push(Fault::Whole(format!(
                "Error from server (AlreadyExists): error when creating \"{file}\": \
                 {plural} \"{name}\" already exists"
            )));
        } else {
            let result = format!("created{}", dry_run.suffix());
            let mut object = it.object.clone();
            shell.record_in(&mut object);
            it.warnings().iter().for_each(|it| shell.output.warn(it));
            let sent = match dry_run {
                DryRun::Client => Ok(()),
                _ => send(shell, &object, flags.is_on("save-config"), dry_run),
            };
            match sent {
                Ok(()) => {
                    let held = it.resource.filter(|_| dry_run == DryRun::None);
                    let held = held.and_then(|kind| shell.server.find(kind, namespace, name));
                    let shown = held.unwrap_or(object);
                    shell.report(printer.as_ref(), &shown, &result)?;
                    shell.note_idle(&shown, &result);
                }
                Err(error) => failure.0.push(of_file(error, "creating", &it.file)),
            }
        }
    }
    failure.or_ok()
}

fn send(
    shell: &mut Shell,
    object: &Value,
    saves_config: bool,
    dry_run: DryRun,
) -> Result<(), crate::sim::ApiError> {
    let object = Arc::new(object.clone());
    let input = match saves_config {
        true => Input::Apply { object },
        false => Input::Create { object },
    };
    shell.server.send(input, dry_run == DryRun::Server).map(drop)
}

pub(super) fn namespace(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let [name] = flags.args.as_slice() else {
        let count = flags.args.len();
        return Err(Failure::usage(
            &format!("exactly one NAME is required, got {count}"),
            "create namespace",
        ));
    };
    let object = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"creationTimestamp": null, "name": name},
        "spec": {},
        "status": {},
    });
    made(shell, flags, "namespaces", object, Input::CreateNamespace { name: name.as_str().into() })
}

pub(super) fn deployment(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let Some(image) = flags.text("image") else {
        return Err(Failure::new("required flag(s) \"image\" not set"));
    };
    let (names, command) = flags.args.split_at(flags.before_dash.unwrap_or(flags.args.len()));
    let [name] = names else {
        let count = names.len();
        return Err(Failure::usage(
            &format!("exactly one NAME is required, got {count}"),
            "create deployment",
        ));
    };
    let labels = json!({"app": name});
    let mut container = container(flags, &container_name(image), image);
    if !command.is_empty() {
        container["command"] = command.iter().map(|it| Value::from(it.as_str())).collect();
    }
    let object = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"creationTimestamp": null, "labels": labels, "name": name},
        "spec": {
            "replicas": flags.integer("replicas").unwrap_or(1),
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {
                "metadata": {"creationTimestamp": null, "labels": labels},
                "spec": {"containers": [container]},
            },
        },
        "status": {},
    });
    let sent = sendable(flags, &object);
    made(shell, flags, "deployments", object, Input::Create { object: sent })
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let Some(image) = flags.text("image") else {
        return Err(Failure::new("required flag(s) \"image\" not set"));
    };
    let Some(name) = flags.args.first() else {
        return Err(Failure::usage("NAME is required for run", "run"));
    };
    if ["rm", "stdin", "tty"].iter().any(|it| flags.is_on(it)) {
        return Err(not_simulated("what runs in containers"));
    }
    let mut container = container(flags, name, image);
    if flags.args.len() > 1 {
        container["args"] = flags.args[1..].iter().map(|it| Value::from(it.as_str())).collect();
    }
    let mut labels = json!({});
    for pair in flags.list("labels") {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        labels[key] = Value::from(value);
    }
    if flags.text("labels").is_none() {
        labels["run"] = Value::from(name.as_str());
    }
    let object = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"creationTimestamp": null, "labels": labels, "name": name},
        "spec": {
            "containers": [container],
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": flags.text("restart").unwrap_or("Always"),
        },
        "status": {},
    });
    let mut object = object;
    shell.record_in(&mut object);
    let sent = sendable(flags, &object);
    made(shell, flags, "pods", object, Input::Create { object: sent })
}

fn container(flags: &Flags, name: &str, image: &str) -> Value {
    let mut container = json!({"image": image, "name": name, "resources": {}});
    if let Some(port) = flags.integer("port") {
        container["ports"] = json!([{"containerPort": port}]);
    }
    container
}

/// The last part of an image's name, without tag and digest.
fn container_name(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    name.replace('_', "-")
}

/// Without what only the printed form has, and in its namespace.
fn sendable(flags: &Flags, object: &Value) -> Arc<Value> {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    for path in ["/metadata", "/spec/template/metadata"] {
        if let Some(meta) = object.pointer_mut(path).and_then(Value::as_object_mut) {
            meta.remove("creationTimestamp");
        }
    }
    object["metadata"]["namespace"] = Value::from(flags.namespace());
    Arc::new(object)
}

fn made(
    shell: &mut Shell,
    flags: &Flags,
    plural: &str,
    mut object: Value,
    input: Input,
) -> Result<(), Failure> {
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let resource = Resource::plural(plural);
    let name = name_of(&object).to_owned();
    let namespace = if resource.is_namespaced { flags.namespace() } else { "" };
    // It is written down only where it was asked for.
    if resource.is_namespaced && flags.text("namespace").is_some_and(|it| !it.is_empty()) {
        object["metadata"]["namespace"] = Value::from(namespace);
    }
    if dry_run != DryRun::Client {
        if shell.server.find(resource, namespace, &name).is_some() {
            let plural = resource.full_plural();
            let fault = format!("{plural} \"{name}\" already exists");
            return Err(match plural.as_str() {
                "pods" | "namespaces" => {
                    Failure::whole(format!("Error from server (AlreadyExists): {fault}"))
                }
                _ => Failure::new(format!("failed to create {}: {fault}", resource.singular)),
            });
        }
        shell.server.send(input, dry_run == DryRun::Server)?;
    }
    let held = (dry_run == DryRun::None).then(|| shell.server.find(resource, namespace, &name));
    let shown = held.flatten().unwrap_or(object);
    shell.report(printer.as_ref(), &shown, &format!("created{}", dry_run.suffix()))
}

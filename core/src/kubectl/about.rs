//! Where the server is, and the commands that the cluster here has no answer for.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::delete::MISSING;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};

/// Where the API server of the playground would listen.
pub(super) const SERVER: &str = "https://127.0.0.1:6443";

/// The flags of `top node`.
pub(super) const TOP_NODE_FLAGS: &[Flag] = &[
    Flag("no-headers", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
    Flag("show-capacity", ' ', Takes::Switch),
    Flag("sort-by", ' ', Takes::Text),
];

/// The flags of `top pod`.
pub(super) const TOP_POD_FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("containers", ' ', Takes::Switch),
    Flag("field-selector", ' ', Takes::Text),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
    Flag("sort-by", ' ', Takes::Text),
    Flag("sum", ' ', Takes::Switch),
];

pub(super) fn cluster_info(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.first().is_some_and(|it| it == "dump") {
        return Err(not_simulated("cluster-info dump"));
    }
    shell.output.line(&format!("Kubernetes control plane is running at {SERVER}"));
    let hint = "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.";
    shell.output.line(&format!("\n{hint}"));
    Ok(())
}

/// As of a cluster without a metrics server.
pub(super) fn top_node(_: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    top(flags, "node")
}

pub(super) fn top_pod(_: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    top(flags, "pod")
}

fn top(flags: &Flags, kind: &str) -> Result<(), Failure> {
    Err(match flags.args.len() {
        0 | 1 => Failure::new("Metrics API not available"),
        _ => Failure::usage(&format!("{kind} [NAME | -l label]"), &format!("top {kind}")),
    })
}

/// The refusal of what the playground has not.
pub(super) fn not_simulated(what: &str) -> Failure {
    Failure::new(format!("{what} is not simulated"))
}

pub(super) fn autoscale(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.text("max").is_none() {
        return Err(Failure::new("required flag(s) \"max\" not set"));
    }
    let (found, mut failure) = shell.objects(flags, &flags.args, true)?;
    for it in &found {
        let (kind, go) = (it.resource.kind, it.resource.go());
        failure.0.push(match it.resource.plural {
            "deployments" | "replicasets" | "statefulsets" => {
                Fault::Plain("autoscaling is not simulated".into())
            }
            _ => Fault::Plain(format!(
                "cannot autoscale a {kind}: could not find scale subresource for {go} in \
                 discovery information"
            )),
        });
    }
    failure.or_ok()
}

pub(super) fn expose(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let (found, mut failure) = shell.objects(flags, &flags.args, true)?;
    for it in &found {
        let kind = it.resource.kind;
        let group = if it.resource.group.is_empty() { "" } else { "." };
        failure.0.push(match it.resource.plural {
            "pods" | "services" | "deployments" | "replicasets" => {
                Fault::Plain("services are not simulated".into())
            }
            _ => Fault::Plain(format!("cannot expose a {kind}{group}{}", it.resource.group)),
        });
    }
    failure.or_ok()
}

/// The flags of `autoscale`.
pub(super) const AUTOSCALE_FLAGS: &[Flag] = &[
    Flag("cpu-percent", ' ', Takes::Integer),
    Flag("filename", 'f', Takes::Text),
    Flag("max", ' ', Takes::Integer),
    Flag("min", ' ', Takes::Integer),
    Flag("name", ' ', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
];

/// The flags of `expose`.
pub(super) const EXPOSE_FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("name", ' ', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("port", ' ', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("selector", ' ', Takes::Text),
    Flag("target-port", ' ', Takes::Text),
    Flag("type", ' ', Takes::Text),
];

/// The flags of `exec`.
pub(super) const EXEC_FLAGS: &[Flag] = &[
    Flag("container", 'c', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("quiet", 'q', Takes::Switch),
    Flag("stdin", 'i', Takes::Switch),
    Flag("tty", 't', Takes::Switch),
];

/// The flags of `attach`.
pub(super) const ATTACH_FLAGS: &[Flag] = &[
    Flag("container", 'c', Takes::Text),
    Flag("quiet", 'q', Takes::Switch),
    Flag("stdin", 'i', Takes::Switch),
    Flag("tty", 't', Takes::Switch),
];

/// The flags of `port-forward`.
pub(super) const FORWARD_FLAGS: &[Flag] = &[Flag("address", ' ', Takes::Text)];

/// The flags of `debug`.
pub(super) const DEBUG_FLAGS: &[Flag] = &[
    Flag("container", 'c', Takes::Text),
    Flag("image", ' ', Takes::Text),
    Flag("quiet", 'q', Takes::Switch),
    Flag("stdin", 'i', Takes::Switch),
    Flag("tty", 't', Takes::Switch),
];

/// The flags of `auth can-i`.
pub(super) const CAN_I_FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("list", ' ', Takes::Switch),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("quiet", 'q', Takes::Switch),
    Flag("subresource", ' ', Takes::Text),
];

pub(super) fn exec(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new("pod, type/name or --filename must be specified"));
    }
    if flags.args.len() < 2 {
        return Err(Failure::new("you must specify at least one command for the container"));
    }
    in_container(shell, flags)
}

pub(super) fn attach(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.is_empty() {
        return Err(Failure::new("at least 1 argument is required for attach"));
    }
    in_container(shell, flags)
}

pub(super) fn port_forward(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.len() < 2 {
        let text = "TYPE/NAME and list of ports are required for port-forward";
        return Err(Failure::usage(text, "port-forward"));
    }
    in_container(shell, flags)
}

pub(super) fn debug(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.text("image").is_none() {
        return Err(Failure::new("you must specify --image when not using --copy-to."));
    }
    in_container(shell, flags)
}

/// Containers do not run here, but the pod has to be there.
fn in_container(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let words = match flags.args.first() {
        Some(word) if word.contains('/') => vec![word.clone()],
        Some(word) => vec!["pods".to_owned(), word.clone()],
        None => return Err(not_simulated("what runs in containers")),
    };
    let (_, failure) = shell.objects(flags, &words, true)?;
    failure.or_ok()?;
    Err(not_simulated("what runs in containers"))
}

pub(super) fn can_i(_: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.len() != 2 && !flags.is_on("list") {
        return Err(Failure::new(
            "you must specify two arguments: verb resource or verb resource/resourceName.\n\
             See 'kubectl auth can-i -h' for help and examples.",
        ));
    }
    Err(not_simulated("authorization"))
}

/// What a pod's status knows of a container's life; containers do not run, so they say nothing
/// themselves.
pub(super) fn life_of(status: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let image = json::text(status, "image").unwrap_or_default();
    for state in ["lastState", "state"] {
        for kind in ["terminated", "running"] {
            let it = json::at(status, &[state, kind]);
            let text = |key| json::text(it, key);
            if let Some(at) = text("startedAt") {
                lines.push(format!("{at} started from {image}"));
            }
            if let Some(at) = text("finishedAt") {
                let code = json::integer(it, "exitCode").unwrap_or(0);
                let reason = text("reason").unwrap_or_default();
                lines.push(format!("{at} ended with exit code {code} ({reason})"));
            }
        }
    }
    lines
}

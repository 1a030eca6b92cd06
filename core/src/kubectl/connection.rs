//! Flags that every command has, about the cluster it talks to: there is one, in one context.

use crate::kubectl::about::{SERVER, not_simulated};
use crate::kubectl::config::CONTEXT;
use crate::kubectl::flags::{Flags, parse_duration};
use crate::kubectl::output::Failure;

/// Commands that connect before they ask for the namespace of the context.
const READ_LATE: [&str; 14] = [
    "api-resources",
    "api-versions",
    "apply",
    "cluster-info",
    "cordon",
    "create",
    "diff",
    "drain",
    "explain",
    "run",
    "top",
    "uncordon",
    "version",
    "wait",
];

/// Refuses another context, cluster, user or server than the one that there is
/// (`client-go/tools/clientcmd`).
pub(super) fn check(command: &str, flags: &Flags) -> Result<(), Failure> {
    if command.starts_with("config ") {
        return Ok(());
    }
    let other = |name: &str| flags.text(name).filter(|it| !it.is_empty() && *it != CONTEXT);
    if let Some(path) = flags.text("kubeconfig").filter(|it| !it.ends_with(".kube/config")) {
        return Err(Failure::new(format!("stat {path}: no such file or directory")));
    }
    if let Some(context) = other("context") {
        return Err(match READ_LATE.contains(&command.split(' ').next().unwrap_or_default()) {
            true => Failure::new(format!("context \"{context}\" does not exist")),
            false => Failure::whole(format!(
                "Error in configuration: context was not found for specified context: {context}"
            )),
        });
    }
    if let Some(cluster) = other("cluster") {
        return Err(Failure::new(format!("no server found for cluster \"{cluster}\"")));
    }
    if let Some(user) = other("user") {
        return Err(Failure::new(format!("auth info \"{user}\" does not exist")));
    }
    if flags.text("as").is_some_and(|it| !it.is_empty()) {
        return Err(not_simulated("another user"));
    }
    if let Some(timeout) = flags.text("request-timeout")
        && timeout.parse::<u32>().is_err()
        && parse_duration(timeout).is_err()
    {
        return Err(Failure::new(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer \
             followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
        ));
    }
    let host =
        |it: &str| it.rsplit("://").next().unwrap_or_default().trim_end_matches('/').to_owned();
    match flags.text("server").map(host) {
        Some(other) if !other.is_empty() && other != host(SERVER) => Err(Failure::whole(format!(
            "The connection to the server {other} was refused - did you specify the right host or \
             port?"
        ))),
        _ => Ok(()),
    }
}

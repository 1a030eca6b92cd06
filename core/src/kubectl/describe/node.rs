//! A node with what its pods ask of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::container::{canonical, plain};
use super::{annotations, labels, metadata_texts};
use crate::api::json;
use crate::api::quantity::{Format, Quantity};
use crate::kubectl::age::{rfc1123, since};
use crate::kubectl::change::check_quantities;
use crate::kubectl::get::roles;
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::server::Server;

/// Amounts in thousandths by the name of the resource, with the way they are written.
type Amounts = BTreeMap<String, (i64, Format)>;

pub(super) fn describe(node: &Value, server: &dyn Server) -> Result<String, Failure> {
    let (spec, status) = (json::field(node, "spec"), json::field(node, "status"));
    let mut text = format!("Name:\t{}\nRoles:\t{}\n", name_of(node), roles(node));
    labels(&mut text, "", "Labels", &metadata_texts(node, "labels"));
    annotations(&mut text, "Annotations", &metadata_texts(node, "annotations"));
    let created = rfc1123(json::at(node, &["metadata", "creationTimestamp"]));
    text.push_str(&format!("CreationTimestamp:\t{created}\n"));
    taints(&mut text, json::list(spec, "taints"));
    text.push_str(&format!("Unschedulable:\t{}\n", json::flag(spec, "unschedulable")));
    lease(&mut text, name_of(node), server);
    let conditions = json::list(status, "conditions");
    if !conditions.is_empty() {
        text.push_str(
            "Conditions:\n  \
             Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  \
             ----\t------\t-----------------\t------------------\t------\t-------\n",
        );
    }
    for it in conditions {
        let field = |key| plain(json::field(it, key));
        let time = |key| rfc1123(json::field(it, key));
        let (heartbeat, since) = (time("lastHeartbeatTime"), time("lastTransitionTime"));
        let (kind, state, reason) = (field("type"), field("status"), field("reason"));
        let message = field("message");
        text.push_str(&format!(
            "  {kind} \t{state} \t{heartbeat} \t{since} \t{reason} \t{message}\n"
        ));
    }
    text.push_str("Addresses:\n");
    for it in json::list(status, "addresses") {
        let field = |key| plain(json::field(it, key));
        text.push_str(&format!("  {}:\t{}\n", field("type"), field("address")));
    }
    for (title, key) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
        let amounts = json::field(status, key).as_object().filter(|it| !it.is_empty());
        let Some(amounts) = amounts else { continue };
        text.push_str(&format!("{title}:\n"));
        for (name, amount) in amounts {
            text.push_str(&format!("  {name}:\t{}\n", canonical(amount)));
        }
    }
    system(&mut text, spec, json::field(status, "nodeInfo"));
    resources(&mut text, node, status, server)?;
    Ok(text)
}

/// Sorted by effect, then key.
fn taints(text: &mut String, taints: &[Value]) {
    let mut lines: Vec<(String, String)> = taints
        .iter()
        .map(|it| {
            let field = |key| plain(json::field(it, key));
            let (key, value, effect) = (field("key"), field("value"), field("effect"));
            let equals = if value.is_empty() { "" } else { "=" };
            let colon = if effect.is_empty() { "" } else { ":" };
            (format!("{effect},{key}"), format!("{key}{equals}{value}{colon}{effect}"))
        })
        .collect();
    lines.sort();
    text.push_str("Taints:\t");
    if lines.is_empty() {
        text.push_str("<none>\n");
    }
    for (index, (_, line)) in lines.iter().enumerate() {
        let lead = if index == 0 { "" } else { "\t" };
        text.push_str(&format!("{lead}{line}\n"));
    }
}

fn lease(text: &mut String, name: &str, server: &dyn Server) {
    let Some(lease) = server.find(Resource::plural("leases"), "kube-node-lease", name) else {
        text.push_str(&format!(
            "Lease:\tFailed to get lease: leases.coordination.k8s.io \"{name}\" not found\n"
        ));
        return;
    };
    let spec = json::field(&lease, "spec");
    let holder = json::non_empty(spec, "holderIdentity").unwrap_or_else(|| "<unset>".into());
    text.push_str(&format!("Lease:\n  HolderIdentity:\t{holder}\n"));
    for (title, key) in [("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")] {
        let time = match json::field(spec, key) {
            Value::Null => "<unset>".to_owned(),
            time => rfc1123(time),
        };
        text.push_str(&format!("  {title}:\t{time}\n"));
    }
}

fn system(text: &mut String, spec: &Value, info: &Value) {
    text.push_str("System Info:\n");
    for (title, key) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
        ("Kube-Proxy Version", "kubeProxyVersion"),
    ] {
        text.push_str(&format!("  {title}:\t{}\n", plain(json::field(info, key))));
    }
    if let Some(cidr) = json::non_empty(spec, "podCIDR") {
        text.push_str(&format!("PodCIDR:\t{cidr}\n"));
    }
    let all = json::names(spec, "podCIDRs").join(",");
    if !all.is_empty() {
        text.push_str(&format!("PodCIDRs:\t{all}\n"));
    }
    if let Some(id) = json::non_empty(spec, "providerID") {
        text.push_str(&format!("ProviderID:\t{id}\n"));
    }
}

fn resources(
    text: &mut String,
    node: &Value,
    status: &Value,
    server: &dyn Server,
) -> Result<(), Failure> {
    let allocatable = match json::field(status, "allocatable").as_object() {
        Some(allocatable) if !allocatable.is_empty() => json::field(status, "allocatable"),
        _ => json::field(status, "capacity"),
    };
    let held = |name: &str| Quantity::from_value(json::field(allocatable, name)).ok();
    let share = |name: &str, milli: i64| {
        let held = held(name);
        // CPU is compared in thousandths, all else in whole units.
        let (part, whole) = match name {
            "cpu" => (milli, held.map_or(0, |it| it.milli_value())),
            _ => (units(milli), held.map_or(0, |it| it.value())),
        };
        if whole == 0 { 0 } else { (part as f64 / whole as f64 * 100.0) as i64 }
    };
    let cell = |amounts: &Amounts, name: &str| {
        let (milli, _) = amounts.get(name).copied().unwrap_or((0, Format::DecimalSi));
        format!("{} ({}%)", written(amounts, name), share(name, milli))
    };
    let mut pods = server.list(Resource::plural("pods"));
    pods.retain(|it| {
        let phase = plain(json::at(it, &["status", "phase"]));
        json::at(it, &["spec", "nodeName"]) == name_of(node)
            && !["Succeeded", "Failed"].contains(&phase.as_str())
    });
    pods.iter().try_for_each(check_quantities)?;
    text.push_str(&format!("Non-terminated Pods:\t({} in total)\n", pods.len()));
    text.push_str(
        "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  \
         ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n",
    );
    let (mut all_requests, mut all_limits) = (Amounts::new(), Amounts::new());
    for pod in &pods {
        let (requests, limits) = (of_pod(pod, "requests"), of_pod(pod, "limits"));
        text.push_str(&format!("  {}\t{}\t\t", namespace_of(pod), name_of(pod)));
        for name in ["cpu", "memory"] {
            let (request, limit) = (cell(&requests, name), cell(&limits, name));
            text.push_str(&format!("{request}\t{limit}\t"));
        }
        let age = since(json::at(pod, &["metadata", "creationTimestamp"]), server.now());
        text.push_str(&format!("{age}\n"));
        add(&mut all_requests, &requests);
        add(&mut all_limits, &limits);
    }
    text.push_str(
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  \
         Resource\tRequests\tLimits\n  --------\t--------\t------\n",
    );
    let names = allocatable.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let (huge, others): (Vec<&str>, Vec<&str>) = names
        .filter(|it| !["cpu", "memory", "ephemeral-storage", "pods"].contains(it))
        .partition(|it| it.starts_with("hugepages-"));
    for name in ["cpu", "memory", "ephemeral-storage"].into_iter().chain(huge) {
        let (request, limit) = (cell(&all_requests, name), cell(&all_limits, name));
        text.push_str(&format!("  {name}\t{request}\t{limit}\n"));
    }
    for name in others {
        let (request, limit) = (written(&all_requests, name), written(&all_limits, name));
        text.push_str(&format!("  {name}\t{request}\t{limit}\n"));
    }
    Ok(())
}

/// Whole units, rounded up.
fn units(milli: i64) -> i64 {
    milli / 1000 + i64::from(milli % 1000 > 0)
}

fn written(amounts: &Amounts, name: &str) -> String {
    let (milli, format) = amounts.get(name).copied().unwrap_or((0, Format::DecimalSi));
    Quantity::from_milli(milli, format).to_string()
}

fn add(sum: &mut Amounts, other: &Amounts) {
    for (name, (milli, format)) in other {
        let held = sum.entry(name.clone()).or_insert((0, *format));
        // A sum is written like its first part that is not zero (`Quantity.Add`).
        if held.0 == 0 {
            held.1 = *format;
        }
        held.0 = held.0.saturating_add(*milli);
    }
}

fn raise(max: &mut Amounts, other: &Amounts) {
    for (name, amount) in other {
        let held = max.entry(name.clone()).or_insert(*amount);
        if amount.0 > held.0 {
            *held = *amount;
        }
    }
}

/// What a pod asks for or is limited to (`component-helpers/resource`): the sum of its containers
/// and sidecars, or what an init container needs beside the sidecars before it; and its overhead.
fn of_pod(pod: &Value, list: &str) -> Amounts {
    let spec = json::field(pod, "spec");
    let mut sum = Amounts::new();
    for it in json::list(spec, "containers") {
        add(&mut sum, &amounts(json::at(it, &["resources", list])));
    }
    let (mut sidecars, mut initial) = (Amounts::new(), Amounts::new());
    for it in json::list(spec, "initContainers") {
        let mut own = amounts(json::at(it, &["resources", list]));
        if json::field(it, "restartPolicy") == "Always" {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            own = sidecars.clone();
        } else {
            add(&mut own, &sidecars);
        }
        raise(&mut initial, &own);
    }
    raise(&mut sum, &initial);
    let overhead = amounts(json::field(spec, "overhead"));
    match list {
        "requests" => add(&mut sum, &overhead),
        // Overhead counts only beside a limit that is there.
        _ => {
            let limited =
                |(name, _): &(&String, &(i64, Format))| sum.get(*name).is_some_and(|it| it.0 != 0);
            let mut counted = Amounts::new();
            for (name, amount) in overhead.iter().filter(limited) {
                counted.insert(name.clone(), *amount);
            }
            add(&mut sum, &counted);
        }
    }
    sum
}

fn amounts(list: &Value) -> Amounts {
    let mut amounts = Amounts::new();
    for (name, amount) in list.as_object().into_iter().flatten() {
        if let Ok(quantity) = Quantity::from_value(amount) {
            amounts.insert(name.clone(), (quantity.milli_value(), quantity.format()));
        }
    }
    amounts
}

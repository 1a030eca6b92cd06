//! `kubectl drain` (`kubectl/pkg/drain`): cordons nodes, then evicts their pods, node by node. What
//! a PodDisruptionBudget refuses is tried again every five seconds.

use serde_json::Value;

use crate::api::json;
use crate::api::selector::LabelSelector;
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::cordon;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes, parse_duration};
use crate::kubectl::job::{Gone, Job};
use crate::kubectl::output::{Failure, Fault, Output};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::selector::parse_labels;
use crate::kubectl::server::Server;
use crate::sim::drain::{Filtered, Verdict, grouped, verdict};
use crate::sim::{ApiError, DrainOptions, EVICTION_RETRY, Input};

/// Its flags.
pub(super) const FLAGS: &[Flag] = &[
    Flag("chunk-size", ' ', Takes::Integer),
    Flag("delete-emptydir-data", ' ', Takes::Switch),
    Flag("disable-eviction", ' ', Takes::Switch),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("force", ' ', Takes::Switch),
    Flag("grace-period", ' ', Takes::Integer),
    Flag("ignore-daemonsets", ' ', Takes::Switch),
    Flag("pod-selector", ' ', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("skip-wait-for-delete-timeout", ' ', Takes::Integer),
    Flag("timeout", ' ', Takes::Duration),
];

/// Nodes that are being drained.
#[derive(Clone, Debug, PartialEq)]
pub struct Drain {
    flags: Flags,
    /// The nodes that are still to come, the present one first.
    queue: Vec<String>,
    /// The pods of the present node that are on their way; none before it is begun.
    leaving: Option<Vec<Gone>>,
    /// Evictions of the present node that were refused, and when to ask again.
    refused: Vec<(Gone, i64)>,
    deadline: Option<i64>,
    /// Nodes that could not be drained, and why.
    pending: Vec<String>,
    faults: Vec<Fault>,
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.integer("skip-wait-for-delete-timeout").is_some_and(|it| it > 0) {
        return Err(not_simulated("--skip-wait-for-delete-timeout"));
    }
    // Nodes are looked up last; what is wrong with how they are named is said first.
    let names_some = flags.args.is_empty() == flags.text("selector").is_some();
    if let Some(selector) = flags.text("pod-selector").filter(|_| names_some) {
        parse_labels(selector).map_err(|_| {
            Failure::new("--pod-selector=<pod_selector> must be a valid label selector")
        })?;
    }
    let found = cordon::nodes(shell, flags, "drain")?;
    flags.dry_run()?;
    cordon::set(shell, flags, &found, true)?;
    let limit = flags.duration("timeout").filter(|it| *it > 0);
    let deadline = limit.map(|it| shell.server.now() + it);
    shell.job = Some(Job::Drain(Box::new(Drain {
        flags: flags.clone(),
        queue: found.iter().map(|it| name_of(&it.object).to_owned()).collect(),
        leaving: None,
        refused: Vec::new(),
        deadline,
        pending: Vec::new(),
        faults: Vec::new(),
    })));
    Ok(())
}

impl Drain {
    /// Goes on as far as it can; true when every node is drained or given up.
    pub(super) fn poll(
        &mut self,
        server: &mut dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let dry_run = self.flags.dry_run()?;
        while let Some(node) = self.queue.first().cloned() {
            if self.leaving.is_none() {
                match self.begin(&node, server, output) {
                    Ok(leaving) => self.leaving = Some(leaving),
                    Err(fault) => {
                        self.give_up(&node, fault, output);
                        continue;
                    }
                }
            }
            if let Err(fault) = self.ask_again(server, output) {
                self.give_up(&node, vec![fault], output);
                continue;
            }
            let verb = if self.flags.is_on("disable-eviction") { "deleted" } else { "evicted" };
            let leaving = self.leaving.get_or_insert_default();
            leaving.retain(|it| {
                let is_gone = it.is_gone(server);
                if is_gone {
                    output.line(&format!("pod/{} {verb}", it.name));
                }
                !is_gone
            });
            if !leaving.is_empty() || !self.refused.is_empty() {
                if self.deadline.is_none_or(|it| server.now() < it) {
                    return Ok(false);
                }
                let fault = self.overdue(&node, output);
                self.give_up(&node, vec![fault], output);
                continue;
            }
            output.line(&format!("node/{node} drained{}", dry_run.suffix()));
            self.leaving = None;
            self.queue.remove(0);
        }
        if self.pending.is_empty() {
            return Ok(true);
        }
        output.warn("There are pending nodes to be drained:");
        for node in &self.pending {
            output.warn(&format!(" {node}"));
        }
        Err(Failure(std::mem::take(&mut self.faults)))
    }

    fn give_up(&mut self, node: &str, faults: Vec<String>, output: &mut Output) {
        let all = match faults.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        output.warn(&format!(
            "error: unable to drain node \"{node}\" due to error: {all}, continuing command..."
        ));
        self.pending.push(node.to_owned());
        self.faults.extend(faults.into_iter().map(Fault::Whole));
        self.leaving = None;
        self.refused.clear();
        self.queue.remove(0);
    }

    /// What is said of pods that are still there when the time is up.
    fn overdue(&self, node: &str, output: &mut Output) -> String {
        let text = self.flags.text("timeout").unwrap_or_default();
        let limit = parse_duration(text).map(go_duration).unwrap_or_default();
        let left = self.leaving.as_deref().unwrap_or_default();
        let fault = |it: &Gone| {
            let (name, namespace) = (&it.name, &it.namespace);
            format!(
                "error when waiting for pod \"{name}\" in namespace \"{namespace}\" to \
                 terminate: global timeout reached: {limit}"
            )
        };
        let refusal = |it: &(Gone, i64)| {
            let (name, namespace) = (&it.0.name, &it.0.namespace);
            format!(
                "error when evicting pods/\"{name}\" -n \"{namespace}\": global timeout reached: \
                 {limit}"
            )
        };
        let faults: Vec<String> =
            left.iter().map(fault).chain(self.refused.iter().map(refusal)).collect();
        let all = match faults.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        output.warn(&format!(
            "There are pending pods in node \"{node}\" when an error occurred: {all}"
        ));
        for it in left.iter().chain(self.refused.iter().map(|it| &it.0)) {
            output.warn(&format!("pod/{}", it.name));
        }
        all
    }

    /// Sends the evictions of a node; the pods that are to go, or why none does.
    fn begin(
        &mut self,
        node: &str,
        server: &mut dyn Server,
        output: &mut Output,
    ) -> Result<Vec<Gone>, Vec<String>> {
        let (mut leaving, mut warnings, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let selector = self.flags.text("pod-selector").unwrap_or_default();
        let selector = parse_labels(selector).unwrap_or_default();
        let options = DrainOptions {
            ignore_daemonsets: self.flags.is_on("ignore-daemonsets"),
            force: self.flags.is_on("force"),
            delete_emptydir_data: self.flags.is_on("delete-emptydir-data"),
        };
        for pod in pods_of(node, &selector, server) {
            let filtered = filtered(&pod, server);
            match verdict(&filtered, options) {
                Verdict::Evict => leaving.push(pod),
                Verdict::EvictWith(warning) => {
                    leaving.push(pod);
                    warnings.push((warning.to_owned(), filtered.pod));
                }
                Verdict::Skip(Some(warning)) => warnings.push((warning.to_owned(), filtered.pod)),
                Verdict::Skip(None) => {}
                Verdict::Refuse(fault) => faults.push((fault, filtered.pod)),
            }
        }
        if !faults.is_empty() {
            return Err(grouped(&faults));
        }
        if !warnings.is_empty() {
            output.warn(&format!("Warning: {}", grouped(&warnings).join("; ")));
        }
        let dry_run = self.flags.dry_run().unwrap_or(DryRun::None);
        let mut gone = Vec::new();
        for pod in leaving {
            let pod = Gone::of(Resource::plural("pods"), &pod);
            if dry_run == DryRun::Client {
                if !self.flags.is_on("disable-eviction") {
                    output.line(&self.evicting(&pod, dry_run));
                }
            } else if let Some(pod) =
                self.evict(pod, dry_run, server, output).map_err(|it| vec![it])?
                && dry_run == DryRun::None
            {
                gone.push(pod);
            }
        }
        Ok(gone)
    }

    fn evicting(&self, pod: &Gone, dry_run: DryRun) -> String {
        format!("evicting pod {}/{}{}", pod.namespace, pod.name, dry_run.suffix())
    }

    /// Asks for one eviction; the pod if it is on its way, none if it is to be asked for again.
    fn evict(
        &mut self,
        pod: Gone,
        dry_run: DryRun,
        server: &mut dyn Server,
        output: &mut Output,
    ) -> Result<Option<Gone>, String> {
        let (namespace, name) = (pod.namespace.as_str().into(), pod.name.as_str().into());
        let grace_seconds = self.flags.integer("grace-period").filter(|it| *it >= 0);
        let input = if self.flags.is_on("disable-eviction") {
            Input::DeletePod { namespace, name, grace_seconds }
        } else {
            output.line(&self.evicting(&pod, dry_run));
            Input::Evict { namespace, name, grace_seconds }
        };
        let what = format!("error when evicting pods/\"{}\" -n \"{}\"", pod.name, pod.namespace);
        match server.send(input, dry_run == DryRun::Server) {
            Ok(_) | Err(ApiError::NotFound { .. }) => Ok(Some(pod)),
            Err(ApiError::TooManyRequests(text)) => {
                output.warn(&format!("{what} (will retry after 5s): {text}"));
                if dry_run == DryRun::None {
                    self.refused.push((pod, server.now() + EVICTION_RETRY));
                }
                Ok(None)
            }
            Err(ApiError::Internal(text)) => Err(format!("{what}: {text}")),
            Err(error) => Err(format!("{what}: {error}")),
        }
    }

    /// Evictions that were refused five seconds ago.
    fn ask_again(&mut self, server: &mut dyn Server, output: &mut Output) -> Result<(), String> {
        let now = server.now();
        for (pod, at) in std::mem::take(&mut self.refused) {
            if now < at {
                self.refused.push((pod, at));
            } else if let Some(pod) = self.evict(pod, DryRun::None, server, output)? {
                self.leaving.get_or_insert_default().push(pod);
            }
        }
        Ok(())
    }
}

/// Milliseconds as Go prints a `time.Duration` of whole seconds.
fn go_duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn pods_of(node: &str, selector: &LabelSelector, server: &dyn Server) -> Vec<Value> {
    let mut pods = server.list(Resource::plural("pods"));
    pods.retain(|it| {
        json::at(it, &["spec", "nodeName"]) == node
            && selector.matches(&json::texts(json::field(it, "metadata"), "labels"))
    });
    pods
}

/// What the filters ask, read off the pod as the API gives it.
fn filtered(pod: &Value, server: &dyn Server) -> Filtered {
    let phase = json::at(pod, &["status", "phase"]).as_str().unwrap_or_default();
    let meta = json::field(pod, "metadata");
    let mut owners = json::list(meta, "ownerReferences").iter();
    let owner = owners.find(|it| json::flag(it, "controller"));
    let daemon_set = owner.filter(|it| json::field(it, "kind") == "DaemonSet").map(|it| {
        let name = json::field(it, "name").as_str().unwrap_or_default();
        let set = server.find(Resource::plural("daemonsets"), namespace_of(pod), name);
        (name.to_owned(), set.is_some())
    });
    let volumes = json::list(json::field(pod, "spec"), "volumes");
    Filtered {
        pod: format!("{}/{}", namespace_of(pod), name_of(pod)),
        is_terminal: ["Succeeded", "Failed"].contains(&phase),
        is_managed: owner.is_some(),
        daemon_set,
        is_mirror: !json::at(meta, &["annotations", "kubernetes.io/config.mirror"]).is_null(),
        has_local_storage: volumes.iter().any(|it| !json::field(it, "emptyDir").is_null()),
    }
}

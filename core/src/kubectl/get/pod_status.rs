//! READY, STATUS and RESTARTS of a pod (`printPod` of `pkg/printers`).

use serde_json::Value;

use crate::api::json;
use crate::kubectl::age::instant;

/// What a table says of a pod.
#[derive(Debug, Default, PartialEq)]
pub(super) struct PodSummary {
    pub(super) ready: usize,
    pub(super) total: usize,
    pub(super) status: String,
    pub(super) restarts: i64,
    pub(super) last_restart: Option<i64>,
}

/// How often containers of one kind started again, and when last.
#[derive(Default)]
struct Restarts {
    count: i64,
    last: Option<i64>,
}

impl Restarts {
    fn add(&mut self, status: &Value) {
        self.count += json::integer(status, "restartCount").unwrap_or(0);
        let finished = json::at(status, &["lastState", "terminated", "finishedAt"]);
        self.last = self.last.max(instant(finished));
    }
}

impl PodSummary {
    pub(super) fn of(pod: &Value) -> PodSummary {
        let (spec, status) = (json::field(pod, "spec"), json::field(pod, "status"));
        let phase = json::text(status, "phase").unwrap_or_default();
        let reason = json::non_empty(status, "reason");
        let mut summary = PodSummary {
            total: json::list(spec, "containers").len(),
            status: reason.clone().unwrap_or_else(|| phase.clone()).to_string(),
            ..PodSummary::default()
        };
        let conditions = json::list(status, "conditions");
        let is_gated = |it: &Value| {
            json::field(it, "type") == "PodScheduled"
                && json::field(it, "reason") == "SchedulingGated"
        };
        if conditions.iter().any(is_gated) {
            summary.status = "SchedulingGated".to_owned();
        }
        let holds = |kind: &str| {
            let is_it =
                |it: &Value| json::field(it, "type") == kind && json::field(it, "status") == "True";
            conditions.iter().any(is_it)
        };
        let (is_initializing, sidecars) = summary.init_phase(spec, status);
        if !is_initializing || holds("Initialized") {
            summary.main_phase(status, sidecars, holds("Ready"));
        }
        if !json::at(pod, &["metadata", "deletionTimestamp"]).is_null() {
            if reason.as_deref() == Some("NodeLost") {
                summary.status = "Unknown".to_owned();
            } else if !matches!(&*phase, "Succeeded" | "Failed") {
                summary.status = "Terminating".to_owned();
            }
        }
        summary
    }

    /// The init containers, of which those that go on running count as containers. Whether the
    /// init phase is still on, and the restarts of the sidecars.
    fn init_phase(&mut self, spec: &Value, status: &Value) -> (bool, Restarts) {
        let containers = json::list(spec, "initContainers");
        let is_sidecar = |name: &Value| {
            let container = containers.iter().find(|it| json::field(it, "name") == name);
            container.is_some_and(|it| json::field(it, "restartPolicy") == "Always")
        };
        self.total += containers.iter().filter(|it| is_sidecar(json::field(it, "name"))).count();
        let (mut all, mut sidecars) = (Restarts::default(), Restarts::default());
        for (index, it) in json::list(status, "initContainerStatuses").iter().enumerate() {
            all.add(it);
            let is_sidecar = is_sidecar(json::field(it, "name"));
            if is_sidecar {
                sidecars.add(it);
            }
            let terminated = json::at(it, &["state", "terminated"]);
            let waiting = json::at(it, &["state", "waiting", "reason"]).as_str();
            if terminated.is_object() && json::integer(terminated, "exitCode") == Some(0) {
                continue;
            }
            if is_sidecar && json::flag(it, "started") {
                self.ready += usize::from(json::flag(it, "ready"));
                continue;
            }
            self.status = match waiting {
                _ if terminated.is_object() => format!("Init:{}", ended(terminated)),
                Some(reason) if !reason.is_empty() && reason != "PodInitializing" => {
                    format!("Init:{reason}")
                }
                _ => format!("Init:{index}/{}", containers.len()),
            };
            (self.restarts, self.last_restart) = (all.count, all.last);
            return (true, sidecars);
        }
        (self.restarts, self.last_restart) = (all.count, all.last);
        (false, sidecars)
    }

    /// The containers from last to first, so that the first one has the last word.
    fn main_phase(&mut self, status: &Value, mut restarts: Restarts, is_ready: bool) {
        let mut has_running = false;
        for it in json::list(status, "containerStatuses").iter().rev() {
            restarts.add(it);
            let state = json::field(it, "state");
            let terminated = json::field(state, "terminated");
            match json::at(state, &["waiting", "reason"]).as_str().filter(|it| !it.is_empty()) {
                Some(reason) => self.status = reason.to_owned(),
                None if terminated.is_object() => self.status = ended(terminated),
                None if json::flag(it, "ready") && json::field(state, "running").is_object() => {
                    has_running = true;
                    self.ready += 1;
                }
                None => {}
            }
        }
        (self.restarts, self.last_restart) = (restarts.count, restarts.last);
        if self.status == "Completed" && has_running {
            self.status = if is_ready { "Running" } else { "NotReady" }.to_owned();
        }
    }
}

/// Why a container ended.
fn ended(terminated: &Value) -> String {
    let figure = |key| json::integer(terminated, key).unwrap_or(0);
    match json::non_empty(terminated, "reason") {
        Some(reason) => reason.to_string(),
        None if figure("signal") != 0 => format!("Signal:{}", figure("signal")),
        None => format!("ExitCode:{}", figure("exitCode")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kubectl.md §3, the rules for READY, STATUS and RESTARTS, one by one.
    #[test]
    fn the_status_is_that_of_the_first_container_that_is_not_well() {
        let cases = [
            ("pending", r#"{"phase":"Pending"}"#, "0/2 Pending 0"),
            ("evicted", r#"{"phase":"Failed","reason":"Evicted"}"#, "0/2 Evicted 0"),
            (
                "both run",
                r#"{"phase":"Running","containerStatuses":[
                    {"ready":true,"state":{"running":{}},"restartCount":1},
                    {"ready":true,"state":{"running":{}},"restartCount":2}]}"#,
                "2/2 Running 3",
            ),
            (
                "the first has the last word",
                r#"{"phase":"Running","containerStatuses":[
                    {"state":{"waiting":{"reason":"CrashLoopBackOff"}}},
                    {"state":{"terminated":{"reason":"Error"}}}]}"#,
                "0/2 CrashLoopBackOff 0",
            ),
            (
                "no reason given",
                r#"{"phase":"Running","containerStatuses":[
                    {"state":{"terminated":{"exitCode":3}}}]}"#,
                "0/2 ExitCode:3 0",
            ),
            (
                "one has completed",
                r#"{"phase":"Running","containerStatuses":[
                    {"state":{"terminated":{"reason":"Completed"}}},
                    {"ready":true,"state":{"running":{}}}]}"#,
                "1/2 NotReady 0",
            ),
            (
                "init",
                r#"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}],
                    "containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}]}"#,
                "0/2 Init:0/1 0",
            ),
        ];
        for (name, status, expected) in cases {
            let status: Value = serde_json::from_str(status).unwrap();
            let pod = serde_json::json!({
                "spec": {"containers": [{}, {}], "initContainers": [{"name": "i"}]},
                "status": status,
            });
            let PodSummary { ready, total, status, restarts, .. } = PodSummary::of(&pod);
            assert_eq!(format!("{ready}/{total} {status} {restarts}"), expected, "{name}");
        }
    }
}

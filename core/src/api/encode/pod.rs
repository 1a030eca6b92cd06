//! The status of pods as the API returns it.
//!
//! Left out: `message` of a container that cannot be pulled or created, and digests of images.

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::api::pod::{Condition, Container, ContainerState, ContainerStatus, Ended};
use crate::api::{Name, Pod};

impl Encoder {
    /// In the kubelet's order, after what others have set.
    pub(super) fn pod_conditions(&self, pod: &Pod) -> Vec<Value> {
        let status = &pod.status;
        let condition = |kind: &str, condition: Option<Condition>| {
            let condition = condition?;
            Some(json!({
                "type": kind,
                "status": if condition.status { "True" } else { "False" },
                "lastTransitionTime": self.time(condition.since),
            }))
        };
        let disruption = status.disruption.as_ref().map(|it| {
            json!({
                "type": "DisruptionTarget",
                "status": "True",
                "reason": it.reason,
                "message": &*it.message,
                "lastTransitionTime": self.time(it.since),
            })
        });
        let mut scheduled = condition("PodScheduled", status.scheduled);
        if let (Some(scheduled), Some(message)) = (&mut scheduled, &status.unschedulable) {
            scheduled["reason"] = Value::from("Unschedulable");
            scheduled["message"] = Value::from(&***message);
        }
        let mut ready = condition("Ready", status.ready);
        let mut containers_ready = condition("ContainersReady", status.containers_ready);
        if status.containers_ready.is_some_and(|it| !it.status) {
            let (reason, message) = why_unready(pod);
            for it in [&mut ready, &mut containers_ready].into_iter().flatten() {
                it["reason"] = Value::from(reason);
                if let Some(message) = &message {
                    it["message"] = Value::from(message.as_str());
                }
            }
        }
        let gates = &pod.spec.readiness_gates;
        if let Some(ready) =
            ready.as_mut().filter(|_| !gates.is_empty() && waits_for_gates_only(pod))
        {
            let text = |it: &Name| {
                format!("corresponding condition of pod readiness gate \"{it}\" does not exist.")
            };
            ready["reason"] = Value::from("ReadinessGatesNotReady");
            let texts: Vec<String> = gates.iter().map(text).collect();
            ready["message"] = Value::from(texts.join(", "));
        }
        let began = |kind, holds| {
            let since = status.started?;
            condition(kind, Some(Condition { status: holds, since }))
        };
        let has_sandbox = !status.phase.is_terminal();
        let mut initialized = began("Initialized", is_initialized(pod));
        if let Some(initialized) = initialized.as_mut().filter(|_| !is_initialized(pod)) {
            let both = pod.spec.init_containers.iter().zip(&status.init_containers);
            let names = names_of_unready(both);
            initialized["reason"] = Value::from("ContainersNotInitialized");
            let message = format!("containers with incomplete status: [{names}]");
            initialized["message"] = Value::from(message);
        }
        let began = [began("PodReadyToStartContainers", has_sandbox), initialized];
        let conditions = [disruption].into_iter().chain(began).chain([ready, containers_ready]);
        conditions.chain([scheduled]).flatten().collect()
    }

    pub(super) fn container(
        &self,
        pod: &Pod,
        container: &Container,
        status: &ContainerStatus,
    ) -> Value {
        let state = match status.state {
            ContainerState::Waiting(reason) => {
                let mut waiting = json!({"reason": reason});
                if let Some(message) = self.waiting_message(pod, container, status, reason) {
                    waiting["message"] = Value::from(message);
                }
                json!({"waiting": waiting})
            }
            ContainerState::Running(at) => json!({"running": {"startedAt": self.time(at)}}),
            ContainerState::Terminated { exit_code, started, finished } => {
                self.terminated(&Ended { exit_code, started, finished })
            }
        };
        let mut object = json!({
            "name": &*container.name,
            "image": &*container.image,
            "ready": status.ready,
            "restartCount": status.restarts,
            "started": status.is_running() && !status.startup_pending,
            "state": state,
        });
        if let Some(last) = &status.last {
            object["lastState"] = self.terminated(last);
        }
        object
    }

    fn terminated(&self, ended: &Ended) -> Value {
        json!({"terminated": {
            "exitCode": ended.exit_code,
            "reason": Ended::reason(ended.exit_code),
            "startedAt": self.time(ended.started),
            "finishedAt": self.time(ended.finished),
        }})
    }

    fn waiting_message(
        &self,
        pod: &Pod,
        container: &Container,
        status: &ContainerStatus,
        reason: &str,
    ) -> Option<String> {
        match reason {
            "CrashLoopBackOff" => {
                let time = back_off_text(status.back_off_seconds);
                let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
                let place = format!("{name}_{namespace}({})", self.uuid(pod.meta.uid));
                let container = &container.name;
                Some(format!("back-off {time} restarting failed container={container} pod={place}"))
            }
            "ImagePullBackOff" => Some(format!("Back-off pulling image \"{}\"", container.image)),
            _ => None,
        }
    }
}

/// Seconds as Go prints a `time.Duration`: `40s`, `1m20s`, `5m0s`.
fn back_off_text(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        _ => format!("{}m{}s", seconds / 60, seconds % 60),
    }
}

fn is_initialized(pod: &Pod) -> bool {
    let both = pod.spec.init_containers.iter().zip(&pod.status.init_containers);
    let mut both = both.map(|(container, status)| match status.state {
        ContainerState::Running(_) => container.is_sidecar,
        ContainerState::Terminated { exit_code, .. } => exit_code == 0,
        ContainerState::Waiting(_) => false,
    });
    both.all(|it| it)
}

/// Its containers are ready, so that only its gates are left.
fn waits_for_gates_only(pod: &Pod) -> bool {
    pod.status.containers_ready.is_some_and(|it| it.status) && !pod.is_ready()
}

fn why_unready(pod: &Pod) -> (&'static str, Option<String>) {
    if pod.is_terminal() {
        let has_completed = pod.status.phase == crate::api::pod::Phase::Succeeded;
        return (if has_completed { "PodCompleted" } else { "PodFailed" }, None);
    }
    let both = pod.spec.containers.iter().zip(&pod.status.containers);
    let text = format!("containers with unready status: [{}]", names_of_unready(both));
    ("ContainersNotReady", Some(text))
}

fn names_of_unready<'a>(
    both: impl Iterator<Item = (&'a Container, &'a ContainerStatus)>,
) -> String {
    let unready = both.filter(|(_, status)| !status.ready);
    unready.map(|(container, _)| &*container.name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_times_print_as_in_go() {
        let cases = [(10, "10s"), (40, "40s"), (80, "1m20s"), (160, "2m40s"), (300, "5m0s")];
        for (seconds, text) in cases {
            assert_eq!(back_off_text(seconds), text);
        }
    }
}

//! The words of a trace: which pods an op concerns, what it does to a status, how a pod is written.

use daemonset_core::api::pod::{Phase, PodStatus};
use daemonset_core::api::{Pod, Time};
use serde_json::{Value, json};

/// The pods that an op with `node` concerns.
pub(super) fn concerned(op: &Value) -> impl Fn(&Pod) -> bool + use<> {
    let op = op.clone();
    move |pod| {
        let has_image =
            |image: &str| pod.spec.containers.first().is_some_and(|it| *it.image == *image);
        let is_owned =
            |name: &str| pod.meta.controller.as_ref().is_some_and(|it| *it.name == *name);
        pod.node_name.as_deref() == op["node"].as_str()
            && !pod.meta.is_terminating()
            && op["daemonset"].as_str().is_none_or(is_owned)
            && op["image"].as_str().is_none_or(has_image)
    }
}

pub(super) fn end(status: &mut PodStatus, phase: Phase, now: Time) {
    if !status.phase.is_terminal() {
        status.phase = phase;
        status.set_ready(false, now);
    }
}

pub(super) fn set_ready(status: &mut PodStatus, value: bool, now: Time) {
    if status.phase == Phase::Running {
        status.set_ready(value, now);
    }
}

pub(super) fn words(pod: &Pod, first: String) -> String {
    let mut words = vec![first, pod.status.phase.as_str().to_owned()];
    let flags = [
        ("ready", pod.is_ready()),
        ("unbound", pod.node_name.is_none()),
        ("terminating", pod.meta.is_terminating()),
    ];
    words.extend(flags.into_iter().filter(|it| it.1).map(|it| it.0.to_owned()));
    words.join(" ")
}

/// The defaults that the recording assumes.
pub(super) fn with_strategy(object: &Value) -> Value {
    let mut object = object.clone();
    let strategy = &mut object["spec"]["updateStrategy"];
    if strategy.is_null() {
        *strategy = json!({
            "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}
        });
    }
    object
}

pub(super) fn or_empty(value: &Value) -> Value {
    if value.is_null() { json!({}) } else { value.clone() }
}

pub(super) fn or_list(value: &Value) -> Value {
    if value.is_null() { json!([]) } else { value.clone() }
}

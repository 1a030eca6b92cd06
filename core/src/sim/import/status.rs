//! The status of exported objects as the simulation keeps it.

use serde_json::Value;

use super::time;
use crate::api::daemon_set::DaemonSetStatus;
use crate::api::deployment::{DeploymentCondition, DeploymentStatus};
use crate::api::pod::{Condition, ContainerState, ContainerStatus, Ended, Phase, PodStatus};
use crate::api::replica_set::ReplicaSetStatus;
use crate::api::{Address, Calendar, Time, json};

/// Reasons for waiting that the simulation knows.
const WAITING: [&str; 6] = [
    "ContainerCreating",
    "CrashLoopBackOff",
    "ErrImagePull",
    "ImagePullBackOff",
    "PodInitializing",
    "RunContainerError",
];
/// Reasons and types in the conditions of a Deployment.
const WORDS: [&str; 15] = [
    "Available",
    "DeploymentPaused",
    "DeploymentResumed",
    "False",
    "FoundNewReplicaSet",
    "MinimumReplicasAvailable",
    "MinimumReplicasUnavailable",
    "NewReplicaSetAvailable",
    "NewReplicaSetCreated",
    "ProgressDeadlineExceeded",
    "Progressing",
    "ReplicaFailure",
    "ReplicaSetUpdated",
    "True",
    "Unknown",
];

fn word(value: &Value, words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|it| value == it)
}

pub(super) fn pod(object: &Value, calendar: Calendar) -> PodStatus {
    let (spec, given) = (json::field(object, "spec"), json::field(object, "status"));
    let conditions = json::list(given, "conditions");
    let condition = |kind: &str| {
        let found = conditions.iter().find(|it| json::field(it, "type") == kind)?;
        Some(Condition {
            status: json::field(found, "status") == "True",
            since: time(json::field(found, "lastTransitionTime"), calendar).unwrap_or(Time::ZERO),
        })
    };
    let statuses = |containers: &str, statuses: &str| {
        let given = json::list(given, statuses);
        let of = |container: &Value| {
            let name = json::field(container, "name");
            let status = given.iter().find(|it| json::field(it, "name") == name);
            status.map_or_else(|| ContainerStatus::waiting(WAITING[0]), |it| one(it, calendar))
        };
        match given.is_empty() {
            true => Vec::new(),
            false => json::list(spec, containers).iter().map(of).collect(),
        }
    };
    PodStatus {
        phase: match json::field(given, "phase").as_str() {
            Some("Running") => Phase::Running,
            Some("Succeeded") => Phase::Succeeded,
            Some("Failed") => Phase::Failed,
            _ => Phase::Pending,
        },
        reason: json::text(given, "reason").map(Box::new),
        message: json::text(given, "message").map(Box::new),
        ready: condition("Ready"),
        containers_ready: condition("ContainersReady"),
        disruption: None,
        scheduled: condition("PodScheduled"),
        unschedulable: conditions
            .iter()
            .find(|it| json::field(it, "reason") == "Unschedulable")
            .and_then(|it| json::text(it, "message"))
            .map(Box::new),
        nominated_node: json::text(given, "nominatedNodeName").map(Box::new),
        started: time(json::field(given, "startTime"), calendar),
        host_ip: json::field(given, "hostIP").as_str().and_then(Address::parse),
        pod_ip: json::field(given, "podIP").as_str().and_then(Address::parse),
        init_containers: statuses("initContainers", "initContainerStatuses"),
        containers: statuses("containers", "containerStatuses"),
    }
}

fn one(status: &Value, calendar: Calendar) -> ContainerStatus {
    let ended = |state: &Value| {
        let it = json::field(state, "terminated");
        let at = |key| time(json::field(it, key), calendar).unwrap_or(Time::ZERO);
        it.is_object().then(|| Ended {
            exit_code: json::integer(it, "exitCode").and_then(|it| it.try_into().ok()).unwrap_or(0),
            started: at("startedAt"),
            finished: at("finishedAt"),
        })
    };
    let state = json::field(status, "state");
    let started = time(json::at(state, &["running", "startedAt"]), calendar);
    let waiting = word(json::at(state, &["waiting", "reason"]), &WAITING);
    ContainerStatus {
        state: match (started, ended(state)) {
            (Some(at), _) => ContainerState::Running(at),
            (None, Some(Ended { exit_code, started, finished })) => {
                ContainerState::Terminated { exit_code, started, finished }
            }
            _ => ContainerState::Waiting(waiting.unwrap_or(WAITING[0])),
        },
        ready: json::flag(status, "ready"),
        startup_pending: json::field(status, "started") == false,
        restarts: json::integer(status, "restartCount")
            .and_then(|it| it.try_into().ok())
            .unwrap_or(0),
        last: ended(json::field(status, "lastState")),
        back_off_seconds: 0,
    }
}

fn figure<T: TryFrom<i64> + Default>(status: &Value, key: &str) -> T {
    json::integer(status, key).and_then(|it| T::try_from(it).ok()).unwrap_or_default()
}

pub(super) fn daemon_set(status: &Value) -> DaemonSetStatus {
    DaemonSetStatus {
        current_number_scheduled: figure(status, "currentNumberScheduled"),
        desired_number_scheduled: figure(status, "desiredNumberScheduled"),
        number_misscheduled: figure(status, "numberMisscheduled"),
        number_ready: figure(status, "numberReady"),
        number_available: figure(status, "numberAvailable"),
        number_unavailable: figure(status, "numberUnavailable"),
        updated_number_scheduled: figure(status, "updatedNumberScheduled"),
        observed_generation: figure(status, "observedGeneration"),
        collision_count: json::integer(status, "collisionCount").and_then(|it| it.try_into().ok()),
    }
}

pub(super) fn replica_set(status: &Value) -> ReplicaSetStatus {
    ReplicaSetStatus {
        replicas: figure(status, "replicas"),
        fully_labeled_replicas: figure(status, "fullyLabeledReplicas"),
        ready_replicas: figure(status, "readyReplicas"),
        available_replicas: figure(status, "availableReplicas"),
        observed_generation: figure(status, "observedGeneration"),
    }
}

pub(super) fn deployment(status: &Value, calendar: Calendar) -> DeploymentStatus {
    let condition = |it: &Value| {
        let at = |key| time(json::field(it, key), calendar).unwrap_or(Time::ZERO);
        Some(DeploymentCondition {
            kind: word(json::field(it, "type"), &WORDS)?,
            status: word(json::field(it, "status"), &WORDS)?,
            reason: word(json::field(it, "reason"), &WORDS)?,
            message: json::text(it, "message").unwrap_or_default(),
            updated: at("lastUpdateTime"),
            since: at("lastTransitionTime"),
        })
    };
    DeploymentStatus {
        replicas: figure(status, "replicas"),
        updated_replicas: figure(status, "updatedReplicas"),
        ready_replicas: figure(status, "readyReplicas"),
        available_replicas: figure(status, "availableReplicas"),
        unavailable_replicas: figure(status, "unavailableReplicas"),
        observed_generation: figure(status, "observedGeneration"),
        collision_count: json::integer(status, "collisionCount").and_then(|it| it.try_into().ok()),
        conditions: json::list(status, "conditions").iter().filter_map(condition).collect(),
    }
}

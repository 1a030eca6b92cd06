//! Status and conditions (`pkg/controller/deployment/progress.go`, `sync.go`).

use crate::api::deployment::{DeploymentCondition, DeploymentStatus};
use crate::api::{Deployment, Name, Time};
use crate::sim::deployment::rollout::Rollout;

const AVAILABLE: &str = "Available";
const PROGRESSING: &str = "Progressing";
const NEW_AVAILABLE: &str = "NewReplicaSetAvailable";
const TIMED_OUT: &str = "ProgressDeadlineExceeded";
const PAUSED: &str = "DeploymentPaused";

impl Rollout<'_> {
    /// `checkPausedConditions`.
    pub(super) fn check_paused(&mut self) {
        let condition = self.deployment.status.condition(PROGRESSING);
        let reason = condition.map(|it| it.reason);
        if self.deployment.progress_deadline_seconds.is_none() || reason == Some(TIMED_OUT) {
            return;
        }
        match (self.deployment.is_paused, reason == Some(PAUSED)) {
            (true, false) => self.progressing("Unknown", PAUSED, "Deployment is paused"),
            (false, true) => {
                self.progressing("Unknown", "DeploymentResumed", "Deployment is resumed");
            }
            _ => {}
        }
    }

    /// The ReplicaSet of the template was there already.
    pub(super) fn found_new(&mut self) {
        if self.deployment.status.condition(PROGRESSING).is_none()
            && let Some(name) = self.new_set().map(|it| it.meta.name.clone())
        {
            let message = format!("Found new replica set \"{name}\"");
            self.progressing("True", "FoundNewReplicaSet", &message);
        }
    }

    pub(super) fn created_new(&mut self, name: &Name) {
        let message = format!("Created new replica set \"{name}\"");
        self.progressing("True", "NewReplicaSetCreated", &message);
    }

    fn progressing(&mut self, status: &'static str, reason: &'static str, message: &str) {
        if self.deployment.progress_deadline_seconds.is_some() {
            let condition = condition(PROGRESSING, status, reason, message, self.now);
            set(&mut self.deployment.status, condition);
        }
    }

    /// Whether the rollout was over when the status was last written (`DeploymentComplete`).
    pub(super) fn is_complete(&self) -> bool {
        is_complete(&self.deployment, &self.deployment.status)
    }

    /// `syncDeploymentStatus`.
    pub(super) fn update_status(&mut self) {
        self.deployment.status = self.calculated();
    }

    /// `syncRolloutStatus`.
    pub(super) fn update_rollout_status(&mut self) {
        let before = self.deployment.status.clone();
        self.deployment.status = self.calculated();
        if self.deployment.progress_deadline_seconds.is_none() {
            self.deployment.status.conditions.retain(|it| it.kind != PROGRESSING);
            return;
        }
        let status = &self.deployment.status;
        let current = before.condition(PROGRESSING);
        let was_complete = status.replicas == status.updated_replicas
            && current.is_some_and(|it| it.reason == NEW_AVAILABLE);
        if was_complete {
            return;
        }
        let subject = match self.new_set() {
            Some(set) => format!("ReplicaSet \"{}\"", set.meta.name),
            None => format!("Deployment \"{}\"", self.deployment.meta.name),
        };
        if is_complete(&self.deployment, status) {
            let message = format!("{subject} has successfully progressed.");
            self.progressing("True", NEW_AVAILABLE, &message);
        } else if is_progressing(&before, status) {
            // Every progress moves the time of update, which the deadline counts from.
            let since = current.filter(|it| it.status == "True").map(|it| it.since);
            let message = format!("{subject} is progressing.");
            let mut new = condition(PROGRESSING, "True", "ReplicaSetUpdated", &message, self.now);
            new.since = since.unwrap_or(new.since);
            let conditions = &mut self.deployment.status.conditions;
            conditions.retain(|it| it.kind != PROGRESSING);
            conditions.push(new);
        } else if has_timed_out(&self.deployment, current, self.now) {
            let message = format!("{subject} has timed out progressing.");
            self.progressing("False", TIMED_OUT, &message);
        }
    }

    /// `calculateStatus`.
    fn calculated(&self) -> DeploymentStatus {
        let deployment = &self.deployment;
        let sum = |of: &dyn Fn(&crate::api::ReplicaSet) -> i64| self.sets().map(of).sum::<i64>();
        let available = sum(&|it| it.status.available_replicas);
        let mut status = DeploymentStatus {
            replicas: sum(&|it| it.status.replicas),
            updated_replicas: self.new_set().map_or(0, |it| it.status.replicas),
            ready_replicas: sum(&|it| it.status.ready_replicas),
            available_replicas: available,
            unavailable_replicas: (self.total() - available).max(0),
            observed_generation: deployment.meta.generation,
            ..deployment.status.clone()
        };
        let least = deployment.replicas - deployment.budget().unavailable;
        let condition = match available >= least {
            true => condition(
                AVAILABLE,
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
                self.now,
            ),
            false => condition(
                AVAILABLE,
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
                self.now,
            ),
        };
        set(&mut status, condition);
        status
    }
}

/// When the deadline of a rollout that does not move is to be looked at (`requeueStuckDeployment`).
pub(super) fn deadline_check(deployment: &Deployment, now: Time) -> Option<Time> {
    let seconds = deployment.progress_deadline_seconds?;
    let condition = deployment.status.condition(PROGRESSING)?;
    let is_over = [NEW_AVAILABLE, TIMED_OUT].contains(&condition.reason);
    if deployment.is_paused || is_over || is_complete(deployment, &deployment.status) {
        return None;
    }
    Some(condition.updated + (seconds + 1) * 1000).filter(|it| *it > now)
}

fn is_complete(deployment: &Deployment, status: &DeploymentStatus) -> bool {
    let replicas = deployment.replicas;
    status.updated_replicas == replicas
        && status.replicas == replicas
        && status.available_replicas == replicas
        && status.observed_generation >= deployment.meta.generation
}

fn is_progressing(before: &DeploymentStatus, after: &DeploymentStatus) -> bool {
    let old = |it: &DeploymentStatus| it.replicas - it.updated_replicas;
    after.updated_replicas > before.updated_replicas
        || old(after) < old(before)
        || after.ready_replicas > before.ready_replicas
        || after.available_replicas > before.available_replicas
}

fn has_timed_out(
    deployment: &Deployment,
    condition: Option<&DeploymentCondition>,
    now: Time,
) -> bool {
    let (Some(seconds), Some(condition)) = (deployment.progress_deadline_seconds, condition) else {
        return false;
    };
    match condition.reason {
        NEW_AVAILABLE => false,
        TIMED_OUT => true,
        _ => condition.updated + seconds * 1000 < now,
    }
}

fn condition(
    kind: &'static str,
    status: &'static str,
    reason: &'static str,
    message: &str,
    now: Time,
) -> DeploymentCondition {
    let now = now.truncated();
    DeploymentCondition { kind, status, reason, message: message.into(), updated: now, since: now }
}

/// `SetDeploymentCondition`: the same status and reason change nothing, the same status keeps its
/// time of transition.
fn set(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    if let Some(known) = status.condition(condition.kind) {
        if known.status == condition.status && known.reason == condition.reason {
            return;
        }
        if known.status == condition.status {
            condition.since = known.since;
        }
    }
    status.conditions.retain(|it| it.kind != condition.kind);
    status.conditions.push(condition);
}

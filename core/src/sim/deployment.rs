//! The Deployment controller, after `pkg/controller/deployment` of Kubernetes v1.31.
//!
//! It keeps one ReplicaSet for each template and moves replicas from the old ones to the new one.
//! A sync works on copies; what it changed is written when it has returned. Left out: the condition
//! `ReplicaFailure` and the rollback of the extensions API.

mod arithmetic;
mod recreate;
mod revision;
mod rolling;
mod rollout;
mod scale;
mod status;

use std::sync::Arc;

use crate::api::deployment::DeploymentStrategy;
use crate::api::{Deployment, ObjectMeta, OwnerRef, Pod, ReplicaSet, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::daemon_set::retry_at;
use crate::sim::store::{NOBODY, Store};
use crate::sim::{Change, Map};
use rollout::Rollout;

/// The controller.
#[derive(Clone, Debug, Default)]
pub(super) struct DeploymentController {
    deployments: Map<Uid, State>,
}

/// What is known of one Deployment besides the store.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    queued: Option<Time>,
    failures: u32,
}

/// The name of the next ReplicaSet is taken: the sync is tried again with another hash.
#[derive(Clone, Copy, Debug)]
struct Collision;

impl Actor for DeploymentController {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Deployment { new: Some(deployment), .. } => {
                let uid = deployment.meta.uid;
                if !self.deployments.contains_key(&uid) {
                    self.deployments.insert_mut(uid, State::default());
                }
                self.enqueue(uid, ctx);
            }
            Change::Deployment { old: Some(deployment), new: None } => {
                self.deployments.remove_mut(&deployment.meta.uid);
            }
            Change::ReplicaSet { old, new } => {
                self.replica_set_changed(old.as_deref(), new.as_deref(), ctx);
            }
            Change::Pod { old: Some(pod), new: None } => self.pod_removed(pod, ctx),
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Later(uid) => self.enqueue(*uid, ctx),
            Key::Object(uid) => {
                let Some(state) = self.deployments.get_mut(uid) else { return };
                if state.queued != Some(ctx.now) {
                    return;
                }
                state.queued = None;
                match sync(*uid, ctx) {
                    Ok(()) => state.failures = 0,
                    Err(Collision) => {
                        ctx.wake_at(retry_at(ctx.now, state.failures), Key::Later(*uid));
                        state.failures += 1;
                    }
                }
            }
            Key::Node(_) | Key::Round => {}
        }
    }
}

impl DeploymentController {
    fn enqueue(&mut self, uid: Uid, ctx: &mut Ctx) {
        let state = self.deployments.get_mut(&uid);
        let Some(state) = state.filter(|it| it.queued.is_none()) else { return };
        let at = ctx.soon("deployment sync", uid.0);
        state.queued = Some(at);
        ctx.wake_at(at, Key::Object(uid));
    }

    fn replica_set_changed(
        &mut self,
        old: Option<&ReplicaSet>,
        new: Option<&ReplicaSet>,
        ctx: &mut Ctx,
    ) {
        let owner = |set: Option<&ReplicaSet>| set?.meta.controller.as_ref().map(|it| it.uid);
        let (before, after) = (owner(old), owner(new));
        for uid in [before.filter(|_| before != after), after].into_iter().flatten() {
            self.enqueue(uid, ctx);
        }
        let Some(set) = new.filter(|_| after.is_none()) else { return };
        let is_same = |old: &ReplicaSet| before.is_none() && old.meta.labels == set.meta.labels;
        if old.is_some_and(is_same) {
            return;
        }
        let uids: Vec<Uid> = self.deployments.keys().copied().collect();
        for uid in uids {
            if ctx.store.deployment_by_uid(uid).is_some_and(|it| selects(it, &set.meta)) {
                self.enqueue(uid, ctx);
            }
        }
    }

    /// `Recreate` waits for the last old pod to go.
    fn pod_removed(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let Some(owner) = &pod.meta.controller else { return };
        let set = ctx.store.replica_set_by_uid(owner.uid);
        let Some(owner) = set.and_then(|it| it.meta.controller.as_ref()) else { return };
        let deployment = ctx.store.deployment_by_uid(owner.uid);
        if deployment.is_some_and(|it| it.strategy == DeploymentStrategy::Recreate) {
            self.enqueue(owner.uid, ctx);
        }
    }
}

/// `syncDeployment`.
fn sync(uid: Uid, ctx: &mut Ctx) -> Result<(), Collision> {
    let Some(deployment) = ctx.store.deployment_by_uid(uid) else { return Ok(()) };
    ctx.work.syncs += 1;
    let sets = claim(deployment, ctx);
    let mut rollout = Rollout::new(deployment, sets, ctx.store, ctx.now);
    let result = advance(&mut rollout);
    rollout.finish(ctx);
    result
}

fn advance(rollout: &mut Rollout) -> Result<(), Collision> {
    let (is_terminating, is_paused, strategy) = {
        let it = &rollout.deployment;
        (it.meta.is_terminating(), it.is_paused, it.strategy)
    };
    if is_terminating {
        rollout.take_new(false)?;
        rollout.update_status();
        return Ok(());
    }
    rollout.check_paused();
    if is_paused || rollout.is_scaling() {
        rollout.take_new(false)?;
        rollout.scale();
        if is_paused {
            rollout.clean_up();
        }
        rollout.update_status();
        return Ok(());
    }
    match strategy {
        DeploymentStrategy::Recreate => rollout.recreate(),
        DeploymentStrategy::RollingUpdate => rollout.roll(),
    }
}

fn selects(deployment: &Deployment, meta: &ObjectMeta) -> bool {
    meta.namespace == deployment.meta.namespace && deployment.selector.matches(&meta.labels)
}

/// Adoption and release of ReplicaSets (`ControllerRefManager.ClaimReplicaSets`).
fn claim(deployment: &Deployment, ctx: &mut Ctx) -> Vec<Arc<ReplicaSet>> {
    let store: &Store = ctx.store;
    let mut claimed = Vec::new();
    for set in store.replica_sets_of(deployment.meta.uid) {
        match selects(deployment, &set.meta) {
            true => claimed.push(set.clone()),
            false => {
                let mut set = (**set).clone();
                set.meta.controller = None;
                ctx.command(Command::PutReplicaSet(Box::new(set)));
            }
        }
    }
    let may_adopt = |it: &&Arc<ReplicaSet>| {
        !deployment.meta.is_terminating()
            && !it.meta.is_terminating()
            && selects(deployment, &it.meta)
    };
    for set in store.replica_sets_of(NOBODY).filter(may_adopt) {
        let mut set = (**set).clone();
        set.meta.controller = Some(owner_ref(deployment));
        ctx.command(Command::PutReplicaSet(Box::new(set.clone())));
        claimed.push(Arc::new(set));
    }
    claimed
}

/// The reference that makes a Deployment the controller of a ReplicaSet.
fn owner_ref(deployment: &Deployment) -> Arc<OwnerRef> {
    let meta = &deployment.meta;
    Arc::new(OwnerRef { kind: "Deployment", name: meta.name.clone(), uid: meta.uid })
}

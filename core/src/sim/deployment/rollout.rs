//! One sync's view of a Deployment: copies of it and of its ReplicaSets, and what was changed.

use std::sync::Arc;

use crate::api::deployment::{DeploymentStatus, REVISION};
use crate::api::order::sort_by;
use crate::api::{Deployment, Name, ReplicaSet, Time};
use crate::sim::Store;
use crate::sim::actor::Ctx;
use crate::sim::command::Command;
use crate::sim::deployment::status;
use crate::sim::event::{Message, NewEvent, ObjectRef};

/// How many replicas the Deployment asked for when the ReplicaSet was sized…
pub(super) const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
/// …and how many pods it allowed in all.
pub(super) const MAX: &str = "deployment.kubernetes.io/max-replicas";

/// A ReplicaSet as it was, and as it shall be.
pub(super) struct Slot {
    /// None if it is new.
    original: Option<Arc<ReplicaSet>>,
    pub(super) set: ReplicaSet,
}

/// The Deployment with its ReplicaSets, the oldest first.
pub(super) struct Rollout<'a> {
    pub(super) deployment: Deployment,
    stored: DeploymentStatus,
    pub(super) store: &'a Store,
    pub(super) now: Time,
    pub(super) slots: Vec<Slot>,
    /// The ReplicaSet of the present template, once it was looked for.
    pub(super) new: Option<usize>,
    /// ReplicaSets beyond the history limit.
    pub(super) surplus: Vec<usize>,
    events: Vec<Message>,
}

impl<'a> Rollout<'a> {
    pub(super) fn new(
        deployment: &Deployment,
        mut sets: Vec<Arc<ReplicaSet>>,
        store: &'a Store,
        now: Time,
    ) -> Rollout<'a> {
        sort_by(&mut sets, |a, b| a.meta.age_order().cmp(&b.meta.age_order()));
        let slot = |it: Arc<ReplicaSet>| Slot { set: (*it).clone(), original: Some(it) };
        Rollout {
            deployment: deployment.clone(),
            stored: deployment.status.clone(),
            store,
            now,
            slots: sets.into_iter().map(slot).collect(),
            new: None,
            surplus: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes up a ReplicaSet that is to be created.
    pub(super) fn add(&mut self, set: ReplicaSet) {
        self.slots.push(Slot { original: None, set });
        self.new = Some(self.slots.len() - 1);
    }

    /// The ReplicaSet of the present template.
    pub(super) fn new_set(&self) -> Option<&ReplicaSet> {
        self.new.map(|it| &self.slots[it].set)
    }

    /// Indices of all others, the oldest first.
    pub(super) fn old(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|it| Some(*it) != self.new).collect()
    }

    /// Those of the old ones that want pods (`FilterActiveReplicaSets`).
    pub(super) fn active_old(&self) -> Vec<usize> {
        self.old().into_iter().filter(|it| self.slots[*it].set.replicas > 0).collect()
    }

    /// All ReplicaSets.
    pub(super) fn sets(&self) -> impl Iterator<Item = &ReplicaSet> {
        self.slots.iter().map(|it| &it.set)
    }

    /// The replicas that all of them want.
    pub(super) fn total(&self) -> i64 {
        self.sets().map(|it| it.replicas).sum()
    }

    /// `scaleReplicaSetAndRecordEvent`; whether the size changed.
    pub(super) fn resize(&mut self, index: usize, replicas: i64) -> bool {
        let annotations = self.size_annotations();
        let set = &mut self.slots[index].set;
        let from = set.replicas;
        let is_annotated =
            annotations.iter().all(|(key, value)| set.meta.annotations.get(*key) == Some(value));
        if !is_annotated {
            let own = Arc::make_mut(&mut set.meta.annotations);
            own.extend(annotations.map(|(key, value)| (key.into(), value)));
        }
        if from == replicas {
            return false;
        }
        set.replicas = replicas;
        let set = set.meta.name.clone();
        self.report(Message::ScaledReplicaSet { set, from, to: replicas });
        true
    }

    /// `SetReplicasAnnotations`.
    pub(super) fn size_annotations(&self) -> [(&'static str, Name); 2] {
        let desired = self.deployment.replicas;
        let max = desired + self.deployment.budget().surge;
        [(DESIRED, desired.to_string().into()), (MAX, max.to_string().into())]
    }

    pub(super) fn report(&mut self, message: Message) {
        self.events.push(message);
    }

    /// Asks for everything that was changed, and to be woken when the progress deadline is over.
    pub(super) fn finish(self, ctx: &mut Ctx) {
        let uid = self.deployment.meta.uid;
        for slot in &self.slots {
            if slot.original.as_ref().is_none_or(|it| **it != slot.set) {
                ctx.command(Command::PutReplicaSet(Box::new(slot.set.clone())));
            }
        }
        for index in &self.surplus {
            let uid = self.slots[*index].set.meta.uid;
            ctx.command(Command::DeleteOwner(uid, Default::default()));
        }
        for message in self.events {
            ctx.command(Command::Event(NewEvent {
                object: ObjectRef::new("Deployment", &self.deployment.meta),
                is_warning: false,
                reason: "ScalingReplicaSet",
                source: "deployment-controller",
                message,
            }));
        }
        let new = self.new.map(|it| &self.slots[it].set);
        let revision: Option<i64> =
            new.and_then(|it| it.meta.annotations.get(REVISION)?.parse().ok());
        let is_numbered = revision.is_none() || self.deployment.revision() == revision;
        if self.deployment.status != self.stored || !is_numbered {
            let status = Box::new(self.deployment.status);
            ctx.command(Command::SetDeploymentStatus(uid, status, revision));
        } else if let Some(at) = status::deadline_check(&self.deployment, ctx.now) {
            ctx.wake_at(at, crate::sim::actor::Key::Later(uid));
        }
    }
}

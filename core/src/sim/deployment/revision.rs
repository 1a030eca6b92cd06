//! The ReplicaSet of the present template, its number, and the history limit
//! (`pkg/controller/deployment/sync.go`, `util/deployment_util.go`).

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::deployment::REVISION;
use crate::api::order::sort_by_key;
use crate::api::replica_set::TEMPLATE_HASH_LABEL;
use crate::api::{Labels, Name, ReplicaSet, json};
use crate::sim::deployment::rollout::{DESIRED, MAX, Rollout};
use crate::sim::deployment::{Collision, arithmetic, owner_ref};
use crate::sim::event::Message;

/// Numbers that a ReplicaSet has had before a rollback raised its number.
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// Annotations of the Deployment that its ReplicaSets do not get.
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
    REVISION,
    REVISION_HISTORY,
    DESIRED,
    MAX,
];

impl Rollout<'_> {
    /// `getAllReplicaSetsAndSyncRevision`: finds the ReplicaSet of the template, or makes it.
    pub(super) fn take_new(&mut self, creates: bool) -> Result<(), Collision> {
        let body = self.deployment.template.body.clone();
        self.new = self.slots.iter().position(|it| it.set.plain_template == body);
        let old = self.old();
        let numbers = old.iter().map(|it| revision(&self.slots[*it].set));
        let number = numbers.max().unwrap_or(0) + 1;
        match self.new {
            Some(index) => self.renew(index, number),
            None if creates => self.create(number)?,
            None => {}
        }
        Ok(())
    }

    fn renew(&mut self, index: usize, number: i64) {
        let copied = self.copied_annotations();
        let set = &mut self.slots[index].set;
        set.min_ready_seconds = self.deployment.min_ready_seconds;
        let annotations = &mut set.meta.annotations;
        if copied.iter().any(|(key, value)| annotations.get(key) != Some(value)) {
            Arc::make_mut(annotations).extend(copied);
        }
        let known = annotations.get(REVISION).cloned();
        if revision(set) < number {
            let annotations = Arc::make_mut(&mut set.meta.annotations);
            annotations.insert(REVISION.into(), number.to_string().into());
            if let Some(known) = known {
                let history = match annotations.get(REVISION_HISTORY) {
                    Some(before) => format!("{before},{known}").into(),
                    None => known,
                };
                annotations.insert(REVISION_HISTORY.into(), history);
            }
        }
        self.found_new();
    }

    fn create(&mut self, number: i64) -> Result<(), Collision> {
        let deployment = &self.deployment;
        let hash = deployment.template.hash(deployment.status.collision_count);
        let name: Name = format!("{}-{hash}", deployment.meta.name).into();
        if self.store.replica_set(&deployment.meta.namespace, &name).is_some() {
            let count = &mut self.deployment.status.collision_count;
            *count = Some(count.unwrap_or(0) + 1);
            return Err(Collision);
        }
        let mut set = ReplicaSet::from_json(&object(&deployment.spec_body, &hash));
        set.meta.name = name.clone();
        set.meta.namespace = deployment.meta.namespace.clone();
        set.meta.labels = set.template.labels.clone();
        set.meta.controller = Some(owner_ref(deployment));
        set.min_ready_seconds = deployment.min_ready_seconds;
        set.replicas = arithmetic::new_replicas(deployment.strategy, self.size(0, self.total()));
        let mut annotations = self.copied_annotations();
        annotations.insert(REVISION.into(), number.to_string().into());
        annotations.extend(self.size_annotations().map(|(key, value)| (key.into(), value)));
        set.meta.annotations = Arc::new(annotations);
        if set.replicas > 0 {
            let (set, to) = (name.clone(), set.replicas);
            self.report(Message::ScaledReplicaSet { set, from: 0, to });
        }
        self.add(set);
        self.created_new(&name);
        Ok(())
    }

    fn copied_annotations(&self) -> Labels {
        let own = self.deployment.meta.annotations.iter();
        let copied = own.filter(|(key, _)| !NOT_COPIED.contains(&&***key));
        let mut annotations = Labels::new();
        annotations.extend(copied.map(|(key, value)| (key.clone(), value.clone())));
        annotations
    }

    /// `cleanupDeployment`: unused old ReplicaSets beyond the limit go, the lowest numbers first.
    pub(super) fn clean_up(&mut self) {
        let old = self.old().into_iter();
        let mut old: Vec<usize> =
            old.filter(|it| !self.slots[*it].set.meta.is_terminating()).collect();
        let limit = usize::try_from(self.deployment.revision_history_limit).unwrap_or(usize::MAX);
        let surplus = old.len().saturating_sub(limit);
        sort_by_key(&mut old, |it| revision(&self.slots[*it].set));
        let is_unused = |it: &usize| {
            let set = &self.slots[*it].set;
            set.replicas == 0
                && set.status.replicas == 0
                && set.meta.generation <= set.status.observed_generation
        };
        self.surplus = old.into_iter().take(surplus).filter(is_unused).collect();
    }
}

/// The number of a ReplicaSet; 0 if it has none.
fn revision(set: &ReplicaSet) -> i64 {
    set.meta.annotations.get(REVISION).and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// The spec of a ReplicaSet for a Deployment's template: the hash is added to selector and labels.
fn object(spec: &Value, hash: &str) -> Value {
    let mut template = json::field(spec, "template").clone();
    let mut selector = json::field(spec, "selector").clone();
    template["metadata"]["labels"][TEMPLATE_HASH_LABEL] = Value::from(hash);
    selector["matchLabels"][TEMPLATE_HASH_LABEL] = Value::from(hash);
    json!({"spec": {"replicas": 0, "selector": selector, "template": template}})
}

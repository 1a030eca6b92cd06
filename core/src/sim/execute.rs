//! Carrying out commands: what the API server does for the actors.

mod workload;

use std::sync::Arc;

use crate::api::daemon_set::{REVISION_HASH_LABEL, TEMPLATE_GENERATION_LABEL};
use crate::api::pod::PodStatus;
use crate::api::template::PodTemplate;
use crate::api::{Deletion, Labels, Name, ObjectMeta, Pod, Taint, Uid};
use crate::sim::command::{Command, NewPod, PodPatch};
use crate::sim::daemon_set::event_about;
use crate::sim::event::{Message, ObjectRef};
use crate::sim::{Change, Cluster, admission};

pub(super) use workload::{FOREGROUND, ORPHAN};

/// `generateName` is cut to this before the suffix is added.
const GENERATE_NAME_MAX: usize = 58;

/// The metadata that the last pod shares with the next one of its owner, so that it is made once.
#[derive(Clone, Debug)]
pub(super) struct PodShape {
    owner: Uid,
    template: Arc<PodTemplate>,
    hash: Name,
    template_generation: Option<i64>,
    labels: Arc<Labels>,
    generate_name: Name,
}

impl PodShape {
    fn fits(&self, new: &NewPod) -> bool {
        self.owner == new.owner.uid
            && Arc::ptr_eq(&self.template, &new.template)
            && self.hash == new.hash
            && self.template_generation == new.template_generation
    }
}

impl Cluster {
    /// Carries out one command. What it names may be gone meanwhile: then nothing happens.
    pub(super) fn execute(&mut self, command: Command) -> Option<Change> {
        match command {
            Command::CreatePod(new) => {
                let object = Arc::new(ObjectRef {
                    kind: new.owner.kind,
                    namespace: new.namespace.clone(),
                    name: new.owner.name.clone(),
                    uid: new.owner.uid,
                    container: None,
                });
                let change = self.create_pod(*new);
                if let Change::Pod { new: Some(pod), .. } = &change {
                    let message = Message::CreatedPod { pod: pod.meta.name.clone() };
                    self.record_event(event_about(object, message));
                }
                Some(change)
            }
            Command::PatchPod(uid, patch) => self.patch_pod(uid, patch),
            Command::DeletePod { uid, grace_seconds } => self.delete_pod(uid, grace_seconds),
            Command::Evict { uid, grace_seconds } => {
                // Who asks again later need not know why.
                let _ = self.evict(uid, grace_seconds);
                None
            }
            Command::BindPod { uid, node } => {
                let now = self.now();
                self.change_pod(uid, |pod| {
                    pod.node_name = Some(node);
                    pod.status.unschedulable = None;
                    // The kubelet's first report takes it away.
                    pod.status.nominated_node = None;
                    pod.status.set_scheduled(true, now);
                })
            }
            Command::SetPodStatus(uid, status) => {
                let known = self.store.pod(uid)?;
                (known.status != *status).then_some(())?;
                let changed = known.with_status(*status);
                Some(self.store.put_pod(changed))
            }
            Command::PutRevision(mut revision) => {
                if revision.meta.uid == Uid::default() {
                    revision.meta.uid = self.store.next_uid();
                    revision.meta.created = self.now();
                }
                Some(self.store.put_revision(*revision))
            }
            Command::DeleteRevision(uid) => self.store.remove_revision(uid),
            Command::OrphanRevision(uid) => {
                let mut revision = (**self.store.revision(uid)?).clone();
                revision.meta.controller = None;
                Some(self.store.put_revision(revision))
            }
            Command::SetDaemonSetStatus(uid, status) => {
                let mut ds = (**self.store.daemon_set_by_uid(uid)?).clone();
                ds.status = status;
                Some(self.store.put_daemon_set(ds))
            }
            Command::PutReplicaSet(set) => Some(self.put_replica_set(*set)),
            Command::SetReplicaSetStatus(uid, status) => self.set_replica_set_status(uid, status),
            Command::SetDeploymentStatus(uid, status, revision) => {
                self.set_deployment_status(uid, *status, revision)
            }
            Command::DeleteOwner(uid, cascade) => self.delete_owner(uid, cascade),
            Command::RemoveFinalizer(uid, finalizer) => self.remove_finalizer(uid, &finalizer),
            Command::RemoveNamespace(name) => self.remove_namespace(&name),
            Command::SetNodeReady(name, is_ready) => self.set_node_ready(&name, is_ready),
            Command::SetNodeConditions(name, conditions) => {
                let mut node = (**self.store.node(&name)?).clone();
                (node.conditions != *conditions).then_some(())?;
                node.conditions = *conditions;
                Some(self.store.put_node(node))
            }
            Command::SetNodeTaints(name, taints) => self.set_node_taints(&name, taints),
            Command::Event(event) => {
                self.record_event(event);
                None
            }
        }
    }

    fn change_pod(&mut self, uid: Uid, change: impl FnOnce(&mut Pod)) -> Option<Change> {
        let mut pod = (**self.store.pod(uid)?).clone();
        change(&mut pod);
        Some(self.store.put_pod(pod))
    }

    /// `GetPodFromTemplate` and `CreatePodTemplate`: labels of the template; for a
    /// DaemonSet the revision's hash and the pin to the node.
    fn create_pod(&mut self, new: NewPod) -> Change {
        let shape = self.shape_of(&new);
        let now = self.now();
        let uid = self.store.next_uid();
        let meta = ObjectMeta {
            name: self.pod_name(&new, &shape.generate_name),
            generate_name: Some(shape.generate_name),
            namespace: new.namespace,
            uid,
            resource_version: 0,
            generation: 0,
            created: now,
            deletion: None,
            labels: shape.labels,
            annotations: new.template.annotations.clone(),
            controller: Some(new.owner),
            finalizers: new.template.finalizers.clone(),
        };
        // Whoever asks for pods has let admission look at their template.
        let scheduling = &new.template.spec.scheduling;
        let priority = admission::priority(&self.store, scheduling).unwrap_or_default();
        let spec = new.spec;
        let node_name = spec.node_name.clone();
        let mut status = PodStatus::default();
        if node_name.is_some() {
            status.set_scheduled(true, now);
        }
        self.store.put_pod(Pod { meta, spec, pin: new.node, priority, node_name, status })
    }

    /// The suffix depends on owner, node and attempt only; further tries avoid a clash.
    fn pod_name(&self, new: &NewPod, generate_name: &str) -> Name {
        let end = generate_name.char_indices().nth(GENERATE_NAME_MAX).map(|it| it.0);
        let prefix = &generate_name[..end.unwrap_or(generate_name.len())];
        let node = new.node.as_deref().unwrap_or_default();
        let subject = (&*new.namespace, &*new.owner.name, node, new.attempt);
        let mut name = Name::default();
        for clash in 0..64_u32 {
            name = [prefix, &self.seed.name_suffix((subject, clash))].concat().into();
            if !self.store.has_pod_named(&new.namespace, &name) {
                break;
            }
        }
        name
    }

    /// What all pods share that one owner makes from one template.
    fn shape_of(&mut self, new: &NewPod) -> PodShape {
        let known = self.pod_shape.as_ref().filter(|it| it.fits(new));
        if let Some(shape) = known {
            return shape.clone();
        }
        let mut labels = (*new.template.labels).clone();
        if let Some(generation) = new.template_generation {
            labels.insert(TEMPLATE_GENERATION_LABEL.into(), generation.to_string().into());
        }
        if !new.hash.is_empty() {
            labels.insert(REVISION_HASH_LABEL.into(), new.hash.clone());
        }
        let shape = PodShape {
            owner: new.owner.uid,
            template: new.template.clone(),
            hash: new.hash.clone(),
            template_generation: new.template_generation,
            labels: Arc::new(labels),
            generate_name: format!("{}-", new.owner.name).into(),
        };
        self.pod_shape = Some(shape.clone());
        shape
    }

    #[inline(never)]
    fn patch_pod(&mut self, uid: Uid, patch: PodPatch) -> Option<Change> {
        self.change_pod(uid, |pod| match patch {
            PodPatch::Controller(controller) => pod.meta.controller = controller,
            PodPatch::Label(key, value) => {
                Arc::make_mut(&mut pod.meta.labels).insert(key, value);
            }
        })
    }

    /// A pod without a node, or one that has ended, goes at once; others wait for their kubelet.
    /// A grace of 0 removes it in any case. Finalizers keep it.
    #[inline(never)]
    fn delete_pod(&mut self, uid: Uid, grace_seconds: Option<i64>) -> Option<Change> {
        let pod = self.store.pod(uid)?.clone();
        let at_once = pod.node_name.is_none() || pod.is_terminal();
        let grace = if at_once { 0 } else { grace_seconds.unwrap_or(pod.spec.grace_seconds) };
        if grace == 0 && pod.meta.finalizers.is_empty() {
            return self.store.remove_pod(uid);
        }
        if let Some(deletion) = pod.meta.deletion {
            // Only an explicit grace period that is shorter changes anything.
            let grace_seconds = grace_seconds.filter(|it| *it < deletion.grace_seconds)?;
            let shorter = Deletion { grace_seconds, ..deletion };
            return self.change_pod(uid, |pod| pod.meta.deletion = Some(shorter));
        }
        let deletion = Deletion { requested: self.now(), grace_seconds: grace };
        self.change_pod(uid, |pod| pod.meta.deletion = Some(deletion))
    }

    #[inline(never)]
    fn set_node_ready(&mut self, name: &Name, is_ready: bool) -> Option<Change> {
        let mut node = (**self.store.node(name)?).clone();
        (node.is_ready() != is_ready).then_some(())?;
        let now = self.now();
        node.conditions.ready.report(is_ready, now);
        Some(self.store.put_node(node))
    }

    #[inline(never)]
    fn set_node_taints(&mut self, name: &Name, taints: Vec<Taint>) -> Option<Change> {
        let mut node = (**self.store.node(name)?).clone();
        (node.taints != taints).then_some(())?;
        node.taints = taints;
        Some(self.store.put_node(node))
    }
}

//! Runs pods on nodes, after `pkg/kubelet` of Kubernetes v1.31: admission, images, containers with
//! their restarts and readiness, graceful termination, pressure.
//!
//! One actor stands for the kubelets of all nodes. Init containers run to their end one after the
//! other, then the others are started one after the other; from then on each goes its own way. How
//! long things take is drawn from the seed and the subject. A kubelet that is stopped does nothing;
//! what came due meanwhile is done when it starts again. Left out: volumes that are not filled from
//! ConfigMaps or Secrets, and repeated back-off events of one and the same wait.

mod activity;
mod admission;
mod container;
mod eviction;
mod image;
mod node_status;
mod prepare;
mod probing;
mod scene;
mod termination;
mod timing;
mod work;

use std::sync::Arc;

use crate::api::pod::{ContainerStatus, PodStatus};
use crate::api::{Address, Name, Node, Pod, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Map, Set};

use scene::Scene;
use work::{PodWork, Stage};

pub use activity::{Activity, Doing};
pub(crate) use image::has_platform;
pub(in crate::sim) use prepare::obstacle;

/// The kubelets.
#[derive(Clone, Debug)]
pub(super) struct Kubelet {
    /// Each is a counted reference: a clone's first write copies its neighbours.
    pods: Map<Uid, Arc<PodWork>>,
    /// (image, node) of what has been pulled: pulls of one image are written beside each other.
    images: Set<(Name, Name)>,
    /// Nodes whose kubelet is starting, and when it will report.
    starting: Map<Name, Time>,
    /// The address that each node gave to a pod last.
    addresses: Map<Name, Address>,
    /// Nodes under pressure, and when their kubelet looks next.
    rounds: Map<Name, Time>,
}

impl Default for Kubelet {
    fn default() -> Self {
        Kubelet {
            pods: Map::new(),
            images: Set::new(),
            starting: Map::new(),
            addresses: Map::new(),
            rounds: Map::new(),
        }
    }
}

impl Actor for Kubelet {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Node { old, new: Some(node) } => self.node_changed(old.as_deref(), node, ctx),
            Change::Machine { node } => self.machine_changed(node, ctx),
            Change::Image { image } => self.image_changed(image, ctx),
            Change::Pod { new: Some(pod), .. } => self.pod_changed(pod, ctx),
            Change::Pod { old: Some(pod), new: None } => {
                self.pods.remove_mut(&pod.meta.uid);
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Node(name) => self.node_due(name, ctx),
            Key::Object(uid) => {
                let store = ctx.store;
                let Some(work) = self.pods.get(uid).filter(|it| it.due <= ctx.now).cloned() else {
                    return;
                };
                let Some(pod) = store.pod(*uid) else { return };
                // Nothing can be reported for a node that does not exist, or by nobody.
                let node = pod.node_name.as_ref().and_then(|name| store.node(name));
                if let Some(node) = node.filter(|it| store.world().runs_kubelet(&it.meta.name)) {
                    self.go_on(pod, node, (*work).clone(), ctx);
                }
            }
            Key::Later(_) | Key::Round => {}
        }
    }
}

impl Kubelet {
    fn pod_changed(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let Some(node) = &pod.node_name else { return };
        let uid = pod.meta.uid;
        let stage = self.pods.get(&uid).map(|it| it.stage);
        if pod.meta.is_terminating() {
            let is_stopping = matches!(stage, Some(Stage::Stop | Stage::Remove));
            if !is_stopping && ctx.store.world().runs_kubelet(node) {
                self.stop(pod, ctx);
            }
        } else if stage.is_none() && !pod.is_terminal() {
            match pod.status.started {
                Some(_) => {
                    self.pods.insert_mut(uid, PodWork::running(pod, ctx.now).into());
                }
                None => {
                    let due = ctx.soon("kubelet", &*pod.meta.name);
                    self.enter(pod, Stage::Admit, due, ctx);
                }
            }
        }
    }

    fn enter(&mut self, pod: &Pod, stage: Stage, due: Time, ctx: &mut Ctx) {
        let known = self.pods.get(&pod.meta.uid);
        let containers = known.map_or_else(Vec::new, |it| it.containers.clone());
        let work = PodWork { stage, since: ctx.now, due, mounts: 0, containers };
        self.pods.insert_mut(pod.meta.uid, work.into());
        ctx.wake_at(due, Key::Object(pod.meta.uid));
    }

    /// What was due for a pod has come.
    fn go_on(&mut self, pod: &Pod, node: &Node, work: PodWork, ctx: &mut Ctx) {
        let uid = pod.meta.uid;
        match work.stage {
            Stage::Admit => match admission::refusal(pod, node, &self.neighbours(pod, ctx)) {
                Some(refusal) => self.reject(pod, refusal, ctx),
                None => {
                    let (status, work) = (admitted(pod, node, ctx.now), PodWork::new(pod, ctx.now));
                    self.prepare(pod, node, status, work, ctx);
                }
            },
            Stage::Prepare => self.prepare(pod, node, pod.status.clone(), work, ctx),
            Stage::Live => {
                let mut scene = Scene::new(pod, node, pod.status.clone(), work, ctx);
                scene.advance(&mut self.images);
                self.settle(scene);
            }
            Stage::Stop => self.stopped(pod, ctx),
            Stage::Remove => ctx.command(Command::DeletePod { uid, grace_seconds: Some(0) }),
        }
    }

    /// Writes down what a scene came to.
    fn settle(&mut self, mut scene: Scene) {
        if scene.has_begun() && scene.status.pod_ip.is_none() {
            scene.status.pod_ip = self.next_address(scene.node, scene.ctx);
        }
        let uid = scene.pod.meta.uid;
        let work = scene.finish();
        self.pods.insert_mut(uid, work.into());
    }

    /// The address of a pod's sandbox.
    fn next_address(&mut self, node: &Node, ctx: &Ctx) -> Option<Address> {
        let (store, cidr, node) = (ctx.store, node.pod_cidr?, &node.meta.name);
        let has = |ip: Address, pod: &Pod| pod.status.pod_ip == Some(ip) && !pod.is_terminal();
        let is_free = |ip| !store.pods_on(node).any(|it| has(ip, it));
        let next = cidr.next(self.addresses.get(node).copied(), is_free)?;
        self.addresses.insert_mut(node.clone(), next);
        Some(next)
    }

    /// The other pods that the node's kubelet has taken up, those that it would look at before
    /// this one.
    fn neighbours<'a>(&self, pod: &Pod, ctx: &Ctx<'a>) -> Vec<&'a Arc<Pod>> {
        let Some(node) = &pod.node_name else { return Vec::new() };
        let is_admitted = |it: &&Arc<Pod>| {
            let stage = self.pods.get(&it.meta.uid).map(|it| it.stage);
            it.meta.uid != pod.meta.uid
                && !it.is_terminal()
                && stage.is_some_and(|it| it != Stage::Admit)
        };
        ctx.store.pods_on(node).filter(is_admitted).collect()
    }

    /// `rejectPod`.
    fn reject(&mut self, pod: &Pod, refusal: admission::Refusal, ctx: &mut Ctx) {
        let status = PodStatus {
            phase: crate::api::pod::Phase::Failed,
            reason: Some(Box::new(refusal.reason.clone())),
            message: Some(Box::new(format!("Pod was rejected: {}", refusal.text).into())),
            scheduled: pod.status.scheduled,
            disruption: pod.status.disruption.clone(),
            ..PodStatus::default()
        };
        let message = Message::Refused { text: refusal.text };
        ctx.command(pod_event(pod, refusal.event, message));
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
        self.pods.remove_mut(&pod.meta.uid);
    }

    /// An image does something else from now on: those who run it feel it.
    fn image_changed(&mut self, image: &Name, ctx: &mut Ctx) {
        let uids: Vec<Uid> = self.pods.keys().copied().collect();
        for uid in uids {
            let Some(pod) = ctx.store.pod(uid) else { continue };
            let mut containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
            if !containers.any(|it| it.image == *image) {
                continue;
            }
            let Some(work) = self.pods.get_mut(&uid).filter(|it| it.stage == Stage::Live) else {
                continue;
            };
            let behaviour = ctx.store.world().behaviour(image);
            let work = Arc::make_mut(work);
            work.feel(pod, image, behaviour, ctx.now);
            ctx.wake_at(work.due.max(ctx.now), Key::Object(uid));
        }
    }
}

/// The status of a pod that the kubelet has just taken up.
fn admitted(pod: &Pod, node: &Node, now: Time) -> PodStatus {
    let waits_for_init = !pod.spec.init_containers.is_empty();
    let reason = if waits_for_init { "PodInitializing" } else { "ContainerCreating" };
    let mut status = pod.status.clone();
    status.started = Some(now.truncated());
    status.host_ip = node.internal_ip;
    status.pod_ip = node.internal_ip.filter(|_| pod.spec.host_network);
    status.init_containers = vec![ContainerStatus::waiting(reason); pod.spec.init_containers.len()];
    status.containers = vec![ContainerStatus::waiting(reason); pod.spec.containers.len()];
    status.set_ready(false, now);
    status
}

fn node_event(node: &Node, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::node(node);
    Command::Event(NewEvent { object, is_warning: false, reason, source: "kubelet", message })
}

/// A warning about a pod as a whole.
fn pod_event(pod: &Pod, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::pod(pod);
    Command::Event(NewEvent { object, is_warning: true, reason, source: "kubelet", message })
}

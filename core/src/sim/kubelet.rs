//! Runs pods on nodes, after `pkg/kubelet`: pull, create, start, ready, graceful termination.
//!
//! One actor stands for the kubelets of all nodes. A pod goes through its containers one after the
//! other: init containers to their end, then the others. How long each step takes is drawn from
//! the seed and the subject. Left out here: image and container faults, liveness, admission, node
//! pressure, and waiting for the container network on a node that has just joined.

mod activity;
mod timing;

use crate::api::node::ConditionStatus;
use crate::api::pod::{Container, ContainerState, ContainerStatus, Phase, PodStatus};
use crate::api::{Name, Node, Pod, Time, Uid};
use crate::sim::actor::{Actor, Ctx, Key};
use crate::sim::command::Command;
use crate::sim::event::{Message, NewEvent, ObjectRef};
use crate::sim::{Change, Map, Set};

pub use activity::{Activity, Doing};

/// The kubelets.
#[derive(Clone, Debug)]
pub(super) struct Kubelet {
    pods: Map<Uid, PodWork>,
    /// (node, image) of what has been pulled.
    images: Set<(Name, Name)>,
}

/// Where a pod is in its life, and when that step ends.
#[derive(Clone, Copy, Debug)]
struct PodWork {
    step: Step,
    since: Time,
    due: Time,
}

/// The steps of a pod's life; `index` counts init containers, then containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The kubelet has not seen the pod yet.
    Admit,
    /// The image of a container is being pulled.
    Pull { index: usize },
    /// A container is being created and started.
    Start { index: usize },
    /// An init container runs to its end.
    Initialize { index: usize },
    /// Everything runs; a readiness probe is awaited.
    Probe,
    /// Everything runs and is ready.
    Run,
    /// Containers are being stopped.
    Stop,
    /// Containers have stopped; the object is about to go.
    Remove,
}

impl Default for Kubelet {
    fn default() -> Self {
        Kubelet { pods: Map::new(), images: Set::new() }
    }
}

impl Actor for Kubelet {
    fn on_change(&mut self, change: &Change, ctx: &mut Ctx) {
        match change {
            Change::Node { old, new: Some(node) } => self.node_changed(old.as_deref(), node, ctx),
            Change::Pod { new: Some(pod), .. } => self.pod_changed(pod, ctx),
            Change::Pod { old: Some(pod), new: None } => {
                self.pods.remove_mut(&pod.meta.uid);
            }
            _ => {}
        }
    }

    fn on_wake(&mut self, key: &Key, ctx: &mut Ctx) {
        match key {
            Key::Node(name) => {
                if let Some(node) = ctx.store.node(name).filter(|it| !it.is_ready()) {
                    report_ready(node, ctx);
                }
            }
            Key::Object(uid) => {
                let Some(work) = self.pods.get(uid).copied() else { return };
                let Some(pod) = ctx.store.pod(*uid) else { return };
                let Some(node) = &pod.node_name else { return };
                // Nothing can be reported for a node that does not exist.
                if work.due <= ctx.now && ctx.store.node(node).is_some() {
                    self.go_on(pod, node, work, ctx);
                }
            }
            Key::Later(_) => {}
        }
    }
}

impl Kubelet {
    fn node_changed(&mut self, old: Option<&Node>, node: &Node, ctx: &mut Ctx) {
        let name = &node.meta.name;
        let Some(old) = old else {
            if node.ready == ConditionStatus::False {
                let at = ctx.now + ctx.seed.between(3_000, 6_000, "kubelet start", &**name);
                ctx.wake_at(at, Key::Node(name.clone()));
                ctx.command(node_event(node, "Starting", Message::StartingKubelet));
            }
            // A node that returns under its name finds its pods as they were.
            let store = ctx.store;
            for pod in store.pods_on(name) {
                ctx.wake_at(ctx.soon("kubelet", pod.meta.uid.0), Key::Object(pod.meta.uid));
            }
            return;
        };
        if old.unschedulable != node.unschedulable {
            let status = if node.unschedulable { "NodeNotSchedulable" } else { "NodeSchedulable" };
            let message = Message::NodeStatusIs { node: name.clone(), status };
            ctx.command(node_event(node, status, message));
        }
    }

    fn pod_changed(&mut self, pod: &Pod, ctx: &mut Ctx) {
        if pod.node_name.is_none() {
            return;
        }
        let uid = pod.meta.uid;
        let known = self.pods.get(&uid).map(|it| it.step);
        if pod.meta.is_terminating() {
            if !matches!(known, Some(Step::Stop | Step::Remove)) {
                self.stop(pod, ctx);
            }
        } else if known.is_none() && !pod.is_terminal() {
            let due = ctx.soon("kubelet", &*pod.meta.name);
            self.enter(uid, Step::Admit, due, ctx);
        }
    }

    fn enter(&mut self, uid: Uid, step: Step, due: Time, ctx: &mut Ctx) {
        self.pods.insert_mut(uid, PodWork { step, since: ctx.now, due });
        ctx.wake_at(due, Key::Object(uid));
    }

    /// The step is over: the next one begins.
    fn go_on(&mut self, pod: &Pod, node: &Name, work: PodWork, ctx: &mut Ctx) {
        let uid = pod.meta.uid;
        match work.step {
            Step::Admit => {
                ctx.command(Command::SetPodStatus(uid, Box::new(admitted(pod, ctx.now))));
                self.begin(pod, node, 0, ctx);
            }
            Step::Pull { index } => {
                if let Some((container, _)) = container_at(pod, index) {
                    let image = container.image.clone();
                    let milliseconds = ctx.now.0 - work.since.0;
                    let bytes = timing::image_bytes(ctx.seed, &image);
                    let pulled = Message::Pulled { image: image.clone(), milliseconds, bytes };
                    ctx.command(event(pod, &container.name, "Pulled", pulled));
                    self.images.insert_mut((node.clone(), image));
                }
                let due = ctx.now + timing::start(ctx.seed, &pod.meta.name, index);
                self.enter(uid, Step::Start { index }, due, ctx);
            }
            Step::Start { index } => self.started(pod, node, index, ctx),
            Step::Initialize { index } => {
                let mut status = pod.status.clone();
                if let Some(container) = status.init_containers.get_mut(index) {
                    end(container, 0, ctx.now);
                }
                ctx.command(Command::SetPodStatus(uid, Box::new(status)));
                self.begin(pod, node, index + 1, ctx);
            }
            Step::Probe => self.probe(pod, pod.status.clone(), ctx),
            Step::Run => {}
            Step::Stop => {
                ctx.command(Command::SetPodStatus(uid, Box::new(stopped(pod, ctx.now))));
                let due = ctx.now + ctx.seed.between(40, 160, "clean-up", &*pod.meta.name);
                self.enter(uid, Step::Remove, due, ctx);
            }
            Step::Remove => ctx.command(Command::DeletePod { uid, grace_seconds: Some(0) }),
        }
    }

    /// Takes up the next container: its image first.
    fn begin(&mut self, pod: &Pod, node: &Name, index: usize, ctx: &mut Ctx) {
        let Some((container, _)) = container_at(pod, index) else { return };
        let image = container.image.clone();
        let is_present = self.images.contains(&(node.clone(), image.clone()));
        if is_present && !container.always_pull {
            let message = Message::PresentOnMachine { image };
            ctx.command(event(pod, &container.name, "Pulled", message));
            let due = ctx.now + timing::start(ctx.seed, &pod.meta.name, index);
            self.enter(pod.meta.uid, Step::Start { index }, due, ctx);
        } else {
            let due = ctx.now + timing::pull(ctx.seed, node, &image, is_present);
            let message = Message::Pulling { image };
            ctx.command(event(pod, &container.name, "Pulling", message));
            self.enter(pod.meta.uid, Step::Pull { index }, due, ctx);
        }
    }

    fn started(&mut self, pod: &Pod, node: &Name, index: usize, ctx: &mut Ctx) {
        let Some((container, is_init)) = container_at(pod, index) else { return };
        let (uid, name) = (pod.meta.uid, container.name.clone());
        let created = Message::CreatedContainer { container: name.clone() };
        ctx.command(event(pod, &name, "Created", created));
        let started = Message::StartedContainer { container: name.clone() };
        ctx.command(event(pod, &name, "Started", started));
        let mut status = pod.status.clone();
        let running = ContainerStatus {
            state: ContainerState::Running(ctx.now.truncated()),
            ready: !is_init && container.readiness.is_none(),
            restarts: 0,
        };
        let init_count = pod.spec.init_containers.len();
        if is_init {
            status.init_containers[index] = running;
            ctx.command(Command::SetPodStatus(uid, Box::new(status)));
            if container.is_sidecar {
                self.begin(pod, node, index + 1, ctx);
            } else {
                let due = ctx.now + timing::initialize(ctx.seed, &pod.meta.name, index);
                self.enter(uid, Step::Initialize { index }, due, ctx);
            }
            return;
        }
        status.phase = Phase::Running;
        status.containers[index - init_count] = running;
        if index + 1 < init_count + pod.spec.containers.len() {
            ctx.command(Command::SetPodStatus(uid, Box::new(status)));
            self.begin(pod, node, index + 1, ctx);
        } else {
            self.probe(pod, status, ctx);
        }
    }

    /// Everything runs: containers without a probe are ready, the others when their probe says so.
    fn probe(&mut self, pod: &Pod, mut status: PodStatus, ctx: &mut Ctx) {
        let mut next: Option<Time> = None;
        for (index, container) in pod.spec.containers.iter().enumerate() {
            let Some(state) = status.containers.get_mut(index) else { continue };
            let ContainerState::Running(started) = state.state else { continue };
            let delay = container
                .readiness
                .map_or(0, |probe| timing::until_ready(ctx.seed, &pod.meta.name, index, &probe));
            let ready_at = started + delay;
            state.ready = ready_at <= ctx.now;
            if !state.ready {
                next = Some(next.map_or(ready_at, |it: Time| it.min(ready_at)));
            }
        }
        status.set_ready(next.is_none(), ctx.now);
        ctx.command(Command::SetPodStatus(pod.meta.uid, Box::new(status)));
        match next {
            Some(due) => self.enter(pod.meta.uid, Step::Probe, due, ctx),
            None => {
                let work = PodWork { step: Step::Run, since: ctx.now, due: ctx.now };
                self.pods.insert_mut(pod.meta.uid, work);
            }
        }
    }

    /// The pod is being deleted: its containers get SIGTERM.
    fn stop(&mut self, pod: &Pod, ctx: &mut Ctx) {
        let statuses = pod.status.containers.iter();
        for (container, status) in pod.spec.containers.iter().zip(statuses) {
            if matches!(status.state, ContainerState::Running(_)) {
                let message = Message::StoppingContainer { container: container.name.clone() };
                ctx.command(event(pod, &container.name, "Killing", message));
            }
        }
        let grace = pod.meta.deletion.map_or(0, |it| it.grace_seconds);
        let due = ctx.now + timing::stop(ctx.seed, &pod.meta.name, grace);
        self.enter(pod.meta.uid, Step::Stop, due, ctx);
    }
}

/// The container of that index, and whether it is an init container.
fn container_at(pod: &Pod, index: usize) -> Option<(&Container, bool)> {
    let (init, main) = (&pod.spec.init_containers, &pod.spec.containers);
    match init.get(index) {
        Some(container) => Some((container, true)),
        None => main.get(index - init.len()).map(|it| (it, false)),
    }
}

/// The status of a pod that the kubelet has just taken up.
fn admitted(pod: &Pod, now: Time) -> PodStatus {
    let waits_for_init = !pod.spec.init_containers.is_empty();
    let reason = if waits_for_init { "PodInitializing" } else { "ContainerCreating" };
    let waiting = |_: &Container| ContainerStatus {
        state: ContainerState::Waiting(reason),
        ready: false,
        restarts: 0,
    };
    let mut status = pod.status.clone();
    status.started = Some(now.truncated());
    status.init_containers = pod.spec.init_containers.iter().map(waiting).collect();
    status.containers = pod.spec.containers.iter().map(waiting).collect();
    status.set_ready(false, now);
    status
}

/// The status of a pod whose containers have obeyed SIGTERM.
fn stopped(pod: &Pod, now: Time) -> PodStatus {
    let mut status = pod.status.clone();
    for container in status.init_containers.iter_mut().chain(&mut status.containers) {
        end(container, 0, now);
        container.ready = false;
    }
    if status.phase == Phase::Running {
        status.phase = Phase::Succeeded;
    }
    status.set_ready(false, now);
    status
}

fn end(container: &mut ContainerStatus, exit_code: i32, now: Time) {
    if let ContainerState::Running(started) = container.state {
        let finished = now.truncated();
        container.state = ContainerState::Terminated { exit_code, started, finished };
        container.ready = exit_code == 0;
    }
}

fn report_ready(node: &Node, ctx: &mut Ctx) {
    let name = &node.meta.name;
    let healthy =
        ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeReady"];
    for status in healthy {
        let message = Message::NodeStatusIs { node: name.clone(), status };
        ctx.command(node_event(node, status, message));
    }
    ctx.command(Command::SetNodeReady(name.clone(), true));
}

fn node_event(node: &Node, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::node(node);
    Command::Event(NewEvent { object, is_warning: false, reason, source: "kubelet", message })
}

fn event(pod: &Pod, container: &Name, reason: &'static str, message: Message) -> Command {
    let object = ObjectRef::container(pod, container);
    Command::Event(NewEvent { object, is_warning: false, reason, source: "kubelet", message })
}

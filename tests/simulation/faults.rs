//! What can go wrong, and how often.

use daemonset_core::api::node::ConditionStatus;
use daemonset_core::api::{Name, TaintEffect};
use daemonset_core::sim::{Cascade, DrainOptions, ImageBehaviour, Input, Seed, Shortage};

use crate::manifests::{daemon_set, deployment, settings, some_image};
use crate::world::{World, node};

/// Weights of what happens in a turn; a fault of weight 0 does not occur.
#[derive(Debug)]
pub(crate) struct Faults {
    nothing: i64,
    join: i64,
    leave: i64,
    relabel: i64,
    taint: i64,
    untaint: i64,
    cordon: i64,
    change_manifest: i64,
    delete_pod: i64,
    delete_workload: i64,
    deployment: i64,
    drain: i64,
    kubelet: i64,
    image: i64,
    pressure: i64,
    fill: i64,
    network: i64,
    config: i64,
}

impl Faults {
    /// Each seed has its own mixture, and leaves some faults out altogether: what happens alone
    /// and often shows other errors than what happens rarely among much else.
    pub(crate) fn drawn(seed: Seed) -> Faults {
        let weight = |name: &str, usual: i64| match seed.between(0, 3, "fault", name) {
            0 => 0,
            1 | 2 => usual,
            _ => 4 * usual,
        };
        Faults {
            nothing: 2,
            join: weight("join", 2),
            leave: weight("leave", 2),
            relabel: weight("relabel", 2),
            taint: weight("taint", 3),
            untaint: weight("untaint", 3),
            cordon: weight("cordon", 1),
            change_manifest: 3 + weight("change manifest", 6),
            delete_pod: weight("delete pod", 3),
            delete_workload: weight("delete workload", 1),
            deployment: weight("deployment", 1),
            drain: weight("drain", 1),
            kubelet: weight("kubelet", 2),
            image: weight("image", 2),
            pressure: weight("pressure", 1),
            fill: weight("fill", 1),
            network: weight("network", 1),
            config: weight("config", 1),
        }
    }

    /// What happens in a turn, if anything.
    pub(crate) fn input(&self, world: &World, turn: i64) -> Option<Input> {
        if turn == 0 {
            return Some(daemon_set(world.seed, turn, true));
        }
        type Make = fn(&World, i64) -> Option<Input>;
        let choices: [(i64, Make); 18] = [
            (self.nothing, |_, _| None),
            (self.join, join),
            (self.leave, leave),
            (self.relabel, relabel),
            (self.taint, taint),
            (self.untaint, untaint),
            (self.cordon, cordon),
            (self.change_manifest, change_manifest),
            (self.delete_pod, delete_pod),
            (self.delete_workload, delete_workload),
            (self.deployment, |world, turn| Some(deployment(world.seed, turn))),
            (self.drain, drain),
            (self.kubelet, kubelet),
            (self.image, image),
            (self.pressure, pressure),
            (self.fill, fill),
            (self.network, network),
            (self.config, config),
        ];
        let total: i64 = choices.iter().map(|it| it.0).sum();
        let mut left = world.seed.between(0, total - 1, "choice", turn);
        for (weight, make) in choices {
            left -= weight;
            if left < 0 {
                return make(world, turn);
            }
        }
        None
    }
}

fn join(world: &World, turn: i64) -> Option<Input> {
    let number = world.seed.between(1, 12, "joins", turn);
    Some(Input::AddNode { object: node(world.seed, number, false).into() })
}

fn leave(world: &World, turn: i64) -> Option<Input> {
    Some(Input::DeleteNode { node: some_node(world, turn)? })
}

fn relabel(world: &World, turn: i64) -> Option<Input> {
    let value = match world.seed.between(0, 3, "label", turn) {
        0 => None,
        1 => Some("hdd".into()),
        _ => Some("ssd".into()),
    };
    Some(Input::LabelNode { node: some_node(world, turn)?, key: "disk".into(), value })
}

fn taint(world: &World, turn: i64) -> Option<Input> {
    let effects = [TaintEffect::NoSchedule, TaintEffect::NoExecute, TaintEffect::PreferNoSchedule];
    Some(Input::TaintNode {
        node: some_node(world, turn)?,
        key: key(world, turn),
        value: "".into(),
        effect: effects[world.seed.between(0, 2, "effect", turn) as usize],
    })
}

fn untaint(world: &World, turn: i64) -> Option<Input> {
    let tainted: Vec<_> =
        world.cluster.store().nodes().filter(|it| !it.taints.is_empty()).collect();
    let index = world.seed.between(0, tainted.len().max(1) as i64 - 1, "untaint", turn);
    let node = tainted.get(index as usize)?;
    let key = node.taints.first()?.key.clone();
    Some(Input::UntaintNode { node: node.meta.name.clone(), key, effect: None })
}

fn cordon(world: &World, turn: i64) -> Option<Input> {
    let node = some_node(world, turn)?;
    match world.cluster.store().node(&node)?.unschedulable {
        true => Some(Input::Uncordon { node }),
        false => Some(Input::Cordon { node }),
    }
}

fn change_manifest(world: &World, turn: i64) -> Option<Input> {
    Some(daemon_set(world.seed, turn, !is_under_pressure(world)))
}

fn delete_pod(world: &World, turn: i64) -> Option<Input> {
    let store = world.cluster.store();
    let count = i64::try_from(store.pod_count()).ok()?;
    let index = world.seed.between(0, count.max(1) - 1, "pod", turn);
    let meta = &store.pods().nth(index as usize)?.meta;
    let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
    let grace_seconds = [None, None, Some(0), Some(1)];
    let grace_seconds = grace_seconds[world.seed.between(0, 3, "grace", turn) as usize];
    Some(Input::DeletePod { namespace, name, grace_seconds })
}

fn delete_workload(world: &World, turn: i64) -> Option<Input> {
    let store = world.cluster.store();
    let sets = store.daemon_sets().map(|it| ("daemonset", &it.meta));
    let deployments = store.deployments().map(|it| ("deployment", &it.meta));
    let all: Vec<_> = sets.chain(deployments).collect();
    let index = world.seed.between(0, all.len().max(1) as i64 - 1, "workload", turn);
    let (resource, meta) = all.get(index as usize)?;
    let cascades = [Cascade::Background, Cascade::Foreground, Cascade::Orphan, Cascade::Orphan];
    let cascade = cascades[world.seed.between(0, 3, "cascade", turn) as usize];
    let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
    Some(Input::Delete { resource: (*resource).into(), namespace, name, cascade })
}

fn drain(world: &World, turn: i64) -> Option<Input> {
    let options = DrainOptions { ignore_daemonsets: true, force: true, delete_emptydir_data: true };
    Some(Input::Drain { node: some_node(world, turn)?, options })
}

fn kubelet(world: &World, turn: i64) -> Option<Input> {
    let node = some_node(world, turn)?;
    match world.cluster.store().world().runs_kubelet(&node) {
        true => Some(Input::StopKubelet { node }),
        false => Some(Input::StartKubelet { node }),
    }
}

fn image(world: &World, turn: i64) -> Option<Input> {
    let after = world.seed.between(100, 30_000, "after", turn);
    let behaviours = [
        ImageBehaviour::Ok,
        ImageBehaviour::Ok,
        ImageBehaviour::CannotBePulled,
        ImageBehaviour::Crashes { after, exit_code: 1 },
        ImageBehaviour::Crashes { after, exit_code: 0 },
        ImageBehaviour::NeverReady,
        ImageBehaviour::SlowPull { takes: after },
        ImageBehaviour::SlowStart { takes: after },
        ImageBehaviour::StubbornStop,
        ImageBehaviour::Unhealthy { after },
        ImageBehaviour::Unhealthy { after },
    ];
    let behaviour = behaviours[world.seed.between(0, 10, "behaviour", turn) as usize];
    Some(Input::SetImageBehaviour { image: some_image(world.seed, turn), behaviour })
}

fn pressure(world: &World, turn: i64) -> Option<Input> {
    let node = some_node(world, turn)?;
    let shortage = Shortage::ALL[world.seed.between(0, 2, "shortage", turn) as usize];
    let on = world.seed.between(0, 1, "on", turn) == 0;
    let surges = world.cluster.store().daemon_sets().any(|it| it.allows_surge());
    (!(on && surges)).then_some(Input::SetPressure { node, shortage, on })
}

/// A node under pressure rejects the pods of a surging DaemonSet one after the other, for minutes,
/// as upstream does it too (daemonset-controller.md §8.2: a failed pod that is held back does not
/// count). That is thousands of pods, and shows nothing that the first ones do not: so there is
/// either pressure or surge.
fn is_under_pressure(world: &World) -> bool {
    let store = world.cluster.store();
    store.nodes().any(|node| {
        let machine = store.world().machine(&node.meta.name);
        Shortage::ALL.iter().any(|it| {
            let is_short = machine.signal(*it).is_some_and(|it| it.is_on);
            is_short || node.conditions.of(it.condition()).status == ConditionStatus::True
        })
    })
}

fn fill(world: &World, turn: i64) -> Option<Input> {
    let cpu = ["", "500m", "1500m", "4"][world.seed.between(0, 3, "fill", turn) as usize];
    Some(Input::FillNode { node: some_node(world, turn)?, cpu: cpu.into(), memory: "".into() })
}

fn network(world: &World, turn: i64) -> Option<Input> {
    let node = some_node(world, turn)?;
    let on = world.cluster.store().world().machine(&node).has_no_network;
    Some(Input::SetNetwork { node, on })
}

/// The ConfigMap that some templates ask for comes and goes.
fn config(world: &World, _: i64) -> Option<Input> {
    let (namespace, name): (Name, Name) = ("default".into(), "settings".into());
    Some(match world.cluster.store().stored_named("ConfigMap", &namespace, &name) {
        Some(_) => {
            let (resource, cascade) = ("configmap".into(), Cascade::Background);
            Input::Delete { resource, namespace, name, cascade }
        }
        None => Input::Apply { object: settings().into() },
    })
}

fn some_node(world: &World, turn: i64) -> Option<Name> {
    let nodes: Vec<_> = world.cluster.store().nodes().collect();
    let index = world.seed.between(0, nodes.len().max(1) as i64 - 1, "node", turn);
    nodes.get(index as usize).map(|it| it.meta.name.clone())
}

fn key(world: &World, turn: i64) -> Name {
    ["k", "maintenance"][world.seed.between(0, 1, "key", turn) as usize].into()
}

//! What can go wrong, and how often.

use daemonset_core::api::{Name, TaintEffect};
use daemonset_core::sim::{Cascade, Input, Seed};

use crate::manifests::daemon_set;
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
    delete_daemon_set: i64,
    orphan: i64,
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
            delete_daemon_set: weight("delete daemon set", 1),
            orphan: weight("orphan", 1),
        }
    }

    /// What happens in a turn, if anything.
    pub(crate) fn input(&self, world: &World, turn: i64) -> Option<Input> {
        if turn == 0 {
            return Some(daemon_set(world.seed, turn));
        }
        type Make = fn(&World, i64) -> Option<Input>;
        let choices: [(i64, Make); 11] = [
            (self.nothing, |_, _| None),
            (self.join, join),
            (self.leave, leave),
            (self.relabel, relabel),
            (self.taint, taint),
            (self.untaint, untaint),
            (self.cordon, cordon),
            (self.change_manifest, |world, turn| Some(daemon_set(world.seed, turn))),
            (self.delete_pod, delete_pod),
            (self.delete_daemon_set, |world, turn| delete_set(world, turn, Cascade::Background)),
            (self.orphan, |world, turn| delete_set(world, turn, Cascade::Orphan)),
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

fn delete_pod(world: &World, turn: i64) -> Option<Input> {
    let store = world.cluster.store();
    let count = i64::try_from(store.pod_count()).ok()?;
    let index = world.seed.between(0, count.max(1) - 1, "pod", turn);
    let meta = &store.pods().nth(index as usize)?.meta;
    let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
    let resource = "pod".into();
    Some(Input::Delete { resource, namespace, name, cascade: Cascade::Background })
}

fn delete_set(world: &World, turn: i64, cascade: Cascade) -> Option<Input> {
    let sets: Vec<_> = world.cluster.store().daemon_sets().collect();
    let index = world.seed.between(0, sets.len().max(1) as i64 - 1, "set", turn);
    let meta = &sets.get(index as usize)?.meta;
    let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
    Some(Input::Delete { resource: "daemonset".into(), namespace, name, cascade })
}

fn some_node(world: &World, turn: i64) -> Option<Name> {
    let nodes: Vec<_> = world.cluster.store().nodes().collect();
    let index = world.seed.between(0, nodes.len().max(1) as i64 - 1, "node", turn);
    nodes.get(index as usize).map(|it| it.meta.name.clone())
}

fn key(world: &World, turn: i64) -> Name {
    ["k", "maintenance"][world.seed.between(0, 1, "key", turn) as usize].into()
}

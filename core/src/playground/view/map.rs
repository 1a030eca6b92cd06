//! The cluster as cells: what a map of thousands of nodes draws, and what on it deserves attention.
//!
//! A cell is a few numbers, because a map asks for many of them in every frame.

mod layout;

use std::sync::Arc;

use crate::api::order::sort_by_key;
use crate::api::{DaemonSet, Labels, Name, Node, Pod, Time, Uid};
use crate::insight::{Obstacle, obstacle};
use crate::playground::Playground;
use crate::playground::view::pod::Kin;
use crate::playground::view::{PodState, PoolView, Readiness};
use crate::sim::Shortage;

pub use layout::{Block, Layout, Room};

/// Sub-cells of one cell: pods of other DaemonSets.
pub const OTHERS_MAX: usize = 6;

/// Beyond this part of all nodes their cells are made in one go.
const MANY: u64 = 8;

/// Kinds of pods that are remembered while cells are made.
const KNOWN_MAX: usize = 16;

/// What is known of the pods that share these labels and this owner.
type Known<'a> = Vec<(&'a Arc<Labels>, Option<Uid>, Kin)>;

/// A group with at least this part of the largest one's nodes is a large one.
const LARGE: usize = 6;

/// What a cell says about the pod of the selected DaemonSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// No pod is wanted here.
    Unwanted,
    /// One is wanted and not there.
    Awaited,
    /// The newest pod that stays, else the one that leaves.
    Pod(PodSign),
}

/// The state of a pod, as a cell draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodSign {
    /// What it is doing.
    pub state: PodState,
    /// Number of its ControllerRevision, 0 when that is gone.
    pub revision: i64,
    /// Since when (virtual time).
    pub since: Time,
    /// When the present state ends, if that is known.
    pub until: Option<Time>,
}

/// What is not as it should be, the worst first; one cell can have several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The pod failed, for this reason (`CrashLoopBackOff`).
    Failed(Name),
    /// The scheduler finds no room for the pod.
    Unschedulable,
    /// The node does not answer.
    NotReady,
    /// Its machine is short of something.
    Short(Shortage),
    /// The DaemonSet wants no pod here.
    NoPod(Obstacle),
    /// `spec.unschedulable`.
    Cordoned,
}

impl Trouble {
    /// How it is listed: Kubernetes' own word where there is one.
    pub fn title(&self) -> String {
        match self {
            Self::Failed(reason) => reason.to_string(),
            Self::Unschedulable => "Unschedulable".to_owned(),
            Self::NotReady => "NotReady".to_owned(),
            Self::Short(shortage) => shortage.condition().as_str().to_owned(),
            Self::NoPod(obstacle) => format!("No pod, {}", obstacle.words()),
            Self::Cordoned => "Cordoned".to_owned(),
        }
    }
}

/// One node on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Identity of the node, 0 for a deleted one.
    pub uid: u64,
    /// The pod of the selected DaemonSet.
    pub sign: Sign,
    /// Pods of other DaemonSets, older first.
    pub others: Vec<PodSign>,
    /// The `Ready` condition.
    pub ready: Readiness,
    /// Whether it has a taint that keeps pods away.
    pub tainted: bool,
    /// What is wrong with it, the worst first.
    pub troubles: Vec<Trouble>,
}

impl Cell {
    /// Whether it has this trouble.
    pub fn has(&self, trouble: &Trouble) -> bool {
        self.troubles.contains(trouble)
    }

    /// Which group it belongs to when the map is grouped by state, and what that is called.
    pub fn state_group(&self, current: i64) -> (u8, &'static str) {
        match (self.sign, self.ready) {
            (Sign::Pod(pod), _) if pod.state == PodState::Failed => (0, "Failed"),
            (_, Readiness::False | Readiness::Unknown) => (1, "NotReady"),
            (Sign::Awaited, _) => (2, "No pod yet"),
            (Sign::Pod(pod), _) => match pod.state {
                PodState::Ready | PodState::Settling if pod.revision == current => (4, "Updated"),
                PodState::Ready | PodState::Settling => (5, "Old revision"),
                _ => (3, "On their way"),
            },
            (Sign::Unwanted, _) => (6, "No pod wanted"),
        }
    }
}

/// How the cells of the map stand together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Large pools by zone, small ones as they are.
    #[default]
    Zone,
    /// By pool.
    Pool,
}

impl Playground {
    /// The cells of nodes, none for a name that stands for nothing. `selected` is the DaemonSet
    /// that the page looks at, `NAMESPACE/NAME`.
    pub fn cells(&self, names: &[Name], selected: Option<&str>) -> Vec<Option<Cell>> {
        let ds = selected.and_then(|it| self.daemon_set_by_key(it)).map(Arc::as_ref);
        let store = self.cluster().store();
        let are_many = names.len() as u64 * MANY > store.node_count();
        let mut known = Known::new();
        if !are_many || !names.is_sorted_by(|one, next| one < next) {
            let cell =
                |name| self.cell(store.node(name), &mut store.pods_for(name), ds, &mut known);
            return names.iter().map(cell).collect();
        }
        // Side by side through all that are in the same order: nothing is searched for.
        let (mut nodes, mut pods) = (store.nodes().peekable(), store.pods_by_node().peekable());
        let cell = |name: &Name| {
            // Equal ones are told sooner than smaller ones.
            while nodes.next_if(|it| it.meta.name != *name && it.meta.name < *name).is_some() {}
            while pods.next_if(|it| it.0 != name && it.0 < name).is_some() {}
            let node = nodes.next_if(|it| it.meta.name == *name);
            let mut here = std::iter::from_fn(|| pods.next_if(|it| it.0 == name).map(|it| it.1));
            self.cell(node, &mut here, ds, &mut known)
        };
        names.iter().map(cell).collect()
    }

    fn cell<'a>(
        &self,
        node: Option<&Arc<Node>>,
        here: &mut dyn Iterator<Item = &'a Arc<Pod>>,
        ds: Option<&DaemonSet>,
        known: &mut Known<'a>,
    ) -> Option<Cell> {
        let node = node.map(Arc::as_ref);
        let (mut own, mut others) = (None::<&'a Pod>, Vec::new());
        let mut pods = 0;
        for pod in here {
            pods += 1;
            let Some(owner) = pod.meta.controller.as_ref() else { continue };
            if ds.is_some_and(|ds| ds.meta.uid == owner.uid) {
                let rank = |it: &Pod| (!it.meta.is_terminating(), it.meta.uid);
                if own.is_none_or(|own| rank(own) < rank(pod)) {
                    own = Some(pod);
                }
            } else if *owner.kind == *"DaemonSet" && others.len() < OTHERS_MAX {
                others.push(self.pod_sign(pod, known).0);
            }
        }
        if node.is_none() && pods == 0 {
            return None;
        }
        let mut troubles = Vec::new();
        let sign = match (own, node, ds) {
            (Some(pod), _, _) => {
                let (sign, reason) = self.pod_sign(pod, known);
                match sign.state {
                    PodState::Failed => troubles.push(Trouble::Failed(reason)),
                    PodState::Pending if pod.status.unschedulable.is_some() => {
                        troubles.push(Trouble::Unschedulable);
                    }
                    _ => {}
                }
                Sign::Pod(sign)
            }
            (None, Some(node), Some(ds)) => match obstacle(&ds.template, node) {
                Some(obstacle) => {
                    troubles.push(Trouble::NoPod(obstacle));
                    Sign::Unwanted
                }
                None => Sign::Awaited,
            },
            _ => Sign::Unwanted,
        };
        if let Some(node) = node {
            self.troubles_of(node, &mut troubles);
        }
        sort_by_key(&mut troubles, Trouble::clone);
        Some(Cell {
            uid: node.map_or(0, |it| it.meta.uid.0),
            sign,
            others,
            ready: node.map_or(Readiness::Unknown, super::node::readiness),
            tainted: node.is_some_and(|it| !it.taints.is_empty()),
            troubles,
        })
    }

    fn troubles_of(&self, node: &Node, troubles: &mut Vec<Trouble>) {
        if super::node::readiness(node) != Readiness::True {
            troubles.push(Trouble::NotReady);
        }
        if node.unschedulable {
            troubles.push(Trouble::Cordoned);
        }
        let machine = self.cluster().store().world().machine(&node.meta.name);
        let is_on = |it: &Shortage| machine.signal(*it).is_some_and(|signal| signal.is_on);
        troubles.extend(Shortage::ALL.into_iter().filter(is_on).map(Trouble::Short));
    }

    fn pod_sign<'a>(&self, pod: &'a Pod, known: &mut Known<'a>) -> (PodSign, Name) {
        let labels = &pod.meta.labels;
        let owner = pod.meta.controller.as_ref().map(|it| it.uid);
        let is_kin = |it: &&(&Arc<Labels>, _, _)| Arc::ptr_eq(it.0, labels) && it.1 == owner;
        let kin = match known.iter().find(is_kin) {
            Some((_, _, kin)) => *kin,
            None => {
                let kin = self.kin(pod);
                if known.len() < KNOWN_MAX {
                    known.push((labels, owner, kin));
                }
                kin
            }
        };
        let (state, phrase, since, until) = self.doings(pod, kin);
        (PodSign { state, revision: kin.revision, since, until }, phrase)
    }

    /// The nodes of the map in groups; each node stands in one of them.
    pub fn map_groups(&self, by: Grouping) -> Vec<PoolView> {
        let pools = self.pools();
        let mut groups = Vec::new();
        for pool in pools {
            match by {
                Grouping::Zone => groups.extend(self.zones(pool)),
                Grouping::Pool => groups.push(pool),
            }
        }
        groups.retain(|it| !it.nodes.is_empty());
        // Large groups stand first, so that the order of the cells is the order of reading.
        let most = groups.iter().map(|it| it.nodes.len()).max().unwrap_or(0);
        sort_by_key(&mut groups, |it| it.nodes.len() * LARGE < most);
        groups
    }

    /// A pool by zones, or as it is if it lies in one zone or is the control plane.
    fn zones(&self, pool: PoolView) -> Vec<PoolView> {
        let store = self.cluster().store();
        let mut zones = Vec::<PoolView>::new();
        for name in &pool.nodes {
            let labels = store.node(name).map(|it| &it.meta.labels);
            let zone = labels.and_then(|it| it.get("topology.kubernetes.io/zone")).cloned();
            let zone = zone.unwrap_or_else(|| "no zone".into());
            match zones.iter_mut().find(|it| it.title == zone) {
                Some(known) => known.nodes.push(name.clone()),
                None => zones.push(PoolView {
                    id: format!("{}/{zone}", pool.id).into(),
                    title: zone,
                    nodes: vec![name.clone()],
                }),
            }
        }
        if zones.len() < 2 || pool.nodes.len() <= 4 * zones.len() {
            return vec![pool];
        }
        sort_by_key(&mut zones, |it| it.title.clone());
        zones
    }

    /// Which nodes a search finds, by the rule of [`NodeView::matches`](super::NodeView::matches).
    pub fn matching(&self, names: &[Name], selected: Option<&str>, search: &str) -> Vec<bool> {
        let found = |name: &Name| self.node(name, selected).is_some_and(|it| it.matches(search));
        names.iter().map(found).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::run_script;

    const LOGGER: Option<&str> = Some("kube-system/node-logger");

    fn opened(script: &str) -> Playground {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        run_script(&mut playground, script);
        playground
    }

    fn cell(playground: &Playground, name: &str) -> Cell {
        let mut cells = playground.cells(&[name.into()], LOGGER);
        cells.pop().flatten().expect("the node is there")
    }

    #[test]
    fn a_cell_says_what_its_card_says() {
        let playground = opened("kubectl cordon worker-2\nnode fail worker-3\n+60s");
        for pool in playground.pools() {
            for name in pool.nodes {
                let card = playground.node(&name, LOGGER).expect("a card");
                let cell = cell(&playground, &name);
                assert_eq!(cell.ready, card.ready, "{name}");
                assert_eq!(cell.has(&Trouble::Cordoned), card.cordoned, "{name}");
                let is_kept_out = card.wanted.is_err() && card.pods.is_empty();
                assert_eq!(cell.sign == Sign::Unwanted, is_kept_out, "{name}");
                let state = match cell.sign {
                    Sign::Pod(pod) => Some(pod.state),
                    _ => None,
                };
                assert_eq!(state, card.pods.first().map(|it| it.state), "{name}");
            }
        }
    }

    /// Also of a node that is gone but for its pods, and of a name that stands for nothing.
    #[test]
    fn cells_that_are_made_in_one_go_are_those_that_are_made_one_by_one() {
        let playground = opened("kubectl cordon gpu-1\nkubectl delete node worker-2\n+1s");
        let store = playground.cluster().store();
        assert_eq!(store.vanished_nodes(), [&Name::from("worker-2")]);
        let mut names: Vec<Name> = store.nodes().map(|it| it.meta.name.clone()).collect();
        names.extend(["worker-2".into(), "nobody".into()]);
        for is_sorted in [false, true] {
            let made = playground.cells(&names, LOGGER);
            assert_eq!(made.iter().filter(|it| it.is_none()).count(), 1);
            for (name, cell) in names.iter().zip(made) {
                let alone = playground.cells(std::slice::from_ref(name), LOGGER);
                assert_eq!(alone, [cell], "{name}, {is_sorted}");
            }
            names.sort();
        }
    }

    #[test]
    fn troubles_are_named_and_the_worst_comes_first() {
        let playground = opened("kubectl cordon gpu-1\nnode fail worker-3\n+60s");
        let titles = |name| cell(&playground, name).troubles.iter().map(Trouble::title).collect();
        let gpu: Vec<String> = titles("gpu-1");
        assert_eq!(gpu, ["No pod, taint not tolerated", "Cordoned"]);
        let silent: Vec<String> = titles("worker-3");
        assert_eq!(silent, ["NotReady"]);
    }

    /// Every node is in one group, and no group is empty.
    #[test]
    fn groups_hold_every_node_once() {
        let playground = opened("node add --pool workers --count 60\n+30s");
        let mut all: Vec<Name> = playground.pools().into_iter().flat_map(|it| it.nodes).collect();
        all.sort();
        for by in [Grouping::Zone, Grouping::Pool] {
            let groups = playground.map_groups(by);
            assert!(groups.iter().all(|it| !it.nodes.is_empty()));
            let mut held: Vec<Name> = groups.into_iter().flat_map(|it| it.nodes).collect();
            held.sort();
            assert_eq!(held, all);
        }
    }
}

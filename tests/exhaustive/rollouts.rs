//! Every maxUnavailable and maxSurge × number of nodes, as whole rollouts (daemonset-controller.md
//! §11 and §12).

use std::collections::BTreeMap;

use daemonset_core::api::Pod;
use serde_json::{Value, json};

use crate::lock_step::{LockStep, daemon_set};

const NODES_MAX: i64 = 12;

/// As written, and what it comes to for a number of nodes: an integer as it is, a percentage
/// rounded up.
fn budgets(nodes: i64) -> Vec<(Value, i64)> {
    let integers = (1..=NODES_MAX + 1).map(|it| (json!(it), it));
    let rounded_up = |percent: i64| (1..).find(|it| it * 100 >= nodes * percent).unwrap();
    let percents = (1..=100).map(|it| (json!(format!("{it}%")), rounded_up(it)));
    integers.chain(percents).collect()
}

#[test]
fn every_max_unavailable() {
    for nodes in 1..=NODES_MAX {
        for (written, budget) in budgets(nodes) {
            let strategy = json!({
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": written, "maxSurge": 0},
            });
            let name = format!("{nodes} nodes, maxUnavailable {written}");
            let mut rollout = Rollout::begin(nodes, &strategy);
            let mut waves = 0;
            while !rollout.is_over() {
                rollout.step.settle();
                let down = rollout.count(|pods| !pods.iter().any(|it| serves(it)));
                let left = rollout.count(|pods| pods.iter().any(|it| is_old(it)));
                assert_eq!(down, budget.min(down + left), "{name}, wave {waves}: the whole budget");
                rollout.replace();
                waves += 1;
            }
            assert_eq!(waves, (nodes + budget - 1) / budget, "{name}: waves");
        }
    }
}

#[test]
fn every_max_surge() {
    for nodes in 1..=NODES_MAX {
        for (written, budget) in budgets(nodes) {
            let strategy = json!({
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": written},
            });
            let name = format!("{nodes} nodes, maxSurge {written}");
            let mut rollout = Rollout::begin(nodes, &strategy);
            let mut waves = 0;
            while !rollout.is_over() {
                rollout.step.settle();
                let two = rollout.count(|pods| pods.iter().filter(|it| lives(it)).count() == 2);
                let left = rollout.count(|pods| {
                    pods.iter().any(|it| is_old(it))
                        && pods.iter().filter(|it| lives(it)).count() == 1
                });
                assert_eq!(two, budget.min(two + left), "{name}, wave {waves}: the whole budget");
                let served = rollout.count(|pods| pods.iter().any(|it| serves(it)));
                assert_eq!(served, nodes, "{name}, wave {waves}: no node goes without");
                rollout.join();
                waves += 1;
            }
            // In the last one only the old pods of the wave before go.
            assert_eq!(waves, (nodes + budget - 1) / budget + 1, "{name}: waves");
        }
    }
}

struct Rollout {
    step: LockStep,
    nodes: i64,
}

impl Rollout {
    /// Revision 1 runs everywhere, and the manifest has just become another one.
    fn begin(nodes: i64, strategy: &Value) -> Rollout {
        let mut step = LockStep::new();
        for number in 1..=nodes {
            step.cluster.place_node(&json!({"metadata": {"name": format!("n-{number}")}}));
        }
        let version =
            |image| daemon_set(&json!({"containers": [{"name": "c", "image": image}]}), strategy);
        step.cluster.place_daemon_set(&version("old"), true);
        step.settle();
        step.start();
        step.settle();
        step.cluster.place_daemon_set(&version("new"), true);
        Rollout { step, nodes }
    }

    fn is_over(&self) -> bool {
        self.step.pods().iter().all(|it| !is_old(it) && serves(it))
    }

    /// Without surge: old pods go, one sync makes the replacements (and, having done so, does not
    /// update any further), and they start.
    fn replace(&mut self) {
        self.step.reap();
        let ds = self.step.cluster.store().daemon_sets().next().unwrap().meta.uid;
        self.step.cluster.sync_daemon_set(ds);
        self.step.start();
    }

    /// With surge: new pods start beside the old ones; those of the wave before go.
    fn join(&mut self) {
        self.step.reap();
        self.step.start();
    }

    fn count(&self, test: impl Fn(&[&Pod]) -> bool) -> i64 {
        let mut by_node: BTreeMap<String, Vec<&Pod>> = BTreeMap::new();
        for number in 1..=self.nodes {
            by_node.insert(format!("n-{number}"), Vec::new());
        }
        for pod in self.step.pods() {
            by_node.get_mut(&**pod.target_node().unwrap()).unwrap().push(pod);
        }
        by_node.values().filter(|pods| test(pods)).count() as i64
    }
}

fn lives(pod: &Pod) -> bool {
    !pod.meta.is_terminating()
}

fn serves(pod: &Pod) -> bool {
    lives(pod) && pod.is_ready()
}

fn is_old(pod: &Pod) -> bool {
    lives(pod) && &*pod.spec.containers[0].image == "old"
}

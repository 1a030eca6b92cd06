//! How many pods one sync creates and deletes (daemonset-controller.md §9; T1 and T24).

use serde_json::{Value, json};

use crate::lock_step::{LockStep, daemon_set};

const BURST: usize = 250;

#[test]
fn a_sync_creates_and_deletes_at_most_250_pods() {
    for node_count in [1, 5, 249, 250, 251, 500, 600] {
        let mut step = fresh(node_count, json!({}));
        let ds = step.cluster.store().daemon_sets().next().unwrap().meta.uid;
        let bursts =
            |left: usize| (0..left).step_by(BURST).map(move |it| (left - it).min(BURST) as u64);
        for burst in bursts(node_count) {
            assert_eq!(step.cluster.sync_daemon_set(ds).creates, burst, "{node_count} nodes");
        }
        assert_eq!(step.pods().len(), node_count);
        assert_eq!(step.cluster.sync_daemon_set(ds).creates, 0, "{node_count} nodes");
        step.start();
        step.cluster.place_daemon_set(&with(json!({"nodeSelector": {"no": "where"}})), true);
        for burst in bursts(node_count) {
            assert_eq!(step.cluster.sync_daemon_set(ds).deletes, burst, "{node_count} nodes");
        }
        assert!(step.pods().iter().all(|it| it.meta.is_terminating()), "{node_count} nodes");
    }
}

/// T1.
#[test]
fn the_first_sync_of_five_nodes_leaves_a_revision_five_pods_and_a_status() {
    let mut step = fresh(5, json!({}));
    let ds = step.cluster.store().daemon_sets().next().unwrap().meta.uid;
    assert_eq!(step.cluster.sync_daemon_set(ds).creates, 5);
    let revisions: Vec<i64> = step.cluster.store().revisions().map(|it| it.revision).collect();
    assert_eq!(revisions, [1]);
    let status = step.cluster.store().daemon_sets().next().unwrap().status;
    assert_eq!((status.desired_number_scheduled, status.number_unavailable), (5, 5));
    assert_eq!((status.number_ready, status.number_available), (0, 0));
    assert_eq!(status.observed_generation, 1);
}

fn fresh(node_count: usize, pod_spec: Value) -> LockStep {
    let mut step = LockStep::new();
    for number in 1..=node_count {
        step.cluster.place_node(&json!({"metadata": {"name": format!("n-{number:03}")}}));
    }
    step.cluster.place_daemon_set(&with(pod_spec), true);
    step
}

fn with(mut pod_spec: Value) -> Value {
    pod_spec["containers"] = json!([{"name": "c", "image": "i"}]);
    daemon_set(&pod_spec, &json!({"type": "OnDelete"}))
}

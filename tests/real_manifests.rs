//! Manifests as their projects publish them, applied and run. They are third-party files that lie
//! beside the repository; without them there is nothing to test.
#![cfg(not(target_arch = "wasm32"))]

use std::path::PathBuf;

use daemonset_core::playground::Playground;
use daemonset_core::playground::view::DaemonSetView;

const TEN_MINUTES: i64 = 600_000;

fn manifest(file: &str) -> Option<String> {
    let folder = std::env::var_os("MANIFESTS").map(PathBuf::from).unwrap_or_else(|| {
        [env!("CARGO_MANIFEST_DIR"), "..", "shared", "manifests"].iter().collect()
    });
    std::fs::read_to_string(folder.join(file)).ok()
}

fn view(playground: &Playground, key: &str) -> DaemonSetView {
    playground.daemon_sets().into_iter().find(|it| &*it.key == key).unwrap()
}

/// Applies a manifest beside the opening one, then rolls out another image.
fn check(file: &str, key: &str, image: (&str, &str), nodes: i32, unavailable: i32) {
    let Some(text) = manifest(file) else { return };
    let mut playground = Playground::open(3);
    playground.settle(TEN_MINUTES);
    let report = playground.apply(&text);
    assert!(report.ok, "{file}: {:?}", report.messages);
    playground.settle(TEN_MINUTES);
    let status = view(&playground, key).status;
    assert_eq!((status.desired, status.available), (nodes, nodes), "{file}");
    let report = playground.apply(&text.replace(image.0, image.1));
    assert!(report.ok, "{file}: {:?}", report.messages);
    let mut lowest = nodes;
    while view(&playground, key).rolling && playground.now().0 < TEN_MINUTES {
        playground.step();
        lowest = lowest.min(view(&playground, key).status.available);
    }
    playground.settle(TEN_MINUTES);
    let view = view(&playground, key);
    assert_eq!((view.status.up_to_date, view.status.available), (nodes, nodes), "{file}");
    assert_eq!(lowest, nodes - unavailable, "{file} goes down to its budget, not below");
    assert_eq!(view.sentence, format!("All {nodes} pods run revision 2 and are ready."));
}

#[test]
fn kube_prometheus_node_exporter_runs_everywhere_and_rolls() {
    let image = ("node-exporter:v1.12.1", "node-exporter:v1.12.2");
    check("kube-prometheus-node-exporter.yaml", "monitoring/node-exporter", image, 9, 1);
}

#[test]
fn flannel_runs_everywhere_and_rolls() {
    let image = ("flannel:v0.28.9", "flannel:v0.29.0");
    check("flannel-kube-flannel.yaml", "kube-flannel/kube-flannel-ds", image, 9, 1);
}

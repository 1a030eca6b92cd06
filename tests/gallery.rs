//! Every manifest of the gallery, applied on the opening cluster: on which nodes it runs, and what
//! keeps it from the others. The sets were written down from what the manifests say.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use daemonset_core::api::Name;
use daemonset_core::playground::view::PodState;
use daemonset_core::playground::{Exhibit, Playground, Severity, read_gallery};

const TEN_MINUTES: i64 = 600_000;

const CONTROL_PLANE: &[&str] = &["cp-1"];
const WORKERS: &[&str] = &["worker-1", "worker-2", "worker-3", "worker-4", "worker-5", "worker-6"];
const GPU: &[&str] = &["gpu-1", "gpu-2"];

const CONTROL_PLANE_TAINT: &str =
    "the taint node-role.kubernetes.io/control-plane:NoSchedule is not tolerated";
const GPU_TAINT: &str = "the taint dedicated=gpu:NoSchedule is not tolerated";
const GPU_TAINTS: &str = "the taints dedicated=gpu:NoSchedule and \
     nvidia.com/gpu=present:NoSchedule are not tolerated";
const NO_ROLE: &str = "node affinity asks for role In storage-node, the node has no role";
const NO_GPU: &str =
    "nodeSelector asks for nvidia.com/gpu.present=true, the node has no nvidia.com/gpu.present";

/// A file, its DaemonSet, the nodes on which it runs, and the others with what keeps it from them.
struct Expected {
    file: &'static str,
    key: &'static str,
    runs_on: &'static [&'static [&'static str]],
    left_out: &'static [(&'static [&'static str], &'static str)],
}

/// No toleration at all.
const ON_WORKERS: &[(&[&str], &str)] =
    &[(CONTROL_PLANE, CONTROL_PLANE_TAINT), (&["gpu-1"], GPU_TAINT), (&["gpu-2"], GPU_TAINTS)];
/// The control plane's taint is tolerated, those of the GPU nodes are not.
const NOT_ON_GPU: &[(&[&str], &str)] = &[(&["gpu-1"], GPU_TAINT), (&["gpu-2"], GPU_TAINTS)];
const ALL: &[&[&str]] = &[CONTROL_PLANE, WORKERS, GPU];

const EXPECTED: [Expected; 16] = [
    Expected {
        file: "node-logger.yaml",
        key: "kube-system/node-logger",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "fluentd.yaml",
        key: "kube-system/fluentd",
        runs_on: &[CONTROL_PLANE, WORKERS],
        left_out: NOT_ON_GPU,
    },
    Expected {
        file: "fluent-bit.yaml",
        key: "logging/fluent-bit",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "filebeat.yaml",
        key: "kube-system/filebeat",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "node-exporter-small.yaml",
        key: "monitoring/node-exporter",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "node-exporter.yaml",
        key: "monitoring/node-exporter",
        runs_on: ALL,
        left_out: &[],
    },
    Expected {
        file: "datadog-agent.yaml",
        key: "datadog/datadog",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "calico-node.yaml",
        key: "kube-system/calico-node",
        runs_on: ALL,
        left_out: &[],
    },
    Expected { file: "cilium.yaml", key: "kube-system/cilium", runs_on: ALL, left_out: &[] },
    Expected {
        file: "kube-proxy.yaml",
        key: "kube-system/kube-proxy",
        runs_on: ALL,
        left_out: &[],
    },
    Expected {
        file: "falco.yaml",
        key: "falco/falco",
        runs_on: &[CONTROL_PLANE, WORKERS],
        left_out: NOT_ON_GPU,
    },
    Expected {
        file: "sysdig-agent.yaml",
        key: "sysdig-agent/sysdig-agent",
        runs_on: &[CONTROL_PLANE, WORKERS],
        left_out: NOT_ON_GPU,
    },
    Expected {
        file: "rook-discover.yaml",
        key: "rook-ceph/rook-discover",
        runs_on: &[&["worker-6"]],
        left_out: &[
            (
                CONTROL_PLANE,
                "node affinity asks for role In storage-node, the node has no role; the taint \
                 node-role.kubernetes.io/control-plane:NoSchedule is not tolerated",
            ),
            (&["worker-1", "worker-2", "worker-3", "worker-4", "worker-5"], NO_ROLE),
            (
                &["gpu-1"],
                "node affinity asks for role In storage-node, the node has no role; the taint \
                 dedicated=gpu:NoSchedule is not tolerated",
            ),
            (
                &["gpu-2"],
                "node affinity asks for role In storage-node, the node has no role; the taints \
                 dedicated=gpu:NoSchedule and nvidia.com/gpu=present:NoSchedule are not tolerated",
            ),
        ],
    },
    Expected {
        file: "csi-rbdplugin.yaml",
        key: "rook-ceph/csi-rbdplugin",
        runs_on: &[WORKERS],
        left_out: ON_WORKERS,
    },
    Expected {
        file: "nvidia-device-plugin.yaml",
        key: "kube-system/nvidia-device-plugin-daemonset",
        runs_on: &[GPU],
        left_out: &[
            (
                CONTROL_PLANE,
                "nodeSelector asks for nvidia.com/gpu.present=true, the node has no \
                 nvidia.com/gpu.present; the taint \
                 node-role.kubernetes.io/control-plane:NoSchedule is not tolerated",
            ),
            (WORKERS, NO_GPU),
        ],
    },
    Expected {
        file: "node-problem-detector.yaml",
        key: "kube-system/node-problem-detector",
        runs_on: ALL,
        left_out: &[],
    },
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/gallery")
}

fn file(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn exhibits() -> Vec<Exhibit> {
    let groups = read_gallery(&file("index.yaml")).expect("the index can be read");
    groups.into_iter().flat_map(|it| it.exhibits).collect()
}

#[test]
fn each_manifest_runs_where_it_should_and_is_kept_from_the_others_for_its_reason() {
    for Expected { file: name, key, runs_on, left_out } in EXPECTED {
        let mut playground = Playground::open(1);
        playground.settle(TEN_MINUTES);
        let report = playground.apply(&opened(name));
        let refused = report.messages.iter().filter(|it| it.severity != Severity::Info);
        assert_eq!(refused.collect::<Vec<_>>(), Vec::<&_>::new(), "{name}");
        assert_eq!(report.daemon_sets, [Name::from(key)], "{name}");
        playground.settle(TEN_MINUTES);

        let (mut running, mut reasons) = (Vec::new(), Vec::new());
        for node in playground.pools().into_iter().flat_map(|it| it.nodes) {
            let card = playground.node(&node, Some(key)).unwrap();
            let owner = format!("DaemonSet/{key}");
            let own = card.pods.iter().filter(|it| it.owner.as_deref() == Some(&*owner));
            let states: Vec<PodState> = own.map(|it| it.state).collect();
            match (states.as_slice(), card.wanted) {
                ([PodState::Ready], Ok(())) => running.push(node.to_string()),
                ([], Err(reason)) => reasons.push((node.to_string(), reason.to_string())),
                other => panic!("{name} on {node}: {other:?}"),
            }
        }
        assert_eq!(running, runs_on.concat(), "{name}");
        let expected = left_out.iter().flat_map(|(nodes, reason)| {
            nodes.iter().map(|node| ((*node).to_owned(), (*reason).to_owned()))
        });
        assert_eq!(reasons, expected.collect::<Vec<_>>(), "{name}");
    }
}

/// The text that the picker puts into the editor.
fn opened(name: &str) -> String {
    let exhibit = exhibits().into_iter().find(|it| &*it.file == name);
    exhibit.unwrap_or_else(|| panic!("{name} is not in the index")).with_comment(&file(name))
}

#[test]
fn the_index_names_every_file_once() {
    let listed: Vec<String> = exhibits().iter().map(|it| it.file.to_string()).collect();
    let names = fs::read_dir(folder()).unwrap().map(|it| it.unwrap().file_name());
    let mut there: BTreeSet<String> = names.map(|it| it.into_string().unwrap()).collect();
    assert!(there.remove("index.yaml"));
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), there);
    let expected: Vec<&str> = EXPECTED.iter().map(|it| it.file).collect();
    assert_eq!(listed, expected);
}

#[test]
fn each_manifest_is_free_of_faults_and_says_what_it_is_there_for() {
    let mut said = std::collections::BTreeSet::new();
    for exhibit in exhibits() {
        assert!(said.insert(exhibit.why.clone()), "another one says the same: {}", exhibit.why);
        let text = exhibit.with_comment(&file(&exhibit.file));
        assert_eq!(Playground::check(&text), [], "{}", exhibit.file);
        for sentence in [&exhibit.why, &exhibit.look] {
            assert!(sentence.ends_with('.') && sentence.len() < 200, "{sentence}");
        }
        let lines = text.lines().filter(|it| it.starts_with('#'));
        assert!(lines.clone().count() >= 2, "{text}");
        assert!(lines.into_iter().all(|it| it.len() <= 100), "{text}");
    }
}

//! `kubectl edit node` in the editor: the live object as text; saving sends what differs.
#![cfg(not(target_arch = "wasm32"))]

use daemonset_core::api::{Name, Time};
use daemonset_core::kubectl::Texts;
use daemonset_core::playground::{ApplyReport, Playground, Severity};

#[test]
fn a_node_opens_as_kubectl_prints_it_and_nothing_is_wrong_with_it() {
    let playground = &mut Playground::open(1);
    for node in ["cp-1", "worker-1", "gpu-1"] {
        let opened = playground.node_manifest(node).unwrap();
        assert_eq!(Playground::check(&opened), [], "{node}");
        let printed = playground.kubectl(&format!("kubectl get node {node} -o yaml"), &no_files());
        assert_eq!(opened, printed.stdout);
    }
    assert_eq!(playground.node_manifest("nope"), None);
}

#[test]
fn saving_sends_labels_taints_and_cordon_also_their_removal() {
    let (playground, node) = (&mut Playground::open(1), Name::from("worker-1"));
    let opened = playground.node_manifest(&node).unwrap();
    let spec =
        "spec:\n  taints:\n  - effect: NoSchedule\n    key: dedicated\n  unschedulable: true\n";
    let saved = replaced(&opened, "spec:\n", spec);
    let saved = replaced(&saved, "    disk: ssd\n", "    disk: hdd\n    new: \"yes\"\n");
    let report = playground.edit(&node, &opened, &saved);
    assert_eq!(texts(&report), ["node/worker-1 edited"]);
    assert_eq!(report.commands[0].line, "kubectl edit node worker-1");
    assert_eq!(report.commands[0].said, "node/worker-1 edited\n");
    let known = playground.cluster().store().node("worker-1").unwrap().clone();
    assert!(known.unschedulable && known.taints.iter().any(|it| &*it.key == "dedicated"));
    assert_eq!(known.meta.labels.get("disk").map(|it| &**it), Some("hdd"));
    assert!(known.meta.labels.contains_key("new"));

    // What somebody else changed in the meantime is not in the way, and stays.
    playground.kubectl("kubectl label node worker-1 other=1", &no_files());
    let report = playground.edit(&node, &saved, &opened);
    assert_eq!(texts(&report), ["node/worker-1 edited"]);
    let known = playground.cluster().store().node("worker-1").unwrap();
    assert!(!known.unschedulable && known.taints.is_empty());
    assert!(!known.meta.labels.contains_key("new"));
    assert!(known.meta.labels.contains_key("other"));
}

#[test]
fn a_taint_in_the_editor_evicts_pods_as_kubectl_taint_does() {
    let (playground, node) = (&mut Playground::open(1), Name::from("worker-1"));
    playground.settle(300_000);
    let opened = playground.node_manifest(&node).unwrap();
    let taints = "spec:\n  taints:\n  - {key: down, effect: NoExecute}\n";
    playground.edit(&node, &opened, &replaced(&opened, "spec:\n", taints));
    playground.advance(playground.now() + 120_000, u32::MAX);
    let on_node = playground.cluster().store().pods();
    assert_eq!(on_node.filter(|it| it.node_name.as_deref() == Some("worker-1")).count(), 0);
}

/// The words are those of `kubectl edit` (kubectl/pkg/cmd/util/editor/editoptions.go).
#[test]
fn what_is_not_sent_is_said() {
    let (playground, node) = (&mut Playground::open(1), Name::from("worker-1"));
    let opened = playground.node_manifest(&node).unwrap();
    let renamed = replaced(&opened, "  name: worker-1\n", "  name: worker-9\n");
    let commented = format!("# a comment\n{opened}");
    let bad_key = replaced(&opened, "    disk: ssd\n", "    \"a b\": ssd\n");
    let cases = [
        (opened.clone(), true, "Edit cancelled, no changes made."),
        (String::new(), true, "Edit cancelled, saved file was empty."),
        (commented, true, "node/worker-1 skipped"),
        (renamed, false, "error: At least one of apiVersion, kind and name was changed"),
        (bad_key, false, "metadata.labels: Invalid value: \"a b\": name part must consist of"),
        ("kind: [".to_owned(), false, "did not find expected"),
    ];
    for (saved, ok, expected) in cases {
        let report = playground.edit(&node, &opened, &saved);
        assert!(texts(&report)[0].contains(expected), "{expected}: {report:?}");
        assert_eq!(report.ok, ok, "{expected}");
        assert!(report.commands.is_empty(), "{expected}");
        let has_error = report.messages.iter().any(|it| it.severity == Severity::Error);
        assert_eq!(has_error, !ok, "{expected}");
    }
    playground.kubectl("kubectl delete node worker-1", &no_files());
    let saved = replaced(&opened, "    disk: ssd\n", "");
    let report = playground.edit(&node, &opened, &saved);
    assert_eq!(texts(&report), ["Error from server (NotFound): nodes \"worker-1\" not found"]);
    assert_eq!(playground.now(), Time(0));
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in\n{text}");
    text.replacen(from, to, 1)
}

fn texts(report: &ApplyReport) -> Vec<&str> {
    report.messages.iter().map(|it| it.text.as_str()).collect()
}

fn no_files() -> Texts {
    Texts::default()
}

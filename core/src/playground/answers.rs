//! What one can ask the playground about the cluster as it stands.

use std::sync::Arc;

use crate::api::{DaemonSet, TaintEffect};
use crate::insight::{self, Explained, Figure, Fix, Why};
use crate::kubectl::{Output, parse_label};
use crate::playground::{Playground, Reader, Shell};
use crate::sim::{Cascade, ImageBehaviour, Input};

impl Playground {
    /// Why a node has a pod of a DaemonSet or has none. The DaemonSet is `NAMESPACE/NAME` or, if no
    /// other has the name, `NAME`; none if there is no such DaemonSet.
    pub fn why(&self, node: &str, daemon_set: &str) -> Option<Why> {
        let ds = self.daemon_set_by_key(daemon_set).or_else(|| self.only_daemon_set(daemon_set))?;
        Some(insight::why(self.cluster(), ds, &node.into()))
    }

    /// What stands behind a figure of a DaemonSet's status, `NAMESPACE/NAME`.
    pub fn explain(&self, daemon_set: &str, figure: Figure) -> Option<Explained> {
        let ds = self.daemon_set_by_key(daemon_set)?;
        Some(insight::explain(self.cluster(), ds, figure))
    }

    /// What a fix would do to the cluster, one after another; nothing if it changes the manifest.
    pub fn inputs_of(&self, fix: &Fix) -> Vec<Input> {
        let (Fix::Kubectl(line) | Fix::Playground(line)) = fix else { return Vec::new() };
        match line.strip_prefix("rollout undo daemonset/").and_then(|it| it.split_once(" -n ")) {
            Some((name, namespace)) => {
                self.undo_rollout(&namespace.into(), &name.into()).into_iter().collect()
            }
            None => inputs_of(line).unwrap_or_default(),
        }
    }

    /// What a line prints at once. It is carried out on a copy, so the cluster stays as it is.
    pub fn answer_to(&self, line: &str) -> Output {
        let mut copy = self.clone();
        copy.witness = None;
        let (mut shell, mut output) = (Shell::default(), Output::default());
        if let Some(statement) = Reader::default().feed(line) {
            copy.begin(&statement, &mut shell, &mut output);
        }
        output
    }

    /// `NAMESPACE/NAME` of a DaemonSet that is named so or, if no other has the name, by `NAME`.
    pub(super) fn key_of_daemon_set(&self, name: &str) -> Option<String> {
        let ds = self.daemon_set_by_key(name).or_else(|| self.only_daemon_set(name))?;
        Some(format!("{}/{}", ds.meta.namespace, ds.meta.name))
    }

    fn only_daemon_set(&self, name: &str) -> Option<&Arc<DaemonSet>> {
        let mut named = self.cluster().store().daemon_sets().filter(|it| *it.meta.name == *name);
        named.next().filter(|_| named.next().is_none())
    }
}

/// `label node NAME KEY=VALUE…` and `taint node NAME KEY[:EFFECT]-…` as inputs.
fn inputs_of(line: &str) -> Option<Vec<Input>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let all = |change: fn(&str, &str) -> Option<Input>, node: &str, changes: &[&str]| {
        let changes = changes.iter().filter(|it| !it.starts_with("--"));
        changes.map(|it| change(node, it)).collect()
    };
    Some(vec![match words.as_slice() {
        ["label", "node", node, changes @ ..] => return all(labelled, node, changes),
        ["taint", "node", node, changes @ ..] => return all(untainted, node, changes),
        ["delete", "node", node] => Input::DeleteNode { node: (*node).into() },
        ["delete", "pod", name, "-n", namespace] => Input::Delete {
            resource: "pod".into(),
            namespace: (*namespace).into(),
            name: (*name).into(),
            cascade: Cascade::Background,
        },
        ["image", image, "ok"] => {
            Input::SetImageBehaviour { image: (*image).into(), behaviour: ImageBehaviour::Ok }
        }
        ["node", "recover", node] => Input::StartKubelet { node: (*node).into() },
        _ => return None,
    }])
}

fn labelled(node: &str, change: &str) -> Option<Input> {
    let (key, value) = parse_label(change).ok()?;
    Some(Input::LabelNode { node: node.into(), key, value })
}

fn untainted(node: &str, change: &str) -> Option<Input> {
    let taint = change.strip_suffix('-')?;
    let (key, effect) = match taint.split_once(':') {
        Some((key, effect)) => (key, Some(TaintEffect::parse(effect)?)),
        None => (taint, None),
    };
    Some(Input::UntaintNode { node: node.into(), key: key.into(), effect })
}

#[cfg(test)]
mod tests {
    use crate::insight::{Figure, Fix, Verdict};
    use crate::playground::Playground;
    use crate::sim::{ImageBehaviour, Input};

    #[test]
    fn a_remedy_lets_the_pod_in() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let set = "kube-system/node-logger";
        let remedy = |playground: &Playground, node: &str| {
            let gates = playground.why(node, set).unwrap().gates;
            let stops = gates.iter().filter(|it| it.verdict == Verdict::Stops);
            let fixes = stops.flat_map(|it| it.fixes.iter().chain(&it.checks[0].fixes));
            fixes.flat_map(|fix| playground.inputs_of(fix)).collect::<Vec<_>>()
        };
        assert_eq!(remedy(&playground, "worker-1"), [], "it is wanted");
        let inputs = remedy(&playground, "gpu-2");
        let lines: Vec<_> = inputs.iter().map(|it| playground.command_line(it)).collect();
        let taint = |key| format!("kubectl taint nodes gpu-2 {key}-");
        assert_eq!(lines, ["dedicated", "nvidia.com/gpu"].map(taint));
        for input in inputs {
            playground.act(input).unwrap();
        }
        assert_eq!(remedy(&playground, "gpu-2"), []);
        assert!(playground.why("gpu-2", set).unwrap().is_wanted);
    }

    #[test]
    fn the_answer_for_scripts_says_what_the_text_says() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let why = playground.why("gpu-1", "node-logger").unwrap();
        let json = why.to_json();
        assert_eq!(json["wanted"], false);
        assert_eq!(json["sentence"], why.sentence);
        let gates = json["gates"].as_array().unwrap();
        let stop = gates.iter().find(|it| it["verdict"] == "stops").unwrap();
        assert_eq!(stop["stage"], "eligible");
        let check = &stop["checks"].as_array().unwrap().last().unwrap();
        assert!(check["mark"]["taint"].as_str().unwrap().starts_with("dedicated"), "{json:#}");
        assert_eq!(check["text"], "dedicated=gpu:NoSchedule: no toleration");
        assert!(why.to_string().contains(stop["fixes"][1].as_str().unwrap()));
    }

    #[test]
    fn figures_name_the_nodes_that_make_the_difference() {
        let mut playground = Playground::open(1);
        let said = |playground: &Playground, figure| {
            playground.explain("kube-system/node-logger", figure).unwrap().sentence
        };
        assert!(said(&playground, Figure::Current).starts_with("0 of 6: worker-1 has no pod yet"));
        playground.settle(300_000);
        assert_eq!(
            said(&playground, Figure::Desired),
            "6 of 9: cp-1 is not wanted because the taint \
             node-role.kubernetes.io/control-plane:NoSchedule is not tolerated; gpu-1 is not \
             wanted because the taint dedicated=gpu:NoSchedule is not tolerated; gpu-2 is not \
             wanted because the taints dedicated=gpu:NoSchedule and \
             nvidia.com/gpu=present:NoSchedule are not tolerated."
        );
        assert_eq!(said(&playground, Figure::Ready), "6 of 6: every pod is ready.");
        let taint = "apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\n\
                     spec: {taints: [{key: a, effect: NoSchedule}]}";
        assert!(playground.apply(taint).ok);
        assert_eq!(
            said(&playground, Figure::Misscheduled),
            "1: worker-1 keeps its pod, though the taint a:NoSchedule is not tolerated."
        );
    }

    #[test]
    fn what_why_proposes_can_be_done() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let set = "kube-system/node-logger";
        let image = "docker.elastic.co/beats/filebeat:9";
        let behaviour = ImageBehaviour::CannotBePulled;
        playground.act(Input::SetImageBehaviour { image: image.into(), behaviour }).unwrap();
        let text = Playground::opening_manifest();
        let text = text.replace("docker.elastic.co/beats/filebeat:8.10.0", image);
        assert!(playground.apply(&text).ok);
        // Until the kubelet gives up pulling for a while.
        let later = playground.now() + 120_000;
        playground.advance(later, u32::MAX);
        let why = playground.why("worker-1", set).unwrap();
        let fixes: Vec<&Fix> =
            why.gates.iter().flat_map(|it| &it.checks).flat_map(|it| &it.fixes).collect();
        assert_eq!(fixes.len(), 2, "{why}");
        let undo = playground.inputs_of(fixes[0]).remove(0);
        assert!(matches!(undo, Input::Patch { .. }), "{undo:?}");
        let mend = playground.inputs_of(fixes[1]).remove(0);
        assert!(matches!(mend, Input::SetImageBehaviour { .. }), "{mend:?}");
        playground.act(undo).unwrap();
        playground.settle(600_000);
        assert!(playground.why("worker-1", set).unwrap().sentence.contains("every check passes"));
    }
}

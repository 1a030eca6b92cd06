//! What one can ask the playground about the cluster as it stands.

use std::sync::Arc;

use crate::api::{DaemonSet, TaintEffect};
use crate::insight::{self, Fix, Verdict, Why, eligibility};
use crate::kubectl::parse_label;
use crate::playground::Playground;
use crate::sim::Input;

impl Playground {
    /// Why a node has a pod of a DaemonSet or has none. The DaemonSet is `NAMESPACE/NAME` or, if no
    /// other has the name, `NAME`; none if there is no such DaemonSet.
    pub fn why(&self, node: &str, daemon_set: &str) -> Option<Why> {
        let ds = self.daemon_set_by_key(daemon_set).or_else(|| self.only_daemon_set(daemon_set))?;
        Some(insight::why(self.cluster(), ds, &node.into()))
    }

    /// What changes a node so that the first check passes that keeps a DaemonSet's pod away: the
    /// kubectl line that `why` proposes, as an input.
    pub fn remedy(&self, node: &str, daemon_set: &str) -> Option<Input> {
        let ds = self.daemon_set_by_key(daemon_set)?;
        let node = self.cluster().store().node(node)?;
        let gates = eligibility(&ds.template, node);
        let checks = gates.iter().flat_map(|it| &it.checks);
        let stops = checks.filter(|it| it.verdict == Verdict::Stops);
        let line = stops.flat_map(|it| &it.fixes).find_map(|fix| match fix {
            Fix::Kubectl(line) => Some(line),
            _ => None,
        })?;
        input_of(line)
    }

    fn only_daemon_set(&self, name: &str) -> Option<&Arc<DaemonSet>> {
        let mut named = self.cluster().store().daemon_sets().filter(|it| *it.meta.name == *name);
        named.next().filter(|_| named.next().is_none())
    }
}

/// `label node NAME KEY=VALUE` and `taint node NAME KEY[:EFFECT]-` as inputs.
fn input_of(line: &str) -> Option<Input> {
    let mut words = line.split_whitespace();
    let (verb, _, node, change) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let node = node.into();
    if verb == "label" {
        let (key, value) = parse_label(change).ok()?;
        return Some(Input::LabelNode { node, key, value });
    }
    let taint = change.strip_suffix('-').filter(|_| verb == "taint")?;
    let (key, effect) = match taint.split_once(':') {
        Some((key, effect)) => (key, Some(TaintEffect::parse(effect)?)),
        None => (taint, None),
    };
    Some(Input::UntaintNode { node, key: key.into(), effect })
}

#[cfg(test)]
mod tests {
    use crate::playground::Playground;

    #[test]
    fn a_remedy_lets_the_pod_in_step_by_step() {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let set = "kube-system/node-logger";
        assert_eq!(playground.remedy("worker-1", set), None, "it is wanted");
        for key in ["dedicated", "nvidia.com/gpu"] {
            let input = playground.remedy("gpu-2", set).unwrap();
            assert_eq!(
                playground.command_line(&input),
                format!("kubectl taint nodes gpu-2 {key}-")
            );
            playground.act(input).unwrap();
        }
        assert_eq!(playground.remedy("gpu-2", set), None);
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
        assert!(why.to_string().contains(check["fixes"][0].as_str().unwrap()));
    }
}

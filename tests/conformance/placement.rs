//! One node, one DaemonSet: should it run there, may it go on running there.

use daemonset_core::api::{DaemonSet, Node};
use daemonset_core::insight::{Verdict, eligibility, why_not};
use daemonset_core::sim::daemon_set::should_run;
use serde_json::Value;

use crate::{check_all, compare};

#[test]
fn placement() {
    check_all("placement.jsonl", check);
}

/// Whether a row agrees.
pub(crate) fn check(row: &Value) -> Result<(), String> {
    let ds = DaemonSet::from_json(&row["daemonset"]);
    let node = Node::from_json(&row["node"]);
    let decision = should_run(&ds.template, &node);
    let expected = (row["shouldRun"] == true, row["shouldContinueRunning"] == true);
    compare("answers", expected, (decision.should_run, decision.should_continue))?;
    let gates = eligibility(&ds.template, &node);
    let explained = gates.iter().all(|it| it.verdict == Verdict::Passes);
    compare("explanation", expected.0, explained)?;
    compare("short explanation", expected.0, why_not(&ds.template, &node).is_none())
}

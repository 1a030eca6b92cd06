//! One node, one DaemonSet: should it run there, may it go on running there.

use daemonset_core::api::{DaemonSet, Node};
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
    let decision = should_run(&ds.template, &Node::from_json(&row["node"]));
    let expected = (row["shouldRun"] == true, row["shouldContinueRunning"] == true);
    compare("answers", expected, (decision.should_run, decision.should_continue))
}

//! Which rule of Kubernetes a recorded row is about: a row counts for every rule that it touches.

use serde_json::Value;

/// The rules of a row of a file, in words for the page.
pub(crate) fn rules(file: &str, row: &Value) -> Vec<&'static str> {
    match file {
        "placement.jsonl" => placement(row),
        "budgets.jsonl" => vec!["maxUnavailable and maxSurge: numbers and percentages"],
        "templates.jsonl" => vec!["the pod made for a node: labels, owner, tolerations, pin"],
        "scheduling.jsonl" => match row["kind"].as_str() {
            Some("filter") => vec!["the scheduler's filters, each with its reasons"],
            _ => vec!["the text of FailedScheduling, with preemption"],
        },
        _ => trace(row["id"].as_str().unwrap_or_default()),
    }
}

fn placement(row: &Value) -> Vec<&'static str> {
    let pod = &row["daemonset"]["spec"]["template"]["spec"];
    let required =
        &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let touched = [
        ("nodeName", !pod["nodeName"].is_null()),
        ("nodeSelector", !pod["nodeSelector"].is_null()),
        ("required node affinity", !required.is_null()),
        ("taints and tolerations", !row["node"]["spec"]["taints"].is_null()),
        ("hostNetwork and its toleration", pod["hostNetwork"] == true),
    ];
    let rules: Vec<_> = touched.into_iter().filter(|it| it.1).map(|it| it.0).collect();
    if rules.is_empty() { vec!["nothing that restricts"] } else { rules }
}

/// Scripted traces are named after what they show.
fn trace(id: &str) -> Vec<&'static str> {
    let Some(name) = id.strip_prefix("s-") else {
        return vec!["random histories of several DaemonSets"];
    };
    let by_name = [
        ("place", "placement and creation"),
        ("join", "placement and creation"),
        ("two", "placement and creation"),
        ("template", "placement and creation"),
        ("network", "placement and creation"),
        ("selector", "placement and creation"),
        ("selecting", "placement and creation"),
        ("burst", "batches, quota and slow start"),
        ("slow", "batches, quota and slow start"),
        ("taint", "taints, cordons and nodes that are not ready"),
        ("tolerations", "taints, cordons and nodes that are not ready"),
        ("cordon", "taints, cordons and nodes that are not ready"),
        ("not", "taints, cordons and nodes that are not ready"),
        ("node", "taints, cordons and nodes that are not ready"),
        ("readiness", "readiness and minReadySeconds"),
        ("min", "readiness and minReadySeconds"),
        ("failed", "pods that fail, end or are deleted by hand"),
        ("succeeded", "pods that fail, end or are deleted by hand"),
        ("delete", "pods that fail, end or are deleted by hand"),
        ("adopt", "adoption, release and orphans"),
        ("orphan", "adoption, release and orphans"),
        ("release", "adoption, release and orphans"),
        ("relabel", "adoption, release and orphans"),
        ("background", "adoption, release and orphans"),
        ("history", "ControllerRevisions and rollback"),
        ("rollback", "ControllerRevisions and rollback"),
        ("spec", "ControllerRevisions and rollback"),
        ("surge", "rolling updates with maxSurge"),
        ("on", "OnDelete"),
        ("roll", "rolling updates with maxUnavailable"),
        ("stuck", "rolling updates with maxUnavailable"),
        ("mid", "rolling updates with maxUnavailable"),
    ];
    let word = name.split('-').next().unwrap_or_default();
    let surges = name.contains("surge");
    let rule = by_name.iter().find(|it| it.0 == word).map(|it| it.1);
    assert!(rule.is_some(), "{id} is about no known rule");
    if surges { vec!["rolling updates with maxSurge"] } else { rule.into_iter().collect() }
}

//! Where the cluster differs from a text that was applied and is still the same.

use daemonset_core::api::Time;
use daemonset_core::playground::{Drift, Playground, Scenario};

use crate::cases::{SELECTIVE, agent, do_lines, opened};

fn text() -> String {
    // Comments and layout that are to be kept.
    agent("agent:1", SELECTIVE, "maxUnavailable: 1", "")
        .replace("spec:\n", "spec: # what it does\n")
}

fn applied(text: &str) -> Playground {
    let mut playground = Playground::start(Scenario::opening(), 1);
    assert!(playground.apply(text).ok);
    playground
}

fn differs(lines: &[&str], text: &str) -> Option<(String, String, Playground)> {
    let mut playground = applied(text);
    do_lines(&mut playground, lines);
    let drift = playground.drift(text)?;
    let taken = drift.taken(text).unwrap_or_default();
    Some((drift.sentence, taken, playground))
}

/// What is said, and that the text which was taken over is what the cluster has.
fn says(line: &str, sentence: &str, old: &str, new: &str) {
    let text = text();
    let (said, taken, playground) = differs(&[line], &text).expect(line);
    assert_eq!(said, format!("The cluster differs from this text: {sentence}"), "{line}");
    assert_eq!(taken, text.replace(old, new), "{line}");
    assert_eq!(playground.drift(&taken), None, "{line}");
    // It comes true: apply changes it, and then nothing differs.
    let mut playground = playground;
    assert!(playground.apply(&text).ok);
    assert_eq!(playground.drift(&text), None, "{line}");
}

#[test]
fn what_kubectl_changed_is_said_and_can_be_taken_into_the_text() {
    says(
        "kubectl set image ds/agent agent=agent:2",
        "somebody set image of agent to agent:2. Apply would change it back.",
        "image: agent:1",
        "image: agent:2",
    );
    says(
        "kubectl set resources ds/agent --requests=cpu=20m",
        "somebody set cpu of agent to 20m. Apply would change it back.",
        "cpu: 10m",
        "cpu: 20m",
    );
    says(
        "kubectl patch ds agent -p \
         '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":2}}}}'",
        "somebody set maxUnavailable to 2. Apply would change it back.",
        "maxUnavailable: 1",
        "maxUnavailable: 2",
    );
    says(
        "kubectl patch ds agent --type=json -p \
         '[{\"op\":\"remove\",\"path\":\"/spec/template/spec/nodeSelector\"}]'",
        "somebody removed nodeSelector. Apply would change it back.",
        "      nodeSelector:\n        disk: ssd\n",
        "",
    );
    says(
        "kubectl patch ds agent -p \
         '{\"spec\":{\"template\":{\"spec\":{\"tolerations\":[{\"operator\":\"Exists\"}]}}}}'",
        "somebody changed tolerations. Apply would change it back.",
        "      - key: dedicated\n        operator: Exists\n",
        "      - operator: Exists\n",
    );
}

#[test]
fn several_fields_are_named_and_counted() {
    let place = r#"{"nodeSelector":{"disk":"hdd"},"tolerations":[]}"#;
    let budget = r#"{"rollingUpdate":{"maxUnavailable":3}}"#;
    let spec = format!(r#"{{"template":{{"spec":{place}}},"updateStrategy":{budget}}}"#);
    let patch = format!(r#"kubectl patch ds agent -p '{{"spec":{spec}}}'"#);
    let lines = [patch.as_str(), "kubectl set image ds/agent agent=agent:2"];
    let (said, taken, playground) = differs(&lines, &text()).unwrap();
    let expected = "The cluster differs from this text: somebody set image of agent to agent:2, \
                    somebody set nodeSelector disk to hdd and 2 more fields differ. \
                    Apply would change them back.";
    assert_eq!(said, expected);
    assert_eq!(playground.drift(&taken), None, "{taken}");
    assert!(taken.contains("spec: # what it does"));
}

/// kubectl.md §6: what the text does not say, and did not say when it was applied, stays.
#[test]
fn what_apply_would_not_touch_is_not_named() {
    let lines = [
        "kubectl rollout restart ds/agent",
        "kubectl label ds agent team=a",
        "kubectl annotate ds agent why=because",
        "kubectl set env ds/agent LEVEL=debug",
        "kubectl cordon worker-1",
        "kubectl label node worker-1 disk=ssd",
    ];
    assert!(differs(&lines, &text()).is_none());
    // Nor what the API server completes, however the text is written.
    let mut playground = opened();
    playground.settle(600_000);
    assert_eq!(playground.drift(&agent("agent:1", "", "", "")), None);
    assert_eq!(playground.drift(""), None);
    assert_eq!(playground.drift("a: ["), None);
}

#[test]
fn an_undo_a_deletion_and_another_text_are_told_too() {
    let (old, new) = (agent("agent:1", "", "", ""), agent("agent:2", "", "", ""));
    let mut playground = applied(&old);
    playground.settle(600_000);
    playground.apply(&new);
    playground.settle(600_000);
    do_lines(&mut playground, &["kubectl rollout undo ds/agent"]);
    let said = |it: Option<Drift>| it.unwrap().sentence;
    let expected = "The cluster differs from this text: somebody set image of agent to agent:1. \
                    Apply would change it back.";
    assert_eq!(said(playground.drift(&new)), expected);
    playground.settle(600_000);
    // The other file was not what was applied last: nobody has changed anything back there.
    do_lines(&mut playground, &["kubectl rollout undo ds/agent"]);
    let expected = "The cluster differs from this text: image of agent is agent:2. \
                    Apply would change it.";
    assert_eq!(said(playground.drift(&old)), expected);
    // Before it was applied.
    playground.seek(Time(1_000));
    let expected = "The cluster differs from this text: image of agent is agent:1. \
                    Apply would change it.";
    assert_eq!(said(playground.drift(&new)), expected);
    do_lines(&mut playground, &["kubectl delete ds agent"]);
    let drift = playground.drift(&new).unwrap();
    let expected = "The cluster differs from this text: daemonset.apps/agent is not there. \
                    Apply would change it.";
    assert_eq!(drift.sentence, expected);
    assert!(!drift.can_be_taken());
}

#[test]
fn several_documents_are_compared_each() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: one\n";
    let all = format!("{config}---\n{}", text());
    let lines = [
        r#"kubectl patch cm c -p '{"data":{"a":"two"}}'"#,
        "kubectl set image ds/agent agent=agent:2",
    ];
    let (said, taken, playground) = differs(&lines, &all).unwrap();
    let expected = "The cluster differs from this text: somebody set data a to two in c and \
                    somebody set image of agent to agent:2 in agent. Apply would change them back.";
    assert_eq!(said, expected);
    assert_eq!(taken, all.replace("a: one", "a: two").replace("agent:1", "agent:2"));
    assert_eq!(playground.drift(&taken), None);
}

/// Where the layout cannot be kept the document becomes what the cluster has.
#[test]
fn a_text_with_anchors_is_replaced_as_a_whole() {
    let text = text().replace("- key: dedicated\n", "- &it\n        key: dedicated\n");
    let line = r#"kubectl patch ds agent -p '{"spec":{"template":{"spec":{"tolerations":[]}}}}'"#;
    let (_, taken, playground) = differs(&[line], &text).unwrap();
    assert!(taken.starts_with("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:"), "{taken}");
    assert!(!taken.contains("status") && !taken.contains("last-applied"), "{taken}");
    assert_eq!(playground.drift(&taken), None, "{taken}");
}

//! One row for each rule: what is changed in a valid object, and the whole of what is said.

use serde_json::{Value, json};

use super::*;
use crate::api::defaults;

mod pod_template;

const SUBDOMAIN_RULE: &str = "a lowercase RFC 1123 subdomain must consist of lower case \
    alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character \
    (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
    characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
    or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const VALUE_RULE: &str = "a valid label must be an empty string or consist of alphanumeric \
    characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
    'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME_RULE: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and \
    must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or \
    '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const PERCENT_RULE: &str = "a valid percent string must be a numeric string followed by an \
    ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const MISMATCH: &str = "`selector` does not match template `labels`";

fn valid() -> Value {
    json!({
        "metadata": {"name": "x"},
        "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "template": {
                "metadata": {"labels": {"app": "x"}},
                "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
            },
        },
    })
}

/// Lays one tree over another; `null` removes, lists are replaced.
fn lay_over(object: &mut Value, change: &Value) {
    let Value::Object(fields) = change else {
        *object = change.clone();
        return;
    };
    for (name, change) in fields {
        if change.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else if change.is_object() && object.get(name).is_some_and(Value::is_object) {
            lay_over(&mut object[name], change);
        } else {
            object[name] = change.clone();
        }
    }
}

fn changed(change: &Value) -> Value {
    let mut object = valid();
    lay_over(&mut object, change);
    defaults::daemon_set(&mut object);
    object
}

fn texts(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn check(change: &Value, expected: &[&str]) {
    assert_eq!(texts(&daemon_set(&changed(change))), expected, "{change}");
}

fn check_pod_spec(change: &Value, expected: &[&str]) {
    let expected: Vec<String> =
        expected.iter().map(|it| format!("spec.template.spec.{it}")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&json!({"spec": {"template": {"spec": change}}}), &expected);
}

#[test]
fn a_valid_object_has_no_faults() {
    check(&json!({}), &[]);
    check(&json!({"spec": {"revisionHistoryLimit": 0, "minReadySeconds": 5}}), &[]);
    check(&json!({"spec": {"updateStrategy": {"type": "OnDelete"}}}), &[]);
}

#[test]
fn v1_v2_names() {
    check(
        &json!({"metadata": {"name": null}}),
        &["metadata.name: Required value: name or generateName is required"],
    );
    check(
        &json!({"metadata": {"name": "Bad_Name"}}),
        &[&format!(r#"metadata.name: Invalid value: "Bad_Name": {SUBDOMAIN_RULE}"#)],
    );
    check(
        &json!({"metadata": {"labels": {"_a": "b c"}}}),
        &[
            &format!(r#"metadata.labels: Invalid value: "_a": {NAME_RULE}"#),
            &format!(r#"metadata.labels: Invalid value: "b c": {VALUE_RULE}"#),
        ],
    );
}

#[test]
fn v3_requirements_of_the_selector() {
    let cases = [
        (
            json!({"key": "app", "operator": "In"}),
            "spec.selector.matchExpressions[0].values: Required value: must be specified when \
             `operator` is 'In' or 'NotIn'",
        ),
        (
            json!({"key": "app", "operator": "Exists", "values": ["x"]}),
            "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when \
             `operator` is 'Exists' or 'DoesNotExist'",
        ),
        (
            json!({"key": "app", "operator": "X"}),
            "spec.selector.matchExpressions[0].operator: Invalid value: \"X\": not a valid \
             selector operator",
        ),
    ];
    for (requirement, expected) in cases {
        check(&json!({"spec": {"selector": {"matchExpressions": [requirement]}}}), &[expected]);
    }
}

#[test]
fn v4_v5_the_selector_matches_the_labels() {
    let path = "spec.template.metadata.labels: Invalid value";
    check(
        &json!({"spec": {"selector": {"matchLabels": {"app": "y"}}}}),
        &[&format!(r#"{path}: map[string]string{{"app":"x"}}: {MISMATCH}"#)],
    );
    check(
        &json!({"spec": {"selector": null}}),
        &[&format!(r#"{path}: map[string]string{{"app":"x"}}: {MISMATCH}"#)],
    );
    check(
        &json!({"spec": {"template": {"metadata": {"labels": null}}}}),
        &[&format!("{path}: map[string]string(nil): {MISMATCH}")],
    );
    check(
        &json!({"spec": {"selector": {"matchLabels": null}}}),
        &["spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), \
             MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for \
             daemonset"],
    );
}

#[test]
fn v7_v8_what_only_daemon_sets_refuse() {
    let policy = r#"restartPolicy: Unsupported value: "OnFailure": supported values: "Always""#;
    check_pod_spec(&json!({"restartPolicy": "OnFailure"}), &[policy]);
    check_pod_spec(
        &json!({"restartPolicy": "X"}),
        &[
            "restartPolicy: Unsupported value: \"X\": supported values: \"Always\", \
             \"OnFailure\", \"Never\"",
            r#"restartPolicy: Unsupported value: "X": supported values: "Always""#,
        ],
    );
    let deadline =
        "activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported";
    check_pod_spec(&json!({"activeDeadlineSeconds": 5}), &[deadline]);
    let negative = "Invalid value: -1: must be greater than or equal to 0";
    check(
        &json!({"spec": {"minReadySeconds": -1}}),
        &[&format!("spec.minReadySeconds: {negative}")],
    );
    check(
        &json!({"spec": {"revisionHistoryLimit": -1}}),
        &[&format!("spec.revisionHistoryLimit: {negative}")],
    );
}

#[test]
fn v9_update_strategies() {
    let unavailable = "spec.updateStrategy.rollingUpdate.maxUnavailable";
    let surge = "spec.updateStrategy.rollingUpdate.maxSurge";
    let both_zero = format!("{unavailable}: Required value: cannot be 0 when maxSurge is 0");
    let cases: [(Value, Vec<String>); 11] = [
        (json!({"maxUnavailable": 100}), vec![]),
        (json!({"maxUnavailable": "100%"}), vec![]),
        (json!({"maxUnavailable": 0, "maxSurge": "10%"}), vec![]),
        (json!({"maxUnavailable": "0%", "maxSurge": 1}), vec![]),
        (
            json!({"maxUnavailable": "abc"}),
            vec![
                format!(
                    "{unavailable}: Invalid value: intstr.IntOrString{{Type:1, IntVal:0, \
                     StrVal:\"abc\"}}: {PERCENT_RULE}"
                ),
                both_zero.clone(),
            ],
        ),
        (
            json!({"maxUnavailable": -1}),
            vec![format!("{unavailable}: Invalid value: -1: must be greater than or equal to 0")],
        ),
        (
            json!({"maxUnavailable": "150%"}),
            vec![format!(
                "{unavailable}: Invalid value: intstr.IntOrString{{Type:1, IntVal:0, \
                 StrVal:\"150%\"}}: must not be greater than 100%"
            )],
        ),
        (
            json!({"maxSurge": 1}),
            vec![format!(
                "{surge}: Invalid value: intstr.IntOrString{{Type:0, IntVal:1, StrVal:\"\"}}: \
                 may not be set when maxUnavailable is non-zero"
            )],
        ),
        (json!({"maxUnavailable": 0}), vec![both_zero.clone()]),
        (json!({"maxUnavailable": "0%", "maxSurge": "0%"}), vec![both_zero]),
        (
            json!({"maxUnavailable": "5"}),
            vec![format!(
                "{unavailable}: Invalid value: intstr.IntOrString{{Type:1, IntVal:0, \
                 StrVal:\"5\"}}: {PERCENT_RULE}"
            )],
        ),
    ];
    for (rolling_update, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&json!({"spec": {"updateStrategy": {"rollingUpdate": rolling_update}}}), &expected);
    }
    check(
        &json!({"spec": {"updateStrategy": {"type": "Foo"}}}),
        &["spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{Type:\"Foo\", \
             RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: supported values: \
             \"RollingUpdate\", \"OnDelete\""],
    );
}

#[test]
fn v11_the_selector_is_immutable() {
    let old = changed(&json!({}));
    assert!(daemon_set_update(&old, &old).is_empty());
    let immutable = "spec.selector: Invalid value: \
                     v1.LabelSelector{MatchLabels:map[string]string{\"app\":\"new\"}, \
                     MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable";
    let selector = json!({"matchLabels": {"app": "new"}});
    let labels = json!({"metadata": {"labels": {"app": "new"}}});
    let new = changed(&json!({"spec": {"selector": selector, "template": labels}}));
    assert_eq!(texts(&daemon_set_update(&new, &old)), [immutable]);
    let new = changed(&json!({"spec": {"selector": selector}}));
    let mismatch = format!(
        "spec.template.metadata.labels: Invalid value: map[string]string{{\"app\":\"x\"}}: \
         {MISMATCH}"
    );
    assert_eq!(texts(&daemon_set_update(&new, &old)), [&mismatch, immutable]);
}

#[test]
fn all_faults_are_told_in_order() {
    let change = json!({
        "metadata": {"name": "Bad_Name"},
        "spec": {
            "selector": {"matchLabels": {"app": "y"}},
            "minReadySeconds": -1,
            "updateStrategy": {"rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": {
                "volumes": [{"name": "v", "hostPath": {}}],
                "containers": [{"name": "c"}],
                "restartPolicy": "Never",
                "tolerations": [{}],
            }},
        },
    });
    let paths: Vec<String> = daemon_set(&changed(&change)).into_iter().map(|it| it.path).collect();
    let expected = [
        "metadata.name",
        "spec.template.metadata.labels",
        "spec.template.spec.volumes[0].hostPath.path",
        "spec.template.spec.containers[0].image",
        "spec.template.spec.tolerations[0].operator",
        "spec.template.spec.restartPolicy",
        "spec.minReadySeconds",
        "spec.updateStrategy.rollingUpdate.maxSurge",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn nodes() {
    let check = |object: Value, expected: &[&str]| assert_eq!(texts(&node(&object)), expected);
    let tainted = |taints: Value| json!({"metadata": {"name": "n"}, "spec": {"taints": taints}});
    check(tainted(json!([{"key": "a", "value": "b", "effect": "NoSchedule"}])), &[]);
    check(
        json!({"metadata": {"name": "n", "labels": {"_a": "b"}}}),
        &[&format!(r#"metadata.labels: Invalid value: "_a": {NAME_RULE}"#)],
    );
    check(tainted(json!([{"key": "a"}])), &["metadata.taints[0].effect: Required value"]);
    check(
        tainted(json!([{"key": "a", "value": "b c", "effect": "X"}])),
        &[
            &format!(r#"metadata.taints[0].value: Invalid value: "b c": {VALUE_RULE}"#),
            "metadata.taints[0].effect: Unsupported value: \"X\": supported values: \
             \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
        ],
    );
    let taint = json!({"key": "a", "effect": "NoExecute"});
    check(
        tainted(json!([taint, taint])),
        &["metadata.taints[1]: Duplicate value: core.Taint{Key:\"a\", Value:\"\", \
             Effect:\"NoExecute\", TimeAdded:<nil>}: taints must be unique by key and effect \
             pair"],
    );
}

#[test]
fn deployments() {
    let check = |change: Value, expected: &[&str]| {
        let mut object = valid();
        lay_over(&mut object, &change);
        defaults::deployment(&mut object);
        assert_eq!(texts(&deployment(&object)), expected, "{change}");
    };
    check(json!({}), &[]);
    check(
        json!({"spec": {"selector": null}}),
        &[
            "spec.selector: Required value",
            &format!(
                "spec.template.metadata.labels: Invalid value: \
                 map[string]string{{\"app\":\"x\"}}: {MISMATCH}"
            ),
        ],
    );
    check(
        json!({"spec": {"replicas": -1}}),
        &["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    );
    let rolling_update = json!({"maxSurge": 0, "maxUnavailable": 0});
    check(
        json!({"spec": {"strategy": {"rollingUpdate": rolling_update}}}),
        &["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \
             intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}: may not be 0 when `maxSurge` is \
             0"],
    );
}

#[test]
fn odd_shapes_do_no_harm() {
    for odd in [json!(null), json!(1), json!([1]), json!("x"), json!({"spec": 1})] {
        for validate in [daemon_set, deployment, pod, node] {
            validate(&odd);
            validate(&json!({"metadata": odd, "spec": odd}));
            let spec = json!({
                "containers": [odd], "initContainers": odd, "volumes": [odd], "affinity": odd,
                "tolerations": [odd], "nodeSelector": odd,
            });
            validate(&json!({"spec": spec}));
            validate(
                &json!({"spec": {"selector": odd, "template": {"metadata": odd, "spec": spec}}}),
            );
        }
        daemon_set_update(&odd, &valid());
    }
}

//! What the API server would say about objects: unknown fields, wrong types, kinds it has not.

use daemonset_core::manifest::load;
use expect_test::{Expect, expect};

/// The objects that were read, then what is wrong.
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&load(text).to_string());
}

/// A DaemonSet, with more lines at the start of its pod spec and the end of its container.
fn daemon_set(pod_spec: &str, container: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  labels:
    app: agent
spec:
  selector:
    matchLabels: {{app: agent}}
  template:
    metadata:
      labels: {{app: agent}}
    spec:{pod_spec}
      containers:
      - name: agent
        image: registry.k8s.io/pause:3.10{container}
"
    )
}

#[test]
fn fields_that_only_hold_anchors_are_unknown() {
    let text = daemon_set("", "").replace("kind:", "x-labels: &labels {app: agent}\nkind:");
    check(
        &text.replace("labels: {app: agent}", "labels: *labels"),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 2:1 error: unknown field "x-labels"
        "#]],
    );
}

#[test]
fn of_duplicate_keys_the_last_counts_with_a_warning() {
    let text = daemon_set("\n      hostNetwork: false\n      hostNetwork: true", "");
    let manifest = load(&text);
    assert_eq!(manifest.documents[0].object["spec"]["template"]["spec"]["hostNetwork"], true);
    check(
        &text,
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 15:7 warning: duplicate field "spec.template.spec.hostNetwork"
        "#]],
    );
    check(
        &daemon_set("\n      nodeSelector: {a: b, a: c}", ""),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 14:28 warning: duplicate field "spec.template.spec.nodeSelector.a"
        "#]],
    );
}

#[test]
fn a_value_of_the_wrong_type_is_named_as_go_names_it() {
    let text = daemon_set("", "");
    check(
        &text.replace("agent\nspec", "agent\n    a: yes\nspec"),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 7:8 error: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string (quote it: "yes")
        "#]],
    );
    check(
        &text.replace("spec:\n  sel", "spec:\n  minReadySeconds: \"5\"\n  sel"),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 8:20 error: json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32 (write it without quotes: 5)
        "#]],
    );
    check(
        &text.replace("  labels:\n", "  creationTimestamp: now\n  labels:\n"),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 5:22 error: parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"
        "#]],
    );
}

#[test]
fn all_wrong_types_are_named_at_once() {
    let container = "
        imagePullPolicy: 1
        env:
        - {name: A, value: 5}
        - {name: B, value: on}
        args: --verbose
        ports: {containerPort: 80}
        resources:
          limits: {cpu: yes, memory: 1 Gi}
          requests: [cpu]
        livenessProbe: {httpGet: {port: true}, periodSeconds: 1.5}
        securityContext: {privileged: \"true\", runAsUser: 99999999999999999999}";
    check(
        &daemon_set("\n      tolerations:\n        operator: Exists", container),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 15:9 error: json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.tolerations of type []v1.Toleration (write a list: begin each item with `- `)
            0: 19:26 error: json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy (quote it: "1")
            0: 21:28 error: json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string (quote it: "5")
            0: 22:28 error: json: cannot unmarshal bool into Go struct field EnvVar.spec.template.spec.containers.env.value of type string (quote it: "on")
            0: 23:15 error: json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.args of type []string (write a list: begin each item with `- `)
            0: 24:16 error: json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.ports of type []v1.ContainerPort (write a list: begin each item with `- `)
            0: 26:25 error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            0: 26:38 error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
            0: 27:21 error: json: cannot unmarshal array into Go struct field ResourceRequirements.spec.template.spec.containers.resources.requests of type v1.ResourceList
            0: 28:41 error: json: cannot unmarshal bool into Go value of type int32
            0: 28:63 error: json: cannot unmarshal number 1.5 into Go struct field Probe.spec.template.spec.containers.livenessProbe.periodSeconds of type int32
            0: 29:39 error: json: cannot unmarshal string into Go struct field SecurityContext.spec.template.spec.containers.securityContext.privileged of type bool (write it without quotes: true)
            0: 29:58 error: json: cannot unmarshal number 100000000000000000000 into Go struct field SecurityContext.spec.template.spec.containers.securityContext.runAsUser of type int64
        "#]],
    );
}

#[test]
fn unknown_fields_are_all_named_with_what_may_be_meant() {
    let pod_spec =
        "\n      toleration: []\n      nodeselector: {}\n      terminationGracePeriod: 5";
    let spec = "spec:\n  replicas: 3\n  containers: []\n  strategy: {}\n  zzz: 1\n  sel";
    let text = daemon_set(pod_spec, "\n        imagePullPolicty: Always");
    check(
        &text.replace("spec:\n  sel", spec),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 8:3 error: unknown field "spec.replicas" (remove it: a DaemonSet runs one pod on every node that fits)
            0: 9:3 error: unknown field "spec.containers" (did you mean `spec.template.spec.containers`?)
            0: 10:3 error: unknown field "spec.strategy" (did you mean `updateStrategy`?)
            0: 11:3 error: unknown field "spec.zzz"
            0: 18:7 error: unknown field "spec.template.spec.toleration" (did you mean `tolerations`?)
            0: 19:7 error: unknown field "spec.template.spec.nodeselector" (did you mean `nodeSelector`?)
            0: 20:7 error: unknown field "spec.template.spec.terminationGracePeriod" (did you mean `terminationGracePeriodSeconds`?)
            0: 24:9 error: unknown field "spec.template.spec.containers[0].imagePullPolicty" (did you mean `imagePullPolicy`?)
        "#]],
    );
    // Newer than the server's 1.31.
    check(
        &daemon_set("\n      resources: {}", ""),
        expect![[r#"
            0: apps/v1 DaemonSet -/agent, line 1
            0: 14:7 error: unknown field "spec.template.spec.resources"
        "#]],
    );
}

#[test]
fn what_every_object_needs() {
    check(
        "metadata: {name: a}\n",
        expect![[r#"
            0:   -/a, line 1
            0: 1:1 error: Object 'Kind' is missing in '{"metadata":{"name":"a"}}'
        "#]],
    );
    check(
        "kind: Pod\nmetadata: {name: a}\n",
        expect![[r#"
            0:  Pod -/a, line 1
            0: 1:1 error: Object 'apiVersion' is missing in '{"kind":"Pod","metadata":{"name":"a"}}'
        "#]],
    );
    check(
        "apiVersion: v1\nkind: Pod\n",
        expect![[r#"
            0: v1 Pod -/, line 1
            0: 1:1 error: resource name may not be empty (set `metadata.name`)
        "#]],
    );
    check(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-\n",
        expect![[r#"
            0: v1 Pod -/, line 1
        "#]],
    );
    check(
        "hello\n",
        expect![[r#"
            0: 1:1 error: json: cannot unmarshal string into Go value of type unstructured.detector
        "#]],
    );
    check(
        "- a\n---\n5\n",
        expect![[r#"
            0: 1:1 error: json: cannot unmarshal array into Go value of type unstructured.detector
            1: 3:1 error: json: cannot unmarshal number into Go value of type unstructured.detector
        "#]],
    );
}

#[test]
fn other_groups_are_other_resources() {
    let of = |version: &str, kind: &str| {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: a\n")
    };
    check(
        &of("extensions/v1beta1", "DaemonSet"),
        expect![[r#"
            0: extensions/v1beta1 DaemonSet -/a, line 1
            0: 1:13 error: no matches for kind "DaemonSet" in version "extensions/v1beta1" (did you mean `apiVersion: apps/v1`?)
        "#]],
    );
    check(
        &of("apps.kruise.io/v1alpha1", "DaemonSet"),
        expect![[r#"
            0: apps.kruise.io/v1alpha1 DaemonSet -/a, line 1
            0: 1:13 error: no matches for kind "DaemonSet" in version "apps.kruise.io/v1alpha1"
        "#]],
    );
    check(
        &of("apps/v1beta2", "DaemonSet"),
        expect![[r#"
            0: apps/v1beta2 DaemonSet -/a, line 1
            0: 1:13 error: no matches for kind "DaemonSet" in version "apps/v1beta2" (did you mean `apiVersion: apps/v1`?)
        "#]],
    );
    check(
        &of("extensions/v1beta1", "Ingress"),
        expect![[r#"
            0: extensions/v1beta1 Ingress -/a, line 1
            0: 1:13 error: no matches for kind "Ingress" in version "extensions/v1beta1" (did you mean `apiVersion: networking.k8s.io/v1`?)
        "#]],
    );
    check(
        &of("policy/v1beta1", "PodSecurityPolicy"),
        expect![[r#"
            0: policy/v1beta1 PodSecurityPolicy -/a, line 1
            0: 2:7 error: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1"
        "#]],
    );
    check(
        &of("apps/v1", "DeamonSet"),
        expect![[r#"
            0: apps/v1 DeamonSet -/a, line 1
            0: 2:7 error: no matches for kind "DeamonSet" in version "apps/v1" (did you mean `kind: DaemonSet`?)
        "#]],
    );
    check(
        &of("v1", "ServiceAccount"),
        expect![[r#"
            0: v1 ServiceAccount -/a, line 1
        "#]],
    );
    check(
        &of("monitoring.coreos.com/v1", "PodMonitor"),
        expect![[r#"
            0: monitoring.coreos.com/v1 PodMonitor -/a, line 1
        "#]],
    );
}

#[test]
fn metadata_of_every_kind_are_checked() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  lables: {}\n  \
                annotations:\n    a: 1\n    b:\ndata:\n  x: 1\n";
    check(
        text,
        expect![[r#"
            0: v1 ConfigMap -/a, line 1
            0: 5:3 error: unknown field "metadata.lables" (did you mean `labels`?)
            0: 7:8 error: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string (quote it: "1")
        "#]],
    );
    assert_eq!(load(text).documents[0].object["metadata"]["annotations"]["b"], "");
}

/// What is meant as another word in the same place can be put there; what belongs elsewhere, is to
/// be removed or is only described cannot.
#[test]
fn a_suggestion_that_is_a_word_is_an_edit() {
    let text = daemon_set(
        "\n      nodeselector: {disk: ssd}\n      replicas: 1\n      hostNetwork: \"true\"",
        "\n        env: [{name: A, value: 5}]\n        updateStrategy: {}",
    );
    let manifest = load(&text);
    let edits: Vec<String> = manifest
        .diagnostics
        .iter()
        .filter_map(|it| it.edit())
        .map(|it| format!("{} -> {}", &text[it.start as usize..it.end as usize], it.text))
        .collect();
    assert_eq!(edits, ["nodeselector -> nodeSelector", "\"true\" -> true", "5 -> \"5\""]);
    let mended = manifest.diagnostics[0].edit().unwrap().apply(&text).unwrap();
    assert!(mended.contains("\n      nodeSelector: {disk: ssd}\n"), "{mended}");
    let kind = load("apiVersion: apps/v1\nkind: DeamonSet\nmetadata: {name: a}\n");
    assert_eq!(kind.diagnostics[0].edit().map(|it| it.text).as_deref(), Some("DaemonSet"));
}

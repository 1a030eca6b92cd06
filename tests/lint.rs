//! Advice about manifests: what is found, and what a quick fix makes of the text.
#![cfg(not(target_arch = "wasm32"))]

use daemonset_core::insight::{Advice, further_reading, lint};
use daemonset_core::manifest::load;
use daemonset_core::playground::{Playground, Scenario};

fn advice(playground: &Playground, text: &str) -> Vec<Advice> {
    lint(&load(text).documents[0].object, playground.cluster())
}

fn rules(text: &str) -> Vec<&'static str> {
    let playground = Playground::start(Scenario::opening(), 1);
    advice(&playground, text).iter().map(|it| it.rule).collect()
}

/// Nothing to say about it.
const SOUND: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: kube-system}
spec:
  selector:
    matchLabels: {app: agent}
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 1}
  template:
    metadata:
      labels: {app: agent}
      annotations: {prometheus.io/scrape: \"true\"}
    spec:
      priorityClassName: system-node-critical
      tolerations:
      - operator: Exists
      containers:
      - name: agent
        image: registry.example/agent:1.2
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {memory: 64Mi}
        readinessProbe: {tcpSocket: {port: 80}}
        volumeMounts:
        - {name: logs, mountPath: /logs, readOnly: true}
      volumes:
      - name: logs
        hostPath: {path: /var/log}
";

#[test]
fn each_fault_has_its_rule() {
    assert_eq!(rules(SOUND), [] as [&str; 0]);
    let rolling = "{maxUnavailable: 1}";
    let cases: &[(&[&str], &str, &str)] = &[
        (&["namespace"], ", namespace: kube-system", ""),
        (&["namespace"], "namespace: kube-system", "namespace: default"),
        (&["selector-labels"], "matchLabels: {app: agent}", "matchLabels: {app: a, version: '1'}"),
        (&["old-master-key"], "operator: Exists", "key: node-role.kubernetes.io/master"),
        (&["control-plane"], "operator: Exists", "key: other"),
        (&["budget"], rolling, "{maxUnavailable: 3}"),
        (&["budget"], rolling, "{maxUnavailable: 50%}"),
        (&[], rolling, "{maxUnavailable: 10%}"),
        (&["surge-alone"], rolling, "{maxSurge: 1}"),
        (&[], rolling, "{maxSurge: 1, maxUnavailable: 0}"),
        (&["latest-tag"], "agent:1.2", "agent:latest"),
        (&["latest-tag"], "registry.example/agent:1.2", "registry.example:5000/agent"),
        (&[], "agent:1.2", "agent@sha256:00"),
        (
            &["requests"],
            "requests: {cpu: 100m, memory: 64Mi}\n          limits: {memory: 64Mi}",
            "requests: {memory: 1Mi}\n          limits: {memory: 64Mi}",
        ),
        (
            &[],
            "requests: {cpu: 100m, memory: 64Mi}\n          limits: {memory: 64Mi}",
            "limits: {cpu: 100m, memory: 64Mi}",
        ),
        (&["limits"], "          limits: {memory: 64Mi}\n", ""),
        (&["limits"], "limits: {memory: 64Mi}", "limits: {cpu: 1}"),
        (&["readiness"], "        readinessProbe: {tcpSocket: {port: 80}}\n", ""),
        (&["host-path"], "path: /var/log", "path: /var/"),
        (&["host-path-writable"], ", readOnly: true", ""),
        (&["priority"], "      priorityClassName: system-node-critical\n", ""),
        (&["monitoring"], "prometheus.io/scrape", "other"),
    ];
    for rule in cases.iter().flat_map(|it| it.0) {
        let page = further_reading(rule).unwrap_or_default();
        assert!(page.starts_with("https://kubernetes.io/docs/") && page.len() > 40, "{rule}");
    }
    for (expected, old, new) in cases {
        assert!(SOUND.contains(old), "{old}");
        assert_eq!(rules(&SOUND.replace(old, new)), *expected, "{new:?} for {old}");
    }
}

#[test]
fn host_ports_and_surge_do_not_go_together() {
    let text = SOUND
        .replace("{maxUnavailable: 1}", "{maxSurge: 1, maxUnavailable: 0}")
        .replace("image: ", "ports: [{containerPort: 80, hostPort: 80}]\n        image: ");
    assert_eq!(rules(&text), ["surge-with-host-port"]);
    assert!(further_reading("surge-with-host-port").is_some());
}

#[test]
fn the_operating_system_matters_on_a_mixed_cluster() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    assert!(advice(&playground, SOUND).is_empty());
    let node = "apiVersion: v1\nkind: Node\nmetadata:\n  name: win-1\n  labels: {kubernetes.io/os: windows}\n";
    assert!(playground.apply(node).ok);
    let found = advice(&playground, SOUND);
    assert_eq!(found.iter().map(|it| it.rule).collect::<Vec<_>>(), ["operating-system"]);
    assert!(further_reading("operating-system").is_some());
    assert!(advice(&playground, &heeded(&playground, SOUND)).is_empty());
}

/// The text with every quick fix made.
fn heeded(playground: &Playground, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let manifest = load(&text);
        let document = &manifest.documents[0];
        let found = advice(playground, &text);
        let edit = found.iter().find_map(|it| it.fix.as_ref()?.edit(document, &text));
        match edit {
            Some(edit) => text = edit.apply(&text).unwrap(),
            None => return text,
        }
    }
    panic!("a quick fix does not heed its advice:\n{text}");
}

#[test]
fn quick_fixes_heed_the_advice_and_keep_the_comments() {
    let playground = Playground::start(Scenario::opening(), 1);
    let text = "\
# Our agent.
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent # the one
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxSurge: 1}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      # Of the agent.
      containers:
      - name: agent
        image: registry.example/agent:1
        readinessProbe: {tcpSocket: {port: 80}}
        ports: [{name: metrics, containerPort: 80}]
        volumeMounts:
        - name: logs
          mountPath: /logs # where it reads
      volumes: [{name: logs, hostPath: {path: /var/log}}]
";
    let expected = "\
# Our agent.
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent # the one
  namespace: kube-system
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      # Of the agent.
      containers:
      - name: agent
        image: registry.example/agent:1
        readinessProbe: {tcpSocket: {port: 80}}
        ports: [{name: metrics, containerPort: 80}]
        volumeMounts:
        - name: logs
          mountPath: /logs # where it reads
          readOnly: true
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            memory: 128Mi
      volumes: [{name: logs, hostPath: {path: /var/log}}]
      tolerations:
      - key: node-role.kubernetes.io/control-plane
        operator: Exists
        effect: NoSchedule
      priorityClassName: system-node-critical
";
    assert_eq!(heeded(&playground, text), expected);
    assert!(advice(&playground, expected).is_empty());
}

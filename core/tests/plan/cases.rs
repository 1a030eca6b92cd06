//! The cluster and the manifests that plans are made of.

use daemonset_core::playground::{Playground, Reader, Scenario, Shell};

pub(crate) const TOLERANT: &str = "      tolerations: [{operator: Exists}]\n";
pub(crate) const SELECTIVE: &str = "      nodeSelector:
        disk: ssd
      tolerations:
      - key: dedicated
        operator: Exists
";
pub(crate) const PORT: &str = "        ports: [{containerPort: 80, hostPort: 80}]\n";
pub(crate) const PROBE: &str = "        readinessProbe: {httpGet: {path: /, port: 80}}\n";

pub(crate) fn opened() -> Playground {
    let mut playground = Playground::start(Scenario::opening(), 1);
    playground.apply(&agent("agent:1", "", "", ""));
    playground
}

pub(crate) fn do_lines(playground: &mut Playground, lines: &[&str]) {
    let mut shell = Shell::default();
    for line in lines {
        let statement = Reader::default().feed(line).unwrap();
        let output = playground.run_statement(&statement, &mut shell);
        assert_eq!(output.stderr, "", "{line}");
    }
}

pub(crate) fn agent(image: &str, spec: &str, budget: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels: {{app: agent}}
  updateStrategy:
    rollingUpdate: {{{budget}}}
  template:
    metadata:
      labels: {{app: agent}}
    spec:
{spec}      containers:
      - name: agent
        image: {image}
        resources:
          requests: {{cpu: 10m}}
{container}"
    )
}

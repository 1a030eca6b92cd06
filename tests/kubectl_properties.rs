//! What must hold for whatever is applied: applying again changes nothing, and what others have set
//! stays; and what a line of a shell does to kubectl's text.
#![cfg(not(target_arch = "wasm32"))]

use daemonset_core::kubectl::Output;
use daemonset_core::playground::{Playground, Reader, Shell, run_script};

const AGENT: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels:
      app: agent
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
      - name: agent
        image: agent:1
";

/// What the lines print, after the manifest is there as a file.
fn run(lines: &[&str]) -> Vec<String> {
    let mut playground = Playground::open(1);
    let script = format!("cat > agent.yaml <<EOF\n{AGENT}EOF\n{}", lines.join("\n"));
    let done = run_script(&mut playground, &script);
    let printed = done.iter().skip(1);
    printed.map(|(_, output)| format!("{}{}", output.stdout, output.stderr)).collect()
}

#[test]
fn applying_twice_changes_nothing() {
    let printed = run(&["kubectl apply -f agent.yaml", "+30s", "kubectl apply -f agent.yaml"]);
    assert_eq!(printed, ["daemonset.apps/agent created\n", "", "daemonset.apps/agent unchanged\n"]);
}

#[test]
fn what_get_prints_can_be_applied_and_changes_nothing() {
    let printed = run(&[
        "kubectl apply -f agent.yaml",
        "+30s",
        "kubectl get ds agent -o yaml > again.yaml",
        "kubectl apply -f again.yaml > first",
        "kubectl get ds agent -o jsonpath='{.spec}' > before",
        "kubectl apply -f again.yaml",
        "kubectl get ds agent -o jsonpath='{.spec}{.metadata.generation}' > after",
        "cat before after",
    ]);
    assert_eq!(printed[5], "daemonset.apps/agent unchanged\n");
    let last = printed.last().map(String::as_str).unwrap_or_default();
    let (before, after) = last.split_at(last.len() / 2);
    assert_eq!(format!("{before}1"), after, "the spec is the same and the generation is 1");
}

#[test]
fn a_restart_survives_the_next_apply() {
    let printed = run(&[
        "kubectl apply -f agent.yaml",
        "kubectl rollout restart ds/agent",
        "kubectl label ds agent team=infra",
        "kubectl apply -f agent.yaml",
        "kubectl get ds agent -o jsonpath='{.metadata.labels.team}'",
        "kubectl get ds agent -o yaml | grep -c restartedAt",
    ]);
    assert_eq!(printed[3], "daemonset.apps/agent unchanged\n");
    assert_eq!(printed[4..], ["infra", "1\n"]);
}

#[test]
fn lines_of_a_shell_work_as_in_tutorials() {
    let printed = run(&[
        "alias kg='kubectl get'; export NS=kube-system",
        "kg nodes --no-headers | wc -l",
        "kubectl get nodes -o name | grep worker | sort -r | head -1",
        "echo \"in $NS\"",
        "POD=$(kubectl get nodes -o name | head -1); echo $POD",
        "kubectl get nope && echo yes || echo no",
    ]);
    assert_eq!(printed[1].trim().parse::<u32>().map(|it| it > 3), Ok(true), "{}", printed[1]);
    assert!(printed[2].starts_with("node/worker-"), "{}", printed[2]);
    assert_eq!(printed[3], "in kube-system\n");
    assert!(printed[4].starts_with("node/"), "{}", printed[4]);
    assert!(printed[5].starts_with("no\n"), "{}", printed[5]);
}

#[test]
fn a_watch_ends_when_nothing_more_happens() {
    let printed = run(&["kubectl apply -f agent.yaml", "kubectl get ds agent -w"]);
    let rows: Vec<&str> = printed[1].lines().collect();
    assert!(rows.len() > 3, "{}", printed[1]);
    assert!(rows[0].starts_with("NAME    DESIRED"), "{}", printed[1]);
}

/// Ctrl-C at a terminal: the line ends there, what it printed was seen, and `$?` knows.
#[test]
fn a_line_that_waits_is_broken_off() {
    let mut playground = Playground::open(1);
    let mut shell = Shell::default();
    let feed = |line: &str| Reader::default().feed(line).unwrap();
    let (line, status) = (feed("kubectl get pods -A -w && echo not here"), feed("echo $?"));
    let (mut seen, mut looks) = (String::new(), 0);
    let mut more = |output: &mut Output| {
        seen.push_str(&output.take_printed().stdout);
        looks += 1;
        looks < 20
    };
    let output = playground.run_statement_while(&line, &mut shell, &mut more);
    seen.push_str(&output.stdout);
    assert_eq!(output.code, 130);
    assert!(seen.contains("NAMESPACE") && !seen.contains("not here"), "{seen}");
    assert_eq!(playground.run_statement(&status, &mut shell).stdout, "130\n");
}

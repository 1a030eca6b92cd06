//! The playground as a program in a terminal: its options, its streams and its exit status.
#![cfg(not(target_arch = "wasm32"))]

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// Runs the program with a script on standard input.
fn run(args: &[&str], script: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daemonset-playground"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that refuses its options does not read.
    let _ = child.stdin.take().unwrap().write_all(script.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file that a test gives the program.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn streams_and_exit_status_are_those_of_kubectl() {
    let output = run(&[], "kubectl get ns default -o name\nkubectl get node nope\n");
    assert_eq!(stdout(&output), "namespace/default\n");
    assert_eq!(stderr(&output), "Error from server (NotFound): nodes \"nope\" not found\n");
    assert_eq!(output.status.code(), Some(1));
    let output = run(&[], "nope\n");
    assert_eq!(output.status.code(), Some(127));
    let output = run(&[], "kubectl get node nope\nkubectl get ns default -o name\n");
    assert_eq!(output.status.code(), Some(0), "the status is that of the last line");
    let output = run(&[], "cat > x <<EOF\na\n");
    assert_eq!(stderr(&output), "sh: here-document delimited by end-of-file\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_script_is_read_from_a_file() {
    let path = file("script.txt", "# a comment\nkubectl get ns \\\n  default -o name\n+5s\n");
    let output = run(&[&path], "kubectl get nope\n");
    assert_eq!((stdout(&output).as_str(), stderr(&output).as_str()), ("namespace/default\n", ""));
    let output = run(&["nowhere.txt"], "");
    assert!(stderr(&output).starts_with("nowhere.txt: "), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_seed_is_a_course_of_chance() {
    let script = "settle\nkubectl get pods -A -o name\n";
    let pods = |seed| stdout(&run(&["--seed", seed], script));
    assert_eq!(pods("7"), pods("7"));
    assert_ne!(pods("7"), pods("8"));
    assert_eq!(pods("1"), stdout(&run(&[], script)));
    let output = run(&["--seed", "x"], "");
    assert_eq!(stderr(&output), "--seed needs a number\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_date_of_virtual_time_zero_is_given() {
    let script = "kubectl get ns default -o jsonpath='{.metadata.creationTimestamp}'\n";
    let output = run(&["--now=2030-05-06T07:08:09Z"], script);
    assert_eq!(stdout(&output), "2030-05-06T07:08:09Z");
    let output = run(&["--now", "tomorrow"], script);
    let fault = "--now: tomorrow is no instant such as 2026-01-12T09:00:00Z\n";
    assert_eq!(stderr(&output), fault);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_export_is_the_beginning() {
    let script = "settle > quiet\nkubectl get ds,pods,nodes,ns,controllerrevisions -A -o yaml\n";
    let path = file("export.yaml", &stdout(&run(&["--seed", "3"], script)));
    let script = "kubectl get pods,ds -A -o name\n";
    let exported = stdout(&run(&["--seed", "3"], &format!("settle > quiet\n{script}")));
    let output = run(&["--import", &path, "--now", "2026-01-12T09:30:00Z"], script);
    assert_eq!(stdout(&output), exported, "{}", stderr(&output));
    assert!(exported.lines().count() > 6, "{exported}");
    let output = run(&["--import", &path, "--scenario", &path], "");
    assert_eq!(stderr(&output), "--import and --scenario exclude each other\n");
    let output = run(&["--import", "nowhere.yaml"], "");
    assert_eq!(output.status.code(), Some(2));
}

/// Issue 7: held exactly as given: uids, timestamps, labels, statuses, events, revisions.
#[test]
fn what_is_imported_is_held_to_the_letter() {
    const ALL: &str = "ds,pods,nodes,ns,controllerrevisions,deploy,rs,events";
    let life = "kubectl label node worker-1 tier=front\n\
        kubectl set image ds/node-logger -n kube-system filebeat=registry.example.com/f:2\n+90s\n\
        kubectl create deployment web --image=nginx:1 --replicas=2\n\
        kubectl delete pod -n kube-system -l app=node-logger --wait=false\n+1s\n";
    for format in ["yaml", "json"] {
        let get = format!("kubectl get {ALL} -A -o {format}\n");
        let lived: String = life.lines().map(|it| format!("{it} > quiet\n")).collect();
        let exported = stdout(&run(&["--seed", "3"], &format!("{lived}{get}")));
        for text in ["deletionTimestamp", "Killing", "ReplicaSet", "revision", "tier"] {
            assert!(exported.contains(text), "no {text}");
        }
        let path = file(&format!("lived.{format}"), &exported);
        let output = run(&["--import", &path, "--now", "2026-01-12T09:01:31Z"], &get);
        assert_eq!(stdout(&output), exported, "{}", stderr(&output));
    }
}

#[test]
fn a_scenario_gives_the_nodes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/core/scenarios/default.yaml");
    let script = "kubectl get nodes -o name\nkubectl get ds -A -o name\n";
    let output = run(&["--scenario", path], script);
    let nodes = stdout(&output);
    assert_eq!(nodes.lines().filter(|it| it.starts_with("node/")).count(), 9, "{nodes}");
    assert!(!nodes.contains("daemonset"), "nothing runs on them: {nodes}");
    let path = file("no-scenario.yaml", "just: [words");
    let output = run(&["--scenario", &path], "");
    assert_eq!(stderr(&output), format!("{path}: this is no scenario\n"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_cluster_is_printed_in_the_end() {
    let output = run(&["--output", "json"], "settle > /dev/null\n");
    let snapshot: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(snapshot["nodes"].as_array().map(Vec::len), Some(9));
    assert_eq!(snapshot["daemonSets"][0]["metadata"]["name"], "node-logger");
    let output = run(&["--output", "xml"], "");
    assert_eq!(stderr(&output), "--output xml is not known, only json\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn exit_ends_a_script_with_its_status() {
    for (script, status) in [
        ("exit\nnope\n", 0),
        ("kubectl get node nope\nexit\necho not here\n", 1),
        ("exit 3\necho not here\n", 3),
        ("cat > x <<EOF\nexit 3\nEOF\n", 0),
    ] {
        let output = run(&[], script);
        assert_eq!(
            (stdout(&output).as_str(), output.status.code()),
            ("", Some(status)),
            "{script}"
        );
    }
}

/// The program at a pseudo-terminal, which `script` of util-linux makes.
struct Typist {
    child: Child,
    screen: ChildStdout,
    seen: String,
}

impl Typist {
    /// None where there is no such `script`.
    fn sit_down() -> Option<Typist> {
        let version = Command::new("script").arg("--version").output().ok()?;
        stdout(&version).contains("util-linux").then_some(())?;
        let mut command = Command::new("script");
        command.args(["-qec", env!("CARGO_BIN_EXE_daemonset-playground"), "/dev/null"]);
        command.env("TERM", "xterm").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let screen = child.stdout.take().unwrap();
        Some(Typist { child, screen, seen: String::new() })
    }

    fn press(&mut self, keys: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// Reads until a text stands there, or the program ends.
    fn wait_for(&mut self, text: &str) {
        let mut piece = [0; 4096];
        while !self.seen.contains(text) {
            let count = self.screen.read(&mut piece).unwrap();
            assert_ne!(count, 0, "{text:?} did not come: {:?}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&piece[..count]));
        }
        let end = self.seen.find(text).unwrap() + text.len();
        self.seen.drain(..end);
    }
}

#[test]
fn at_a_terminal_there_is_history_search_and_completion() {
    let Some(mut typist) = Typist::sit_down() else { return };
    typist.wait_for("$ ");
    typist.press("kubectl get ns def\t-o name\r");
    typist.wait_for("\nnamespace/default\r\n");
    typist.wait_for("$ ");
    typist.press("kubectl get nope\r");
    typist.wait_for("doesn't have a resource type");
    typist.wait_for("$ ");
    typist.press("\u{1b}[A\u{1b}[A\r");
    typist.wait_for("\nnamespace/default\r\n");
    typist.wait_for("$ ");
    typist.press("\u{12}ns def\r");
    typist.wait_for("\nnamespace/default\r\n");
    typist.wait_for("$ ");
    // Ctrl-C forgets the line, and a text that is half typed.
    typist.press("cat <<EOF\r");
    typist.wait_for("> ");
    typist.press("half\u{3}");
    typist.wait_for("$ ");
    typist.press("exit 7\r");
    let status = typist.child.wait().unwrap();
    assert_eq!(status.code(), Some(7));
}

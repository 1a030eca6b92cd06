//! Every gesture has its line, and the line does the same: two equal clusters, one gets the input,
//! the other the line that the page shows for it.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use daemonset_core::api::TaintEffect;
use daemonset_core::kubectl::Output;
use daemonset_core::playground::{NewNodes, Playground, Reader, Shell, run_script};
use daemonset_core::sim::{Cascade, DrainOptions, ImageBehaviour, Input, Shortage};

const NODE: &str = "worker-2";
const IMAGE: &str = "docker.elastic.co/beats/filebeat:8.10.0";

fn playground() -> Playground {
    let mut playground = Playground::open(1);
    playground.settle(600_000);
    let taint = taint("known", "a");
    playground.act(taint).unwrap();
    playground.settle(600_000);
    playground
}

fn type_line(playground: &mut Playground, line: &str) -> Output {
    run_script(playground, line).remove(0).1
}

fn taint(key: &str, value: &str) -> Input {
    let effect = TaintEffect::NoSchedule;
    Input::TaintNode { node: NODE.into(), key: key.into(), value: value.into(), effect }
}

fn label(key: &str, value: Option<&str>) -> Input {
    Input::LabelNode { node: NODE.into(), key: key.into(), value: value.map(Into::into) }
}

fn image(behaviour: ImageBehaviour) -> Input {
    Input::SetImageBehaviour { image: IMAGE.into(), behaviour }
}

fn pressure_ends(shortage: Shortage) -> Input {
    Input::SetPressure { node: NODE.into(), shortage, on: false }
}

fn delete(resource: &str, namespace: &str, name: &str, cascade: Cascade) -> Input {
    let namespace = namespace.into();
    Input::Delete { resource: resource.into(), namespace, name: name.into(), cascade }
}

/// What the buttons of the page send, each with the line that a person would type.
fn gestures() -> Vec<(Input, &'static str)> {
    let node = || NODE.into();
    let (cpu, memory) = ("1500m".into(), "2Gi".into());
    let untaint = |effect| Input::UntaintNode { node: node(), key: "known".into(), effect };
    let pressure = |shortage| Input::SetPressure { node: node(), shortage, on: true };
    vec![
        (label("site", Some("here")), "kubectl label nodes worker-2 site=here"),
        (
            label("topology.kubernetes.io/zone", Some("eu-9z")),
            "kubectl label nodes worker-2 topology.kubernetes.io/zone=eu-9z --overwrite",
        ),
        (label("disk", None), "kubectl label nodes worker-2 disk-"),
        (taint("new", ""), "kubectl taint nodes worker-2 new:NoSchedule"),
        (taint("known", "b"), "kubectl taint nodes worker-2 known=b:NoSchedule --overwrite"),
        (untaint(None), "kubectl taint nodes worker-2 known-"),
        (untaint(Some(TaintEffect::NoSchedule)), "kubectl taint nodes worker-2 known:NoSchedule-"),
        (Input::Cordon { node: node() }, "kubectl cordon worker-2"),
        (Input::Uncordon { node: node() }, "kubectl uncordon worker-2"),
        (Input::DeleteNode { node: node() }, "kubectl delete node worker-2"),
        (Input::StopKubelet { node: node() }, "node fail worker-2"),
        (Input::StartKubelet { node: node() }, "node recover worker-2"),
        (pressure(Shortage::Memory), "node pressure worker-2 memory=on"),
        (pressure(Shortage::Disk), "node pressure worker-2 disk=on"),
        (pressure(Shortage::Pid), "node pressure worker-2 pid=on"),
        (Input::SetNetwork { node: node(), on: false }, "node network worker-2 off"),
        (Input::FillNode { node: node(), cpu, memory }, "node fill worker-2 cpu=1500m memory=2Gi"),
        (Input::FillNode { node: node(), cpu: "".into(), memory: "".into() }, "node free worker-2"),
        (
            image(ImageBehaviour::CannotBePulled),
            "image docker.elastic.co/beats/filebeat:8.10.0 cannot-be-pulled",
        ),
        (
            image(ImageBehaviour::Crashes { after: 1500, exit_code: 3 }),
            "image docker.elastic.co/beats/filebeat:8.10.0 crashes after=1500ms exit-code=3",
        ),
        (
            image(ImageBehaviour::SlowPull { takes: 40_000 }),
            "image docker.elastic.co/beats/filebeat:8.10.0 slow-pull takes=40s",
        ),
        (image(ImageBehaviour::Ok), "image docker.elastic.co/beats/filebeat:8.10.0 ok"),
        (
            image(ImageBehaviour::NeverReady),
            "image docker.elastic.co/beats/filebeat:8.10.0 never-ready",
        ),
        (
            image(ImageBehaviour::SlowStart { takes: 7_500 }),
            "image docker.elastic.co/beats/filebeat:8.10.0 slow-start takes=7500ms",
        ),
        (
            image(ImageBehaviour::StubbornStop),
            "image docker.elastic.co/beats/filebeat:8.10.0 stubborn-stop",
        ),
        (
            image(ImageBehaviour::Unhealthy { after: 20_000 }),
            "image docker.elastic.co/beats/filebeat:8.10.0 unhealthy after=20s",
        ),
        (pressure_ends(Shortage::Memory), "node pressure worker-2 memory=off"),
        (Input::SetNetwork { node: node(), on: true }, "node network worker-2 on"),
        (Input::CreateNamespace { name: "team-a".into() }, "kubectl create namespace team-a"),
        (
            delete("daemonset", "kube-system", "node-logger", Cascade::Background),
            "kubectl -n kube-system delete daemonset node-logger",
        ),
        (
            delete("daemonset", "kube-system", "node-logger", Cascade::Orphan),
            "kubectl -n kube-system delete daemonset node-logger --cascade=orphan",
        ),
        (
            Input::Drain {
                node: node(),
                options: DrainOptions { ignore_daemonsets: true, ..DrainOptions::default() },
            },
            "kubectl drain worker-2 --ignore-daemonsets",
        ),
    ]
}

#[test]
fn every_gesture_has_its_line_and_the_line_does_the_same() {
    for (input, line) in gestures() {
        let (mut by_hand, mut by_line) = (playground(), playground());
        assert_eq!(by_hand.command_line(&input), line);
        // What the page shows below the line is what kubectl prints at once.
        let answer = by_hand.answer_to(line);
        by_hand.act(input).unwrap_or_else(|error| panic!("{line}: {error:?}"));
        let output = type_line(&mut by_line, line);
        assert_eq!(output.code, 0, "{line}: {}", output.stderr);
        assert!(!answer.stdout.is_empty(), "{line}");
        assert!(output.stdout.starts_with(&answer.stdout), "{line}: {answer:?}\n{output:?}");
        assert_eq!(Playground::is_own(line), !line.starts_with("kubectl "), "{line}");
        let until = by_hand.now().max(by_line.now()) + 120_000;
        by_hand.advance(until, u32::MAX);
        by_line.advance(until, u32::MAX);
        assert_eq!(by_hand.cluster().digest(), by_line.cluster().digest(), "{line}");
    }
}

#[test]
fn a_pod_is_deleted_as_its_line_says() {
    for (grace_seconds, end) in
        [(None, ""), (Some(0), " --grace-period=0 --force"), (Some(5), " --grace-period=5")]
    {
        let (mut by_hand, mut by_line) = (playground(), playground());
        let name = by_hand.cluster().store().pods().next().unwrap().meta.name.to_string();
        let (namespace, pod) = ("kube-system".into(), name.as_str().into());
        let input = Input::DeletePod { namespace, name: pod, grace_seconds };
        let line = by_hand.command_line(&input);
        assert_eq!(line, format!("kubectl -n kube-system delete pod {name}{end}"));
        by_hand.act(input).unwrap();
        type_line(&mut by_line, &line);
        let until = by_hand.now().max(by_line.now()) + 120_000;
        by_hand.advance(until, u32::MAX);
        by_line.advance(until, u32::MAX);
        assert_eq!(by_hand.cluster().digest(), by_line.cluster().digest(), "{name}{end}");
    }
}

/// Both clusters are the same, and stay so for two minutes.
fn assert_equal(mut by_hand: Playground, mut by_line: Playground, line: &str) {
    let until = by_hand.now().max(by_line.now()) + 120_000;
    by_hand.advance(until, u32::MAX);
    by_line.advance(until, u32::MAX);
    assert_eq!(by_hand.cluster().digest(), by_line.cluster().digest(), "{line}");
}

/// Lines that the page has shown, one after another, in a shell with a file.
fn type_lines(playground: &mut Playground, lines: &[String], file: &str, text: &str) -> String {
    let mut printed = String::new();
    let mut shell = Shell::of(BTreeMap::from([(file.to_owned(), text.to_owned())]));
    for line in lines {
        let statement = Reader::default().feed(line).unwrap();
        let output = playground.run_statement(&statement, &mut shell);
        assert_eq!(output.code, 0, "{line}: {}", output.stderr);
        printed.push_str(&output.stdout);
    }
    printed
}

/// The button Apply, with what it does besides: it creates a namespace that is missing.
#[test]
fn apply_is_kubectl_apply_with_the_name_of_the_file() {
    let manifest = Playground::opening_manifest();
    let new = manifest.replace("kube-system", "team-b").replace("node-logger", "other");
    for (text, expected) in [
        (manifest.replace("8.10.0", "8.11.0"), vec!["kubectl apply -f logger.yaml"]),
        (new, vec!["kubectl create namespace team-b", "kubectl apply -f logger.yaml"]),
    ] {
        let (mut by_hand, mut by_line) = (playground(), playground());
        let report = by_hand.apply_file("logger.yaml", &text);
        assert!(report.ok, "{:?}", report.messages);
        let lines: Vec<String> = report.commands.iter().map(|it| it.line.clone()).collect();
        assert_eq!(lines, expected);
        let printed = type_lines(&mut by_line, &lines, "logger.yaml", &text);
        let said: String = report.commands.iter().map(|it| it.said.as_str()).collect();
        assert_eq!(said, printed, "{lines:?}");
        assert_equal(by_hand, by_line, &lines.join("; "));
    }
}

#[test]
fn undo_is_kubectl_rollout_undo() {
    let (mut by_hand, mut by_line) = (playground(), playground());
    for it in [&mut by_hand, &mut by_line] {
        let line = "kubectl -n kube-system set image ds/node-logger *=example.com/logger:2";
        assert_eq!(type_line(it, line).code, 0);
        it.settle(600_000);
    }
    let (namespace, name) = ("kube-system".into(), "node-logger".into());
    let line = Playground::undo_rollout_command(&namespace, &name);
    assert_eq!(line, "kubectl -n kube-system rollout undo daemonset/node-logger");
    let input = by_hand.undo_rollout(&namespace, &name).unwrap();
    by_hand.act(input).unwrap();
    assert_eq!(type_line(&mut by_line, &line).code, 0);
    assert_equal(by_hand, by_line, &line);
}

#[test]
fn new_machines_come_by_their_line() {
    let pool = || NewNodes::one("gpu");
    let labels = vec![("site".into(), "here".into()), ("disk".into(), "ssd".into())];
    let taints = NewNodes::parse_taints("spot=yes:NoExecute").unwrap();
    for (new, line) in [
        (pool(), "node add --pool gpu"),
        (NewNodes { count: 3, ..pool() }, "node add --pool gpu --count 3"),
        (NewNodes { name: "edge".into(), ..pool() }, "node add edge --pool gpu"),
        (
            NewNodes { name: "edge-#".into(), count: 2, labels, taints, ..pool() },
            "node add edge-# --pool gpu --count 2 --labels site=here,disk=ssd \
             --taints spot=yes:NoExecute",
        ),
    ] {
        let (mut by_hand, mut by_line) = (playground(), playground());
        assert_eq!(new.command(), line);
        by_hand.add_nodes(&new).unwrap();
        let output = type_line(&mut by_line, line);
        assert_eq!(output.code, 0, "{line}: {}", output.stderr);
        assert_equal(by_hand, by_line, line);
    }
}

//! The playground's own commands, as they are typed and as gestures show them.

use super::*;
use crate::playground::run_script;

/// What a script prints, standard error behind `!`.
fn run(playground: &mut Playground, script: &str) -> String {
    let done = run_script(playground, script);
    let text = |output: &Output| match output.stderr.is_empty() {
        true => output.stdout.clone(),
        false => format!("{}! {}", output.stdout, output.stderr),
    };
    done.iter().map(|(_, output)| text(output)).collect()
}

fn names(playground: &Playground) -> Vec<String> {
    playground.cluster().store().nodes().map(|it| it.meta.name.to_string()).collect()
}

#[test]
fn the_line_that_a_gesture_shows_does_the_same_when_it_is_typed() {
    let node = || Name::from("worker-1");
    let image = || Name::from("registry.k8s.io/agent:2");
    let behaves = |behaviour| Input::SetImageBehaviour { image: image(), behaviour };
    let inputs = [
        Input::StopKubelet { node: node() },
        Input::StartKubelet { node: node() },
        Input::SetPressure { node: node(), shortage: Shortage::Disk, on: true },
        Input::SetPressure { node: node(), shortage: Shortage::Pid, on: false },
        Input::FillNode { node: node(), cpu: "7500m".into(), memory: "12Gi".into() },
        Input::FillNode { node: node(), cpu: "".into(), memory: "1Gi".into() },
        Input::FillNode { node: node(), cpu: "".into(), memory: "".into() },
        behaves(ImageBehaviour::Ok),
        behaves(ImageBehaviour::CannotBePulled),
        behaves(ImageBehaviour::Crashes { after: 2_500, exit_code: 137 }),
        behaves(ImageBehaviour::NeverReady),
        behaves(ImageBehaviour::SlowPull { takes: 90_000 }),
        behaves(ImageBehaviour::SlowStart { takes: 1 }),
        behaves(ImageBehaviour::StubbornStop),
        behaves(ImageBehaviour::Unhealthy { after: 10_000 }),
        Input::SetNetwork { node: node(), on: false },
        Input::SetNetwork { node: node(), on: true },
    ];
    let playground = Playground::open(1);
    for input in inputs {
        let line = playground.command_line(&input);
        let words: Vec<&str> = line.split_whitespace().collect();
        match parse(&words) {
            Ok(Request::Act(read)) => assert_eq!(read, input, "{line}"),
            Ok(_) => panic!("{line} asks for something else"),
            Err(fault) => panic!("{line}: {fault}"),
        }
    }
    let new = NewNodes {
        pool: "gpu".into(),
        name: "edge-#".into(),
        count: 40,
        labels: vec![("disk".into(), "ssd".into()), ("role".into(), "edge".into())],
        taints: NewNodes::parse_taints("dedicated=edge:NoSchedule,spot:NoExecute").unwrap(),
    };
    for new in [new, NewNodes::one("workers")] {
        let line = new.command();
        let words: Vec<&str> = line.split_whitespace().collect();
        let Ok(Request::Add(read)) = parse(&words) else { panic!("{line}") };
        assert_eq!(read, new, "{line}");
    }
}

#[test]
fn nodes_join_in_numbers_with_labels_and_taints_of_their_own() {
    let mut playground = Playground::open(1);
    let script = "node add edge-# --count 3 --labels role=edge --taints dedicated=edge:NoSchedule";
    assert_eq!(run(&mut playground, script), "edge-1 to edge-3 join, 3 nodes\n");
    assert_eq!(run(&mut playground, "node add edge --count=2"), "edge-4 to edge-5 join, 2 nodes\n");
    let store = playground.cluster().store();
    let zone = |name: &str| {
        let node = store.node(name).unwrap();
        assert_eq!(&*node.meta.labels["kubernetes.io/hostname"], name);
        node.meta.labels["topology.kubernetes.io/zone"].to_string()
    };
    let zones = ["edge-1", "edge-2", "edge-3", "edge-4"].map(zone);
    assert_eq!(zones, ["eu-1a", "eu-1b", "eu-1c", "eu-1a"], "the pool's lists are gone through");
    let edge = store.node("edge-2").unwrap();
    assert_eq!(&*edge.meta.labels["role"], "edge");
    assert!(edge.taints.iter().any(|it| it.to_string() == "dedicated=edge:NoSchedule"));
    let plain = store.node("edge-4").unwrap();
    assert!(!plain.meta.labels.contains_key("role"));
    playground.settle(300_000);
    assert!(playground.cluster().store().node("edge-5").unwrap().is_ready());
}

#[test]
fn the_name_of_a_new_node_is_never_taken() {
    let mut playground = Playground::open(1);
    playground.settle(300_000);
    let script = "kubectl delete node worker-6 worker-3\nnode add --count 2\nnode add worker-3\n";
    run(&mut playground, script);
    let after = names(&playground);
    for name in ["worker-7", "worker-8", "worker-3"] {
        assert!(after.iter().any(|it| it == name), "{name} is not in {after:?}");
    }
    let refused = run(&mut playground, "node add worker-3");
    assert_eq!(refused, "! Error from server (AlreadyExists): nodes \"worker-3\" already exists\n");
    let refused = run(&mut playground, "node add Edge_# --count 2");
    assert!(refused.contains("\"Edge_1\" is invalid: metadata.name"), "{refused}");
    assert_eq!(names(&playground), after, "nothing of what is refused stays");
}

#[test]
fn a_cluster_has_at_most_five_thousand_nodes() {
    let mut playground = Playground::open(1);
    let refused = "! error: a cluster has at most 5000 nodes, this one has 9\n";
    assert_eq!(run(&mut playground, "node add --count 4992"), refused);
    let none = "! error: How many is a number from 1 to 5000.\n";
    assert_eq!(run(&mut playground, "node add --count 0"), none);
    let joined = "worker-7 to worker-4997 join, 4991 nodes\n";
    assert_eq!(run(&mut playground, "node add --count 4991"), joined);
    assert_eq!(playground.cluster().store().nodes().count(), 5_000);
    assert_eq!(playground.inputs().len(), 2, "one gesture is one input");
}

#[test]
fn what_is_no_such_command_says_how_it_is_written() {
    let mut playground = Playground::open(1);
    let cases = [
        ("node", "node: use add, fail, recover, fill, free, network or pressure with a NAME"),
        (
            "node fill worker-1",
            "node: use add, fail, recover, fill, free, network or pressure with a NAME",
        ),
        ("node fill worker-1 gpu=1", "node fill: neither cpu=… nor memory=…: gpu=1"),
        ("node fill worker-1 cpu=x", "error: \"x\" is no quantity that a pod can request"),
        ("node fail nope", "Error from server (NotFound): nodes \"nope\" not found"),
        ("node add a b", "node add: one name is enough: b"),
        ("node add --count", "node add: flag needs an argument: --count"),
        ("node add --count many", "node add: no number: many"),
        ("node add --labels a", "error: invalid label spec: a"),
        ("node add --pool nope", "error: there is no pool \"nope\""),
        ("image a:1", "image: use it as in `image IMAGE crashes`"),
        (
            "image a:1 sings",
            "image: an image does not do this: sings (but: cannot-be-pulled, crashes, never-ready, \
             ok, slow-pull, slow-start, stubborn-stop, unhealthy)",
        ),
        ("image a:1 crashes takes=1s", "image: not understood: takes=1s"),
        ("image a:1 slow takes=1y", "time: unknown unit \"y\" in duration \"1y\""),
    ];
    for (line, fault) in cases {
        assert_eq!(run(&mut playground, line), format!("! {fault}\n"), "{line}");
    }
    assert_eq!(run(&mut playground, "image"), "every image works\n");
    run(&mut playground, "image a:1 crashes\nimage b:2 breaks");
    let table = "a:1 crashes after=2s exit-code=1\nb:2 cannot-be-pulled\n";
    assert_eq!(run(&mut playground, "image"), table);
}

#[test]
fn odd_templates_from_outside_are_refused() {
    let mut playground = Playground::open(1);
    for template in [json!("x"), json!([]), json!({"metadata": []}), Value::Null] {
        let templates = Arc::new(vec![template.clone()]);
        let input = Input::AddNodes { templates, pattern: "n-#".into(), first: 1, count: 2 };
        assert!(playground.act(input).is_err(), "{template}");
    }
    let (templates, pattern) = (Arc::new(Vec::new()), Name::from("n-#"));
    let none = Input::AddNodes { templates, pattern, first: u32::MAX, count: u32::MAX };
    playground.act(none).unwrap();
    assert_eq!(names(&playground).len(), 9);
}

//! What a plan says is what then happens, however long that takes.

use std::collections::{BTreeMap, BTreeSet};

use daemonset_core::api::{Name, Time, Uid};
use daemonset_core::insight::{Fate, SetPlan};
use daemonset_core::playground::Playground;
use daemonset_core::sim::Cluster;

use crate::cases::{PORT, PROBE, SELECTIVE, TOLERANT, agent, do_lines, opened};

const TAINTED: &str = "apiVersion: v1
kind: Node
metadata: {name: worker-5}
spec: {taints: [{key: a, effect: NoExecute}]}
";

#[test]
fn a_plan_comes_true() {
    let texts = [
        agent("agent:1", "", "", ""),
        agent("agent:2", "", "", ""),
        agent("agent:2", TOLERANT, "maxUnavailable: 50%", ""),
        agent("agent:2", SELECTIVE, "maxSurge: 2, maxUnavailable: 0", ""),
        agent("agent:2", SELECTIVE, "", PROBE)
            .replace("template:", "minReadySeconds: 20\n  template:"),
        agent("agent:1", "", "", PORT),
        agent("bad:1", "", "maxUnavailable: 2", ""),
        agent("agent:2", "", "", "").replace("rollingUpdate: {}", "type: OnDelete"),
        [
            agent("agent:2", "", "", ""),
            agent("agent:1", TOLERANT, "", "").replace("agent", "other"),
        ]
        .join("---\n"),
        TAINTED.to_owned(),
    ];
    let before: [&[&str]; 4] = [
        &["+3s"],
        &["settle"],
        &["settle", "node fail worker-2", "+2m"],
        &["settle", "kubectl set image ds/agent agent=agent:3", "+9s"],
    ];
    for lines in before {
        for text in &texts {
            let mut playground = opened();
            do_lines(&mut playground, &["image bad:1 crashes"]);
            do_lines(&mut playground, lines);
            comes_true(&playground, text);
        }
    }
}

/// Applies the text where the plan was made, and compares.
pub(crate) fn comes_true(playground: &Playground, text: &str) {
    let mut look_ahead = playground.look_ahead(text);
    while !look_ahead.run(7) {}
    let outlook = look_ahead.outlook();
    let mut real = playground.clone();
    let start = real.now();
    let report = real.apply(text);
    assert_eq!(report, outlook.report, "{text}");
    real.advance(look_ahead.cluster().now(), u32::MAX);
    assert_eq!(real.cluster().digest(), look_ahead.cluster().digest(), "{text}\n{outlook}");
    for set in &outlook.plan.sets {
        let (before, after) = (pods(playground.cluster(), set.uid), pods(real.cluster(), set.uid));
        let fates: BTreeMap<&Name, Fate> = set.nodes.iter().map(|it| (&it.node, it.fate)).collect();
        for node in before.keys().chain(after.keys()) {
            let fate = match (before.get(node), after.get(node)) {
                (None, _) => Fate::Gain,
                (Some(old), Some(new)) if old == new => Fate::Keep,
                (Some(_), Some(_)) => Fate::Restart,
                (Some(_), None) if fates.get(node) == Some(&Fate::Restart) => continue,
                (Some(_), None) => Fate::Lose,
            };
            assert_eq!(fates.get(node), Some(&fate), "{node}\n{text}\n{outlook}");
        }
        waves_come_true(&real, set, start);
        if let Some((fewest, _)) = set.lowest {
            let seen = real.cluster().record().samples(set.uid).filter(|it| it.0 >= start);
            let least = seen.map(|it| it.1.ready_pods()).min();
            assert!(least.is_none_or(|it| it >= fewest), "{text}\n{outlook}");
        }
    }
}

fn waves_come_true(real: &Playground, set: &SetPlan, start: Time) {
    let Some(rollout) = real.cluster().record().rollouts(set.uid).next_back() else { return };
    for wave in &set.waves {
        let found = rollout.waves.iter().find(|it| it.number == wave.number);
        let found = found.unwrap_or_else(|| panic!("wave {} never began", wave.number));
        assert!(found.begun >= u32::try_from(wave.nodes.len()).unwrap());
        assert!(found.start <= start + wave.after);
    }
}

/// The newest living pod of each node.
fn pods(cluster: &Cluster, uid: Uid) -> BTreeMap<Name, Uid> {
    let mut pods = BTreeMap::new();
    let mut all: BTreeSet<_> = BTreeSet::new();
    for pod in cluster.store().pods_of(uid) {
        if !pod.meta.is_terminating() && !pod.is_terminal() {
            all.insert((pod.meta.uid, pod.target_node().cloned()));
        }
    }
    for (uid, node) in all {
        pods.insert(node.unwrap_or_default(), uid);
    }
    pods
}

/// Each of the six pods takes so long by itself, longer than anybody waits for what is stuck.
#[test]
fn what_takes_long_by_itself_is_waited_for() {
    let new = agent("agent:2", "", "", "");
    let settling = new.replace("template:", "minReadySeconds: 300\n  template:");
    let patient = "      terminationGracePeriodSeconds: 400\n";
    let cases: [(&[&str], &str, i64); 4] = [
        (&["image agent:2 slow-pull takes=10m"], &new, 600),
        (&["image agent:2 slow-start takes=5m"], &agent("agent:2", "", "", PROBE), 300),
        (&["+400s"], &settling, 300),
        (&["image agent:2 stubborn-stop"], &agent("agent:2", patient, "", ""), 0),
    ];
    for (before, text, seconds) in cases {
        let mut playground = opened();
        do_lines(&mut playground, &["settle"]);
        do_lines(&mut playground, before);
        let takes = restarts_all(&playground, text);
        assert!(takes >= 6 * seconds * 1000, "{takes}");
        // The last one ends the plan: nobody goes on looking.
        assert!(takes < 6 * (seconds + 30) * 1000, "{takes}");
        // The next change has to wait for these pods, too.
        playground.apply(text);
        do_lines(&mut playground, &["settle", "+400s"]);
        restarts_all(&playground, &text.replace("agent:2", "agent:3"));
    }
}

/// Every pod restarts, one after the other, and nothing gets stuck; how long that takes.
fn restarts_all(playground: &Playground, text: &str) -> i64 {
    let plan = playground.plan(text).plan;
    let [set] = &plan.sets[..] else { panic!("{text}") };
    assert!(plan.is_over && set.stuck.is_empty(), "{}", set.sentence);
    assert_eq!((set.waves.len(), set.of(Fate::Restart).count()), (6, 6), "{}", set.sentence);
    comes_true(playground, text);
    set.takes
}

#[test]
fn on_delete_lets_nodes_gain_and_lose_pods_but_restarts_none() {
    let text = agent("agent:2", SELECTIVE, "", "").replace("rollingUpdate: {}", "type: OnDelete");
    let mut playground = opened();
    do_lines(&mut playground, &["settle"]);
    do_lines(&mut playground, &["kubectl label node gpu-1 disk=ssd"]);
    let plan = playground.plan(&text).plan;
    let [set] = &plan.sets[..] else { panic!("{plan:?}") };
    let names = |fate| set.of(fate).map(|it| &*it.node).collect::<Vec<_>>();
    assert_eq!(names(Fate::Gain), ["gpu-1"]);
    assert_eq!(names(Fate::Lose), ["worker-5", "worker-6"]);
    assert_eq!(names(Fate::Keep), ["worker-1", "worker-2", "worker-3", "worker-4"]);
    assert_eq!((names(Fate::Restart).len(), set.waves.len()), (0, 0));
    assert!(plan.is_over && set.stuck.is_empty(), "{}", set.sentence);
    comes_true(&playground, &text);
}

//! What a plan says before something is applied, and that it comes true when it is.

mod cases;
mod comes_true;
mod drift;

use cases::{PORT, PROBE, SELECTIVE, TOLERANT, agent, do_lines, opened};
use comes_true::comes_true;
use expect_test::{Expect, expect};

const SSD_ONLY: &str =
    r#"kubectl patch ds agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'"#;
#[test]
fn a_new_image_restarts_every_pod_one_node_at_a_time() {
    let text = agent("agent:2", "", "", "");
    says(
        &[],
        &text,
        expect![[r#"
            6 pods restart in 6 waves. About 29 s, never fewer than 5 of 6 ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1
              wave 2   +5 s     worker-2
              wave 3   +10 s    worker-3
              wave 4   +14 s    worker-4
              wave 5   +19 s    worker-5
              wave 6   +24 s    worker-6
        "#]],
    );
}

#[test]
fn a_larger_budget_makes_fewer_waves_and_a_surge_takes_nothing_away() {
    says(
        &[],
        &agent("agent:2", "", "maxUnavailable: 3", ""),
        expect![[r#"
            6 pods restart in 2 waves. About 10 s, never fewer than 3 of 6 ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1, worker-2, worker-3
              wave 2   +4 s     worker-4, worker-5, worker-6
        "#]],
    );
    says(
        &[],
        &agent("agent:2", "", "maxSurge: 2, maxUnavailable: 0", ""),
        expect![[r#"
            6 pods restart in 3 waves. About 14 s, never fewer than 6 of 6 ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1, worker-2
              wave 2   +3 s     worker-3, worker-4
              wave 3   +5 s     worker-5, worker-6
        "#]],
    );
}

#[test]
fn what_does_not_touch_the_template_restarts_nothing() {
    says(
        &[],
        &agent("agent:1", "", "maxUnavailable: 3", ""),
        expect![[r#"
            No pod comes, goes or restarts.
              keep              worker-1, worker-2, worker-3, worker-4, worker-5, worker-6
        "#]],
    );
    says(
        &[],
        &agent("agent:2", "", "", "").replace("rollingUpdate: {}", "type: OnDelete"),
        expect![[r#"
            No pod restarts by itself: the strategy is OnDelete. 6 pods keep revision 1 until they are deleted.
              keep              worker-1, worker-2, worker-3, worker-4, worker-5, worker-6
        "#]],
    );
}

#[test]
fn nodes_gain_and_lose_pods_at_once_and_the_line_says_why() {
    says(
        &[],
        &agent("agent:1", TOLERANT, "", ""),
        expect![[r#"
            6 pods restart in 6 waves, 3 nodes gain one. About 19 s, never fewer than 6 of 9 ready.
              at once  gain     cp-1, gpu-1, gpu-2  now tolerated (line 14)
              restart  because  tolerations (line 14)
              wave 1   +5 s     worker-1
              wave 2   +7 s     worker-2
              wave 3   +9 s     worker-3
              wave 4   +11 s    worker-4
              wave 5   +13 s    worker-5
              wave 6   +16 s    worker-6
        "#]],
    );
    says(
        &["kubectl label node gpu-1 disk=ssd"],
        &agent("agent:2", SELECTIVE, "maxUnavailable: 2", ""),
        expect![[r#"
            4 pods restart in 2 waves, gpu-1 gains one, worker-5 and worker-6 lose one. About 14 s, never fewer than 3 of 5 ready.
              at once  gain     gpu-1  now tolerated (line 17)
              at once  lose     worker-5, worker-6  disk=hdd (line 15)
              restart  because  containers[0].image (line 21)
              wave 1   +1 s     worker-1, worker-2
              wave 2   +6 s     worker-3, worker-4
        "#]],
    );
}

#[test]
fn a_node_in_the_manifest_moves_pods_too() {
    says(
        &[SSD_ONLY, "settle"],
        "apiVersion: v1\nkind: Node\nmetadata: {name: worker-5, labels: {disk: ssd}}\n",
        expect![[r#"
            worker-5 gains a pod. About 2 s.
              at once  gain     worker-5  disk=ssd
              keep              worker-1, worker-2, worker-3, worker-4
        "#]],
    );
}

#[test]
fn an_image_that_cannot_be_pulled_stops_the_update_in_its_first_wave() {
    says(
        &["image agent:2 cannot-be-pulled"],
        &agent("agent:2", "", "maxUnavailable: 3", ""),
        expect![[r#"
            3 of 6 pods restart in wave 1 of 2. Then the update is stuck on 3 nodes: agent:2: ImagePullBackOff. 3 of 6 stay ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1, worker-2, worker-3
              keep              worker-4, worker-5, worker-6
              stuck             worker-1, worker-2, worker-3: agent:2: ImagePullBackOff
                                > maxUnavailable: 1 would have stopped it at the first node.
              waits             worker-4, worker-5, worker-6: the rollout waits, since worker-1 without an available pod uses up its budget
        "#]],
    );
}

#[test]
fn a_readiness_probe_notices_what_nobody_would_notice_without() {
    says(
        &["image agent:2 never-ready"],
        &agent("agent:2", "", "", PROBE),
        expect![[r#"
            1 of 6 pods restarts in wave 1 of 6. Then the update is stuck on worker-1: the readiness probe of agent fails. 5 of 6 stay ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1
              keep              worker-2, worker-3, worker-4, worker-5, worker-6
              stuck             worker-1: the readiness probe of agent fails
                                > Try a new image on one node first; kubectl rollout undo brings the old one back.
              waits             worker-2, worker-3, worker-4, worker-5, worker-6: the rollout waits, since worker-1 without an available pod uses up its budget
        "#]],
    );
    says(
        &["image agent:2 never-ready"],
        &agent("agent:2", "", "maxUnavailable: 6", ""),
        expect![[r#"
            6 pods restart in 1 wave. About 6 s, for a while none of 6 ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1, worker-2, worker-3, worker-4, worker-5, worker-6
              silent            agent:2 will not do its work, and nobody notices: agent has no readiness probe.
        "#]],
    );
}

#[test]
fn ports_and_resources_that_are_not_free_are_told_with_what_would_help() {
    let port = "kubectl patch ds agent -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[\
                {\"name\":\"agent\",\"ports\":[{\"containerPort\":80,\"hostPort\":80}]}]}}}}'";
    says(
        &[port, "settle"],
        &agent("agent:2", "", "maxSurge: 1, maxUnavailable: 0", PORT),
        expect![[r#"
            1 of 6 pods restarts in wave 1 of 6. Then the update is stuck on worker-1: host port 80 is taken by another pod. 6 of 6 stay ready.
              restart  because  containers[0].image (line 16)
              wave 1   +0 s     worker-1
              keep              worker-2, worker-3, worker-4, worker-5, worker-6
              stuck             worker-1: host port 80 is taken by another pod
                                > With a host port use maxUnavailable: while an update surges the old and the new pod want the same port.
              waits             worker-2, worker-3, worker-4, worker-5, worker-6: the rollout waits, since worker-1 without an available pod uses up its budget
        "#]],
    );
    says(
        &[],
        &agent("agent:1", "", "", "").replace("cpu: 10m", "cpu: 100"),
        expect![[r#"
            1 of 6 pods restarts in wave 1 of 6. Then the update is stuck on worker-1: Insufficient cpu: it asks for 100 cpu (8 free). 5 of 6 stay ready.
              restart  because  containers[0].resources.requests.cpu (line 18)
              wave 1   +0 s     worker-1
              keep              worker-2, worker-3, worker-4, worker-5, worker-6
              stuck             worker-1: Insufficient cpu: it asks for 100 cpu (8 free)
                                > Requests that fit on every node, or a priorityClassName that may push other pods out.
              waits             worker-2, worker-3, worker-4, worker-5, worker-6: the rollout waits, since worker-1 without an available pod uses up its budget
        "#]],
    );
}

#[test]
fn a_node_that_is_down_uses_up_the_budget() {
    says(
        &["node fail worker-3", "+60s"],
        &agent("agent:2", "", "", ""),
        expect![[r#"
        worker-3 loses its pod. The update does not get on: the rollout waits, since worker-3 without an available pod uses up its budget. 5 of 5 stay ready.
          at once  lose     worker-3  node.kubernetes.io/unreachable:NoSchedule is not tolerated
          keep              worker-1, worker-2, worker-4, worker-5, worker-6
          waits             worker-1, worker-2, worker-4, worker-5, worker-6: the rollout waits, since worker-3 without an available pod uses up its budget
                            > Repair or remove the node first, or allow more by maxUnavailable: a node without an available pod uses up the budget.
    "#]],
    );
}

#[test]
fn a_first_manifest_only_adds() {
    says(
        &["kubectl delete ds agent", "settle"],
        &agent("agent:1", "", "", ""),
        expect![[r#"
            6 nodes gain a pod. About 2 s.
              at once  gain     worker-1, worker-2, worker-3, worker-4, worker-5, worker-6
        "#]],
    );
}

#[test]
fn what_would_be_refused_is_said_first() {
    says(
        &[],
        &agent("agent:2", "", "maxUnavailable: 1, maxSurge: 1", ""),
        expect![[r#"
        line 9: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:0, IntVal:1, StrVal:""}: may not be set when maxUnavailable is non-zero
    "#]],
    );
}

#[test]
fn pods_that_no_daemon_set_looks_after_are_told_too() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n\
             spec: {{containers: [{{name: a, image: i}}]}}\n"
        )
    };
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
        spec:\n  replicas: 3\n  selector: {matchLabels: {app: web}}\n  template:\n\
        \x20   metadata: {labels: {app: web}}\n    spec: {containers: [{name: a, image: i}]}\n";
    let mut playground = opened();
    do_lines(&mut playground, &["settle"]);
    let sentence = |text: &str| playground.plan(text).plan.sentence;
    assert_eq!(sentence(&pod("one")), "1 pod comes that no DaemonSet looks after.");
    assert_eq!(sentence(deployment), "3 pods come that no DaemonSet looks after.");
    let both = [agent("agent:2", "", "", ""), pod("one"), pod("two")].join("---\n");
    let said = sentence(&both);
    assert!(said.starts_with("agent: 6 pods restart in 6 waves."), "{said}");
    assert!(said.ends_with(" 2 pods come that no DaemonSet looks after."), "{said}");
}

fn says(before: &[&str], text: &str, expected: Expect) {
    let mut playground = opened();
    do_lines(&mut playground, &["settle"]);
    do_lines(&mut playground, before);
    expected.assert_eq(&playground.plan(text).to_string());
    comes_true(&playground, text);
}

/// Once its steps looked at every DaemonSet on every node, and its words named all of them.
#[test]
fn a_text_of_hundreds_of_daemon_sets_has_a_plan_that_ends() {
    let one = |number: u32| {
        let text = agent("agent:1", "", "", "");
        text.replace("name: agent\nspec", &format!("name: agent-{number}\nspec"))
    };
    let all: Vec<String> = (1..=150).map(one).collect();
    let mut playground = opened();
    playground.settle(600_000);
    let outlook = playground.plan(&all.join("---\n"));
    let plan = &outlook.plan;
    assert!(outlook.report.ok && plan.is_over, "{:?}", outlook.report.messages);
    assert_eq!((plan.sets.len(), plan.more), (100, 50));
    assert!(plan.sentence.ends_with("And 144 more DaemonSets."), "{}", plan.sentence);
    assert!(outlook.to_string().contains("\nAnd 50 more DaemonSets.\n"));
}

//! PodDisruptionBudgets: what they hold back, and what goes past them.

use daemonset_core::kubectl::Output;
use daemonset_core::playground::run_script;
use daemonset_core::sim::DrainOptions;

use super::*;

const REFUSAL: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'registry.example/web:1'}]}
";

fn budget(rule: &str) -> String {
    format!(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: web, namespace: \
         default}}\nspec: {{{rule}, selector: {{matchLabels: {{app: web}}}}}}\n"
    )
}

/// Three replicas and a budget; a node that runs one of them.
fn web(rule: &str) -> (Playground, Name) {
    let mut playground = settled_with(&format!("{WEB}---\n{}", budget(rule)));
    wait(&mut playground, 60);
    let web = web_pods(&playground);
    assert_eq!(web.len(), 3, "{rule}");
    let node = web[0].node_name.clone().unwrap();
    (playground, node)
}

fn web_pods(playground: &Playground) -> Vec<Arc<Pod>> {
    let pods = playground.cluster().store().pods();
    let mine = |it: &&Arc<Pod>| it.meta.labels.get("app").is_some_and(|it| &**it == "web");
    pods.filter(mine).cloned().collect()
}

fn say(playground: &mut Playground, line: &str) -> Output {
    run_script(playground, line).pop().unwrap().1
}

/// cluster.md §6 and kubectl.md §10.
#[test]
fn a_drain_waits_for_the_budget_and_asks_every_five_seconds() {
    for rule in ["minAvailable: 3", "minAvailable: 100%", "maxUnavailable: 0"] {
        let (mut playground, node) = web(rule);
        let line = format!("kubectl drain {node} --ignore-daemonsets --timeout=12s");
        let output = say(&mut playground, &line);
        let name = web_pods(&playground)[0].meta.name.clone();
        let refusal = format!(
            "error when evicting pods/\"{name}\" -n \"default\" (will retry after 5s): {REFUSAL}\n"
        );
        assert_eq!(output.stderr.matches(&refusal).count(), 3, "{rule}: {}", output.stderr);
        let evicting = format!("evicting pod default/{name}\n");
        assert_eq!(output.stdout.matches(&evicting).count(), 3, "{}", output.stdout);
        let late = format!(
            "There are pending pods in node \"{node}\" when an error occurred: error when evicting \
             pods/\"{name}\" -n \"default\": global timeout reached: 12s\npod/{name}\n"
        );
        assert!(output.stderr.contains(&late), "{}", output.stderr);
        assert_eq!(output.code, 1);
        assert!(web_pods(&playground).iter().all(|it| !it.meta.is_terminating()));
    }
}

#[test]
fn a_budget_with_room_lets_a_drain_through() {
    for rule in ["minAvailable: 2", "maxUnavailable: 1", "minAvailable: 60%"] {
        let (mut playground, node) = web(rule);
        let line = format!("kubectl drain {node} --ignore-daemonsets");
        let output = say(&mut playground, &line);
        assert_eq!(output.code, 0, "{rule}: {}", output.stderr);
        assert!(output.stdout.ends_with(&format!("node/{node} drained\n")), "{}", output.stdout);
        assert!(!output.stderr.contains(REFUSAL), "{}", output.stderr);
        wait(&mut playground, 60);
        let web = web_pods(&playground);
        assert!(web.iter().all(|it| it.is_ready() && it.node_name.as_ref() != Some(&node)));
    }
}

/// The gesture is a `kubectl drain` that goes on waiting.
#[test]
fn a_drain_by_hand_goes_on_when_the_budget_allows_it() {
    let (mut playground, node) = web("minAvailable: 3");
    let options = DrainOptions { ignore_daemonsets: true, ..DrainOptions::default() };
    act(&mut playground, Input::Drain { node: node.clone(), options });
    let is_there = |playground: &Playground| {
        let mut pods = web_pods(playground).into_iter();
        pods.any(|it| it.node_name.as_ref() == Some(&node))
    };
    wait(&mut playground, 300);
    assert!(is_there(&playground));
    assert!(playground.apply(&budget("minAvailable: 2")).ok);
    wait(&mut playground, 15);
    assert!(!is_there(&playground));
}

/// questions.md, Q32: neither the update nor the drain asks.
#[test]
fn daemon_pods_go_past_their_budget() {
    let budget = budget("minAvailable: 6").replace("app: web", "app: node-logger");
    let budget = budget.replace("namespace: default", "namespace: kube-system");
    let mut playground = settled_with(&format!("{}---\n{budget}", Playground::opening_manifest()));
    update(&mut playground);
    wait(&mut playground, 180);
    assert_eq!(playground.daemon_sets()[0].status.up_to_date, 6);
    let output = say(&mut playground, "kubectl drain worker-1 --ignore-daemonsets");
    assert_eq!((output.code, figures(&playground)), (0, (6, 6, 6, 0)), "{}", output.stderr);
}

/// cluster.md §3: honoured only as a preference.
#[test]
fn preemption_spares_a_pod_that_a_budget_protects_if_another_will_do() {
    let pod = |name: &str, labels: &str| {
        let container =
            "{name: c, image: 'registry.example/a:1', resources: {requests: {cpu: 3500m}}}";
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {labels}}}\n\
             spec: {{nodeName: worker-1, containers: [{container}]}}\n"
        )
    };
    let victim_of = |rule: &str| {
        let older = pod("older", "{app: other}");
        let mut playground = settled_with(&older);
        assert!(
            playground.apply(&format!("{}---\n{}", pod("younger", "{app: web}"), budget(rule))).ok
        );
        wait(&mut playground, 60);
        let daemon = Playground::opening_manifest().replace(
            "      containers:\n",
            "      priorityClassName: system-node-critical\n      containers:\n",
        );
        let image = format!("        image: {IMAGE}\n");
        let wants = "        resources: {requests: {cpu: 3500m}}\n";
        assert!(playground.apply(&daemon.replace(&image, &format!("{image}{wants}"))).ok);
        wait(&mut playground, 120);
        let left = |name: &str| {
            playground.cluster().store().pod_named(&"default".into(), &name.into()).is_some()
        };
        (left("older"), left("younger"))
    };
    assert_eq!(victim_of("minAvailable: 0"), (true, false), "the younger one is less important");
    assert_eq!(victim_of("minAvailable: 1"), (false, true), "but protected");
}

/// cluster.md §3: the node with the fewest violations of budgets comes first.
#[test]
fn preemption_takes_the_node_where_no_budget_is_hurt() {
    let pod = |name: &str, labels: &str, more: &str| {
        let wants = "resources: {requests: {cpu: 6}}";
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {labels}}}\n\
             spec: {{{more}, containers: [{{name: c, image: 'registry.example/a:1', {wants}}}]}}\n"
        )
    };
    let winner_of = |rule: &str| {
        let mut playground = settled_with(&pod("early", "{app: other}", "nodeName: worker-1"));
        let late = pod("late", "{app: web}", "nodeName: worker-2");
        assert!(playground.apply(&format!("{late}---\n{}", budget(rule))).ok);
        let label = "kubectl label node worker-1 worker-2 both=yes";
        assert_eq!(say(&mut playground, label).code, 0);
        wait(&mut playground, 60);
        let class = "priorityClassName: system-node-critical, nodeSelector: {both: 'yes'}";
        assert!(playground.apply(&pod("urgent", "{app: urgent}", class)).ok);
        wait(&mut playground, 60);
        let store = playground.cluster().store();
        store.pod_named(&"default".into(), &"urgent".into()).unwrap().node_name.clone()
    };
    assert_eq!(winner_of("minAvailable: 0").as_deref(), Some("worker-2"), "the younger pod goes");
    assert_eq!(winner_of("minAvailable: 1").as_deref(), Some("worker-1"), "but is protected");
}

//! What keeps a pod from starting on its node: volumes, its environment, the network.

use super::*;

const SETTINGS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: cfg, namespace: kube-system}
data: {level: info}
";
const TOKEN: &str = "
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: kube-system}
stringData: {value: abc}
";

/// The opening manifest with a volume from a ConfigMap.
fn with_volume(lines: &str) -> String {
    let manifest = Playground::opening_manifest();
    let mount = "        - name: logs\n          mountPath: /var/log\n";
    let mounted = format!("{mount}        - name: cfg\n          mountPath: /etc/cfg\n");
    let volumes = "      volumes:\n";
    manifest.replace(mount, &mounted).replace(volumes, &format!("{volumes}{lines}"))
}

/// cluster.md §9: the pod stays ContainerCreating.
#[test]
fn a_volume_whose_config_map_is_missing_is_not_mounted_until_it_is_there() {
    let volume = "      - name: cfg\n        configMap: {name: x}\n";
    let mut playground = settled_with(&with_volume(volume));
    assert_eq!(figures(&playground), (6, 0, 0, 0));
    let name = pod(&playground, "worker-1").meta.name.clone();
    let object = snapshot_of(&playground, "pods", &name);
    let status = &object["status"];
    assert_eq!(status["phase"], "Pending");
    let waiting = &status["containerStatuses"][0]["state"]["waiting"];
    assert_eq!(waiting["reason"], "ContainerCreating");
    let text = "MountVolume.SetUp failed for volume \"cfg\" : configmap \"x\" not found";
    has_event(&playground, &name, "Warning", "FailedMount", text);
    let events = events_of(&playground, &name);
    assert!(events.iter().all(|it| it.1 != "Pulling"), "volumes come first: {events:#?}");
    assert!(playground.apply(&SETTINGS.replace("name: cfg", "name: x")).ok);
    // The next try comes two minutes and two seconds after the last one at the latest.
    wait(&mut playground, 122 + 20);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(pod(&playground, "worker-1").meta.name, name, "the same pod");
}

#[test]
fn a_key_that_is_not_in_the_config_map_is_missed_too() {
    let items = "{name: cfg, items: [{key: level, path: a}, {key: tone, path: b}]}";
    let volume = format!("      - name: cfg\n        configMap: {items}\n");
    let playground = settled_with(&format!("{SETTINGS}---\n{}", with_volume(&volume)));
    assert_eq!(figures(&playground).1, 0);
    let name = pod(&playground, "worker-1").meta.name.clone();
    let text = "MountVolume.SetUp failed for volume \"cfg\" : configmap references non-existent \
                config key: tone";
    has_event(&playground, &name, "Warning", "FailedMount", text);
}

#[test]
fn what_is_optional_or_kept_by_the_cluster_itself_is_not_missed() {
    for volume in [
        "configMap: {name: x, optional: true}",
        "secret: {secretName: x, optional: true}",
        "configMap: {name: kube-root-ca.crt}",
        "projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}",
        "hostPath: {path: /x}",
    ] {
        let playground =
            settled_with(&with_volume(&format!("      - name: cfg\n        {volume}\n")));
        assert_eq!(figures(&playground), (6, 6, 6, 0), "{volume}");
    }
}

/// cluster.md §9: `Error: configmap "x" not found`, status CreateContainerConfigError.
#[test]
fn an_environment_from_what_is_not_there_keeps_the_container_from_being_created() {
    let from =
        |source: &str| format!("        env:\n        - name: A\n          valueFrom: {source}\n");
    let cases = [
        ("{configMapKeyRef: {name: x, key: k}}", "configmap \"x\" not found"),
        ("{secretKeyRef: {name: token, key: k}}", "secret \"token\" not found"),
    ];
    for (source, fault) in cases {
        let mut playground = settled_with(&with_container(&from(source)));
        assert_eq!(figures(&playground), (6, 0, 0, 0), "{fault}");
        let (state, phrase) = view(&playground, "worker-1");
        assert_eq!((state, &*phrase), (PodState::Failed, "CreateContainerConfigError"));
        let name = pod(&playground, "worker-1").meta.name.clone();
        has_event(&playground, &name, "Warning", "Failed", &format!("Error: {fault}"));
        let events = events_of(&playground, &name);
        assert!(events.iter().any(|it| it.1 == "Pulled"), "the image comes first: {events:#?}");
        assert!(events.iter().all(|it| it.1 != "Created"), "{events:#?}");
        if fault.starts_with("secret") {
            assert!(playground.apply(TOKEN).ok);
            wait(&mut playground, 20);
            let text = "Error: couldn't find key k in Secret kube-system/token";
            has_event(&playground, &name, "Warning", "Failed", text);
            assert!(playground.apply(&TOKEN.replace("value:", "k:")).ok);
            wait(&mut playground, 30);
            assert_eq!(figures(&playground), (6, 6, 6, 0));
        }
    }
}

/// cluster.md §9 and §14.1: pods with `hostNetwork` start on a node that has no network yet.
#[test]
fn pods_of_a_joining_node_wait_for_its_network() {
    let tolerant = "      tolerations: [{operator: Exists}]\n";
    let host = "      hostNetwork: true\n";
    let start_of = |lines: &str| {
        let mut playground = settled_with(&with_spec(lines));
        let node = playground.add_node("workers").unwrap();
        let (mut first, mut ready) = (None, None);
        for _ in 0..400 {
            playground.advance(playground.now() + 100, u32::MAX);
            let events = pods(&playground, &node).first().map(|it| it.meta.name.clone());
            let events = events.map(|it| events_of(&playground, &it)).unwrap_or_default();
            let is_pulling = events.iter().any(|it| it.1 == "Pulling");
            first = first.or(is_pulling.then(|| playground.now()));
            let is_ready = self::node(&playground, &node).is_ready();
            ready = ready.or(is_ready.then(|| playground.now()));
        }
        (playground, node, first.unwrap(), ready.unwrap())
    };
    let (_, _, started, ready) = start_of(&format!("{tolerant}{host}"));
    assert!(started < ready, "{started:?} {ready:?}");
    let (playground, node, started, ready) = start_of(tolerant);
    assert!(started >= ready, "{started:?} {ready:?}");
    let name = pod(&playground, &node).meta.name.clone();
    let text = "network is not ready: container runtime network not ready: NetworkReady=false \
                reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not \
                initialized";
    has_event(&playground, &name, "Warning", "NetworkNotReady", text);
}

/// cluster.md §4: Ready=False, reason KubeletNotReady; what runs there goes on.
#[test]
fn a_node_that_loses_its_network_is_not_ready_and_keeps_its_pods() {
    let mut playground = settled();
    let before = pod(&playground, "worker-1");
    act(&mut playground, Input::SetNetwork { node: "worker-1".into(), on: false });
    wait(&mut playground, 20);
    let object = snapshot_of(&playground, "nodes", "worker-1");
    let ready = &object["status"]["conditions"][3];
    assert_eq!((&ready["status"], &ready["reason"]), (&json!("False"), &json!("KubeletNotReady")));
    let text = "container runtime network not ready: NetworkReady=false \
                reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not \
                initialized";
    assert_eq!(ready["message"], text);
    let text = "Node worker-1 status is now: NodeNotReady";
    has_event(&playground, "worker-1", "Normal", "NodeNotReady", text);
    let taint = |effect: &str| format!("node.kubernetes.io/not-ready:{effect}");
    let mut got = taints(&playground, "worker-1");
    got.sort();
    assert_eq!(got, [taint("NoExecute"), taint("NoSchedule")]);
    // Its kubelet reports, so the pod stays Ready; but the node is not wanted now.
    assert_eq!(figures(&playground), (5, 5, 5, 1));
    assert!(pod(&playground, "worker-1").is_ready());
    act(&mut playground, Input::SetNetwork { node: "worker-1".into(), on: true });
    wait(&mut playground, 20);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(taints(&playground, "worker-1"), Vec::<String>::new());
    assert_eq!(pod(&playground, "worker-1").meta.uid, before.meta.uid);
}

/// An export that lists no ConfigMap does not say that there was none.
#[test]
fn in_an_imported_cluster_what_is_not_listed_is_taken_for_granted() {
    let manifest = with_volume("      - name: cfg\n        configMap: {name: x}\n");
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus:\n  allocatable: {cpu: 4, \
                memory: 8Gi, pods: 110}\n  conditions: [{type: Ready, status: 'True'}]\n";
    let with = |objects: &str| {
        let calendar = Scenario::opening().calendar;
        let mut playground = Playground::import(objects, calendar, 1).unwrap();
        let report = playground.apply(&manifest);
        assert!(report.ok, "{:?}", report.messages);
        wait(&mut playground, 60);
        figures(&playground)
    };
    assert_eq!(with(node), (1, 1, 1, 0));
    assert_eq!(with(&format!("{node}---\n{SETTINGS}")), (1, 0, 0, 0));
}

/// cluster.md §9: ready is when all containers are, and all readiness gates True.
#[test]
fn a_pod_behind_a_readiness_gate_is_never_ready() {
    let gates = "      readinessGates: [{conditionType: example.com/ready}]\n";
    let playground = settled_with(&with_spec(gates));
    assert_eq!(figures(&playground), (6, 0, 0, 0));
    let name = pod(&playground, "worker-1").meta.name.clone();
    let object = snapshot_of(&playground, "pods", &name);
    let found = conditions(&object);
    let status = |kind: &str| found.iter().find(|it| it.0 == kind).unwrap().clone();
    assert_eq!(status("ContainersReady").1, "True");
    let (_, ready, reason) = status("Ready");
    assert_eq!((&*ready, &*reason), ("False", "ReadinessGatesNotReady"));
}

/// daemonset-controller.md §17.
#[test]
fn a_quota_of_pods_is_an_event_of_the_daemon_set() {
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: kube-system}\n\
                 spec: {hard: {pods: 2}}\n";
    let mut playground = settled_with(&format!("{quota}---\n{}", Playground::opening_manifest()));
    assert_eq!(figures(&playground), (6, 2, 2, 0));
    let text = "Error creating: pods \"node-logger-\" is forbidden: exceeded quota: q, requested: \
                pods=1, used: pods=2, limited: pods=2";
    has_event(&playground, "node-logger", "Warning", "FailedCreate", text);
    assert!(playground.apply(&quota.replace("pods: 2", "pods: 20")).ok);
    wait(&mut playground, 1_100);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "it is tried again, at least every 1000 s");
}

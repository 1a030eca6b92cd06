//! Liveness and startup probes: an application that gets unhealthy, or takes long to start.

use super::*;

const LIVENESS: &str =
    "        livenessProbe: {httpGet: {path: /healthz, port: 80}, periodSeconds: 5}\n";
/// Asked so often that an application has two minutes to start.
const STARTUP: &str = "        startupProbe: {httpGet: {path: /healthz, port: 80}, \
                       periodSeconds: 10, failureThreshold: 12}\n";
const READINESS: &str = "        readinessProbe: {httpGet: {path: /, port: 80}}\n";
const KILLED: &str = "Container filebeat failed liveness probe, will be restarted";

fn restarts(playground: &Playground) -> u32 {
    pod(playground, "worker-1").restarts()
}

/// cluster.md §9: three failures in a row, then the container is killed and restarted.
#[test]
fn a_container_that_fails_its_liveness_probe_three_times_is_restarted() {
    let mut playground = settled_with(&with_container(LIVENESS));
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    let name = pod(&playground, "worker-1").meta.name.clone();
    behave(&mut playground, IMAGE, ImageBehaviour::Unhealthy { after: 1_000 });
    wait(&mut playground, 9);
    assert_eq!(restarts(&playground), 0, "two failures are not enough");
    assert_eq!(figures(&playground).1, 6, "and say nothing about readiness");
    wait(&mut playground, 12);
    assert_eq!(restarts(&playground), 1, "the first restart comes at once");
    assert_eq!(pod(&playground, "worker-1").meta.name, name, "the pod is the same");
    let text = "Liveness probe failed: HTTP probe failed with statuscode: 503";
    has_event(&playground, &name, "Warning", "Unhealthy", text);
    has_event(&playground, &name, "Normal", "Killing", KILLED);
    wait(&mut playground, 300);
    let loops = "Back-off restarting failed container filebeat in pod ";
    let events = events_of(&playground, &name);
    assert!(events.iter().any(|it| it.1 == "BackOff" && it.2.starts_with(loops)), "{events:#?}");
    behave(&mut playground, IMAGE, ImageBehaviour::Ok);
    wait(&mut playground, 400);
    let before = restarts(&playground);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    wait(&mut playground, 400);
    assert_eq!(restarts(&playground), before, "it answers again");
}

/// Nobody asks, so nothing is noticed.
#[test]
fn without_probes_an_unhealthy_container_counts_as_ready() {
    let mut playground = settled();
    behave(&mut playground, IMAGE, ImageBehaviour::Unhealthy { after: 1_000 });
    wait(&mut playground, 300);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(restarts(&playground), 0);
}

/// cluster.md §9: the startup probe holds back the other two.
#[test]
fn a_startup_probe_gives_a_slow_application_the_time_that_it_needs() {
    let slow = ImageBehaviour::SlowStart { takes: 60_000 };
    let mut playground = settled_with(&with_container(&format!("{LIVENESS}{STARTUP}{READINESS}")));
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(restarts(&playground), 0);
    behave(&mut playground, NEXT_IMAGE, slow);
    let next =
        with_container(&format!("{LIVENESS}{STARTUP}{READINESS}")).replace(IMAGE, NEXT_IMAGE);
    assert!(playground.apply(&next).ok);
    wait(&mut playground, 40);
    let store = playground.cluster().store();
    let starting = store.pods().find(|it| !it.is_ready()).unwrap().clone();
    let object = snapshot_of(&playground, "pods", &starting.meta.name);
    let status = &object["status"]["containerStatuses"][0];
    assert_eq!((&status["started"], &status["ready"]), (&json!(false), &json!(false)));
    let text = "Startup probe failed: HTTP probe failed with statuscode: 503";
    has_event(&playground, &starting.meta.name, "Warning", "Unhealthy", text);
    wait(&mut playground, 40);
    let store = playground.cluster().store();
    let started = store.pod(starting.meta.uid).unwrap();
    assert!(started.is_ready());
    assert_eq!(started.restarts(), 0, "the liveness probe was not asked before");
    let object = snapshot_of(&playground, "pods", &starting.meta.name);
    assert_eq!(object["status"]["containerStatuses"][0]["started"], true);
}

#[test]
fn without_a_startup_probe_the_liveness_probe_never_lets_it_start() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    behave(&mut playground, IMAGE, ImageBehaviour::SlowStart { takes: 60_000 });
    assert!(playground.apply(&with_container(&format!("{LIVENESS}{READINESS}"))).ok);
    wait(&mut playground, 300);
    assert_eq!(figures(&playground).1, 0);
    assert!(restarts(&playground) >= 3);
    let name = pod(&playground, "worker-1").meta.name.clone();
    has_event(&playground, &name, "Normal", "Killing", KILLED);
}

/// `failureThreshold` times `periodSeconds` is all the time that it has.
#[test]
fn a_startup_probe_that_fails_for_too_long_restarts_the_container() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    behave(&mut playground, IMAGE, ImageBehaviour::SlowStart { takes: 600_000 });
    assert!(playground.apply(&with_container(STARTUP)).ok);
    wait(&mut playground, 110);
    assert_eq!(restarts(&playground), 0);
    wait(&mut playground, 30);
    assert_eq!(restarts(&playground), 1);
    assert_eq!(figures(&playground).1, 0, "not ready before it has started");
    let name = pod(&playground, "worker-1").meta.name.clone();
    let text = "Container filebeat failed startup probe, will be restarted";
    has_event(&playground, &name, "Normal", "Killing", text);
}

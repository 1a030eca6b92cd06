//! Images that cannot be pulled, crash, or never get ready.

use super::*;

const PROBE: &str = "        readinessProbe:\n          httpGet:\n            path: /\n            \
                     port: 80\n          periodSeconds: 5\n";

/// T6 and T7.
#[test]
fn a_missing_image_stalls_a_rollout_within_its_budget_and_the_old_one_frees_it() {
    let mut playground = settled();
    behave(&mut playground, NEXT_IMAGE, ImageBehaviour::CannotBePulled);
    update(&mut playground);
    wait(&mut playground, 900);
    assert_eq!(figures(&playground), (6, 5, 5, 0), "one node at a time, for ever");
    let store = playground.cluster().store();
    let broken = store.pods().find(|it| !it.is_ready()).unwrap().clone();
    let reason = broken.status.containers[0].state;
    let words = ["Waiting(\"ErrImagePull\")", "Waiting(\"ImagePullBackOff\")"];
    assert!(words.contains(&&*format!("{reason:?}")), "{reason:?}");
    let node = broken.node_name.clone().unwrap();
    assert_eq!(view(&playground, &node).0, PodState::Failed);
    let error = format!(
        "Failed to pull image \"{NEXT_IMAGE}\": rpc error: code = NotFound desc = failed to pull \
         and unpack image \"{NEXT_IMAGE}\": failed to resolve reference \"{NEXT_IMAGE}\": \
         {NEXT_IMAGE}: not found"
    );
    let name = &broken.meta.name;
    has_event(&playground, name, "Warning", "Failed", &error);
    has_event(&playground, name, "Warning", "Failed", "Error: ErrImagePull");
    let text = format!("Back-off pulling image \"{NEXT_IMAGE}\"");
    has_event(&playground, name, "Normal", "BackOff", &text);
    has_event(&playground, name, "Warning", "Failed", "Error: ImagePullBackOff");
    assert!(playground.apply(Playground::opening_manifest()).ok);
    wait(&mut playground, 60);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    assert_eq!(playground.daemon_sets()[0].status.up_to_date, 6);
}

/// cluster.md §9: tries 10, 20, 40, 80, 160, 300, 300 s apart.
#[test]
fn pulls_are_tried_less_and_less_often() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    behave(&mut playground, IMAGE, ImageBehaviour::CannotBePulled);
    assert!(playground.apply(Playground::opening_manifest()).ok);
    wait(&mut playground, 1);
    let mut failures = Vec::new();
    let mut was_failing = false;
    while failures.len() < 8 {
        playground.advance(playground.now() + 100, u32::MAX);
        let is_failing = view(&playground, "worker-1").1 == "ErrImagePull";
        if is_failing && !was_failing {
            failures.push(playground.now());
        }
        was_failing = is_failing;
    }
    let gaps = failures.windows(2).map(|it| (it[1].0 - it[0].0) / 1000);
    let expected = [10, 20, 40, 80, 160, 300, 300];
    for (gap, expected) in gaps.zip(expected) {
        assert!((expected..=expected + 2).contains(&gap), "{gap} s instead of {expected}");
    }
}

/// cluster.md §9: the first restart at once, then after 10, 20, 40, 80, 160, 300, 300 s.
#[test]
fn a_crashing_container_is_started_again_less_and_less_often() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    let crashes = ImageBehaviour::Crashes { after: 2_000, exit_code: 1 };
    behave(&mut playground, IMAGE, crashes);
    assert!(playground.apply(Playground::opening_manifest()).ok);
    wait(&mut playground, 1);
    let mut starts: Vec<Time> = Vec::new();
    let mut phrases: Vec<String> = Vec::new();
    while starts.len() < 9 {
        playground.advance(playground.now() + 100, u32::MAX);
        if pod(&playground, "worker-1").restarts() as usize == starts.len() + 1 {
            starts.push(playground.now());
        }
        phrases.push(view(&playground, "worker-1").1);
        phrases.dedup();
    }
    let gaps = starts.windows(2).map(|it| (it[1].0 - it[0].0) / 1000);
    // Two seconds of life, the wait, and about a second to start.
    for (gap, wait) in gaps.zip([10, 20, 40, 80, 160, 300, 300, 300]) {
        assert!((wait + 2..=wait + 4).contains(&gap), "{gap} s for a wait of {wait}");
    }
    for word in ["Error", "CrashLoopBackOff", "Ready"] {
        assert!(phrases.iter().any(|it| it == word), "{word} is not among {phrases:?}");
    }
    let pod = pod(&playground, "worker-1");
    let object = snapshot_of(&playground, "pods", &pod.meta.name);
    let uid = object["metadata"]["uid"].as_str().unwrap();
    let text = "Back-off restarting failed container filebeat in pod";
    let text = format!("{text} {}_kube-system({uid})", pod.meta.name);
    has_event(&playground, &pod.meta.name, "Warning", "BackOff", &text);
    let status = &object["status"]["containerStatuses"][0];
    assert_eq!(status["restartCount"], 9);
    assert_eq!(status["lastState"]["terminated"]["exitCode"], 1);
    assert_eq!(object["status"]["phase"], "Running");
}

/// cluster.md §9: reset when 10 min pass since the last step.
#[test]
fn after_ten_quiet_minutes_the_waits_begin_anew() {
    let mut playground = settled();
    let crashes = ImageBehaviour::Crashes { after: 1_000, exit_code: 1 };
    behave(&mut playground, IMAGE, crashes);
    wait(&mut playground, 200);
    let before = pod(&playground, "worker-1").restarts();
    assert!(before >= 4, "{before}: by now it waits for minutes");
    behave(&mut playground, IMAGE, ImageBehaviour::Ok);
    wait(&mut playground, 1_200);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    let quiet = pod(&playground, "worker-1").restarts();
    behave(&mut playground, IMAGE, crashes);
    wait(&mut playground, 40);
    assert_eq!(pod(&playground, "worker-1").restarts(), quiet + 3, "at once, 10 s, 20 s");
}

#[test]
fn a_container_that_ends_well_is_started_again_too() {
    let mut playground = Playground::start(Scenario::opening(), 1);
    let ends = ImageBehaviour::Crashes { after: 1_000, exit_code: 0 };
    behave(&mut playground, IMAGE, ends);
    assert!(playground.apply(Playground::opening_manifest()).ok);
    let mut phrases: Vec<String> = Vec::new();
    for _ in 0..400 {
        playground.advance(playground.now() + 100, u32::MAX);
        phrases
            .extend(pods(&playground, "worker-1").first().map(|_| view(&playground, "worker-1").1));
    }
    assert!(phrases.iter().any(|it| it == "Completed"));
    assert!(phrases.iter().any(|it| it == "CrashLoopBackOff"));
}

#[test]
fn a_probe_that_fails_makes_a_ready_pod_unready_after_three_tries() {
    let mut playground = settled_with(&with_container(PROBE));
    assert_eq!(figures(&playground), (6, 6, 6, 0));
    behave(&mut playground, IMAGE, ImageBehaviour::NeverReady);
    wait(&mut playground, 9);
    assert_eq!(figures(&playground).1, 6, "two failures are not enough");
    wait(&mut playground, 7);
    assert_eq!(figures(&playground), (6, 0, 0, 0));
    assert_eq!(view(&playground, "worker-1").0, PodState::Unready);
    let name = pod(&playground, "worker-1").meta.name.clone();
    let text = "Readiness probe failed: HTTP probe failed with statuscode: 503";
    has_event(&playground, &name, "Warning", "Unhealthy", text);
    let object = snapshot_of(&playground, "pods", &name);
    let list = object["status"]["conditions"].as_array().unwrap();
    let ready = list.iter().find(|it| it["type"] == "Ready").unwrap();
    assert_eq!(ready["reason"], "ContainersNotReady");
    assert_eq!(ready["message"], "containers with unready status: [filebeat]");
    behave(&mut playground, IMAGE, ImageBehaviour::Ok);
    wait(&mut playground, 6);
    assert_eq!(figures(&playground), (6, 6, 6, 0));
}

/// cluster.md §9: no registry is asked.
#[test]
fn an_image_that_may_not_be_pulled_is_waited_for() {
    let policy = "        imagePullPolicy: Never\n";
    let mut playground = settled_with(&with_container(policy));
    assert_eq!(figures(&playground).1, 0);
    assert_eq!(view(&playground, "worker-1"), (PodState::Failed, "ErrImageNeverPull".into()));
    let name = pod(&playground, "worker-1").meta.name.clone();
    let text = format!("Container image \"{IMAGE}\" is not present with pull policy of Never");
    has_event(&playground, &name, "Warning", "ErrImageNeverPull", &text);
    has_event(&playground, &name, "Warning", "Failed", "Error: ErrImageNeverPull");
    assert!(playground.apply(Playground::opening_manifest()).ok);
    wait(&mut playground, 60);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "the broken pods are replaced at once");
    assert!(playground.apply(&with_container(policy)).ok);
    wait(&mut playground, 120);
    assert_eq!(figures(&playground), (6, 6, 6, 0), "now it is present everywhere");
}

#[test]
fn a_name_that_is_none_is_no_image() {
    let manifest = Playground::opening_manifest().replace(IMAGE, "\"Bad Image\"");
    let playground = settled_with(&manifest);
    assert_eq!(view(&playground, "worker-1"), (PodState::Failed, "InvalidImageName".into()));
    let name = pod(&playground, "worker-1").meta.name.clone();
    let text = "Failed to apply default image tag \"Bad Image\": couldn't parse image name \
                \"Bad Image\": invalid reference format";
    has_event(&playground, &name, "Warning", "InspectFailed", text);
    has_event(&playground, &name, "Warning", "Failed", "Error: InvalidImageName");
}

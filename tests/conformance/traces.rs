//! Whole histories of a small cluster, step by step, in lock step with the recording.

use std::collections::BTreeMap;

use daemonset_core::api::pod::{Phase, PodStatus};
use daemonset_core::api::{Name, Pod, Taint, Time, Uid};
use daemonset_core::sim::daemon_set::SyncReport;
use daemonset_core::sim::{
    ActorKind, ActorSet, Cascade, Cluster, Command, Input, PodPatch, Seed, Store,
};
use serde_json::{Map, Value, json};

use crate::trace_words::{concerned, end, or_empty, or_list, set_ready, with_strategy, words};
use crate::{check_all, compare};

/// A round that writes goes on; so many are never needed.
const ROUNDS_MAX: usize = 2_000;

#[test]
fn traces() {
    check_all("traces.jsonl", check);
}

/// Whether a case agrees.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let mut replay = Replay::new(case);
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        replay.step(step).map_err(|it| format!("step {index}: {it}"))?;
    }
    Ok(())
}

struct Replay<'a> {
    case: &'a Value,
    cluster: Cluster,
    /// The outcome of the last sync of each DaemonSet in this step, and sums over all of them.
    last: BTreeMap<Name, SyncReport>,
    sums: SyncReport,
}

impl<'a> Replay<'a> {
    fn new(case: &'a Value) -> Self {
        let actors = ActorSet::only(&[ActorKind::DaemonSet]);
        let mut cluster = Cluster::lock_step(Seed(0), actors);
        cluster.keep_journal();
        Replay { case, cluster, last: BTreeMap::new(), sums: SyncReport::default() }
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        self.last.clear();
        self.sums = SyncReport::default();
        self.cluster.take_journal();
        for op in step["do"].as_array().into_iter().flatten() {
            self.operate(op);
        }
        match step["syncs"].as_u64() {
            Some(rounds) => {
                for _ in 0..rounds {
                    self.round();
                }
            }
            None => self.settle(),
        }
        self.cluster.recount()?;
        self.compare(step)
    }

    fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            if !self.round() {
                return;
            }
        }
        panic!("{}: does not settle", self.case["id"]);
    }

    /// One sync of each DaemonSet in the order of their names; whether anything was written.
    fn round(&mut self) -> bool {
        let writes = self.cluster.work().writes;
        let sets: Vec<(Name, Uid)> = self.daemon_sets();
        for (name, uid) in sets {
            let report = self.cluster.sync_daemon_set(uid);
            self.sums.creates += report.creates;
            self.sums.create_attempts += report.create_attempts;
            self.sums.deletes += report.deletes;
            self.last.insert(name, report);
        }
        self.cluster.work().writes != writes
    }

    fn daemon_sets(&self) -> Vec<(Name, Uid)> {
        let sets = self.store().daemon_sets();
        sets.map(|it| (it.meta.name.clone(), it.meta.uid)).collect()
    }

    fn store(&self) -> &Store {
        self.cluster.store()
    }

    fn operate(&mut self, op: &Value) {
        let text = |key: &str| Name::from(op[key].as_str().unwrap_or_default());
        match op["op"].as_str().unwrap() {
            "node" => self.cluster.place_node(&op["object"]),
            "deleteNode" => drop(self.cluster.input(&Input::DeleteNode { node: text("node") })),
            "patchNode" => self.patch_node(op),
            "daemonset" => {
                let object = with_strategy(&op["object"]);
                self.cluster.place_daemon_set(&object, self.case["templateGeneration"] == true);
            }
            "deleteDaemonset" => self.delete_daemon_set(&text("daemonset"), op),
            "pod" => {
                let pod = Pod::from_json(&op["object"], self.cluster.now());
                self.cluster.place_pod(pod);
            }
            "schedule" => self.for_pods(|pod, store| {
                let target = pod.target_node().filter(|it| store.node(*it).is_some());
                let is_free = pod.node_name.is_none() && !pod.meta.is_terminating();
                let node = target.filter(|_| is_free)?.clone();
                Some(Command::BindPod { uid: pod.meta.uid, node })
            }),
            "start" => self.start(),
            "fail" => self.set_concerned(op, |status, now| end(status, Phase::Failed, now)),
            "succeed" => self.set_concerned(op, |status, now| end(status, Phase::Succeeded, now)),
            "ready" => self.set_concerned(op, |status, now| set_ready(status, true, now)),
            "unready" => self.set_concerned(op, |status, now| set_ready(status, false, now)),
            "deletePod" => {
                let is_concerned = concerned(op);
                self.for_pods(|pod, _| {
                    let uid = pod.meta.uid;
                    is_concerned(pod).then_some(Command::DeletePod { uid, grace_seconds: None })
                });
            }
            "relabelPod" => self.relabel(op),
            "reap" => self.remove(|pod, _| pod.meta.is_terminating()),
            "gc" => self.remove(|pod, store| {
                pod.node_name.as_ref().is_some_and(|it| store.node(it).is_none())
            }),
            "advance" => {
                let milliseconds = op["seconds"].as_i64().unwrap() * 1000;
                self.cluster.set_now(self.cluster.now() + milliseconds);
            }
            "quota" => self.cluster.set_pod_quota(&Name::default(), op["pods"].as_u64()),
            other => panic!("unknown op {other}"),
        }
    }

    fn for_pods(&mut self, command: impl Fn(&Pod, &Store) -> Option<Command>) {
        let commands = self.store().pods().filter_map(|it| command(it, self.store())).collect();
        self.cluster.execute_all(commands);
    }

    fn remove(&mut self, is_over: impl Fn(&Pod, &Store) -> bool) {
        self.for_pods(|pod, store| {
            let remove = Command::DeletePod { uid: pod.meta.uid, grace_seconds: Some(0) };
            is_over(pod, store).then_some(remove)
        });
    }

    fn start(&mut self) {
        let now = self.cluster.now();
        let broken = self.case["broken"].as_array().cloned().unwrap_or_default();
        self.for_pods(|pod, store| {
            let is_bound = pod.node_name.as_ref().is_some_and(|it| store.node(it).is_some());
            let waits = pod.status.phase == Phase::Pending && !pod.meta.is_terminating();
            (is_bound && waits).then_some(())?;
            let is_broken =
                pod.spec.containers.iter().any(|it| broken.contains(&json!(&*it.image)));
            let mut status = pod.status.clone();
            status.phase = Phase::Running;
            status.set_ready(!is_broken, now);
            Some(Command::SetPodStatus(pod.meta.uid, Box::new(status)))
        });
    }

    fn set_concerned(&mut self, op: &Value, change: impl Fn(&mut PodStatus, Time)) {
        let (now, is_concerned) = (self.cluster.now(), concerned(op));
        self.for_pods(|pod, _| {
            is_concerned(pod).then_some(())?;
            let mut status = pod.status.clone();
            change(&mut status, now);
            Some(Command::SetPodStatus(pod.meta.uid, Box::new(status)))
        });
    }

    fn relabel(&mut self, op: &Value) {
        let is_concerned = concerned(op);
        for (key, value) in op["labels"].as_object().unwrap() {
            let (key, value): (Name, Name) = (key.as_str().into(), value.as_str().unwrap().into());
            self.for_pods(|pod, _| {
                let patch = PodPatch::Label(key.clone(), value.clone());
                is_concerned(pod).then_some(Command::PatchPod(pod.meta.uid, patch))
            });
        }
    }

    fn patch_node(&mut self, op: &Value) {
        let node: Name = op["node"].as_str().unwrap().into();
        if self.store().node(&node).is_none() {
            return;
        }
        for (key, value) in op["labels"].as_object().into_iter().flatten() {
            let (key, value) = (key.as_str().into(), value.as_str().map(Name::from));
            let input = Input::LabelNode { node: node.clone(), key, value };
            self.cluster.input(&input).unwrap();
        }
        let mut commands = Vec::new();
        if let Some(taints) = op["taints"].as_array() {
            let taints = taints.iter().filter_map(Taint::from_json).collect();
            commands.push(Command::SetNodeTaints(node.clone(), taints));
        }
        if let Some(ready) = op["ready"].as_str() {
            commands.push(Command::SetNodeReady(node.clone(), ready == "True"));
        }
        self.cluster.execute_all(commands);
        match op["unschedulable"].as_bool() {
            Some(true) => drop(self.cluster.input(&Input::Cordon { node })),
            Some(false) => drop(self.cluster.input(&Input::Uncordon { node })),
            None => {}
        }
    }

    fn delete_daemon_set(&mut self, name: &Name, op: &Value) {
        let Some(uid) = self.store().daemon_set(&Name::default(), name).map(|it| it.meta.uid)
        else {
            return;
        };
        let cascade = match op["propagation"].as_str() {
            Some("orphan") => Cascade::Orphan,
            _ => Cascade::Background,
        };
        let (resource, namespace) = ("daemonset".into(), Name::default());
        let input = Input::Delete { resource, namespace, name: name.clone(), cascade };
        self.cluster.input(&input).unwrap();
        // What the garbage collector does at its own time happens at once here.
        if cascade == Cascade::Orphan {
            self.release_dependents(uid);
        }
        let pods = self.store().pods_of(uid).map(|it| it.meta.uid);
        let pods = pods.map(|uid| Command::DeletePod { uid, grace_seconds: None });
        let revisions = self.store().revisions_of(uid);
        let revisions = revisions.map(|it| Command::DeleteRevision(it.meta.uid));
        let commands = pods.chain(revisions).collect();
        self.cluster.execute_all(commands);
    }

    fn release_dependents(&mut self, uid: Uid) {
        let pods = self.store().pods_of(uid);
        let pods = pods.map(|it| Command::PatchPod(it.meta.uid, PodPatch::Controller(None)));
        let revisions = self.store().revisions_of(uid);
        let revisions = revisions.map(|it| Command::OrphanRevision(it.meta.uid));
        let last = Command::RemoveFinalizer(uid, "orphan".into());
        let commands = pods.chain(revisions).chain([last]).collect();
        self.cluster.execute_all(commands);
    }

    fn compare(&mut self, step: &Value) -> Result<(), String> {
        let expect = &step["expect"];
        compare("t", expect["t"].as_i64(), Some(self.cluster.now().second()))?;
        let events = self.cluster.take_journal().events;
        let mut counted: BTreeMap<(Uid, &str), u64> = BTreeMap::new();
        for event in &events {
            *counted.entry((event.object.uid, event.reason)).or_default() += 1;
        }
        let sets = self.daemon_sets();
        let empty = Map::new();
        let expected = expect["daemonsets"].as_object().unwrap_or(&empty);
        let names: Vec<&str> = sets.iter().map(|it| &*it.0).collect();
        compare("daemonsets", expected.keys().map(String::as_str).collect(), names)?;
        for (name, uid) in &sets {
            let expected = &expected[&**name];
            let counted = counted.iter().filter(|((of, _), _)| of == uid);
            let events: Map<String, Value> = counted
                .map(|((_, reason), count)| {
                    let once = *reason == "SelectingAll";
                    (reason.to_string(), json!(if once { 1 } else { *count }))
                })
                .collect();
            compare(&format!("{name} events"), or_empty(&expected["events"]), json!(events))?;
            self.compare_set(name, *uid, step, expected).map_err(|it| format!("{name} {it}"))?;
        }
        self.compare_rest(expect)
    }

    fn compare_set(
        &self,
        name: &Name,
        uid: Uid,
        step: &Value,
        expected: &Value,
    ) -> Result<(), String> {
        let ds = self.store().daemon_set_by_uid(uid).unwrap();
        compare("generation", &expected["generation"], &json!(ds.meta.generation))?;
        let it = &ds.status;
        let status = json!([
            it.desired_number_scheduled,
            it.current_number_scheduled,
            it.number_misscheduled,
            it.number_ready,
            it.number_available,
            it.number_unavailable,
            it.updated_number_scheduled,
            it.observed_generation
        ]);
        compare("status", &expected["status"], &status)?;
        let own: Vec<_> = self.store().revisions_of(uid).collect();
        let mut numbers: Vec<i64> = own.iter().map(|it| it.revision).collect();
        numbers.sort_unstable();
        compare("revisions", or_list(&expected["revisions"]), json!(numbers))?;
        let current = own.iter().find(|it| it.data == ds.template).map(|it| it.revision);
        compare("currentRevision", expected["currentRevision"].as_i64(), current)?;
        let has_failed = self.last.get(name).is_some_and(|it| it.error.is_some());
        compare("error", expected["error"] == true, has_failed)?;
        self.compare_pods(uid, current, step, expected)
    }

    fn compare_pods(
        &self,
        uid: Uid,
        current: Option<i64>,
        step: &Value,
        expected: &Value,
    ) -> Result<(), String> {
        let mut by_node: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let by_current = step["countsBy"] == "current";
        for pod in self.store().pods_of(uid) {
            let revision = self.revision_of(pod, uid);
            let first = match (by_current, revision) {
                (true, revision) if revision.is_some() && revision == current => "current".into(),
                (true, _) => "old".into(),
                (false, Some(number)) => number.to_string(),
                (false, None) => "-".into(),
            };
            let words = words(pod, first);
            *counts.entry(words.clone()).or_default() += 1;
            let node = pod.target_node().map(|it| it.to_string()).unwrap_or_default();
            by_node.entry(node).or_default().push(words);
        }
        by_node.values_mut().for_each(|it| it.sort());
        match step["identities"] == true {
            true => compare("pods", or_empty(&expected["pods"]), json!(by_node)),
            false => compare("counts", or_empty(&expected["counts"]), json!(counts)),
        }
    }

    fn revision_of(&self, pod: &Pod, owner: Uid) -> Option<i64> {
        let hash = pod.meta.labels.get("controller-revision-hash")?;
        let mut own = self.store().revisions_of(owner);
        own.find(|it| it.hash() == Some(hash)).map(|it| it.revision)
    }

    fn compare_rest(&self, expect: &Value) -> Result<(), String> {
        let lives =
            |uid: Option<Uid>| uid.is_some_and(|uid| self.store().daemon_set_by_uid(uid).is_some());
        let owner =
            |meta: &daemonset_core::api::ObjectMeta| meta.controller.as_ref().map(|it| it.uid);
        let pods = self.store().pods().filter(|it| !lives(owner(&it.meta))).count();
        let revisions = self.store().revisions().filter(|it| !lives(owner(&it.meta))).count();
        let number = |key: &str| expect[key].as_u64().unwrap_or(0);
        compare("unownedPods", number("unownedPods"), pods as u64)?;
        compare("orphanRevisions", number("orphanRevisions"), revisions as u64)?;
        let Some(sync) = expect.get("sync") else { return Ok(()) };
        let SyncReport { creates, create_attempts, deletes, .. } = self.sums;
        let got =
            json!({"creates": creates, "createAttempts": create_attempts, "deletes": deletes});
        compare("sync", sync, &got)
    }
}

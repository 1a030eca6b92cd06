//! The playground as the API server that kubectl talks to.

use serde_json::{Value, json};

use crate::api::json::at;
use crate::api::{Name, Time};
use crate::kubectl::{self, Job, Output, Resource, Server, Texts};
use crate::playground::Playground;
use crate::sim::{ApiError, Input, Outcome};

/// A command that waits is given up after this much virtual time, in milliseconds.
const WAIT_MAX: i64 = 3_600_000;
/// A kubelet renews its lease this often, in milliseconds.
const RENEWAL: i64 = 10_000;
/// A watch that sees nothing for so long is ended, in milliseconds.
const QUIET: i64 = 120_000;
/// While a command waits it is asked at least this often, in milliseconds.
const POLL: i64 = 1_000;

impl Server for Playground {
    fn now(&self) -> i64 {
        self.cluster().calendar().unix_seconds_at_zero * 1000 + self.cluster().now().0
    }

    fn list(&self, resource: &Resource) -> Vec<Value> {
        let store = self.cluster().store();
        let encoder = self.encoder();
        let mut objects: Vec<Value> = match resource.plural {
            "pods" => store.pods().map(|it| encoder.pod(it)).collect(),
            "nodes" => store.nodes().map(|it| encoder.node(it)).collect(),
            "daemonsets" => store
                .daemon_sets()
                .map(|it| with_template(encoder.daemon_set(it), "/spec"))
                .collect(),
            "controllerrevisions" => store
                .revisions()
                .map(|it| with_template(encoder.revision(it), "/data/spec"))
                .collect(),
            "deployments" => store.deployments().map(|it| encoder.deployment(it)).collect(),
            "replicasets" => store.replica_sets().map(|it| encoder.replica_set(it)).collect(),
            "namespaces" => store.namespaces().map(|it| self.namespace(it)).collect(),
            "leases" => self.leases(),
            "events" => self.cluster().events().iter().map(|it| self.event(it, &encoder)).collect(),
            _ => {
                let of_kind = store.stored().filter(|it| {
                    *it.kind == *resource.kind && *it.api_version == *resource.api_version()
                });
                of_kind.filter_map(|it| serde_json::from_str(&it.body).ok()).collect()
            }
        };
        for object in &mut objects {
            *object = self.imported.laid_over(resource, std::mem::take(object));
        }
        if resource.plural == "events" {
            objects.extend(self.imported.events.iter().cloned());
        }
        let key = |it: &Value, key: &str| at(it, &["metadata", key]).as_str().map(str::to_owned);
        objects.sort_by_cached_key(|it| (key(it, "namespace"), key(it, "name")));
        objects
    }

    fn find(&self, resource: &Resource, namespace: &str, name: &str) -> Option<Value> {
        let store = self.cluster().store();
        let encoder = self.encoder();
        let found = match resource.plural {
            "nodes" => store.node(name).map(|it| encoder.node(it)),
            "daemonsets" => {
                let found = store.daemon_set(&namespace.into(), &name.into());
                found.map(|it| with_template(encoder.daemon_set(it), "/spec"))
            }
            "pods" => {
                let found = store.pod_named(&namespace.into(), &name.into());
                found.map(|it| encoder.pod(it))
            }
            "deployments" => {
                let found = store.deployment(&namespace.into(), &name.into());
                found.map(|it| encoder.deployment(it))
            }
            _ => {
                let key = |it: &Value, key: &str| {
                    at(it, &["metadata", key]).as_str().unwrap_or_default().to_owned()
                };
                let mut objects = self.list(resource).into_iter();
                return objects
                    .find(|it| key(it, "name") == name && key(it, "namespace") == namespace);
            }
        };
        found.map(|it| self.imported.laid_over(resource, it))
    }

    fn has_namespace(&self, name: &str) -> bool {
        self.cluster().store().has_namespace(name)
    }

    fn send(&mut self, input: Input, is_dry_run: bool) -> Result<Outcome, ApiError> {
        if is_dry_run {
            return self.cluster().clone().input(&input);
        }
        self.act(input)
    }
}

impl Playground {
    /// Carries out a line of kubectl. If it has to wait, virtual time runs until it is done, at
    /// most an hour.
    pub fn kubectl(&mut self, line: &str, texts: &Texts) -> Output {
        let started = kubectl::start(line, texts, self);
        self.wait_for(started)
    }

    /// The same for a line that is in words already.
    pub(super) fn kubectl_words(&mut self, words: &[String], texts: &Texts) -> Output {
        let started = kubectl::start_words(words, texts, self);
        self.wait_for(started)
    }

    fn wait_for(&mut self, (mut output, job): (Output, Option<Job>)) -> Output {
        let Some(mut job) = job else { return output };
        if job.is_endless() {
            return self.watch_for(job, output);
        }
        let end = Playground::now(self) + WAIT_MAX;
        while Playground::now(self) < end {
            let slice = Playground::now(self) + POLL;
            while self.timeline.step(slice) {
                if job.poll(self, &mut output) {
                    return output;
                }
            }
            self.timeline.advance(slice, u32::MAX);
            if job.poll(self, &mut output) {
                return output;
            }
        }
        output.stderr.push_str("(not waited for any longer: an hour of virtual time has passed)\n");
        output.code = 1;
        output
    }

    /// A watch goes on until nothing has been seen for two minutes of virtual time: nobody could
    /// end it.
    fn watch_for(&mut self, mut job: Job, mut output: Output) -> Output {
        let end = Playground::now(self) + WAIT_MAX;
        let mut last = Playground::now(self);
        while Playground::now(self) < end.min(last + QUIET) {
            let slice = Playground::now(self) + POLL;
            let length = output.stdout.len();
            while self.timeline.step(slice) {
                if job.poll(self, &mut output) {
                    return output;
                }
            }
            self.timeline.advance(slice, u32::MAX);
            if job.poll(self, &mut output) {
                return output;
            }
            if output.stdout.len() > length {
                last = Playground::now(self);
            }
        }
        output
    }

    /// Leases as they were stored, and one for each other node, which its kubelet renews every ten
    /// seconds.
    fn leases(&self) -> Vec<Value> {
        let store = self.cluster().store();
        let of_kind = store.stored().filter(|it| &*it.kind == "Lease");
        let mut leases: Vec<Value> =
            of_kind.filter_map(|it| serde_json::from_str(&it.body).ok()).collect();
        let calendar = self.encoder().calendar;
        for node in store.nodes() {
            let name = &node.meta.name;
            if leases.iter().any(|it| *at(it, &["metadata", "name"]) == **name)
                || self.imported.is_any()
            {
                continue;
            }
            let stopped = store.world().machine(name).kubelet_stopped;
            let heard = stopped.unwrap_or(self.cluster().now());
            let renewed = Time(heard.0.div_euclid(RENEWAL) * RENEWAL).max(node.meta.created);
            leases.push(json!({
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": &**name, "namespace": "kube-node-lease"},
                "spec": {
                    "holderIdentity": &**name,
                    "leaseDurationSeconds": 40,
                    "renewTime": calendar.rfc3339(renewed),
                },
            }));
        }
        leases
    }

    fn namespace(&self, name: &Name) -> Value {
        let is_terminating = self.cluster().store().is_namespace_terminating(name);
        let phase = if is_terminating { "Terminating" } else { "Active" };
        json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": &**name,
                "creationTimestamp": self.encoder().calendar.rfc3339(Time::ZERO),
                "labels": {"kubernetes.io/metadata.name": &**name},
            },
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": phase},
        })
    }
}

/// The API prints the empty creation time of a template.
fn with_template(mut object: Value, path: &str) -> Value {
    let metadata = object.pointer_mut(&format!("{path}/template/metadata"));
    if let Some(metadata) = metadata.and_then(Value::as_object_mut) {
        metadata.insert("creationTimestamp".to_owned(), Value::Null);
    }
    object
}

//! Objects as somebody exported them, taken into a cluster with their identity, age and status.
//!
//! What the simulation does not read stays with whoever imports; see `playground::import`. A
//! container whose state is unknown to the simulation counts as waiting.

mod status;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::api::{
    Calendar, ControllerRevision, DaemonSet, Deletion, Deployment, Name, Node, ObjectMeta,
    OwnerRef, Pod, ReplicaSet, Time, Uid, json,
};
use crate::sim::{Change, Cluster, Stored};

/// The kinds of owners that the simulation knows.
const OWNERS: [&str; 6] = ["DaemonSet", "Deployment", "Job", "Node", "ReplicaSet", "StatefulSet"];

/// Identities as they are in the export, and the numbers that stand for them here.
#[derive(Clone, Debug, Default)]
pub struct Identities(BTreeMap<Name, Uid>);

impl Identities {
    /// Each identity with its number.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, Uid)> {
        self.0.iter().map(|(name, uid)| (name, *uid))
    }
}

/// An instant of the API in virtual time.
fn time(value: &Value, calendar: Calendar) -> Option<Time> {
    let text = value.as_str()?.strip_suffix('Z')?;
    let whole = text.split('.').next().unwrap_or(text);
    let seconds = Calendar::parse(&format!("{whole}Z"))?.unix_seconds_at_zero;
    Some(Time::from_seconds(seconds - calendar.unix_seconds_at_zero))
}

/// Namespace and name in the metadata.
fn address(object: &Value) -> (Name, Name) {
    let meta = json::field(object, "metadata");
    let text = |key| json::text(meta, key).unwrap_or_default();
    (text("namespace"), text("name"))
}

impl Cluster {
    /// Takes exported objects, the oldest first, so that the order of creation is kept.
    /// Namespaces that are not among them go, unless there are none at all.
    pub fn import(&mut self, objects: &[Value]) -> Identities {
        let calendar = self.calendar();
        let kind = |it: &Value| json::text(it, "kind").unwrap_or_default();
        let created = |it: &Value| {
            time(json::at(it, &["metadata", "creationTimestamp"]), calendar).unwrap_or(self.now())
        };
        let mut sorted: Vec<(Time, usize)> =
            objects.iter().enumerate().map(|(index, it)| (created(it), index)).collect();
        sorted.sort_unstable();
        let version = |it: &Value| {
            let version = json::at(it, &["metadata", "resourceVersion"]).as_str();
            version.and_then(|it| it.parse().ok()).unwrap_or(0)
        };
        let newest = objects.iter().map(version).max().unwrap_or(0);
        self.store.start_versions_at(newest);
        let mut identities = Identities::default();
        for (_, index) in &sorted {
            let uid = json::at(&objects[*index], &["metadata", "uid"]);
            if let Some(uid) = uid.as_str() {
                identities.0.insert(uid.into(), self.store.next_uid());
            }
        }
        if objects.iter().any(|it| &*kind(it) == "Namespace") {
            let known: Vec<Name> = self.store.namespaces().cloned().collect();
            for name in &known {
                self.store.remove_namespace(name);
            }
        }
        // Owners come before what they own, nodes before their pods: no actor finds an orphan.
        let order = ["Namespace", "Node", "Deployment", "ReplicaSet", "DaemonSet"];
        for wanted in order {
            for (_, index) in sorted.iter().filter(|it| &*kind(&objects[it.1]) == wanted) {
                self.import_one(&objects[*index], &identities);
            }
        }
        for (_, index) in sorted.iter().filter(|it| !order.contains(&&*kind(&objects[it.1]))) {
            self.import_one(&objects[*index], &identities);
        }
        for kind in ["ConfigMap", "Secret"] {
            if self.store.stored_of(kind).next().is_none() {
                self.store.world.take_for_granted(kind);
            }
        }
        // What actors say of objects that are new to them has been said before the export.
        self.forget_events();
        identities
    }

    fn import_one(&mut self, object: &Value, identities: &Identities) {
        let text = |key| json::text(object, key).unwrap_or_default();
        let calendar = self.calendar();
        let meta = self.imported_meta(object, identities);
        let change = match (&*text("apiVersion"), &*text("kind")) {
            ("v1", "Namespace") => {
                self.store.put_namespace(meta.clone());
                if json::at(object, &["status", "phase"]) == "Terminating" {
                    self.store.terminate_namespace(meta.name.clone());
                    self.commit(Change::NamespaceTerminating(meta.name));
                    return;
                }
                Change::Stored
            }
            ("v1", "Node") => {
                let mut node = Node { meta, ..Node::from_json(object) };
                let conditions = json::list(json::field(object, "status"), "conditions");
                for it in conditions {
                    let since = time(json::field(it, "lastTransitionTime"), calendar);
                    let is_it = |known: &&mut crate::api::node::NodeCondition| {
                        json::field(it, "type") == known.kind.as_str()
                    };
                    if let (Some(known), Some(since)) =
                        (node.conditions.each_mut().find(is_it), since)
                    {
                        known.since = since;
                    }
                }
                self.store.put_node(node)
            }
            ("v1", "Pod") => {
                let status = status::pod(object, calendar);
                let mut pod = Pod { meta, ..Pod::from_json(object, self.now()) };
                pod.priority.value = json::integer(json::field(object, "spec"), "priority")
                    .unwrap_or(pod.priority.value);
                pod.status = status;
                self.store.put_pod(pod)
            }
            ("apps/v1", "DaemonSet") => {
                let status = status::daemon_set(json::field(object, "status"));
                let set = DaemonSet { meta, status, ..DaemonSet::from_json(object) };
                self.store.put_daemon_set(set)
            }
            ("apps/v1", "Deployment") => {
                let status = status::deployment(json::field(object, "status"), calendar);
                let deployment = Deployment { meta, status, ..Deployment::from_json(object) };
                self.store.put_deployment(deployment)
            }
            ("apps/v1", "ReplicaSet") => {
                let status = status::replica_set(json::field(object, "status"));
                let set = ReplicaSet { meta, status, ..ReplicaSet::from_json(object) };
                self.store.put_replica_set(set)
            }
            ("apps/v1", "ControllerRevision") => {
                let mut template = json::at(object, &["data", "spec", "template"]).clone();
                if let Some(template) = template.as_object_mut() {
                    template.remove("$patch");
                }
                let data = Arc::new(crate::api::template::PodTemplate::from_json(&template));
                let revision = json::integer(object, "revision").unwrap_or(0);
                self.store.put_revision(ControllerRevision { meta, data, revision })
            }
            // Events are records, not objects of the simulation.
            (_, "Event") => return,
            (api_version, kind) => {
                let (namespace, name) = address(object);
                let (api_version, kind) = (api_version.into(), kind.into());
                let (created, body) = (meta.created, Name::default());
                let stored = Stored { api_version, kind, namespace, name, created, body };
                self.store.put_stored(object, stored);
                Change::Stored
            }
        };
        self.commit(change);
    }

    fn imported_meta(&mut self, object: &Value, identities: &Identities) -> ObjectMeta {
        let calendar = self.calendar();
        let given = json::field(object, "metadata");
        let known = |uid: &Value| identities.0.get(uid.as_str()?).copied();
        let mut owners = json::list(given, "ownerReferences").iter();
        let owner = owners.find(|it| json::flag(it, "controller"));
        let controller = owner.and_then(|it| {
            let kind = OWNERS.iter().find(|kind| json::field(it, "kind") == **kind)?;
            let name = json::text(it, "name").unwrap_or_default();
            // An owner that is not in the export is one that does not exist.
            let uid = known(json::field(it, "uid")).unwrap_or(Uid(u64::MAX));
            Some(Arc::new(OwnerRef { kind, name, uid }))
        });
        let grace_seconds = json::integer(given, "deletionGracePeriodSeconds").unwrap_or(0);
        let deletion = time(json::field(given, "deletionTimestamp"), calendar).map(|at| Deletion {
            requested: at + grace_seconds.saturating_mul(-1000),
            grace_seconds,
        });
        let created = time(json::field(given, "creationTimestamp"), calendar);
        ObjectMeta {
            generate_name: json::text(given, "generateName"),
            uid: known(json::field(given, "uid")).unwrap_or_else(|| self.store.next_uid()),
            generation: json::integer(given, "generation").unwrap_or(0),
            created: created.unwrap_or(self.now()),
            deletion,
            controller,
            ..ObjectMeta::from_json(object)
        }
    }
}

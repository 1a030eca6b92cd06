//! Objects as the API returns them: the live fields laid over the body.

mod node;
mod pod;

use serde_json::{Map, Value, json};

mod workload;

use crate::api::daemon_set::{DaemonSetStatus, TEMPLATE_GENERATION};
use crate::api::taint::Toleration;
use crate::api::{
    Calendar, ControllerRevision, DaemonSet, Labels, Node, ObjectMeta, OwnerRef, Pod, Taint, Time,
    Uid,
};

/// Writes objects as Kubernetes JSON.
#[derive(Clone, Copy, Debug)]
pub struct Encoder {
    /// The date of virtual time zero.
    pub calendar: Calendar,
    /// Makes identities look as they do in a cluster.
    pub seed: u64,
    /// Virtual time: heartbeats are derived from it.
    pub now: Time,
}

/// A UUID for an identity: version 4 in form, always the same for one seed.
pub fn uuid(seed: u64, uid: Uid) -> String {
    let high = scramble(seed ^ uid.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let low = scramble(high ^ seed.rotate_left(32));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

impl Encoder {
    /// A UUID for an identity: version 4 in form, always the same for one seed.
    pub fn uuid(&self, uid: Uid) -> String {
        uuid(self.seed, uid)
    }

    fn time(&self, time: Time) -> Value {
        Value::from(self.calendar.rfc3339(time))
    }

    /// `metadata`.
    pub fn metadata(&self, meta: &ObjectMeta) -> Value {
        let mut object = json!({
            "name": &*meta.name,
            "uid": self.uuid(meta.uid),
            "resourceVersion": meta.resource_version.to_string(),
            "creationTimestamp": self.time(meta.created),
        });
        if let Some(generate_name) = &meta.generate_name {
            object["generateName"] = Value::from(&**generate_name);
        }
        if !meta.namespace.is_empty() {
            object["namespace"] = Value::from(&*meta.namespace);
        }
        if meta.generation > 0 {
            object["generation"] = Value::from(meta.generation);
        }
        if let Some(deletion) = &meta.deletion {
            let at = deletion.requested + deletion.grace_seconds.saturating_mul(1000);
            object["deletionTimestamp"] = self.time(at);
            object["deletionGracePeriodSeconds"] = Value::from(deletion.grace_seconds);
        }
        put_texts(&mut object, "labels", &meta.labels);
        put_texts(&mut object, "annotations", &meta.annotations);
        if !meta.finalizers.is_empty() {
            object["finalizers"] = meta.finalizers.iter().map(|it| Value::from(&**it)).collect();
        }
        if let Some(owner) = &meta.controller {
            object["ownerReferences"] = json!([self.owner(owner)]);
        }
        object
    }

    fn owner(&self, owner: &OwnerRef) -> Value {
        json!({
            "apiVersion": "apps/v1",
            "kind": owner.kind,
            "name": &*owner.name,
            "uid": self.uuid(owner.uid),
            "controller": true,
            "blockOwnerDeletion": true,
        })
    }

    /// A pod.
    pub fn pod(&self, pod: &Pod) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": self.metadata(&pod.meta),
            "spec": pod_spec(pod),
            "status": self.pod_status(pod),
        })
    }

    fn pod_status(&self, pod: &Pod) -> Value {
        let status = &pod.status;
        let mut object = json!({"phase": status.phase.as_str()});
        let conditions = self.pod_conditions(pod);
        if !conditions.is_empty() {
            object["conditions"] = Value::Array(conditions);
        }
        if let Some(started) = status.started {
            object["startTime"] = self.time(started);
        }
        let texts = [
            ("nominatedNodeName", &status.nominated_node),
            ("reason", &status.reason),
            ("message", &status.message),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                object[key] = Value::from(&***text);
            }
        }
        let addresses = [("hostIP", "hostIPs", status.host_ip), ("podIP", "podIPs", status.pod_ip)];
        for (one, all, address) in addresses {
            if let Some(address) = address {
                object[one] = Value::from(address.to_string());
                object[all] = json!([{"ip": address.to_string()}]);
            }
        }
        let spec = &pod.spec;
        let lists = [
            ("initContainerStatuses", &spec.init_containers, &status.init_containers),
            ("containerStatuses", &spec.containers, &status.containers),
        ];
        for (key, containers, statuses) in lists {
            if !statuses.is_empty() {
                let both = containers.iter().zip(statuses);
                object[key] = both.map(|(it, status)| self.container(pod, it, status)).collect();
            }
        }
        object
    }

    /// A DaemonSet.
    pub fn daemon_set(&self, ds: &DaemonSet) -> Value {
        let mut metadata = self.metadata(&ds.meta);
        if let Some(generation) = ds.template_generation {
            metadata["annotations"][TEMPLATE_GENERATION] = Value::from(generation.to_string());
        }
        json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": metadata,
            "spec": *ds.spec_body,
            "status": daemon_set_status(&ds.status),
        })
    }

    /// A ControllerRevision.
    pub fn revision(&self, revision: &ControllerRevision) -> Value {
        let mut template: Value = serde_json::from_str(&revision.data.body).unwrap_or_default();
        if let Some(template) = template.as_object_mut() {
            template.insert("$patch".into(), Value::from("replace"));
        }
        json!({
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": self.metadata(&revision.meta),
            "data": {"spec": {"template": template}},
            "revision": revision.revision,
        })
    }
}

/// The body of the template with what the controller and the scheduler added.
fn pod_spec(pod: &Pod) -> Value {
    let mut spec = (*pod.spec.body).clone();
    if !spec.is_object() {
        spec = Value::Object(Map::new());
    }
    if !pod.spec.tolerations.is_empty() {
        spec["tolerations"] = pod.spec.tolerations.iter().map(toleration).collect();
    }
    if let Some(pin) = &pod.pin {
        spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = json!({
            "nodeSelectorTerms": [{
                "matchFields": [{"key": "metadata.name", "operator": "In", "values": [&**pin]}]
            }]
        });
    }
    if let Some(node) = &pod.node_name {
        spec["nodeName"] = Value::from(&**node);
    }
    spec["priority"] = Value::from(pod.priority.value);
    let policy = if pod.priority.never_preempts { "Never" } else { "PreemptLowerPriority" };
    spec["preemptionPolicy"] = Value::from(policy);
    spec
}

/// A toleration without its empty fields.
fn toleration(toleration: &Toleration) -> Value {
    let mut object = Map::new();
    let fields = [
        ("key", &toleration.key),
        ("operator", &toleration.operator),
        ("value", &toleration.value),
        ("effect", &toleration.effect),
    ];
    for (key, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
        object.insert(key.into(), Value::from(&**text));
    }
    if let Some(seconds) = toleration.toleration_seconds {
        object.insert("tolerationSeconds".into(), Value::from(seconds));
    }
    Value::Object(object)
}

/// Figures that upstream marks `omitempty` are left out when they are zero.
fn daemon_set_status(status: &DaemonSetStatus) -> Value {
    let mut object = json!({
        "currentNumberScheduled": status.current_number_scheduled,
        "desiredNumberScheduled": status.desired_number_scheduled,
        "numberMisscheduled": status.number_misscheduled,
        "numberReady": status.number_ready,
    });
    let optional = [
        ("numberAvailable", i64::from(status.number_available)),
        ("numberUnavailable", i64::from(status.number_unavailable)),
        ("updatedNumberScheduled", i64::from(status.updated_number_scheduled)),
        ("observedGeneration", status.observed_generation),
    ];
    for (key, figure) in optional.into_iter().filter(|(_, figure)| *figure != 0) {
        object[key] = Value::from(figure);
    }
    if let Some(count) = status.collision_count {
        object["collisionCount"] = Value::from(count);
    }
    object
}

impl Node {
    /// Metadata and spec as JSON, laid over the object as it was given.
    pub fn to_json(&self) -> Value {
        let mut object = (*self.body).clone();
        if !object.is_object() {
            object = Value::Object(Map::new());
        }
        object["metadata"]["name"] = Value::from(&*self.meta.name);
        object["metadata"]["labels"] = texts(&self.meta.labels);
        object["spec"]["taints"] = self.taints.iter().map(Taint::to_json).collect();
        if self.unschedulable {
            object["spec"]["unschedulable"] = Value::Bool(true);
        } else if let Some(spec) = object["spec"].as_object_mut() {
            spec.remove("unschedulable");
        }
        object
    }
}

fn texts(texts: &Labels) -> Value {
    let pair = |(key, value): (&crate::api::Name, &crate::api::Name)| {
        (key.to_string(), Value::from(&**value))
    };
    let mut object = Map::new();
    object.extend(texts.iter().map(pair));
    Value::Object(object)
}

fn put_texts(object: &mut Value, key: &str, map: &Labels) {
    if !map.is_empty() {
        object[key] = texts(map);
    }
}

/// The finalizer of SplitMix64.
fn scramble(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

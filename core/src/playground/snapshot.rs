//! The whole cluster as plain Kubernetes JSON.

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::api::{Name, Time};
use crate::playground::Playground;
use crate::sim::Event;
use crate::sim::event::ObjectRef;

impl Playground {
    /// Every object, as the API would return it.
    pub fn snapshot(&self) -> Value {
        let store = self.cluster().store();
        let encoder = self.encoder();
        let events = self.cluster().events().iter().map(|it| self.event(it, &encoder));
        json!({
            "now": self.now().0 as f64 / 1000.0,
            "nodes": store.nodes().map(|it| encoder.node(it)).collect::<Value>(),
            "pods": store.pods().map(|it| encoder.pod(it)).collect::<Value>(),
            "daemonSets": store.daemon_sets().map(|it| encoder.daemon_set(it)).collect::<Value>(),
            "deployments": store.deployments().map(|it| encoder.deployment(it)).collect::<Value>(),
            "replicaSets":
                store.replica_sets().map(|it| encoder.replica_set(it)).collect::<Value>(),
            "controllerRevisions":
                store.revisions().map(|it| encoder.revision(it)).collect::<Value>(),
            "events": events.collect::<Value>(),
        })
    }

    pub(super) fn encoder(&self) -> Encoder {
        Encoder { calendar: self.cluster().calendar(), seed: self.seed.0, now: self.now() }
    }

    /// An Event as the API returns it. The scheduler writes the newer kind, whose times are
    /// `eventTime` and a series; all others write the older one.
    pub(super) fn event(&self, event: &Event, encoder: &Encoder) -> Value {
        let object = &event.event.object;
        let source = event.event.source;
        let mut involved = json!({
            "kind": object.kind,
            "name": &*object.name,
            "uid": encoder.uuid(object.uid),
        });
        match (object.kind, source) {
            // A kubelet does not say of which version its node is.
            ("Node", "kubelet") => {}
            ("Pod" | "Node" | "Namespace", _) => involved["apiVersion"] = Value::from("v1"),
            _ => involved["apiVersion"] = Value::from("apps/v1"),
        }
        if !object.namespace.is_empty() {
            involved["namespace"] = Value::from(&*object.namespace);
        }
        if let Some(container) = &object.container {
            involved["fieldPath"] = Value::from(format!("spec.containers{{{container}}}"));
        }
        let namespace = match &*object.namespace {
            "" => "default",
            namespace => namespace,
        };
        let mut value = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": format!("{}.{:016x}", object.name, event.id),
                "namespace": namespace,
                "creationTimestamp": encoder.calendar.rfc3339(event.first),
            },
            "involvedObject": involved,
            "type": event.kind(),
            "reason": event.event.reason,
            "message": event.message(),
        });
        if source == "default-scheduler" {
            value["eventTime"] = Value::from(micro_time(encoder, event.first));
            value["firstTimestamp"] = Value::Null;
            value["lastTimestamp"] = Value::Null;
            value["reportingComponent"] = Value::from(source);
            value["source"] = json!({});
            if event.count > 1 {
                let last = micro_time(encoder, event.last);
                value["series"] = json!({"count": event.count, "lastObservedTime": last});
            }
            return value;
        }
        value["count"] = Value::from(event.count);
        value["firstTimestamp"] = Value::from(encoder.calendar.rfc3339(event.first));
        value["lastTimestamp"] = Value::from(encoder.calendar.rfc3339(event.last));
        value["source"] = json!({"component": source});
        if source == "kubelet"
            && let Some(host) = self.host_of(object)
        {
            value["source"]["host"] = Value::from(&*host);
        }
        value
    }

    /// The node whose kubelet speaks of an object.
    fn host_of(&self, object: &ObjectRef) -> Option<Name> {
        if object.kind == "Node" {
            return Some(object.name.clone());
        }
        self.cluster().store().pod(object.uid)?.node_name.clone()
    }
}

/// `2026-01-12T09:00:00.125000Z`.
fn micro_time(encoder: &Encoder, time: Time) -> String {
    let text = encoder.calendar.rfc3339(time);
    let seconds = text.strip_suffix('Z').unwrap_or(&text);
    format!("{seconds}.{:03}000Z", time.0.rem_euclid(1000))
}

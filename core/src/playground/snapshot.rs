//! The whole cluster as plain Kubernetes JSON.

use serde_json::{Value, json};

use crate::api::encode::Encoder;
use crate::playground::Playground;
use crate::sim::Event;

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
        Encoder { calendar: self.cluster().calendar(), seed: self.seed.0 }
    }

    fn event(&self, event: &Event, encoder: &Encoder) -> Value {
        let object = &event.event.object;
        let mut involved = json!({
            "kind": object.kind,
            "name": &*object.name,
            "uid": encoder.uuid(object.uid),
        });
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
        json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": format!("{}.{:016x}", object.name, event.id),
                "namespace": namespace,
            },
            "involvedObject": involved,
            "type": event.kind(),
            "reason": event.event.reason,
            "message": event.message(),
            "count": event.count,
            "firstTimestamp": encoder.calendar.rfc3339(event.first),
            "lastTimestamp": encoder.calendar.rfc3339(event.last),
            "source": {"component": event.event.source},
        })
    }
}

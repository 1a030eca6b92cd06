//! What the schema has and a server of version 1.31 has not.
//!
//! `k8s-openapi` no longer publishes 1.31. The list is the difference between its oldest version
//! now (1.33) and the 1.31 of its release 0.24; a field that is missing here would be accepted by
//! the playground and refused by the server it imitates.

use serde_json::{Map, Value};

/// Type, field, and the version that brought it.
const FIELDS: &[(&str, &str, &str)] = &[
    ("apps.v1.DeploymentStatus", "terminatingReplicas", "1.33"),
    ("apps.v1.ReplicaSetStatus", "terminatingReplicas", "1.33"),
    ("core.v1.ContainerStatus", "stopSignal", "1.33"),
    ("core.v1.Lifecycle", "stopSignal", "1.33"),
    ("core.v1.NodeSystemInfo", "swap", "1.33"),
    ("core.v1.PodCondition", "observedGeneration", "1.33"),
    ("core.v1.PodSecurityContext", "seLinuxChangePolicy", "1.32"),
    ("core.v1.PodSpec", "resources", "1.32: resources of the pod, not of a container"),
    ("core.v1.PodStatus", "observedGeneration", "1.33"),
];

/// Types that only removed fields mention, and the version that brought them.
const TYPES: &[(&str, &str)] = &[("core.v1.NodeSwapStatus", "1.33")];

/// Removes them. A listed field that is not there is a mistake in the list.
pub(crate) fn remove(definitions: &mut Map<String, Value>) {
    for (name, field, _since) in FIELDS {
        let properties = definitions
            .get_mut(&format!("io.k8s.api.{name}"))
            .and_then(|it| it.get_mut("properties"))
            .and_then(Value::as_object_mut);
        let removed = properties.and_then(|it| it.remove(*field));
        assert!(removed.is_some(), "{name}.{field} is listed as newer but not in the schema");
    }
    for (name, _since) in TYPES {
        let removed = definitions.remove(&format!("io.k8s.api.{name}"));
        assert!(removed.is_some(), "{name} is listed as newer but not in the schema");
    }
}

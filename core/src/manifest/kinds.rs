//! The kinds of object that a server of version 1.31 has without custom resources.

/// apiVersion, then its kinds. Versions that are served, on by default, and can be applied.
const SERVED: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("autoscaling/v1", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("batch/v1", &["CronJob", "Job"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("extensions", &[]),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("flowcontrol.apiserver.k8s.io/v1beta3", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("policy/v1", &["PodDisruptionBudget"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    (
        "storage.k8s.io/v1",
        &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"],
    ),
];

/// Kinds that come with the server: elsewhere the same word would be a custom resource, and those
/// that share a name with a kind that is simulated would only be mistaken for it.
pub(crate) fn is_served(api_version: &str, kind: &str) -> bool {
    match kinds_of(api_version) {
        Some(kinds) => kinds.contains(&kind),
        None => is_custom(api_version) && !kinds_of("apps/v1").is_some_and(|it| it.contains(&kind)),
    }
}

/// Whether a custom resource definition could bring the group.
pub(crate) fn is_custom(api_version: &str) -> bool {
    let group = group_of(api_version);
    SERVED.iter().all(|(served, _)| group_of(served) != group)
}

/// The kinds of a version that is served.
pub(crate) fn kinds_of(api_version: &str) -> Option<&'static [&'static str]> {
    SERVED.iter().find(|(served, _)| *served == api_version).map(|(_, kinds)| *kinds)
}

/// The version that has such a kind.
pub(crate) fn version_of(kind: &str) -> Option<&'static str> {
    SERVED.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(served, _)| *served)
}

/// Empty for the core group, which has a version alone.
fn group_of(api_version: &str) -> &str {
    match api_version.split_once('/') {
        Some((group, _)) => group,
        None if api_version == "extensions" => api_version,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_served_in_their_versions() {
        let cases = [
            ("apps/v1", "DaemonSet", true),
            ("v1", "ServiceAccount", true),
            ("monitoring.coreos.com/v1", "ServiceMonitor", true),
            ("snapshot.storage.k8s.io/v1", "VolumeSnapshot", true),
            ("apps/v1beta2", "DaemonSet", false),
            ("extensions/v1beta1", "Ingress", false),
            ("policy/v1beta1", "PodSecurityPolicy", false),
            ("v1", "DaemonSet", false),
            ("apps.kruise.io/v1alpha1", "DaemonSet", false),
        ];
        for (api_version, kind, expected) in cases {
            assert_eq!(is_served(api_version, kind), expected, "{api_version} {kind}");
        }
        assert_eq!(version_of("Ingress"), Some("networking.k8s.io/v1"));
        assert!(is_custom("example.com/v1") && !is_custom("extensions/v1beta1"));
    }
}

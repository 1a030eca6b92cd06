//! The kinds of objects and the names under which kubectl knows them.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::output::Failure;

/// A type of object that the API serves.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// `daemonsets`.
    pub plural: &'static str,
    /// `daemonset`.
    pub singular: &'static str,
    /// `ds`.
    pub short: &'static [&'static str],
    /// `apps`, empty for the core.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `DaemonSet`.
    pub kind: &'static str,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
    /// Whether `get all` lists it.
    pub is_in_all: bool,
}

const fn resource(
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
    group: &'static str,
    kind: &'static str,
) -> Resource {
    let (version, is_namespaced, is_in_all) = ("v1", true, false);
    Resource { plural, singular, short, group, version, kind, is_namespaced, is_in_all }
}

const fn in_all(resource: Resource) -> Resource {
    Resource { is_in_all: true, ..resource }
}

const fn of_cluster(resource: Resource) -> Resource {
    Resource { is_namespaced: false, ..resource }
}

/// What a server of version 1.31 has, as far as its objects can be listed; those of `get all`
/// first, in its order. Most of them are stored here, and nothing acts on them.
pub(super) static RESOURCES: [Resource; 49] = [
    in_all(resource("pods", "pod", &["po"], "", "Pod")),
    in_all(resource(
        "replicationcontrollers",
        "replicationcontroller",
        &["rc"],
        "",
        "ReplicationController",
    )),
    in_all(resource("services", "service", &["svc"], "", "Service")),
    in_all(resource("daemonsets", "daemonset", &["ds"], "apps", "DaemonSet")),
    in_all(resource("deployments", "deployment", &["deploy"], "apps", "Deployment")),
    in_all(resource("replicasets", "replicaset", &["rs"], "apps", "ReplicaSet")),
    in_all(resource("statefulsets", "statefulset", &["sts"], "apps", "StatefulSet")),
    in_all(Resource {
        version: "v2",
        ..resource(
            "horizontalpodautoscalers",
            "horizontalpodautoscaler",
            &["hpa"],
            "autoscaling",
            "HorizontalPodAutoscaler",
        )
    }),
    in_all(resource("cronjobs", "cronjob", &["cj"], "batch", "CronJob")),
    in_all(resource("jobs", "job", &[], "batch", "Job")),
    resource("controllerrevisions", "controllerrevision", &[], "apps", "ControllerRevision"),
    of_cluster(resource("nodes", "node", &["no"], "", "Node")),
    of_cluster(resource("namespaces", "namespace", &["ns"], "", "Namespace")),
    resource("events", "event", &["ev"], "", "Event"),
    resource("configmaps", "configmap", &["cm"], "", "ConfigMap"),
    resource("endpoints", "endpoints", &["ep"], "", "Endpoints"),
    resource("limitranges", "limitrange", &["limits"], "", "LimitRange"),
    resource(
        "persistentvolumeclaims",
        "persistentvolumeclaim",
        &["pvc"],
        "",
        "PersistentVolumeClaim",
    ),
    of_cluster(resource("persistentvolumes", "persistentvolume", &["pv"], "", "PersistentVolume")),
    resource("podtemplates", "podtemplate", &[], "", "PodTemplate"),
    resource("resourcequotas", "resourcequota", &["quota"], "", "ResourceQuota"),
    resource("secrets", "secret", &[], "", "Secret"),
    resource("serviceaccounts", "serviceaccount", &["sa"], "", "ServiceAccount"),
    of_cluster(resource(
        "mutatingwebhookconfigurations",
        "mutatingwebhookconfiguration",
        &[],
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration",
    )),
    of_cluster(resource(
        "validatingadmissionpolicies",
        "validatingadmissionpolicy",
        &[],
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy",
    )),
    of_cluster(resource(
        "validatingadmissionpolicybindings",
        "validatingadmissionpolicybinding",
        &[],
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
    )),
    of_cluster(resource(
        "validatingwebhookconfigurations",
        "validatingwebhookconfiguration",
        &[],
        "admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration",
    )),
    of_cluster(resource(
        "customresourcedefinitions",
        "customresourcedefinition",
        &["crd", "crds"],
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
    )),
    of_cluster(resource("apiservices", "apiservice", &[], "apiregistration.k8s.io", "APIService")),
    of_cluster(resource(
        "certificatesigningrequests",
        "certificatesigningrequest",
        &["csr"],
        "certificates.k8s.io",
        "CertificateSigningRequest",
    )),
    resource("leases", "lease", &[], "coordination.k8s.io", "Lease"),
    resource("endpointslices", "endpointslice", &[], "discovery.k8s.io", "EndpointSlice"),
    of_cluster(resource(
        "flowschemas",
        "flowschema",
        &[],
        "flowcontrol.apiserver.k8s.io",
        "FlowSchema",
    )),
    of_cluster(resource(
        "prioritylevelconfigurations",
        "prioritylevelconfiguration",
        &[],
        "flowcontrol.apiserver.k8s.io",
        "PriorityLevelConfiguration",
    )),
    of_cluster(resource(
        "ingressclasses",
        "ingressclass",
        &[],
        "networking.k8s.io",
        "IngressClass",
    )),
    resource("ingresses", "ingress", &["ing"], "networking.k8s.io", "Ingress"),
    resource("networkpolicies", "networkpolicy", &["netpol"], "networking.k8s.io", "NetworkPolicy"),
    of_cluster(resource("runtimeclasses", "runtimeclass", &[], "node.k8s.io", "RuntimeClass")),
    resource(
        "poddisruptionbudgets",
        "poddisruptionbudget",
        &["pdb"],
        "policy",
        "PodDisruptionBudget",
    ),
    of_cluster(resource(
        "clusterrolebindings",
        "clusterrolebinding",
        &[],
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
    )),
    of_cluster(resource(
        "clusterroles",
        "clusterrole",
        &[],
        "rbac.authorization.k8s.io",
        "ClusterRole",
    )),
    resource("rolebindings", "rolebinding", &[], "rbac.authorization.k8s.io", "RoleBinding"),
    resource("roles", "role", &[], "rbac.authorization.k8s.io", "Role"),
    of_cluster(resource(
        "priorityclasses",
        "priorityclass",
        &["pc"],
        "scheduling.k8s.io",
        "PriorityClass",
    )),
    of_cluster(resource("csidrivers", "csidriver", &[], "storage.k8s.io", "CSIDriver")),
    of_cluster(resource("csinodes", "csinode", &[], "storage.k8s.io", "CSINode")),
    resource(
        "csistoragecapacities",
        "csistoragecapacity",
        &[],
        "storage.k8s.io",
        "CSIStorageCapacity",
    ),
    of_cluster(resource(
        "storageclasses",
        "storageclass",
        &["sc"],
        "storage.k8s.io",
        "StorageClass",
    )),
    of_cluster(resource(
        "volumeattachments",
        "volumeattachment",
        &[],
        "storage.k8s.io",
        "VolumeAttachment",
    )),
];

/// Kinds that change other objects by a controller that is not simulated.
const IDLE: [&str; 5] =
    ["CronJob", "HorizontalPodAutoscaler", "Job", "ReplicationController", "StatefulSet"];

/// What is told of an object that is made and on which nothing acts here; none of all others.
pub(super) fn idle_note(object: &Value) -> Option<String> {
    let kind = json::text(object, "kind").filter(|it| IDLE.contains(&&**it))?;
    Some(format!("(no controller of {kind}s is simulated: the object is stored, and that is all)"))
}

impl Resource {
    /// The resource of that name as a person types it: short names as they are, names and kinds in
    /// any case, also with version and group (`daemonsets.v1.apps`).
    pub(super) fn named(text: &str) -> Result<&'static Resource, Failure> {
        let lower = text.to_ascii_lowercase();
        let (name, rest) = lower.split_once('.').unwrap_or((&lower, ""));
        let is_named = |it: &&Resource| {
            let group = match rest.split_once('.') {
                Some((version, group)) if version == it.version => group,
                _ if rest == it.version && it.group.is_empty() => "",
                _ => rest,
            };
            let is_short = it.short.contains(&text) || it.short.contains(&name) && name != lower;
            (name == it.plural || name == it.singular || is_short)
                && (rest.is_empty() || group == it.group)
        };
        let unknown = || {
            let name = if rest.is_empty() { text } else { name };
            Failure::new(format!("the server doesn't have a resource type \"{name}\""))
        };
        RESOURCES.iter().find(is_named).ok_or_else(unknown)
    }

    /// All types.
    pub fn all() -> impl Iterator<Item = &'static Resource> {
        RESOURCES.iter()
    }

    /// The resource of a kind.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<&'static Resource> {
        // A group may be served in more than one version.
        let group = api_version.split_once('/').map_or("", |it| it.0);
        RESOURCES.iter().find(|it| it.kind == kind && it.group == group)
    }

    /// The resource with that plural, for those that the code names.
    pub(super) fn plural(plural: &str) -> &'static Resource {
        let found = RESOURCES.iter().find(|it| it.plural == plural);
        found.unwrap_or(&RESOURCES[0])
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// `daemonsets.apps`, as messages of the server name it.
    pub(super) fn full_plural(&self) -> String {
        with_group(self.plural, self.group)
    }

    /// `daemonset.apps`, as results name it.
    pub(super) fn full_singular(&self) -> String {
        with_group(self.singular, self.group)
    }

    /// `daemonset.apps/NAME`.
    pub fn object(&self, name: &str) -> String {
        format!("{}/{name}", self.full_singular())
    }

    /// `apps/v1, Resource=daemonsets`, as Go prints a `GroupVersionResource`.
    pub(super) fn go(&self) -> String {
        format!("{}/{}, Resource={}", self.group, self.version, self.plural)
    }
}

fn with_group(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}

/// `metadata.name`.
pub(super) fn name_of(object: &Value) -> &str {
    json::at(object, &["metadata", "name"]).as_str().unwrap_or_default()
}

/// `metadata.namespace`, empty if there is none.
pub(super) fn namespace_of(object: &Value) -> &str {
    json::at(object, &["metadata", "namespace"]).as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kubectl.md §12.
    #[test]
    fn a_type_has_many_names() {
        let names = "ds daemonset daemonsets DaemonSet daemonset.apps daemonsets.v1.apps ds.apps";
        for name in names.split(' ') {
            assert_eq!(Resource::named(name).unwrap().plural, "daemonsets", "{name}");
        }
        assert_eq!(Resource::named("pods.v1").unwrap().plural, "pods");
        for (name, said) in [("DS", "DS"), ("foo", "foo"), ("foos.bar", "foos"), ("", "")] {
            let text = format!("the server doesn't have a resource type \"{said}\"");
            assert_eq!(Resource::named(name).unwrap_err(), Failure::new(text), "{name}");
        }
    }
}

//! Pods: the part of the spec that the control plane reads, and their status.

mod claims;
mod config;
mod failure;
mod probe;
mod scheduling;
mod status;

use std::sync::Arc;

use serde_json::Value;

use crate::api::resources::Resources;
use crate::api::selector::NodeSelectorTerm;
use crate::api::taint::Toleration;
use crate::api::{Labels, Name, ObjectMeta, Time, json};

use claims::{host_ports, total_requests};

pub use claims::HostPort;
pub use config::{ConfigRef, ConfigVolume};
pub use probe::{Probe, ProbeKind, ProbeRole};
pub use scheduling::{PodTerm, Priority, Scheduling, SpreadConstraint};
pub use status::{Condition, ContainerState, ContainerStatus, Disruption, Ended, Phase, PodStatus};

/// What the simulation reads of a pod spec; the whole of it is in `body`.
#[derive(Clone, Debug, PartialEq)]
pub struct PodSpec {
    /// `nodeName` as written: set, the scheduler is bypassed.
    pub node_name: Option<Name>,
    /// `nodeSelector`.
    pub node_selector: Labels,
    /// The terms of required node affinity, if there is any.
    pub required_terms: Option<Vec<NodeSelectorTerm>>,
    /// Tolerations in order.
    pub tolerations: Vec<Toleration>,
    /// `hostNetwork`.
    pub host_network: bool,
    /// Containers that run before the others.
    pub init_containers: Vec<Container>,
    /// Containers.
    pub containers: Vec<Container>,
    /// Conditions that somebody else has to set before the pod is ready.
    pub readiness_gates: Vec<Name>,
    /// `terminationGracePeriodSeconds`.
    pub grace_seconds: i64,
    /// What the pod asks of its node.
    pub requests: Resources,
    /// Ports that it claims on its node.
    pub host_ports: Vec<HostPort>,
    /// Volumes without whose ConfigMaps and Secrets it does not start.
    pub config_volumes: Vec<ConfigVolume>,
    /// Priority, preferences, and how it gets on with other pods.
    pub scheduling: Scheduling,
    /// The defaulted spec as JSON, shared by all pods that are made from one template.
    pub body: Arc<Value>,
}

impl PodSpec {
    /// Reads a defaulted pod spec.
    pub fn from_json(body: Arc<Value>) -> PodSpec {
        let spec = &*body;
        let containers = |key| json::list(spec, key).iter().map(Container::from_json).collect();
        let (init_containers, main): (Vec<_>, Vec<_>) =
            (containers("initContainers"), containers("containers"));
        let host_network = json::flag(spec, "hostNetwork");
        let required = json::at(
            spec,
            &["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"],
        );
        let terms = |required| {
            json::list(required, "nodeSelectorTerms").iter().map(NodeSelectorTerm::from_json)
        };
        PodSpec {
            node_name: json::non_empty(spec, "nodeName"),
            node_selector: json::texts(spec, "nodeSelector"),
            required_terms: required.is_object().then(|| terms(required).collect()),
            tolerations: json::list(spec, "tolerations")
                .iter()
                .map(Toleration::from_json)
                .collect(),
            host_network,
            requests: total_requests(&init_containers, &main, json::field(spec, "overhead")),
            host_ports: host_ports(&init_containers, &main, host_network),
            config_volumes: config::volumes(spec),
            scheduling: Scheduling::from_json(spec, &init_containers, &main),
            init_containers,
            containers: main,
            readiness_gates: json::list(spec, "readinessGates")
                .iter()
                .filter_map(|it| json::text(it, "conditionType"))
                .collect(),
            grace_seconds: json::integer(spec, "terminationGracePeriodSeconds").unwrap_or(30),
            body: body.clone(),
        }
    }

    /// Whether a container that ended so is started again (`restartPolicy`).
    pub fn restarts_after(&self, exit_code: i32) -> bool {
        match json::field(&self.body, "restartPolicy").as_str() {
            Some("Never") => false,
            Some("OnFailure") => exit_code != 0,
            _ => true,
        }
    }

    /// Some container asks for cpu or memory, or is limited in it: the quality of service is not
    /// `BestEffort`.
    pub fn asks_for_resources(&self) -> bool {
        let mut containers = self.init_containers.iter().chain(&self.containers);
        containers.any(|it| it.requests.cpu > 0 || it.requests.memory > 0)
    }

    /// The node named by the `metadata.name` pin in required affinity (`GetTargetNodeName`).
    pub fn pinned_node(&self) -> Option<&Name> {
        self.required_terms.as_deref()?.iter().find_map(NodeSelectorTerm::named_node)
    }
}

/// What the simulation reads of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Unique in its pod.
    pub name: Name,
    /// The image reference.
    pub image: Name,
    /// `imagePullPolicy` is `Always`.
    pub always_pull: bool,
    /// `imagePullPolicy` is `Never`.
    pub never_pull: bool,
    /// Requests, with limits standing in for requests that are not given.
    pub requests: Resources,
    /// Its ports.
    pub ports: Vec<HostPort>,
    /// An init container that goes on running beside the others.
    pub is_sidecar: bool,
    /// ConfigMaps and Secrets that its environment is made from.
    pub environment: Vec<ConfigRef>,
    /// When it is ready, if a probe decides that.
    pub readiness: Option<Probe>,
    /// Whether it is to be started again, if a probe decides that.
    pub liveness: Option<Probe>,
    /// When it has started, if a probe decides that: until then the others are not asked.
    pub startup: Option<Probe>,
}

impl Container {
    /// The probe of that role.
    pub fn probe(&self, role: ProbeRole) -> Option<Probe> {
        match role {
            ProbeRole::Startup => self.startup,
            ProbeRole::Liveness => self.liveness,
            ProbeRole::Readiness => self.readiness,
        }
    }

    fn from_json(container: &Value) -> Container {
        let mut requests = Resources::from_json(json::at(container, &["resources", "limits"]));
        let given = json::at(container, &["resources", "requests"]);
        let named = Resources::from_json(given);
        for name in given.as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
            match name {
                "cpu" => requests.cpu = named.cpu,
                "memory" => requests.memory = named.memory,
                "ephemeral-storage" => requests.ephemeral_storage = named.ephemeral_storage,
                _ => requests.extended.extend(named.extended.clone()),
            }
        }
        let probe = |key| Some(json::field(container, key)).filter(|it| it.is_object());
        let probe = |key| probe(key).map(Probe::from_json);
        Container {
            name: json::text(container, "name").unwrap_or_default(),
            image: json::text(container, "image").unwrap_or_default(),
            always_pull: json::field(container, "imagePullPolicy") == "Always",
            never_pull: json::field(container, "imagePullPolicy") == "Never",
            requests,
            ports: json::list(container, "ports").iter().filter_map(HostPort::from_json).collect(),
            is_sidecar: json::field(container, "restartPolicy") == "Always",
            environment: config::environment(container),
            readiness: probe("readinessProbe"),
            liveness: probe("livenessProbe"),
            startup: probe("startupProbe"),
        }
    }
}

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Pod {
    /// Metadata.
    pub meta: ObjectMeta,
    /// The spec, shared by all pods of a template.
    pub spec: Arc<PodSpec>,
    /// The node that the DaemonSet controller pinned the pod to; it stands for the required
    /// affinity of the shared spec, which the controller replaces pod by pod.
    pub pin: Option<Name>,
    /// `spec.priority` and `spec.preemptionPolicy`, as admission resolves them.
    pub priority: Priority,
    /// `spec.nodeName`: the node it is bound to.
    pub node_name: Option<Name>,
    /// Status.
    pub status: PodStatus,
}

impl Pod {
    /// Reads a pod as somebody wrote it, with phase and condition `Ready` as of `now`.
    pub fn from_json(object: &Value, now: Time) -> Pod {
        let spec = PodSpec::from_json(Arc::new(json::field(object, "spec").clone()));
        let given = json::field(object, "status");
        let mut status = PodStatus {
            phase: match json::field(given, "phase").as_str() {
                Some("Running") => Phase::Running,
                Some("Succeeded") => Phase::Succeeded,
                Some("Failed") => Phase::Failed,
                _ => Phase::Pending,
            },
            ..PodStatus::default()
        };
        let ready = json::list(given, "conditions").iter();
        if let Some(ready) = ready.into_iter().find(|it| json::field(it, "type") == "Ready") {
            status.set_ready(json::field(ready, "status") == "True", now);
        }
        let node_name = spec.node_name.clone();
        let meta = ObjectMeta::from_json(object);
        let priority = Priority::given(&spec.scheduling);
        Pod { meta, spec: Arc::new(spec), pin: None, priority, node_name, status }
    }

    /// The same pod with another status.
    pub fn with_status(&self, status: PodStatus) -> Pod {
        Pod {
            meta: self.meta.clone(),
            spec: self.spec.clone(),
            pin: self.pin.clone(),
            priority: self.priority,
            node_name: self.node_name.clone(),
            status,
        }
    }

    /// The node it is bound to, else the one it is pinned to (`GetTargetNodeName`).
    pub fn target_node(&self) -> Option<&Name> {
        self.node_name.as_ref().or(self.pin.as_ref()).or_else(|| self.spec.pinned_node())
    }

    /// Condition `Ready` is True.
    pub fn is_ready(&self) -> bool {
        self.status.ready.is_some_and(|it| it.status)
    }

    /// Ready for more than `min_ready_seconds` (`IsPodAvailable`).
    pub fn is_available(&self, min_ready_seconds: i64, now: Time) -> bool {
        self.is_ready() && self.available_from(min_ready_seconds).is_some_and(|it| it < now)
    }

    /// The instant after which a ready pod is available.
    pub fn available_from(&self, min_ready_seconds: i64) -> Option<Time> {
        let ready = self.status.ready.filter(|it| it.status)?;
        match min_ready_seconds {
            0 => Some(Time(i64::MIN)),
            seconds => Some(ready.since + seconds * 1000),
        }
    }

    /// Phase Succeeded or Failed.
    pub fn is_terminal(&self) -> bool {
        self.status.phase.is_terminal()
    }

    /// Restarts of all its containers.
    pub fn restarts(&self) -> u32 {
        self.status.containers.iter().map(|it| it.restarts).sum()
    }
}

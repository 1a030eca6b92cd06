//! Advice about a DaemonSet's manifest: what administrators check before they apply one. Nothing
//! here is an error; the API server takes all of it.

mod containers;
mod placement;
mod rollout;

use serde_json::Value;

use crate::api::field_error::FieldPath;
use crate::api::json;
use crate::manifest::{self, Document, Edit, Step};
use crate::sim::Cluster;

/// How a quick fix changes the object.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The field at the path becomes this.
    Set(String, Value),
    /// The list at the path gets this item.
    Push(String, Value),
}

impl Change {
    /// The change of the text that makes it; none where it would not keep the layout.
    pub fn edit(&self, document: &Document, text: &str) -> Option<Edit> {
        match self {
            Self::Set(path, value) => manifest::set(document, text, &Step::of_path(path), value),
            Self::Push(path, item) => manifest::push(document, text, &Step::of_path(path), item),
        }
    }
}

/// One piece of advice.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// The rule's name (`latest-tag`).
    pub rule: &'static str,
    /// The field that it is about, or the nearest one above it.
    pub path: String,
    /// What was found, in a sentence.
    pub text: String,
    /// Why it matters, in one line.
    pub reason: &'static str,
    /// What would heed it, where there is one way only.
    pub fix: Option<Change>,
}

/// What a rule sees.
struct Subject<'a> {
    /// The DaemonSet as written, without defaults.
    object: &'a Value,
    cluster: &'a Cluster,
}

impl<'a> Subject<'a> {
    fn spec(&self) -> &'a Value {
        json::field(self.object, "spec")
    }

    fn pod_spec(&self) -> &'a Value {
        json::at(self.object, &["spec", "template", "spec"])
    }

    /// Containers and init containers with their paths.
    fn containers(&self) -> Vec<(FieldPath, &'a Value)> {
        let mut all = Vec::new();
        for list in ["initContainers", "containers"] {
            for (index, container) in json::list(self.pod_spec(), list).iter().enumerate() {
                all.push((pod_path().child(list).index(index), container));
            }
        }
        all
    }

    fn surges(&self) -> bool {
        let surge = json::at(self.spec(), &["updateStrategy", "rollingUpdate", "maxSurge"]);
        !matches!(surge.as_str(), Some("0" | "0%")) && !surge.is_null() && *surge != 0
    }
}

type Rule = fn(&Subject, &mut Vec<Advice>);

const RULES: [Rule; 15] = [
    placement::namespace,
    placement::selector_labels,
    placement::old_master_key,
    placement::control_plane,
    placement::operating_system,
    rollout::budget,
    rollout::surge_alone,
    rollout::surge_with_host_port,
    containers::latest_tag,
    containers::requests,
    containers::limits,
    containers::readiness,
    containers::host_path,
    containers::priority,
    containers::monitoring,
];

/// The advice on a DaemonSet as written, for this cluster, in the order of the rules.
pub fn lint(object: &Value, cluster: &Cluster) -> Vec<Advice> {
    let subject = Subject { object, cluster };
    let mut advice = Vec::new();
    RULES.iter().for_each(|rule| rule(&subject, &mut advice));
    advice
}

/// Where a rule's subject is explained, by the rule's name: below the documentation of Kubernetes.
const READING: [(&str, &str); 16] = [
    ("namespace", "concepts/overview/working-with-objects/namespaces/"),
    ("selector-labels", "concepts/workloads/controllers/daemonset/#pod-selector"),
    ("old-master-key", "reference/labels-annotations-taints/"),
    ("control-plane", "concepts/scheduling-eviction/taint-and-toleration/"),
    ("operating-system", "concepts/windows/user-guide/"),
    ("budget", "tasks/manage-daemon/update-daemon-set/"),
    ("surge-alone", "tasks/manage-daemon/update-daemon-set/"),
    ("surge-with-host-port", "tasks/manage-daemon/update-daemon-set/"),
    ("latest-tag", "concepts/containers/images/"),
    ("requests", "concepts/configuration/manage-resources-containers/"),
    ("limits", "concepts/configuration/manage-resources-containers/"),
    ("readiness", "tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"),
    ("host-path", "concepts/storage/volumes/#hostpath"),
    ("host-path-writable", "concepts/storage/volumes/#hostpath"),
    ("priority", "concepts/scheduling-eviction/pod-priority-preemption/"),
    ("monitoring", "tasks/debug/debug-cluster/resource-usage-monitoring/"),
];

/// The page of Kubernetes' documentation that explains what a rule is about.
#[must_use]
pub fn further_reading(rule: &str) -> Option<String> {
    let (_, page) = READING.iter().find(|it| it.0 == rule)?;
    Some(format!("https://kubernetes.io/docs/{page}"))
}

fn pod_path() -> FieldPath {
    FieldPath::new("spec").child("template").child("spec")
}

//! Pod templates, their hash, and the pods that the DaemonSet controller builds from them.
//!
//! Follows `pkg/controller/daemon/util/daemonset_util.go` and `pkg/controller/controller_utils.go`.

use std::sync::Arc;

use serde_json::Value;

use crate::api::pod::PodSpec;
use crate::api::taint::Toleration;
use crate::api::{Labels, Name, json};

/// A pod template.
#[derive(Clone, Debug)]
pub struct PodTemplate {
    /// Labels of the pods.
    pub labels: Arc<Labels>,
    /// Annotations of the pods.
    pub annotations: Arc<Labels>,
    /// Finalizers of the pods.
    pub finalizers: Arc<[Name]>,
    /// The spec as written.
    pub spec: Arc<PodSpec>,
    /// The spec with the tolerations that the controller adds.
    pub daemon_spec: Arc<PodSpec>,
    /// The defaulted template as canonical JSON: what a ControllerRevision keeps and compares.
    pub body: Name,
}

impl PartialEq for PodTemplate {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body
    }
}

impl PodTemplate {
    /// Reads a defaulted template.
    pub fn from_json(template: &Value) -> PodTemplate {
        let metadata = json::field(template, "metadata");
        let spec = PodSpec::from_json(Arc::new(json::field(template, "spec").clone()));
        let mut daemon_spec = spec.clone();
        add_automatic_tolerations(&mut daemon_spec.tolerations, spec.host_network);
        PodTemplate {
            labels: Arc::new(json::texts(metadata, "labels")),
            annotations: Arc::new(json::texts(metadata, "annotations")),
            finalizers: json::names(metadata, "finalizers").into(),
            spec: Arc::new(spec),
            daemon_spec: Arc::new(daemon_spec),
            body: template.to_string().into(),
        }
    }

    /// `ComputeHash`: FNV-1a of the template and the collision count, in the letters of
    /// `rand.SafeEncodeString`. Upstream hashes a dump of Go structures, which only Go can make;
    /// ours is of the canonical JSON.
    pub fn hash(&self, collision_count: Option<i32>) -> Name {
        let mut hasher = Fnv32::default();
        hasher.write(self.body.as_bytes());
        if let Some(count) = collision_count {
            let mut bytes = [0; 8];
            bytes[..4].copy_from_slice(&count.to_le_bytes());
            hasher.write(&bytes);
        }
        let letter = |digit: char| char::from(b"456789bcdf"[digit as usize - '0' as usize]);
        hasher.0.to_string().chars().map(letter).collect::<String>().into()
    }
}

/// FNV-1a with 32 bits; the crate `fnv` has the 64-bit variant only.
struct Fnv32(u32);

impl Default for Fnv32 {
    fn default() -> Self {
        Fnv32(0x811c_9dc5)
    }
}

impl Fnv32 {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
}

/// Key and effect of the tolerations that every daemon pod gets, in upstream's order.
const AUTOMATIC: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

/// `AddOrUpdateDaemonPodTolerations`: a toleration that is there already is replaced in its place
/// (a user's tolerationSeconds on it is lost), otherwise it goes to the end.
pub fn add_automatic_tolerations(tolerations: &mut Vec<Toleration>, host_network: bool) {
    let network = ("node.kubernetes.io/network-unavailable", "NoSchedule");
    let additional = host_network.then_some(network);
    for (key, effect) in AUTOMATIC.into_iter().chain(additional) {
        let toleration = Toleration {
            key: key.into(),
            operator: "Exists".into(),
            value: Name::default(),
            effect: effect.into(),
            toleration_seconds: None,
        };
        if tolerations.contains(&toleration) {
            continue;
        }
        let same: Vec<usize> =
            (0..tolerations.len()).filter(|it| tolerations[*it].is_same(&toleration)).collect();
        same.iter().for_each(|it| tolerations[*it] = toleration.clone());
        if same.is_empty() {
            tolerations.push(toleration);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_the_letters_of_upstream() {
        // FNV-1a 32 of "foobar" is 0xbf9cf968 = 3214735720 (the published test vector).
        let mut hasher = Fnv32::default();
        hasher.write(b"foobar");
        assert_eq!(hasher.0, 3_214_735_720);
        let hash = PodTemplate::from_json(&Value::Null).hash(None);
        assert!(hash.chars().all(|it| "456789bcdf".contains(it)), "{hash}");
    }

    #[test]
    fn a_collision_count_changes_the_hash() {
        let template = PodTemplate::from_json(&Value::Null);
        assert_ne!(template.hash(None), template.hash(Some(0)));
        assert_ne!(template.hash(Some(0)), template.hash(Some(1)));
    }

    #[test]
    fn an_equal_toleration_is_replaced_in_its_place() {
        let mine = Toleration {
            key: "node.kubernetes.io/unreachable".into(),
            operator: "Exists".into(),
            effect: "NoExecute".into(),
            toleration_seconds: Some(30),
            ..Toleration::default()
        };
        let blanket = Toleration { operator: "Exists".into(), ..Toleration::default() };
        let mut tolerations = vec![mine, blanket];
        add_automatic_tolerations(&mut tolerations, true);
        assert_eq!(tolerations.len(), 2 + 7 - 1);
        assert_eq!(tolerations[0].toleration_seconds, None);
        assert_eq!(&*tolerations[7].key, "node.kubernetes.io/network-unavailable");
    }
}

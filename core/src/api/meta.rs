//! What every object carries: names, identity, labels, owner, the marks of deletion.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::api::{Name, Time, json};

/// Labels, annotations, node selectors: ordered, as the API prints them.
pub type Labels = BTreeMap<Name, Name>;

/// The identity of an object; never reused, and later objects have higher numbers.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Uid(pub u64);

/// A reference to the controller of an object (the only kind of owner that matters here).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRef {
    /// `DaemonSet`, `ReplicaSet`, …
    pub kind: &'static str,
    /// The owner's name.
    pub name: Name,
    /// The owner's identity: an owner that is created again under its name is another one.
    pub uid: Uid,
}

/// `metadata.deletionTimestamp` and the grace period behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// When the deletion was asked for.
    pub requested: Time,
    /// `metadata.deletionGracePeriodSeconds`.
    pub grace_seconds: i64,
}

/// The metadata of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Unique within kind and namespace.
    pub name: Name,
    /// What the API server made the name from, if it did.
    pub generate_name: Option<Name>,
    /// Empty for cluster-scoped objects.
    pub namespace: Name,
    /// Identity.
    pub uid: Uid,
    /// Raised by every write in the cluster.
    pub resource_version: u64,
    /// Raised by a change of the spec.
    pub generation: i64,
    /// When it was created; the order of creation within a second is that of the uid.
    pub created: Time,
    /// Set while the object is being deleted.
    pub deletion: Option<Deletion>,
    /// Labels.
    pub labels: Arc<Labels>,
    /// Annotations.
    pub annotations: Arc<Labels>,
    /// The controller that owns it.
    pub controller: Option<Arc<OwnerRef>>,
    /// Finalizers, in order.
    pub finalizers: Arc<[Name]>,
}

impl ObjectMeta {
    /// Reads name, namespace, labels, annotations and finalizers; the API server sets the rest.
    pub fn from_json(object: &Value) -> ObjectMeta {
        let metadata = json::field(object, "metadata");
        ObjectMeta {
            name: json::text(metadata, "name").unwrap_or_default(),
            generate_name: None,
            namespace: json::text(metadata, "namespace").unwrap_or_default(),
            uid: Uid::default(),
            resource_version: 0,
            generation: 0,
            created: Time::ZERO,
            deletion: None,
            labels: Arc::new(json::texts(metadata, "labels")),
            annotations: Arc::new(json::texts(metadata, "annotations")),
            controller: None,
            finalizers: json::names(metadata, "finalizers").into(),
        }
    }

    /// `deletionTimestamp` is set.
    pub fn is_terminating(&self) -> bool {
        self.deletion.is_some()
    }

    /// Older objects first, as controllers sort by creation: whole seconds, then names. The random
    /// end of a generated name does not count: there the order of creation decides.
    pub fn age_order(&self) -> (i64, &str, Uid) {
        let name = self.generate_name.as_ref().unwrap_or(&self.name);
        (self.created.second(), name, self.uid)
    }
}

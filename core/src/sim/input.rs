//! What comes from outside: everything a person, a lesson or a link can do to the cluster.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{Name, TaintEffect};
use crate::sim::{DrainOptions, ImageBehaviour, Shortage};

/// What happens to the dependents of a deleted object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cascade {
    /// The garbage collector deletes them afterwards.
    #[default]
    Background,
    /// It deletes them first; the object stays until they are gone.
    Foreground,
    /// They lose their owner and live on.
    Orphan,
}

/// One request to the cluster. Inputs with their times are the whole history of a playground.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// `kubectl create namespace`.
    CreateNamespace {
        /// Its name.
        name: Name,
    },
    /// `kubectl apply` of one object.
    Apply {
        /// The object as JSON.
        object: Arc<Value>,
    },
    /// `kubectl delete`.
    Delete {
        /// `daemonset`, `deployment`, `replicaset`, `pod`, `node` or `namespace`.
        resource: Name,
        /// Empty for nodes.
        namespace: Name,
        /// The name.
        name: Name,
        /// What happens to its dependents.
        #[serde(default)]
        cascade: Cascade,
    },
    /// `kubectl create` of one object: it must not be there, and keeps no note for `apply`.
    Create {
        /// The object as JSON.
        object: Arc<Value>,
    },
    /// `kubectl replace`, `edit`, and patches that are no strategic merge patches: an object that
    /// is there becomes this one.
    Replace {
        /// The object as JSON.
        object: Arc<Value>,
    },
    /// A change of an object that is there: what `kubectl patch`, `annotate`, `set` and `rollout`
    /// send.
    Patch {
        /// `daemonset`, `deployment`, `replicaset`, `pod` or `node`.
        resource: Name,
        /// Empty for nodes.
        namespace: Name,
        /// The name.
        name: Name,
        /// A strategic merge patch.
        patch: Arc<Value>,
    },
    /// `kubectl delete pod` with `--grace-period`.
    DeletePod {
        /// Its namespace.
        namespace: Name,
        /// The name.
        name: Name,
        /// 0 removes it from the API at once (`--force`); none is the pod's own grace period.
        grace_seconds: Option<i64>,
    },
    /// The eviction of a pod, as `kubectl drain` asks for it: budgets can refuse it.
    Evict {
        /// Its namespace.
        namespace: Name,
        /// The name.
        name: Name,
        /// None is the pod's own grace period.
        grace_seconds: Option<i64>,
    },
    /// A machine joins: its kubelet registers the node.
    AddNode {
        /// The Node object as the kubelet registers it.
        object: Arc<Value>,
    },
    /// Machines join under numbered names: all of them, or none if one of the names is taken.
    AddNodes {
        /// How they register, gone through by their numbers. The name is not in it.
        templates: Arc<Vec<Value>>,
        /// Their name, where `#` stands for the number.
        pattern: Name,
        /// The first number.
        first: u32,
        /// How many.
        count: u32,
    },
    /// `kubectl delete node`.
    DeleteNode {
        /// The node.
        node: Name,
    },
    /// `kubectl label node`.
    LabelNode {
        /// The node.
        node: Name,
        /// The key.
        key: Name,
        /// None removes the label.
        value: Option<Name>,
    },
    /// `kubectl taint node` that adds or replaces.
    TaintNode {
        /// The node.
        node: Name,
        /// The key.
        key: Name,
        /// The value, may be empty.
        value: Name,
        /// The effect.
        effect: TaintEffect,
    },
    /// `kubectl taint node` that removes.
    UntaintNode {
        /// The node.
        node: Name,
        /// The key.
        key: Name,
        /// None removes every effect of the key.
        effect: Option<TaintEffect>,
    },
    /// `kubectl cordon`.
    Cordon {
        /// The node.
        node: Name,
    },
    /// `kubectl uncordon`.
    Uncordon {
        /// The node.
        node: Name,
    },
    /// `kubectl drain`: cordons the node and evicts what may be evicted. If some pod may not, the
    /// node stays cordoned and nothing is evicted; `Cluster::drain_plan` says why.
    Drain {
        /// The node.
        node: Name,
        /// The options.
        #[serde(default)]
        options: DrainOptions,
    },
    /// The kubelet of a node stops; containers go on running. The playground's own.
    StopKubelet {
        /// The node.
        node: Name,
    },
    /// The kubelet of a node starts again. The playground's own.
    StartKubelet {
        /// The node.
        node: Name,
    },
    /// Determines what an image does. The playground's own.
    SetImageBehaviour {
        /// The image as manifests write it.
        image: Name,
        /// What it does.
        behaviour: ImageBehaviour,
    },
    /// A machine runs short of something, or no longer does. The playground's own.
    SetPressure {
        /// The node.
        node: Name,
        /// What of.
        shortage: Shortage,
        /// Whether it does.
        on: bool,
    },
    /// The container network of a machine fails, or works again. The playground's own.
    SetNetwork {
        /// The node.
        node: Name,
        /// Whether it works.
        on: bool,
    },
    /// Somebody else's pod takes up that much of a node, instead of what it took before; nothing at
    /// all if both are empty. The playground's own.
    FillNode {
        /// The node.
        node: Name,
        /// A quantity (`1500m`), or empty.
        cpu: Name,
        /// A quantity (`2Gi`), or empty.
        memory: Name,
    },
}

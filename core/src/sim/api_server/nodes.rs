//! Writes to nodes.

use std::sync::Arc;

use serde_json::Value;

use crate::api::node::NodeConditions;
use crate::api::{Labels, Name, Node, Taint, TaintEffect, validation};
use crate::sim::api_server::Outcome;
use crate::sim::{ApiError, Cluster, node_lifecycle};

/// More than this at once is not asked for by anybody who means it.
const NODES_MAX: u32 = 5_000;

impl Cluster {
    /// Takes a node as it is given, ready or not: the nodes that a scenario starts with.
    pub fn place_node(&mut self, object: &Value) {
        let mut node = Node::from_json(object);
        node.meta.uid = self.store.next_uid();
        node.meta.created = self.now();
        let change = self.store.put_node(node);
        self.commit(change);
    }

    /// A kubelet registers its node: not ready, and tainted so, until it reports.
    pub(super) fn add_node(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let node = self.admitted(object)?;
        self.register(node);
        Ok(Outcome::Created)
    }

    /// Many kubelets register theirs. One that is refused keeps all of them back.
    #[inline(never)]
    pub(super) fn add_nodes(
        &mut self,
        templates: &[Value],
        pattern: &str,
        first: u32,
        count: u32,
    ) -> Result<Outcome, ApiError> {
        let mut nodes = Vec::new();
        // What a node says of itself lies over its body, so all nodes of a template share one.
        let bodies: Vec<Arc<Value>> = templates.iter().map(|it| Arc::new(it.clone())).collect();
        for number in first..first.saturating_add(count.min(NODES_MAX)) {
            let index = number.saturating_sub(1) % (templates.len().max(1) as u32);
            let Some(body) = bodies.get(index as usize) else { break };
            let name = pattern.replace('#', &number.to_string());
            let node = self.admitted(&named(body, &name))?;
            nodes.push(Node { body: body.clone(), ..node });
        }
        nodes.into_iter().for_each(|it| self.register(it));
        Ok(Outcome::Created)
    }

    /// A node that may be created.
    fn admitted(&self, object: &Value) -> Result<Node, ApiError> {
        let errors = validation::node(object);
        let node = Node::from_json(object);
        let name = node.meta.name.clone();
        match (errors.is_empty(), self.store.node(&name)) {
            (false, _) => Err(ApiError::Invalid { kind: "Node", name, errors }),
            (true, Some(_)) => Err(ApiError::AlreadyExists { resource: "nodes", name }),
            (true, None) => Ok(node),
        }
    }

    fn register(&mut self, mut node: Node) {
        node.meta.uid = self.store.next_uid();
        node.meta.created = self.now();
        node.conditions = NodeConditions::starting(self.now());
        let not_ready = Taint::new(node_lifecycle::NOT_READY, TaintEffect::NoSchedule);
        if !node.taints.iter().any(|it| it.is_same(&not_ready)) {
            node.taints.push(not_ready);
        }
        let change = self.store.put_node(node);
        self.commit(change);
    }

    /// Labels, taints and cordon of a known node; an unknown one joins.
    #[inline(never)]
    pub(super) fn apply_node(&mut self, object: &Value) -> Result<Outcome, ApiError> {
        let wanted = Node::from_json(object);
        if self.store.node(&wanted.meta.name).is_none() {
            return self.add_node(object);
        }
        let errors = validation::node(object);
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Node", name: wanted.meta.name, errors });
        }
        let name = wanted.meta.name.clone();
        self.change_node(&name, |node| {
            let labels = Arc::make_mut(&mut node.meta.labels);
            labels
                .extend(wanted.meta.labels.iter().map(|(key, value)| (key.clone(), value.clone())));
            if !wanted.taints.is_empty() {
                node.taints = wanted.taints;
            }
            node.unschedulable = wanted.unschedulable;
        })
    }

    #[inline(never)]
    pub(super) fn delete_node(&mut self, name: &Name) -> Result<Outcome, ApiError> {
        let not_found = ApiError::NotFound { resource: "nodes", name: name.clone() };
        let change = self.store.remove_node(name).ok_or(not_found)?;
        self.commit(change);
        Ok(Outcome::Deleted)
    }

    #[inline(never)]
    pub(super) fn label_node(
        &mut self,
        name: &Name,
        key: &Name,
        value: Option<&Name>,
    ) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| {
            let labels: &mut Labels = Arc::make_mut(&mut node.meta.labels);
            match value {
                Some(value) => drop(labels.insert(key.clone(), value.clone())),
                None => drop(labels.remove(key)),
            }
        })
    }

    #[inline(never)]
    pub(super) fn taint_node(&mut self, name: &Name, taint: Taint) -> Result<Outcome, ApiError> {
        // kubectl puts a new taint in front, also in place of one with the same key and effect.
        self.change_node(name, |node| {
            node.taints.retain(|it| !it.is_same(&taint));
            node.taints.insert(0, taint);
        })
    }

    #[inline(never)]
    pub(super) fn untaint_node(
        &mut self,
        name: &Name,
        key: &Name,
        effect: Option<TaintEffect>,
    ) -> Result<Outcome, ApiError> {
        let is_it = |it: &Taint| it.key == *key && effect.is_none_or(|effect| effect == it.effect);
        if self.store.node(name).is_some_and(|node| !node.taints.iter().any(is_it)) {
            let effect = effect.map(|it| format!(":{}", it.as_str())).unwrap_or_default();
            return Err(ApiError::Client(format!("taint \"{key}{effect}\" not found")));
        }
        self.change_node(name, |node| node.taints.retain(|it| !is_it(it)))
    }

    #[inline(never)]
    pub(super) fn set_unschedulable(
        &mut self,
        name: &Name,
        value: bool,
    ) -> Result<Outcome, ApiError> {
        self.change_node(name, |node| node.unschedulable = value)
    }

    /// Writes a node if the change makes a difference and the result is valid.
    pub(super) fn change_node(
        &mut self,
        name: &Name,
        change: impl FnOnce(&mut Node),
    ) -> Result<Outcome, ApiError> {
        let not_found = ApiError::NotFound { resource: "nodes", name: name.clone() };
        let known = self.store.node(name).ok_or(not_found)?.clone();
        let mut node = (*known).clone();
        change(&mut node);
        if node == *known {
            return Ok(Outcome::Unchanged);
        }
        let errors = validation::node(&node.to_json());
        if !errors.is_empty() {
            return Err(ApiError::Invalid { kind: "Node", name: name.clone(), errors });
        }
        let change = self.store.put_node(node);
        self.commit(change);
        Ok(Outcome::Configured)
    }
}

/// A node of a template; what is no object is left for validation to refuse.
fn named(template: &Value, name: &str) -> Value {
    let mut node = template.clone();
    if let Some(meta) = node.get_mut("metadata").and_then(Value::as_object_mut) {
        meta.insert("name".to_owned(), Value::from(name));
        if let Some(labels) = meta.get_mut("labels").and_then(Value::as_object_mut) {
            labels.insert("kubernetes.io/hostname".to_owned(), Value::from(name));
        }
    }
    node
}

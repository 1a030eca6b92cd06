//! Pods by their nodes, and nodes of which only pods are left.

use std::sync::Arc;

use crate::api::{Name, Pod, Uid};
use crate::sim::store::Store;

impl Store {
    /// Pods bound to a node or meant for it, in order of creation. The node itself may be gone.
    pub fn pods_for<'a>(&'a self, node: &Name) -> impl Iterator<Item = &'a Arc<Pod>> + use<'a> {
        let node = node.clone();
        let here = self.pods_by_node.range((node.clone(), Uid(0))..);
        let here = here.take_while(move |it| it.0 == node);
        here.filter_map(|(_, uid)| self.pods.get(uid))
    }

    /// The same of all nodes, with the name of each, in the order of these names.
    pub(crate) fn pods_by_node(&self) -> impl Iterator<Item = (&Name, &Arc<Pod>)> {
        self.pods_by_node.iter().filter_map(|(name, uid)| Some((name, self.pods.get(uid)?)))
    }

    /// Pods bound to a node, in order of creation.
    pub fn pods_on<'a>(&'a self, node: &Name) -> impl Iterator<Item = &'a Arc<Pod>> + use<'a> {
        self.pods_for(node).filter(|it| it.node_name.is_some())
    }

    /// Names of nodes that do not exist, but to which pods are bound.
    pub fn vanished_nodes(&self) -> Vec<&Name> {
        let mut names = Vec::new();
        // Both are in the same order.
        let mut nodes = self.nodes.keys().peekable();
        for (name, _) in self.pods_by_node.iter() {
            // Equal ones are told sooner than smaller ones.
            while nodes.next_if(|it| *it != name && *it < name).is_some() {}
            if nodes.peek() != Some(&name) && names.last() != Some(&name) {
                names.push(name);
            }
        }
        names
    }
}

//! Addresses of nodes and of their pods: no two nodes have the same.
//!
//! Ranges of pods are given out as by `pkg/controller/nodeipam/ipam/cidrset`: the one after the
//! last that is free, and from the beginning again after the end. Addresses of nodes, which are the
//! machines' own affair, go along with them.

use crate::api::{Address, Node, PodCidr};
use crate::sim::Set;

/// The first node of a cluster has this address…
const FIRST_NODE: u32 = u32::from_be_bytes([10, 0, 0, 10]);
/// …and its pods are in 10.244.0.0/24. There are 8,192 such ranges, more than nodes can be.
const POD_NETWORK: u32 = u32::from_be_bytes([10, 224, 0, 0]);
const FIRST_RANGE: u32 = 20 << 8;
const RANGES: u32 = 1 << 13;
const PREFIX: u8 = 24;

/// Which are given out.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    /// Nodes' addresses and the first ones of their pods' ranges.
    taken: Set<Address>,
    next: u32,
}

impl Addresses {
    /// Gives a new node what it has not brought along.
    pub(super) fn allot(&mut self, node: &mut Node) {
        let free = (0..RANGES).map(|it| self.next.wrapping_add(it) % RANGES).find(|number| {
            let (ip, cidr) = of(*number);
            let is_taken = |it: Option<Address>| it.is_some_and(|it| self.taken.contains(&it));
            !is_taken(ip) && !is_taken(cidr.map(|it| it.base))
        });
        if let Some(number) = free.filter(|_| node.internal_ip.is_none() || node.pod_cidr.is_none())
        {
            let (ip, cidr) = of(number);
            self.next = number + 1;
            node.internal_ip = node.internal_ip.or(ip);
            node.pod_cidr = node.pod_cidr.or(cidr);
        }
        for it in both(node).into_iter().flatten() {
            self.taken.insert_mut(it);
        }
    }

    /// A node is gone.
    pub(super) fn release(&mut self, node: &Node) {
        for it in both(node).into_iter().flatten() {
            self.taken.remove_mut(&it);
        }
    }
}

fn both(node: &Node) -> [Option<Address>; 2] {
    [node.internal_ip, node.pod_cidr.map(|it| it.base)]
}

fn of(number: u32) -> (Option<Address>, Option<PodCidr>) {
    let range = (FIRST_RANGE + number) % RANGES;
    let base = Address::from_bits(POD_NETWORK + (range << (32 - PREFIX)));
    let cidr = base.map(|base| PodCidr { base, prefix: PREFIX });
    (Address::from_bits(FIRST_NODE + number), cidr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(spec: serde_json::Value) -> Node {
        Node::from_json(&json!({"metadata": {"name": "n"}, "spec": spec}))
    }

    fn given(addresses: &mut Addresses, spec: serde_json::Value) -> (Node, String) {
        let mut node = node(spec);
        addresses.allot(&mut node);
        let text = format!("{:?} {:?}", node.internal_ip, node.pod_cidr);
        (node, text.replace("Some(", "").replace(')', ""))
    }

    #[test]
    fn ranges_follow_each_other_and_are_not_given_twice() {
        let mut all = Addresses::default();
        let none = json!({});
        assert_eq!(given(&mut all, none.clone()).1, "10.0.0.10 10.244.0.0/24");
        let own = json!({"podCIDR": "10.244.2.0/24"});
        assert_eq!(given(&mut all, own).1, "10.0.0.11 10.244.2.0/24");
        let (third, text) = given(&mut all, none.clone());
        assert_eq!(text, "10.0.0.13 10.244.3.0/24", "the range of 12 was brought along");
        all.release(&third);
        assert_eq!(given(&mut all, none.clone()).1, "10.0.0.14 10.244.4.0/24", "not the last one");
        for _ in 4..RANGES - 1 {
            given(&mut all, none.clone());
        }
        assert_eq!(given(&mut all, none).1, "10.0.0.13 10.244.3.0/24", "round again");
    }
}

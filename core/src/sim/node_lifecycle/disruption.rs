//! How fast the nodes of a zone are tainted so that pods leave them: slower, or not at all, when
//! many are unhealthy, for then it is likely the network.
//!
//! Follows `handleDisruption` and `ComputeZoneState` of
//! `pkg/controller/nodelifecycle/node_lifecycle_controller.go` and
//! `scheduler/rate_limited_queue.go`. The token bucket holds one token.

use std::collections::BTreeMap;

use crate::api::node::ConditionStatus;
use crate::api::{Name, Node, Time};
use crate::sim::Map;
use crate::sim::node_lifecycle::zone;

/// Time between two nodes of a zone: 0.1 nodes a second…
const INTERVAL: i64 = 10_000;
/// …and 0.01 in a large zone with many unhealthy nodes.
const SLOW_INTERVAL: i64 = 100_000;
/// A zone with more nodes than this is large.
const LARGE: u64 = 50;
/// From this percentage on, and more than two, many nodes are unhealthy.
const UNHEALTHY_PERCENT: u64 = 55;
/// Nodes with this label are not counted.
const EXCLUDED: &str = "node.kubernetes.io/exclude-disruption";

/// How a zone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Initial,
    Normal,
    Partial,
    Full,
}

/// A zone: its state, its rate, and who waits.
#[derive(Clone, Debug, Default)]
struct Zone {
    state: State,
    /// None means never.
    interval: Option<i64>,
    /// When the next node may be tainted.
    next: Time,
    queue: Vec<Name>,
}

impl Zone {
    /// A new rate; who is waiting now goes on waiting.
    fn set_rate(&mut self, interval: Option<i64>, now: Time) {
        let is_waiting = self.interval.is_none() || now < self.next;
        self.next = match interval {
            Some(interval) if is_waiting => now + interval,
            _ => now,
        };
        self.interval = interval;
    }
}

/// A node at a look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) node: &'a Node,
    /// Its condition `Ready` after the look.
    pub(super) status: ConditionStatus,
    /// It lacks the taint that goes with it.
    pub(super) is_to_be_tainted: bool,
}

/// All zones.
#[derive(Clone, Debug)]
pub(super) struct Zones(Map<Name, Zone>);

impl Default for Zones {
    fn default() -> Self {
        Zones(Map::new())
    }
}

impl Zones {
    /// A node is healthy again, or gone: nobody waits for it.
    pub(super) fn forget(&mut self, node: &Name) {
        // Nobody is twice in a queue.
        let place = |(key, zone): (&Name, &Zone)| {
            Some((key.clone(), zone.queue.iter().position(|it| it == node)?))
        };
        let places: Vec<(Name, usize)> = self.0.iter().filter_map(place).collect();
        for (key, index) in places {
            self.0.get_mut(&key).map(|zone| zone.queue.remove(index));
        }
    }

    /// Takes note of all nodes and their status. True if all zones have just become fully
    /// unhealthy: then nobody is evicted any more.
    pub(super) fn look(&mut self, nodes: &[Seen], now: Time) -> bool {
        let mut counts: BTreeMap<Name, (u64, u64)> = BTreeMap::new();
        for seen in nodes {
            let (node, zone) = (seen.node, zone(seen.node));
            let is_unhealthy = seen.status != ConditionStatus::True;
            if !self.0.contains_key(&zone) {
                let new = Zone { interval: Some(INTERVAL), next: now, ..Zone::default() };
                self.0.insert_mut(zone.clone(), new);
            }
            if seen.is_to_be_tainted
                && let Some(zone) = self.0.get_mut(&zone)
                && !zone.queue.contains(&node.meta.name)
            {
                zone.queue.push(node.meta.name.clone());
            }
            if !node.meta.labels.contains_key(EXCLUDED) {
                let count = counts.entry(zone).or_default();
                count.0 += 1;
                count.1 += u64::from(is_unhealthy);
            }
        }
        let gone: Vec<Name> =
            self.0.iter().map(key).filter(|it| !counts.contains_key(it)).collect();
        for zone in gone {
            self.0.remove_mut(&zone);
        }
        self.judge(&counts, now)
    }

    fn judge(&mut self, counts: &BTreeMap<Name, (u64, u64)>, now: Time) -> bool {
        let state_of = |key: &Name| counts.get(key).map_or(State::Normal, |it| state(it.0, it.1));
        let keys: Vec<Name> = self.0.iter().map(key).collect();
        let is_all = !keys.is_empty() && keys.iter().all(|it| state_of(it) == State::Full);
        let was_all = !keys.is_empty() && self.0.values().all(|it| it.state == State::Full);
        if is_all && was_all {
            return false;
        }
        for key in keys {
            let (new, size) = (state_of(&key), counts.get(&key).map_or(0, |it| it.0));
            let Some(zone) = self.0.get_mut(&key) else { continue };
            if is_all {
                zone.set_rate(None, now);
            } else if was_all || zone.state != new {
                zone.set_rate(interval(new, size), now);
            }
            zone.state = new;
        }
        is_all
    }

    /// The nodes that may be tainted now, which uses up what their zones allow.
    pub(super) fn take(&mut self, now: Time) -> Vec<Name> {
        let mut taken = Vec::new();
        let keys: Vec<Name> = self.0.iter().map(key).collect();
        for key in keys {
            let Some(zone) = self.0.get_mut(&key) else { continue };
            let Some(interval) = zone.interval else { continue };
            if zone.next <= now && !zone.queue.is_empty() {
                taken.push(zone.queue.remove(0));
                zone.next = now + interval;
            }
        }
        taken
    }

    /// When the next node may be tainted, if one waits.
    pub(super) fn next(&self, now: Time) -> Option<Time> {
        let waiting = self.0.values().filter(|it| !it.queue.is_empty() && it.interval.is_some());
        waiting.map(|it| it.next.max(now)).min()
    }
}

fn key(entry: (&Name, &Zone)) -> Name {
    entry.0.clone()
}

/// `ComputeZoneState`.
fn state(nodes: u64, unhealthy: u64) -> State {
    match unhealthy {
        0 => State::Normal,
        _ if unhealthy == nodes => State::Full,
        _ if unhealthy > 2 && unhealthy * 100 >= nodes * UNHEALTHY_PERCENT => State::Partial,
        _ => State::Normal,
    }
}

/// `setLimiterInZone`.
fn interval(state: State, nodes: u64) -> Option<i64> {
    match state {
        State::Partial if nodes > LARGE => Some(SLOW_INTERVAL),
        State::Partial => None,
        State::Initial | State::Normal | State::Full => Some(INTERVAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn states_and_rates() {
        let (normal, slow) = (Some(INTERVAL), Some(SLOW_INTERVAL));
        let cases = [
            ("healthy", 10, 0, State::Normal, normal),
            ("one of one", 1, 1, State::Full, normal),
            ("two of three", 3, 2, State::Normal, normal),
            ("three of five", 5, 3, State::Partial, None),
            ("five of ten", 10, 5, State::Normal, normal),
            ("eleven of twenty", 20, 11, State::Partial, None),
            ("28 of 50", 50, 28, State::Partial, None),
            ("29 of 51", 51, 29, State::Partial, slow),
            ("all of them", 51, 51, State::Full, normal),
        ];
        for (name, nodes, unhealthy, expected, rate) in cases {
            let state = state(nodes, unhealthy);
            assert_eq!((state, interval(state, nodes)), (expected, rate), "{name}");
        }
    }

    #[test]
    fn one_node_at_once_then_one_every_ten_seconds() {
        let nodes: Vec<Node> = (0..8).map(|it| node(&format!("n{it}"))).collect();
        let mut zones = Zones::default();
        assert!(!zones.look(&seen(&nodes, 3), Time(0)));
        assert_eq!(zones.take(Time(0)), ["n0".into()]);
        assert_eq!(zones.next(Time(0)), Some(Time(10_000)));
        assert!(zones.take(Time(9_999)).is_empty());
        assert_eq!(zones.take(Time(10_000)), ["n1".into()]);
        zones.forget(&"n2".into());
        assert_eq!(zones.next(Time(10_000)), None);
    }

    #[test]
    fn nobody_is_evicted_while_all_are_unhealthy() {
        let nodes: Vec<Node> = (0..4).map(|it| node(&format!("n{it}"))).collect();
        let mut zones = Zones::default();
        assert!(zones.look(&seen(&nodes, 4), Time(0)), "all at once");
        assert!(zones.take(Time(0)).is_empty());
        assert!(!zones.look(&seen(&nodes, 4), Time(5_000)), "said once only");
        assert!(!zones.look(&seen(&nodes, 2), Time(10_000)), "two recovered");
        assert!(zones.take(Time(10_000)).is_empty(), "who waited goes on waiting");
        assert_eq!(zones.take(Time(20_000)), ["n0".into()]);
    }

    fn seen(nodes: &[Node], unhealthy: usize) -> Vec<Seen<'_>> {
        let seen = |(index, node)| {
            let is_to_be_tainted = index < unhealthy;
            let status =
                if is_to_be_tainted { ConditionStatus::Unknown } else { ConditionStatus::True };
            Seen { node, status, is_to_be_tainted }
        };
        nodes.iter().enumerate().map(seen).collect()
    }

    fn node(name: &str) -> Node {
        Node::from_json(&json!({"metadata": {"name": name}}))
    }
}

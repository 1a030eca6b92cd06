//! What must hold in every cluster, by name, stated without the bookkeeping of the controllers:
//! each rule looks at the objects and at what has just been written.
//!
//! A rule is *always* true, *sometimes* reached (or else the test that checks the others did
//! nothing), or *eventually* true, once nobody interferes any more.

mod always;
mod count;
mod eventually;
mod sometimes;

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Time, Uid};
use crate::sim::{Cluster, Journal};

pub use eventually::{Blocker, blocker};

/// A rule, by kind.
#[derive(Clone, Copy)]
pub enum Rule {
    /// Holds after every step.
    Always(fn(&Seen) -> Result<(), String>),
    /// Is true after some step.
    Sometimes(fn(&Seen) -> bool),
    /// Holds when the cluster has come to rest.
    Eventually(fn(&Cluster) -> Result<(), String>),
}

/// A rule with its name, which reads as a sentence.
#[derive(Clone, Copy)]
pub struct Invariant {
    /// The name.
    pub name: &'static str,
    /// The rule.
    pub rule: Rule,
}

impl Invariant {
    const fn always(name: &'static str, rule: fn(&Seen) -> Result<(), String>) -> Invariant {
        Invariant { name, rule: Rule::Always(rule) }
    }

    const fn sometimes(name: &'static str, rule: fn(&Seen) -> bool) -> Invariant {
        Invariant { name, rule: Rule::Sometimes(rule) }
    }

    const fn eventually(name: &'static str, rule: fn(&Cluster) -> Result<(), String>) -> Invariant {
        Invariant { name, rule: Rule::Eventually(rule) }
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Invariant> {
    always::ALL.iter().chain(sometimes::ALL).chain(eventually::ALL)
}

/// A cluster just after a step, and what the step did.
pub struct Seen<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What was written, reported and synced in this step.
    pub journal: &'a Journal,
    /// Objects whose owner is gone, and since when.
    ownerless: &'a BTreeMap<Uid, Time>,
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {what} (at {at})")]
pub struct Violation {
    /// The name of the rule.
    pub rule: &'static str,
    /// What is wrong.
    pub what: String,
    /// When.
    pub at: Time,
}

/// Checks a cluster step by step and remembers what it needs to know for that.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    ownerless: BTreeMap<Uid, Time>,
    reached: BTreeSet<&'static str>,
}

impl Monitor {
    /// After a step or an input: the first rule that does not hold. The cluster must keep its
    /// journal; what the journal holds is used up.
    pub fn look(&mut self, cluster: &mut Cluster) -> Result<(), Violation> {
        let journal = cluster.take_journal();
        if journal.is_empty() {
            return Ok(());
        }
        self.remember_ownerless(cluster);
        let seen = Seen { cluster, journal: &journal, ownerless: &self.ownerless };
        for Invariant { name, rule } in all() {
            match rule {
                Rule::Always(rule) => {
                    let violation = |what| Violation { rule: name, what, at: cluster.now() };
                    rule(&seen).map_err(violation)?;
                }
                Rule::Sometimes(rule) => {
                    if !self.reached.contains(name) && rule(&seen) {
                        self.reached.insert(name);
                    }
                }
                Rule::Eventually(_) => {}
            }
        }
        Ok(())
    }

    /// Once nobody interferes any more and the cluster has come to rest.
    pub fn at_rest(&self, cluster: &Cluster) -> Result<(), Violation> {
        for Invariant { name, rule } in all() {
            if let Rule::Eventually(rule) = rule {
                let violation = |what| Violation { rule: name, what, at: cluster.now() };
                rule(cluster).map_err(violation)?;
            }
        }
        Ok(())
    }

    /// Names of the states that were reached.
    pub fn reached(&self) -> &BTreeSet<&'static str> {
        &self.reached
    }

    fn remember_ownerless(&mut self, cluster: &Cluster) {
        let now = cluster.now();
        let ownerless: BTreeSet<Uid> = count::ownerless(cluster).collect();
        self.ownerless.retain(|uid, _| ownerless.contains(uid));
        for uid in ownerless {
            self.ownerless.entry(uid).or_insert(now);
        }
    }
}

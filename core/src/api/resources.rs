//! What pods request and nodes offer.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::{Name, quantity::Quantity};

/// Amounts of resources. Cpu counts in milli-cores, everything else in whole units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Milli-cores.
    pub cpu: i64,
    /// Bytes.
    pub memory: i64,
    /// Bytes of `ephemeral-storage`.
    pub ephemeral_storage: i64,
    /// `pods`: how many a node may hold.
    pub pods: i64,
    /// Extended resources such as `nvidia.com/gpu`.
    pub extended: BTreeMap<Name, i64>,
}

impl Resources {
    /// Reads a resource list; quantities that do not parse count as absent.
    pub fn from_json(list: &Value) -> Resources {
        let mut resources = Resources::default();
        for (name, amount) in list.as_object().into_iter().flatten() {
            let Some(quantity) = Quantity::from_value(amount).ok() else { continue };
            match name.as_str() {
                "cpu" => resources.cpu = quantity.milli_value(),
                "memory" => resources.memory = quantity.value(),
                "ephemeral-storage" => resources.ephemeral_storage = quantity.value(),
                "pods" => resources.pods = quantity.value(),
                _ => {
                    resources.extended.insert(name.as_str().into(), quantity.value());
                }
            }
        }
        resources
    }

    /// Adds the other's amounts.
    pub fn add(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_add);
    }

    /// Takes the other's amounts away.
    pub fn remove(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_sub);
    }

    /// Takes the larger amount of each resource.
    pub fn raise_to(&mut self, other: &Resources) {
        self.combine(other, i64::max);
    }

    fn combine(&mut self, other: &Resources, join: impl Fn(i64, i64) -> i64) {
        self.cpu = join(self.cpu, other.cpu);
        self.memory = join(self.memory, other.memory);
        self.ephemeral_storage = join(self.ephemeral_storage, other.ephemeral_storage);
        self.pods = join(self.pods, other.pods);
        for (name, amount) in &other.extended {
            let own = self.extended.entry(name.clone()).or_insert(0);
            *own = join(*own, *amount);
        }
    }
}

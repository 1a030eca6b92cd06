//! What lies outside Kubernetes: machines, and what images do when they run.
//!
//! The API server knows nothing of it; kubelets find it out. It belongs to the scenario and changes
//! by the playground's own inputs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::node::ConditionKind;
use crate::api::{Name, Time, json};
use crate::sim::{Map, Set};

/// What an image does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageBehaviour {
    /// It can be pulled, starts, and does its work.
    #[default]
    Ok,
    /// The registry does not have it. Where it is already present it still runs.
    CannotBePulled,
    /// Its main process ends so long after each start, with that exit code.
    Crashes {
        /// Milliseconds from the start.
        after: i64,
        /// 0 is success.
        exit_code: i32,
    },
    /// It runs, but answers no readiness probe. Where no probe asks, Kubernetes notices nothing.
    NeverReady,
    /// A first pull on a node takes that long.
    SlowPull {
        /// Milliseconds.
        takes: i64,
    },
    /// It serves that long after its start; a readiness probe notices.
    SlowStart {
        /// Milliseconds.
        takes: i64,
    },
    /// It ignores SIGTERM.
    StubbornStop,
    /// It runs on, but so long after each start it answers every probe with an error.
    Unhealthy {
        /// Milliseconds from the start.
        after: i64,
    },
}

impl ImageBehaviour {
    /// Reads what serde writes; by hand, as its reader of values weighs much in the page.
    pub fn from_json(value: &Value) -> Option<ImageBehaviour> {
        let of = |variant| json::field(value, variant);
        let takes = |variant| json::integer(of(variant), "takes");
        match value.as_str() {
            Some("Ok") => Some(Self::Ok),
            Some("CannotBePulled") => Some(Self::CannotBePulled),
            Some("NeverReady") => Some(Self::NeverReady),
            Some("StubbornStop") => Some(Self::StubbornStop),
            Some(_) => None,
            None => {
                let crash = of("Crashes");
                let code = json::integer(crash, "exit_code").and_then(|it| it.try_into().ok());
                let crashes = json::integer(crash, "after").zip(code);
                crashes
                    .map(|(after, exit_code)| Self::Crashes { after, exit_code })
                    .or_else(|| takes("SlowPull").map(|takes| Self::SlowPull { takes }))
                    .or_else(|| takes("SlowStart").map(|takes| Self::SlowStart { takes }))
                    .or_else(|| {
                        let after = json::integer(of("Unhealthy"), "after");
                        after.map(|after| Self::Unhealthy { after })
                    })
            }
        }
    }
}

/// What a machine can run short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shortage {
    /// Memory.
    Memory,
    /// Space on its disk.
    Disk,
    /// Process numbers.
    Pid,
}

impl Shortage {
    /// All of them, in the order of the node's conditions.
    pub const ALL: [Shortage; 3] = [Self::Memory, Self::Disk, Self::Pid];

    /// `memory`, `disk`, `pid`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Pid => "pid",
        }
    }

    /// The node condition that tells of it.
    pub fn condition(self) -> ConditionKind {
        match self {
            Self::Memory => ConditionKind::MemoryPressure,
            Self::Disk => ConditionKind::DiskPressure,
            Self::Pid => ConditionKind::PidPressure,
        }
    }
}

/// A shortage of a machine, and since when it lasts or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Whether the machine is short of it now.
    pub is_on: bool,
    /// Since when.
    pub since: Time,
}

/// The state of a node's machine that Kubernetes learns of only through its kubelet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Since when the kubelet does not run.
    pub kubelet_stopped: Option<Time>,
    /// Memory, disk and process numbers, as far as there ever was a shortage.
    pub signals: [Option<Signal>; 3],
    /// It has no container network.
    pub has_no_network: bool,
}

impl Machine {
    /// The last word on a shortage.
    pub fn signal(&self, shortage: Shortage) -> Option<Signal> {
        self.signals[shortage as usize]
    }
}

/// Machines by the name of their node, and images.
#[derive(Clone, Debug)]
pub struct World {
    machines: Map<Name, Machine>,
    images: Map<Name, ImageBehaviour>,
    /// Kinds of configuration that an export leaves out.
    taken_for_granted: Set<Name>,
}

impl Default for World {
    fn default() -> Self {
        World { machines: Map::new(), images: Map::new(), taken_for_granted: Set::new() }
    }
}

impl World {
    /// The machine of a node.
    pub fn machine(&self, node: &Name) -> Machine {
        self.machines.get(node).cloned().unwrap_or_default()
    }

    /// Whether the kubelet of a node runs.
    pub fn runs_kubelet(&self, node: &Name) -> bool {
        self.machines.get(node).is_none_or(|it| it.kubelet_stopped.is_none())
    }

    /// What an image does.
    pub fn behaviour(&self, image: &Name) -> ImageBehaviour {
        self.images.get(image).copied().unwrap_or_default()
    }

    /// Images that do not simply work, by name.
    pub fn images(&self) -> impl Iterator<Item = (&Name, ImageBehaviour)> {
        self.images.iter().map(|(name, behaviour)| (name, *behaviour))
    }

    /// Whether objects of that kind count as being there although nobody has shown them: an export
    /// that lists no Secret at all does not say that there was none.
    pub fn is_taken_for_granted(&self, kind: &str) -> bool {
        self.taken_for_granted.iter().any(|it| **it == *kind)
    }

    pub(super) fn take_for_granted(&mut self, kind: &str) {
        self.taken_for_granted.insert_mut(kind.into());
    }

    /// Changes a machine; false if it stays as it was.
    pub(super) fn change_machine(
        &mut self,
        node: &Name,
        change: impl FnOnce(&mut Machine),
    ) -> bool {
        let old = self.machine(node);
        let mut new = old.clone();
        change(&mut new);
        let is_change = new != old;
        if is_change {
            self.machines.insert_mut(node.clone(), new);
        }
        is_change
    }

    /// Another machine takes a node's name.
    pub(super) fn replace_machine(&mut self, node: &Name) {
        self.machines.remove_mut(node);
    }

    /// Sets what an image does; false if it does that already.
    pub(super) fn set_behaviour(&mut self, image: &Name, behaviour: ImageBehaviour) -> bool {
        if self.behaviour(image) == behaviour {
            return false;
        }
        match behaviour {
            ImageBehaviour::Ok => drop(self.images.remove_mut(image)),
            other => self.images.insert_mut(image.clone(), other),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_behaviour_reads_back_what_serde_writes() {
        for behaviour in [
            ImageBehaviour::Ok,
            ImageBehaviour::CannotBePulled,
            ImageBehaviour::Crashes { after: 1_500, exit_code: 137 },
            ImageBehaviour::NeverReady,
            ImageBehaviour::SlowPull { takes: 9 },
            ImageBehaviour::SlowStart { takes: 8 },
            ImageBehaviour::StubbornStop,
            ImageBehaviour::Unhealthy { after: 7 },
        ] {
            let written = serde_json::to_value(behaviour).unwrap();
            assert_eq!(ImageBehaviour::from_json(&written), Some(behaviour), "{written}");
        }
        assert_eq!(ImageBehaviour::from_json(&Value::from("Odd")), None);
    }
}

//! What a kubelet reports of its node, in its words (`kubelet/nodestatus/setters.go`), and what the
//! node controller writes when the kubelet says nothing.

use serde_json::Value;

use crate::api::{Time, json};

/// The status of a node condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// The kubelet has fallen silent.
    Unknown,
}

impl ConditionStatus {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }

    fn parse(text: &str) -> ConditionStatus {
        match text {
            "True" => Self::True,
            "False" => Self::False,
            _ => Self::Unknown,
        }
    }
}

/// A type of condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    /// `MemoryPressure`.
    MemoryPressure,
    /// `DiskPressure`.
    DiskPressure,
    /// `PIDPressure`.
    PidPressure,
    /// `Ready`.
    Ready,
}

impl ConditionKind {
    /// All of them, in the kubelet's order.
    pub const ALL: [ConditionKind; 4] =
        [Self::MemoryPressure, Self::DiskPressure, Self::PidPressure, Self::Ready];

    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MemoryPressure => "MemoryPressure",
            Self::DiskPressure => "DiskPressure",
            Self::PidPressure => "PIDPressure",
            Self::Ready => "Ready",
        }
    }

    /// Reason and message of a kubelet that finds the condition so.
    fn words(self, status: bool) -> (&'static str, &'static str) {
        match (self, status) {
            (Self::MemoryPressure, false) => {
                ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")
            }
            (Self::MemoryPressure, true) => {
                ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
            }
            (Self::DiskPressure, false) => {
                ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")
            }
            (Self::DiskPressure, true) => ("KubeletHasDiskPressure", "kubelet has disk pressure"),
            (Self::PidPressure, false) => {
                ("KubeletHasSufficientPID", "kubelet has sufficient PID available")
            }
            (Self::PidPressure, true) => {
                ("KubeletHasInsufficientPID", "kubelet has insufficient PID available")
            }
            (Self::Ready, true) => ("KubeletReady", "kubelet is posting ready status"),
            (Self::Ready, false) => (
                "KubeletNotReady",
                "container runtime network not ready: NetworkReady=false \
                 reason:NetworkPluginNotReady message:Network plugin returns error: \
                 cni plugin not initialized",
            ),
        }
    }
}

/// A condition of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeCondition {
    /// Its type.
    pub kind: ConditionKind,
    /// Its status.
    pub status: ConditionStatus,
    /// Why.
    pub reason: &'static str,
    /// Why, in a sentence.
    pub message: &'static str,
    /// `lastTransitionTime`, a whole second.
    pub since: Time,
}

impl NodeCondition {
    fn new(kind: ConditionKind, status: bool) -> NodeCondition {
        let (reason, message) = kind.words(status);
        let status = if status { ConditionStatus::True } else { ConditionStatus::False };
        NodeCondition { kind, status, reason, message, since: Time::ZERO }
    }

    /// Sets what the kubelet found.
    pub fn report(&mut self, status: bool, now: Time) {
        let reported = NodeCondition::new(self.kind, status);
        self.set(reported.status, reported.reason, reported.message, now);
    }

    /// Sets that nothing was heard, or never.
    pub fn silence(&mut self, was_heard: bool, now: Time) {
        let (reason, message) = match was_heard {
            true => ("NodeStatusUnknown", "Kubelet stopped posting node status."),
            false => ("NodeStatusNeverUpdated", "Kubelet never posted node status."),
        };
        self.set(ConditionStatus::Unknown, reason, message, now);
    }

    fn set(
        &mut self,
        status: ConditionStatus,
        reason: &'static str,
        message: &'static str,
        now: Time,
    ) {
        if status != self.status {
            self.since = now.truncated();
        }
        (self.status, self.reason, self.message) = (status, reason, message);
    }
}

/// The four conditions of every node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeConditions {
    /// `MemoryPressure`.
    pub memory_pressure: NodeCondition,
    /// `DiskPressure`.
    pub disk_pressure: NodeCondition,
    /// `PIDPressure`.
    pub pid_pressure: NodeCondition,
    /// `Ready`.
    pub ready: NodeCondition,
}

impl NodeConditions {
    /// What a kubelet reports that has just started: no pressure, and not ready.
    pub fn starting(now: Time) -> NodeConditions {
        let mut conditions = NodeConditions {
            memory_pressure: NodeCondition::new(ConditionKind::MemoryPressure, false),
            disk_pressure: NodeCondition::new(ConditionKind::DiskPressure, false),
            pid_pressure: NodeCondition::new(ConditionKind::PidPressure, false),
            ready: NodeCondition::new(ConditionKind::Ready, false),
        };
        conditions.each_mut().for_each(|it| it.since = now.truncated());
        conditions
    }

    /// Reads what was written. Without a condition `Ready` the kubelet has never reported, and the
    /// status is `Unknown`; pressure that is not written is none.
    pub(super) fn from_json(list: &[Value]) -> NodeConditions {
        let mut conditions = NodeConditions::starting(Time::ZERO);
        conditions.ready.silence(false, Time::ZERO);
        for condition in conditions.each_mut() {
            let name = condition.kind.as_str();
            let given = list.iter().find(|it| json::field(it, "type") == name);
            match given
                .and_then(|it| json::text(it, "status"))
                .map(|it| ConditionStatus::parse(&it))
            {
                Some(ConditionStatus::Unknown) => condition.silence(true, Time::ZERO),
                Some(status) => condition.report(status == ConditionStatus::True, Time::ZERO),
                None => {}
            }
        }
        conditions
    }

    /// All of them, in the kubelet's order.
    pub fn each(&self) -> [&NodeCondition; 4] {
        [&self.memory_pressure, &self.disk_pressure, &self.pid_pressure, &self.ready]
    }

    /// All of them, to be changed.
    pub fn each_mut(&mut self) -> impl Iterator<Item = &mut NodeCondition> {
        [
            &mut self.memory_pressure,
            &mut self.disk_pressure,
            &mut self.pid_pressure,
            &mut self.ready,
        ]
        .into_iter()
    }

    /// The condition of a type.
    pub fn of(&self, kind: ConditionKind) -> &NodeCondition {
        match kind {
            ConditionKind::MemoryPressure => &self.memory_pressure,
            ConditionKind::DiskPressure => &self.disk_pressure,
            ConditionKind::PidPressure => &self.pid_pressure,
            ConditionKind::Ready => &self.ready,
        }
    }

    /// The condition of a type, to be changed.
    pub fn of_mut(&mut self, kind: ConditionKind) -> &mut NodeCondition {
        match kind {
            ConditionKind::MemoryPressure => &mut self.memory_pressure,
            ConditionKind::DiskPressure => &mut self.disk_pressure,
            ConditionKind::PidPressure => &mut self.pid_pressure,
            ConditionKind::Ready => &mut self.ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The table of a healthy node, its bad counterparts, and silence (cluster.md §4).
    #[test]
    fn every_status_has_its_words() {
        let mut conditions = NodeConditions::starting(Time::ZERO);
        let words = |it: &NodeCondition| (it.kind.as_str(), it.reason, it.message);
        conditions.ready.report(true, Time(1_700));
        assert_eq!(conditions.ready.since, Time(1_000));
        let healthy = conditions.each().map(words);
        let expected = [
            (
                "MemoryPressure",
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available",
            ),
            ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", "KubeletReady", "kubelet is posting ready status"),
        ];
        assert_eq!(healthy, expected);
        for condition in conditions.each_mut() {
            condition.report(condition.kind != ConditionKind::Ready, Time(2_000));
        }
        let reasons = conditions.each().map(|it| it.reason);
        let bad = ["KubeletHasInsufficientMemory", "KubeletHasDiskPressure"];
        assert_eq!(reasons, [bad[0], bad[1], "KubeletHasInsufficientPID", "KubeletNotReady"]);
        conditions.each_mut().for_each(|it| it.silence(true, Time(50_000)));
        for condition in conditions.each() {
            assert_eq!(condition.status, ConditionStatus::Unknown);
            assert_eq!(condition.reason, "NodeStatusUnknown");
            assert_eq!(condition.message, "Kubelet stopped posting node status.");
            assert_eq!(condition.since, Time(50_000));
        }
        conditions.ready.silence(false, Time(60_000));
        let never = ("Ready", "NodeStatusNeverUpdated", "Kubelet never posted node status.");
        assert_eq!(words(&conditions.ready), never);
        assert_eq!(conditions.ready.since, Time(50_000), "the status has not changed");
    }

    #[test]
    fn a_node_without_conditions_has_never_reported() {
        let status = |list: Value| {
            NodeConditions::from_json(list.as_array().unwrap()).each().map(|it| it.status)
        };
        use ConditionStatus::{False, True, Unknown};
        assert_eq!(status(json!([])), [False, False, False, Unknown]);
        let given = json!([
            {"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "True"}
        ]);
        assert_eq!(status(given), [False, True, False, True]);
    }
}

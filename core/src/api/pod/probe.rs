//! Probes: when a container is asked, and how often it must answer the same.

use serde_json::Value;

use crate::api::json;

/// How a container is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    /// `httpGet`.
    Http,
    /// `exec`, `tcpSocket` or `grpc`.
    Other,
}

/// What a probe decides about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeRole {
    /// Whether the container has started; the other probes wait for it.
    Startup,
    /// Whether it is to be killed and started again.
    Liveness,
    /// Whether it is ready.
    Readiness,
}

impl ProbeRole {
    /// All of them, in the order in which they are asked.
    pub const ALL: [ProbeRole; 3] = [Self::Startup, Self::Liveness, Self::Readiness];

    /// `Startup`, `Liveness` or `Readiness`, as events say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Startup => "Startup",
            Self::Liveness => "Liveness",
            Self::Readiness => "Readiness",
        }
    }
}

/// A probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How it asks.
    pub kind: ProbeKind,
    /// `initialDelaySeconds`.
    pub initial_delay_seconds: i64,
    /// `periodSeconds`.
    pub period_seconds: i64,
    /// `successThreshold`.
    pub success_threshold: i64,
    /// `failureThreshold`.
    pub failure_threshold: i64,
}

impl Probe {
    /// Reads a probe.
    pub fn from_json(probe: &Value) -> Probe {
        let at_least_one = |key, default| json::integer(probe, key).unwrap_or(default).max(1);
        let is_http = json::field(probe, "httpGet").is_object();
        Probe {
            kind: if is_http { ProbeKind::Http } else { ProbeKind::Other },
            initial_delay_seconds: json::integer(probe, "initialDelaySeconds").unwrap_or(0).max(0),
            period_seconds: at_least_one("periodSeconds", 10),
            success_threshold: at_least_one("successThreshold", 1),
            failure_threshold: at_least_one("failureThreshold", 3),
        }
    }
}

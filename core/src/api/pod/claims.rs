//! What a pod claims of its node: resources and ports.

use serde_json::Value;

use crate::api::pod::Container;
use crate::api::resources::Resources;
use crate::api::{Name, json};

/// A port on the node's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// `0.0.0.0` stands for every address.
    pub ip: Name,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Name,
    /// The port on the node; 0 if none is claimed.
    pub port: i64,
    /// The port in the container, which hostNetwork turns into a port on the node.
    pub container_port: i64,
}

impl HostPort {
    pub(super) fn from_json(port: &Value) -> Option<HostPort> {
        Some(HostPort {
            ip: json::non_empty(port, "hostIP").unwrap_or_else(|| "0.0.0.0".into()),
            protocol: json::non_empty(port, "protocol").unwrap_or_else(|| "TCP".into()),
            port: json::integer(port, "hostPort").unwrap_or(0),
            container_port: json::integer(port, "containerPort")?,
        })
    }

    /// Two pods that claim these cannot share a node.
    pub fn clashes_with(&self, other: &HostPort) -> bool {
        let any = |ip: &Name| &**ip == "0.0.0.0";
        self.protocol == other.protocol
            && self.port == other.port
            && (self.ip == other.ip || any(&self.ip) || any(&other.ip))
    }
}

/// Sum of the containers and sidecars, or the largest moment of the init phase (with the sidecars
/// started before), whichever is more, plus overhead.
pub(super) fn total_requests(
    init: &[Container],
    main: &[Container],
    overhead: &Value,
) -> Resources {
    let mut total = Resources::default();
    main.iter().for_each(|it| total.add(&it.requests));
    let (mut sidecars, mut init_peak) = (Resources::default(), Resources::default());
    for container in init {
        let mut moment = sidecars.clone();
        moment.add(&container.requests);
        if container.is_sidecar {
            sidecars = moment.clone();
        }
        init_peak.raise_to(&moment);
    }
    total.add(&sidecars);
    total.raise_to(&init_peak);
    total.add(&Resources::from_json(overhead));
    total
}

/// With hostNetwork every container port is a port on the node. Ports of sidecars count, those of
/// other init containers do not (`schedutil.GetHostPorts`).
pub(super) fn host_ports(
    init: &[Container],
    main: &[Container],
    host_network: bool,
) -> Vec<HostPort> {
    let sidecars = init.iter().filter(|it| it.is_sidecar);
    let ports = sidecars.chain(main).flat_map(|it| it.ports.iter().cloned());
    ports
        .map(|mut it| {
            if host_network && it.port == 0 {
                it.port = it.container_port;
            }
            it
        })
        .filter(|it| it.port > 0)
        .collect()
}

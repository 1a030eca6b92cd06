//! A starting state: the date, the pools of nodes, and how their nodes look.

use serde_json::{Map, Value, json};

use crate::api::{Calendar, Name, json};
use crate::sim::ImageBehaviour;

/// A kind of node, and how many of it there are at the start.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Key (`workers`).
    pub id: Name,
    /// What is written above it.
    pub title: Name,
    /// Its nodes are called PREFIX-NUMBER.
    pub prefix: Name,
    /// Nodes at the start.
    pub count: u32,
    labels: Vec<(String, Vec<String>)>,
    taints: Value,
    allocatable: Value,
}

impl Pool {
    /// After how many nodes their looks repeat.
    pub(super) fn looks(&self) -> u32 {
        let lengths = self.labels.iter().filter_map(|it| u32::try_from(it.1.len()).ok());
        lengths.filter(|it| *it > 0).fold(1, least_common_multiple).min(LOOKS_MAX)
    }
}

/// More different nodes than this a pool does not describe.
const LOOKS_MAX: u32 = 360;

fn least_common_multiple(a: u32, b: u32) -> u32 {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    a.saturating_mul(b / divisor)
}

/// A starting state.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called.
    pub title: Name,
    /// The date of virtual time zero.
    pub calendar: Calendar,
    /// Namespaces besides those that every cluster has.
    pub namespaces: Vec<Name>,
    /// The pools, in the order in which they are drawn.
    pub pools: Vec<Pool>,
    /// What images do that do not simply work.
    pub images: Vec<(Name, ImageBehaviour)>,
    nodes: Value,
}

impl Scenario {
    /// The scenario that the page opens with.
    pub fn opening() -> Scenario {
        let text = include_str!(concat!(env!("OUT_DIR"), "/default.json"));
        Scenario::from_json(&serde_json::from_str(text).unwrap_or_default())
    }

    /// A scenario that somebody wrote, in YAML; none if it is no mapping.
    pub fn read(text: &str) -> Option<Scenario> {
        let value = crate::manifest::read(text).filter(Value::is_object)?;
        Some(Scenario::from_json(&value))
    }

    /// Nothing at all, at that date.
    pub(super) fn empty(calendar: Calendar) -> Scenario {
        Scenario { calendar, ..Scenario::from_json(&Value::Null) }
    }

    fn from_json(scenario: &Value) -> Scenario {
        let starts_at = json::field(scenario, "startsAt").as_str().and_then(Calendar::parse);
        Scenario {
            title: json::field(scenario, "title").as_str().unwrap_or_default().into(),
            calendar: starts_at.unwrap_or(Calendar { unix_seconds_at_zero: 0 }),
            namespaces: json::names(scenario, "namespaces"),
            pools: json::list(scenario, "pools").iter().map(pool).collect(),
            images: images(json::field(scenario, "images")),
            nodes: json::field(scenario, "nodes").clone(),
        }
    }

    /// A node of a pool as its kubelet registers it; those of the start are ready already.
    pub fn node(&self, pool: &Pool, name: &Name, number: u32, is_ready: bool) -> Value {
        let own = json::field(&self.nodes, name);
        let mut labels = Map::new();
        for (key, value) in [
            ("kubernetes.io/arch", "amd64"),
            ("kubernetes.io/os", "linux"),
            ("kubernetes.io/hostname", &**name),
        ] {
            labels.insert(key.into(), Value::from(value));
        }
        for (key, values) in pool.labels.iter().filter(|it| !it.1.is_empty()) {
            let index = (number.max(1) - 1) as usize % values.len();
            labels.insert(key.clone(), Value::from(values[index].as_str()));
        }
        labels.extend(json::field(own, "labels").as_object().cloned().unwrap_or_default());
        let mut taints = pool.taints.as_array().cloned().unwrap_or_default();
        taints.extend(json::list(own, "taints").iter().cloned());
        let labels = Value::Object(labels);
        let mut node = json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": &**name, "labels": labels},
            "spec": {"taints": taints},
            "status": {
                "allocatable": pool.allocatable,
                "capacity": pool.allocatable,
                "nodeInfo": system(&labels),
            },
        });
        if is_ready {
            node["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
        }
        node
    }
}

/// `status.nodeInfo` of a machine whose node has these labels.
pub(super) fn system(labels: &Value) -> Value {
    let (os, architecture) = (&labels["kubernetes.io/os"], &labels["kubernetes.io/arch"]);
    let (image, kernel) = match os.as_str() {
        Some("windows") => ("Windows Server 2022 Datacenter", "10.0.20348.3091"),
        _ => ("Debian GNU/Linux 12 (bookworm)", "6.1.0-31-amd64"),
    };
    json!({
        "architecture": architecture,
        "containerRuntimeVersion": "containerd://1.7.24",
        "kernelVersion": kernel,
        "kubeProxyVersion": "v1.31.13",
        "kubeletVersion": "v1.31.13",
        "operatingSystem": os,
        "osImage": image,
    })
}

/// `IMAGE: BEHAVIOUR`; one that is not known is left out.
fn images(images: &Value) -> Vec<(Name, ImageBehaviour)> {
    let behaviour = |(image, value): (&String, &Value)| {
        Some((image.as_str().into(), ImageBehaviour::from_json(value)?))
    };
    images.as_object().into_iter().flatten().filter_map(behaviour).collect()
}

fn pool(pool: &Value) -> Pool {
    let text = |key| json::text(pool, key).unwrap_or_default();
    let labels = json::field(pool, "labels").as_object();
    let values = |(key, values): (&String, &Value)| {
        let values = values.as_array().into_iter().flatten();
        let texts = values.filter_map(|it| it.as_str().map(str::to_owned)).collect();
        (key.clone(), texts)
    };
    Pool {
        id: text("id"),
        title: text("title"),
        prefix: text("prefix"),
        count: json::integer(pool, "count").and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
        labels: labels.into_iter().flatten().map(values).collect(),
        taints: json::field(pool, "taints").clone(),
        allocatable: json::field(pool, "allocatable").clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opening_cluster_is_the_one_of_the_lessons() {
        let scenario = Scenario::opening();
        assert_eq!(scenario.calendar.rfc3339(crate::api::Time::ZERO), "2026-01-12T09:00:00Z");
        let node = |pool: usize, number: u32| {
            let pool = &scenario.pools[pool];
            scenario.node(pool, &format!("{}-{number}", pool.prefix).into(), number, true)
        };
        let control_plane = node(0, 1);
        assert_eq!(
            control_plane["spec"]["taints"],
            json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}])
        );
        let zones: Vec<_> = (1..=6)
            .map(|it| node(1, it)["metadata"]["labels"]["topology.kubernetes.io/zone"].clone())
            .collect();
        assert_eq!(zones, ["eu-1a", "eu-1b", "eu-1c", "eu-1a", "eu-1b", "eu-1c"]);
        assert_eq!(node(1, 6)["metadata"]["labels"]["role"], "storage-node");
        assert_eq!(node(2, 2)["metadata"]["labels"]["nvidia.com/gpu.present"], "true");
        assert_eq!(node(2, 2)["spec"]["taints"][1]["key"], "nvidia.com/gpu");
        assert_eq!(node(2, 1)["spec"]["taints"].as_array().map(Vec::len), Some(1));
    }
}

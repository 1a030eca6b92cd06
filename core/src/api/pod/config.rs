//! ConfigMaps and Secrets that a pod cannot do without: those of its volumes, and those that its
//! containers take environment variables from. What is marked `optional` is left out.

use serde_json::Value;

use crate::api::{Name, json};

/// A ConfigMap or Secret by name, and the keys of it that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigRef {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// Its name, in the namespace of the pod.
    pub name: Name,
    /// Keys that are named one by one.
    pub keys: Vec<Name>,
}

/// A volume that is filled from ConfigMaps and Secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigVolume {
    /// The volume's name.
    pub name: Name,
    /// What it is filled from; several for a projected one.
    pub sources: Vec<ConfigRef>,
}

const CONFIG_MAP: &str = "ConfigMap";
const SECRET: &str = "Secret";

/// A reference whose name stands at `name_key`; none if there is none, or if it is optional.
fn reference(source: &Value, kind: &'static str, name_key: &str) -> Option<ConfigRef> {
    let name = json::text(source, name_key).filter(|_| !json::flag(source, "optional"))?;
    let items = json::list(source, "items").iter();
    let keys = items.chain([source]).filter_map(|it| json::text(it, "key")).collect();
    Some(ConfigRef { kind, name, keys })
}

/// The volumes of a pod spec that some container mounts: others are not looked at
/// (`pkg/kubelet/volumemanager/populator`).
pub(super) fn volumes(spec: &Value) -> Vec<ConfigVolume> {
    let containers = ["initContainers", "containers"].map(|it| json::list(spec, it));
    let is_mounted = |volume: &Value| {
        let is_it = |it: &Value| json::field(it, "name") == json::field(volume, "name");
        let mut containers = containers.iter().copied().flatten();
        containers.any(|it| json::list(it, "volumeMounts").iter().any(is_it))
    };
    let volumes = json::list(spec, "volumes").iter().filter(|it| is_mounted(it));
    let volumes = volumes.map(|volume| {
        let projected = json::list(json::field(volume, "projected"), "sources").iter();
        let (map, secret) = (json::field(volume, "configMap"), json::field(volume, "secret"));
        let own = [reference(map, CONFIG_MAP, "name"), reference(secret, SECRET, "secretName")];
        let sources = projected.flat_map(|it| {
            let (map, secret) = (json::field(it, "configMap"), json::field(it, "secret"));
            [reference(map, CONFIG_MAP, "name"), reference(secret, SECRET, "name")]
        });
        let sources = own.into_iter().chain(sources).flatten().collect();
        ConfigVolume { name: json::text(volume, "name").unwrap_or_default(), sources }
    });
    volumes.filter(|it| !it.sources.is_empty()).collect()
}

/// What the environment of a container is made from: `envFrom` first, as the kubelet does.
pub(super) fn environment(container: &Value) -> Vec<ConfigRef> {
    let whole = json::list(container, "envFrom").iter().flat_map(|it| {
        let (map, secret) = (json::field(it, "configMapRef"), json::field(it, "secretRef"));
        [reference(map, CONFIG_MAP, "name"), reference(secret, SECRET, "name")]
    });
    let single = json::list(container, "env").iter().flat_map(|it| {
        let from = json::field(it, "valueFrom");
        let (map, secret) =
            (json::field(from, "configMapKeyRef"), json::field(from, "secretKeyRef"));
        [reference(map, CONFIG_MAP, "name"), reference(secret, SECRET, "name")]
    });
    whole.chain(single).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_optional_or_not_mounted_is_not_needed() {
        let mounts = json!([{"name": "cfg"}, {"name": "maybe"}, {"name": "both"}]);
        let spec = json!({
            "containers": [{"name": "c", "volumeMounts": mounts}],
            "volumes": [
                {"name": "cfg", "configMap": {"name": "a", "items": [{"key": "k", "path": "p"}]}},
                {"name": "maybe", "secret": {"secretName": "b", "optional": true}},
                {"name": "unused", "secret": {"secretName": "c"}},
                {"name": "both", "projected": {"sources": [
                    {"serviceAccountToken": {"path": "token"}},
                    {"secret": {"name": "d"}},
                    {"configMap": {"name": "e"}},
                ]}},
                {"name": "host", "hostPath": {"path": "/"}},
            ],
        });
        let found: Vec<(Name, Vec<Name>)> = volumes(&spec)
            .into_iter()
            .map(|it| (it.name, it.sources.into_iter().map(|it| it.name).collect()))
            .collect();
        let expected =
            [("cfg".into(), vec!["a".into()]), ("both".into(), vec!["d".into(), "e".into()])];
        assert_eq!(found, expected);
        assert_eq!(&*volumes(&spec)[0].sources[0].keys[0], "k");
        let container = json!({
            "env": [
                {"name": "A", "value": "1"},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "C", "valueFrom": {
                    "configMapKeyRef": {"name": "m", "key": "k", "optional": true},
                }},
            ],
            "envFrom": [{"configMapRef": {"name": "f"}}],
        });
        let found = environment(&container);
        let names: Vec<(&str, &str)> = found.iter().map(|it| (it.kind, &*it.name)).collect();
        assert_eq!(names, [("ConfigMap", "f"), ("Secret", "s")]);
    }
}

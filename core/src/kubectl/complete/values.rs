//! The values of flags, and the words behind a command.

use serde_json::Value;

use super::{Place, Said, labels, names, objects, types};
use crate::api::json;
use crate::kubectl::flags::{Flag, Takes};
use crate::kubectl::resource::Resource;

const FORMATS: [&str; 9] = [
    "custom-columns=",
    "custom-columns-file=",
    "json",
    "jsonpath=",
    "jsonpath-file=",
    "name",
    "wide",
    "yaml",
    "jsonpath-as-json=",
];

impl Place<'_> {
    /// What a flag can be given; each behind `head`, which may be the flag itself.
    pub(super) fn values(&self, said: &Said, flag: &Flag, head: &str) -> Vec<String> {
        let fixed = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let values = match flag.0 {
            "namespace" => names(self, said, Resource::plural("namespaces")),
            "output" => fixed(&FORMATS),
            "filename" | "patch-file" | "from-file" => self.files.to_vec(),
            "selector" => self.labels(said, true),
            "label-columns" => self.labels(said, false),
            "cascade" => fixed(&["background", "foreground", "orphan"]),
            "dry-run" => fixed(&["client", "none", "server"]),
            "type" if said.command == "patch" => fixed(&["json", "merge", "strategic"]),
            "for" => fixed(&["condition=", "create", "delete", "jsonpath="]),
            "field-selector" => fixed(&["metadata.name=", "spec.nodeName=", "status.phase="]),
            "sort-by" => fixed(&[
                ".metadata.creationTimestamp",
                ".metadata.name",
                ".spec.nodeName",
                ".status.phase",
            ]),
            "types" => fixed(&["Normal", "Warning"]),
            _ if flag.2 == Takes::Switch => fixed(&["true", "false"]),
            _ => Vec::new(),
        };
        values.into_iter().map(|it| format!("{head}{it}")).collect()
    }

    /// The labels of the objects that the line is about.
    fn labels(&self, said: &Said, with_value: bool) -> Vec<String> {
        let kinds = said.args.first().copied().unwrap_or("pods");
        let Ok(resource) = Resource::named(kinds.split('/').next().unwrap_or_default()) else {
            return Vec::new();
        };
        let all = objects(self, said, resource);
        let written = |(key, value): (String, String)| match with_value {
            true => format!("{key}={value}"),
            false => key,
        };
        all.iter().flat_map(|it| labels(it).into_iter().map(written)).collect()
    }

    /// The words behind a command: a type, names of it, and what is specific to the command.
    pub(super) fn arguments(&self, said: &Said) -> Vec<String> {
        let args = said.args.as_slice();
        let named = |plural: &str| names(self, said, Resource::plural(plural));
        match said.command.as_str() {
            "cordon" | "uncordon" | "drain" => fresh(named("nodes"), args),
            "taint" => match args {
                [] => vec!["nodes".to_owned()],
                [_] => named("nodes"),
                [_, name, ..] => self.taints(name),
            },
            "logs" | "exec" | "attach" | "port-forward" if args.is_empty() => {
                let mut all = named("pods");
                all.extend(self.slashed(said));
                all
            }
            "explain" | "api-resources" if args.is_empty() => types(),
            "config" if args.is_empty() => vec!["view".to_owned()],
            "top" if args.is_empty() => vec!["node".to_owned(), "pod".to_owned()],
            "auth" if args.is_empty() => vec!["can-i".to_owned()],
            "events" | "version" | "cluster-info" | "api-versions" | "apply" | "replace"
            | "diff" | "run" => Vec::new(),
            command if command.starts_with("create ") => Vec::new(),
            command => self.objects_of(said, command),
        }
    }

    fn objects_of(&self, said: &Said, command: &str) -> Vec<String> {
        let args = said.args.as_slice();
        let Some((first, rest)) = args.split_first() else {
            let mut all = match command.starts_with("rollout") || command.starts_with("set ") {
                true => vec!["daemonsets".to_owned(), "deployments".to_owned()],
                false => types(),
            };
            if command == "get" {
                all.push("all".to_owned());
            }
            all.extend(self.slashed(said));
            return all;
        };
        let (kind, name) = match first.split_once('/') {
            Some((kind, name)) => (kind, Some(name)),
            None => (*first, rest.first().copied()),
        };
        let Ok(resource) = Resource::named(kind) else { return Vec::new() };
        let is_one = matches!(command, "label" | "annotate" | "set image" | "set env");
        match name.filter(|_| is_one) {
            Some(name) => {
                let object = self.server.find(resource, self.namespace(said, resource), name);
                object.map_or(Vec::new(), |it| parts(&it, command))
            }
            None if first.contains('/') => self.slashed(said),
            None => fresh(names(self, said, resource), rest),
        }
    }

    fn namespace<'a>(&self, said: &Said<'a>, resource: &Resource) -> &'a str {
        match resource.is_namespaced {
            true => said.namespace.unwrap_or("default"),
            false => "",
        }
    }

    /// `TYPE/NAME` for the type that has been begun.
    fn slashed(&self, said: &Said) -> Vec<String> {
        let Some((kind, _)) = self.begun.split_once('/') else { return Vec::new() };
        let Ok(resource) = Resource::named(kind) else { return Vec::new() };
        names(self, said, resource).into_iter().map(|it| format!("{kind}/{it}")).collect()
    }

    /// What removes a taint of a node.
    fn taints(&self, node: &str) -> Vec<String> {
        let node = self.server.find(Resource::plural("nodes"), "", node).unwrap_or_default();
        let text = |it: &Value, key: &str| json::at(it, &[key]).as_str().unwrap_or("").to_owned();
        let taints = json::list(json::field(&node, "spec"), "taints").iter();
        taints.map(|it| format!("{}:{}-", text(it, "key"), text(it, "effect"))).collect()
    }
}

/// Those that have not been named yet.
fn fresh(mut names: Vec<String>, named: &[&str]) -> Vec<String> {
    names.retain(|it| !named.contains(&it.as_str()));
    names
}

/// The parts of an object that a command changes.
fn parts(object: &Value, command: &str) -> Vec<String> {
    match command {
        "label" => labels(object).into_iter().map(|it| format!("{}-", it.0)).collect(),
        "annotate" => {
            let all = json::at(object, &["metadata", "annotations"]).as_object();
            all.into_iter().flatten().map(|it| format!("{}-", it.0)).collect()
        }
        "set image" => {
            let pod = json::at(object, &["spec", "template", "spec"]);
            let name = |it: &Value| json::field(it, "name").as_str().map(|it| format!("{it}="));
            json::list(pod, "containers").iter().filter_map(name).collect()
        }
        _ => Vec::new(),
    }
}

//! The kubectl line that equals a gesture.

use crate::api::json;
use crate::sim::{Cascade, ImageBehaviour, Input, Store};

/// The line a person would type for this input, on the cluster as it is. What happens to machines
/// and images has no kubectl line: those are the playground's own `node …` and `image …`.
pub fn line_of(input: &Input, store: &Store) -> String {
    match input {
        Input::CreateNamespace { name } => format!("kubectl create namespace {name}"),
        Input::Apply { .. } => "kubectl apply -f manifest.yaml".to_owned(),
        Input::Delete { resource, namespace, name, cascade } => {
            let scope = scope(namespace);
            let cascade = match cascade {
                Cascade::Background => "",
                Cascade::Foreground => " --cascade=foreground",
                Cascade::Orphan => " --cascade=orphan",
            };
            format!("kubectl{scope} delete {resource} {name}{cascade}")
        }
        Input::Create { .. } => "kubectl create -f manifest.yaml".to_owned(),
        Input::Replace { .. } => "kubectl replace -f manifest.yaml".to_owned(),
        Input::Patch { resource, namespace, name, patch } => {
            let scope = scope(namespace);
            format!("kubectl{scope} patch {resource} {name} -p '{patch}'")
        }
        Input::DeletePod { namespace, name, grace_seconds } => {
            let grace = match grace_seconds {
                None => String::new(),
                Some(0) => " --grace-period=0 --force".to_owned(),
                Some(seconds) => format!(" --grace-period={seconds}"),
            };
            format!("kubectl{} delete pod {name}{grace}", scope(namespace))
        }
        // What sends it is part of a drain; there is no command for one pod.
        Input::Evict { namespace, name, .. } => {
            format!("kubectl create --raw /api/v1/namespaces/{namespace}/pods/{name}/eviction")
        }
        Input::AddNode { object } => {
            let name = json::at(object, &["metadata", "name"]).as_str().unwrap_or_default();
            format!("node add {name}")
        }
        Input::AddNodes { pattern, count, .. } => format!("node add {pattern} --count {count}"),
        Input::DeleteNode { node } => format!("kubectl delete node {node}"),
        Input::LabelNode { node, key, value: None } => format!("kubectl label nodes {node} {key}-"),
        Input::LabelNode { node, key, value: Some(value) } => {
            let known = store.node(node).and_then(|it| it.meta.labels.get(key));
            let replaces = known.is_some_and(|it| it != value);
            let overwrite = if replaces { " --overwrite" } else { "" };
            format!("kubectl label nodes {node} {key}={value}{overwrite}")
        }
        Input::TaintNode { node, key, value, effect } => {
            let is_same = |it: &crate::api::Taint| it.key == *key && it.effect == *effect;
            let replaces = store.node(node).is_some_and(|it| it.taints.iter().any(is_same));
            let overwrite = if replaces { " --overwrite" } else { "" };
            let value = if value.is_empty() { String::new() } else { format!("={value}") };
            format!("kubectl taint nodes {node} {key}{value}:{}{overwrite}", effect.as_str())
        }
        Input::UntaintNode { node, key, effect } => {
            let effect = effect.map(|it| format!(":{}", it.as_str())).unwrap_or_default();
            format!("kubectl taint nodes {node} {key}{effect}-")
        }
        Input::Cordon { node } => format!("kubectl cordon {node}"),
        Input::Uncordon { node } => format!("kubectl uncordon {node}"),
        Input::Drain { node, options } => {
            let flags = [
                (options.ignore_daemonsets, " --ignore-daemonsets"),
                (options.delete_emptydir_data, " --delete-emptydir-data"),
                (options.force, " --force"),
            ];
            let flags = flags.iter().filter(|it| it.0).map(|it| it.1).collect::<String>();
            format!("kubectl drain {node}{flags}")
        }
        Input::StopKubelet { node } => format!("node fail {node}"),
        Input::StartKubelet { node } => format!("node recover {node}"),
        Input::SetPressure { node, shortage, on } => {
            format!("node pressure {node} {}={}", shortage.word(), if *on { "on" } else { "off" })
        }
        Input::SetNetwork { node, on } => {
            format!("node network {node} {}", if *on { "on" } else { "off" })
        }
        Input::FillNode { node, cpu, memory } => {
            let amounts = [("cpu", cpu), ("memory", memory)].into_iter();
            let given = amounts.filter(|(_, amount)| !amount.is_empty());
            let words: String = given.map(|(key, amount)| format!(" {key}={amount}")).collect();
            let verb = if words.is_empty() { "free" } else { "fill" };
            format!("node {verb} {node}{words}")
        }
        Input::SetImageBehaviour { image, behaviour } => {
            format!("image {image} {}", image_words(*behaviour))
        }
    }
}

/// What an image does, in the playground's own words.
pub fn image_words(behaviour: ImageBehaviour) -> String {
    match behaviour {
        ImageBehaviour::Ok => "ok".to_owned(),
        ImageBehaviour::CannotBePulled => "cannot-be-pulled".to_owned(),
        ImageBehaviour::Crashes { after, exit_code } => {
            format!("crashes after={} exit-code={exit_code}", duration(after))
        }
        ImageBehaviour::NeverReady => "never-ready".to_owned(),
        ImageBehaviour::SlowPull { takes } => format!("slow-pull takes={}", duration(takes)),
        ImageBehaviour::SlowStart { takes } => format!("slow-start takes={}", duration(takes)),
        ImageBehaviour::StubbornStop => "stubborn-stop".to_owned(),
        ImageBehaviour::Unhealthy { after } => format!("unhealthy after={}", duration(after)),
    }
}

fn duration(milliseconds: i64) -> String {
    match milliseconds % 1000 {
        0 => format!("{}s", milliseconds / 1000),
        _ => format!("{milliseconds}ms"),
    }
}

fn scope(namespace: &str) -> String {
    match namespace {
        "" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

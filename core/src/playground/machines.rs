//! The playground's own commands about machines and images: what Kubernetes has no command for.
//!
//! - `node add [NAME] [--pool POOL] [--count N] [--labels K=V,…] [--taints K=V:EFFECT,…]`
//! - `node fail NAME`, `node recover NAME`: its kubelet stops, and starts again
//! - `node fill NAME [cpu=Q] [memory=Q]`, `node free NAME`: somebody else's pod takes up room
//! - `node pressure NAME memory|disk|pid=on|off`
//! - `node network NAME off|on`: its container network fails, and works again
//! - `image REF ok|cannot-be-pulled|crashes|never-ready|slow-pull|slow-start|stubborn-stop`, or
//!   `unhealthy`, and `image` alone, which lists what images do

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::{Name, Taint};
use crate::kubectl::{Output, image_words, parse_duration, parse_label, parse_taint};
use crate::playground::Playground;
use crate::playground::scenario::system;
use crate::sim::{ApiError, ImageBehaviour, Input, Shortage};

/// Kubernetes' own limit of a cluster ("Considerations for large clusters").
pub const NODES_MAX: u32 = 5_000;
/// What an image can do, in the words of `image IMAGE BEHAVIOUR`.
pub(super) const BEHAVIOURS: [&str; 8] = [
    "cannot-be-pulled",
    "crashes",
    "never-ready",
    "ok",
    "slow-pull",
    "slow-start",
    "stubborn-stop",
    "unhealthy",
];
/// Where the number stands in the name of a node to be added.
const NUMBER: char = '#';

/// Machines that are to join.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNodes {
    /// The pool that says how they look.
    pub pool: Name,
    /// Their name, with `#` for the number; empty is the pool's own.
    pub name: Name,
    /// How many.
    pub count: u32,
    /// Labels besides those of the pool.
    pub labels: Vec<(Name, Name)>,
    /// Taints besides those of the pool.
    pub taints: Vec<Taint>,
}

impl NewNodes {
    /// What is wrong with another count.
    pub const COUNT_FAULT: &str = "How many is a number from 1 to 5000.";

    /// One machine of a pool.
    pub fn one(pool: &str) -> NewNodes {
        let (labels, taints) = (Vec::new(), Vec::new());
        NewNodes { pool: pool.into(), name: Name::default(), count: 1, labels, taints }
    }

    /// The playground's own command for it; Kubernetes has none.
    pub fn command(&self) -> String {
        let mut line = "node add".to_owned();
        if !self.name.is_empty() {
            line.push_str(&format!(" {}", self.name));
        }
        line.push_str(&format!(" --pool {}", self.pool));
        if self.count != 1 {
            line.push_str(&format!(" --count {}", self.count));
        }
        let labels: Vec<_> = self.labels.iter().map(|(key, it)| format!("{key}={it}")).collect();
        let taints: Vec<_> = self.taints.iter().map(Taint::to_string).collect();
        for (flag, texts) in [("labels", labels), ("taints", taints)] {
            if !texts.is_empty() {
                line.push_str(&format!(" --{flag} {}", texts.join(",")));
            }
        }
        line
    }

    /// What that command prints.
    pub fn answer(&self, first: &str, last: &str) -> String {
        match self.count {
            1 => format!("{first} joins\n"),
            count => format!("{first} to {last} join, {count} nodes\n"),
        }
    }

    /// `disk=ssd,role=edge`, refused in kubectl's words.
    pub fn parse_labels(text: &str) -> Result<Vec<(Name, Name)>, String> {
        let mut labels = Vec::new();
        for text in parts(text) {
            let (key, value) = parse_label(text)?;
            let invalid = || format!("error: invalid label spec: {text}");
            labels.push((key, value.ok_or_else(invalid)?));
        }
        Ok(labels)
    }

    /// `dedicated=edge:NoSchedule,spot:NoExecute`, refused in kubectl's words.
    pub fn parse_taints(text: &str) -> Result<Vec<Taint>, String> {
        parts(text).map(parse_taint).collect()
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// What a line asks for.
enum Request {
    Add(NewNodes),
    Act(Input),
    ListImages,
}

impl Playground {
    /// Machines join under names that are free; the first and the last of them.
    pub fn add_nodes(&mut self, new: &NewNodes) -> Result<(Name, Name), ApiError> {
        if new.count == 0 {
            return Err(ApiError::Client(NewNodes::COUNT_FAULT.to_owned()));
        }
        let count = self.cluster().store().nodes().count();
        let room = NODES_MAX.saturating_sub(u32::try_from(count).unwrap_or(NODES_MAX));
        if new.count > room {
            let fault = format!("a cluster has at most {NODES_MAX} nodes, this one has {count}");
            return Err(ApiError::Client(fault));
        }
        if *new == NewNodes::one(&new.pool) {
            return self.add_node(&new.pool).map(|name| (name.clone(), name));
        }
        let prefix = self.pool(&new.pool)?.prefix.clone();
        let pattern = match &*new.name {
            "" => format!("{prefix}-{NUMBER}"),
            name if name.contains(NUMBER) || new.count == 1 => name.to_owned(),
            name => format!("{name}-{NUMBER}"),
        };
        let first = self.first_free(&pattern);
        let templates = Arc::new(self.templates(new)?);
        let pattern: Name = pattern.as_str().into();
        let name = |number: u32| Name::from(pattern.replace(NUMBER, &number.to_string()));
        let names = (name(first), name(first + new.count - 1));
        self.act(Input::AddNodes { templates, pattern, first, count: new.count })?;
        Ok(names)
    }

    /// One more than the highest number that is taken, so that a name is not used again while pods
    /// of the old node are still there.
    pub(super) fn first_free(&self, pattern: &str) -> u32 {
        let (head, tail) = pattern.split_once(NUMBER).unwrap_or((pattern, ""));
        let number = |name: &Name| -> Option<u32> {
            name.strip_prefix(head)?.strip_suffix(tail)?.parse().ok()
        };
        let store = self.cluster().store();
        let taken = store.nodes().map(|it| &it.meta.name).chain(store.vanished_nodes());
        taken.filter_map(number).max().unwrap_or(0).saturating_add(1)
    }

    /// One node for each combination of the pool's lists, with what is asked for besides.
    fn templates(&self, new: &NewNodes) -> Result<Vec<Value>, ApiError> {
        let pool = self.pool(&new.pool)?;
        let looks = 1..=pool.looks();
        let template = |number: u32| {
            let mut node = self.scenario.node(pool, &Name::default(), number, false);
            for (key, value) in &new.labels {
                node["metadata"]["labels"][&**key] = Value::from(&**value);
            }
            node["status"]["nodeInfo"] = system(&node["metadata"]["labels"]);
            let taint = |it: &Taint| {
                let (key, value) = (&*it.key, &*it.value);
                json!({"key": key, "value": value, "effect": it.effect.as_str()})
            };
            if let Some(taints) = node["spec"]["taints"].as_array_mut() {
                taints.extend(new.taints.iter().map(taint));
            }
            node
        };
        Ok(looks.map(template).collect())
    }

    /// What `node …` or `image …` does and prints.
    pub(super) fn machine_command(&mut self, words: &[&str]) -> Output {
        let said = match parse(words) {
            Err(fault) => return failed(2, &fault),
            Ok(Request::ListImages) => Ok(self.image_table()),
            Ok(Request::Add(new)) => {
                self.add_nodes(&new).map(|(first, last)| new.answer(&first, &last))
            }
            Ok(Request::Act(input)) => {
                let line = self.command_line(&input);
                self.act(input).map(|_| format!("{line}\n"))
            }
        };
        match said {
            Ok(stdout) => Output { stdout, ..Output::default() },
            Err(error) => failed(1, &error.to_string()),
        }
    }

    /// What images do that do not simply work.
    pub fn images(&self) -> Vec<(Name, ImageBehaviour)> {
        let images = self.cluster().store().world().images();
        images.map(|(name, behaviour)| (name.clone(), behaviour)).collect()
    }

    fn image_table(&self) -> String {
        let images = self.images();
        if images.is_empty() {
            return "every image works\n".to_owned();
        }
        let line = |(name, behaviour): &(Name, _)| format!("{name} {}\n", image_words(*behaviour));
        images.iter().map(line).collect()
    }
}

pub(super) fn failed(code: u8, fault: &str) -> Output {
    Output { stderr: format!("{fault}\n"), code, ..Output::default() }
}

fn parse(words: &[&str]) -> Result<Request, String> {
    let act = |input| Ok(Request::Act(input));
    match words {
        ["image"] => Ok(Request::ListImages),
        ["image", image, what, rest @ ..] => {
            let behaviour = parse_behaviour(what, rest)?;
            act(Input::SetImageBehaviour { image: (*image).into(), behaviour })
        }
        ["node", "add", rest @ ..] => parse_add(rest).map(Request::Add),
        ["node", "fail", node] => act(Input::StopKubelet { node: (*node).into() }),
        ["node", "recover", node] => act(Input::StartKubelet { node: (*node).into() }),
        ["node", "free", node] => {
            let (cpu, memory) = Default::default();
            act(Input::FillNode { node: (*node).into(), cpu, memory })
        }
        ["node", "fill", node, amounts @ ..] if !amounts.is_empty() => {
            let (mut cpu, mut memory) = (Name::default(), Name::default());
            for amount in amounts {
                match amount.split_once('=') {
                    Some(("cpu", amount)) => cpu = amount.into(),
                    Some(("memory", amount)) => memory = amount.into(),
                    _ => return Err(format!("node fill: neither cpu=… nor memory=…: {amount}")),
                }
            }
            act(Input::FillNode { node: (*node).into(), cpu, memory })
        }
        ["node", "pressure", node, state] => {
            let (shortage, on) = parse_pressure(state)?;
            act(Input::SetPressure { node: (*node).into(), shortage, on })
        }
        ["node", "network", node, state @ ("on" | "off")] => {
            act(Input::SetNetwork { node: (*node).into(), on: *state == "on" })
        }
        ["image", ..] => Err("image: use it as in `image IMAGE crashes`".to_owned()),
        _ => {
            Err("node: use add, fail, recover, fill, free, network or pressure with a NAME"
                .to_owned())
        }
    }
}

fn parse_pressure(text: &str) -> Result<(Shortage, bool), String> {
    let (word, state) = text.split_once('=').unwrap_or((text, "on"));
    let shortage = Shortage::ALL.into_iter().find(|it| it.word() == word);
    let state = match state {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let fault = || format!("node pressure: not memory, disk or pid, each =on or =off: {text}");
    shortage.zip(state).ok_or_else(fault)
}

fn parse_add(words: &[&str]) -> Result<NewNodes, String> {
    let mut new = NewNodes::one("workers");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--") else {
            if !new.name.is_empty() {
                return Err(format!("node add: one name is enough: {word}"));
            }
            new.name = (*word).into();
            continue;
        };
        let (flag, value) = match flag.split_once('=') {
            Some((flag, value)) => (flag, value),
            None => {
                let needs = || format!("node add: flag needs an argument: --{flag}");
                (flag, *words.next().ok_or_else(needs)?)
            }
        };
        match flag {
            "pool" => new.pool = value.into(),
            "count" => {
                let number = value.parse().ok();
                new.count = number.ok_or_else(|| format!("node add: no number: {value}"))?;
            }
            "labels" => new.labels = NewNodes::parse_labels(value)?,
            "taints" => new.taints = NewNodes::parse_taints(value)?,
            _ => return Err(format!("node add: unknown flag: --{flag}")),
        }
    }
    Ok(new)
}

/// What `image_words` writes; times and the exit code may be left out, and `breaks` and `slow` are
/// short for what people mean by them.
fn parse_behaviour(what: &str, options: &[&str]) -> Result<ImageBehaviour, String> {
    let (mut time, mut exit_code) = (None, None);
    for option in options {
        let fault = || format!("image: not understood: {option}");
        let (key, value) = option.split_once('=').ok_or_else(fault)?;
        let is_crash = what == "crashes";
        match key {
            "after" if is_crash || what == "unhealthy" => time = Some(parse_duration(value)?),
            "takes" if what.starts_with("slow") => time = Some(parse_duration(value)?),
            "exit-code" if is_crash => exit_code = Some(value.parse().map_err(|_| fault())?),
            _ => return Err(fault()),
        }
    }
    let time = |usual: i64| time.unwrap_or(usual).max(0);
    Ok(match what {
        "ok" => ImageBehaviour::Ok,
        "cannot-be-pulled" | "breaks" => ImageBehaviour::CannotBePulled,
        "crashes" => {
            ImageBehaviour::Crashes { after: time(2_000), exit_code: exit_code.unwrap_or(1) }
        }
        "never-ready" => ImageBehaviour::NeverReady,
        "slow-pull" | "slow" => ImageBehaviour::SlowPull { takes: time(60_000) },
        "slow-start" => ImageBehaviour::SlowStart { takes: time(30_000) },
        "stubborn-stop" => ImageBehaviour::StubbornStop,
        "unhealthy" => ImageBehaviour::Unhealthy { after: time(30_000) },
        _ => {
            let all = BEHAVIOURS.join(", ");
            return Err(format!("image: an image does not do this: {what} (but: {all})"));
        }
    })
}

#[cfg(test)]
mod tests;

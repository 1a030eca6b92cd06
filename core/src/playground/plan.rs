//! What a text would do if it were applied now: a copy of the cluster gets it and is run ahead.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::api::Name;
use crate::insight::{Fate, Forecast, Plan, SetPlan};
use crate::manifest;
use crate::playground::view::chart::Chart;
use crate::playground::{ApplyReport, Message, Playground, Severity, Touched};
use crate::sim::{Cluster, Timeline};

/// More wake-ups than this a plan that is asked for at once does not answer.
const WAKES_MAX: u32 = 5_000_000;

/// A look ahead that goes on in slices, so that a page stays smooth.
#[derive(Debug)]
pub struct LookAhead {
    report: ApplyReport,
    forecast: Forecast,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// What Apply would answer.
    pub report: ApplyReport,
    /// What would become of the pods.
    pub plan: Plan,
    /// The small chart of each DaemonSet, in the order of the plan.
    pub charts: Vec<Chart>,
}

impl Playground {
    /// Begins to look ahead; the cluster itself stays as it is.
    pub fn look_ahead(&self, text: &str) -> LookAhead {
        let mut copy = Playground {
            scenario: self.scenario.clone(),
            seed: self.seed,
            timeline: Timeline::new(self.cluster().clone()),
            touched: Touched::default(),
            witness: None,
            imported: Arc::clone(&self.imported),
        };
        let report = copy.apply(text);
        let forecast = Forecast::new(self.cluster(), copy.cluster(), manifest::load(text));
        LookAhead { report, forecast }
    }

    /// What a text would do, at once.
    pub fn plan(&self, text: &str) -> Outlook {
        let mut look_ahead = self.look_ahead(text);
        look_ahead.run(WAKES_MAX);
        look_ahead.outlook()
    }
}

impl LookAhead {
    /// Goes on for so many wake-ups; true when it is over.
    pub fn run(&mut self, wakes_max: u32) -> bool {
        self.forecast.run(wakes_max)
    }

    /// The copy, as far as it has been run ahead.
    pub fn cluster(&self) -> &Cluster {
        self.forecast.ahead()
    }

    /// What was found so far.
    pub fn outlook(&self) -> Outlook {
        let plan = self.forecast.plan();
        let record = self.forecast.ahead().record();
        let charts = plan.sets.iter().map(|it| Chart::ahead(record, it, plan.start)).collect();
        Outlook { report: self.report.clone(), plan, charts }
    }
}

/// As text: what is refused, then the plan.
impl fmt::Display for Outlook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = self.report.messages.iter().filter(|it| it.severity == Severity::Error);
        for it in refused {
            let place = it.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            writeln!(f, "{place}{}", it.text)?;
        }
        // Of a text that is refused as a whole there is nothing more to say.
        let moves = |set: &SetPlan| set.nodes.iter().any(|it| it.fate != Fate::Keep);
        match self.report.ok || self.plan.sets.iter().any(moves) {
            true => write!(f, "{}", self.plan),
            false => Ok(()),
        }
    }
}

impl Outlook {
    /// The plan as JSON, for the JavaScript API; times are seconds from now.
    pub fn to_json(&self) -> Value {
        let messages: Vec<Value> = self.report.messages.iter().map(Message::to_json).collect();
        let sets: Vec<Value> = self.plan.sets.iter().map(set_json).collect();
        json!({
            "ok": self.report.ok,
            "messages": messages,
            "sentence": self.plan.sentence,
            "settled": self.plan.is_over,
            "daemonSets": sets,
        })
    }
}

fn set_json(set: &SetPlan) -> Value {
    let mut nodes = Vec::new();
    for node in &set.nodes {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
        put("node", Value::from(&*node.node));
        put("change", Value::from(node.fate.word()));
        if let Some(after) = node.after.filter(|_| node.fate != Fate::Keep) {
            put("after", seconds(after));
        }
        if let Some(wave) = node.wave {
            put("wave", Value::from(wave));
        }
        if let Some(cause) = &node.cause {
            put("reason", Value::from(cause.text.as_str()));
            if let Some(line) = cause.line {
                put("line", Value::from(line));
            }
        }
        nodes.push(Value::Object(object));
    }
    let mut waves = Vec::new();
    for wave in &set.waves {
        let (number, after) = (wave.number, seconds(wave.after));
        waves.push(json!({"number": number, "after": after, "nodes": names(&wave.nodes)}));
    }
    let mut stuck = Vec::new();
    for it in &set.stuck {
        let (reason, practice) = (it.reason.as_str(), it.practice);
        stuck.push(json!({"nodes": names(&it.nodes), "reason": reason, "practice": practice}));
    }
    let lowest = set.lowest.map(|(ready, of)| json!({"ready": ready, "of": of}));
    let (from, to) = set.revisions;
    json!({
        "namespace": &*set.namespace,
        "name": &*set.name,
        "sentence": set.sentence,
        "revision": {"from": from, "to": to},
        "seconds": seconds(set.takes),
        "nodes": nodes,
        "waves": waves,
        "lowest": lowest,
        "stuck": stuck,
        "unnoticed": set.unnoticed,
    })
}

/// Milliseconds as whole seconds.
fn seconds(milliseconds: i64) -> Value {
    Value::from(milliseconds.max(0) / 1000)
}

fn names(names: &[Name]) -> Value {
    Value::Array(names.iter().map(|it| Value::from(&**it)).collect())
}

//! What a text would do if it were applied now: a copy of the cluster gets it and is run ahead.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::api::Name;
use crate::insight::{Fate, Forecast, Plan, SetPlan};
use crate::manifest::{self, Chunk, Document, Manifest, Position};
use crate::playground::view::chart::Chart;
use crate::playground::{ApplyReport, Message, Playground, Severity, Touched};
use crate::sim::{Cluster, Timeline};

/// Longer texts, in bytes, are read and applied document by document.
const LONG: usize = 50_000;
/// More wake-ups than this a plan that is asked for at once does not answer.
const WAKES_MAX: u32 = 5_000_000;

/// A look ahead that goes on in slices, so that a page stays smooth.
#[derive(Debug)]
pub struct LookAhead {
    report: ApplyReport,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// A long text is read and applied document by document.
    Reads(Box<Reading>),
    /// The copy of the cluster runs ahead.
    Runs(Box<Forecast>),
}

#[derive(Debug)]
struct Reading {
    before: Cluster,
    copy: Playground,
    text: String,
    /// The documents that are left, the next one last: where each begins, and its end in bytes.
    left: Vec<(Position, usize)>,
    /// Those that are read and that plans are about.
    read: Manifest,
}

impl Reading {
    /// Takes up the next document; false if there is none.
    fn go_on(&mut self, report: &mut ApplyReport) -> bool {
        let Some((start, end)) = self.left.pop() else { return false };
        let text = self.text.get(start.offset as usize..end).unwrap_or_default();
        let manifest = manifest::load_chunk(Chunk { text, start });
        self.copy.apply_documents(&manifest, report);
        let is_kept = |it: &Document| it.kind == "DaemonSet";
        self.read.documents.extend(manifest.documents.into_iter().filter(is_kept));
        true
    }
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
        let mut copy = self.without_past();
        let before = copy.cluster().clone();
        if text.len() > LONG && manifest::excess(text).is_none() {
            let places = manifest::chunks(text).into_iter().rev();
            let left = places.map(|it| (it.start, it.start.offset as usize + it.text.len()));
            let reading = Reading {
                before,
                copy,
                text: text.to_owned(),
                left: left.collect(),
                read: Manifest::default(),
            };
            return LookAhead {
                report: ApplyReport::default(),
                stage: Stage::Reads(Box::new(reading)),
            };
        }
        let report = copy.apply(text);
        let forecast = Forecast::new(&before, copy.cluster(), manifest::load(text));
        LookAhead { report, stage: Stage::Runs(Box::new(forecast)) }
    }

    /// A copy to try things on: what is done there is kept nowhere.
    pub(super) fn without_past(&self) -> Playground {
        Playground {
            scenario: self.scenario.clone(),
            seed: self.seed,
            timeline: Timeline::new(self.timeline.real()),
            touched: Touched::default(),
            witness: None,
            breaks: Vec::new(),
            imported: Arc::clone(&self.imported),
        }
    }

    /// What a text would do, at once.
    pub fn plan(&self, text: &str) -> Outlook {
        let mut look_ahead = self.look_ahead(text);
        while matches!(look_ahead.stage, Stage::Reads(_)) {
            look_ahead.run(0);
        }
        look_ahead.run(WAKES_MAX);
        look_ahead.outlook()
    }
}

impl LookAhead {
    /// Goes on for so many wake-ups, or by one document of a long text; true when it is over.
    pub fn run(&mut self, wakes_max: u32) -> bool {
        match &mut self.stage {
            Stage::Runs(forecast) => return forecast.run(wakes_max),
            Stage::Reads(reading) => {
                if reading.go_on(&mut self.report) {
                    return false;
                }
                let read = std::mem::take(&mut reading.read);
                let forecast = Forecast::new(&reading.before, reading.copy.cluster(), read);
                self.stage = Stage::Runs(Box::new(forecast));
            }
        }
        false
    }

    /// The copy, as far as it has been run ahead.
    pub fn cluster(&self) -> &Cluster {
        match &self.stage {
            Stage::Reads(reading) => reading.copy.cluster(),
            Stage::Runs(forecast) => forecast.ahead(),
        }
    }

    /// What was found so far.
    pub fn outlook(&self) -> Outlook {
        let (plan, record) = match &self.stage {
            Stage::Runs(forecast) => (forecast.plan(), forecast.ahead().record()),
            Stage::Reads(reading) => {
                let (before, read) = (&reading.before, reading.read.clone());
                let forecast = Forecast::new(before, reading.copy.cluster(), read);
                (forecast.plan(), reading.copy.cluster().record())
            }
        };
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
            "more": self.plan.more,
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

#[cfg(test)]
mod tests {
    use crate::playground::Playground;

    /// A text that is read document by document has the same plan as its DaemonSet alone.
    #[test]
    fn a_long_text_has_the_plan_of_its_parts() {
        let playground = Playground::open(1);
        let short = Playground::opening_manifest().replace("8.10.0", "8.11.0");
        let config = |number: u32| {
            let head = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config";
            format!("{head}-{number}\ndata:\n  text: {}\n", "word ".repeat(4_000))
        };
        let long = [short.clone(), config(1), config(2), config(3)].concat();
        assert!(long.len() > 50_000, "{}", long.len());
        let mut ahead = playground.look_ahead(&long);
        assert!(!ahead.run(u32::MAX), "it is read first");
        let (long, short) = (playground.plan(&long), playground.plan(&short));
        assert_eq!(long.plan.sentence, short.plan.sentence);
        assert_eq!(long.plan.sets.len(), 1);
        assert_eq!(long.plan.sets[0].waves, short.plan.sets[0].waves);
    }
}

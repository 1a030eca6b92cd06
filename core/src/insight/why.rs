//! Why a node has a pod of a DaemonSet, or has none: the way from the template to an available pod
//! as a chain of gates, in the order in which a pod can be lost (`questions.md`, stages A to F).
//!
//! The controller and the scheduler are asked with their own rules; what has happened already is
//! read off the objects, as a person would with kubectl.

mod eligible;
mod figure;
mod json;
mod life;
mod scheduled;

use std::fmt;

use crate::api::taint::Toleration;
use crate::api::{DaemonSet, Name, Pod};
use crate::sim::Cluster;

pub use eligible::{Obstacle, eligibility, obstacle, why_not};
pub use figure::{Explained, Figure, Reason, explain};

/// Which part of the way a gate belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The DaemonSet controller wants a pod on the node.
    Eligible,
    /// The pod object exists.
    Created,
    /// The scheduler has bound it.
    Scheduled,
    /// Its containers run.
    Started,
    /// It is Ready.
    Ready,
    /// It has been Ready for `minReadySeconds`.
    Available,
    /// It runs the present template.
    UpToDate,
    /// Nothing takes it off the node.
    MayStay,
}

impl Stage {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::Created => "created",
            Self::Scheduled => "scheduled",
            Self::Started => "started",
            Self::Ready => "ready",
            Self::Available => "available",
            Self::UpToDate => "up to date",
            Self::MayStay => "may stay",
        }
    }
}

/// How a question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Passes,
    /// Not yet, and nothing stands in the way.
    Waits,
    /// No: here the pod is lost or stuck.
    Stops,
    /// An earlier gate stopped it; the text says what the answer would be, if that is known.
    NotAsked,
}

/// What of the node a check compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The label of that key.
    Label(Name),
    /// The taint that kubectl writes so.
    Taint(Name),
}

/// What would make a check pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// These tolerations in the template.
    Tolerate(Vec<Toleration>),
    /// A kubectl line, without the word kubectl.
    Kubectl(String),
    /// A command of the playground itself, where Kubernetes has none.
    Playground(String),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its outcome.
    pub verdict: Verdict,
    /// What is compared, as kubectl writes it, where a gate compares several things of a kind.
    pub subject: Option<String>,
    /// What was found, in half a sentence.
    pub text: String,
    /// The field of the DaemonSet that it reads, if that is written there.
    pub path: Option<String>,
    /// What it compares with.
    pub mark: Option<Mark>,
    /// What would change a verdict `Stops`; the first is the usual one.
    pub fixes: Vec<Fix>,
}

impl Check {
    fn new(verdict: Verdict, text: impl Into<String>) -> Check {
        let (subject, path, mark, fixes) = (None, None, None, Vec::new());
        Check { verdict, subject, text: text.into(), path, mark, fixes }
    }

    /// By itself: what is compared and what was found, or a whole sentence.
    pub fn said(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{subject}: {}", self.text),
            None => sentence(&self.text),
        }
    }
}

/// Half a sentence as a whole one. Names stay as they are written, and so do the words of an API.
fn sentence(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let mut text = text.to_owned();
    if first.bytes().all(|it| it.is_ascii_lowercase() || it == b',')
        && let Some(first) = text.get_mut(..1)
    {
        first.make_ascii_uppercase();
    }
    if !text.is_empty() && !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// One question, asked by one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The part of the way.
    pub stage: Stage,
    /// `nodeSelector`, `Taints and tolerations`, `Resources`, …
    pub title: &'static str,
    /// The answer.
    pub verdict: Verdict,
    /// What it rests on.
    pub checks: Vec<Check>,
    /// What would open it as a whole; the first is the usual one.
    pub fixes: Vec<Fix>,
}

impl Gate {
    /// A gate with one check.
    fn of(stage: Stage, title: &'static str, check: Check) -> Gate {
        Gate { stage, title, verdict: check.verdict, checks: vec![check], fixes: Vec::new() }
    }

    /// A gate that all checks must pass.
    fn all(stage: Stage, title: &'static str, checks: Vec<Check>) -> Gate {
        let stops = checks.iter().any(|it| it.verdict == Verdict::Stops);
        let verdict = if stops { Verdict::Stops } else { Verdict::Passes };
        Gate { stage, title, verdict, checks, fixes: Vec::new() }
    }

    fn is_open(&self) -> bool {
        self.verdict == Verdict::Passes
    }

    /// What was found, as if it were only asked for information.
    fn not_asked(mut self) -> Gate {
        self.verdict = Verdict::NotAsked;
        self
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Whether the DaemonSet controller wants a pod on the node.
    pub is_wanted: bool,
    /// The whole in one sentence, or two.
    pub sentence: String,
    /// The gates in the order in which they are asked.
    pub gates: Vec<Gate>,
}

/// Asks for a DaemonSet and a node.
pub fn why(cluster: &Cluster, ds: &DaemonSet, node_name: &Name) -> Why {
    let pods: Vec<&Pod> = pods_there(cluster, ds, node_name);
    let Some(node) = cluster.store().node(node_name) else {
        return gone(node_name, &pods);
    };
    let mut gates = eligible::eligibility(&ds.template, node);
    let is_wanted = gates.iter().all(Gate::is_open);
    let life = life::Life { cluster, ds, node, pods: &pods };
    let pod = life.pod();
    gates.extend(life.gates(pod, is_wanted));
    let sentence = match is_wanted {
        true => life.sentence(pod, &gates),
        false => life.sentence_unwanted(pod, &why_not(&ds.template, node).unwrap_or_default()),
    };
    Why { is_wanted, sentence, gates }
}

/// The DaemonSet's pods on the node or pinned to it, older ones first.
fn pods_there<'a>(cluster: &'a Cluster, ds: &DaemonSet, node: &Name) -> Vec<&'a Pod> {
    let owned = |pod: &&Pod| pod.meta.controller.as_ref().is_some_and(|it| it.uid == ds.meta.uid);
    cluster.store().pods_for(node).map(AsRef::as_ref).filter(owned).collect()
}

fn gone(node: &Name, pods: &[&Pod]) -> Why {
    let sentence = match pods {
        [] => format!("{node} is not in the cluster."),
        [pod, ..] => format!(
            "{node} is not in the cluster any more; {} is deleted when the pod garbage collector \
             comes by.",
            pod.meta.name
        ),
    };
    Why { is_wanted: false, sentence, gates: Vec::new() }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tolerate(all) => {
                f.write_str(if all.len() == 1 {
                    "add the toleration"
                } else {
                    "add the tolerations"
                })?;
                for (index, it) in all.iter().enumerate() {
                    let separator = if index == 0 { " " } else { ", " };
                    write!(f, "{separator}{{key: {}", it.key)?;
                    match &*it.value {
                        "" => write!(f, ", operator: Exists")?,
                        value => write!(f, ", value: {value}")?,
                    }
                    write!(f, ", effect: {}}}", it.effect)?;
                }
                Ok(())
            }
            Self::Kubectl(line) => write!(f, "kubectl {line}"),
            Self::Playground(line) => f.write_str(line),
        }
    }
}

/// The text form: the sentence, then a line for each check, with `+`, `.`, `x` or `-` before it and
/// what would help below it.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence)?;
        let mut stage = None;
        for gate in &self.gates {
            if stage != Some(gate.stage) {
                writeln!(f, "{}", gate.stage.word())?;
                stage = Some(gate.stage);
            }
            for (index, check) in gate.checks.iter().enumerate() {
                let title = if index == 0 { gate.title } else { "" };
                let verdict = match gate.verdict {
                    Verdict::NotAsked => Verdict::NotAsked,
                    _ => check.verdict,
                };
                let sign = match verdict {
                    Verdict::Passes => '+',
                    Verdict::Waits => '.',
                    Verdict::Stops => 'x',
                    Verdict::NotAsked => '-',
                };
                writeln!(f, "  {sign} {title:<22}  {}", check.said())?;
                for fix in check.fixes.iter().filter(|_| verdict == Verdict::Stops) {
                    writeln!(f, "    {:<22}  > {fix}", "")?;
                }
            }
            for fix in gate.fixes.iter().filter(|_| gate.verdict == Verdict::Stops) {
                writeln!(f, "    {:<22}  > {fix}", "")?;
            }
        }
        Ok(())
    }
}

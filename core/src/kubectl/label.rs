//! `kubectl label` and `kubectl annotate`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::{Labels, Name, json, merge};
use crate::kubectl::Shell;
use crate::kubectl::arguments::parse_label;
use crate::kubectl::change::again;
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::record::CHANGE_CAUSE;
use crate::kubectl::resource::name_of;
use crate::kubectl::select::Found;
use crate::kubectl::server::address;
use crate::sim::Input;

/// The flags of both.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("field-selector", ' ', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("list", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("overwrite", ' ', Takes::Switch),
    Flag("record", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
];

/// Which of the two maps is changed, and the words for it.
#[derive(Clone, Copy, PartialEq)]
enum Map {
    Labels,
    Annotations,
}

/// How the objects are changed.
struct Manner {
    is_overwriting: bool,
    dry_run: DryRun,
    printer: Option<Printer>,
}

/// What is to be set and removed.
struct Changes {
    set: BTreeMap<String, String>,
    removed: BTreeSet<String>,
}

pub(super) fn label(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    run(shell, flags, Map::Labels)
}

pub(super) fn annotate(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    run(shell, flags, Map::Annotations)
}

/// The words before the first change, and the changes.
pub(super) fn split(args: &[String], noun: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_change =
        |it: &String| it.find('=').is_some_and(|at| at > 0) || it.len() > 1 && it.ends_with('-');
    let start = args.iter().position(is_change).unwrap_or(args.len());
    let (words, changes) = args.split_at(start);
    if let Some(word) = changes.iter().find(|it| !is_change(it)) {
        let fault = format!("all resources must be specified before {noun} changes: {word}");
        return Err(Failure::new(fault));
    }
    Ok((words.to_vec(), changes.to_vec()))
}

fn run(shell: &mut Shell, flags: &Flags, map: Map) -> Result<(), Failure> {
    let noun = if map == Map::Labels { "label" } else { "annotation" };
    let (words, changes) = split(&flags.args, noun)?;
    if words.is_empty() {
        return Err(Failure::new(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if changes.is_empty() && !flags.is_on("list") {
        return Err(Failure::new(format!("at least one {noun} update is required")));
    }
    let changes = parse(&changes, map)?;
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let manner = Manner { is_overwriting: flags.is_on("overwrite"), dry_run, printer };
    let (found, mut failure) = shell.objects(flags, &words, true)?;
    for it in &found {
        let meta = json::field(&it.object, "metadata");
        let known = json::texts(meta, map.key());
        if flags.is_on("list") {
            list(shell, it, &known, found.len() > 1, noun);
        } else if let Err(faults) = change(shell, it, &known, &changes, map, &manner) {
            failure.0.extend(faults.0);
        }
    }
    failure.or_ok()
}

impl Map {
    fn key(self) -> &'static str {
        if self == Map::Labels { "labels" } else { "annotations" }
    }
}

fn list(shell: &mut Shell, found: &Found, known: &Labels, is_one_of_many: bool, noun: &str) {
    if is_one_of_many {
        let (kind, name) = (found.resource.kind, name_of(&found.object));
        shell.output.line(&format!("Listing {noun}s for {kind}.{}/{name}:", found.resource.group));
    }
    for (key, value) in known {
        shell.output.line(&format!("{key}={value}"));
    }
}

fn parse(changes: &[String], map: Map) -> Result<Changes, Failure> {
    let (mut set, mut removed) = (BTreeMap::new(), BTreeSet::new());
    for text in changes {
        let (key, value) = match map {
            Map::Labels => {
                let (key, value) = parse_label(text).map_err(Failure::whole)?;
                (key.to_string(), value.map(|it| it.to_string()))
            }
            Map::Annotations => match text.split_once('=') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                None => (text.trim_end_matches('-').to_owned(), None),
            },
        };
        match value {
            Some(value) => drop(set.insert(key, value)),
            None => drop(removed.insert(key)),
        }
    }
    if set.keys().any(|it| removed.contains(it)) {
        return Err(Failure::new(match map {
            Map::Labels => "can not both modify and remove a label in the same command",
            Map::Annotations => {
                "can not both modify and remove the following annotation(s) in the same command"
            }
        }));
    }
    Ok(Changes { set, removed })
}

fn change(
    shell: &mut Shell,
    found: &Found,
    known: &Labels,
    changes: &Changes,
    map: Map,
    manner: &Manner,
) -> Result<(), Failure> {
    let dry_run = manner.dry_run;
    let clashes: Vec<String> = changes
        .set
        .iter()
        // Why a rollout was made may always be said anew.
        .filter(|(key, _)| map == Map::Labels || *key != CHANGE_CAUSE)
        .filter_map(|(key, value)| {
            let held = known.get(key.as_str()).filter(|it| &***it != value)?;
            Some(format!("'{key}' already has a value ({held})"))
        })
        .collect();
    if !clashes.is_empty() && !manner.is_overwriting {
        return Err(match map {
            Map::Labels => Failure(
                clashes
                    .iter()
                    .map(|it| Fault::Plain(format!("{it}, and --overwrite is false")))
                    .collect(),
            ),
            Map::Annotations => Failure::new(format!(
                "--overwrite is false but found the following declared annotation(s): {}",
                clashes.join("; ")
            )),
        });
    }
    let lost = changes.removed.iter().filter(|it| known.contains_key(it.as_str())).count();
    if map == Map::Labels {
        for key in changes.removed.iter().filter(|it| !known.contains_key(it.as_str())) {
            shell.output.line(&format!("label \"{key}\" not found."));
        }
    }
    let is_new =
        |(key, value): (&String, &String)| known.get(key.as_str()).is_none_or(|it| &**it != value);
    let is_change = changes.set.iter().any(is_new) || lost > 0;
    if is_change && dry_run != DryRun::Client {
        let input = input(found, changes, map);
        shell.server.send(input, dry_run == DryRun::Server)?;
        shell.record(found, dry_run);
    }
    let word = match map {
        Map::Annotations => "annotated",
        Map::Labels if !is_change => "not labeled",
        Map::Labels if lost > 0 => "unlabeled",
        Map::Labels => "labeled",
    };
    let shown = match again(shell, found).filter(|_| dry_run == DryRun::None) {
        Some(object) => object,
        None => merge::strategic(&found.object, &patch(changes, map)),
    };
    shell.report(manner.printer.as_ref(), &shown, &format!("{word}{}", dry_run.suffix()))
}

/// One label of a node is the input that a button gives, too; all else is a patch.
fn input(found: &Found, changes: &Changes, map: Map) -> Input {
    let (resource, namespace, name) = address(found.resource, &found.object);
    let is_single = changes.set.len() + changes.removed.len() == 1;
    if map == Map::Labels && &*resource == "node" && is_single {
        let set = changes.set.iter().next();
        let (key, value): (Name, Option<Name>) = match set {
            Some((key, value)) => (key.as_str().into(), Some(value.as_str().into())),
            None => (changes.removed.first().map_or("", String::as_str).into(), None),
        };
        return Input::LabelNode { node: name, key, value };
    }
    let patch = Arc::new(patch(changes, map));
    Input::Patch { resource, namespace, name, patch }
}

fn patch(changes: &Changes, map: Map) -> Value {
    let mut texts = serde_json::Map::new();
    for (key, value) in &changes.set {
        texts.insert(key.clone(), Value::from(value.as_str()));
    }
    for key in &changes.removed {
        texts.insert(key.clone(), Value::Null);
    }
    json!({"metadata": {map.key(): texts}})
}

//! `kubectl taint` (`kubectl/pkg/cmd/taint`).

use serde_json::Value;

use crate::api::{Name, Taint, TaintEffect, json};
use crate::kubectl::Shell;
use crate::kubectl::arguments::{parse_taint, parse_taint_key};
use crate::kubectl::flags::{DryRun, Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of};
use crate::kubectl::select::{Scope, Targets};
use crate::sim::Input;

/// The flags of `taint`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("output", 'o', Takes::Text),
    Flag("overwrite", ' ', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
];

/// Key and effect of taints to remove; none stands for every effect.
type Removal = (Name, Option<TaintEffect>);

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let is_taint = |it: &String| it.contains('=') || it.contains(':') || it.ends_with('-');
    let start = flags.args.iter().position(is_taint).unwrap_or(flags.args.len());
    let (words, specs) = flags.args.split_at(start);
    if let Some(word) = specs.iter().find(|it| !is_taint(it)) {
        let fault = format!("all resources must be specified before taint changes: {word}");
        return Err(Failure::new(fault));
    }
    let nodes = nodes(words, specs)?;
    if specs.is_empty() {
        return Err(Failure::new("at least one taint update is required"));
    }
    let (added, removed) = parse(specs)?;
    if flags.is_on("all") && flags.text("selector").is_some_and(|it| !it.is_empty()) {
        return Err(Failure::new(
            "setting 'all' parameter with a non empty selector is prohibited",
        ));
    }
    let dry_run = flags.dry_run()?;
    let printer = Printer::of(flags, FORMATS)?;
    let scope = Scope { needs_name: true, ..Scope::of(flags) };
    let (found, mut failure) = scope.find(&nodes, shell.server)?;
    for it in &found {
        let name: Name = name_of(&it.object).into();
        let taints = json::list(json::field(&it.object, "spec"), "taints");
        let known: Vec<Taint> = taints.iter().filter_map(Taint::from_json).collect();
        let node = Node { name, known: &known };
        let is_overwriting = flags.is_on("overwrite");
        match node.change(&added, &removed, is_overwriting, dry_run, shell) {
            Ok(word) => {
                let mut object = it.object.clone();
                object["spec"]["taints"] = node.changed(&added, &removed);
                shell.report(printer.as_ref(), &object, word)?;
            }
            Err(faults) => failure.0.extend(faults.0),
        }
    }
    failure.or_ok()
}

/// The nodes that the words name: a type and names, never `node/NAME`.
fn nodes(words: &[String], specs: &[String]) -> Result<Targets, Failure> {
    let Some((kind, names)) = words.split_first() else {
        let fault = "one or more resources must be specified as <resource> <name>";
        return Err(Failure::new(fault));
    };
    if specs.is_empty() {
        return Ok(Targets::None);
    }
    let known = Resource::named(kind).ok().filter(|_| !kind.contains('/'));
    let Some(resource) = known else {
        let fault = format!("the server doesn't have a resource type \"{kind}\"");
        return Err(Failure::whole(fault));
    };
    if resource.plural != "nodes" {
        return Err(Failure::new(format!(
            "invalid resource type {kind}, only node types are supported"
        )));
    }
    Ok(match names {
        [] => Targets::Types(vec![resource]),
        names => Targets::Named(names.iter().map(|it| (resource, it.clone())).collect()),
    })
}

fn parse(specs: &[String]) -> Result<(Vec<Taint>, Vec<Removal>), Failure> {
    let (mut added, mut removed): (Vec<Taint>, Vec<Removal>) = Default::default();
    for spec in specs {
        if let Some(spec) = spec.strip_suffix('-') {
            removed.push(parse_taint_key(spec).map_err(Failure::whole)?);
            continue;
        }
        let taint = parse_taint(spec).map_err(Failure::whole)?;
        if added.iter().any(|it| it.is_same(&taint)) {
            let (key, value, effect) = (&taint.key, &taint.value, taint.effect.as_str());
            let taint = format!("{{{key} {value} {effect} <nil>}}");
            let fault = format!("duplicated taints with the same key and effect: {taint}");
            return Err(Failure::usage(&fault, "taint"));
        }
        added.push(taint);
    }
    let is_both = |it: &&Taint| {
        let is_it = |(key, effect): &Removal| {
            *key == it.key && effect.is_none_or(|effect| effect == it.effect)
        };
        removed.iter().any(is_it)
    };
    let both: Vec<String> = added
        .iter()
        .filter(is_both)
        .map(|it| format!("{}={}", it.key, it.effect.as_str()))
        .collect();
    if !both.is_empty() {
        let both = both.join(", ");
        return Err(Failure::new(format!(
            "can not both modify and remove the following taint(s) in the same command: {both}"
        )));
    }
    Ok((added, removed))
}

struct Node<'a> {
    name: Name,
    known: &'a [Taint],
}

impl Node<'_> {
    /// Changes the node; the word for what was done.
    fn change(
        &self,
        added: &[Taint],
        removed: &[Removal],
        is_overwriting: bool,
        dry_run: DryRun,
        shell: &mut Shell,
    ) -> Result<&'static str, Failure> {
        let is_known = |it: &&Taint| self.known.iter().any(|known| known.is_same(it));
        let held: Vec<&str> = added.iter().filter(is_known).map(|it| &*it.key).collect();
        if !held.is_empty() && !is_overwriting {
            let (name, held) = (&self.name, held.join(","));
            return Err(Failure::new(format!(
                "node {name} already has {held} taint(s) with same effect(s) and --overwrite is false"
            )));
        }
        let missing = removed.iter().filter(|(key, effect)| {
            let fits =
                |it: &&Taint| it.key == *key && effect.is_none_or(|effect| effect == it.effect);
            !self.known.iter().any(|it| fits(&it))
        });
        let faults = missing.map(|(key, effect)| {
            let effect = effect.map(|it| format!(":{}", it.as_str())).unwrap_or_default();
            Fault::Plain(format!("taint \"{key}{effect}\" not found"))
        });
        Failure(faults.collect()).or_ok()?;
        if dry_run == DryRun::None {
            self.send(added, removed, shell)?;
        }
        Ok(match (added.is_empty(), removed.is_empty()) {
            _ if is_overwriting => "modified",
            (false, false) => "modified",
            (false, true) => "tainted",
            _ => "untainted",
        })
    }

    /// All taints afterwards.
    fn changed(&self, added: &[Taint], removed: &[Removal]) -> Value {
        let is_lost = |it: &Taint| {
            let is_removed = |(key, effect): &Removal| {
                *key == it.key && effect.is_none_or(|effect| effect == it.effect)
            };
            removed.iter().any(is_removed) || added.iter().any(|new| new.is_same(it))
        };
        let kept = self.known.iter().filter(|it| !is_lost(it));
        added.iter().chain(kept).map(Taint::to_json).collect()
    }

    /// New taints come to stand in front in the order of the command.
    fn send(&self, added: &[Taint], removed: &[Removal], shell: &mut Shell) -> Result<(), Failure> {
        for (key, effect) in removed {
            let (node, key, effect) = (self.name.clone(), key.clone(), *effect);
            shell.server.send(Input::UntaintNode { node, key, effect }, false)?;
        }
        for taint in added.iter().rev().cloned() {
            let Taint { key, value, effect, .. } = taint;
            let node = self.name.clone();
            shell.server.send(Input::TaintNode { node, key, value, effect }, false)?;
        }
        Ok(())
    }
}

//! What could stand at the end of a line: commands, flags and their values, types, names, labels.
//! As kubectl's own completion has it, and where that has nothing (labels to be removed, the
//! container of an image) what the cluster shows.

mod values;

use serde_json::Value;

use crate::api::json;
use crate::kubectl::command::{self, GROUPS};
use crate::kubectl::flags::{Flag, GLOBAL, Takes};
use crate::kubectl::help;
use crate::kubectl::resource::{RESOURCES, Resource, name_of, namespace_of};
use crate::kubectl::server::Server;

/// A word being typed, and those before it.
pub(super) struct Place<'a> {
    /// The words behind `kubectl` that are complete.
    pub(super) words: &'a [String],
    /// What there is of the last one.
    pub(super) begun: &'a str,
    /// Files by their names.
    pub(super) files: &'a [String],
    pub(super) server: &'a dyn Server,
}

/// What the words before the last one say.
#[derive(Default)]
struct Said<'a> {
    command: String,
    flags: &'static [Flag],
    /// The words that are neither the command nor a flag nor its value.
    args: Vec<&'a str>,
    namespace: Option<&'a str>,
    all_namespaces: bool,
    /// The flag whose value comes next.
    open: Option<&'static Flag>,
}

/// Every word that could stand where `begun` is: each begins with it. Those that end with `=` or
/// `/` go on.
pub fn complete(
    words: &[String],
    begun: &str,
    files: &[String],
    server: &dyn Server,
) -> Vec<String> {
    let place = Place { words, begun, files, server };
    let said = place.said();
    let mut found = place.candidates(&said);
    found.retain(|it| it.starts_with(begun) && it != begun || it == begun && !begun.is_empty());
    found.sort();
    found.dedup();
    found
}

impl<'a> Place<'a> {
    fn said(&self) -> Said<'a> {
        let mut said = Said::default();
        for word in self.words {
            match (said.open.take(), word.strip_prefix('-').filter(|it| !it.is_empty())) {
                (Some(flag), _) if flag.0 == "namespace" => said.namespace = Some(word),
                (Some(_), _) => {}
                (None, Some(flag)) => said.flag(word, flag),
                (None, None) => said.word(word),
            }
        }
        said
    }

    fn candidates(&self, said: &Said) -> Vec<String> {
        if let Some(flag) = said.open {
            return self.values(said, flag, "");
        }
        if let Some((flag, _)) = self.begun.split_once('=')
            && let Some(flag) = flag.strip_prefix("--").and_then(|it| said.named(it))
        {
            return self.values(said, flag, &format!("--{}=", flag.0));
        }
        if self.begun.starts_with('-') {
            return said.all_flags();
        }
        match (said.command.as_str(), said.args.len()) {
            ("", _) => help::commands().map(str::to_owned).collect(),
            (group, _) if GROUPS.contains(&group) => command::subcommands(group),
            ("create", 0) => command::subcommands("create"),
            _ => self.arguments(said),
        }
    }
}

impl<'a> Said<'a> {
    fn word(&mut self, word: &'a str) {
        let joined = format!("{} {word}", self.command);
        if self.command.is_empty() {
            self.command = word.to_owned();
        } else if self.args.is_empty() && command::flags_of(&joined).is_some() {
            self.command = joined;
        } else {
            self.args.push(word);
        }
        self.flags = command::flags_of(&self.command).unwrap_or_default();
    }

    fn flag(&mut self, word: &'a str, text: &'a str) {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let flag = match name.strip_prefix('-') {
            Some(long) => self.named(long),
            None => self.lettered(name),
        };
        let Some(flag) = flag else { return };
        // `-nkube-system`: the value stands in the same word.
        let short_value = (!word.starts_with("--") && name.len() > 1).then(|| &name[1..]);
        let value = value.or(short_value.filter(|_| takes_value(flag)));
        match flag.0 {
            "namespace" => self.namespace = value.or(self.namespace),
            "all-namespaces" => self.all_namespaces = true,
            _ => {}
        }
        self.open = (takes_value(flag) && value.is_none()).then_some(flag);
    }

    fn named(&self, name: &str) -> Option<&'static Flag> {
        self.flags.iter().chain(GLOBAL).find(|it| it.0 == name)
    }

    fn lettered(&self, letters: &str) -> Option<&'static Flag> {
        let is_it = |flag: &&Flag| letters.starts_with(flag.1) && flag.1 != ' ';
        self.flags.iter().chain(GLOBAL).find(is_it)
    }

    fn all_flags(&self) -> Vec<String> {
        let written = |it: &Flag| format!("--{}{}", it.0, if takes_value(it) { "=" } else { "" });
        self.flags.iter().chain(GLOBAL).map(written).collect()
    }
}

fn takes_value(flag: &Flag) -> bool {
    !matches!(flag.2, Takes::Switch | Takes::Perhaps(_))
}

/// The objects of a type that are in sight.
fn objects(place: &Place, said: &Said, resource: &Resource) -> Vec<Value> {
    let namespace = said.namespace.unwrap_or("default");
    let mut objects = place.server.list(resource);
    objects.retain(|it| {
        !resource.is_namespaced || said.all_namespaces || namespace_of(it) == namespace
    });
    objects
}

fn names(place: &Place, said: &Said, resource: &Resource) -> Vec<String> {
    objects(place, said, resource).iter().map(|it| name_of(it).to_owned()).collect()
}

fn types() -> Vec<String> {
    RESOURCES.iter().map(|it| it.plural.to_owned()).collect()
}

/// `KEY=VALUE` of every label of an object.
fn labels(object: &Value) -> Vec<(String, String)> {
    let labels = json::at(object, &["metadata", "labels"]).as_object();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    labels.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

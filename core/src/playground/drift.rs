//! Where the cluster differs from a text that nobody has changed since: somebody has set an image
//! by kubectl, and applying the text again would set it back.
//!
//! What apply would change is what it changes: the text is applied to a copy. Fields of which the
//! text says nothing stay, so they are not named.

use serde_json::Value;

use crate::api::daemon_set::TEMPLATE_GENERATION;
use crate::api::json;
use crate::api::merge::{self, LAST_APPLIED, merge_key};
use crate::kubectl::{Resource, Server};
use crate::manifest::{self, Chunk, Document, Edit, Position, Step, chunks};
use crate::playground::{ApplyReport, Playground};

/// Fields that the sentence names; more are counted.
const NAMED_MAX: usize = 2;
/// Longer values are not said.
const VALUE_MAX: usize = 60;

/// What applying a text again would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// What differs, in a sentence or two.
    pub sentence: String,
    /// What writes the cluster's state into the text, from its end to its beginning; none where the
    /// object is gone, since there is nothing to write.
    edits: Vec<Edit>,
}

impl Drift {
    /// Whether there is anything to take into the text.
    pub fn can_be_taken(&self) -> bool {
        !self.edits.is_empty()
    }

    /// The text with what the cluster has.
    pub fn taken(&self, text: &str) -> Option<String> {
        let first = self.edits.first()?.apply(text);
        self.edits.iter().skip(1).try_fold(first?, |text, edit| edit.apply(&text))
    }
}

/// A comparison that goes on document by document.
#[derive(Debug)]
pub struct Comparing {
    before: Playground,
    after: Playground,
    text: String,
    /// The documents that are left, the next one last: where each begins, and its end in bytes.
    left: Vec<(Position, usize)>,
    is_alone: bool,
    /// What is another one, as half sentences: of what was applied and changed since, and of the
    /// rest.
    changed: Vec<String>,
    other: Vec<String>,
    edits: Vec<Edit>,
}

/// A field that differs.
struct Field<'a> {
    path: Vec<Part>,
    live: Option<&'a Value>,
    applied: Option<&'a Value>,
}

/// A step of its way.
#[derive(Clone)]
enum Part {
    Key(String),
    /// The item of a list by the field that tells its items apart.
    Item(&'static str, Value),
}

impl Playground {
    /// Begins to compare the cluster with a text.
    pub fn compare_with(&self, text: &str) -> Comparing {
        let before = self.without_past();
        let all = chunks(text);
        let places = all.iter().rev();
        Comparing {
            after: before.clone(),
            before,
            text: text.to_owned(),
            left: places.map(|it| (it.start, it.start.offset as usize + it.text.len())).collect(),
            is_alone: all.len() == 1,
            changed: Vec::new(),
            other: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// What applying a text again would change, if it would change anything.
    pub fn drift(&self, text: &str) -> Option<Drift> {
        let mut comparing = self.compare_with(text);
        while !comparing.run() {}
        comparing.drift()
    }
}

impl Comparing {
    /// Takes up the next document; true when there is none.
    pub fn run(&mut self) -> bool {
        let Some((start, end)) = self.left.pop() else { return true };
        let text = self.text.get(start.offset as usize..end).unwrap_or_default();
        let manifest = manifest::load_chunk(Chunk { text, start });
        self.after.apply_documents(&manifest, &mut ApplyReport::default());
        manifest.documents.iter().for_each(|it| self.look_at(it));
        self.left.is_empty()
    }

    /// What was found.
    pub fn drift(mut self) -> Option<Drift> {
        let (is_back, mut all) = match self.changed.is_empty() {
            false => (true, self.changed),
            true => (false, self.other),
        };
        let count = all.len();
        let more = count.saturating_sub(NAMED_MAX);
        all.truncate(NAMED_MAX);
        if all.is_empty() {
            return None;
        }
        match more {
            0 => {}
            1 => all.push("1 more field differs".to_owned()),
            more => all.push(format!("{more} more fields differ")),
        }
        let last = all.pop().unwrap_or_default();
        let list = if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) };
        let it = if count == 1 { "it" } else { "them" };
        let back = if is_back { " back" } else { "" };
        let sentence =
            format!("The cluster differs from this text: {list}. Apply would change {it}{back}.");
        crate::api::order::sort_by_key(&mut self.edits, |it| std::cmp::Reverse(it.start));
        Some(Drift { sentence, edits: self.edits })
    }

    fn look_at(&mut self, document: &Document) {
        let resource = Resource::of_kind(&document.api_version, &document.kind);
        let Some(resource) = resource else { return };
        let namespace = match resource.is_namespaced {
            true => document.namespace.as_deref().unwrap_or("default"),
            false => "",
        };
        let find = |it: &Playground| it.find(resource, namespace, &document.name);
        let (live, applied) = (find(&self.before), find(&self.after));
        let Some(applied) = applied else { return };
        let Some(live) = live else {
            let object = resource.object(&document.name);
            return self.other.push(format!("{object} is not there"));
        };
        let mut fields = Vec::new();
        differ(&mut Vec::new(), Some(&live), Some(&applied), &mut fields);
        if fields.is_empty() {
            return;
        }
        let note = |it: &Value| json::at(it, &["metadata", "annotations"])[LAST_APPLIED].clone();
        let is_back = note(&live) == note(&applied);
        let owner = if self.is_alone { String::new() } else { format!(" in {}", document.name) };
        for field in &fields {
            match is_back {
                true => self.changed.push(field.act() + &owner),
                false => self.other.push(field.state() + &owner),
            }
        }
        self.edits.extend(edits(&fields, document, &self.text, &live));
    }
}

/// What makes the document say what the cluster has; if its layout does not allow that, it becomes
/// what `kubectl get -o yaml` would print.
fn edits(fields: &[Field], document: &Document, text: &str, live: &Value) -> Vec<Edit> {
    let edit = |field: &Field| {
        let path = steps(&field.path, &document.object)?;
        manifest::put(document, text, &path, field.live)
    };
    let all: Option<Vec<Edit>> = fields.iter().map(edit).collect();
    let is_apart = |edits: &Vec<Edit>| {
        let overlap = |a: &Edit, b: &Edit| a.start < b.end && b.start < a.end;
        let pair = |(at, a): (usize, &Edit)| edits.iter().skip(at + 1).any(|b| overlap(a, b));
        !edits.iter().enumerate().any(pair)
    };
    if let Some(edits) = all.filter(is_apart) {
        return edits;
    }
    let mut object = merge::editable(live);
    if let Some(annotations) = object["metadata"]["annotations"].as_object_mut() {
        annotations.remove(LAST_APPLIED);
        annotations.remove(TEMPLATE_GENERATION);
    }
    manifest::put_whole(document, text, &object).into_iter().collect()
}

/// The way to a field in the object as the text has it.
fn steps(path: &[Part], object: &Value) -> Option<Vec<Step>> {
    let mut here = object;
    let mut steps = Vec::new();
    for part in path {
        match part {
            Part::Key(key) => {
                here = json::field(here, key);
                steps.push(Step::Key(key.clone()));
            }
            Part::Item(key, id) => {
                let is_it = |it: &Value| it.get(key) == Some(id);
                let index = here.as_array()?.iter().position(is_it)?;
                here = &here[index];
                steps.push(Step::Item(index));
            }
        }
    }
    Some(steps)
}

/// The server's own: no text says them.
fn is_servers(path: &[Part], key: &str) -> bool {
    let keys: Vec<&str> = path.iter().filter_map(Part::key).collect();
    match keys[..] {
        [] => matches!(key, "status" | "apiVersion" | "kind"),
        ["metadata"] => !matches!(key, "labels" | "annotations"),
        ["metadata", "annotations"] => matches!(key, LAST_APPLIED | TEMPLATE_GENERATION),
        _ => false,
    }
}

fn differ<'a>(
    path: &mut Vec<Part>,
    live: Option<&'a Value>,
    applied: Option<&'a Value>,
    fields: &mut Vec<Field<'a>>,
) {
    match (live, applied) {
        _ if live == applied => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let more = b.keys().filter(|it| !a.contains_key(*it));
            for key in a.keys().chain(more).filter(|it| !is_servers(path, it)).collect::<Vec<_>>() {
                path.push(Part::Key(key.clone()));
                differ(path, a.get(key), b.get(key), fields);
                path.pop();
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            let all: Vec<Value> = a.iter().chain(b).cloned().collect();
            let name = path.last().and_then(Part::key).unwrap_or_default();
            let Some(key) = merge_key(name, &all) else {
                return fields.push(Field { path: path.clone(), live, applied });
            };
            let of = |list: &'a [Value], id: &Value| list.iter().find(|it| it[key] == *id);
            let more = b.iter().filter(|it| of(a, &it[key]).is_none());
            for item in a.iter().chain(more) {
                let id = &item[key];
                path.push(Part::Item(key, id.clone()));
                differ(path, of(a, id), of(b, id), fields);
                path.pop();
            }
        }
        _ => fields.push(Field { path: path.clone(), live, applied }),
    }
}

impl Part {
    fn key(&self) -> Option<&str> {
        match self {
            Part::Key(key) => Some(key),
            Part::Item(..) => None,
        }
    }
}

impl Field<'_> {
    /// `image of filebeat`, `label app`, `tolerations`, `container log`.
    fn name(&self) -> String {
        let words = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
        let singular = |it: &Part| {
            let list = it.key().unwrap_or_default();
            list.strip_suffix('s').unwrap_or(list).to_owned()
        };
        match &self.path[..] {
            [.., list, Part::Item(_, id)] => format!("{} {}", singular(list), words(id)),
            [above @ .., map, Part::Key(key)] => {
                if matches!(map.key(), Some("labels" | "annotations" | "nodeSelector" | "data")) {
                    return format!("{} {key}", singular(map));
                }
                let item = above.iter().chain([map]).rev().find_map(|it| match it {
                    Part::Item(_, id) => Some(words(id)),
                    Part::Key(_) => None,
                });
                item.map_or_else(|| key.clone(), |it| format!("{key} of {it}"))
            }
            [.., Part::Key(key)] => key.clone(),
            _ => String::new(),
        }
    }

    /// What the cluster has there, if that is short.
    fn value(&self) -> Option<String> {
        let text = match self.live? {
            Value::String(text) => text.clone(),
            Value::Object(_) | Value::Array(_) => return None,
            other => other.to_string(),
        };
        let is_short = !text.contains('\n') && text.chars().count() <= VALUE_MAX;
        is_short.then_some(text)
    }

    /// `somebody set image of filebeat to other:1`.
    fn act(&self) -> String {
        let name = self.name();
        match (self.live, self.value()) {
            (None, _) => format!("somebody removed {name}"),
            (_, Some(value)) => format!("somebody set {name} to {value}"),
            _ if self.applied.is_none() => format!("somebody added {name}"),
            _ => format!("somebody changed {name}"),
        }
    }

    /// `image of filebeat is other:1`.
    fn state(&self) -> String {
        let name = self.name();
        match (self.live, self.value()) {
            (None, _) => format!("{name} is not set"),
            (_, Some(value)) => format!("{name} is {value}"),
            _ => format!("{name} is another"),
        }
    }
}

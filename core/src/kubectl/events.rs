//! `kubectl events`: the events of a namespace or of an object, by time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::json;
use crate::api::order::sort_by_key;
use crate::kubectl::Shell;
use crate::kubectl::age::{human, instant};
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::job::Job;
use crate::kubectl::output::{Failure, Output};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::server::Server;
use crate::kubectl::table;

/// The flags of `events`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("for", ' ', Takes::Text),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("types", ' ', Takes::Text),
    Flag("watch", 'w', Takes::Switch),
];

/// Which events are wanted.
#[derive(Clone, Debug, PartialEq)]
struct Filter {
    about: Option<(&'static Resource, String)>,
    types: Vec<String>,
    /// None for all.
    namespace: Option<String>,
}

/// Events that are watched.
#[derive(Clone, Debug, PartialEq)]
pub struct EventWatch {
    filter: Filter,
    no_headers: bool,
    /// How often each was seen, by namespace and name; none before the first look.
    known: Option<BTreeMap<(String, String), Value>>,
    widths: Vec<usize>,
    printer: Option<Printer>,
}

impl Filter {
    fn of(flags: &Flags) -> Result<Filter, Failure> {
        let about = match flags.text("for") {
            None => None,
            Some(text) => {
                let Some((resource, name)) = text.split_once('/') else {
                    return Err(Failure::new("--for must be in resource/name form"));
                };
                Some((Resource::named(resource)?, name.to_owned()))
            }
        };
        let types: Vec<String> =
            flags.list("types").iter().map(|it| it.to_ascii_lowercase()).collect();
        if types.iter().any(|it| !["normal", "warning"].contains(&it.as_str())) {
            return Err(Failure::new("valid --types are Normal or Warning"));
        }
        let all = flags.is_on("all-namespaces");
        let namespace = (!all).then(|| flags.namespace().to_owned());
        Ok(Filter { about, types, namespace })
    }

    /// By time.
    fn events(&self, server: &dyn Server) -> Vec<Value> {
        let mut events = server.list(Resource::plural("events"));
        events.retain(|it| {
            let of =
                |key: &str| json::at(it, &["involvedObject", key]).as_str().unwrap_or_default();
            let is_about = self.about.as_ref().is_none_or(|(resource, name)| {
                let version = resource.api_version();
                of("kind") == resource.kind && of("name") == name && of("apiVersion") == version
            });
            let kind = json::text(it, "type").unwrap_or_default().to_ascii_lowercase();
            let is_of_type = self.types.is_empty() || self.types.contains(&kind);
            let is_here = self.namespace.as_deref().is_none_or(|name| namespace_of(it) == name);
            is_here && is_about && is_of_type
        });
        sort_by_key(&mut events, time_of);
        events
    }

    fn header(&self) -> Vec<String> {
        let lead = if self.namespace.is_none() { "NAMESPACE\t" } else { "" };
        let text = format!("{lead}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE");
        text.split('\t').map(str::to_owned).collect()
    }

    fn row(&self, event: &Value, now: i64) -> Vec<String> {
        let mut cells: Vec<String> = Vec::new();
        cells.extend(self.namespace.is_none().then(|| namespace_of(event).to_owned()));
        cells.extend(row(event, now));
        cells
    }
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let filter = Filter::of(flags)?;
    let printer = Printer::of(flags, FORMATS)?;
    let no_headers = flags.is_on("no-headers");
    if flags.is_on("watch") {
        let widths = Vec::new();
        let watch = EventWatch { filter, no_headers, known: None, widths, printer };
        shell.job = Some(Job::Events(Box::new(watch)));
        return Ok(());
    }
    let events = filter.events(shell.server);
    if let Some(printer) = printer {
        let list = match printer {
            Printer::Name | Printer::Columns(_) => json!({"items": events}),
            _ => json!({"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": events}),
        };
        let text = printer.print(&list, no_headers).map_err(|it| it.1)?;
        shell.output.stdout.push_str(&text);
        return Ok(());
    }
    if events.is_empty() {
        shell.output.warn(&match &filter.namespace {
            None => "No events found.".to_owned(),
            Some(namespace) => format!("No events found in {namespace} namespace."),
        });
        return Ok(());
    }
    let mut rows = Vec::new();
    if !no_headers {
        rows.push(filter.header());
    }
    rows.extend(events.iter().map(|it| filter.row(it, shell.server.now())));
    shell.output.stdout.push_str(&table::rows(&rows));
    Ok(())
}

impl EventWatch {
    /// Prints what is new, or was seen again; it never ends by itself.
    pub(super) fn poll(
        &mut self,
        server: &dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let is_first = self.known.is_none();
        let known = self.known.take().unwrap_or_default();
        let (mut current, mut fresh) = (BTreeMap::new(), Vec::new());
        for event in self.filter.events(server) {
            let key = (namespace_of(&event).to_owned(), name_of(&event).to_owned());
            if known.get(&key) != Some(&event) {
                fresh.push(event.clone());
            }
            current.insert(key, event);
        }
        self.known = Some(current);
        if let Some(printer) = &self.printer {
            for event in &fresh {
                let text = printer.print(event, true).map_err(|it| it.1)?;
                output.stdout.push_str(&text);
            }
            return Ok(false);
        }
        let mut rows = Vec::new();
        if is_first && !self.no_headers {
            rows.push(self.filter.header());
        }
        rows.extend(fresh.iter().map(|it| self.filter.row(it, server.now())));
        output.stdout.push_str(&table::more_rows(&rows, &mut self.widths));
        Ok(false)
    }
}

/// LAST SEEN, TYPE, REASON, OBJECT, MESSAGE.
fn row(event: &Value, now: i64) -> [String; 5] {
    let field = |key| json::text(event, key).unwrap_or_default();
    let of = |key: &str| json::at(event, &["involvedObject", key]).as_str().unwrap_or_default();
    let (kind, reason, message) = (field("type"), field("reason"), field("message"));
    let object = format!("{}/{}", of("kind"), of("name"));
    let message = message.trim().to_owned();
    [interval(event, now), kind.to_string(), reason.to_string(), object, message]
}

/// When it was seen last; the newest of what the two kinds of events know.
fn time_of(event: &Value) -> Option<i64> {
    instant(json::at(event, &["series", "lastObservedTime"]))
        .or_else(|| instant(json::field(event, "lastTimestamp")))
        .or_else(|| instant(json::field(event, "eventTime")))
}

/// `5m`, or `66s (x3 over 2m21s)` for an event that came several times.
pub(super) fn interval(event: &Value, now: i64) -> String {
    let age = |at: Option<i64>| at.map_or_else(|| "<unknown>".to_owned(), |it| human(now - it));
    let time = |key: &str| instant(json::field(event, key));
    let first = age(time("eventTime").or(time("firstTimestamp")));
    let series = json::field(event, "series");
    let count = json::integer(event, "count").unwrap_or(0);
    if series.is_object() {
        let last = age(instant(json::field(series, "lastObservedTime")));
        let count = json::integer(series, "count").unwrap_or(0);
        return format!("{last} (x{count} over {first})");
    }
    match count {
        ..=1 => first,
        count => format!("{} (x{count} over {first})", age(time("lastTimestamp"))),
    }
}

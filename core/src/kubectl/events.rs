//! `kubectl events`: the events of a namespace or of an object, by time.

use serde_json::{Value, json};

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::age::{human, instant};
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::get::to_json;
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, namespace_of};
use crate::kubectl::table;
use crate::manifest;

/// The flags of `events`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("for", ' ', Takes::Text),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("types", ' ', Takes::Text),
    Flag("watch", 'w', Takes::Switch),
];

/// The formats, as the message about an unknown one lists them.
const FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let about = match flags.text("for") {
        None => None,
        Some(text) => {
            let Some((resource, name)) = text.split_once('/') else {
                return Err(Failure::new("--for must be in resource/name form"));
            };
            Some((Resource::named(resource)?, name))
        }
    };
    let types = flags.list("types");
    if types.iter().any(|it| !["normal", "warning"].contains(&it.to_ascii_lowercase().as_str())) {
        return Err(Failure::new("valid --types are Normal or Warning"));
    }
    let all_namespaces = flags.is_on("all-namespaces");
    let mut events = shell.server.list(Resource::plural("events"));
    events.retain(|it| {
        let of = |key: &str| json::at(it, &["involvedObject", key]).as_str().unwrap_or_default();
        let is_about = about.is_none_or(|(resource, name)| {
            let version = resource.api_version();
            of("kind") == resource.kind && of("name") == name && of("apiVersion") == version
        });
        let kind = json::text(it, "type").unwrap_or_default();
        let is_of_type = types.is_empty() || types.iter().any(|it| it.eq_ignore_ascii_case(&kind));
        (all_namespaces || namespace_of(it) == flags.namespace()) && is_about && is_of_type
    });
    events.sort_by_key(time_of);
    match flags.text("output").unwrap_or_default() {
        "" => {}
        format @ ("yaml" | "json" | "name") => {
            print_as(shell, format, events);
            return Ok(());
        }
        other => {
            return Err(Failure::new(format!(
                "unable to match a printer suitable for the output format \"{other}\", \
                 allowed formats are: {FORMATS}"
            )));
        }
    }
    if events.is_empty() {
        shell.output.warn(&match all_namespaces {
            true => "No events found.".to_owned(),
            false => format!("No events found in {} namespace.", flags.namespace()),
        });
        return Ok(());
    }
    let mut text = String::new();
    if !flags.is_on("no-headers") {
        text.push_str(if all_namespaces { "NAMESPACE\t" } else { "" });
        text.push_str("LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
    }
    for event in &events {
        if all_namespaces {
            text.push_str(&format!("{}\t", namespace_of(event)));
        }
        text.push_str(&row(event, shell.server.now()));
    }
    shell.output.stdout.push_str(&table::align(&text, table::TABLE));
    Ok(())
}

fn print_as(shell: &mut Shell, format: &str, events: Vec<Value>) {
    if format == "name" {
        for event in &events {
            let name = crate::kubectl::resource::name_of(event);
            shell.output.line(&format!("event/{name}"));
        }
        return;
    }
    let list = json!({"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": events});
    let text = if format == "json" { to_json(&list) } else { manifest::emit_folded(&list) };
    shell.output.stdout.push_str(&text);
}

fn row(event: &Value, now: i64) -> String {
    let field = |key| json::text(event, key).unwrap_or_default();
    let of = |key: &str| json::at(event, &["involvedObject", key]).as_str().unwrap_or_default();
    let (kind, reason, message) = (field("type"), field("reason"), field("message"));
    let object = format!("{}/{}", of("kind"), of("name"));
    format!("{}\t{kind}\t{reason}\t{object}\t{}\n", interval(event, now), message.trim())
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

//! Recordings of the real kubectl (`tests/kubectl/recorded/*.json`), replayed byte for byte.
//!
//! A case is a cluster as objects, an instant, and command lines with what kubectl printed. Its
//! objects are imported; no controller acts, as virtual time stands still but for what waits.
//! `KUBECTL_CASES_DIR=… cargo test --release --test kubectl_recorded -- --nocapture` runs other
//! files of the same format; `ONLY=text` prints the differences of lines with that text alone.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::print_stdout, reason = "the differences are read by people")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use daemonset_core::api::field_error::{FieldError, FieldPath, GoText};
use daemonset_core::api::{Calendar, Name, json};
use daemonset_core::kubectl::{self, Job, Output, Resource, Server, Texts};
use daemonset_core::playground::Playground;
use daemonset_core::sim::{ApiError, Input, Outcome};
use serde_json::Value;

/// So many differences are printed.
const SHOWN: usize = 60;

/// The imported cluster, with an own clock, answers that were recorded, and objects that change
/// while somebody watches.
struct Recorded {
    playground: Playground,
    now: i64,
    changed: Vec<(Value, bool)>,
    /// What the server answered, by method and path.
    replies: Value,
}

fn is_same(a: &Value, b: &Value) -> bool {
    let meta = |it: &Value, key: &str| json::at(it, &["metadata", key]).clone();
    a["kind"] == b["kind"]
        && meta(a, "name") == meta(b, "name")
        && meta(a, "namespace") == meta(b, "namespace")
}

impl Server for Recorded {
    fn now(&self) -> i64 {
        self.now
    }

    fn list(&self, resource: &Resource) -> Vec<Value> {
        let mut objects = self.playground.list(resource);
        for (object, is_there) in &self.changed {
            if object["kind"] == resource.kind {
                objects.retain(|it| !is_same(it, object));
                objects.extend(is_there.then(|| object.clone()));
            }
        }
        objects
    }

    fn send(&mut self, input: Input, is_dry_run: bool) -> Result<Outcome, ApiError> {
        let mut replies = self.replies.as_object().into_iter().flatten().map(|it| it.1);
        if let Some(status) = replies.next() {
            return Err(refusal(status));
        }
        // No kubelet runs, so what is deleted is gone at once.
        let pod = match &input {
            Input::DeletePod { namespace, name, .. } | Input::Evict { namespace, name, .. } => {
                Some((namespace, name))
            }
            _ => None,
        };
        if let (Some((namespace, name)), false) = (pod, is_dry_run) {
            let pod = self.list_of("pods").into_iter().find(|it| {
                it["metadata"]["namespace"] == **namespace && it["metadata"]["name"] == **name
            });
            self.changed.extend(pod.map(|it| (it, false)));
        }
        self.playground.send(input, is_dry_run)
    }
}

impl Recorded {
    fn list_of(&self, plural: &str) -> Vec<Value> {
        Resource::all().find(|it| it.plural == plural).map(|it| self.list(it)).unwrap_or_default()
    }
}

/// A recorded `Status` as the API server's refusal.
fn refusal(status: &Value) -> ApiError {
    let message = status["message"].as_str().unwrap_or_default().to_owned();
    let name: Name = status["details"]["name"].as_str().unwrap_or_default().into();
    match status["reason"].as_str() {
        Some("Forbidden") => ApiError::Forbidden(message),
        Some("NotFound") => {
            let name = message.split('"').nth(1).unwrap_or_default().into();
            ApiError::NotFound { resource: "namespaces", name }
        }
        Some("Invalid") => {
            let causes = json::list(&status["details"], "causes").iter().map(cause).collect();
            let kind = if status["details"]["kind"] == "Node" { "Node" } else { "DaemonSet" };
            ApiError::Invalid { kind, name, errors: causes }
        }
        _ => ApiError::BadRequest(message),
    }
}

fn cause(cause: &Value) -> FieldError {
    let path = FieldPath::new(cause["field"].as_str().unwrap_or_default());
    let message = cause["message"].as_str().unwrap_or_default();
    let value = |kind: &str| {
        let rest = message.strip_prefix(kind).unwrap_or_default();
        let (value, detail) = rest.split_once(": ").unwrap_or((rest, ""));
        (GoText(value.to_owned()), detail.to_owned())
    };
    match cause["reason"].as_str() {
        Some("FieldValueRequired") => {
            let detail = message.strip_prefix("Required value").unwrap_or_default();
            FieldError::required(&path, detail.trim_start_matches(": "))
        }
        Some("FieldValueNotSupported") => {
            let (given, supported) = value("Unsupported value: ");
            let supported = supported.trim_start_matches("supported values: ");
            let supported: Vec<&str> =
                supported.split(", ").map(|it| it.trim_matches('"')).collect();
            FieldError::unsupported(&path, &given, &supported)
        }
        _ => {
            let (given, detail) = value("Invalid value: ");
            FieldError::invalid(&path, &given, &detail)
        }
    }
}

fn instant(text: &str) -> Calendar {
    Calendar::parse(text).unwrap_or_else(|| panic!("{text} is no instant"))
}

/// Plays the changes of a watch, then lets time pass until the command is over.
fn wait(job: &mut Job, server: &mut Recorded, play: &Value, output: &mut Output) {
    let start = server.now;
    for change in play.as_array().into_iter().flatten() {
        server.now = start + json::integer(change, "after_ms").unwrap_or(0);
        server.changed.push((change["object"].clone(), change["type"] != "DELETED"));
        if job.poll(server, output) {
            return;
        }
    }
    for _ in 0..100 {
        server.now += 60_000;
        if job.is_endless() || job.poll(server, output) {
            return;
        }
    }
}

fn texts_of(command: &Value) -> Texts {
    let files = command["files"].as_object().into_iter().flatten();
    Texts {
        files: files.map(|(path, text)| (path.clone(), text.as_str().unwrap().into())).collect(),
        stdin: command["stdin"].as_str().unwrap_or_default().to_owned(),
        ..Texts::default()
    }
}

/// Lines in any order, and the parts within a line as well.
fn normal(text: &str, is_any_order: bool) -> String {
    if !is_any_order {
        return text.to_owned();
    }
    let parts = |line: &str| {
        let inner =
            line.replace("Warning: ", "").replace("], continuing", "; ").replace(['[', ']'], "");
        let mut parts: Vec<String> = inner.split("; ").map(str::to_owned).collect();
        parts.sort();
        parts.join("; ")
    };
    let mut lines: Vec<String> = text.lines().map(parts).collect();
    lines.sort();
    lines.join("\n")
}

/// What kubectl printed and what we print, with the lines that differ marked.
fn difference(wanted: &str, got: &str) -> String {
    let mut text = String::new();
    let (wanted, got): (Vec<&str>, Vec<&str>) =
        (wanted.split('\n').collect(), got.split('\n').collect());
    for index in 0..wanted.len().max(got.len()) {
        match (wanted.get(index), got.get(index)) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => {
                text.extend(a.map(|it| format!("  - {it}\n")));
                text.extend(b.map(|it| format!("  + {it}\n")));
            }
        }
    }
    text
}

#[test]
fn kubectl_prints_what_the_real_one_printed() {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kubectl/recorded");
    let folder = env::var("KUBECTL_CASES_DIR").map_or(own, PathBuf::from);
    let only = env::var("ONLY").unwrap_or_default();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "json"));
    paths.sort();
    let (mut agreed, mut all) = (0, 0);
    let mut differences: BTreeMap<String, String> = BTreeMap::new();
    for path in paths {
        let case: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (name, now) = (case["name"].as_str().unwrap(), case["now"].as_str().unwrap());
        let dump = case["dump"].as_str().unwrap();
        let import = |now: &str| Playground::import(dump, instant(now), 1);
        let start = import(now);
        let mut held: Option<Playground> = None;
        for (index, command) in case["commands"].as_array().unwrap().iter().enumerate() {
            let line = command["line"].as_str().unwrap();
            all += 1;
            let own_now = command["now"].as_str();
            let playground = match (held.take(), own_now) {
                (Some(held), _) => Ok(held),
                (None, Some(now)) => import(now),
                (None, None) => start.clone(),
            };
            // A cluster without any object is empty.
            let empty =
                || Playground::import("kind: List\napiVersion: v1\nitems: []", instant(now), 1);
            let playground = playground.or_else(|_| empty()).unwrap();
            let now = instant(own_now.unwrap_or(now)).unix_seconds_at_zero * 1000;
            let replies = command["server_replies"].clone();
            let mut server = Recorded { playground, now, changed: Vec::new(), replies };
            let (mut output, job) = kubectl::start(line, &texts_of(command), &mut server);
            if let Some(mut job) = job {
                wait(&mut job, &mut server, &command["play"], &mut output);
            }
            if case["sequence"] == true {
                held = Some(server.playground);
            }
            let is_any_order = command["line_order"] == "any";
            let text = |stdout: &str, stderr: &str, code: i64| {
                let (stdout, stderr) = (normal(stdout, is_any_order), normal(stderr, is_any_order));
                format!("{stdout}\n(stderr)\n{stderr}\n(exit {code})")
            };
            let wanted = text(
                command["stdout"].as_str().unwrap(),
                command["stderr"].as_str().unwrap(),
                command["exit"].as_i64().unwrap(),
            );
            let got = text(&output.stdout, &output.stderr, i64::from(output.code));
            if wanted == got {
                agreed += 1;
            } else if line.contains(&only) {
                let title = format!("{name} #{index} $ {line}");
                differences.insert(title, difference(&wanted, &got));
            }
        }
    }
    for (title, difference) in differences.iter().take(SHOWN) {
        println!("{title}\n{difference}");
    }
    for title in differences.keys().skip(SHOWN) {
        println!("{title}");
    }
    println!("{agreed} of {all} commands");
    assert!(differences.is_empty(), "{} commands print something else", differences.len());
}

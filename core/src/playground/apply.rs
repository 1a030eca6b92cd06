//! Apply: text to objects to the cluster, and what there is to say about it, with its place.

use std::sync::Arc;

use serde_json::Value;

use crate::api::field_error::FieldError;
use crate::api::order::sort_by_key;
use crate::api::{Name, defaults, validation};
use crate::kubectl::Resource;
use crate::manifest::{self, Diagnostic, Document, Edit, Manifest};
use crate::playground::Playground;
use crate::sim::{ApiError, Input};

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The object is refused.
    Error,
    /// It is taken, but hardly meant so.
    Warning,
    /// It went well.
    Info,
}

/// One thing to say about a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How much it matters.
    pub severity: Severity,
    /// In Kubernetes' words.
    pub text: String,
    /// Line of the text, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// What to do about it, in ours.
    pub suggestion: Option<String>,
    /// The change of the text that does it.
    pub edit: Option<Edit>,
}

/// A command line that equals something that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The line.
    pub line: String,
    /// What kubectl prints to it.
    pub said: String,
}

/// What became of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplyReport {
    /// Nothing was refused.
    pub ok: bool,
    /// What there is to say, in the order of the text; results come last.
    pub messages: Vec<Message>,
    /// The kubectl lines that equal it.
    pub commands: Vec<Done>,
    /// The DaemonSets among the objects, as `NAMESPACE/NAME`.
    pub daemon_sets: Vec<Name>,
}

impl Playground {
    /// Applies a text that lies nowhere in particular.
    pub fn apply(&mut self, text: &str) -> ApplyReport {
        self.apply_file("manifest.yaml", text)
    }

    /// Applies every document that can be read, as kubectl does: one that is refused does not keep
    /// the others back. Namespaces that are missing are created first, which is said.
    pub fn apply_file(&mut self, file: &str, text: &str) -> ApplyReport {
        let manifest = manifest::load(text);
        let mut report = ApplyReport::default();
        let said = self.apply_documents(&manifest, &mut report);
        if !manifest.documents.is_empty() {
            report.commands.push(Done { line: format!("kubectl apply -f {file}"), said });
        } else if report.messages.is_empty() {
            report.messages.push(plain(Severity::Error, "error: no objects passed to apply"));
        }
        report.ok = report.messages.iter().all(|it| it.severity != Severity::Error);
        report
    }

    /// Answers with what kubectl prints to that.
    pub(super) fn apply_documents(
        &mut self,
        manifest: &Manifest,
        report: &mut ApplyReport,
    ) -> String {
        let mut said = String::new();
        report.messages.extend(manifest.diagnostics.iter().map(message_of));
        for document in &manifest.documents {
            let is_broken = manifest
                .diagnostics_of(document.index)
                .any(|it| it.severity == manifest::Severity::Error);
            if !is_broken {
                self.apply_document(document, report, &mut said);
            }
        }
        report.ok = report.messages.iter().all(|it| it.severity != Severity::Error);
        said
    }

    /// What is wrong with a text, without a cluster.
    pub fn check(text: &str) -> Vec<Message> {
        Self::check_manifest(&manifest::load(text))
    }

    pub(super) fn check_manifest(manifest: &Manifest) -> Vec<Message> {
        let mut messages: Vec<Message> = manifest.diagnostics.iter().map(message_of).collect();
        for document in &manifest.documents {
            let errors = match (&*document.api_version, &*document.kind) {
                ("apps/v1", "DaemonSet") => {
                    completed(document, defaults::daemon_set, validation::daemon_set)
                }
                ("apps/v1", "Deployment") => {
                    completed(document, defaults::deployment, validation::deployment)
                }
                ("apps/v1", "ReplicaSet") => {
                    completed(document, defaults::replica_set, validation::replica_set)
                }
                ("v1", "Pod") => completed(document, defaults::pod, validation::pod),
                ("v1", "Node") => validation::node(&document.object),
                _ => continue,
            };
            let has_diagnostics = manifest
                .diagnostics_of(document.index)
                .any(|it| it.severity == manifest::Severity::Error);
            if !has_diagnostics {
                messages.extend(errors.iter().map(|it| field_message(document, it)));
            }
        }
        sort_by_key(&mut messages, |it| (it.line, it.column));
        messages
    }

    fn apply_document(&mut self, document: &Document, report: &mut ApplyReport, said: &mut String) {
        self.create_missing_namespace(document, report);
        let name = described(document);
        let input = Input::Apply { object: Arc::new(in_namespace(document)) };
        match self.act(input) {
            Ok(outcome) => {
                let suffix = if is_simulated(document) { "" } else { " (stored, not simulated)" };
                let text = format!("{name} {}", outcome.word());
                said.push_str(&text);
                said.push('\n');
                let text = text + suffix;
                report.messages.push(plain(Severity::Info, &text));
                if document.kind == "DaemonSet" {
                    let namespace = document.namespace.as_deref().unwrap_or("default");
                    report.daemon_sets.push(format!("{namespace}/{}", document.name).into());
                }
            }
            Err(error) => report.messages.extend(error_message(document, error)),
        }
    }

    /// kubectl would be refused with `namespaces "x" not found`; the playground helps out.
    fn create_missing_namespace(&mut self, document: &Document, report: &mut ApplyReport) {
        let Some(name) = document.namespace.as_deref().filter(|it| !it.is_empty()) else { return };
        if !is_simulated(document) || self.cluster().store().has_namespace(name) {
            return;
        }
        let input = Input::CreateNamespace { name: name.into() };
        let line = self.command_line(&input);
        if self.act(input).is_ok() {
            let text = format!("namespace/{name} created");
            report.commands.push(Done { line, said: format!("{text}\n") });
            report.messages.push(plain(Severity::Info, &(text + ", as it did not exist")));
        }
    }
}

/// The object of a document; one that is only stored gets its namespace here, as kubectl does it.
fn in_namespace(document: &Document) -> Value {
    let mut object = document.object.clone();
    let resource = Resource::of_kind(&document.api_version, &document.kind);
    let is_bare = document.namespace.as_deref().is_none_or(str::is_empty);
    if is_bare && !is_simulated(document) && resource.is_some_and(|it| it.is_namespaced) {
        object["metadata"]["namespace"] = Value::from("default");
    }
    object
}

fn is_simulated(document: &Document) -> bool {
    let kind = (&*document.api_version, &*document.kind);
    matches!(
        kind,
        ("apps/v1", "DaemonSet" | "Deployment" | "ReplicaSet")
            | ("v1", "Pod" | "Node" | "Namespace")
    )
}

/// What is wrong with a document once the API server has completed it.
fn completed(
    document: &Document,
    complete: fn(&mut Value),
    validate: fn(&Value) -> Vec<FieldError>,
) -> Vec<FieldError> {
    let mut object = document.object.clone();
    complete(&mut object);
    validate(&object)
}

/// `daemonset.apps/node-logger`, as kubectl names what it applied.
fn described(document: &Document) -> String {
    let group = document.api_version.split_once('/').map(|(group, _)| format!(".{group}"));
    let kind = document.kind.to_ascii_lowercase();
    format!("{kind}{}/{}", group.unwrap_or_default(), document.name)
}

/// What the server refuses about a document: each field at its place, anything else at its start.
pub(super) fn error_message(document: &Document, error: ApiError) -> Vec<Message> {
    if let ApiError::Invalid { errors, .. } = error {
        return errors.iter().map(|it| field_message(document, it)).collect();
    }
    let place = document.root.span.start;
    vec![Message {
        severity: Severity::Error,
        text: error.to_string(),
        line: Some(place.line),
        column: Some(place.column),
        suggestion: None,
        edit: None,
    }]
}

pub(super) fn message_of(diagnostic: &Diagnostic) -> Message {
    Message {
        severity: match diagnostic.severity {
            manifest::Severity::Error => Severity::Error,
            manifest::Severity::Warning => Severity::Warning,
        },
        text: diagnostic.message.clone(),
        line: Some(diagnostic.span.start.line),
        column: Some(diagnostic.span.start.column),
        suggestion: diagnostic.suggestion.clone(),
        edit: diagnostic.edit(),
    }
}

fn field_message(document: &Document, error: &FieldError) -> Message {
    let place = document.locate(&error.path.to_string()).start;
    Message {
        severity: Severity::Error,
        text: error.to_string(),
        line: Some(place.line),
        column: Some(place.column),
        suggestion: None,
        edit: None,
    }
}

pub(super) fn plain(severity: Severity, text: &str) -> Message {
    let (line, column, suggestion, edit) = (None, None, None, None);
    Message { severity, text: text.to_owned(), line, column, suggestion, edit }
}

impl Message {
    /// The message as JSON, for the JavaScript API.
    pub fn to_json(&self) -> Value {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let mut object = serde_json::json!({"severity": severity, "text": self.text});
        for (key, number) in [("line", self.line), ("column", self.column)] {
            if let Some(number) = number {
                object[key] = Value::from(number);
            }
        }
        if let Some(suggestion) = &self.suggestion {
            object["suggestion"] = Value::from(suggestion.as_str());
        }
        object
    }
}

impl Playground {
    /// Objects that are kept, not simulated: `configmap/kube-flannel-cfg in kube-flannel`.
    pub fn stored(&self) -> Vec<String> {
        let stored = self.cluster().store().stored().map(|it| {
            let name = format!("{}/{}", it.kind.to_ascii_lowercase(), it.name);
            match &*it.namespace {
                "" => name,
                namespace => format!("{name} in {namespace}"),
            }
        });
        stored.collect()
    }
}

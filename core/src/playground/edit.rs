//! `kubectl edit`: the live object as text, and what saving it sends.

use std::sync::Arc;

use crate::api::{Name, merge};
use crate::kubectl::Resource;
use crate::manifest::{self, Document};
use crate::playground::apply::{error_message, message_of, plain};
use crate::playground::{ApplyReport, Done, Playground, Severity};
use crate::sim::Input;

impl Playground {
    /// A node as `kubectl edit node` opens it.
    pub fn node_manifest(&self, name: &str) -> Option<String> {
        let node = self.cluster().store().node(name)?;
        Some(manifest::emit(&self.encoder().node(node)))
    }

    /// The line that opens an object in an editor: a node by its name, any other one by type,
    /// namespace and name with slashes between them.
    pub fn edit_command(object: &str) -> String {
        match *object.split('/').collect::<Vec<_>>() {
            [resource, "", name] => format!("kubectl edit {resource} {name}"),
            [resource, namespace, name] => {
                format!("kubectl edit {resource} {name} -n {namespace}")
            }
            _ => format!("kubectl edit node {object}"),
        }
    }

    /// Sends what differs between an object as it was opened and as it was saved: what others have
    /// changed meanwhile stays. As in Kubernetes the status cannot be edited.
    pub fn edit(&mut self, object: &Name, opened: &str, saved: &str) -> ApplyReport {
        let manifest = manifest::load(saved);
        let mut report = ApplyReport::default();
        report.messages.extend(manifest.diagnostics.iter().map(message_of));
        if report.messages.iter().any(|it| it.severity == Severity::Error) {
            return report;
        }
        report.ok = true;
        let [document] = manifest.documents.as_slice() else {
            let text = match manifest.documents.len() {
                0 => return said(report, "Edit cancelled, saved file was empty."),
                _ => "error: one object is edited, but the text holds more of them",
            };
            return refused(report, plain(Severity::Error, text));
        };
        if saved == opened {
            return said(report, "Edit cancelled, no changes made.");
        }
        let identity = |it: &Document| {
            let namespace = it.namespace.clone().unwrap_or_default();
            (it.api_version.clone(), it.kind.clone(), namespace, it.name.clone())
        };
        let before = manifest::load(opened).documents.pop();
        let resource = Resource::of_kind(&document.api_version, &document.kind);
        let is_same = before.as_ref().is_some_and(|it| identity(it) == identity(document));
        let (Some(resource), Some(before), true) = (resource, before, is_same) else {
            let text = "error: At least one of apiVersion, kind and name was changed";
            return refused(report, plain(Severity::Error, text));
        };
        let shown = resource.object(&document.name);
        let Some(patch) = merge::difference(&before.object, &document.object) else {
            return said(report, &format!("{shown} skipped"));
        };
        let (namespace, name) = (document.namespace.clone(), document.name.clone());
        let input = Input::Patch {
            resource: resource.singular.into(),
            namespace: namespace.unwrap_or_default().into(),
            name: name.into(),
            patch: Arc::new(patch),
        };
        match self.act(input) {
            Ok(_) => {
                let text = format!("{shown} edited");
                let mut report = said(report, &text);
                let line = Self::edit_command(object);
                report.commands.push(Done { line, said: text + "\n" });
                report
            }
            Err(error) => {
                report.ok = false;
                report.messages.extend(error_message(document, error));
                report
            }
        }
    }
}

fn said(mut report: ApplyReport, text: &str) -> ApplyReport {
    report.messages.push(plain(Severity::Info, text));
    report
}

fn refused(mut report: ApplyReport, message: crate::playground::Message) -> ApplyReport {
    report.ok = false;
    report.messages.push(message);
    report
}

//! `kubectl edit node`: the live object as text, and what saving it sends.

use std::sync::Arc;

use serde_json::Value;

use crate::api::{Name, merge};
use crate::manifest::{self, Document};
use crate::playground::apply::{error_message, message_of, plain};
use crate::playground::{ApplyReport, Playground, Severity};
use crate::sim::Input;

impl Playground {
    /// A node as `kubectl edit node` opens it.
    pub fn node_manifest(&self, name: &str) -> Option<String> {
        let node = self.cluster().store().node(name)?;
        Some(manifest::emit(&self.encoder().node(node)))
    }

    /// The line that opens a node in an editor.
    pub fn edit_node_command(name: &str) -> String {
        format!("kubectl edit node {name}")
    }

    /// Sends what differs between a node as it was opened and as it was saved: what others have
    /// changed meanwhile stays. As in Kubernetes the status cannot be edited.
    pub fn edit_node(&mut self, name: &Name, opened: &str, saved: &str) -> ApplyReport {
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
                _ => "error: one node is edited, but the text holds more objects",
            };
            return refused(report, plain(Severity::Error, text));
        };
        if saved == opened {
            return said(report, "Edit cancelled, no changes made.");
        }
        let (api_version, kind) = (&*document.api_version, &*document.kind);
        if (api_version, kind, &*document.name) != ("v1", "Node", &**name) {
            let text = "error: At least one of apiVersion, kind and name was changed";
            return refused(report, plain(Severity::Error, text));
        }
        let opened = manifest::load(opened).documents.pop().map(|it| it.object);
        let patch = merge::difference(&opened.unwrap_or_default(), &document.object);
        let Some(patch) = patch else { return said(report, &format!("node/{name} skipped")) };
        self.send_edit(name, patch, document, report)
    }

    fn send_edit(
        &mut self,
        name: &Name,
        patch: Value,
        document: &Document,
        report: ApplyReport,
    ) -> ApplyReport {
        let (resource, namespace, name) = ("node".into(), Name::default(), name.clone());
        let patch = Arc::new(patch);
        match self.act(Input::Patch { resource, namespace, name: name.clone(), patch }) {
            Ok(_) => {
                let mut report = said(report, &format!("node/{name} edited"));
                report.commands.push(Self::edit_node_command(&name));
                report
            }
            Err(error) => {
                let mut report = report;
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

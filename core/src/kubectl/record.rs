//! `--record`: the command as the reason for a change, in the annotation that `rollout history`
//! shows (`cli-runtime/pkg/genericclioptions/record_flags.go`). It is deprecated, and tutorials
//! are full of it.

use serde_json::{Value, json};

use crate::kubectl::Shell;
use crate::kubectl::change::send_patch;
use crate::kubectl::flags::{DryRun, Flags};
use crate::kubectl::select::Found;

/// The annotation that says why a rollout was made.
pub(super) const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// The line as it is recorded: words first, flags by their long names (`parseCommandArguments`).
pub(super) fn cause(command: &str, flags: &Flags) -> String {
    let mut text = format!("kubectl {command}");
    for word in &flags.args {
        text.push_str(&format!(" {word}"));
    }
    for (name, value) in &flags.given {
        text.push_str(&format!(" --{name}={value}"));
    }
    text
}

impl Shell<'_> {
    /// What the recorded line adds to an object; none if none is recorded.
    pub(super) fn recorded(&self) -> Option<Value> {
        let cause = self.cause.as_ref()?;
        Some(json!({"metadata": {"annotations": {CHANGE_CAUSE: cause}}}))
    }

    /// Puts the line into an object that is about to be sent.
    pub(super) fn record_in(&self, object: &mut Value) {
        let Some(cause) = &self.cause else { return };
        if !object["metadata"]["annotations"].is_object() {
            object["metadata"]["annotations"] = json!({});
        }
        object["metadata"]["annotations"][CHANGE_CAUSE] = Value::from(cause.as_str());
    }

    /// Writes the line to an object that has been changed.
    pub(super) fn record(&mut self, found: &Found, dry_run: DryRun) {
        if let (Some(patch), DryRun::None) = (self.recorded(), dry_run) {
            // As upstream: the change stands, whether or not its reason can be kept.
            let _ = send_patch(self, found, patch, dry_run);
        }
    }
}

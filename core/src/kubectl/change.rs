//! What commands that change objects have in common: the patch that is sent, the object that comes
//! back, and the line about it.

use std::sync::Arc;

use serde_json::Value;

use crate::api::merge;
use crate::api::quantity::Quantity;
use crate::kubectl::Shell;
use crate::kubectl::files::{Read, read};
use crate::kubectl::flags::{DryRun, Flags};
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::printer::{Printer, name};
use crate::kubectl::resource::{name_of, namespace_of};
use crate::kubectl::select::{Found, Scope};
use crate::kubectl::server::{address, not_found};
use crate::sim::Input;

/// Sends a strategic merge patch; the object as it is afterwards, or would be.
pub(super) fn send_patch(
    shell: &mut Shell,
    found: &Found,
    patch: Value,
    dry_run: DryRun,
) -> Result<Value, Fault> {
    let patched = merge::strategic(&found.object, &patch);
    if dry_run == DryRun::Client {
        return Ok(patched);
    }
    let (resource, namespace, name) = address(found.resource, &found.object);
    let input = Input::Patch { resource, namespace, name, patch: Arc::new(patch) };
    shell.server.send(input, dry_run == DryRun::Server)?;
    Ok(match dry_run {
        DryRun::Server => patched,
        _ => again(shell, found).unwrap_or(patched),
    })
}

/// The object as the server has it now.
pub(super) fn again(shell: &Shell, found: &Found) -> Option<Value> {
    let (namespace, name) = (namespace_of(&found.object), name_of(&found.object));
    shell.server.find(found.resource, namespace, name)
}

impl Shell<'_> {
    /// Says what became of an object: a line, or the object in the format that was asked for.
    pub(super) fn report(
        &mut self,
        printer: Option<&Printer>,
        object: &Value,
        result: &str,
    ) -> Result<(), Failure> {
        match printer {
            None => self.output.line(&format!("{} {result}", name(object))),
            Some(printer) => {
                let text = printer.print(object, false).map_err(|it| it.1)?;
                self.output.stdout.push_str(&text);
            }
        }
        Ok(())
    }

    /// The objects that words or files name; `needs_name` refuses a type alone.
    pub(super) fn objects(
        &mut self,
        flags: &Flags,
        words: &[String],
        needs_name: bool,
    ) -> Result<(Vec<Found>, Failure), Failure> {
        if flags.list("filename").is_empty() {
            let targets = self.targets(words)?;
            let scope = Scope { needs_name, ..Scope::of(flags) };
            return scope.find(&targets, self.server);
        }
        let Read { objects, mut failure } = read(self, flags)?;
        let mut found = Vec::new();
        for it in objects {
            let Some(resource) = it.resource else { continue };
            let (namespace, name) = (namespace_of(&it.object), name_of(&it.object));
            match self.server.find(resource, namespace, name) {
                Some(object) => found.push(Found { resource, object }),
                None => failure.0.push(Fault::Whole(not_found(resource, name))),
            }
        }
        Ok((found, failure))
    }
}

/// Lists of quantities by name, and fields that hold one.
const QUANTITIES: [&str; 7] =
    ["limits", "requests", "capacity", "allocatable", "overhead", "divisor", "sizeLimit"];

/// The client cannot read an object with a malformed quantity in it.
pub(super) fn check_quantities(object: &Value) -> Result<(), Failure> {
    let check = |value: &Value| {
        let fault = |it: crate::api::quantity::QuantityError| Failure::new(it.to_string());
        Quantity::from_value(value).map(drop).map_err(fault)
    };
    match object {
        Value::Array(items) => items.iter().try_for_each(check_quantities),
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| match value {
            Value::Object(amounts) if QUANTITIES.contains(&key.as_str()) => {
                amounts.values().try_for_each(check)
            }
            Value::String(_) | Value::Number(_) if QUANTITIES.contains(&key.as_str()) => {
                check(value)
            }
            value => check_quantities(value),
        }),
        _ => Ok(()),
    }
}

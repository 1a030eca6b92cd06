//! `kubectl get -w`: the rows that there are, then one for each change.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Layout;
use crate::api::json;
use crate::api::order::sort_by_key;
use crate::kubectl::Shell;
use crate::kubectl::flags::Flags;
use crate::kubectl::job::Job;
use crate::kubectl::output::{Failure, Output};
use crate::kubectl::printer::Printer;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Scope, Targets};
use crate::kubectl::server::Server;
use crate::kubectl::table;

/// The length of `MODIFIED`.
const EVENT_WIDTH: usize = 8;

/// Objects that are watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    resource: &'static Resource,
    targets: Targets,
    flags: Flags,
    printer: Option<Printer>,
    /// What was seen last, by namespace and name; none before the first look.
    known: Option<BTreeMap<(String, String), Value>>,
    widths: Vec<usize>,
    has_header: bool,
    documents: u32,
}

/// A change with the object as it is now, or was.
struct Event {
    kind: &'static str,
    object: Value,
}

/// Begins to watch.
pub(in crate::kubectl) fn start(
    shell: &mut Shell,
    flags: &Flags,
    targets: Targets,
    printer: Option<Printer>,
) -> Result<(), Failure> {
    let resource = match &targets {
        Targets::Named(named) if named.len() == 1 => named[0].0,
        Targets::Types(types) if types.len() == 1 => types[0],
        Targets::Named(named) if named.iter().all(|it| it.0 == named[0].0) => {
            return Err(Failure::new(
                "you may only specify a single resource or a single name when watching",
            ));
        }
        _ => return Err(Failure::new("you may only specify a single resource type")),
    };
    let scope = Scope::of(flags);
    let (_, failure) = scope.find(&targets, shell.server)?;
    failure.or_ok()?;
    shell.job = Some(Job::Watch(Box::new(Watch {
        resource,
        targets,
        flags: flags.clone(),
        printer,
        known: None,
        widths: Vec::new(),
        has_header: false,
        documents: 0,
    })));
    Ok(())
}

impl Watch {
    /// Prints what has changed; a watch never ends by itself.
    pub(in crate::kubectl) fn poll(
        &mut self,
        server: &dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let scope = Scope::of(&self.flags);
        let (found, _) = scope.find(&self.targets, server)?;
        let mut current = BTreeMap::new();
        for it in found {
            let key = (namespace_of(&it.object).to_owned(), name_of(&it.object).to_owned());
            current.insert(key, it.object);
        }
        let (known, is_first) = match self.known.take() {
            Some(known) => (known, false),
            None => (BTreeMap::new(), true),
        };
        let mut events = Vec::new();
        for (key, object) in &known {
            if !current.contains_key(key) {
                events.push(Event { kind: "DELETED", object: object.clone() });
            }
        }
        let mut fresh = Vec::new();
        for (key, object) in &current {
            let kind = match known.get(key) {
                None => "ADDED",
                Some(old) if old != object => "MODIFIED",
                Some(_) => continue,
            };
            fresh.push(Event { kind, object: object.clone() });
        }
        if !is_first {
            sort_by_key(&mut fresh, |it| version(&it.object));
        }
        events.extend(fresh);
        self.known = Some(current);
        if is_first && self.flags.is_on("watch-only") {
            return Ok(false);
        }
        self.print(&events, is_first, server.now(), output)?;
        Ok(false)
    }

    fn print(
        &mut self,
        events: &[Event],
        is_first: bool,
        now: i64,
        output: &mut Output,
    ) -> Result<(), Failure> {
        if let Some(printer) = &self.printer {
            for event in events {
                if *printer == Printer::Name {
                    output.line(&self.resource.object(name_of(&event.object)));
                    continue;
                }
                if matches!(printer, Printer::Yaml(_)) && self.documents > 0 {
                    output.line("---");
                }
                self.documents += 1;
                let text = printer.print(&event.object, self.has_header).map_err(|it| it.1)?;
                output.stdout.push_str(&text);
                self.has_header = true;
            }
            return Ok(());
        }
        let layout = Layout::of(self.resource, &self.flags, self.flags.is_on("show-kind"));
        let with_kind = self.flags.is_on("output-watch-events");
        let lead = |kind: &str, mut row: Vec<String>| {
            if with_kind {
                // The longest word is foreseen, so that the column never moves.
                row.insert(0, format!("{kind:EVENT_WIDTH$}"));
            }
            row
        };
        let rows: Vec<Vec<String>> =
            events.iter().map(|it| lead(it.kind, layout.row(&it.object, now))).collect();
        let mut pending = Vec::new();
        if !self.has_header && !rows.is_empty() {
            self.has_header = true;
            pending.extend(layout.header().map(|it| lead("EVENT", it)));
        }
        for row in rows {
            pending.push(row);
            // The rows of the first look are set together, later ones each by itself.
            if !is_first {
                output.stdout.push_str(&table::more_rows(&pending, &mut self.widths));
                pending.clear();
            }
        }
        output.stdout.push_str(&table::more_rows(&pending, &mut self.widths));
        Ok(())
    }
}

fn version(object: &Value) -> u64 {
    let version = json::at(object, &["metadata", "resourceVersion"]);
    version.as_str().and_then(|it| it.parse().ok()).unwrap_or(0)
}

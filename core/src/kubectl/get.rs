//! `kubectl get`: objects as a table, as names, or as they are.

mod columns;
mod pod_status;
mod sort;
mod stored;
pub(super) mod watch;

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::age::since;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::printer::{GET_FORMATS, Printer, list_of};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Found, Scope, Targets};
use crate::kubectl::table;

pub(super) use columns::{pairs, roles, selector_text};

/// The flags of `get`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("allow-missing-template-keys", ' ', Takes::Switch),
    Flag("chunk-size", ' ', Takes::Integer),
    Flag("field-selector", ' ', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("ignore-not-found", ' ', Takes::Switch),
    Flag("label-columns", 'L', Takes::Text),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("output-watch-events", ' ', Takes::Switch),
    Flag("raw", ' ', Takes::Text),
    Flag("recursive", 'R', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
    Flag("server-print", ' ', Takes::Switch),
    Flag("show-kind", ' ', Takes::Switch),
    Flag("show-labels", ' ', Takes::Switch),
    Flag("show-managed-fields", ' ', Takes::Switch),
    Flag("sort-by", ' ', Takes::Text),
    Flag("subresource", ' ', Takes::Text),
    Flag("template", ' ', Takes::Text),
    Flag("watch", 'w', Takes::Switch),
    Flag("watch-only", ' ', Takes::Switch),
];

const NO_TYPE: &str = "\
You must specify the type of resource to get. \
Use \"kubectl api-resources\" for a complete list of supported resources.

error: Required resource not specified.
Use \"kubectl explain <resource>\" for a detailed description of that resource \
(e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples";

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.text("raw").is_some() {
        return Err(not_simulated("the API itself"));
    }
    if flags.text("subresource").is_some_and(|it| !["", "status"].contains(&it)) {
        return Err(not_simulated("a subresource other than the status"));
    }
    if !flags.is_not_off("allow-missing-template-keys") {
        return Err(not_simulated("--allow-missing-template-keys=false"));
    }
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::whole(NO_TYPE));
    }
    let printer = Printer::of(flags, GET_FORMATS)?;
    let in_files = match flags.args.is_empty() {
        true => Some(shell.objects(flags, &[], false)?),
        false => None,
    };
    let targets = match &in_files {
        Some((found, _)) => named(found),
        None => shell.targets(&flags.args)?,
    };
    if flags.is_on("watch") || flags.is_on("watch-only") {
        return watch::start(shell, flags, targets, printer);
    }
    let scope = Scope::of(flags);
    let (mut found, mut failure) = match in_files {
        Some(found) => found,
        None => scope.find(&targets, shell.server)?,
    };
    if flags.is_on("ignore-not-found") {
        failure = Failure::default();
    }
    if let Some(path) = flags.text("sort-by").filter(|it| !it.is_empty()) {
        sort::sort(&mut found, path)?;
    }
    let is_single = matches!(&targets, Targets::Named(named) if named.len() == 1);
    let is_silent = flags.is_on("ignore-not-found") || !failure.0.is_empty();
    match printer {
        None => {
            if found.is_empty() && !is_silent {
                let is_namespaced = match &targets {
                    Targets::Types(types) => types.iter().all(|it| it.is_namespaced),
                    _ => true,
                };
                shell.output.warn(&scope.nothing_found(is_namespaced));
            }
            let text = tables(&found, &targets, flags, shell.server.now());
            shell.output.stdout.push_str(&text);
        }
        Some(Printer::Name) => {
            for it in &found {
                shell.output.line(&it.resource.object(name_of(&it.object)));
            }
        }
        Some(printer) => {
            let mut objects: Vec<Value> = found.into_iter().map(|it| it.object).collect();
            let value = match objects.len() {
                1 if is_single => objects.remove(0),
                0 if is_single || !failure.0.is_empty() => return failure.or_ok(),
                _ => list_of(objects),
            };
            let (text, fault) = match printer.print(&value, flags.is_on("no-headers")) {
                Ok(text) => (text, Failure::default()),
                Err((text, fault)) => (text, fault),
            };
            shell.output.stdout.push_str(&text);
            failure.0.extend(fault.0);
        }
    }
    failure.or_ok()
}

/// Objects that files name, as words would name them.
fn named(found: &[Found]) -> Targets {
    let named = found.iter().map(|it| (it.resource, name_of(&it.object).to_owned()));
    Targets::Named(named.collect())
}

/// A table for each type, with an empty line between.
fn tables(found: &[Found], targets: &Targets, flags: &Flags, now: i64) -> String {
    let has_types = match targets {
        Targets::Types(types) => types.len() > 1,
        Targets::Named(named) => named.iter().any(|it| it.0 != named[0].0),
        Targets::None => false,
    };
    let with_kind = has_types || flags.is_on("show-kind");
    let mut text = String::new();
    let mut rest = found;
    while let Some(first) = rest.first() {
        let end = rest.iter().position(|it| it.resource != first.resource).unwrap_or(rest.len());
        let (of_type, others) = rest.split_at(end);
        rest = others;
        if !text.is_empty() {
            text.push('\n');
        }
        let layout = Layout::of(first.resource, flags, with_kind);
        let mut rows: Vec<Vec<String>> = layout.header().into_iter().collect();
        rows.extend(of_type.iter().map(|it| layout.row(&it.object, now)));
        text.push_str(&table::rows(&rows));
    }
    text
}

/// Which columns a table has.
struct Layout<'a> {
    resource: &'static Resource,
    flags: &'a Flags,
    with_kind: bool,
    with_namespace: bool,
    is_wide: bool,
    is_server_printed: bool,
}

impl<'a> Layout<'a> {
    fn of(resource: &'static Resource, flags: &'a Flags, with_kind: bool) -> Layout<'a> {
        let with_namespace = flags.is_on("all-namespaces") && resource.is_namespaced;
        let is_wide = flags.text("output") == Some("wide");
        let is_server_printed = flags.is_not_off("server-print");
        Layout { resource, flags, with_kind, with_namespace, is_wide, is_server_printed }
    }

    fn label_columns(&self) -> Vec<&'a str> {
        let keys = self.flags.list("label-columns").into_iter();
        keys.filter(|it| !it.is_empty()).collect()
    }

    /// None if it is not wanted.
    fn header(&self) -> Option<Vec<String>> {
        if self.flags.is_on("no-headers") {
            return None;
        }
        let mut header: Vec<String> = Vec::new();
        header.extend(self.with_namespace.then(|| "NAMESPACE".to_owned()));
        match self.is_server_printed {
            true => header.extend(columns::headers(self.resource, self.is_wide)),
            false => header.extend(["NAME".to_owned(), "AGE".to_owned()]),
        }
        header.extend(self.label_columns().iter().map(|key| {
            let name = key.rsplit('/').next().unwrap_or(key);
            name.to_ascii_uppercase()
        }));
        header.extend(self.flags.is_on("show-labels").then(|| "LABELS".to_owned()));
        Some(header)
    }

    fn row(&self, object: &Value, now: i64) -> Vec<String> {
        let mut row: Vec<String> = Vec::new();
        row.extend(self.with_namespace.then(|| namespace_of(object).to_owned()));
        let mut cells = match self.is_server_printed {
            true => columns::cells(self.resource, object, self.is_wide, now),
            // What the client makes of objects by itself.
            false => {
                let created = json::at(object, &["metadata", "creationTimestamp"]);
                vec![name_of(object).to_owned(), since(created, now)]
            }
        };
        if self.with_kind && (self.resource.plural != "events" || !self.is_server_printed) {
            cells[0] = self.resource.object(&cells[0]);
        }
        row.extend(cells);
        let labels = json::texts(json::field(object, "metadata"), "labels");
        let label = |key: &&str| labels.get(*key).map(|it| it.to_string()).unwrap_or_default();
        row.extend(self.label_columns().iter().map(label));
        row.extend(self.flags.is_on("show-labels").then(|| columns::pairs(&labels)));
        row.into_iter().map(first_line).collect()
    }
}

/// A cell shows the first line of its text.
fn first_line(cell: String) -> String {
    match cell.find(['\n', '\r', '\x0c']) {
        Some(end) => format!("{}...", &cell[..end]),
        None => cell,
    }
}

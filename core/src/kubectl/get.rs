//! `kubectl get`: objects as a table, as names, or as they are.

mod columns;
mod pod_status;
mod sort;

use serde::Serialize;
use serde_json::{Value, json};

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Found, Scope, Targets};
use crate::kubectl::table;
use crate::manifest;

pub(super) use columns::{pairs, selector_text};

/// The flags of `get`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("field-selector", ' ', Takes::Text),
    Flag("ignore-not-found", ' ', Takes::Switch),
    Flag("label-columns", 'L', Takes::Text),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("show-kind", ' ', Takes::Switch),
    Flag("show-labels", ' ', Takes::Switch),
    Flag("sort-by", ' ', Takes::Text),
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

/// In the order of the message that lists them.
const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml";

/// How objects are printed.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Table { is_wide: bool },
    Name,
    Yaml,
    Json,
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if flags.args.is_empty() {
        return Err(Failure::whole(NO_TYPE));
    }
    let format = format_of(flags)?;
    if flags.is_on("watch") || flags.is_on("watch-only") {
        return Err(Failure::new("watching is not simulated, see `kubectl rollout status`"));
    }
    let targets = shell.targets(&flags.args)?;
    let scope = Scope::of(flags);
    let (mut found, mut failure) = scope.find(&targets, shell.server)?;
    if flags.is_on("ignore-not-found") {
        failure = Failure::default();
    }
    if let Some(path) = flags.text("sort-by").filter(|it| !it.is_empty()) {
        sort::sort(&mut found, path)?;
    }
    match format {
        Format::Table { is_wide } => {
            let is_silent = flags.is_on("ignore-not-found") || !failure.0.is_empty();
            if found.is_empty() && !is_silent {
                let is_namespaced = match &targets {
                    Targets::Types(types) => types.iter().all(|it| it.is_namespaced),
                    _ => true,
                };
                shell.output.warn(&scope.nothing_found(is_namespaced));
            }
            let text = tables(&found, &targets, flags, is_wide, shell.server.now());
            shell.output.stdout.push_str(&text);
        }
        Format::Name => {
            for it in &found {
                shell.output.line(&it.resource.object(name_of(&it.object)));
            }
        }
        Format::Yaml | Format::Json => {
            let is_single = matches!(&targets, Targets::Named(named) if named.len() == 1);
            let objects: Vec<Value> = found.into_iter().map(|it| it.object).collect();
            let value = match objects.as_slice() {
                [object] if is_single => object.clone(),
                [] if is_single || !failure.0.is_empty() => return failure.or_ok(),
                _ => json!({
                    "apiVersion": "v1",
                    "kind": "List",
                    "metadata": {"resourceVersion": ""},
                    "items": objects,
                }),
            };
            let is_json = format == Format::Json;
            let text = if is_json { to_json(&value) } else { manifest::emit_folded(&value) };
            shell.output.stdout.push_str(&text);
        }
    }
    failure.or_ok()
}

fn format_of(flags: &Flags) -> Result<Format, Failure> {
    Ok(match flags.text("output").unwrap_or_default() {
        "" => Format::Table { is_wide: false },
        "wide" => Format::Table { is_wide: true },
        "name" => Format::Name,
        "yaml" => Format::Yaml,
        "json" => Format::Json,
        other => {
            let known = other.split_once('=').map_or(other, |(name, _)| name);
            return Err(Failure::new(match FORMATS.split(',').any(|it| it == known) {
                true => format!("the output format \"{known}\" is not simulated"),
                false => format!(
                    "unable to match a printer suitable for the output format \"{other}\", \
                     allowed formats are: {FORMATS}"
                ),
            }));
        }
    })
}

/// Indented by four blanks; `<`, `>` and `&` are escaped as Go does.
pub(super) fn to_json(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // Writing a value into memory does not fail.
    let _ = value.serialize(&mut serializer);
    let text = String::from_utf8(bytes).unwrap_or_default();
    let text = text.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    format!("{text}\n")
}

/// A table for each type, with an empty line between.
fn tables(found: &[Found], targets: &Targets, flags: &Flags, is_wide: bool, now: i64) -> String {
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
        text.push_str(&table_of(first.resource, of_type, flags, is_wide, with_kind, now));
    }
    text
}

fn table_of(
    resource: &'static Resource,
    found: &[Found],
    flags: &Flags,
    is_wide: bool,
    with_kind: bool,
    now: i64,
) -> String {
    let with_namespace = flags.is_on("all-namespaces") && resource.is_namespaced;
    let label_columns: Vec<&str> =
        flags.list("label-columns").into_iter().filter(|it| !it.is_empty()).collect();
    let mut rows = Vec::new();
    if !flags.is_on("no-headers") {
        let mut header: Vec<String> = Vec::new();
        header.extend(with_namespace.then(|| "NAMESPACE".to_owned()));
        header.extend(columns::headers(resource, is_wide));
        header.extend(label_columns.iter().map(|key| {
            let name = key.rsplit('/').next().unwrap_or(key);
            name.to_ascii_uppercase()
        }));
        header.extend(flags.is_on("show-labels").then(|| "LABELS".to_owned()));
        rows.push(header);
    }
    for it in found {
        let object = &it.object;
        let mut row: Vec<String> = Vec::new();
        row.extend(with_namespace.then(|| namespace_of(object).to_owned()));
        let mut cells = columns::cells(resource, object, is_wide, now);
        if with_kind && resource.plural != "events" {
            cells[0] = resource.object(&cells[0]);
        }
        row.extend(cells);
        let labels = json::texts(json::field(object, "metadata"), "labels");
        let label = |key: &&str| labels.get(*key).map(|it| it.to_string()).unwrap_or_default();
        row.extend(label_columns.iter().map(label));
        row.extend(flags.is_on("show-labels").then(|| columns::pairs(&labels)));
        rows.push(row.into_iter().map(first_line).collect());
    }
    table::rows(&rows)
}

/// A cell shows the first line of its text.
fn first_line(cell: String) -> String {
    match cell.find(['\n', '\r', '\x0c']) {
        Some(end) => format!("{}...", &cell[..end]),
        None => cell,
    }
}

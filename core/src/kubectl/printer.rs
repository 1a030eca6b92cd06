//! `-o`: the formats in which objects are printed (`cli-runtime/pkg/genericclioptions`).

use serde::Serialize;
use serde_json::Value;

use crate::api::json;
use crate::kubectl::flags::Flags;
use crate::kubectl::go_template::GoTemplate;
use crate::kubectl::jsonpath::{JsonPath, go_syntax, relaxed, sprint};
use crate::kubectl::output::{Failure, escape_html};
use crate::kubectl::resource::{Resource, name_of};
use crate::kubectl::table;
use crate::manifest;

/// The formats of most commands, as the message about an unknown one lists them.
pub(super) const FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";
/// Those of `get`.
pub(super) const GET_FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml";

/// How objects are printed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Printer {
    /// `pod/a`.
    Name,
    /// YAML as Kubernetes writes it; with what its managers own or without.
    Yaml(bool),
    /// JSON, indented by four blanks; with what its managers own or without.
    Json(bool),
    /// A filled-in template; what it was is part of a fault.
    JsonPath(JsonPath, String),
    /// What a template finds, as a JSON list.
    JsonPathAsJson(JsonPath, String),
    /// A template of Go's, filled in.
    Template(GoTemplate),
    /// Headers and templates of columns.
    Columns(Vec<(String, String)>),
}

impl Printer {
    /// The format that `-o` asks for; none if it says nothing or `wide`.
    pub(super) fn of(flags: &Flags, formats: &str) -> Result<Option<Printer>, Failure> {
        let output = flags.text("output").unwrap_or_default();
        let template = flags.text("template").filter(|_| formats.contains("template"));
        let (name, argument) = match (output.split_once('='), template) {
            (Some((name, argument)), _) => (name, Some(argument)),
            // A template alone is one of Go's.
            (None, Some(_)) if output.is_empty() => ("go-template", template),
            (None, _) => (output, template),
        };
        if !formats.split(',').any(|it| it == name) && !name.is_empty() {
            return Err(Failure::new(format!(
                "unable to match a printer suitable for the output format \"{output}\", \
                 allowed formats are: {formats}"
            )));
        }
        Ok(Some(match name {
            "" | "wide" => return Ok(None),
            "name" => Printer::Name,
            "yaml" => Printer::Yaml(flags.is_on("show-managed-fields")),
            "json" => Printer::Json(flags.is_on("show-managed-fields")),
            "jsonpath" | "jsonpath-as-json" => {
                let template = argument.filter(|it| !it.is_empty());
                let template = template.ok_or_else(|| {
                    Failure::new("template format specified but no template given")
                })?;
                let fault = |it| Failure::new(format!("error parsing jsonpath {template}, {it}"));
                let path = JsonPath::parse(template).map_err(fault)?;
                match name {
                    "jsonpath" => Printer::JsonPath(path, template.to_owned()),
                    _ => Printer::JsonPathAsJson(path, template.to_owned()),
                }
            }
            "go-template" | "template" => {
                let template = argument.filter(|it| !it.is_empty());
                let template = template.ok_or_else(|| {
                    Failure::new("template format specified but no template given")
                })?;
                let fault = |it| Failure::new(format!("error parsing template {template}, {it}"));
                Printer::Template(GoTemplate::parse(template).map_err(fault)?)
            }
            "custom-columns" => columns(argument.unwrap_or_default())?,
            other => {
                return Err(Failure::new(format!("the output format {other} is not simulated")));
            }
        }))
    }

    /// One object, or a `List` of them.
    pub(super) fn print(
        &self,
        object: &Value,
        no_headers: bool,
    ) -> Result<String, (String, Failure)> {
        let fail = |failure| (String::new(), failure);
        Ok(match self {
            Printer::Name => {
                let mut text = String::new();
                for item in items(object) {
                    text.push_str(&format!("{}\n", name(item)));
                }
                text
            }
            Printer::Yaml(true) => manifest::emit_folded(object),
            Printer::Json(true) => to_json(object),
            Printer::Yaml(false) => manifest::emit_folded(&without_managers(object)),
            Printer::Json(false) => to_json(&without_managers(object)),
            Printer::JsonPath(path, template) => {
                path.print(object).map_err(|it| fail(execution_fault(template, &it, object)))?
            }
            Printer::JsonPathAsJson(path, template) => {
                let found = path.find(object);
                let found = found.map_err(|it| fail(execution_fault(template, &it, object)))?;
                to_json(&found.into_iter().flatten().collect())
            }
            Printer::Template(template) => {
                template.print(object).map_err(|it| fail(Failure::new(it)))?
            }
            Printer::Columns(columns) => return print_columns(columns, &items(object), no_headers),
        })
    }
}

/// The objects of a list, or the object itself.
fn items(object: &Value) -> Vec<&Value> {
    match object.get("items").and_then(Value::as_array) {
        Some(items) => items.iter().collect(),
        None => vec![object],
    }
}

/// `metadata.managedFields` is not for people (`printers.OmitManagedFieldsPrinter`).
fn without_managers(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(Value::Array(items)) = object.get_mut("items") {
        items.iter_mut().for_each(omit_managers);
    }
    omit_managers(&mut object);
    object
}

fn omit_managers(object: &mut Value) {
    if let Some(Value::Object(meta)) = object.get_mut("metadata") {
        meta.remove("managedFields");
    }
}

/// `daemonset.apps/NAME`, also of a type that is only stored.
pub(super) fn name(object: &Value) -> String {
    let text = |key| json::text(object, key).unwrap_or_default();
    match Resource::of_kind(&text("apiVersion"), &text("kind")) {
        Some(resource) => resource.object(name_of(object)),
        None => {
            let version = text("apiVersion");
            let group = version.split_once('/').map(|(group, _)| format!(".{group}"));
            let kind = text("kind").to_ascii_lowercase();
            format!("{kind}{}/{}", group.unwrap_or_default(), name_of(object))
        }
    }
}

/// Indented by four blanks; `<`, `>` and `&` are escaped as Go does.
pub(super) fn to_json(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // Writing a value into memory does not fail.
    let _ = value.serialize(&mut serializer);
    let text = String::from_utf8(bytes).unwrap_or_default();
    format!("{}\n", escape_html(text))
}

fn execution_fault(template: &str, fault: &str, object: &Value) -> Failure {
    let given = go_syntax(object);
    Failure::new(format!(
        "error executing jsonpath {template:?}: Error executing template: {fault}. Printing more \
         information for debugging the template:\n\ttemplate was:\n\t\t{template}\n\tobject given \
         to jsonpath engine was:\n\t\t{given}\n\n"
    ))
}

fn columns(spec: &str) -> Result<Printer, Failure> {
    if spec.is_empty() {
        let fault = "custom-columns format specified but no custom columns given";
        return Err(Failure::new(fault));
    }
    let mut columns = Vec::new();
    for part in spec.split(',') {
        let Some((header, path)) = part.split_once(':') else {
            return Err(Failure::new(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )));
        };
        columns.push((header.to_owned(), relaxed(path).map_err(Failure::new)?));
    }
    Ok(Printer::Columns(columns))
}

/// The header is printed before the templates are read, so it stands there even if they are wrong.
fn print_columns(
    columns: &[(String, String)],
    objects: &[&Value],
    no_headers: bool,
) -> Result<String, (String, Failure)> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    if !no_headers {
        rows.push(columns.iter().map(|it| it.0.clone()).collect());
    }
    let mut paths = Vec::new();
    for (_, template) in columns {
        let path = JsonPath::parse(template);
        paths.push(path.map_err(|it| (table::rows(&rows), Failure::new(it)))?);
    }
    for object in objects {
        let mut row = Vec::new();
        for path in &paths {
            let found = path.find(object);
            let found = found.map_err(|it| (table::rows(&rows), Failure::new(it)))?;
            let values: Vec<String> = found.iter().flatten().map(sprint).collect();
            row.push(match values.is_empty() {
                true => "<none>".to_owned(),
                false => values.join(","),
            });
        }
        rows.push(row);
    }
    Ok(table::rows(&rows))
}

/// A list of objects as the client puts it together.
pub(super) fn list_of(objects: Vec<Value>) -> Value {
    serde_json::json!({
        "apiVersion": "v1",
        "kind": "List",
        "metadata": {"resourceVersion": ""},
        "items": objects,
    })
}

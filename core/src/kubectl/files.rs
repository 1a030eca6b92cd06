//! `-f`: the texts that a command is given, and what is wrong with them in kubectl's words.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kubectl::Shell;
use crate::kubectl::flags::{Flags, Validation};
use crate::kubectl::output::{Failure, Fault, Output};
use crate::kubectl::published::{self, file_name, without_scheme};
use crate::kubectl::resource::Resource;
use crate::manifest::{self, Diagnostic, Document, Problem, Severity};

/// An object of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FileObject {
    /// As it is named in messages.
    pub(super) file: String,
    /// The type, if it is one that kubectl knows here.
    pub(super) resource: Option<&'static Resource>,
    /// With its namespace filled in.
    pub(super) object: Value,
    faults: Vec<Diagnostic>,
    validation: Validation,
}

/// What `-f` names.
#[derive(Default)]
pub(super) struct Read {
    pub(super) objects: Vec<FileObject>,
    pub(super) failure: Failure,
}

/// Reads every file that `-f` names; a text that is no YAML ends its file.
pub(super) fn read(shell: &mut Shell, flags: &Flags) -> Result<Read, Failure> {
    let mut read = Read::default();
    let mut texts: Vec<(String, &str)> = Vec::new();
    let given = shell.texts;
    for path in flags.list("filename") {
        if path == "-" {
            texts.push(("STDIN".to_owned(), &given.stdin));
            continue;
        }
        if without_scheme(path).is_some() {
            let text = published_at(path, &given.files, &mut shell.output)?;
            texts.push((path.to_owned(), text));
            continue;
        }
        let file = path.strip_prefix("./").unwrap_or(path);
        if let Some(text) = given.files.get(file) {
            texts.push((path.to_owned(), text));
            continue;
        }
        let inside = in_folder(&given.files, file);
        if inside.is_empty() {
            return Err(Failure::new(format!("the path \"{path}\" does not exist")));
        }
        texts.extend(inside);
    }
    for (file, text) in texts {
        let manifest = manifest::load(text);
        let is_fatal = |it: &&Diagnostic| {
            matches!(it.problem, Problem::Syntax | Problem::TooLarge | Problem::NotAnObject)
        };
        let fatal = manifest.diagnostics.iter().find(is_fatal);
        for document in &manifest.documents {
            if fatal.is_some_and(|it| it.document < document.index) {
                break;
            }
            let faults: Vec<Diagnostic> = manifest
                .diagnostics_of(document.index)
                .filter(|it| it.severity == Severity::Error)
                .cloned()
                .collect();
            add(document, &file, faults, flags, &mut read)?;
        }
        if let Some(fatal) = fatal {
            let message = &fatal.message;
            let text = match fatal.problem {
                Problem::Syntax => {
                    format!("error parsing {file}: error converting YAML to JSON: {message}")
                }
                _ => format!("error parsing {file}: {message}"),
            };
            read.failure.0.push(Fault::Plain(text));
        }
    }
    Ok(read)
}

/// What stands for an address, since nothing is fetched: a manifest of the playground's own, or
/// else a file of that name in the editor.
fn published_at<'a>(
    address: &str,
    files: &'a BTreeMap<String, String>,
    output: &mut Output,
) -> Result<&'a str, Failure> {
    if let Some(text) = published::at(address) {
        output.warn(&published::note(address));
        return Ok(text);
    }
    let file = file_name(address);
    let text = files.get(file).ok_or_else(|| {
        Failure::new(format!(
            "unable to read URL \"{address}\", the playground fetches nothing: put the text into \
             a file {file}"
        ))
    })?;
    output.warn(&format!("(nothing is fetched: your file {file} stands for that address)"));
    Ok(text)
}

/// The manifests in a folder, by name; `.` is where the files are.
fn in_folder<'a>(files: &'a BTreeMap<String, String>, folder: &str) -> Vec<(String, &'a str)> {
    let prefix = match folder.trim_end_matches('/') {
        "." | "" => String::new(),
        folder => format!("{folder}/"),
    };
    let is_manifest = |name: &str| {
        let rest = name.strip_prefix(&*prefix);
        let ends = |rest: &str| [".yaml", ".yml", ".json"].iter().any(|it| rest.ends_with(it));
        rest.is_some_and(|it| !it.contains('/') && ends(it))
    };
    let files = files.iter().filter(|(name, _)| is_manifest(name));
    files.map(|(name, text)| (name.clone(), text.as_str())).collect()
}

fn add(
    document: &Document,
    file: &str,
    faults: Vec<Diagnostic>,
    flags: &Flags,
    read: &mut Read,
) -> Result<(), Failure> {
    let has = |problem| faults.iter().any(|it| it.problem == problem);
    if document.kind.is_empty() || document.api_version.is_empty() {
        let mut unset = Vec::new();
        unset.extend(document.api_version.is_empty().then_some("apiVersion not set"));
        unset.extend(document.kind.is_empty().then_some("kind not set"));
        let unset = match unset.as_slice() {
            [one] => (*one).to_owned(),
            several => format!("[{}]", several.join(", ")),
        };
        let text = format!(
            "error validating \"{file}\": error validating data: {unset}; if you choose to \
             ignore these errors, turn validation off with --validate=false"
        );
        read.failure.0.push(Fault::Plain(text));
        return Ok(());
    }
    if has(Problem::NoMatch) {
        let Document { name, kind, api_version, .. } = document;
        let namespace = document.namespace.as_deref().unwrap_or_default();
        let text = format!(
            "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \
             \"{file}\": no matches for kind \"{kind}\" in version \"{api_version}\"\n\
             ensure CRDs are installed first"
        );
        read.failure.0.push(Fault::Plain(text));
        return Ok(());
    }
    let resource = Resource::of_kind(&document.api_version, &document.kind);
    let mut object = document.object.clone();
    let is_namespaced = resource.is_some_and(|it| it.is_namespaced);
    if is_namespaced {
        let own = document.namespace.as_deref();
        let asked = flags.text("namespace");
        if let (Some(own), Some(asked)) = (own, asked)
            && own != asked
        {
            return Err(Failure::new(format!(
                "the namespace from the provided object \"{own}\" does not match the namespace \
                 \"{asked}\". You must pass '--namespace={own}' to perform this operation."
            )));
        }
        if !object["metadata"].is_object() {
            object["metadata"] = serde_json::json!({});
        }
        object["metadata"]["namespace"] = Value::from(own.unwrap_or(flags.namespace()));
    }
    let (file, validation) = (file.to_owned(), flags.validation()?);
    if validation != Validation::Strict {
        let is_unknown = |it: &&Diagnostic| it.problem == Problem::UnknownField;
        faults.iter().filter(is_unknown).for_each(|it| drop_field(&mut object, &it.path));
    }
    read.objects.push(FileObject { file, resource, object, faults, validation });
    Ok(())
}

/// Drops a field that the server does not know: `spec.containers[0].name`.
fn drop_field(object: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = object;
    for part in parent.split(['.', '[']).filter(|it| !it.is_empty()) {
        let inside = match part.strip_suffix(']').and_then(|it| it.parse::<usize>().ok()) {
            Some(index) => place.get_mut(index),
            None => place.get_mut(part),
        };
        let Some(inside) = inside else { return };
        place = inside;
    }
    if let Some(fields) = place.as_object_mut() {
        fields.remove(name);
    }
}

impl FileObject {
    /// The refusal of an object whose fields the server does not know, or that has no name.
    pub(super) fn fault(&self, verb: &str) -> Option<Fault> {
        let strict = match self.validation {
            Validation::Strict => self.unknown_fields(),
            Validation::Warn | Validation::Ignore => Vec::new(),
        };
        let types = self.messages(&[Problem::WrongType]);
        let kind = self.object["kind"].as_str().unwrap_or_default();
        let version = self.object["apiVersion"].as_str().unwrap_or_default();
        let version = version.rsplit('/').next().unwrap_or_default();
        let detail = match (types.first(), strict.as_slice()) {
            (Some(first), _) => (*first).to_owned(),
            (None, []) => return None,
            (None, strict) => format!("strict decoding error: {}", strict.join(", ")),
        };
        Some(Fault::Whole(format!(
            "Error from server (BadRequest): error when {verb} \"{}\": {kind} in version \
             \"{version}\" cannot be handled as a {kind}: {detail}",
            self.file
        )))
    }

    /// Apply asks the server for the object first, which needs a name.
    pub(super) fn check_apply(&self) -> Result<(), Fault> {
        if !self.messages(&[Problem::MissingName]).is_empty() {
            let resource = self.resource.map(Resource::go).unwrap_or_default();
            let text = |key: &str| self.object[key].as_str().unwrap_or_default();
            let kind = format!("{}, Kind={}", text("apiVersion"), text("kind"));
            let namespace = self.object["metadata"]["namespace"].as_str().unwrap_or_default();
            return Err(Fault::Plain(format!(
                "error when retrieving current configuration of:\n\
                 Resource: \"{resource}\", GroupVersionKind: \"{kind}\"\n\
                 Name: \"\", Namespace: \"{namespace}\"\n\
                 from server for: \"{}\": resource name may not be empty",
                self.file
            )));
        }
        self.fault("creating").map_or(Ok(()), Err)
    }

    fn unknown_fields(&self) -> Vec<&str> {
        self.messages(&[Problem::UnknownField, Problem::DuplicateField])
    }

    /// What the server warns about where it is asked to warn.
    pub(super) fn warnings(&self) -> Vec<String> {
        match self.validation {
            Validation::Warn => {
                self.unknown_fields().iter().map(|it| format!("Warning: {it}")).collect()
            }
            Validation::Strict | Validation::Ignore => Vec::new(),
        }
    }

    fn messages(&self, problems: &[Problem]) -> Vec<&str> {
        let of = self.faults.iter().filter(|it| problems.contains(&it.problem));
        of.map(|it| it.message.as_str()).collect()
    }
}

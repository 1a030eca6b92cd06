//! From a document to the objects in it: lists are flattened, kinds and names are looked at.
//!
//! Follows what kubectl does before it sends anything (`cli-runtime/pkg/resource`, v1.32).

use serde_json::Value;

use super::decode::decode;
use super::position::{Source, Span};
use super::schema::Schema;
use super::tree::{Node, Tree};
use super::{Diagnostic, Document, Manifest, Problem, Severity, suggest};

/// Groups that every server has; an unknown kind of any other group may be a custom resource.
const BUILT_IN_GROUPS: &[&str] = &["", "apps", "extensions", "scheduling.k8s.io"];

/// Adds the objects of a document to the manifest.
pub(crate) fn add(tree: Tree, source: &Source, manifest: &mut Manifest) {
    let mut reader = Reader { source, manifest };
    reader.document(tree, "", "");
}

struct Reader<'a> {
    source: &'a Source<'a>,
    manifest: &'a mut Manifest,
}

impl Reader<'_> {
    /// A list gives its items the kind and version they do not have themselves.
    fn document(&mut self, tree: Tree, list_version: &str, list_kind: &str) {
        if !matches!(tree.node, Node::Mapping(_)) {
            return self.not_an_object(&tree);
        }
        let written = |key: &str| tree.get(key).and_then(Tree::as_str).unwrap_or_default();
        let (api_version, kind) = (written("apiVersion").to_owned(), written("kind").to_owned());
        let has_items = tree.get("items").is_some_and(|it| matches!(it.node, Node::Sequence(_)));
        if has_items && (kind.is_empty() || kind.ends_with("List")) {
            return self.list(tree, &api_version, &kind);
        }
        let inherit = |own: String, list: &str| if own.is_empty() { list.to_owned() } else { own };
        let (api_version, kind) = (inherit(api_version, list_version), inherit(kind, list_kind));
        self.object(tree, api_version, kind);
    }

    fn list(&mut self, tree: Tree, api_version: &str, kind: &str) {
        let item_kind = kind.strip_suffix("List").unwrap_or_default();
        // The items of a plain `List` have a version of their own or none.
        let item_version = if item_kind.is_empty() { "" } else { api_version };
        if kind.is_empty() {
            let message = "Object 'Kind' is missing in a list".to_owned();
            let suggestion = Some("add `apiVersion: v1` and `kind: List`".to_owned());
            self.report(Severity::Warning, Problem::MissingKind, tree.span, message, suggestion);
        }
        let Node::Mapping(entries) = tree.node else { return };
        let items = entries.into_iter().rev().find(|it| it.key == "items");
        if let Some(Node::Sequence(items)) = items.map(|it| it.value.node) {
            for item in items {
                self.document(item, item_version, item_kind);
            }
        }
    }

    fn not_an_object(&mut self, tree: &Tree) {
        let found = match &tree.node {
            Node::Sequence(_) => "array",
            Node::Scalar(Value::Bool(_)) => "bool",
            Node::Scalar(Value::Number(_)) => "number",
            // Null is no document at all.
            Node::Scalar(Value::Null) => return,
            _ => "string",
        };
        let message =
            format!("json: cannot unmarshal {found} into Go value of type unstructured.detector");
        self.report(Severity::Error, Problem::NotAnObject, tree.span, message, None);
        self.manifest.next_index += 1;
    }

    fn object(&mut self, tree: Tree, api_version: String, kind: String) {
        let index = self.manifest.next_index;
        let diagnostics = &mut self.manifest.diagnostics;
        let root = if is_known(&api_version, &kind) { kind.as_str() } else { "" };
        let mut object = decode(&tree, root, self.source, index, diagnostics);
        self.check_type(&tree, &object, &api_version, &kind);
        if let Value::Object(fields) = &mut object {
            fields.insert("apiVersion".to_owned(), Value::from(api_version.as_str()));
            fields.insert("kind".to_owned(), Value::from(kind.as_str()));
        }
        let metadata = tree.get("metadata");
        let written = |key: &str| metadata.and_then(|it| it.get(key)).and_then(Tree::as_str);
        let name = written("name").unwrap_or_default().to_owned();
        if name.is_empty() && written("generateName").is_none() {
            let span = tree.locate("metadata.name");
            let message = "resource name may not be empty".to_owned();
            let suggestion = Some("set `metadata.name`".to_owned());
            self.report(Severity::Error, Problem::MissingName, span, message, suggestion);
        }
        let namespace = written("namespace").filter(|it| !it.is_empty()).map(str::to_owned);
        let first_line = self.source.start.line;
        self.manifest.next_index += 1;
        self.manifest.documents.push(Document {
            index,
            first_line,
            object,
            api_version,
            kind,
            name,
            namespace,
            root: tree,
        });
    }

    fn check_type(&mut self, tree: &Tree, object: &Value, api_version: &str, kind: &str) {
        let start = Span { start: tree.span.start, end: tree.span.start };
        for (value, word, problem) in [
            (kind, "Kind", Problem::MissingKind),
            (api_version, "apiVersion", Problem::MissingApiVersion),
        ] {
            if value.is_empty() {
                let message = format!("Object '{word}' is missing in '{object}'");
                self.report(Severity::Error, problem, start, message, None);
                return;
            }
        }
        let known = Schema::get().api_version_of(kind);
        if is_known(api_version, kind) || (known.is_none() && !is_misspelt(api_version, kind)) {
            return;
        }
        let message = format!("no matches for kind \"{kind}\" in version \"{api_version}\"");
        let (path, suggestion) = match known {
            Some(known) => ("apiVersion", Some(known.to_owned())),
            None => ("kind", suggest::similar(kind, Schema::get().kinds()).map(str::to_owned)),
        };
        let span = tree.locate(path);
        let suggestion = suggestion.map(|it| format!("did you mean `{path}: {it}`?"));
        self.report(Severity::Error, Problem::NoMatch, span, message, suggestion);
    }

    fn report(
        &mut self,
        severity: Severity,
        problem: Problem,
        span: Span,
        message: String,
        suggestion: Option<String>,
    ) {
        let (document, path) = (self.manifest.next_index, String::new());
        self.manifest.diagnostics.push(Diagnostic {
            severity,
            problem,
            document,
            path,
            span,
            message,
            suggestion,
        });
    }
}

fn is_known(api_version: &str, kind: &str) -> bool {
    Schema::get().api_version_of(kind) == Some(api_version)
}

/// A kind that nearly is one of ours, in a group that has no custom resources.
fn is_misspelt(api_version: &str, kind: &str) -> bool {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let is_built_in = BUILT_IN_GROUPS.contains(&group);
    is_built_in && suggest::similar(kind, Schema::get().kinds()).is_some()
}

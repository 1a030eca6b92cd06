//! From a document to the objects in it: lists are flattened, kinds and names are looked at.
//!
//! Follows what kubectl does before it sends anything (`cli-runtime/pkg/resource`, v1.32).

use serde_json::Value;

use super::decode::decode;
use super::kinds::{is_custom, is_served, kinds_of, version_of};
use super::position::{Source, Span};
use super::schema::Schema;
use super::tree::{Node, Tree};
use super::{Document, Manifest, Problem, suggest};

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
            let suggestion = "add `apiVersion: v1` and `kind: List`";
            self.manifest.warn(Problem::MissingKind, tree.span, message, suggestion);
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
        self.manifest.report(Problem::NotAnObject, tree.span, message, None);
        self.manifest.next_index += 1;
    }

    fn object(&mut self, tree: Tree, api_version: String, kind: String) {
        let index = self.manifest.next_index;
        let root = if is_checked(&api_version, &kind) { kind.as_str() } else { "" };
        let mut object = decode(&tree, root, self.source, self.manifest);
        self.check_type(&tree, &object, &api_version, &kind);
        if let Value::Object(fields) = &mut object {
            fields.insert("apiVersion".to_owned(), Value::from(api_version.as_str()));
            fields.insert("kind".to_owned(), Value::from(kind.as_str()));
        }
        let metadata = tree.get("metadata");
        let written = |key: &str| metadata.and_then(|it| it.get(key)).and_then(Tree::as_str);
        let name = written("name").unwrap_or_default().to_owned();
        if name.is_empty() && !kind.is_empty() && written("generateName").is_none() {
            let span = tree.locate("metadata.name");
            let message = "resource name may not be empty".to_owned();
            let suggestion = Some("set `metadata.name`".to_owned());
            self.manifest.report(Problem::MissingName, span, message, suggestion);
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

    /// Whether the server has such objects.
    fn check_type(&mut self, tree: &Tree, object: &Value, api_version: &str, kind: &str) {
        for (value, word, problem) in [
            (kind, "Kind", Problem::MissingKind),
            (api_version, "apiVersion", Problem::MissingApiVersion),
        ] {
            if value.is_empty() {
                let message = format!("Object '{word}' is missing in '{object}'");
                return self.manifest.report(problem, Span::at(tree.span.start), message, None);
            }
        }
        if is_served(api_version, kind) {
            return;
        }
        let message = format!("no matches for kind \"{kind}\" in version \"{api_version}\"");
        let similar = || suggest::similar(kind, kinds_of(api_version)?.iter().copied());
        let (path, wanted) = match version_of(kind) {
            Some(_) if is_custom(api_version) => ("apiVersion", None),
            Some(version) => ("apiVersion", Some(version)),
            None => ("kind", similar()),
        };
        let suggestion = wanted.map(|it| format!("did you mean `{path}: {it}`?"));
        self.manifest.report(Problem::NoMatch, tree.locate(path), message, suggestion);
    }
}

/// Whether its fields are in the table.
fn is_checked(api_version: &str, kind: &str) -> bool {
    Schema::get().api_version_of(kind) == Some(api_version)
}

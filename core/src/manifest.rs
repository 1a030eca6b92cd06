//! From text to objects: YAML or JSON as kubectl reads it, checked as the API server checks it.
//!
//! A text may be half-written, broken or hostile: [`load`] never fails, it returns the documents it
//! understood and [`Diagnostic`]s with their places. [`emit`] is the way back.
//!
//! On the way: `split` finds the documents, `compose` makes a [`Tree`] of each (scalars by YAML
//! 1.1, aliases and merge keys replaced), `object` finds the objects in it, `decode` holds each
//! against the table of Kubernetes' types. Simpler than kubectl: quoted scalars over several lines
//! must be indented (go-yaml lets them begin at column 1), and `!!binary` is refused.

mod compose;
mod cursor;
mod decode;
mod edit;
mod emit;
mod kinds;
mod object;
mod position;
mod scalar;
pub mod schema;
mod split;
mod suggest;
mod syntax;
mod tree;

use std::fmt;

use serde_json::Value;

use crate::api::order::sort_by_key;

pub use cursor::Cursor;
pub use edit::{Edit, Step, push, put, put_whole, set};
pub use emit::{emit, emit_folded};
pub use position::{Position, Span};
pub use split::{Chunk, chunks};
pub use tree::{Entry, Node, Tree};

use position::Source;

/// Longer texts are refused; published manifests end at about 1 MB.
const SIZE_MAX: usize = 4_000_000;
/// Values in one text, keys among them: five times as many as in the largest published manifests,
/// and what can be read in a tenth of a second.
const VALUE_COUNT_MAX: usize = 100_000;
/// Beyond so many in one text nobody reads them, and suggestions cost time.
const DIAGNOSTIC_COUNT_MAX: usize = 200;

/// What a text holds.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The objects that could be read, in their order.
    pub documents: Vec<Document>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// What reading it cost: its values, with a flat price for each document.
    pub cost: usize,
    next_index: usize,
}

/// An object of a text; the items of a list are objects of their own.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its number in the text from 0; a broken document has a number too.
    pub index: usize,
    /// The line of the text at which kubectl begins to count for this document.
    pub first_line: u32,
    /// The object as it is written.
    pub root: Tree,
    /// The object as JSON: of duplicate keys the last, null fields left out.
    pub object: Value,
    /// Such as `apps/v1`; empty if missing.
    pub api_version: String,
    /// Such as `DaemonSet`; empty if missing.
    pub kind: String,
    /// `metadata.name`; empty if missing.
    pub name: String,
    /// `metadata.namespace`, if it is set.
    pub namespace: Option<String>,
}

/// Something wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether Kubernetes would refuse it.
    pub severity: Severity,
    /// What sort of thing is wrong: it decides how kubectl words the whole message.
    pub problem: Problem,
    /// The [`Document::index`] it belongs to.
    pub document: usize,
    /// The field, as Kubernetes writes paths; empty for the whole document.
    pub path: String,
    /// Where.
    pub span: Span,
    /// What is wrong, in Kubernetes' words.
    pub message: String,
    /// What to do about it, in ours.
    pub suggestion: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Kubernetes refuses the object.
    Error,
    /// Kubernetes takes it, but it is hardly meant so.
    Warning,
}

/// The sort of a [`Diagnostic`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The text is no YAML: kubectl says `error converting YAML to JSON: …`.
    Syntax,
    /// The text is too large for the playground; Kubernetes has no word for it.
    TooLarge,
    /// Text that kubectl does not look at.
    Ignored,
    /// A document that is no mapping.
    NotAnObject,
    /// No `kind`.
    MissingKind,
    /// No `apiVersion`.
    MissingApiVersion,
    /// No `metadata.name`.
    MissingName,
    /// A kind that the server does not have in this version.
    NoMatch,
    /// A field that the type has not: a strict decoding error.
    UnknownField,
    /// A key that is there twice.
    DuplicateField,
    /// A value that the field cannot hold.
    WrongType,
}

/// Reads a text as kubectl and the API server would, as far as it can be read.
///
/// # Guarantees
/// - It returns for every text, in time and memory bounded by its length and the limits above.
/// - A broken document does not change how its neighbours are read.
/// - A document without diagnostics of severity [`Severity::Error`] decodes on a real server.
#[must_use]
pub fn load(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    if let Some(message) = excess(text) {
        manifest.report(Problem::TooLarge, Span::at(Position::START), message, None);
        return manifest;
    }
    manifest.read_all(&split::chunks(text));
    manifest
}

/// Reads one of the [`chunks`] of a text as [`load`] would, with its places in the whole text. The
/// limits are those of a text of its own.
#[must_use]
pub fn load_chunk(chunk: Chunk) -> Manifest {
    let mut manifest = Manifest::default();
    manifest.read_all(&[chunk]);
    manifest
}

/// The first document of a text that need not be a Kubernetes object, as JSON; none if it is no
/// YAML. Read within the limits of [`load`].
#[must_use]
pub fn read(text: &str) -> Option<Value> {
    let chunk = split::chunks(text).into_iter().next().filter(|_| excess(text).is_none())?;
    let source = Source::new(chunk.text, chunk.start);
    let (tree, _) = compose::compose(&source, &mut VALUE_COUNT_MAX.clone()).ok()?;
    Some(tree.to_json())
}

/// Why a text is refused unread, if it is.
#[must_use]
pub fn excess(text: &str) -> Option<String> {
    if text.len() > SIZE_MAX {
        return Some(format!("the text has {} bytes, at most {SIZE_MAX} are read", text.len()));
    }
    // The scanner looks ahead to the end of a list in brackets: its values are counted before.
    let comma_count = text.bytes().filter(|it| *it == b',').count();
    (comma_count > VALUE_COUNT_MAX)
        .then(|| format!("more than {VALUE_COUNT_MAX} values, nothing is read"))
}

impl Manifest {
    /// Whether everything could be read and Kubernetes would decode it.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.diagnostics.iter().all(|it| it.severity != Severity::Error)
    }

    /// What is wrong with one document.
    pub fn diagnostics_of(&self, document: usize) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(move |it| it.document == document)
    }

    fn read_all(&mut self, chunks: &[Chunk]) {
        let mut values_left = VALUE_COUNT_MAX;
        for chunk in chunks {
            let source = Source::new(chunk.text, chunk.start);
            match compose::compose(&source, &mut values_left) {
                Ok((tree, ignored)) => {
                    if let Some(span) = ignored {
                        let message = "kubectl does not read what follows `...`".to_owned();
                        let suggestion = "begin a new document with `---`";
                        self.warn(Problem::Ignored, span, message, suggestion);
                    }
                    object::add(tree, &source, self);
                }
                Err(_) if values_left == 0 => {
                    // The last diagnostic, and the one that matters: it may exceed the limit.
                    self.diagnostics.truncate(DIAGNOSTIC_COUNT_MAX - 1);
                    let message =
                        format!("more than {VALUE_COUNT_MAX} values, the rest is not read");
                    self.report(Problem::TooLarge, Span::at(chunk.start), message, None);
                    break;
                }
                Err(error) => {
                    let suggestion = error.suggestion;
                    self.report(Problem::Syntax, error.span, error.message, suggestion);
                    self.next_index += 1;
                }
            }
        }
        self.cost = VALUE_COUNT_MAX - values_left;
        sort_by_key(&mut self.diagnostics, |it| (it.span.start, it.span.end, it.problem));
    }

    /// An error about a whole document.
    fn report(
        &mut self,
        problem: Problem,
        span: Span,
        message: String,
        suggestion: Option<String>,
    ) {
        let (severity, document, path) = (Severity::Error, self.next_index, String::new());
        self.push(Diagnostic { severity, problem, document, path, span, message, suggestion });
    }

    fn warn(&mut self, problem: Problem, span: Span, message: String, suggestion: &str) {
        let (severity, document, path) = (Severity::Warning, self.next_index, String::new());
        let suggestion = Some(suggestion.to_owned());
        self.push(Diagnostic { severity, problem, document, path, span, message, suggestion });
    }

    fn has_room(&self) -> bool {
        self.diagnostics.len() < DIAGNOSTIC_COUNT_MAX
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.has_room() {
            self.diagnostics.push(diagnostic);
        }
    }
}

impl Document {
    /// The place of a field path, or of the nearest thing on the way to it: see [`Tree::locate`].
    #[must_use]
    pub fn locate(&self, path: &str) -> Span {
        self.root.locate(path)
    }

    /// The line as kubectl counts it: from the start of the document.
    #[must_use]
    pub fn line_of(&self, position: Position) -> u32 {
        (position.line + 1).saturating_sub(self.first_line)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

impl fmt::Display for Diagnostic {
    /// `3:5 error: unknown field "spec.replica" (did you mean `replicas`?)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.span.start, self.severity, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " ({suggestion})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Manifest {
    /// A line for each object, then one for each diagnostic, with the number of its document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.documents {
            let Document { index, first_line, api_version, kind, name, .. } = it;
            let namespace = it.namespace.as_deref().unwrap_or("-");
            writeln!(f, "{index}: {api_version} {kind} {namespace}/{name}, line {first_line}")?;
        }
        self.diagnostics.iter().try_for_each(|it| writeln!(f, "{}: {it}", it.document))
    }
}

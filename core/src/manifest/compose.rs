//! The scanner's events become a tree, within limits.
//!
//! Scalars are read by the rules of YAML 1.1, aliases and merge keys are replaced by what they
//! stand for. Follows `goyaml.v2` of `sigs.k8s.io/yaml` (v1.4.0), except that YAML 1.2 decides what
//! is well formed.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::Value;

use super::position::{Source, Span};
use super::scalar::{self, Scalar};
use super::syntax::{SyntaxError, explain};
use super::tree::{Entry, Node, Tree};

const DEPTH_MAX: usize = 100;
/// What anchors and aliases may copy: bytes of text, with a flat price for each value.
const COPY_COST_MAX: usize = 6_400_000;
const VALUE_COST: usize = 64;
/// A document costs the time of so many values, however small it is.
const DOCUMENT_VALUES: usize = 12;

/// The first document of a text, and whether more follows that kubectl would not read.
pub(crate) fn compose<'a>(
    source: &'a Source,
    values_left: &'a mut usize,
) -> Result<(Tree, Option<Span>), SyntaxError> {
    *values_left = values_left.saturating_sub(DOCUMENT_VALUES);
    let mut composer = Composer {
        parser: Parser::new_from_str(source.text),
        source,
        anchors: BTreeMap::new(),
        copy_cost: 0,
        values_left,
    };
    loop {
        let (event, span) = composer.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            event => {
                let tree = composer.value(event, span, 0)?;
                return Ok((tree, composer.rest()?));
            }
        }
    }
}

struct Composer<'a> {
    parser: Parser<'a, StrInput<'a>>,
    source: &'a Source<'a>,
    anchors: BTreeMap<usize, Tree>,
    copy_cost: usize,
    values_left: &'a mut usize,
}

impl<'a> Composer<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), SyntaxError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.source.span(&span))),
            Some(Err(error)) => Err(explain(&error, self.source)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// Where a second document begins behind `...`.
    fn rest(&mut self) -> Result<Option<Span>, SyntaxError> {
        loop {
            match self.next()? {
                (Event::DocumentStart(_), span) => return Ok(Some(Span::at(span.start))),
                (Event::StreamEnd, _) => return Ok(None),
                _ => {}
            }
        }
    }

    fn value(&mut self, event: Event, span: Span, depth: usize) -> Result<Tree, SyntaxError> {
        if depth > DEPTH_MAX {
            return Err(SyntaxError::new(span, format!("yaml: exceeded max depth of {DEPTH_MAX}")));
        }
        // Spent budgets are reported for the whole text.
        let Some(values_left) = self.values_left.checked_sub(1) else {
            return Err(SyntaxError::new(span, "too many values"));
        };
        *self.values_left = values_left;
        let (anchor, tree) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar_value(&text, style, tag.as_deref(), span)?;
                (anchor, Tree { span, node: Node::Scalar(value) })
            }
            Event::SequenceStart(anchor, _) => (anchor, self.sequence(span, depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(span, depth)?),
            // An empty document; the scanner sends nothing else where a value is due.
            _ => (0, Tree { span, node: Node::Scalar(Value::Null) }),
        };
        if anchor > 0 {
            *self.values_left = self.values_left.saturating_sub(1); // It is kept a second time.
            let copy = self.copy(&tree, span)?;
            self.anchors.insert(anchor, copy);
        }
        Ok(tree)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Tree, SyntaxError> {
        let Some(tree) = self.anchors.remove(&anchor) else {
            let name = self.source.slice(span).trim_start_matches('*');
            let message = format!("yaml: anchor '{name}' value contains itself");
            return Err(SyntaxError::new(span, message));
        };
        let copy = self.copy(&tree, span);
        self.anchors.insert(anchor, tree);
        copy
    }

    fn copy(&mut self, tree: &Tree, span: Span) -> Result<Tree, SyntaxError> {
        self.copy_cost += cost(tree);
        if self.copy_cost > COPY_COST_MAX {
            return Err(SyntaxError::new(span, "yaml: document contains excessive aliasing"));
        }
        Ok(tree.clone())
    }

    fn sequence(&mut self, span: Span, depth: usize) -> Result<Tree, SyntaxError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    let last = items.last().map(|it: &Tree| it.span);
                    return Ok(Tree { span: whole(span, last, end), node: Node::Sequence(items) });
                }
                (event, span) => items.push(self.value(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, span: Span, depth: usize) -> Result<Tree, SyntaxError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut last = None;
        loop {
            let (event, key_span) = self.next()?;
            if event == Event::MappingEnd {
                let span = whole(span, last, key_span);
                return Ok(Tree { span, node: Node::Mapping(entries) });
            }
            let is_merge = is_merge_key(&event);
            let key = self.value(event, key_span, depth + 1)?;
            let (event, span) = self.next()?;
            let mut value = self.value(event, span, depth + 1)?;
            if value.span.start == value.span.end && value.is_null() {
                value.span = Span::at(key.span.end); // The scanner puts it at the next token.
            }
            last = Some(value.span);
            if is_merge {
                self.merge(value, key.span, &mut entries)?;
                continue;
            }
            let key_span = key.span;
            entries.push(Entry { key: key_text(key)?, key_span, is_merged: false, value });
        }
    }

    /// As in go-yaml v2 a merge overrules what stands before it, and of a list the first one wins.
    fn merge(
        &mut self,
        value: Tree,
        key_span: Span,
        entries: &mut Vec<Entry>,
    ) -> Result<(), SyntaxError> {
        let error = || {
            let message = "yaml: map merge requires map or sequence of maps as the value";
            SyntaxError::new(key_span, message)
        };
        match value.node {
            Node::Mapping(merged) => {
                entries.extend(merged.into_iter().map(|it| Entry { is_merged: true, ..it }));
                Ok(())
            }
            Node::Sequence(items) => items.into_iter().rev().try_for_each(|it| match it.node {
                Node::Mapping(_) => self.merge(it, key_span, entries),
                _ => Err(error()),
            }),
            Node::Scalar(_) => Err(error()),
        }
    }
}

fn is_merge_key(event: &Event) -> bool {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, _, None) => text == "<<",
        Event::Scalar(_, _, _, Some(tag)) => tag.is_yaml_core_schema() && tag.suffix == "merge",
        _ => false,
    }
}

/// From the first bracket, or the first key or item, to the last thing inside or the last bracket.
fn whole(start: Span, last: Option<Span>, end: Span) -> Span {
    let is_flow = end.start < end.end;
    let end = if is_flow { end.end } else { last.map_or(start.end, |it| it.end.max(start.end)) };
    Span { start: start.start, end }
}

fn cost(tree: &Tree) -> usize {
    VALUE_COST
        + match &tree.node {
            Node::Scalar(Value::String(text)) => text.len(),
            Node::Scalar(_) => 0,
            Node::Sequence(items) => items.iter().map(cost).sum(),
            Node::Mapping(entries) => entries.iter().map(|it| it.key.len() + cost(&it.value)).sum(),
        }
}

/// A key as JSON writes it; go-yaml knows keys of other types and its JSON converter turns them.
fn key_text(key: Tree) -> Result<String, SyntaxError> {
    match key.node {
        Node::Scalar(Value::String(text)) => Ok(text),
        Node::Scalar(Value::Bool(value)) => Ok(value.to_string()),
        Node::Scalar(Value::Number(value)) => Ok(value.to_string()),
        Node::Scalar(_) => {
            Err(SyntaxError::new(key.span, "unsupported map key of type: %!s(<nil>)"))
        }
        Node::Sequence(_) | Node::Mapping(_) => {
            let message = format!("yaml: invalid map key: {}", go_syntax(&key));
            let suggestion = "a template such as Helm's must be rendered before it is applied";
            Err(SyntaxError::new(key.span, message).suggest(suggestion))
        }
    }
}

/// The value in Go's syntax, in which go-yaml prints keys that it cannot use.
fn go_syntax(tree: &Tree) -> String {
    match &tree.node {
        Node::Scalar(Value::Null) => "interface {}(nil)".to_owned(),
        Node::Scalar(value) => value.to_string(),
        Node::Sequence(items) => {
            let items: Vec<_> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Node::Mapping(entries) => {
            let entry = |it: &Entry| format!("{:?}:{}", it.key, go_syntax(&it.value));
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "))
        }
    }
}

fn scalar_value(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
) -> Result<Value, SyntaxError> {
    let core_tag = tag.and_then(core_tag);
    let is_string = match (core_tag, tag) {
        (Some(core_tag), _) => matches!(core_tag, "str" | "timestamp"),
        (None, Some(_)) => true,
        (None, None) => style != ScalarStyle::Plain,
    };
    if is_string {
        return Ok(Value::String(text.to_owned()));
    }
    if core_tag == Some("binary") {
        return Err(SyntaxError::new(span, "!!binary is not supported here"));
    }
    let scalar = scalar::resolve(text);
    match (core_tag.unwrap_or_default(), &scalar) {
        ("", _) | ("null", Scalar::Null) | ("bool", Scalar::Bool(_)) | ("int", Scalar::Int(_)) => {}
        ("float", Scalar::Float(_) | Scalar::Infinite(_) | Scalar::Int(_)) => {}
        (core_tag @ ("null" | "bool" | "int" | "float"), _) => {
            let tag = scalar.tag();
            let message = format!("yaml: cannot decode {tag} `{text}` as a !!{core_tag}");
            return Err(SyntaxError::new(span, message));
        }
        _ => return Ok(Value::String(text.to_owned())),
    }
    scalar::to_value(scalar, text)
        .map_err(|word| SyntaxError::new(span, format!("json: unsupported value: {word}")))
}

/// The name behind `!!`.
fn core_tag(tag: &Tag) -> Option<&str> {
    const CORE: &str = "tag:yaml.org,2002:";
    match tag.handle.as_str() {
        CORE => Some(&tag.suffix),
        "" => tag.suffix.strip_prefix(CORE),
        _ => None,
    }
}

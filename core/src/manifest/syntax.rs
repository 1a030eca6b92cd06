//! Errors of the YAML scanner in go-yaml's words, which are those that kubectl prints.
//!
//! go-yaml counts lines from the start of the document, and for errors of its parser (as opposed to
//! its scanner) it counts from 0 and leaves line 0 out; people search the web for these messages,
//! so they are kept, while the span says where the mistake is.

use saphyr_parser::ScanError;

use super::position::{Position, Source, Span};

/// What is wrong and where.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) suggestion: Option<String>,
}

impl SyntaxError {
    /// An error that go-yaml reports without a line.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        SyntaxError { span, message: message.into(), suggestion: None }
    }

    pub(crate) fn suggest(self, suggestion: impl Into<String>) -> Self {
        SyntaxError { suggestion: Some(suggestion.into()), ..self }
    }
}

/// Which part of go-yaml would have found it: it decides how the line is counted.
#[derive(Clone, Copy, PartialEq)]
enum Finder {
    Scanner,
    Parser,
}

/// The scanner's words, go-yaml's words, what to do about it.
const WORDS: &[(&str, Finder, &str, &str)] = &[
    (
        "while scanning a plain scalar, found a tab",
        Finder::Scanner,
        "found a tab character that violates indentation",
        "indent with blanks: YAML allows no tabs there",
    ),
    (
        "tabs disallowed within this context",
        Finder::Scanner,
        "found character that cannot start any token",
        "indent with blanks: YAML allows no tabs there",
    ),
    (
        "mapping values are not allowed",
        Finder::Scanner,
        "mapping values are not allowed in this context",
        "check the indentation of this line, or quote the text that holds `: `",
    ),
    (
        "unexpected end of stream",
        Finder::Scanner,
        "found unexpected end of stream",
        "the quote that begins here is never closed",
    ),
    (
        "invalid indentation in quoted scalar",
        Finder::Scanner,
        "found unexpected end of stream",
        "the quote that begins here is not closed, or its next lines are not indented",
    ),
    (
        "simple key expect",
        Finder::Scanner,
        "could not find expected ':'",
        "a key needs a colon and a blank behind it",
    ),
    ("simple key expected", Finder::Scanner, "could not find expected ':'", ""),
    (
        "expected ',' or ']'",
        Finder::Parser,
        "did not find expected ',' or ']'",
        "close the list with `]`",
    ),
    (
        "expected ',' or '}'",
        Finder::Parser,
        "did not find expected ',' or '}'",
        "close the braces with `}`",
    ),
    (
        "unexpected character",
        Finder::Scanner,
        "found character that cannot start any token",
        "quote the value",
    ),
    (
        "did not find expected '-' indicator",
        Finder::Parser,
        "did not find expected '-' indicator",
        "check the indentation: this line does not fit the list above",
    ),
    (
        "did not find expected key",
        Finder::Parser,
        "did not find expected key",
        "check the indentation: this line does not fit the lines above",
    ),
    (
        "misplaced bracket",
        Finder::Parser,
        "did not find expected key",
        "this bracket has no partner",
    ),
    (
        "did not find expected <document start>",
        Finder::Parser,
        "did not find expected <document start>",
        "check the indentation of the lines above",
    ),
    ("recursion limit exceeded", Finder::Parser, "exceeded max depth", "nest less deeply"),
];

/// Translates an error of the scanner.
pub(crate) fn explain(error: &ScanError, source: &Source) -> SyntaxError {
    let info = error.info();
    let found = WORDS.iter().find(|(part, ..)| info.contains(part));
    let byte = place(info, source.text, source.byte(error.marker()));
    let position = source.start.after(&source.text[..byte]);
    let (finder, problem, suggestion) = match found {
        Some((_, finder, problem, suggestion)) => (*finder, *problem, *suggestion),
        None => (Finder::Scanner, info.rsplit(", ").next().unwrap_or(info), ""),
    };
    if info.contains("unknown anchor") {
        let rest = source.text[byte..].trim_start_matches('*');
        let name = rest.split(|it: char| it.is_whitespace() || ",]}".contains(it)).next();
        let message = format!("yaml: unknown anchor '{}' referenced", name.unwrap_or_default());
        return SyntaxError::new(Span::at(position), message);
    }
    let line = go_line(info, finder, error, source, position);
    let message = match line {
        0 => format!("yaml: {problem}"),
        _ => format!("yaml: line {line}: {problem}"),
    };
    let error = SyntaxError::new(Span::at(position), message);
    if suggestion.is_empty() { error } else { error.suggest(suggestion) }
}

/// The byte to point at: the scanner sometimes notices only later.
fn place(info: &str, text: &str, byte: usize) -> usize {
    if info.contains("found a tab") {
        return text[byte..].find('\t').map_or(byte, |it| byte + it);
    }
    if info.contains("simple key expect ':'") {
        let line = text[..byte].trim_end();
        let start = line.rfind('\n').map_or(0, |it| it + 1);
        return start + (line.len() - start - line[start..].trim_start().len());
    }
    byte
}

/// The line go-yaml names, 0 for none: it never names the first.
fn go_line(info: &str, finder: Finder, error: &ScanError, source: &Source, at: Position) -> u32 {
    let line_of = |it: Position| it.line - source.start.line + 1;
    let line = match finder {
        Finder::Parser => line_of(at) - 1,
        Finder::Scanner if info.contains("quoted scalar") && !info.contains("escape") => {
            line_of(source.start.after(source.text))
        }
        Finder::Scanner if info.contains("simple key expect ':'") => {
            u32::try_from(error.marker().line()).unwrap_or(0)
        }
        Finder::Scanner => line_of(at),
    };
    if line == 1 && finder == Finder::Scanner { 0 } else { line }
}

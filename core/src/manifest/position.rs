//! Places in the text, and how the scanner's places become ours.

use std::fmt;

use saphyr_parser::Marker;

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Bytes before it.
    pub offset: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column in Unicode characters, from 1.
    pub column: u32,
}

impl Position {
    /// The first character of a text.
    pub const START: Position = Position { offset: 0, line: 1, column: 1 };

    /// The place `text` further on, where `text` is what stands between.
    #[must_use]
    pub fn after(self, text: &str) -> Position {
        let lines = text.matches('\n').count();
        let last_line = text.rsplit('\n').next().unwrap_or(text);
        let columns = count_u32(last_line.chars().count());
        Position {
            offset: self.offset + count_u32(text.len()),
            line: self.line + count_u32(lines),
            column: if lines == 0 { self.column + columns } else { columns + 1 },
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A stretch of the text; `end` is the place behind its last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// Behind its last character.
    pub end: Position,
}

impl Span {
    /// An empty stretch.
    #[must_use]
    pub fn at(position: Position) -> Span {
        Span { start: position, end: position }
    }

    /// What stands there.
    #[must_use]
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start.offset as usize..self.end.offset as usize).unwrap_or_default()
    }
}

/// One document's text and where it begins in the whole.
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: Position,
    /// For each character of more than one byte: its index, and the bytes beyond one up to it.
    wide: Vec<(usize, usize)>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str, start: Position) -> Self {
        let mut wide = Vec::new();
        if !text.is_ascii() {
            let mut extra = 0;
            for (index, it) in text.chars().enumerate().filter(|(_, it)| it.len_utf8() > 1) {
                extra += it.len_utf8() - 1;
                wide.push((index, extra));
            }
        }
        Source { text, start, wide }
    }

    /// The scanner counts characters from the start of the document, columns from 0.
    pub(crate) fn position(&self, marker: &Marker) -> Position {
        let first_line = marker.line() <= 1;
        Position {
            offset: self.start.offset + count_u32(self.byte(marker)),
            line: self.start.line + count_u32(marker.line().saturating_sub(1)),
            column: count_u32(marker.col()) + if first_line { self.start.column } else { 1 },
        }
    }

    pub(crate) fn span(&self, span: &saphyr_parser::Span) -> Span {
        Span { start: self.position(&span.start), end: self.position(&span.end) }
    }

    /// What stands at a place of the whole text.
    pub(crate) fn slice(&self, span: Span) -> &'a str {
        let from_start = |it: Position| it.offset.saturating_sub(self.start.offset) as usize;
        self.text.get(from_start(span.start)..from_start(span.end)).unwrap_or_default()
    }

    /// The marker's offset in bytes in [`Source::text`].
    pub(crate) fn byte(&self, marker: &Marker) -> usize {
        let before = self.wide.partition_point(|(index, _)| *index < marker.index());
        let extra = before.checked_sub(1).map_or(0, |it| self.wide[it].1);
        (marker.index() + extra).min(self.text.len())
    }
}

/// Texts are far below 4 GB; a longer one is cut off before it comes here.
pub(crate) fn count_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

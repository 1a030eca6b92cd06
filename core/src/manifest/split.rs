//! Where one document ends and the next begins.
//!
//! Done before parsing, so that a broken document cannot take its neighbours with it. YAML allows
//! no `---` at the start of a line inside any scalar, so these lines are borders whatever stands
//! around them; kubectl splits at the same lines. JSON values may follow each other directly.

use super::position::{Position, count_u32};

/// The text of one document, without its `---` line, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The text.
    pub text: &'a str,
    /// Its first character in the whole.
    pub start: Position,
}

/// The documents that hold more than blank lines, comments and directives.
#[must_use]
pub fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut start = Position::START;
    if text.starts_with('\u{feff}') {
        start.offset = count_u32('\u{feff}'.len_utf8());
    }
    let mut here = start;
    for line in text[start.offset as usize..].split_inclusive('\n') {
        let next = Position {
            offset: here.offset + count_u32(line.len()),
            line: here.line + 1,
            column: 1,
        };
        if let Some(rest) = after_border(line) {
            push(&mut chunks, text, start, here);
            let is_bare = rest.is_empty() || rest.starts_with('#');
            start = if is_bare { next } else { here };
        }
        here = next;
    }
    push(&mut chunks, text, start, here);
    chunks
}

/// What follows `---` on its line, if that line is a border.
fn after_border(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("---")?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

fn push<'a>(chunks: &mut Vec<Chunk<'a>>, text: &'a str, start: Position, end: Position) {
    let text = &text[start.offset as usize..end.offset as usize];
    if text.lines().all(is_filler) {
        return;
    }
    if !text.trim_start().starts_with('{') {
        return chunks.push(Chunk { text, start });
    }
    let (mut text, mut start) = (text, start);
    while let Some(length) = end_of_json(text).filter(|it| is_json_next(&text[*it..])) {
        let (value, rest) = text.split_at(length);
        chunks.push(Chunk { text: value, start });
        start = start.after(value);
        text = rest;
    }
    chunks.push(Chunk { text, start });
}

fn is_filler(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(['#', '%']) || line == "..."
}

fn is_json_next(rest: &str) -> bool {
    rest.trim_start().starts_with('{')
}

/// The length up to the brace that closes the first one.
fn end_of_json(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(index + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(u32, &str)]) {
        let found: Vec<_> = chunks(text).iter().map(|it| (it.start.line, it.text)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn borders() {
        check("a: 1", &[(1, "a: 1")]);
        check("a: 1\n---\nb: 2\n", &[(1, "a: 1\n"), (3, "b: 2\n")]);
        check("---\r\na: 1\r\n--- # why\r\nb: 2\r\n---\r\n", &[(2, "a: 1\r\n"), (4, "b: 2\r\n")]);
        check("a: |\n  ---\n  x\n", &[(1, "a: |\n  ---\n  x\n")]);
        check("a: x---y\n----\n", &[(1, "a: x---y\n----\n")]);
        check("--- {a: 1}\n", &[(1, "--- {a: 1}\n")]);
    }

    #[test]
    fn empty_documents_are_none() {
        check("", &[]);
        check("\u{feff}", &[]);
        check("---\n---\n# note\n\n---\n", &[]);
        check("%YAML 1.1\n---\na: 1\n...\n---\n", &[(3, "a: 1\n...\n")]);
    }

    #[test]
    fn json_values_may_follow_each_other() {
        check("{\"a\": \"}{\"}\n{\"b\": 1}\n", &[(1, "{\"a\": \"}{\"}"), (1, "\n{\"b\": 1}\n")]);
        check("{a: {b: 1}} \n", &[(1, "{a: {b: 1}} \n")]);
        check("{a: '\n", &[(1, "{a: '\n")]);
    }

    #[test]
    fn a_byte_order_mark_takes_bytes_but_no_column() {
        let start = chunks("\u{feff}a: 1")[0].start;
        assert_eq!(start, Position { offset: 3, line: 1, column: 1 });
    }
}

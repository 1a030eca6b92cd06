//! The parser of templates, with its faults (`jsonpath/parser.go`).

use super::{Node, Slice};

/// Templates may not be nested deeper, as a filter in a union.
const DEPTH_MAX: u8 = 8;

pub(super) fn parse(template: &str) -> Result<Vec<Node>, String> {
    parse_nested(template, 0)
}

fn parse_nested(template: &str, depth: u8) -> Result<Vec<Node>, String> {
    if depth > DEPTH_MAX {
        return Err("unterminated filter".to_owned());
    }
    let mut nodes = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        if at > 0 {
            nodes.push(Node::Text(rest[..at].to_owned()));
        }
        let mut parser = Parser { rest: &rest[at + 1..], depth };
        nodes.push(Node::List(parser.action()?));
        rest = parser.rest;
    }
    if !rest.is_empty() {
        nodes.push(Node::Text(rest.to_owned()));
    }
    Ok(nodes)
}

/// The nodes of one pair of braces around the text.
fn action(text: &str, depth: u8) -> Result<Vec<Node>, String> {
    let nodes = parse_nested(&format!("{{{text}}}"), depth + 1)?;
    match nodes.into_iter().next() {
        Some(Node::List(nodes)) => Ok(nodes),
        _ => Ok(Vec::new()),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: u8,
}

fn is_terminator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Everything up to the closing brace.
    fn action(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return Ok(nodes);
            }
            if let Some(rest) = self.rest.strip_prefix("[?(") {
                self.rest = rest;
                nodes.push(self.filter()?);
                continue;
            }
            if let Some(rest) = self.rest.strip_prefix("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                self.rest = rest;
                nodes.push(Node::Recursive);
                if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                    nodes.push(self.field());
                }
                continue;
            }
            let before = self.rest;
            match self.next() {
                None | Some('\n') => return Err("unclosed action".to_owned()),
                Some(' ' | '@' | '$') => {}
                Some('[') => self.array(&mut nodes)?,
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => nodes.push(self.field()),
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => {
                    self.rest = before;
                    nodes.push(self.number()?);
                }
                Some(c) if c.is_alphanumeric() || c == '_' => {
                    self.rest = before;
                    nodes.push(self.identifier());
                }
                Some(c) => {
                    let code = u32::from(c);
                    return Err(format!("unrecognized character in action: U+{code:04X} '{c}'"));
                }
            }
        }
    }

    fn field(&mut self) -> Node {
        let mut end = self.rest.len();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                chars.next();
            } else if is_terminator(c) {
                end = at;
                break;
            }
        }
        let name = &self.rest[..end];
        self.rest = &self.rest[end..];
        match name {
            "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        }
    }

    fn identifier(&mut self) -> Node {
        let end = self.rest.find(is_terminator).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.rest = &self.rest[end..];
        match word {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            word => Node::Identifier(word.to_owned()),
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        let is_part = |c: char| c == '+' || c == '-' || c.is_ascii_digit() || c == '.';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let text = &self.rest[..end];
        self.rest = &self.rest[end..];
        let number = text.parse().map_err(|_| format!("cannot parse number {text}"))?;
        Ok(Node::Number(number))
    }

    fn quoted(&mut self, quote: char) -> Result<Node, String> {
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some(c) if c == quote => return Ok(Node::Text(text)),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c) => text.push(c),
                    None => return Err("unterminated quoted string".to_owned()),
                },
                Some(c) => text.push(c),
            }
        }
    }

    fn array(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        let end = self.rest.find([']', '\n']).filter(|it| self.rest[*it..].starts_with(']'));
        let end = end.ok_or("unterminated array")?;
        let text = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        if text.contains(',') {
            let parts = text.split(',').map(|it| action(&format!("[{}]", it.trim()), self.depth));
            nodes.push(Node::Union(parts.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
        if let Some(key) = key.filter(|it| !it.contains('\'')) {
            nodes.extend(action(&format!(".{key}"), self.depth)?);
            return Ok(());
        }
        nodes.push(Node::Slice(slice(if text == "*" { ":" } else { text })?));
        Ok(())
    }

    fn filter(&mut self) -> Result<Node, String> {
        let (mut begun, mut ended, mut pair) = (false, false, ' ');
        let mut previous = ' ';
        let end = self.rest.char_indices().find_map(|(at, c)| {
            let is_end = match c {
                '\n' => Some(Err("unterminated filter".to_owned())),
                '"' | '\'' if !begun => {
                    (begun, pair) = (true, c);
                    None
                }
                '"' | '\'' => {
                    ended |= previous != '\\' && c == pair;
                    None
                }
                ')' if begun == ended => Some(Ok(at)),
                _ => None,
            };
            previous = c;
            is_end
        });
        let end = end.unwrap_or_else(|| Err("unterminated filter".to_owned()))?;
        let text = &self.rest[..end];
        let rest = self.rest[end + 1..].strip_prefix(']');
        self.rest = rest.ok_or("unclosed array expect ]")?;
        let is_sign = |c: char| "!<>=".contains(c);
        let start = text.find(is_sign).filter(|it| *it > 0);
        let Some(start) = start else {
            let left = action(text, self.depth)?;
            return Ok(Node::Filter { left, operator: "exists".to_owned(), right: Vec::new() });
        };
        let length = text[start..].find(|c| !is_sign(c)).unwrap_or(text.len() - start);
        let (left, rest) = text.split_at(start);
        let (operator, right) = rest.split_at(length);
        let (left, right) = (action(left, self.depth)?, action(right, self.depth)?);
        Ok(Node::Filter { left, operator: operator.to_owned(), right })
    }
}

fn slice(text: &str) -> Result<Slice, String> {
    let invalid = || format!("invalid array index {text}");
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return Err(invalid());
    }
    let bound = |index: usize| match parts.get(index) {
        None | Some(&"") => Ok(None),
        Some(digits) => digits.parse::<i64>().map(Some).map_err(|_| invalid()),
    };
    let (from, to, step) = (bound(0)?, bound(1)?, bound(2)?);
    let is_index = parts.len() == 1;
    let to = if is_index { Some(from.unwrap_or(0).saturating_add(1)) } else { to };
    Ok(Slice { from, to, is_index, step })
}

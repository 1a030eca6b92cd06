//! `-o go-template=…` as far as tutorials go (`text/template`): fields, texts in quotes, `range`,
//! `if`, `else`, `end`, and `-` that trims blanks. Functions, variables and pipelines are refused.

use std::slice::Iter;

use serde_json::Value;

use crate::kubectl::jsonpath::sprint;

/// Deeper templates are refused.
const DEPTH_MAX: usize = 20;
/// Longer texts are cut off by a fault.
const TEXT_MAX: usize = 4_000_000;

/// A template that was understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GoTemplate(Vec<Node>);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Field(Vec<String>),
    /// For each item, and what is printed without one.
    Range(Vec<String>, Vec<Node>, Vec<Node>),
    If(Vec<String>, Vec<Node>, Vec<Node>),
}

/// A piece of a template.
enum Token {
    Text(String),
    /// What stands between the braces.
    Action(String),
}

/// What ends a list of nodes.
#[derive(PartialEq)]
enum Until {
    Else,
    End,
    Nothing,
}

impl GoTemplate {
    /// Reads a template; the fault in Go's words, or in our own where we have less than Go.
    pub(super) fn parse(text: &str) -> Result<GoTemplate, String> {
        let tokens = tokens(text)?;
        let mut rest = tokens.iter();
        match nodes(&mut rest, 0)? {
            (nodes, Until::Nothing) => Ok(GoTemplate(nodes)),
            (_, Until::Else) => Err("template: output:1: unexpected {{else}}".to_owned()),
            (_, Until::End) => Err("template: output:1: unexpected {{end}}".to_owned()),
        }
    }

    /// Fills it in.
    pub(super) fn print(&self, value: &Value) -> Result<String, String> {
        let mut text = String::new();
        print(&self.0, value, &mut text)?;
        Ok(text)
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let (mut tokens, mut rest, mut trims) = (Vec::new(), text, false);
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = closed(after).ok_or("template: output:1: unclosed action")?;
        let (action, trims_before) = match action.strip_prefix("- ") {
            Some(action) => (action, true),
            None => (action, false),
        };
        let (action, trims_after) = match action.strip_suffix(" -") {
            Some(action) => (action, true),
            None => (action, false),
        };
        let before = if trims { before.trim_start() } else { before };
        let before = if trims_before { before.trim_end() } else { before };
        tokens.push(Token::Text(before.to_owned()));
        tokens.push(Token::Action(action.trim().to_owned()));
        (rest, trims) = (after, trims_after);
    }
    tokens.push(Token::Text(if trims { rest.trim_start() } else { rest }.to_owned()));
    Ok(tokens)
}

/// The action up to its braces, which may also stand in quotes.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if is_quoted => drop(chars.next()),
            '"' => is_quoted = !is_quoted,
            '}' if !is_quoted && text[at..].starts_with("}}") => {
                return Some((&text[..at], &text[at + 2..]));
            }
            _ => {}
        }
    }
    None
}

fn nodes(rest: &mut Iter<Token>, depth: usize) -> Result<(Vec<Node>, Until), String> {
    if depth > DEPTH_MAX {
        return Err("the template is nested too deep".to_owned());
    }
    let mut all = Vec::new();
    while let Some(token) = rest.next() {
        let action = match token {
            Token::Text(text) => {
                all.push(Node::Text(text.clone()));
                continue;
            }
            Token::Action(action) => action.as_str(),
        };
        match action.split_once(char::is_whitespace) {
            None if action == "end" => return Ok((all, Until::End)),
            None if action == "else" => return Ok((all, Until::Else)),
            Some((word @ ("range" | "if"), path)) => {
                let path = field(path.trim())?;
                let (inner, end) = nodes(rest, depth + 1)?;
                let (other, end) = match end {
                    Until::Else => nodes(rest, depth + 1)?,
                    end => (Vec::new(), end),
                };
                if end != Until::End {
                    return Err("template: output:1: unexpected EOF".to_owned());
                }
                all.push(match word {
                    "range" => Node::Range(path, inner, other),
                    _ => Node::If(path, inner, other),
                });
            }
            _ if action.starts_with("/*") && action.ends_with("*/") => {}
            _ if action.starts_with('"') => {
                let text = serde_json::from_str::<String>(action);
                all.push(Node::Text(text.map_err(|_| unknown(action))?));
            }
            _ => all.push(Node::Field(field(action)?)),
        }
    }
    Ok((all, Until::Nothing))
}

/// `.a.b`, or `.` alone.
fn field(text: &str) -> Result<Vec<String>, String> {
    let is_name =
        |it: &str| !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match text.strip_prefix('.') {
        Some("") => Ok(Vec::new()),
        Some(path) if path.split('.').all(is_name) => {
            Ok(path.split('.').map(str::to_owned).collect())
        }
        _ => Err(unknown(text)),
    }
}

fn unknown(action: &str) -> String {
    format!("{{{{{action}}}}} is not simulated, only fields, texts, range and if")
}

fn print(nodes: &[Node], value: &Value, text: &mut String) -> Result<(), String> {
    for node in nodes {
        if text.len() > TEXT_MAX {
            return Err("the text is too long".to_owned());
        }
        match node {
            Node::Text(it) => text.push_str(it),
            Node::Field(path) => match find(value, path) {
                Some(found) => text.push_str(&sprint(found)),
                None => text.push_str("<no value>"),
            },
            Node::Range(path, inner, other) => {
                let items: Vec<&Value> = match find(value, path) {
                    Some(Value::Array(items)) => items.iter().collect(),
                    Some(Value::Object(fields)) => fields.values().collect(),
                    _ => Vec::new(),
                };
                if items.is_empty() {
                    print(other, value, text)?;
                }
                for item in items {
                    print(inner, item, text)?;
                }
            }
            Node::If(path, inner, other) => {
                let holds = find(value, path).is_some_and(is_true);
                print(if holds { inner } else { other }, value, text)?;
            }
        }
    }
    Ok(())
}

fn find<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// Go's truth: neither empty nor zero.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::String(it) => !it.is_empty(),
        Value::Number(it) => it.as_i64() != Some(0),
        Value::Array(it) => !it.is_empty(),
        Value::Object(it) => !it.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn templates_print_as_those_of_go() {
        let object = json!({
            "spec": {"type": "RollingUpdate", "count": 3, "on": true, "labels": {"a": "b"}},
            "items": [{"name": "x"}, {"name": "y"}],
            "none": [],
        });
        for (template, printed) in [
            ("{{.spec.type}}{{\"\\n\"}}", "RollingUpdate\n"),
            ("{{.spec.count}} {{.spec.on}} {{.spec.labels}}", "3 true map[a:b]"),
            ("{{.spec.nope}}{{.nope.nope}}", "<no value><no value>"),
            ("{{range .items}}{{.name}};{{end}}", "x;y;"),
            ("{{range .items}} {{- .name -}} {{end}}", "xy"),
            ("{{range .none}}a{{else}}b{{end}}", "b"),
            ("{{if .spec.on}}a{{else}}b{{end}}{{if .nope}}c{{end}}", "a"),
            ("{{\"}}\"}}{{/* why */}}", "}}"),
        ] {
            let parsed = GoTemplate::parse(template).unwrap();
            assert_eq!(parsed.print(&object).as_deref(), Ok(printed), "{template}");
        }
        for template in ["{{.a", "{{len .items}}", "{{range .a}}", "{{end}}", "{{$x := .a}}"] {
            assert!(GoTemplate::parse(template).is_err(), "{template}");
        }
    }
}

//! Label and field selectors as the API server parses them (`apimachinery/pkg/labels`).

use serde_json::Value;

use crate::api::selector::{LabelSelector, Requirement};
use crate::api::validation::{is_label_value, is_qualified_name};
use crate::api::{Name, json};
use crate::kubectl::resource::Resource;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Symbol(&'static str),
    End,
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Token::Word(word) => word,
            Token::Symbol(symbol) => symbol,
            Token::End => "",
        }
    }
}

/// The longer symbols first.
const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", "<", ">"];

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

/// The selector that a text such as `a=b,c in (d,e),!f` stands for.
pub(super) fn parse_labels(text: &str) -> Result<LabelSelector, String> {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut match_expressions = Vec::new();
    loop {
        match parser.peek() {
            Token::Word(_) | Token::Symbol("!") => {
                let requirement = parser.requirement();
                match_expressions
                    .push(requirement.map_err(|it| format!("unable to parse requirement: {it}"))?);
                match parser.next() {
                    Token::End => break,
                    Token::Symbol(",") => {
                        let next = parser.peek();
                        if !matches!(next, Token::Word(_) | Token::Symbol("!")) {
                            let text = next.text();
                            return Err(format!("found '{text}', expected: identifier after ','"));
                        }
                    }
                    other => {
                        let text = other.text();
                        return Err(format!("found '{text}', expected: ',' or 'end of string'"));
                    }
                }
            }
            Token::End => break,
            other => {
                let expected = "!, identifier, or 'end of string'";
                return Err(format!("found '{}', expected: {expected}", other.text()));
            }
        }
    }
    Ok(LabelSelector { match_expressions, ..LabelSelector::default() })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = match SYMBOLS.iter().find(|it| rest.starts_with(**it)) {
            Some(symbol) => {
                tokens.push(Token::Symbol(symbol));
                symbol.len()
            }
            None => {
                let is_end = |c: char| c.is_whitespace() || "=!(),<>".contains(c);
                let end = rest.find(is_end).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[end..].trim_start();
    }
    tokens
}

impl Parser {
    fn peek(&self) -> Token {
        self.tokens.get(self.at).cloned().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut token = self.next();
        let is_negated = token == Token::Symbol("!");
        if is_negated {
            token = self.next();
        }
        let Token::Word(key) = token else {
            return Err(format!("found '{}', expected: identifier", token.text()));
        };
        let faults = is_qualified_name(&key);
        if !faults.is_empty() {
            return Err(format!("<nil>: Invalid value: \"{key}\": {}", faults.join("; ")));
        }
        if is_negated {
            return Ok(requirement(&key, "DoesNotExist", Vec::new()));
        }
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(requirement(&key, "Exists", Vec::new()));
        }
        let operator = self.next();
        let (operator, values) = match operator.text() {
            "in" => ("In", self.values()?),
            "notin" => ("NotIn", self.values()?),
            "=" | "==" => ("In", self.exact_value()?),
            "!=" => ("NotIn", self.exact_value()?),
            ">" | "gt" => ("Gt", self.exact_value()?),
            "<" | "lt" => ("Lt", self.exact_value()?),
            other => {
                let expected = "in, notin, =, ==, !=, gt, lt";
                return Err(format!("found '{other}', expected: {expected}"));
            }
        };
        for (index, value) in values.iter().enumerate() {
            if let Some(fault) = is_label_value(value).first() {
                return Err(format!("values[{index}][{key}]: Invalid value: \"{value}\": {fault}"));
            }
        }
        Ok(requirement(&key, operator, values))
    }

    fn exact_value(&mut self) -> Result<Vec<Name>, String> {
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(vec![Name::default()]);
        }
        match self.next() {
            Token::Word(value) => Ok(vec![value.into()]),
            other => Err(format!("found '{}', expected: identifier", other.text())),
        }
    }

    fn values(&mut self) -> Result<Vec<Name>, String> {
        let open = self.next();
        if open != Token::Symbol("(") {
            return Err(format!("found '{}' expected: '('", open.text()));
        }
        let mut values: Vec<Name> = Vec::new();
        match self.peek() {
            Token::Symbol(")") => {
                self.next();
                return Err("for 'in', 'notin' operators, values set can't be empty".to_owned());
            }
            Token::Word(_) | Token::Symbol(",") => {}
            other => {
                let text = other.text();
                return Err(format!("found '{text}', expected: ',', ')' or identifier"));
            }
        }
        loop {
            match self.next() {
                Token::Word(value) => {
                    values.push(value.into());
                    match self.peek() {
                        Token::Symbol(",") => {}
                        Token::Symbol(")") => break,
                        other => {
                            return Err(format!("found '{}', expected: ',' or ')'", other.text()));
                        }
                    }
                }
                Token::Symbol(",") => {
                    if values.is_empty() {
                        values.push(Name::default());
                    }
                    match self.peek() {
                        Token::Symbol(")") => {
                            values.push(Name::default());
                            break;
                        }
                        Token::Symbol(",") => values.push(Name::default()),
                        _ => {}
                    }
                }
                other => {
                    return Err(format!("found '{}', expected: ',', or identifier", other.text()));
                }
            }
        }
        self.next();
        Ok(values)
    }
}

fn requirement(key: &str, operator: &str, values: Vec<Name>) -> Requirement {
    Requirement { key: key.into(), operator: operator.into(), values }
}

/// A field that must have a value, or must not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldTerm {
    path: String,
    value: String,
    is_negated: bool,
}

/// The fields that can be selected by, besides name and namespace.
fn selectable(resource: &Resource) -> &'static [&'static str] {
    match resource.plural {
        "pods" => &[
            "spec.hostNetwork",
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.nominatedNodeName",
            "status.phase",
            "status.podIP",
        ],
        "nodes" => &["spec.unschedulable"],
        "namespaces" => &["status.phase"],
        "events" => &[
            "involvedObject.apiVersion",
            "involvedObject.fieldPath",
            "involvedObject.kind",
            "involvedObject.name",
            "involvedObject.namespace",
            "involvedObject.resourceVersion",
            "involvedObject.uid",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        _ => &[],
    }
}

/// The terms of a text such as `spec.nodeName=a,status.phase!=Running`.
pub(super) fn parse_fields(text: &str, resource: &Resource) -> Result<Vec<FieldTerm>, String> {
    let mut terms = Vec::new();
    for part in text.split(',').filter(|it| !it.is_empty()) {
        let (path, value, is_negated) = if let Some((path, value)) = part.split_once("!=") {
            (path, value, true)
        } else if let Some((path, value)) = part.split_once("==") {
            (path, value, false)
        } else if let Some((path, value)) = part.split_once('=') {
            (path, value, false)
        } else {
            return Err(format!("invalid selector: '{text}'; can't understand '{part}'"));
        };
        let always = ["metadata.name", "metadata.namespace"];
        if !always.contains(&path) && !selectable(resource).contains(&path) {
            return Err(match selectable(resource) {
                [] => {
                    let only = "only \"metadata.name\", \"metadata.namespace\"";
                    format!("\"{path}\" is not a known field selector: {only}")
                }
                _ => format!("field label not supported: {path}"),
            });
        }
        terms.push(FieldTerm { path: path.into(), value: value.into(), is_negated });
    }
    Ok(terms)
}

impl FieldTerm {
    /// Whether an object satisfies it.
    pub(super) fn matches(&self, object: &Value) -> bool {
        let path: Vec<&str> = match self.path.as_str() {
            "source" => vec!["source", "component"],
            path => path.split('.').collect(),
        };
        let text = match json::at(object, &path) {
            Value::String(text) => text.clone(),
            Value::Null => match path.last() {
                Some(&("unschedulable" | "hostNetwork")) => "false".to_owned(),
                _ => String::new(),
            },
            other => other.to_string(),
        };
        (text == self.value) != self.is_negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_selectors_are_read() {
        let labels = |text: &str| {
            let pairs = text.split(',').filter_map(|it| it.split_once('='));
            pairs.map(|(key, value)| (key.into(), value.into())).collect()
        };
        let selector = "a=b,c!=d,e in (x,y),f notin (z),g,!h";
        let cases = [
            ("a=b,e=x,g=", true),
            ("a=b,e=y,g=1,f=w,c=e", true),
            ("a=b,e=x", false),
            ("a=b,e=x,g=,c=d", false),
            ("a=b,e=x,g=,h=", false),
            ("a=b,e=x,g=,f=z", false),
        ];
        let selector = parse_labels(selector).unwrap();
        for (text, expected) in cases {
            assert_eq!(selector.matches(&labels(text)), expected, "{text}");
        }
    }

    /// The refusals that kubectl-cases has recorded (`bad-selectors`).
    #[test]
    fn malformed_selectors_are_refused_in_the_words_of_the_server() {
        let cases = [
            ("=", "found '=', expected: !, identifier, or 'end of string'"),
            ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
            (
                "a b",
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("a,,b", "found ',', expected: identifier after ','"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("a=b,", "found '', expected: identifier after ','"),
            ("a==b=c", "found '=', expected: ',' or 'end of string'"),
        ];
        for (text, fault) in cases {
            assert_eq!(parse_labels(text), Err(fault.to_owned()), "{text}");
        }
    }
}

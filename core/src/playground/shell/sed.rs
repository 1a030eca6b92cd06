//! `sed`, as far as tutorials go: `s/PATTERN/TEXT/` with `g`, several of them by `-e` or `;`.

use regex_lite::{Captures, Regex};

use crate::playground::shell::regex::{Syntax, compile};

/// A line does not become longer than this by what is put in place of its parts.
const LINE_MAX: usize = 64 * 1024;

/// One replacement.
struct Rule {
    pattern: Regex,
    text: String,
    is_global: bool,
}

/// Carries the rules out on each line.
pub(super) fn run(args: &[String], input: &str) -> Result<String, String> {
    // Without -e the first word is the script; what follows it is the file.
    let is_marked = args.iter().any(|it| it == "-e");
    let is_extended = args.iter().any(|it| matches!(it.as_str(), "-E" | "-r"));
    let syntax = if is_extended { Syntax::Extended } else { Syntax::Basic };
    let mut words = args.iter().filter(|it| !matches!(it.as_str(), "-E" | "-r"));
    let mut rules = Vec::new();
    while let Some(word) = words.next() {
        let script = match word.as_str() {
            "-e" => words.next(),
            _ if !is_marked && rules.is_empty() => Some(word),
            _ => None,
        };
        if let Some(script) = script {
            rules.extend(parse(script, syntax)?);
        }
    }
    if rules.is_empty() {
        return Err("no script given".to_owned());
    }
    let mut text = String::new();
    for line in input.split_inclusive('\n') {
        let (line, feed) = line.strip_suffix('\n').map_or((line, ""), |it| (it, "\n"));
        let mut line = line.to_owned();
        for rule in &rules {
            line = replaced(&line, rule);
        }
        text.push_str(&line);
        text.push_str(feed);
    }
    Ok(text)
}

fn parse(script: &str, syntax: Syntax) -> Result<Vec<Rule>, String> {
    let unknown = || format!("'{script}' is not simulated, only s/PATTERN/TEXT/ with g");
    let (mut rules, mut rest) = (Vec::new(), script.trim());
    while !rest.is_empty() {
        let mark = rest.strip_prefix('s').and_then(|it| it.chars().next()).ok_or_else(unknown)?;
        let (pattern, after) = part(&rest[1 + mark.len_utf8()..], mark).ok_or_else(unknown)?;
        let (text, after) = part(after, mark).ok_or_else(unknown)?;
        let is_global = after.starts_with('g');
        rest = after.strip_prefix('g').unwrap_or(after).trim_start();
        rest = match rest.strip_prefix(';') {
            Some(rest) => rest.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(unknown()),
        };
        rules.push(Rule { pattern: compile(&pattern, syntax, false)?, text, is_global });
    }
    Ok(rules)
}

/// What stands before the next mark; one behind a backslash belongs to the text.
fn part(text: &str, mark: char) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == mark => return Some((part, &text[at + c.len_utf8()..])),
            '\\' => match chars.next()?.1 {
                next if next == mark => part.push(next),
                next => part.extend(['\\', next]),
            },
            c => part.push(c),
        }
    }
    None
}

fn replaced(line: &str, rule: &Rule) -> String {
    let most = if rule.is_global { 0 } else { 1 };
    let mut left = LINE_MAX;
    let replacement = |found: &Captures| {
        let mut text = expanded(&rule.text, found);
        text.truncate(text.floor_char_boundary(left));
        left -= text.len();
        text
    };
    rule.pattern.replacen(line, most, replacement).into_owned()
}

/// `&` is what was found, `\1` to `\9` are its groups, `\n` is a line feed.
fn expanded(template: &str, found: &Captures) -> String {
    let group = |index: usize| found.get(index).map_or("", |it| it.as_str());
    let mut text = String::new();
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        match c {
            '&' => text.push_str(group(0)),
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some(digit @ '0'..='9') => text.push_str(group(digit as usize - '0' as usize)),
                Some(other) => text.push(other),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_replaced() {
        for (script, before, after) in [
            ("s/a/b/", "aa\naa", "ba\nba"),
            ("s/a/b/g", "aa\n", "bb\n"),
            ("s|x/y|z|", "1 x/y", "1 z"),
            ("s/v[0-9.]*/v2/", "image: a:v1.2.3", "image: a:v2"),
            ("s/^/> /", "a", "> a"),
            ("s/b*/-/g", "abc", "-a-c-"),
            ("s/a/<&>/; s/b/c/", "ab", "<a>c"),
            (r"s/\(a\)\(b\)/\2\1/", "ab", "ba"),
            (r"s/a/\&/", "a", "&"),
            ("s/(a)/-/", "a(a)", "a-"),
        ] {
            assert_eq!(run(&[script.to_owned()], before).as_deref(), Ok(after), "{script}");
        }
        for script in ["y/a/b/", "s/a/b", "s/a/b/x", ""] {
            assert!(run(&[script.to_owned()], "a").is_err(), "{script}");
        }
    }
}

//! The patterns of grep, sed and awk, which are POSIX's, as regular expressions of `regex-lite`.
//!
//! Where several alternatives fit, the first is taken and not the longest; that differs from POSIX
//! only in what `sed` replaces.

use regex_lite::{Regex, RegexBuilder};

/// A regular expression that would take up more bytes than this is refused.
const BYTES_MAX: usize = 256 * 1024;

/// How a pattern is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Basic: `\(`, `\|`, `\{`, `\+` and `\?` mean something, without the backslash they are text.
    Basic,
    /// Extended: the other way round.
    Extended,
    /// Text.
    Fixed,
}

/// Reads a pattern.
pub(super) fn compile(pattern: &str, syntax: Syntax, folds_case: bool) -> Result<Regex, String> {
    let expression = match syntax {
        Syntax::Fixed => regex_lite::escape(pattern),
        syntax => translate(pattern, syntax == Syntax::Basic),
    };
    let mut builder = RegexBuilder::new(&expression);
    builder.case_insensitive(folds_case).size_limit(BYTES_MAX);
    builder.build().map_err(|fault| format!("{pattern}: {fault}"))
}

fn translate(pattern: &str, is_basic: bool) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let starts_term = matches!(text.chars().last(), None | Some('(' | '|' | '^'));
        match c {
            '\\' => match chars.next() {
                Some(c @ ('(' | ')' | '{' | '}' | '|' | '+' | '?')) if is_basic => text.push(c),
                Some(c) => text.extend(['\\', c]),
                None => text.push_str("\\\\"),
            },
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if is_basic => text.extend(['\\', c]),
            '*' if is_basic && starts_term => text.push_str("\\*"),
            '{' if !chars.peek().is_some_and(char::is_ascii_digit) => text.push_str("\\{"),
            '[' => {
                text.push('[');
                text.extend(chars.next_if_eq(&'^'));
                if chars.next_if_eq(&']').is_some() {
                    text.push_str("\\]");
                }
                while let Some(c) = chars.next() {
                    match c {
                        // A class by its name, `[:alpha:]`.
                        '[' if chars.peek() == Some(&':') => {
                            text.push('[');
                            while let Some(c) = chars.next_if(|it| *it != ']') {
                                text.push(c);
                            }
                            text.extend(chars.next());
                        }
                        '\\' | '[' | '&' | '~' => text.extend(['\\', c]),
                        c => text.push(c),
                    }
                    if c == ']' {
                        break;
                    }
                }
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_as_posix_says() {
        use Syntax::{Basic, Extended, Fixed};
        for (syntax, pattern, line, expected) in [
            (Extended, "^(Node|IP):", "Node: a", "Node:"),
            (Extended, "^(Node|IP):", " IP: a", ""),
            (Extended, "Running|Pending", "x Pending", "Pending"),
            (Extended, "a{2}", "aaa", "aa"),
            (Extended, "{.items", "{.items[0]}", "{.items"),
            (Extended, "[^]]+", "]ab]", "ab"),
            (Extended, r"[\d]", r"1\", r"\"),
            (Extended, "[[:digit:]]+[a-c]", "x12b", "12b"),
            (Extended, "[&~]+", "a&~", "&~"),
            (Extended, r"\bget\b", "forget get", "get"),
            (Basic, "a|b", "b a|b", "a|b"),
            (Basic, r"a\|b", "b", "b"),
            (Basic, "(x)", "x(x)", "(x)"),
            (Basic, r"\(x\)\+", "axx", "xx"),
            (Basic, "^*a", "*a", "*a"),
            (Basic, "{1}?", "{1}?", "{1}?"),
            (Basic, "v[0-9.]*$", "av1.2", "v1.2"),
            (Fixed, "a.b", "axb a.b", "a.b"),
        ] {
            let regex = compile(pattern, syntax, false).expect(pattern);
            let found = regex.find(line).map_or("", |it| it.as_str());
            assert_eq!(found, expected, "{syntax:?} {pattern} in {line}");
        }
        assert!(compile("running", Basic, true).is_ok_and(|it| it.is_match("Running")));
        for pattern in ["(", "a{2", "[a", "a{100000}{100000}"] {
            assert!(compile(pattern, Extended, false).is_err(), "{pattern}");
        }
    }
}

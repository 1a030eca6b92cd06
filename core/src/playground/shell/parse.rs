//! A line as a POSIX shell takes it apart: commands, pipes, redirections, quotes, variables. As far
//! as tutorials go: no loops, no conditions, no globs.

/// A part of a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Text as it stands.
    Text(String),
    /// `$NAME`; outside quotes its value falls apart into words.
    Variable { name: String, is_quoted: bool },
    /// `$(…)`: what a line prints.
    Output { line: String, is_quoted: bool },
}

/// A word before variables are filled in.
pub(super) type Word = Vec<Part>;

/// Where output goes or input comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Redirection {
    /// `> FILE`, `>> FILE`.
    Output { file: Word, appends: bool },
    /// `2> FILE`.
    Errors(Word),
    /// `2>&1`.
    ErrorsToOutput,
    /// `< FILE`.
    Input(Word),
}

/// One command of a pipe.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirection>,
}

/// When a pipe runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Behind `&&`.
    AfterSuccess,
    /// Behind `||`.
    AfterFailure,
}

/// Commands whose output goes into the next one.
pub(super) type Pipe = Vec<Command>;

/// Lines inside `$(…)` are not nested deeper.
const DEPTH_MAX: usize = 4;

struct Parser<'a> {
    rest: &'a str,
    pipes: Vec<(When, Pipe)>,
    when: When,
    pipe: Pipe,
    command: Command,
    word: Option<Word>,
    /// The redirection whose file comes next.
    pending: Option<&'static str>,
}

/// The pipes of a line with the condition of each.
pub(super) fn parse(line: &str) -> Result<Vec<(When, Pipe)>, String> {
    let mut parser = Parser {
        rest: line,
        pipes: Vec::new(),
        when: When::Always,
        pipe: Pipe::new(),
        command: Command::default(),
        word: None,
        pending: None,
    };
    parser.run()?;
    Ok(parser.pipes)
}

const OPERATORS: [&str; 12] =
    ["&&", "||", "2>&1", ">&2", "2>>", "2>", "&>", ">>", ">", "<", "|", ";"];

impl Parser<'_> {
    fn run(&mut self) -> Result<(), String> {
        loop {
            let at_start = self.word.is_none();
            let Some(c) = self.rest.chars().next() else { break };
            if c == '#' && at_start {
                break;
            }
            let operator = OPERATORS.iter().find(|it| {
                // A digit belongs to an operator only where a word could begin.
                self.rest.starts_with(**it) && (at_start || !it.starts_with('2'))
            });
            if let Some(operator) = operator {
                self.rest = &self.rest[operator.len()..];
                self.operator(operator)?;
                continue;
            }
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                ' ' | '\t' | '\n' => self.end_word(),
                '&' => return Err("background commands are not simulated".to_owned()),
                '\'' => {
                    let end = self.rest.find('\'').ok_or_else(|| unterminated('\''))?;
                    let text = self.rest[..end].to_owned();
                    self.text(&text);
                    self.rest = &self.rest[end + 1..];
                }
                '"' => self.double_quoted()?,
                '\\' => {
                    if let Some(next) = self.rest.chars().next() {
                        self.rest = &self.rest[next.len_utf8()..];
                        self.text(next.encode_utf8(&mut [0; 4]));
                    }
                }
                '$' => self.dollar(false)?,
                c => self.text(c.encode_utf8(&mut [0; 4])),
            }
        }
        self.end_pipe(When::Always)?;
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let word = self.word.get_or_insert_default();
        match word.last_mut() {
            Some(Part::Text(known)) => known.push_str(text),
            _ => word.push(Part::Text(text.to_owned())),
        }
    }

    fn double_quoted(&mut self) -> Result<(), String> {
        self.text("");
        loop {
            let c = self.rest.chars().next().ok_or_else(|| unterminated('"'))?;
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '"' => return Ok(()),
                '$' => self.dollar(true)?,
                '\\' => {
                    let next = self.rest.chars().next().ok_or_else(|| unterminated('"'))?;
                    self.rest = &self.rest[next.len_utf8()..];
                    if !['"', '\\', '$', '`', '\n'].contains(&next) {
                        self.text("\\");
                    }
                    if next != '\n' {
                        self.text(next.encode_utf8(&mut [0; 4]));
                    }
                }
                c => self.text(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// What follows a `$`: a name, a name in braces, a line in parentheses, or nothing special.
    fn dollar(&mut self, is_quoted: bool) -> Result<(), String> {
        let part = if let Some(rest) = self.rest.strip_prefix('(') {
            let end = closing(rest).ok_or("unexpected EOF while looking for matching `)'")?;
            self.rest = &rest[end + 1..];
            Part::Output { line: rest[..end].to_owned(), is_quoted }
        } else if let Some(rest) = self.rest.strip_prefix('{') {
            let end = rest.find('}').ok_or_else(|| unterminated('}'))?;
            self.rest = &rest[end + 1..];
            Part::Variable { name: rest[..end].to_owned(), is_quoted }
        } else {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '?';
            let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
            if end == 0 {
                self.text("$");
                return Ok(());
            }
            let name = self.rest[..end].to_owned();
            self.rest = &self.rest[end..];
            Part::Variable { name, is_quoted }
        };
        self.word.get_or_insert_default().push(part);
        Ok(())
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.pending.take() {
            None => self.command.words.push(word),
            Some(operator) => self.command.redirections.push(match operator {
                "<" => Redirection::Input(word),
                "2>" | "2>>" => Redirection::Errors(word),
                operator => Redirection::Output { file: word, appends: operator == ">>" },
            }),
        }
    }

    fn operator(&mut self, operator: &'static str) -> Result<(), String> {
        self.end_word();
        if self.pending.is_some() {
            return Err(unexpected(operator));
        }
        match operator {
            "&&" => self.end_pipe(When::AfterSuccess)?,
            "||" => self.end_pipe(When::AfterFailure)?,
            ";" => self.end_pipe(When::Always)?,
            "|" => {
                if self.command.words.is_empty() {
                    return Err(unexpected("|"));
                }
                self.pipe.push(std::mem::take(&mut self.command));
            }
            "2>&1" => self.command.redirections.push(Redirection::ErrorsToOutput),
            ">&2" => {}
            "&>" => {
                self.command.redirections.push(Redirection::ErrorsToOutput);
                self.pending = Some(">");
            }
            operator => self.pending = Some(operator),
        }
        Ok(())
    }

    fn end_pipe(&mut self, next: When) -> Result<(), String> {
        self.end_word();
        if self.pending.is_some() {
            return Err(unexpected("newline"));
        }
        let is_empty = self.command.words.is_empty() && self.command.redirections.is_empty();
        if is_empty && (!self.pipe.is_empty() || next != When::Always) {
            return Err(unexpected(match next {
                When::AfterSuccess => "&&",
                When::AfterFailure => "||",
                When::Always => "newline",
            }));
        }
        if !is_empty {
            self.pipe.push(std::mem::take(&mut self.command));
            self.pipes.push((self.when, std::mem::take(&mut self.pipe)));
        }
        self.when = next;
        Ok(())
    }
}

/// The parenthesis that closes, with those inside counted.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        if depth > DEPTH_MAX {
            return None;
        }
    }
    None
}

fn unterminated(quote: char) -> String {
    format!("unexpected EOF while looking for matching `{quote}'")
}

fn unexpected(token: &str) -> String {
    format!("syntax error near unexpected token `{token}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Vec<Vec<String>>> {
        let text = |word: &Word| {
            let part = |part: &Part| match part {
                Part::Text(text) => text.clone(),
                Part::Variable { name, .. } => format!("${name}"),
                Part::Output { line, .. } => format!("$({line})"),
            };
            word.iter().map(part).collect::<String>()
        };
        let command = |it: &Command| it.words.iter().map(text).collect::<Vec<_>>();
        let pipes = parse(line).unwrap();
        pipes.iter().map(|(_, pipe)| pipe.iter().map(command).collect()).collect()
    }

    #[test]
    fn lines_fall_apart_into_pipes_and_words() {
        assert_eq!(words("a 'b c' d\"e f\"g"), [[["a", "b c", "de fg"]]]);
        assert_eq!(
            words("a -o jsonpath='{.items[0]}' # x"),
            [[["a", "-o", "jsonpath={.items[0]}"]]]
        );
        assert_eq!(
            words("a | b -c; d && e"),
            vec![
                vec![vec!["a".to_owned()], vec!["b".to_owned(), "-c".to_owned()]],
                vec![vec!["d".to_owned()]],
                vec![vec!["e".to_owned()]],
            ]
        );
        assert_eq!(
            words("a $B ${C} \"$(d -e)\" '$f' $"),
            [[["a", "$B", "$C", "$(d -e)", "$f", "$"]]]
        );
        assert_eq!(words("a '' b"), [[["a", "", "b"]]]);
        assert_eq!(words("a node2>b")[0][0], ["a", "node2"]);
    }

    #[test]
    fn what_is_no_line_is_refused_as_in_a_shell() {
        for (line, fault) in [
            ("a '", "unexpected EOF while looking for matching `''"),
            ("a |", "syntax error near unexpected token `newline'"),
            ("| a", "syntax error near unexpected token `|'"),
            ("a >", "syntax error near unexpected token `newline'"),
            ("&& a", "syntax error near unexpected token `&&'"),
        ] {
            assert_eq!(parse(line), Err(fault.to_owned()), "{line}");
        }
    }
}

//! Scripts: kubectl lines and a few commands of the playground's own, one after another.
//!
//! - what a line can say is the shell's matter (`shell.rs`);
//! - a text on standard input by `<<EOF`;
//! - comments, empty lines, and `\` at the end of a line that goes on.

use crate::kubectl::Output;
use crate::playground::machines::failed;
use crate::playground::{Playground, Shell};

/// A command of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The line as it was written, without the mark of its text.
    pub line: String,
    /// The text that follows it up to the mark, if it has one.
    pub text: Option<String>,
    mark: String,
}

/// Puts lines together to commands.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The beginning of a line that goes on.
    begun: String,
    /// The command whose text is being read.
    open: Option<Statement>,
}

impl Reader {
    /// Takes the next line; a command, when it is complete.
    pub fn feed(&mut self, line: &str) -> Option<Statement> {
        if let Some(mut open) = self.open.take() {
            if line.trim_end() == open.mark {
                return Some(open);
            }
            let text = open.text.get_or_insert_default();
            text.push_str(line);
            text.push('\n');
            self.open = Some(open);
            return None;
        }
        if let Some(begin) = line.strip_suffix('\\') {
            self.begun.push_str(begin);
            return None;
        }
        let line = std::mem::take(&mut self.begun) + line;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let Some((command, mark)) = line.split_once("<<") else {
            return Some(Statement { line: line.to_owned(), ..Statement::default() });
        };
        let mark = mark.trim().trim_start_matches('-').trim_start();
        let (mark, rest) = mark
            .split_once([' ', '|', ';', '>'])
            .map_or((mark, ""), |it| (it.0, &mark[it.0.len()..]));
        let mark = mark.trim_matches(['\'', '"']).to_owned();
        let line = format!("{}{rest}", command.trim());
        self.open = Some(Statement { line, text: Some(String::new()), mark });
        None
    }

    /// Whether a command is only half read.
    pub fn is_open(&self) -> bool {
        self.open.is_some() || !self.begun.is_empty()
    }
}

/// Runs a script; each command with what it printed.
pub fn run_script(playground: &mut Playground, script: &str) -> Vec<(Statement, Output)> {
    let mut reader = Reader::default();
    let mut shell = Shell::default();
    let mut done = Vec::new();
    for line in script.lines() {
        if let Some(statement) = reader.feed(line) {
            let output = playground.run_statement(&statement, &mut shell);
            done.push((statement, output));
        }
    }
    if let Some(open) = reader.open {
        let fault = format!("sh: here-document delimited by end-of-file (wanted `{}')", open.mark);
        done.push((open, failed(2, &fault)));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_commands() {
        let script =
            "# why\n\nkubectl get \\\n  ds\nkubectl apply -f - <<'EOF'\na: 1\n\n# b\nEOF\n+5s\n";
        let mut reader = Reader::default();
        let read: Vec<_> = script.lines().filter_map(|it| reader.feed(it)).collect();
        let lines: Vec<_> = read.iter().map(|it| (it.line.as_str(), it.text.as_deref())).collect();
        let text = Some("a: 1\n\n# b\n");
        let expected = [("kubectl get   ds", None), ("kubectl apply -f -", text), ("+5s", None)];
        assert_eq!(lines, expected);
        assert!(!reader.is_open());
        reader.feed("cat > x <<EOF");
        assert!(reader.is_open());
        let mut reader = Reader::default();
        let piped = ["cat <<EOF | kubectl apply -f -", "a: 1", "EOF"];
        let read: Vec<_> = piped.iter().filter_map(|it| reader.feed(it)).collect();
        assert_eq!(read[0].line, "cat | kubectl apply -f -");
        assert_eq!(read[0].text.as_deref(), Some("a: 1\n"));
    }

    #[test]
    fn what_is_no_command_fails_as_in_a_shell() {
        let mut playground = Playground::open(1);
        let script = "frobnicate ds\n+5x\nnode add --pool nope\nkubectl get 'ds\ncat > x <<EOF\na";
        let done = run_script(&mut playground, script);
        let codes: Vec<u8> = done.iter().map(|(_, output)| output.code).collect();
        assert_eq!(codes, [127, 2, 1, 2, 2]);
        assert_eq!(done[0].1.stderr, "sh: frobnicate: command not found\n");
        assert_eq!(done[1].1.stderr, "+: time: unknown unit \"x\" in duration \"5x\"\n");
    }
}

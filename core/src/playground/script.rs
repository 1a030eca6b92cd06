//! Scripts: kubectl lines and a few commands of the playground's own, one after another.
//!
//! - `kubectl …` or `k …`, with a text on standard input by `<<EOF`;
//! - `+5s`, `+2m`: lets virtual time pass;
//! - `node …` and `image …`: what becomes of machines and images (`machines.rs`);
//! - `why NODE [NAMESPACE/]DAEMONSET`: whether it has a pod there, and every check on the way;
//! - `cat > NAME <<EOF`: a file for `-f NAME`;
//! - comments, empty lines, and `\` at the end of a line that goes on.

use std::collections::BTreeMap;

use crate::kubectl::{self, Output, Texts};
use crate::playground::Playground;
use crate::playground::machines::failed;

/// More virtual time than this does not pass in one line, in milliseconds: a hundred days.
const ADVANCE_MAX: i64 = 100 * 86_400_000;

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
        let mark = mark.trim().trim_start_matches('-').trim_matches(['\'', '"']).to_owned();
        let line = command.trim().to_owned();
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
    let mut files = BTreeMap::new();
    let mut done = Vec::new();
    for line in script.lines() {
        if let Some(statement) = reader.feed(line) {
            let output = playground.run_statement(&statement, &mut files);
            done.push((statement, output));
        }
    }
    if let Some(open) = reader.open {
        let fault = format!("sh: here-document delimited by end-of-file (wanted `{}')", open.mark);
        done.push((open, failed(2, &fault)));
    }
    done
}

impl Playground {
    /// Runs one command of a script; `files` are those that can be named, and that it may add to.
    pub fn run_statement(
        &mut self,
        statement: &Statement,
        files: &mut BTreeMap<String, String>,
    ) -> Output {
        let line = statement.line.as_str();
        let stdin = statement.text.clone().unwrap_or_default();
        if kubectl::is_kubectl(line) {
            return self.kubectl(line, &Texts { files: files.clone(), stdin });
        }
        if let Some(duration) = line.strip_prefix('+') {
            return match kubectl::parse_duration(duration) {
                Ok(duration) => {
                    let now = Playground::now(self);
                    self.advance(now + duration.clamp(0, ADVANCE_MAX), u32::MAX);
                    Output::default()
                }
                Err(fault) => failed(2, &format!("+: {fault}")),
            };
        }
        if let Some(name) = line.strip_prefix("cat >") {
            files.insert(name.trim().to_owned(), stdin);
            return Output::default();
        }
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            words @ ["node" | "image", ..] => self.machine_command(words),
            ["why", node, daemon_set] => self.why_text(node, daemon_set),
            words => {
                let word = words.first().copied().unwrap_or_default();
                failed(127, &format!("sh: {word}: command not found"))
            }
        }
    }

    fn why_text(&self, node: &str, daemon_set: &str) -> Output {
        match self.why(node, daemon_set) {
            Some(why) => Output { stdout: why.to_string(), ..Output::default() },
            None => failed(1, &format!("why: there is no DaemonSet {daemon_set}")),
        }
    }
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

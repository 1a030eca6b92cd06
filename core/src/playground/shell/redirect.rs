//! A command with its variables filled in, and where its output goes.

use crate::kubectl::Output;
use crate::playground::Playground;
use crate::playground::shell::parse::{Command, Part, Redirection, Word};
use crate::playground::shell::{Shell, fail};

/// A command as it is run.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    pub(super) words: Vec<String>,
    pub(super) input: String,
    /// The files, whether they get the errors, and whether they keep what they have.
    files: Vec<(String, bool, bool)>,
    joins_errors: bool,
}

impl Filled {
    /// Whether its output goes where that of the line goes.
    pub(super) fn is_plain(&self) -> bool {
        self.files.is_empty() && !self.joins_errors
    }

    /// Takes out of an output what goes elsewhere.
    pub(super) fn redirect(&self, output: &mut Output, shell: &mut Shell) {
        if self.joins_errors {
            let all: String = output.in_order().into_iter().map(|it| it.1).collect();
            *output = Output { stdout: all, code: output.code, ..Output::default() };
        }
        for (name, is_errors, appends) in &self.files {
            let stream = if *is_errors { &mut output.stderr } else { &mut output.stdout };
            shell.write(name, std::mem::take(stream), *appends);
        }
    }
}

impl Playground {
    /// Fills variables and the output of lines in.
    pub(super) fn fill(
        &mut self,
        command: &Command,
        input: String,
        shell: &mut Shell,
    ) -> Result<Filled, Output> {
        let mut filled = Filled { input, ..Filled::default() };
        for word in &command.words {
            filled.words.extend(self.filled(word, shell));
        }
        for redirection in &command.redirections {
            match redirection {
                Redirection::Input(file) => {
                    let name = self.filled(file, shell).concat();
                    let missing = || fail(1, &format!("sh: {name}: No such file or directory"));
                    filled.input = shell.files.get(&name).cloned().ok_or_else(missing)?;
                }
                Redirection::Output { file, appends } => {
                    filled.files.push((self.filled(file, shell).concat(), false, *appends));
                }
                Redirection::Errors(file) => {
                    filled.files.push((self.filled(file, shell).concat(), true, false));
                }
                Redirection::ErrorsToOutput => filled.joins_errors = true,
            }
        }
        Ok(filled)
    }

    /// A word with its variables; outside quotes a value may become several words, or none.
    fn filled(&mut self, word: &Word, shell: &mut Shell) -> Vec<String> {
        let (mut words, mut open) = (Vec::new(), None::<String>);
        for part in word {
            let (text, is_quoted) = match part {
                Part::Text(text) => (text.clone(), true),
                Part::Variable { name, is_quoted } => (shell.variable(name), *is_quoted),
                Part::Output { line, is_quoted } => {
                    let output = self.run_line(line, "", shell);
                    (output.stdout.trim_end_matches('\n').to_owned(), *is_quoted)
                }
            };
            if is_quoted {
                open.get_or_insert_default().push_str(&text);
                continue;
            }
            for (index, piece) in text.split_whitespace().enumerate() {
                if index > 0 || text.starts_with(char::is_whitespace) {
                    words.extend(open.take());
                }
                open.get_or_insert_default().push_str(piece);
            }
        }
        words.extend(open);
        words
    }
}

//! What a shell does itself: texts, files, variables, aliases.

use crate::kubectl::Output;
use crate::playground::shell::{Shell, assignment, fail};

/// Every word that begins a command.
const WORDS: [&str; 54] = [
    ":", "alias", "awk", "branch", "break", "cat", "cd", "check", "clear", "complete", "curl",
    "cut", "echo", "egrep", "exit", "export", "false", "grep", "head", "help", "history", "image",
    "k", "kubectl", "less", "lint", "ls", "mkdir", "more", "node", "plan", "pwd", "rm", "sed",
    "seek", "set", "settle", "sleep", "sort", "source", "sync", "tail", "tee", "touch", "tr",
    "true", "type", "unalias", "uniq", "unset", "wc", "wget", "which", "why",
];

impl Shell {
    /// What a shell does itself.
    pub(super) fn builtin(&mut self, words: &[String], stdin: &str) -> Option<Output> {
        let args = &words[1..];
        let said = |stdout: String| Some(Output { stdout, ..Output::default() });
        match words[0].as_str() {
            "true" | ":" | "clear" | "set" | "source" | "cd" | "complete" | "mkdir" => {
                said(String::new())
            }
            "exit" => Some(fail(1, "sh: exit: this terminal stays open")),
            "pwd" => said("/\n".to_owned()),
            "touch" => {
                args.iter().for_each(|it| self.write(it, String::new(), true));
                said(String::new())
            }
            "history" => {
                let lines = self.history.iter().zip(1..);
                said(lines.map(|(line, number)| format!("{number:>5}  {line}\n")).collect())
            }
            "type" | "which" => Some(self.which(args)),
            "false" => Some(Output { code: 1, ..Output::default() }),
            "echo" => {
                let (end, args) = match args.split_first() {
                    Some((flag, rest)) if flag == "-n" => ("", rest),
                    Some((flag, rest)) if flag == "-e" => ("\n", rest),
                    _ => ("\n", args),
                };
                said(format!("{}{end}", args.join(" ")))
            }
            "cat" | "less" | "more" => {
                let mut text = String::new();
                for name in args.iter().filter(|it| *it != "-") {
                    match self.files.get(name) {
                        Some(file) => text.push_str(file),
                        None => {
                            return Some(fail(
                                1,
                                &format!("{}: {name}: No such file or directory", words[0]),
                            ));
                        }
                    }
                }
                if args.iter().all(|it| it == "-") {
                    text.push_str(stdin);
                }
                said(text)
            }
            "tee" => {
                for name in args {
                    self.write(name, stdin.to_owned(), false);
                }
                said(stdin.to_owned())
            }
            "ls" => said(self.files.keys().map(|it| format!("{it}\n")).collect()),
            "rm" => {
                args.iter().for_each(|it| drop(self.files.remove(it)));
                said(String::new())
            }
            "export" => {
                for (name, value) in args.iter().filter_map(|it| assignment(it)) {
                    self.variables.insert(name, value);
                }
                said(String::new())
            }
            "unset" => {
                args.iter().for_each(|it| drop(self.variables.remove(it)));
                said(String::new())
            }
            "unalias" => {
                args.iter().for_each(|it| drop(self.aliases.remove(it)));
                said(String::new())
            }
            "alias" => {
                for (name, line) in args.iter().filter_map(|it| it.split_once('=')) {
                    self.aliases.insert(name.to_owned(), line.to_owned());
                }
                let all = self.aliases.iter().map(|it| format!("alias {}='{}'\n", it.0, it.1));
                said(if args.is_empty() { all.collect() } else { String::new() })
            }
            _ => None,
        }
    }

    /// What would be carried out: nothing here is a program in a file.
    fn which(&self, names: &[String]) -> Output {
        let mut output = Output::default();
        for name in names {
            let what = match self.aliases.get(name) {
                Some(line) => format!("{name}: aliased to {line}\n"),
                None if WORDS.contains(&name.as_str()) => {
                    format!("{name}: shell built-in command\n")
                }
                None => {
                    output.code = 1;
                    format!("{name} not found\n")
                }
            };
            output.stdout.push_str(&what);
        }
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::Playground;
    use crate::playground::run_script;

    #[test]
    fn every_word_begins_a_command() {
        for word in WORDS {
            let mut playground = Playground::open(1);
            let (_, output) = run_script(&mut playground, word).remove(0);
            assert_ne!(output.code, 127, "{word}: {}", output.stderr);
        }
    }
}

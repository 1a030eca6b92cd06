//! What a shell does itself: texts, files, variables, aliases.

use crate::kubectl::Output;
use crate::playground::shell::{Shell, assignment, fail};

impl Shell {
    /// What a shell does itself.
    pub(super) fn builtin(&mut self, words: &[String], stdin: &str) -> Option<Output> {
        let args = &words[1..];
        let said = |stdout: String| Some(Output { stdout, ..Output::default() });
        match words[0].as_str() {
            "true" | ":" | "clear" | "set" | "source" | "cd" | "complete" | "mkdir" => {
                said(String::new())
            }
            "false" => Some(Output { code: 1, ..Output::default() }),
            "echo" => {
                let (end, args) = match args.split_first() {
                    Some((flag, rest)) if flag == "-n" => ("", rest),
                    Some((flag, rest)) if flag == "-e" => ("\n", rest),
                    _ => ("\n", args),
                };
                said(format!("{}{end}", args.join(" ")))
            }
            "cat" => {
                let mut text = String::new();
                for name in args.iter().filter(|it| *it != "-") {
                    match self.files.get(name) {
                        Some(file) => text.push_str(file),
                        None => {
                            return Some(fail(
                                1,
                                &format!("cat: {name}: No such file or directory"),
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
}

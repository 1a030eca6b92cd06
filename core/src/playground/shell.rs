//! The shell around kubectl: pipes, variables, aliases, files, and the playground's own commands.
//! As far as tutorials go: one line after another, no loops and no conditions.

mod filter;
mod own;
mod parse;

use std::collections::BTreeMap;

use crate::kubectl::{Output, Texts};
use crate::playground::{Playground, Statement};
use parse::{Command, Part, Pipe, Redirection, When, Word};

/// Lines that call lines are not nested deeper, as aliases and `$(…)`.
const DEPTH_MAX: u8 = 8;
/// Longer texts are not kept in files and variables.
const TEXT_MAX: usize = 4_000_000;

/// What lines leave behind for those that follow.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Files by their names, for `-f` and `cat`.
    pub files: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
    aliases: BTreeMap<String, String>,
    depth: u8,
    last_code: u8,
}

/// A refusal with its exit status.
fn fail(code: u8, fault: &str) -> Output {
    Output { stderr: format!("{fault}\n"), code, ..Output::default() }
}

impl Playground {
    /// Runs one command of a script; what it leaves behind stays in the shell.
    pub fn run_statement(&mut self, statement: &Statement, shell: &mut Shell) -> Output {
        let stdin = statement.text.as_deref().unwrap_or_default();
        let output = self.run_line(&statement.line, stdin, shell);
        shell.last_code = output.code;
        output
    }

    /// Every pipe of a line, as far as its condition holds.
    fn run_line(&mut self, line: &str, stdin: &str, shell: &mut Shell) -> Output {
        if shell.depth >= DEPTH_MAX {
            return fail(2, "sh: lines are nested too deep");
        }
        let pipes = match parse::parse(line) {
            Ok(pipes) => pipes,
            Err(fault) => return fail(2, &format!("sh: {fault}")),
        };
        shell.depth += 1;
        let mut all = Output::default();
        for (when, pipe) in &pipes {
            let is_due = match when {
                When::Always => true,
                When::AfterSuccess => all.code == 0,
                When::AfterFailure => all.code != 0,
            };
            if is_due {
                let output = self.run_pipe(pipe, stdin, shell);
                all.stdout.push_str(&output.stdout);
                all.stderr.push_str(&output.stderr);
                all.code = output.code;
                shell.last_code = output.code;
            }
        }
        shell.depth -= 1;
        all
    }

    /// The output of each command is the input of the next; the status is that of the last.
    fn run_pipe(&mut self, pipe: &Pipe, stdin: &str, shell: &mut Shell) -> Output {
        let (mut input, mut errors) = (stdin.to_owned(), String::new());
        let mut last = Output::default();
        for command in pipe {
            last = self.run_command(command, &input, shell);
            errors.push_str(&last.stderr);
            input = std::mem::take(&mut last.stdout);
        }
        Output { stdout: input, stderr: errors, code: last.code }
    }

    fn run_command(&mut self, command: &Command, stdin: &str, shell: &mut Shell) -> Output {
        let mut words = Vec::new();
        for word in &command.words {
            words.extend(self.filled(word, shell));
        }
        let (mut input, mut files) = (stdin.to_owned(), Vec::new());
        for redirection in &command.redirections {
            match redirection {
                Redirection::Input(file) => {
                    let name = self.filled(file, shell).concat();
                    match shell.files.get(&name) {
                        Some(text) => input = text.clone(),
                        None => return fail(1, &format!("sh: {name}: No such file or directory")),
                    }
                }
                Redirection::Output { file, appends } => {
                    files.push((self.filled(file, shell).concat(), false, *appends));
                }
                Redirection::Errors(file) => {
                    files.push((self.filled(file, shell).concat(), true, false));
                }
                Redirection::ErrorsToOutput => {}
            }
        }
        let mut output = self.run_words(words, &input, shell);
        if command.redirections.contains(&Redirection::ErrorsToOutput) {
            let errors = std::mem::take(&mut output.stderr);
            output.stdout.push_str(&errors);
        }
        for (name, is_errors, appends) in files {
            let stream = if is_errors { &mut output.stderr } else { &mut output.stdout };
            shell.write(&name, std::mem::take(stream), appends);
        }
        output
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

    fn run_words(&mut self, mut words: Vec<String>, stdin: &str, shell: &mut Shell) -> Output {
        while let Some((name, value)) = words.first().and_then(|it| assignment(it)) {
            shell.variables.insert(name, value);
            words.remove(0);
        }
        let Some(first) = words.first().cloned() else { return Output::default() };
        if let Some(line) = shell.aliases.get(&first).cloned() {
            // An alias does not stand for itself.
            let known = shell.aliases.remove(&first);
            let rest: Vec<String> = words[1..].iter().map(|it| quoted(it)).collect();
            let output = self.run_line(&format!("{line} {}", rest.join(" ")), stdin, shell);
            shell.aliases.extend(known.map(|it| (first, it)));
            return output;
        }
        if matches!(first.as_str(), "kubectl" | "k") {
            let texts = Texts { files: shell.files.clone(), stdin: stdin.to_owned() };
            return self.kubectl_words(&words, &texts);
        }
        if let Some(output) = shell.builtin(&words, stdin) {
            return output;
        }
        if first == "watch" {
            return self.watch(&words[1..], shell);
        }
        let input = match filter_file(&words, shell) {
            Some(text) => text,
            None => stdin.to_owned(),
        };
        if let Some(output) = filter::run(&words, &input) {
            return output;
        }
        if let Some(output) = self.run_own(&words, shell) {
            return output;
        }
        fail(127, &format!("sh: {first}: command not found"))
    }

    /// `watch`: the command now, and again whenever it prints something else, until nothing has
    /// happened for two minutes.
    fn watch(&mut self, args: &[String], shell: &mut Shell) -> Output {
        let mut rest = args;
        let mut seconds = 2_000;
        while let Some((flag, after)) = rest.split_first().filter(|it| it.0.starts_with('-')) {
            rest = after;
            let text = flag.trim_start_matches("--interval=").trim_start_matches("-n");
            let text = match (flag.as_str(), rest.split_first()) {
                ("-n" | "--interval", Some((value, after))) => {
                    rest = after;
                    value.as_str()
                }
                _ => text,
            };
            if let Ok(value) = text.parse::<i64>() {
                seconds = value.clamp(1, 3_600) * 1_000;
            }
        }
        if rest.is_empty() {
            return fail(1, "Usage: watch [-n SECONDS] COMMAND");
        }
        let line = match rest {
            [line] => line.clone(),
            words => words.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(" "),
        };
        let mut all = Output::default();
        let mut shown = String::new();
        let mut idle = 0;
        for _ in 0..WATCH_MAX {
            let output = self.run_line(&line, "", shell);
            if output.stdout != shown {
                let blank = if shown.is_empty() { "" } else { "\n" };
                all.stdout.push_str(&format!("{blank}{}", output.stdout));
                (shown, idle) = (output.stdout, 0);
            }
            all.stderr = output.stderr;
            all.code = output.code;
            idle += seconds;
            if idle > WATCH_IDLE || all.code != 0 {
                break;
            }
            let now = Playground::now(self);
            self.advance(now + seconds, u32::MAX);
        }
        all
    }
}

/// A watch runs its command at most so often.
const WATCH_MAX: u32 = 1_000;
/// It ends when nothing has changed for so long, in milliseconds.
const WATCH_IDLE: i64 = 120_000;

/// The last word of a filter, if it is a file that is there.
fn filter_file(words: &[String], shell: &Shell) -> Option<String> {
    let is_filter = ["grep", "egrep", "head", "tail", "wc", "sort"].contains(&words[0].as_str());
    let last = words.last().filter(|_| is_filter && words.len() > 1)?;
    shell.files.get(last).cloned()
}

/// `NAME=VALUE`.
fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_valid = !name.is_empty()
        && name.chars().all(is_name)
        && !name.starts_with(|c: char| c.is_ascii_digit());
    is_valid.then(|| (name.to_owned(), value.to_owned()))
}

/// A word as it can be typed again.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

impl Shell {
    fn variable(&self, name: &str) -> String {
        match name {
            "?" => self.last_code.to_string(),
            name => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    fn write(&mut self, name: &str, text: String, appends: bool) {
        if name == "/dev/null" {
            return;
        }
        let file = self.files.entry(name.to_owned()).or_default();
        if !appends {
            file.clear();
        }
        if file.len() + text.len() <= TEXT_MAX {
            file.push_str(&text);
        }
    }

    /// What a shell does itself.
    fn builtin(&mut self, words: &[String], stdin: &str) -> Option<Output> {
        let args = &words[1..];
        let said = |stdout: String| Some(Output { stdout, ..Output::default() });
        match words[0].as_str() {
            "true" | ":" | "clear" | "set" | "source" | "cd" => said(String::new()),
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

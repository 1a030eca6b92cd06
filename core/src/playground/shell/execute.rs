//! One command: kubectl, a tool of the shell, or one of the playground's own.

use crate::kubectl::{Output, Texts, context_namespace, start_words};
use crate::playground::Playground;
use crate::playground::shell::parse::Command;
use crate::playground::shell::redirect::Filled;
use crate::playground::shell::run::Wait;
use crate::playground::shell::watch::Watch;
use crate::playground::shell::{Shell, absent, assignment, fail, fetch, filter};

impl Playground {
    /// A command with its words filled in; none that waits is redirected yet.
    pub(super) fn run_command(
        &mut self,
        command: &Command,
        input: String,
        shell: &mut Shell,
    ) -> (Output, Filled, Option<Wait>) {
        let filled = match self.fill(command, input, shell) {
            Ok(filled) => filled,
            Err(output) => return (output, Filled::default(), None),
        };
        let (mut output, wait) = self.run_words(&filled, shell);
        if wait.is_none() {
            filled.redirect(&mut output, shell);
        }
        (output, filled, wait)
    }

    fn run_words(&mut self, filled: &Filled, shell: &mut Shell) -> (Output, Option<Wait>) {
        let mut words = filled.words.as_slice();
        while let Some(((name, value), rest)) =
            words.split_first().and_then(|it| assignment(it.0).zip(Some(it.1)))
        {
            shell.variables.insert(name, value);
            words = rest;
        }
        while let Some((_, rest)) =
            words.split_first().filter(|it| matches!(it.0.as_str(), "sudo" | "time"))
        {
            words = rest;
        }
        let Some(first) = words.first() else { return (Output::default(), None) };
        if matches!(first.as_str(), "kubectl" | "k") {
            let (files, stdin) = (shell.files.clone(), filled.input.clone());
            let (has_editor, namespace) = (shell.has_editor, shell.namespace.clone());
            let texts = Texts { files, stdin, has_editor, namespace };
            let (output, job) = start_words(words, &texts, self);
            if output.code == 0 {
                shell.namespace = context_namespace(words).or(shell.namespace.take());
            }
            return (output, job.map(|it| Wait::Kubectl(Box::new(it))));
        }
        if let Some(line) = wrapped(words) {
            let mut filled = filled.clone();
            filled.words = line;
            return self.run_words(&filled, shell);
        }
        if first == "watch" {
            return match Watch::of(&words[1..], Playground::now(self)) {
                Ok(mut watch) => {
                    let mut output = Output::default();
                    let is_over = self.look(&mut watch, shell, &mut output);
                    (output, (!is_over).then_some(Wait::Watch(watch)))
                }
                Err(output) => (output, None),
            };
        }
        if first == "xargs" {
            let rest = words[1..].iter().filter(|it| *it != "-r").cloned();
            let given = filled.input.split_whitespace().map(str::to_owned);
            let mut all = Filled::default();
            all.words.extend(rest.chain(given));
            return self.run_words(&all, shell);
        }
        let output = shell.builtin(words, &filled.input);
        let output = output.or_else(|| match filter_file(words, shell) {
            Some(Ok((rest, text))) if is_in_place(rest) => {
                let mut output = filter::run(&[&rest[..1], &rest[2..]].concat(), &text)?;
                if output.code == 0 {
                    let file = words.last()?.trim_start_matches("./");
                    shell.write(file, std::mem::take(&mut output.stdout), false);
                }
                Some(output)
            }
            Some(Ok((rest, text))) => filter::run(rest, &text),
            Some(Err(output)) => Some(output),
            None => filter::run(words, &filled.input),
        });
        let output = output.or_else(|| fetch::run(words, shell));
        let output = output.or_else(|| self.run_own(words, shell));
        (output.unwrap_or_else(|| absent::refusal(first)), None)
    }
}

/// The line for kubectl in one for the tool that made a cluster: `minikube kubectl -- get nodes`.
fn wrapped(words: &[String]) -> Option<Vec<String>> {
    let (tool, rest) = words.split_first()?;
    let is_wrapped = ["minikube", "microk8s", "k3s"].contains(&tool.as_str());
    let (kubectl, rest) = rest.split_first().filter(|it| is_wrapped && it.0 == "kubectl")?;
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    Some([std::slice::from_ref(kubectl), rest].concat())
}

/// `sed -i` changes the file that it reads.
fn is_in_place(words: &[String]) -> bool {
    words[0] == "sed" && words.get(1).is_some_and(|it| it == "-i")
}

/// Tools that read a file as well as what is piped into them.
const READERS: [&str; 9] = ["awk", "cut", "egrep", "grep", "head", "sed", "sort", "tail", "uniq"];

/// The words before the file that a tool is to read, and its text; none if it names none.
fn filter_file<'a>(
    words: &'a [String],
    shell: &Shell,
) -> Option<Result<(&'a [String], String), Output>> {
    let (last, rest) = words.split_last().filter(|it| !it.1.is_empty())?;
    let name = rest[0].as_str();
    let is_reader = READERS.contains(&name) || name == "wc";
    if !is_reader || last.starts_with('-') {
        return None;
    }
    let takes_pattern = ["awk", "egrep", "grep", "sed"].contains(&name);
    let is_pattern = takes_pattern && !rest[1..].iter().any(|it| !it.starts_with('-'));
    match shell.files.get(last.trim_start_matches("./")) {
        Some(text) => Some(Ok((rest, text.clone()))),
        None if is_pattern => None,
        None if last.ends_with(".yaml") || last.ends_with(".yml") || last.ends_with(".txt") => {
            Some(Err(fail(1, &format!("{name}: {last}: No such file or directory"))))
        }
        None => None,
    }
}

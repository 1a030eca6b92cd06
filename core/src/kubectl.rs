//! kubectl's language: a command line in, the text of the real kubectl out.
//!
//! A command reads and asks for changes through [`Server`], which speaks Kubernetes JSON, so that
//! it does not know whether a running cluster or an exported one is behind it. [`start`] carries
//! out a line; what has to wait comes back as a [`Job`], plain data that whoever lets time flow
//! polls.
//!
//! Simpler than kubectl: of Go's templates the simple ones are understood (`go_template.rs`), and
//! of the commands those are known that `command::COMMANDS` lists.

mod about;
mod age;
mod api_resources;
mod apply;
mod arguments;
mod change;
mod command;
mod complete;
mod config;
mod connection;
mod cordon;
mod create;
mod delete;
mod describe;
mod diff;
mod drain;
mod events;
mod explain;
mod files;
mod flags;
mod get;
mod go_template;
mod help;
mod job;
mod jsonpath;
mod label;
mod line;
mod logs;
mod output;
mod patch;
mod printer;
pub(crate) mod published;
mod record;
mod replace;
mod resource;
mod rollout;
mod select;
mod selector;
mod server;
mod set;
mod table;
mod taint;
mod version;
mod wait;
mod words;

use std::collections::BTreeMap;

use output::Failure;
use select::Targets;

pub use arguments::{parse_label, parse_taint};
pub use complete::complete;
pub use config::context_namespace;
pub(crate) use diff::as_compared;
pub use flags::parse_duration;
pub use job::{Edited, Gone, Job};
pub use line::{image_words, line_of};
pub use output::Output;
pub use replace::Replacement;
pub use resource::Resource;
pub use rollout::status::Status as RolloutStatus;
pub use server::Server;

/// The texts that a command can read.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Files by their names.
    pub files: BTreeMap<String, String>,
    /// Standard input.
    pub stdin: String,
    /// Whether somebody can edit what `edit` opens; else the edited text is the standard input.
    pub has_editor: bool,
    /// The namespace of the current context, if `config set-context` has given it one.
    pub namespace: Option<String>,
}

/// A command being carried out.
struct Shell<'a> {
    server: &'a mut dyn Server,
    texts: &'a Texts,
    output: Output,
    job: Option<Job>,
    /// The line, if `--record` asks to keep it as the reason for the change.
    cause: Option<String>,
}

impl Shell<'_> {
    /// What the words name; a short name that two types share is warned about.
    fn targets(&mut self, words: &[String]) -> Result<Targets, Failure> {
        let kinds = words.first().map(String::as_str).unwrap_or_default();
        let kinds = kinds.split('/').next().unwrap_or_default();
        if kinds.split(',').any(|it| it == "ev") {
            self.output.warn(
                "Warning: short name \"ev\" could also match lower priority resource \
                 events.events.k8s.io",
            );
        }
        select::targets(words)
    }
}

/// Whether a line is one for kubectl.
pub fn is_kubectl(line: &str) -> bool {
    let word = line.split_whitespace().next();
    matches!(word, Some("kubectl" | "k"))
}

/// Carries out a line that begins with `kubectl` or `k`. With a job the command is not over: its
/// output goes on, and ends with the job.
pub fn start(line: &str, texts: &Texts, server: &mut dyn Server) -> (Output, Option<Job>) {
    match words::split(line) {
        Ok(words) => start_words(&words, texts, server),
        Err(fault) => {
            let mut output = Output { code: 2, ..Output::default() };
            output.warn(&format!("sh: {fault}"));
            (output, None)
        }
    }
}

/// The same for a line that a shell has split.
pub fn start_words(
    words: &[String],
    texts: &Texts,
    server: &mut dyn Server,
) -> (Output, Option<Job>) {
    let output = Output::default();
    let mut shell = Shell { server, texts, output, job: None, cause: None };
    let result = command::run(&mut shell, words.get(1..).unwrap_or_default());
    let Shell { server, mut output, job, .. } = shell;
    if let Err(failure) = &result {
        output.fail(failure);
    }
    let Some(mut job) = job else { return (output, None) };
    // What fails in part fails, but still waits for the rest.
    let is_over = job.poll(server, &mut output);
    (output, (!is_over).then_some(job))
}

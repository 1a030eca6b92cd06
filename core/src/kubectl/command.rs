//! The commands and their names.

use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, GLOBAL, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::{apply, cordon, delete, describe, events, get, label, rollout, set, taint};

/// A command with the words that call it.
struct Command {
    name: &'static str,
    flags: &'static [Flag],
    run: fn(&mut Shell, &Flags) -> Result<(), Failure>,
}

const fn command(
    name: &'static str,
    flags: &'static [Flag],
    run: fn(&mut Shell, &Flags) -> Result<(), Failure>,
) -> Command {
    Command { name, flags, run }
}

static COMMANDS: [Command; 20] = [
    command("get", get::FLAGS, get::run),
    command("describe", describe::FLAGS, describe::run),
    command("events", events::FLAGS, events::run),
    command("apply", apply::APPLY_FLAGS, apply::apply),
    command("create", apply::CREATE_FLAGS, apply::create),
    command("replace", apply::CREATE_FLAGS, apply::replace),
    command("delete", delete::FLAGS, delete::run),
    command("label", label::FLAGS, label::label),
    command("annotate", label::FLAGS, label::annotate),
    command("taint", taint::FLAGS, taint::run),
    command("cordon", cordon::FLAGS, cordon::cordon),
    command("uncordon", cordon::FLAGS, cordon::uncordon),
    command("set image", set::FLAGS, set::image),
    command("rollout status", rollout::STATUS_FLAGS, rollout::status),
    command("rollout history", rollout::HISTORY_FLAGS, rollout::history),
    command("rollout undo", rollout::UNDO_FLAGS, rollout::undo),
    command("rollout restart", rollout::RESTART_FLAGS, rollout::restart),
    command("rollout pause", rollout::PAUSE_FLAGS, rollout::pause),
    command("rollout resume", rollout::PAUSE_FLAGS, rollout::resume),
    command("version", &[Flag("client", ' ', Takes::Switch)], version),
];

/// All that kubectl has, in its order; some of it the playground has not.
const NAMES: &str = "\
    create expose run set explain get edit delete rollout scale autoscale certificate cluster- \
    info top cordon uncordon drain taint describe logs attach exec port-forward proxy cp auth \
    debug events diff apply patch replace wait kustomize label annotate completion api- \
    resources api-versions config plugin version";

pub(super) fn run(shell: &mut Shell, words: &[String]) -> Result<(), Failure> {
    let (path, rest) = path_of(words);
    let Some(first) = path.first().map(String::as_str) else {
        shell.output.line("kubectl controls the Kubernetes cluster manager.");
        return Ok(());
    };
    let joined = path.join(" ");
    if let Some(command) = COMMANDS.iter().find(|it| it.name == joined) {
        let flags = Flags::parse(&rest, command.flags, command.name)?;
        return (command.run)(shell, &flags);
    }
    if ["rollout", "set"].contains(&first) {
        return Err(match path.get(1) {
            Some(other) => Failure::usage(&format!("unknown command \"{other}\""), first),
            None => Failure::usage(&format!("{first} needs a subcommand"), first),
        });
    }
    if NAMES.split(' ').any(|it| it == first) {
        return Err(Failure::new(format!("{first} is not simulated")));
    }
    Err(unknown(first))
}

/// The words that name the command, and all others in their order. Flags may stand before them.
fn path_of(words: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut path, mut rest): (Vec<String>, Vec<String>) = Default::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_flag = word.starts_with('-') && word.len() > 1;
        let is_part = match path.first().map(String::as_str) {
            None => true,
            Some("rollout" | "set") => path.len() < 2,
            Some(_) => false,
        };
        if is_flag {
            rest.push(word.clone());
            let takes_value = GLOBAL.iter().any(|it| {
                it.2 != Takes::Switch
                    && (*word == format!("--{}", it.0) || *word == format!("-{}", it.1))
            });
            if takes_value && is_part {
                rest.extend(words.next().cloned());
            }
        } else if is_part {
            path.push(word.clone());
        } else {
            rest.push(word.clone());
        }
    }
    (path, rest)
}

/// cobra's words, with the commands that are two letters away at most or begin so.
fn unknown(word: &str) -> Failure {
    let is_near = |name: &&str| strsim::levenshtein(word, name) <= 2 || name.starts_with(word);
    let near: Vec<&str> = NAMES.split(' ').filter(is_near).collect();
    let mut text = format!("Error: unknown command \"{word}\" for \"kubectl\"");
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        near.iter().for_each(|it| text.push_str(&format!("\t{it}\n")));
    }
    Failure::whole(text)
}

fn version(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    shell.output.line("Client Version: v1.32.3");
    shell.output.line("Kustomize Version: v5.5.0");
    if !flags.is_on("client") {
        shell.output.line("Server Version: v1.31.13");
    }
    Ok(())
}

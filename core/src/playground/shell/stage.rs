//! The commands of a pipe, and what aliases make of them.

use crate::playground::shell::Shell;
use crate::playground::shell::parse::{self, Command, Part};

/// A command of a pipe with the aliases that it came from.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) command: Command,
    pub(super) aliases: Vec<String>,
}

/// A filter for which it makes no difference whether lines come together.
pub(super) fn is_line_by_line(stage: &Stage) -> bool {
    let text = |word: &Vec<Part>| match word.as_slice() {
        [Part::Text(text)] => text.clone(),
        _ => String::new(),
    };
    let words: Vec<String> = stage.command.words.iter().map(text).collect();
    let counts = |it: &String| it.starts_with('-') && it.contains(['c', 'q']);
    stage.command.redirections.is_empty()
        && match words.first().map(String::as_str) {
            Some("grep" | "egrep") => !words.iter().any(counts),
            Some("cut" | "tr") => true,
            _ => false,
        }
}

/// The pipes that an alias stands for, the last one with the words behind the alias. An alias does
/// not stand for itself.
pub(super) fn expanded(stage: &Stage, shell: &Shell) -> Option<Result<Vec<Vec<Stage>>, String>> {
    let Stage { command, aliases } = stage;
    let Some([Part::Text(name)]) = command.words.first().map(Vec::as_slice) else { return None };
    let line = shell.aliases.get(name).filter(|_| !aliases.contains(name))?;
    let mut pipes = match parse::parse(line) {
        Ok(pipes) => pipes,
        Err(fault) => return Some(Err(fault)),
    };
    let last = pipes.last_mut().and_then(|it| it.1.last_mut())?;
    last.words.extend(command.words.iter().skip(1).cloned());
    last.redirections.extend(command.redirections.iter().cloned());
    let mut aliases = aliases.clone();
    aliases.push(name.clone());
    let stage = |command| Stage { command, aliases: aliases.clone() };
    Some(Ok(pipes.into_iter().map(|it| it.1.into_iter().map(stage).collect()).collect()))
}

//! The commands and their names.

use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, GLOBAL, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::{
    about, api_resources, apply, config, connection, cordon, create, delete, describe, diff, drain,
    events, explain, get, help, label, logs, patch, record, replace, rollout, set, taint, version,
    wait,
};

type Run = fn(&mut Shell, &Flags) -> Result<(), Failure>;

/// A command with the words that call it.
struct Command {
    name: &'static str,
    flags: &'static [Flag],
    run: Run,
}

const fn command(name: &'static str, flags: &'static [Flag], run: Run) -> Command {
    Command { name, flags, run }
}

static COMMANDS: [Command; 53] = [
    command("get", get::FLAGS, get::run),
    command("describe", describe::FLAGS, describe::run),
    command("events", events::FLAGS, events::run),
    command("apply", apply::APPLY_FLAGS, apply::apply),
    command("create", apply::CREATE_FLAGS, create::create),
    command("create namespace", create::NAMESPACE_FLAGS, create::namespace),
    command("create deployment", create::DEPLOYMENT_FLAGS, create::deployment),
    command("run", create::RUN_FLAGS, create::run),
    command("replace", replace::FLAGS, replace::run),
    command("diff", diff::FLAGS, diff::run),
    command("edit", patch::EDIT_FLAGS, patch::edit),
    command("delete", delete::FLAGS, delete::run),
    command("label", label::FLAGS, label::label),
    command("annotate", label::FLAGS, label::annotate),
    command("taint", taint::FLAGS, taint::run),
    command("cordon", cordon::FLAGS, cordon::cordon),
    command("uncordon", cordon::FLAGS, cordon::uncordon),
    command("drain", drain::FLAGS, drain::run),
    command("set image", set::IMAGE_FLAGS, set::image),
    command("set env", set::ENV_FLAGS, set::env),
    command("set resources", set::RESOURCES_FLAGS, set::resources),
    command("set serviceaccount", set::FLAGS, set::service_account),
    command("set selector", set::FLAGS, set::selector),
    command("patch", patch::PATCH_FLAGS, patch::run),
    command("scale", patch::SCALE_FLAGS, patch::scale),
    command("rollout status", rollout::STATUS_FLAGS, rollout::status),
    command("rollout history", rollout::HISTORY_FLAGS, rollout::history),
    command("rollout undo", rollout::UNDO_FLAGS, rollout::undo),
    command("rollout restart", rollout::RESTART_FLAGS, rollout::restart),
    command("rollout pause", rollout::PAUSE_FLAGS, rollout::pause),
    command("rollout resume", rollout::PAUSE_FLAGS, rollout::resume),
    command("wait", wait::FLAGS, wait::run),
    command("explain", explain::FLAGS, explain::run),
    command("logs", logs::FLAGS, logs::run),
    command("api-resources", api_resources::FLAGS, api_resources::api_resources),
    command("api-versions", &[], api_resources::api_versions),
    command("cluster-info", &[], about::cluster_info),
    command("config view", config::VIEW_FLAGS, config::view),
    command("config current-context", &[], config::current_context),
    command("config get-contexts", config::CONTEXTS_FLAGS, config::get_contexts),
    command("config get-clusters", &[], config::get_clusters),
    command("config use-context", &[], config::use_context),
    command("config set-context", config::SET_CONTEXT_FLAGS, config::set_context),
    command("top node", about::TOP_NODE_FLAGS, about::top_node),
    command("top pod", about::TOP_POD_FLAGS, about::top_pod),
    command("version", version::FLAGS, version::run),
    command("autoscale", about::AUTOSCALE_FLAGS, about::autoscale),
    command("expose", about::EXPOSE_FLAGS, about::expose),
    command("exec", about::EXEC_FLAGS, about::exec),
    command("attach", about::ATTACH_FLAGS, about::attach),
    command("port-forward", about::FORWARD_FLAGS, about::port_forward),
    command("debug", about::DEBUG_FLAGS, about::debug),
    command("auth can-i", about::CAN_I_FLAGS, about::can_i),
];

/// Commands that have subcommands.
pub(super) const GROUPS: [&str; 5] = ["rollout", "set", "config", "top", "auth"];

/// What kubectl can create without a manifest.
const MADE_OF_WORDS: [&str; 27] = [
    "namespace",
    "ns",
    "deployment",
    "deploy",
    "clusterrole",
    "clusterrolebinding",
    "configmap",
    "cm",
    "cronjob",
    "cj",
    "ingress",
    "ing",
    "job",
    "poddisruptionbudget",
    "pdb",
    "priorityclass",
    "pc",
    "quota",
    "resourcequota",
    "role",
    "rolebinding",
    "secret",
    "service",
    "svc",
    "serviceaccount",
    "sa",
    "token",
];

/// The flags of a command; none if it is not known here.
pub(super) fn flags_of(name: &str) -> Option<&'static [Flag]> {
    COMMANDS.iter().find(|it| it.name == name).map(|it| it.flags)
}

/// Every command that is known here, with its flags.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static [Flag])> {
    COMMANDS.iter().map(|it| (it.name, it.flags))
}

/// What can follow the name of a group.
pub(super) fn subcommands(group: &str) -> Vec<String> {
    let names = COMMANDS.iter().filter_map(|it| it.name.strip_prefix(group)?.strip_prefix(' '));
    names.map(str::to_owned).collect()
}

pub(super) fn run(shell: &mut Shell, words: &[String]) -> Result<(), Failure> {
    let (path, rest) = path_of(words);
    let Some(first) = path.first().map(String::as_str) else {
        Flags::parse(&rest, &[], "")?;
        shell.output.stdout.push_str(help::overview());
        return Ok(());
    };
    let joined = path.join(" ");
    if let Some(command) = COMMANDS.iter().find(|it| it.name == joined) {
        let mut flags = Flags::parse(&rest, command.flags, command.name)?;
        flags.context = shell.texts.namespace.clone();
        if flags.text("record").is_some() {
            shell
                .output
                .warn("Flag --record has been deprecated, --record will be removed in the future");
        }
        if flags.is_on("help") {
            shell.output.stdout.push_str(help::page(command.name).unwrap_or_default());
            return Ok(());
        }
        connection::check(command.name, &flags)?;
        shell.cause = flags.is_on("record").then(|| record::cause(command.name, &flags));
        return (command.run)(shell, &flags);
    }
    match first {
        "options" => {
            shell.output.stdout.push_str(help::page("options").unwrap_or_default());
            return Ok(());
        }
        "help" => {
            return topic(shell, &rest);
        }
        _ => {}
    }
    if GROUPS.contains(&first) {
        return group(shell, first, path.get(1).map(String::as_str), &rest);
    }
    if help::commands().any(|it| it == first) {
        return Err(match path.len() {
            1 => about::not_simulated(first),
            _ => Failure::new(format!("{joined} is not simulated: write a manifest and apply it")),
        });
    }
    Err(unknown(first))
}

/// `kubectl help WORDS`: the page of what they name, or of kubectl itself if nobody knows it
/// (cobra's help command).
fn topic(shell: &mut Shell, words: &[String]) -> Result<(), Failure> {
    let names: Vec<&String> = words.iter().filter(|it| !it.starts_with('-')).collect();
    let is_known = |it: &String| it == "options" || help::commands().any(|name| name == it);
    if names.first().is_some_and(|it| !is_known(it)) {
        let quoted: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
        shell.output.warn(&format!("Unknown help topic [{}]", quoted.join(" ")));
        shell.output.warn_all(&format!("\n\n{}", help::usage()));
        return Ok(());
    }
    let words: Vec<String> = words.iter().cloned().chain(["--help".to_owned()]).collect();
    run(shell, if names.is_empty() { &[] } else { &words })
}

/// A group of commands, without the name of one that is known here.
fn group(
    shell: &mut Shell,
    group: &str,
    other: Option<&str>,
    rest: &[String],
) -> Result<(), Failure> {
    let flags = Flags::parse(rest, &[], group)?;
    let page = help::page(group).unwrap_or_default();
    match other {
        // Whoever asks for help has it; whoever forgot the subcommand has failed.
        _ if flags.is_on("help") => shell.output.stdout.push_str(page),
        Some(other) if help::listed(page).any(|it| it == other) => {
            return Err(about::not_simulated(&format!("{group} {other}")));
        }
        Some(other) => return Err(Failure::usage(&format!("unknown command \"{other}\""), group)),
        // `rollout` alone prints to standard output (`DefaultSubCommandRun`).
        None if group == "rollout" => {
            shell.output.stdout.push_str(page);
            return Err(Failure::silent());
        }
        None => {
            shell.output.warn_all(page);
            return Err(Failure::silent());
        }
    }
    Ok(())
}

/// The words that name the command, and all others in their order. Flags may stand before them.
fn path_of(words: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut path, mut rest): (Vec<String>, Vec<String>) = Default::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_flag = word.starts_with('-') && word.len() > 1;
        let is_part = match path.first().map(String::as_str) {
            None => true,
            Some("create") if path.len() == 1 => MADE_OF_WORDS.contains(&word.as_str()),
            Some(first) if GROUPS.contains(&first) => path.len() < 2,
            Some(_) => false,
        };
        if is_flag {
            rest.push(word.clone());
            // Before the command nobody knows its flags: each takes the word behind it (cobra's
            // `stripFlags`), but for switches that every command has.
            let is_switch = GLOBAL.iter().any(|it| {
                it.2 == Takes::Switch
                    && (*word == format!("--{}", it.0) || *word == format!("-{}", it.1))
            });
            let is_whole = !word.contains('=') && (word.starts_with("--") || word.len() == 2);
            if is_whole && !is_switch && is_part {
                rest.extend(words.next().cloned());
            }
        } else if is_part {
            let name = full_name(path.first().map(String::as_str), word);
            path.push(name.to_owned());
        } else {
            rest.push(word.clone());
        }
    }
    (path, rest)
}

/// A subcommand by its whole name (`Aliases` of its cobra command).
fn full_name<'a>(group: Option<&str>, word: &'a str) -> &'a str {
    match (group, word) {
        (Some("create"), "ns") => "namespace",
        (Some("create"), "deploy") => "deployment",
        (Some("create"), "cm") => "configmap",
        (Some("create"), "cj") => "cronjob",
        (Some("create"), "ing") => "ingress",
        (Some("create"), "pc") => "priorityclass",
        (Some("create"), "pdb") => "poddisruptionbudget",
        (Some("create"), "resourcequota") => "quota",
        (Some("create"), "sa") => "serviceaccount",
        (Some("create"), "svc") => "service",
        (Some("set"), "sa") => "serviceaccount",
        (Some("config"), "use") => "use-context",
        (Some("top"), "nodes" | "no") => "node",
        (Some("top"), "pods" | "po") => "pod",
        (_, word) => word,
    }
}

/// cobra's words, with the commands that are two letters away at most or begin so.
fn unknown(word: &str) -> Failure {
    let lower = word.to_ascii_lowercase();
    let is_near = |name: &&str| strsim::levenshtein(&lower, name) <= 2 || name.starts_with(&lower);
    let near: Vec<&str> = help::commands().filter(is_near).collect();
    let mut text = format!("Error: unknown command \"{word}\" for \"kubectl\"");
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        near.iter().for_each(|it| text.push_str(&format!("\t{it}\n")));
    }
    Failure::whole(text)
}

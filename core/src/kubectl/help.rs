//! What `kubectl` and `--help` print. The overview is kubectl's own; of the commands it is said in
//! short what they take here.

use crate::kubectl::flags::{Flag, GLOBAL, Takes};

const OVERVIEW: &str = include_str!("help/kubectl.txt");
const ROLLOUT: &str = include_str!("help/rollout.txt");

/// `kubectl` without a command.
pub(super) fn overview() -> &'static str {
    OVERVIEW
}

/// `kubectl rollout` without a command.
pub(super) fn rollout() -> &'static str {
    ROLLOUT
}

/// Every command that kubectl has, with what it does, in its order.
pub(super) fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    OVERVIEW.lines().filter_map(|line| {
        let (name, about) = line.strip_prefix("  ")?.split_once("  ")?;
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        (!name.is_empty() && name.chars().all(is_name)).then(|| (name, about.trim()))
    })
}

/// What a command with subcommands prints without one.
pub(super) fn group(name: &str, subcommands: &[String]) -> String {
    let about = about(name);
    let mut text = format!("{about}.\n\nAvailable Commands:\n");
    for it in subcommands {
        text.push_str(&format!("  {it}\n"));
    }
    text.push_str(&format!(
        "\nUsage:\n  kubectl {name} SUBCOMMAND [options]\n\n\
         Use \"kubectl {name} <command> --help\" for more information about a given command.\n"
    ));
    text
}

fn about(name: &str) -> &'static str {
    match name {
        "rollout history" => "View rollout history",
        "rollout pause" => "Mark the provided resource as paused",
        "rollout restart" => "Restart a resource",
        "rollout resume" => "Resume a paused resource",
        "rollout status" => "Show the status of the rollout",
        "rollout undo" => "Undo a previous rollout",
        "set env" => "Update environment variables on a pod template",
        "set image" => "Update the image of a pod template",
        "set resources" => "Update resource requests/limits on objects with pod templates",
        "set selector" => "Set the selector on a resource",
        "set serviceaccount" => "Update the service account of a resource",
        name => commands().find(|it| it.0 == name).map(|it| it.1).unwrap_or_default(),
    }
}

/// What follows the name of a command in its `Usage:` line (`Use` of its cobra command).
fn usage(name: &str) -> &'static str {
    match name {
        "get" => {
            "[(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile\
             |jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] \
             (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]"
        }
        "describe" => "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
        "events" => {
            "[(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile\
             |jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] \
             [--types=Normal,Warning]"
        }
        "apply" => "(-f FILENAME | -k DIRECTORY)",
        "create" | "replace" | "diff" => "-f FILENAME",
        "create namespace" => "NAME [--dry-run=server|client|none]",
        "create deployment" => "NAME --image=image -- [COMMAND] [args...]",
        "run" => {
            "NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] \
             [--overrides=inline-json] [--command] -- [COMMAND] [args...]"
        }
        "edit" => "(RESOURCE/NAME | -f FILENAME)",
        "delete" => "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
        "label" | "annotate" => {
            "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N \
             [--resource-version=version]"
        }
        "taint" => "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
        "cordon" | "uncordon" | "drain" => "NODE",
        "patch" => "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
        "scale" => {
            "[--resource-version=version] [--current-replicas=count] --replicas=COUNT \
             (-f FILENAME | TYPE NAME)"
        }
        "set image" => {
            "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... \
             CONTAINER_NAME_N=CONTAINER_IMAGE_N"
        }
        "set env" => "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
        "set resources" => "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
        "set selector" => "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
        "set serviceaccount" => "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
        "rollout status" | "rollout history" | "rollout undo" => "(TYPE NAME | TYPE/NAME) [flags]",
        "rollout restart" | "rollout pause" | "rollout resume" => "RESOURCE",
        "wait" => {
            "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) \
             [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]"
        }
        "explain" => {
            "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] \
             [-o|--output=plaintext|plaintext-openapiv2]"
        }
        "logs" => "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
        "config" => "SUBCOMMAND",
        "autoscale" => {
            "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS \
             [--cpu-percent=CPU]"
        }
        "exec" => "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
        "top" | "version" | "api-resources" | "api-versions" | "cluster-info" | "auth" => "[flags]",
        _ => "",
    }
}

/// `kubectl COMMAND --help`.
pub(super) fn command(name: &str, flags: &[Flag]) -> String {
    let mut text = format!("{}.\n\nOptions:\n", about(name));
    for flag in flags {
        let letter = match flag.1 {
            ' ' => "    ".to_owned(),
            letter => format!("-{letter}, "),
        };
        let default = match flag.2 {
            Takes::Switch => "=false",
            Takes::Text | Takes::Perhaps(_) => "=''",
            Takes::Integer => "=0",
            Takes::Duration => "=0s",
        };
        text.push_str(&format!("    {letter}--{}{default}\n", flag.0));
    }
    let usage = usage(name);
    let blank = if usage.is_empty() { "" } else { " " };
    text.push_str(&format!("\nUsage:\n  kubectl {name}{blank}{usage} [options]\n\n"));
    text.push_str(
        "Use \"kubectl options\" for a list of global command-line options \
         (applies to all commands).\n",
    );
    text
}

/// `kubectl options`.
pub(super) fn options() -> String {
    let text = command("options", GLOBAL);
    let start = text.find("Options:").unwrap_or(0);
    let end = text.find("\nUsage:").unwrap_or(text.len());
    let lead = "The following options can be passed to any command:\n\n";
    format!("{lead}{}", text[start..end].trim_start_matches("Options:\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overview_knows_every_command() {
        let names: Vec<&str> = commands().map(|it| it.0).collect();
        for name in ["create", "get", "rollout", "cluster-info", "api-resources", "version"] {
            assert!(names.contains(&name), "{name} is missing in {names:?}");
        }
        assert_eq!(names.first(), Some(&"create"));
    }
}

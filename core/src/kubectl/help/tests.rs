//! The pages against the flags of the parser, and against the real kubectl.

use std::fmt::Write;
use std::process::Command;

use super::*;
use crate::kubectl::command::{GROUPS, all};
use crate::kubectl::flags::{Flag, Flags, GLOBAL, Takes};
use crate::kubectl::words;

/// Flags that kubectl takes and says nothing of.
const HIDDEN: [&str; 2] = ["record", "help"];

/// Every page with the flags that the parser takes there.
fn pages() -> Vec<(&'static str, &'static [Flag])> {
    let groups = GROUPS.iter().map(|it| (*it, &[] as &[Flag]));
    all().chain(groups).chain([("options", GLOBAL)]).collect()
}

/// An option of a page.
struct Written<'a> {
    letter: char,
    name: &'a str,
    default: &'a str,
    about: &'a str,
}

/// The options of a page, and how it reads without those that are not wanted.
fn options<'a>(page: &'a str, is_wanted: impl Fn(&str) -> bool) -> (Vec<Written<'a>>, String) {
    let (mut options, mut text) = (Vec::new(), String::new());
    for block in page.split_inclusive("\n\n") {
        let (title, block) = match block.strip_prefix("Options:\n") {
            Some(block) => ("Options:\n", block),
            None => ("", block),
        };
        text.push_str(title);
        if !block.starts_with("    -") {
            text.push_str(block);
            continue;
        }
        let (head, about) = block.split_once(":\n\t").expect("a flag and what it is");
        let (flag, default) = head.trim_start().split_once('=').expect("a default");
        let (letter, name) = match flag.split_once(", ") {
            Some((letter, name)) => (letter.chars().nth(1), name),
            None => (None, flag),
        };
        let name = name.strip_prefix("--").expect("a long name");
        let letter = letter.unwrap_or(' ');
        if is_wanted(name) {
            text.push_str(block);
        }
        options.push(Written { letter, name, default, about: about.trim() });
    }
    (options, text.replace("Options:\nUsage:", "Usage:"))
}

/// Issue 7: `--help` for each. The options are exactly those that the parser takes.
#[test]
fn every_command_has_its_page_and_every_flag_its_option() {
    for (name, flags) in pages() {
        let page = page(name).unwrap_or_else(|| panic!("no page for {name}"));
        let (options, _) = options(page, |_| true);
        let shown = |it: &&Flag| !HIDDEN.contains(&it.0);
        let mut expected: Vec<&Flag> = flags.iter().filter(shown).collect();
        expected.sort_by_key(|it| it.0);
        let names = |it: &[&Flag]| it.iter().map(|it| it.0).collect::<Vec<_>>();
        let found: Vec<&str> = options.iter().map(|it| it.name).collect();
        assert_eq!(found, names(&expected), "{name}");
        for (option, Flag(flag, letter, takes)) in options.iter().zip(expected) {
            assert_eq!(option.letter, *letter, "{name} --{flag}");
            assert!(!option.about.is_empty(), "{name} --{flag}");
            let is_text = option.default.starts_with(['\'', '[']);
            let is_kind = match takes {
                Takes::Switch => ["true", "false"].contains(&option.default),
                Takes::Integer => option.default.parse::<i64>().is_ok(),
                Takes::Duration => option.default.ends_with('s') && !is_text,
                Takes::Text | Takes::Perhaps(_) => is_text,
            };
            assert!(is_kind, "{name} --{flag}={}", option.default);
        }
        if name != "options" {
            assert!(page.contains(&format!("\nUsage:\n  kubectl {name} ")), "{name}: {page}");
        }
    }
}

/// What a page gives as an example can be typed: each flag is known, or refused as not simulated.
#[test]
fn examples_are_understood() {
    let mut count = 0;
    for (name, flags) in all() {
        let start = format!("  kubectl {name} ");
        for line in page(name).into_iter().flat_map(str::lines) {
            let Some(line) = line.strip_prefix(&start) else { continue };
            if line.ends_with("[options]") || line.contains(['|', '>', '$']) {
                continue;
            }
            let words = words::split(line).unwrap_or_else(|it| panic!("{line}: {it}"));
            if let Err(failure) = Flags::parse(&words, flags, name) {
                let text = format!("{failure:?}");
                assert!(text.contains("is not simulated"), "{name} {line}: {text}");
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

/// `KUBECTL=…/kubectl` names a kubectl v1.32.3: its pages are ours. `UPDATE_EXPECT=1` takes them.
#[test]
fn pages_are_those_of_kubectl() {
    let Ok(kubectl) = std::env::var("KUBECTL") else { return };
    let mut text = String::from("What kubectl v1.32.3 prints; see help.rs.\n");
    for (name, flags) in pages() {
        let mut command = Command::new(&kubectl);
        let words = name.split(' ').chain((name != "options").then_some("--help"));
        let output = command.args(words).output().expect("kubectl runs");
        let page = String::from_utf8(output.stdout).expect("a text");
        let is_wanted = |name: &str| flags.iter().any(|it| it.0 == name);
        let (options, page) = options(&page, is_wanted);
        assert!(!page.contains("=== "), "{name}");
        let mut refused = String::new();
        for it in options.iter().filter(|it| !is_wanted(it.name)) {
            write!(refused, " --{}", it.name).expect("a text");
            if it.letter != ' ' {
                write!(refused, " -{}", it.letter).expect("a text");
            }
        }
        write!(text, "=== {name}:{refused}\n{page}").expect("a text");
    }
    if std::env::var("UPDATE_EXPECT").is_ok() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kubectl/help/pages.txt");
        std::fs::write(path, &text).expect("the file is written");
    } else {
        assert!(text == PAGES, "other pages than those of {kubectl}");
    }
}

#[test]
fn the_overview_knows_every_command() {
    let names: Vec<&str> = commands().collect();
    for name in ["create", "get", "rollout", "cluster-info", "api-resources", "version"] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    assert_eq!(names.first(), Some(&"create"));
}

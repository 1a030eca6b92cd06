//! Scenarios in kubectl's language with what they print, as `tests/kubectl/*.txt` hold them.
//!
//! A file is a transcript: `$ ` stands before a command, `> ` before the lines of its text, `! `
//! before what goes to standard error, `? N` tells an exit status other than 0. Each file begins on
//! a fresh cluster of the opening scenario; lines that begin with `# ` are comments, but for
//! `# import FILE at INSTANT`: from there on the cluster is the one that a file of `objects/`
//! holds.
//! `UPDATE_EXPECT=1 cargo test --test kubectl` writes the files anew: what they say then has to be
//! read beside Kubernetes' own texts.
#![cfg(not(target_arch = "wasm32"))]

use std::path::PathBuf;
use std::{env, fs};

use daemonset_core::api::Calendar;
use daemonset_core::playground::{Playground, Reader, Scenario, Shell};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kubectl")
}

/// The cluster that `FILE at INSTANT` names.
fn imported(words: &str) -> Playground {
    let (file, instant) = words.split_once(" at ").unwrap();
    let dump = fs::read_to_string(folder().join("objects").join(file)).unwrap();
    Playground::import(&dump, Calendar::parse(instant).unwrap(), 1).unwrap()
}

/// One file: comments and commands in their order, run again.
fn transcript(text: &str) -> String {
    // A first line `# empty cluster` leaves the opening manifest away.
    let mut playground = match text.starts_with("# empty cluster") {
        true => Playground::start(Scenario::opening(), 1),
        false => Playground::open(1),
    };
    let mut shell = Shell::default();
    let mut reader = Reader::default();
    let mut again = String::new();
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("# import ") {
            playground = imported(words);
        }
        if line.starts_with("# ") {
            again.push_str(&format!("{line}\n"));
        }
        let input = line.strip_prefix("$ ").or(line.strip_prefix("> "));
        let Some(input) = input.or((line == ">").then_some("")) else { continue };
        again.push_str(&format!("{line}\n"));
        let Some(statement) = reader.feed(input) else { continue };
        let output = playground.run_statement(&statement, &mut shell);
        again.push_str(&output.stdout);
        if !output.stdout.is_empty() && !output.stdout.ends_with('\n') {
            again.push_str("(no line feed)\n");
        }
        again.extend(output.stderr.lines().map(|it| format!("! {it}\n")));
        if output.code != 0 {
            again.push_str(&format!("? {}\n", output.code));
        }
    }
    assert!(!reader.is_open(), "a text without its end");
    again
}

#[test]
fn kubectl_prints_what_the_transcripts_say() {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "txt"));
    paths.sort();
    assert!(paths.len() >= 10, "{} transcripts", paths.len());
    let mut differences = Vec::new();
    for path in paths {
        let expected = fs::read_to_string(&path).unwrap();
        let got = transcript(&expected);
        if got == expected {
            continue;
        }
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, got).unwrap();
            continue;
        }
        let lines = expected.lines().zip(got.lines()).enumerate();
        let first = lines.into_iter().find(|(_, (expected, got))| expected != got);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        differences.push(match first {
            Some((index, (expected, got))) => {
                format!("{name}:{}\n  expected: {expected}\n  got:      {got}", index + 1)
            }
            None => format!("{name}: one is longer"),
        });
    }
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

//! Real questions about DaemonSets (`questions.md` of the specification), each as a scenario with
//! what the playground answers.
//!
//! `tests/questions/qNN.txt` is a transcript: `# ` begins a comment, `$ ` a command, `> ` a line of
//! its text, `= ` something that the command before must have printed (`! ` on standard error), and
//! `- ` something that it must not have. What must be printed comes from the true answers, never
//! from the program, so nothing writes these files but people.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::PathBuf;

use daemonset_core::kubectl::Output;
use daemonset_core::playground::{Playground, Reader, Scenario, Shell};

/// What one cluster of v1.31 cannot show. Of Q27 the half before 1.31 cannot be shown either.
const NOT_SHOWN: [(u32, &str); 5] = [
    (2, "the taint was renamed between two releases"),
    (9, "a fault of early 1.33 and 1.34 releases"),
    (20, "there is no autoscaler"),
    (22, "daemon pods went around the scheduler before 1.12"),
    (35, "a fault of Helm charts; the immutable selector itself is in tests/kubectl"),
];
const QUESTIONS: u32 = 37;
/// On it most questions can be asked.
const AGENT: &str = include_str!("questions/agent.yaml");

#[test]
fn every_question_is_answered() {
    let mut faults = Vec::new();
    for number in (1..=QUESTIONS).filter(|it| NOT_SHOWN.iter().all(|(not, _)| not != it)) {
        match fs::read_to_string(folder().join(format!("q{number:02}.txt"))) {
            Ok(text) => faults.extend(check(number, &text)),
            Err(_) => faults.push(format!("Q{number} is missing")),
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/questions")
}

/// The first difference, if there is one.
fn check(number: u32, text: &str) -> Option<String> {
    let mut playground = Playground::start(Scenario::opening(), 1);
    let mut shell = Shell::default();
    shell.files.insert("agent.yaml".to_owned(), AGENT.to_owned());
    let mut reader = Reader::default();
    let mut output = Output::default();
    let mut expectations = 0;
    for (index, line) in text.lines().enumerate() {
        let fault = |text: String| Some(format!("Q{number}, line {}: {text}", index + 1));
        let (sign, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        match sign {
            "$ " | "> " | ">" => {
                let Some(statement) = reader.feed(rest) else { continue };
                output = playground.run_statement(&statement, &mut shell);
            }
            "= " | "! " => {
                expectations += 1;
                let printed = if sign == "= " { &output.stdout } else { &output.stderr };
                // Columns are as wide as their contents.
                if !squeezed(printed).contains(&squeezed(rest)) {
                    return fault(format!("{rest}\nnot in\n{}{}", output.stdout, output.stderr));
                }
            }
            "- " => {
                expectations += 1;
                let printed = format!("{}{}", output.stdout, output.stderr);
                if squeezed(&printed).contains(&squeezed(rest)) {
                    return fault(format!("{rest}\nis in\n{printed}"));
                }
            }
            "# " | "" => {}
            _ => return fault(format!("what is {sign:?}?")),
        }
    }
    (expectations == 0).then(|| format!("Q{number} expects nothing"))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

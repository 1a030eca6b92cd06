//! Replays what the real DaemonSet controller and scheduler decided (README.md says how it was
//! recorded) and compares everything that was recorded.
//!
//! `CONFORMANCE_DIR=… cargo test --release --test conformance` runs the same checks over other
//! files of the same format.
#![cfg(not(target_arch = "wasm32"))]

mod budgets;
mod placement;
mod report;
mod rules;
mod scheduling;
mod templates;
mod trace_words;
mod traces;

use std::path::PathBuf;

use serde_json::Value;

/// At most this many differences are printed for a file.
const DIFFERENCES_MAX: usize = 8;

/// The rows of a file.
fn rows(file: &str) -> Vec<Value> {
    let directory = std::env::var_os("CONFORMANCE_DIR")
        .map(PathBuf::from)
        .unwrap_or_else(|| [env!("CARGO_MANIFEST_DIR"), "tests", "conformance"].iter().collect());
    let path = directory.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}", path.display());
    });
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs a check on every row and prints how many agree.
fn check_all(file: &str, check: impl Fn(&Value) -> Result<(), String>) {
    let rows = rows(file);
    assert!(!rows.is_empty(), "{file} is empty");
    let differences: Vec<String> = rows
        .iter()
        .filter_map(|row| check(row).err().map(|it| format!("{}: {it}", row["id"])))
        .collect();
    let agreeing = rows.len() - differences.len();
    eprintln!("{file}: {agreeing} of {}", rows.len());
    assert!(
        differences.is_empty(),
        "{file}: {agreeing} of {} agree\n{}",
        rows.len(),
        differences[..differences.len().min(DIFFERENCES_MAX)].join("\n")
    );
}

/// Expected and got, unless they are equal.
fn compare<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, got: T) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, got {got:?}")),
    }
}

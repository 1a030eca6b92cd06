//! What fuzzers have found, and a few seeds, run without a fuzzer (fuzz/README.md).
#![cfg(not(target_arch = "wasm32"))]

#[allow(unreachable_pub)] // A library of its own for the fuzzers.
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::path::PathBuf;

#[test]
fn texts() {
    run("yaml", fuzz::yaml);
}

#[test]
fn kubectl_lines() {
    run("kubectl", fuzz::kubectl);
}

#[test]
fn sequences_of_inputs() {
    run("inputs", fuzz::inputs);
}

fn run(target: &str, target_function: fn(&[u8])) {
    let folder: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "fuzz", "regressions", target].iter().collect();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display());
        target_function(&std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count >= 1, "{} holds {count} files", folder.display());
}

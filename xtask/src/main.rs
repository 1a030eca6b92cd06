//! Everything a contributor runs; without an argument it lists it.
#![allow(clippy::print_stdout, reason = "a command line tool talks on standard output")]

mod bench;
mod browser;
mod build;
mod csp;
mod editor;
mod fix;
mod fuzz;
mod glue;
mod html;
mod lighthouse;
mod order;
mod process;
mod schema;
mod screens;
mod serve;
mod size;
mod split;
mod styles;
mod test;
mod tools;
mod trap;

use std::process::ExitCode;

use process::Result;

type Run = fn(&[String]) -> Result;

const VERBS: [(&str, &str, Run); 11] = [
    ("serve", "set up, build and serve the page: http://127.0.0.1:8080 [--dev]", serve::run),
    ("test", "all that CI does, in order of speed [STAGE…] [-- ARGS]", test::run),
    ("build", "the static site in dist/, for any path of any server", build::run),
    ("size", "what a first visit loads, raw and compressed [--check]", size::run),
    ("profile", "find out again what a first visit runs: www/later.txt", split::profile),
    ("lighthouse", "audits dist/ as a phone on a slow network sees it [RUNS]", lighthouse::run),
    ("bench", "the benchmarks of the simulation", bench::run),
    ("fuzz", "fuzzers for ten minutes each [TARGET…] [--seconds N] [--planted]", fuzz::run),
    ("screens", "pictures of every state, each beside its mock-up [-- -g NAME]", screens::run),
    ("fix", "format, and apply what clippy can repair", fix::run),
    ("schema", "generate the schema table of Kubernetes objects again", schema::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((verb, rest)) = arguments.split_first() else {
        list();
        return ExitCode::SUCCESS;
    };
    let Some((_, _, run)) = VERBS.iter().find(|(name, _, _)| name == verb) else {
        eprintln!("error: no such verb: {verb}\n");
        list();
        return ExitCode::from(2);
    };
    match run(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nerror: {message}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    println!("cargo xtask VERB\n");
    for (name, about, _) in VERBS {
        println!("  {name:<12}{about}");
    }
    println!("\nstages of test:\n");
    for stage in &test::STAGES {
        println!("  {:<8}{}", stage.name, stage.about);
    }
}

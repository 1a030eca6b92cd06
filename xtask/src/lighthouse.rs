//! `cargo xtask lighthouse`: what Lighthouse says about `dist/`, as a phone on a slow network sees
//! it. Not part of `test`: its figures depend on what else the machine does.

use std::process::Command;

use crate::browser;
use crate::build;
use crate::process::{Result, root, run as run_command};
use crate::tools::{Need, Toolbox};

const RUNS: &str = "5";
const AUDIT: &str = "xtask/node/lighthouse.js";
const BREAKDOWN: &str = "xtask/node/breakdown.js";

pub(crate) fn run(arguments: &[String]) -> Result {
    let needs = [Need::NodePackages, Need::Browser, Need::Lighthouse];
    let toolbox = Toolbox::with(&needs)?;
    build::run_if_stale()?;
    let node = |script: &str| -> Result<Command> {
        let mut node = toolbox.command("node")?;
        node.arg(script).arg(root().join("dist")).env("CHROMIUM", browser::find()?.chromium);
        Ok(node)
    };
    println!("\nA first visit on slow 4G, with a processor four times slower:");
    run_command(&mut node(BREAKDOWN)?)?;
    let runs = arguments.first().map_or(RUNS, |runs| runs);
    run_command(node(AUDIT)?.args(["lighthouse", runs]))
}

//! `cargo xtask profile`: finds out what a first visit runs, and writes the list of the rest.

use std::process::Stdio;

use super::module::Module;
use super::names::Later;
use super::{LIST, module_of, noting};
use crate::browser;
use crate::build::{self, trunk};
use crate::process::{Result, root, run as run_command};
use crate::tools::{Need, Toolbox};

/// Visits a site in a browser; prints the numbers of the functions that ran.
const VISIT: &str = "xtask/node/visit.js";

const HEAD: &str = "\
# The functions that a first visit does not run until the cluster has moved: they are loaded after
# that. Written by `cargo xtask profile`; `a::b::*` is all that stands below a::b.
";

pub(crate) fn run(_arguments: &[String]) -> Result {
    let mut needs = build::NEEDS.to_vec();
    needs.extend([Need::NodePackages, Need::Browser]);
    let toolbox = Toolbox::with(&needs)?;
    let site = "target/profile";
    run_command(trunk(&toolbox, "build")?.args(["--release", "--dist", site]))?;
    let site = root().join(site);
    let wasm = module_of(&site)?;
    let bytes = std::fs::read(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    let module = Module::read(&bytes)?;
    std::fs::write(&wasm, noting::noting(&module, &bytes)?).map_err(|it| it.to_string())?;

    let mut node = toolbox.command("node")?;
    node.arg(VISIT).arg(&site);
    node.env("CHROMIUM", browser::find()?.chromium).stderr(Stdio::inherit());
    let printed = node.output().map_err(|error| format!("node could not start: {error}"))?;
    if !printed.status.success() {
        return Err("the visit failed".to_owned());
    }
    let printed = String::from_utf8_lossy(&printed.stdout);
    let ran: Vec<u32> = printed.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    if ran.is_empty() {
        return Err("the visit ran nothing".to_owned());
    }
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for (number, function) in (0..).zip(module.defined()) {
        let name = module.name(function);
        if ran.contains(&number) {
            first.push(name);
        } else {
            later.push((name, module.body(function).as_bytes().len()));
        }
    }
    println!("{} of {} functions ran", first.len(), first.len() + later.len());
    let list = Later::of(&later, &first);
    std::fs::write(root().join(LIST), HEAD.to_owned() + &list.text())
        .map_err(|error| format!("{LIST}: {error}"))
}

//! `cargo xtask lighthouse`: what Lighthouse says about `dist/`, as a phone on a slow network sees
//! it. Not part of `test`: its figures depend on what else the machine does.

use crate::browser;
use crate::build;
use crate::process::{Result, root, run as run_command};
use crate::tools::{Need, Toolbox};

const RUNS: &str = "5";

pub(crate) fn run(arguments: &[String]) -> Result {
    let toolbox = Toolbox::with(&[Need::Node, Need::Browser, Need::Lighthouse])?;
    build::run_if_stale()?;
    let mut node = toolbox.command("node")?;
    node.arg("xtask/node/lighthouse.js").arg(root().join("dist")).arg("lighthouse");
    node.arg(arguments.first().map_or(RUNS, |runs| runs));
    run_command(node.env("CHROMIUM", browser::find()?.chromium))
}

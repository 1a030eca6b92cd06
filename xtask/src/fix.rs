//! `cargo xtask fix`: what machines can repair by themselves.

use crate::editor;
use crate::process::{Result, cargo, run as run_command};
use crate::tools::{Need, Toolbox};

pub(crate) fn run(_arguments: &[String]) -> Result {
    Toolbox::with(&[Need::WasmTarget, Need::NodePackages])?;
    let clippy = ["clippy", "--fix", "--allow-dirty", "--allow-staged", "--all-targets"];
    run_command(cargo(&clippy).arg("--workspace"))?;
    let page = ["--package", "daemonset-playground", "--target", "wasm32-unknown-unknown"];
    run_command(cargo(&clippy).args(page))?;
    run_command(&mut cargo(&["fmt", "--all"]))?;
    editor::format()
}

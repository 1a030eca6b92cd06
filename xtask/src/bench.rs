//! `cargo xtask bench`: the benchmarks of the simulation.

use crate::process::{Result, cargo, run as run_command};

pub(crate) fn run(arguments: &[String]) -> Result {
    run_command(cargo(&["bench", "--package", "daemonset-core"]).args(arguments))
}

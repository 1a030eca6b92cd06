//! `cargo xtask bench`: the benchmarks of the simulation.

use crate::process::{Result, cargo, root, run as run_command};

pub(crate) fn run(arguments: &[String]) -> Result {
    if !root().join("core/benches").exists() {
        println!("There are no benchmarks yet: they will stand in core/benches/.");
        return Ok(());
    }
    run_command(cargo(&["bench", "--package", "daemonset-core"]).args(arguments))
}

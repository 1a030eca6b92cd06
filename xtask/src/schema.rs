//! `cargo xtask schema`: generates the schema table again. Its generator is a package of its own,
//! because it compiles all of `k8s-openapi`, which nobody should wait for otherwise.

use crate::process::{Result, cargo, run as run_command};

pub(crate) fn run(arguments: &[String]) -> Result {
    let generator = ["run", "--release", "--package", "xtask-schema", "--"];
    run_command(cargo(&generator).args(arguments))
}

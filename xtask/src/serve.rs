//! `cargo xtask serve`: everything a newcomer needs, then the page, rebuilt when a file changes.
//!
//! It builds for release, because then the page is as fast as the published one; `--dev` compiles
//! faster and runs slower. The content security policy belongs to `build`: the script by which
//! Trunk reloads the page would break it.

use crate::build::{NEEDS, trunk};
use crate::process::{Result, run as run_command};
use crate::tools::Toolbox;

pub(crate) fn run(arguments: &[String]) -> Result {
    let dev = arguments.iter().any(|it| it == "--dev");
    let rest = arguments.iter().filter(|it| *it != "--dev");
    let toolbox = Toolbox::with(&NEEDS)?;
    println!("\nCompiling the page; the first time takes two to four minutes.");
    println!("Then open http://127.0.0.1:8080/ (Ctrl+C stops the server).\n");
    // Its own folder: dist/ stays what `build` made.
    let mut serve = trunk(&toolbox, "serve")?;
    serve.args(["--dist", "target/serve"]);
    if !dev {
        serve.arg("--release");
    }
    run_command(serve.args(rest))
}

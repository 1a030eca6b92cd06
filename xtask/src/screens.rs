//! `cargo xtask screens`: pictures of the page in its named states, sizes and themes, each beside
//! its mock-up. `-- -g NAME` takes only those whose name matches.

use crate::browser;
use crate::build;
use crate::process::{Result, run as run_command};
use crate::tools::{Need, Toolbox};

pub(crate) fn run(arguments: &[String]) -> Result {
    build::run_if_stale()?;
    let toolbox = Toolbox::with(&[Need::NodePackages, Need::Browser])?;
    let mut playwright = toolbox.command("npx")?;
    playwright.args(["--no-install", "playwright", "test", "--config", "tests/screens"]);
    playwright.args(arguments.iter().filter(|it| *it != "--"));
    run_command(playwright.env("CHROMIUM", browser::find()?.chromium))
}

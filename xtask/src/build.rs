//! `cargo xtask build`: the static site in `dist/`.
//!
//! Its addresses are relative, so it works under any path of any server, and it carries its own
//! content security policy.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::csp;
use crate::glue;
use crate::html;
use crate::order;
use crate::process::{Result, cargo, output, read, root, run as run_command};
use crate::split;
use crate::styles;
use crate::tools::{Need, Toolbox};

pub(crate) const NEEDS: [Need; 5] =
    [Need::WasmTarget, Need::NodePackages, Need::WasmBindgen, Need::WasmOpt, Need::Trunk];

pub(crate) fn run(arguments: &[String]) -> Result {
    let toolbox = Toolbox::with(&NEEDS)?;
    run_command(trunk(&toolbox, "build")?.args(["--release", "--dist", "dist"]).args(arguments))?;
    let page = root().join("dist/index.html");
    let dist = root().join("dist");
    let (html, later_styles) = styles::joined(&read(&page)?, &dist)?;
    let html = split::divided(&html, &dist, &later_styles)?;
    let html = order::frame_first(&html)?;
    refuse_absolute_addresses(&html)?;
    let html = csp::with_policy(&html).map_err(|problems| {
        format!(
            "the content security policy would refuse parts of dist/index.html:\n  {}",
            problems.join("\n  ")
        )
    })?;
    std::fs::write(&page, html).map_err(|error| format!("{}: {error}", page.display()))?;
    glue::lighten(&dist)?;
    println!("The site is in dist/: serve that folder with any static web server.");
    Ok(())
}

/// Builds unless `dist/` is newer than everything it is made of.
pub(crate) fn run_if_stale() -> Result {
    if is_fresh() {
        println!("dist/ is up to date");
        return Ok(());
    }
    run(&[])
}

/// Trunk with its tools, and without a way to download others.
pub(crate) fn trunk(toolbox: &Toolbox, verb: &str) -> Result<Command> {
    // Trunk hands --offline on to Cargo, which then needs its crates to be there.
    run_command(&mut cargo(&["fetch", "--quiet"]))?;
    let mut command = toolbox.command("trunk")?;
    command.arg(verb).args(["--offline", "true", "--skip-version-check"]);
    // Trunk 0.21 takes only true and false for it, where the convention is any value.
    command.env_remove("NO_COLOR");
    // Names that tell apart what generic code was made for: the module is split by them.
    let flags = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
    command.env(flags, "-Csymbol-mangling-version=v0");
    Ok(command)
}

fn refuse_absolute_addresses(html: &str) -> Result {
    for tag in html::tags(html) {
        for name in ["href", "src"] {
            if tag.attribute(name).is_some_and(|it| it.starts_with('/')) && tag.name != "a" {
                return Err(format!(
                    "dist/index.html: <{} {name}=\"{}\"> would work at the root of a server only: \
                     Trunk.toml must say public_url = \"./\"",
                    tag.name,
                    tag.attribute(name).unwrap_or_default()
                ));
            }
        }
    }
    Ok(())
}

fn is_fresh() -> bool {
    let page = root().join("dist/index.html");
    let finished = read(&page).is_ok_and(|html| csp::has_policy(&html));
    let Some(built) = changed(&page).filter(|_| finished) else { return false };
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let Some(files) = output(&mut list) else { return false };
    files.lines().filter(|it| is_source(it)).all(|it| {
        // A file that is gone was a source too.
        changed(&root().join(it)).is_some_and(|it| it <= built)
    })
}

fn is_source(path: &str) -> bool {
    let elsewhere = ["xtask", "tests/", "core/tests/", "core/benches/", "docs/", ".ci/"];
    !path.ends_with(".md") && !elsewhere.iter().any(|it| path.starts_with(it))
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

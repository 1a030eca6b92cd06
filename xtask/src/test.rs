//! `cargo xtask test`: all that CI does, in order of speed, up to the first failure.

use std::time::Instant;

use crate::browser;
use crate::build;
use crate::editor;
use crate::process::{Result, cargo, run as run_command};
use crate::size;
use crate::tools::{Need, Toolbox};
use crate::trap;

const PAGE: [&str; 4] = ["--package", "daemonset-playground", "--target", "wasm32-unknown-unknown"];

/// A part of the tests that can run alone.
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    needs: &'static [Need],
    run: fn(&[String]) -> Result,
}

/// In order of speed.
pub(crate) const STAGES: [Stage; 8] = [
    Stage { name: "fmt", about: "the format of the Rust code", needs: &[], run: fmt },
    Stage {
        name: "clippy",
        about: "lints, natively and for WebAssembly; warnings are errors",
        needs: &[Need::WasmTarget],
        run: clippy,
    },
    Stage {
        name: "editor",
        about: "the code editor: types, format and unit tests of its TypeScript",
        needs: &[Need::NodePackages],
        run: editor,
    },
    Stage { name: "native", about: "cargo test, and house rules", needs: &[], run: native },
    Stage {
        name: "wasm",
        about: "components in headless Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Browser],
        run: wasm,
    },
    Stage {
        name: "build",
        about: "the site, as it is published",
        needs: &build::NEEDS,
        run: build,
    },
    Stage { name: "size", about: "the limits of what it loads", needs: &[Need::Node], run: size },
    Stage {
        name: "e2e",
        about: "the built site under a sub-path, in Chromium; -- ARGS go to Playwright",
        needs: &[Need::NodePackages, Need::Browser],
        run: e2e,
    },
];

pub(crate) fn run(arguments: &[String]) -> Result {
    let split = arguments.iter().position(|it| it == "--").unwrap_or(arguments.len());
    let (chosen, rest) = (&arguments[..split], arguments.get(split + 1..).unwrap_or_default());
    if let Some(unknown) = chosen.iter().find(|name| STAGES.iter().all(|it| it.name != **name)) {
        let names: Vec<&str> = STAGES.iter().map(|it| it.name).collect();
        return Err(format!("no such stage: {unknown} (there are {})", names.join(", ")));
    }
    if !rest.is_empty() && chosen.len() != 1 {
        return Err("name the one stage that takes the arguments after --".to_owned());
    }
    let is_chosen = |stage: &&Stage| chosen.is_empty() || chosen.iter().any(|it| it == stage.name);
    let stages: Vec<&Stage> = STAGES.iter().filter(is_chosen).collect();
    // All set-up first: nobody should wait ten minutes to hear what is missing.
    let needs: Vec<Need> = stages.iter().flat_map(|it| it.needs).copied().collect();
    Toolbox::with(&needs)?;
    let mut times = Vec::new();
    for stage in &stages {
        println!("\n== {}: {}", stage.name, stage.about);
        let start = Instant::now();
        (stage.run)(rest).map_err(|error| format!("stage {}: {error}", stage.name))?;
        let seconds = start.elapsed().as_secs_f32();
        println!("== {} passed in {seconds:.1} s", stage.name);
        times.push(format!("{} {seconds:.1} s", stage.name));
    }
    println!("\nAll stages passed: {}", times.join(", "));
    Ok(())
}

fn fmt(_rest: &[String]) -> Result {
    run_command(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy(_rest: &[String]) -> Result {
    let clippy = ["clippy", "--quiet", "--locked", "--all-targets"];
    let deny = ["--", "-D", "warnings"];
    run_command(cargo(&clippy).arg("--workspace").args(deny))?;
    run_command(cargo(&clippy).args(PAGE).args(deny))
}

fn editor(_rest: &[String]) -> Result {
    editor::test()
}

fn native(rest: &[String]) -> Result {
    run_command(cargo(&["test", "--quiet", "--locked", "--workspace", "--"]).args(rest))
}

fn wasm(rest: &[String]) -> Result {
    let toolbox = Toolbox::with(&[Need::WasmTarget, Need::WasmBindgen])?;
    let mut test = toolbox.command("cargo")?;
    test.args(["test", "--locked", "--tests"]).args(PAGE).arg("--").args(rest);
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("CHROMEDRIVER", browser::find()?.chromedriver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    run_command(&mut test)
}

fn build(_rest: &[String]) -> Result {
    build::run(&[])
}

fn size(_rest: &[String]) -> Result {
    size::run(&["--check".to_owned()])
}

fn e2e(rest: &[String]) -> Result {
    build::run_if_stale()?;
    let mut playwright = Toolbox::with(&[Need::NodePackages])?.command("npx")?;
    playwright.args(["--no-install", "playwright", "test", "--config", "tests/e2e"]).args(rest);
    playwright.env("TRAP_SITE", trap::build()?);
    run_command(playwright.env("CHROMIUM", browser::find()?.chromium))
}

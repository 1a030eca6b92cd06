//! The code editor, which is TypeScript: its types, its format and its unit tests.

use crate::process::{Result, root, run};
use crate::tools::{Need, Toolbox};

/// The folder of its sources.
pub(crate) const FOLDER: &str = "www/editor";

/// Types, format, and what its functions decide.
pub(crate) fn test() -> Result {
    let toolbox = Toolbox::with(&[Need::NodePackages])?;
    let npx = |arguments: &[&str]| -> Result {
        run(toolbox.command("npx")?.arg("--no-install").args(arguments))
    };
    npx(&["tsc", "--project", FOLDER])?;
    npx(&["prettier", "--check", FOLDER])?;
    // Node 20 runs no TypeScript, and the tests import as the bundle does.
    let tests = std::fs::read_dir(root().join(FOLDER)).map_err(|it| format!("{FOLDER}: {it}"))?;
    let paths = tests.flatten().map(|it| it.path().display().to_string());
    let paths: Vec<String> = paths.filter(|it| it.ends_with(".test.ts")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let options = "--bundle --loader:.txt=file --platform=node --format=esm --log-level=warning";
    let mut esbuild: Vec<&str> =
        vec!["esbuild", "--outdir=target/editor", "--out-extension:.js=.mjs"];
    esbuild.extend(options.split(' '));
    npx(&[esbuild, paths].concat())?;
    run(toolbox.command("node")?.args(["--test", "target/editor/"]))
}

/// Writes the sources as the format wants them.
pub(crate) fn format() -> Result {
    let toolbox = Toolbox::with(&[Need::NodePackages])?;
    run(toolbox.command("npx")?.args(["--no-install", "prettier", "--write", FOLDER]))
}

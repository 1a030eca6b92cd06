//! The built site once more, with a simulation that can be made to fail: for the end-to-end test of
//! what the page does then. Everything but the simulation is the published site.

use std::path::{Path, PathBuf};

use crate::process::{Result, cargo, root, run as run_command, target};
use crate::tools::{Need, Toolbox};

const TARGET: &str = "wasm32-unknown-unknown";
const NAME: &str = "daemonset-playground";

/// Makes the site from `dist/` and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    let toolbox = Toolbox::with(&[Need::WasmTarget, Need::WasmBindgen])?;
    let package = ["--locked", "--package", NAME, "--target", TARGET, "--features", "trap"];
    run_command(cargo(&["build", "--quiet"]).args(package))?;
    let site = target().join("trap-site");
    let _ = std::fs::remove_dir_all(&site);
    copy(&root().join("dist"), &site)?;
    let mut bind = toolbox.command("wasm-bindgen")?;
    bind.args(["--target", "web", "--no-typescript", "--out-name", &script_name(&site)?]);
    bind.arg("--out-dir").arg(&site);
    run_command(bind.arg(target().join(TARGET).join("debug").join(format!("{NAME}.wasm"))))?;
    Ok(site)
}

/// The script that loads the simulation, as Trunk has named it, without its extension.
fn script_name(site: &Path) -> Result<String> {
    let entries = std::fs::read_dir(site).map_err(|it| format!("{}: {it}", site.display()))?;
    let mut names = entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned());
    let name = names.find_map(|it| it.strip_suffix("_bg.wasm").map(str::to_owned));
    name.ok_or_else(|| format!("{}: no simulation", site.display()))
}

fn copy(from: &Path, to: &Path) -> Result {
    let fault = |error: std::io::Error| format!("{} to {}: {error}", from.display(), to.display());
    std::fs::create_dir_all(to).map_err(fault)?;
    for entry in std::fs::read_dir(from).map_err(fault)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(fault)?;
        }
    }
    Ok(())
}

//! Divides the page's WebAssembly module: what a first visit runs until the cluster has moved, and
//! all the rest, which is loaded while the visitor looks.
//!
//! `www/later.txt` says what the rest is, `cargo xtask profile` writes it. Both parts have one
//! memory and one table of functions; a call of the first part into the second finds it there, or
//! has it loaded (`www/later.js`).

mod data;
mod module;
mod names;
mod noting;
mod plan;
mod profile;
mod write;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::process::{Result, read, root};
use data::Constants;
use module::Module;
use names::Later;
use plan::Plan;

pub(crate) use profile::run as profile;

const LIST: &str = "www/later.txt";
const LOADER: &str = "www/later.js";

/// Divides the module of `dist/`, with whose second part a style sheet comes; returns the page with
/// the names of the new files.
pub(crate) fn divided(html: &str, dist: &Path, later_styles: &str) -> Result<String> {
    let wasm = module_of(dist)?;
    let bytes = std::fs::read(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    let module = Module::read(&bytes)?;
    let list = Later::read(&read(&root().join(LIST))?);
    let mut plan = Plan::make(&module, |name| list.has(name))?;
    plan.data = Constants::linked()?.of_later(&module, &plan)?;
    let parts = write::parts(&module, &plan)?;
    let later_name = format!("later-{}.wasm", hash(&[&parts.later]));
    let loader = read(&root().join(LOADER))?
        .replace("LATER_NAME", &format!("./{later_name}"))
        .replace("LATER_STYLES", &format!("./{later_styles}"))
        .replace("LATER_START", &parts.wanted_start.to_string())
        .replace("LATER_COUNT", &plan.wanted.len().to_string());
    let glue = wasm.display().to_string().replace("_bg.wasm", ".js");
    let text = with_loader(&read(Path::new(&glue))?, &loader)?;

    // What changed its content changes its name, or caches would mix the old and the new.
    let old = stem(&wasm);
    let name = old.rsplit_once('-').map_or(&*old, |(name, _)| name);
    let new = format!("{name}-{}", hash(&[&parts.first, text.as_bytes()]));
    for (name, bytes) in [
        (later_name, &parts.later[..]),
        (format!("{new}_bg.wasm"), &parts.first),
        (format!("{new}.js"), text.as_bytes()),
    ] {
        std::fs::write(dist.join(&name), bytes).map_err(|error| format!("{name}: {error}"))?;
    }
    for path in [wasm, PathBuf::from(glue)] {
        std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(html.replace(&old, &new))
}

/// The glue that lets the module ask for its second part, and asks for it when there is time.
fn with_loader(glue: &str, loader: &str) -> Result<String> {
    let imports = "const imports = __wbg_get_imports();\n";
    let start = "wasm.__wbindgen_start();\n";
    if [imports, start].iter().any(|it| !glue.contains(it)) {
        return Err("wasm-bindgen writes its glue in another way now".to_owned());
    }
    let idle = "fetchLaterWhenIdle();\n";
    let text = glue
        .replace(imports, &format!("{imports}imports.first = {{ load: loadLater }};\n"))
        .replace(start, &format!("{start}{idle}"));
    Ok(format!("{text}\n{loader}"))
}

/// The module that Trunk wrote.
fn module_of(dist: &Path) -> Result<PathBuf> {
    let entries =
        std::fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let mut paths = entries.flatten().map(|it| it.path());
    paths
        .find(|path| path.to_string_lossy().ends_with("_bg.wasm"))
        .ok_or_else(|| format!("{}: no module", dist.display()))
}

fn stem(wasm: &Path) -> String {
    let name = wasm.file_name().unwrap_or_default().to_string_lossy();
    name.trim_end_matches("_bg.wasm").to_owned()
}

fn hash(contents: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for content in contents {
        hash.update(content);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

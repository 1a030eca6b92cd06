//! The programs the other verbs need: found on the PATH in the right version, or installed once
//! into a cache of the user's, which outlives the clone.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser;
use crate::process::{Result, output, read, root, run};

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";
/// The last one for Node.js 20.
const LIGHTHOUSE: &str = "12.8.2";
const CARGO_FUZZ: &str = "0.13.2";
const NODE_MAJOR_MIN: u32 = 20;
const TARGET: &str = "wasm32-unknown-unknown";

/// Something a verb cannot do without.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    WasmTarget,
    Node,
    NodePackages,
    Browser,
    WasmOpt,
    WasmBindgen,
    Trunk,
    Lighthouse,
    /// The fuzzers need flags that a stable compiler does not take.
    Nightly,
    CargoFuzz,
}

/// Where the tools are that are not on the PATH already.
pub(crate) struct Toolbox {
    folders: Vec<PathBuf>,
}

enum Found {
    OnPath,
    In(PathBuf),
    Missing,
}

impl Toolbox {
    /// Installs what is missing, after saying so.
    pub(crate) fn with(needs: &[Need]) -> Result<Toolbox> {
        let mut needs = needs.to_vec();
        if needs
            .iter()
            .any(|need| matches!(need, Need::NodePackages | Need::WasmOpt | Need::Lighthouse))
        {
            needs.push(Need::Node);
        }
        needs.sort();
        needs.dedup();
        let mut missing = Vec::new();
        for need in &needs {
            if matches!(find(*need)?, Found::Missing) {
                missing.push(*need);
            }
        }
        if !missing.is_empty() {
            println!("To be installed, once:");
            for need in &missing {
                println!("  - {}", announcement(*need)?);
            }
        }
        for need in missing {
            install(need)?;
        }
        let mut folders = Vec::new();
        for need in needs {
            match find(need)? {
                Found::OnPath => {}
                Found::In(folder) => folders.push(folder),
                Found::Missing => {
                    let what = announcement(need)?;
                    return Err(format!("still missing after the installation: {what}"));
                }
            }
        }
        Ok(Toolbox { folders })
    }

    /// A program that sees the tools first on its PATH, in the folder of the repository.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.env("PATH", path).current_dir(root());
        Ok(command)
    }
}

fn find(need: Need) -> Result<Found> {
    let on_path_if = |yes: bool| if yes { Found::OnPath } else { Found::Missing };
    Ok(match need {
        Need::WasmTarget => on_path_if(has_wasm_target()),
        Need::Node => on_path_if(node_major() >= NODE_MAJOR_MIN),
        Need::NodePackages => on_path_if(has_node_packages()),
        Need::Browser => on_path_if(browser::find().is_ok()),
        Need::WasmOpt => {
            find_program(&["wasm-opt"], BINARYEN, &cache("binaryen", BINARYEN)?, NPM_BIN)
        }
        Need::WasmBindgen => {
            let version = wasm_bindgen_version()?;
            let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
            find_program(&programs, &version, &cache("wasm-bindgen-cli", &version)?, "bin")
        }
        Need::Trunk => find_program(&["trunk"], TRUNK, &cache("trunk", TRUNK)?, "bin"),
        Need::Lighthouse => {
            find_program(&["lighthouse"], LIGHTHOUSE, &cache("lighthouse", LIGHTHOUSE)?, NPM_BIN)
        }
        Need::Nightly => on_path_if(has_nightly()),
        Need::CargoFuzz => {
            let folder = cache("cargo-fuzz", CARGO_FUZZ)?;
            find_program(&["cargo-fuzz"], CARGO_FUZZ, &folder, "bin")
        }
    })
}

const NPM_BIN: &str = "node_modules/.bin";

fn announcement(need: Need) -> Result<String> {
    let cached = |name: &str, version: &str, time: &str| -> Result<String> {
        let folder = cache(name, version)?;
        Ok(format!("{name} {version} into {} ({time})", folder.display()))
    };
    match need {
        Need::WasmTarget => Ok(format!("the Rust target {TARGET}, by rustup (seconds)")),
        Need::Node => Ok(format!("Node.js {NODE_MAJOR_MIN} or newer, with npm")),
        Need::NodePackages => {
            Ok("the packages of package-lock.json into node_modules/ (seconds)".to_owned())
        }
        Need::Browser => Ok("Chromium and chromedriver (a minute)".to_owned()),
        Need::WasmOpt => cached("binaryen", BINARYEN, "from npm, seconds"),
        Need::WasmBindgen => {
            cached("wasm-bindgen-cli", &wasm_bindgen_version()?, "compiles for about 3 minutes")
        }
        Need::Trunk => cached("trunk", TRUNK, "compiles for 4 to 9 minutes"),
        Need::Lighthouse => cached("lighthouse", LIGHTHOUSE, "from npm, a minute"),
        Need::Nightly => Ok("the nightly Rust compiler, by rustup (a minute)".to_owned()),
        Need::CargoFuzz => cached("cargo-fuzz", CARGO_FUZZ, "compiles for a minute"),
    }
}

fn install(need: Need) -> Result {
    println!("\n== installing {}", announcement(need)?);
    match need {
        Need::WasmTarget => run(Command::new("rustup").args(["target", "add", TARGET])),
        Need::Node => Err(format!(
            "install Node.js {NODE_MAJOR_MIN} or newer, with npm, and put both on the PATH \
             (https://nodejs.org, or your system's packages nodejs and npm)"
        )),
        Need::NodePackages => run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(root())),
        Need::Browser => browser::install(),
        Need::WasmOpt => npm_install("binaryen", BINARYEN, ".0.0"),
        Need::WasmBindgen => {
            // Without --locked: its own lock file does not build on every platform.
            cargo_install("wasm-bindgen-cli", &wasm_bindgen_version()?, &[])
        }
        Need::Trunk => cargo_install("trunk", TRUNK, &["--locked"]),
        Need::Lighthouse => npm_install("lighthouse", LIGHTHOUSE, ""),
        Need::Nightly => {
            let install = ["toolchain", "install", "nightly", "--profile", "minimal"];
            run(Command::new("rustup").args(install))
        }
        Need::CargoFuzz => cargo_install("cargo-fuzz", CARGO_FUZZ, &["--locked"]),
    }
}

fn npm_install(name: &str, version: &str, rest: &str) -> Result {
    let mut command = Command::new("npm");
    command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    run(command.arg(cache(name, version)?).arg(format!("{name}@{version}{rest}")))
}

fn cargo_install(name: &str, version: &str, options: &[&str]) -> Result {
    let mut command = Command::new("cargo");
    command.args(["install", name, "--version", version]).args(options);
    command.arg("--root").arg(cache(name, version)?);
    // A tool is not part of this workspace: it must not land in its target folder.
    run(command.env_remove("CARGO_TARGET_DIR").current_dir(root()))
}

/// The right version on the PATH, else in the cache.
fn find_program(names: &[&str], version: &str, cache: &Path, bin: &str) -> Found {
    if names.iter().all(|name| has_version(Path::new(name), version)) {
        return Found::OnPath;
    }
    let folder = cache.join(bin);
    if names.iter().all(|name| has_version(&folder.join(name), version)) {
        return Found::In(folder);
    }
    Found::Missing
}

fn has_version(program: &Path, version: &str) -> bool {
    let printed = output(Command::new(program).arg("--version"));
    printed.is_some_and(|text| text.split_whitespace().any(|word| word == version))
}

fn cache(name: &str, version: &str) -> Result<PathBuf> {
    let base = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        _ => return Err("neither XDG_CACHE_HOME nor HOME is set: no place for tools".to_owned()),
    };
    Ok(base.join("daemonset-playground/tools").join(format!("{name}-{version}")))
}

/// The command line tool and the library speak a private format: their versions must be equal.
fn wasm_bindgen_version() -> Result<String> {
    let lock = read(&root().join("Cargo.lock"))?;
    locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| "Cargo.lock does not name wasm-bindgen".to_owned())
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

fn has_wasm_target() -> bool {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()));
    sysroot.is_some_and(|it| Path::new(&it).join("lib/rustlib").join(TARGET).exists())
}

fn has_nightly() -> bool {
    let list = output(Command::new("rustup").args(["toolchain", "list"]));
    list.is_some_and(|it| it.lines().any(|line| line.starts_with("nightly")))
}

fn node_major() -> u32 {
    let version = output(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().unwrap_or_default();
    major.parse().unwrap_or(0)
}

/// npm writes its own lock file last: if it is as new as ours, the packages are those of ours.
fn has_node_packages() -> bool {
    let changed = |path: &str| root().join(path).metadata().and_then(|it| it.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    installed.is_some() && installed >= changed("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version_of_a_package() {
        let lock = "[[package]]\nname = \"wasm\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "trunk"), None);
    }
}

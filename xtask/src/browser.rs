//! Chromium and chromedriver: the system's own, never a download of our own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Result, output, run};

const BROWSER_VARIABLE: &str = "CHROMIUM";
const DRIVER_VARIABLE: &str = "CHROMEDRIVER";

const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// A browser and the driver of the same major version.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// The environment variables CHROMIUM and CHROMEDRIVER go before what is on the PATH.
pub(crate) fn find() -> Result<Browser> {
    let (chromium, chromium_major) = first_of(BROWSER_VARIABLE, &BROWSERS)?;
    let (chromedriver, driver_major) = first_of(DRIVER_VARIABLE, &["chromedriver"])?;
    if chromium_major != driver_major {
        return Err(format!(
            "{} is version {chromium_major}, but {} is version {driver_major}: \
             they must be of the same major version",
            chromium.display(),
            chromedriver.display()
        ));
    }
    Ok(Browser { chromium, chromedriver })
}

/// On Debian and Ubuntu as root; elsewhere the error says what to install.
pub(crate) fn install() -> Result {
    let Err(reason) = find() else { return Ok(()) };
    if [BROWSER_VARIABLE, DRIVER_VARIABLE].iter().any(|it| std::env::var_os(it).is_some()) {
        return Err(format!("{reason}.\nCheck {BROWSER_VARIABLE} and {DRIVER_VARIABLE}."));
    }
    let id = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let has_line = |line: &str| id.lines().any(|it| it.replace('"', "") == line);
    let packages = match (has_line("ID=debian"), has_line("ID=ubuntu")) {
        (true, _) => ["chromium", "chromium-driver"],
        (_, true) => ["chromium-browser", "chromium-chromedriver"],
        _ => return Err(format!("{reason}.\n{ELSEWHERE}")),
    };
    let command = format!("apt-get update && apt-get install -y {}", packages.join(" "));
    if output(Command::new("id").arg("-u")).as_deref() != Some("0") {
        return Err(format!("{reason}.\nInstall them with: sudo sh -c '{command}'"));
    }
    run(Command::new("sh").args(["-c", &command]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    find().map(drop).map_err(|reason| format!("{reason}.\n{ELSEWHERE}"))
}

const ELSEWHERE: &str = "\
The browser tests need Chromium (or Chrome) and chromedriver of the same major version on the PATH,
or named by the environment variables CHROMIUM and CHROMEDRIVER:
  Fedora   sudo dnf install chromium chromedriver
  Arch     sudo pacman -S chromium
  macOS    brew install --cask google-chrome chromedriver
  others   https://googlechromelabs.github.io/chrome-for-testing/";

fn first_of(variable: &str, names: &[&str]) -> Result<(PathBuf, String)> {
    let chosen = std::env::var(variable).ok().filter(|it| !it.is_empty());
    let candidates = match &chosen {
        Some(name) => vec![name.as_str()],
        None => names.to_vec(),
    };
    candidates
        .iter()
        .find_map(|name| {
            let path = on_path(name)?;
            let major = major_of(&output(Command::new(&path).arg("--version"))?)?;
            Some((path, major))
        })
        .ok_or_else(|| format!("found no working {}", candidates.join(" or ")))
}

fn on_path(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|it| it.exists());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|it| it.join(name)).find(|it| Path::is_file(it))
}

fn major_of(version: &str) -> Option<String> {
    let number = version.split_whitespace().find(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    Some(number?.split('.').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_the_programs_print() {
        let cases = [
            ("Chromium 156.0.8078.73 built on Debian", Some("156")),
            ("ChromeDriver 156.0.8078.73 (0123abc-refs/heads)", Some("156")),
            ("Google Chrome 7.1 ", Some("7")),
            ("nothing", None),
        ];
        for (printed, expected) in cases {
            assert_eq!(major_of(printed).as_deref(), expected, "{printed}");
        }
    }
}

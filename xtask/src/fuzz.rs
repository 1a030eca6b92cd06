//! `cargo xtask fuzz`: libFuzzer over the targets of `fuzz/`, with what it did, in figures.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::process::{Result, root};
use crate::tools::{Need, Toolbox};

/// A target, the longest input in bytes, and a folder of the project to begin with.
const TARGETS: [(&str, u32, &str); 3] =
    [("yaml", 8192, "www/gallery"), ("inputs", 512, ""), ("kubectl", 4096, "tests/kubectl")];

const SECONDS: u32 = 600;
/// A planted fault is found sooner than this.
const SECONDS_PLANTED: u32 = 300;

/// What takes longer hangs; under the sanitizer and beside other work, honest inputs take ten.
const SECONDS_OF_AN_INPUT: u32 = 60;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    targets: Vec<&'static str>,
    seconds: u32,
    is_planted: bool,
}

/// What a run said about itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    executions: u64,
    edges: u64,
    features: u64,
}

/// Fuzzes; what is found is an error, and with `--planted` it is one if nothing is found.
pub(crate) fn run(arguments: &[String]) -> Result {
    let plan = plan(arguments)?;
    let toolbox = Toolbox::with(&[Need::Nightly, Need::CargoFuzz])?;
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (target, length_max, seeds) in TARGETS.iter().filter(|it| plan.targets.contains(&it.0)) {
        println!("\n== fuzzing {target} for {} seconds", plan.seconds);
        let mut command = command(&toolbox, &plan, target, *length_max, seeds)?;
        let (is_clean, figures) = watch(&mut command)?;
        let Figures { executions, edges, features } = figures;
        let found = if is_clean { "nothing found" } else { "a failure, see above" };
        lines.push(format!(
            "{target}: {executions} executions, coverage {edges} edges and {features} features: \
             {found}"
        ));
        if executions == 0 || is_clean == plan.is_planted {
            wrong.push(*target);
        }
    }
    println!("\n{}", lines.join("\n"));
    match (wrong.is_empty(), plan.is_planted) {
        (true, _) => Ok(()),
        (false, true) => Err(format!("the planted fault was not found: {}", wrong.join(", "))),
        (false, false) => Err(format!(
            "{}: what was found is in fuzz/artifacts/; repair it, and keep it in fuzz/regressions/",
            wrong.join(", ")
        )),
    }
}

fn plan(arguments: &[String]) -> Result<Plan> {
    let names = || TARGETS.iter().map(|it| it.0);
    let mut plan = Plan { targets: Vec::new(), seconds: 0, is_planted: false };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), names().find(|it| it == word)) {
            ("--planted", _) => plan.is_planted = true,
            ("--seconds", _) => {
                let number = words.next().and_then(|it| it.parse().ok()).filter(|it| *it > 0);
                plan.seconds = number.ok_or("--seconds takes a number of seconds")?;
            }
            (_, Some(target)) => plan.targets.push(target),
            _ => {
                let names: Vec<&str> = names().collect();
                return Err(format!("no such target: {word} (there are {})", names.join(", ")));
            }
        }
    }
    if plan.targets.is_empty() {
        plan.targets = names().collect();
    }
    if plan.seconds == 0 {
        plan.seconds = if plan.is_planted { SECONDS_PLANTED } else { SECONDS };
    }
    Ok(plan)
}

/// With a planted fault everything that is written goes elsewhere: it is no find.
fn command(
    toolbox: &Toolbox,
    plan: &Plan,
    target: &str,
    length_max: u32,
    seeds: &str,
) -> Result<Command> {
    let folder = root().join("fuzz");
    let written = match plan.is_planted {
        true => folder.join("target/planted").join(target),
        false => folder.clone(),
    };
    let corpus = written.join("corpus").join(target);
    let artifacts = written.join("artifacts").join(target);
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut command = toolbox.command("rustup")?;
    command.args(["run", "nightly", "cargo", "fuzz", "run", target]).arg(corpus);
    command.arg(folder.join("regressions").join(target));
    if !seeds.is_empty() {
        command.arg(root().join(seeds));
    }
    command.arg("--").arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.arg(format!("-max_total_time={}", plan.seconds));
    command.arg(format!("-max_len={length_max}"));
    command.arg(format!("-timeout={SECONDS_OF_AN_INPUT}"));
    command.args(["-rss_limit_mb=1024", "-print_final_stats=1"]);
    let words = folder.join(format!("{target}.dict"));
    if words.exists() {
        command.arg(format!("-dict={}", words.display()));
    }
    if plan.is_planted {
        command.env("PLANTED", "1");
    }
    // It builds with flags and a compiler of its own.
    command.env_remove("CARGO_TARGET_DIR").env_remove("RUSTUP_TOOLCHAIN");
    Ok(command)
}

/// Runs it, shows what it says, and reads the figures out of that.
fn watch(command: &mut Command) -> Result<(bool, Figures)> {
    let failed = |error: std::io::Error| format!("cargo fuzz: {error}");
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(failed)?;
    let mut figures = Figures::default();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).split(b'\n') {
            let line = String::from_utf8_lossy(&line.map_err(failed)?).into_owned();
            figures.read(&line);
            eprintln!("{line}");
        }
    }
    let status = child.wait().map_err(failed)?;
    Ok((status.success(), figures))
}

impl Figures {
    /// `#2048 REDUCE cov: 4711 ft: 8150 corp: …` and `stat::number_of_executed_units: 2048`.
    fn read(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[1].parse::<u64>() else { continue };
            match pair[0] {
                "cov:" => self.edges = self.edges.max(number),
                "ft:" => self.features = self.features.max(number),
                "stat::number_of_executed_units:" => self.executions = number,
                _ => {}
            }
        }
        // A run that finds something ends without its statistics.
        let count = words.first().and_then(|it| it.strip_prefix('#')?.parse::<u64>().ok());
        self.executions = self.executions.max(count.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_targets_and_seconds() {
        let plan = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            plan(&words)
        };
        let all = vec!["yaml", "inputs", "kubectl"];
        let expected = Plan { targets: all.clone(), seconds: 600, is_planted: false };
        assert_eq!(plan(""), Ok(expected));
        let expected = Plan { targets: vec!["yaml"], seconds: 9, is_planted: false };
        assert_eq!(plan("yaml --seconds 9"), Ok(expected));
        let expected = Plan { targets: all, seconds: 300, is_planted: true };
        assert_eq!(plan("--planted"), Ok(expected));
        assert!(plan("--seconds").is_err());
        assert!(plan("yarn").is_err());
    }

    #[test]
    fn figures_are_read_out_of_what_libfuzzer_says() {
        let mut figures = Figures::default();
        figures.read("#2048\tREDUCE cov: 4711 ft: 8150 corp: 12/3Kb exec/s: 9 rss: 99Mb");
        assert_eq!(figures, Figures { executions: 2048, edges: 4711, features: 8150 });
        figures.read("stat::number_of_executed_units: 5000");
        assert_eq!(figures.executions, 5000);
        figures.read("==1== ERROR: libFuzzer: deadly signal");
        assert_eq!(figures.edges, 4711);
    }
}

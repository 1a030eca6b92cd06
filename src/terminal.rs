//! The playground in a terminal: reads lines from a file or from standard input, and prints what
//! kubectl would print.

mod prompt;

use std::cell::RefCell;
use std::io::{BufRead, IsTerminal, Write, stderr, stdin, stdout};
use std::process::ExitCode;
use std::rc::Rc;
use std::{env, fs};

use daemonset_core::api::Calendar;
use daemonset_core::kubectl::Output;
use daemonset_core::playground::{Playground, Reader, Scenario, Shell, Statement};

const USAGE: &str = "usage: daemonset-playground [OPTIONS] [SCRIPT]

Runs a script on the playground's cluster; without one it reads standard input. The line `help` says
what a line can be. The exit status is that of the last line.

  --seed N          another course of chance (1)
  --scenario FILE   starts with the nodes of that scenario, and nothing on them
  --import FILE     starts with the objects of `kubectl get … -o yaml|json`, held as they are given
  --now INSTANT     the date of virtual time zero (2026-01-12T09:00:00Z)
  --output json     prints the cluster in the end
";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    seed: u64,
    script: Option<String>,
    scenario: Option<String>,
    import: Option<String>,
    now: Option<Calendar>,
    prints_snapshot: bool,
}

/// Runs until the script ends; the exit status is that of its last command.
pub(crate) fn run() -> ExitCode {
    let started = options(env::args().skip(1)).and_then(|it| Ok((playground(&it)?, it)));
    let (playground, options) = match started {
        Ok(started) => started,
        Err(text) => {
            let _ = stderr().write_all(text.as_bytes());
            return ExitCode::from(2);
        }
    };
    let session = Rc::new(RefCell::new(Session::new(playground)));
    match &options.script {
        Some(path) => match fs::read_to_string(path) {
            Ok(script) => session.borrow_mut().lines(script.lines().map(str::to_owned)),
            Err(error) => {
                let _ = writeln!(stderr(), "{path}: {error}");
                return ExitCode::from(2);
            }
        },
        None if stdin().is_terminal() => {
            if let Err(error) = prompt::interact(&session) {
                let _ = writeln!(stderr(), "{error}");
            }
        }
        None => session.borrow_mut().lines(stdin().lock().lines().map_while(Result::ok)),
    }
    let mut session = session.borrow_mut();
    if session.reader.is_open() {
        let _ = writeln!(stderr(), "sh: here-document delimited by end-of-file");
        session.code = 2;
    }
    if options.prints_snapshot {
        let _ = writeln!(stdout(), "{:#}", session.playground.snapshot());
    }
    ExitCode::from(session.code)
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { seed: 1, ..Options::default() };
    while let Some(arg) = args.next() {
        let (name, own) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let mut value = || {
            let value = own.clone().or_else(|| args.next());
            value.ok_or_else(|| format!("{name} needs a value\n"))
        };
        match name {
            "--seed" => {
                options.seed = value()?.parse().map_err(|_| "--seed needs a number\n")?;
            }
            "--scenario" => options.scenario = Some(value()?),
            "--import" => options.import = Some(value()?),
            "--now" => {
                let text = value()?;
                let now = Calendar::parse(&text);
                let fault = format!("--now: {text} is no instant such as 2026-01-12T09:00:00Z\n");
                options.now = Some(now.ok_or(fault)?);
            }
            "--output" => match value()?.as_str() {
                "json" => options.prints_snapshot = true,
                other => return Err(format!("--output {other} is not known, only json\n")),
            },
            "--help" | "-h" => return Err(USAGE.to_owned()),
            _ if name.starts_with('-') || options.script.is_some() => {
                return Err(format!("unknown argument: {arg}\n\n{USAGE}"));
            }
            _ => options.script = Some(arg),
        }
    }
    Ok(options)
}

fn playground(options: &Options) -> Result<Playground, String> {
    let read = |path: &String| fs::read_to_string(path).map_err(|it| format!("{path}: {it}\n"));
    let mut opening = Scenario::opening();
    opening.calendar = options.now.unwrap_or(opening.calendar);
    match (&options.import, &options.scenario) {
        (Some(_), Some(_)) => Err("--import and --scenario exclude each other\n".to_owned()),
        (Some(path), None) => {
            let imported = Playground::import(&read(path)?, opening.calendar, options.seed);
            imported.map_err(|it| format!("{path}: {it}\n"))
        }
        (None, Some(path)) => {
            let scenario = Scenario::read(&read(path)?);
            let mut scenario = scenario.ok_or_else(|| format!("{path}: this is no scenario\n"))?;
            scenario.calendar = options.now.unwrap_or(scenario.calendar);
            Ok(Playground::start(scenario, options.seed))
        }
        (None, None) => {
            let mut playground = Playground::start(opening, options.seed);
            playground.apply(Playground::opening_manifest());
            Ok(playground)
        }
    }
}

struct Session {
    playground: Playground,
    shell: Shell,
    reader: Reader,
    code: u8,
    is_over: bool,
}

/// A reader that has gone away needs no more of it.
fn print(output: &Output) {
    for (is_error, text) in output.in_order() {
        let _ = match is_error {
            true => stderr().write_all(text.as_bytes()),
            false => stdout().write_all(text.as_bytes()),
        };
    }
    let _ = stdout().flush();
}

/// What `exit` or `exit N` ends with; without a number as the line before.
fn exit_status(line: &str, last: u8) -> Option<u8> {
    let mut words = line.split_whitespace();
    (words.next() == Some("exit")).then_some(())?;
    match (words.next(), words.next()) {
        (None, _) => Some(last),
        (Some(code), None) => code.parse().ok(),
        _ => None,
    }
}

impl Session {
    fn new(playground: Playground) -> Session {
        let (shell, reader) = (Shell::default(), Reader::default());
        Session { playground, shell, reader, code: 0, is_over: false }
    }

    /// A script, up to its end or an `exit`.
    fn lines(&mut self, mut lines: impl Iterator<Item = String>) {
        while !self.is_over
            && let Some(line) = lines.next()
        {
            self.line(&line, &|| true);
        }
    }

    /// Carries a line out and prints what it says as it comes, as long as `goes_on` holds.
    fn line(&mut self, line: &str, goes_on: &dyn Fn() -> bool) {
        if let (false, Some(code)) = (self.reader.is_open(), exit_status(line, self.code)) {
            (self.is_over, self.code) = (true, code);
            return;
        }
        let Some(statement) = self.reader.feed(line) else { return };
        self.load_files(&statement);
        let mut more = |output: &mut Output| {
            print(&output.take_printed());
            goes_on()
        };
        let output = self.playground.run_statement_while(&statement, &mut self.shell, &mut more);
        print(&output);
        self.code = output.code;
    }

    /// The files that a line may mean, and those in a folder that it may mean.
    fn load_files(&mut self, statement: &Statement) {
        for word in statement.line.split_whitespace() {
            let word = word.trim_start_matches("--filename=").trim_start_matches("-f");
            let path = word.trim_matches(['\'', '"', '=', ';']);
            if path.is_empty() {
                continue;
            }
            self.load(path.strip_prefix("./").unwrap_or(path));
            // For an address a file of that name can stand.
            if path.contains("://") {
                self.load(path.rsplit('/').next().unwrap_or_default());
            }
            let is_folder =
                statement.line.contains("-f") && fs::metadata(path).is_ok_and(|it| it.is_dir());
            for entry in fs::read_dir(path).into_iter().flatten().flatten().filter(|_| is_folder) {
                let inside = entry.path();
                let name = inside.to_string_lossy();
                let is_manifest = [".yaml", ".yml", ".json"].iter().any(|it| name.ends_with(it));
                if is_manifest {
                    self.load(name.strip_prefix("./").unwrap_or(&name));
                }
            }
        }
    }

    fn load(&mut self, path: &str) {
        if !self.shell.files.contains_key(path)
            && let Ok(text) = fs::read_to_string(path)
        {
            self.shell.files.insert(path.to_owned(), text);
        }
    }
}

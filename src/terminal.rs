//! The playground in a terminal: reads kubectl lines and waits from a file or from standard input,
//! and prints what kubectl would print.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write, stderr, stdin, stdout};
use std::process::ExitCode;
use std::{env, fs};

use daemonset_core::playground::{Playground, Reader, Statement};

const USAGE: &str = "usage: daemonset-playground [--seed N] [SCRIPT]

Runs a script on the playground's cluster; without one it reads standard input.
  kubectl …              with a text by <<EOF
  +5s  +2m               lets virtual time pass
  node add|fail|recover  what becomes of machines (also fill, free, pressure)
  image REF crashes      what an image does (also ok, cannot-be-pulled, slow-pull, …)
  cat > NAME <<EOF       a file for -f NAME
";

/// What the command line asks for.
struct Options {
    seed: u64,
    script: Option<String>,
}

/// Runs until the script ends; the exit status is that of its last command.
pub(crate) fn run() -> ExitCode {
    let options = match options(env::args().skip(1)) {
        Ok(options) => options,
        Err(text) => {
            let _ = stderr().write_all(text.as_bytes());
            return ExitCode::from(2);
        }
    };
    let mut session = Session {
        playground: Playground::open(options.seed),
        files: BTreeMap::new(),
        reader: Reader::default(),
        code: 0,
    };
    match &options.script {
        Some(path) => match fs::read_to_string(path) {
            Ok(script) => script.lines().for_each(|it| session.line(it)),
            Err(error) => {
                let _ = writeln!(stderr(), "{path}: {error}");
                return ExitCode::from(2);
            }
        },
        None => session.interact(),
    }
    ExitCode::from(session.code)
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { seed: 1, script: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => {
                let seed = args.next().and_then(|it| it.parse().ok());
                options.seed = seed.ok_or("--seed needs a number\n")?;
            }
            "--help" | "-h" => return Err(USAGE.to_owned()),
            _ if arg.starts_with('-') || options.script.is_some() => {
                return Err(format!("unknown argument: {arg}\n\n{USAGE}"));
            }
            _ => options.script = Some(arg),
        }
    }
    Ok(options)
}

struct Session {
    playground: Playground,
    files: BTreeMap<String, String>,
    reader: Reader,
    code: u8,
}

impl Session {
    /// Reads standard input, with a prompt if somebody sits there.
    fn interact(&mut self) {
        let is_terminal = stdin().is_terminal();
        let prompt = |reader: &Reader| {
            if is_terminal {
                let mark = if reader.is_open() { "> " } else { "$ " };
                let _ = write!(stdout(), "{mark}");
                let _ = stdout().flush();
            }
        };
        prompt(&self.reader);
        for line in stdin().lock().lines().map_while(Result::ok) {
            self.line(&line);
            prompt(&self.reader);
        }
    }

    fn line(&mut self, line: &str) {
        let Some(statement) = self.reader.feed(line) else { return };
        self.load_files(&statement);
        let output = self.playground.run_statement(&statement, &mut self.files);
        // A reader that has gone away needs no more of it.
        let _ = stdout().write_all(output.stdout.as_bytes());
        let _ = stderr().write_all(output.stderr.as_bytes());
        self.code = output.code;
    }

    /// The files that a line may mean by `-f`.
    fn load_files(&mut self, statement: &Statement) {
        for word in statement.line.split_whitespace() {
            let word = word.trim_start_matches("--filename=").trim_start_matches("-f");
            let path = word.trim_matches(['\'', '"', '=']);
            if !self.files.contains_key(path)
                && let Ok(text) = fs::read_to_string(path)
            {
                self.files.insert(path.to_owned(), text);
            }
        }
    }
}

//! `watch`: a command now and again, printed whenever it says something else.

use crate::api::Time;
use crate::kubectl::Output;
use crate::playground::Playground;
use crate::playground::shell::{Shell, fail, quoted};

/// Two seconds, as the real one has them, in milliseconds.
const INTERVAL: i64 = 2_000;

/// A watch under way.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    line: String,
    interval: i64,
    /// When it looks again.
    pub(super) next: Time,
    shown: String,
}

impl Watch {
    /// What its words ask for; refused in words of its own.
    pub(super) fn of(args: &[String], now: Time) -> Result<Watch, Output> {
        let (mut rest, mut interval) = (args, INTERVAL);
        while let Some((flag, after)) = rest.split_first().filter(|it| it.0.starts_with('-')) {
            rest = after;
            let text = flag.trim_start_matches("--interval=").trim_start_matches("-n");
            let text = match (flag.as_str(), rest.split_first()) {
                ("-n" | "--interval", Some((value, after))) => {
                    rest = after;
                    value.as_str()
                }
                _ => text,
            };
            if let Ok(seconds) = text.parse::<i64>() {
                interval = seconds.clamp(1, 3_600) * 1_000;
            }
        }
        let line = match rest {
            [] => return Err(fail(1, "Usage: watch [-n SECONDS] COMMAND")),
            [line] => line.clone(),
            words => words.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(" "),
        };
        Ok(Watch { line, interval, next: now, shown: String::new() })
    }
}

impl Playground {
    /// Runs the command if it is time, and prints what is new; true when it has failed.
    pub(super) fn look(
        &mut self,
        watch: &mut Watch,
        shell: &mut Shell,
        output: &mut Output,
    ) -> bool {
        let now = Playground::now(self);
        if now < watch.next {
            return false;
        }
        watch.next = now + watch.interval;
        let line = watch.line.clone();
        let said = self.glance(&line, shell);
        if said.stdout != watch.shown {
            let blank = if watch.shown.is_empty() { "" } else { "\n" };
            output.stdout.push_str(&format!("{blank}{}", said.stdout));
            watch.shown = said.stdout;
        }
        if said.code != 0 {
            output.warn_all(&said.stderr);
        }
        output.code = said.code;
        said.code != 0
    }
}

//! The playground's own commands: time, machines, images, and questions. Kubernetes has none of
//! them.

use crate::api::Time;
use crate::kubectl::{Output, parse_duration};
use crate::playground::shell::{Shell, fail};
use crate::playground::{Playground, Severity, Tip};

/// More virtual time than this does not pass in one line, in milliseconds: a hundred days.
const ADVANCE_MAX: i64 = 100 * 86_400_000;
/// `settle` waits at most an hour.
const SETTLE_MAX: i64 = 3_600_000;

const HELP: &str = "\
kubectl …                        as on a real cluster; k is short for it
The playground's own commands:
  +30s, +5m                      virtual time passes
  settle                         until nothing changes any more
  seek 2m                        goes to that time after the start
  branch                         lists the histories that parted where somebody acted in the past;
                                 branch switch|delete NAME, rename NAME NEW, compare NAME DAEMONSET
  break DAEMONSET FIGURE below N time stops when AVAILABLE, READY, … is below N, or above it;
                                 break pod crashes; break lists them, break off [N] ends them
  why NODE DAEMONSET             why a node has a pod or has none
  sync DAEMONSET                 runs to the end of its controller's next sync, and says what that
                                 observed, compared and did
  check FILE                     what is wrong with a manifest
  lint FILE                      advice on it
  plan FILE                      what it would do if it were applied now
  node add [NAME] [--pool POOL]  a machine joins, or several: --count=N, --labels, --taints
  node fail NODE                 its kubelet stops
  node recover NODE              its kubelet starts again
  node pressure NODE memory=on   memory, disk or pid run short, or =off
  node network NODE off          it reaches nobody and nobody reaches it, or on again
  node fill NODE cpu=1 memory=2Gi   somebody else uses that much; node free NODE ends it
  image                          what images do
  image IMAGE BEHAVIOUR          ok, cannot-be-pulled, crashes, never-ready, slow-pull, slow-start,
                                 stubborn-stop, unhealthy
And of the shell: pipes into grep, sed, head, tail, wc, sort, uniq, cut, tr, awk and xargs;
watch, >, <<EOF, &&, ;, $NAME, export, alias, echo, cat, tee, comments.
";

/// The first words of them.
const OWN: [&str; 11] =
    ["branch", "break", "check", "help", "image", "lint", "node", "plan", "seek", "settle", "sync"];

impl Playground {
    /// Whether a line is a command of the playground itself, which kubectl does not have.
    pub fn is_own(line: &str) -> bool {
        let word = line.split_whitespace().next().unwrap_or_default();
        word.starts_with('+') || word == "why" || OWN.contains(&word)
    }

    /// One of them; none if the words are something else.
    pub(super) fn run_own(&mut self, words: &[String], shell: &Shell) -> Option<Output> {
        let texts: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = |stdout: String| Output { stdout, ..Output::default() };
        Some(match texts.as_slice() {
            ["help"] => said(HELP.to_owned()),
            [wait] if wait.starts_with('+') => self.pass(&wait[1..]),
            ["sleep", time] => {
                let has_unit = time.ends_with(|c: char| c.is_ascii_alphabetic());
                self.pass(&if has_unit { (*time).to_owned() } else { format!("{time}s") })
            }
            ["settle"] => {
                let start = Playground::now(self);
                let stopped = match self.breaks().is_empty() {
                    true => {
                        self.settle(SETTLE_MAX);
                        String::new()
                    }
                    false => {
                        let mut probe = self.clone();
                        probe.settle(SETTLE_MAX);
                        self.stop_by(probe.now())
                    }
                };
                let passed = Playground::now(self).0 - start.0;
                said(format!("{stopped}{} s have passed\n", passed / 1000))
            }
            ["seek", time] => match parse_duration(time) {
                Ok(time) => {
                    self.seek(Time(time.clamp(0, ADVANCE_MAX)));
                    Output::default()
                }
                Err(fault) => fail(2, &format!("seek: {fault}")),
            },
            ["why", node, set] => match self.why(node, set) {
                Some(why) => said(why.to_string()),
                None => fail(1, &format!("why: there is no DaemonSet {set}")),
            },
            ["sync", set] => self.run_sync(set),
            ["check", file] => match shell.files.get(*file) {
                Some(text) => check(text),
                None => fail(1, &format!("check: {file}: No such file or directory")),
            },
            ["plan", file] => match shell.files.get(*file) {
                Some(text) => {
                    let outlook = self.plan(text);
                    let code = u8::from(!outlook.report.ok);
                    Output { stdout: outlook.to_string(), code, ..Output::default() }
                }
                None => fail(1, &format!("plan: {file}: No such file or directory")),
            },
            ["lint", file] => match shell.files.get(*file) {
                Some(text) => {
                    let tips = self.advice(text);
                    let line = |it: &Tip| format!("{}:{}: {}\n", it.line, it.column, it.text);
                    said(tips.iter().map(line).collect())
                }
                None => fail(1, &format!("lint: {file}: No such file or directory")),
            },
            ["branch", words @ ..] => self.branch_command(words),
            ["break", words @ ..] => self.break_command(words),
            words @ ["node" | "image", ..] => self.machine_command(words),
            ["sleep", ..] => fail(1, "sleep: expected one time, in seconds"),
            ["seek", ..] => fail(2, "seek: expected a time after the start, such as 2m"),
            ["why", ..] => fail(2, "why: expected NODE DAEMONSET"),
            ["sync", ..] => fail(2, "sync: expected a DaemonSet"),
            ["settle", ..] => fail(2, "settle: expected nothing else"),
            [word @ ("check" | "plan" | "lint"), ..] => {
                fail(2, &format!("{word}: expected the name of one file"))
            }
            _ => return None,
        })
    }

    fn run_sync(&mut self, daemon_set: &str) -> Output {
        let Some(key) = self.key_of_daemon_set(daemon_set) else {
            return fail(1, &format!("sync: there is no DaemonSet {daemon_set}"));
        };
        match self.step_sync(&key) {
            Some(sync) => Output { stdout: sync.to_text(), ..Output::default() },
            None => fail(1, &format!("sync: nothing wakes the controller for {daemon_set}")),
        }
    }

    fn pass(&mut self, duration: &str) -> Output {
        match parse_duration(duration) {
            Ok(duration) => {
                let to = Playground::now(self) + duration.clamp(0, ADVANCE_MAX);
                Output { stdout: self.stop_by(to), ..Output::default() }
            }
            Err(fault) => fail(2, &format!("+: {fault}")),
        }
    }
}

impl Playground {
    /// Lets time pass up to an instant, or to where a break stops it; says so then.
    fn stop_by(&mut self, to: Time) -> String {
        match self.breaks().is_empty() {
            true => {
                self.advance(to, u32::MAX);
                String::new()
            }
            false => {
                let why = self.advance_to_break(to);
                let now = Playground::now(self);
                why.map(|why| format!("stopped at {now}: {why}\n")).unwrap_or_default()
            }
        }
    }
}

fn check(text: &str) -> Output {
    let mut output = Output::default();
    for message in Playground::check(text) {
        let place = message.line.zip(message.column);
        let place = place.map(|(line, column)| format!("{line}:{column}: ")).unwrap_or_default();
        output.stdout.push_str(&format!("{place}{}\n", message.text));
        output.code |= u8::from(message.severity == Severity::Error);
    }
    output
}

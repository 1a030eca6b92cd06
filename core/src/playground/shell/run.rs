//! A line being carried out: its pipes one after another. A command that waits for the cluster
//! holds the rest of its line up; the run is plain data that whoever lets time flow polls.

use std::collections::VecDeque;

use crate::api::Time;
use crate::kubectl::{Edited, Job, Output};
use crate::playground::shell::parse::{self, When};
use crate::playground::shell::redirect::Filled;
use crate::playground::shell::stage::{Stage, expanded, is_line_by_line};
use crate::playground::shell::watch::Watch;
use crate::playground::shell::{Shell, absent, fail};
use crate::playground::{Playground, Statement};

/// Lines that call lines are not nested deeper.
const DEPTH_MAX: u8 = 8;
/// The exit status of what Ctrl-C has ended.
const INTERRUPTED: u8 = 130;
/// A command that waits is given up after this much virtual time, in milliseconds.
const WAIT_MAX: i64 = 3_600_000;
/// A watch that sees nothing for so long is ended where nobody can end it, in milliseconds.
const QUIET: i64 = 120_000;
/// While a command waits it is asked at least this often, in milliseconds.
const POLL: i64 = 1_000;

/// A line of which something may be left to do.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pipes: VecDeque<(When, VecDeque<Stage>)>,
    stdin: String,
    code: u8,
    waiting: Option<Waiting>,
}

/// What a command waits for.
#[derive(Clone, Debug)]
pub(super) enum Wait {
    /// A command of kubectl's.
    Kubectl(Box<Job>),
    /// `watch`.
    Watch(Watch),
}

/// A command that waits, and the rest of its pipe.
#[derive(Clone, Debug)]
struct Waiting {
    wait: Wait,
    /// What it has printed and nobody has got yet.
    said: Output,
    filled: Filled,
    rest: VecDeque<Stage>,
    /// The exit status of the filters behind it, as far as lines went through them.
    filtered: Option<u8>,
    since: Time,
    heard: Time,
    /// The state of the cluster when it was asked last.
    seen: (u64, u64),
}

impl Run {
    /// Whether nothing is left to do.
    pub fn is_over(&self) -> bool {
        self.waiting.is_none()
    }

    /// The command that waits, in words.
    pub fn waits_for(&self) -> Option<&'static str> {
        Some(match &self.waiting.as_ref()?.wait {
            Wait::Kubectl(job) => job.word(),
            Wait::Watch(_) => "watch",
        })
    }

    /// Takes what `kubectl edit` wants to have edited; the line is over then.
    pub fn take_edit(&mut self) -> Option<Vec<Edited>> {
        match &self.waiting.as_ref()?.wait {
            Wait::Kubectl(job) => {
                let Job::Edit(edited) = &**job else { return None };
                let edited = edited.clone();
                *self = Run::default();
                Some(edited)
            }
            Wait::Watch(_) => None,
        }
    }
}

impl Playground {
    /// Runs one command of a script; what it leaves behind stays in the shell. If it has to wait,
    /// virtual time runs until it is done, at most an hour.
    pub fn run_statement(&mut self, statement: &Statement, shell: &mut Shell) -> Output {
        self.run_statement_while(statement, shell, &mut |_| true)
    }

    /// The same for somebody who sees what is printed as it comes, and may have enough of it:
    /// `more` is asked from time to time while the command waits. One that is broken off ends as by
    /// Ctrl-C.
    pub fn run_statement_while(
        &mut self,
        statement: &Statement,
        shell: &mut Shell,
        more: &mut dyn FnMut(&mut Output) -> bool,
    ) -> Output {
        let stdin = statement.text.as_deref().unwrap_or_default();
        shell.remember(&statement.line);
        self.run_line_while(&statement.line, stdin, shell, more)
    }

    /// The same for a line and its standard input.
    pub(in crate::playground) fn run_line(
        &mut self,
        line: &str,
        stdin: &str,
        shell: &mut Shell,
    ) -> Output {
        self.run_line_while(line, stdin, shell, &mut |_| true)
    }

    fn run_line_while(
        &mut self,
        line: &str,
        stdin: &str,
        shell: &mut Shell,
        more: &mut dyn FnMut(&mut Output) -> bool,
    ) -> Output {
        let mut output = Output::default();
        let mut run = self.start_line(line, stdin, shell, &mut output);
        while let Some(waiting) = &run.waiting {
            if !more(&mut output) {
                output.code = INTERRUPTED;
                shell.last_code = INTERRUPTED;
                break;
            }
            let now = Playground::now(self);
            let limit = waiting.since + WAIT_MAX;
            if waiting.wait.is_endless() && now >= limit.min(waiting.heard + QUIET) {
                self.end_wait(&mut run, shell, &mut output);
            } else if now >= limit {
                output.warn("(not waited for any longer: an hour of virtual time has passed)");
                run.waiting.iter_mut().for_each(|it| it.said.code = 1);
                self.end_wait(&mut run, shell, &mut output);
            } else {
                self.advance_with(&mut run, shell, &mut output, now + POLL, u32::MAX);
            }
        }
        output
    }

    /// Begins a command of a script. With something to wait for, the run is not over: its output
    /// goes on whenever it is polled.
    pub fn begin(&mut self, statement: &Statement, shell: &mut Shell, output: &mut Output) -> Run {
        let stdin = statement.text.as_deref().unwrap_or_default();
        shell.remember(&statement.line);
        self.start_line(&statement.line, stdin, shell, output)
    }

    fn start_line(
        &mut self,
        line: &str,
        stdin: &str,
        shell: &mut Shell,
        output: &mut Output,
    ) -> Run {
        let mut run = Run { stdin: stdin.to_owned(), ..Run::default() };
        let pipes = match shell.depth < DEPTH_MAX {
            true => absent::structure(line).unwrap_or_else(|| parse::parse(line)),
            false => Err("lines are nested too deep".to_owned()),
        };
        match pipes {
            Ok(pipes) => run.pipes.extend(pipes.into_iter().map(|(when, pipe)| {
                let stage = |command| Stage { command, aliases: Vec::new() };
                (when, pipe.into_iter().map(stage).collect())
            })),
            Err(fault) => {
                output.append(fail(2, &format!("sh: {fault}")));
                shell.last_code = 2;
            }
        }
        shell.depth += 1;
        self.proceed(&mut run, shell, output);
        shell.depth -= 1;
        run
    }

    /// Lets time flow as `advance` does while a line waits, which is asked whenever something has
    /// changed; stops when the line is over. Returns the time reached.
    pub fn advance_with(
        &mut self,
        run: &mut Run,
        shell: &mut Shell,
        output: &mut Output,
        to: Time,
        wakes_max: u32,
    ) -> Time {
        // Somebody may have changed something meanwhile.
        self.poll_if_new(run, shell, output);
        for _ in 0..wakes_max {
            let Some(waiting) = &run.waiting else { break };
            let limit = waiting.wait.next_look().map_or(to, |it| it.min(to));
            if self.timeline.step(limit) {
                self.poll_if_new(run, shell, output);
                continue;
            }
            self.timeline.advance(limit, u32::MAX);
            self.poll(run, shell, output);
            if limit == to {
                break;
            }
        }
        Playground::now(self)
    }

    fn poll_if_new(&mut self, run: &mut Run, shell: &mut Shell, output: &mut Output) {
        if run.waiting.as_ref().is_some_and(|it| it.seen != self.state()) {
            self.poll(run, shell, output);
        }
    }

    /// Anything that a command can print is a write or an event.
    fn state(&self) -> (u64, u64) {
        (self.cluster().work().writes, self.cluster().events().raw_count())
    }

    /// Asks the command that waits whether it is done, and goes on with the line if it is.
    pub fn poll(&mut self, run: &mut Run, shell: &mut Shell, output: &mut Output) {
        let (now, state) = (Playground::now(self), self.state());
        let Some(waiting) = &mut run.waiting else { return };
        waiting.seen = state;
        let mut new = Output::default();
        let is_over = match &mut waiting.wait {
            Wait::Kubectl(job) => job.poll(self, &mut new),
            Wait::Watch(watch) => self.look(watch, shell, &mut new),
        };
        if !new.stdout.is_empty() {
            waiting.heard = now;
        }
        waiting.said.append(new);
        match is_over {
            true => self.end_wait(run, shell, output),
            false => self.stream(run, shell, output),
        }
    }

    /// Hands on what the command that waits has printed so far, where that makes no difference.
    fn stream(&mut self, run: &mut Run, shell: &mut Shell, output: &mut Output) {
        let Some(waiting) = &mut run.waiting else { return };
        if !waiting.filled.is_plain() {
            return;
        }
        let code = waiting.said.code;
        if waiting.rest.is_empty() {
            output.append(std::mem::take(&mut waiting.said));
        } else if waiting.rest.iter().all(is_line_by_line) {
            output.warn_all(&std::mem::take(&mut waiting.said.stderr));
            let end = waiting.said.stdout.rfind('\n').map_or(0, |it| it + 1);
            let lines: String = waiting.said.stdout.drain(..end).collect();
            if !lines.is_empty() {
                let rest = waiting.rest.clone();
                let mut filters = Run::default();
                self.run_pipe(&mut filters, rest, lines, shell, output);
                let known = waiting_mut(run).and_then(|it| it.filtered).unwrap_or(u8::MAX);
                waiting_mut(run).into_iter().for_each(|it| {
                    it.filtered = Some(known.min(filters.code));
                });
            }
        }
        waiting_mut(run).into_iter().for_each(|it| it.said.code = code);
    }

    /// The command that waited is done: the rest of its pipe gets what it printed.
    fn end_wait(&mut self, run: &mut Run, shell: &mut Shell, output: &mut Output) {
        self.stream(run, shell, output);
        let Some(Waiting { mut said, filled, rest, filtered, .. }) = run.waiting.take() else {
            return;
        };
        filled.redirect(&mut said, shell);
        if rest.is_empty() {
            run.code = said.code;
            output.append(said);
        } else {
            output.warn_all(&said.stderr);
            let is_cut = filtered.is_some() && said.stdout.is_empty();
            run.code = u8::MAX;
            if !is_cut {
                self.run_pipe(run, rest, said.stdout, shell, output);
            }
            run.code = filtered.map_or(run.code, |it| it.min(run.code));
        }
        (output.code, shell.last_code) = (run.code, run.code);
        self.proceed(run, shell, output);
    }

    /// Every pipe that is left, as far as its condition holds, up to one that waits.
    fn proceed(&mut self, run: &mut Run, shell: &mut Shell, output: &mut Output) {
        while run.waiting.is_none() {
            let Some((when, pipe)) = run.pipes.pop_front() else { return };
            let is_due = match when {
                When::Always => true,
                When::AfterSuccess => run.code == 0,
                When::AfterFailure => run.code != 0,
            };
            if is_due {
                self.run_pipe(run, pipe, run.stdin.clone(), shell, output);
            }
        }
    }

    /// The output of each command is the input of the next; the status is that of the last.
    fn run_pipe(
        &mut self,
        run: &mut Run,
        mut stages: VecDeque<Stage>,
        mut input: String,
        shell: &mut Shell,
        output: &mut Output,
    ) {
        while let Some(stage) = stages.pop_front() {
            let mut said = match expanded(&stage, shell) {
                Some(Ok(pipes)) if pipes.len() == 1 => {
                    for stage in pipes.into_iter().flatten().rev() {
                        stages.push_front(stage);
                    }
                    continue;
                }
                // An alias for several pipes can only stand for a whole one.
                Some(Ok(pipes)) if stages.is_empty() => {
                    for pipe in pipes.into_iter().rev() {
                        run.pipes.push_front((When::Always, pipe.into()));
                    }
                    return;
                }
                Some(Ok(_)) => fail(2, "sh: an alias of several commands stands in a pipe"),
                Some(Err(fault)) => fail(2, &format!("sh: {fault}")),
                None => {
                    let (said, filled, wait) = self.run_command(&stage.command, input, shell);
                    if let Some(wait) = wait {
                        let now = Playground::now(self);
                        run.waiting = Some(Waiting {
                            wait,
                            said,
                            filled,
                            rest: stages,
                            filtered: None,
                            since: now,
                            heard: now,
                            seen: self.state(),
                        });
                        return self.stream(run, shell, output);
                    }
                    said
                }
            };
            input = std::mem::take(&mut said.stdout);
            run.code = said.code;
            if stages.is_empty() {
                output.append(Output { stdout: std::mem::take(&mut input), ..said });
            } else {
                output.warn_all(&said.stderr);
            }
        }
        (output.code, shell.last_code) = (run.code, run.code);
    }

    /// What a line prints at once: what it would wait for is left alone.
    pub(super) fn glance(&mut self, line: &str, shell: &mut Shell) -> Output {
        let mut output = Output::default();
        self.start_line(line, "", shell, &mut output);
        output
    }
}

fn waiting_mut(run: &mut Run) -> Option<&mut Waiting> {
    run.waiting.as_mut()
}

impl Wait {
    /// Whether it goes on until somebody ends it.
    fn is_endless(&self) -> bool {
        match self {
            Self::Kubectl(job) => job.is_endless(),
            Self::Watch(_) => true,
        }
    }

    /// When it has to be asked even if nothing changes.
    fn next_look(&self) -> Option<Time> {
        match self {
            Self::Kubectl(_) => None,
            Self::Watch(watch) => Some(watch.next),
        }
    }
}

//! `break`: what time stops at.

use crate::insight::Figure;
use crate::kubectl::Output;
use crate::playground::shell::fail;
use crate::playground::{Break, Playground};

impl Playground {
    /// `break`, `break pod crashes`, `break DAEMONSET FIGURE below|above N`, `break off [N]`.
    pub(in crate::playground) fn break_command(&mut self, words: &[&str]) -> Output {
        let new = match words {
            [] => return self.list_breaks(),
            ["off"] => {
                while self.remove_break(0) {}
                return Output::default();
            }
            ["off", number] => {
                let index = number.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
                return match index.is_some_and(|it| self.remove_break(it)) {
                    true => Output::default(),
                    false => fail(1, &format!("break: there is no break {number}")),
                };
            }
            ["pod", "crashes"] => Break::Crash,
            [set, figure, side @ ("below" | "above"), count] => {
                let Some(key) = self.key_of_daemon_set(set) else {
                    return fail(1, &format!("break: there is no DaemonSet {set}"));
                };
                let Some(figure) = Figure::named(figure) else {
                    return fail(2, &format!("break: no figure is called {figure}"));
                };
                let Ok(count) = count.parse::<i32>() else {
                    return fail(2, &format!("break: {count} is no whole number"));
                };
                Break::Figure { daemon_set: key.into(), figure, below: *side == "below", count }
            }
            _ => return fail(2, "break: expected DAEMONSET FIGURE below|above N, or: pod crashes"),
        };
        match self.add_break(new) {
            Ok(()) => Output::default(),
            Err(fault) => fail(1, &format!("break: {fault}")),
        }
    }

    fn list_breaks(&self) -> Output {
        let mut stdout = String::new();
        for (index, it) in self.breaks().iter().enumerate() {
            stdout.push_str(&format!("{}  {it}\n", index + 1));
        }
        if stdout.is_empty() {
            stdout.push_str("no breaks\n");
        }
        Output { stdout, ..Output::default() }
    }
}

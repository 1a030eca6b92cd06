//! Plans in words: first a sentence, then the rows.

use std::fmt;

use crate::api::Name;
use crate::insight::plan::{Cause, Fate, Plan, SetPlan};

/// Sentences of a plan of several DaemonSets.
const SENTENCES_MAX: usize = 6;
/// Names of one row of the text form.
const ROW_NAMES_MAX: usize = 12;

/// How long something takes, with the doubt of an estimate: `about 38 s`, `about 1 min 20 s`.
pub fn estimate(milliseconds: i64) -> String {
    let seconds = (milliseconds.max(0) + 999) / 1000;
    // Of what takes long only the larger part can be known.
    match seconds {
        0..60 => format!("about {seconds} s"),
        60..600 => format!("about {} min {} s", seconds / 60, seconds % 60 / 10 * 10),
        600..7_200 => format!("about {} min", seconds / 60),
        _ => format!("about {} h", (seconds + 1_800) / 3_600),
    }
}

/// The sentence of the whole: that of its one DaemonSet, or all of them with their names; of those
/// that stay as they are only where nothing else happens.
pub(super) fn sentence(plan: &Plan) -> String {
    if let Some(others) = others(plan.others) {
        let moves = |it: &&SetPlan| it.nodes.iter().any(|it| it.fate != Fate::Keep);
        let moved = plan.sets.iter().filter(moves).collect::<Vec<_>>();
        let mut all = named(&moved, plan.more);
        all.push(others);
        return all.join(" ");
    }
    match &plan.sets[..] {
        [] => "No DaemonSet changes.".to_owned(),
        [one] => one.sentence.clone(),
        several => named(&several.iter().collect::<Vec<_>>(), plan.more).join(" "),
    }
}

/// The sentences of several DaemonSets with their names; of more than a few the rest is counted.
fn named(sets: &[&SetPlan], more: usize) -> Vec<String> {
    let said = sets.iter().take(SENTENCES_MAX);
    let mut all: Vec<String> = said.map(|it| format!("{}: {}", it.name, it.sentence)).collect();
    match sets.len() - all.len() + more {
        0 => {}
        1 => all.push("And 1 more DaemonSet.".to_owned()),
        rest => all.push(format!("And {rest} more DaemonSets.")),
    }
    all
}

/// `3 pods come and 1 goes that no DaemonSet looks after.`
fn others((come, go): (usize, usize)) -> Option<String> {
    let parts = match (come, go) {
        (0, 0) => return None,
        (1, 0) => "1 pod comes".to_owned(),
        (_, 0) => format!("{come} pods come"),
        (0, 1) => "1 pod goes".to_owned(),
        (0, _) => format!("{go} pods go"),
        (1, _) => format!("1 pod comes and {go} {}", if go == 1 { "goes" } else { "go" }),
        (_, _) => format!("{come} pods come and {go} {}", if go == 1 { "goes" } else { "go" }),
    };
    Some(format!("{parts} that no DaemonSet looks after."))
}

/// Who restarts, in how many waves; who gains; who loses; how long; never fewer than x of y ready.
pub(super) fn set_sentence(plan: &SetPlan, total: u32, is_rolling: bool) -> String {
    let names = |fate| plan.of(fate).map(|it| &it.node).collect::<Vec<_>>();
    let (gains, losses) = (names(Fate::Gain), names(Fate::Lose));
    let restarts = plan.of(Fate::Restart).count();
    let mut parts = Vec::new();
    if restarts > 0 {
        parts.push(restarting(plan, restarts, usize::try_from(total).unwrap_or(restarts)));
    }
    if !gains.is_empty() {
        let what = if parts.is_empty() { "a pod" } else { "one" };
        parts.push(format!("{} {} {what}", listed(&gains), verb(&gains, "gain")));
    }
    if !losses.is_empty() {
        let what = match (parts.is_empty(), losses.len()) {
            (false, _) => "one",
            (true, 1) => "its pod",
            (true, _) => "their pods",
        };
        parts.push(format!("{} {} {what}", listed(&losses), verb(&losses, "lose")));
    }
    let has_old = plan.revisions.0.is_some() && plan.revisions.0 != plan.revisions.1;
    if parts.is_empty() {
        let kept = plan.of(Fate::Keep).count();
        return match (has_old && !is_rolling, plan.revisions.0) {
            (true, Some(old)) if kept > 0 => format!(
                "No pod restarts by itself: the strategy is OnDelete. {} revision {old} until {}.",
                if kept == 1 { "1 pod keeps".to_owned() } else { format!("{kept} pods keep") },
                if kept == 1 { "it is deleted" } else { "they are deleted" },
            ),
            _ if plan.desired == 0 => "No node is wanted, so there is no pod.".to_owned(),
            _ if !plan.stuck.is_empty() => stuck(plan),
            _ => "No pod comes, goes or restarts.".to_owned(),
        };
    }
    let mut sentence = format!("{}.", parts.join(", "));
    if !plan.stuck.is_empty() {
        sentence.push(' ');
        sentence.push_str(&stuck(plan));
        if let Some((fewest, of)) = plan.lowest {
            sentence.push_str(&format!(" {fewest} of {of} stay ready."));
        }
        return sentence;
    }
    let mut tail = estimate(plan.takes);
    if let Some(first) = tail.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if let Some((fewest, of)) = plan.lowest {
        tail.push_str(&match fewest {
            0 => format!(", for a while none of {of} ready"),
            _ => format!(", never fewer than {fewest} of {of} ready"),
        });
    }
    sentence.push_str(&format!(" {tail}."));
    sentence
}

fn restarting(plan: &SetPlan, restarts: usize, total: usize) -> String {
    let is_whole = plan.stuck.is_empty() || restarts >= total;
    let pods = match (restarts, is_whole) {
        (1, true) => "1 pod restarts".to_owned(),
        (count, true) => format!("{count} pods restart"),
        (1, false) => format!("1 of {total} pods restarts"),
        (count, false) => format!("{count} of {total} pods restart"),
    };
    match (plan.waves.len(), plan.wave_count) {
        (0, _) => pods,
        (1, 0 | 1) if restarts == 1 => pods,
        (begun, all) if is_whole && plan.stuck.is_empty() => {
            let count = u32::try_from(begun).unwrap_or(all);
            format!("{pods} in {count} {}", if count == 1 { "wave" } else { "waves" })
        }
        (1, all) => format!("{pods} in wave 1 of {all}"),
        (begun, all) => format!("{pods} in {begun} of {all} waves"),
    }
}

/// `Then the update is stuck on cp-1: agent:2: ImagePullBackOff.`
fn stuck(plan: &SetPlan) -> String {
    let Some(first) = plan.stuck.first() else { return String::new() };
    let nodes = listed(&first.nodes.iter().collect::<Vec<_>>());
    match (first.waits, plan.of(Fate::Restart).count()) {
        (true, _) => format!("The update does not get on: {}.", first.reason),
        (false, 0) => format!("It is stuck on {nodes}: {}.", first.reason),
        (false, _) => format!("Then the update is stuck on {nodes}: {}.", first.reason),
    }
}

/// `gpu-2`, `gpu-1 and gpu-2`, `3 nodes`.
fn listed(names: &[&Name]) -> String {
    match names {
        [one] => one.to_string(),
        [one, two] => format!("{one} and {two}"),
        more => format!("{} nodes", more.len()),
    }
}

fn verb(names: &[&Name], verb: &str) -> String {
    if names.len() == 1 { format!("{verb}s") } else { verb.to_owned() }
}

fn row_names(names: &[Name]) -> String {
    let shown: Vec<&str> = names.iter().take(ROW_NAMES_MAX).map(|it| &**it).collect();
    let rest = names.len().saturating_sub(ROW_NAMES_MAX);
    match rest {
        0 => shown.join(", "),
        _ => format!("{} and {rest} more", shown.join(", ")),
    }
}

fn after(milliseconds: i64) -> String {
    format!("+{} s", milliseconds.max(0) / 1000)
}

/// `disk=hdd (line 17)`.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

/// The text form: the sentence, what happens at once and why, the waves, who keeps a pod, and what
/// gets stuck.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_alone = self.sets.len() == 1;
        if let Some(others) = others(self.others).filter(|_| !self.sets.is_empty()) {
            writeln!(f, "{others}")?;
        }
        if self.sets.is_empty() {
            writeln!(f, "{}", self.sentence)?;
        }
        for set in &self.sets {
            if !is_alone {
                write!(f, "{}/{}: ", set.namespace, set.name)?;
            }
            write!(f, "{set}")?;
        }
        if self.more > 0 {
            writeln!(f, "And {} more DaemonSets.", self.more)?;
        }
        match self.is_over {
            true => Ok(()),
            false => writeln!(f, "It goes on, but nobody looked further."),
        }
    }
}

impl fmt::Display for SetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence)?;
        for fate in [Fate::Gain, Fate::Lose] {
            for (names, cause) in self.by_cause(fate) {
                let cause = cause.map(|it| format!("  {it}")).unwrap_or_default();
                writeln!(f, "  {:<8} {:<8} {}{cause}", "at once", fate.word(), row_names(&names))?;
            }
        }
        if let Some(cause) = &self.cause {
            writeln!(f, "  {:<8} {:<8} {cause}", "restart", "because")?;
        }
        let unordered = self.of(Fate::Restart).filter(|it| it.wave.is_none());
        let unordered: Vec<Name> = unordered.map(|it| it.node.clone()).collect();
        if !unordered.is_empty() {
            writeln!(f, "  {:<8} {:<8} {}", "at once", "restart", row_names(&unordered))?;
        }
        for wave in &self.waves {
            let number = format!("wave {}", wave.number);
            let names = row_names(&wave.nodes);
            writeln!(f, "  {number:<8} {:<8} {names}", after(wave.after))?;
        }
        let kept: Vec<Name> = self.of(Fate::Keep).map(|it| it.node.clone()).collect();
        if !kept.is_empty() {
            writeln!(f, "  {:<8} {:<8} {}", "keep", "", row_names(&kept))?;
        }
        for it in &self.stuck {
            let word = if it.waits { "waits" } else { "stuck" };
            writeln!(f, "  {word:<8} {:<8} {}: {}", "", row_names(&it.nodes), it.reason)?;
            if let Some(practice) = it.practice {
                writeln!(f, "  {:<8} {:<8} > {practice}", "", "")?;
            }
        }
        match &self.unnoticed {
            Some(text) => writeln!(f, "  {:<8} {:<8} {text}", "silent", ""),
            None => Ok(()),
        }
    }
}

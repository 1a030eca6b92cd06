//! What follows: how far the DaemonSet is, in one sentence and the waves of its rollout, or that
//! the manifest is not applied yet; and the buttons that move it on.

pub mod outlook;
mod proposed;
mod wave_rail;

use std::rc::Rc;

use daemonset_core::playground::Drift;
use daemonset_core::playground::view::DaemonSetView;
use daemonset_core::sim::{Cascade, Input};
use leptos::prelude::*;

use super::browser::is_apple;
use super::command::Command;
use super::dom::{Element, Row, el, memo};
use super::editor::desk::Place;
use super::hints::Remedy;
use super::icon::{icon, small_icon};
use super::preview::{acting, with_preview};
use super::sentence::sentence;
use super::session::{Asked, Session};
use super::stage::pod::revision_token;
use super::text::{estimate, fraction, revision_step};
use wave_rail::wave_rail;

const NOTHING: &str =
    "No DaemonSet is there. Apply the manifest to put one pod on every node that it wants.";

/// Rows of what is only stored; more are counted.
const STORED_MAX: usize = 100;

/// What the card is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing moves.
    Idle,
    /// Nothing moves, and the panel Why proposes lines.
    Proposed,
    /// The text differs from what was applied, or from what became of that.
    Pending,
    /// A rollout runs.
    Running,
}

/// The card under the editor. `problem` says why Apply would be refused now, `remedy` which lines
/// stand in the editor as a proposal.
pub fn plan_card(
    session: Session,
    problem: impl Fn() -> Option<String> + Copy + 'static,
    remedy: Memo<Option<Remedy>>,
    on_apply: impl Fn() + 'static,
    on_discard: impl Fn() + Clone + 'static,
    on_take: impl Fn() + Copy + 'static,
    on_go: impl Fn(Place) + Copy + 'static,
) -> Element {
    let phase = memo(move || match phase(session) {
        Phase::Idle if remedy.read().is_some() => Phase::Proposed,
        phase => phase,
    });
    let text = move || match &*session.daemon_set.read() {
        _ if phase.get() == Phase::Pending => pending(session),
        _ if phase.get() == Phase::Proposed => session.foresight.preview.sentence(),
        Some(set) => match drift(session) {
            Some(drift) => format!("{} {drift}", set.sentence),
            None => set.sentence.clone(),
        },
        None => NOTHING.to_owned(),
    };
    let apply = el("button", "button button--go")
        .attrs(&[("aria-label", "Apply"), ("aria-describedby", "plan-note")])
        .live("aria-disabled", move || problem().is_some())
        .live("hidden", move || (phase.get() == Phase::Proposed).then_some(""))
        .on_click(on_apply)
        .text("Apply")
        .child(el("kbd", "key").text(if is_apple() { "⌘↵" } else { "Ctrl ↵" }));
    let preview = session.log.preview;
    let show = move || preview.set(session.line_of_command(&Command::Apply(String::new())));
    // What runs is what is written: Apply is there, and does not call.
    let is_quiet = move || !differs(session) && session.daemon_set.read().is_some();
    let apply = apply.live("data-quiet", move || is_quiet().then_some(""));
    let apply = apply.on_click(move || preview.set(None));
    let apply = with_preview(apply, Rc::new(show), Rc::new(move || preview.set(None)));
    // Why Apply is off, or whether there is anything to apply.
    let note = move || {
        let problem = problem().map(|it| format!("{it} to apply"));
        problem.or_else(|| (phase.get() == Phase::Running && edited(session)).then(unapplied))
    };
    let there = move || phase.get() == Phase::Idle && session.daemon_set.read().is_some();
    let can_undo = move || {
        let set = session.daemon_set.read();
        phase.get() == Phase::Running && set.as_ref().is_some_and(|set| set.can_undo)
    };
    let discard = move || {
        let on_discard = on_discard.clone();
        el("button", "button button--bare plan__discard").on_click(on_discard).text("Discard")
    };
    let foresight = session.foresight;
    let planned = move || phase.get() == Phase::Pending && foresight.outlook.read().is_some();
    let plan = move || match &*foresight.outlook.read() {
        Some(it) if phase.get() == Phase::Pending => outlook::outlook(session, it, on_go),
        _ => Vec::new(),
    };
    let has_diff = move || phase.get() == Phase::Pending && session.daemon_set.read().is_some();
    let can_take = move || foresight.drift.read().as_ref().is_some_and(Drift::can_be_taken);
    let take = move || {
        el("button", "button button--line")
            .attr("title", "Write into the text what the cluster has")
            .on_click(on_take)
            .text("Take into the text")
    };
    let proposed = move || phase.get() == Phase::Proposed;
    let foot = el("div", "plan__foot")
        .part(move || if proposed() { proposed::buttons(session, remedy) } else { Vec::new() })
        .child(apply)
        .when(planned, move || play_button(session))
        .when(has_diff, move || changes_button(session))
        .when(there, move || delete_button(session))
        .when(can_undo, move || undo_button(session))
        .child(el("span", "plan__note").attr("id", "plan-note").live_text(note))
        .when(can_take, take)
        .when(move || phase.get() == Phase::Pending && edited(session), discard);
    let starting = move || {
        let set = session.daemon_set.read();
        let is_short = |set: &DaemonSetView| set.status.available < set.status.desired;
        phase.get() == Phase::Idle && set.as_ref().is_some_and(is_short)
    };
    el("section", "plan")
        .attr("aria-label", "Plan")
        .live("data-phase", move || match phase.get() {
            Phase::Idle => "idle",
            Phase::Proposed => "proposed",
            Phase::Pending => "pending",
            Phase::Running => "running",
        })
        .child(head(session, phase, remedy))
        .live("data-stale", move || (planned() && foresight.is_stale.get()).then_some(""))
        .child(sentence("plan__sentence", text))
        .part(plan)
        .when(move || phase.get() == Phase::Running, move || wave_rail(session))
        .when(starting, move || bar(session))
        .when(move || !session.stored.read().is_empty(), move || stored(session))
        .child(foot)
}

/// A rollout tells more than a draft, which the note mentions then.
fn phase(session: Session) -> Phase {
    let rolls = session.daemon_set.read().as_ref().is_some_and(|set| set.rolling);
    match (rolls, differs(session)) {
        (true, _) => Phase::Running,
        (false, true) => Phase::Pending,
        (false, false) => Phase::Idle,
    }
}

fn edited(session: Session) -> bool {
    session.files.current.get().is_edited()
}

/// Apply would change something, as far as that is known.
fn differs(session: Session) -> bool {
    edited(session) || drift(session).is_some()
}

/// Where the cluster differs from a text that was applied; without a DaemonSet the card says that.
fn drift(session: Session) -> Option<String> {
    let drift = session.foresight.drift.read();
    let drift = drift.as_ref().filter(|_| session.daemon_set.read().is_some())?;
    Some(drift.sentence.clone())
}

fn unapplied() -> String {
    "Not applied".to_owned()
}

/// How far the text is from what was applied.
fn pending(session: Session) -> String {
    let outlook = session.foresight.outlook.read();
    let outlook = outlook.as_ref().map(|it| it.plan.sentence.as_str());
    match (drift(session), outlook) {
        (Some(drift), outlook) => return format!("{drift} {}", outlook.unwrap_or_default()),
        (None, Some(outlook)) => return outlook.to_owned(),
        (None, None) => {}
    }
    let file = session.files.current.get();
    let applied = file.applied.read();
    if applied.is_empty() {
        return "This manifest has not been applied yet.".to_owned();
    }
    match changed_lines(&applied, &file.text.read()) {
        1 => "1 line differs from what was applied.".to_owned(),
        count => format!("{count} lines differ from what was applied."),
    }
}

/// Lines between the first and the last that differ.
fn changed_lines(before: &str, after: &str) -> usize {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = |it: &(&&str, &&str)| it.0 == it.1;
    let head = before.iter().zip(&after).take_while(same).count();
    let (before, after) = (&before[head..], &after[head..]);
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
    (before.len().max(after.len()) - tail).max(1)
}

fn head(session: Session, phase: Memo<Phase>, remedy: Memo<Option<Remedy>>) -> Element {
    let title = move || match (&*session.daemon_set.read(), phase.get()) {
        (_, Phase::Proposed) => remedy.read().as_ref().map(Remedy::title).unwrap_or_default(),
        (_, Phase::Pending) => "Plan".to_owned(),
        (_, Phase::Running) => "Rollout".to_owned(),
        (Some(set), Phase::Idle) => set.name.to_string(),
        (None, Phase::Idle) => "Nothing applied".to_owned(),
    };
    let pair = memo(move || match (&*session.foresight.outlook.read(), phase.get()) {
        (Some(it), Phase::Pending) => outlook::pair(it, session.selected_set.read().as_ref()),
        _ => session.daemon_set.read().as_ref().and_then(rolling_pair),
    });
    let pair = move || {
        let (old, new) = pair.get()?;
        let pair = el("span", "plan__pair")
            .child(revision_token(old, "pod--small"))
            .child(small_icon("arrow"))
            .child(revision_token(new, "pod--small"));
        Some(pair)
    };
    let state = move || match phase.get() {
        Phase::Pending if !edited(session) => Some(("cluster differs".to_owned(), "plain")),
        Phase::Pending => Some(("not applied".to_owned(), "plain")),
        Phase::Proposed => Some(("preview".to_owned(), "plain")),
        _ => session.daemon_set.read().as_ref().map(state),
    };
    let tag = move || {
        el("span", "tag")
            .live("data-level", move || state().map(|(_, level)| level))
            .live_text(move || state().map(|(word, _)| word))
    };
    el("div", "plan__head")
        .child(el("h2", "").live_text(title))
        .part(move || pair().into_iter().collect())
        .when(move || state().is_some(), tag)
}

/// How many are available while the first pods start.
fn bar(session: Session) -> Element {
    let share = |set: &DaemonSetView| {
        let step = set.newest_revision().map_or(1, revision_step);
        (set.status.available, set.status.desired, step)
    };
    el("div", "plan__bar")
        .attrs(&[("role", "progressbar"), ("aria-label", "Progress"), ("aria-valuemin", "0")])
        .paint(move |it| {
            let set = session.daemon_set.read();
            let (done, all, step) = set.as_ref().map_or((0, 0, 1), share);
            it.set("aria-valuemax", all.max(1).to_string());
            it.set("aria-valuenow", done.to_string());
            it.set("aria-valuetext", format!("{done} of {all}"));
            it.set("data-rev", step.to_string());
            it.style("--p", fraction(i64::from(done) * 1000 / i64::from(all.max(1))));
        })
}

/// Shows the plan on the cards, wave by wave; the cluster stays as it is.
fn play_button(session: Session) -> Element {
    let foresight = session.foresight;
    let word = move || if foresight.played.get().is_some() { "Stop" } else { "Play the plan" };
    el("button", "button button--line").on_click(move || foresight.toggle_play()).live_text(word)
}

/// The live object beside what Apply would make of it.
fn changes_button(session: Session) -> Element {
    el("button", "button button--line")
        .attrs(&[("aria-haspopup", "dialog"), ("title", "What Apply would change (V)")])
        .on_click(move || session.asked.set(Some(Asked::Changes)))
        .text("Diff")
}

fn undo_button(session: Session) -> Element {
    let button = el("button", "button button--line").child(icon("undo")).text("Undo rollout");
    acting(button, session, || Some(Command::UndoRollout))
}

fn delete_button(session: Session) -> Element {
    let delete = move || {
        let set = session.daemon_set.get_untracked()?;
        Some(Command::Act(Input::Delete {
            resource: "daemonset".into(),
            namespace: set.namespace,
            name: set.name,
            cascade: Cascade::Background,
        }))
    };
    let button = el("button", "button button--line").child(icon("trash")).text("Delete DaemonSet");
    acting(button, session, delete)
}

fn stored(session: Session) -> Element {
    let title = move || match session.stored.read().len() {
        1 => "1 object stored, not simulated".to_owned(),
        count => format!("{count} objects stored, not simulated"),
    };
    let row = |object: &String| {
        let object = object.clone();
        Row::new(object.clone(), move || el("li", "").child(el("code", "").text(&object)))
    };
    let rows = move || session.stored.read().iter().take(STORED_MAX).map(row).collect();
    let rest = move || {
        let rest = session.stored.read().len().saturating_sub(STORED_MAX);
        (rest > 0).then(|| format!("and {rest} more"))
    };
    el("details", "stored")
        .child(el("summary", "stored__title").live_text(title))
        .child(el("ul", "stored__list").list(rows))
        .child(el("span", "plan__names").live_text(rest))
}

fn rolling_pair(set: &DaemonSetView) -> Option<(i64, i64)> {
    let (old, new) = (set.revisions.first()?.number, set.newest_revision()?);
    (set.rolling && old != new).then_some((old, new))
}

fn state(set: &DaemonSetView) -> (String, &'static str) {
    let status = set.status;
    if set.rolling {
        if set.rollout.as_ref().is_some_and(|it| it.broken > 0) {
            return ("pods fail".to_owned(), "error");
        }
        let left = set.rollout.as_ref().and_then(|it| it.left);
        (left.map_or("rolling out".to_owned(), |it| format!("{} left", estimate(it))), "plain")
    } else if status.available < status.desired {
        ("starting".to_owned(), "plain")
    } else if status.desired == 0 {
        ("no node wanted".to_owned(), "plain")
    } else {
        // Where pods are where they should not be, there is nothing to celebrate.
        ("available".to_owned(), if status.misscheduled > 0 { "plain" } else { "ok" })
    }
}

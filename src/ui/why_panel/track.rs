//! The track: stages in a row, each with its gates. Passed stages are folded, the first that is
//! broken is open.

use daemonset_core::insight::{Check, Fix, Gate, Mark, Stage, Verdict, Why};
use daemonset_core::playground::Places;
use leptos::prelude::*;
use web_sys::Event;

use super::Asked;
use crate::ui::command::Command;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::editor::desk::Place;
use crate::ui::icon::small_icon;
use crate::ui::session::Session;

/// The gates of one stage.
#[derive(Clone, PartialEq)]
struct Group {
    stage: Stage,
    gates: Vec<Gate>,
    verdict: Verdict,
}

/// Below the sentence.
pub(super) fn track(session: Session, answer: Memo<Option<Asked>>) -> Element {
    let groups = memo(move || answer.read().as_ref().map(|it| groups(&it.0)).unwrap_or_default());
    let broken = memo(move || first_broken(&groups.read()));
    // What somebody has opened or folded by hand.
    let turned = RwSignal::new(Vec::<u8>::new());
    let rows = move || {
        let broken = broken.get();
        let row = |group: &Group| {
            let stage = group.stage;
            Row::new((stage as u8, broken.map(|it| it as u8)), move || {
                stage_view(session, groups, stage, broken, turned)
            })
        };
        groups.read().iter().map(row).collect()
    };
    el("ol", "track").attr("aria-label", "Checks").list(rows)
}

fn groups(why: &Why) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for gate in why.gates.iter().filter(|it| !is_idle(it)) {
        match groups.last_mut().filter(|it| it.stage == gate.stage) {
            Some(group) => group.gates.push(gate.clone()),
            None => {
                let (stage, gates) = (gate.stage, vec![gate.clone()]);
                groups.push(Group { stage, gates, verdict: Verdict::Passes });
            }
        }
    }
    for group in &mut groups {
        let first = group.gates.iter().map(|it| it.verdict).find(|it| *it != Verdict::Passes);
        group.verdict = first.unwrap_or(Verdict::Passes);
    }
    groups
}

/// Nobody names a node in a template: that gate is shown only where somebody does.
fn is_idle(gate: &Gate) -> bool {
    let is_plain = gate.checks.iter().all(|it| it.path.is_none());
    gate.title == "nodeName" && gate.verdict == Verdict::Passes && is_plain
}

fn first_broken(groups: &[Group]) -> Option<Stage> {
    let stops = groups.iter().find(|it| it.verdict == Verdict::Stops);
    stops.or_else(|| groups.iter().find(|it| it.verdict == Verdict::Waits)).map(|it| it.stage)
}

/// Who decides.
fn party(stage: Stage) -> &'static str {
    match stage {
        Stage::Eligible => "The DaemonSet controller decides whether a pod may run here",
        Stage::Created => "The DaemonSet controller creates it",
        Stage::Scheduled => "The scheduler decides where it fits",
        Stage::Started => "The kubelet starts it",
        Stage::Ready => "The kubelet asks whether it is ready",
        Stage::Available => "The controller counts it",
        Stage::UpToDate => "The controller replaces it",
        Stage::MayStay => "The controller lets it stay",
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passes => "pass",
        Verdict::Waits => "wait",
        Verdict::Stops => "fail",
        Verdict::NotAsked => "unreached",
    }
}

/// The same for those who cannot see the sign.
fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passes => "passes",
        Verdict::Waits => "waits",
        Verdict::Stops => "stops here",
        Verdict::NotAsked => "not asked",
    }
}

fn sign(verdict: Verdict) -> Element {
    let name = match verdict {
        Verdict::Stops => "close",
        Verdict::Waits => "dots",
        Verdict::Passes | Verdict::NotAsked => "check",
    };
    el("span", "gate__sign").attr("aria-hidden", "true").child(small_icon(name))
}

fn stage_view(
    session: Session,
    groups: Memo<Vec<Group>>,
    stage: Stage,
    broken: Option<Stage>,
    turned: RwSignal<Vec<u8>>,
) -> Element {
    let group = memo(move || groups.read().iter().find(|it| it.stage == stage).cloned());
    let verdict = move || group.read().as_ref().map_or(Verdict::NotAsked, |it| it.verdict);
    // Where the controller wants no pod, it is still known whether one would fit.
    let would_fit = broken == Some(Stage::Eligible) && stage == Stage::Scheduled;
    let is_open_first = broken == Some(stage) || would_fit;
    let is_open = memo(move || is_open_first != turned.read().contains(&(stage as u8)));
    let toggle = move || {
        turned.update(|turned| match turned.iter().position(|it| *it == stage as u8) {
            Some(at) => drop(turned.remove(at)),
            None => turned.push(stage as u8),
        });
    };
    let head = el("button", "track__head")
        .live("aria-expanded", move || is_open.get())
        .on_click(toggle)
        .part(move || vec![sign(verdict())])
        .child(el("span", "track__word").text(stage.word()))
        .child(el("span", "sr").live_text(move || format!(", {}", spoken(verdict()))))
        .child(el("span", "track__party").text(party(stage)));
    let gates = move || {
        let group = group.get();
        let gates = group.filter(|_| is_open.get()).map(|it| it.gates).unwrap_or_default();
        gates.iter().map(|it| gate_view(session, it)).collect()
    };
    el("li", "track__stage")
        .attr("data-stage", stage.word())
        .live("data-verdict", move || word(verdict()))
        .live("data-open", move || is_open.get())
        .child(head)
        .child(el("ul", "gates").part(gates))
}

fn gate_view(session: Session, gate: &Gate) -> Element {
    let list = el("ul", "checks");
    let list = gate.checks.iter().fold(list, |list, it| list.child(check(session, gate, it)));
    el("li", "gate")
        .attr("data-verdict", word(gate.verdict))
        .child(sign(gate.verdict))
        .child(el("b", "gate__title").text(gate.title))
        .child(el("span", "sr").text(spoken(gate.verdict)))
        .child(list)
}

fn check(session: Session, gate: &Gate, check: &Check) -> Element {
    let hints = session.hints;
    let verdict = if gate.verdict == Verdict::NotAsked { gate.verdict } else { check.verdict };
    let places = session.places();
    let line = check.path.as_deref().and_then(|path| Some(places.as_ref()?.line(path)));
    let mark = session.selected_node.get_untracked().zip(check.mark.clone());
    let point = move |on: bool| {
        hints.line.set(line.filter(|_| on));
        hints.mark.set(mark.clone().filter(|_| on));
    };
    let (enter, leave) = (point.clone(), point.clone());
    let (focused, blurred) = (point.clone(), point);
    let row = el("li", "check")
        .attr("data-verdict", word(verdict))
        .on("mouseenter", move |_: Event| enter(true))
        .on("mouseleave", move |_: Event| leave(false))
        .on("focusin", move |_: Event| focused(true))
        .on("focusout", move |_: Event| blurred(false));
    let text = match &check.mark {
        Some(Mark::Taint(taint)) if check.text.contains(&**taint) => {
            let (before, after) = check.text.split_once(&**taint).unwrap_or(("", ""));
            let code = el("code", "check__taint").text(taint);
            el("span", "check__text").text(before).child(code).text(after)
        }
        _ => el("span", "check__text").text(&check.text),
    };
    let row = row.child(text);
    let row = match line {
        Some(line) => {
            let go = move || hints.go.set(Some(Place { line, column: 1 }));
            row.child(el("button", "line-ref").on_click(go).text(&format!("line {line}")))
        }
        None => row,
    };
    if verdict != Verdict::Stops || check.fixes.is_empty() {
        return row;
    }
    let fixes = el("span", "check__fixes");
    row.child(check.fixes.iter().fold(fixes, |fixes, fix| match fix_view(session, fix, &places) {
        Some(fix) => fixes.child(fix),
        None => fixes,
    }))
}

/// A button that edits the manifest, or one that changes the cluster and says how.
fn fix_view(session: Session, fix: &Fix, places: &Option<Places>) -> Option<Element> {
    let hints = session.hints;
    if let Fix::Tolerate(toleration) = fix {
        let (text, line) = places.as_ref()?.tolerating(toleration)?;
        let insert = move || hints.proposal.set(Some((text.clone(), line)));
        let button = el("button", "button button--line button--small")
            .attr("title", &format!("{fix}, as line {line}"))
            .on("mouseenter", move |_: Event| hints.line.set(Some(line)))
            .on("mouseleave", move |_: Event| hints.line.set(None))
            .on_click(insert)
            .child(small_icon("plus"))
            .text("Insert the toleration");
        return Some(button);
    }
    let input = session.input_of(fix)?;
    let act = move || drop(session.perform(Command::Act(input.clone())));
    let button = el("button", "check__command").attr("title", "Do it").on_click(act);
    Some(button.child(el("code", "").text(&fix.to_string())))
}

//! The track: gates in a row, from the pod that would be to its place on the node, under brackets
//! that say who decides. Where the controller wants no pod, what the scheduler would say is told as
//! well, and the rest is left out.

use daemonset_core::insight::{Check, Fix, Gate, Mark, Stage, Verdict, Why};
use daemonset_core::playground::{Insertion, Places};
use leptos::prelude::*;
use web_sys::Event;

use super::Asked;
use crate::ui::command::Command;
use crate::ui::command_line::sign as prompt_of;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::editor::desk::Place;
use crate::ui::icon::small_icon;
use crate::ui::session::Session;
use crate::ui::text::revision_step;

/// Who decides: as it is said where all of them are asked, as it is said where the controller wants
/// no pod, and what it decides.
type Party = (&'static str, &'static str, &'static [Stage]);

const PARTIES: [Party; 4] = [
    (
        "The DaemonSet controller decides",
        "The DaemonSet controller decides whether a pod is created",
        &[Stage::Eligible, Stage::Created],
    ),
    ("The scheduler finds room", "The scheduler would decide where it fits", &[Stage::Scheduled]),
    ("The kubelet starts it", "", &[Stage::Started, Stage::Ready]),
    ("The controller counts it", "", &[Stage::Available, Stage::UpToDate, Stage::MayStay]),
];

/// Characters of a check that widen its gate by one part.
const WIDENING: usize = 14;

/// Below the sentence.
pub(super) fn track(session: Session, answer: Memo<Option<Asked>>) -> Element {
    let all = memo(move || {
        answer
            .read()
            .as_ref()
            .map(|it| gates(&it.0).cloned().collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let is_wanted = memo(move || answer.read().as_ref().is_some_and(|it| it.0.is_wanted));
    let rows = move || {
        let gates = all.read();
        let is_asked = |party: &&Party| gates.iter().any(|it| party.2.contains(&it.stage));
        let row = |party: &'static Party| {
            Row::new(party.0, move || party_view(session, all, is_wanted, party))
        };
        PARTIES.iter().filter(is_asked).map(row).collect()
    };
    let passes = move || all.read().iter().all(|it| it.verdict == Verdict::Passes);
    let number = move || {
        let set = session.daemon_set.read();
        set.as_ref().and_then(|it| it.newest_revision()).unwrap_or(1)
    };
    let token = move || {
        el("span", "pod pod--small track__end")
            .attr("aria-hidden", "true")
            .live("data-rev", move || revision_step(number()).to_string())
    };
    let numeral = move || el("b", "").live_text(move || number().to_string());
    el("div", "track")
        .live("hidden", move || all.read().is_empty().then_some(""))
        .child(token().attr("data-state", "gain").child(numeral()))
        .child(el("ol", "track__parties").attr("aria-label", "Checks").list(rows))
        .child(
            token()
                .live("data-state", move || if passes() { "ready" } else { "none" })
                .when(passes, numeral),
        )
}

/// What there is to show of an answer.
pub(super) fn gates(why: &Why) -> impl Iterator<Item = &Gate> + Clone {
    why.gates.iter().filter(|it| !is_idle(it))
}

/// Nobody names a node in a template: that gate is shown only where somebody does.
fn is_idle(gate: &Gate) -> bool {
    let is_plain = gate.checks.iter().all(|it| it.path.is_none());
    gate.title == "nodeName" && gate.verdict == Verdict::Passes && is_plain
}

/// Parts of the width that a gate takes: more for what says more.
fn width(gate: &Gate) -> usize {
    let longest = gate.checks.iter().map(|it| it.said().len()).max().unwrap_or(0);
    let stops = if gate.verdict == Verdict::Stops { 10 } else { 0 };
    2 + longest.min(70) / WIDENING + stops
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

fn icon_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Stops => "close",
        Verdict::Waits => "dots",
        Verdict::Passes | Verdict::NotAsked => "check",
    }
}

fn sign(verdict: Verdict) -> Element {
    el("span", "gate__sign").attr("aria-hidden", "true").child(small_icon(icon_of(verdict)))
}

/// The gates of one party under its bracket. Once the controller wants no pod, only what the
/// scheduler would say is worth telling.
fn party_view(
    session: Session,
    all: Memo<Vec<Gate>>,
    is_wanted: Memo<bool>,
    party: &'static Party,
) -> Element {
    let (plain, unwanted, stages) = *party;
    let gates = memo(move || {
        let gates = all.read();
        let is_told = |it: &&Gate| {
            is_wanted.get() || it.stage == Stage::Scheduled || it.verdict != Verdict::NotAsked
        };
        let own = gates.iter().filter(|it| stages.contains(&it.stage)).filter(is_told);
        own.cloned().collect::<Vec<_>>()
    });
    let parts = move || gates.read().iter().map(width).sum::<usize>();
    let words = move || if is_wanted.get() { plain } else { unwanted };
    el("li", "track__party")
        .live("hidden", move || gates.read().is_empty().then_some(""))
        .paint(move |it| it.style("--parts", parts().to_string()))
        .child(el("span", "track__word").live_text(words))
        .child(el("i", "bracket"))
        .child(
            el("ul", "gates")
                .part(move || gates.read().iter().map(|it| gate_view(session, it)).collect()),
        )
}

fn gate_view(session: Session, gate: &Gate) -> Element {
    let list = el("ul", "checks");
    // What nobody knows is said by the sign.
    let known = gate.checks.iter().filter(|it| it.verdict != Verdict::NotAsked);
    let list = known.fold(list, |list, it| list.child(check(session, gate, it)));
    let element = el("li", "gate")
        .attrs(&[("data-stage", gate.stage.word()), ("data-verdict", word(gate.verdict))])
        .style("--parts", &width(gate).to_string())
        .child(sign(gate.verdict))
        .child(el("b", "gate__title").text(gate.title))
        .child(el("span", "sr").text(spoken(gate.verdict)))
        .child(list);
    match gate.verdict {
        Verdict::Stops => fixes(session, element, &gate.fixes),
        _ => element,
    }
}

/// Appends what would help; the first is the usual one.
fn fixes(session: Session, element: Element, fixes: &[Fix]) -> Element {
    let places = session.places();
    let mut all = el("span", "check__fixes");
    let mut count = 0;
    for fix in fixes {
        let Some(fix) = fix_view(session, fix, &places) else { continue };
        all = if count > 0 { all.child(el("span", "check__or").text("or")) } else { all };
        all = all.child(fix);
        count += 1;
    }
    if count > 0 { element.child(all) } else { element }
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
    let row = match &check.subject {
        Some(subject) => {
            let is_taint = matches!(check.mark, Some(Mark::Taint(_)));
            let code = el("code", if is_taint { "check__taint" } else { "" }).text(subject);
            // The line that lets it pass says as much as the words.
            let is_said = verdict == Verdict::Passes && line.is_some();
            row.child(el("span", "check__sign").child(small_icon(icon_of(verdict))))
                .child(code)
                .child(small_icon("arrow"))
                .child(el("span", if is_said { "sr" } else { "check__text" }).text(&check.text))
        }
        None => row.child(el("span", "check__text").text(&check.said())),
    };
    let row = match line {
        Some(line) => {
            let go = move || hints.go.set(Some(Place { line, column: 1 }));
            row.child(el("button", "line-ref").on_click(go).text(&format!("line {line}")))
        }
        None => row,
    };
    match verdict {
        Verdict::Stops => fixes(session, row, &check.fixes),
        _ => row,
    }
}

/// A button that edits the manifest, or one that changes the cluster and says how.
fn fix_view(session: Session, fix: &Fix, places: &Option<Places>) -> Option<Element> {
    let hints = session.hints;
    if let Fix::Tolerate(tolerations) = fix {
        let Insertion { text, line, .. } = places.as_ref()?.tolerating(tolerations)?;
        let insert = move || hints.proposal.set(Some((text.clone(), line)));
        let button = el("button", "button button--line button--small")
            .attr("title", &format!("{fix}, as line {line}"))
            .on("mouseenter", move |_: Event| hints.line.set(Some(line)))
            .on("mouseleave", move |_: Event| hints.line.set(None))
            .on_click(insert)
            .child(small_icon("plus"))
            .text(match tolerations.len() {
                1 => "Insert the toleration",
                _ => "Insert the tolerations",
            });
        return Some(button);
    }
    let inputs = session.inputs_of(fix);
    if inputs.is_empty() {
        return None;
    }
    let act = move || inputs.iter().for_each(|it| drop(session.perform(Command::Act(it.clone()))));
    let line = fix.to_string();
    let prompt = el("span", "command__prompt").attr("aria-hidden", "true").text(prompt_of(&line));
    let button = el("button", "check__command").attr("title", "Do it").on_click(act);
    // Elsewhere a line is there to be copied; this one acts.
    Some(button.child(small_icon("play")).child(el("code", "").child(prompt).text(&line)))
}

//! Why a node has a pod or has none, and what stands behind a figure: a sentence, then the track
//! from the template to an available pod through its gates, grouped by stage.

mod figure;
mod matrix;
mod track;

use daemonset_core::api::Name;
use daemonset_core::insight::{Fix, Verdict, Why};
use leptos::prelude::*;
use web_sys::{Event, HtmlSelectElement};

use super::command::Command;
use super::dom::{Element, Row, el, memo, watch};
use super::hints::Remedy;
use super::icon::small_icon;
use super::session::Session;
use figure::figure_view;
use matrix::matrix;
use track::{gates, track};

/// What the tab Why holds.
pub fn why_panel(session: Session) -> Element {
    let hints = session.hints;
    // Another node is another question.
    let mut last = session.selected_node.get_untracked();
    watch(move || {
        let node = session.selected_node.get();
        if node != last {
            hints.figure.set(None);
        }
        last = node;
    });
    let subject = memo(move || (hints.figure.get(), session.selected_node.get()));
    let content = move || match subject.get() {
        (Some(figure), _) => figure_view(session, figure),
        (None, Some(node)) => node_view(session, node),
        (None, None) => hint(session),
    };
    el("div", "why drawer__panel")
        .attrs(&[("role", "region"), ("aria-label", "Why"), ("tabindex", "0")])
        .part(content)
}

/// More nodes than this are found on the map, not in a list.
const MENU_MAX: usize = 200;

/// At the end of the bar: the node that is asked about, and the choice of another one.
pub fn why_tools(session: Session) -> Element {
    let nodes = memo(move || {
        let pools = session.pools.read();
        let names = pools.iter().flat_map(|pool| &pool.nodes).map(|row| row.name.clone());
        names.collect::<Vec<_>>()
    });
    let is_menu = move || (1..=MENU_MAX).contains(&nodes.read().len());
    let menu = move || {
        let option = |it: &Name| {
            let name = it.clone();
            Row::new(name.clone(), move || el("option", "").text(&name))
        };
        let all = || Row::new("", || el("option", "").attr("value", "").text("all"));
        let rows = move || std::iter::once(all()).chain(nodes.read().iter().map(option)).collect();
        let element = el("select", "picker__select")
            .on("change", move |event: Event| {
                let name = Some(event_target_value(&event)).filter(|it| !it.is_empty());
                session.hints.figure.set(None);
                session.perform(Command::SelectNode(name.map(Into::into)));
            })
            .list(rows);
        let select: HtmlSelectElement = element.cast();
        watch(move || {
            // An option can be chosen once it is there.
            nodes.track();
            let node = session.selected_node.get();
            select.set_value(node.as_deref().unwrap_or_default());
        });
        let word = el("span", "why__node").text("Node");
        el("label", "picker").child(word).child(element).child(small_icon("chevron"))
    };
    el("div", "why__tools").when(is_menu, menu)
}

fn hint(session: Session) -> Vec<Element> {
    let has_cards = memo(move || !session.pools.read().is_empty());
    let text = "Select a node, a pod, a figure or a cell to see which checks have been passed.";
    let table = el("div", "").when(move || has_cards.get(), move || matrix(session));
    vec![el("p", "why__hint").text(text), table]
}

fn node_view(session: Session, node: Name) -> Vec<Element> {
    let answer = memo(move || {
        session.foresight.stirred.track();
        let set = session.selected_set.get()?;
        untrack(|| session.why_of(&node, &set)).map(Asked)
    });
    let (hints, preview) = (session.hints, session.foresight.preview);
    watch(move || {
        // What is missing depends on the text, too.
        session.files.current.get().text.track();
        let remedy = answer.read().as_ref().and_then(|it| remedy(session, &it.0));
        if hints.remedy.with_untracked(|it| *it != remedy) {
            hints.remedy.set(remedy);
        }
    });
    watch(move || {
        session.foresight.stirred.track();
        match hints.remedy.get() {
            Some(it) => preview.look(session, move || it.insertion.text.clone()),
            None => preview.forget(),
        }
    });
    on_cleanup(move || {
        let _ = hints.remedy.try_set(None);
        preview.forget();
    });
    let sentence = memo(move || answer.read().as_ref().map(|it| pieces(&it.0)));
    let summary = move || answer.read().as_ref().map(|it| summary(&it.0));
    let head = el("p", "why__sentence")
        .child(el("span", "").part(move || match &*sentence.read() {
            Some(pieces) => pieces.iter().map(piece).collect(),
            None => vec![el("span", "").text("There is no DaemonSet to ask about.")],
        }))
        .child(el("span", "why__summary").live_text(summary));
    let is_proposed = memo(move || hints.remedy.read().is_some());
    let proposal = el("div", "").when(move || is_proposed.get(), move || proposal(session));
    vec![head, track(session, answer), proposal]
}

/// The lines that a fix would insert and what would come of them, where the editor is out of sight.
fn proposal(session: Session) -> Element {
    let (remedy, preview) = (session.hints.remedy, session.foresight.preview);
    let lines = move || {
        let remedy = remedy.read();
        let lines = remedy.as_ref().map_or(Default::default(), |it| it.insertion.lines.clone());
        lines.iter().map(|it| el("span", "proposal__line").text(it)).collect()
    };
    el("section", "proposal")
        .child(
            el("h3", "proposal__title")
                .live_text(move || remedy.read().as_ref().map(Remedy::title)),
        )
        .child(el("code", "proposal__lines").part(lines))
        .child(el("p", "proposal__outcome").live_text(move || preview.sentence()))
}

/// An answer as a memo holds it.
#[derive(Clone, PartialEq)]
pub(super) struct Asked(pub Why);

/// A part of the sentence, and whether it is written as kubectl writes it.
type Piece = (String, bool);

fn piece((text, is_code): &Piece) -> Element {
    el(if *is_code { "code" } else { "span" }, "").text(text)
}

/// The sentence with what is compared set apart.
fn pieces(why: &Why) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = why.sentence.as_str();
    let checks = why.gates.iter().flat_map(|it| &it.checks);
    let subjects = checks.filter_map(|it| it.subject.as_deref());
    while let Some((at, subject)) =
        subjects.clone().filter_map(|it| Some((rest.find(it)?, it))).min_by_key(|it| it.0)
    {
        pieces.push((rest[..at].to_owned(), false));
        pieces.push((subject.to_owned(), true));
        rest = &rest[at + subject.len()..];
    }
    pieces.push((rest.to_owned(), false));
    pieces
}

/// The tolerations that are missing, as lines of the text.
fn remedy(session: Session, why: &Why) -> Option<Remedy> {
    let mut stops = why.gates.iter().filter(|it| it.verdict == Verdict::Stops);
    let (missing, rest) = stops.find_map(|it| match it.fixes.as_slice() {
        [Fix::Tolerate(missing), rest @ ..] => Some((missing, rest)),
        _ => None,
    })?;
    let insertion = session.places()?.tolerating(missing)?;
    Some(Remedy { insertion, taints: missing.len(), instead: rest.first().cloned() })
}

/// `2 of 3 checks pass; the scheduler is not asked`.
fn summary(why: &Why) -> String {
    let all = || gates(why);
    let asked = all().filter(|it| it.verdict != Verdict::NotAsked);
    let passed = asked.clone().filter(|it| it.verdict == Verdict::Passes).count();
    match (why.is_wanted, asked.count()) {
        (_, 0) => String::new(),
        (true, count) => format!("{passed} of {count} checks pass"),
        (false, _) => {
            let gates = all().take_while(|it| it.stage == why.gates[0].stage);
            let (all, passed) = gates.fold((0, 0), |(all, passed), it| {
                (all + 1, passed + usize::from(it.verdict == Verdict::Passes))
            });
            format!("{passed} of {all} checks pass; the scheduler is not asked")
        }
    }
}

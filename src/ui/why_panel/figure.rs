//! What stands behind a figure of the status strip: who makes the difference, and why.

use daemonset_core::api::Name;
use daemonset_core::insight::{Figure, Reason};
use leptos::prelude::*;

use crate::ui::dom::{Element, el, memo};
use crate::ui::session::Session;

/// Nodes that are offered for each reason; more are counted.
const NODES_MAX: usize = 12;

/// The word of a figure as `kubectl get ds` writes it.
fn word(figure: Figure) -> &'static str {
    match figure {
        Figure::Desired => "DESIRED",
        Figure::Current => "CURRENT",
        Figure::Ready => "READY",
        Figure::UpToDate => "UP-TO-DATE",
        Figure::Available => "AVAILABLE",
        Figure::Misscheduled => "MISSCHEDULED",
    }
}

/// The sentence, and the nodes by their reasons; each leads to its own track.
pub(super) fn figure_view(session: Session, figure: Figure) -> Vec<Element> {
    let answer = memo(move || {
        session.foresight.stirred.track();
        let set = session.selected_set.get()?;
        untrack(|| session.explain(&set, figure)).map(|it| (it.sentence, it.reasons.len()))
    });
    let sentence = move || answer.get().map(|it| it.0).unwrap_or_default();
    let rows = move || {
        answer.track();
        let set = session.selected_set.get();
        let explained = set.and_then(|set| untrack(|| session.explain(&set, figure)));
        let reasons = explained.map(|it| it.reasons).unwrap_or_default();
        reasons.iter().map(|it| row(session, it)).collect()
    };
    let head = el("p", "why__sentence")
        .child(el("code", "why__figure").text(word(figure)))
        .child(el("span", "").live_text(sentence));
    vec![head, el("ul", "why__reasons").part(rows)]
}

fn row(session: Session, reason: &Reason) -> Element {
    let mut nodes = el("span", "why__choices");
    for name in reason.nodes.iter().take(NODES_MAX) {
        nodes = nodes.child(node_button(session, name));
    }
    if let Some(rest) = reason.nodes.len().checked_sub(NODES_MAX).filter(|it| *it > 0) {
        nodes = nodes.text(&format!("and {rest} more"));
    }
    el("li", "why__reason").child(nodes).child(el("span", "").text(&reason.text))
}

fn node_button(session: Session, name: &Name) -> Element {
    let node = name.clone();
    el("button", "button button--line button--small")
        .on_click(move || session.hints.ask_node(session, Some(node.clone())))
        .text(name)
}

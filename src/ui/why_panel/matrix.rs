//! Every DaemonSet × every node: what runs where, and the way from each pair to its track.

use std::sync::Arc;

use daemonset_core::api::Name;
use daemonset_core::playground::view::{NodeView, PodView};
use leptos::prelude::*;

use crate::ui::command::Command;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::session::{NodeRow, Session};
use crate::ui::text::{lead, own_pods, revision_step};

/// Rows of the table; more are counted.
const SETS_MAX: usize = 60;

/// The table of those nodes that stand as cards; on the map there are too many for a list.
pub(super) fn matrix(session: Session) -> Element {
    let nodes = move || {
        let pools = session.pools.read();
        pools.iter().flat_map(|pool| &pool.nodes).cloned().collect::<Arc<[NodeRow]>>()
    };
    let heads = move || {
        let head = |text: &str| el("th", "matrix__node").attr("scope", "col").text(text);
        std::iter::once(el("td", "")).chain(nodes().iter().map(|it| head(&it.name))).collect()
    };
    let sets = memo(move || {
        let sets = session.daemon_sets.read();
        let shown = sets.iter().take(SETS_MAX);
        shown.map(|it| (it.key.clone(), it.name.clone())).collect::<Vec<_>>()
    });
    let rest = memo(move || session.daemon_sets.read().len().saturating_sub(SETS_MAX));
    let foot = move || {
        let text = format!("and {} more", rest.get());
        el("tr", "").child(el("th", "matrix__set").attr("scope", "row").text(&text))
    };
    let rows = move || {
        let nodes = nodes();
        let known: Arc<[u64]> = nodes.iter().map(|it| it.uid).collect();
        let rows = sets.get().into_iter().map(|(key, name)| {
            let nodes = nodes.clone();
            Row::new((key.clone(), known.clone()), move || line(session, &key, &name, &nodes))
        });
        rows.collect()
    };
    el("table", "matrix")
        .attr("aria-label", "DaemonSets and nodes")
        .child(el("thead", "").child(el("tr", "").part(heads)))
        .child(el("tbody", "").list(rows))
        .child(el("tfoot", "").part(move || if rest.get() > 0 { vec![foot()] } else { Vec::new() }))
}

fn line(session: Session, key: &Name, set: &Name, nodes: &[NodeRow]) -> Element {
    let head = el("th", "matrix__set").attr("scope", "row").text(set);
    let cells = nodes.iter().map(|node| cell(session, key, set, node));
    cells.fold(el("tr", "").child(head), Element::child)
}

/// What a DaemonSet has on a node. Pressed, it is what the page is about.
fn cell(session: Session, key: &Name, set: &Name, row: &NodeRow) -> Element {
    let (node, name) = (row.node.clone(), row.name.clone());
    let own = key.clone();
    let pod = memo(move || found(&node.read(), &own).cloned());
    let asked = (key.clone(), name.clone());
    let ask = move || {
        let (key, name) = asked.clone();
        session.perform(Command::SelectDaemonSet(key));
        session.hints.ask_node(session, Some(name));
    };
    let state = move || pod.read().as_ref().map_or("none", |it| it.state.word());
    let revision = move || pod.read().as_ref().map(|it| it.revision);
    let listed = row.node.clone();
    let none = move || if listed.read().more > 0 { "not listed" } else { "no pod" };
    let phrase = move || match &*pod.read() {
        Some(pod) => pod.phrase.to_string(),
        None => none().to_owned(),
    };
    let said = phrase.clone();
    let token = el("span", "pod pod--small")
        .attr("aria-hidden", "true")
        .paint(move |it| {
            it.set("data-state", state());
            it.set("data-rev", revision().map(|it| revision_step(it).to_string()));
        })
        .child(el("b", "").live_text(move || revision().map(|it| it.to_string())));
    let label = format!("{set} on {name}");
    let button = el("button", "matrix__cell")
        .live("aria-label", move || format!("{label}: {}", said()))
        .on_click(ask)
        .child(token)
        .child(el("span", "").live_text(phrase));
    el("td", "").child(button)
}

/// The pod that the cell is about.
fn found<'node>(node: &'node NodeView, key: &Name) -> Option<&'node PodView> {
    lead(&own_pods(node, Some(key)))
}

//! What could be tried next, about the DaemonSet that the page is about.

use leptos::prelude::*;

use super::FIELD;
use crate::ui::dom::{Element, Row, el};
use crate::ui::keyboard::focus;
use crate::ui::session::Session;

/// A click puts a line where it can be changed before it is carried out.
pub(super) fn suggestions(session: Session) -> Element {
    let rows = move || {
        let lines = lines(session);
        lines.into_iter().map(|line| row(session, line)).collect()
    };
    el("section", "try")
        .attr("aria-label", "Try next")
        .child(el("h3", "try__title").text("Try next: kubectl …"))
        .child(el("ul", "try__rows").list(rows))
}

fn row(session: Session, line: String) -> Row {
    Row::new(line.clone(), move || {
        let (shown, whole) = (line.clone(), format!("kubectl {line}"));
        let button = el("button", "try__line")
            .attr("title", &whole)
            .on_click(move || {
                session.terminal.draft.set(whole.clone());
                focus(FIELD);
            })
            .child(el("code", "").text(&shown));
        el("li", "").child(button)
    })
}

fn lines(session: Session) -> Vec<String> {
    let pools = session.pools.read();
    let node = pools.first().and_then(|it| it.nodes.last()).map(|it| it.name.clone());
    let set = session.daemon_set.read();
    let mut lines = Vec::new();
    if let Some(set) = &*set {
        let (namespace, name) = (&set.namespace, &set.name);
        lines.push(format!("-n {namespace} get pods -o wide"));
        lines.push(format!("-n {namespace} rollout status ds/{name}"));
        lines.push(format!("-n {namespace} describe ds {name}"));
        lines.push(format!("-n {namespace} rollout history ds/{name}"));
    }
    if let Some(node) = node {
        lines.push(format!("taint nodes {node} key=value:NoSchedule"));
        lines.push(format!("drain {node} --ignore-daemonsets"));
    }
    lines
}

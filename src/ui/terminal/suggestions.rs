//! What could be tried next, about the DaemonSet that the page is about.

use leptos::prelude::*;

use super::FIELD;
use crate::ui::dom::{Element, Row, el};
use crate::ui::keyboard::focus;
use crate::ui::session::{NodeRow, Session};

/// A click puts a line where it can be changed before it is carried out. The namespace, which is
/// the same in most of them, is said once above them.
pub(super) fn suggestions(session: Session) -> Element {
    let title = move || match &*session.daemon_set.read() {
        Some(set) => format!("Try next: kubectl -n {} …", set.namespace),
        None => "Try next: kubectl …".to_owned(),
    };
    let rows = move || {
        let lines = lines(session);
        lines.into_iter().map(|line| row(session, line)).collect()
    };
    el("section", "try")
        .attr("aria-label", "Try next")
        .child(el("h3", "try__title").live_text(title))
        .child(el("ul", "try__rows").list(rows))
}

fn row(session: Session, line: Line) -> Row {
    Row::new(line.whole.clone(), move || {
        let Line { shown, whole } = line.clone();
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

/// A line as it is shown, and as it is carried out.
#[derive(Clone)]
struct Line {
    shown: String,
    whole: String,
}

fn lines(session: Session) -> Vec<Line> {
    let pools = session.pools.read();
    // Something happens where a pod is.
    let has_pod = |row: &&NodeRow| row.node.read_untracked().own > 0;
    let mut rows = pools.iter().flat_map(|it| &it.nodes);
    let node = rows.find(has_pod).map(|it| it.name.clone());
    let set = session.daemon_set.read();
    let mut lines = Vec::new();
    let mut line = |options: &str, shown: String| {
        lines.push(Line { whole: format!("kubectl {options}{shown}"), shown });
    };
    if let Some(set) = &*set {
        let (options, name) = (format!("-n {} ", set.namespace), &set.name);
        line(&options, "get pods -o wide".to_owned());
        line(&options, format!("rollout status ds/{name}"));
        line(&options, format!("describe ds {name}"));
        let act = if set.rolling { "undo" } else { "history" };
        line(&options, format!("rollout {act} ds/{name}"));
    }
    if let Some(node) = node {
        line("", format!("drain {node} --ignore-daemonsets"));
        lines.push(Line {
            whole: format!("kubectl taint nodes {node} key=value:NoSchedule"),
            shown: format!("taint nodes {node} …"),
        });
    }
    lines
}

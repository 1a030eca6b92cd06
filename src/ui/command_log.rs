//! What was done, as the command lines that equal it.

use std::rc::Rc;

use leptos::prelude::*;

use super::command_line::command_line;
use super::dom::{Element, Row, el};
use super::session::{Done, Session};

/// Rows kept on the page.
const ROW_COUNT_MAX: usize = 100;

/// Newest first.
pub fn command_log(session: Session) -> Element {
    let rows = move || {
        let done = session.done.read();
        done.iter().rev().take(ROW_COUNT_MAX).map(row).collect::<Vec<_>>()
    };
    let hint = || {
        el("p", "command-log__hint")
            .text("Each action appears here as the kubectl line that equals it.")
    };
    el("section", "command-log")
        .attr("aria-label", "What you did")
        .child(el("h3", "command-log__title").text("What you did"))
        .when(move || session.done.read().is_empty(), hint)
        .child(el("ol", "command-log__rows").list(rows))
}

fn row(done: &Done) -> Row {
    let line = done.line.clone();
    Row::new(done.id, move || {
        el("li", "").child(command_line(Rc::new(move || line.clone()), || false))
    })
}

//! The live objects and what Apply would make of them, line against line. The lines are drawn by
//! the code editor's file (`www/editor/diff.ts`).

use std::rc::Rc;

use leptos::prelude::*;

use super::command_line::command_line;
use super::dialog::{Dialog, dialog};
use super::dom::{Element, el};
use super::session::{Asked, Session};

/// Opens on `V` and on a button of the plan.
pub fn diff_dialog(session: Session) -> Element {
    let it = Dialog {
        class: "diff",
        title: Rc::new(|| "What Apply would change".to_owned()),
        open: Rc::new(move || session.asked.get() == Some(Asked::Changes)),
        on_close: Rc::new(move || session.asked.set(None)),
    };
    dialog(it, move || content(session))
}

#[inline(never)]
fn content(session: Session) -> Vec<Element> {
    let found = session.differences();
    if found.live == found.applied {
        let text = "Nothing: the live objects are as the manifest has them.";
        return vec![el("p", "diff__none").text(text)];
    }
    let lines = el("manifest-diff", "diff__lines")
        .attrs(&[("data-live", &found.live), ("data-applied", &found.applied)]);
    let name = session.files.current.get_untracked().name.get_untracked();
    let line = Rc::new(move || format!("kubectl diff -f {name}"));
    vec![lines, command_line(line, || true)]
}

//! Lines that the panel Why proposes: the card says what would come of them before they are typed.

use leptos::prelude::*;

use crate::ui::command::Command;
use crate::ui::dom::{Element, el};
use crate::ui::hints::Remedy;
use crate::ui::session::Session;

/// To take the lines, or to do without them.
#[inline(never)]
pub(super) fn buttons(session: Session, remedy: Memo<Option<Remedy>>) -> Vec<Element> {
    let Some(Remedy { insertion, taints, instead }) = remedy.get() else { return Vec::new() };
    let insert = move || {
        session.hints.proposal.set(Some((insertion.text.clone(), insertion.line)));
    };
    let mut buttons =
        vec![el("button", "button button--go").on_click(insert).text("Insert and plan")];
    let inputs = instead.map(|it| session.inputs_of(&it)).unwrap_or_default();
    if !inputs.is_empty() {
        let remove =
            move || inputs.iter().for_each(|it| drop(session.perform(Command::Act(it.clone()))));
        let word = if taints == 1 { "Remove the taint" } else { "Remove the taints" };
        let button = el("button", "button button--line").on_click(remove);
        buttons.push(button.text(word).child(el("span", "plan__instead").text("instead")));
    }
    buttons
}

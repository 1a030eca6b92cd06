//! Why a node has no pod, in a sentence, and what would change that.

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::sim::Input;
use leptos::prelude::*;

use super::more::act;
use super::{Bar, Form, node_of, panel};
use crate::ui::dom::{Element, el, memo};
use crate::ui::session::Session;

/// The form behind "Why not?".
pub(super) fn why_form(session: Session, bar: Bar, name: &Name) -> Element {
    let node = name.clone();
    let sentence = move || match node_of(session)?.wanted {
        Err(reason) => Some(format!("{node} has no pod: {reason}.")),
        Ok(()) => Some(format!("{node} is wanted: nothing keeps the pod away any more.")),
    };
    let node = name.clone();
    // The remedy changes with the node's labels and taints.
    let remedy = memo(move || {
        let _ = node_of(session)?;
        untrack(|| session.remedy(&node))
    });
    let remedies = move || {
        let Some(input) = remedy.get() else { return Vec::new() };
        let word = match input {
            Input::LabelNode { .. } => "Set the label",
            _ => "Remove the taint",
        };
        vec![act(session, bar, word, Rc::new(move || input.clone())).attr("data-first", "")]
    };
    panel(bar, Form::Why, &format!("Why no pod on {name}?"))
        .child(el("p", "form__sentence").live_text(sentence))
        .child(el("div", "form__choices").part(remedies))
}

//! What stands over the page until somebody has read it, with the way back where there is one.

use leptos::prelude::*;

use super::browser::copy;
use super::command::Command;
use super::dom::{Element, el};
use super::icon::icon;
use super::keyboard::focus;
use super::session::Session;

/// One notice.
#[derive(Clone, Debug)]
pub struct Toast {
    text: String,
    offer: Option<Offer>,
}

/// What can be done about it.
#[derive(Clone, Debug)]
enum Offer {
    UndoReset,
    Copy(String),
}

impl Toast {
    /// Something to know.
    pub fn plain(text: String) -> Self {
        Self { text, offer: None }
    }

    /// After a reset.
    pub fn with_undo_of_reset() -> Self {
        let text = "The cluster starts afresh. What you typed stays.".to_owned();
        Self { text, offer: Some(Offer::UndoReset) }
    }

    /// Something that can be had as text.
    pub fn with_copy(text: String, copied: String) -> Self {
        Self { text, offer: Some(Offer::Copy(copied)) }
    }
}

/// The place of the notice; it is there before anything is said in it, or nobody would hear it.
pub fn toast(session: Session) -> Element {
    let notice = move || session.toast.get().map(|toast| notice(session, &toast));
    el("div", "toasts")
        .attrs(&[("role", "status"), ("aria-label", "Notice")])
        .part(move || notice().into_iter().collect())
}

fn notice(session: Session, toast: &Toast) -> Element {
    let put_away = move || session.toast.set(None);
    let notice = el("div", "toast").child(el("p", "toast__text").text(&toast.text));
    let button = || el("button", "button button--line");
    let notice = match toast.offer.clone() {
        Some(Offer::UndoReset) => {
            let undo = move || {
                session.perform(Command::UndoReset);
                // The button goes; the focus should not go with it.
                focus("#reset");
            };
            notice.child(button().on_click(undo).text("Undo reset"))
        }
        Some(Offer::Copy(text)) => {
            notice.child(button().on_click(move || copy(&text)).text("Copy it"))
        }
        None => notice,
    };
    let close = el("button", "icon-button")
        .attrs(&[("aria-label", "Dismiss"), ("title", "Dismiss")])
        .on_click(put_away)
        .child(icon("close"));
    notice.child(close)
}

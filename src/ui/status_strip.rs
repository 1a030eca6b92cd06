//! The six figures of a DaemonSet's status, as `kubectl get ds` names them, and its revisions.

use daemonset_core::playground::view::{RevisionView, StatusView};
use leptos::prelude::*;

use super::dom::{Element, Row, el};
use super::session::Session;
use super::stage::pod::revision_token;
use super::text::count;

/// Reads the status of the selected DaemonSet.
pub fn status_strip(session: Session) -> Element {
    let figures = el("dl", "status__figures")
        .child(figure(session, "desired", "DESIRED", |it| it.desired))
        .child(figure(session, "current", "CURRENT", |it| it.current))
        .child(figure(session, "ready", "READY", |it| it.ready))
        .child(figure(session, "up-to-date", "UP-TO-DATE", |it| it.up_to_date))
        .child(figure(session, "available", "AVAILABLE", |it| it.available))
        .child(figure(session, "misscheduled", "MISSCHEDULED", |it| it.misscheduled));
    let rows = move || {
        let set = session.daemon_set.read();
        let numbers = set.iter().flat_map(|set| &set.revisions).map(|it| it.number);
        numbers.map(|it| Row::new(it, move || legend_row(session, it))).collect::<Vec<_>>()
    };
    let legend = el("ul", "legend").attr("aria-label", "Revisions").list(rows);
    el("section", "status").attr("aria-label", "DaemonSet status").child(figures).child(legend)
}

fn figure(
    session: Session,
    word: &'static str,
    title: &str,
    read: fn(&StatusView) -> i32,
) -> Element {
    let number = move || session.daemon_set.read().as_ref().map(|set| read(&set.status));
    let text = move || number().map_or("–".to_owned(), |number| number.to_string());
    el("div", "figure")
        .paint(move |it| {
            let is_zero = number().unwrap_or(0) == 0;
            // Pods where they should not be are the one figure that is wrong in itself.
            let is_wrong = word == "misscheduled" && !is_zero;
            it.set("data-wrong", is_wrong.then_some(""));
            it.set("data-zero", is_zero.then_some(""));
        })
        .child(el("dt", "figure__name").text(title))
        .child(el("dd", "figure__number").attr("data-status", word).live_text(text))
}

fn legend_row(session: Session, number: i64) -> Element {
    let revision = move |say: fn(&RevisionView) -> Option<String>| {
        let set = session.daemon_set.read();
        let found = set.iter().flat_map(|set| &set.revisions).find(|it| it.number == number);
        found.and_then(say)
    };
    let image = move || revision(|it| Some(it.image.to_string()));
    let note =
        move || revision(|it| Some(format!("revision {} · {}", it.number, count(it.pods, "pod"))));
    el("li", "legend__row")
        .live("data-current", move || revision(|it| it.current.then(String::new)))
        .child(revision_token(number, "pod--legend"))
        .child(el("code", "legend__image").live_text(image))
        .child(el("small", "legend__note").live_text(note))
}

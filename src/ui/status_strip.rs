//! The six figures of a DaemonSet's status, as `kubectl get ds` names them, and its revisions.

use std::fmt::Write;

use daemonset_core::insight::Figure;
use daemonset_core::playground::view::{RevisionView, StatusView};
use leptos::prelude::*;

use super::dom::{Element, Row, el, memo, svg};
use super::session::{Asked, Session};
use super::stage::pod::revision_token;
use super::text::count;

/// From this figure on there is no room for the small lines.
const WIDE: i32 = 1000;

/// What is asked about, the word of the page's contract, and kubectl's title.
type Column = (Figure, &'static str, &'static str);

const DESIRED: Column = (Figure::Desired, "desired", "DESIRED");
const CURRENT: Column = (Figure::Current, "current", "CURRENT");
const READY: Column = (Figure::Ready, "ready", "READY");
const UP_TO_DATE: Column = (Figure::UpToDate, "up-to-date", "UP-TO-DATE");
const AVAILABLE: Column = (Figure::Available, "available", "AVAILABLE");
const MISSCHEDULED: Column = (Figure::Misscheduled, "misscheduled", "MISSCHEDULED");

/// Reads the status of the selected DaemonSet.
pub fn status_strip(session: Session) -> Element {
    let figures = el("dl", "status__figures")
        .child(figure(session, Some(0), DESIRED, |it| it.desired))
        .child(figure(session, Some(1), CURRENT, |it| it.current))
        .child(figure(session, Some(2), READY, |it| it.ready))
        .child(figure(session, Some(3), UP_TO_DATE, |it| it.up_to_date))
        .child(figure(session, Some(4), AVAILABLE, |it| it.available))
        .child(figure(session, None, MISSCHEDULED, |it| it.misscheduled));
    let rows = move || {
        let set = session.daemon_set.read();
        let numbers = set.iter().flat_map(|set| &set.revisions).map(|it| it.number);
        numbers.map(|it| Row::new(it, move || legend_row(session, it))).collect::<Vec<_>>()
    };
    let legend = el("ul", "legend").attr("aria-label", "Revisions").list(rows);
    let is_wide = move || {
        let set = session.daemon_set.read();
        set.as_ref().is_some_and(|set| set.status.desired >= WIDE)
    };
    el("section", "status")
        .attr("aria-label", "DaemonSet status")
        .live("data-wide", move || is_wide().then_some(""))
        .child(figures)
        .child(legend)
}

fn figure(
    session: Session,
    line: Option<usize>,
    (asked, word, title): Column,
    read: fn(&StatusView) -> i32,
) -> Element {
    let number = move || session.daemon_set.read().as_ref().map(|set| read(&set.status));
    let text = move || number().map_or("–".to_owned(), |number| number.to_string());
    let desired = move || session.daemon_set.read().as_ref().map(|set| set.status.desired);
    let of = move || desired().map(|desired| format!("/ {desired}"));
    let ask = el("button", "figure__ask")
        .attrs(&[("title", "Why this number?"), ("aria-label", &format!("{title}: why?"))])
        .on_click(move || session.hints.ask_figure(asked))
        .text(title);
    let value = el("dd", "figure__value")
        .child(el("span", "figure__number").attr("data-status", word).live_text(text))
        .child(el("small", "figure__of").attr("aria-hidden", "true").live_text(of))
        .part(move || line.map(|line| spark(session, line)).into_iter().collect());
    el("div", "figure")
        .attr("data-figure", word)
        .paint(move |it| {
            let is_zero = number().unwrap_or(0) == 0;
            // Pods where they should not be are the one figure that is wrong in itself.
            let is_wrong = word == "misscheduled" && !is_zero;
            it.set("data-wrong", is_wrong.then_some(""));
            it.set("data-zero", is_zero.then_some(""));
        })
        .child(el("dt", "figure__name").child(ask))
        .child(value)
}

/// The figure's last minute.
fn spark(session: Session, line: usize) -> Element {
    let points = memo(move || session.history.sparks.read().get(line).cloned().unwrap_or_default());
    let path = move || {
        let points = points.read();
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            let _ = match index {
                0 => write!(path, "M{x} {y}"),
                _ => write!(path, "H{x}V{y}"),
            };
        }
        if !path.is_empty() {
            path.push_str("H310");
        }
        path
    };
    let last = move || points.read().last().map(|(_, y)| y.to_string());
    svg("svg", "spark")
        .attrs(&[("viewBox", "0 0 340 160"), ("aria-hidden", "true")])
        .child(svg("path", "spark__line").live("d", path))
        .child(svg("circle", "spark__now").attrs(&[("cx", "310"), ("r", "20")]).live("cy", last))
}

fn legend_row(session: Session, number: i64) -> Element {
    let revision = move |say: fn(&RevisionView) -> Option<String>| {
        let set = session.daemon_set.read();
        let found = set.iter().flat_map(|set| &set.revisions).find(|it| it.number == number);
        found.and_then(say)
    };
    let image = move || revision(|it| Some(it.image.to_string()));
    let note = move || revision(|it| Some(count(it.pods, "pod")));
    let number_word = move || revision(|it| Some(format!("revision {} · ", it.number)));
    let reference = move || revision(|it| Some(it.reference.to_string()));
    let ask = move || session.asked.set(untrack(reference).map(|it| Asked::Image(it.into())));
    let open = el("button", "legend__open")
        .attr("aria-haspopup", "dialog")
        .live("title", move || reference().map(|it| format!("What {it} does")))
        .on_click(ask)
        .child(revision_token(number, "pod--legend"))
        .child(el("code", "legend__image").live_text(image))
        .child(
            el("small", "legend__note")
                .child(el("span", "legend__revision").live_text(number_word))
                .live_text(note),
        );
    el("li", "legend__row")
        .live("data-current", move || revision(|it| it.current.then(String::new)))
        .child(open)
}

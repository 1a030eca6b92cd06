//! What happened, as marks at the foot of the plot. They tell it to the pointer, and to the keys:
//! the strip is one stop, the arrows go from mark to mark, Enter goes to its time.

use daemonset_core::playground::view::chart::{Mark, MarkKind, WIDTH};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, KeyboardEvent, PointerEvent};

use super::plot::{paint_now, percent};
use crate::ui::command::Command;
use crate::ui::dom::{Element, Row, el};
use crate::ui::session::{Session, set_if_new};

/// What a crowd tells at most, one after the other; the rest is counted.
const LINES_MAX: usize = 8;
/// A pointer this near to a mark means it, in ten-thousandths of the width.
const NEAR: i64 = 90;

/// The marks, and what the one says that is pointed at.
pub(super) fn marks(session: Session) -> Element {
    // The mark that is pointed at, by its place in the drawing.
    let pointed = RwSignal::new(None::<usize>);
    let chart = session.history.chart;
    let all = move || {
        let chart = chart.read();
        let row = |(index, it): (usize, &Mark)| {
            let (key, mark_at) = ((index, word_of(it), it.at, it.label()), it.clone());
            Row::new(key, move || mark(index, &mark_at, pointed))
        };
        chart.iter().flat_map(|it| &it.marks).enumerate().map(row).collect::<Vec<_>>()
    };
    let tip = move || {
        let chart = chart.read();
        let found = chart.as_ref().zip(pointed.get()).and_then(|(it, at)| it.marks.get(at));
        found.map(tip).into_iter().collect()
    };
    let point = move |event: PointerEvent| {
        let at = place_of(&event);
        let near = chart.with_untracked(|it| it.as_ref().and_then(|it| nearest(&it.marks, at)));
        set_if_new(pointed, near);
    };
    let focus = move |_: web_sys::Event| {
        if pointed.get_untracked().is_some() {
            return;
        }
        let now = session.now.get_untracked();
        let last = move |it: &[Mark]| named(it, |(_, mark)| mark.time <= now).last();
        let at = with_marks(session, |it| last(it).or(named(it, |_| true).next()));
        set_if_new(pointed, at);
    };
    let key = move |event: KeyboardEvent| {
        let at = pointed.get_untracked().unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => with_marks(session, |it| named(it, |(i, _)| i < at).last()),
            "ArrowRight" | "ArrowDown" => {
                with_marks(session, |it| named(it, |(i, _)| i > at).next())
            }
            "Home" => with_marks(session, |it| named(it, |_| true).next()),
            "End" => with_marks(session, |it| named(it, |_| true).last()),
            "Enter" | " " => {
                event.prevent_default();
                let time = with_marks(session, |it| it.get(at).map(|it| it.time));
                return time.into_iter().for_each(|it| drop(session.perform(Command::Seek(it))));
            }
            _ => return,
        };
        event.prevent_default();
        if next.is_some() {
            pointed.set(next);
        }
    };
    let has_named =
        move || chart.read().iter().flat_map(|it| &it.marks).any(|it| it.kind != MarkKind::Pods);
    let strip = move || {
        let active = move || pointed.get().map(|it| format!("mark-{it}"));
        el("div", "marks__strip")
            .attrs(&[("role", "listbox"), ("tabindex", "0"), ("aria-label", "What happened")])
            .attr("aria-orientation", "horizontal")
            .live("aria-activedescendant", active)
            .on("focus", focus)
            .on("blur", move |_: web_sys::Event| pointed.set(None))
            .on("keydown", key)
            .paint(move |it| paint_now(session, it))
            .list(all)
    };
    let bare = move || el("div", "marks__strip").paint(move |it| paint_now(session, it)).list(all);
    el("div", "marks")
        .on("pointermove", point)
        .on("pointerleave", move |_: PointerEvent| pointed.set(None))
        // A click seeks, as anywhere on the plot; it does not take the arrow keys away.
        .on("mousedown", move |event: web_sys::Event| event.prevent_default())
        .when(has_named, strip)
        .when(move || !has_named(), bare)
        .part(tip)
}

/// Ticks of pods tell little; the keys pass over them, and nobody is told.
fn mark(index: usize, mark: &Mark, pointed: RwSignal<Option<usize>>) -> Element {
    let element = sign(word_of(mark)).style("--x", &percent(mark.at, WIDTH));
    let element = match mark.with.is_empty() {
        true => element,
        false => {
            // The worst of it shows.
            let is = |kind: MarkKind| mark.all().any(|it| it.kind == kind);
            let level = match (is(MarkKind::NodeFailed), is(MarkKind::Warning)) {
                (true, _) => "bad",
                (_, true) => "warning",
                _ => "plain",
            };
            element.attr("data-level", level).text(&mark.count().to_string())
        }
    };
    match mark.kind {
        MarkKind::Pods => element.attr("aria-hidden", "true"),
        _ => element
            .attrs(&[("role", "option"), ("id", &format!("mark-{index}"))])
            .attr("aria-label", &mark.label())
            .live("aria-selected", move || pointed.get() == Some(index)),
    }
}

/// The word of its drawing.
fn word_of(mark: &Mark) -> &'static str {
    if mark.with.is_empty() { mark.kind.word() } else { "several" }
}

/// The drawing of a kind of mark.
pub(super) fn sign(word: &str) -> Element {
    el("i", "mark").attr("data-kind", word)
}

fn tip(mark: &Mark) -> Element {
    let tip =
        el("span", "marks__tip").attr("aria-hidden", "true").style("--x", &percent(mark.at, WIDTH));
    let line = |it: &Mark| {
        let sign = sign(it.kind.word());
        el("span", "marks__line").child(sign).child(el("span", "").text(&it.line()))
    };
    let tip = mark.all().take(LINES_MAX).fold(tip, |tip, it| tip.child(line(it)));
    match (mark.with.len() + 1).checked_sub(LINES_MAX) {
        Some(rest @ 1..) => tip.text(&format!("and {rest} more")),
        _ => tip,
    }
}

/// The places of the marks that have a word and pass a question.
fn named<'a>(
    marks: &'a [Mark],
    is_it: impl Fn((usize, &Mark)) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let all = marks.iter().enumerate();
    all.filter(move |it| it.1.kind != MarkKind::Pods && is_it(*it)).map(|it| it.0)
}

fn with_marks<T>(session: Session, read: impl FnOnce(&[Mark]) -> Option<T>) -> Option<T> {
    session.history.chart.with_untracked(|it| read(&it.as_ref()?.marks))
}

/// The nearest mark; of two at one place the one that tells more.
fn nearest(marks: &[Mark], at: i64) -> Option<usize> {
    let near = marks.iter().enumerate().filter(|it| (it.1.at - at).abs() <= NEAR);
    near.min_by_key(|it| (it.1.kind == MarkKind::Pods, (it.1.at - at).abs())).map(|it| it.0)
}

fn place_of(event: &PointerEvent) -> i64 {
    let strip = event.current_target().and_then(|it| it.dyn_into::<DomElement>().ok());
    let Some(rect) = strip.map(|it| it.get_bounding_client_rect()) else { return 0 };
    let share = (f64::from(event.client_x()) - rect.x()) / rect.width().max(1.0);
    (share.clamp(0.0, 1.0) * WIDTH as f64) as i64
}

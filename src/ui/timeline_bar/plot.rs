//! The plot: areas, brackets, marks, and the playhead. Where things are comes from the core.

use std::fmt::Write;
use std::rc::Rc;

use daemonset_core::api::Time;
use daemonset_core::playground::view::chart::{Bracket, Chart, Floor, HEIGHT, Kind, WIDTH};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, KeyboardEvent, PointerEvent};

use crate::ui::command::Command;
use crate::ui::dom::{Element, Paint, Row, el, memo, svg};
use crate::ui::session::Session;
use crate::ui::text::{clock, revision_step};
use crate::ui::timeline_bar::is_past;
use crate::ui::timeline_bar::marks::marks;

/// Brackets narrower than this carry no word.
const WORD_WIDTH: i64 = 420;
/// So far from the playhead the word of a bracket stays.
const WORD_GAP: i64 = 40;
/// Labels nearer to now than this lie under its own.
const NOW_WIDTH: i64 = 380;
/// Half a label: the first and the last end at the edge instead of standing around their instant.
const LABEL_HALF: i64 = 130;
/// The word of the floor needs so much room, which the playhead must not cross.
const FLOOR_WIDTH: i64 = 1_100;
/// Nearer to the top than this the word of the floor stands below its line.
const WORD_HEIGHT: i64 = 220;
/// How far the arrow keys and the page keys move, in milliseconds.
const NUDGE: i64 = 1_000;
const LEAP: i64 = 10_000;

/// The plot with its playhead.
pub(super) fn plot(session: Session) -> Element {
    let chart = session.history.chart;
    let wanted = StoredValue::new(None::<Time>);
    let dragging = session.history.lookout.dragging;
    // However many events the pointer sends, one seek in a frame is enough.
    let go = move |event: &PointerEvent| {
        let Some(time) = time_at(session, event) else { return };
        let is_waiting = wanted.get_value().is_some();
        wanted.set_value(Some(time));
        if !is_waiting {
            request_animation_frame(move || {
                if let Some(Some(time)) = wanted.try_update_value(Option::take) {
                    session.perform(Command::Seek(time));
                }
            });
        }
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(plot) = event.current_target().and_then(|it| it.dyn_into::<DomElement>().ok()) {
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
        dragging.set(true);
        go(&event);
    };
    let is_past = memo(move || is_past(session));
    let layers = move || {
        let chart = chart.read();
        let Some(chart) = &*chart else { return Vec::new() };
        let row = |part: &'static str| {
            let kinds = kinds(chart);
            let steps: Vec<_> = kinds.iter().map(|it| (kind_word(*it), step(*it))).collect();
            Row::new((part, steps), move || live_layer(session, &kinds, part))
        };
        let past = is_past.get().then(|| row("recorded"));
        [row("past"), row("future")].into_iter().chain(past).collect()
    };
    let details = move || {
        let chart = chart.read();
        let Some(chart) = &*chart else { return Vec::new() };
        // A wave may go on while the next one runs; its bracket ends where that begins.
        let next = chart.waves.iter().skip(1).map(|it| it.from).chain([WIDTH]);
        let wave = |(it, next): (&Bracket, i64)| {
            let mut wave = it.clone();
            wave.to = wave.to.min(next);
            let key = (wave.number, wave.from, wave.to, wave.start, wave.end);
            Row::new(key, move || bracket(&wave, session))
        };
        chart.waves.iter().zip(next).map(wave).collect()
    };
    let floors = move || chart.read().as_ref().map(|it| floor_path(&it.floors)).unwrap_or_default();
    // What holds at the instant that is shown has the word.
    let floor = memo(move || {
        let chart = chart.read();
        let (chart, at) = chart.as_ref().map(|it| (it, it.place(session.now.get())))?;
        chart.floors.iter().rev().find(|it| it.from <= at && at <= it.to).copied()
    });
    el("div", "plot")
        .on("pointerdown", down)
        .on("pointermove", move |event: PointerEvent| {
            if dragging.get_untracked() {
                go(&event);
            }
        })
        .on("pointerup", move |_: PointerEvent| dragging.set(false))
        .on("pointercancel", move |_: PointerEvent| dragging.set(false))
        .list(layers)
        .child(el("i", "plot__end").paint(move |it| {
            it.style("--end", place(session, session.history.end.get()));
        }))
        .child(floor_line(floors))
        .list(details)
        .part(move || floor.get().map(|it| floor_word(it, session)).into_iter().collect())
        .child(marks(session))
        .child(playhead(session))
}

/// Where an instant is, as a style sheet takes it.
fn place(session: Session, time: Time) -> String {
    let chart = session.history.chart.read();
    let place = chart.as_ref().map_or(0, |chart| chart.place(time).clamp(0, WIDTH));
    percent(place, WIDTH)
}

/// Says where now is. Each element that has to know is told itself: what a whole plot is told is
/// worked out again for all that stands in it.
pub(super) fn paint_now(session: Session, it: &mut Paint) {
    it.style("--now", place(session, session.now.get()));
}

/// The times under the plot.
pub(super) fn axis(session: Session) -> Element {
    let labels = memo(move || {
        let chart = session.history.chart.read();
        chart.as_ref().map(|chart| chart.labels.clone()).unwrap_or_default()
    });
    let place = move || {
        let chart = session.history.chart.read();
        chart.as_ref().map_or(0, |chart| chart.place(session.now.get()))
    };
    let label = move |(at, time): &(i64, Time)| {
        let middle = (*at).clamp(LABEL_HALF, WIDTH - LABEL_HALF);
        el("span", "axis__label")
            .style("--x", &percent(*at, WIDTH))
            .live("data-under", move || ((place() - middle).abs() < NOW_WIDTH).then_some(""))
            .text(&clock(*time))
    };
    el("div", "axis")
        .attr("aria-hidden", "true")
        .part(move || labels.read().iter().map(label).collect())
        .child(
            el("b", "axis__now")
                .paint(move |it| paint_now(session, it))
                .live_text(move || clock(session.now.get())),
        )
}

fn playhead(session: Session) -> Element {
    let seconds = |time: Time| (time.0 / 1000).to_string();
    let on_key = move |event: KeyboardEvent| {
        let (now, end) = (session.now.get_untracked(), session.history.end.get_untracked());
        let target = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now + -NUDGE,
            "ArrowRight" | "ArrowUp" => now + NUDGE,
            // As slide remotes mean them, and as they act elsewhere on the page.
            "PageUp" => now + -LEAP,
            "PageDown" => now + LEAP,
            "Home" => Time::ZERO,
            "End" => end,
            _ => return,
        };
        event.prevent_default();
        session.perform(Command::Seek(target));
    };
    el("div", "playhead")
        .attrs(&[("role", "slider"), ("tabindex", "0"), ("aria-label", "Time")])
        .attrs(&[("aria-orientation", "horizontal"), ("aria-valuemin", "0")])
        .paint(move |it| {
            let (now, end) = (session.now.get(), session.history.end.get());
            paint_now(session, it);
            it.set("aria-valuemax", seconds(end.max(now)));
            it.set("aria-valuenow", seconds(now));
            it.set("aria-valuetext", clock(now));
        })
        .on("keydown", on_key)
}

/// The instant under the pointer, in what the plot shows.
fn time_at(session: Session, event: &PointerEvent) -> Option<Time> {
    let plot = event.current_target()?.dyn_into::<DomElement>().ok()?;
    let rect = plot.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - rect.x()) / rect.width().max(1.0);
    let chart = session.history.chart.read_untracked();
    Some(chart.as_ref()?.time((share.clamp(0.0, 1.0) * WIDTH as f64) as i64))
}

/// Hands a drawing to what writes a part of it down.
type Drawn = Rc<dyn Fn(&dyn Fn(&Chart) -> String) -> String>;

/// All areas of a drawing that stays as it is.
pub(in crate::ui) fn layer(chart: &Chart, part: &str) -> Element {
    let (kinds, chart) = (kinds(chart), chart.clone());
    let drawn: Drawn = Rc::new(move |write| write(&chart));
    layer_of(&kinds, part, &drawn)
}

/// All areas of the timeline, cut at now: what comes is pale, and what was recorded already less
/// so. The elements stay as long as there are the same areas: making them anew cost more than
/// laying them out.
fn live_layer(session: Session, kinds: &[Kind], part: &'static str) -> Element {
    let chart = session.history.chart;
    let drawn: Drawn = Rc::new(move |write| chart.read().as_ref().map(write).unwrap_or_default());
    layer_of(kinds, part, &drawn).paint(move |it| {
        paint_now(session, it);
        if part != "past" {
            it.style("--end", place(session, session.history.end.get()));
        }
        if part == "future" {
            let known = chart.read().as_ref().map_or(Time::ZERO, |it| it.known);
            it.style("--known", place(session, known.max(session.history.end.get())));
        }
    })
}

fn kinds(chart: &Chart) -> Vec<Kind> {
    chart.areas.iter().map(|it| it.kind).collect()
}

fn layer_of(kinds: &[Kind], part: &str, drawn: &Drawn) -> Element {
    let layer = el("div", "plot__layer").attr("data-part", part);
    let areas = kinds.iter().enumerate();
    let layer = areas.fold(layer, |all, (at, kind)| all.child(area(at, *kind, drawn)));
    let mut ready = (0..).zip(kinds).filter(|it| matches!(it.1, Kind::Ready(_)));
    let (foot, next) = (ready.next(), ready.next());
    let lines = svg("svg", "plot__lines").attrs(&[
        ("viewBox", &format!("0 0 {WIDTH} {HEIGHT}")),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ]);
    // Between new and old, where there are both.
    let lines = match foot.filter(|_| next.is_some()) {
        Some((at, kind)) => {
            let drawn = drawn.clone();
            let edge = move |chart: &Chart| {
                let points = chart.areas.get(at).map(|it| &it.points[..it.points.len() / 2]);
                path(points.unwrap_or_default())
            };
            lines.child(
                svg("path", "plot__between")
                    .attr("data-rev", &step(*kind))
                    .live("d", move || drawn(&edge)),
            )
        }
        None => lines,
    };
    let drawn = drawn.clone();
    let line = move || drawn(&|chart| path(&chart.line));
    layer.child(lines.child(svg("path", "plot__ready").live("d", line)))
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Ready(_) => "ready",
        Kind::Updating(_) => "updating",
        Kind::Unavailable => "unavailable",
    }
}

fn area(at: usize, kind: Kind, drawn: &Drawn) -> Element {
    let drawn = drawn.clone();
    let shape =
        move |chart: &Chart| chart.areas.get(at).map(|it| polygon(&it.points)).unwrap_or_default();
    let element = el("i", "area")
        .attr("data-kind", kind_word(kind))
        .paint(move |it| it.style("--shape", drawn(&shape)));
    match kind {
        Kind::Unavailable => element,
        _ => element.attr("data-rev", &step(kind)),
    }
}

fn polygon(points: &[(i64, i64)]) -> String {
    let mut shape = String::from("polygon(");
    for (index, (x, y)) in points.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(shape, "{comma}{} {}", percent(*x, WIDTH), percent(*y, HEIGHT));
    }
    shape.push(')');
    shape
}

fn step(kind: Kind) -> String {
    match kind {
        Kind::Ready(number) | Kind::Updating(number) => revision_step(number).to_string(),
        Kind::Unavailable => String::new(),
    }
}

fn path(points: &[(i64, i64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

fn bracket(wave: &Bracket, session: Session) -> Element {
    let (from, to) = (wave.from.max(0), wave.to.min(WIDTH));
    let (start, end) = (wave.start, wave.end);
    let runs = move || {
        let now = session.now.get();
        start <= now && end.is_none_or(|it| now < it)
    };
    let element = el("div", "wave")
        .style("--x", &percent(from, WIDTH))
        .style("--w", &percent((to - from).max(0), WIDTH))
        .live("data-now", move || runs().then_some(""))
        .child(el("span", "wave__bracket"));
    if to - from < WORD_WIDTH {
        return element;
    }
    // The playhead does not cross the word: at the start of a wave it stands at the end of the
    // bracket, or nowhere if that is as near.
    let way = move || {
        let at = session.history.chart.read().as_ref().map_or(0, |it| it.place(session.now.get()));
        let is_near = |start: i64| (start - WORD_GAP..start + WORD_WIDTH + WORD_GAP).contains(&at);
        match (is_near(from), is_near(to - WORD_WIDTH)) {
            (false, _) => None,
            (true, false) => Some("end"),
            (true, true) => Some("none"),
        }
    };
    let word = el("em", "wave__word").live("data-way", way);
    element.child(word.text(&format!("wave {}", wave.number)))
}

/// The fewest pods that must be ready, with a step wherever that changes.
pub(in crate::ui) fn floor_path(floors: &[Floor]) -> String {
    let (mut path, mut end) = (String::new(), None);
    for it in floors {
        let _ = match end == Some(it.from) {
            true => write!(path, "V{}H{}", it.y, it.to),
            false => write!(path, "M{} {}H{}", it.from, it.y, it.to),
        };
        end = Some(it.to);
    }
    path
}

/// Draws that path.
pub(in crate::ui) fn floor_line(path: impl FnMut() -> String + 'static) -> Element {
    svg("svg", "plot__lines floor")
        .attrs(&[("viewBox", &format!("0 0 {WIDTH} {HEIGHT}")), ("preserveAspectRatio", "none")])
        .attr("aria-hidden", "true")
        .child(svg("path", "").live("d", path))
}

/// That in words, which make room for the playhead.
fn floor_word(floor: Floor, session: Session) -> Element {
    let Floor { fewest, of, from, to, y } = floor;
    let word = el("span", "floor__word")
        .style("--x", &percent(from, WIDTH))
        .style("--to", &percent(to, WIDTH))
        .style("--y", &percent(y, HEIGHT))
        .text(&format!("lowest allowed: {fewest} of {of}"));
    let word = if y < WORD_HEIGHT { word.attr("data-high", "") } else { word };
    let place = move || {
        let chart = session.history.chart.read();
        chart.as_ref().map_or(0, |it| it.place(session.now.get()))
    };
    let is_aside = move || place() > to.min(WIDTH) - FLOOR_WIDTH;
    word.live("data-aside", move || is_aside().then_some(""))
}

/// A part of a whole as a style sheet takes it, to a hundredth.
pub(in crate::ui) fn percent(part: i64, whole: i64) -> String {
    let hundredths = part * 10_000 / whole;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

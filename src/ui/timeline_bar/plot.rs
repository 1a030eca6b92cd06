//! The plot: areas, brackets, marks, and the playhead. Where things are comes from the core.

use std::fmt::Write;

use daemonset_core::api::Time;
use daemonset_core::playground::view::chart::{Area, Bracket, Chart, HEIGHT, Kind, WIDTH};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, KeyboardEvent, PointerEvent};

use crate::ui::command::Command;
use crate::ui::dom::{Element, el, memo, svg};
use crate::ui::session::Session;
use crate::ui::text::{clock, revision_step};
use crate::ui::timeline_bar::marks::marks;

/// Brackets narrower than this carry no word.
const WORD_WIDTH: i64 = 420;
/// Labels nearer to now than this lie under its own.
const NOW_WIDTH: i64 = 380;
/// A playhead this near to the left edge would cross the word of the floor.
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
    let layers = move || {
        let chart = chart.read();
        let Some(chart) = &*chart else { return Vec::new() };
        vec![layer(chart, "past"), layer(chart, "future")]
    };
    let details = move || {
        let chart = chart.read();
        let Some(chart) = &*chart else { return Vec::new() };
        let mut details: Vec<_> = chart.waves.iter().map(|it| bracket(it, session)).collect();
        details.extend(floor(chart, session));
        details
    };
    let place = move |time: Time| {
        let chart = chart.read();
        chart.as_ref().map_or(0, |chart| chart.place(time).clamp(0, WIDTH))
    };
    el("div", "plot")
        .paint(move |it| {
            it.style("--now", percent(place(session.now.get()), WIDTH));
            it.style("--end", percent(place(session.history.end.get()), WIDTH));
            let known = chart.read().as_ref().map_or(Time::ZERO, |it| it.known);
            let known = known.max(session.history.end.get());
            it.style("--known", percent(place(known), WIDTH));
        })
        .on("pointerdown", down)
        .on("pointermove", move |event: PointerEvent| {
            if dragging.get_untracked() {
                go(&event);
            }
        })
        .on("pointerup", move |_: PointerEvent| dragging.set(false))
        .on("pointercancel", move |_: PointerEvent| dragging.set(false))
        .part(layers)
        .part(details)
        .child(marks(session))
        .child(playhead(session))
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
        let at = *at;
        el("span", "axis__label")
            .style("--x", &percent(at, WIDTH))
            .live("data-under", move || ((place() - at).abs() < NOW_WIDTH).then_some(""))
            .text(&clock(*time))
    };
    el("div", "axis")
        .attr("aria-hidden", "true")
        .part(move || labels.read().iter().map(label).collect())
        .child(el("b", "axis__now").live_text(move || clock(session.now.get())))
        .paint(move |it| it.style("--now", percent(place().clamp(0, WIDTH), WIDTH)))
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

/// All areas, cut at now: what comes is pale.
pub(in crate::ui) fn layer(chart: &Chart, part: &str) -> Element {
    let layer = el("div", "plot__layer").attr("data-part", part);
    let layer = chart.areas.iter().fold(layer, |all, it| all.child(area(it)));
    let foot = chart.areas.iter().find(|it| matches!(it.kind, Kind::Ready(_)));
    // Between new and old, where there are both.
    let both = chart.areas.iter().filter(|it| matches!(it.kind, Kind::Ready(_))).count() > 1;
    let between = foot.filter(|_| both).map(|it| (it, &it.points[..it.points.len() / 2]));
    let lines = svg("svg", "plot__lines").attrs(&[
        ("viewBox", &format!("0 0 {WIDTH} {HEIGHT}")),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ]);
    let lines = match between {
        Some((it, points)) => lines.child(
            svg("path", "plot__between").attr("data-rev", &step(it.kind)).attr("d", &path(points)),
        ),
        None => lines,
    };
    layer.child(lines.child(svg("path", "plot__ready").attr("d", &path(&chart.line))))
}

fn area(area: &Area) -> Element {
    let kind = match area.kind {
        Kind::Ready(_) => "ready",
        Kind::Updating => "updating",
        Kind::Unavailable => "unavailable",
    };
    let mut shape = String::from("polygon(");
    for (index, (x, y)) in area.points.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(shape, "{comma}{} {}", percent(*x, WIDTH), percent(*y, HEIGHT));
    }
    shape.push(')');
    let element = el("i", "area").attr("data-kind", kind).style("--shape", &shape);
    match area.kind {
        Kind::Ready(_) => element.attr("data-rev", &step(area.kind)),
        _ => element,
    }
}

fn step(kind: Kind) -> String {
    match kind {
        Kind::Ready(number) => revision_step(number).to_string(),
        Kind::Updating | Kind::Unavailable => String::new(),
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
    match to - from >= WORD_WIDTH {
        true => element.child(el("em", "wave__word").text(&format!("wave {}", wave.number))),
        false => element,
    }
}

/// The fewest pods that must be ready. The word makes room for the playhead.
fn floor(chart: &Chart, session: Session) -> Vec<Element> {
    let Some((fewest, of, at)) = chart.floor else { return Vec::new() };
    let y = percent(at, HEIGHT);
    let word = el("span", "floor__word")
        .style("--y", &y)
        .text(&format!("lowest allowed: {fewest} of {of}"));
    let word = if at < WORD_HEIGHT { word.attr("data-high", "") } else { word };
    let (from, span) = (chart.from.0, (chart.to.0 - chart.from.0).max(1));
    let is_under = move || (session.now.get().0 - from) * WIDTH / span < FLOOR_WIDTH;
    let word = word.live("data-aside", move || is_under().then_some(""));
    vec![el("i", "floor").style("--y", &y), word]
}

/// A part of a whole as a style sheet takes it, to a hundredth.
pub(in crate::ui) fn percent(part: i64, whole: i64) -> String {
    let hundredths = part * 10_000 / whole;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

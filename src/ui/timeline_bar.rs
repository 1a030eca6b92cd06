//! The timeline: what was recorded as areas over virtual time, and a playhead that goes anywhere.

mod branches;
mod breaks;
mod key;
mod marks;
pub mod plot;
mod time_menu;

use daemonset_core::playground::view::DaemonSetView;
use leptos::prelude::*;

use super::Page;
use super::command::Command;
use super::dom::{Element, el, memo};
use super::icon::live_icon;
use super::segments::{choice, segments};
use super::session::Session;
use super::text::{clock, join_names};

/// Under everything else.
pub fn timeline_bar(session: Session, page: Page) -> Element {
    let playing = session.playing;
    // On a phone this stands beside the plot; elsewhere the one in the top bar does.
    let play = el("button", "icon-button timeline__play")
        .live("aria-label", move || if playing.get() { "Pause" } else { "Play" })
        .on_click(move || drop(session.perform(Command::TogglePlay)))
        .child(live_icon(false, move || if playing.get() { "pause" } else { "play" }));
    let time = el("span", "timeline__clock")
        .attr("aria-hidden", "true")
        .live_text(move || clock(session.now.get()));
    el("section", "timeline")
        .attr("aria-label", "Timeline")
        .child(head(session, page))
        .child(play)
        .child(plot::plot(session))
        .child(plot::axis(session))
        .child(time)
        .child(key::key_menu())
        .child(breaks::breaks_menu(session))
        .child(branches::branches_menu(session))
}

fn head(session: Session, page: Page) -> Element {
    let tools = el("div", "timeline__tools")
        .child(key::key_button())
        .child(branches::branches_button(session))
        .child(breaks::breaks_button(session));
    let end = el("div", "timeline__end")
        .child(key::key(session, page))
        .child(tools)
        .child(range(session));
    let sentence = el("span", "timeline__sentence").live_text(move || sentence(session));
    let looks_back = memo(move || !session.playing.get() && is_past(session));
    el("div", "timeline__head")
        .child(el("h2", "timeline__title").text("Timeline"))
        .child(sentence)
        .when(move || looks_back.get(), move || back(session))
        .when(move || page.presenting.get(), presenter_keys)
        .child(end)
}

/// Whether there is more recorded than is shown.
fn is_past(session: Session) -> bool {
    session.now.get() < session.history.end.get()
}

/// The way back from the past.
fn back(session: Session) -> Element {
    let end = session.history.end;
    el("button", "button button--line button--small timeline__back")
        .on_click(move || drop(session.perform(Command::Seek(end.get_untracked()))))
        .live_text(move || format!("Back to {}", clock(end.get())))
}

/// Where the cursor is, in words.
fn sentence(session: Session) -> String {
    let now = session.now.get();
    if let Some((_, why)) = session.history.stopped.get().filter(|it| it.0 == now) {
        return format!("paused at {}: {why}", clock(now));
    }
    let set = session.daemon_set.read();
    let rollout = set.as_ref().and_then(|set: &DaemonSetView| set.rollout.as_ref());
    if let Some(rollout) = rollout {
        let nodes = join_names(&rollout.nodes);
        let comma = if nodes.is_empty() { "" } else { ", " };
        let wave = format!("wave {} of {}{comma}{nodes}", rollout.wave, rollout.wave_count);
        return match !session.playing.get() && is_past(session) {
            true => format!("looking back at {}: {wave}", clock(now)),
            false => wave,
        };
    }
    match (session.playing.get(), is_past(session)) {
        (true, false) => String::new(),
        (true, true) => "playing what was recorded".to_owned(),
        (false, true) => format!("looking back at {}", clock(now)),
        (false, false) => format!("paused at {}", clock(now)),
    }
}

fn range(session: Session) -> Element {
    let range = move |only: bool, name: &'static str| {
        let is_on = move || session.history.last_minute.get() == only;
        choice("range", name, is_on, move || session.show_last_minute(only))
    };
    segments("Range").child(range(false, "Fit")).child(range(true, "1 min"))
}

fn presenter_keys() -> Element {
    let keys: [(&[&str], &str); 3] =
        [(&["Space"], "play or pause"), (&["←", "→"], "step"), (&["P"], "leave")];
    keys.iter().fold(el("p", "timeline__keys"), |all, (keys, word)| {
        let keys = keys.iter().fold(el("span", ""), |it, key| it.child(el("kbd", "key").text(key)));
        all.child(keys.text(word))
    })
}

//! The timeline: what was recorded as areas over virtual time, and a playhead that goes anywhere.

mod branches;
mod breaks;
mod marks;
pub mod plot;
mod time_menu;

use daemonset_core::playground::view::DaemonSetView;
use daemonset_core::playground::view::chart::Kind;
use leptos::prelude::*;

use super::Page;
use super::command::Command;
use super::dom::{Element, el, memo};
use super::icon::live_icon;
use super::segments::{choice, segments};
use super::session::Session;
use super::text::{clock, join_names, revision_step};

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
        .child(breaks::breaks_menu(session))
        .child(branches::branches_menu(session))
}

fn head(session: Session, page: Page) -> Element {
    let tools = el("div", "timeline__tools")
        .child(branches::branches_button(session))
        .child(breaks::breaks_button(session));
    let end =
        el("div", "timeline__end").child(key(session, page)).child(tools).child(range(session));
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

/// The two newest revisions that are drawn, and what lies between and above them.
/// A room reads what runs there.
fn key(session: Session, page: Page) -> Element {
    let steps = move || {
        let new = session.daemon_set.read().as_ref().and_then(|it| it.newest_revision());
        // What was drawn once keeps its name, also when none of its pods is left.
        let chart = session.history.chart.read();
        let drawn = chart.iter().flat_map(|it| &it.areas).filter_map(|it| match it.kind {
            Kind::Ready(number) if Some(number) < new => Some(number),
            _ => None,
        });
        (drawn.max(), new)
    };
    let word = move |number: Option<i64>, word: &'static str| {
        let set = session.daemon_set.read();
        let mut revisions = set.iter().flat_map(|set| &set.revisions);
        let found = revisions.find(|it| page.presenting.get() && Some(it.number) == number);
        found.map_or(word.to_owned(), |it| format!("{}, {}", it.number, it.image))
    };
    let entry = |class: &str, word: &str| {
        el("li", "").child(el("i", &format!("swatch {class}"))).text(word)
    };
    let step = |number: Option<i64>| number.map(|it| revision_step(it).to_string());
    let hidden = |is_hidden: bool| is_hidden.then_some("");
    el("ul", "timeline__key")
        .child(
            entry("", "")
                .live_text(move || word(steps().0, "old ready"))
                .live("data-rev", move || step(steps().0))
                .live("hidden", move || hidden(steps().0.is_none())),
        )
        .child(
            entry("swatch--updating", "updating")
                .live("data-rev", move || step(steps().1))
                .live("hidden", move || hidden(steps().1.is_none())),
        )
        .child(
            entry("", "")
                .live_text(move || match steps() {
                    (Some(_), new) => word(new, "new ready"),
                    (None, new) => word(new, "ready"),
                })
                .live("data-rev", move || step(steps().1))
                .live("hidden", move || hidden(steps().1.is_none())),
        )
        .child(entry("swatch--unavailable", "unavailable"))
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

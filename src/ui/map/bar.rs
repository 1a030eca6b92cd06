//! Above large clusters: a search, how much of each node is shown, and how the map is grouped.

use leptos::prelude::*;

use super::Look;
use crate::ui::Page;
use crate::ui::dom::{Element, el};
use crate::ui::filter::filter;
use crate::ui::segments::{choice, segments};
use crate::ui::session::Session;
use crate::ui::session::fleet::{CARDS_MAX, CARDS_USUAL, GroupBy, Level};
use crate::ui::stage::pod::cross;
use crate::ui::text::revision_step;

/// The pods on the map, as its legend names them.
const PODS: [&str; 5] = ["ready", "starting", "leaving", "pending", "failed"];

/// What else a cell shows. Where the exceptions stand beside the map, they name it.
const SIGNS: [(&str, &str); 4] =
    [("none", "no pod"), ("silent", "NotReady"), ("cordoned", "cordoned"), ("taint", "taint")];

/// Whether the bar is worth its room.
pub fn is_wanted(session: Session) -> bool {
    let fleet = session.fleet;
    fleet.count.get() > CARDS_USUAL || fleet.chosen.get().is_some()
}

/// The bar.
pub(in crate::ui) fn bar(session: Session, page: Page, look: Look) -> Element {
    let fleet = session.fleet;
    let is_map = move || fleet.level.get() == Level::Map;
    let cards_fit = move || fleet.count.get() <= CARDS_MAX;
    let level = move |level: Level, name: &'static str| {
        choice(
            "level",
            name,
            move || fleet.level.get() == level,
            move || session.choose_level(level),
        )
    };
    let levels = segments("Level of detail")
        .child(level(Level::Map, "Map"))
        .when(cards_fit, move || level(Level::Cards, "Cards"))
        .child(level(Level::Table, "Table"));
    let by = move |by: GroupBy, name: &'static str| {
        choice("group", name, move || fleet.by.get() == by, move || session.group_by(by))
    };
    let groups = move || {
        segments("Group by")
            .child(by(GroupBy::Zone, "Zone"))
            .child(by(GroupBy::Pool, "Pool"))
            .child(by(GroupBy::State, "State"))
    };
    let zoom = move || {
        el("div", "map-bar__zoom")
            .attrs(&[("role", "group"), ("aria-label", "Zoom")])
            .child(
                button("Zoom out", "−")
                    .live("aria-disabled", move || look.zoom.get() == 0)
                    .on_click(move || look.zoom_by(session, -1)),
            )
            .child(button("Zoom in", "+").on_click(move || look.zoom_by(session, 1)))
    };
    el("div", "map-bar")
        .child(filter(session, page))
        .child(levels)
        .when(is_map, groups)
        .when(is_map, zoom)
        .when(is_map, move || legend(session))
}

fn button(name: &str, sign: &str) -> Element {
    el("button", "icon-button icon-button--small")
        .attrs(&[("aria-label", name), ("title", name)])
        .text(sign)
}

fn legend(session: Session) -> Element {
    let step = move || {
        let set = session.daemon_set.read();
        let number = set.as_ref().and_then(|it| it.newest_revision());
        revision_step(number.unwrap_or(1)).to_string()
    };
    let pod = |state: &str| {
        let token = el("span", "pod pod--tiny")
            .attrs(&[("data-state", state), ("aria-hidden", "true")])
            .live("data-rev", step);
        let token = if state == "failed" { token.child(cross()) } else { token };
        el("li", "").child(token).text(state)
    };
    let sign = |(sign, word): (&str, &str)| {
        let cell = el("i", "cell-sign").attrs(&[("data-sign", sign), ("aria-hidden", "true")]);
        el("li", "").attr("data-sign", sign).child(cell).text(word)
    };
    let list = el("ul", "map-bar__legend").attr("aria-label", "Cell states");
    let list = PODS.into_iter().fold(list, |list, it| list.child(pod(it)));
    SIGNS.into_iter().fold(list, |list, it| list.child(sign(it)))
}

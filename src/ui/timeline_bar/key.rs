//! What the timeline shows: the areas in a row above it, and everything in a menu.

use daemonset_core::playground::view::chart::{Kind, MarkKind};
use leptos::prelude::*;

use super::marks::sign;
use super::time_menu::time_menu;
use crate::ui::Page;
use crate::ui::dom::{Element, el};
use crate::ui::session::Session;
use crate::ui::text::revision_step;

const MENU: &str = "key-menu";

/// What is drawn above the axis.
const LINES: [(&str, &str); 8] = [
    ("swatch", "ready, by revision"),
    ("swatch swatch--updating", "updating: the new pod is on its way"),
    ("swatch swatch--unavailable", "unavailable: the pod fails"),
    ("key-line key-line--ready", "all that are ready"),
    ("key-line key-line--floor", "lowest allowed by maxUnavailable"),
    ("key-line key-line--wave", "a wave of a rollout"),
    ("key-line key-line--now", "now"),
    ("swatch swatch--ahead", "forecast, if nothing is changed"),
];

/// What stands on the axis.
const MARKS: [(MarkKind, &str); 10] = [
    (MarkKind::Apply, "manifest applied, object changed"),
    (MarkKind::NodeAdded, "node joined"),
    (MarkKind::NodeFailed, "node failed"),
    (MarkKind::NodeDeleted, "node deleted"),
    (MarkKind::Taint, "taint"),
    (MarkKind::Act, "another command"),
    (MarkKind::Warning, "Warning event"),
    (MarkKind::Unavailable, "first unavailable"),
    (MarkKind::Done, "rollout done"),
    (MarkKind::Pods, "pods created or deleted"),
];

/// Opens the menu.
pub(super) fn key_button() -> Element {
    el("button", "button button--line button--small time-key")
        .attrs(&[("popovertarget", MENU), ("title", "What the timeline shows")])
        .text("Key")
}

/// The menu itself.
pub(super) fn key_menu() -> Element {
    time_menu(MENU, "Key", content)
}

fn content() -> Element {
    let entry = |sign: Element, word: &str| {
        el("li", "time-key__entry").child(sign.attr("aria-hidden", "true")).text(word)
    };
    let list = |name: &str| el("ul", "time-key__list").attr("aria-label", name);
    let lines = LINES.iter().fold(list("Areas and lines"), |all, (class, word)| {
        // Of one that is on its way there is another before it.
        let revision = if class.contains("updating") { "2" } else { "1" };
        all.child(entry(el("i", class).attr("data-rev", revision), word))
    });
    let marks = MARKS
        .iter()
        .fold(list("Marks"), |all, (kind, word)| all.child(entry(sign(kind.word()), word)));
    let several = sign("several").attr("data-level", "plain").text("2");
    el("div", "time-menu__content")
        .child(el("b", "time-menu__title").text("Key"))
        .child(lines)
        .child(marks.child(entry(several, "so many at once")))
}

/// The two newest revisions that are drawn, and what lies between and above them.
/// A room reads what runs there.
pub(super) fn key(session: Session, page: Page) -> Element {
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

//! Breaks at the timeline: what time stops at, and why it has stopped.

use daemonset_core::insight::Figure;
use daemonset_core::playground::Break;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

use super::time_menu::time_menu;
use crate::ui::command::Command;
use crate::ui::dom::{Element, el};
use crate::ui::icon::small_icon;
use crate::ui::session::Session;

const MENU: &str = "breaks-menu";

/// Opens the menu; while breaks are set it names the first of them.
pub(super) fn breaks_button(session: Session) -> Element {
    let breaks = session.history.breaks;
    let word = move || match &breaks.read()[..] {
        [] => "Pause when …".to_owned(),
        [one] => one.text(),
        [one, rest @ ..] => format!("{}, {} more", one.text(), rest.len()),
    };
    el("button", "button button--line button--small time-button")
        .attrs(&[("popovertarget", MENU), ("title", "Pause when something becomes true")])
        .live("data-armed", move || (!breaks.read().is_empty()).then_some(""))
        .child(small_icon("break"))
        .child(el("span", "time-button__word").live_text(word))
}

/// The menu itself.
pub(super) fn breaks_menu(session: Session) -> Element {
    time_menu(MENU, "Pause when", move || content(session))
}

fn content(session: Session) -> Element {
    let breaks = session.history.breaks;
    let rows = move || {
        let breaks = breaks.read();
        breaks.iter().enumerate().map(|(index, it)| row(session, index, it)).collect()
    };
    let crash = move || drop(session.perform(Command::AddBreak(Break::Crash)));
    el("div", "time-menu__content")
        .child(el("b", "time-menu__title").text("Pause when"))
        .child(el("ul", "time-menu__list").attr("aria-label", "Breaks").part(rows))
        .child(form(session))
        .child(
            el("button", "button button--line")
                .live("disabled", move || breaks.read().contains(&Break::Crash).then_some(""))
                .on_click(crash)
                .text("a pod crashes"),
        )
}

fn row(session: Session, index: usize, it: &Break) -> Element {
    let remove = el("button", "icon-button")
        .attr("aria-label", &format!("Remove {}", it.text()))
        .on_click(move || drop(session.perform(Command::RemoveBreak(index))))
        .child(small_icon("close"));
    el("li", "time-menu__row").child(el("code", "").text(&it.to_string())).child(remove)
}

/// A figure, a side and a number.
fn form(session: Session) -> Element {
    let option = |value: &str, word: &str| el("option", "").attr("value", value).text(word);
    let select = |name: &str| el("select", "form__field").attr("aria-label", name);
    let figure = Figure::ALL.iter().fold(select("Figure"), |all, it| {
        let one = option(it.column(), it.column());
        all.child(if *it == Figure::Available { one.attr("selected", "") } else { one })
    });
    let side = select("Side").child(option("below", "<")).child(option("above", ">"));
    let desired = session.daemon_set.with_untracked(|it| it.as_ref().map(|it| it.status.desired));
    let count = el("input", "form__field")
        .attrs(&[("type", "number"), ("min", "0"), ("step", "1"), ("aria-label", "Number")])
        .attr("value", &desired.unwrap_or(1).to_string());
    let (figure_field, side_field, count_field) = (
        figure.cast::<HtmlSelectElement>(),
        side.cast::<HtmlSelectElement>(),
        count.cast::<HtmlInputElement>(),
    );
    let add = move |event: Event| {
        event.prevent_default();
        let Some(daemon_set) = session.selected_set.get_untracked() else { return };
        let Some(figure) = Figure::named(&figure_field.value()) else { return };
        let Ok(count) = count_field.value().parse::<i32>() else { return };
        let below = side_field.value() == "below";
        session.perform(Command::AddBreak(Break::Figure { daemon_set, figure, below, count }));
    };
    el("form", "time-menu__form")
        .on("submit", add)
        .child(figure)
        .child(side)
        .child(count)
        .child(el("button", "button button--line").text("Add"))
}

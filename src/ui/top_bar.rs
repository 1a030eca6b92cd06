//! The top bar: what the page is about, and the flow of time.

use daemonset_core::api::Name;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

use super::command::Command;
use super::dom::{Element, Row, el, svg, watch};
use super::icon::{icon, live_icon};
use super::keyboard::focus;
use super::pace::SPEEDS;
use super::scenario_menu::{scenario_button, scenario_menu};
use super::session::Session;
use super::text::{clock, factor};
use super::theme::theme_switch;
use super::toast::Toast;
use super::{Page, View};

/// Brand, DaemonSet, transport, page controls.
pub fn top_bar(session: Session, page: Page) -> Element {
    let editing = move || page.view.get() == View::Manifest;
    let edit = el("button", "button button--bare top-bar__edit")
        .live("aria-pressed", editing)
        .on_click(move || if untrack(editing) { page.view.set(View::Cluster) } else { page.edit() })
        .text("Manifest");
    let keys = el("button", "icon-button top-bar__keys")
        .attrs(&[("aria-label", "Keyboard shortcuts"), ("title", "Keyboard shortcuts")])
        .on_click(move || page.keys_open.set(true))
        .child(icon("keys"));
    let present = el("button", "button button--bare top-bar__present")
        .attrs(&[("aria-label", "Present"), ("title", "Present (P)")])
        .on_click(move || page.presenting.set(true))
        .child(icon("present"))
        .child(el("span", "top-bar__word").text("Present"));
    let more = el("button", "icon-button top-bar__more")
        .attrs(&[("aria-label", "Time and more"), ("aria-haspopup", "true")])
        .live("aria-expanded", move || page.more_open.get())
        .on_click(move || page.more_open.update(|open| *open = !*open))
        .child(icon("more"));
    let start = el("div", "top-bar__start").child(brand()).child(el("i", "top-bar__rule"));
    let end = el("div", "top-bar__end")
        .child(
            el("span", "")
                .attr("role", "status")
                .part(move || not_saved(session).into_iter().collect()),
        )
        .when(move || session.work.can_undo_reset.get(), move || undo_reset(session))
        .child(edit)
        .child(present)
        .child(keys)
        .child(theme_switch())
        .child(more);
    el("header", "top-bar")
        .child(with_picker(start, session))
        .child(transport(session))
        .child(end)
        .child(scenario_menu(session, page))
}

fn brand() -> Element {
    let mark = svg("svg", "brand__mark")
        .attrs(&[("viewBox", "0 0 20 20"), ("aria-hidden", "true")])
        .child(svg("use", "").attr("href", "#i-brand"));
    el("a", "brand")
        .attrs(&[("href", "./"), ("aria-label", "DaemonSet Playground")])
        .child(mark)
        .child(el("span", "brand__name").text("DaemonSet"))
        .child(el("span", "brand__kind").text("Playground"))
}

/// The scenario; and the choice among several DaemonSets, where there is one.
fn with_picker(place: Element, session: Session) -> Element {
    let picker = move || {
        let kind = el("span", "picker__kind").text("DaemonSet");
        el("label", "picker").child(kind).child(select(session)).child(icon("chevron"))
    };
    place.child(scenario_button(session)).when(move || session.daemon_sets.read().len() > 1, picker)
}

fn select(session: Session) -> Element {
    let option = |key: Name| Row::new(key.clone(), move || el("option", "").text(&key));
    let rows = move || session.daemon_sets.read().iter().map(|it| option(it.key.clone())).collect();
    let element = el("select", "picker__select")
        .attr("aria-label", "DaemonSet")
        .on("change", move |event: Event| {
            session.perform(Command::SelectDaemonSet(event_target_value(&event).into()));
        })
        .list(rows);
    let select: HtmlSelectElement = element.cast();
    watch(move || {
        // An option can be chosen once it is there.
        session.daemon_sets.track();
        if let Some(key) = &*session.selected_set.read() {
            select.set_value(key);
        }
    });
    element
}

fn transport(session: Session) -> Element {
    let playing = session.playing;
    let play = el("button", "icon-button transport__play")
        .paint(move |it| {
            let name = if playing.get() { "Pause" } else { "Play" };
            it.set("aria-label", name);
            it.set("title", format!("{name} (Space)"));
        })
        .on_click(move || drop(session.perform(Command::TogglePlay)))
        .child(live_icon(false, move || if playing.get() { "pause" } else { "play" }));
    let back = el("button", "icon-button")
        .attrs(&[("aria-label", "Step back"), ("title", "Step back to the last change (←)")])
        .on_click(move || drop(session.perform(Command::StepBack)))
        .child(icon("prev"));
    let step = el("button", "icon-button")
        .attrs(&[("aria-label", "Step forward"), ("title", "Step to the next change (→)")])
        .on_click(move || drop(session.perform(Command::StepForward)))
        .child(icon("next"));
    let now = el("output", "transport__clock")
        .attrs(&[("aria-label", "Simulated time"), ("aria-live", "off")])
        .live_text(move || clock(session.now.get()));
    let reset = el("button", "icon-button")
        .attrs(&[
            ("id", "reset"),
            ("aria-label", "Reset"),
            ("title", "Reset: open the cluster again"),
        ])
        .on_click(move || {
            session.perform(Command::Reset(None));
            session.toast.set(Some(Toast::with_undo_of_reset()));
        })
        .child(icon("reset"));
    let speeds = el("div", "segments").attrs(&[("role", "radiogroup"), ("aria-label", "Speed")]);
    let speeds = SPEEDS.iter().fold(speeds, |all, it| all.child(speed_choice(session, *it)));
    el("div", "transport")
        .attrs(&[("role", "group"), ("aria-label", "Simulation time")])
        .child(back)
        .child(play)
        .child(step)
        .child(now)
        .child(speeds)
        .part(move || shortfall(session).into_iter().collect())
        .child(reset)
}

/// Away from the transport, which must not move when this appears.
fn undo_reset(session: Session) -> Element {
    let undo = move || {
        session.perform(Command::UndoReset);
        focus("#reset");
    };
    el("button", "button button--bare top-bar__undo")
        .attrs(&[
            ("aria-label", "Undo reset"),
            ("title", "Undo reset: bring the cluster before it back"),
        ])
        .on_click(undo)
        .child(icon("undo"))
        .child(el("span", "top-bar__undo-word").text("Undo reset"))
}

/// Where the browser keeps nothing, people should know before they rely on it.
fn not_saved(session: Session) -> Option<Element> {
    let reason = session.work.not_saved.get()?;
    let title = format!("What you do here is gone when you close the page: {reason}");
    Some(el("span", "top-bar__not-saved").attr("title", &title).text("not saved"))
}

fn speed_choice(session: Session, (speed, name): (f64, &'static str)) -> Element {
    let input = el("input", "segments__input")
        .attrs(&[("type", "radio"), ("name", "speed"), ("aria-label", name)])
        .on("change", move |_: Event| drop(session.perform(Command::SetSpeed(speed))));
    let radio: HtmlInputElement = input.cast();
    watch(move || radio.set_checked(session.speed.get() == speed));
    let word = el("span", "").attr("aria-hidden", "true").text(name);
    el("label", "segments__item").child(input).child(word)
}

fn shortfall(session: Session) -> Option<Element> {
    let reached = session.reached.get()?;
    let text = format!("{}× → {}×", factor(session.speed.get()), factor(reached.round()));
    Some(el("span", "transport__reached").attr("role", "status").text(&text))
}

//! What else can become of a node: somebody else's pods, shortages, images that misbehave.
//!
//! Kubernetes has no command for most of it, so the line is the playground's own.

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::sim::{DrainOptions, Input, Shortage};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::super::preview::with_preview;
use super::form::panel;
use super::{Bar, Form, node_of};
use crate::ui::command::Command;
use crate::ui::dialog::{field, labelled};
use crate::ui::dom::{Element, el, memo};
use crate::ui::session::{Asked, Session};

/// The form behind "More".
pub(super) fn more_form(session: Session, bar: Bar, name: &Name) -> Element {
    let shortages = Shortage::ALL.into_iter().fold(el("div", "form__choices"), |all, it| {
        all.child(shortage_button(session, bar, name, it))
    });
    let images = session.images_on(name);
    panel(bar, Form::More, &format!("More for {name}"))
        .child(fill(session, bar, name))
        .child(el("h4", "form__group").text("Report pressure"))
        .child(shortages)
        .child(el("h4", "form__group").text(if images.is_empty() {
            "YAML and drain"
        } else {
            "Images, YAML and drain"
        }))
        .child(others(session, bar, name, &images))
}

/// Somebody else's pod takes up room.
fn fill(session: Session, bar: Bar, name: &Name) -> Element {
    let (cpu, memory) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let node = name.clone();
    let input = move || Input::FillNode {
        node: node.clone(),
        cpu: cpu.read().trim().into(),
        memory: memory.read().trim().into(),
    };
    let node = name.clone();
    let free = move || {
        let (node, cpu, memory) = (node.clone(), Name::default(), Name::default());
        Input::FillNode { node, cpu, memory }
    };
    let is_empty = move || cpu.read().trim().is_empty() && memory.read().trim().is_empty();
    let shown = input.clone();
    let amount = |name: &str, hint: &str, value: RwSignal<String>| {
        let field = field(name, hint);
        let this: HtmlInputElement = field.cast();
        let shown = shown.clone();
        field.on("input", move |_: Event| {
            value.set(this.value());
            let input = untrack(|| (!is_empty()).then(&shown));
            bar.announce(session, input.as_ref());
        })
    };
    let error = RwSignal::new(None::<String>);
    let complaint =
        move || Some(el("p", "form__error").attr("role", "alert").text(error.read().as_ref()?));
    let row = el("div", "form__row form__row--even")
        .child(labelled("cpu", amount("cpu", "e.g. 7500m", cpu).attr("data-first", "")))
        .child(labelled("memory", amount("memory", "e.g. 12Gi", memory)))
        .child(
            el("button", "button button--go")
                .attr("type", "submit")
                .live("aria-disabled", is_empty)
                .text("Fill"),
        )
        .child(act(session, bar, "Free", Rc::new(free)).attr("type", "button"));
    el("form", "form__block")
        .on("submit", move |event: Event| {
            event.prevent_default();
            if !untrack(is_empty) {
                error.set(bar.act(session, untrack(&input)).err());
            }
        })
        .child(el("h4", "form__group").text("Take up room with another pod"))
        .child(row)
        .part(move || complaint().into_iter().collect())
}

fn shortage_button(session: Session, bar: Bar, name: &Name, shortage: Shortage) -> Element {
    let is_on = memo(move || node_of(session).is_some_and(|it| it.shortages.contains(&shortage)));
    let node = name.clone();
    let input = move || {
        let on = !is_on.get_untracked();
        Input::SetPressure { node: node.clone(), shortage, on }
    };
    let word = match shortage {
        Shortage::Memory => "MemoryPressure",
        Shortage::Disk => "DiskPressure",
        Shortage::Pid => "PIDPressure",
    };
    act(session, bar, word, Rc::new(input)).live("aria-pressed", move || is_on.get())
}

/// The images of the node's pods, and a drain with other options than the usual ones.
fn others(session: Session, bar: Bar, name: &Name, images: &[Name]) -> Element {
    let image = |image: &Name| {
        let short = image.rsplit('/').next().unwrap_or(image).to_owned();
        let image = image.clone();
        el("button", "button button--line button--small")
            .attr("title", &image)
            .on_click(move || {
                bar.close(Form::More);
                session.asked.set(Some(Asked::Image(image.clone())));
            })
            .child(el("code", "").text(&short))
    };
    let node = name.clone();
    let edit = el("button", "button button--line button--small")
        .on_click(move || {
            bar.show(None);
            session.perform(Command::EditNode(node.clone()));
        })
        .text("Edit YAML");
    let all = images.iter().fold(el("div", "form__choices"), |all, it| all.child(image(it)));
    all.child(edit).child(
        el("button", "button button--line button--small")
            .on_click(move || {
                bar.drain.set(DrainOptions::default());
                bar.show(Some(Form::Drain));
            })
            .text("Drain with options"),
    )
}

/// A small button that acts, and says before what it would do.
pub(super) fn act(session: Session, bar: Bar, name: &str, input: Rc<dyn Fn() -> Input>) -> Element {
    let done = input.clone();
    let button = el("button", "button button--line button--small")
        .on_click(move || {
            if let Err(error) = bar.act(session, done()) {
                bar.error.set(Some(error));
            }
        })
        .text(name);
    let show = move || bar.announce(session, Some(&input()));
    with_preview(button, Rc::new(show), Rc::new(move || bar.preview.set(None)))
}

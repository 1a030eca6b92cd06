//! What an image does: a row of the scenario's table, and the playground's command that sets it.

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::sim::{ImageBehaviour, Input};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::command::Command;
use super::command_line::command_line;
use super::dialog::{Dialog, dialog, field, labelled};
use super::dom::{Element, el};
use super::session::{Asked, Session};

/// What can be chosen: its name, and what comes of it.
const CHOICES: [(&str, &str); 8] = [
    ("Works", "Is pulled, starts, and does its work."),
    ("Cannot be pulled", "ErrImagePull, then ImagePullBackOff."),
    ("Crashes", "Ends after each start; CrashLoopBackOff follows."),
    ("Never ready", "Runs, but its readiness probe fails, if it has one."),
    ("Pulls slowly", "A first pull on a node takes long."),
    ("Starts slowly", "Takes long until its probes succeed, if it has any."),
    ("Stops slowly", "Ignores SIGTERM until the grace period is over."),
    ("Gets unhealthy", "Runs on, but its probes begin to fail, if it has any."),
];
const CRASHES: usize = 2;
const SLOW_PULL: usize = 4;
const SLOW_START: usize = 5;
const UNHEALTHY: usize = 7;

/// What the form says; the times are texts while somebody types.
#[derive(Clone, Copy)]
struct Choice {
    index: RwSignal<usize>,
    seconds: RwSignal<String>,
    exit_code: RwSignal<String>,
}

/// The dialog on the image that was asked about.
pub fn image_dialog(session: Session) -> Element {
    let image = move || match session.asked.get() {
        Some(Asked::Image(image)) => Some(image),
        _ => None,
    };
    let it = Dialog {
        class: "image",
        title: Rc::new(|| "What this image does".to_owned()),
        open: Rc::new(move || image().is_some()),
        on_close: Rc::new(move || session.asked.set(None)),
    };
    dialog(it, move || image().map(|image| form(session, image)).into_iter().collect())
}

#[inline(never)]
fn form(session: Session, image: Name) -> Element {
    let choice = read(session.behaviour(&image));
    let name = image.clone();
    let input = Rc::new(move || {
        let behaviour = behaviour(choice)?;
        Some(Input::SetImageBehaviour { image: name.clone(), behaviour })
    });
    let shown = input.clone();
    let line = move || shown().and_then(|input| session.line_of(&input)).unwrap_or_default();
    let submit = move |event: Event| {
        event.prevent_default();
        if let Some(input) = untrack(|| input()) {
            session.perform(Command::Act(input));
            session.asked.set(None);
        }
    };
    let choices = el("div", "image__choices")
        .attrs(&[("role", "radiogroup"), ("aria-label", "Behaviour of the image")]);
    let choices = (0..CHOICES.len()).fold(choices, |all, at| all.child(radio(choice, at)));
    let amounts = move || match choice.index.get() {
        CRASHES => vec![
            number("Seconds after each start", choice.seconds),
            number("Exit code", choice.exit_code),
        ],
        SLOW_PULL | SLOW_START => vec![number("Seconds it takes", choice.seconds)],
        UNHEALTHY => vec![number("Seconds after each start", choice.seconds)],
        _ => Vec::new(),
    };
    let foot = el("div", "dialog__foot")
        .child(command_line(Rc::new(line), || true))
        .child(el("button", "button button--go").attr("type", "submit").text("Set"));
    el("form", "dialog__form")
        .on("submit", submit)
        .child(el("code", "image__name").text(&image))
        .child(choices)
        .child(el("div", "image__amounts").part(amounts))
        .child(foot)
}

fn radio(choice: Choice, index: usize) -> Element {
    let (name, note) = CHOICES[index];
    let input = el("input", "image__radio").attrs(&[("type", "radio"), ("name", "behaviour")]);
    let is_chosen = choice.index.get_untracked() == index;
    let input = if is_chosen { input.attr("autofocus", "") } else { input };
    input.cast::<HtmlInputElement>().set_checked(is_chosen);
    el("label", "image__choice")
        .child(input.on("change", move |_: Event| choice.index.set(index)))
        .child(el("span", "image__word").text(name))
        .child(el("span", "image__note").text(note))
}

fn number(name: &str, value: RwSignal<String>) -> Element {
    let field = field(name, "").attr("inputmode", "numeric");
    let input: HtmlInputElement = field.cast();
    input.set_value(&value.get_untracked());
    labelled(name, field.on("input", move |_: Event| value.set(input.value())))
}

fn read(known: ImageBehaviour) -> Choice {
    let (index, milliseconds, code) = match known {
        ImageBehaviour::Ok => (0, 2_000, 1),
        ImageBehaviour::CannotBePulled => (1, 2_000, 1),
        ImageBehaviour::Crashes { after, exit_code } => (CRASHES, after, exit_code),
        ImageBehaviour::NeverReady => (3, 2_000, 1),
        ImageBehaviour::SlowPull { takes } => (SLOW_PULL, takes, 1),
        ImageBehaviour::SlowStart { takes } => (SLOW_START, takes, 1),
        ImageBehaviour::StubbornStop => (6, 2_000, 1),
        ImageBehaviour::Unhealthy { after } => (UNHEALTHY, after, 1),
    };
    Choice {
        index: RwSignal::new(index),
        seconds: RwSignal::new((milliseconds / 1000).to_string()),
        exit_code: RwSignal::new(code.to_string()),
    }
}

/// None as long as a number is none.
fn behaviour(choice: Choice) -> Option<ImageBehaviour> {
    let seconds = || choice.seconds.read().trim().parse::<u16>().ok();
    let milliseconds = || seconds().map(|it| i64::from(it) * 1000);
    Some(match choice.index.get() {
        0 => ImageBehaviour::Ok,
        1 => ImageBehaviour::CannotBePulled,
        CRASHES => {
            let exit_code = i32::from(choice.exit_code.read().trim().parse::<u8>().ok()?);
            ImageBehaviour::Crashes { after: milliseconds()?, exit_code }
        }
        3 => ImageBehaviour::NeverReady,
        SLOW_PULL => ImageBehaviour::SlowPull { takes: milliseconds()? },
        SLOW_START => ImageBehaviour::SlowStart { takes: milliseconds()? },
        UNHEALTHY => ImageBehaviour::Unhealthy { after: milliseconds()? },
        _ => ImageBehaviour::StubbornStop,
    })
}

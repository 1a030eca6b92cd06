//! Adds nodes: how many, under which names, with which labels and taints.

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::playground::NewNodes;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

use super::command::Command;
use super::command_line::command_line;
use super::dialog::{Dialog, dialog, field, labelled};
use super::dom::{Element, el};
use super::session::{Asked, Session};

/// What was typed so far.
#[derive(Clone, Copy)]
struct Typed {
    pool: RwSignal<Name>,
    count: RwSignal<String>,
    name: RwSignal<String>,
    labels: RwSignal<String>,
    taints: RwSignal<String>,
}

/// The dialog that opens on Shift N, and on "More" beside the pools.
pub fn nodes_dialog(session: Session) -> Element {
    let pool = move || match session.asked.get() {
        Some(Asked::Nodes(pool)) => Some(pool),
        _ => None,
    };
    let it = Dialog {
        class: "nodes",
        title: Rc::new(|| "Add nodes".to_owned()),
        open: Rc::new(move || pool().is_some()),
        on_close: Rc::new(move || session.asked.set(None)),
    };
    dialog(it, move || pool().map(|pool| form(session, pool)).into_iter().collect())
}

#[inline(never)]
fn form(session: Session, pool: Name) -> Element {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let pool = RwSignal::new(pool);
    let typed =
        Typed { pool, count: text("10"), name: text(""), labels: text(""), taints: text("") };
    let error = RwSignal::new(None::<String>);
    let line = move || read(typed).map(|new| new.command()).unwrap_or_default();
    let fault = move || error.get().or_else(|| read(typed).err());
    let submit = move |event: Event| {
        event.prevent_default();
        let Ok(new) = untrack(|| read(typed)) else { return };
        let reply = session.perform(Command::AddNodes(new));
        match reply.ok {
            true => session.asked.set(None),
            false => error.set(reply.first().map(str::to_owned)),
        }
    };
    let row = el("div", "nodes__row")
        .child(labelled("Pool", pools(session, typed.pool)))
        .child(words("How many", "1 to 5000", typed.count, error));
    let complaint = move || {
        let text = fault()?;
        Some(el("p", "form__error").attr("role", "alert").text(&text))
    };
    let foot = el("div", "dialog__foot")
        .child(command_line(Rc::new(line), || true))
        .child(el("button", "button button--go").attr("type", "submit").text("Add"));
    el("form", "dialog__form")
        .on("submit", submit)
        .child(row)
        .child(words("Name (optional, # is the number)", "e.g. edge-#", typed.name, error))
        .child(words("Labels (optional)", "e.g. disk=ssd,role=edge", typed.labels, error))
        .child(words("Taints (optional)", "e.g. dedicated=edge:NoSchedule", typed.taints, error))
        .part(move || complaint().into_iter().collect())
        .child(foot)
}

fn pools(session: Session, pool: RwSignal<Name>) -> Element {
    let chosen = pool.get_untracked();
    let select = el("select", "form__field").attrs(&[("aria-label", "Pool"), ("autofocus", "")]);
    let option = |all: Element, it: &super::session::Pool| {
        let option = el("option", "").attr("value", &it.id).text(&it.title);
        all.child(if it.id == chosen { option.attr("selected", "") } else { option })
    };
    session.pools.read_untracked().iter().fold(select, option).on("change", move |event: Event| {
        let select = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
        pool.set(select.map(|it| it.value()).unwrap_or_default().into());
    })
}

fn words(
    name: &str,
    hint: &str,
    value: RwSignal<String>,
    error: RwSignal<Option<String>>,
) -> Element {
    let field = field(name, hint);
    let input: HtmlInputElement = field.cast();
    input.set_value(&value.get_untracked());
    let field = field.on("input", move |_: Event| {
        error.set(None);
        value.set(input.value());
    });
    labelled(name, field)
}

/// What is typed, or what is wrong with it.
fn read(typed: Typed) -> Result<NewNodes, String> {
    let count = typed.count.read().trim().parse::<u32>();
    Ok(NewNodes {
        pool: typed.pool.get(),
        name: typed.name.read().trim().into(),
        count: count.map_err(|_| NewNodes::COUNT_FAULT.to_owned())?,
        labels: NewNodes::parse_labels(&typed.labels.read())?,
        taints: NewNodes::parse_taints(&typed.taints.read())?,
    })
}

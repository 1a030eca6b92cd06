//! What can be done to the selected node, and the command line that equals it.
//!
//! The bar keeps its place when nothing is selected, so that choosing a node moves no card.

pub mod form;

use std::rc::Rc;

use daemonset_core::api::{Name, Taint};
use daemonset_core::kubectl::{parse_label, parse_taint};
use daemonset_core::playground::view::NodeView;
use daemonset_core::sim::Input;
use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::command::Command;
use super::command_line::command_line;
use super::dom::{Element, el, memo, watch};
use super::icon::icon;
use super::keyboard::{focus, move_in_toolbar};
use super::session::Session;
use form::{Entry, FIELD, NodeForm, node_form};

/// The forms that the bar can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Taint,
    Label,
}

/// What the bar itself knows.
#[derive(Clone, Copy)]
struct Bar {
    open: RwSignal<Option<Form>>,
    preview: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
}

impl Bar {
    /// Carries an act out; what the server says against it is shown in its place.
    fn act(self, session: Session, input: Input) -> Result<(), String> {
        let reply = session.perform(Command::Act(input));
        self.preview.set(None);
        if reply.ok {
            self.error.set(None);
            return Ok(());
        }
        Err(reply.first().unwrap_or("the cluster did not answer").to_owned())
    }

    fn close(self, form: Form) {
        self.open.set(None);
        self.preview.set(None);
        focus(match form {
            Form::Taint => "#action-taint",
            Form::Label => "#action-label",
        });
    }
}

/// The bar under the cards.
pub fn node_actions(session: Session) -> Element {
    let bar =
        Bar { open: RwSignal::new(None), preview: RwSignal::new(None), error: RwSignal::new(None) };
    let name = session.selected_node;
    // Another node, another conversation.
    watch(move || {
        name.track();
        bar.open.set(None);
        bar.preview.set(None);
        bar.error.set(None);
    });
    let exists = memo(move || node_of(session).is_some());
    let tools = move || match (name.get(), exists.get()) {
        (Some(name), true) => vec![tools(session, bar, name)],
        (Some(name), false) => gone(session, &name),
        (None, _) => vec![
            el("p", "actions__hint").text("Select a node to taint, label, cordon or delete it."),
        ],
    };
    let reason = memo(move || {
        session.selected_set.read().as_ref()?;
        bar.error.read().is_none().then_some(())?;
        node_of(session)?.wanted.err().map(|reason| format!("No pod: {reason}"))
    });
    let reason = move || {
        let reason = reason.get()?;
        Some(el("span", "actions__reason").attr("title", &reason).text(&reason))
    };
    let error = move || {
        Some(el("span", "actions__error").attr("role", "alert").text(bar.error.read().as_ref()?))
    };
    let last = move || session.done.read().last().map(|done| done.line.clone());
    let line = move || bar.preview.get().or_else(last);
    let shown = move || {
        let preview = move || bar.preview.read().is_some();
        command_line(Rc::new(move || line().unwrap_or_default()), preview)
    };
    el("div", "actions")
        .live("data-active", move || name.read().is_some())
        .part(tools)
        .part(move || reason().into_iter().collect())
        .part(move || error().into_iter().collect())
        .when(move || line().is_some(), shown)
}

/// The selected node, if it is there. Runs again when the node changes.
fn node_of(session: Session) -> Option<NodeView> {
    let row = session.row_named(session.selected_node.read().as_ref()?)?;
    Some(row.node.get()).filter(|node| node.exists)
}

fn gone(session: Session, name: &Name) -> Vec<Element> {
    let dismiss = el("button", "button button--bare")
        .on_click(move || drop(session.perform(Command::SelectNode(None))))
        .text("Dismiss");
    vec![
        el("span", "actions__who").text(name),
        el("p", "actions__hint").text("is deleted."),
        dismiss,
    ]
}

fn tools(session: Session, bar: Bar, name: Name) -> Element {
    let cordoned = memo(move || node_of(session).is_some_and(|node| node.cordoned));
    let node = name.clone();
    let cordon = move || match cordoned.get_untracked() {
        true => Input::Uncordon { node: node.clone() },
        false => Input::Cordon { node: node.clone() },
    };
    let node = name.clone();
    let delete = move || Input::DeleteNode { node: node.clone() };
    let cordon_name = move || if cordoned.get() { "Uncordon" } else { "Cordon" };
    let cordon = act_button(session, bar, "cordon", Rc::new(cordon)).live_text(cordon_name);
    let delete = act_button(session, bar, "trash", Rc::new(delete)).text("Delete");
    let toolbar = el("div", "actions__tools")
        .attrs(&[("role", "toolbar"), ("aria-label", "Node actions")])
        .on("keydown", |event: KeyboardEvent| move_in_toolbar(&event))
        .child(form_button(bar, Form::Taint, "action-taint", "Taint", "taint"))
        .child(form_button(bar, Form::Label, "action-label", "Label", "label"))
        .child(cordon)
        .child(delete);
    let who = el("span", "actions__who").text(&name);
    let form = move || bar.open.get().map(|form| open_form(session, bar, form, &name));
    let area = el("div", "actions__area")
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape"
                && let Some(form) = bar.open.get_untracked()
            {
                event.prevent_default();
                bar.close(form);
            }
        })
        .child(who)
        .child(toolbar)
        .part(move || form().into_iter().collect());
    // Runs after the form has come into the page, because it was asked for after it.
    watch(move || {
        if bar.open.get().is_some() {
            focus(FIELD);
        }
    });
    area
}

fn form_button(bar: Bar, form: Form, id: &str, name: &str, sign: &str) -> Element {
    let is_open = move || bar.open.get() == Some(form);
    el("button", "button button--bare")
        .attrs(&[("id", id), ("aria-haspopup", "dialog")])
        .live("aria-expanded", is_open)
        .on_click(move || {
            bar.error.set(None);
            bar.preview.set(None);
            bar.open.set((!untrack(is_open)).then_some(form));
        })
        .child(icon(sign))
        .text(name)
}

/// A button that shows what it would do before it does it.
fn act_button(session: Session, bar: Bar, sign: &str, input: Rc<dyn Fn() -> Input>) -> Element {
    let act = {
        let input = input.clone();
        move || {
            if let Err(error) = bar.act(session, input()) {
                bar.error.set(Some(error));
            }
        }
    };
    let show = move || bar.preview.set(session.line_of(&input()));
    let hide = move || bar.preview.set(None);
    let button = el("button", "button button--bare").on_click(act).child(icon(sign));
    with_preview(button, Rc::new(show), Rc::new(hide))
}

/// Pointing and focusing both ask what a control would do.
fn with_preview(button: Element, show: Rc<dyn Fn()>, hide: Rc<dyn Fn()>) -> Element {
    let (show_on_focus, hide_on_blur) = (show.clone(), hide.clone());
    button
        .on("mouseenter", move |_: Event| show())
        .on("mouseleave", move |_: Event| hide())
        .on("focus", move |_: Event| show_on_focus())
        .on("blur", move |_: Event| hide_on_blur())
}

/// The form's rules are the core's: this only says which of them to ask.
fn open_form(session: Session, bar: Bar, form: Form, name: &Name) -> Element {
    let (title, word, hint) = match form {
        Form::Taint => (format!("Taints of {name}"), "Taint", "key=value:Effect"),
        Form::Label => (format!("Labels of {name}"), "Label", "key=value"),
    };
    let node = name.clone();
    let parse = move |text: &str| match form {
        Form::Taint => parse_taint(text).map(|taint| {
            let Taint { key, value, effect, .. } = taint;
            Input::TaintNode { node: node.clone(), key, value, effect }
        }),
        Form::Label => parse_label(text).map(|(key, value)| {
            let node = node.clone();
            Input::LabelNode { node, key, value }
        }),
    };
    let name = name.clone();
    let entries = move || match (form, node_of(session)) {
        (_, None) => Vec::new(),
        (Form::Taint, Some(node)) => taint_entries(&name, &node),
        (Form::Label, Some(node)) => label_entries(&name, &node),
    };
    node_form(NodeForm {
        title,
        word,
        hint,
        entries: Box::new(entries),
        parse: Rc::new(parse),
        on_preview: Rc::new(move |input| {
            bar.preview.set(input.and_then(|input| session.line_of(input)));
        }),
        on_act: Rc::new(move |input| bar.act(session, input)),
        on_close: Rc::new(move || bar.close(form)),
    })
}

fn taint_entries(name: &Name, node: &NodeView) -> Vec<Entry> {
    let entry = |taint: &daemonset_core::playground::view::TaintView| {
        // The text of a taint is what kubectl reads, so its effect need not be spelled out again.
        let effect = parse_taint(&taint.text).ok().map(|taint| taint.effect);
        let remove = Input::UntaintNode { node: name.clone(), key: taint.key.clone(), effect };
        Entry { text: taint.text.to_string(), quiet: false, remove }
    };
    node.taints.iter().map(entry).collect()
}

/// What people set first, what the kubelet set after it.
fn label_entries(name: &Name, node: &NodeView) -> Vec<Entry> {
    let mut labels: Vec<_> = node.labels.iter().collect();
    labels.sort_by_key(|label| label.well_known);
    let entry = |label: &daemonset_core::playground::view::LabelView| {
        let key = label.key.clone();
        let remove = Input::LabelNode { node: name.clone(), key, value: None };
        let text = format!("{}={}", label.key, label.value);
        Entry { text, quiet: label.well_known, remove }
    };
    labels.into_iter().map(entry).collect()
}

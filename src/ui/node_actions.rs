//! What can be done to the selected node, and the command line that equals it.
//!
//! The bar keeps its place when nothing is selected, so that choosing a node moves no card. Its
//! buttons declare their keys, and `keyboard` presses them.

pub mod drain;
pub mod form;
pub mod more;

use std::rc::Rc;

use daemonset_core::api::{Name, Taint};
use daemonset_core::kubectl::{parse_label, parse_taint};
use daemonset_core::playground::view::NodeView;
use daemonset_core::sim::{DrainOptions, Input};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Page;
use super::command::Command;
use super::command_line::command_line;
use super::dom::{Element, el, memo, watch};
use super::filter::filter;
use super::icon::icon;
use super::keyboard::{focus, move_in_toolbar};
use super::map::bar::is_wanted;
use super::preview::with_preview;
use super::session::Session;
use form::{Entry, NodeForm, node_form, panel};

/// Where the focus belongs when a form opens.
const FIRST: &str = ".actions .form [data-first]";

/// The forms that the bar can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Taint,
    Label,
    Drain,
    More,
}

impl Form {
    /// The key of the button that opens it.
    fn key(self) -> &'static str {
        match self {
            Self::Taint => "X",
            Self::Label => "L",
            Self::Drain => "D",
            Self::More => "M",
        }
    }
}

/// What the bar itself knows.
#[derive(Clone, Copy)]
struct Bar {
    open: RwSignal<Option<Form>>,
    preview: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
    drain: RwSignal<DrainOptions>,
    /// The card that had the focus when a form was opened by its key.
    came_from: RwSignal<Option<String>>,
}

/// The effects of taints, and what they do.
const EFFECTS: [(&str, &str); 3] = [
    ("NoSchedule", "New pods that do not tolerate it stay away"),
    ("PreferNoSchedule", "New pods stay away where there is another place"),
    ("NoExecute", "Pods that do not tolerate it are evicted, too"),
];

/// What `kubectl drain` mostly needs where DaemonSets run.
const USUAL_DRAIN: DrainOptions =
    DrainOptions { ignore_daemonsets: true, force: false, delete_emptydir_data: false };

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

    fn show(self, form: Option<Form>) {
        self.error.set(None);
        self.preview.set(None);
        if form.is_some() {
            let card = document().active_element().and_then(|it| it.get_attribute("data-node"));
            self.came_from.set(card);
        }
        self.open.set(form);
    }

    /// Closes a form and gives the focus back to where it was.
    fn close(self, form: Form) {
        self.show(None);
        focus(&match self.came_from.get_untracked() {
            Some(name) => format!("[data-node=\"{name}\"]"),
            None => format!("[aria-keyshortcuts=\"{}\"]", form.key()),
        });
    }

    /// Shows what an input would be, or the last line again.
    fn announce(self, session: Session, input: Option<&Input>) {
        self.preview.set(input.and_then(|input| session.line_of(input)));
    }
}

/// The bar under the cards.
pub fn node_actions(session: Session, page: Page) -> Element {
    let bar = Bar {
        open: RwSignal::new(None),
        preview: session.log.preview,
        error: RwSignal::new(None),
        drain: RwSignal::new(USUAL_DRAIN),
        came_from: RwSignal::new(None),
    };
    let name = session.selected_node;
    // Another node, another conversation.
    watch(move || {
        name.track();
        bar.open.set(None);
        bar.preview.set(None);
        bar.error.set(None);
        bar.drain.set(USUAL_DRAIN);
    });
    let exists = memo(move || node_of(session).is_some());
    let tools = move || match (name.get(), exists.get()) {
        (Some(name), true) => vec![tools(session, bar, name)],
        (Some(name), false) => gone(session, &name),
        (None, _) => {
            vec![el("p", "actions__hint").text("Select a node to change it.")]
        }
    };
    let error = move || {
        Some(el("span", "actions__error").attr("role", "alert").text(bar.error.read().as_ref()?))
    };
    let last = move || session.log.last_line.get();
    let line = move || bar.preview.get().or_else(last);
    let shown = move || {
        let preview = move || bar.preview.read().is_some();
        command_line(Rc::new(move || line().unwrap_or_default()), preview)
    };
    el("div", "actions")
        .live("data-active", move || name.read().is_some())
        .when(move || !is_wanted(session), move || filter(session, page))
        .part(tools)
        .part(move || error().into_iter().collect())
        .when(move || line().is_some(), shown)
}

/// The selected node, if it is there. Runs again when the node changes.
fn node_of(session: Session) -> Option<NodeView> {
    let row = session.row_named(session.selected_node.read().as_ref()?)?;
    Some(row.node.get()).filter(|node| node.exists)
}

#[inline(never)]
fn gone(session: Session, name: &Name) -> Vec<Element> {
    let dismiss = el("button", "button button--bare")
        .on_click(move || drop(session.perform(Command::SelectNode(None))))
        .text("Dismiss");
    vec![
        el("span", "actions__who").text(name),
        el("p", "actions__gone").text("is deleted."),
        dismiss,
    ]
}

#[inline(never)]
fn tools(session: Session, bar: Bar, name: Name) -> Element {
    let of_node = move |read: fn(&NodeView) -> bool| node_of(session).is_some_and(|it| read(&it));
    let cordoned = memo(move || of_node(|it| it.cordoned));
    let runs = memo(move || of_node(|it| it.kubelet_runs));
    let has_pod = memo(move || of_node(|it| it.own > 0));
    let node = name.clone();
    let input = move |make: fn(Name, bool) -> Input, on: Memo<bool>| {
        let node = node.clone();
        Rc::new(move || make(node.clone(), on.get_untracked()))
    };
    let cordon = input(
        |node, on| if on { Input::Uncordon { node } } else { Input::Cordon { node } },
        cordoned,
    );
    let kubelet = input(
        |node, runs| if runs { Input::StopKubelet { node } } else { Input::StartKubelet { node } },
        runs,
    );
    let delete = input(|node, _| Input::DeleteNode { node }, cordoned);
    let cordon_name = move || if cordoned.get() { "Uncordon" } else { "Cordon" };
    let kubelet_name = move || if runs.get() { "NotReady" } else { "Ready" };
    let kubelet_note = move || if runs.get() { "Stop its kubelet" } else { "Start its kubelet" };
    let toolbar = el("div", "actions__tools")
        .attrs(&[("role", "toolbar"), ("aria-label", "Node actions")])
        .on("keydown", |event: KeyboardEvent| move_in_toolbar(&event))
        .child(form_button(bar, Form::Taint, "taint").text("Taint"))
        .child(form_button(bar, Form::Label, "label").text("Label"))
        .child(act_button(session, bar, "cordon", "O", cordon).live_text(cordon_name))
        .child(drain_button(session, bar, &name))
        .child(
            act_button(session, bar, "silence", "H", kubelet)
                .live("title", kubelet_note)
                .live_text(kubelet_name),
        )
        .child(act_button(session, bar, "trash", "Delete", delete).text("Delete"))
        .when(move || session.selected_set.read().is_some(), move || why_button(session, has_pod))
        .child(form_button(bar, Form::More, "more").attr("title", "More").child(sr("More")));
    // Where nobody has an Escape key.
    let let_go = el("button", "icon-button actions__close")
        .attrs(&[("aria-label", "Let go of the node")])
        .on_click(move || drop(session.perform(Command::SelectNode(None))))
        .child(icon("close"));
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
        .child(let_go)
        .part(move || form().into_iter().collect());
    // Runs after the form has come into the page, because it was asked for after it.
    watch(move || {
        if bar.open.get().is_some() {
            focus(FIRST);
        }
    });
    area
}

/// Asks in the drawer, where there is room for the answer.
fn why_button(session: Session, has_pod: Memo<bool>) -> Element {
    el("button", "button button--bare")
        .attr("aria-keyshortcuts", "W")
        .on_click(move || session.hints.ask_node(session, None))
        .child(icon("question"))
        .live_text(move || if has_pod.get() { "Why?" } else { "Why not?" })
}

fn sr(text: &str) -> Element {
    el("span", "sr").text(text)
}

fn form_button(bar: Bar, form: Form, sign: &str) -> Element {
    let is_open = move || bar.open.get() == Some(form);
    el("button", "button button--bare")
        .attrs(&[("aria-keyshortcuts", form.key()), ("aria-haspopup", "dialog")])
        .live("aria-expanded", is_open)
        .on_click(move || bar.show((!untrack(is_open)).then_some(form)))
        .child(icon(sign))
}

/// A button that shows what it would do before it does it.
fn act_button(
    session: Session,
    bar: Bar,
    sign: &str,
    key: &str,
    input: Rc<dyn Fn() -> Input>,
) -> Element {
    let act = {
        let input = input.clone();
        move || {
            bar.open.set(None);
            if let Err(error) = bar.act(session, input()) {
                bar.error.set(Some(error));
            }
        }
    };
    let show = move || bar.announce(session, Some(&input()));
    let button = el("button", "button button--bare")
        .attr("aria-keyshortcuts", key)
        .on_click(act)
        .child(icon(sign));
    with_preview(button, Rc::new(show), Rc::new(move || bar.preview.set(None)))
}

/// Drains as is usual. Where kubectl refuses that, the form says so in its words and offers the
/// options; the node is cordoned then, as it is in a terminal.
fn drain_button(session: Session, bar: Bar, name: &Name) -> Element {
    let node = name.clone();
    let input = move || Input::Drain { node: node.clone(), options: USUAL_DRAIN };
    let node = name.clone();
    let refused = move || session.drain_preview(&node, USUAL_DRAIN).refusal.is_some();
    let button = act_button(session, bar, "drain", "D", Rc::new(input)).text("Drain");
    let is_open = move || (bar.open.get() == Some(Form::Drain)).then_some("true");
    button.live("aria-expanded", is_open).on_click(move || {
        if refused() {
            bar.drain.set(USUAL_DRAIN);
            bar.show(Some(Form::Drain));
        }
    })
}

/// The form's rules are the core's: this only says which of them to ask.
#[inline(never)]
fn open_form(session: Session, bar: Bar, form: Form, name: &Name) -> Element {
    let (title, word, hint, endings): (_, _, _, &[_]) = match form {
        Form::Drain => return drain::drain_form(session, bar, name),
        Form::More => return more::more_form(session, bar, name),
        Form::Taint => (format!("Taints of {name}"), "Taint", "key=value:Effect", &EFFECTS),
        Form::Label => (format!("Labels of {name}"), "Label", "key=value", &[]),
    };
    let node = name.clone();
    let parse = move |text: &str| match form {
        Form::Taint => parse_taint(text).map(|taint| {
            let Taint { key, value, effect, .. } = taint;
            Input::TaintNode { node: node.clone(), key, value, effect }
        }),
        _ => parse_label(text).map(|(key, value)| {
            let node = node.clone();
            Input::LabelNode { node, key, value }
        }),
    };
    let (name, node_name) = (name.clone(), name.clone());
    let entries = move || match (form, node_of(session)) {
        (_, None) => Vec::new(),
        (Form::Taint, Some(node)) => taint_entries(&name, &node),
        (_, Some(node)) => label_entries(&name, &node),
    };
    let form_panel = panel(bar, form, &title);
    // Until something is typed, the line is what is asked for.
    let template = format!("kubectl {} node {node_name} {hint}", word.to_ascii_lowercase());
    bar.preview.set(Some(template.clone()));
    node_form(
        form_panel,
        NodeForm {
            word,
            hint,
            endings,
            entries: Box::new(entries),
            parse: Rc::new(parse),
            on_preview: Rc::new(move |input| match input {
                Some(_) => bar.announce(session, input),
                None => bar.preview.set(Some(template.clone())),
            }),
            on_act: Rc::new(move |input| bar.act(session, input)),
            on_close: Rc::new(move || bar.close(form)),
        },
    )
}

fn taint_entries(name: &Name, node: &NodeView) -> Vec<Entry> {
    let entry = |taint: &daemonset_core::playground::view::TaintView| {
        // The text of a taint is what kubectl reads, so its effect need not be spelled out again.
        let effect = parse_taint(&taint.text).ok().map(|taint| taint.effect);
        let remove = Input::UntaintNode { node: name.clone(), key: taint.key.clone(), effect };
        let (text, shown) = (taint.text.to_string(), Some(taint.effect));
        Entry { text, quiet: false, effect: shown, remove }
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
        Entry { text, quiet: label.well_known, effect: None, remove }
    };
    labels.into_iter().map(entry).collect()
}

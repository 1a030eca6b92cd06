//! What can be done to the selected node, and the command line that equals it.
//!
//! The bar keeps its place when nothing is selected, so that choosing a node moves no card.

pub mod form;

use daemonset_core::api::{Name, Taint};
use daemonset_core::kubectl::{parse_label, parse_taint};
use daemonset_core::playground::view::NodeView;
use daemonset_core::sim::Input;
use leptos::{ev::KeyboardEvent, prelude::*};

use super::command::Command;
use super::command_line::CommandLine;
use super::icon::Icon;
use super::keyboard::{focus, move_in_toolbar};
use super::session::Session;
use form::{Entry, NodeForm, Parsed};

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
#[component]
pub fn NodeActions() -> impl IntoView {
    let session = expect_context::<Session>();
    let bar =
        Bar { open: RwSignal::new(None), preview: RwSignal::new(None), error: RwSignal::new(None) };
    let name = session.selected_node;
    let node = Memo::new(move |_| {
        let row = session.row_named(&name.get()?)?;
        Some(row.node.get()).filter(|node| node.exists)
    });
    // Another node, another conversation.
    Effect::new(move |_| {
        name.track();
        bar.open.set(None);
        bar.preview.set(None);
        bar.error.set(None);
    });
    let last = Memo::new(move |_| session.done.read().last().map(|done| done.line.clone()));
    let line = Memo::new(move |_| bar.preview.get().or_else(|| last.get()));
    let exists = Memo::new(move |_| node.read().is_some());
    let reason = Memo::new(move |_| {
        let node = node.read();
        session.selected_set.get()?;
        node.as_ref()?.wanted.as_ref().err().map(|reason| format!("No pod: {reason}"))
    });
    view! {
        <div class="actions" data-active=move || name.get().is_some().to_string()>
            {move || match (name.get(), exists.get()) {
                (Some(name), true) => view! { <Tools name node bar /> }.into_any(),
                (Some(name), false) => view! { <Gone name /> }.into_any(),
                (None, _) => view! { <Hint /> }.into_any(),
            }}
            {move || reason.get().filter(|_| bar.error.get().is_none()).map(|reason| view! {
                <span class="actions__reason" title=reason.clone()>{reason.clone()}</span>
            })}
            {move || bar.error.get().map(|error| view! {
                <span class="actions__error" role="alert">{error}</span>
            })}
            {move || line.get().is_some().then(|| view! {
                <CommandLine
                    line=Signal::derive(move || line.get().unwrap_or_default())
                    preview=Signal::derive(move || bar.preview.get().is_some())
                />
            })}
        </div>
    }
}

#[component]
fn Hint() -> impl IntoView {
    view! {
        <p class="actions__hint">"Select a node to taint, label, cordon or delete it."</p>
    }
}

#[component]
fn Gone(name: Name) -> impl IntoView {
    let session = expect_context::<Session>();
    view! {
        <span class="actions__who">{name.to_string()}</span>
        <p class="actions__hint">"is deleted."</p>
        <button
            class="button button--bare"
            on:click=move |_| drop(session.perform(Command::SelectNode(None)))
        >
            "Dismiss"
        </button>
    }
}

#[component]
fn Tools(name: Name, node: Memo<Option<NodeView>>, bar: Bar) -> impl IntoView {
    let session = expect_context::<Session>();
    let cordoned = Memo::new(move |_| node.read().as_ref().is_some_and(|node| node.cordoned));
    let cordon = {
        let name = name.clone();
        move || match cordoned.get_untracked() {
            true => Input::Uncordon { node: name.clone() },
            false => Input::Cordon { node: name.clone() },
        }
    };
    let delete = {
        let name = name.clone();
        move || Input::DeleteNode { node: name.clone() }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(form) = bar.open.get_untracked()
        {
            event.prevent_default();
            bar.close(form);
        }
    };
    let do_it = Callback::new(move |input: Input| {
        if let Err(error) = bar.act(session, input) {
            bar.error.set(Some(error));
        }
    });
    let cordon_name = Signal::derive(move || if cordoned.get() { "Uncordon" } else { "Cordon" });
    view! {
        <div class="actions__area" on:keydown=on_key>
            <span class="actions__who">{name.to_string()}</span>
            <div
                class="actions__tools"
                role="toolbar"
                aria-label="Node actions"
                on:keydown=|event| move_in_toolbar(&event)
            >
                <FormButton form=Form::Taint id="action-taint" name="Taint" icon="taint" bar />
                <FormButton form=Form::Label id="action-label" name="Label" icon="label" bar />
                <ActButton name=cordon_name icon="cordon" input=cordon bar do_it />
                <ActButton name="Delete" icon="trash" input=delete bar do_it />
            </div>
            {move || bar.open.get().map(|form| view! {
                <OpenForm form name=name.clone() node bar />
            })}
        </div>
    }
}

#[component]
fn FormButton(
    form: Form,
    id: &'static str,
    name: &'static str,
    icon: &'static str,
    bar: Bar,
) -> impl IntoView {
    let is_open = move || bar.open.get() == Some(form);
    let toggle = move |_| {
        bar.error.set(None);
        bar.preview.set(None);
        bar.open.set((!is_open()).then_some(form));
    };
    view! {
        <button
            class="button button--bare"
            id=id
            aria-haspopup="dialog"
            aria-expanded=move || is_open().to_string()
            on:click=toggle
        >
            <Icon name=icon />
            {name}
        </button>
    }
}

#[component]
fn ActButton(
    #[prop(into)] name: Signal<&'static str>,
    icon: &'static str,
    input: impl Fn() -> Input + Clone + 'static,
    bar: Bar,
    do_it: Callback<Input>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let show = {
        let input = input.clone();
        move || bar.preview.set(session.line_of(&input()))
    };
    let hide = move || bar.preview.set(None);
    let (show_on_focus, act) = (show.clone(), move |_| do_it.run(input()));
    view! {
        <button
            class="button button--bare"
            on:click=act
            on:mouseenter=move |_| show()
            on:mouseleave=move |_| hide()
            on:focus=move |_| show_on_focus()
            on:blur=move |_| hide()
        >
            <Icon name=icon />
            {name}
        </button>
    }
}

/// The form's rules are the core's: this only says which of them to ask.
#[component]
fn OpenForm(form: Form, name: Name, node: Memo<Option<NodeView>>, bar: Bar) -> impl IntoView {
    let session = expect_context::<Session>();
    let (title, word, hint) = match form {
        Form::Taint => (format!("Taints of {name}"), "Taint", "key=value:Effect"),
        Form::Label => (format!("Labels of {name}"), "Label", "key=value"),
    };
    let entries = {
        let name = name.clone();
        Memo::new(move |_| match (form, node.get()) {
            (_, None) => Vec::new(),
            (Form::Taint, Some(node)) => taint_entries(&name, &node),
            (Form::Label, Some(node)) => label_entries(&name, &node),
        })
    };
    let parse: Parsed = Callback::new(move |text: String| match form {
        Form::Taint => parse_taint(&text).map(|taint| {
            let Taint { key, value, effect, .. } = taint;
            Input::TaintNode { node: name.clone(), key, value, effect }
        }),
        Form::Label => parse_label(&text).map(|(key, value)| Input::LabelNode {
            node: name.clone(),
            key,
            value,
        }),
    });
    view! {
        <NodeForm
            title
            word
            hint
            entries
            parse
            on_preview=Callback::new(move |input: Option<Input>| {
                bar.preview.set(input.and_then(|input| session.line_of(&input)));
            })
            on_act=Callback::new(move |input: Input| bar.act(session, input))
            on_close=Callback::new(move |()| bar.close(form))
        />
    }
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

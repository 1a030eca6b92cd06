//! The form over the bar: what is there, each with a way to remove it, and one field to add more.

use daemonset_core::sim::Input;
use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::ui::icon::Icon;

/// What the field's text means, or what is wrong with it in kubectl's words.
pub type Parsed = Callback<String, Result<Input, String>>;

/// A taint or a label that is there.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As kubectl writes it.
    pub text: String,
    /// Set by the system: shown, but not in the foreground.
    pub quiet: bool,
    /// What removes it.
    pub remove: Input,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Takes the focus when it opens; whoever opened it gives the focus back in `on_close`.
#[component]
pub fn NodeForm(
    /// The form's name.
    title: String,
    /// The field's name.
    word: &'static str,
    /// The field's form.
    hint: &'static str,
    /// What is there now.
    #[prop(into)]
    entries: Signal<Vec<Entry>>,
    /// Reads the field.
    parse: Parsed,
    /// Told what the form would do, or that it would do nothing.
    on_preview: Callback<Option<Input>>,
    /// Does it.
    on_act: Callback<Input, Result<(), String>>,
    /// Called when the form is done.
    on_close: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| drop(field.focus()));
    let error = RwSignal::new(None::<String>);
    let act = Callback::new(move |input: Input| match on_act.run(input) {
        Ok(()) => on_close.run(()),
        Err(text) => error.set(Some(text)),
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(text) = field.get_untracked().map(|field| field.value()) else { return };
        match parse.run(text.trim().to_owned()) {
            Ok(input) => act.run(input),
            Err(text) => error.set(Some(text)),
        }
    };
    let label = title.clone();
    let typed = move |event| {
        error.set(None);
        on_preview.run(parse.run(event_target_value(&event).trim().to_owned()).ok());
    };
    view! {
        <div class="form" role="dialog" aria-label=label>
            <div class="form__head">
                <h3 class="form__title">{title}</h3>
                <button
                    class="icon-button icon-button--small"
                    aria-label="Close"
                    on:click=move |_| on_close.run(())
                >
                    <Icon name="close" small=true />
                </button>
            </div>
            <form class="form__row" on:submit=submit>
                <input
                    class="form__field"
                    type="text"
                    aria-label=word
                    aria-invalid=move || error.get().is_some().to_string()
                    placeholder=hint
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    node_ref=field
                    on:input=typed
                />
                <button class="button button--go" type="submit">"Add"</button>
            </form>
            {move || error.get().map(|text| view! {
                <p class="form__error" role="alert">{text}</p>
            })}
            <ul class="form__entries">
                <For
                    each=move || entries.get()
                    key=|entry| entry.text.clone()
                    children=move |entry| view! { <EntryRow entry on_preview act /> }
                />
            </ul>
        </div>
    }
}

#[component]
fn EntryRow(
    entry: Entry,
    on_preview: Callback<Option<Input>>,
    act: Callback<Input>,
) -> impl IntoView {
    let Entry { text, quiet, remove } = entry;
    let name = format!("Remove {text}");
    let show = {
        let remove = remove.clone();
        move || on_preview.run(Some(remove.clone()))
    };
    let show_on_focus = show.clone();
    view! {
        <li class="form__entry" data-quiet=quiet.to_string()>
            <code class="form__text" title=text.clone()>{text.clone()}</code>
            <button
                class="icon-button icon-button--small"
                aria-label=name.clone()
                title=name
                on:click=move |_| act.run(remove.clone())
                on:mouseenter=move |_| show()
                on:mouseleave=move |_| on_preview.run(None)
                on:focus=move |_| show_on_focus()
                on:blur=move |_| on_preview.run(None)
            >
                <Icon name="close" small=true />
            </button>
        </li>
    }
}

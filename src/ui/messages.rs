//! What there is to say about the manifest, each with the place it is about.

use daemonset_core::playground::{Message, Severity};
use leptos::prelude::*;

use super::icon::Icon;

/// The list. A message with a place is a button that goes there.
#[component]
pub fn Messages(
    /// What to say.
    #[prop(into)]
    messages: Signal<Vec<Message>>,
    /// Called with line and column, both from 1.
    on_jump: Callback<(u32, u32)>,
) -> impl IntoView {
    view! {
        <ul class="messages" role="status" aria-label="Messages">
            {move || messages.get().into_iter().map(|it| message_row(it, on_jump)).collect_view()}
        </ul>
    }
}

fn message_row(message: Message, on_jump: Callback<(u32, u32)>) -> impl IntoView {
    let (level, icon) = match message.severity {
        Severity::Error => ("error", "error"),
        Severity::Warning => ("warning", "warning"),
        Severity::Info => ("info", "check"),
    };
    let hint = message.suggestion.map(|text| view! { <span class="message__hint">{text}</span> });
    let body = match message.line {
        Some(line) => {
            let column = message.column.unwrap_or(1);
            view! {
                <button class="message__go" on:click=move |_| on_jump.run((line, column))>
                    <span class="message__where">{format!("line {line}, column {column}")}</span>
                    ": "
                    {message.text}
                    {hint}
                </button>
            }
            .into_any()
        }
        None => view! { <span class="message__text">{message.text}{hint}</span> }.into_any(),
    };
    view! { <li class="message" data-level=level><Icon name=icon />{body}</li> }
}

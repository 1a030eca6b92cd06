//! A command line that can be copied.

use leptos::prelude::*;

use super::browser::copy;
use super::icon::Icon;

/// The line, cut where there is no room, and a button that copies all of it.
#[component]
pub fn CommandLine(
    /// The line without a prompt.
    #[prop(into)]
    line: Signal<String>,
    /// Whether it is only what a control would do.
    #[prop(into)]
    preview: Signal<bool>,
) -> impl IntoView {
    let copied = RwSignal::new(None::<String>);
    let is_copied = move || copied.get().as_ref() == Some(&*line.read());
    let on_copy = move |_| {
        let text = line.get_untracked();
        copy(&text);
        copied.set(Some(text));
    };
    view! {
        <span class="command" data-preview=move || preview.get().to_string()>
            <code class="command__line" title=line>
                <span class="command__prompt" aria-hidden="true">"$ "</span>
                {line}
            </code>
            <button
                class="icon-button icon-button--small"
                aria-label=move || if is_copied() { "Copied" } else { "Copy command" }
                title=move || if is_copied() { "Copied" } else { "Copy command" }
                on:click=on_copy
            >
                <Icon
                    name=Signal::derive(move || if is_copied() { "check" } else { "copy" })
                    small=true
                />
            </button>
        </span>
    }
}

//! The list of keys, and the switch that turns single letters off.

use leptos::{html, prelude::*};

use super::Page;
use super::icon::Icon;
use super::keyboard::{letters_enabled, set_letters_enabled};

const KEYS: [(&[&str], &str); 10] = [
    (&["Space"], "Play or pause"),
    (&["."], "Step to the next change (also →)"),
    (&["1", "…", "5"], "Speed: ½× to 60×"),
    (&["E"], "Edit the manifest"),
    (&["Ctrl ↵"], "Apply (⌘ ↵ on a Mac)"),
    (&["Esc", "Tab"], "Leave the manifest by keyboard"),
    (&["N"], "Add a worker node"),
    (&["←", "↑", "→", "↓"], "Move between nodes"),
    (&["↵"], "Select the node"),
    (&["Esc"], "Close a form, let go of the node"),
];

/// A real dialog: the browser keeps the focus inside and gives it back.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let page = expect_context::<Page>();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = page.keys_open.get();
        let Some(dialog) = dialog.get() else { return };
        if wanted && !dialog.open() {
            let _ = dialog.show_modal();
        }
    });
    let letters = RwSignal::new(letters_enabled());
    let toggle = move |event| {
        let enabled = event_target_checked(&event);
        set_letters_enabled(enabled);
        letters.set(enabled);
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog
            class="keys"
            aria-labelledby="keys-title"
            node_ref=dialog
            on:close=move |_| page.keys_open.set(false)
        >
            <div class="keys__head">
                <h2 id="keys-title">"Keyboard"</h2>
                <button class="icon-button" aria-label="Close" on:click=close>
                    <Icon name="close" />
                </button>
            </div>
            <dl class="keys__list">{KEYS.map(key_row).collect_view()}</dl>
            <label class="keys__switch">
                <input type="checkbox" prop:checked=letters on:change=toggle />
                "Single keys act outside text fields"
            </label>
        </dialog>
    }
}

fn key_row((keys, meaning): (&'static [&'static str], &'static str)) -> impl IntoView {
    let keys = keys.iter().map(|key| view! { <kbd class="key">{*key}</kbd> }).collect_view();
    view! { <div class="keys__row"><dt>{keys}</dt><dd>{meaning}</dd></div> }
}

//! What was done, as the command lines that equal it.

use leptos::prelude::*;

use super::command_line::CommandLine;
use super::session::Session;

/// Rows kept on the page.
const ROW_COUNT_MAX: usize = 100;

/// Newest first.
#[component]
pub fn CommandLog() -> impl IntoView {
    let session = expect_context::<Session>();
    let rows = Memo::new(move |_| {
        session.done.read().iter().rev().take(ROW_COUNT_MAX).cloned().collect::<Vec<_>>()
    });
    let empty = move || rows.read().is_empty();
    view! {
        <section class="command-log" aria-label="What you did">
            <h3 class="command-log__title">"What you did"</h3>
            {move || empty().then(|| view! {
                <p class="command-log__hint">
                    "Each action appears here as the kubectl line that equals it."
                </p>
            })}
            <ol class="command-log__rows">
                <For each=move || rows.get() key=|row| row.id let(row)>
                    <li><CommandLine line=row.line preview=false /></li>
                </For>
            </ol>
        </section>
    }
}

//! The cluster's events, newest first.

use daemonset_core::playground::view::EventView;
use leptos::prelude::*;

use super::icon::Icon;
use super::session::Session;
use super::text::clock;

/// The list. A row is written again when its event is seen again.
#[component]
pub fn Events() -> impl IntoView {
    let session = expect_context::<Session>();
    let empty = move || session.events.read().is_empty();
    view! {
        <ol class="events">
            <For
                each=move || session.events.get()
                key=|event| (event.id, event.count)
                children=row
            />
        </ol>
        {move || empty().then(|| view! {
            <p class="events__none">"Nothing has happened yet. Press Play, or step forward."</p>
        })}
    }
}

fn row(event: EventView) -> impl IntoView {
    let warning = event.kind == "Warning";
    let count = (event.count > 1).then(|| format!("×{}", event.count));
    view! {
        <li class="event" data-type=event.kind>
            <time class="event__time">{clock(event.last)}</time>
            <span class="event__type" title=event.kind>
                <Icon name=if warning { "warning" } else { "dot" } small=true />
                <span class="sr">{event.kind}</span>
            </span>
            <span class="event__reason">{event.reason}</span>
            <code class="event__object" title=event.object.clone()>{event.object.clone()}</code>
            <span class="event__message" title=event.message.clone()>{event.message.clone()}</span>
            <span class="event__count">{count}</span>
            <span class="event__source">{event.source}</span>
        </li>
    }
}

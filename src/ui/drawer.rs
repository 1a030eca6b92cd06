//! The drawer under the stage: what happened, and what was done.

use leptos::prelude::*;

use super::browser::matches;
use super::command_log::CommandLog;
use super::events::Events;
use super::icon::Icon;
use super::session::Session;

/// Below this height the drawer starts as a rail and opens over the stage.
const ROOMY: &str = "(min-height: 840px), (max-width: 699px)";

/// One tab so far.
#[component]
pub fn Drawer() -> impl IntoView {
    let session = expect_context::<Session>();
    let open = RwSignal::new(matches(ROOMY));
    let count = Memo::new(move |_| session.events.read().len());
    let toggle_name = move || if open.get() { "Collapse the drawer" } else { "Open the drawer" };
    view! {
        <section class="drawer" aria-label="Details" data-open=move || open.get().to_string()>
            <div class="drawer__bar">
                <div class="drawer__tabs" role="tablist" aria-label="Details">
                    <button
                        class="tab"
                        role="tab"
                        id="tab-events"
                        aria-label="Events"
                        aria-controls="drawer-panel"
                        aria-selected="true"
                        on:click=move |_| open.set(true)
                    >
                        "Events"
                        <span class="tab__count">{count}</span>
                    </button>
                </div>
                <button
                    class="icon-button icon-button--small drawer__toggle"
                    aria-label=toggle_name
                    title=toggle_name
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <Icon name="chevron" />
                </button>
            </div>
            <div class="drawer__body">
                <div
                    class="drawer__panel"
                    role="tabpanel"
                    id="drawer-panel"
                    aria-labelledby="tab-events"
                    tabindex="0"
                >
                    <Events />
                </div>
                <CommandLog />
            </div>
        </section>
    }
}

//! The top bar: what the page is about, and the flow of time.

use leptos::prelude::*;

use super::command::Command;
use super::icon::Icon;
use super::pace::SPEEDS;
use super::session::Session;
use super::text::clock;
use super::theme::ThemeSwitch;
use super::{Page, View};

/// Brand, DaemonSet, transport, page controls.
#[component]
pub fn TopBar() -> impl IntoView {
    let page = expect_context::<Page>();
    let editing = move || page.view.get() == View::Manifest;
    let toggle_editor = move |_| {
        if editing() { page.view.set(View::Cluster) } else { page.edit() }
    };
    view! {
        <header class="top-bar">
            <div class="top-bar__start">
                <Brand />
                <i class="top-bar__rule"></i>
                <DaemonSetPicker />
            </div>
            <Transport />
            <div class="top-bar__end">
                <button
                    class="button button--bare top-bar__edit"
                    aria-pressed=move || editing().to_string()
                    on:click=toggle_editor
                >
                    "Manifest"
                </button>
                <button
                    class="icon-button top-bar__keys"
                    aria-label="Keyboard shortcuts"
                    title="Keyboard shortcuts"
                    on:click=move |_| page.keys_open.set(true)
                >
                    <Icon name="keys" />
                </button>
                <ThemeSwitch />
            </div>
        </header>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="./" aria-label="DaemonSet Playground">
            <svg class="brand__mark" viewBox="0 0 20 20" aria-hidden="true">
                <use href="#i-brand"></use>
            </svg>
            <span class="brand__name">"DaemonSet"</span>
            <span class="brand__kind">"Playground"</span>
        </a>
    }
}

/// A choice only where there is one; a name where there is one DaemonSet.
#[component]
fn DaemonSetPicker() -> impl IntoView {
    let session = expect_context::<Session>();
    let keys = Memo::new(move |_| {
        session.daemon_sets.read().iter().map(|set| set.key.clone()).collect::<Vec<_>>()
    });
    let choose = move |event| {
        session.perform(Command::SelectDaemonSet(event_target_value(&event).into()));
    };
    let options = move || {
        let selected = session.selected_set.get();
        keys.get()
            .into_iter()
            .map(|key| {
                let chosen = selected.as_ref() == Some(&key);
                let key = key.to_string();
                view! { <option value=key.clone() prop:selected=chosen>{key.clone()}</option> }
            })
            .collect_view()
    };
    move || match keys.get().as_slice() {
        [] => view! { <span class="picker__none">"No DaemonSet"</span> }.into_any(),
        [only] => view! {
            <span class="picker__only">
                <span class="picker__kind">"DaemonSet"</span>
                {only.to_string()}
            </span>
        }
        .into_any(),
        _ => view! {
            <label class="picker">
                <span class="picker__kind">"DaemonSet"</span>
                <select class="picker__select" aria-label="DaemonSet" on:change=choose>
                    {options}
                </select>
                <Icon name="chevron" />
            </label>
        }
        .into_any(),
    }
}

#[component]
fn Transport() -> impl IntoView {
    let session = expect_context::<Session>();
    let playing = session.playing;
    let name = move || if playing.get() { "Pause" } else { "Play" };
    view! {
        <div class="transport" role="group" aria-label="Simulation time">
            <button
                class="icon-button transport__play"
                aria-label=name
                title=move || format!("{} (Space)", name())
                on:click=move |_| drop(session.perform(Command::TogglePlay))
            >
                <Icon name=Signal::derive(move || if playing.get() { "pause" } else { "play" }) />
            </button>
            <button
                class="icon-button"
                aria-label="Step forward"
                title="Step to the next change (.)"
                on:click=move |_| drop(session.perform(Command::StepForward))
            >
                <Icon name="next" />
            </button>
            <Clock />
            <SpeedChoice />
            <button
                class="icon-button"
                aria-label="Reset"
                title="Reset: open the cluster again"
                on:click=move |_| drop(session.perform(Command::Reset(None)))
            >
                <Icon name="reset" />
            </button>
        </div>
    }
}

#[component]
fn Clock() -> impl IntoView {
    let session = expect_context::<Session>();
    let time = Memo::new(move |_| clock(session.now.get()));
    view! {
        <output class="transport__clock" aria-label="Simulated time" aria-live="off">{time}</output>
    }
}

#[component]
fn SpeedChoice() -> impl IntoView {
    let session = expect_context::<Session>();
    let choice = move |(factor, name): (f64, &'static str)| {
        let chosen = move || session.speed.get() == factor;
        view! {
            <label class="segments__item">
                <input
                    class="segments__input"
                    type="radio"
                    name="speed"
                    aria-label=name
                    prop:checked=chosen
                    on:change=move |_| drop(session.perform(Command::SetSpeed(factor)))
                />
                <span aria-hidden="true">{name}</span>
            </label>
        }
    };
    let shortfall = move || {
        session.reached.get().map(|reached| {
            let wanted = session.speed.get();
            let text = format!("{wanted}× → {reached:.0}×");
            view! { <span class="transport__reached" role="status">{text}</span> }
        })
    };
    view! {
        <div class="segments" role="radiogroup" aria-label="Speed">
            {SPEEDS.map(choice).collect_view()}
        </div>
        {shortfall}
    }
}

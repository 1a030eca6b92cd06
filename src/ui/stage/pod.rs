//! A pod token. Shape and motion say what the pod does, colour and numeral which revision it runs.
//!
//! The element lives as long as the pod: every state is an attribute, so that CSS can move from
//! one to the next.

use daemonset_core::api::Time;
use daemonset_core::playground::view::{PodState, PodView};
use leptos::prelude::*;

use crate::ui::text::{pod_label, revision_step};

/// The token of one pod.
#[component]
pub fn Pod(
    /// The pod, in whatever state it is.
    #[prop(into)]
    pod: Signal<PodView>,
    /// Whether it belongs to the DaemonSet that the page is about; others are small discs.
    #[prop(into)]
    own: Signal<bool>,
    /// Virtual time, which drives the ring.
    #[prop(into)]
    now: Signal<Time>,
    /// Whether births and readiness are slow enough to be seen.
    #[prop(into)]
    lively: Signal<bool>,
) -> impl IntoView {
    let state = Memo::new(move |_| pod.read().state);
    let progress = Memo::new(move |_| progress(&pod.read(), now));
    let motion = Memo::new(move |last: Option<&(PodState, Option<&'static str>)>| {
        let state = state.get();
        let lively = lively.get_untracked();
        let motion = match last {
            None if state == PodState::Leaving => None,
            None => Some("born"),
            Some((_, motion)) if !became_ready(last, state) => *motion,
            Some(_) => Some("ready"),
        };
        (state, motion.filter(|_| lively))
    });
    let label = move || pod_label(&pod.read());
    let failed = move || state.get() == PodState::Failed;
    view! {
        <span
            class="pod"
            role="img"
            aria-label=label
            title=label
            data-pod=move || pod.read().name.to_string()
            data-owner=move || pod.read().owner.as_deref().map(str::to_owned)
            data-node-name=move || pod.read().node.as_deref().map(str::to_owned)
            data-revision=move || pod.read().revision
            data-rev=move || revision_step(pod.read().revision)
            data-state=move || state.get().word()
            data-own=move || own.get().to_string()
            data-anim=move || motion.get().1
            style=("--p", move || format!("{:.2}", progress.get() as f64 / 100.0))
        >
            <b aria-hidden="true">{move || pod.read().revision}</b>
            {move || failed().then(|| view! { <Cross /> })}
        </span>
    }
}

/// A ready token that stands for a revision: in the legend, in the plan.
#[component]
pub fn RevisionToken(
    /// The revision.
    number: i64,
    /// `pod--legend` or `pod--small`.
    class: &'static str,
) -> impl IntoView {
    view! {
        <span
            class=format!("pod {class}")
            role="img"
            aria-label=format!("revision {number}")
            data-rev=revision_step(number)
            data-state="ready"
        >
            <b aria-hidden="true">{number}</b>
        </span>
    }
}

#[component]
fn Cross() -> impl IntoView {
    view! {
        <svg class="pod__cross" viewBox="0 0 12 12" aria-hidden="true">
            <path d="m2 2 8 8M10 2l-8 8"></path>
        </svg>
    }
}

/// Percent of the present state that is over. Time is read only where a state has an end, so a
/// pod at rest is woken by nothing.
fn progress(pod: &PodView, now: Signal<Time>) -> i64 {
    let Some(until) = pod.until else { return 0 };
    let length = (until.0 - pod.since.0).max(1);
    ((now.get().0 - pod.since.0) * 100 / length).clamp(0, 100)
}

fn became_ready(last: Option<&(PodState, Option<&'static str>)>, state: PodState) -> bool {
    let was = last.map(|(state, _)| *state);
    state == PodState::Ready && was != Some(PodState::Ready)
}

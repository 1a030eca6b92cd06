//! A pod token. Shape and motion say what the pod does, colour and numeral which revision it runs.
//!
//! The element lives as long as the pod: every state is an attribute, so that CSS can move from
//! one to the next.

use std::rc::Rc;

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::view::{NodeView, PodState, PodView};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::HtmlElement;

use super::foreseen::{Foreseen, is_lost};
use super::node::Surroundings;
use crate::ui::browser::matches;
use crate::ui::dom::{Element, Leave, el, svg};
use crate::ui::text::{fraction, is_owned_by, pod_label, revision_step};

/// The token of one pod of a node; those that do not belong to the DaemonSet that the page is about
/// are small discs.
pub fn pod(
    node: RwSignal<NodeView>,
    uid: u64,
    around: &Surroundings,
    foreseen: Option<Foreseen>,
) -> Element {
    let Surroundings { daemon_set, now, lively, .. } = around.clone();
    let mut last = None::<(PodState, Option<&'static str>)>;
    let revision = move || find(&node.read(), uid).map(|pod| pod.revision.to_string());
    let failed = move || find(&node.read(), uid).is_some_and(|it| it.state == PodState::Failed);
    el("span", "pod")
        .attr("role", "img")
        .paint(move |it| {
            let node = node.read();
            // A pod that is gone keeps its looks until its row is taken away.
            let Some(pod) = find(&node, uid) else { return };
            let motion = match last {
                Some((state, motion)) if state == pod.state => motion,
                _ => motion(last, pod.state).filter(|_| untrack(|| lively())),
            };
            last = Some((pod.state, motion));
            let text = |name: &Option<Name>| name.as_deref().map(str::to_owned);
            let label = pod_label(pod);
            it.set("aria-label", label.clone());
            it.set("title", label);
            it.set("data-pod", pod.name.to_string());
            it.set("data-owner", text(&pod.owner));
            it.set("data-node-name", text(&pod.node));
            it.set("data-revision", pod.revision.to_string());
            it.set("data-rev", revision_step(pod.revision).to_string());
            let is_own = is_owned_by(pod, daemon_set.read().as_ref());
            let is_lost = is_own && foreseen.is_some_and(is_lost);
            it.set("data-state", if is_lost { "loss" } else { pod.state.word() });
            it.set("data-own", is_own);
            it.set("data-anim", motion);
            it.style("--p", fraction(progress(pod, now) * 10));
        })
        .child(el("b", "").attr("aria-hidden", "true").live_text(revision))
        .when(failed, cross)
}

/// How long a token takes to go, as `--t-token` says.
const GOING_MS: u32 = 420;

/// Lets a token shrink away where it stood, if short motions are worth showing. What is going is no
/// pod any more.
pub fn going(lively: Rc<dyn Fn() -> bool>) -> Leave {
    Rc::new(move |element| {
        if !untrack(|| lively()) || matches("(prefers-reduced-motion: reduce)") {
            return element.remove();
        }
        let html: HtmlElement = element.cast();
        for name in ["data-pod", "data-owner", "data-node-name", "role", "aria-label", "title"] {
            let _ = html.remove_attribute(name);
        }
        let element = element
            .style("--x", &format!("{}px", html.offset_left()))
            .style("--y", &format!("{}px", html.offset_top()))
            .attrs(&[("aria-hidden", "true"), ("data-anim", "gone")]);
        Timeout::new(GOING_MS, move || element.remove()).forget();
    })
}

/// A ready token that stands for a revision, in the legend (`pod--legend`) or in the plan
/// (`pod--small`).
pub fn revision_token(number: i64, class: &str) -> Element {
    el("span", &format!("pod {class}"))
        .attrs(&[("role", "img"), ("data-state", "ready")])
        .attr("aria-label", &format!("revision {number}"))
        .attr("data-rev", &revision_step(number).to_string())
        .child(el("b", "").attr("aria-hidden", "true").text(&number.to_string()))
}

/// A pod of a node by its identity.
pub fn find(node: &NodeView, uid: u64) -> Option<&PodView> {
    node.pods.iter().find(|pod| pod.uid == uid)
}

/// What stands in the notch of a pod that has failed.
pub fn cross() -> Element {
    svg("svg", "pod__cross")
        .attrs(&[("viewBox", "0 0 12 12"), ("aria-hidden", "true")])
        .child(svg("path", "").attr("d", "m2 2 8 8M10 2l-8 8"))
}

/// Percent of the present state that is over. Time is read only where a state has an end, so a
/// pod at rest is woken by nothing.
fn progress(pod: &PodView, now: RwSignal<Time>) -> i64 {
    let Some(until) = pod.until else { return 0 };
    let length = (until.0 - pod.since.0).max(1);
    ((now.get().0 - pod.since.0) * 100 / length).clamp(0, 100)
}

/// How a token moves into a state.
fn motion(last: Option<(PodState, Option<&'static str>)>, state: PodState) -> Option<&'static str> {
    match last {
        None if state == PodState::Leaving => None,
        None => Some("born"),
        Some(_) if state == PodState::Ready => Some("ready"),
        Some((_, motion)) => motion,
    }
}

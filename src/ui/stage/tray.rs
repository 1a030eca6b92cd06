//! Pods that no node has yet, with the scheduler's reason.

use daemonset_core::playground::view::PodView;
use leptos::prelude::*;

use super::node::Surroundings;
use super::pod::pod;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::session::Session;
use crate::ui::text::count;

/// Tokens of one reason; more are counted.
const TOKENS_MAX: usize = 12;

/// Under the pools, as long as there are such pods.
pub fn tray(session: Session, around: Surroundings) -> Element {
    let tray = session.tray;
    let number = memo(move || u32::try_from(tray.read().pods.len()).unwrap_or(u32::MAX));
    let groups = move || {
        let row = |reason: String| {
            let around = around.clone();
            Row::new(reason.clone(), move || group(session, &reason, &around))
        };
        reasons(&tray.read().pods).into_iter().map(row).collect()
    };
    let head = el("div", "tray__head")
        .child(el("h2", "pool__title").text("Unscheduled"))
        .child(el("span", "pool__count").live_text(move || count(number.get(), "pod")));
    el("section", "tray")
        .attr("aria-label", "Unscheduled pods")
        .live("hidden", move || (number.get() == 0).then_some(""))
        .child(head)
        .child(el("ul", "tray__groups").list(groups))
}

fn group(session: Session, reason: &str, around: &Surroundings) -> Element {
    let tray = session.tray;
    let (this, around) = (reason.to_owned(), around.clone());
    let same = move |it: &&PodView| reason_of(it) == this;
    let (shown, counted) = (same.clone(), same);
    let tokens = move || {
        let row = |it: &PodView| {
            let (uid, around) = (it.uid, around.clone());
            Row::new(uid, move || pod(tray, uid, &around, None))
        };
        tray.read().pods.iter().filter(&shown).take(TOKENS_MAX).map(row).collect()
    };
    let names = move || {
        let tray = tray.read();
        let mut pods = tray.pods.iter().filter(&counted);
        let first = pods.next()?.name.to_string();
        Some(match pods.count() {
            0 => first,
            others => format!("{first} and {others} more"),
        })
    };
    el("li", "tray__group")
        .child(el("span", "tray__tokens").list(tokens))
        .child(el("code", "tray__names").live_text(names))
        .child(el("span", "tray__reason").attr("title", reason).text(reason))
}

/// The reasons in the order of their first pods.
fn reasons(pods: &[PodView]) -> Vec<String> {
    let mut reasons = Vec::new();
    for reason in pods.iter().map(reason_of) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// What the scheduler wrote, else what the pod is doing.
fn reason_of(pod: &PodView) -> String {
    pod.unschedulable.as_ref().unwrap_or(&pod.phrase).to_string()
}

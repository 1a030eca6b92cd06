//! How far the DaemonSet is, in one sentence and one bar, and the buttons that move it on.

use daemonset_core::playground::view::DaemonSetView;
use daemonset_core::sim::{Cascade, Input};
use leptos::prelude::*;

use super::browser::is_apple;
use super::command::Command;
use super::dom::{Element, Row, el, memo};
use super::icon::{icon, small_icon};
use super::session::Session;
use super::stage::pod::revision_token;
use super::text::{fraction, revision_step};

const NOTHING: &str =
    "No DaemonSet is there. Apply the manifest to put one pod on every node that it wants.";

/// The card under the editor. `problem` says why Apply would be refused now.
pub fn plan_card(
    session: Session,
    problem: impl Fn() -> Option<String> + Copy + 'static,
    on_apply: impl Fn() + 'static,
) -> Element {
    let there = move || session.daemon_set.read().is_some();
    let sentence = move || match &*session.daemon_set.read() {
        Some(set) => set.sentence.clone(),
        None => NOTHING.to_owned(),
    };
    let apply = el("button", "button button--go")
        .attrs(&[("aria-label", "Apply"), ("aria-describedby", "plan-note")])
        .live("aria-disabled", move || problem().is_some())
        .on_click(on_apply)
        .text("Apply")
        .child(el("kbd", "key").text(if is_apple() { "⌘↵" } else { "Ctrl ↵" }));
    // Why Apply is off, or whether there is anything to apply.
    let note = move || {
        problem()
            .or_else(|| session.files.current.get().is_edited().then(|| "Not applied".to_owned()))
    };
    let foot = el("div", "plan__foot")
        .child(apply)
        .when(there, move || delete_button(session))
        .child(el("span", "plan__note").attr("id", "plan-note").live_text(note));
    el("section", "plan")
        .attr("aria-label", "Plan")
        .child(head(session))
        .child(el("p", "plan__sentence").live_text(sentence))
        .when(there, move || bar(session))
        .when(move || !session.stored.read().is_empty(), move || stored(session))
        .child(foot)
}

fn head(session: Session) -> Element {
    let title = move || match &*session.daemon_set.read() {
        Some(set) if set.rolling => "Rollout".to_owned(),
        Some(set) => set.name.to_string(),
        None => "Nothing applied".to_owned(),
    };
    let pair = memo(move || session.daemon_set.read().as_ref().and_then(rolling_pair));
    let pair = move || {
        let (old, new) = pair.get()?;
        let pair = el("span", "plan__pair")
            .child(revision_token(old, "pod--small"))
            .child(small_icon("arrow"))
            .child(revision_token(new, "pod--small"));
        Some(pair)
    };
    let state = move || session.daemon_set.read().as_ref().map(state);
    let tag = move || {
        el("span", "tag")
            .live("data-level", move || state().map(|(_, level)| level))
            .live_text(move || state().map(|(word, _)| word))
    };
    el("div", "plan__head")
        .child(el("h2", "").live_text(title))
        .part(move || pair().into_iter().collect())
        .when(move || state().is_some(), tag)
}

/// During a rollout: how many run the new revision. Otherwise: how many are available.
fn bar(session: Session) -> Element {
    let share = |set: &DaemonSetView| {
        let status = set.status;
        let done = if set.rolling { status.up_to_date } else { status.available };
        (done, status.desired, set.revisions.last().map_or(1, |it| revision_step(it.number)))
    };
    el("div", "plan__bar")
        .attrs(&[("role", "progressbar"), ("aria-label", "Progress"), ("aria-valuemin", "0")])
        .paint(move |it| {
            let set = session.daemon_set.read();
            let (done, all, step) = set.as_ref().map_or((0, 0, 1), share);
            it.set("aria-valuemax", all.max(1).to_string());
            it.set("aria-valuenow", done.to_string());
            it.set("aria-valuetext", format!("{done} of {all}"));
            it.set("data-rev", step.to_string());
            it.style("--p", fraction(i64::from(done) * 1000 / i64::from(all.max(1))));
        })
}

fn delete_button(session: Session) -> Element {
    let delete = move || {
        if let Some(set) = session.daemon_set.get_untracked() {
            session.perform(Command::Act(Input::Delete {
                resource: "daemonset".into(),
                namespace: set.namespace,
                name: set.name,
                cascade: Cascade::Background,
            }));
        }
    };
    el("button", "button button--line")
        .on_click(delete)
        .child(icon("trash"))
        .text("Delete DaemonSet")
}

fn stored(session: Session) -> Element {
    let title = move || match session.stored.read().len() {
        1 => "1 object stored, not simulated".to_owned(),
        count => format!("{count} objects stored, not simulated"),
    };
    let row = |object: &String| {
        let object = object.clone();
        Row::new(object.clone(), move || el("li", "").child(el("code", "").text(&object)))
    };
    let rows = move || session.stored.read().iter().map(row).collect();
    el("details", "stored")
        .child(el("summary", "stored__title").live_text(title))
        .child(el("ul", "stored__list").list(rows))
}

fn rolling_pair(set: &DaemonSetView) -> Option<(i64, i64)> {
    let (old, new) = (set.revisions.first()?.number, set.revisions.last()?.number);
    (set.rolling && old != new).then_some((old, new))
}

fn state(set: &DaemonSetView) -> (&'static str, &'static str) {
    let status = set.status;
    if set.rolling {
        ("rolling out", "plain")
    } else if status.available < status.desired {
        ("starting", "plain")
    } else if status.desired == 0 {
        ("no node wanted", "plain")
    } else {
        ("available", "ok")
    }
}

//! Beside the map: the rollout in a sentence, and the nodes that are not as they should be. At this
//! size the exceptions are the content, and no sum hides them.

use std::collections::BTreeMap;

use daemonset_core::api::Name;
use daemonset_core::playground::view::map::{Sign, Trouble};
use daemonset_core::playground::view::{DaemonSetView, PodState};
use leptos::prelude::*;

use crate::ui::Page;
use crate::ui::command::Command;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::icon::small_icon;
use crate::ui::sentence::sentence;
use crate::ui::session::Session;
use crate::ui::session::fleet::Group;
use crate::ui::text::{estimate, fraction, join_names, percent, revision_step};

/// Names that are told before the rest is counted.
const NAMES_MAX: usize = 3;

/// Nodes with the same trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exception {
    title: String,
    /// Word of the drawing (`failed`, `none`, `silent`, `cordoned`).
    sign: &'static str,
    names: String,
    count: usize,
}

/// The panel.
pub(super) fn exceptions(session: Session, page: Page) -> Element {
    let all = memo(move || {
        session.fleet.pulse.track();
        session.fleet.groups.track();
        read(session)
    });
    let rows = move || {
        let row = |it: &Exception| {
            let it = it.clone();
            Row::new((it.title.clone(), it.names.clone(), it.count), move || exception(page, &it))
        };
        all.read().1.iter().map(row).collect()
    };
    let total = move || match all.read().0 {
        0 => "none".to_owned(),
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    let list = el("section", "exceptions__part")
        .child(heading("Exceptions", total))
        .child(el("ul", "exceptions__list").list(rows))
        .when(
            move || all.read().0 == 0,
            || el("p", "exceptions__note").text("Every node is as it should be."),
        );
    el("aside", "exceptions")
        .attr("aria-label", "Rollout and exceptions")
        .child(rollout(session))
        .child(list)
        .child(shares(session))
}

fn heading(title: &str, note: impl Fn() -> String + 'static) -> Element {
    el("h3", "exceptions__title").text(title).child(el("small", "").live_text(note))
}

fn read(session: Session) -> (usize, Vec<Exception>) {
    let mut found = BTreeMap::<Trouble, (Vec<Name>, usize)>::new();
    let mut total = 0;
    session.fleet.with(|spots| {
        for spot in spots.iter().filter(|spot| !spot.cell.troubles.is_empty()) {
            total += 1;
            for trouble in &spot.cell.troubles {
                let (names, count) = found.entry(trouble.clone()).or_default();
                *count += 1;
                if names.len() < NAMES_MAX {
                    names.push(spot.name.clone());
                }
            }
        }
    });
    let exception = |(trouble, (names, count)): (Trouble, (Vec<Name>, usize))| Exception {
        title: trouble.title(),
        sign: match trouble {
            Trouble::Failed(_) | Trouble::Unschedulable => "failed",
            Trouble::NotReady => "silent",
            Trouble::Short(_) => "short",
            Trouble::NoPod(_) => "none",
            Trouble::Cordoned => "cordoned",
        },
        names: match count.checked_sub(names.len()) {
            Some(rest @ 1..) => {
                let names: Vec<&str> = names.iter().map(|name| &**name).collect();
                format!("{} and {rest} more", names.join(", "))
            }
            _ => join_names(&names),
        },
        count,
    };
    (total, found.into_iter().map(exception).collect())
}

/// A click greys every node that does not have it.
fn exception(page: Page, it: &Exception) -> Element {
    let search = match it.title.split_once(", ") {
        Some(_) => "no-pod".to_owned(),
        None => it.title.clone(),
    };
    let wanted = search.clone();
    let is_on = move || *page.filter.read() == wanted;
    let button = el("button", "exceptions__row")
        .live("aria-pressed", is_on.clone())
        .on_click(move || {
            let text = if untrack(&is_on) { String::new() } else { search.clone() };
            page.filter.set(text);
        })
        .child(
            el("i", "exceptions__sign").attrs(&[("data-sign", it.sign), ("aria-hidden", "true")]),
        )
        .child(
            el("span", "exceptions__words")
                .child(el("b", "").text(&it.title))
                .child(el("span", "").text(&it.names)),
        )
        .child(el("span", "exceptions__count").text(&it.count.to_string()));
    el("li", "").child(button)
}

/// Where the rollout is, what it may cost, and the way back.
fn rollout(session: Session) -> Element {
    let title = move || match &*session.daemon_set.read() {
        None => "No DaemonSet".to_owned(),
        Some(set) => match &set.rollout {
            Some(it) => format!("Wave {} of {}", it.wave, it.wave_count),
            None => set.name.to_string(),
        },
    };
    let left = move || {
        let set = session.daemon_set.read();
        let left = set.as_ref().and_then(|set| set.rollout.as_ref()?.left);
        left.map(|it| format!("{} left", estimate(it))).unwrap_or_default()
    };
    let text = move || match &*session.daemon_set.read() {
        Some(set) => set.sentence.clone(),
        None => "Apply a DaemonSet to put one pod on every node that it wants.".to_owned(),
    };
    let rolls = move || session.daemon_set.read().as_ref().is_some_and(|set| set.rollout.is_some());
    let budget = move || session.daemon_set.read().as_ref().and_then(|set| budget(session, set));
    let undo = move || {
        el("button", "button button--line button--small")
            .on_click(move || drop(session.perform(Command::UndoRollout)))
            .child(small_icon("undo"))
            .text("Undo rollout")
    };
    let can_undo = move || {
        let set = session.daemon_set.read();
        set.as_ref().is_some_and(|set| set.rolling && set.can_undo)
    };
    el("section", "exceptions__part")
        .child(heading_live(title, left))
        .child(sentence("exceptions__sentence", text))
        .when(rolls, move || progress(session))
        .child(el("p", "exceptions__note").live_text(budget))
        .when(can_undo, undo)
}

fn heading_live(
    title: impl Fn() -> String + 'static,
    note: impl Fn() -> String + 'static,
) -> Element {
    el("h2", "exceptions__title").live_text(title).child(el("small", "").live_text(note))
}

/// What keeps places of the budget, in a sentence.
fn budget(session: Session, set: &DaemonSetView) -> Option<String> {
    session.fleet.pulse.track();
    let most = set.max_unavailable;
    if !set.rolling || most <= 0 {
        return None;
    }
    let stuck = session.fleet.with(|spots| {
        let fails = |it: &&crate::ui::session::fleet::Spot| {
            matches!(it.cell.sign, Sign::Pod(pod) if pod.state == PodState::Failed)
        };
        spots.iter().filter(fails).count()
    });
    Some(match stuck {
        0 if most == 1 => "At most 1 node at a time may be without a ready pod.".to_owned(),
        0 => format!("At most {most} nodes at a time may be without a ready pod."),
        1 if most == 1 => "1 pod does not become ready and takes the only place.".to_owned(),
        _ if i32::try_from(stuck).is_ok_and(|it| it >= most) => {
            format!("{stuck} pods do not become ready: no place of the budget is free.")
        }
        1 => format!("1 pod that does not become ready keeps 1 of the {most} places."),
        _ => format!("{stuck} pods that do not become ready keep {stuck} of the {most} places."),
    })
}

fn progress(session: Session) -> Element {
    el("div", "plan__bar")
        .attrs(&[("role", "progressbar"), ("aria-label", "Rollout"), ("aria-valuemin", "0")])
        .attr("aria-valuemax", "1000")
        .paint(move |it| {
            let set = session.daemon_set.read();
            let progress = set.as_ref().and_then(|set| Some(set.rollout.as_ref()?.progress));
            let step = set.as_ref().and_then(|it| it.newest_revision()).map(revision_step);
            it.set("aria-valuenow", progress.unwrap_or(0).to_string());
            it.set("data-rev", step.unwrap_or(1).to_string());
            it.style("--p", fraction(progress.unwrap_or(0)));
        })
}

/// How many pods of a group are of the current revision, as UP-TO-DATE counts them, and how many
/// there are.
fn share(session: Session, start: usize, end: usize) -> (i64, i64) {
    let set = session.daemon_set.read_untracked();
    let current = set.as_ref().and_then(|it| it.newest_revision());
    session.fleet.with(|spots| {
        let (mut updated, mut all) = (0, 0);
        for spot in spots.get(start..end).unwrap_or_default() {
            let Sign::Pod(pod) = spot.cell.sign else { continue };
            all += 1;
            let stays = pod.state != PodState::Leaving;
            updated += i64::from(stays && Some(pod.revision) == current);
        }
        (updated, all)
    })
}

/// That in words, for the title of the group.
pub(super) fn updated(session: Session, start: usize, end: usize) -> String {
    let without = || match end - start {
        1 => "no pod".to_owned(),
        count => format!("{count} without a pod"),
    };
    match share(session, start, end) {
        (_, 0) => without(),
        (updated, all) if updated == all && all as usize == end - start => "all updated".to_owned(),
        (updated, all) => format!("{updated} of {all} updated"),
    }
}

/// The groups with their shares.
fn shares(session: Session) -> Element {
    let rows = move || {
        let row =
            |group: &Group| {
                let group = group.clone();
                Row::new((group.id.clone(), group.start, group.end), move || {
                    let part = memo(move || {
                        session.fleet.pulse.track();
                        let (updated, all) = share(session, group.start, group.end);
                        // Where there are no pods, none is old.
                        (all > 0).then(|| percent(updated, all))
                    });
                    el("div", "exceptions__share")
                        .child(el("dt", "").text(&group.title))
                        .child(el("dd", "exceptions__bar").paint(move |it| {
                            it.style("--p", fraction(part.get().unwrap_or(0) * 10));
                        }))
                        .child(el("dd", "exceptions__percent").live_text(move || {
                            part.get().map_or("–".into(), |it| format!("{it}%"))
                        }))
                })
            };
        session.fleet.groups.read().iter().map(row).collect()
    };
    let step = move || {
        let set = session.daemon_set.read();
        let number = set.as_ref().and_then(|it| it.newest_revision());
        revision_step(number.unwrap_or(1)).to_string()
    };
    el("section", "exceptions__part")
        .child(heading("Groups", || "updated".to_owned()))
        .child(el("dl", "exceptions__shares").live("data-rev", step).list(rows))
}

//! The plan itself: a small chart, who gains and loses at once and why, the waves, and what would
//! get stuck.

use std::sync::Arc;

use daemonset_core::api::{Name, Time};
use daemonset_core::insight::{Cause, Fate, SetPlan, Stuck};
use daemonset_core::playground::Outlook;
use daemonset_core::playground::view::chart::{Chart, Floor, HEIGHT, WIDTH};
use leptos::prelude::*;

use crate::ui::browser::matches;
use crate::ui::dom::{Element, el};
use crate::ui::editor::desk::Place;
use crate::ui::icon::small_icon;
use crate::ui::session::Session;
use crate::ui::text::{join_names, revision_step};
use crate::ui::timeline_bar::plot::{floor_line, floor_path, layer, percent};

/// Where there is room the rows are open from the start.
const ROOMY: &str = "(min-height: 840px) and (min-width: 700px)";
/// DaemonSets of a plan, and rows of waves; more are counted.
const SETS_MAX: usize = 12;
const WAVES_MAX: usize = 12;

/// Below the sentence of a plan.
pub(super) fn outlook(
    session: Session,
    outlook: &Arc<Outlook>,
    on_go: impl Fn(Place) + Copy + 'static,
) -> Vec<Element> {
    let mut parts = Vec::new();
    let moves = |set: &SetPlan| set.nodes.iter().any(|it| it.fate != Fate::Keep);
    let sets = outlook.plan.sets.iter().zip(&outlook.charts).filter(|it| moves(it.0));
    let count = sets.clone().count();
    for (index, (set, chart)) in sets.take(SETS_MAX).enumerate() {
        if index == 0 {
            parts.push(small_chart(session, set, chart, outlook.plan.start));
            parts.push(axis(chart, outlook.plan.start));
        }
        parts.push(rows(set, count == 1, on_go));
    }
    let rest = count.saturating_sub(SETS_MAX) + outlook.plan.more;
    if rest > 0 {
        parts.push(el("p", "plan__names").text(&format!("and {rest} more DaemonSets")));
    }
    parts
}

fn small_chart(session: Session, set: &SetPlan, chart: &Chart, start: Time) -> Element {
    let label = match set.lowest {
        Some((fewest, of)) => format!("Ready pods over time: lowest {fewest} of {of}"),
        None => "Ready pods over time".to_owned(),
    };
    let played = session.foresight.played;
    let (from, to) = (start, chart.to);
    let place = move || {
        let at = played.get()?;
        Some(percent((at * WIDTH / (to.0 - from.0).max(1)).clamp(0, WIDTH), WIDTH))
    };
    let plot = el("div", "plan__chart")
        .attrs(&[("role", "img"), ("aria-label", &label)])
        .child(layer(chart, "plan"));
    let plot = match chart.floors.last() {
        Some(Floor { fewest, y, .. }) => {
            let path = floor_path(&chart.floors);
            let word = el("span", "plan__floor").style("--y", &percent(*y, HEIGHT));
            plot.child(floor_line(move || path.clone())).child(word.text(&fewest.to_string()))
        }
        None => plot,
    };
    plot.when(
        move || played.get().is_some(),
        move || el("i", "plan__now").paint(move |it| it.style("--now", place())),
    )
}

fn axis(chart: &Chart, start: Time) -> Element {
    let label = |(_, time): &(i64, Time)| match (time.0 - start.0) / 1000 {
        0 => "now".to_owned(),
        seconds @ 1..=119 => format!("+{seconds} s"),
        seconds => format!("+{} min", seconds / 60),
    };
    let axis = el("div", "plan__axis").attr("aria-hidden", "true");
    chart.labels.iter().fold(axis, |axis, it| axis.child(el("span", "").text(&label(it))))
}

fn rows(set: &SetPlan, is_alone: bool, on_go: impl Fn(Place) + Copy + 'static) -> Element {
    let title = if is_alone { "What happens when" } else { &*set.name };
    let details = el("details", "plan__rows");
    let details = if matches(ROOMY) { details.attr("open", "") } else { details };
    let mut list = el("ol", "plan__list");
    let (old, new) = (set.revisions.0.unwrap_or(1), set.revisions.1.unwrap_or(1));
    for (fate, revision) in [(Fate::Gain, new), (Fate::Lose, old)] {
        for (names, cause) in set.by_cause(fate) {
            let token = plan_token(fate, revision, "pod--small");
            let row = row("at once", Some(token), &join_names(&names));
            list = list.child(match cause {
                Some(cause) => row.child(cause_part(&cause, on_go)),
                None => row,
            });
        }
    }
    if let Some(cause) = &set.cause {
        list = list.child(row("restart", None, "all, because of").child(cause_part(cause, on_go)));
    }
    for wave in set.waves.iter().take(WAVES_MAX) {
        let after = format!("+{} s", wave.after / 1000);
        let row = row(&format!("wave {}", wave.number), None, &join_names(&wave.nodes));
        list = list.child(row.child(el("span", "plan__after").text(&after)));
    }
    if let Some(rest) = set.waves.len().checked_sub(WAVES_MAX).filter(|it| *it > 0) {
        list = list.child(row("", None, &format!("{rest} more waves")));
    }
    for it in &set.stuck {
        list = list.child(stuck(it));
    }
    if let Some(text) = &set.unnoticed {
        list = list.child(row("silent", None, text).attr("data-level", "warning"));
    }
    details.child(el("summary", "plan__summary").text(title)).child(list)
}

fn row(label: &str, token: Option<Element>, names: &str) -> Element {
    let row = el("li", "plan__row").child(el("span", "plan__label").text(label));
    let row = match token {
        Some(token) => row.child(token),
        None => row,
    };
    row.child(el("span", "plan__names").text(names))
}

/// Why, and a button that goes to the line.
fn cause_part(cause: &Cause, on_go: impl Fn(Place) + 'static) -> Element {
    let part = el("span", "plan__cause").text(&cause.text);
    match cause.line {
        Some(line) => {
            let button = el("button", "line-ref")
                .on_click(move || on_go(Place { line, column: 1 }))
                .text(&format!("line {line}"));
            part.child(button)
        }
        None => part,
    }
}

fn stuck(stuck: &Stuck) -> Element {
    let label = if stuck.waits { "waits" } else { "stuck" };
    let words = format!("{}: {}", join_names(&stuck.nodes), stuck.reason);
    let row = row(label, None, &words).attr("data-level", "error");
    match stuck.practice {
        Some(practice) => {
            let sign = small_icon("arrow");
            row.child(el("span", "plan__practice").child(sign).text(practice))
        }
        None => row,
    }
}

/// A token that comes or goes by the plan.
pub(in crate::ui) fn plan_token(fate: Fate, revision: i64, class: &str) -> Element {
    let (state, word) = match fate {
        Fate::Lose => ("loss", "will be removed"),
        _ => ("gain", "will be created"),
    };
    el("span", &format!("pod {class}"))
        .attrs(&[("role", "img"), ("data-state", state), ("data-own", "true")])
        .attr("aria-label", &format!("revision {revision}, {word}"))
        .attr("data-rev", &revision_step(revision).to_string())
        .child(el("b", "").attr("aria-hidden", "true").text(&revision.to_string()))
}

/// The revisions before and after, where the template changes.
pub(super) fn pair(outlook: &Outlook, key: Option<&Name>) -> Option<(i64, i64)> {
    let set = key.and_then(|key| crate::ui::foresight::selected(outlook, key));
    let (old, new) = set.or(outlook.plan.sets.first())?.revisions;
    old.zip(new).filter(|(old, new)| old != new)
}

//! The waves of a rollout, one cell each; with very many of them one bar and a word.

use daemonset_core::playground::view::{DaemonSetView, WaveView};
use leptos::prelude::*;

use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::session::Session;
use crate::ui::text::{fraction, revision_step};

/// In the plan card while a rollout runs.
pub(super) fn wave_rail(session: Session) -> Element {
    let rail = memo(move || {
        let set = session.daemon_set.read();
        let rollout = set.as_ref().and_then(|set: &DaemonSetView| set.rollout.clone());
        rollout.map(|it| (it.waves, it.wave, it.wave_count, it.progress))
    });
    let rows = move || match rail.get() {
        Some((waves, ..)) if !waves.is_empty() => {
            waves.iter().map(|it| cell(rail, it.number)).collect()
        }
        Some(_) => vec![Row::new(0, move || one(rail))],
        None => Vec::new(),
    };
    let step = move || {
        let set = session.daemon_set.read();
        let number = set.as_ref().and_then(|it| it.newest_revision());
        revision_step(number.unwrap_or(1)).to_string()
    };
    el("ol", "waves").attr("aria-label", "Waves").live("data-rev", step).list(rows)
}

type Rail = Memo<Option<(Vec<WaveView>, u32, u32, i64)>>;

fn cell(rail: Rail, number: u32) -> Row {
    let wave = move || {
        let rail = rail.read();
        let waves = rail.as_ref().map(|it| &it.0[..]).unwrap_or_default();
        waves.iter().find(|it| it.number == number).cloned()
    };
    Row::new(number, move || {
        el("li", "waves__wave")
            .paint(move |it| {
                let wave = wave();
                let progress = wave.as_ref().map_or(0, |it| it.progress);
                it.set("data-running", wave.is_some_and(|it| it.running).then_some(""));
                it.set("data-begun", (progress > 0).then_some(""));
                it.style("--p", fraction(progress));
            })
            .text(&format!("wave {number}"))
    })
}

fn one(rail: Rail) -> Element {
    let word = move || rail.read().as_ref().map(|it| format!("wave {} of {}", it.1, it.2));
    el("li", "waves__wave")
        .attrs(&[("data-running", ""), ("data-begun", "")])
        .paint(move |it| it.style("--p", fraction(rail.read().as_ref().map_or(0, |it| it.3))))
        .live_text(word)
}

//! Brackets beside the rows in which the running wave renews pods.

use leptos::prelude::*;

use super::Look;
use crate::ui::dom::{Element, Row, el, memo};
use crate::ui::session::Session;

/// They are made anew when a wave begins, or when the cells stand elsewhere, never in between.
pub(super) fn fronts(session: Session, look: Look) -> Element {
    let wave = memo(move || {
        let set = session.daemon_set.read();
        set.as_ref().and_then(|set| Some(set.rollout.as_ref()?.wave))
    });
    let rows = move || {
        session.fleet.groups.track();
        let layout = look.layout.read();
        if wave.get().is_none() {
            return Vec::new();
        }
        let set = session.daemon_set.read_untracked();
        let rollout = set.as_ref().and_then(|set| set.rollout.as_ref());
        let nodes = rollout.map(|it| &it.nodes[..]).unwrap_or_default();
        let cells: Vec<usize> = nodes.iter().filter_map(|it| session.fleet.place_of(it)).collect();
        let row =
            |(x, y, height): (u32, u32, u32)| Row::new((x, y, height), move || front(x, y, height));
        layout.fronts(&cells).into_iter().map(row).collect()
    };
    el("div", "map__fronts").attr("aria-hidden", "true").list(rows)
}

fn front(x: u32, y: u32, height: u32) -> Element {
    el("i", "map__front")
        .style("--x", &format!("{x}px"))
        .style("--y", &format!("{y}px"))
        .style("--height", &format!("{height}px"))
}

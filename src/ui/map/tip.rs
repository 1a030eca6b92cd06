//! What the map says about the cell under the pointer, or under the cursor of the keys.

use daemonset_core::playground::view::{NodeView, Readiness};
use leptos::prelude::*;

use super::{Look, node_at};
use crate::ui::dom::{Element, el, memo};
use crate::ui::session::Session;
use crate::ui::text::{age, lead, own_pods, pod_label, revision_step};

/// Width and usual height, to keep it inside of the map.
const WIDTH: u32 = 232;
const HEIGHT: u32 = 150;

/// A card beside the cell.
pub(super) fn tip(session: Session, look: Look) -> Element {
    let at = memo(move || {
        look.hovered.get().or_else(|| look.cursor.get().filter(|_| look.focused.get()))
    });
    let view = memo(move || {
        session.fleet.pulse.track();
        session.fleet.groups.track();
        Shown(node_at(session, at.get()).and_then(|name| session.look_at(&name)))
    });
    el("div", "tip")
        .attrs(&[("role", "tooltip"), ("aria-hidden", "true")])
        .paint(move |it| {
            let layout = look.layout.read();
            let corner = at.get().and_then(|at| layout.corner(at));
            let (x, y) = corner.unwrap_or_default();
            let room = look.room.get();
            let (_, top) = look.scroll();
            // Beside the cell, and on its other side where there is no room.
            let is_right = x + layout.pitch + WIDTH + 8 <= room.width;
            let left = if is_right { x + layout.pitch } else { x.saturating_sub(WIDTH + 8) };
            let lowest = (top as u32 + room.height).saturating_sub(HEIGHT);
            it.set("hidden", (corner.is_none() || view.read().0.is_none()).then_some(""));
            it.style("--x", format!("{left}px"));
            it.style("--y", format!("{}px", y.min(lowest)));
        })
        .part(move || view.read().0.iter().flat_map(|it| content(session, it)).collect())
}

/// A node as it was when it was looked at.
#[derive(Clone, PartialEq)]
struct Shown(Option<NodeView>);

fn content(session: Session, node: &NodeView) -> Vec<Element> {
    let key = session.selected_set.get_untracked();
    let now = session.now.get_untracked();
    let own = own_pods(node, key.as_ref());
    let condition = match (node.exists, node.ready) {
        (false, _) => "deleted".to_owned(),
        (_, Readiness::True) if node.cordoned => "Cordoned".to_owned(),
        (_, Readiness::True) => node.zone.as_deref().unwrap_or_default().to_owned(),
        _ => "NotReady".to_owned(),
    };
    let head = el("div", "tip__head")
        .child(el("b", "").text(&node.name))
        .child(el("span", "").text(&condition));
    let mut chips = el("div", "node__labels");
    for taint in node.taints.iter().take(2) {
        chips = chips.child(el("span", "chip chip--taint").text(&taint.text));
    }
    for label in node.labels.iter().filter(|label| !label.well_known).take(2) {
        chips = chips.child(el("span", "chip").text(&format!("{}={}", label.key, label.value)));
    }
    let body = match lead(&own) {
        Some(pod) => {
            let token = el("span", "pod")
                .attrs(&[("role", "img"), ("data-state", pod.state.word())])
                .attr("aria-label", &pod_label(pod))
                .attr("data-rev", &revision_step(pod.revision).to_string())
                .child(el("b", "").text(&pod.revision.to_string()));
            let phrase = format!("{}, {}", pod.phrase, age(pod.since, now));
            el("div", "tip__pod").child(token).child(
                el("div", "")
                    .child(el("code", "").text(&pod.name))
                    .child(el("span", "").text(&phrase)),
            )
        }
        None => {
            let words = match &node.wanted {
                Err(reason) => format!("No pod: {reason}."),
                Ok(()) => "No pod yet.".to_owned(),
            };
            el("p", "tip__none").text(&words)
        }
    };
    let key = |key: &str, word: &str| el("span", "").child(el("kbd", "key").text(key)).text(word);
    let foot = el("div", "tip__foot")
        .child(key("↵", "select"))
        .child(key("W", "why"))
        .child(key("Z", "zoom"));
    vec![head, chips, body, foot]
}

//! What the plan says of a node, drawn on its card: a tag, a phrase, and tokens that come or go.

use daemonset_core::api::Name;
use daemonset_core::insight::{Fate, NodePlan};
use daemonset_core::playground::view::NodeView;
use leptos::prelude::*;

use super::node::Surroundings;
use crate::ui::dom::{Element, el, memo};
use crate::ui::plan_card::outlook::plan_token;

/// What the plan says of one node, and the number of the new revision.
pub type Foreseen = Memo<Option<(NodePlan, Option<i64>)>>;

/// What is foreseen for a card; nodes that keep their pod are left in peace.
pub fn foreseen(node: RwSignal<NodeView>, around: &Surroundings) -> Foreseen {
    let (foresight, daemon_set) = (around.foresight, around.daemon_set);
    let name = memo(move || node.read().name.clone());
    memo(move || {
        let set = daemon_set.read();
        let found = foresight.of(set.as_ref(), &name.read() as &Name);
        found.filter(|it| it.0.fate != Fate::Keep)
    })
}

/// `wave 1`, `at once`; while the plan is played it says whose turn it is.
pub fn tag(foreseen: Foreseen, around: &Surroundings) -> Element {
    let played = around.foresight.played;
    let word = move || {
        foreseen.get().map(|(plan, _)| match plan.wave {
            Some(wave) => format!("wave {wave}"),
            None => "at once".to_owned(),
        })
    };
    let turn = memo(move || {
        let after = foreseen.read().as_ref()?.0.after?;
        played.get().map(|at| at >= after)
    });
    el("span", "node__wave")
        .live("data-turn", move || turn.get().map(|it| if it { "begun" } else { "next" }))
        .live_text(word)
}

/// What is said in the place of a pod's state.
pub fn phrase(foreseen: Foreseen) -> Option<String> {
    let foreseen = foreseen.read();
    let (plan, _) = foreseen.as_ref()?;
    Some(match plan.fate {
        Fate::Lose => "Loses its pod".to_owned(),
        Fate::Gain => "Gains a pod".to_owned(),
        Fate::Restart => match plan.after.unwrap_or(0) / 1000 {
            0 => "Restarts at once".to_owned(),
            seconds => format!("Restarts at +{seconds} s"),
        },
        Fate::Keep => return None,
    })
}

/// Whether the pod goes and no other comes.
pub fn is_lost(foreseen: Foreseen) -> bool {
    foreseen.read().as_ref().is_some_and(|it| it.0.fate == Fate::Lose)
}

/// The number of the revision that comes, where there is no pod yet.
pub fn gain(foreseen: Foreseen) -> Option<i64> {
    let foreseen = foreseen.read();
    let (plan, revision) = foreseen.as_ref()?;
    (plan.fate == Fate::Gain).then(|| revision.unwrap_or(1))
}

/// The token in the empty place.
pub fn token(foreseen: Foreseen) -> Vec<Element> {
    gain(foreseen).map(|it| plan_token(Fate::Gain, it, "")).into_iter().collect()
}

/// The words beside it.
pub fn words(revision: i64) -> Vec<Element> {
    let title = el("code", "well__name").text(&format!("revision {revision}"));
    vec![title, el("b", "well__phrase").text("Gains a pod")]
}

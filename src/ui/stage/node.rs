//! A node card: its name, labels and taints, its pods, and how much of it is taken.

use std::rc::Rc;

use daemonset_core::api::{Name, Time};
use daemonset_core::insight::Mark;
use daemonset_core::playground::view::{NodeView, PodState, PodView, Readiness, UsageView};
use leptos::prelude::*;
use web_sys::{Event, KeyboardEvent};

use super::foreseen::{self, Foreseen, foreseen};
use super::pod::{find, going, pod};
use crate::ui::dom::{Element, Row, el, memo, svg};
use crate::ui::foresight::Foresight;
use crate::ui::hints::Hints;
use crate::ui::text::{
    age, count, lead, node_label, own_pods, percent, ready_word, revision_step, share, short_taint,
    split_pod_name,
};

/// Taint rows of a card; more are counted.
const TAINT_ROWS_MAX: usize = 2;

/// Label chips of a card; all labels are in its title and in the Label form.
const CHIPS_MAX: usize = 4;

/// Tokens of a card, the own ones first; more are counted.
const TOKENS_MAX: usize = 24;

const MILLI_CORES: i64 = 1000;
const GIBIBYTE: i64 = 1 << 30;

/// What cards know of the page.
#[derive(Clone)]
pub struct Surroundings {
    /// Key of the DaemonSet that the page is about.
    pub daemon_set: RwSignal<Option<Name>>,
    /// Virtual time.
    pub now: RwSignal<Time>,
    /// Which nodes somebody looks for.
    pub filter: RwSignal<String>,
    /// The nodes of the waves that run.
    pub wave: Memo<Vec<Name>>,
    /// The nodes whose pod waits for a wave to come, and which.
    pub turns: Memo<Vec<(Name, u32)>>,
    /// What is pointed at.
    pub hints: Hints,
    /// What the plan says.
    pub foresight: Foresight,
    /// Whether short motions are worth showing.
    pub lively: Rc<dyn Fn() -> bool>,
}

/// What a card shows, and what it answers to.
pub struct Card {
    /// The node.
    pub node: RwSignal<NodeView>,
    /// What it knows of the page.
    pub around: Surroundings,
    /// Whether its actions are offered.
    pub selected: Rc<dyn Fn() -> bool>,
    /// Whether Tab stops here: one card at a time, arrows do the rest.
    pub tab_stop: Rc<dyn Fn() -> bool>,
    /// Called when the card is chosen.
    pub on_select: Rc<dyn Fn()>,
    /// Called when somebody asks why it has no pod.
    pub on_why: Rc<dyn Fn()>,
}

/// One node. Deleted nodes whose pods are not collected yet stand as ghosts.
pub fn node_card(card: Card) -> Element {
    let Card { node, around, selected, tab_stop, on_select, on_why } = card;
    let (daemon_set, wave, filter) = (around.daemon_set, around.wave, around.filter);
    let hints = around.hints;
    let is_dim = memo(move || {
        let wanted = filter.read();
        !wanted.is_empty() && !node.read().matches(&wanted)
    });
    let lets = memo(move || hints.verdict(&node.read().name));
    let marked = memo(move || {
        let mark = hints.mark.get().filter(|it| it.0 == node.read().name)?;
        Some(match mark.1 {
            Mark::Label(key) | Mark::Taint(key) => key,
        })
    });
    let in_wave = memo(move || wave.read().contains(&node.read().name));
    let foreseen = foreseen(node, &around);
    let tag = {
        let around = around.clone();
        move || foreseen::tag(foreseen, &around)
    };
    let on_enter = on_select.clone();
    let usage_row = el("div", "node__usage")
        .child(usage(node, "cpu", MILLI_CORES, |node| node.cpu))
        .child(usage(node, "mem", GIBIBYTE, |node| node.memory));
    el("div", "node")
        .attr("role", "gridcell")
        .style("--phase", &phase(node.read_untracked().uid))
        .paint(move |it| {
            let node = node.read();
            let own = own_pods(&node, daemon_set.read().as_ref());
            let name = |shown: bool| shown.then(|| node.name.to_string());
            it.set("data-node", name(node.exists));
            it.set("data-ghost-node", name(!node.exists));
            it.set("data-ready", ready_word(node.ready));
            it.set("data-cordoned", node.cordoned);
            it.set("data-dim", is_dim.get().then_some(""));
            it.set("data-lets", lets.get());
            it.set("data-wave", in_wave.get().then_some("now"));
            it.set("data-silent", (node.exists && !node.kubelet_runs).then_some(""));
            it.set("data-rev", lead(&own).map(|pod| revision_step(pod.revision).to_string()));
            it.set("aria-label", node_label(&node, &own));
            it.set("aria-selected", selected());
            it.set("tabindex", if tab_stop() { "0" } else { "-1" });
        })
        .on_click(move || on_select())
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                on_enter();
            }
        })
        .when(move || foreseen.read().is_some(), tag)
        .child(head(node))
        .child(
            el("div", "node__labels")
                .live("title", move || labels(&node.read()))
                .list(move || chips(&node.read(), marked)),
        )
        .child(el("div", "node__taints").list(move || taints(&node.read(), marked)))
        .child(well(node, around, foreseen, on_why))
        .child(usage_row)
}

fn head(node: RwSignal<NodeView>) -> Element {
    // A kubelet that has fallen silent draws a broken line.
    let beating = move || {
        let node = node.read();
        node.ready == Readiness::True && node.exists && node.kubelet_runs
    };
    let path = || svg("path", "").live("d", move || if beating() { BEAT } else { SILENCE });
    let pulse = svg("svg", "pulse")
        .attrs(&[("viewBox", "0 0 24 12"), ("aria-hidden", "true")])
        .child(path())
        .when(beating, || svg("path", "pulse__beat").attr("d", BEAT));
    let condition = el("span", "node__condition")
        .live("data-word", move || condition(&node.read()))
        .live_text(move || condition(&node.read()))
        .child(pulse);
    el("div", "node__head")
        .child(el("span", "node__name").live_text(move || node.read().name.to_string()))
        .child(condition)
}

const BEAT: &str = "M1 7h6l2-5 3 8 2-5 1.2 2H23";
const SILENCE: &str = "M1 7h5.5l1.5-3.4M15.5 8.6 16 7h7M11.2 2.5l1.6 7";

/// The word of the condition that matters most.
fn condition(node: &NodeView) -> &'static str {
    match node.ready {
        _ if !node.exists => "deleted",
        Readiness::False | Readiness::Unknown => "NotReady",
        _ if !node.kubelet_runs => "No heartbeat",
        _ => match node.shortages.first() {
            Some(shortage) => shortage.condition().as_str(),
            None if node.cordoned => "Cordoned",
            None => "",
        },
    }
}

/// The key of the label, or the taint, that is pointed at.
type Marked = Memo<Option<Name>>;

/// The zone, and what else is worth a chip.
fn labels_of(node: &NodeView) -> impl Iterator<Item = String> {
    let zone = node.zone.iter().map(|zone| format!("zone={zone}"));
    let labels = node.labels.iter().filter(|label| !label.well_known);
    zone.chain(labels.map(|label| format!("{}={}", label.key, label.value)))
}

/// All of them: a card has room for a few.
fn labels(node: &NodeView) -> String {
    let all: Vec<String> = labels_of(node).collect();
    all.join(", ")
}

fn chips(node: &NodeView, marked: Marked) -> Vec<Row> {
    let chip = |text: String| {
        Row::new(text.clone(), move || {
            let chip = el("span", "chip").text(&text);
            let key = text.split('=').next().unwrap_or_default().to_owned();
            chip.live("data-marked", move || {
                marked.read().as_ref().is_some_and(|it| **it == *key).then_some("")
            })
        })
    };
    labels_of(node).take(CHIPS_MAX).map(chip).collect()
}

fn taints(node: &NodeView, marked: Marked) -> Vec<Row> {
    let taints = &node.taints;
    let room = if taints.len() > TAINT_ROWS_MAX { TAINT_ROWS_MAX - 1 } else { TAINT_ROWS_MAX };
    let row = |taint: &daemonset_core::playground::view::TaintView| {
        let taint = taint.clone();
        Row::new(taint.text.clone(), move || {
            el("div", "taint")
                .attrs(&[("data-effect", taint.effect), ("title", &taint.text)])
                .live("data-marked", {
                    let text = taint.text.clone();
                    move || (marked.read().as_ref() == Some(&text)).then_some("")
                })
                .child(el("code", "taint__key").text(&short_taint(&taint)))
                .child(el("span", "taint__effect").text(taint.effect))
        })
    };
    let mut rows: Vec<_> = taints.iter().take(room).map(row).collect();
    if taints.len() > room {
        let rest = taints.len() - room;
        let all = taints.iter().map(|it| &*it.text).collect::<Vec<_>>().join(", ");
        rows.push(Row::new((rest, all.clone()), move || {
            el("div", "taint taint--more")
                .attr("title", &all)
                .text(&format!("+ {rest} more taints"))
        }));
    }
    rows
}

/// The place of the pods. They are one list, whoever owns them, so that each keeps its element
/// when the page turns to another DaemonSet.
fn well(
    node: RwSignal<NodeView>,
    around: Surroundings,
    foreseen: Foreseen,
    on_why: Rc<dyn Fn()>,
) -> Element {
    let Surroundings { daemon_set, now, turns, .. } = around;
    let name = node.read_untracked().name.clone();
    let turn = memo(move || turns.read().iter().find(|it| it.0 == name).map(|it| it.1));
    let gain = memo(move || foreseen::gain(foreseen));
    let going = going(around.lively.clone());
    let lead_uid =
        memo(move || lead(&own_pods(&node.read(), daemon_set.read().as_ref())).map(|pod| pod.uid));
    let empty = memo(move || lead_uid.get().is_none() && daemon_set.read().is_some());
    let tokens = move || {
        let row = |it: &PodView| {
            let (uid, around) = (it.uid, around.clone());
            Row::new(uid, move || pod(node, uid, &around, Some(foreseen))).leaving(going.clone())
        };
        node.read().pods.iter().take(TOKENS_MAX).map(row).collect()
    };
    let more = memo(move || {
        let node = node.read();
        node.pods.len().saturating_sub(TOKENS_MAX) + node.more
    });
    let rest = move || el("span", "well__more").text(&format!("+{}", more.get()));
    let text = el("div", "well__text").part(move || match lead_uid.get() {
        Some(uid) => pod_text(node, uid, now, foreseen, turn),
        None if gain.get().is_some() => foreseen::words(gain.get().unwrap_or(1)),
        None if empty.get() => empty_text(node, on_why.clone()),
        None => Vec::new(),
    });
    el("div", "well")
        .when(
            move || empty.get() && gain.get().is_none(),
            || el("span", "well__slot").attr("aria-hidden", "true"),
        )
        .part(move || if empty.get() { foreseen::token(foreseen) } else { Vec::new() })
        .list(tokens)
        .part(move || if more.get() > 0 { vec![rest()] } else { Vec::new() })
        .child(text)
}

fn pod_text(
    node: RwSignal<NodeView>,
    uid: u64,
    now: RwSignal<Time>,
    foreseen: Foreseen,
    turn: Memo<Option<u32>>,
) -> Vec<Element> {
    let name = find(&node.read_untracked(), uid).map(|pod| pod.name.to_string());
    let name = name.unwrap_or_default();
    let (shared, random) = split_pod_name(&name);
    let phrase = move || {
        let now = || find(&node.read(), uid).map(|pod| pod.phrase.to_string());
        foreseen::phrase(foreseen).or_else(now)
    };
    let is_foreseen = memo(move || foreseen.read().is_some());
    let detail = move || {
        find(&node.read(), uid).map(|pod| match (pod.state, pod.restarts, turn.get()) {
            (PodState::Failed, restarts @ 1.., _) => count(restarts, "restart"),
            (PodState::Ready | PodState::Settling, _, Some(wave)) => format!("wave {wave}"),
            _ => age(pod.since, now.get()),
        })
    };
    let title = el("code", "well__name")
        .attr("title", &name)
        .child(el("span", "well__random").text(&random))
        .child(el("span", "well__shared").text(&shared));
    let reason = move || find(&node.read(), uid)?.unschedulable.as_deref().map(str::to_owned);
    let phrase = el("span", "well__phrase")
        .live("title", move || reason().or_else(phrase))
        .child(el("span", "").live_text(phrase))
        .when(move || !is_foreseen.get(), move || el("span", "").text(", ").live_text(detail));
    vec![title, phrase]
}

fn empty_text(node: RwSignal<NodeView>, on_why: Rc<dyn Fn()>) -> Vec<Element> {
    let reason = move || node.read().wanted.as_ref().err().map(ToString::to_string);
    let title = move || if reason().is_some() { "No pod" } else { "No pod yet" };
    let why = move || {
        let on_why = on_why.clone();
        // The card is one stop; W asks the same.
        el("button", "well__why")
            .attr("tabindex", "-1")
            .live("title", reason)
            .on("click", move |event: Event| {
                event.stop_propagation();
                on_why();
            })
            .text("Why not?")
    };
    let title = el("b", "well__title").live_text(title);
    vec![title, el("span", "").when(move || node.read().wanted.is_err() && node.read().exists, why)]
}

fn usage(
    node: RwSignal<NodeView>,
    name: &str,
    unit: i64,
    read: fn(&NodeView) -> UsageView,
) -> Element {
    let usage = move || read(&node.read());
    let figure = move || {
        let usage = usage();
        share(usage.other + usage.own, usage.allocatable, unit)
    };
    el("div", "usage")
        .paint(move |it| {
            let usage = usage();
            it.style("--other", percent(usage.other, usage.allocatable).to_string());
            it.style("--own", own_percent(usage).to_string());
        })
        .child(el("i", "usage__bar"))
        .child(el("span", "").text(name))
        .child(el("span", "usage__figure").live_text(figure))
}

/// A request too small for the bar still shows as a line.
fn own_percent(usage: UsageView) -> i64 {
    if usage.own > 0 { percent(usage.own, usage.allocatable).max(3) } else { 0 }
}

/// Hearts of different nodes do not beat in step.
fn phase(uid: u64) -> String {
    format!("-{}ms", uid.wrapping_mul(550) % 2800)
}

//! A node card: its name, labels and taints, its pods, and how much of it is taken.

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::view::{NodeView, PodState, PodView, Readiness, UsageView};
use leptos::prelude::*;

use super::pod::Pod;
use crate::ui::text::{
    age, count, is_owned_by, node_label, percent, revision_step, share, short_sentence,
    short_taint, split_pod_name,
};

/// Taint rows of a card; more are counted.
const TAINT_ROWS_MAX: usize = 2;

/// Label chips of a card beside the zone; all of them are in the Label form.
const CHIPS_MAX: usize = 3;

const MILLI_CORES: i64 = 1000;
const GIBIBYTE: i64 = 1 << 30;

/// One node. Deleted nodes whose pods are not collected yet stand as ghosts.
#[component]
pub fn NodeCard(
    /// The node.
    #[prop(into)]
    node: RwSignal<NodeView>,
    /// Key of the DaemonSet that the page is about.
    #[prop(into)]
    daemon_set: Signal<Option<Name>>,
    /// Virtual time.
    #[prop(into)]
    now: Signal<Time>,
    /// Whether short motions are worth showing.
    #[prop(into)]
    lively: Signal<bool>,
    /// Whether its actions are offered.
    #[prop(into)]
    selected: Signal<bool>,
    /// Whether Tab stops here: one card at a time, arrows do the rest.
    #[prop(into)]
    tab_stop: Signal<bool>,
    /// Called when the card is chosen.
    on_select: Callback<()>,
) -> impl IntoView {
    let name = move || node.read().name.to_string();
    let exists = Memo::new(move |_| node.read().exists);
    let own = Memo::new(move |_| own_pods(&node.read(), daemon_set.get().as_ref()));
    let label = move || node_label(&node.read(), &own.read().iter().collect::<Vec<_>>());
    let step = move || lead(&own.read()).map(|pod| revision_step(pod.revision));
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            on_select.run(());
        }
    };
    view! {
        <div
            class="node"
            role="gridcell"
            aria-label=label
            aria-selected=move || selected.get().to_string()
            tabindex=move || if tab_stop.get() { "0" } else { "-1" }
            data-node=move || exists.get().then(name)
            data-ghost-node=move || (!exists.get()).then(name)
            data-ready=move || ready_word(node.read().ready)
            data-cordoned=move || node.read().cordoned.to_string()
            data-rev=step
            style=("--phase", phase(node.read_untracked().uid))
            on:click=move |_| on_select.run(())
            on:keydown=on_key
        >
            <Head node />
            <Labels node />
            <Taints node />
            <Well node own daemon_set now lively />
            <div class="node__usage">
                <Usage name="cpu" usage=Signal::derive(move || node.read().cpu) unit=MILLI_CORES />
                <Usage name="mem" usage=Signal::derive(move || node.read().memory) unit=GIBIBYTE />
            </div>
        </div>
    }
}

#[component]
fn Head(node: RwSignal<NodeView>) -> impl IntoView {
    let condition = Memo::new(move |_| {
        let node = node.read();
        match (node.exists, node.ready, node.cordoned) {
            (false, ..) => "deleted",
            (_, Readiness::False | Readiness::Unknown, _) => "NotReady",
            (_, _, true) => "Cordoned",
            _ => "",
        }
    });
    // A kubelet that has fallen silent draws a broken line.
    let beating = Memo::new(move |_| node.read().ready == Readiness::True && node.read().exists);
    let path = move || {
        if beating.get() {
            "M1 7h6l2-5 3 8 2-5 1.2 2H23"
        } else {
            "M1 7h5.5l1.5-3.4M15.5 8.6 16 7h7M11.2 2.5l1.6 7"
        }
    };
    view! {
        <div class="node__head">
            <span class="node__name">{move || node.read().name.to_string()}</span>
            <span class="node__condition" data-word=condition>
                {condition}
                <svg class="pulse" viewBox="0 0 24 12" aria-hidden="true">
                    <path d=path></path>
                    {move || beating.get().then(|| view! {
                        <path class="pulse__beat" d=path></path>
                    })}
                </svg>
            </span>
        </div>
    }
}

#[component]
fn Labels(node: RwSignal<NodeView>) -> impl IntoView {
    let chips = Memo::new(move |_| {
        let node = node.read();
        let zone = node.zone.iter().map(|zone| format!("zone={zone}"));
        let labels = node.labels.iter().filter(|label| !label.well_known);
        let labels = labels.map(|label| format!("{}={}", label.key, label.value));
        zone.chain(labels.take(CHIPS_MAX)).collect::<Vec<_>>()
    });
    view! {
        <div class="node__labels">
            <For each=move || chips.get() key=String::clone let(chip)>
                <span class="chip" title=chip.clone()>{chip.clone()}</span>
            </For>
        </div>
    }
}

#[component]
fn Taints(node: RwSignal<NodeView>) -> impl IntoView {
    let taints = Memo::new(move |_| node.read().taints.clone());
    let rows = move || {
        let taints = taints.get();
        let room = if taints.len() > TAINT_ROWS_MAX { TAINT_ROWS_MAX - 1 } else { TAINT_ROWS_MAX };
        let rest = taints.len().saturating_sub(room);
        let all = taints.iter().map(|it| it.text.to_string()).collect::<Vec<_>>().join(", ");
        let rows = taints.into_iter().take(room).map(|taint| {
            view! {
                <div class="taint" data-effect=taint.effect title=taint.text.to_string()>
                    <code class="taint__key">{short_taint(&taint)}</code>
                    <span class="taint__effect">{taint.effect}</span>
                </div>
            }
        });
        let more = (rest > 0).then(|| {
            view! { <div class="taint taint--more" title=all>"+ "{rest}" more taints"</div> }
        });
        (rows.collect_view(), more)
    };
    view! { <div class="node__taints">{rows}</div> }
}

/// The place of the pods. They are one list, whoever owns them, so that each keeps its element
/// when the page turns to another DaemonSet.
#[component]
fn Well(
    node: RwSignal<NodeView>,
    own: Memo<Vec<PodView>>,
    daemon_set: Signal<Option<Name>>,
    now: Signal<Time>,
    lively: Signal<bool>,
) -> impl IntoView {
    let pods = Memo::new_with_compare(
        move |_| node.read().pods.clone(),
        |old, new| {
            let uids = |pods: Option<&Vec<PodView>>| {
                pods.map(|pods| pods.iter().map(|pod| pod.uid).collect::<Vec<_>>())
            };
            uids(old) != uids(new)
        },
    );
    let token = move |first: PodView| {
        let uid = first.uid;
        let pod = Memo::new(move |last: Option<&PodView>| {
            let found = node.read().pods.iter().find(|pod| pod.uid == uid).cloned();
            found.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        let own = Memo::new(move |_| is_owned_by(&pod.read(), daemon_set.get().as_ref()));
        view! { <Pod pod own now lively /> }
    };
    let empty = Memo::new(move |_| own.read().is_empty() && daemon_set.get().is_some());
    view! {
        <div class="well">
            {move || empty.get().then(|| view! {
                <span class="well__slot" aria-hidden="true"></span>
            })}
            <For each=move || pods.get() key=|pod| pod.uid children=token />
            <div class="well__text">
                {move || match lead(&own.read()) {
                    Some(pod) => view! { <PodText pod now /> }.into_any(),
                    None if empty.get() => view! { <EmptyText node /> }.into_any(),
                    None => ().into_any(),
                }}
            </div>
        </div>
    }
}

#[component]
fn PodText(pod: PodView, now: Signal<Time>) -> impl IntoView {
    let (shared, random) = split_pod_name(&pod.name);
    let title = pod.name.to_string();
    let phrase = pod.phrase.to_string();
    let detail = Memo::new(move |_| match (pod.state, pod.restarts) {
        (PodState::Failed, restarts @ 1..) => count(restarts, "restart"),
        _ => age(pod.since, now.get()),
    });
    view! {
        <code class="well__name" title=title>
            <span class="well__random">{random}</span>
            <span class="well__shared">{shared}</span>
        </code>
        <span class="well__phrase" title=phrase.clone()>
            <span>{phrase.clone()}</span>
            <span>", "{detail}</span>
        </span>
    }
}

#[component]
fn EmptyText(node: RwSignal<NodeView>) -> impl IntoView {
    let reason = Memo::new(move |_| node.read().wanted.clone().err().map(|it| it.to_string()));
    let title = move || if reason.get().is_some() { "No pod" } else { "No pod yet" };
    view! {
        <b class="well__title">{title}</b>
        <span class="well__reason" title=reason>
            {move || reason.get().map(|reason| short_sentence(&reason))}
        </span>
    }
}

#[component]
fn Usage(name: &'static str, usage: Signal<UsageView>, unit: i64) -> impl IntoView {
    let other = move || percent(usage.get().other, usage.get().allocatable);
    let figure = move || {
        let usage = usage.get();
        share(usage.other + usage.own, usage.allocatable, unit)
    };
    view! {
        <div
            class="usage"
            style=("--other", move || other().to_string())
            style=("--own", move || own_percent(usage.get()).to_string())
        >
            <i class="usage__bar"></i>
            <span>{name}</span>
            <span class="usage__figure">{figure}</span>
        </div>
    }
}

/// A request too small for the bar still shows as a line.
fn own_percent(usage: UsageView) -> i64 {
    if usage.own > 0 { percent(usage.own, usage.allocatable).max(3) } else { 0 }
}

fn own_pods(node: &NodeView, daemon_set: Option<&Name>) -> Vec<PodView> {
    node.pods.iter().filter(|pod| is_owned_by(pod, daemon_set)).cloned().collect()
}

/// The pod that the text is about: the newest that stays, else the one that leaves.
fn lead(own: &[PodView]) -> Option<PodView> {
    own.iter().rev().find(|pod| pod.state != PodState::Leaving).or(own.last()).cloned()
}

fn ready_word(ready: Readiness) -> &'static str {
    match ready {
        Readiness::True => "true",
        Readiness::False => "false",
        Readiness::Unknown => "unknown",
    }
}

/// Hearts of different nodes do not beat in step.
fn phase(uid: u64) -> String {
    format!("-{}ms", uid.wrapping_mul(550) % 2800)
}

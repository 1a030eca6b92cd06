//! What only a browser can show: identity of elements, clean-up, focus.
#![cfg(target_arch = "wasm32")]

use std::rc::Rc;

use daemonset_core::api::{Name, Time};
use daemonset_core::playground::view::{NodeView, PodState, PodView, Readiness, UsageView};
use daemonset_core::sim::Input;
use daemonset_playground::ui::Page;
use daemonset_playground::ui::command::Command;
use daemonset_playground::ui::dom::{Element as View, el, mount};
use daemonset_playground::ui::foresight::Foresight;
use daemonset_playground::ui::frame_loop::use_frame_loop;
use daemonset_playground::ui::hints::Hints;
use daemonset_playground::ui::keyboard::use_tool;
use daemonset_playground::ui::node_actions::node_actions;
use daemonset_playground::ui::session::Session;
use daemonset_playground::ui::stage::node::{Card, Surroundings, node_card};
use daemonset_playground::ui::stage::stage;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_pod_keeps_its_element_through_its_states() {
    let node = RwSignal::new(node_with(pod(PodState::Pending)));
    let root = element();
    let _mounted = mount(&root, move || card(node));
    let before = find(&root, "[data-pod=node-logger-x7k2p]");
    let states = [
        PodState::Pulling,
        PodState::Starting,
        PodState::Settling,
        PodState::Ready,
        PodState::Unready,
        PodState::Failed,
        PodState::Leaving,
    ];
    for state in states {
        node.set(node_with(pod(state)));
        tick().await;
        let now = find(&root, "[data-pod=node-logger-x7k2p]");
        assert!(before.is_same_node(Some(&now)), "{state:?} drew another element");
        assert_eq!(now.get_attribute("data-state").as_deref(), Some(state.word()));
    }
}

#[wasm_bindgen_test]
async fn a_pod_keeps_its_element_when_another_joins_it() {
    let node = RwSignal::new(node_with(pod(PodState::Leaving)));
    let root = element();
    let _mounted = mount(&root, move || card(node));
    let before = find(&root, "[data-pod=node-logger-x7k2p]");
    let second = PodView { uid: 2, name: "node-logger-b2b2b".into(), ..pod(PodState::Pending) };
    node.update(|node| node.pods.push(second));
    tick().await;
    let now = find(&root, "[data-pod=node-logger-x7k2p]");
    assert!(before.is_same_node(Some(&now)));
    assert_eq!(count(&root, "[data-pod]"), 2);
}

#[wasm_bindgen_test]
async fn a_card_says_in_words_what_it_shows() {
    let node = RwSignal::new(node_with(pod(PodState::Starting)));
    let root = element();
    let _mounted = mount(&root, move || card(node));
    let card = find(&root, "[data-node=worker-1]");
    let label = card.get_attribute("aria-label").unwrap_or_default();
    assert_eq!(label, "worker-1, Ready, pod node-logger-x7k2p, revision 1, starting");
    node.update(|node| {
        node.exists = false;
        node.pods.clear();
    });
    tick().await;
    assert_eq!(count(&root, "[data-node]"), 0);
    assert_eq!(count(&root, "[data-ghost-node=worker-1]"), 1);
}

#[wasm_bindgen_test]
async fn the_frame_loop_stops_when_it_is_not_wanted_and_on_unmount() {
    let frames = RwSignal::new(0);
    let active = RwSignal::new(true);
    let root = element();
    let mounted = mount(&root, move || {
        use_frame_loop(active.into(), move |_| frames.update(|count| *count += 1));
        el("p", "")
    });
    TimeoutFuture::new(200).await;
    assert!(frames.get_untracked() > 0, "the loop never ran");

    active.set(false);
    tick().await;
    let paused_at = frames.get_untracked();
    TimeoutFuture::new(150).await;
    assert_eq!(frames.get_untracked(), paused_at, "it ran while paused");

    active.set(true);
    TimeoutFuture::new(150).await;
    let running_at = frames.get_untracked();
    assert!(running_at > paused_at, "it did not start again");
    drop(mounted);
    TimeoutFuture::new(150).await;
    assert_eq!(frames.get_untracked(), running_at, "it ran after unmount");
}

#[wasm_bindgen_test]
async fn cards_follow_the_cluster_after_a_reset() {
    let root = element();
    let _mounted = mount(&root, || {
        let session = Session::open();
        let stage = stage(session, Page::new());
        session.settle(300_000);
        session.perform(Command::Reset(None));
        stage
    });
    tick().await;
    assert_eq!(count(&root, "[data-node=worker-1]"), 1);
    assert_eq!(count(&root, "[data-state=ready]"), 0, "a card shows the cluster before");
}

#[wasm_bindgen_test]
async fn focus_returns_to_the_button_when_its_form_closes() {
    let root = element();
    let _mounted = mount(&root, move || {
        let session = Session::open();
        session.perform(Command::SelectNode(Some("worker-1".into())));
        node_actions(session, Page::new())
    });
    tick().await;
    let button: HtmlElement = find(&root, "[aria-keyshortcuts=X]").unchecked_into();
    button.click();
    tick().await;
    let field = find(&root, "input[aria-label=Taint]");
    assert_eq!(document().active_element(), Some(field.clone()), "the form takes the focus");

    press(&field, "Escape");
    tick().await;
    assert_eq!(count(&root, "[role=dialog]"), 0);
    assert_eq!(document().active_element(), Some(button.unchecked_into()));
}

#[wasm_bindgen_test]
async fn a_pod_that_is_gone_shrinks_away_and_is_no_pod_meanwhile() {
    let node = RwSignal::new(node_with(pod(PodState::Leaving)));
    let root = element();
    let _mounted = mount(&root, move || card(node));
    node.update(|node| node.pods.clear());
    tick().await;
    assert_eq!(count(&root, "[data-pod], [data-node-name]"), 0);
    assert_eq!(count(&root, "[data-anim=gone][aria-hidden=true]"), 1);
    TimeoutFuture::new(600).await;
    assert_eq!(count(&root, "[data-anim=gone]"), 0, "it stays");
}

#[wasm_bindgen_test]
async fn a_deleted_node_leaves_a_ghost_with_the_same_pods() {
    let root = element();
    let session = StoredValue::new_local(None::<Session>);
    let _mounted = mount(&root, || {
        let new = Session::open();
        session.set_value(Some(new));
        new.settle(300_000);
        stage(new, Page::new())
    });
    tick().await;
    let pod = find(&root, "[data-node=worker-1] [data-owner$=node-logger]");
    let session = session.get_value().unwrap();
    session.perform(Command::Act(Input::DeleteNode { node: "worker-1".into() }));
    session.perform(Command::Act(Input::DeleteNode { node: "worker-2".into() }));
    tick().await;
    assert_eq!(count(&root, "[data-node=worker-1]"), 0);
    let after = find(&root, "[data-ghost-node=worker-1] [data-owner$=node-logger]");
    assert!(pod.is_same_node(Some(&after)), "the pod got another element");
    assert_eq!(count(&root, "[data-ghost-node]"), 2);
    assert_eq!(count(&root, ".node[tabindex='0']"), 1, "Tab stops at one card");
    session.advance(120_000);
    tick().await;
    assert_eq!(count(&root, "[data-ghost-node]"), 0);
}

#[wasm_bindgen_test]
async fn the_focus_goes_back_to_the_card_whose_key_opened_a_form() {
    let root = element();
    let session = StoredValue::new_local(None::<Session>);
    let _mounted = mount(&root, || {
        let new = Session::open();
        session.set_value(Some(new));
        stage(new, Page::new())
    });
    tick().await;
    let card: HtmlElement = find(&root, "[data-node=worker-2]").unchecked_into();
    card.focus().unwrap();
    let session = session.get_value().unwrap();
    use_tool(session, "worker-2".into(), "L");
    TimeoutFuture::new(100).await;
    let field = find(&root, "input[aria-label=Label]");
    assert_eq!(document().active_element(), Some(field.clone()));
    press(&field, "Escape");
    tick().await;
    assert_eq!(document().active_element(), Some(card.unchecked_into()));
}

fn card(node: RwSignal<NodeView>) -> View {
    node_card(Card {
        node,
        around: Surroundings {
            foresight: Foresight::new(),
            hints: Hints::new(),
            daemon_set: RwSignal::new(Some(Name::from("kube-system/node-logger"))),
            now: RwSignal::new(Time(5000)),
            filter: RwSignal::new(String::new()),
            wave: Memo::new(|_| Vec::new()),
            turns: Memo::new(|_| Vec::new()),
            lively: Rc::new(|| true),
        },
        selected: Rc::new(|| false),
        tab_stop: Rc::new(|| true),
        on_select: Rc::new(|| ()),
        on_why: Rc::new(|| ()),
    })
}

fn node_with(pod: PodView) -> NodeView {
    NodeView {
        name: "worker-1".into(),
        uid: 1,
        ready: Readiness::True,
        cordoned: false,
        kubelet_runs: true,
        shortages: Vec::new(),
        exists: true,
        labels: Vec::new(),
        zone: Some("eu-1a".into()),
        taints: Vec::new(),
        pods: vec![pod],
        more: 0,
        own: 1,
        cpu: UsageView::default(),
        memory: UsageView::default(),
        wanted: Ok(()),
    }
}

fn pod(state: PodState) -> PodView {
    PodView {
        uid: 1,
        name: "node-logger-x7k2p".into(),
        owner: Some("DaemonSet/kube-system/node-logger".into()),
        node: Some("worker-1".into()),
        revision: 1,
        state,
        phrase: state.word().into(),
        since: Time(0),
        until: Some(Time(10_000)),
        restarts: 0,
        unschedulable: None,
    }
}

/// A fresh place in the page, so that tests do not meet.
fn element() -> HtmlElement {
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&root).unwrap();
    root
}

fn find(root: &HtmlElement, selector: &str) -> Element {
    root.query_selector(selector).unwrap().unwrap_or_else(|| panic!("no element for {selector}"))
}

fn count(root: &HtmlElement, selector: &str) -> u32 {
    root.query_selector_all(selector).unwrap().length()
}

fn press(element: &Element, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    element.dispatch_event(&event).unwrap();
}

//! The stage: pools of nodes on the light table, and the actions of the selected node.

pub mod node;
pub mod pod;

use daemonset_core::api::Name;
use leptos::prelude::*;
use leptos::reactive::computed::Selector;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::command::Command;
use super::icon::Icon;
use super::node_actions::NodeActions;
use super::pace::HASTY;
use super::session::{NodeRow, Pool, Session};
use node::NodeCard;

/// All pools. The list runs again only when nodes join or leave.
#[component]
pub fn Stage() -> impl IntoView {
    let session = expect_context::<Session>();
    // The card that Tab reaches: the one that had the focus last, else the first.
    let cursor = RwSignal::new(None::<Name>);
    let tab_stop = Memo::new(move |_| {
        let pools = session.pools.read();
        let mut rows = pools.iter().flat_map(|pool| &pool.nodes);
        let wanted = cursor.get();
        let found = rows.clone().find(|row| Some(&row.name) == wanted.as_ref());
        found.or_else(|| rows.next()).map(|row| row.uid)
    });
    let tab_stop = Selector::new(move || tab_stop.get());
    let selection = Selector::new(move || session.selected_node.get());
    let lively = Signal::derive(move || session.speed.get() < HASTY);
    let card = move |row: NodeRow| {
        let NodeRow { uid, name, node } = row;
        let (selection, tab_stop) = (selection.clone(), tab_stop.clone());
        let this = Some(name.clone());
        let selected = Signal::derive(move || selection.selected(&this));
        let tab_stop = Signal::derive(move || tab_stop.selected(&Some(uid)));
        let on_select = Callback::new(move |()| {
            cursor.set(Some(name.clone()));
            session.perform(Command::SelectNode(Some(name.clone())));
        });
        let daemon_set = session.selected_set;
        view! { <NodeCard node daemon_set now=session.now lively selected tab_stop on_select /> }
            .into_any()
    };
    let card = Callback::new(card);
    // The card is there one frame after the news.
    Effect::new(move |_| {
        if let Some(name) = session.joined.get() {
            request_animation_frame(move || scroll_to(&format!("[data-node=\"{name}\"]")));
        }
    });
    let remember = move |event: leptos::ev::FocusEvent| {
        if let Some(name) = focused_node(&event) {
            cursor.set(Some(name));
        }
    };
    view! {
        <section
            class="stage"
            id="stage"
            aria-label="Cluster"
            tabindex="-1"
            on:keydown=move_with_arrows
            on:focusin=remember
        >
            <div class="pools">
                <For
                    each=move || session.pools.get()
                    key=|pool| pool.id.clone()
                    children=move |pool| view! { <PoolView pool card /> }
                />
            </div>
            <NodeActions />
        </section>
    }
}

#[component]
fn PoolView(pool: Pool, card: Callback<NodeRow, AnyView>) -> impl IntoView {
    let session = expect_context::<Session>();
    let Pool { id, title, nodes } = pool;
    let this = id.clone();
    let nodes = Memo::new(move |_| {
        let pools = session.pools.read();
        pools.iter().find(|pool| pool.id == this).map_or(nodes.clone(), |pool| pool.nodes.clone())
    });
    let node_count = Memo::new(move |_| nodes.read().len());
    let add_label = format!("Add a node to {title}");
    let is_control_plane = *id == *"control-plane";
    let pool_id = id.clone();
    view! {
        <section
            class="pool"
            aria-label=format!("Pool {title}")
            data-pool=id.to_string()
            data-columns=move || node_count.get().div_ceil(2).clamp(1, 6)
        >
            <div class="pool__head">
                <h2 class="pool__title">{title.to_string()}</h2>
                <span class="pool__count">{node_count}</span>
                <button
                    class="icon-button icon-button--small pool__add"
                    aria-label=add_label.clone()
                    title=add_label
                    on:click=move |_| drop(session.perform(Command::AddNode(pool_id.clone())))
                >
                    <Icon name="plus" small=true />
                </button>
            </div>
            <div class="bracket"></div>
            <div class="pool__grid">
                <div class="pool__nodes" role="grid" aria-label=title.to_string()>
                    <div class="pool__nodes" role="row">
                        <For
                            each=move || nodes.get()
                            key=|row| row.uid
                            children=move |row| card.run(row)
                        />
                    </div>
                </div>
                {move || (is_control_plane && node_count.get() == 1).then(|| view! { <AddCard /> })}
            </div>
        </section>
    }
}

/// The free place beside a lone control plane says what to do with it.
#[component]
fn AddCard() -> impl IntoView {
    let session = expect_context::<Session>();
    let add = move |pool: &'static str| drop(session.perform(Command::AddNode(pool.into())));
    view! {
        <div class="add-card" role="group" aria-label="Add a node">
            <b class="add-card__title">"Add a node"</b>
            <span class="add-card__note">
                "It joins, and every DaemonSet that wants it follows."
            </span>
            <span class="add-card__choices">
                <button class="button button--line button--small" on:click=move |_| add("workers")>
                    "Worker"
                    <kbd class="key">"N"</kbd>
                </button>
                <button class="button button--line button--small" on:click=move |_| add("gpu")>
                    "GPU"
                </button>
            </span>
        </div>
    }
}

fn scroll_to(selector: &str) {
    if let Ok(Some(card)) = document().query_selector(selector) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        card.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn focused_node(event: &leptos::ev::FocusEvent) -> Option<Name> {
    let target = event.target()?.dyn_into::<HtmlElement>().ok()?;
    target.get_attribute("data-node").map(Name::from)
}

/// Arrow keys go to the nearest card in their direction, as the eye sees it.
fn move_with_arrows(event: leptos::ev::KeyboardEvent) {
    let direction = match event.key().as_str() {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        _ => return,
    };
    let Some(current) = document().active_element() else { return };
    if !current.class_list().contains("node") {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
    let Ok(cards) = document().query_selector_all(".node") else { return };
    let cards = (0..cards.length()).filter_map(|at| cards.get(at)?.dyn_into::<HtmlElement>().ok());
    let here = center(&current);
    let cost = |card: &HtmlElement| {
        let there = center(card);
        let (right, down) = (there.0 - here.0, there.1 - here.1);
        let along = right * direction.0 + down * direction.1;
        let aside = (right * direction.1).abs() + (down * direction.0).abs();
        // Sideways costs more than ahead; what is not ahead is out of the question.
        (along > 1.0).then_some(along + 3.0 * aside)
    };
    let nearest = cards
        .filter_map(|card| Some((cost(&card)?, card)))
        .min_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((_, card)) = nearest {
        let _ = card.focus();
    }
}

fn center(element: &web_sys::Element) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.x() + rect.width() / 2.0, rect.y() + rect.height() / 2.0)
}

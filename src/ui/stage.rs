//! The stage: pools of nodes on the light table, and the actions of the selected node.

pub mod foreseen;
pub mod node;
pub mod pod;
pub mod tray;

use std::rc::Rc;

use daemonset_core::api::Name;
use daemonset_core::playground::NewNodes;
use leptos::prelude::*;
use leptos::reactive::computed::Selector;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::Page;
use super::command::Command;
use super::dom::{Element, Row, el, memo, watch};
use super::icon::small_icon;
use super::map::bar::{bar, is_wanted};
use super::map::table::table;
use super::map::{Look, map};
use super::node_actions::node_actions;
use super::pace::HASTY;
use super::preview::acting;
use super::session::fleet::Level;
use super::session::{Asked, NodeRow, Pool, Session};
use super::text::estimate;
use node::{Card, Surroundings, node_card};
use tray::tray;

/// All pools. The list runs again only when nodes join or leave.
pub fn stage(session: Session, page: Page) -> Element {
    let cards = Cards::new(session, page);
    let (cursor, around) = (cards.cursor, cards.around.clone());
    let look = Look::new(session);
    let pools = move || {
        if session.fleet.level.get() != Level::Cards {
            return Vec::new();
        }
        let row = |pool: &Pool| {
            let (id, title, cards) = (pool.id.clone(), pool.title.clone(), cards.clone());
            Row::new(pool.id.clone(), move || pool_view(session, id, &title, cards))
        };
        session.pools.read().iter().map(row).collect()
    };
    // The card is there one frame after the news; and where there is little room, the actions of a
    // node must not cover it.
    for news in [session.joined, session.selected_node] {
        watch(move || {
            if let Some(name) = news.get() {
                request_animation_frame(move || scroll_to(&format!("[data-node=\"{name}\"]")));
            }
        });
    }
    watch(move || session.search(&page.filter.read()));
    let rolls = memo(move || session.daemon_set.read().as_ref().is_some_and(|set| set.rolling));
    el("section", "stage")
        .attrs(&[("id", "stage"), ("aria-label", "Cluster"), ("tabindex", "-1")])
        .on("keydown", move_with_arrows)
        .on("focusin", move |event: FocusEvent| {
            if let Some(name) = focused_node(&event) {
                cursor.set(Some(name));
            }
        })
        .live("data-level", move || match session.fleet.level.get() {
            Level::Cards => "cards",
            Level::Map => "map",
            Level::Table => "table",
        })
        .when(move || is_wanted(session), move || bar(session, page, look))
        .part(move || large(session, page, look))
        .child(
            el("div", "stage__table")
                .when(move || rolls.get(), move || outcome(session))
                .child(el("div", "pools").list(pools))
                .child(tray(session, around)),
        )
        .child(node_actions(session, page))
}

/// Where there is no room for the plan: how far the rollout is, and what it has cost.
fn outcome(session: Session) -> Element {
    let wave = move || {
        let set = session.daemon_set.read();
        let rollout = set.as_ref()?.rollout.as_ref()?;
        let left = rollout.left.map(|it| format!(", {} left", estimate(it))).unwrap_or_default();
        Some(format!("Wave {} of {}{left}", rollout.wave, rollout.wave_count))
    };
    let sentence = move || session.daemon_set.read().as_ref().map(|set| set.sentence.clone());
    el("p", "stage__rollout")
        .child(el("b", "").live_text(wave))
        .child(el("span", "").live_text(sentence))
}

/// What stands in place of cards where there are many nodes.
fn large(session: Session, page: Page, look: Look) -> Vec<Element> {
    match session.fleet.level.get() {
        Level::Cards => Vec::new(),
        Level::Map => vec![map(session, page, look), table(session, false)],
        Level::Table => vec![table(session, true)],
    }
}

/// What all cards share. A selector wakes only the card that gains or loses the mark.
#[derive(Clone)]
struct Cards {
    session: Session,
    /// The card that had the focus last.
    cursor: RwSignal<Option<Name>>,
    /// The card that Tab reaches: the cursor's, else the first.
    tab_stop: Selector<Option<Name>>,
    selection: Selector<Option<Name>>,
    around: Surroundings,
}

impl Cards {
    fn new(session: Session, page: Page) -> Self {
        let cursor = RwSignal::new(None::<Name>);
        let tab_stop = memo(move || {
            let pools = session.pools.read();
            let mut rows = pools.iter().flat_map(|pool| &pool.nodes);
            let wanted = cursor.get();
            let found = rows.clone().find(|row| Some(&row.name) == wanted.as_ref());
            found.or_else(|| rows.next()).map(|row| row.name.clone())
        });
        Self {
            session,
            cursor,
            tab_stop: Selector::new(move || tab_stop.get()),
            selection: Selector::new(move || session.selected_node.get()),
            around: Surroundings {
                daemon_set: session.selected_set,
                now: session.now,
                filter: page.filter,
                wave: memo(move || {
                    let set = session.daemon_set.read();
                    let rollout = set.as_ref().and_then(|set| set.rollout.as_ref());
                    rollout.map(|it| it.nodes.clone()).unwrap_or_default()
                }),
                turns: memo(move || {
                    let set = session.daemon_set.read();
                    let rollout = set.as_ref().and_then(|set| set.rollout.as_ref());
                    rollout.map(|it| it.turns.clone()).unwrap_or_default()
                }),
                foresight: session.foresight,
                hints: session.hints,
                lively: Rc::new(move || session.playing.get() && session.speed.get() < HASTY),
            },
        }
    }

    fn card(&self, row: &NodeRow) -> Row {
        let (cards, row) = (self.clone(), row.clone());
        Row::new((row.uid, row.name.clone()), move || {
            let Self { session, cursor, tab_stop, selection, around } = cards;
            let NodeRow { name, node, .. } = row;
            let this = Some(name.clone());
            let asked = name.clone();
            node_card(Card {
                node: node.into(),
                around,
                selected: Rc::new({
                    let this = this.clone();
                    move || selection.selected(&this)
                }),
                tab_stop: Rc::new(move || tab_stop.selected(&this)),
                on_select: Rc::new(move || {
                    cursor.set(Some(name.clone()));
                    session.perform(Command::SelectNode(Some(name.clone())));
                }),
                on_why: Rc::new(move || session.hints.ask_node(session, Some(asked.clone()))),
            })
        })
    }
}

fn pool_view(session: Session, id: Name, title: &str, cards: Cards) -> Element {
    let is_control_plane = *id == *"control-plane";
    let pool = el("section", "pool")
        .attrs(&[("aria-label", &format!("Pool {title}")), ("data-pool", &id)]);
    let add = el("button", "icon-button icon-button--small pool__add")
        .attrs(&[("aria-label", &format!("Add a node to {title}"))])
        .attr("title", &format!("Add a node to {title}"))
        .child(small_icon("plus"));
    let this = id.clone();
    let node_count = memo(move || session.pool(&this).map_or(0, |pool| pool.nodes.len()));
    let empty_id = id.clone();
    let this = id.clone();
    let nodes = move || {
        let pool = session.pool(&this);
        pool.iter().flat_map(|pool| &pool.nodes).map(|row| cards.card(row)).collect()
    };
    let head = el("div", "pool__head")
        .child(el("h2", "pool__title").text(title))
        .child(el("span", "pool__count").live_text(move || node_count.get().to_string()))
        .child(acting(add, session, move || Some(Command::AddNodes(NewNodes::one(&id)))));
    let grid = el("div", "pool__nodes")
        .attrs(&[("role", "grid"), ("aria-label", title)])
        .child(el("div", "pool__nodes").attr("role", "row").list(nodes));
    let lone = move || is_control_plane && node_count.get() == 1;
    let is_empty = move || node_count.get() == 0;
    pool.live("data-columns", move || node_count.get().div_ceil(2).clamp(1, 6).to_string())
        .child(head)
        .child(el("div", "bracket"))
        .child(
            el("div", "pool__grid")
                .child(grid)
                .when(lone, move || add_card(session))
                .when(is_empty, move || empty_card(session, &empty_id)),
        )
}

/// The free place beside a lone control plane says what to do with it.
fn add_card(session: Session) -> Element {
    let choice = |pool: &'static str, word: &str| {
        let button = el("button", "button button--line button--small").text(word);
        acting(button, session, move || Some(Command::AddNodes(NewNodes::one(pool))))
    };
    let choices = el("span", "add-card__choices")
        .child(choice("workers", "Worker").child(el("kbd", "key").text("N")))
        .child(choice("gpu", "GPU"))
        .child(
            el("button", "button button--line button--small")
                .on_click(move || session.asked.set(Some(Asked::Nodes("workers".into()))))
                .text("Many"),
        );
    let note = "It joins, and every DaemonSet that wants it follows.";
    el("div", "add-card")
        .attrs(&[("role", "group"), ("aria-label", "Add a node")])
        .child(el("b", "add-card__title").text("Add a node"))
        .child(el("span", "add-card__note").text(note))
        .child(choices)
}

/// What stands where the last node of a pool was.
fn empty_card(session: Session, pool: &Name) -> Element {
    let pool = pool.clone();
    let button = el("button", "button button--line button--small").text("Add one");
    let button = acting(button, session, move || Some(Command::AddNodes(NewNodes::one(&pool))));
    el("div", "add-card")
        .child(el("b", "add-card__title").text("No nodes"))
        .child(el("span", "add-card__choices").child(button))
}

fn scroll_to(selector: &str) {
    if let Ok(Some(card)) = document().query_selector(selector) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        card.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn focused_node(event: &FocusEvent) -> Option<Name> {
    let target = event.target()?.dyn_into::<HtmlElement>().ok()?;
    let name = |key| target.get_attribute(key).map(Name::from);
    name("data-node").or_else(|| name("data-ghost-node"))
}

/// Arrow keys go to the nearest card in their direction, as the eye sees it.
fn move_with_arrows(event: KeyboardEvent) {
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

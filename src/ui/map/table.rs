//! The cluster as a table: the same data for those who cannot see the map, and for copying. Only
//! the rows that are looked at are there, however many nodes there are.

use std::cmp::Ordering;

use daemonset_core::api::Name;
use daemonset_core::api::order::{counted, sort_by};
use daemonset_core::playground::view::{NodeView, Readiness};
use leptos::prelude::*;
use web_sys::{Event, HtmlElement};

use crate::ui::browser::copy;
use crate::ui::command::Command;
use crate::ui::dom::{Element, Row, el, memo, watch};
use crate::ui::icon::small_icon;
use crate::ui::session::fleet::Spot;
use crate::ui::session::{NodeRow, Session, set_arc_if_new, set_if_new};
use crate::ui::text::{lead, own_pods, ready_word};

/// Height of a row, in CSS pixels; the style sheet says the same.
const ROW: i32 = 30;

/// Rows that are made at a time.
const ROWS_MAX: usize = 48;

/// Rows above and below those that are seen.
const MARGIN: i32 = 8;

const COLUMNS: [&str; 7] = ["Node", "Status", "Zone", "Pod", "State", "Revision", "Taints"];

/// The column that the rows are sorted by, and whether the last comes first; else they stand as on
/// the map.
type Sort = RwSignal<Option<(usize, bool)>>;

/// The places of the rows in the fleet, if they are sorted.
type Order = Memo<Option<Vec<usize>>>;

/// The table; `seen` is whether it is drawn, or there for assistive technology only.
pub fn table(session: Session, seen: bool) -> Element {
    let first = RwSignal::new(0_usize);
    let rows = RwSignal::new(Vec::<NodeRow>::new());
    let sort: Sort = RwSignal::new(None);
    // Once a second: rows that change places faster cannot be read.
    let order: Order = memo(move || {
        let (column, is_down) = sort.get()?;
        session.fleet.calm.track();
        session.fleet.groups.track();
        session.fleet.found.track();
        Some(sorted(session, column, is_down))
    });
    watch(move || {
        if seen {
            session.fleet.pulse.track()
        } else {
            session.fleet.calm.track()
        }
        session.fleet.groups.track();
        session.fleet.found.track();
        let names = window_of(session, &order.read(), first.get());
        let known = rows.get_untracked();
        let row = |(name, _): &(Name, bool)| row(session, &known, name);
        set_if_new(rows, names.iter().filter_map(row).collect());
    });
    let scrolled = move |event: Event| {
        let scroller: HtmlElement = event_target(&event);
        let top = (scroller.scroll_top() / ROW - MARGIN).max(0);
        set_if_new(first, usize::try_from(top).unwrap_or(0));
    };
    let head =
        el("div", "table__row table__row--head").attrs(&[("role", "row"), ("aria-rowindex", "1")]);
    let head =
        COLUMNS.into_iter().fold(head, |head, name| head.child(header(name, seen.then_some(sort))));
    let list = move || {
        let list = rows.read();
        let made = list.iter().enumerate().map(|(at, row)| {
            let (row, index) = (row.clone(), first.get_untracked() + at);
            Row::new((row.uid, row.name.clone(), index), move || line(session, &row, index))
        });
        made.collect()
    };
    let body = el("div", "table__body")
        .attr("role", "rowgroup")
        .paint(move |it| {
            let count = session.fleet.count.get();
            it.style("--rows", count.to_string());
        })
        .list(list);
    let grid = el("div", "table__grid")
        .attrs(&[("role", "table"), ("aria-label", "Nodes")])
        .live("aria-rowcount", move || (session.fleet.count.get() + 1).to_string())
        .child(el("div", "").attr("role", "rowgroup").child(head))
        .child(body);
    let copy_all = el("button", "button button--line button--small table__copy")
        .on_click(move || copy(&as_text(session, &order.read_untracked())))
        .child(small_icon("copy"))
        .text("Copy table");
    let class = if seen { "table" } else { "table sr" };
    let table = el("section", class).attr("aria-label", "Nodes as a table");
    let scroller = el("div", "table__scroll").on("scroll", scrolled).child(grid);
    match seen {
        true => table.child(scroller.attr("tabindex", "0")).child(copy_all),
        false => table.child(scroller),
    }
}

/// The head of a column. Where it can be pressed, the first press puts what is smallest first, the
/// second what is largest, the third lets go.
fn header(name: &'static str, sort: Option<Sort>) -> Element {
    let head = el("span", "").attr("role", "columnheader");
    let Some(sort) = sort else { return head.text(name) };
    let column = COLUMNS.iter().position(|it| *it == name).unwrap_or(0);
    let own = move || sort.get().filter(|it| it.0 == column).map(|it| it.1);
    let turn = move || {
        sort.set(match untrack(own) {
            None => Some((column, false)),
            Some(false) => Some((column, true)),
            Some(true) => None,
        });
    };
    let button = el("button", "table__sort").on_click(turn).text(name).child(small_icon("chevron"));
    head.child(button).live("aria-sort", move || match own() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    })
}

/// The names that are looked at, those that a search has found before the others.
fn window_of(session: Session, order: &Option<Vec<usize>>, first: usize) -> Vec<(Name, bool)> {
    session.fleet.with(|spots| {
        let read = |spot: &Spot| (spot.name.clone(), spot.found);
        if let Some(order) = order {
            let spots = order.iter().skip(first).take(ROWS_MAX).filter_map(|at| spots.get(*at));
            return spots.map(read).collect();
        }
        let of = |found: bool| spots.iter().filter(move |spot| spot.found == found);
        of(true).chain(of(false)).skip(first).take(ROWS_MAX).map(read).collect()
    })
}

/// All places by what stands in a column, those that a search has found before the others.
fn sorted(session: Session, column: usize, is_down: bool) -> Vec<usize> {
    let selected = session.selected_set.get_untracked();
    let names: Vec<_> =
        session.fleet.with(|all| all.iter().map(|it| (it.name.clone(), it.found)).collect());
    let mut keys = Vec::new();
    for (at, (name, found)) in names.iter().enumerate() {
        let node = session.look_at(name);
        let text = node.map(|it| cell(&it, selected.as_ref(), column)).unwrap_or_default();
        keys.push((!found, counted(&text), at));
    }
    sort_by(&mut keys, |a, b| {
        let texts = a.1.cmp(&b.1);
        let texts = if is_down { texts.reverse() } else { texts };
        match a.0.cmp(&b.0) {
            Ordering::Equal => texts,
            found => found,
        }
    });
    keys.into_iter().map(|it| it.2).collect()
}

/// The row of a node, the known one if it is the same node.
fn row(session: Session, known: &[NodeRow], name: &Name) -> Option<NodeRow> {
    let view = session.look_at(name)?;
    match known.iter().find(|it| it.name == *name && it.uid == view.uid) {
        Some(row) => {
            set_arc_if_new(&row.node, view);
            Some(row.clone())
        }
        None => Some(NodeRow { uid: view.uid, name: name.clone(), node: ArcRwSignal::new(view) }),
    }
}

fn line(session: Session, row: &NodeRow, index: usize) -> Element {
    let name = row.name.clone();
    let this = Some(name.clone());
    let node = row.node.clone();
    let line = el("div", "table__row")
        .attrs(&[("role", "row"), ("aria-rowindex", &(index + 2).to_string())])
        .style("--at", &index.to_string())
        .paint(move |it| {
            let node = node.read();
            it.set("data-node", node.exists.then(|| node.name.to_string()));
            it.set("data-ready", ready_word(node.ready));
            it.set("data-cordoned", node.cordoned);
            it.set("aria-selected", session.selected_node.get() == this);
        })
        .on_click(move || drop(session.perform(Command::SelectNode(Some(name.clone())))));
    (0..COLUMNS.len()).fold(line, |line, column| {
        let node = row.node.clone();
        let text = move || cell(&node.read(), session.selected_set.read().as_ref(), column);
        line.child(el("span", "").attr("role", "cell").live_text(text))
    })
}

fn cell(node: &NodeView, selected: Option<&Name>, column: usize) -> String {
    let own = own_pods(node, selected);
    let pod = lead(&own);
    match column {
        0 => node.name.to_string(),
        1 => status(node),
        2 => node.zone.as_deref().unwrap_or("-").to_owned(),
        3 => pod.map_or("-".to_owned(), |pod| pod.name.to_string()),
        4 => match (pod, &node.wanted) {
            (Some(pod), _) => pod.phrase.to_string(),
            (None, Err(reason)) => format!("no pod: {reason}"),
            (None, Ok(())) => "no pod yet".to_owned(),
        },
        5 => pod.map_or("-".to_owned(), |pod| pod.revision.to_string()),
        _ => {
            let taints: Vec<&str> = node.taints.iter().map(|taint| &*taint.text).collect();
            if taints.is_empty() { "-".to_owned() } else { taints.join(", ") }
        }
    }
}

/// As `kubectl get nodes` writes it.
fn status(node: &NodeView) -> String {
    let ready = match node.ready {
        _ if !node.exists => return "deleted".to_owned(),
        Readiness::True => "Ready",
        _ => "NotReady",
    };
    if node.cordoned { format!("{ready},SchedulingDisabled") } else { ready.to_owned() }
}

/// All nodes with tabs between their cells, as spreadsheets read it, in the order that is shown.
fn as_text(session: Session, order: &Option<Vec<usize>>) -> String {
    let selected = session.selected_set.get_untracked();
    let names: Vec<Name> = session.fleet.with(|all| match order {
        Some(order) => order.iter().filter_map(|at| Some(all.get(*at)?.name.clone())).collect(),
        None => all.iter().map(|it| it.name.clone()).collect(),
    });
    let mut text = COLUMNS.join("\t");
    for node in names.iter().filter_map(|name| session.look_at(name)) {
        let cells = (0..COLUMNS.len()).map(|column| cell(&node, selected.as_ref(), column));
        text.push('\n');
        text.push_str(&cells.collect::<Vec<_>>().join("\t"));
    }
    text
}

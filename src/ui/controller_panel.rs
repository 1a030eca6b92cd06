//! The controller at work, one sync at a time: what it observes on each node, what it compares that
//! with, and how it acts. Nodes with the same answers stand in one row, so that five thousand of
//! them read like five.

use daemonset_core::insight::{Act, Compared, Observed, Reconciliation};
use leptos::prelude::*;

use super::command::Command;
use super::dom::{Element, Row, el, memo};
use super::icon::small_icon;
use super::segments::{choice, segments};
use super::session::Session;
use super::stage::pod::revision_token;
use super::text::precise;

/// Up to so many nodes the next sync is looked for while time flows.
const NODES_LIVE_MAX: usize = 200;

/// More cells than this do not fit beside each other.
const CELLS_MAX: usize = 12;

const COLUMNS: [&str; 4] = ["Nodes", "Observe", "Compare", "Act"];

/// What the tab Controller holds.
pub fn controller_panel(session: Session) -> Element {
    let last = RwSignal::new(false);
    let is_picture = session.journey.is_picture;
    let is_live = move || {
        let is_small = || session.fleet.count.get() <= NODES_LIVE_MAX;
        !is_picture.get() && (!session.playing.get() || is_small())
    };
    let sync = memo(move || {
        // With every beat while time flows, and else when something was done.
        if session.playing.get() {
            session.now.track()
        } else {
            session.foresight.stirred.track()
        }
        let (set, last) = (session.selected_set.get()?, last.get());
        is_live().then(|| untrack(|| session.sync_of(&set, last))).flatten()
    });
    let sentence = move || match (&*sync.read(), session.selected_set.read().is_some()) {
        (Some(sync), _) => sync.sentence(),
        (None, false) => "There is no DaemonSet whose controller could act.".to_owned(),
        (None, true) if is_picture.get() => "The cluster is on its way to this instant.".to_owned(),
        (None, true) if !is_live() => "Pause to look at single syncs.".to_owned(),
        (None, true) if last.get() => "It has not synced yet.".to_owned(),
        (None, true) => "It sleeps: no node, pod or template has changed since its last sync, and \
                         no timer of its own is set."
            .to_owned(),
    };
    let at = move || sync.read().as_ref().map(|it| precise(it.at));
    let which = segments("Which sync")
        .child(choice("sync", "Last", move || last.get(), move || last.set(true)))
        .child(choice("sync", "Next", move || !last.get(), move || last.set(false)));
    let cannot_step = move || last.get() || sync.read().is_none();
    let step = el("button", "button button--small button--go loop__step")
        .attr("title", "Run to the end of this sync, and stop there")
        .live("aria-disabled", move || cannot_step().then_some("true"))
        .on_click(move || drop(session.perform(Command::StepSync)))
        .child(small_icon("next"))
        .text("Step");
    let head = el("div", "loop__head")
        .child(which)
        .child(el("p", "loop__sentence").attr("aria-live", "polite").live_text(sentence))
        .child(el("span", "loop__at").live_text(at))
        .child(step);
    let update = move || sync.read().as_ref().map(|it| it.update.clone());
    let writes = move || sync.read().as_ref().map(|it| it.writes.join(", "));
    el("div", "loop drawer__panel")
        .attrs(&[("role", "region"), ("aria-label", "Controller"), ("tabindex", "0")])
        .child(head)
        .child(steps(sync))
        .child(note("Rolling update", update))
        .child(table(sync))
        .child(note("Then it writes the status", writes))
}

/// The loop at a glance: what was observed, a cell for each node with what it is compared to, and
/// what came of it.
fn steps(sync: Memo<Option<Reconciliation>>) -> Element {
    let observed = move || sync.read().as_ref().map_or_else(Vec::new, |it| figures(&it.observed));
    let acted = move || sync.read().as_ref().map_or_else(Vec::new, |it| figures(&acted(it)));
    let cells = move || sync.read().as_ref().map_or_else(Vec::new, |it| cells(&it.rows));
    let step = |name: &str, note: &str| {
        let title = el("h3", "loop__title").text(name).child(el("small", "").text(note));
        el("section", "loop__step-box").child(title)
    };
    el("div", "loop__steps")
        .live("hidden", move || sync.read().is_none().then_some(""))
        .child(step("Observe", "").child(el("dl", "loop__figures").part(observed)))
        .child(
            step("Compare", "what is there, and what should be there")
                .child(el("ul", "loop__cells").part(cells)),
        )
        .child(step("Act", "").child(el("dl", "loop__figures").part(acted)))
}

fn figures(figures: &[(&'static str, String)]) -> Vec<Element> {
    let pair = |(name, text): &(&str, String)| {
        [el("dt", "").text(name), el("dd", "").attr("title", text).text(text)]
    };
    figures.iter().flat_map(pair).collect()
}

fn acted(sync: &Reconciliation) -> Vec<(&'static str, String)> {
    let status = match sync.writes.is_empty() {
        true => "unchanged, not written".to_owned(),
        false => "written".to_owned(),
    };
    let mut acted = vec![
        ("create", sync.creates.to_string()),
        ("delete", sync.deletes.to_string()),
        ("status", status),
    ];
    acted.extend(sync.error.clone().map(|it| ("error", it)));
    acted
}

/// One for each node, or one for all nodes with the same answers where they are many.
fn cells(rows: &[Compared]) -> Vec<Element> {
    let is_few = rows.iter().map(|it| it.nodes.len()).sum::<usize>() <= CELLS_MAX;
    let mut cells = Vec::new();
    for row in rows {
        if is_few {
            cells.extend(row.nodes.iter().map(|name| cell(row, name)));
        } else {
            let names = match &row.nodes[..] {
                [one] => one.to_string(),
                several => format!("{} nodes", several.len()),
            };
            cells.push(cell(row, &names));
        }
    }
    cells
}

fn cell(row: &Compared, names: &str) -> Element {
    let token = |pod: &Observed| {
        let state = match pod.word {
            "available" | "ready, not available yet" => "ready",
            "failed" => "failed",
            "starting" | "not ready" | "not scheduled" => "starting",
            _ => "leaving",
        };
        let token = match pod.revision {
            0 => el("span", "loop__slot"),
            number => revision_token(number, "pod--small"),
        };
        token.attrs(&[("data-state", state), ("aria-hidden", "true")])
    };
    let pods = row.pods.iter().map(token);
    let pods = pods.fold(el("span", "loop__pods"), |all, pod| all.child(pod));
    let pods = if row.pods.is_empty() { pods.child(el("span", "loop__slot")) } else { pods };
    el("li", "loop__cell")
        .attrs(&[("data-act", row.act.word()), ("title", &row.reason)])
        .child(el("b", "").text(names))
        .child(pods)
        .child(el("span", "sr").text(&row.found()))
        .child(el("em", "").text(row.act.word()))
}

/// A line under the table; hidden while it has nothing to say.
fn note(title: &str, words: impl Fn() -> Option<String> + Clone + 'static) -> Element {
    let is_empty = words.clone();
    el("p", "loop__note")
        .live("hidden", move || is_empty().is_none_or(|it| it.is_empty()).then_some(""))
        .child(el("b", "").text(title))
        .child(el("span", "").live_text(words))
}

fn table(sync: Memo<Option<Reconciliation>>) -> Element {
    let head = COLUMNS.into_iter().fold(el("div", "loop__row loop__row--head"), |row, name| {
        row.child(el("span", "").attr("role", "columnheader").text(name))
    });
    let rows = move || {
        let sync = sync.read();
        let all = sync.iter().flat_map(|it| &it.rows);
        let made = all.map(|row| {
            let row = row.clone();
            let key = (row.names(), row.found(), row.reason.clone(), row.act.word());
            Row::new((key, row.should_run, row.may_stay), move || line(&row))
        });
        made.collect()
    };
    el("div", "loop__table")
        .attrs(&[("role", "table"), ("aria-label", "Nodes of this sync")])
        .live("hidden", move || sync.read().is_none().then_some(""))
        .child(el("div", "").attr("role", "rowgroup").child(head.attr("role", "row")))
        .child(el("div", "").attr("role", "rowgroup").list(rows))
}

fn line(row: &Compared) -> Element {
    let cell = |class: &str| el("span", class).attr("role", "cell");
    let count = row.nodes.len();
    let nodes = cell("loop__nodes").child(el("b", "").text(&row.names())).child(
        el("small", "").text(&if count > 1 { format!("{count} nodes") } else { String::new() }),
    );
    let compare = cell("loop__compare")
        .child(answer("should run", row.should_run))
        .child(answer("may stay", row.may_stay));
    let act = cell("loop__act")
        .child(el("em", "loop__verb").text(row.act.word()))
        .child(el("span", "").text(&row.reason));
    el("div", "loop__row")
        .attrs(&[("role", "row"), ("data-act", row.act.word())])
        .live("data-acts", {
            let acts = matches!(row.act, Act::Create | Act::Delete);
            move || acts.then_some("")
        })
        .child(nodes)
        .child(cell("loop__found").text(&row.found()))
        .child(compare)
        .child(act)
}

/// One of the two answers of the controller about a node.
fn answer(question: &'static str, yes: bool) -> Element {
    el("span", "loop__answer")
        .attr("data-yes", if yes { "true" } else { "false" })
        .child(small_icon(if yes { "check" } else { "close" }))
        .text(question)
        .child(el("span", "sr").text(if yes { ": yes" } else { ": no" }))
}

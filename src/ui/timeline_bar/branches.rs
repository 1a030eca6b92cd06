//! The branches of the history: their menu, and two of them side by side.

use daemonset_core::api::Time;
use daemonset_core::playground::view::chart::{Chart, WIDTH};
use daemonset_core::playground::{BranchAct, Comparison};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::plot::{floor_line, floor_path, layer, percent};
use super::time_menu::time_menu;
use crate::ui::command::Command;
use crate::ui::dom::{Element, el, memo};
use crate::ui::icon::small_icon;
use crate::ui::session::Session;
use crate::ui::text::clock;

const MENU: &str = "branches-menu";

/// A branch as the menu lists it. (How far it goes changes all the time.)
#[derive(Clone, PartialEq)]
struct Listed {
    id: u32,
    name: String,
    is_active: bool,
    forked_at: Time,
}

/// Opens the menu; it is there as soon as there is a choice.
pub(super) fn branches_button(session: Session) -> Element {
    let branches = session.history.branches;
    let name = move || {
        let branches = branches.read();
        branches.iter().find(|it| it.active).map(|it| format!("Branch {}", it.name))
    };
    el("span", "").when(
        move || branches.read().len() > 1,
        move || {
            el("button", "button button--line button--small time-button")
                .attrs(&[("popovertarget", MENU), ("title", "Branches of this history")])
                .child(small_icon("history"))
                .child(el("span", "time-button__word").live_text(name))
        },
    )
}

/// The menu itself.
pub(super) fn branches_menu(session: Session) -> Element {
    time_menu(MENU, "Branches", move || content(session))
}

fn content(session: Session) -> Element {
    let compared = RwSignal::new(None::<Comparison>);
    let listed = memo(move || {
        let branches = session.history.branches.read();
        let mut listed = Vec::new();
        for it in branches.iter() {
            let (id, name, is_active) = (it.id, it.name.clone(), it.active);
            listed.push(Listed { id, name, is_active, forked_at: it.forked_at });
        }
        listed
    });
    let rows = move || listed.read().iter().map(|it| row(session, it, compared)).collect();
    let comparison = move || compared.read().iter().map(comparison).collect();
    el("div", "time-menu__content")
        .child(el("b", "time-menu__title").text("Branches"))
        .child(el("ul", "time-menu__list").attr("aria-label", "Branches").part(rows))
        .child(el("div", "branches__compared").attr("role", "status").part(comparison))
}

fn row(session: Session, it: &Listed, compared: RwSignal<Option<Comparison>>) -> Element {
    let (id, name) = (it.id, &it.name);
    let act = move |act: BranchAct| drop(session.perform(Command::Branch(act)));
    let field = el("input", "form__field")
        .attrs(&[("aria-label", &format!("Name of branch {name}")), ("maxlength", "40")])
        .attr("value", name);
    let input = field.cast::<HtmlInputElement>();
    let (given, rename) = (name.clone(), input.clone());
    let field = field.on("change", move |_: Event| {
        let reply = session.perform(Command::Branch(BranchAct::Rename(id, rename.value())));
        if !reply.ok {
            rename.set_value(&given);
        }
    });
    let since = match it.forked_at {
        Time::ZERO => "from the start".to_owned(),
        at => format!("from {}", clock(at)),
    };
    let button = |word: &str| {
        el("button", "button button--line button--small")
            .attr("aria-label", &format!("{word} branch {name}"))
            .text(word)
    };
    let row = el("li", "time-menu__row branches__row")
        .child(field)
        .child(el("small", "branches__since").text(&since));
    if it.is_active {
        return row.child(el("span", "branches__shown").text("shown"));
    }
    let compare = move || compared.set(session.compare_branch(id));
    let remove = el("button", "icon-button")
        .attr("aria-label", &format!("Delete branch {name}"))
        .on_click(move || act(BranchAct::Delete(id)))
        .child(small_icon("trash"));
    row.child(button("Show").on_click(move || act(BranchAct::Switch(id))))
        .child(button("Compare").on_click(compare))
        .child(remove)
}

/// The sentence, and the two drawings one under the other.
fn comparison(it: &Comparison) -> Element {
    let all = el("div", "branches__compared").child(el("p", "").text(&it.sentence));
    it.charts.iter().fold(all, |all, (name, it)| all.child(drawing(name, it)))
}

fn drawing(name: &str, chart: &Chart) -> Element {
    let known = chart.place(chart.known).clamp(0, WIDTH);
    let plot = el("div", "branches__plot")
        .attr("aria-hidden", "true")
        .child(layer(chart, "past").style("--now", &percent(known, WIDTH)));
    let path = floor_path(&chart.floors);
    let plot = plot.child(floor_line(move || path.clone()));
    let end = el("small", "branches__since").text(&clock(chart.known));
    el("figure", "branches__drawing")
        .child(el("figcaption", "").text(&format!("Branch {name}, up to ")).child(end))
        .child(plot)
}

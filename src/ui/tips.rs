//! Advice on the manifest, folded: it keeps nobody from applying.

use daemonset_core::insight::further_reading;
use daemonset_core::playground::Tip;
use leptos::prelude::*;

use super::dom::{Element, el, memo};
use super::editor::desk::{Desk, Place};

/// Below the messages; each piece goes to its place, and some can be heeded at once.
pub fn tips(desk: Desk, on_go: impl Fn(Place) + Copy + 'static) -> Element {
    let count = memo(move || {
        let tips = desk.tips.read();
        tips.first.len() + tips.more
    });
    let title = move || match count.get() {
        1 => "1 piece of advice".to_owned(),
        count => format!("{count} pieces of advice"),
    };
    let rows = move || {
        let tips = desk.tips.read();
        let rows = tips.first.iter().enumerate().map(|(index, it)| row(desk, index, it, on_go));
        let rest = (tips.more > 0).then(|| format!("and {} more", tips.more));
        rows.chain(rest.map(|it| el("li", "tips__tip").text(&it))).collect()
    };
    el("details", "tips")
        .live("hidden", move || (count.get() == 0).then_some(""))
        .child(el("summary", "tips__title").live_text(title))
        .child(el("ul", "tips__list").attr("aria-label", "Advice").part(rows))
}

/// What was found, and where more is said about it.
fn reading(text: Element, tip: &Tip) -> Element {
    let Some(page) = further_reading(tip.rule) else { return text };
    let link = el("a", "tips__more")
        .attrs(&[("target", "_blank"), ("rel", "noopener noreferrer")])
        .attr("href", &page)
        .text("Read more");
    text.text(" ").child(link)
}

fn row(desk: Desk, index: usize, tip: &Tip, on_go: impl Fn(Place) + 'static) -> Element {
    let place = Place { line: tip.line, column: tip.column };
    let go =
        el("button", "line-ref").on_click(move || on_go(place)).text(&format!("line {}", tip.line));
    let row = el("li", "tips__tip")
        .attr("data-rule", tip.rule)
        .child(go)
        .child(reading(el("span", "").text(&tip.text), tip));
    match tip.edit {
        Some(_) => row.child(
            el("button", "button button--line button--small")
                .on_click(move || desk.heed(index))
                .text("Do it"),
        ),
        None => row,
    }
}

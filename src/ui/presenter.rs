//! Presenter mode: everything larger, and above the stage what a room should read.

use std::rc::Rc;

use leptos::prelude::*;

use super::Page;
use super::browser::set_root_attribute;
use super::command_line::live_sign;
use super::dom::{Element, el, watch};
use super::sentence::sentence;
use super::session::Session;

/// Tells the style sheets whether the page is shown to a room.
pub fn use_presenter_mode(page: Page) {
    watch(move || set_root_attribute("data-mode", page.presenting.get().then_some("present")));
}

/// The last command, the caption, and three figures; there only while presenting.
pub fn presenter(session: Session) -> Element {
    let caption = move || match &*session.daemon_set.read() {
        Some(set) => set.caption.clone(),
        None => "No DaemonSet is there.".to_owned(),
    };
    let line = move || session.log.last_line.get();
    let shown = Rc::new(move || line().unwrap_or_default());
    let has_line = move || line().is_some();
    let sign = shown.clone();
    let code = move || {
        el("code", "").child(live_sign(sign.clone())).live_text({
            let shown = shown.clone();
            move || shown()
        })
    };
    let command = el("p", "presenter__command").when(has_line, code);
    let words =
        el("div", "presenter__words").child(command).child(sentence("presenter__caption", caption));
    let figures = el("dl", "presenter__figures")
        .child(figure(session, "READY", |it| (it.ready, Some(it.desired))))
        .child(figure(session, "UP-TO-DATE", |it| (it.up_to_date, Some(it.desired))))
        .child(figure(session, "MISSCHEDULED", |it| (it.misscheduled, None)));
    el("section", "presenter").attr("aria-label", "Presentation").child(words).child(figures)
}

type Figures = fn(&daemonset_core::playground::view::StatusView) -> (i32, Option<i32>);

fn figure(session: Session, title: &str, read: Figures) -> Element {
    let values = move || session.daemon_set.read().as_ref().map(|set| read(&set.status));
    let of = move || values()?.1.map(|of| format!("of {of}"));
    let number = move || values().map_or("–".to_owned(), |it| it.0.to_string());
    let value =
        el("dd", "figure__number").live_text(number).child(el("small", "figure__of").live_text(of));
    el("div", "figure")
        .live("data-zero", move || (values()?.0 == 0).then_some(""))
        .child(el("dt", "figure__name").text(title))
        .child(value)
}

//! What a control would do is said before it does it: the line that it equals stands under the
//! cluster, where else the last one stands.

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Event;

use super::command::Command;
use super::dom::Element;
use super::session::Session;

/// A button that carries a command out, if there is one now.
pub fn acting(
    button: Element,
    session: Session,
    command: impl Fn() -> Option<Command> + 'static,
) -> Element {
    let (command, preview) = (Rc::new(command), session.log.preview);
    let announced = command.clone();
    let act = move || {
        if let Some(command) = command() {
            session.perform(command);
            preview.set(None);
        }
    };
    // A button that goes while it is pointed at says so to nobody.
    on_cleanup(move || drop(preview.try_set(None)));
    let show = move || {
        let line = announced().and_then(|it| session.line_of_command(&it));
        preview.set(line);
    };
    with_preview(button.on_click(act), Rc::new(show), Rc::new(move || preview.set(None)))
}

/// Pointing and focusing both ask what a control would do.
pub fn with_preview(button: Element, show: Rc<dyn Fn()>, hide: Rc<dyn Fn()>) -> Element {
    let (show_on_focus, hide_on_blur) = (show.clone(), hide.clone());
    button
        .on("mouseenter", move |_: Event| show())
        .on("mouseleave", move |_: Event| hide())
        .on("focus", move |_: Event| show_on_focus())
        .on("blur", move |_: Event| hide_on_blur())
}

//! The options of a drain, and what kubectl says to it now.

use daemonset_core::api::Name;
use daemonset_core::sim::{DrainOptions, Input};
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::form::panel;
use super::{Bar, Form, node_of};
use crate::ui::dom::{Element, el, memo, watch};
use crate::ui::session::Session;
use crate::ui::text::count;

/// A flag, what it means, and the option that it stands for.
type Flag = (&'static str, &'static str, fn(&mut DrainOptions) -> &mut bool);

const FLAGS: [Flag; 3] = [
    ("--ignore-daemonsets", "Leave pods of DaemonSets", |it| &mut it.ignore_daemonsets),
    ("--delete-emptydir-data", "Evict pods with emptyDir", |it| &mut it.delete_emptydir_data),
    ("--force", "Evict pods without a controller", |it| &mut it.force),
];

/// The form that a refused drain opens.
pub(super) fn drain_form(session: Session, bar: Bar, name: &Name) -> Element {
    let node = name.clone();
    let input = move || Input::Drain { node: node.clone(), options: bar.drain.get() };
    let shown = input.clone();
    watch(move || {
        let input = shown();
        untrack(|| bar.announce(session, Some(&input)));
    });
    let node = name.clone();
    let preview = memo(move || {
        // What stands against it changes with the pods of the node.
        let _ = node_of(session);
        session.drain_preview(&node, bar.drain.get())
    });
    let is_refused = move || preview.read().refusal.is_some();
    let submit = move |event: Event| {
        event.prevent_default();
        let is_refused = untrack(is_refused);
        match bar.act(session, untrack(&input)) {
            Ok(()) if is_refused => {}
            Ok(()) => bar.close(Form::Drain),
            Err(error) => bar.error.set(Some(error)),
        }
    };
    let outcome = move || match is_refused() {
        true => "Would cordon the node and then refuse:".to_owned(),
        false => {
            let evicted = u32::try_from(preview.read().evictions).unwrap_or(u32::MAX);
            format!("Would evict {}.", count(evicted, "pod"))
        }
    };
    let said = memo(move || {
        let preview = preview.get();
        preview.refusal.or(preview.warning)
    });
    let words = move || el("pre", "form__said").live_text(move || said.get().unwrap_or_default());
    let options = FLAGS.into_iter().fold(el("div", "form__options"), |all, flag| {
        let is_first = flag.0 == FLAGS[0].0;
        all.child(option(bar, flag, is_first))
    });
    let form = el("form", "form__block")
        .on("submit", submit)
        .child(options)
        .child(
            el("div", "form__outcome")
                .attr("role", "status")
                .child(
                    el("p", "form__sentence").live("data-refused", is_refused).live_text(outcome),
                )
                .when(move || said.read().is_some(), words),
        )
        .child(el("button", "button button--go").attr("type", "submit").text("Drain"));
    panel(bar, Form::Drain, &format!("Drain {name}")).child(form)
}

fn option(bar: Bar, (flag, meaning, of): Flag, is_first: bool) -> Element {
    let input = el("input", "").attr("type", "checkbox");
    let input = if is_first { input.attr("data-first", "") } else { input };
    let mut options = bar.drain.get_untracked();
    let this: HtmlInputElement = input.cast();
    this.set_checked(*of(&mut options));
    let input = input.on("change", move |_: Event| {
        bar.drain.update(|options| *of(options) = this.checked());
    });
    el("label", "form__option")
        .child(input)
        .child(el("code", "").text(flag))
        .child(el("span", "form__note").text(meaning))
}

//! The form over the bar: what is there, each with a way to remove it, and one field to add more.

use std::rc::Rc;

use daemonset_core::sim::Input;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::super::preview::with_preview;
use crate::ui::dialog::field;
use crate::ui::dom::{Element, Row, el};
use crate::ui::icon::small_icon;

/// A taint or a label that is there.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As kubectl writes it.
    pub text: String,
    /// Set by the system: shown, but not in the foreground.
    pub quiet: bool,
    /// What removes it.
    pub remove: Input,
}

/// Reads what was typed, refused in kubectl's words.
pub type Parse = Rc<dyn Fn(&str) -> Result<Input, String>>;

/// Shows the line of an input that is about to be done, or none.
pub type Preview = Rc<dyn Fn(Option<&Input>)>;

/// What a form says, and whom it asks.
pub struct NodeForm {
    /// The field's name.
    pub word: &'static str,
    /// The field's form.
    pub hint: &'static str,
    /// What is there now.
    pub entries: Box<dyn Fn() -> Vec<Entry>>,
    /// What the field's text means, or what is wrong with it in kubectl's words.
    pub parse: Parse,
    /// Told what the form would do, or that it would do nothing.
    pub on_preview: Preview,
    /// Does it.
    pub on_act: Rc<dyn Fn(Input) -> Result<(), String>>,
    /// Called when the form is done.
    pub on_close: Rc<dyn Fn()>,
}

/// Fills the panel of a form.
pub fn node_form(panel: Element, form: NodeForm) -> Element {
    let NodeForm { word, hint, entries, parse, on_preview, on_act, on_close } = form;
    let error = RwSignal::new(None::<String>);
    let act: Rc<dyn Fn(Input)> = Rc::new(move |input| match on_act(input) {
        Ok(()) => on_close(),
        Err(text) => error.set(Some(text)),
    });
    let ask = Ask { word, hint, error, parse, on_preview: on_preview.clone(), act: act.clone() };
    let complaint =
        move || Some(el("p", "form__error").attr("role", "alert").text(error.read().as_ref()?));
    let rows = move || {
        let row = |entry: Entry| {
            let (on_preview, act) = (on_preview.clone(), act.clone());
            Row::new(entry.text.clone(), move || entry_row(entry, on_preview, act))
        };
        entries().into_iter().map(row).collect()
    };
    panel
        .child(field_row(ask))
        .part(move || complaint().into_iter().collect())
        .child(el("ul", "form__entries").list(rows))
}

struct Ask {
    word: &'static str,
    hint: &'static str,
    error: RwSignal<Option<String>>,
    parse: Parse,
    on_preview: Preview,
    act: Rc<dyn Fn(Input)>,
}

fn field_row(ask: Ask) -> Element {
    let Ask { word, hint, error, parse, on_preview, act } = ask;
    let field = field(word, hint)
        .attr("data-first", "")
        .live("aria-invalid", move || error.read().is_some());
    let input: HtmlInputElement = field.cast();
    let (typed, submitted) = (input.clone(), input);
    let read = parse.clone();
    let field = field.on("input", move |_: Event| {
        error.set(None);
        on_preview(read(typed.value().trim()).ok().as_ref());
    });
    el("form", "form__row")
        .on("submit", move |event: Event| {
            event.prevent_default();
            match parse(submitted.value().trim()) {
                Ok(input) => act(input),
                Err(text) => error.set(Some(text)),
            }
        })
        .child(field)
        .child(el("button", "button button--go").attr("type", "submit").text("Add"))
}

fn entry_row(entry: Entry, on_preview: Preview, act: Rc<dyn Fn(Input)>) -> Element {
    let Entry { text, quiet, remove } = entry;
    let name = format!("Remove {text}");
    let (shown, hide) = (remove.clone(), on_preview.clone());
    let button = el("button", "icon-button icon-button--small")
        .attrs(&[("aria-label", &name), ("title", &name)])
        .on_click(move || act(remove.clone()))
        .child(small_icon("close"));
    let show = move || on_preview(Some(&shown));
    let button = with_preview(button, Rc::new(show), Rc::new(move || hide(None)));
    el("li", "form__entry")
        .attr("data-quiet", if quiet { "true" } else { "false" })
        .child(el("code", "form__text").attr("title", &text).text(&text))
        .child(button)
}

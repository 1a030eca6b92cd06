//! The form over the bar: what is there, each with a way to remove it, and one field to add more.

use std::rc::Rc;

use daemonset_core::sim::Input;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

use super::super::preview::with_preview;
use super::{Bar, Form};
use crate::ui::dialog::field;
use crate::ui::dom::{Element, Row, el};
use crate::ui::icon::small_icon;

/// How wide a form is, in pixels, as its style sheet has it.
const FORM_WIDTH: f64 = 376.0;

/// A taint or a label that is there.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As kubectl writes it.
    pub text: String,
    /// Set by the system: shown, but not in the foreground.
    pub quiet: bool,
    /// The effect, if it is a taint.
    pub effect: Option<&'static str>,
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
    /// How the text may end, and what that means.
    pub endings: &'static [(&'static str, &'static str)],
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
    let NodeForm { word, hint, endings, entries, parse, on_preview, on_act, on_close } = form;
    let error = RwSignal::new(None::<String>);
    let act: Rc<dyn Fn(Input)> = Rc::new(move |input| match on_act(input) {
        Ok(()) => on_close(),
        Err(text) => error.set(Some(text)),
    });
    let on_typed = on_preview.clone();
    let ask = Ask { word, hint, endings, error, parse, on_preview: on_typed, act: act.clone() };
    let (row, ends) = field_row(ask);
    let complaint =
        move || Some(el("p", "form__error").attr("role", "alert").text(error.read().as_ref()?));
    let rows = move || {
        let row = |entry: Entry| {
            let (on_preview, act) = (on_preview.clone(), act.clone());
            Row::new(entry.text.clone(), move || entry_row(entry, on_preview, act))
        };
        entries().into_iter().map(row).collect()
    };
    let panel = panel.child(row);
    match ends {
        Some(ends) => panel.child(ends),
        None => panel,
    }
    .part(move || complaint().into_iter().collect())
    .child(el("ul", "form__entries").list(rows))
}

/// A form over the bar, with its name and a way out.
pub(super) fn panel(bar: Bar, form: Form, title: &str) -> Element {
    let close = el("button", "icon-button icon-button--small")
        .attrs(&[("type", "button"), ("aria-label", "Close")])
        .on_click(move || bar.close(form))
        .child(small_icon("close"));
    let head = el("div", "form__head").child(el("h3", "form__title").text(title)).child(close);
    let side = if is_on_the_left() { "right" } else { "left" };
    el("div", "form")
        .attrs(&[("role", "dialog"), ("aria-label", title), ("data-side", side)])
        .child(head)
}

/// Whether a form over the left end of the bar would hide the selected card.
fn is_on_the_left() -> bool {
    let left = |selector: &str| {
        let found = document().query_selector(selector).ok().flatten()?;
        Some(found.get_bounding_client_rect().left())
    };
    left(".node[aria-selected=\"true\"]")
        .zip(left(".actions"))
        .is_some_and(|(it, all)| it < all + FORM_WIDTH)
}

struct Ask {
    word: &'static str,
    hint: &'static str,
    endings: &'static [(&'static str, &'static str)],
    error: RwSignal<Option<String>>,
    parse: Parse,
    on_preview: Preview,
    act: Rc<dyn Fn(Input)>,
}

/// The field with its button, and the endings that can be put behind what was typed, if there are
/// any.
fn field_row(ask: Ask) -> (Element, Option<Element>) {
    let Ask { word, hint, endings, error, parse, on_preview, act } = ask;
    let is_empty = RwSignal::new(true);
    let field = field(word, hint)
        .attr("data-first", "")
        .live("aria-invalid", move || error.read().is_some());
    let input: HtmlInputElement = field.cast();
    let (typed, submitted) = (input.clone(), input.clone());
    let read = parse.clone();
    let look = Rc::new(move || {
        let text = typed.value();
        error.set(None);
        is_empty.set(text.trim().is_empty());
        on_preview(read(text.trim()).ok().as_ref());
    });
    let looked = look.clone();
    let field = field.on("input", move |_: Event| looked());
    let ends = endings.iter().fold(None::<Element>, |all, (ending, meaning)| {
        let (input, look) = (input.clone(), look.clone());
        let put = move || {
            let text = input.value();
            let before = text.split(':').next().unwrap_or_default().trim();
            input.set_value(&[before, ":", ending].concat());
            let _ = input.focus();
            look();
        };
        let button = el("button", "button button--line button--small")
            .attrs(&[("type", "button"), ("title", meaning)])
            .on_click(put)
            .text(ending);
        Some(all.unwrap_or_else(|| el("div", "form__choices")).child(button))
    });
    let add = el("button", "button button--go")
        .attr("type", "submit")
        .live("aria-disabled", move || is_empty.get())
        .text("Add");
    let row = el("form", "form__row")
        .on("submit", move |event: Event| {
            event.prevent_default();
            match parse(submitted.value().trim()) {
                _ if is_empty.get_untracked() => {}
                Ok(input) => act(input),
                Err(text) => error.set(Some(text)),
            }
        })
        .child(field)
        .child(add);
    (row, ends)
}

fn entry_row(entry: Entry, on_preview: Preview, act: Rc<dyn Fn(Input)>) -> Element {
    let Entry { text, quiet, effect, remove } = entry;
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
        .live("data-effect", move || effect)
        .child(el("code", "form__text").attr("title", &text).text(&text))
        .child(button)
}

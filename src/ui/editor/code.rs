//! The code editor (`www/editor/`), which takes the place of the text area when it has arrived.
//!
//! It is no part of a first visit: a script of its own, asked for after the page is painted and
//! only where the editor is on the screen. Its file defines the element `<manifest-editor>`, which
//! takes over what the text area inside it holds. Without it the text area stays.

use daemonset_core::playground::{Message, Tip};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement};

use super::desk::{Desk, Place, Surface};
use crate::ui::dom::{Element, el, memo, watch};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = HtmlElement)]
    #[derive(Clone)]
    type ManifestEditor;
    #[wasm_bindgen(method, getter)]
    fn value(this: &ManifestEditor) -> String;
    #[wasm_bindgen(method)]
    fn show(this: &ManifestEditor, file: u32, text: &str);
    #[wasm_bindgen(method, js_name = replace)]
    fn replace_all(this: &ManifestEditor, text: &str);
    #[wasm_bindgen(method)]
    fn diagnose(this: &ManifestEditor, messages: &str);
    #[wasm_bindgen(method)]
    fn compare(this: &ManifestEditor, applied: &str);
    #[wasm_bindgen(method)]
    fn mark(this: &ManifestEditor, line: u32);
    /// Lines that another text has more stand there as a proposal; an empty text ends it.
    #[wasm_bindgen(method)]
    fn propose(this: &ManifestEditor, text: &str);
    /// The line under the pointer or the caret, 0 for none.
    #[wasm_bindgen(method, getter)]
    fn pointed(this: &ManifestEditor) -> u32;
    /// The advice that is to be heeded.
    #[wasm_bindgen(method, getter)]
    fn heeded(this: &ManifestEditor) -> u32;
    /// What the editor wants to know, as JSON; the answer is JSON, too.
    #[wasm_bindgen(method, getter)]
    fn question(this: &ManifestEditor) -> String;
    #[wasm_bindgen(method, setter)]
    fn set_answer(this: &ManifestEditor, answer: &str);
    #[wasm_bindgen(method, js_name = goTo)]
    fn go(this: &ManifestEditor, line: u32, column: u32);
}

/// The element, with something to type in until it can be typed in itself.
pub fn code(
    desk: Desk,
    wanted: impl Fn() + 'static,
    proposed: impl Fn() -> Option<String> + 'static,
    text_area: impl FnMut() -> Element + 'static,
    on_apply: impl Fn() + 'static,
    on_point: impl Fn(u32) + 'static,
) -> Element {
    let is_open = RwSignal::new(false);
    let element = el("manifest-editor", "editor__code");
    let editor: ManifestEditor = element.cast();
    let (opened, shown, marked) = (editor.clone(), editor.clone(), editor.clone());
    let (heeded, pointing, ghosts) = (editor.clone(), editor.clone(), editor.clone());
    let compared = editor.clone();
    let (asking, host) = (editor.clone(), editor);
    let shown_id = RwSignal::new(None);
    watch(move || {
        if is_open.get() {
            let (file, text) = desk.turn();
            if shown_id.get_untracked() == Some(file.id) && desk.is_from_surface(&file, &text) {
                return;
            }
            shown.show(file.id, &text);
            desk.flowed_in();
            shown_id.set(Some(file.id));
        }
    });
    let marks = memo(move || to_json(&desk.said(), &desk.tips.read().first));
    watch(move || {
        let (file, marks) = (desk.files.current.get(), marks.get());
        // Once more when the text is there that they are about.
        if is_open.get() && shown_id.get() == Some(file.id) {
            marked.diagnose(&marks);
        }
    });
    watch(move || {
        let (file, text) = (desk.files.current.get(), proposed());
        if is_open.get() && shown_id.get() == Some(file.id) {
            ghosts.propose(text.as_deref().unwrap_or_default());
        }
    });
    watch(move || {
        if !is_open.get() {
            return;
        }
        let file = desk.files.current.get();
        if shown_id.get() == Some(file.id) {
            compared.compare(&file.applied.get());
        }
    });
    watch(move || {
        wanted();
        let host = host.clone();
        // After the paint: what is not painted has no height, and needs no editor.
        request_animation_frame(move || {
            Timeout::new(0, move || {
                if host.client_height() > 0 {
                    load();
                }
            })
            .forget();
        });
    });
    element
        .on("open", move |_: Event| {
            desk.lay(Code(opened.clone()));
            desk.put_away();
            is_open.set(true);
        })
        .on("typed", move |_: Event| desk.on_typed())
        .on("rest", move |_: Event| desk.put_away())
        .on("heed", move |_: Event| desk.heed(heeded.heeded() as usize))
        .on("point", move |_: Event| on_point(pointing.pointed()))
        .on("ask", move |_: Event| asking.set_answer(&desk.answer(&asking.question())))
        .on("apply", move |_: Event| on_apply())
        .when(move || !is_open.get(), text_area)
}

/// Messages that are marked in the text.
const MARKS_MAX: usize = 500;

/// The messages that have a place, and the advice.
fn to_json(messages: &[Message], tips: &[Tip]) -> String {
    let placed = messages.iter().filter(|it| it.line.is_some()).take(MARKS_MAX);
    if placed.clone().next().is_none() && tips.is_empty() {
        return "[]".to_owned();
    }
    let mut all: Vec<Value> = placed.map(Message::to_json).collect();
    for (index, tip) in tips.iter().enumerate() {
        let fix = tip.edit.is_some().then_some(index);
        let (line, column) = (tip.line, tip.column);
        all.push(json!({
            "severity": "hint", "text": tip.text, "line": line, "column": column, "fix": fix,
        }));
    }
    Value::Array(all).to_string()
}

/// Asks for the script, once. If it does not come the browser's console says so, nobody else.
fn load() {
    let document = document();
    let Ok(Some(name)) = document.query_selector("meta[name=manifest-editor]") else { return };
    let Some(address) = name.get_attribute("content") else { return };
    name.remove();
    let (Some(head), Ok(script)) = (document.head(), document.create_element("script")) else {
        return;
    };
    let _ = script.set_attribute("type", "module");
    let _ = script.set_attribute("src", &address);
    let _ = head.append_child(&script);
}

struct Code(ManifestEditor);

impl Surface for Code {
    fn text(&self) -> String {
        self.0.value()
    }

    fn replace(&self, text: &str) {
        self.0.replace_all(text);
    }

    fn focus(&self) {
        let _ = self.0.focus();
    }

    fn go_to(&self, place: Place) {
        self.0.go(place.line, place.column);
    }

    fn mark(&self, line: Option<u32>) {
        self.0.mark(line.unwrap_or(0));
    }
}

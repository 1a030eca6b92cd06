//! The code editor (`www/editor/`), which takes the place of the text area when it has arrived.
//!
//! It is no part of a first visit: a script of its own, asked for after the page is painted and
//! only where the editor is on the screen. Its file defines the element `<manifest-editor>`, which
//! takes over what the text area inside it holds. Without it the text area stays.

use daemonset_core::playground::Message;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::Value;
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
    #[wasm_bindgen(method, js_name = goTo)]
    fn go(this: &ManifestEditor, line: u32, column: u32);
}

/// The element, with something to type in until it can be typed in itself.
pub fn code(
    desk: Desk,
    wanted: impl Fn() + 'static,
    text_area: impl FnMut() -> Element + 'static,
    on_apply: impl Fn() + 'static,
) -> Element {
    let is_open = RwSignal::new(false);
    let element = el("manifest-editor", "editor__code");
    let editor: ManifestEditor = element.cast();
    let (opened, shown, marked, host) = (editor.clone(), editor.clone(), editor.clone(), editor);
    let shown_id = RwSignal::new(0);
    watch(move || {
        if is_open.get() {
            let (file, text) = desk.turn();
            shown.show(file.id, &text);
            shown_id.set(file.id);
        }
    });
    let marks = memo(move || to_json(&desk.said()));
    watch(move || {
        let (file, marks) = (desk.files.current.get(), marks.get());
        // Once more when the text is there that they are about.
        if is_open.get() && shown_id.get() == file.id {
            marked.diagnose(&marks);
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
        .on("apply", move |_: Event| on_apply())
        .when(move || !is_open.get(), text_area)
}

/// The messages that have a place.
fn to_json(messages: &[Message]) -> String {
    let placed = messages.iter().filter(|it| it.line.is_some());
    if placed.clone().next().is_none() {
        return "[]".to_owned();
    }
    Value::Array(placed.map(Message::to_json).collect()).to_string()
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
}

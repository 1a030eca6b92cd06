//! The few things that the page asks of the browser itself.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Response};

/// Milliseconds since the page was opened. The one clock of this crate; the model never sees it.
pub fn wall_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Whether a media query holds now.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the command key is ⌘.
pub fn is_apple() -> bool {
    window().navigator().platform().is_ok_and(|name| name.starts_with("Mac") || name == "iPhone")
}

/// Says something about the whole page to the style sheets; none takes it back.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Says how large something on the page is; nothing leaves it to the style sheets.
pub fn set_root_style(property: &str, value: &str) {
    let root = document().document_element().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(root) = root {
        let _ = root.style().set_property(property, value);
    }
}

/// Puts text on the clipboard; where that is not allowed nothing happens.
pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// A remembered preference. Storage may be forbidden: then there is none.
pub fn preference(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Remembers a preference where the browser allows it.
pub fn set_preference(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Fetches a file of this site as text; `then` gets none if it does not come.
pub fn fetch_text(path: String, then: impl FnOnce(Option<String>) + 'static) {
    spawn_local(async move { then(fetched(&path).await) });
}

async fn fetched(path: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(path)).await.ok()?;
    let response = response.dyn_into::<Response>().ok().filter(Response::ok)?;
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

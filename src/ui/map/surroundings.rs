//! What the map follows besides the cluster: the size of its room, and the theme.

use daemonset_core::playground::view::map::Room;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, MutationObserver, MutationObserverInit, ResizeObserver};

use super::Look;

/// Follows the size of the part that is seen.
pub(super) fn use_room(element: HtmlElement, look: Look) {
    let seen = element.clone();
    let measure = Closure::<dyn Fn()>::new(move || {
        let room = Room {
            width: seen.client_width().max(0) as u32,
            height: seen.client_height().max(0) as u32,
            letters: letters().unwrap_or(0),
        };
        if look.room.try_get_untracked().is_some_and(|it| it != room) {
            look.room.set(room);
        }
    });
    let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) else { return };
    observer.observe(&element);
    let kept = StoredValue::new_local((observer, measure));
    on_cleanup(move || {
        let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

/// The size of the page's letters, which a presentation changes.
fn letters() -> Option<u32> {
    let style = window().get_computed_style(&document().document_element()?).ok()??;
    style.get_property_value("font-size").ok()?.split(['.', 'p']).next()?.parse().ok()
}

/// Colours are read from the page, so another theme means other looks.
pub(super) fn use_theme(look: Look) {
    let changed = Closure::<dyn Fn()>::new(move || {
        let _ = look.theme.try_update(|theme| *theme += 1);
    });
    let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) else { return };
    let options = MutationObserverInit::new();
    options.set_attributes(true);
    if let Some(root) = document().document_element() {
        let _ = observer.observe_with_options(&root, &options);
    }
    let kept = StoredValue::new_local((observer, changed));
    on_cleanup(move || {
        let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

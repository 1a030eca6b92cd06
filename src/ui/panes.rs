//! The borders between the panes: how wide the manifest is and how high the drawer. They are
//! dragged, or moved by keys; they fold; and they are remembered. `www/boot.js` sets what is
//! remembered before the first paint, so that nothing moves after it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, KeyboardEvent, MouseEvent, PointerEvent};

use super::Page;
use super::browser::{preference, set_preference, set_root_attribute, set_root_style};
use super::dom::{Element, el, watch};
use super::drawer::{has_room, starts_open};

/// How far a key moves a border, in pixels.
const STEP: i32 = 16;
/// With the shift key.
const LEAP: i32 = 64;

/// A pane that has a border to move.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pane {
    /// The manifest, on the left.
    Side,
    /// The drawer, at the foot.
    Drawer,
}

impl Pane {
    /// What the border is called, and how it lies.
    fn words(self) -> [&'static str; 4] {
        match self {
            Self::Side => ["splitter splitter--side", "Width of the manifest", "vertical", "side"],
            Self::Drawer => {
                ["splitter splitter--drawer", "Height of the drawer", "horizontal", "drawer"]
            }
        }
    }

    /// Under which key its size is remembered, and the property of the style sheets.
    fn keys(self) -> [&'static str; 2] {
        match self {
            Self::Side => ["side-width", "--side-w"],
            Self::Drawer => ["drawer-height", "--drawer-h"],
        }
    }

    /// The smallest and the largest size here and now, in pixels.
    fn range(self) -> (i32, i32) {
        let inner = |size: Result<_, _>| {
            size.ok().and_then(|it: wasm_bindgen::JsValue| it.as_f64()).unwrap_or(0.0) as i32
        };
        match self {
            Self::Side => (240, (inner(window().inner_width()) - 480).max(240)),
            Self::Drawer => (104, (inner(window().inner_height()) - 384).max(104)),
        }
    }

    fn open(self, page: Page) -> RwSignal<bool> {
        match self {
            Self::Side => page.side_open,
            Self::Drawer => page.drawer_open,
        }
    }

    fn size(self) -> i32 {
        let [.., class] = self.words();
        let found = document().query_selector(&format!(".{class}")).ok().flatten();
        let Some(rect) = found.map(|it| it.get_bounding_client_rect()) else { return 0 };
        let size = if self == Self::Side { rect.width() } else { rect.height() };
        size.round() as i32
    }

    fn set_size(self, size: i32) -> i32 {
        let (min, max) = self.range();
        let size = size.clamp(min, max);
        let [key, property] = self.keys();
        set_root_style(property, &format!("{size}px"));
        set_preference(key, &size.to_string());
        size
    }

    /// As it was before anybody moved it.
    fn forget(self) {
        let [key, property] = self.keys();
        set_root_style(property, "");
        set_preference(key, "");
    }
}

/// Whether a pane was folded when the page was left.
pub fn was_folded(pane: &str) -> bool {
    preference(pane).as_deref() == Some("folded")
}

/// Keeps the style sheets and the memory in step with what is folded. Where the drawer would lie
/// over the stage it folds by itself, which nobody has to remember.
pub fn use_panes(page: Page) {
    let had_room = StoredValue::new(has_room());
    let resized = window_event_listener(ev::resize, move |_| {
        if had_room.get_value() != has_room() {
            had_room.set_value(has_room());
            page.drawer_open.set(starts_open());
        }
    });
    on_cleanup(move || resized.remove());
    for pane in [Pane::Side, Pane::Drawer] {
        let [.., key] = pane.words();
        let mut before = None;
        watch(move || {
            let is_open = pane.open(page).get();
            let is_chosen = pane == Pane::Side || had_room.get_value();
            if is_chosen && before.is_some_and(|it| it != is_open) {
                set_preference(key, if is_open { "open" } else { "folded" });
            }
            before = Some(is_open);
            if pane == Pane::Side {
                set_root_attribute("data-side", (!is_open).then_some("folded"));
            }
        });
    }
}

/// The border of the manifest.
pub fn side_splitter(page: Page) -> Element {
    splitter(Pane::Side, page)
}

/// The upper border of the drawer.
pub fn drawer_splitter(page: Page) -> Element {
    splitter(Pane::Drawer, page)
}

fn splitter(pane: Pane, page: Page) -> Element {
    let [class, name, orientation, _] = pane.words();
    let open = pane.open(page);
    let size = RwSignal::new(0);
    request_animation_frame(move || size.set(pane.size()));
    // Where the pointer took hold of it, and whether it has moved since.
    let held = StoredValue::new(None::<(i32, bool)>);
    let place = move |event: &PointerEvent| match pane {
        Pane::Side => event.client_x(),
        Pane::Drawer => -event.client_y(),
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(it) = event.current_target().and_then(|it| it.dyn_into::<DomElement>().ok()) {
            let _ = it.set_pointer_capture(event.pointer_id());
        }
        let is_open = open.get_untracked();
        held.set_value(Some((if is_open { pane.size() } else { 0 } - place(&event), false)));
    };
    let drag = move |event: PointerEvent| {
        let Some((offset, has_moved)) = held.get_value() else { return };
        let wanted = place(&event) + offset;
        if !has_moved && (wanted - pane.size()).abs() < 3 {
            return;
        }
        held.set_value(Some((offset, true)));
        // Far enough beyond the smallest size it folds.
        let is_open = wanted > pane.range().0 / 2;
        if open.get_untracked() != is_open {
            open.set(is_open);
        }
        if is_open {
            size.set(pane.set_size(wanted));
        }
    };
    let up = move |_: PointerEvent| {
        let was_click = held.get_value().is_some_and(|(_, has_moved)| !has_moved);
        held.set_value(None);
        if was_click && !open.get_untracked() {
            open.set(true);
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = if event.shift_key() { LEAP } else { STEP };
        let (min, max) = pane.range();
        let now = pane.size();
        let wanted = match (event.key().as_str(), pane) {
            ("ArrowRight", Pane::Side) | ("ArrowUp", Pane::Drawer) => now + step,
            ("ArrowLeft", Pane::Side) | ("ArrowDown", Pane::Drawer) => now - step,
            ("Home", _) => min,
            ("End", _) => max,
            ("Enter", _) => {
                event.prevent_default();
                return open.update(|it| *it = !*it);
            }
            _ => return,
        };
        event.prevent_default();
        open.set(true);
        size.set(pane.set_size(wanted));
    };
    el("div", class)
        .attrs(&[("role", "separator"), ("tabindex", "0"), ("aria-label", name)])
        .attrs(&[("aria-orientation", orientation), ("title", "Drag; Enter folds it")])
        .paint(move |it| {
            let (min, max) = pane.range();
            let now = if open.get() { size.get() } else { 0 };
            it.set("aria-valuemin", "0");
            it.set("aria-valuemax", max.max(min).to_string());
            it.set("aria-valuenow", now.to_string());
            it.set(
                "aria-valuetext",
                match open.get() {
                    true => format!("{now} pixels"),
                    false => "folded".to_owned(),
                },
            );
        })
        .on("pointerdown", down)
        .on("pointermove", drag)
        .on("pointerup", up)
        .on("pointercancel", move |_: PointerEvent| held.set_value(None))
        .on("dblclick", move |_: MouseEvent| {
            pane.forget();
            size.set(pane.size());
        })
        .on("keydown", key)
}

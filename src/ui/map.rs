//! The map: one cell per node on one canvas, for clusters that are too large for cards.
//!
//! The canvas lies still over what scrolls. Pointer and keys find a cell by the same layout that
//! places it, and a list of one option says to assistive technology which one that is; the table
//! behind it holds all of them.

pub mod bar;
mod brush;
pub mod exceptions;
mod fronts;
mod paint;
mod palette;
mod surroundings;
pub mod table;
mod tip;

use daemonset_core::api::Name;
use daemonset_core::playground::view::map::{Layout, Room};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, WheelEvent};

use super::Page;
use super::command::Command;
use super::dom::{Element, Row, el, memo, watch};
use super::session::Session;
use super::session::fleet::{Group, Spot};
use super::text::{node_label, own_pods};
use paint::{Painter, moves};
use surroundings::{use_room, use_theme};

/// Where somebody looks.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// Size of what is seen.
    room: RwSignal<Room>,
    /// How many steps larger than fitting.
    pub(super) zoom: RwSignal<usize>,
    /// Where the cells stand.
    layout: Memo<Layout>,
    /// The cell that keys move.
    cursor: RwSignal<Option<usize>>,
    /// The cell under the pointer.
    hovered: RwSignal<Option<usize>>,
    /// Whether the map has the keyboard.
    focused: RwSignal<bool>,
    /// Counts up with every theme.
    theme: RwSignal<u32>,
    /// The part that scrolls, once it is there.
    scroller: StoredValue<Option<HtmlElement>, LocalStorage>,
    /// How far it is scrolled. Asking the element for it amid changes makes the browser lay out the
    /// page at once, which was a quarter of a frame.
    scroll: StoredValue<(i32, i32)>,
}

impl Look {
    /// At the whole cluster.
    pub(super) fn new(session: Session) -> Look {
        let (room, zoom) = (RwSignal::new(Room::default()), RwSignal::new(0));
        let layout = memo(move || {
            let sizes = sizes(&session.fleet.groups.read());
            Layout::fit(&sizes, room.get(), zoom.get())
        });
        Look {
            room,
            zoom,
            layout,
            cursor: RwSignal::new(None),
            hovered: RwSignal::new(None),
            focused: RwSignal::new(false),
            theme: RwSignal::new(0),
            scroller: StoredValue::new_local(None),
            scroll: StoredValue::new((0, 0)),
        }
    }

    /// Zooms by steps, and keeps the cell that somebody looks at in the middle.
    pub(super) fn zoom_by(self, session: Session, step: isize) {
        let sizes = sizes(&session.fleet.groups.read_untracked());
        let most = Layout::zoom_max(&sizes, self.room.get_untracked());
        let zoom = self.zoom.get_untracked().saturating_add_signed(step).min(most);
        self.zoom.set(zoom);
        let at = self.hovered.get_untracked().or(self.cursor.get_untracked());
        request_animation_frame(move || self.show(at.unwrap_or(0), true));
    }

    fn scroll(self) -> (f64, f64) {
        let (left, top) = self.scroll.get_value();
        (f64::from(left), f64::from(top))
    }

    fn take_scroll(self) {
        let scrolled = self
            .scroller
            .with_value(|it| it.as_ref().map(|it| (it.scroll_left(), it.scroll_top())));
        self.scroll.set_value(scrolled.unwrap_or_default());
    }

    /// Scrolls so that a cell is seen, in the middle if wanted.
    fn show(self, at: usize, in_the_middle: bool) {
        let layout = self.layout.get_untracked();
        let Some((_, y)) = layout.corner(at) else { return };
        let (y, height) = (y as i32, self.room.get_untracked().height as i32);
        self.scroller.with_value(|it| {
            let Some(scroller) = it else { return };
            let top = self.scroll.get_value().1;
            if in_the_middle {
                scroller.set_scroll_top(y - height / 2);
            } else if y - 40 < top {
                scroller.set_scroll_top(y - 40);
            } else if y + layout.pitch as i32 > top + height {
                scroller.set_scroll_top(y + layout.pitch as i32 + 8 - height);
            }
        });
    }
}

fn sizes(groups: &[Group]) -> Vec<usize> {
    groups.iter().map(|group| group.end - group.start).collect()
}

/// The map with its exceptions beside it.
pub(super) fn map(session: Session, page: Page, look: Look) -> Element {
    let space = el("div", "map__space")
        .paint(move |it| {
            let layout = look.layout.read();
            it.style("--width", format!("{}px", layout.width));
            it.style("--height", format!("{}px", layout.height));
        })
        .child(cells(session, look))
        .child(fronts::fronts(session, look))
        .child(rings(session, look))
        .child(el("div", "map__titles").list(move || titles(session, look)))
        .child(tip::tip(session, look));
    let scroller = el("div", "map__scroll").child(space);
    let element: HtmlElement = scroller.cast();
    look.scroller.set_value(Some(element.clone()));
    use_room(element, look);
    use_theme(look);
    el("div", "map").child(scroller).child(exceptions::exceptions(session, page))
}

/// The canvas, and what hears pointer and keys.
fn cells(session: Session, look: Look) -> Element {
    let canvas = el("canvas", "map__canvas").attr("aria-hidden", "true");
    let painter = StoredValue::new_local(Painter::new(canvas.cast::<HtmlCanvasElement>()));
    use_painter(session, look, painter);
    let pick = move |event: &MouseEvent| {
        let scroll = look.scroll();
        let x = f64::from(event.offset_x()) + scroll.0;
        let y = f64::from(event.offset_y()) + scroll.1;
        look.layout.read_untracked().hit(x.max(0.0) as u32, y.max(0.0) as u32)
    };
    let select = move |at: Option<usize>| {
        let name = at.and_then(|at| session.fleet.spot(at)).map(|spot| spot.name);
        session.perform(Command::SelectNode(name));
    };
    let label = move || format!("Cluster map, {} nodes", session.fleet.count.get());
    el("div", "map__cells")
        .attrs(&[("role", "listbox"), ("tabindex", "0"), ("aria-activedescendant", "map-option")])
        .live("aria-label", label)
        .on("mousemove", move |event: MouseEvent| {
            let at = pick(&event);
            if look.hovered.get_untracked() != at {
                look.hovered.set(at);
            }
        })
        .on("mouseleave", move |_: MouseEvent| look.hovered.set(None))
        .on("click", move |event: MouseEvent| {
            let at = pick(&event);
            look.cursor.set(at.or(look.cursor.get_untracked()));
            select(at);
        })
        .on("dblclick", move |_: MouseEvent| look.zoom_by(session, 1))
        .on("wheel", move |event: WheelEvent| {
            if event.ctrl_key() || event.meta_key() {
                event.prevent_default();
                look.zoom_by(session, if event.delta_y() < 0.0 { 1 } else { -1 });
            }
        })
        .on("focus", move |_: Event| {
            look.focused.set(true);
            if look.cursor.get_untracked().is_none() {
                let selected = session.selected_node.get_untracked();
                let at = selected.and_then(|name| session.fleet.place_of(&name));
                look.cursor.set(Some(at.unwrap_or(0)));
            }
        })
        .on("blur", move |_: Event| look.focused.set(false))
        .on("keydown", move |event: KeyboardEvent| {
            if on_key(&event, session, look) {
                event.prevent_default();
                event.stop_propagation();
            }
        })
        .child(canvas)
        .child(option(session, look))
}

/// Keys of the map; whether the key was one of them.
fn on_key(event: &KeyboardEvent, session: Session, look: Look) -> bool {
    let at = look.cursor.get_untracked().unwrap_or(0);
    let go = |direction| {
        let next = look.layout.read_untracked().step(at, direction).unwrap_or(at);
        look.cursor.set(Some(next));
        look.show(next, false);
    };
    let last = session.fleet.with(<[Spot]>::len).saturating_sub(1);
    match event.key().as_str() {
        _ if event.ctrl_key() || event.meta_key() || event.alt_key() => return false,
        "ArrowLeft" if !event.shift_key() => go((-1, 0)),
        "ArrowRight" if !event.shift_key() => go((1, 0)),
        "ArrowUp" => go((0, -1)),
        "ArrowDown" => go((0, 1)),
        "Home" => look.cursor.set(Some(0)),
        "End" => look.cursor.set(Some(last)),
        "Enter" => {
            let name = session.fleet.spot(at).map(|spot| spot.name);
            session.perform(Command::SelectNode(name));
        }
        "z" => look.zoom_by(session, 1),
        "Z" | "-" => look.zoom_by(session, -1),
        "+" | "=" => look.zoom_by(session, 1),
        // The keys of the bar act on the cell under the cursor.
        key if key.len() == 1 && "lxodhmwLXODHMW".contains(key) || key == "Delete" => {
            let name = session.fleet.spot(at).map(|spot| spot.name);
            if session.selected_node.get_untracked() != name {
                session.perform(Command::SelectNode(name));
            }
            return false;
        }
        _ => return false,
    }
    true
}

/// The cell that keys are at, in words.
fn option(session: Session, look: Look) -> Element {
    let at = move || look.cursor.get().unwrap_or(0);
    let words = move || {
        // Only who listens pays for the words.
        if !look.focused.get() {
            return "Arrow keys move between nodes".to_owned();
        }
        session.fleet.beat.track();
        let name = session.fleet.spot(at()).map(|spot| spot.name);
        let view = name.and_then(|name| session.look_at(&name));
        let key = session.selected_set.get();
        view.map(|it| node_label(&it, &own_pods(&it, key.as_ref()))).unwrap_or_default()
    };
    el("div", "sr").child(
        el("div", "")
            .attrs(&[("role", "option"), ("id", "map-option")])
            .paint(move |it| {
                let name = session.fleet.spot(at()).map(|spot| spot.name);
                let selected = name.is_some() && session.selected_node.get() == name;
                it.set("aria-selected", selected);
                it.set("aria-posinset", (at() + 1).to_string());
                it.set("aria-setsize", session.fleet.count.get().to_string());
            })
            .live_text(words),
    )
}

/// Frames around the selected cell, the one under the pointer and the one that keys are at.
fn rings(session: Session, look: Look) -> Element {
    let ring = |class: &'static str, at: Memo<Option<usize>>| {
        el("i", class).paint(move |it| {
            let layout = look.layout.read();
            let corner = at.get().and_then(|at| layout.corner(at));
            let (x, y) = corner.unwrap_or_default();
            it.set("hidden", corner.is_none().then_some(""));
            it.style("--x", format!("{x}px"));
            it.style("--y", format!("{y}px"));
            it.style("--cell", format!("{}px", layout.size()));
        })
    };
    let selected = memo(move || {
        session.fleet.groups.track();
        session.selected_node.get().and_then(|name| session.fleet.place_of(&name))
    });
    let cursor = memo(move || look.cursor.get().filter(|_| look.focused.get()));
    let hovered = memo(move || look.hovered.get());
    el("div", "map__rings")
        .attr("aria-hidden", "true")
        .child(ring("map__ring map__ring--hovered", hovered))
        .child(ring("map__ring map__ring--selected", selected))
        .child(ring("map__ring map__ring--cursor", cursor))
}

/// What stands above the groups. They are made anew when the layout is.
fn titles(session: Session, look: Look) -> Vec<Row> {
    let groups = session.fleet.groups.read();
    let layout = look.layout.read();
    let row = |block: &daemonset_core::playground::view::map::Block| {
        let group = groups.get(block.group)?.clone();
        let (x, y, width) = (block.x, block.y, block.width);
        let key = (group.id.clone(), group.end - group.start, x, y, width);
        Some(Row::new(key, move || title(session, &group, (x, y, width))))
    };
    layout.blocks.iter().filter_map(row).collect()
}

fn title(session: Session, group: &Group, (x, y, width): (u32, u32, u32)) -> Element {
    let (start, end) = (group.start, group.end);
    let updated = move || {
        session.fleet.pulse.track();
        exceptions::updated(session, start, end)
    };
    el("div", "map__title")
        .style("--x", &format!("{x}px"))
        .style("--y", &format!("{y}px"))
        .style("--width", &format!("{width}px"))
        .child(el("b", "").text(&group.title))
        .child(el("span", "map__count").text(&(end - start).to_string()))
        .child(el("span", "map__updated").live_text(updated))
        .child(el("i", "bracket"))
}

/// Everything when the layout or the theme is another; what changed with every beat; what moves
/// with the clock.
fn use_painter(session: Session, look: Look, painter: StoredValue<Option<Painter>, LocalStorage>) {
    let draw = move |cells: &[usize], afresh: bool| {
        let (layout, room) = (look.layout.get_untracked(), look.room.get_untracked());
        let now = session.now.get_untracked();
        let scroll = look.scroll();
        let _ = painter.try_update_value(|painter| {
            let Some(painter) = painter else { return };
            if afresh {
                painter.prepare(room, layout.pitch);
            }
            session.fleet.with(|spots| painter.draw(spots, cells, &layout, scroll, now));
        });
    };
    let seen = move || {
        let layout = look.layout.get_untracked();
        let top = look.scroll().1 as u32;
        layout.between(top.saturating_sub(layout.pitch), top + look.room.get_untracked().height)
    };
    watch(move || {
        look.layout.track();
        look.theme.track();
        session.fleet.groups.track();
        if look.room.get().width > 0 {
            session.fleet.take_changed();
            draw(&seen(), true);
        }
    });
    watch(move || {
        session.fleet.beat.track();
        let changed = session.fleet.take_changed();
        if look.room.get_untracked().width > 0 && !changed.is_empty() {
            draw(&changed, false);
        }
    });
    watch(move || {
        session.fleet.motion.track();
        let moving = session.fleet.with(|spots| {
            let all = spots.iter().enumerate();
            all.filter(|(_, spot)| moves(&spot.cell.sign)).map(|(at, _)| at).collect::<Vec<_>>()
        });
        if look.room.get_untracked().width > 0 && !moving.is_empty() {
            draw(&moving, false);
        }
    });
    let scrolled = move || {
        look.take_scroll();
        draw(&seen(), true);
    };
    let listen = move || {
        look.scroller.with_value(|it| {
            let Some(scroller) = it else { return };
            let closure = Closure::<dyn Fn()>::new(scrolled).into_js_value();
            let _ = scroller.add_event_listener_with_callback("scroll", closure.unchecked_ref());
        });
    };
    // The part that scrolls is made after what it holds.
    request_animation_frame(listen);
}

/// The name of the node that keys are at.
pub(super) fn node_at(session: Session, at: Option<usize>) -> Option<Name> {
    session.fleet.spot(at?).map(|spot| spot.name)
}

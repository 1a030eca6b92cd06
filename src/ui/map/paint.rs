//! Draws cells. What a cell looks like is drawn once and copied after that, because a rollout over
//! thousands of nodes repaints hundreds of cells in a frame.
//!
//! Copied as pixels: the browser draws images when the frame is over, one by one, which cost
//! more than all of what this page does in such a frame; pixels are there at once. Browsers that
//! hide from pages what was drawn, against being recognised by it, get images.

use std::collections::BTreeMap;

use daemonset_core::api::Time;
use daemonset_core::playground::view::map::{Layout, PodSign, Room, Sign, Trouble};
use daemonset_core::playground::view::{PodState, Readiness};
use js_sys::{Object, Reflect, Uint8ClampedArray};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::brush::Brush;
use super::palette::Palette;
use crate::ui::session::fleet::Spot;
use crate::ui::text::revision_step;

/// Steps in which rings and shrinking are drawn.
pub(super) const PROGRESS_STEPS: i64 = 8;

/// Looks in one row of the store, and rows of it.
const STORE_COLUMNS: u32 = 32;
const STORE_ROWS: u32 = 16;

/// The cell shows no look.
const NOTHING: usize = usize::MAX;

/// Drawn and read back to learn whether the browser tells the truth.
const PROBE: (&str, [u8; 4]) = ("#3461a7", [0x34, 0x61, 0xa7, 0xff]);

/// Below this distance between cells textures, and below the next one edges, are left out.
const TEXTURE_MIN: u32 = 10;
const EDGE_MIN: u32 = 8;

/// What tells one look from another; equal looks are drawn once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    pub(super) sign: Option<(u8, i64, i64)>,
    pub(super) is_awaited: bool,
    pub(super) is_ready: bool,
    pub(super) is_cordoned: bool,
    pub(super) is_tainted: bool,
    pub(super) is_found: bool,
    pub(super) others: Vec<(u8, i64)>,
}

impl Look {
    fn of(spot: &Spot, now: Time) -> Look {
        let cell = &spot.cell;
        let step = |pod: &PodSign| if pod.revision > 0 { revision_step(pod.revision) } else { 0 };
        let sign = match &cell.sign {
            Sign::Pod(pod) => Some((pod.state as u8, pod.revision.max(0), progress(pod, now))),
            _ => None,
        };
        Look {
            sign,
            is_awaited: cell.sign == Sign::Awaited,
            is_ready: cell.ready == Readiness::True,
            is_cordoned: cell.has(&Trouble::Cordoned),
            is_tainted: cell.tainted,
            is_found: spot.found,
            others: cell.others.iter().map(|pod| (pod.state as u8, step(pod))).collect(),
        }
    }
}

/// Whether a cell looks different when time passes.
pub(super) fn moves(sign: &Sign) -> bool {
    matches!(sign, Sign::Pod(pod) if pod.until.is_some() && draws_progress(pod.state))
}

fn draws_progress(state: PodState) -> bool {
    matches!(state, PodState::Starting | PodState::Pulling | PodState::Leaving | PodState::Settling)
}

/// How far the state is, in steps.
fn progress(pod: &PodSign, now: Time) -> i64 {
    let Some(until) = pod.until.filter(|_| draws_progress(pod.state)) else { return 0 };
    let length = (until.0 - pod.since.0).max(1);
    ((now.0 - pod.since.0) * PROGRESS_STEPS / length).clamp(0, PROGRESS_STEPS - 1)
}

#[wasm_bindgen]
extern "C" {
    /// The pixels of a canvas.
    #[wasm_bindgen(extends = CanvasRenderingContext2d)]
    type Pixels;
    #[wasm_bindgen(method, catch, js_name = getImageData)]
    fn read(this: &Pixels, x: f64, y: f64, width: f64, height: f64) -> Result<Picture, JsValue>;
    #[wasm_bindgen(method, js_name = putImageData)]
    fn write(this: &Pixels, picture: &Picture, x: f64, y: f64);
    /// Some of them.
    type Picture;
    #[wasm_bindgen(method, getter)]
    fn data(this: &Picture) -> Uint8ClampedArray;
}

/// Draws cells into a canvas.
pub(super) struct Painter {
    canvas: HtmlCanvasElement,
    context: Pixels,
    store: HtmlCanvasElement,
    stored: Pixels,
    /// Whether the browser tells what was drawn.
    reads: bool,
    looks: BTreeMap<Look, usize>,
    /// The pixels of each look, if they can be read.
    pictures: Vec<Picture>,
    /// Which look a cell shows.
    shown: Vec<usize>,
    palette: Palette,
    pitch: u32,
    ratio: f64,
}

impl Painter {
    /// A painter for a canvas of the page; none where the browser has no canvas.
    pub(super) fn new(canvas: HtmlCanvasElement) -> Option<Painter> {
        let store =
            document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
        let context = context_of(&canvas)?;
        let stored = context_of(&store)?;
        Some(Painter {
            canvas,
            context,
            store,
            reads: can_read(&stored),
            stored,
            looks: BTreeMap::new(),
            pictures: Vec::new(),
            shown: Vec::new(),
            palette: Palette::read(),
            pitch: 0,
            ratio: 1.0,
        })
    }

    /// Makes the canvas as large as its room, and forgets all looks: the theme or the size of the
    /// cells may be another.
    pub(super) fn prepare(&mut self, room: Room, pitch: u32) {
        self.ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
        self.palette = Palette::read();
        self.pitch = pitch;
        let pixels = |length: u32| (f64::from(length) * self.ratio).ceil() as u32;
        self.canvas.set_width(pixels(room.width));
        self.canvas.set_height(pixels(room.height));
        self.forget();
    }

    fn forget(&mut self) {
        // What is read needs no place to stay.
        let (columns, rows) = if self.reads { (1, 1) } else { (STORE_COLUMNS, STORE_ROWS) };
        self.store.set_width(self.tile() as u32 * columns);
        self.store.set_height(self.tile() as u32 * rows);
        self.looks.clear();
        self.pictures.clear();
        self.shown.clear();
    }

    /// Draws those of these cells that look different now; `scroll` is what lies above and left of
    /// the canvas.
    pub(super) fn draw(
        &mut self,
        spots: &[Spot],
        cells: &[usize],
        layout: &Layout,
        scroll: (f64, f64),
        now: Time,
    ) {
        let tile = self.tile();
        for at in cells {
            let (Some(spot), Some((x, y))) = (spots.get(*at), layout.corner(*at)) else { continue };
            let look = self.look(Look::of(spot, now));
            // A store that overflowed has forgotten all.
            self.shown.resize(spots.len(), NOTHING);
            if let Some(shown) = self.shown.get_mut(*at)
                && std::mem::replace(shown, look) == look
            {
                continue;
            }
            // The tile begins where the bar of a taint does.
            let x = ((f64::from(x) - scroll.0 - self.overhang()) * self.ratio).round();
            let y = ((f64::from(y) - scroll.1 - self.overhang()) * self.ratio).round();
            if let Some(picture) = self.pictures.get(look) {
                self.context.write(picture, x, y);
                continue;
            }
            let (left, top) = self.place(look);
            self.context.clear_rect(x, y, tile, tile);
            let _ = self
                .context
                .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    &self.store,
                    left,
                    top,
                    tile,
                    tile,
                    x,
                    y,
                    tile,
                    tile,
                );
        }
    }

    /// Edge of what one look takes up, in pixels of the canvas.
    fn tile(&self) -> f64 {
        (f64::from(self.pitch) * self.ratio).ceil()
    }

    /// Where a look is stored.
    fn place(&self, look: usize) -> (f64, f64) {
        let at = if self.reads { 0 } else { u32::try_from(look).unwrap_or(0) };
        let (column, row) = (at % STORE_COLUMNS, at / STORE_COLUMNS);
        (f64::from(column) * self.tile(), f64::from(row) * self.tile())
    }

    /// Room for what stands out of a cell: three quarters of the gap.
    fn overhang(&self) -> f64 {
        f64::from(self.pitch.div_ceil(5)) * 0.75
    }

    /// The number of a look; it is drawn if it is new.
    fn look(&mut self, look: Look) -> usize {
        if let Some(known) = self.looks.get(&look) {
            return *known;
        }
        if self.looks.len() >= (STORE_COLUMNS * STORE_ROWS) as usize {
            self.forget();
        }
        let number = self.looks.len();
        let (left, top) = self.place(number);
        let size = f64::from(self.pitch - self.pitch.div_ceil(5));
        let brush = Brush {
            at: &self.stored,
            palette: &self.palette,
            size,
            has_texture: self.pitch >= TEXTURE_MIN,
            has_edge: self.pitch >= EDGE_MIN,
        };
        self.stored.clear_rect(left, top, self.tile(), self.tile());
        self.stored.save();
        let _ = self.stored.translate(left, top);
        let _ = self.stored.scale(self.ratio, self.ratio);
        let _ = self.stored.translate(self.overhang(), self.overhang());
        brush.cell(&look);
        self.stored.restore();
        if self.reads {
            match self.stored.read(left, top, self.tile(), self.tile()) {
                Ok(picture) => self.pictures.push(picture),
                Err(_) => {
                    self.reads = false;
                    self.forget();
                    return self.look(look);
                }
            }
        }
        self.looks.insert(look, number);
        number
    }
}

/// A canvas whose pixels lie where the page can write them.
fn context_of(canvas: &HtmlCanvasElement) -> Option<Pixels> {
    let options = Object::new();
    let _ = Reflect::set(&options, &"willReadFrequently".into(), &true.into());
    let context = canvas.get_context_with_context_options("2d", &options).ok().flatten()?;
    Some(context.unchecked_into())
}

fn can_read(context: &Pixels) -> bool {
    context.set_fill_style_str(PROBE.0);
    context.fill_rect(0.0, 0.0, 1.0, 1.0);
    context.read(0.0, 0.0, 1.0, 1.0).is_ok_and(|it| it.data().to_vec() == PROBE.1)
}

//! Draws cells. What a cell looks like is drawn once and copied after that, because a rollout over
//! thousands of nodes repaints hundreds of cells in a frame.

use std::collections::BTreeMap;

use daemonset_core::api::Time;
use daemonset_core::playground::view::map::{Layout, PodSign, Sign, Trouble};
use daemonset_core::playground::view::{PodState, Readiness};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
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

/// No look is stored there.
const NOTHING: (f64, f64) = (-1.0, -1.0);

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

/// Draws cells into a canvas.
pub(super) struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    store: HtmlCanvasElement,
    stored: CanvasRenderingContext2d,
    looks: BTreeMap<Look, (f64, f64)>,
    /// Where the look is stored that a cell shows; below zero if it shows none.
    shown: Vec<(f64, f64)>,
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
        let palette = Palette::read();
        let (looks, shown) = (BTreeMap::new(), Vec::new());
        Some(Painter {
            canvas,
            context,
            store,
            stored,
            looks,
            shown,
            palette,
            pitch: 0,
            ratio: 1.0,
        })
    }

    /// Makes the canvas as large as its room, and forgets all looks: the theme or the size of the
    /// cells may be another.
    pub(super) fn prepare(&mut self, (width, height): (u32, u32), pitch: u32) {
        self.ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
        self.palette = Palette::read();
        self.pitch = pitch;
        let pixels = |length: u32| (f64::from(length) * self.ratio).ceil() as u32;
        self.canvas.set_width(pixels(width));
        self.canvas.set_height(pixels(height));
        self.forget();
    }

    fn forget(&mut self) {
        let tile = (f64::from(self.pitch) * self.ratio).ceil() as u32;
        self.store.set_width(tile * STORE_COLUMNS);
        self.store.set_height(tile * STORE_ROWS);
        self.looks.clear();
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
        let tile = (f64::from(self.pitch) * self.ratio).ceil();
        for at in cells {
            let (Some(spot), Some((x, y))) = (spots.get(*at), layout.corner(*at)) else { continue };
            let (left, top) = self.look(Look::of(spot, now));
            // A store that overflowed has forgotten all.
            self.shown.resize(spots.len(), NOTHING);
            if let Some(shown) = self.shown.get_mut(*at)
                && std::mem::replace(shown, (left, top)) == (left, top)
            {
                continue;
            }
            // The tile begins where the bar of a taint does.
            let x = ((f64::from(x) - scroll.0 - self.overhang()) * self.ratio).round();
            let y = ((f64::from(y) - scroll.1 - self.overhang()) * self.ratio).round();
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

    /// Room for what stands out of a cell: three quarters of the gap.
    fn overhang(&self) -> f64 {
        f64::from(self.pitch.div_ceil(5)) * 0.75
    }

    /// Where a look is stored; it is drawn if it is new.
    fn look(&mut self, look: Look) -> (f64, f64) {
        if let Some(known) = self.looks.get(&look) {
            return *known;
        }
        if self.looks.len() >= (STORE_COLUMNS * STORE_ROWS) as usize {
            self.forget();
        }
        let at = u32::try_from(self.looks.len()).unwrap_or(0);
        let tile = (f64::from(self.pitch) * self.ratio).ceil();
        let left = f64::from(at % STORE_COLUMNS) * tile;
        let top = f64::from(at / STORE_COLUMNS) * tile;
        let size = f64::from(self.pitch - self.pitch.div_ceil(5));
        let brush = Brush {
            at: &self.stored,
            palette: &self.palette,
            size,
            has_texture: self.pitch >= TEXTURE_MIN,
            has_edge: self.pitch >= EDGE_MIN,
        };
        self.stored.save();
        let _ = self.stored.translate(left, top);
        let _ = self.stored.scale(self.ratio, self.ratio);
        let _ = self.stored.translate(self.overhang(), self.overhang());
        brush.cell(&look);
        self.stored.restore();
        self.looks.insert(look, (left, top));
        (left, top)
    }
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

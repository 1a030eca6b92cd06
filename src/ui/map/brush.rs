//! How one cell looks: state by shape, revision by colour, texture and numeral, trouble by marks.

use std::f64::consts::PI;

use daemonset_core::playground::view::PodState;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CanvasRenderingContext2d;

use super::paint::{Look, PROGRESS_STEPS};
use super::palette::Palette;
use crate::ui::text::revision_step;

/// From this size on a cell shows the pods of other DaemonSets.
const ROOM_FOR_OTHERS: f64 = 24.0;

/// From this size on it shows its revision's number.
const ROOM_FOR_NUMERAL: f64 = 24.0;

/// Draws one cell with its corner at the origin.
pub(super) struct Brush<'a> {
    pub(super) at: &'a CanvasRenderingContext2d,
    pub(super) palette: &'a Palette,
    pub(super) size: f64,
    pub(super) has_texture: bool,
    pub(super) has_edge: bool,
}

const STATES: [PodState; 8] = [
    PodState::Pending,
    PodState::Pulling,
    PodState::Starting,
    PodState::Unready,
    PodState::Settling,
    PodState::Ready,
    PodState::Leaving,
    PodState::Failed,
];

fn state_of(word: u8) -> PodState {
    STATES.into_iter().find(|it| *it as u8 == word).unwrap_or(PodState::Pending)
}

impl Brush<'_> {
    pub(super) fn cell(&self, look: &Look) {
        self.at.set_global_alpha(if look.is_found { 1.0 } else { 0.16 });
        if !look.is_ready {
            self.dashed(&self.palette.line, 0.0);
            self.broken_pulse();
        } else if let Some((state, revision, progress)) = look.sign {
            let share = progress as f64 / PROGRESS_STEPS as f64;
            self.pod(state_of(state), revision, share);
        } else {
            self.dashed(if look.is_awaited { &self.palette.ink } else { &self.palette.line }, 0.0);
        }
        if look.is_tainted && self.size >= 6.0 {
            self.at.set_fill_style_str(&self.palette.taint);
            let width = self.size * 0.16;
            self.at.fill_rect(-width * 1.15, self.size * 0.12, width, self.size * 0.76);
        }
        if look.is_cordoned {
            self.hatch(&self.palette.ink, 0.0, 0.62);
        }
        if self.size >= ROOM_FOR_OTHERS {
            self.others(&look.others);
        }
    }

    fn pod(&self, state: PodState, revision: i64, share: f64) {
        let size = self.size;
        let colours = self.palette.revision(revision_step(revision.max(1)));
        match state {
            PodState::Ready | PodState::Settling | PodState::Unready => {
                self.body(&colours.fill, 0.0);
                if self.has_texture {
                    self.belt(revision_step(revision.max(1)), &colours.on);
                }
                self.edge(&colours.edge, 0.0, 1.0);
                if state == PodState::Settling {
                    self.bar(share);
                } else if state == PodState::Unready {
                    self.hatch(&self.palette.stage, 0.0, 0.7);
                }
            }
            PodState::Leaving => {
                let inset = size * (0.09 + 0.13 * share);
                self.body(&colours.tint, inset);
                self.hatch(&colours.edge, inset, 1.0);
                self.edge(&colours.edge, inset, 1.25);
            }
            PodState::Starting | PodState::Pulling => {
                let width = (size * 0.15).max(1.5);
                self.body(&colours.tint, 0.0);
                // The whole way, however small the cell is: else an arc looks like a broken edge.
                self.rim(&self.palette.line, 0.0, width);
                self.ring(&colours.edge, width, share.max(0.06));
            }
            PodState::Pending => {
                self.body(&colours.tint, 0.0);
                self.dashed(&colours.edge, 0.0);
            }
            PodState::Failed => self.failed(&colours.fill),
        }
        if size >= ROOM_FOR_NUMERAL && state != PodState::Leaving {
            let is_solid = matches!(state, PodState::Ready | PodState::Settling);
            self.numeral(revision, if is_solid { &colours.on } else { &self.palette.ink });
        }
    }

    fn round(&self, inset: f64, radius: f64) {
        let side = (self.size - 2.0 * inset).max(1.0);
        self.at.begin_path();
        let _ = self.at.round_rect_with_f64(inset, inset, side, side, radius.max(0.0));
    }

    fn radius(&self) -> f64 {
        self.size * 0.25
    }

    fn body(&self, colour: &str, inset: f64) {
        self.round(inset, self.radius() - inset / 2.0);
        self.at.set_fill_style_str(colour);
        self.at.fill();
    }

    fn edge(&self, colour: &str, inset: f64, width: f64) {
        if self.has_edge {
            self.rim(colour, inset, width);
        }
    }

    /// An edge at any size.
    fn rim(&self, colour: &str, inset: f64, width: f64) {
        self.round(inset + width / 2.0, self.radius() - inset / 2.0 - width / 2.0);
        self.stroke(colour, width);
    }

    fn stroke(&self, colour: &str, width: f64) {
        self.at.set_stroke_style_str(colour);
        self.at.set_line_width(width);
        self.at.stroke();
    }

    fn dashed(&self, colour: &str, inset: f64) {
        let dash = (self.size / 7.0).max(1.0);
        let _ = self.at.set_line_dash(&js_sys::Array::of2(&dash.into(), &dash.into()));
        self.round(inset + 0.5, self.radius() - 0.5);
        self.stroke(colour, if self.size > 12.0 { 1.25 } else { 1.0 });
        let _ = self.at.set_line_dash(&JsValue::from(js_sys::Array::new()).unchecked_into());
    }

    /// The lower part of a ready pod carries the texture of its revision.
    fn belt(&self, step: i64, colour: &str) {
        let size = self.size;
        let (top, unit) = (size * 0.66, (size / 8.0).max(1.5));
        self.at.save();
        self.round(0.0, self.radius());
        self.at.clip();
        self.at.set_fill_style_str(colour);
        self.at.set_global_alpha(self.at.global_alpha() * 0.4);
        let count = (size / unit).ceil() as i32;
        for row in 0..3 {
            for column in 0..count {
                let (x, y) = (f64::from(column) * unit, top + f64::from(row) * unit);
                let half = unit / 2.0;
                match step {
                    2 if (row + column) % 2 == 0 => self.at.fill_rect(x, y, half, half),
                    3 => self.at.fill_rect(x, y, unit, half * 0.8),
                    4 => self.at.fill_rect(x, y, half * 0.8, unit),
                    5 => {
                        self.at.fill_rect(x, y, unit, half * 0.5);
                        self.at.fill_rect(x, y, half * 0.5, unit);
                    }
                    6 if (row + column) % 2 == 0 => self.at.fill_rect(x, y, unit, unit),
                    _ => {}
                }
            }
        }
        self.at.restore();
    }

    fn bar(&self, share: f64) {
        self.at.set_fill_style_str(&self.palette.card);
        let width = self.size * 0.62 * (0.3 + 0.7 * share);
        self.at.fill_rect(self.size * 0.19, self.size * 0.42, width, (self.size * 0.18).max(1.0));
    }

    fn ring(&self, colour: &str, width: f64, share: f64) {
        let middle = self.size / 2.0;
        self.at.save();
        self.at.begin_path();
        self.at.move_to(middle, middle);
        let end = -PI / 2.0 + share * 2.0 * PI;
        let _ = self.at.arc(middle, middle, self.size, -PI / 2.0, end);
        self.at.close_path();
        self.at.clip();
        self.round(width / 2.0, self.radius() - width / 2.0);
        self.stroke(colour, width);
        self.at.restore();
    }

    /// Diagonals mean closing.
    fn hatch(&self, colour: &str, inset: f64, alpha: f64) {
        let size = self.size;
        let before = self.at.global_alpha();
        self.at.save();
        self.round(inset, self.radius());
        self.at.clip();
        self.at.set_global_alpha(before * alpha);
        let gap = (size / 4.0).max(2.0);
        self.at.begin_path();
        let mut x = -size;
        while x < size {
            self.at.move_to(x, size);
            self.at.line_to(x + size, 0.0);
            x += gap;
        }
        self.stroke(colour, (size / 15.0).max(0.75));
        self.at.restore();
    }

    /// The upper right corner is notched out, with a cross in it.
    fn failed(&self, colour: &str) {
        let size = self.size;
        let notch = size * 0.44;
        self.at.save();
        self.at.begin_path();
        self.at.rect(0.0, 0.0, size - notch, size);
        self.at.rect(size - notch, notch, notch, size - notch);
        self.at.clip();
        self.at.set_global_alpha(self.at.global_alpha() * 0.6);
        self.body(colour, 0.0);
        self.at.restore();
        let (left, right) = (size - notch * 0.75, size - notch * 0.08);
        let (top, bottom) = (notch * 0.08, notch * 0.75);
        self.at.begin_path();
        self.at.move_to(left, top);
        self.at.line_to(right, bottom);
        self.at.move_to(right, top);
        self.at.line_to(left, bottom);
        self.stroke(&self.palette.bad, (size / 8.0).max(1.25));
    }

    fn broken_pulse(&self) {
        let unit = self.size / 16.0;
        let path = [(3.0, 9.0), (6.0, 9.0), (7.5, 5.0)];
        let rest = [(9.5, 11.0), (10.5, 8.0), (13.0, 8.0)];
        self.at.begin_path();
        for part in [path, rest] {
            for (index, (x, y)) in part.into_iter().enumerate() {
                match index {
                    0 => self.at.move_to(x * unit, y * unit),
                    _ => self.at.line_to(x * unit, y * unit),
                }
            }
        }
        self.stroke(&self.palette.bad, (self.size / 11.0).max(1.0));
    }

    fn numeral(&self, revision: i64, colour: &str) {
        let text = if revision > 0 { revision.to_string() } else { "?".to_owned() };
        self.at.set_fill_style_str(colour);
        self.at.set_font(&self.palette.font((self.size * 0.38).round()));
        self.at.set_text_align("center");
        self.at.set_text_baseline("middle");
        let _ = self.at.fill_text(&text, self.size / 2.0, self.size * 0.44);
    }

    /// Pods of other DaemonSets, along the lower edge.
    fn others(&self, others: &[(u8, i64)]) {
        let side = self.size * 0.13;
        for (index, (state, step)) in others.iter().enumerate() {
            let x = self.size * 0.06 + index as f64 * side * 1.2;
            let colours = self.palette.revision((*step).max(1));
            let is_well = matches!(state_of(*state), PodState::Ready | PodState::Settling);
            let is_bad = state_of(*state) == PodState::Failed;
            let colour = match (is_well, is_bad) {
                (_, true) => &self.palette.bad,
                (true, _) => &colours.fill,
                _ => &colours.tint,
            };
            self.at.set_fill_style_str(&self.palette.card);
            self.at.fill_rect(x - 0.75, self.size - side * 1.45, side + 1.5, side + 1.5);
            self.at.set_fill_style_str(colour);
            self.at.fill_rect(x, self.size - side * 1.45 + 0.75, side, side);
        }
    }
}

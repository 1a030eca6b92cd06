//! The design's colours for what is drawn on a canvas, as they are in the present theme.

use leptos::prelude::*;
use web_sys::CssStyleDeclaration;

/// Steps of the drawing sequence of revisions.
const STEPS: i64 = 6;

/// The colours of one revision.
pub(super) struct Revision {
    /// Body.
    pub(super) fill: String,
    /// What stands on the body.
    pub(super) on: String,
    /// Outline.
    pub(super) edge: String,
    /// Body before the pod is ready.
    pub(super) tint: String,
}

/// The tokens that the map uses.
pub(super) struct Palette {
    revisions: Vec<Revision>,
    /// The table itself.
    pub(super) stage: String,
    /// Surface of cards.
    pub(super) card: String,
    /// Text.
    pub(super) ink: String,
    /// A border that carries meaning.
    pub(super) line: String,
    /// A taint.
    pub(super) taint: String,
    /// What is broken.
    pub(super) bad: String,
    font: String,
}

impl Palette {
    /// Reads the tokens of the page.
    pub(super) fn read() -> Palette {
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let token = |name: &str| value(style.as_ref(), name);
        let revision = |step: i64| Revision {
            fill: token(&format!("--rev-{step}")),
            on: token(&format!("--rev-{step}-on")),
            edge: token(&format!("--rev-{step}-edge")),
            tint: token(&format!("--rev-{step}-tint")),
        };
        Palette {
            revisions: (1..=STEPS).map(revision).collect(),
            stage: token("--stage"),
            card: token("--card"),
            ink: token("--ink"),
            line: token("--line-3"),
            taint: token("--warn-mark"),
            bad: token("--bad-mark"),
            font: token("--font-ui"),
        }
    }

    /// The colours of a step, which counts from 1.
    pub(super) fn revision(&self, step: i64) -> &Revision {
        let at = usize::try_from((step - 1).rem_euclid(STEPS)).unwrap_or(0);
        &self.revisions[at]
    }

    /// The font of the page in a size, as a canvas wants it.
    pub(super) fn font(&self, pixels: f64) -> String {
        format!("620 {}px {}", pixels as u32, self.font)
    }
}

fn value(style: Option<&CssStyleDeclaration>, name: &str) -> String {
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.map(|it| it.trim().to_owned()).unwrap_or_default()
}

//! Turns wall time into virtual time and notices when the machine cannot keep up.

/// The speeds that can be chosen, with the names they carry.
pub const SPEEDS: [(f64, &str); 5] =
    [(0.5, "½×"), (1.0, "1×"), (4.0, "4×"), (16.0, "16×"), (60.0, "60×")];

/// From this speed on no pod is shown being born or becoming ready: it would only flicker.
pub const HASTY: f64 = 4.0;

/// A frame never stands for more than this, so that a page that slept does not leap.
const FRAME_MS_MAX: f64 = 250.0;

/// How long the reached speed is averaged before it is shown.
const WINDOW_MS: f64 = 1000.0;

/// How fast virtual time flows, and how fast it was meant to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    remainder_ms: f64,
    window_wall_ms: f64,
    window_virtual_ms: f64,
}

impl Pace {
    /// The virtual milliseconds that a frame should cover; fractions wait for the next frame.
    pub fn due_ms(&mut self, wall_ms: f64, speed: f64) -> i64 {
        let exact = wall_ms.clamp(0.0, FRAME_MS_MAX) * speed + self.remainder_ms;
        self.remainder_ms = exact.fract();
        exact.trunc() as i64
    }

    /// Records what a frame achieved. Once a second it returns the measured speed, if that is
    /// visibly lower than the wanted one.
    pub fn record(&mut self, wall_ms: f64, virtual_ms: i64, speed: f64) -> Option<Option<f64>> {
        self.window_wall_ms += wall_ms.clamp(0.0, FRAME_MS_MAX);
        self.window_virtual_ms += virtual_ms as f64;
        if self.window_wall_ms < WINDOW_MS {
            return None;
        }
        let reached = self.window_virtual_ms / self.window_wall_ms;
        self.window_wall_ms = 0.0;
        self.window_virtual_ms = 0.0;
        Some((reached < speed * 0.9).then_some(reached))
    }
}

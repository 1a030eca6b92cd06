//! Calls back once per animation frame while it is wanted, until the owner goes away.
//!
//! A hidden page gets no frames from the browser, and an idle one asks for none: both cost nothing.

use leptos::leptos_dom::helpers::{
    AnimationFrameRequestHandle, request_animation_frame_with_handle,
};
use leptos::prelude::*;

use super::browser::wall_ms;
use super::dom::watch;

#[derive(Clone, Copy)]
struct FrameLoop {
    on_frame: StoredValue<Box<dyn Fn(f64)>, LocalStorage>,
    pending: StoredValue<Option<AnimationFrameRequestHandle>>,
    last_ms: StoredValue<f64>,
}

/// Hands `on_frame` the milliseconds since the frame before, as long as `active` is true.
///
/// Call it in the body of a component: an event handler has no owner that could stop the loop.
pub fn use_frame_loop(active: Signal<bool>, on_frame: impl Fn(f64) + 'static) {
    let frame_loop = FrameLoop {
        on_frame: StoredValue::new_local(Box::new(on_frame)),
        pending: StoredValue::new(None),
        last_ms: StoredValue::new(0.0),
    };
    watch(move || {
        frame_loop.stop();
        if active.get() {
            frame_loop.last_ms.set_value(wall_ms());
            frame_loop.request();
        }
    });
    on_cleanup(move || frame_loop.stop());
}

impl FrameLoop {
    fn request(self) {
        let frame = move || {
            let now = wall_ms();
            let Some(before) = self.last_ms.try_get_value() else { return };
            self.last_ms.set_value(now);
            self.request();
            let _zone = leptos::reactive::diagnostics::SpecialNonReactiveZone::enter();
            let _ = self.on_frame.try_with_value(|on_frame| on_frame(now - before));
        };
        let handle = request_animation_frame_with_handle(frame).ok();
        let _ = self.pending.try_update_value(|pending| *pending = handle);
    }

    fn stop(self) {
        if let Some(Some(handle)) = self.pending.try_update_value(Option::take) {
            handle.cancel();
        }
    }
}

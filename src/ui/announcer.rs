//! The polite live region: rollout progress and node changes, at most one message in two seconds.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::browser::wall_ms;
use super::dom::{Element, el, memo, watch};
use super::session::Session;

const INTERVAL_MS: f64 = 2000.0;

/// Reads news out. Of news that come too fast only the latest is said.
pub fn announcer(session: Session) -> Element {
    let spoken = RwSignal::new(String::new());
    let last_ms = StoredValue::new(-INTERVAL_MS);
    let waiting = StoredValue::new_local(None::<Timeout>);
    let say = move |text: String| {
        if text.is_empty() {
            return;
        }
        let wait_ms = (last_ms.get_value() + INTERVAL_MS - wall_ms()).max(0.0);
        let speak = move || {
            let _ = last_ms.try_update_value(|last| *last = wall_ms());
            let _ = spoken.try_set(text);
        };
        waiting.set_value(Some(Timeout::new(wait_ms as u32, speak)));
    };
    let sentence = memo(move || session.daemon_set.read().as_ref().map(|it| it.sentence.clone()));
    watch(move || say(sentence.get().unwrap_or_default()));
    watch(move || say(session.news.get()));
    on_cleanup(move || drop(waiting.try_update_value(Option::take)));
    el("p", "sr")
        .attrs(&[("role", "status"), ("aria-live", "polite")])
        .live_text(move || spoken.get())
}

//! Looks whether somebody has changed in the cluster what the text says, when nobody has changed
//! the text: whenever the text or such an object changes, never with a frame.

use daemonset_core::playground::{Comparing, Playground};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::browser::wall_ms;
use super::dom::watch;
use super::session::{Session, set_if_new};

/// How long text and cluster rest before somebody looks.
const REST_MS: u32 = 120;
/// What one slice may cost.
const SLICE_MS: f64 = 4.0;

/// What ends the wait for the next slice.
type Wait = StoredValue<Option<Timeout>, LocalStorage>;

/// Keeps [`Foresight::drift`](super::foresight::Foresight) in step.
pub fn use_drift(session: Session) {
    let foresight = session.foresight;
    let wait: Wait = StoredValue::new_local(None);
    let looked_at = StoredValue::new(0);
    watch(move || {
        let file = session.files.current.get();
        foresight.written.track();
        let is_asked = file.node.is_none() && !file.is_edited() && !is_first_visit(session);
        if !is_asked || looked_at.get_value() != file.id {
            set_if_new(foresight.drift, None);
        }
        looked_at.set_value(file.id);
        wait.set_value(is_asked.then(|| begin_later(session, wait)));
    });
    on_cleanup(move || drop(wait.try_update_value(Option::take)));
}

/// Where nothing was done nothing differs, and what would find out need not be loaded.
fn is_first_visit(session: Session) -> bool {
    let text = session.files.current.get_untracked().text;
    let is_opening = || *text.read_untracked() == Playground::opening_manifest();
    let is_still = |it: &Playground| it.inputs().len() <= 1 && is_opening();
    session.playground.try_with_value(is_still).unwrap_or(true)
}

fn begin_later(session: Session, wait: Wait) -> Timeout {
    Timeout::new(REST_MS, move || {
        // Nothing can be found out from a picture.
        if session.journey.is_under_way() {
            return wait.set_value(Some(begin_later(session, wait)));
        }
        let text = session.files.current.get_untracked().text;
        let begin = |it: &Playground| it.compare_with(&text.read_untracked());
        if let Some(comparing) = session.playground.try_with_value(begin) {
            go_on(session, wait, comparing);
        }
    })
}

/// One slice, and after a breath the next.
fn go_on(session: Session, wait: Wait, mut comparing: Comparing) {
    let deadline = wall_ms() + SLICE_MS;
    while !comparing.run() {
        if wall_ms() > deadline {
            let next = Timeout::new(0, move || go_on(session, wait, comparing));
            return wait.set_value(Some(next));
        }
    }
    set_if_new(session.foresight.drift, comparing.drift());
}

//! What there is to say about a long text: document by document, in slices, and only about those
//! that have changed.

use std::collections::BTreeMap;

use daemonset_core::manifest::{Chunk, Edit, Position, chunks, excess};
use daemonset_core::playground::{Message, Playground, Tip};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::ui::browser::wall_ms;
use crate::ui::session::Session;

/// Longer texts, in bytes, are looked through in slices.
pub const LONG: usize = 50_000;
/// What one slice may cost.
const SLICE_MS: f64 = 4.0;

type Said = (Vec<Message>, Tips);

/// Pieces of advice on one text that are kept; nobody heeds more.
const TIPS_MAX: usize = 100;

/// Advice on a text, the first pieces of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tips {
    /// In the order of the text.
    pub first: Vec<Tip>,
    /// How many more there are.
    pub more: usize,
}

impl Tips {
    /// Takes more advice in, as far as it is kept.
    pub fn extend(&mut self, tips: &[Tip]) {
        let kept = tips.len().min(TIPS_MAX - self.first.len());
        self.first.extend_from_slice(&tips[..kept]);
        self.more += tips.len() - kept;
    }
}

/// What is said of a document, with the place it had then.
type Known = BTreeMap<String, (Position, Found)>;

/// What there is to say of one document.
type Found = (Vec<Message>, Vec<Tip>);

/// A look through a text.
struct Job {
    text: String,
    /// The documents that are left, the next one last: where each begins, and its end in bytes.
    left: Vec<(Position, usize)>,
    known: Known,
    said: Said,
}

/// What is known about the long text on the desk.
#[derive(Clone, Copy)]
pub struct Review {
    /// What there is to say.
    pub found: RwSignal<Said>,
    known: StoredValue<Known, LocalStorage>,
    job: StoredValue<Option<Job>, LocalStorage>,
    wait: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Review {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            found: RwSignal::new(Said::default()),
            known: StoredValue::new_local(Known::new()),
            job: StoredValue::new_local(None),
            wait: StoredValue::new_local(None),
        }
    }

    /// Looks through a text, if it is long.
    pub fn begin(self, session: Session, text: &str) {
        self.stop();
        if text.len() <= LONG {
            return;
        }
        // Whoever has changed the text has made others busy, too.
        let text = text.to_owned();
        self.wait.set_value(Some(Timeout::new(0, move || self.split(session, text))));
    }

    fn split(self, session: Session, text: String) {
        // What is refused unread is not looked through either.
        if excess(&text).is_some() {
            return self.found.set((Playground::check(&text), Tips::default()));
        }
        let mut left: Vec<(Position, usize)> = Vec::new();
        let all = chunks(&text);
        left.extend(
            all.iter().rev().map(|it| (it.start, it.start.offset as usize + it.text.len())),
        );
        let (known, said) = (Known::new(), Said::default());
        self.job.set_value(Some(Job { text, left, known, said }));
        self.later(session);
    }

    /// Nobody wants to know any more.
    pub fn stop(self) {
        drop(self.wait.try_update_value(Option::take));
        // What it has found out stays known.
        if let Some(job) = self.job.try_update_value(Option::take).flatten() {
            let _ = self.known.try_update_value(|it| it.extend(job.known));
        }
    }

    fn later(self, session: Session) {
        self.wait.set_value(Some(Timeout::new(0, move || self.go_on(session))));
    }

    /// One slice, and after a breath the next.
    fn go_on(self, session: Session) {
        let Some(mut job) = self.job.try_update_value(Option::take).flatten() else { return };
        let deadline = wall_ms() + SLICE_MS;
        while let Some(place) = job.left.pop() {
            self.take_up(session, &mut job, place);
            if wall_ms() > deadline {
                self.job.set_value(Some(job));
                return self.later(session);
            }
        }
        self.known.set_value(job.known);
        if self.found.with_untracked(|it| *it != job.said) {
            self.found.set(job.said);
        }
    }

    fn take_up(self, session: Session, job: &mut Job, (start, end): (Position, usize)) {
        let text = job.text.get(start.offset as usize..end).unwrap_or_default();
        let known = self.known.try_update_value(|it| it.remove(text)).flatten();
        let known = known.or_else(|| job.known.get(text).cloned());
        let known = known.filter(|it| it.0.column == start.column);
        let said = match known {
            Some((place, said)) => moved(said, place, start),
            None => {
                let review = |it: &Playground| it.review(Chunk { text, start }, &job.text);
                session.playground.try_with_value(review).unwrap_or_default()
            }
        };
        job.said.0.extend(said.0.iter().cloned());
        job.said.1.extend(&said.1);
        let text = text.to_owned();
        job.known.insert(text, (start, said));
    }
}

impl Default for Review {
    fn default() -> Self {
        Self::new()
    }
}

/// What was said about a document that now begins elsewhere.
fn moved((mut messages, mut tips): Found, from: Position, to: Position) -> Found {
    let line = |it: u32| (it + to.line).saturating_sub(from.line);
    let offset = |it: u32| (it + to.offset).saturating_sub(from.offset);
    let shift = |edit: &mut Option<Edit>| {
        if let Some(edit) = edit {
            (edit.start, edit.end) = (offset(edit.start), offset(edit.end));
        }
    };
    for message in &mut messages {
        message.line = message.line.map(line);
        shift(&mut message.edit);
    }
    for tip in &mut tips {
        tip.line = line(tip.line);
        shift(&mut tip.edit);
    }
    (messages, tips)
}

//! Between the files and whatever they are edited in: while someone types the surface owns the
//! text, and the file hears of it when the hands rest.

use std::rc::Rc;

use daemonset_core::manifest::Edit;
use daemonset_core::playground::{Message, Playground};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::Value;

use super::review::{LONG, Review, Tips};
use crate::ui::dom::{memo, watch};
use crate::ui::files::{File, Files};
use crate::ui::session::Session;

/// How long the hands rest before the file hears of the text and it is checked.
const REST_MS: u32 = 200;

/// A place in the text, line and column from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// What a text is edited in.
pub trait Surface {
    /// The text as it is now.
    fn text(&self) -> String;
    /// Replaces the whole text as an edit of the user would, so that it can be undone.
    fn replace(&self, text: &str);
    /// Puts the caret into it.
    fn focus(&self);
    /// Puts the caret at a place and brings it into view.
    fn go_to(&self, place: Place);
    /// Marks a line that is pointed at elsewhere, where that can be shown.
    fn mark(&self, _line: Option<u32>) {}
}

/// Where the current file lies.
#[derive(Clone, Copy)]
pub struct Desk {
    session: Session,
    /// All files.
    pub files: Files,
    surface: StoredValue<Option<Rc<dyn Surface>>, LocalStorage>,
    /// The file whose text is newer on the surface, and what ends the wait.
    waiting: StoredValue<Option<(File, Timeout)>, LocalStorage>,
    /// The file whose text came from the surface last, and that text.
    put: StoredValue<Option<(File, String)>, LocalStorage>,
    diagnostics: Memo<Vec<Message>>,
    /// Advice on the text.
    pub tips: Memo<Tips>,
}

impl Desk {
    /// A desk without a surface.
    pub fn new(session: Session) -> Self {
        let files = session.files;
        let review = Review::new();
        watch(move || {
            let text = files.current.get().text;
            review.begin(session, &text.read());
        });
        let check = move || {
            let text = files.current.get().text;
            let text = text.read();
            // A first visit does not load what checks.
            if *text == Playground::opening_manifest() {
                return Vec::new();
            }
            if text.len() > LONG {
                return review.found.read().0.clone();
            }
            Playground::check(&text)
        };
        let advise = move || {
            let text = files.current.get().text;
            let text = text.read();
            if *text == Playground::opening_manifest() {
                return Tips::default();
            }
            if text.len() > LONG {
                return review.found.read().1.clone();
            }
            let mut tips = Tips::default();
            let all = session.playground.try_with_value(|it| it.advice(&text));
            tips.extend(&all.unwrap_or_default());
            tips
        };
        let desk = Self {
            session,
            files,
            surface: StoredValue::new_local(None),
            waiting: StoredValue::new_local(None),
            put: StoredValue::new_local(None),
            diagnostics: memo(check),
            tips: memo(advise),
        };
        on_cleanup(move || review.stop());
        on_cleanup(move || drop(desk.waiting.try_update_value(Option::take)));
        desk
    }

    /// The surface that is used from now on.
    pub fn lay(self, surface: impl Surface + 'static) {
        self.surface.set_value(Some(Rc::new(surface)));
    }

    /// The surface, if there is one yet.
    pub fn surface(self) -> Option<Rc<dyn Surface>> {
        self.surface.try_get_value().flatten()
    }

    /// Somebody types.
    pub fn on_typed(self) {
        let file = self.files.current.get_untracked();
        // A long text is saved when the file hears of it: it costs more than a key may.
        let is_long = file.text.read_untracked().len() > LONG;
        if let Some(surface) = self.surface().filter(|_| !is_long) {
            self.session.save_typed(&file, surface.text());
        }
        let rest = Timeout::new(REST_MS, move || self.put_away());
        self.waiting.set_value(Some((file, rest)));
        self.session.report.set(None);
    }

    /// Lets the file hear at once what was typed.
    pub fn put_away(self) {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        let Some(((file, _), surface)) = waiting.zip(self.surface()) else { return };
        let text = surface.text();
        if *file.text.read_untracked() != text {
            self.put.set_value(Some((file.clone(), text.clone())));
            file.text.set(text);
        }
    }

    /// Whether a text of the file is the one that its surface gave last: there it stands already.
    pub fn is_from_surface(self, file: &File, text: &str) -> bool {
        let is_it = |it: &(File, String)| it.0 == *file && it.1 == text;
        self.put.try_with_value(|it| it.as_ref().is_some_and(is_it)).unwrap_or(false)
    }

    /// The surface shows another text now.
    pub fn flowed_in(self) {
        drop(self.put.try_update_value(Option::take));
    }

    /// The current file and its text, for a surface that is to show them. What was typed in another
    /// file is put away first; what was typed in this one is replaced by what flows in.
    pub fn turn(self) -> (File, String) {
        let file = self.files.current.get();
        let waits = |it: &Option<(File, Timeout)>| it.as_ref().map(|(waiting, _)| *waiting == file);
        match self.waiting.try_with_value(waits).flatten() {
            Some(true) => drop(self.waiting.try_update_value(Option::take)),
            Some(false) => self.put_away(),
            None => {}
        }
        let text = file.text.get();
        (file, text)
    }

    /// Heeds a piece of advice by its edit, which can be undone.
    pub fn heed(self, index: usize) {
        let edit = self.tips.with_untracked(|it| it.first.get(index)?.edit.clone());
        edit.iter().for_each(|it| self.change(it));
    }

    /// Makes a change that is proposed for the text.
    pub fn change(self, edit: &Edit) {
        self.put_away();
        let text = self.files.current.get_untracked().text;
        let new = edit.apply(&text.read_untracked());
        if let Some((new, surface)) = new.zip(self.surface()) {
            surface.replace(&new);
            self.put_away();
        }
    }

    /// Writes into the text what others have changed in the cluster since it was applied.
    pub fn take_cluster(self) {
        self.put_away();
        let file = self.files.current.get_untracked();
        let taken = self
            .session
            .foresight
            .drift
            .with_untracked(|drift| drift.as_ref()?.taken(&file.text.read_untracked()));
        if let Some((taken, surface)) = taken.zip(self.surface()) {
            surface.replace(&taken);
            self.put_away();
            // What still differs is found again.
            file.applied.set(taken);
        }
    }

    /// Answers what the editor asks while somebody types: what may stand at a place, or what the
    /// field there is.
    pub fn answer(self, question: &str) -> String {
        let question: Value = serde_json::from_str(question).unwrap_or_default();
        let number = |name: &str| {
            let number = question[name].as_u64().and_then(|it| u32::try_from(it).ok());
            number.unwrap_or_default()
        };
        let (line, column) = (number("line"), number("column"));
        let text = question["text"].as_str().unwrap_or_default();
        let answer = match question["about"].as_str() {
            Some("field") => Playground::describe(text, line, column),
            _ => {
                let complete = |it: &Playground| it.complete_field(text, line, column);
                self.session.playground.try_with_value(complete).unwrap_or_default()
            }
        };
        answer.to_string()
    }

    /// What there is to say: what Apply said until the text changes, else what is wrong with it.
    pub fn said(self) -> Vec<Message> {
        match &*self.session.report.read() {
            Some((file, report)) if *file == self.files.current.get().id => report.messages.clone(),
            _ => self.diagnostics.get(),
        }
    }
}

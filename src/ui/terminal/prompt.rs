//! The line to type in: history, search in it, completion, several lines that are pasted, and what
//! is dragged in.

use daemonset_core::playground::Playground;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DomParser, DragEvent, Event, HtmlInputElement, KeyboardEvent, SupportedType,
};

use crate::ui::dom::{Element, el, watch};
use crate::ui::log::Kind;
use crate::ui::session::Session;

/// So many candidates are listed.
const CANDIDATE_COUNT_MAX: usize = 60;

/// What the keys of the field need.
#[derive(Clone, Copy)]
struct Prompt {
    session: Session,
    /// How far back in the history the line comes from, counted from its end.
    back: StoredValue<usize>,
    /// What is searched for in the history, and how many hits are passed over.
    search: RwSignal<Option<(String, usize)>>,
    /// After Escape the next Tab leaves the field.
    leaves: StoredValue<bool>,
}

/// The field with its prompt; while something waits, the way to end it.
pub(super) fn prompt(session: Session) -> Element {
    let terminal = session.terminal;
    let it = Prompt {
        session,
        back: StoredValue::new(0),
        search: RwSignal::new(None),
        leaves: StoredValue::new(false),
    };
    let sign = move || match (it.search.read().as_ref(), terminal.is_open.get()) {
        (Some((needle, _)), _) => format!("(reverse-i-search)`{needle}': "),
        (None, true) => "> ".to_owned(),
        (None, false) => "$ ".to_owned(),
    };
    let field = el("input", "prompt__field").attrs(&[
        ("id", "kubectl-command"),
        ("type", "text"),
        ("aria-label", "kubectl command"),
        ("aria-describedby", "kubectl-command-keys"),
        ("autocomplete", "off"),
        ("autocapitalize", "off"),
        ("autocorrect", "off"),
        ("spellcheck", "false"),
        ("enterkeyhint", "go"),
    ]);
    let input: HtmlInputElement = field.cast();
    let shown = input.clone();
    watch(move || {
        let text = terminal.draft.get();
        if shown.value() != text {
            shown.set_value(&text);
        }
    });
    let (pasted, dropped) = (input.clone(), input.clone());
    let field = field
        .on("input", move |event: Event| it.type_text(event_target_value(&event)))
        .on("paste", move |event: ClipboardEvent| it.paste(&event, &pasted))
        .on("drop", move |event: DragEvent| it.drop_in(&event, &dropped))
        .on("keydown", move |event: KeyboardEvent| it.press(&event, &input));
    let keys = el("span", "sr").attr("id", "kubectl-command-keys").text(
        "Tab completes, Escape and then Tab leaves the field. Up and Down go through what was \
         typed, Control R searches it, Control C ends what waits.",
    );
    el("div", "prompt")
        .child(el("span", "prompt__sign").attr("aria-hidden", "true").live_text(sign))
        .child(field)
        .child(keys)
        .when(move || terminal.waits_for.read().is_some(), move || stop(session))
}

fn stop(session: Session) -> Element {
    let what = move || session.terminal.waits_for.get().map(|it| format!("{it} waits"));
    let button = el("button", "button button--small prompt__stop")
        .attrs(&[("aria-label", "Stop"), ("title", "Stop (Ctrl C)")])
        .on_click(move || session.interrupt())
        .text("Stop");
    el("span", "prompt__waits").child(el("span", "").live_text(what)).child(button)
}

/// Whether somebody has marked text, which Ctrl-C copies then.
pub(super) fn is_text_selected() -> bool {
    let field = document().active_element().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let in_field = field
        .is_some_and(|it| it.selection_start().ok().flatten() != it.selection_end().ok().flatten());
    let on_page = window().get_selection().ok().flatten().is_some_and(|it| !it.is_collapsed());
    in_field || on_page
}

impl Prompt {
    fn type_text(self, text: String) {
        self.leaves.set_value(false);
        self.back.set_value(0);
        self.search.set(None);
        self.session.terminal.draft.set(text);
    }

    /// Several lines at once are carried out, the last one is left to be completed.
    fn paste(self, event: &ClipboardEvent, input: &HtmlInputElement) {
        let text = event.clipboard_data().and_then(|it| it.get_data("text/plain").ok());
        let Some(text) = text.filter(|it| it.trim_end_matches('\n').contains('\n')) else { return };
        event.prevent_default();
        self.insert(&text, input);
    }

    /// A line that is dragged in, from wherever it stands; of a link its words, not its address.
    fn drop_in(self, event: &DragEvent, input: &HtmlInputElement) {
        let Some(data) = event.data_transfer() else { return };
        let of = |kind| data.get_data(kind).unwrap_or_default();
        let text = match of("text/uri-list").is_empty() {
            true => of("text/plain"),
            false => text_of(&of("text/html")),
        };
        let text = text.trim().trim_start_matches("$ ").trim_start_matches("» ");
        let text = text.replace("\n$ ", "\n").replace("\n» ", "\n");
        if !text.is_empty() {
            event.prevent_default();
            self.insert(&text, input);
            let _ = input.focus();
        }
    }

    /// Puts a text where the caret is; of several lines all but the last are carried out.
    fn insert(self, text: &str, input: &HtmlInputElement) {
        let (before, after) = around_caret(input);
        let all = format!("{before}{text}{after}").replace("\r\n", "\n");
        let (lines, last) = all.rsplit_once('\n').unwrap_or(("", &all));
        self.show(last, input);
        if !lines.is_empty() {
            self.session.type_lines(lines);
        }
    }

    fn press(self, event: &KeyboardEvent, input: &HtmlInputElement) {
        let key = event.key();
        if event.is_composing() || event.alt_key() || event.meta_key() {
            return;
        }
        let is_handled = match (key.as_str(), event.ctrl_key()) {
            (key, false) if self.search_key(key) => true,
            ("Enter", false) => self.enter(input),
            ("ArrowUp", false) => self.recall(1, input),
            ("ArrowDown", false) => self.recall(-1, input),
            ("Tab", false) if !event.shift_key() => self.complete(input),
            ("Escape", false) => self.escape(),
            ("r", true) => self.search_on(),
            ("l", true) => {
                self.session.log.clear();
                true
            }
            ("u", true) => {
                self.session.terminal.draft.set(String::new());
                true
            }
            ("ArrowLeft" | "ArrowRight" | "Home" | "End", _) => {
                self.search.set(None);
                false
            }
            _ => false,
        };
        if is_handled {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn enter(self, input: &HtmlInputElement) -> bool {
        self.search.set(None);
        self.back.set_value(0);
        let line = input.value();
        self.session.terminal.draft.set(String::new());
        input.set_value("");
        self.session.type_lines(&line);
        true
    }

    /// Shows an older or a newer line.
    fn recall(self, step: i32, input: &HtmlInputElement) -> bool {
        self.search.set(None);
        let back = self.back.get_value().saturating_add_signed(step as isize);
        let found = self.session.terminal.history.with_value(|history| {
            let at = history.len().checked_sub(back);
            at.map(|at| history.get(at).cloned().unwrap_or_default())
        });
        if let Some(line) = found {
            self.back.set_value(back);
            self.show(&line, input);
        }
        true
    }

    fn show(self, line: &str, input: &HtmlInputElement) {
        self.session.terminal.draft.set(line.to_owned());
        input.set_value(line);
        let end = line.encode_utf16().count() as u32;
        let _ = input.set_selection_range(end, end);
    }

    fn escape(self) -> bool {
        let was_searching = self.search.get_untracked().is_some();
        self.search.set(None);
        self.leaves.set_value(!was_searching);
        was_searching
    }

    /// Begins to search the history, or goes to the hit before.
    fn search_on(self) -> bool {
        match self.search.get_untracked() {
            None => {
                self.search.set(Some((String::new(), 0)));
                self.session.terminal.draft.set(String::new());
            }
            Some((needle, skipped)) => self.find(needle, skipped + 1),
        }
        true
    }

    /// A key that changes what is searched for.
    fn search_key(self, key: &str) -> bool {
        let Some((mut needle, _)) = self.search.get_untracked() else { return false };
        if key == "Backspace" {
            needle.pop();
        } else if key.chars().count() == 1 {
            needle.push_str(key);
        } else {
            return false;
        }
        self.find(needle, 0);
        true
    }

    /// Shows the last line that holds a text, with some hits passed over.
    fn find(self, needle: String, skipped: usize) {
        let terminal = self.session.terminal;
        let found = terminal.history.with_value(|history| {
            let mut hits = history.iter().rev().filter(|it| it.contains(&needle));
            hits.nth(skipped).cloned()
        });
        // Without a hit the last one stays.
        if let Some(line) = found {
            terminal.draft.set(line);
        }
        self.search.set(Some((needle, skipped)));
    }

    /// Completes the word before the caret; what it could be is listed where there are several.
    fn complete(self, input: &HtmlInputElement) -> bool {
        let (before, after) = around_caret(input);
        if before.trim().is_empty() || self.leaves.get_value() {
            return false;
        }
        self.search.set(None);
        let completion = self.session.completion(&before);
        let text = match completion.only() {
            Some(only) => only,
            None => completion.common().to_owned(),
        };
        let begun = &before[completion.start..];
        if text.len() > begun.len() {
            let head = format!("{}{text}", &before[..completion.start]);
            let end = head.encode_utf16().count() as u32;
            self.show(&format!("{head}{after}"), input);
            let _ = input.set_selection_range(end, end);
        } else if !completion.words.is_empty() {
            self.session.note(Kind::Note, &listed(&completion.words));
        }
        true
    }
}

/// The candidates in one text, those that there is room for.
fn listed(words: &[String]) -> String {
    let shown = words.iter().take(CANDIDATE_COUNT_MAX).map(String::as_str).collect::<Vec<_>>();
    let more = words.len() - shown.len();
    let rest = if more > 0 { format!("  and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join("  "))
}

/// The words of a piece of HTML. The document that it becomes is never shown and runs nothing.
fn text_of(html: &str) -> String {
    let parser = DomParser::new().ok();
    let document = parser.and_then(|it| it.parse_from_string(html, SupportedType::TextHtml).ok());
    document.and_then(|it| it.body()?.text_content()).unwrap_or_default()
}

fn around_caret(input: &HtmlInputElement) -> (String, String) {
    let value = input.value();
    let units = |it: Result<Option<u32>, _>| it.ok().flatten().map_or(usize::MAX, |it| it as usize);
    let at = |limit: usize| {
        let mut passed = 0;
        let found = value.char_indices().find(|(_, c)| {
            passed += c.len_utf16();
            passed > limit
        });
        found.map_or(value.len(), |(at, _)| at)
    };
    let (start, end) = (at(units(input.selection_start())), at(units(input.selection_end())));
    (value[..start].to_owned(), value[end.max(start)..].to_owned())
}

impl Session {
    fn completion(self, before: &str) -> daemonset_core::playground::Completion {
        self.load_files();
        let complete =
            |it: &Playground| self.terminal.shell.with_value(|shell| it.complete(shell, before));
        self.playground.try_with_value(complete).unwrap_or_default()
    }
}

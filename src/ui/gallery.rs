//! The picker of manifests: type to filter, arrows to choose, Enter to open.
//!
//! Index and manifests are fetched when they are asked for. What is opened becomes a file of its
//! own in the editor, so nothing that somebody typed is replaced.

use std::rc::Rc;

use daemonset_core::playground::{Exhibit, Group, read_gallery};
use leptos::prelude::*;
use web_sys::{Event, HtmlDialogElement, HtmlInputElement, KeyboardEvent};

use super::Page;
use super::browser::fetch_text;
use super::dom::{Element, el, memo, watch};
use super::icon::icon;
use super::session::Session;

const FOLDER: &str = "gallery/";
const LIST: &str = "gallery-list";

/// A manifest with its group.
#[derive(Clone, PartialEq)]
struct Row {
    group: Rc<Group>,
    exhibit: Rc<Exhibit>,
}

/// What the picker knows.
#[derive(Clone, Copy)]
struct Picker {
    session: Session,
    page: Page,
    /// Everything there is; empty until it has come.
    all: RwSignal<Vec<Row>, LocalStorage>,
    typed: RwSignal<String>,
    /// The place of the chosen row among those that are shown.
    chosen: RwSignal<usize>,
    /// What went wrong, and the file that it went wrong with.
    problem: RwSignal<Option<String>>,
}

/// Opens the picker.
pub fn gallery_button(page: Page) -> Element {
    el("button", "button button--bare button--small side__gallery")
        .attrs(&[("title", "Manifests to begin with (G)"), ("aria-haspopup", "dialog")])
        .on_click(move || page.gallery_open.set(true))
        .child(icon("gallery"))
        .text("Gallery")
}

/// A real dialog: the browser keeps the focus inside and gives it back.
pub fn gallery(session: Session, page: Page) -> Element {
    let picker = Picker {
        session,
        page,
        all: RwSignal::new_local(Vec::new()),
        typed: RwSignal::new(String::new()),
        chosen: RwSignal::new(0),
        problem: RwSignal::new(None),
    };
    let element = el("dialog", "gallery").attr("aria-labelledby", "gallery-title");
    let dialog: HtmlDialogElement = element.cast();
    let field = search_field(picker);
    let input: HtmlInputElement = field.cast();
    let (this, closed) = (dialog.clone(), input.clone());
    watch(move || {
        if page.gallery_open.get() {
            if !this.open() {
                let _ = this.show_modal();
                let _ = input.focus();
                untrack(|| picker.load());
            }
        } else if this.open() {
            this.close();
        }
    });
    let close = el("button", "icon-button").attr("aria-label", "Close").child(icon("close"));
    let head = el("div", "gallery__head")
        .child(el("h2", "").attr("id", "gallery-title").text("Gallery"))
        .child(close.on_click(move || page.gallery_open.set(false)));
    element
        .on("close", move |_: Event| {
            closed.set_value("");
            picker.typed.set(String::new());
            picker.chosen.set(0);
            picker.problem.set(None);
            page.gallery_open.set(false);
        })
        .child(head)
        .child(el("label", "gallery__search").child(icon("search")).child(field))
        .child(list(picker))
        .child(foot(picker))
}

impl Picker {
    /// The rows that match what was typed.
    fn shown(self) -> Vec<Row> {
        let typed = self.typed.read();
        let all = self.all.read();
        all.iter().filter(|it| it.exhibit.matches(&it.group, &typed)).cloned().collect()
    }

    fn chosen_row(self) -> Option<Row> {
        self.shown().get(self.chosen.get()).cloned()
    }

    /// Fetches the index once.
    fn load(self) {
        if !self.all.read_untracked().is_empty() {
            return;
        }
        self.problem.set(None);
        fetch_text([FOLDER, "index.yaml"].concat(), move |index| {
            match index.and_then(|it| read_gallery(&it)) {
                Some(groups) => self.all.set(rows(groups)),
                None => self.problem.set(Some("The gallery could not be loaded.".to_owned())),
            }
        });
    }

    /// Fetches a manifest and opens it in the editor.
    fn open(self, row: Row) {
        self.problem.set(None);
        let path = [FOLDER, &row.exhibit.file].concat();
        fetch_text(path, move |manifest| {
            let Some(manifest) = manifest else {
                let text = format!("{} could not be loaded.", row.exhibit.file);
                return self.problem.set(Some(text));
            };
            self.page.gallery_open.set(false);
            let text = row.exhibit.with_comment(&manifest);
            self.session.open_file(&row.exhibit.file, text);
            self.page.edit();
            let news = format!("{} is in the editor. Apply runs it.", row.exhibit.title);
            self.session.news.set(news);
        });
    }

    fn move_to(self, place: usize) {
        self.chosen.set(place);
        if let Some(row) = document().get_element_by_id(&row_id(place)) {
            row.scroll_into_view_with_bool(false);
        }
    }

    fn on_key(self, event: &KeyboardEvent) {
        let count = untrack(|| self.shown().len());
        let at = self.chosen.get_untracked();
        match event.key().as_str() {
            "Enter" if !event.is_composing() => {
                if let Some(row) = untrack(|| self.chosen_row()) {
                    self.open(row);
                }
            }
            "ArrowDown" if count > 0 => self.move_to((at + 1) % count),
            "ArrowUp" if count > 0 => self.move_to((at + count - 1) % count),
            "PageDown" if count > 0 => self.move_to((at + 5).min(count - 1)),
            "PageUp" => self.move_to(at.saturating_sub(5)),
            _ => return,
        }
        event.prevent_default();
    }
}

fn rows(groups: Vec<Group>) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in groups {
        let group = Rc::new(group);
        for exhibit in &group.exhibits {
            rows.push(Row { group: group.clone(), exhibit: Rc::new(exhibit.clone()) });
        }
    }
    rows
}

fn row_id(place: usize) -> String {
    format!("gallery-{place}")
}

fn search_field(picker: Picker) -> Element {
    el("input", "gallery__field")
        .attrs(&[
            ("role", "combobox"),
            ("aria-label", "Search the gallery"),
            ("aria-expanded", "true"),
            ("aria-autocomplete", "list"),
            ("aria-controls", LIST),
            ("placeholder", "Search"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
            ("autocapitalize", "off"),
        ])
        .live("aria-activedescendant", move || {
            picker.chosen_row().map(|_| row_id(picker.chosen.get()))
        })
        .on("input", move |event: Event| {
            picker.typed.set(event_target_value(&event));
            picker.chosen.set(0);
        })
        .on("keydown", move |event: KeyboardEvent| picker.on_key(&event))
}

/// The rows under the titles of their groups. They are made anew when something is typed.
fn list(picker: Picker) -> Element {
    let groups = move || {
        let mut groups = Vec::<(Rc<Group>, Element)>::new();
        for (place, row) in picker.shown().into_iter().enumerate() {
            if groups.last().is_none_or(|it| it.0 != row.group) {
                groups.push((row.group.clone(), group_place(&row.group)));
            }
            if let Some((_, element)) = groups.pop() {
                let group = row.group.clone();
                groups.push((group, element.child(option(picker, place, row))));
            }
        }
        groups.into_iter().map(|it| it.1).collect()
    };
    el("div", "gallery__list")
        .attrs(&[("id", LIST), ("role", "listbox"), ("aria-label", "Manifests")])
        .attr("tabindex", "-1")
        .part(groups)
}

fn group_place(group: &Group) -> Element {
    let title = el("div", "gallery__group-title").attr("aria-hidden", "true").text(&group.title);
    el("div", "gallery__group")
        .attrs(&[("role", "group"), ("aria-label", &group.title)])
        .child(title)
}

fn option(picker: Picker, place: usize, row: Row) -> Element {
    let is_chosen = memo(move || picker.chosen.get() == place);
    let words = el("span", "gallery__words")
        .child(el("span", "gallery__name").text(&row.exhibit.title))
        .child(el("span", "gallery__why").text(&row.exhibit.why));
    let sign = el("span", "gallery__sign").child(icon(&row.group.id));
    el("div", "gallery__row")
        .attrs(&[("role", "option"), ("id", &row_id(place)), ("data-file", &row.exhibit.file)])
        .live("aria-selected", move || is_chosen.get())
        .on("pointermove", move |_: Event| {
            if picker.chosen.get_untracked() != place {
                picker.chosen.set(place);
            }
        })
        .on_click(move || picker.open(row.clone()))
        .child(sign)
        .child(words)
}

/// What to look at in the chosen manifest, or what went wrong.
fn foot(picker: Picker) -> Element {
    let problem = move || picker.problem.get().map(|text| trouble(picker, &text));
    let hint = memo(move || {
        if picker.problem.read().is_some() {
            return String::new();
        }
        match picker.chosen_row() {
            Some(row) => row.exhibit.look.to_string(),
            None if picker.all.read().is_empty() => String::new(),
            None => "Nothing in the gallery matches.".to_owned(),
        }
    });
    let has_choice = memo(move || picker.problem.read().is_none() && picker.chosen_row().is_some());
    let title = move || match has_choice.get() {
        true => picker.chosen_row().map(|it| format!("{}: ", it.exhibit.title)),
        false => None,
    };
    let how = || {
        el("p", "gallery__how")
            .child(el("kbd", "key").text("↵"))
            .text(" Opens as a file of its own. Nothing runs before you apply it.")
    };
    el("div", "gallery__foot")
        .child(
            el("p", "gallery__look")
                .attr("role", "status")
                .child(el("b", "").live_text(title))
                .live_text(move || hint.get()),
        )
        .when(move || has_choice.get(), how)
        .child(el("div", "").attr("role", "alert").part(move || problem().into_iter().collect()))
}

fn trouble(picker: Picker, text: &str) -> Element {
    let again = el("button", "button button--line button--small")
        .on_click(move || match picker.all.read_untracked().is_empty() {
            true => picker.load(),
            false => {
                if let Some(row) = untrack(|| picker.chosen_row()) {
                    picker.open(row);
                }
            }
        })
        .text("Try again");
    let text = format!("{text} You may be offline. Nothing was changed.");
    el("div", "gallery__trouble").child(icon("warning")).child(el("p", "").text(&text)).child(again)
}

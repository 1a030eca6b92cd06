//! The files as tabs: choose, add, rename, close and bring back, by mouse and by keyboard.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent};

use daemonset_core::playground::Playground;
use daemonset_core::playground::file_name::OPENING;

use super::desk::Desk;
use crate::ui::Page;
use crate::ui::dom::{Element, Row, el, watch};
use crate::ui::files::{File, Files};
use crate::ui::gallery::gallery_button;
use crate::ui::icon::{icon, small_icon};
use crate::ui::keyboard::{focus, neighbour};

/// The element that a tab controls.
pub const PANEL: &str = "manifest-panel";

const MIDDLE_BUTTON: i16 = 1;

/// The tabs and what belongs to them.
pub fn file_tabs(
    desk: Desk,
    page: Page,
    has_errors: impl Fn() -> bool + Copy + 'static,
) -> Element {
    let files = desk.files;
    let renamed = RwSignal::new(None::<File>);
    let rows = move || {
        let row =
            |file: File| Row::new(file.id, move || tab(files, file, page, renamed, has_errors));
        files.list.get().into_iter().map(row).collect()
    };
    let tabs = el("div", "files")
        .attrs(&[("role", "tablist"), ("aria-label", "Files")])
        .live("hidden", move || renamed.read().is_some().then_some(""))
        .on("keydown", move |event: KeyboardEvent| on_key(&event, files, renamed))
        .list(rows);
    let rename = move || match renamed.get() {
        Some(file) => vec![name_field(files, file, renamed)],
        None => Vec::new(),
    };
    let add = move || drop(files.add(OPENING, String::new(), String::new(), None));
    el("div", "side__head")
        .child(tabs)
        .part(rename)
        .child(restore(desk))
        .child(tool("New file", "plus", add))
        .child(gallery_button(page))
}

fn tab(
    files: Files,
    file: File,
    page: Page,
    renamed: RwSignal<Option<File>>,
    has_errors: impl Fn() -> bool + 'static,
) -> Element {
    let id = file.id;
    let is_current = move || files.current.get().id == id;
    let several = move || files.list.read().len() > 1;
    let (name, title, edited) = (file.name.clone(), file.clone(), file.clone());
    let dot = move || {
        el("span", "file__dot").attrs(&[("role", "img"), ("aria-label", "not applied yet")])
    };
    let element = el("button", "file")
        .attrs(&[("role", "tab"), ("aria-controls", PANEL), ("aria-keyshortcuts", "F2 Delete")])
        .attr("id", &tab_id(id));
    let tab: HtmlElement = element.cast();
    watch(move || {
        page.view.track();
        page.side_open.track();
        if is_current() {
            let tab = tab.clone();
            later(move || bring_into_strip(&tab));
        }
    });
    element
        .paint(move |it| {
            it.set("title", title.apply_line());
            it.set("aria-selected", is_current());
            it.set("tabindex", if is_current() { "0" } else { "-1" });
            let has_errors = is_current() && has_errors();
            it.set("data-level", has_errors.then_some("error"));
        })
        .on_click(move || files.select(id))
        .on("dblclick", move |_: Event| renamed.set(Some(file.clone())))
        .on("auxclick", move |event: MouseEvent| {
            if event.button() == MIDDLE_BUTTON {
                files.close(id);
            }
        })
        .child(el("span", "file__name").live_text(move || name.get()))
        .when(move || edited.is_edited(), dot)
        .when(several, move || cross(files, id))
}

/// Scrolls the strip of the tabs, and nothing around it: a sheet that is not open yet stays there.
fn bring_into_strip(tab: &HtmlElement) {
    let Some(strip) = tab.parent_element() else { return };
    let (all, this) = (strip.get_bounding_client_rect(), tab.get_bounding_client_rect());
    // The beginning counts if the tab is wider than the strip.
    let past = (this.right() - all.right()).max(0.0).min(this.left() - all.left());
    strip.set_scroll_left(strip.scroll_left() + past as i32);
}

/// For the mouse and the finger; those with a keyboard press Delete.
fn cross(files: Files, id: u32) -> Element {
    el("span", "file__close")
        .attr("aria-hidden", "true")
        .on("click", move |event: Event| {
            event.stop_propagation();
            files.close(id);
        })
        .child(small_icon("close"))
}

fn on_key(event: &KeyboardEvent, files: Files, renamed: RwSignal<Option<File>>) {
    let list = files.list.get_untracked();
    let current = files.current.get_untracked();
    let at = list.iter().position(|it| *it == current).unwrap_or(0);
    let target = match event.key().as_str() {
        "F2" => {
            event.prevent_default();
            return renamed.set(Some(current));
        }
        "Delete" => {
            event.prevent_default();
            files.close(current.id);
            return focus_tab(files);
        }
        key => neighbour(key, at, list.len()),
    };
    let Some(target) = target else { return };
    event.prevent_default();
    files.select(list[target].id);
    focus_tab(files);
}

/// Takes the place of the tabs while a file gets another name.
fn name_field(files: Files, file: File, renamed: RwSignal<Option<File>>) -> Element {
    let element = el("input", "files__field").attrs(&[
        ("aria-label", "File name"),
        ("spellcheck", "false"),
        ("autocapitalize", "off"),
        ("autocomplete", "off"),
    ]);
    let field: HtmlInputElement = element.cast();
    field.set_value(&file.name.get_untracked());
    let (ready, left) = (field.clone(), field.clone());
    later(move || {
        let _ = ready.focus();
        ready.select();
    });
    let close = move || {
        renamed.set(None);
        focus_tab(files);
    };
    let named = file.clone();
    element
        .on("keydown", move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if !event.is_composing() => {
                files.rename(&named, &field.value());
                close();
            }
            "Escape" => close(),
            _ => {}
        })
        .on("blur", move |_: Event| {
            // Closing takes the field away, which ends its focus, too.
            if renamed.get_untracked().is_some() {
                files.rename(&file, &left.value());
                renamed.set(None);
            }
        })
}

/// Says which file was closed and brings it back.
pub fn closed_file(files: Files) -> Element {
    let notice = move || {
        let (_, file) = files.closed.get()?;
        let text = format!("{} is closed.", file.name.get());
        let undo = move || {
            files.reopen();
            focus_tab(files);
        };
        let notice = el("div", "closed-file")
            .child(el("span", "closed-file__text").text(&text))
            .child(el("button", "button button--line button--small").on_click(undo).text("Undo"))
            .child(tool("Dismiss", "close", move || files.closed.set(None)));
        Some(notice)
    };
    el("div", "").attr("role", "status").part(move || notice().into_iter().collect())
}

/// Through the surface, so that the text that was there can be had back by undo. It keeps its
/// place, beside the tabs' free room, when there is nothing to bring back, so that nothing moves
/// under a pointer.
fn restore(desk: Desk) -> Element {
    let restore = move || {
        if let Some(surface) = desk.surface() {
            surface.replace(Playground::opening_manifest());
        }
    };
    let nothing = move || {
        let file = desk.files.current.get();
        !file.is_first() || *file.text.read() == Playground::opening_manifest()
    };
    tool("Bring back the opening manifest", "history", restore)
        .live("data-idle", move || nothing().then_some(""))
}

fn tool(name: &'static str, sign: &'static str, act: impl FnMut() + 'static) -> Element {
    el("button", "icon-button icon-button--small")
        .attrs(&[("aria-label", name), ("title", name)])
        .on_click(act)
        .child(icon(sign))
}

fn tab_id(id: u32) -> String {
    format!("file-{id}")
}

fn focus_tab(files: Files) {
    later(move || focus(&format!("#{}", tab_id(files.current.get_untracked().id))));
}

/// When the elements are as the signals say.
fn later(act: impl FnOnce() + 'static) {
    Timeout::new(0, act).forget();
}

//! What is on the screen. One file per thing; `session` mirrors the cluster, `command` is the
//! list of everything a user can do.

pub mod announcer;
pub mod branches;
pub mod breaks;
pub mod browser;
pub mod command;
pub mod command_line;
pub mod controller_panel;
pub mod dialog;
pub mod diff_dialog;
pub mod dom;
pub mod drawer;
pub mod drift;
pub mod editor;
pub mod events;
pub mod files;
pub mod filter;
pub mod foresight;
pub mod frame_loop;
pub mod gallery;
pub mod hints;
pub mod history;
pub mod icon;
pub mod image_dialog;
pub mod journey;
pub mod keyboard;
pub mod keys_dialog;
pub mod log;
pub mod lookout;
pub mod map;
pub mod messages;
pub mod node_actions;
pub mod nodes_dialog;
pub mod pace;
pub mod panes;
pub mod plan_card;
pub mod presenter;
pub mod preview;
pub mod scenario_menu;
pub mod segments;
pub mod sentence;
pub mod session;
pub mod sheet;
pub mod stage;
pub mod status_strip;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod timeline_bar;
pub mod tips;
pub mod toast;
pub mod top_bar;
pub mod view_tabs;
pub mod why_panel;
pub mod work;

use leptos::prelude::*;

use crate::embed;
use announcer::announcer;
use diff_dialog::diff_dialog;
use dom::{Element, el, mount};
use drawer::{Tab, drawer};
use drift::use_drift;
use editor::side_panel;
use foresight::use_foresight;
use frame_loop::use_frame_loop;
use gallery::gallery;
use image_dialog::image_dialog;
use keys_dialog::keys_dialog;
use lookout::use_lookout;
use nodes_dialog::nodes_dialog;
use panes::{side_splitter, use_panes};
use presenter::{presenter, use_presenter_mode};
use session::Session;
use sheet::Sheets;
use stage::stage;
use status_strip::status_strip;
use timeline_bar::timeline_bar;
use toast::toast;
use top_bar::top_bar;
use view_tabs::{veil, view_tabs};
use work::Found;

/// Which part of the page a narrow screen shows; wide screens show all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The stage.
    #[default]
    Cluster,
    /// The manifest.
    Manifest,
    /// The drawer, with one of its tabs.
    Drawer,
}

impl View {
    /// The word that the style sheets select by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Manifest => "manifest",
            Self::Drawer => "drawer",
        }
    }
}

/// What belongs to the page and not to the cluster.
#[derive(Clone, Copy)]
pub struct Page {
    /// The part shown on a narrow screen.
    pub view: RwSignal<View>,
    /// Whether the list of keys is open.
    pub keys_open: RwSignal<bool>,
    /// Whether the page is shown to a room.
    pub presenting: RwSignal<bool>,
    /// Whether a narrow screen shows what has no room in its bars.
    pub more_open: RwSignal<bool>,
    /// Whether the manifest has a place on a wide screen.
    pub side_open: RwSignal<bool>,
    /// Which nodes are looked for; the others are greyed.
    pub filter: RwSignal<String>,
    /// Whether the drawer is open.
    pub drawer_open: RwSignal<bool>,
    /// Which tab of the drawer is shown.
    pub tab: RwSignal<Tab>,
    /// Whether the gallery is open.
    pub gallery_open: RwSignal<bool>,
    /// Counts requests to put the caret into the manifest.
    pub edit_requests: RwSignal<u32>,
}

impl Page {
    /// A page that shows the cluster.
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(View::default()),
            keys_open: RwSignal::new(false),
            presenting: RwSignal::new(false),
            more_open: RwSignal::new(false),
            side_open: RwSignal::new(!panes::was_folded("side")),
            filter: RwSignal::new(String::new()),
            drawer_open: RwSignal::new(drawer::starts_open()),
            tab: RwSignal::new(Tab::default()),
            gallery_open: RwSignal::new(false),
            edit_requests: RwSignal::new(0),
        }
    }

    /// Shows the manifest and puts the caret into it.
    pub fn edit(self) {
        self.side_open.set(true);
        self.view.set(View::Manifest);
        self.edit_requests.update(|count| *count += 1);
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

/// Replaces the static shell by the living page, with the work that was saved.
pub fn start() {
    work::open(|found| {
        let Some(root) = document().get_element_by_id("app") else { return };
        root.set_text_content(None);
        std::mem::forget(mount(&root, || app(found)));
    });
}

/// The whole page.
pub fn app(found: Found) -> Element {
    let session = Session::open();
    session.keep(found);
    let page = Page::new();
    use_frame_loop(session.playing.into(), move |wall_ms| session.frame(wall_ms));
    keyboard::use_keyboard(session, page);
    use_drift(session);
    use_foresight(session);
    use_lookout(session);
    use_presenter_mode(page);
    use_panes(page);
    let sheets = Sheets::new(page);
    embed::install(session);
    let work = el("div", "app__work")
        .on("focusin", move |event: web_sys::Event| drawer::uncover(page, &event))
        .child(sheets.behind(status_strip(session)))
        .child(sheets.behind(stage(session, page)))
        .child(sheets.sheet(View::Drawer, drawer(session, page)));
    let main = el("main", "app__main")
        .child(el("h1", "sr").live_text(move || title(session)))
        .child(sheets.sheet(View::Manifest, side_panel(session, page)))
        .child(side_splitter(page))
        .child(work);
    el("div", "app")
        .live("data-view", move || page.view.get().word())
        .live("data-flow", move || if session.playing.get() { "play" } else { "pause" })
        .live("data-more", move || page.more_open.get())
        .child(sheets.behind(el("a", "skip").attr("href", "#stage").text("Skip to the cluster")))
        .child(sheets.behind(top_bar(session, page)))
        .when(move || page.presenting.get(), move || presenter(session))
        .child(main)
        .child(sheets.behind(timeline_bar(session, page)))
        .child(veil(page))
        .child(sheets.behind(view_tabs(session, page)))
        .child(toast(session))
        .child(keys_dialog(page))
        .child(gallery(session, page))
        .child(image_dialog(session))
        .child(nodes_dialog(session))
        .child(diff_dialog(session))
        .child(announcer(session))
}

fn title(session: Session) -> String {
    match &*session.daemon_set.read() {
        Some(set) => format!("DaemonSet {}", set.name),
        None => "A cluster without a DaemonSet".to_owned(),
    }
}

//! What the page, its forms and scripts ask the cluster.

use daemonset_core::api::Name;
use daemonset_core::insight::{Explained, Figure, Fix, Reconciliation, Why};
use daemonset_core::playground::{Differences, DrainPreview, Places, Playground};
use daemonset_core::sim::{DrainOptions, ImageBehaviour, Input};
use leptos::prelude::*;

use super::Session;

/// Longer texts, in bytes, are not looked through whenever the pointer moves.
const TEXT_MAX: usize = 100_000;

impl Session {
    /// Virtual time in seconds.
    pub fn seconds(self) -> f64 {
        self.playground.try_with_value(|it| it.now().0 as f64 / 1000.0).unwrap_or(0.0)
    }

    /// What the page opened with. Runs again when another cluster is opened.
    pub fn scenario_title(self) -> String {
        self.pools.track();
        self.playground.try_with_value(|it| it.scenario().title.to_string()).unwrap_or_default()
    }

    /// The cluster as plain Kubernetes JSON.
    pub fn snapshot(self) -> serde_json::Value {
        self.arrive();
        self.playground.try_with_value(Playground::snapshot).unwrap_or_default()
    }

    /// Why a node has a pod of a DaemonSet or has none, as plain data; null without that DaemonSet.
    pub fn why(self, node: &str, daemon_set: &str) -> serde_json::Value {
        self.arrive();
        let why = self.playground.try_with_value(|it| it.why(node, daemon_set)).flatten();
        why.map_or(serde_json::Value::Null, |it| it.to_json())
    }

    /// The last sync of a DaemonSet's controller, or the one that comes next.
    pub fn sync_of(self, daemon_set: &str, last: bool) -> Option<Reconciliation> {
        let look = |it: &Playground| match last {
            true => it.last_sync(daemon_set),
            false => it.next_sync(daemon_set),
        };
        self.playground.try_with_value(look).flatten()
    }

    /// What a manifest would do if it were applied now, as JSON.
    pub fn plan(self, text: &str) -> serde_json::Value {
        self.arrive();
        self.playground.try_with_value(|it| it.plan(text).to_json()).unwrap_or_default()
    }

    /// The kubectl line that equals an input now.
    pub fn line_of(self, input: &Input) -> Option<String> {
        self.playground.try_with_value(|it| it.command_line(input))
    }

    /// What kubectl would say to a drain now.
    pub fn drain_preview(self, node: &Name, options: DrainOptions) -> DrainPreview {
        self.playground.try_with_value(|it| it.drain_preview(node, options)).unwrap_or_default()
    }

    /// What an image does now.
    pub fn behaviour(self, image: &Name) -> ImageBehaviour {
        let read = |it: &Playground| it.cluster().store().world().behaviour(image);
        self.playground.try_with_value(read).unwrap_or_default()
    }

    /// The images of the selected DaemonSet's pods on a node.
    pub fn images_on(self, node: &Name) -> Vec<Name> {
        let Some(set) = self.selected_set.get_untracked() else { return Vec::new() };
        self.playground.try_with_value(|it| it.images_on(node, &set)).unwrap_or_default()
    }

    /// Why a node has a pod of a DaemonSet or has none.
    pub fn why_of(self, node: &Name, set: &Name) -> Option<Why> {
        self.playground.try_with_value(|it| it.why(node, set)).flatten()
    }

    /// What stands behind a figure of a DaemonSet's status.
    pub fn explain(self, set: &Name, figure: Figure) -> Option<Explained> {
        self.playground.try_with_value(|it| it.explain(set, figure)).flatten()
    }

    /// What a fix would do to the cluster.
    pub fn inputs_of(self, fix: &Fix) -> Vec<Input> {
        self.playground.try_with_value(|it| it.inputs_of(fix)).unwrap_or_default()
    }

    /// What applying the text in the editor would change.
    pub fn differences(self) -> Differences {
        let text = self.files.current.get_untracked().text;
        let compare = |it: &Playground| it.differences(&text.read_untracked());
        self.playground.try_with_value(compare).unwrap_or_default()
    }

    /// The lines of the text in the editor, if it describes the selected DaemonSet. A text that
    /// takes long to read is left in peace.
    pub fn places(self) -> Option<Places> {
        let set = self.selected_set.get_untracked()?;
        let text = self.files.current.get_untracked().text;
        let text = text.read_untracked();
        if text.len() > TEXT_MAX { None } else { Places::of(&text, &set) }
    }

    /// Which nodes a line of that text lets in, and which it keeps out.
    pub fn lets(self, line: u32) -> Option<(Vec<Name>, Vec<Name>)> {
        let places = self.places()?;
        self.playground.try_with_value(|it| places.lets(it.cluster(), line)).flatten()
    }
}

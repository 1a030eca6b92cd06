//! What one part of the page points at in another: a question, a line of the manifest, a label.

use daemonset_core::api::Name;
use daemonset_core::insight::{Figure, Fix, Mark};
use daemonset_core::playground::Insertion;
use leptos::prelude::*;

use super::editor::desk::Place;
use super::session::Session;

/// What would let a pod onto the node that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// Lines for the manifest.
    pub insertion: Insertion,
    /// How many taints they are about.
    pub taints: usize,
    /// What would do it without them.
    pub instead: Option<Fix>,
}

impl Remedy {
    /// What is asked about it.
    pub fn title(&self) -> String {
        match self.insertion.lines.len() {
            1 => "If you insert this line".to_owned(),
            count => format!("If you insert these {count} lines"),
        }
    }
}

/// Who points at what.
#[derive(Clone, Copy)]
pub struct Hints {
    /// Counts the questions why; the panel comes into view.
    pub asked: RwSignal<u32>,
    /// The figure that is asked about; else it is the selected node.
    pub figure: RwSignal<Option<Figure>>,
    /// The line of the manifest that is pointed at.
    pub line: RwSignal<Option<u32>>,
    /// The place of the manifest that somebody wants to see.
    pub go: RwSignal<Option<Place>>,
    /// A text that somebody proposes for the manifest, and its first new line.
    pub proposal: RwSignal<Option<(String, u32)>>,
    /// What would let a pod onto the node that is asked about.
    pub remedy: RwSignal<Option<Remedy>>,
    /// The label or taint of a node that is pointed at.
    pub mark: RwSignal<Option<(Name, Mark)>>,
    /// The nodes that the line under the pointer lets in, and those that it keeps out.
    pub lets: RwSignal<Option<(Vec<Name>, Vec<Name>)>>,
}

impl Hints {
    /// Nobody points at anything.
    pub fn new() -> Self {
        Self {
            asked: RwSignal::new(0),
            figure: RwSignal::new(None),
            line: RwSignal::new(None),
            go: RwSignal::new(None),
            proposal: RwSignal::new(None),
            remedy: RwSignal::new(None),
            mark: RwSignal::new(None),
            lets: RwSignal::new(None),
        }
    }

    /// Asks about a node, or about the selected one.
    pub fn ask_node(self, session: Session, node: Option<Name>) {
        self.figure.set(None);
        if node.is_some() {
            session.selected_node.set(node);
        }
        self.asked.update(|count| *count += 1);
    }

    /// Asks about a figure.
    pub fn ask_figure(self, figure: Figure) {
        self.figure.set(Some(figure));
        self.asked.update(|count| *count += 1);
    }

    /// Whether a line of the manifest lets a node in; none if it says nothing about it.
    pub fn verdict(self, node: &Name) -> Option<&'static str> {
        let lets = self.lets.read();
        let (inside, outside) = lets.as_ref()?;
        match (inside.contains(node), outside.contains(node)) {
            (true, _) => Some("in"),
            (_, true) => Some("out"),
            _ => None,
        }
    }
}

impl Default for Hints {
    fn default() -> Self {
        Self::new()
    }
}

//! The gallery: manifests to begin with, in groups, each with what it is there for.
//!
//! The page fetches `www/gallery/` when somebody asks for it, so nothing of it weighs on a first
//! visit; its index is YAML, which the page reads anyway.

use serde_json::Value;

use crate::api::{Name, json};
use crate::manifest;

/// Comments are wrapped for the width of the editor.
const COLUMNS: usize = 46;

/// Manifests that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Names its picture (`logging`).
    pub id: Name,
    /// What is written above it.
    pub title: Name,
    /// Its manifests in their order.
    pub exhibits: Vec<Exhibit>,
}

/// A manifest of the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// The file beside the index.
    pub file: Name,
    /// What it is called.
    pub title: Name,
    /// Why it needs one pod on every node, in a sentence.
    pub why: Name,
    /// What to look at once it runs.
    pub look: Name,
}

/// Reads `www/gallery/index.yaml`; none if that is something else.
pub fn read_gallery(index: &str) -> Option<Vec<Group>> {
    let index = manifest::read(index)?;
    let groups: Option<Vec<Group>> = json::list(&index, "groups").iter().map(group).collect();
    groups.filter(|it| !it.is_empty())
}

fn group(group: &Value) -> Option<Group> {
    let exhibits: Option<Vec<Exhibit>> =
        json::list(group, "manifests").iter().map(exhibit).collect();
    Some(Group {
        id: json::text(group, "id")?,
        title: json::text(group, "title")?,
        exhibits: exhibits?,
    })
}

fn exhibit(exhibit: &Value) -> Option<Exhibit> {
    Some(Exhibit {
        file: json::text(exhibit, "file")?,
        title: json::text(exhibit, "title")?,
        why: json::text(exhibit, "why")?,
        look: json::text(exhibit, "look")?,
    })
}

impl Exhibit {
    /// The manifest as it is opened: what it is there for stands above it as a comment.
    pub fn with_comment(&self, manifest: &str) -> String {
        let mut text = String::new();
        for paragraph in [&self.why, &self.look] {
            let mut line = String::from("#");
            for word in paragraph.split(' ') {
                if line.len() + 1 + word.len() > COLUMNS {
                    text.push_str(&line);
                    text.push('\n');
                    line = String::from("#");
                }
                line.push(' ');
                line.push_str(word);
            }
            text.push_str(&line);
            text.push('\n');
        }
        text + manifest
    }

    /// Whether every word that was typed occurs in what it is. (What to look at tells of others.)
    pub fn matches(&self, group: &Group, typed: &str) -> bool {
        let known = [&*self.title, &group.title, &self.file, &self.why].join(" ");
        let known = known.to_ascii_lowercase();
        typed.to_ascii_lowercase().split_whitespace().all(|word| known.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_anywhere_and_in_any_order() {
        let exhibit = Exhibit {
            file: "calico-node.yaml".into(),
            title: "Calico node".into(),
            why: "Routes are set up in the kernel of each node.".into(),
            look: "It ends without a grace period.".into(),
        };
        let group =
            Group { id: "networking".into(), title: "Networking".into(), exhibits: Vec::new() };
        let cases = [
            ("", true),
            ("calico", true),
            ("NODE cal", true),
            ("networking", true),
            ("kernel routes", true),
            ("grace", false),
            ("calico gpu", false),
        ];
        for (typed, expected) in cases {
            assert_eq!(exhibit.matches(&group, typed), expected, "{typed}");
        }
        let text = exhibit.with_comment("kind: DaemonSet\n");
        let expected = "# Routes are set up in the kernel of each\n# node.\n\
                        # It ends without a grace period.\nkind: DaemonSet\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_is_no_index_is_no_gallery() {
        for text in ["", "groups: []", "groups: [{id: a}]", "<!doctype html>", "groups: ["] {
            assert_eq!(read_gallery(text), None, "{text}");
        }
    }
}

//! Sentences with names in them.

use leptos::prelude::*;

use super::dom::{Element, el, memo};

/// A paragraph in which no name breaks at its hyphens: what somebody reads is what they search for.
pub fn sentence(class: &str, text: impl Fn() -> String + Send + Sync + 'static) -> Element {
    let text = memo(text);
    let words = move || {
        let mut words = Vec::new();
        let mut between = String::new();
        for word in text.read().split_inclusive(' ') {
            let name = word.trim_end_matches([' ', '.', ',']);
            if !name.contains('-') {
                between += word;
                continue;
            }
            words.push(el("span", "").text(&between));
            words.push(el("span", "name").text(name));
            between = word[name.len()..].to_owned();
        }
        words.push(el("span", "").text(&between));
        words
    };
    el("p", class).part(words)
}

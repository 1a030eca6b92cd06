//! The list of functions that a first visit does not run, by name.
//!
//! A line is a function, or ends with `::*` and stands for all functions below that path: so code
//! that is added to such a part of the program belongs to it. A function that no line knows is one
//! that a first visit may need.

use std::collections::{BTreeMap, BTreeSet};

const ALL_BELOW: &str = "::*";
/// Smaller functions are listed only together with their neighbours.
const LISTED_BYTES_MIN: usize = 60;

/// A list, read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Later {
    lines: BTreeSet<String>,
}

impl Later {
    /// Reads a list; lines that begin with `#` are comments.
    pub(super) fn read(text: &str) -> Later {
        let is_pattern = |line: &&str| !line.is_empty() && !line.starts_with('#');
        Later { lines: text.lines().filter(is_pattern).map(str::to_owned).collect() }
    }

    /// The shortest list that holds all of `later` that is large enough, and nothing of `first`:
    /// functions by name and size.
    pub(super) fn of(later: &[(&str, usize)], first: &[&str]) -> Later {
        let mut needed = BTreeSet::new();
        for name in first {
            let path = path(name);
            needed.extend(ancestors(&path));
            needed.insert(path);
        }
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for (name, size) in later {
            *sizes.entry(path(name)).or_default() += size;
        }
        sizes.retain(|path, _| !needed.contains(path));
        let mut below: BTreeMap<String, usize> = BTreeMap::new();
        for ancestor in sizes.keys().flat_map(|it| ancestors(it)) {
            *below.entry(ancestor).or_default() += 1;
        }
        let mut lines = BTreeSet::new();
        for (path, size) in &sizes {
            let is_free = |it: &String| !needed.contains(it) && below[it] > 1;
            match ancestors(path).into_iter().find(is_free) {
                Some(ancestor) => drop(lines.insert(ancestor + ALL_BELOW)),
                None if *size >= LISTED_BYTES_MIN => drop(lines.insert(path.clone())),
                None => {}
            }
        }
        Later { lines }
    }

    /// Whether the list has a function of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        let path = path(name);
        let below = |it: String| self.lines.contains(&(it + ALL_BELOW));
        !path.is_empty() && (self.lines.contains(&path) || ancestors(&path).into_iter().any(below))
    }

    /// The list as a text.
    pub(super) fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The place of a function: that of the type first, for methods. Left out is what changes often or
/// says little: hashes of crates, the numbers of closures, the places of types that are arguments.
///
/// `<a[12]::B<x::Y> as c::D>::e::{closure#1}` is `a::B<Y>::as D::e::{closure}`.
fn path(name: &str) -> String {
    let mut path = without_numbers(name);
    while path.starts_with('<')
        && let Some(end) = matching_end(&path)
    {
        let inside = path[1..end].replacen(" as ", "::<as ", 1);
        let closed = if inside.len() > end - 1 { ">" } else { "" };
        path = inside.trim_start_matches(['&', '*']).to_owned() + closed + &path[end + 1..];
    }
    with_short_arguments(&path)
}

fn without_numbers(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while let Some(start) = rest.find(['[', '#']) {
        let (before, after) = rest.split_at(start);
        text.push_str(before);
        let length = after[1..].find(|it: char| !it.is_ascii_hexdigit()).unwrap_or(0);
        let end = &after[1 + length..];
        // `[u8]` and `[T; 4]` are types.
        if after.starts_with('[') && length > 8 && end.starts_with(']') {
            rest = &end[1..];
        } else if after.starts_with('#') && end.starts_with('}') {
            rest = end;
        } else {
            text.push_str(&after[..1]);
            rest = &after[1..];
        }
    }
    text.push_str(rest);
    // Numbers that LLVM and wasm-opt put behind names that occur more than once.
    let end = text.trim_end_matches(']').trim_end_matches(|it: char| it.is_ascii_digit());
    if end.len() < text.trim_end_matches(']').len() && end.ends_with(['.', '[']) {
        text.truncate(end.len() - 1);
    }
    text
}

/// Inside of brackets only the last word of a path.
fn with_short_arguments(path: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut previous = ' ';
    for (index, letter) in path.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' if previous != '-' => depth -= 1,
            _ => {}
        }
        previous = letter;
        text.push(letter);
        let goes_on = path[index + 1..].starts_with(|it: char| it.is_ascii_alphanumeric());
        if depth > 0 && goes_on && text.ends_with("::") {
            let words = text.trim_end_matches(':');
            let word = words.trim_end_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
            if word.len() < words.len() {
                text.truncate(word.len());
            }
        }
    }
    text
}

/// Where the bracket closes with which the text begins.
fn matching_end(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut previous = ' ';
    for (index, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' if previous != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
        previous = letter;
    }
    None
}

/// The paths above a path, the shortest first; what stands in brackets is one word.
fn ancestors(path: &str) -> Vec<String> {
    let mut ancestors = Vec::new();
    let mut depth = 0;
    for (index, letter) in path.char_indices() {
        match letter {
            '<' | '(' | '{' | '[' => depth += 1,
            '>' | ')' | '}' | ']' => depth -= 1,
            ':' if depth == 0 && path[index..].starts_with("::") => {
                ancestors.push(path[..index].to_owned());
            }
            _ => {}
        }
    }
    ancestors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_the_type() {
        let cases = [
            ("core::kubectl::line_of", "core::kubectl::line_of"),
            ("<core[0123456789abcdef]::A as core[0123456789abcdef]::B>::c", "core::A::<as B>::c"),
            ("<<a::B<c::D> as e::F>::g as h::I>::j", "a::B<D>::<as F>::g::<as I>::j"),
            ("<[u8] as a::B>::c", "[u8]::<as B>::c"),
            ("<&a::B>::c::{closure#0}", "a::B::c::{closure}"),
            ("a::b.355", "a::b"),
            ("a::drop::<[u8; 4]>[1]", "a::drop::<[u8; 4]>"),
            ("a::b::<fn(c::D) -> <e::F>::g>::{closure#12}", "a::b::<fn(D) -> <F>::g>::{closure}"),
        ];
        for (name, expected) in cases {
            assert_eq!(path(name), expected, "{name}");
        }
    }

    #[test]
    fn parts_that_nothing_needs_are_one_line() {
        let later =
            ["a::kubectl::get", "a::kubectl::put", "a::sim::Timer::stop", "<a::B<c::D>>::e"];
        let first = ["a::sim::Timer::start", "a::main"];
        let mut sized = later.map(|name| (name, 100)).to_vec();
        sized.push(("a::small", 1));
        let list = Later::of(&sized, &first);
        assert_eq!(list.text(), "a::B<D>::e\na::kubectl::*\na::sim::Timer::stop\n");
        assert_eq!(Later::read(&format!("# Why.\n\n{}", list.text())), list);
        for name in later.into_iter().chain(["a::kubectl::added::later"]) {
            assert!(list.has(name), "{name}");
        }
        for name in first.into_iter().chain(["a::sim::added", "a::small", ""]) {
            assert!(!list.has(name), "{name}");
        }
    }
}

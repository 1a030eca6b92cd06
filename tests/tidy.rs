//! House rules that no compiler checks: lengths, layers, words, and links that lead somewhere.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS_MAX: usize = 100;
const LINES_MAX: usize = 400;

/// Files that may be longer, and why: a generated table, say.
const LONG_FILES: [(&str, &str); 0] = [];

/// How a raw string of several lines begins and ends.
const RAW_STRINGS: [(&str, &str); 2] = [("r##\"", "\"##"), ("r#\"", "\"#")];

const SKIPPED_FOLDERS: [&str; 7] =
    [".git", "target", "dist", "node_modules", "test-results", "playwright-report", "corpus"];

/// The layers of the core, from the ground up, each with those it may import.
const LAYERS: [(&str, &[&str]); 6] = [
    ("api", &[]),
    ("manifest", &["api"]),
    ("sim", &["api"]),
    ("insight", &["api", "manifest", "sim"]),
    ("kubectl", &["api", "manifest", "sim", "insight"]),
    ("playground", &["api", "manifest", "sim", "insight", "kubectl"]),
];

/// What ties the core to a browser, a clock, an entropy source or an order that differs between
/// runs.
const CRATES_OUTSIDE_OF_THE_CORE: [&str; 11] = [
    "leptos",
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "gloo",
    "getrandom",
    "rand",
    "chrono",
    "uuid",
    "regex",
    "anyhow",
];

struct File {
    path: String,
    text: String,
}

impl File {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        let own = Path::new(&self.path).extension().and_then(|it| it.to_str());
        own.is_some_and(|own| extensions.contains(&own))
    }

    /// Lines with their numbers.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

#[test]
fn lines_and_files_are_short() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.has_extension(&["rs", "ts"])) {
        let mut raw_end: Option<&str> = None;
        for (number, line) in file.lines() {
            // Expected text stands in raw strings, as wide as it is printed.
            match raw_end {
                Some(end) if line.contains(end) => raw_end = None,
                Some(_) => continue,
                None => raw_end = RAW_STRINGS.iter().find(|it| line.ends_with(it.0)).map(|it| it.1),
            }
            let columns = columns(line);
            if columns > COLUMNS_MAX {
                problems.push(format!("{}:{number}: {columns} columns", file.path));
            }
        }
        let count = file.lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if count > LINES_MAX && !excused {
            problems.push(format!("{}: {count} lines: split it or say why not", file.path));
        }
        if count <= LINES_MAX && excused {
            problems.push(format!("{}: no longer long: take it off the list", file.path));
        }
    }
    report(problems);
}

#[test]
fn every_rust_file_says_what_it_is() {
    let rust = files().into_iter().filter(|it| it.has_extension(&["rs"]));
    let silent = rust.filter(|it| !it.text.starts_with("//!"));
    report(silent.map(|it| format!("{}: begins without a module comment", it.path)).collect());
}

#[test]
fn nothing_is_left_for_later() {
    let banned = ["todo!(", "fixme", "#[ignore", "dbg!(", "xxx", "for now"];
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.path != "tests/tidy.rs") {
        if !file.has_extension(&["rs", "ts", "js", "css", "html", "md", "toml"]) {
            continue;
        }
        for (number, line) in file.lines() {
            let lower = line.to_lowercase();
            let found = banned.iter().filter(|it| has_word(&lower, it));
            problems.extend(found.map(|it| format!("{}:{number}: {it:?}", file.path)));
            if line.contains("TODO") && !line.contains("TODO(#") {
                problems.push(format!("{}:{number}: a TODO without an issue", file.path));
            }
        }
    }
    report(problems);
}

#[test]
fn each_layer_of_the_core_imports_only_those_below() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.has_extension(&["rs"])) {
        let Some(inside) = file.path.strip_prefix("core/src/") else { continue };
        if inside.ends_with("/tests.rs") || inside.contains("/tests/") {
            continue;
        }
        let layer = inside.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else { continue };
        for (line, path) in imports(production(&file.text), "crate::") {
            let target = path.split("::").next().unwrap_or_default();
            let is_layer = LAYERS.iter().any(|(name, _)| *name == target);
            if is_layer && target != layer && !allowed.contains(&target) {
                problems.push(format!("{}:{line}: {layer} may not use {target}", file.path));
            }
        }
    }
    report(problems);
}

#[test]
fn the_javascript_api_knows_the_session_and_nothing_else_of_the_page() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.has_extension(&["rs"])) {
        let is_embed = file.path == "src/embed.rs" || file.path.starts_with("src/embed/");
        let is_ui = file.path.starts_with("src/ui/");
        for (line, path) in imports(production(&file.text), "crate::") {
            let of_session = ["ui::session", "ui::command"].iter().any(|it| path.starts_with(it));
            if is_embed && path.starts_with("ui") && !of_session {
                problems.push(format!("{}:{line}: embed may not use {path}", file.path));
            }
            if is_ui && path.starts_with("embed") {
                problems.push(format!("{}:{line}: ui may not use {path}", file.path));
            }
        }
    }
    report(problems);
}

#[test]
fn the_core_is_free_of_the_web_of_clocks_and_of_chance() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.path.starts_with("core/")) {
        if file.path == "core/Cargo.toml" {
            let names = file.lines().map(|(_, line)| line.split([' ', '=', '.']).next().unwrap());
            let banned = names.filter(|name| {
                let is_of = |it: &&str| name == it || name.starts_with(&format!("{it}-"));
                // That one has no tables of Unicode, for whose weight the other is kept out.
                *name != "regex-lite" && CRATES_OUTSIDE_OF_THE_CORE.iter().any(is_of)
            });
            problems.extend(banned.map(|name| format!("core/Cargo.toml: {name}")));
        }
        if !file.path.starts_with("core/src/") {
            continue;
        }
        for (number, line) in file.lines().filter(|(_, it)| !it.trim_start().starts_with("//")) {
            for word in ["HashMap", "HashSet", "Instant::now", "SystemTime"] {
                if line.contains(word) {
                    problems.push(format!("{}:{number}: {word}", file.path));
                }
            }
        }
    }
    report(problems);
}

/// What nobody defines makes a whole declaration void, and nothing says so.
#[test]
fn every_custom_property_that_a_style_takes_is_set_somewhere() {
    let (mut sheets, mut views) = (Vec::new(), Vec::new());
    for file in files() {
        if file.has_extension(&["css"]) {
            sheets.push(file);
        } else if file.path.starts_with("src/") {
            views.push(file);
        }
    }
    let mut names = BTreeSet::new();
    names.extend(sheets.iter().flat_map(|it| properties(&it.text)));
    let is_set = |name: &&str| {
        let (in_sheet, in_view) = (format!("{name}:"), format!("\"{name}\""));
        let by_sheet = sheets.iter().any(|it| it.text.contains(&in_sheet));
        by_sheet || views.iter().any(|it| it.text.contains(&in_view))
    };
    assert!(names.len() > 50, "read the wrong files");
    let unset = names.iter().filter(|it| !is_set(it));
    report(unset.map(|it| format!("nobody sets {it}")).collect());
}

#[test]
fn links_in_markdown_lead_somewhere() {
    let mut problems = Vec::new();
    for file in files().iter().filter(|it| it.has_extension(&["md"])) {
        let folder = root().join(&file.path).parent().unwrap().to_path_buf();
        for (number, link) in links(&file.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { root().join(&file.path) } else { folder.join(path) };
            if !target.exists() {
                problems.push(format!("{}:{number}: {link} is not there", file.path));
            } else if !anchor.is_empty() && !anchors(&target).iter().any(|it| it == anchor) {
                problems.push(format!("{}:{number}: {link}: no such heading", file.path));
            }
        }
    }
    report(problems);
}

fn report(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository, by its path from the root.
fn files() -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                if !SKIPPED_FOLDERS.iter().any(|it| entry.file_name() == *it) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                files.push(File { path, text });
            }
        }
    }
    assert!(files.iter().any(|it| it.path == "Cargo.toml"), "read the wrong folder");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The width of a line. A single string literal counts as empty: Kubernetes' messages are long,
/// and one that is broken over lines cannot be searched for.
fn columns(line: &str) -> usize {
    let quotes: Vec<usize> = line.match_indices('"').map(|(at, _)| at).collect();
    match quotes.as_slice() {
        [open, close] => line[..=*open].chars().count() + line[*close..].chars().count(),
        _ => line.chars().count(),
    }
}

/// The text without its tests: those may build their fixtures with any layer.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
}

/// What follows a prefix, with the line: `crate::a::B`, or each of `crate::{a::B, c}`.
fn imports<'a>(text: &'a str, prefix: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let line = text[..at].matches('\n').count() + 1;
        let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
        if text[start..at].contains("//") {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let names = if rest.starts_with('{') { group(rest) } else { vec![rest] };
        let is_end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
        found.extend(names.iter().map(|it| (line, it.split(is_end).next().unwrap_or_default())));
    }
    found
}

/// The parts of `{a::B, c::{D, E}}` at its own level.
fn group(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 1);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            parts.push(text[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.retain(|it| !it.is_empty());
    parts
}

fn has_word(line: &str, word: &str) -> bool {
    let ends_in_letter = word.ends_with(char::is_alphabetic);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let goes_on = ends_in_letter && after.is_some_and(char::is_alphanumeric);
        !before.is_some_and(char::is_alphanumeric) && !goes_on
    })
}

/// The targets of `[text](target)`, with their lines; code blocks are not read.
fn links(markdown: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in markdown.lines().enumerate() {
        in_code ^= line.trim_start().starts_with("```");
        let targets = line.split("](").skip(1).filter_map(|it| it.split([')', ' ']).next());
        found.extend(targets.filter(|_| !in_code).map(|it| (index + 1, it)));
    }
    found
}

/// The anchors of a file's headings, as code hosts make them.
/// The custom properties that a style sheet takes, with nothing to fall back on.
fn properties(sheet: &str) -> Vec<&str> {
    let ends = sheet.split("var(").skip(1).filter_map(|it| Some(it.split_at(it.find([')', ','])?)));
    ends.filter(|it| it.1.starts_with(')')).map(|it| it.0).collect()
}

fn anchors(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn the_rules_find_what_they_look_for() {
    let text =
        "use crate::{api::Pod, sim::{Ctx, Time}};\n// crate::kubectl\nlet x = crate::sim::y;";
    assert_eq!(imports(text, "crate::"), [(1, "api::Pod"), (1, "sim::"), (3, "sim::y")]);
    assert_eq!(production("a\n#[cfg(test)]\nmod tests {}"), "a\n");
    assert_eq!((columns("let a = \"abc\";"), columns("a(\"b\", \"c\")")), (11, 11));
    assert!(has_word("fine for now.", "for now") && !has_word("for nowhere", "for now"));
    assert_eq!(properties("a { b: var(--c) calc(var(--d, 1) * var(--e)); }"), ["--c", "--e"]);
    assert_eq!(links("[a](b.md#c) [d](e \"f\")\n```\n[g](h)\n```"), [(1, "b.md#c"), (1, "e")]);
}

//! `kubectl diff`: what `apply` would change, as `diff -u` shows it.

use std::sync::Arc;

use serde_json::Value;

use crate::api::{json, merge};
use crate::kubectl::Shell;
use crate::kubectl::apply::of_file;
use crate::kubectl::files::{Read, read};
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{name_of, namespace_of};
use crate::manifest;
use crate::sim::Input;

/// Its flags.
pub(super) const FLAGS: &[Flag] = &[
    Flag("filename", 'f', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("server-side", ' ', Takes::Switch),
];

/// Lines around a change.
const CONTEXT: usize = 3;
/// Texts with more lines are compared line by line from the front, without looking for the rest.
const LINES_MAX: usize = 2_000;

/// The exit status says whether something differs; what goes wrong has another one.
pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    match compare(shell, flags) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Failure::silent()),
        Err(failure) => {
            shell.output.fail(&failure);
            shell.output.code = 2;
            Ok(())
        }
    }
}

fn compare(shell: &mut Shell, flags: &Flags) -> Result<bool, Failure> {
    if flags.list("filename").is_empty() {
        return Err(Failure::new("must specify one of -f and -k"));
    }
    let Read { objects, failure } = read(shell, flags)?;
    failure.or_ok()?;
    let mut differs = false;
    for it in objects {
        let (name, namespace) = (name_of(&it.object), namespace_of(&it.object));
        let live = it.resource.and_then(|kind| shell.server.find(kind, namespace, name));
        let tried = match it.resource {
            Some(kind) => {
                let input = Input::Apply { object: Arc::new(it.object.clone()) };
                let tried = shell.server.tried(input, kind, namespace, name);
                tried.map_err(|error| of_file(error, "patching", &it.file))?
            }
            None => None,
        };
        let merged = match tried {
            Some(tried) => as_answered(tried, live.as_ref()),
            None => merge::applied(&it.object, namespace, live.as_ref()),
        };
        let (old, new) = (text_of(live), text_of(Some(merged)));
        if old == new {
            continue;
        }
        differs = true;
        let field = |key: &str| it.object[key].as_str().unwrap_or_default().replace('/', ".");
        let file = format!("{}.{}.{namespace}.{name}", field("apiVersion"), field("kind"));
        shell.output.line(&format!("diff -u -N LIVE/{file} MERGED/{file}"));
        shell.output.line(&format!("--- LIVE/{file}\n+++ MERGED/{file}"));
        shell.output.stdout.push_str(&unified(&old, &new));
    }
    Ok(differs)
}

/// What a server answers that only tries the change: the version is still that of the live object,
/// and so is the note that apply keeps, which `diff` does not write.
fn as_answered(mut tried: Value, live: Option<&Value>) -> Value {
    let keep = |fields: &mut Value, of: &[&str], key: &str| {
        let held = live.map(|it| json::field(json::at(it, of), key)).filter(|it| !it.is_null());
        let Some(fields) = fields.as_object_mut() else { return };
        match held {
            Some(held) => drop(fields.insert(key.to_owned(), held.clone())),
            None => drop(fields.remove(key)),
        }
    };
    if let Some(meta) = tried.get_mut("metadata") {
        keep(meta, &["metadata"], "resourceVersion");
        if let Some(annotations) = meta.get_mut("annotations") {
            keep(annotations, &["metadata", "annotations"], merge::LAST_APPLIED);
        }
    }
    tried
}

/// As YAML, without what its managers own; empty without an object.
fn text_of(object: Option<Value>) -> String {
    let Some(mut object) = object else { return String::new() };
    if let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        meta.remove("managedFields");
    }
    manifest::emit_folded(&object)
}

/// As YAML, without the note that apply keeps; empty without an object.
pub(crate) fn as_compared(object: Option<&Value>) -> String {
    let Some(object) = object else { return String::new() };
    let mut object = object.clone();
    let annotations = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
    if let Some(annotations) = annotations {
        annotations.remove(merge::LAST_APPLIED);
        if annotations.is_empty()
            && let Some(meta) = object["metadata"].as_object_mut()
        {
            meta.remove("annotations");
        }
    }
    manifest::emit_folded(&object)
}

/// One line of the comparison: its sign and text.
type Line<'a> = (char, &'a str);

fn unified(old: &str, new: &str) -> String {
    let lines = compared(&old.lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>());
    let is_near = |index: usize| {
        let from = index.saturating_sub(CONTEXT);
        let to = (index + CONTEXT + 1).min(lines.len());
        lines[from..to].iter().any(|it| it.0 != ' ')
    };
    let (mut text, mut hunk) = (String::new(), Vec::new());
    let (mut old_line, mut new_line) = (1, 1);
    let mut start = (1, 1);
    for (index, line) in lines.iter().enumerate() {
        if is_near(index) {
            if hunk.is_empty() {
                start = (old_line, new_line);
            }
            hunk.push(*line);
        } else {
            print(&mut text, &mut hunk, start);
        }
        old_line += usize::from(line.0 != '+');
        new_line += usize::from(line.0 != '-');
    }
    print(&mut text, &mut hunk, start);
    text
}

fn print(text: &mut String, hunk: &mut Vec<Line>, start: (usize, usize)) {
    if hunk.is_empty() {
        return;
    }
    let old = hunk.iter().filter(|it| it.0 != '+').count();
    let new = hunk.iter().filter(|it| it.0 != '-').count();
    let range = |start: usize, count: usize| match count {
        0 => format!("{},0", start - 1),
        1 => start.to_string(),
        count => format!("{start},{count}"),
    };
    text.push_str(&format!("@@ -{} +{} @@\n", range(start.0, old), range(start.1, new)));
    for (sign, line) in hunk.drain(..) {
        text.push_str(&format!("{sign}{line}\n"));
    }
}

/// The lines of both with the longest common subsequence unchanged.
fn compared<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = Vec::new();
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        lines.extend(old.iter().map(|it| ('-', *it)));
        lines.extend(new.iter().map(|it| ('+', *it)));
        return lines;
    }
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = match old[i] == new[j] {
                true => lengths[(i + 1) * width + j + 1] + 1,
                false => lengths[(i + 1) * width + j].max(lengths[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j >= new.len() || lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
        {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_three_lines_around_them() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        let new = "a\nb\nc\nd\nE\nf\ng\n";
        let expected = "@@ -2,6 +2,6 @@\n b\n c\n d\n-e\n+E\n f\n g\n";
        assert_eq!(unified(old, new), expected);
        assert_eq!(unified("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
    }
}

//! The JavaScript that wasm-bindgen writes, and ours, is made for reading: comments and indentation
//! are taken out of what visitors load. (Trunk's own minifier calls `Promise.race` without its
//! `Promise` and escapes line breaks twice, so it is kept from our scripts.)

use std::path::Path;

use crate::process::{Result, read};

/// The scripts of ours, as they are named before their hash.
const OURS: [&str; 2] = ["boot-", "work-"];

/// Lightens every `*.js` beside a `*_bg.wasm` of the same name, and ours.
pub(crate) fn lighten(dist: &Path) -> Result {
    let entries =
        std::fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    for path in entries.flatten().map(|it| it.path()) {
        let wasm = path.with_extension("").display().to_string() + "_bg.wasm";
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = OURS.iter().any(|it| name.starts_with(it));
        let is_script = path.extension().is_some_and(|it| it == "js");
        if is_script && (is_ours || Path::new(&wasm).exists()) {
            let text = lightened(&read(&path)?);
            std::fs::write(&path, text).map_err(|it| format!("{}: {it}", path.display()))?;
        }
    }
    Ok(())
}

/// Drops lines that belong to a comment of their own, blank lines, and leading blanks. The glue has
/// no literals of several lines, and its trailing comments stay.
fn lightened(text: &str) -> String {
    let mut lines = Vec::new();
    let mut in_comment = false;
    for line in text.lines().map(str::trim_start) {
        in_comment |= line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            lines.push(line);
        }
        in_comment &= !line.ends_with("*/");
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_and_indentation_go() {
        let text = "/**\n * Text.\n */\nexport function a() {\n    // why\n    return '/*';\n\n}\n";
        assert_eq!(lightened(text), "export function a() {\nreturn '/*';\n}\n");
    }
}

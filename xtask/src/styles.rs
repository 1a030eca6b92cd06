//! Two style sheets instead of many: the sources keep one file for each thing on the screen, a
//! first visit loads (and Brotli compresses) them as one, and what is opened by hand comes as
//! another with the second part of the module.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::process::{Result, read};

/// Sheets of what nobody sees before having opened it.
const LATER: [&str; 15] = [
    "branches",
    "controller_panel",
    "dialog",
    "diff_dialog",
    "events",
    "forced_colors",
    "gallery",
    "image_dialog",
    "keys_dialog",
    "marks",
    "nodes_dialog",
    "presenter",
    "time_menu",
    "tips",
    "why_panel",
];

/// Joins the linked style sheets of a page in their order; returns the page with one link, and the
/// name of the sheet that comes later.
pub(crate) fn joined(html: &str, dist: &Path) -> Result<(String, String)> {
    let (mut page, mut sheet, mut later) = (String::new(), String::new(), String::new());
    let mut place = None;
    let mut rest = html;
    while let Some(start) = rest.find("<link") {
        let Some(length) = rest[start..].find('>') else { break };
        let tag = &rest[start..=start + length];
        page.push_str(&rest[..start]);
        let is_sheet = attribute(tag, "rel") == Some("stylesheet");
        match attribute(tag, "href").filter(|_| is_sheet) {
            Some(href) => {
                let file = dist.join(href.trim_start_matches("./"));
                let is_later = LATER.iter().any(|it| names(href, it));
                let sheet = if is_later { &mut later } else { &mut sheet };
                sheet.push_str(&read(&file)?);
                sheet.push('\n');
                std::fs::remove_file(&file).map_err(|it| format!("{}: {it}", file.display()))?;
                place.get_or_insert(page.len());
            }
            None => page.push_str(tag),
        }
        rest = &rest[start + length + 1..];
    }
    page.push_str(rest);
    let place = place.ok_or("index.html links no style sheet")?;
    let name = written("styles", &sheet, dist)?;
    page.insert_str(place, &format!("<link rel=\"stylesheet\" href=\"./{name}\">"));
    Ok((page, written("later", &later, dist)?))
}

/// Whether the address of a sheet, which ends in a hash, is that of `name.css`.
fn names(href: &str, name: &str) -> bool {
    let file = href.trim_start_matches("./");
    file.rsplit_once('-').is_some_and(|(stem, _)| stem == name)
}

fn written(stem: &str, sheet: &str, dist: &Path) -> Result<String> {
    let hash: String =
        Sha256::digest(sheet).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{stem}-{hash}.css");
    std::fs::write(dist.join(&name), sheet).map_err(|it| format!("{name}: {it}"))?;
    Ok(name)
}

/// The value of an attribute, in quotes or, after minifying, without.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(value, _)| value),
        None => rest.split([' ', '>']).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_with_and_without_quotes() {
        let tags = [
            "<link rel=\"stylesheet\" href=\"./a.css\" />",
            "<link rel=stylesheet href=./a.css>",
            "<link href=./a.css rel=stylesheet>",
        ];
        for tag in tags {
            assert_eq!(attribute(tag, "rel"), Some("stylesheet"), "{tag}");
            assert_eq!(attribute(tag, "href"), Some("./a.css"), "{tag}");
        }
        assert_eq!(attribute("<link rel=icon>", "href"), None);
        assert!(names("./why_panel-3f.css", "why_panel"));
        assert!(!names("./why_panel-3f.css", "why") && !names("./my_why-3f.css", "why"));
    }
}
